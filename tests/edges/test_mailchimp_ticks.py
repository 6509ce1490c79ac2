"""A reminder that goes out through Mailchimp by ticks: at most once, whatever fails, and whatever people do there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from notifier.config import ListPart
from tests.builders import at
from tests.edges.mailchimp_site import MailchimpSite, mailchimp_site
from tests.mailchimp.control import CONTENT, SEND, Emulator, emulator
from tests.taking_over import taken_over
from tests.ticking import FIRST_LOOK

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
CAMPAIGNS = "/campaigns"


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


@pytest.fixture
def by_hand(tmp_path: Path, mailchimp: Emulator) -> Iterator[MailchimpSite]:
    with mailchimp_site(tmp_path, mailchimp, mode="draft") as made:
        yield made


def test_a_reminder_is_one_campaign_to_the_whole_list(site: MailchimpSite) -> None:
    assert site.tick().status == "sending"
    assert site.tick(after=MINUTE).status == "sent"
    [sent] = site.mailchimp.outbox()
    assert len(sent["recipients"]) == 40
    assert "choir evening" in sent["subject"]
    assert [told.delivery_key for told in site.site.told()] == [site.site.row().key]


def test_the_campaign_of_what_was_sent_is_remembered(site: MailchimpSite) -> None:
    site.tick()
    row = site.tick(after=MINUTE)
    assert (row.status, row.draft_id) == ("sent", site.mailchimp.outbox()[0]["campaign_id"])


def test_readers_can_leave_and_see_the_address_and_no_attachment_is_spoken_of(site: MailchimpSite) -> None:
    site.tick()
    [sent] = site.mailchimp.outbox()
    assert "*|UNSUB|*" in sent["html"]
    assert "*|LIST:ADDRESS|*" in sent["plain_text"]
    assert "invite.ics" not in sent["html"] + sent["plain_text"]


def test_marks_of_authors_are_dead(site: MailchimpSite) -> None:
    site.site.write("choir", title="Sing *|FNAME|* and *|IF:X|* loud")
    site.tick()
    site.tick(after=HOUR)
    site.tick(after=MINUTE)
    [sent] = site.mailchimp.outbox()
    assert "FNAME|*" not in sent["subject"] + sent["html"] + sent["plain_text"]


def test_recipients_that_are_not_counted_yet_are_waited_for(site: MailchimpSite) -> None:
    site.mailchimp.set(ready_after=400)
    row = site.tick()
    assert (row.status, "still counting" in site.said()) == ("drafted", True)
    row = site.ticks(12, every=MINUTE)
    assert (row.status, len(site.mailchimp.outbox()), row.attempts) == ("sent", 1, 1)


def test_comments_that_do_not_survive_and_pages_that_are_written_anew_change_nothing(site: MailchimpSite) -> None:
    site.mailchimp.set(strip_comments=True, rewrite_html=True)
    site.tick()
    assert site.tick(after=MINUTE).status == "sent"


@pytest.mark.parametrize("reply", ["rst", "html"])
@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", CAMPAIGNS), ("PUT", CONTENT), ("GET", CAMPAIGNS), ("GET", "/campaigns/*"), ("GET", "/lists/*")],
)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_fault_before_the_send_only_delays_it(
    site: MailchimpSite, method: str, path: str, reply: str, when: str
) -> None:
    site.mailchimp.fault(method, path, reply=reply, when=when)
    site.tick()
    row = site.ticks(4, every=2 * MINUTE)
    assert (row.status, len(site.mailchimp.outbox())) == ("sent", 1)


@pytest.mark.parametrize("reply", ["rst", "empty", "problem", "redirect"])
def test_a_send_that_was_taken_and_not_answered_is_found_by_reading(site: MailchimpSite, reply: str) -> None:
    site.mailchimp.fault("POST", SEND, reply=reply, when="after")
    assert site.tick().status == "sending"
    assert site.tick(after=2 * MINUTE).status == "sent"
    assert len(site.mailchimp.outbox()) == 1


@pytest.mark.parametrize("reply", ["rst", "empty", "problem", "redirect"])
def test_a_send_that_was_lost_is_doubted_after_ten_minutes_and_never_repeated(site: MailchimpSite, reply: str) -> None:
    site.mailchimp.fault("POST", SEND, reply=reply, when="before")
    assert site.tick().status == "sending"
    assert site.tick(after=5 * MINUTE).status == "sending"
    assert site.tick(after=10 * MINUTE).status == "unknown"
    assert "https://us" in site.said()
    site.restart()
    assert site.tick(after=HOUR).status == "unknown"
    assert len(site.mailchimp.requests("POST", "/actions/send")) == 1


def test_a_send_that_is_done_much_later_is_found_though_it_was_doubted(site: MailchimpSite) -> None:
    site.mailchimp.fault("POST", SEND, reply="rst", when="before", commit_after=3000)
    row = site.ticks(5, every=10 * MINUTE)
    assert row.status == "unknown"
    row = site.ticks(5, every=20 * MINUTE)
    assert (row.status, len(site.mailchimp.outbox())) == ("sent", 1)


@pytest.mark.parametrize(
    "fault",
    [{"status": 429, "reply": "problem"}, {"status": 429, "reply": "empty"}, {"status": 403, "reply": "empty"}],
    ids=["429", "429 bare", "403 bare"],
)
def test_a_send_that_was_turned_away_is_tried_again(site: MailchimpSite, fault: dict[str, Any]) -> None:
    site.mailchimp.fault("POST", SEND, when="before", times=2, **fault)
    assert site.tick().status == "planned"
    row = site.ticks(8, every=2 * MINUTE)
    assert (row.status, len(site.mailchimp.outbox())) == ("sent", 1)


def test_a_storm_of_refusals_at_every_step_ends_in_one_delivery(site: MailchimpSite) -> None:
    site.mailchimp.fault(times=6, status=429, reply="empty")
    row = site.ticks(16, every=HOUR)
    assert (row.status, len(site.mailchimp.outbox())) == ("sent", 1)


@pytest.mark.parametrize("knob", ["revoked", "disabled"])
def test_an_account_that_lets_nobody_in_holds_it_until_it_does(site: MailchimpSite, knob: str) -> None:
    site.mailchimp.set(**{knob: True})
    assert (site.tick().status, "(40" in site.said()) == ("held", True)
    assert site.tick(after=10 * MINUTE).status == "held"
    site.mailchimp.set(**{knob: False})
    row = site.ticks(3, every=31 * MINUTE)
    assert (row.status, len(site.mailchimp.outbox())) == ("sent", 1)


def test_a_suspended_account_is_asked_again_until_it_may_send(site: MailchimpSite) -> None:
    site.mailchimp.set(suspended=True)
    assert (site.tick().status, "(403" in site.said()) == ("planned", True)
    site.mailchimp.set(suspended=False)
    row = site.ticks(3, every=10 * MINUTE)
    assert (row.status, len(site.mailchimp.outbox())) == ("sent", 1)


def test_a_list_that_was_deleted_holds_it(site: MailchimpSite) -> None:
    site.mailchimp.staff("delete_list", list=site.mailchimp.list_id())
    assert (site.tick().status, "has no list" in site.said()) == ("held", True)


def test_what_is_written_beside_our_text_holds_it(site: MailchimpSite) -> None:
    site.mailchimp.set(ready_after=100)
    site.tick()
    [campaign] = site.mailchimp.campaigns()
    site.mailchimp.staff("edit", html=campaign["content"]["html"] + "<p>EDITED</p>")
    row = site.ticks(4, every=2 * MINUTE)
    assert (row.status, site.mailchimp.outbox()) == ("held", [])


def test_what_was_changed_after_the_last_look_is_not_sent(site: MailchimpSite) -> None:
    site.mailchimp.fault(
        "GET", "/campaigns/*/send-checklist", act={"act": "edit", "campaign": "CAMPAIGN", "subject": "Other"}
    )
    row = site.ticks(4, every=10 * MINUTE)
    assert (row.status, "“Other”" in site.said(), site.mailchimp.outbox()) == ("held", True, [])


def test_a_restart_in_the_middle_of_a_send_leaves_it_in_doubt(site: MailchimpSite) -> None:
    site.mailchimp.fault("POST", SEND, reply="rst", when="before")
    site.tick()
    site.restart()
    assert site.tick(after=2 * MINUTE).status == "unknown"
    assert len(site.mailchimp.requests("POST", "/actions/send")) == 1


def test_lags_of_twenty_minutes_never_make_two(site: MailchimpSite) -> None:
    site.mailchimp.set(status_lag=1200, list_lag=1200)
    row = site.ticks(60, every=MINUTE)
    assert (row.status, len(site.mailchimp.outbox())) == ("sent", 1)


def test_what_was_sent_to_nobody_is_doubted_and_not_sent_again(site: MailchimpSite) -> None:
    site.mailchimp.set(zero_send=True)
    site.tick()
    assert site.tick(after=20 * MINUTE).status == "sending"
    assert site.tick(after=30 * MINUTE).status == "unknown"
    assert "to nobody" in site.said()


def test_a_lost_ledger_finds_the_campaign_again(tmp_path: Path, mailchimp: Emulator) -> None:
    with mailchimp_site(tmp_path / "a", mailchimp) as before:
        before.tick()
    with mailchimp_site(tmp_path / "b", mailchimp) as after:
        # Another ledger may be at work with this account, and this new one knows of none.
        assert after.site.app.ticker.fence.stopped.startswith("Another ledger of this site sends through letters")
        taken_over(after.site.app)
        assert after.tick(after=MINUTE).status == "sent"
    assert len(mailchimp.outbox()) == 1


def test_what_was_sent_to_more_than_it_should_is_told(tmp_path: Path, mailchimp: Emulator) -> None:
    mailchimp.set(drop_segment="at_send")
    with mailchimp_site(tmp_path, mailchimp, parts={"newsletter": ListPart(tag="board")}) as site:
        site.tick()
        assert site.tick(after=MINUTE).status == "sent"
        assert (
            "What was sent differs: Mailchimp counts 40 recipients, and the tag “board” of “Members” has 10."
            in site.said()
        )


def test_what_was_sent_to_more_than_it_should_is_told_after_a_restart_too(tmp_path: Path, mailchimp: Emulator) -> None:
    mailchimp.set(drop_segment="at_send")
    with mailchimp_site(tmp_path, mailchimp, parts={"newsletter": ListPart(tag="board")}) as site:
        site.tick()
        site.restart()
        assert site.tick(after=MINUTE).status == "sent"
        assert "What was sent differs: Mailchimp counts 40 recipients" in site.said()


def test_an_audience_that_is_gone_after_a_restart_keeps_nothing_from_being_settled(
    tmp_path: Path, mailchimp: Emulator
) -> None:
    with mailchimp_site(tmp_path, mailchimp, parts={"newsletter": ListPart(tag="board")}) as site:
        site.tick()
        site.restart(parts={"newsletter": ListPart(tag="nobody")})
        assert site.tick(after=MINUTE).status == "sent"


def test_what_was_changed_in_the_instant_of_sending_is_told(site: MailchimpSite) -> None:
    site.mailchimp.fault("POST", SEND, act={"act": "edit", "campaign": "CAMPAIGN", "subject": "Other"})
    site.tick()
    assert site.tick(after=MINUTE).status == "sent"
    assert "What was sent differs: Its subject is “Other” there" in site.said()


def test_a_send_that_was_turned_away_with_all_that_follows_is_tried_again(site: MailchimpSite) -> None:
    site.mailchimp.fault("POST", SEND, reply="empty", status=429)
    site.mailchimp.fault("GET", CAMPAIGNS, reply="empty", status=429, nth=5, times=3)
    site.tick()
    row = site.ticks(12, every=5 * MINUTE)
    assert (row.status, len(site.mailchimp.outbox())) == ("sent", 1)


def test_a_copy_that_is_sent_while_we_look_stops_ours(site: MailchimpSite) -> None:
    site.mailchimp.fault("GET", "/campaigns/*/content", act={"act": "replicate", "campaign": "CAMPAIGN"})
    site.mailchimp.fault("GET", "/campaigns/*/send-checklist", act={"act": "send"})
    site.tick()
    site.ticks(4, every=2 * MINUTE)
    assert len(site.mailchimp.outbox()) == 1


def test_a_draft_that_was_scheduled_there_says_so(site: MailchimpSite) -> None:
    site.mailchimp.fault("POST", SEND, reply="rst")
    site.tick()
    site.mailchimp.staff("schedule", at="2026-12-08T15:00:00+00:00")
    assert site.tick(after=2 * MINUTE).status == "sending"
    assert "scheduled it in Mailchimp" in site.said()


def test_an_account_that_cannot_be_reached_delays_all(site: MailchimpSite) -> None:
    for name in ("band", "dance", "tea"):
        site.site.write(name)
    site.tick(after=HOUR)
    site.mailchimp.deafen()
    site.ticks(2, every=HOUR)
    site.mailchimp.deafen(False)
    site.ticks(6, every=20 * MINUTE)
    sent = [row for row in site.site.rows() if row.status == "sent"]
    assert len(site.mailchimp.outbox()) == len(sent) > 0


# What people do there


def test_a_draft_waits_for_a_person(by_hand: MailchimpSite) -> None:
    row = by_hand.ticks(3, every=MINUTE)
    assert (row.status, by_hand.mailchimp.outbox()) == ("drafted", [])
    assert "person" in by_hand.said()
    assert "admin.mailchimp.com" in by_hand.said()
    assert len(by_hand.mailchimp.campaigns()) == 1


def test_a_draft_that_a_person_sent_is_settled_and_told(by_hand: MailchimpSite) -> None:
    by_hand.tick()
    by_hand.mailchimp.staff("send")
    by_hand.tick(after=MINUTE)
    row = by_hand.tick(after=10 * MINUTE)
    assert (row.status, "sent by hand" in by_hand.said()) == ("sent", True)
    assert len(by_hand.site.told()) == 1


def test_a_draft_that_waits_follows_its_event(by_hand: MailchimpSite) -> None:
    by_hand.tick()
    by_hand.site.write("choir", title="Choir in the garden")
    row = by_hand.ticks(9, every=5 * MINUTE)
    [campaign] = by_hand.mailchimp.campaigns()
    assert row.status == "drafted"
    assert "Choir in the garden" in campaign["content"]["html"]
    assert "Choir in the garden" in campaign["settings"]["subject_line"]


def test_what_a_person_wrote_into_a_waiting_draft_stays(by_hand: MailchimpSite) -> None:
    by_hand.tick()
    by_hand.mailchimp.staff("edit", subject="Come and sing!")
    row = by_hand.ticks(3, every=6 * MINUTE)
    [campaign] = by_hand.mailchimp.campaigns()
    assert (row.status, campaign["settings"]["subject_line"]) == ("drafted", "Come and sing!")


def test_a_draft_edited_by_hand_whose_event_changed_since_is_held(by_hand: MailchimpSite) -> None:
    by_hand.tick()
    by_hand.mailchimp.staff("edit", subject="Come and sing!")
    by_hand.site.write("choir", title="Choir in the garden")
    row = by_hand.ticks(9, every=5 * MINUTE)
    assert row.status == "held"
    assert "“Come and sing!”" in by_hand.said()


def test_a_draft_that_was_deleted_is_not_made_again_by_itself(by_hand: MailchimpSite) -> None:
    by_hand.tick()
    by_hand.mailchimp.staff("delete")
    by_hand.restart()
    row = by_hand.tick(after=10 * MINUTE)
    assert (row.status, "was deleted in Mailchimp" in by_hand.said()) == ("failed", True)
    assert by_hand.mailchimp.campaigns() == []


def test_a_draft_that_was_given_to_other_readers_is_held(by_hand: MailchimpSite) -> None:
    by_hand.tick()
    by_hand.mailchimp.staff("retarget", list=by_hand.mailchimp.list_id("Team"))
    row = by_hand.tick(after=10 * MINUTE)
    assert (row.status, "It goes to" in by_hand.said()) == ("held", True)


@pytest.mark.parametrize("act", ["edit", "rename", "retarget", "schedule", "delete", "send", "replicate", "pause"])
def test_what_people_do_between_draft_and_send_never_makes_two(site: MailchimpSite, act: str) -> None:
    more = (
        {"list": site.mailchimp.list_id("Team")} if act == "retarget" else {"subject": "Other"} if act == "edit" else {}
    )
    site.mailchimp.fault("GET", "/campaigns/*/send-checklist", act={"act": act, "campaign": "CAMPAIGN"} | more)
    row = site.ticks(12, every=4 * MINUTE)
    sent = site.mailchimp.outbox()
    assert len(sent) <= 1
    assert row.status in (("sent",) if sent else ("held", "planned", "failed", "drafted", "unknown"))


def test_a_waiting_draft_whose_event_is_called_off_is_deleted_there(by_hand: MailchimpSite) -> None:
    by_hand.tick()
    by_hand.site.write("choir", more="status: cancelled")
    row = by_hand.ticks(3, every=HOUR)
    assert row.status in ("withdrawn", "skipped", "held")
    assert [one for one in by_hand.mailchimp.campaigns() if one["id"] == row.draft_id or not row.draft_id] == []


def test_a_waiting_draft_that_is_too_late_is_deleted_there(by_hand: MailchimpSite) -> None:
    by_hand.tick()
    by_hand.ticks(2, every=20 * HOUR)
    row = by_hand.tick(after=MINUTE)
    assert (row.status, by_hand.mailchimp.campaigns()) == ("missed", [])


def test_a_draft_that_a_person_worked_on_is_left_and_told_of(by_hand: MailchimpSite) -> None:
    by_hand.tick()
    by_hand.mailchimp.staff("edit", subject="Come and sing!")
    row = by_hand.ticks(1, every=40 * HOUR)
    assert len(by_hand.mailchimp.campaigns()) == 1
    assert (row.status, "still in Mailchimp" in by_hand.said()) == ("withdrawn", True)
