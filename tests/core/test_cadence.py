"""When a cron line is due: as clocks of a zone show it, over clock changes, once each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from notifier.core.schedule import cadence, next_after
from tests.builders import LONDON, at

MONTHLY = "30 9 1-7 * mon"
NIGHTLY = "30 1 * * *"

#: Both clock changes; one that skips midnight (Beirut), one of half an hour (Lord Howe), and one of a whole day (Apia).
zones = st.sampled_from(
    [LONDON, "America/New_York", "Asia/Beirut", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu", "UTC"]
)
crons = st.sampled_from(
    [MONTHLY, NIGHTLY, "0 0 * * *", "*/20 0-3 * * *", "0 0 29 2 *", "0 0 31 2 *", "15 2 * * sun", "59 23 last * *"]
)
CHANGES = [at("2026-03-29 01:00"), at("2026-10-25 01:00"), at("2011-12-30 10:00"), at("2026-04-04 15:00")]
instants = st.one_of(
    st.builds(
        lambda turn, minutes: turn + timedelta(minutes=minutes), st.sampled_from(CHANGES), st.integers(-300, 300)
    ),
    st.integers(0, 60 * 24 * 400).map(lambda minutes: at("2025-12-01") + timedelta(minutes=minutes)),
)


def due(cron: str, after: str, until: str, zone: str = LONDON) -> list[datetime]:
    return list(cadence(cron, at(after), at(until), zone))


def test_it_is_due_when_clocks_of_the_zone_show_the_time_in_winter_and_summer() -> None:
    assert due(MONTHLY, "2026-02-01", "2026-05-01") == [
        at("2026-02-02 09:30"), at("2026-03-02 09:30"), at("2026-04-06 08:30"),
    ]  # fmt: skip


def test_the_start_is_not_included_and_the_end_is() -> None:
    assert due(MONTHLY, "2026-02-02 09:30", "2026-03-02 09:30") == [at("2026-03-02 09:30")]


def test_a_part_of_a_second_after_it_is_too_late() -> None:
    moment = at("2026-02-02 09:30") + timedelta(microseconds=1)
    assert list(cadence(MONTHLY, moment, moment + timedelta(hours=1), LONDON)) == []


def test_a_time_shown_twice_in_autumn_is_taken_once_the_first_time() -> None:
    assert due(NIGHTLY, "2026-10-24 12:00", "2026-10-25 12:00") == [at("2026-10-25 00:30")]


def test_a_time_skipped_in_spring_comes_later_by_the_gap() -> None:
    assert due(NIGHTLY, "2026-03-28 12:00", "2026-03-29 12:00") == [at("2026-03-29 01:30")]


def test_what_a_gap_puts_off_comes_in_order_and_no_two_at_once() -> None:
    night = due("*/20 0-3 * * *", "2026-03-29 00:30", "2026-03-29 02:00")
    assert night == [at(f"2026-03-29 {clock}") for clock in ("00:40", "01:00", "01:20", "01:40", "02:00")]


def test_a_window_that_begins_in_the_gap_still_has_what_the_gap_put_off() -> None:
    assert due(NIGHTLY, "2026-03-29 01:05", "2026-03-29 12:00") == [at("2026-03-29 01:30")]


def test_a_window_that_ends_in_the_second_of_two_hours_has_all_of_the_first() -> None:
    assert due("50 1 * * *", "2026-10-24 12:00", "2026-10-25 01:10") == [at("2026-10-25 00:50")]


def test_a_day_that_the_clocks_skip_comes_together_with_the_next() -> None:
    assert due("0 10 * * *", "2011-12-29", "2011-12-31", "Pacific/Apia") == [
        at("2011-12-29 20:00"), at("2011-12-30 20:00"),
    ]  # fmt: skip


def test_weekdays_go_by_their_names() -> None:
    (first, *_) = due("0 9 * * mon", "2026-11-26", "2026-12-10")
    assert f"{first:%A}" == "Monday"


def test_the_last_day_of_each_month_can_be_named() -> None:
    assert due("0 9 last * *", "2027-02-01", "2027-03-31") == [at("2027-02-28 09:00")]


def test_29_february_comes_every_four_years() -> None:
    assert next_after("0 9 29 2 *", at("2026-11-26"), LONDON) == at("2028-02-29 09:00")


def test_29_february_on_one_weekday_comes_even_over_a_century_without_its_leap_day() -> None:
    assert next_after("0 9 29 2 mon", at("2072-03-01"), "UTC") == at("2112-02-29 09:00")


def test_what_never_comes_ends() -> None:
    assert next_after("0 0 31 2 *", at("2026-11-26"), LONDON) is None
    assert due("0 0 31 2 *", "2026-01-01", "2066-01-01") == []


def test_the_next_one_is_after_the_instant_itself() -> None:
    assert next_after(MONTHLY, at("2026-02-02 09:30"), LONDON) == at("2026-03-02 09:30")


@pytest.mark.parametrize("cron", ["monthly", "0 9 * * sun-mon", "*/0 9 * * *", "0 9 40 * *"])
def test_what_is_no_cron_line_is_refused(cron: str) -> None:
    with pytest.raises(ValueError):
        due(cron, "2026-01-01", "2027-01-01")


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        list(cadence(MONTHLY, datetime(2026, 1, 1), at("2027-01-01"), LONDON))


@settings(deadline=None)
@given(crons, st.lists(instants, min_size=3, max_size=3).map(sorted), zones)
@example("*/20 0-3 * * *", [at("2026-03-29 00:30"), at("2026-03-29 01:10"), at("2026-03-29 02:00")], LONDON)
@example("*/20 0-3 * * *", [at("2026-10-25 00:00"), at("2026-10-25 01:10"), at("2026-10-25 02:00")], LONDON)
def test_two_windows_that_meet_give_what_the_whole_gives(cron: str, window: list[datetime], zone: str) -> None:
    a, b, c = window
    a = max(a, c - timedelta(days=60))
    b = max(a, b)
    assert [*cadence(cron, a, b, zone), *cadence(cron, b, c, zone)] == list(cadence(cron, a, c, zone))


@settings(deadline=None)
@given(crons, instants, zones)
def test_instants_are_in_utc_ascending_and_within_the_window(cron: str, after: datetime, zone: str) -> None:
    until = after + timedelta(days=40)
    found = list(cadence(cron, after, until, zone))
    assert found == sorted(set(found))
    assert all(one.tzinfo is UTC and after < one <= until for one in found)


@settings(deadline=None)
@given(st.integers(0, 23), st.integers(0, 59), instants, zones)
def test_a_daily_line_comes_once_on_every_day_that_there_is(hour: int, minute: int, after: datetime, zone: str) -> None:
    local = after.astimezone(ZoneInfo(zone)).date()
    days = [
        one.astimezone(ZoneInfo(zone)).date()
        for one in cadence(f"{minute} {hour} * * *", after, after + timedelta(days=9), zone)
    ]
    assert days == sorted(set(days))
    assert len(days) in (8, 9, 10)
    assert days[0] - local <= timedelta(days=2)
