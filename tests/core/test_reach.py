"""Numbers of what was sent: when they are asked for, how they are told, and which drafts may go."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.delivery import Decision
from notifier.core.event import Reason
from notifier.core.reach import Reach, in_words, may_be_tidied, next_look
from tests.builders import a_delivery, at

SENT = at("2026-12-08 10:00")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def looks() -> list[datetime]:
    """Every time at which numbers are asked for, each in its time."""
    found: list[datetime] = []
    while (look := next_look(SENT, found[-1] if found else None)) is not None:
        found.append(look)
    return found


def test_numbers_are_asked_for_after_an_hour_six_hours_a_day_and_daily_for_a_fortnight() -> None:
    assert [one - SENT for one in looks()] == [HOUR, 6 * HOUR, *(number * DAY for number in range(1, 15))]


def test_who_comes_late_asks_once_and_goes_on() -> None:
    assert next_look(SENT, None) == SENT + HOUR
    assert next_look(SENT, SENT + 3 * DAY + HOUR) == SENT + 4 * DAY


@given(st.integers(-10, 40))
def test_what_is_asked_for_lies_after_the_last_time_or_never_comes(days: int) -> None:
    last = SENT + days * DAY
    look = next_look(SENT, last)
    assert look is None if days >= 14 else (look is not None and look > last)


def test_numbers_say_only_what_there_is() -> None:
    assert in_words(Reach(at=SENT, sent=1200)) == "1,200 sent"
    full = Reach(at=SENT, sent=40, hard=2, soft=1, unsubscribed=3, abuse=1, opens=20, clicks=0)
    told = (
        "40 sent, 3 came back (2 for good, 1 for now), 3 left the list, 1 complained, 20 opened it, 0 followed a link"
    )
    assert in_words(full) == told


UNKNOWN = Reason(code="unknown", text="Nobody knows.")


@pytest.mark.parametrize(
    ("row", "may"),
    [
        ({"status": "sent", "draft_id": "a", "attempts": 1}, True),
        ({"status": "withdrawn"}, True),
        ({"status": "skipped"}, True),
        ({"status": "missed"}, True),
        ({"status": "missed", "attempts": 1}, False),
        ({"status": "drafted", "draft_id": "a"}, True),
        ({"status": "planned", "draft_id": "a"}, True),
        ({"status": "planned", "draft_id": "a", "attempts": 1}, False),
        ({"status": "planned"}, False),
        ({"status": "held"}, False),
        ({"status": "sending", "draft_id": "a"}, False),
        ({"status": "unknown", "draft_id": "a"}, False),
        ({"status": "failed", "draft_id": "a"}, False),
        ({"status": "sent", "draft_id": "a", "reasons": (UNKNOWN,)}, False),
    ],
)
def test_a_draft_may_go_only_where_there_is_no_doubt_about_its_delivery(row: dict[str, Any], may: bool) -> None:
    assert may_be_tidied(a_delivery(**row), []) is may


def test_what_a_person_had_to_settle_keeps_its_drafts() -> None:
    row = a_delivery(status="sent", draft_id="a")
    assert not may_be_tidied(row, [Decision(key=row.key, act="settle", by="kim", at=SENT)])
