"""Told against true: who is corrected, once, by what, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from notifier.core.delivery import Delivery
from notifier.core.event import Event, Evidence, Reason
from notifier.core.rule import Rule, Rules
from tests.builders import a_rule, a_time, all_day, an_audience, an_event, at, some_rules
from tests.core.test_plan import HOURS_BEFORE, codes, looked_at
from tests.simulate import Simulation

CHANGE = Rule(name="correction", kind="change", audiences=("newsletter",))
CANCELLATION = Rule(name="called-off", kind="cancellation", audiences=("newsletter",))
LONDON = "Europe/London"
#: The reminder of the day before goes out at 10:00; the event is the day after at 14:00.
TOLD_AT = at("2026-12-08 10:00")
MOVED = a_time("2026-12-15 14:00", ends="15:15")


def some(*more: Rule, **changes: Any) -> Rules:
    return some_rules(a_rule(), CHANGE, CANCELLATION, *more, **changes)


def told(rules: Rules | None = None, event: Event | None = None) -> Simulation:
    """A site whose readers were reminded of the event."""
    event = event or an_event()
    simulation = looked_at(rules or some(), event)
    simulation.tick([event], TOLD_AT)
    assert len(simulation.sent) == 1
    return simulation


def follow(simulation: Simulation, event: Event, start: datetime, *, hours: float = 2) -> None:
    """Tick every ten minutes with the event as it is now."""
    for ten_minutes in range(int(hours * 6) + 1):
        simulation.tick([event], start + timedelta(minutes=10 * ten_minutes))


def corrections(simulation: Simulation) -> list[tuple[str, datetime]]:
    return [
        (key.partition("/")[0], when) for key, when in simulation.sent if key.startswith(("change/", "cancellation/"))
    ]


def row_of(simulation: Simulation, kind: str) -> Delivery:
    rows: Sequence[Delivery] = [row for row in simulation.memory.deliveries.values() if row.kind == kind]
    assert len(rows) == 1, rows
    return rows[0]


def test_another_time_is_told_once_half_an_hour_after_the_last_edit() -> None:
    simulation = told()
    follow(simulation, an_event(when=MOVED), TOLD_AT + timedelta(hours=1), hours=5)
    assert corrections(simulation) == [("change", TOLD_AT + timedelta(minutes=90))]


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Book club, the Commons!"},
        {"title": "Another title altogether"},
        {"summary": "Other words."},
        {"when": a_time("2026-12-09 15:00", ends="16:15", zone="Europe/Paris"), "zone": "Europe/Paris"},
        {"when": a_time()},
        {"status": "past"},
        {"location": None},
        {"topics": ("walking",)},
    ],
)
def test_wording_a_write_up_and_the_same_instant_tell_nobody_anything(changes: dict[str, Any]) -> None:
    simulation = told()
    follow(simulation, an_event(**changes), TOLD_AT + timedelta(hours=1), hours=5)
    assert corrections(simulation) == []


@pytest.mark.parametrize(
    "changes",
    [{"join_url": "https://meet.example.com/another"}, {"when": a_time("2026-12-09 14:30", ends="15:15")}],
)
def test_another_link_or_hour_is_told(changes: dict[str, Any]) -> None:
    simulation = told()
    follow(simulation, an_event(**changes), TOLD_AT + timedelta(hours=1), hours=5)
    assert [kind for kind, _ in corrections(simulation)] == ["change"]


def test_another_place_is_told_and_other_commas_are_not() -> None:
    there = an_event(mode="in-person", location="1 Example Street, Exampleton")
    simulation = told(event=there)
    follow(simulation, replace(there, location="1 Example Street Exampleton"), TOLD_AT + timedelta(hours=1))
    assert corrections(simulation) == []
    follow(simulation, replace(there, location="Old School, Exampleton"), TOLD_AT + timedelta(hours=4))
    assert [kind for kind, _ in corrections(simulation)] == ["change"]


def test_those_who_were_told_nothing_hear_nothing() -> None:
    simulation = looked_at(some(), an_event())
    follow(simulation, an_event(when=MOVED), at("2026-11-20 09:00"))
    follow(simulation, an_event(when=MOVED, status="cancelled"), at("2026-11-20 14:00"))
    assert simulation.sent == []


def test_a_change_and_its_way_back_are_told_once_each() -> None:
    simulation = told()
    follow(simulation, an_event(when=MOVED), TOLD_AT + timedelta(hours=1))
    follow(simulation, an_event(), TOLD_AT + timedelta(hours=4))
    assert [kind for kind, _ in corrections(simulation)] == ["change", "change"]
    assert [key.split("/")[3] for key in simulation.keys("change")] == ["1", "2"]


def test_what_went_back_before_it_was_told_is_not_told() -> None:
    simulation = told()
    simulation.tick([an_event(when=MOVED)], TOLD_AT + timedelta(hours=1))
    follow(simulation, an_event(), TOLD_AT + timedelta(hours=1, minutes=10), hours=4)
    assert corrections(simulation) == []
    assert row_of(simulation, "change").status == "skipped"


def test_a_cancellation_is_told_once_and_nothing_else_about_it() -> None:
    simulation = told(some(HOURS_BEFORE))
    off = an_event(status="cancelled")
    follow(simulation, off, TOLD_AT + timedelta(hours=1), hours=30)
    assert corrections(simulation) == [("cancellation", TOLD_AT + timedelta(minutes=90))]
    assert simulation.keys("reminder") == [simulation.sent[0][0]]


def test_what_takes_place_after_all_is_a_change() -> None:
    simulation = told()
    follow(simulation, an_event(status="cancelled"), TOLD_AT + timedelta(hours=1))
    follow(simulation, an_event(), TOLD_AT + timedelta(hours=4))
    assert [kind for kind, _ in corrections(simulation)] == ["cancellation", "change"]


def test_a_cancellation_shortly_before_the_start_does_not_wait_for_more_edits() -> None:
    simulation = told()
    noticed = at("2026-12-09 13:40")
    for minute in range(20):
        simulation.tick([an_event(status="cancelled")], noticed + timedelta(minutes=minute))
    assert corrections(simulation) == [("cancellation", at("2026-12-09 13:50"))]


def test_outside_the_sending_hours_what_can_wait_waits() -> None:
    simulation = told(some())
    follow(simulation, an_event(when=MOVED), at("2026-12-08 20:00"), hours=14)
    assert corrections(simulation) == [("change", at("2026-12-09 08:30"))]


def test_outside_the_sending_hours_what_would_come_too_late_goes_out() -> None:
    early = an_event(when=a_time("2026-12-09 09:00"))
    simulation = told(some(), early)
    follow(simulation, replace(early, status="cancelled"), at("2026-12-08 20:00"), hours=6)
    assert corrections(simulation) == [("cancellation", at("2026-12-08 20:30"))]


def test_what_has_begun_is_not_called_off_any_more() -> None:
    simulation = told()
    follow(simulation, an_event(status="cancelled"), at("2026-12-09 14:10"), hours=5)
    assert corrections(simulation) == []


def test_nobody_is_told_of_a_new_time_that_is_past() -> None:
    simulation = told()
    follow(simulation, an_event(when=a_time("2026-12-01 14:00")), TOLD_AT + timedelta(hours=1), hours=5)
    assert corrections(simulation) == []


def _open_to_all() -> Event:
    """In a place that everybody may come to, without a link."""
    said = {"access": Evidence(field="access", text="open", line=4, basis="front matter")}
    return an_event(join_url=None, location="1 Example Street", mode="in-person", evidence=said)


def test_a_link_that_was_only_added_waits_for_the_reminder_that_says_it() -> None:
    simulation = told(some(HOURS_BEFORE), _open_to_all())
    added = replace(_open_to_all(), join_url="https://meet.example.com/book-club")
    plan = simulation.tick([added], TOLD_AT + timedelta(hours=1))
    assert [codes(row) for row in plan.skips if row.kind == "change"] == [["reminder-says"]]
    follow(simulation, added, TOLD_AT + timedelta(hours=2), hours=28)
    assert (corrections(simulation), len(simulation.keys("reminder"))) == ([], 2)


def test_a_link_that_was_only_added_is_told_when_no_reminder_will() -> None:
    simulation = told(event=_open_to_all())
    follow(simulation, replace(_open_to_all(), join_url="https://meet.example.com/x"), TOLD_AT + timedelta(hours=1))
    assert [kind for kind, _ in corrections(simulation)] == ["change"]


def test_what_contradicts_itself_is_held_for_a_person() -> None:
    simulation = told()
    unsure = an_event(when=MOVED, doubts=(Reason(code="two-dates", text="It gives two dates."),))
    follow(simulation, unsure, TOLD_AT + timedelta(hours=1))
    assert (row_of(simulation, "change").status, codes(row_of(simulation, "change"))) == ("held", ["two-dates"])


def test_an_event_taken_back_after_it_was_told_is_asked_about() -> None:
    simulation = told()
    follow(simulation, an_event(published=False), TOLD_AT + timedelta(hours=1))
    row = row_of(simulation, "cancellation")
    assert (row.status, codes(row)) == ("held", ["taken-back"])


def test_an_event_that_lost_its_date_after_it_was_told_is_asked_about_and_then_put_off() -> None:
    simulation = told(some(HOURS_BEFORE))
    undated = an_event(when=None, zone=None)
    follow(simulation, undated, TOLD_AT + timedelta(hours=1))
    row = row_of(simulation, "cancellation")
    assert (row.status, codes(row), corrections(simulation)) == ("held", ["date-gone"], [])
    simulation.decide(row.key, "release", TOLD_AT + timedelta(hours=4), [undated])
    follow(simulation, undated, TOLD_AT + timedelta(hours=5), hours=30)
    assert [kind for kind, _ in corrections(simulation)] == ["cancellation"]
    follow(simulation, an_event(when=MOVED), at("2026-12-10 09:00"))
    assert [kind for kind, _ in corrections(simulation)] == ["cancellation", "change"]


def test_of_an_event_that_never_had_a_date_nobody_hears() -> None:
    simulation = looked_at(some(HOURS_BEFORE), an_event(when=None, zone=None))
    follow(simulation, an_event(when=None, zone=None, status="cancelled"), at("2026-11-20 09:00"))
    assert (simulation.sent, dict(simulation.memory.deliveries)) == ([], {})


def test_of_two_rules_for_one_audience_only_the_first_tells() -> None:
    simulation = told(some(replace(CHANGE, name="second")))
    plan = simulation.tick([an_event(when=MOVED)], TOLD_AT + timedelta(hours=1))
    assert [codes(row) for row in plan.skips if row.rule == "second"] == [["another-rule"]]
    follow(simulation, an_event(when=MOVED), TOLD_AT + timedelta(hours=1, minutes=5), hours=4)
    assert [key.split("/")[1] for key in simulation.keys("change")] == ["correction"]


def test_a_rule_that_is_new_corrects_nothing_of_before_its_first_look() -> None:
    simulation = told(some_rules(a_rule()))
    simulation.tick([an_event(when=MOVED)], TOLD_AT + timedelta(hours=1))
    simulation.rules = some()
    follow(simulation, an_event(when=MOVED), TOLD_AT + timedelta(hours=2), hours=4)
    assert corrections(simulation) == []


def test_a_renamed_audience_is_corrected_under_its_new_name() -> None:
    simulation = told()
    renamed = an_audience(name="readers", formerly=("newsletter",))
    rules = (replace(a_rule(), audiences=("readers",)), replace(CHANGE, audiences=("readers",)))
    simulation.rules = some_rules(*rules, audiences={"readers": renamed})
    follow(simulation, an_event(when=MOVED), TOLD_AT + timedelta(hours=1), hours=4)
    assert [key.split("/")[-1] for key in simulation.keys("change")] == ["readers"]


def test_a_renamed_audience_is_not_reminded_again() -> None:
    simulation = told()
    renamed = an_audience(name="readers", formerly=("newsletter",))
    simulation.rules = some_rules(replace(a_rule(), audiences=("readers",)), audiences={"readers": renamed})
    follow(simulation, an_event(), TOLD_AT + timedelta(minutes=5), hours=4)
    assert len(simulation.sent) == 1


def test_what_was_sent_and_is_not_told_is_not_sent_again() -> None:
    simulation = told()
    before = simulation.memory.told
    follow(simulation, an_event(when=MOVED), TOLD_AT + timedelta(hours=1))
    simulation.memory = replace(simulation.memory, told=before)
    follow(simulation, an_event(when=MOVED), TOLD_AT + timedelta(hours=4))
    assert len(simulation.keys("change")) == 1


def test_a_moved_event_is_reminded_of_on_its_new_day() -> None:
    simulation = told()
    follow(simulation, an_event(when=MOVED), TOLD_AT + timedelta(hours=1))
    simulation.tick([an_event(when=MOVED)], at("2026-12-14 10:00"))
    assert [key.split("/")[3] for key in simulation.keys("reminder")] == ["2026-12-09", "2026-12-15"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"full": True}, "registration-closed"),
        ({"access": "invitation"}, "invitation-only"),
        ({"access": "members"}, "members-only"),
    ],
)
def test_of_another_time_of_what_is_closed_by_now_a_person_is_asked(changes: dict[str, Any], code: str) -> None:
    simulation = told()
    follow(simulation, an_event(when=MOVED, **changes), TOLD_AT + timedelta(hours=1))
    assert (row_of(simulation, "change").status, codes(row_of(simulation, "change"))) == ("held", [code])


@pytest.mark.parametrize("changes", [{"full": True}, {"access": "invitation"}])
def test_what_is_only_closed_by_now_is_neither_called_off_nor_changed(changes: dict[str, Any]) -> None:
    simulation = told(some(HOURS_BEFORE))
    follow(simulation, an_event(**changes), TOLD_AT + timedelta(hours=1), hours=30)
    assert (corrections(simulation), len(simulation.sent)) == ([], 1)


def test_a_whole_day_is_called_off_on_its_own_morning() -> None:
    whole = an_event(when=all_day())
    simulation = told(event=whole)
    follow(simulation, replace(whole, status="cancelled"), at("2026-12-09 07:40"))
    assert corrections(simulation) == [("cancellation", at("2026-12-09 08:30"))]


def test_an_edit_after_a_correction_was_skipped_is_asked_about() -> None:
    simulation = told()
    simulation.tick([an_event(when=MOVED)], TOLD_AT + timedelta(hours=1))
    simulation.decide(row_of(simulation, "change").key, "skip", TOLD_AT + timedelta(hours=1, minutes=5))
    follow(simulation, an_event(when=MOVED), TOLD_AT + timedelta(hours=1, minutes=10))
    assert row_of(simulation, "change").status == "skipped"
    follow(simulation, an_event(when=a_time("2026-12-17 14:00")), TOLD_AT + timedelta(hours=5))
    row = row_of(simulation, "change")
    assert (row.status, codes(row), corrections(simulation)) == ("held", ["skipped", "edited-since"], [])
    simulation.decide(row.key, "skip", TOLD_AT + timedelta(hours=8))
    follow(simulation, an_event(when=a_time("2026-12-17 14:00")), TOLD_AT + timedelta(hours=8, minutes=10))
    assert row_of(simulation, "change").status == "skipped"


def test_what_was_called_off_while_sending_was_not_live_is_asked_about_once_it_is() -> None:
    live, off = some(live=frozenset({"outbox"})), some(gates={"outbox": (Reason(code="not-live", text="Not live."),)})
    simulation = told(live)
    simulation.rules = off
    follow(simulation, an_event(status="cancelled"), TOLD_AT + timedelta(hours=1))
    simulation.rules = live
    follow(simulation, an_event(status="cancelled"), TOLD_AT + timedelta(hours=4))
    row = row_of(simulation, "cancellation")
    assert (row.status, codes(row), corrections(simulation)) == ("held", ["before-first-look"], [])


def test_what_a_person_skipped_is_not_told_by_another_rule_in_its_place() -> None:
    simulation = told(some(replace(CHANGE, name="second")))
    simulation.tick([an_event(when=MOVED)], TOLD_AT + timedelta(hours=1))
    [key] = [key for key in simulation.memory.deliveries if key.startswith("change/correction/")]
    simulation.decide(key, "skip", TOLD_AT + timedelta(hours=1, minutes=5))
    follow(simulation, an_event(when=MOVED), TOLD_AT + timedelta(hours=1, minutes=10), hours=4)
    assert corrections(simulation) == []


def test_what_comes_too_late_from_the_beginning_leaves_one_row_that_says_so() -> None:
    simulation = told()
    follow(simulation, an_event(status="cancelled"), at("2026-12-09 14:05"), hours=3)
    row = row_of(simulation, "cancellation")
    assert (row.status, codes(row)) == ("skipped", ["begun"])
