"""Our campaigns among all of an account: each has its delivery's marker in its title, the same for ever."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from notifier.core.delivery import Observation
from notifier.core.plain import cut, one_line
from notifier.edges.mailchimp.account import Campaign

#: Whoever has been told of a sent campaign with nobody reached this long after it, has waited long enough.
NOBODY_AFTER = timedelta(minutes=40)
#: After this nobody waits for a request of ours any more: a call may take 120 seconds (Mailchimp's fundamentals).
QUARANTINE = timedelta(minutes=10)
#: What Mailchimp has said yes to may be shown as a draft for so long.
LAG = timedelta(hours=1)
#: So far back campaigns are looked for: no delivery is of use so long after its draft was made.
LOOKED_BACK = timedelta(days=100)
_MARKER = re.compile(r"\[(svc:[0-9a-f]{20})\]")
_LONGEST_TITLE = 100
_EPOCH = datetime.min.replace(tzinfo=UTC)


def marker_of(site_id: str, key: str) -> str:
    """What a delivery's campaign is known by: it survives the loss of everything that we keep."""
    text = f"{site_id}|{key}"
    return "svc:" + hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:20]


def title_of(subject: str, marker: str) -> str:
    """The campaign's name in Mailchimp. The marker stands first: a title that is cut there keeps it."""
    return cut(f"[{marker}] {one_line(subject)}", _LONGEST_TITLE)


def marker_in(title: str) -> str | None:
    found = _MARKER.search(title)
    return found[1] if found else None


def ours_among(campaigns: Sequence[Campaign], marker: str) -> list[Campaign]:
    """Those with this marker, oldest first. What a person replicates has it too."""
    found = [one for one in campaigns if marker_in(one.title) == marker]
    return sorted(found, key=lambda one: (one.created_at or _EPOCH, one.id))


def sight_of(ours: Sequence[Campaign], now: datetime) -> Observation:
    """What the campaigns of one delivery show. Several drafts are one of ours and copies; anything else decides for all."""
    if not ours:
        return Observation(state="absent")
    others = [one for one in ours if one.status != "save"]
    if not others:
        return Observation(state="drafted", draft_id=ours[0].id)
    seen = [_seen(one, now) for one in others]
    for state in ("sent", "sending", "unclear"):
        for one in seen:
            if one.state == state:
                return one
    return seen[0]


def _seen(campaign: Campaign, now: datetime) -> Observation:
    match campaign.status:
        case "sent" if campaign.emails_sent > 0:
            return Observation(state="sent", draft_id=campaign.id)
        case "sent":
            return _reached_nobody(campaign, now)
        case "sending":
            return _under_way(campaign, "")
        case "schedule":
            return _under_way(campaign, "Somebody has scheduled it in Mailchimp; it goes out from there.")
        case status:
            what = f"Its campaign is “{status}” in Mailchimp, so somebody stopped it or put it away there."
            remedy = "Look at it; whether it went out to some, its report says."
            return Observation(state="unclear", draft_id=campaign.id, detail=f"{what} {remedy}")


def _under_way(campaign: Campaign, detail: str) -> Observation:
    return Observation(state="sending", draft_id=campaign.id, detail=detail)


def _reached_nobody(campaign: Campaign, now: datetime) -> Observation:
    """Sent, and nobody counted yet: the count comes later; where it never comes, that has happened and a person decides."""
    if campaign.sent_at is None or now - campaign.sent_at < NOBODY_AFTER:
        return _under_way(campaign, "Mailchimp shows it as sent and has not counted anybody yet.")
    minutes = int(NOBODY_AFTER.total_seconds() // 60)
    what = f"Mailchimp shows it as sent, and {minutes} minutes later still to nobody."
    remedy = "Look at its report and at the list; it is not sent again by itself."
    return Observation(state="unclear", draft_id=campaign.id, detail=f"{what} {remedy}")
