"""Follow-ups: who hears that there is something to read about what is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from notifier.core.decision import plan_event
from notifier.core.delivery import Memory
from notifier.core.event import AllDay, Content, Reason, Timed, When
from notifier.core.revision import remember
from notifier.core.rule import Rule, Rules
from tests.builders import a_rule, an_event, at, some_rules
from tests.core.test_correcting import TOLD_AT, follow, told
from tests.core.test_plan import codes, looked_at
from tests.simulate import Simulation

WRITE_UP = Rule(name="write-up", kind="follow_up", audiences=("newsletter",))
OVER = at("2026-12-14 09:00")


def some(**changes: Any) -> Rules:
    return some_rules(a_rule(), WRITE_UP, **changes)


def after(simulation: Simulation, **changes: Any) -> list[str]:
    """The follow-ups once the document says this."""
    follow(simulation, an_event(**changes), OVER, hours=5)
    return simulation.keys("follow_up")


@pytest.mark.parametrize("changes", [{"status": "past"}, {"recording_url": "https://video.example.org/1"}])
def test_a_write_up_or_recording_is_told_once_to_those_who_were_told(changes: dict[str, Any]) -> None:
    simulation = told(some())
    assert len(after(simulation, **changes)) == 1
    assert simulation.sent[-1][1] == OVER + timedelta(hours=2)


def test_both_make_one_follow_up() -> None:
    simulation = told(some())
    after(simulation, status="past")
    later = an_event(status="past", recording_url="https://video.example.org/1")
    follow(simulation, later, OVER + timedelta(days=2), hours=5)
    assert len(simulation.keys("follow_up")) == 1


def test_those_who_were_told_nothing_hear_nothing_of_it() -> None:
    simulation = looked_at(some(), an_event(access="invitation"))
    assert after(simulation, status="past", access="invitation") == []


def test_what_they_were_told_is_off_has_no_follow_up() -> None:
    cancellation = Rule(name="called-off", kind="cancellation", audiences=("newsletter",))
    simulation = told(some_rules(a_rule(), cancellation, WRITE_UP))
    follow(simulation, an_event(status="cancelled"), TOLD_AT + timedelta(hours=1))
    assert after(simulation, status="past") == []


@pytest.mark.parametrize("changes", [{"status": "past"}, {"recording_url": "https://video.example.org/1"}])
def test_what_is_written_about_something_to_come_is_no_write_up_of_it(changes: dict[str, Any]) -> None:
    simulation = told(some())
    follow(simulation, an_event(**changes), TOLD_AT + timedelta(hours=1), hours=6)
    assert simulation.keys("follow_up") == []


def test_a_recording_that_was_there_before_it_began_is_no_news_of_it() -> None:
    simulation = told(some())
    trailer, recording = (an_event(recording_url=f"https://video.example.org/{n}") for n in (1, 2))
    follow(simulation, trailer, TOLD_AT + timedelta(hours=1))
    follow(simulation, trailer, OVER, hours=5)
    assert simulation.keys("follow_up") == []

    follow(simulation, recording, OVER + timedelta(days=1), hours=5)
    assert len(simulation.keys("follow_up")) == 1


@pytest.mark.parametrize(
    ("when", "recorded"),
    [
        (AllDay(first=OVER.date(), last=OVER.date()), True),
        (AllDay(first=OVER.date() + timedelta(days=1), last=OVER.date() + timedelta(days=1)), False),
        (Timed(starts_at=OVER), True),
        (Timed(starts_at=OVER + timedelta(minutes=1)), False),
        (None, False),
    ],
)
def test_a_recording_appears_once_the_event_has_begun(when: When | None, *, recorded: bool) -> None:
    event = an_event(when=when, recording_url="https://video.example.org/1")
    seen, _ = remember(Content(events=(event,)), Memory(), OVER)
    assert (seen[event.uid].recorded_at is not None) == recorded


def test_two_weeks_after_it_appeared_a_write_up_is_no_news() -> None:
    simulation = told(some())
    simulation.tick([an_event(status="past")], OVER)
    simulation.tick([an_event(status="past")], OVER + timedelta(days=15))
    assert simulation.keys("follow_up") == []


def test_a_write_up_of_before_the_rule_was_there_is_told_to_nobody() -> None:
    simulation = told(some_rules(a_rule()))
    simulation.tick([an_event(status="past")], OVER)
    simulation.rules = some()
    follow(simulation, an_event(status="past"), OVER + timedelta(hours=1), hours=5)
    assert simulation.keys("follow_up") == []


def test_a_write_up_that_cannot_be_read_any_more_is_asked_about() -> None:
    simulation = told(some())
    doubt = Reason(code="unreadable", text="Its file can't be understood now.")
    follow(simulation, an_event(status="past", doubts=(doubt,)), OVER)
    rows = [row for row in simulation.memory.deliveries.values() if row.kind == "follow_up"]
    assert [(row.status, codes(row)) for row in rows] == [("held", ["unreadable"])]


def test_a_follow_up_waits_for_the_sending_hours() -> None:
    simulation = told(some())
    follow(simulation, an_event(status="past"), at("2026-12-11 20:00"), hours=12)
    assert simulation.keys("follow_up") == []
    simulation.tick([an_event(status="past")], at("2026-12-14 08:30"))
    assert len(simulation.keys("follow_up")) == 1


def test_someone_elses_event_is_followed_up_too() -> None:
    simulation = told(some_rules(replace(a_rule()), WRITE_UP))
    assert len(after(simulation, status="past", role="speaking")) == 1


def test_what_is_called_off_has_no_follow_up_even_where_nobody_was_told_so() -> None:
    simulation = told(some())
    assert after(simulation, status="cancelled", recording_url="https://video.example.org/1") == []


def test_a_write_up_that_is_gone_again_is_not_followed_up() -> None:
    simulation = told(some())
    simulation.tick([an_event(status="past")], TOLD_AT + timedelta(hours=1))
    assert after(simulation) == []


def test_a_follow_up_of_what_has_become_invitation_only_is_refused_to_the_public() -> None:
    simulation = told(some())
    closed = an_event(status="past", access="invitation")
    simulation.tick([closed], OVER)
    [seen] = simulation.memory.seen.values()
    decided = plan_event(seen.event, simulation.memory, simulation.rules, OVER, projects={})
    assert [codes(row) for row in decided if row.kind == "follow_up"] == [["invitation-only"]]


def test_what_is_late_outside_the_sending_hours_waits_for_them() -> None:
    simulation = told(some())
    simulation.tick([an_event(status="past")], at("2026-12-11 12:00"))
    plan = simulation.tick([an_event(status="past")], at("2026-12-12 11:00"))
    row = next(row for row in plan.deliveries if row.kind == "follow_up")
    assert (row.status, row.due_at) == ("planned", at("2026-12-14 08:30"))
