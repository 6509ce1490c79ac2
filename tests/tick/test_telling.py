"""What a tick tells people, and what it takes into account until the very moment of sending."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from notifier.core.delivery import EVERYTHING, Decision, Delivery
from notifier.core.facts import facts_of
from tests.builders import at
from tests.test_years import Text
from tests.years import Killed, Years, settings_in

PATH = "_events/2026-12-09-choir.md"
STARTS = at("2026-12-09 19:00").replace(tzinfo=None)
DUE = at("2026-12-08 10:00")


@pytest.fixture
def years(tmp_path: Path) -> Years:
    """A site that knows of one event since the first look; the reminder of the day before is the next mail of note."""
    site = Years(settings=settings_in(tmp_path), now=at("2026-12-03 12:00"))
    write(site)
    site.tick()
    return site


def write(site: Years, **changes: Any) -> None:
    site.files.texts[PATH] = str(replace(Text(title="Choir evening", starts=STARTS), **changes))


def row_of(site: Years, rule: str, audience: str = "newsletter") -> Delivery:
    return next(row for row in site.ledger.rows() if row.rule == rule and row.audience == audience)


def tick_at(site: Years, now: str) -> None:
    site.now = at(now)
    site.tick()


def test_told_is_what_the_draft_stated_not_what_the_file_says_when_it_is_confirmed(years: Years) -> None:
    def die(key: str) -> None:
        raise Killed

    years.letters.on_send = die
    with pytest.raises(Killed):
        tick_at(years, "2026-12-08 10:00")
    years.letters.on_send = lambda key: None
    write(years, starts=STARTS + timedelta(hours=1))
    years.restart()
    tick_at(years, "2026-12-08 10:01")
    told = years.ledger.snapshot().told
    assert {said.facts.when[:16] for said in told.values() if said.at == years.now} == {"2026-12-09T19:00"}


def test_an_edit_in_the_middle_of_a_tick_holds_what_it_changes(years: Years) -> None:
    years.letters.on_draft = lambda delivery: write(years, starts=STARTS + timedelta(hours=1))
    tick_at(years, "2026-12-08 10:00")
    row = row_of(years, "day")
    assert (row.status, [reason.code for reason in row.reasons]) == ("held", ["changed-since-planned"])
    assert years.letters.sent == []
    for minutes in (1, 31):
        years.now = DUE + timedelta(minutes=minutes)
        years.quiet()
    assert len([key for key, _ in years.letters.sent if key == row.key]) == 1
    assert years.letters.said["newsletter", row.event_uids[0]].when.startswith("2026-12-09T20:00")


@pytest.mark.parametrize("line", ["notify: false", "reminders: false", "contact: kim@example.org"])
def test_what_is_written_about_its_mails_in_the_middle_of_a_tick_is_heeded(years: Years, line: str) -> None:
    def edit(delivery: Delivery) -> None:
        years.files.texts[PATH] = years.files.texts[PATH].replace("access:", f"{line}\naccess:")

    years.letters.on_draft = edit
    tick_at(years, "2026-12-08 10:00")
    assert (row_of(years, "day").status, years.letters.sent) == ("held", [])


def test_wording_in_the_middle_of_a_tick_holds_nothing(years: Years) -> None:
    years.letters.on_draft = lambda delivery: write(years, words="Bring a friend.")
    tick_at(years, "2026-12-08 10:00")
    assert row_of(years, "day").status == "sent"


def test_a_reminder_that_went_out_spares_the_change_of_the_same_tick(years: Years) -> None:
    tick_at(years, "2026-12-08 10:00")
    sent = len(years.letters.sent)
    write(years, starts=STARTS + timedelta(hours=1))
    tick_at(years, "2026-12-09 17:20")
    tick_at(years, "2026-12-09 18:05")
    years.quiet()
    told = [key.partition("/")[0] for key, _ in years.letters.sent[sent:] if key.endswith("/newsletter")]
    assert len(told) == len(set(told))
    facts = facts_of(years.ledger.snapshot().seen[row_of(years, "day").event_uids[0]].event)
    assert years.ledger.snapshot().told["newsletter", row_of(years, "day").event_uids[0]].facts == facts


def test_while_everything_is_paused_nothing_is_handed_over_and_planning_goes_on(years: Years) -> None:
    pause = Decision(key=EVERYTHING, act="pause", by="Robin", at=years.now)
    years.ledger.decide(pause)
    tick_at(years, "2026-12-08 10:00")
    assert (years.letters.sent, row_of(years, "day").status) == ([], "planned")
    tick_at(years, "2026-12-09 00:30")
    assert row_of(years, "day").status == "missed"


def test_after_a_pause_what_is_of_use_goes_out(years: Years) -> None:
    years.ledger.decide(Decision(key=EVERYTHING, act="pause", by="Robin", at=years.now))
    tick_at(years, "2026-12-08 10:00")
    years.ledger.decide(Decision(key=EVERYTHING, act="resume", by="Robin", at=DUE))
    tick_at(years, "2026-12-08 10:30")
    assert row_of(years, "day").status == "sent"


def test_a_hold_between_the_plan_and_its_turn_is_heeded(years: Years) -> None:
    def hold_the_other(delivery: Delivery) -> None:
        other = row_of(years, "day", "volunteers" if delivery.audience == "newsletter" else "newsletter")
        years.ledger.decide(Decision(key=other.key, act="hold", by="Robin", at=years.now))

    years.letters.on_draft = hold_the_other
    tick_at(years, "2026-12-08 10:00")
    assert sorted(row_of(years, "day", name).status for name in ("newsletter", "volunteers")) == ["held", "sent"]
