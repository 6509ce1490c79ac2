"""A draft that a person sent was sent, also where its row would have been stopped before anybody looked at Mailchimp."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.builders import at
from tests.edges.mailchimp_site import MailchimpSite, mailchimp_site
from tests.mailchimp.control import Emulator, emulator
from tests.ticking import FIRST_LOOK

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture(scope="module")
def account() -> Iterator[Emulator]:
    with emulator() as made:
        yield made


@pytest.fixture
def by_hand(tmp_path: Path, account: Emulator) -> Iterator[MailchimpSite]:
    account.reset(start=at(FIRST_LOOK) - HOUR)
    with mailchimp_site(tmp_path, account, mode="draft") as made:
        made.site.write("garden")
        yield made
    assert account.violations() == []


def test_when_the_program_was_off_until_it_was_of_no_use_any_more(by_hand: MailchimpSite) -> None:
    by_hand.tick()
    by_hand.mailchimp.staff("send", campaign=by_hand.site.row().draft_id)
    row = by_hand.tick(after=20 * HOUR)
    assert row.status == "sent"
    assert row.key in [told.delivery_key for told in by_hand.site.told()]


def test_when_its_event_was_taken_away_in_the_same_minute(by_hand: MailchimpSite) -> None:
    by_hand.tick()
    before = by_hand.site.row()
    by_hand.mailchimp.staff("send", campaign=before.draft_id)
    by_hand.site.path("choir").unlink()
    by_hand.tick(after=10 * MINUTE)
    assert [one.status for one in by_hand.site.rows() if one.key == before.key] == ["sent"]
    assert before.key in [told.delivery_key for told in by_hand.site.told()]


def test_while_it_is_being_sent_it_is_not_stopped(by_hand: MailchimpSite) -> None:
    by_hand.mailchimp.set(sending_takes=2 * 3600)
    by_hand.tick()
    by_hand.mailchimp.staff("send", campaign=by_hand.site.row().draft_id)
    assert by_hand.tick(after=20 * HOUR).status == "sent"


def test_sent_to_nobody_it_ends_in_doubt_and_not_as_missed(by_hand: MailchimpSite) -> None:
    by_hand.mailchimp.set(zero_send=True)
    by_hand.tick()
    by_hand.mailchimp.staff("send", campaign=by_hand.site.row().draft_id)
    by_hand.ticks(4, every=15 * MINUTE)
    assert by_hand.tick(after=20 * HOUR).status == "unknown"
    assert "to nobody" in by_hand.said()


def test_what_nobody_sent_is_stopped_as_ever(by_hand: MailchimpSite) -> None:
    by_hand.tick()
    assert by_hand.tick(after=20 * HOUR).status in ("withdrawn", "missed")


def test_when_nobody_answers_for_a_day_it_ends_in_doubt(by_hand: MailchimpSite) -> None:
    by_hand.tick()
    by_hand.mailchimp.fault(times=0, status=500, reply="problem")
    assert by_hand.tick(after=20 * HOUR).status == "drafted"
    assert by_hand.tick(after=30 * HOUR).status == "unknown"
    assert "can't be asked" in by_hand.said()
    by_hand.mailchimp.clear_faults()
    by_hand.mailchimp.staff("send", campaign=by_hand.site.row().draft_id)
    by_hand.mailchimp.advance(60)
    assert by_hand.tick(after=2 * HOUR).status == "sent"
