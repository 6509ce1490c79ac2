"""When things are due, until when they are of use, and when mail may go out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.event import Event, Timed
from notifier.core.rule import Hours, Offset
from notifier.core.schedule import (
    ends_at,
    grace_of,
    is_open,
    last_open,
    local_start_date,
    next_closing,
    next_open,
    reminder_due,
    starts_at,
    useful_until,
)
from tests.builders import LONDON, a_rule, a_time, all_day, an_event, at

HOURS = Hours()
AFTER_END = Offset(side="after", length=timedelta(days=1), of="end", at=time(9))


def test_a_clock_time_counts_days_in_the_readers_zone() -> None:
    tokyo = an_event(when=a_time("2026-12-09 08:00", zone="Asia/Tokyo"))
    offset = Offset(side="before", length=timedelta(days=1), at=time(10))
    assert reminder_due(offset, tokyo, LONDON) == at("2026-12-07 10:00"), (
        "Tokyo's Wednesday morning is London's Tuesday"
    )


def test_a_clock_time_is_one_of_the_readers_zone_in_summer_too() -> None:
    event = an_event(when=a_time("2026-07-15 14:00"))
    offset = Offset(side="before", length=timedelta(days=1), at=time(10))
    assert reminder_due(offset, event, LONDON) == at("2026-07-14 09:00")


def test_elapsed_time_is_counted_in_instants_over_a_clock_change() -> None:
    event = an_event(when=a_time("2026-10-25 09:00"))
    assert reminder_due(Offset(side="before", length=timedelta(hours=24)), event, LONDON) == at("2026-10-24 09:00")


def test_the_day_after_a_whole_day_event_is_counted_from_its_last_day() -> None:
    event = an_event(when=all_day("2026-12-09", "2026-12-10"))
    assert reminder_due(AFTER_END, event, LONDON) == at("2026-12-11 09:00")


def test_after_an_event_is_counted_from_its_end() -> None:
    event = an_event(when=a_time(ends="15:15"))
    assert reminder_due(Offset(side="after", length=timedelta(hours=1), of="end"), event, LONDON) == at(
        "2026-12-09 16:15"
    )


def test_a_reminder_before_is_of_use_until_the_start_and_for_whole_days_until_the_first_night() -> None:
    before = Offset(side="before", length=timedelta(days=1))
    assert useful_until(an_event(), before, LONDON) == at("2026-12-09 14:00")
    assert useful_until(an_event(when=all_day("2026-12-09", "2026-12-10")), before, LONDON) == at("2026-12-10 00:00")


def test_what_comes_after_an_event_is_of_use_for_a_week() -> None:
    assert useful_until(an_event(when=a_time(ends="15:15")), AFTER_END, LONDON) == at("2026-12-16 15:15")


@pytest.mark.parametrize("moment", [starts_at, ends_at])
def test_an_event_without_a_date_has_no_instants(moment: Callable[[Event, str], datetime]) -> None:
    with pytest.raises(ValueError, match="has no date"):
        moment(an_event(when=None), LONDON)
    with pytest.raises(ValueError, match="has no date"):
        local_start_date(an_event(when=None))


@pytest.mark.parametrize(
    ("length", "grace"),
    [(timedelta(minutes=10), 15), (timedelta(hours=2), 60), (timedelta(days=1), 720), (timedelta(days=7), 720)],
)
def test_the_default_grace_is_half_the_offset_within_bounds(length: timedelta, grace: int) -> None:
    assert grace_of(a_rule(when=Offset(side="before", length=length))) == timedelta(minutes=grace)


def test_a_configured_grace_is_taken_as_it_is() -> None:
    assert grace_of(a_rule(grace=timedelta(minutes=5))) == timedelta(minutes=5)


@pytest.mark.parametrize(
    ("moment", "opened"),
    [
        ("2026-11-26 08:29", False),
        ("2026-11-26 08:30", True),
        ("2026-11-26 18:00", True),
        ("2026-11-26 18:01", False),
        ("2026-11-28 12:00", False),
    ],
)
def test_the_sending_hours_hold_their_first_and_their_last_minute(moment: str, opened: bool) -> None:
    assert is_open(at(moment), HOURS, LONDON) is opened


def test_a_weekend_lies_between_friday_evening_and_monday_morning() -> None:
    sunday = at("2026-11-29 10:00")
    assert last_open(sunday, HOURS, LONDON) == at("2026-11-27 18:00")
    assert next_open(sunday, HOURS, LONDON) == at("2026-11-30 08:30")
    assert next_closing(sunday, HOURS, LONDON) == at("2026-11-30 18:01")


def test_without_hours_every_instant_is_open() -> None:
    night = at("2026-11-29 03:00")
    assert last_open(night, None, LONDON) == next_open(night, None, LONDON) == night
    assert next_closing(night, None, LONDON) is None


instants = st.integers(0, 60 * 24 * 400).map(lambda minutes: at("2026-01-01") + timedelta(minutes=minutes))
hours = st.builds(
    lambda days, start, length: Hours(days=frozenset(days), start=time(start), end=time(start + length)),
    st.sets(st.integers(0, 6), min_size=1),
    st.integers(0, 12),
    st.integers(1, 11),
)


@given(instants, hours)
def test_the_nearest_open_instants_are_open_and_lie_on_their_side(moment: datetime, open_hours: Hours) -> None:
    back, ahead = last_open(moment, open_hours, LONDON), next_open(moment, open_hours, LONDON)
    assert back <= moment <= ahead
    assert is_open(back, open_hours, LONDON)
    assert is_open(ahead, open_hours, LONDON)
    assert ahead - moment <= timedelta(days=7)


@given(instants, st.integers(0, 9), st.sampled_from([None, time(1, 30), time(10)]))
def test_a_reminder_is_due_before_its_event(moment: datetime, days: int, clock: time | None) -> None:
    event = an_event(when=Timed(starts_at=moment))
    offset = Offset(side="before", length=timedelta(days=days), at=clock)
    assert reminder_due(offset, event, LONDON) <= moment + (timedelta(days=1) if days == 0 else timedelta(0))
