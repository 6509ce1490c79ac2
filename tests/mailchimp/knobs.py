"""Every rule of Mailchimp's that is assumed or varies is one named switch here, with where it is from.

Tags: [doc] Mailchimp's own text; [spec] its OpenAPI description; [rep] reported by users of the real service;
[?] assumed: the first real account can settle it, and then only the default changes.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Knobs:
    """Seconds are of the virtual clock unless a comment says otherwise."""

    # How soon things happen
    ready_after: float = 0.0
    """[rep] The recipients are counted this long after create or retarget; until then the count is 0 and a send is
    refused as “recipients not ready”. Usually 5 to 20 s, up to 16 min reported."""
    sending_takes: float = 30.0
    """[?] How long a campaign stays `sending` before it is `sent`."""
    status_lag: float = 0.0
    """[?] GET of a campaign shows status, counts and times as they were so long ago (is it read-your-writes?)."""
    list_lag: float = 0.0
    """[?] GET /campaigns shows the account as it was so long ago: new campaigns missing, deleted ones there."""
    search_lag: float = 60.0
    """[?] The same for /search-campaigns, a separate index."""
    report_lag: float = 60.0
    """[rep] Reports answer 404 this long after the campaign was sent."""
    count_lag: float = 0.0
    """[rep] `emails_sent` of a sent campaign stays 0 for so long."""
    stats_lag: float = 0.0
    """[spec] Counts of a list are cached, five minutes and more."""

    # What happens to a campaign
    second_send: str = "refused"
    """[?] Sending what is not a draft any more: `refused` 400, `unready` 400 in the words for recipients that are
    not counted yet, `conflict` 409, `forbidden` 403, `accepted` 204 without a second mail, `delivers` 204 and everybody
    gets it again (the worst that may be true)."""
    zero_send: bool = False
    """[rep] The campaign becomes `sent` with `emails_sent` 0 and nobody gets it."""
    drop_segment: str = ""
    """[rep] `stored`: the segment is not kept, the whole list is counted; `ignored`: it is shown, but the whole list is
    counted; `at_send`: it is shown and counted, and the whole list gets the mail."""
    segment_needs_match: bool = False
    """[rep] `saved_segment_id` without `match` is ignored: the whole list is counted."""
    extra_segment_id: bool = False
    """[rep] Conditions are read back with the id of a segment that was made for this campaign alone."""
    empty_segment_says: str = "recipients not ready"
    """[rep] What a send to nobody is refused with: the same words as a count that isn't there yet."""
    delete_while_sending: str = "refused"
    """[?] `refused` 400, or `deleted`: 204, and the mails go out all the same."""
    delivery_status_enabled: bool = False
    """[rep] delivery_status is often `enabled: false` and nothing else."""
    replica_suffix: str = " (copy 01)"
    """[?] What replicate puts behind the title."""
    refuse_sends: str = ""
    """[rep] A reason behind “Your Campaign is not ready to send.”, whatever the campaign looks like."""

    # What happens to content
    strip_comments: bool = False
    """[?] HTML comments don't survive PUT content."""
    rewrite_html: bool = False
    """[?] HTML is read back tidied: other quotes, other case, other spaces, html and body around it."""
    footer_in_html: bool = True
    """[?] The footer that is added without *|UNSUB|* shows in the read-back, not only in the mail."""
    rewrite_subject: bool = False
    """[?] Runs of spaces in texts of settings are read back as one, and half a title longer than 100 is cut."""

    # The account
    plan: str = "monthly"
    """[spec] `monthly`, `pay_as_you_go` or `forever_free`: the last may not schedule (403) [rep] and gets a badge [doc]."""
    pro: bool = False
    """[spec] cancel-send is part of Mailchimp Pro."""
    role: str = "owner"
    """[doc] owner, admin, manager, author (creates, may not send), viewer (reads)."""
    disabled: bool = False
    """[rep] 403 “User Disabled” to everything."""
    suspended: bool = False
    """[doc] Suspension usually stops live and test sends only: 403 there [? its wording]."""
    revoked: bool = False
    """[doc] The key is not known any more: 401 “API Key Invalid”."""
    timezone: str = "Europe/London"
    """[spec] account_timezone of the root."""
    clock_skew: float = 0.0
    """Seconds that the Date header is ahead of the clock."""
    test_limit: int = 70
    """[doc] Addresses that tests of one campaign may reach (free: 12)."""

    # The edge
    concurrency: int = 10
    """[doc] Requests at one time; one more is throttled."""
    throttle_status: int = 429
    """[doc] 429, or 403 “without a JSON body”."""
    throttle_body: str = "problem"
    """[doc] `problem`, or `bare`: no body, no content type."""

    unknown_fields: str = "refused"
    """[?] A field that the description doesn't know, as `settings.subject`: `refused` 400, or `ignored`."""

    # Reports
    hard_bounces: int = 0
    """The first so many of the recipients bounce for good, and are cleaned from the list."""
    soft_bounces: int = 0
    """The next so many bounce for now."""
    unsubscribes: int = 0
    """The last so many leave the list."""
    opens: int = 0
    """So many opened it; told only where tracking of opens is on."""
    clicks: int = 0
    """So many clicked; told only where tracking of clicks is on."""

    # Webhooks
    webhook_validates: bool = True
    """[doc] A GET to the address has to answer 200 before it is kept."""
    webhook_secret: str = ""
    """[doc] Requests are signed: X-Mailchimp-Signature t=…,v1=…, HMAC-SHA256 of `t.body` [? what exactly is signed]."""
    webhook_lag: float = 0.0
    """[?] How long after the fact it is sent."""
    webhook_loses: bool = False
    """[rep] It never arrives."""
    webhook_repeats: int = 1
    """[?] How often one event is sent though it was answered."""
    webhook_retry: float = 900.0
    """[doc] Again after this long when it isn't answered with 2xx, 20 times."""


def turned(knobs: Knobs, changes: dict[str, Any]) -> Knobs:
    """The knobs with changes. Raises ValueError for a name or a type that isn't one."""
    known = {one.name: type(getattr(knobs, one.name)) for one in fields(knobs)}
    for name, value in changes.items():
        if name not in known:
            raise ValueError(f"{name} is no knob. There are: {', '.join(sorted(known))}.")
        if not isinstance(value, known[name]) and not (known[name] is float and isinstance(value, int)):
            raise ValueError(f"{name} is {value!r}, and must be {known[name].__name__}.")
    return replace(knobs, **changes)


def read(name: str, text: str) -> Any:
    """A value as written on a command line."""
    before = getattr(Knobs(), name, None)
    match before:
        case bool():
            return text.lower() in {"true", "yes", "on", "1"}
        case int():
            return int(text)
        case float():
            return float(text)
        case _:
            return text
