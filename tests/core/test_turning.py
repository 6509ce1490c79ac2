"""When a plan is wanted again: at every time at which it may decide otherwise, and at those of what it planned."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from notifier.core.asking import MOVED
from notifier.core.delivery import Decision, Delivery, Memory
from notifier.core.event import Reason
from notifier.core.turning import Turning
from tests.builders import a_rule, an_event, at, some_rules

NOW = at("2026-12-07 12:00")
DUE = at("2026-12-08 10:00")


def a_reminder(**changes: Any) -> Delivery:
    made = Delivery(
        key="reminder/day/u/2026-12-09/newsletter", kind="reminder", rule="day", audience="newsletter", provider="letters",
        event_uids=("u",), due_at=DUE, expires_at=DUE + timedelta(hours=12), status="planned",
    )  # fmt: skip
    return replace(made, **changes)


def points(one: Delivery, memory: Memory) -> list[object]:
    rules = some_rules(a_rule())
    times = Turning(event=an_event(), memory=memory, rules=rules, now=NOW, horizon=timedelta(days=30))
    return [*times.points([one])]


def test_what_is_planned_and_asks_nobody_is_decided_once_for_its_time_and_later() -> None:
    assert DUE not in points(a_reminder(), Memory())


def test_what_was_moved_to_another_day_is_decided_again_when_it_is_due() -> None:
    moved = a_reminder(reasons=(Reason(code=MOVED, text="Moved."),))

    assert DUE in points(moved, Memory())


def test_what_a_person_decided_about_is_decided_again_when_it_is_due() -> None:
    one = a_reminder()
    said = Decision(key=one.key, act="release", by="anna", at=NOW, fingerprint="x@y")

    assert DUE in points(one, Memory(decisions={one.key: said}))


def test_what_says_something_else_than_its_row_is_decided_again_when_it_is_due() -> None:
    one = a_reminder()

    assert DUE in points(one, Memory(deliveries={one.key: replace(one, status="skipped")}))
