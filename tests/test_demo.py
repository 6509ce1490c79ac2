"""The demonstration that `init` makes is right on any day at any hour, wherever the clocks change."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier import desk
from notifier.app import App, open_app
from notifier.cli.scaffold import scaffold
from notifier.core.records import plan_record, why_record
from notifier.core.zones import start_of_day
from notifier.edges.clock import FixedClock
from tests.builders import LONDON, at

CHANGES = [date(2026, 3, 29), date(2026, 10, 25), date(2027, 3, 28), date(2027, 10, 31)]
HOURS = [start_of_day(day, LONDON).astimezone(UTC) + timedelta(hours=hour) for day in CHANGES for hour in range(-2, 26)]
EDGES = [
    at(text, LONDON)
    for text in (
        "2026-11-26 00:00", "2026-11-26 23:59:59", "2026-11-26 22:09", "2026-11-26 22:10", "2026-11-26 22:11",
        "2026-12-31 23:30", "2027-01-01 00:00", "2026-12-24 12:00", "2028-02-28 23:59", "2028-02-29 00:00",
        "2028-02-29 12:00", "2026-11-28 11:00", "2026-11-29 21:00", "2026-06-15 09:00", "2099-12-31 23:59:59.999999",
    )
]  # fmt: skip
#: Between them, by an end of their name: the verdict on each event's reminders, and the reason.
EXPECTED = {
    "open-studio.md": ("held", "no-time"),
    "sensor-charter-lab.md": ("skipped", "invitation-only"),
    "what-the-counters-said.md": ("held", "contradiction"),
}
#: However late: a tick that comes at once finds it so.
LATEST = timedelta(minutes=11)


@contextmanager
def opened(now: datetime) -> Iterator[App]:
    """The site as it is when `init` has just ended."""
    with tempfile.TemporaryDirectory(prefix="notifier-") as scratch:
        folder = Path(scratch) / "site"
        scaffold(folder, now)
        with closing(open_app(folder / "config.yaml", clock=FixedClock(now))) as app:
            yield app


def assert_one_reminder_is_delivered(app: App, now: datetime) -> None:
    first, second = app.tick(), app.tick()

    assert [(row.rule, row.status, row.sent_at) for row in first.moved] == [("reminder-hours", "sent", now)]
    assert timedelta(minutes=10) <= now - first.moved[0].due_at <= LATEST
    assert second.moved == ()
    assert len(list((app.settings.folder / "outbox").glob("*/delivery.json"))) == 1


def assert_the_others_wait_with_their_reasons(app: App) -> None:
    look = app.ticker.look(app.clock.now())
    planned = plan_record(look.plan, look.content, [])
    explained = {event.path: desk.why(look, app.ticker.wiring.rules, event.path) for event in look.content.events}
    for ending, (status, code) in EXPECTED.items():
        path = next(path for path in explained if path.endswith(ending))
        decisions = why_record(path, explained[path].decisions)["rules"]
        assert reminders(decisions) == {("reminder-week", status, code), ("reminder-day", status, code)}, path
        assert (status, code) in in_plan(planned, explained[path].decisions[1].key)


def reminders(decisions: list[dict[str, Any]]) -> set[tuple[str, str, str]]:
    rules = [rule for rule in decisions if rule["rule"] in ("reminder-week", "reminder-day")]
    return {(rule["rule"], rule["verdict"], rule["reasons"][0]["code"]) for rule in rules}


def in_plan(planned: dict[str, Any], key: str) -> list[tuple[str, str]]:
    held = [(row["status"], row["reasons"][0]["code"]) for row in planned["deliveries"] if row["key"] == key]
    return held + [("skipped", row["reasons"][0]["code"]) for row in planned["skips"] if row["key"] == key]


def assert_the_write_up_is_never_sent(app: App) -> None:
    look = app.ticker.look(app.clock.now())
    past = next(event for event in look.content.events if event.status == "past")
    rows = [row for row in look.memory.deliveries.values() if past.uid in row.event_uids]
    decisions = desk.why(look, app.ticker.wiring.rules, past.path).decisions
    assert {row.status for row in (*rows, *decisions)} == {"skipped"}


def assert_right(now: datetime) -> None:
    with opened(now) as app:
        assert_one_reminder_is_delivered(app, now)
        assert_the_others_wait_with_their_reasons(app)
        assert_the_write_up_is_never_sent(app)


@pytest.mark.parametrize("now", HOURS, ids=lambda now: f"{now:%Y-%m-%dT%HZ}")
def test_it_is_right_at_every_hour_around_a_change_of_the_clocks(now: datetime) -> None:
    assert_right(now)


@pytest.mark.parametrize("now", EDGES, ids=lambda now: f"{now:%Y-%m-%dT%H:%M}")
def test_it_is_right_at_the_edges_of_days_and_years(now: datetime) -> None:
    assert_right(now)


@settings(max_examples=40)
@given(st.datetimes(datetime(2025, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)))
def test_it_is_right_at_any_instant(now: datetime) -> None:
    assert_right(now)
