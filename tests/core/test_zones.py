from __future__ import annotations

import zoneinfo
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import notifier
from notifier.core.zones import end_of_day, instant, is_ambiguous, moment, start_of_day, zone_named
from tests.builders import LONDON, at


def test_zones_come_from_the_pinned_package_only() -> None:
    assert notifier.__version__
    assert zoneinfo.TZPATH == ()


def test_a_doubled_time_is_the_first_of_the_two() -> None:
    assert instant(date(2026, 10, 25), time(1, 30), LONDON).astimezone(UTC) == at("2026-10-25 00:30")


def test_a_time_in_the_gap_moves_forward() -> None:
    moved = instant(date(2026, 3, 29), time(1, 30), LONDON)
    assert (moved.astimezone(UTC), moved.strftime("%H:%M")) == (at("2026-03-29 01:30"), "02:30")


@pytest.mark.parametrize("name", ["", "London", "EST5EDT/..", "../etc/passwd", "Europe/Atlantis", "\0", "Europe"])
def test_what_is_no_zone_is_said_to_be_none(name: str) -> None:
    with pytest.raises(ValueError, match="not a time zone"):
        zone_named(name)


@pytest.mark.parametrize(
    ("clock", "doubtful"), [(time(0, 59), False), (time(1), True), (time(1, 59), True), (time(2), False)]
)
def test_only_the_doubled_hour_is_ambiguous(clock: time, doubtful: bool) -> None:
    assert is_ambiguous(date(2026, 10, 25), clock, LONDON) is doubtful


@given(
    st.dates(date(1990, 1, 1), date(2060, 1, 1)),
    st.sampled_from(["Europe/London", "Asia/Kathmandu", "Australia/Lord_Howe"]),
)
def test_days_follow_one_another_without_a_gap(day: date, zone: str) -> None:
    assert end_of_day(day, zone) == start_of_day(day + timedelta(days=1), zone)
    assert start_of_day(day, zone) < end_of_day(day, zone)


def test_a_moment_is_written_with_its_zone() -> None:
    assert moment(datetime(2026, 7, 9, 13, 0, tzinfo=UTC), LONDON) == "Thu 9 Jul 2026 14:00 BST"
