"""What becomes of campaigns in numbers, and drafts of ours that are left over: deleted only where nobody could miss them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from notifier.core.reach import Reach
from notifier.edges.mailchimp.finding import marker_of, title_of
from tests.builders import a_site, at
from tests.edges.mailchimp_site import MailchimpSite, a_provider, mailchimp_site
from tests.mailchimp.asking import Caller
from tests.mailchimp.control import SEND, Emulator, emulator
from tests.ticking import FIRST_LOOK

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
REPORTS = "/reports/*"


@pytest.fixture(scope="module")
def account() -> Iterator[Emulator]:
    with emulator() as made:
        yield made


@pytest.fixture
def mailchimp(account: Emulator) -> Iterator[Emulator]:
    account.reset(start=at(FIRST_LOOK) - HOUR)
    yield account
    assert account.violations() == []


@pytest.fixture
def site(tmp_path: Path, mailchimp: Emulator) -> Iterator[MailchimpSite]:
    with mailchimp_site(tmp_path, mailchimp) as made:
        yield made


def sent(site: MailchimpSite) -> None:
    site.tick()
    assert site.tick(after=MINUTE).status == "sent"


def reach(site: MailchimpSite) -> Reach | None:
    return site.site.app.ticker.wiring.ledger.reaches().get(site.site.row().key)


def reports_asked(site: MailchimpSite) -> int:
    return len([one for one in site.mailchimp.requests("GET") if "/reports/" in one["path"]])


# Numbers


def test_an_hour_after_it_was_sent_its_numbers_are_kept(site: MailchimpSite) -> None:
    site.mailchimp.set(hard_bounces=2, soft_bounces=1, unsubscribes=3, opens=20, clicks=5)
    sent(site)
    assert reach(site) is None
    site.tick(after=HOUR)
    assert reach(site) == Reach(at=site.at, sent=40, hard=2, soft=1, unsubscribed=3)


def test_readers_are_counted_only_where_somebody_turned_that_on(tmp_path: Path, mailchimp: Emulator) -> None:
    mailchimp.set(opens=20, clicks=5)
    with mailchimp_site(tmp_path, mailchimp) as site:
        provider = site.site.app.ticker.wiring.providers["letters"]
        made = mailchimp.staff("create")
        mailchimp.staff("send", campaign=made)
        mailchimp.advance(HOUR.total_seconds())
        found = provider.reach(made, at(FIRST_LOOK))  # type: ignore[attr-defined]  # only Mailchimp's has it
        assert (found.opens, found.clicks) == (20, 5)


def test_numbers_are_asked_for_sixteen_times_in_a_fortnight_and_then_never(site: MailchimpSite) -> None:
    sent(site)
    for _ in range(20 * 8):
        site.tick(after=3 * HOUR)
    assert reports_asked(site) == 16


@pytest.mark.parametrize("reply", ["rst", "html", "empty", "null", "broken"])
def test_numbers_that_cannot_be_had_are_asked_for_again(site: MailchimpSite, reply: str) -> None:
    sent(site)
    site.mailchimp.fault("GET", REPORTS, reply=reply, when="before")
    site.tick(after=HOUR)
    assert reach(site) is None
    site.tick(after=5 * MINUTE)
    assert reports_asked(site) == 1
    site.tick(after=40 * MINUTE)
    assert reach(site) is not None


def test_a_report_that_is_not_there_yet_is_waited_for(site: MailchimpSite) -> None:
    site.mailchimp.set(report_lag=2 * 3600)
    sent(site)
    site.tick(after=HOUR)
    assert reach(site) is None
    site.tick(after=90 * MINUTE)
    assert reach(site) is not None


def test_numbers_are_told_in_one_sentence(site: MailchimpSite) -> None:
    site.mailchimp.set(hard_bounces=2)
    sent(site)
    site.mailchimp.set_clock(site.at + HOUR)
    said = site.site.tick((site.at + HOUR).strftime("%Y-%m-%d %H:%M:%S")).noticed
    assert said == (f"{site.site.row().key}: 40 sent, 2 came back (2 for good).",)


# Drafts left over


def a_copy(site: MailchimpSite, **changes: Any) -> str:
    """A second draft of the reminder, as a lost answer to a create leaves one: filled like the first, with the same name."""
    campaigns = {one["id"]: one for one in site.mailchimp.campaigns()}
    first = campaigns[site.site.row().draft_id or ""]
    made = site.mailchimp.staff("replicate", campaign=first["id"])
    site.mailchimp.staff("rename", campaign=made, title=first["settings"]["title"])
    for act, wishes in changes.items():
        site.mailchimp.staff(act, campaign=made, **wishes)
    return made


def there(site: MailchimpSite) -> set[str]:
    return {one["id"] for one in site.mailchimp.campaigns()}


def test_a_second_draft_of_what_was_sent_is_deleted_after_a_day_and_told(site: MailchimpSite) -> None:
    sent(site)
    copy = a_copy(site)
    site.tick(after=13 * HOUR)
    assert copy in there(site)
    site.mailchimp.set_clock(site.at + 36 * HOUR)
    said = site.site.tick((site.at + 36 * HOUR).strftime("%Y-%m-%d %H:%M:%S")).noticed
    assert copy not in there(site)
    assert any("was left over in Mailchimp, and is deleted" in one for one in said)
    assert len(there(site)) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"edit": {"subject": "Come!"}},
        {"edit": {"append": "<p>And bring a friend.</p>"}},
        {"edit": {"from_name": "Kim"}},
        {"rename": {"title": "[svc:00000000000000000000] Mine"}},
        {"retarget": {"list": "Team"}},
    ],
    ids=["subject", "page", "sender", "name", "readers"],
)
def test_a_draft_that_a_person_had_a_hand_in_stays(site: MailchimpSite, changes: dict[str, Any]) -> None:
    sent(site)
    if "retarget" in changes:
        changes = {"retarget": {"list": site.mailchimp.list_id("Team")}}
    copy = a_copy(site, **changes)
    for _ in range(3):
        site.tick(after=30 * HOUR)
    assert copy in there(site)


def test_what_a_person_replicated_stays(site: MailchimpSite) -> None:
    sent(site)
    copy = site.mailchimp.staff("replicate")
    for _ in range(3):
        site.tick(after=30 * HOUR)
    assert copy in there(site)


def test_without_the_comments_by_which_it_is_known_a_draft_stays(site: MailchimpSite) -> None:
    site.mailchimp.set(strip_comments=True)
    sent(site)
    copy = a_copy(site)
    for _ in range(3):
        site.tick(after=30 * HOUR)
    assert copy in there(site)


def test_a_draft_that_was_never_filled_is_deleted(site: MailchimpSite) -> None:
    sent(site)
    marker = marker_of(a_site().id, site.site.row().key)
    caller = Caller(site.mailchimp)
    copy = caller.create(title=title_of("Sing", marker), subject_line="Sing")
    caller.session.close()
    for _ in range(3):
        site.tick(after=30 * HOUR)
    assert copy not in there(site)


def test_the_draft_that_the_ledger_names_stays_while_it_waits_for_a_person(tmp_path: Path, mailchimp: Emulator) -> None:
    with mailchimp_site(tmp_path, mailchimp, mode="draft") as site:
        row = site.tick()
        copy, named = a_copy(site), row.draft_id or ""
        mailchimp.set_clock(site.at + 2 * DAY)
        said = a_provider(mailchimp, mode="draft").tidy([row], named={named}, at=site.at + 2 * DAY)
        assert (len(said), there(site)) == (1, {named})
        assert copy not in there(site)


def test_nothing_is_deleted_where_nobody_knows_whether_it_went_out(site: MailchimpSite) -> None:
    site.mailchimp.fault("POST", SEND, reply="rst", when="before")
    site.tick()
    copy = a_copy(site)
    assert site.tick(after=30 * HOUR).status == "unknown"
    for _ in range(3):
        site.tick(after=30 * HOUR)
    assert copy in there(site)
    assert site.mailchimp.requests("DELETE") == []


def test_drafts_of_another_site_in_the_same_account_stay(site: MailchimpSite) -> None:
    sent(site)
    theirs = site.mailchimp.staff("create", title="[svc:0123456789abcdef0123] Theirs", subject="Theirs", html="")
    for _ in range(3):
        site.tick(after=30 * HOUR)
    assert theirs in there(site)


def test_what_a_person_does_between_the_list_and_the_last_look_is_seen(site: MailchimpSite) -> None:
    sent(site)
    copy = a_copy(site)
    site.mailchimp.fault("GET", f"/campaigns/{copy}", act={"act": "edit", "campaign": copy, "subject": "Come!"})
    site.tick(after=36 * HOUR)
    assert copy in there(site)


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/campaigns"), ("GET", "/campaigns/*"), ("DELETE", "/campaigns/*")]
)
def test_tidying_that_fails_is_done_another_day(site: MailchimpSite, method: str, path: str) -> None:
    sent(site)
    copy = a_copy(site)
    site.mailchimp.fault(method, path, reply="rst", when="before", times=1)
    assert site.tick(after=36 * HOUR).status == "sent"
    site.tick(after=30 * HOUR)
    assert copy not in there(site)
    assert len(there(site)) == 1
