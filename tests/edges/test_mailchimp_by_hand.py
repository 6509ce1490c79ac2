"""Campaigns that people made by themselves: ours about the same event waits for a person, and nothing else does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from notifier import desk
from tests.builders import at
from tests.edges.mailchimp_site import MailchimpSite, mailchimp_site
from tests.mailchimp.control import Emulator, emulator
from tests.ticking import FIRST_LOOK

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LINK = "https://tickets.example.com/choir"
PAGE = '<p>Come and sing: <a href="http://tickets.example.com/choir/?utm_source=news">here</a> *|UNSUB|*</p>'


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


def by_hand(mailchimp: Emulator, when: str = "2026-12-07 09:00", *, send: bool = True, **wishes: Any) -> str:
    """The id of a campaign that staff made and sent at a time."""
    mailchimp.set_clock(at(when))
    made = mailchimp.staff("create", **({"html": PAGE, "subject": "Sing with us", "title": "Choir, by Kim"} | wishes))
    if send:
        mailchimp.staff("send", campaign=made)
    mailchimp.advance(120)
    return made


def contents_read(mailchimp: Emulator) -> int:
    return len(mailchimp.requests("GET", "/content"))


def test_a_campaign_about_the_same_event_holds_ours_with_the_reason(site: MailchimpSite) -> None:
    by_hand(site.mailchimp)
    assert site.tick().status == "held"
    assert (
        "Mailchimp sent a campaign about this event on Mon 7 Dec 2026 09:00 GMT: “Sing with us”, https://"
        in site.said()
    )
    assert len(site.mailchimp.outbox()) == 1


def test_it_is_held_before_it_is_due_so_that_people_can_decide_in_time(site: MailchimpSite) -> None:
    by_hand(site.mailchimp)
    assert site.tick(after=-HOUR).status == "held"


def test_a_link_in_the_plain_text_or_the_subject_is_enough(site: MailchimpSite) -> None:
    by_hand(site.mailchimp, html="<p>Sing! *|UNSUB|*</p>", subject=f"Sing: {LINK}.")
    assert site.tick().status == "held"


@pytest.mark.parametrize(
    "other",
    [
        {"html": "<p><a href='https://tickets.example.com/cooking'>Cook</a> *|UNSUB|*</p>"},
        {"send": False},
        {"when": "2026-12-02 09:00"},
        {"list": "Team"},
    ],
    ids=["about another event", "a draft", "long before", "to other readers"],
)
def test_another_campaign_holds_nothing(site: MailchimpSite, other: dict[str, Any]) -> None:
    if "list" in other:
        other = {"list": site.mailchimp.list_id(other["list"])}
    by_hand(site.mailchimp, **other)
    site.tick()
    assert site.tick(after=MINUTE).status == "sent"


def test_one_that_is_scheduled_holds_ours_until_it_is_taken_back(site: MailchimpSite) -> None:
    made = by_hand(site.mailchimp, send=False)
    site.mailchimp.staff("schedule", campaign=made, at="2026-12-08T12:00:00+00:00")
    assert (site.tick().status, "is to send" in site.said()) == ("held", True)
    site.mailchimp.staff("unschedule", campaign=made)
    assert [site.tick(after=6 * MINUTE).status for _ in range(3)][-1] == "sent"


def release(site: MailchimpSite) -> None:
    desk.release(site.site.app, site.site.row().key, by="kim")


def test_what_a_person_releases_goes_out_although_they_sent_it_too(site: MailchimpSite) -> None:
    by_hand(site.mailchimp)
    site.tick()
    release(site)
    site.tick(after=6 * MINUTE)
    assert site.tick(after=MINUTE).status == "sent"


def test_a_release_is_not_for_what_is_sent_afterwards(site: MailchimpSite) -> None:
    by_hand(site.mailchimp)
    site.tick(after=-HOUR)
    release(site)
    by_hand(site.mailchimp, "2026-12-08 09:30", subject="Once more")
    row = site.tick(after=HOUR)
    assert (row.status, "did not know then" in site.said(), "“Once more”" in site.said()) == ("held", True, True)
    release(site)
    site.tick(after=6 * MINUTE)
    assert site.tick(after=MINUTE).status == "sent"


def test_a_release_for_a_scheduled_one_stands_once_that_was_sent(site: MailchimpSite) -> None:
    made = by_hand(site.mailchimp, send=False)
    site.mailchimp.staff("schedule", campaign=made, at="2026-12-08T09:30:00+00:00")
    assert site.tick(after=-HOUR).status == "held"
    release(site)
    site.tick(after=HOUR)
    assert site.tick(after=MINUTE).status == "sent"


def test_a_copy_of_ours_and_our_own_draft_sent_under_another_name_are_not_by_hand(
    tmp_path: Path, mailchimp: Emulator
) -> None:
    with mailchimp_site(tmp_path, mailchimp, mode="draft") as site:
        assert site.tick().status == "drafted"
        mailchimp.staff("rename", title="Kim's")
        mailchimp.staff("send")
        site.tick(after=6 * MINUTE)
        assert site.tick(after=6 * MINUTE).status == "sent"


def test_each_text_is_read_once_and_the_list_now_and_then(site: MailchimpSite) -> None:
    by_hand(site.mailchimp, html="<p>Nothing to follow *|UNSUB|*</p>")
    site.at -= 2 * HOUR
    for _ in range(12):
        site.tick(after=MINUTE)
    site.restart()
    site.tick(after=MINUTE)
    listings = site.mailchimp.requests("GET", "/campaigns")
    assert (contents_read(site.mailchimp), len(listings)) == (1, 4)
    assert all("fields" in one["query"] for one in listings)


def test_many_are_read_ten_at_a_time_the_newest_first(site: MailchimpSite) -> None:
    for number in range(13):
        by_hand(site.mailchimp, f"2026-12-07 09:{number * 4:02}", html="<p>Other *|UNSUB|*</p>" if number else PAGE)
    assert (site.tick(after=-HOUR).status, contents_read(site.mailchimp)) == ("planned", 10)
    assert (site.tick(after=6 * MINUTE).status, contents_read(site.mailchimp)) == ("held", 13)


def test_nothing_is_asked_while_nothing_is_near(site: MailchimpSite) -> None:
    site.tick(after=-5 * DAY)
    # Once, for the mark of its ledger.
    asked = [(one["method"], one["path"].rpartition("/")[0]) for one in site.mailchimp.requests()]
    assert asked == [("GET", ""), ("POST", ""), ("GET", ""), ("PATCH", "/campaign-folders")]
    site.tick(after=8 * MINUTE)
    assert len(site.mailchimp.requests()) == 4


@pytest.mark.parametrize("path", ["/campaigns", "/campaigns/*/content"])
@pytest.mark.parametrize("reply", ["rst", "html", "empty", "flood"])
def test_what_cannot_be_read_holds_no_tick_and_is_read_the_next_time(
    site: MailchimpSite, path: str, reply: str
) -> None:
    by_hand(site.mailchimp)
    site.mailchimp.fault("GET", path, reply=reply, when="before")
    report_row = site.tick(after=-HOUR)
    assert report_row.status == "planned"
    assert site.tick(after=6 * MINUTE).status == "held"


def test_what_is_known_stands_while_nothing_can_be_read(site: MailchimpSite) -> None:
    by_hand(site.mailchimp)
    assert site.tick(after=-HOUR).status == "held"
    site.restart()
    site.mailchimp.fault("GET", "/campaigns", times=0, reply="rst", when="before")
    assert site.tick(after=HOUR).status == "held"


def test_what_people_put_away_after_they_sent_it_was_sent_all_the_same(site: MailchimpSite) -> None:
    made = by_hand(site.mailchimp)
    assert site.tick(after=-HOUR).status == "held"
    site.mailchimp.staff("delete", campaign=made)
    assert site.tick(after=HOUR).status == "held"


def test_it_is_said_once_that_a_campaign_was_found_and_that_reading_fails(site: MailchimpSite) -> None:
    by_hand(site.mailchimp)
    site.mailchimp.fault("GET", "/campaigns", times=2, reply="rst", when="before")
    said: list[str] = []
    for _ in range(5):
        site.mailchimp.set_clock(site.at)
        said += site.site.tick(site.at.strftime("%Y-%m-%d %H:%M:%S")).noticed
        site.at += 6 * MINUTE
    assert sum("by hand" in one and "“Sing with us”" in one for one in said) == 1
    assert sum(one.startswith("letters: mails sent by hand") for one in said) == 1


def test_after_a_call_the_next_tick_reads_but_never_twice_a_minute(site: MailchimpSite) -> None:
    lookout = site.site.app.ticker.lookout
    site.tick(after=-2 * HOUR)
    for _ in range(4):
        lookout.call("letters")
        site.tick(after=timedelta(seconds=20))
    assert len(site.mailchimp.requests("GET", "/campaigns")) == 2
