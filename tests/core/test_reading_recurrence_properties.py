"""Recurrences against a calendar that is walked day by day, and any text at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from itertools import islice

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.event import Document, Event, Timed
from notifier.core.reading import read_document
from notifier.core.reading.library import Library
from notifier.core.reading.rules import rule_of, times_of
from notifier.core.reading.shape import Shape
from tests.fuzz.steps import count_steps

NAMES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
SHAPE = Shape(source="site", site_url="https://example.org", timezone="Europe/London")
UNTIL = 2030
DAYS = st.dates(date(2020, 1, 1), date(2028, 12, 31))
COUNTS = st.integers(1, 30)
GAPS = st.integers(1, 6)
WEEKDAYS = st.sets(st.integers(0, 6), min_size=1)
PIECES = st.lists(
    st.sampled_from(
        ["FREQ=", "WEEKLY", "DAILY", "YEARLY", "MONTHLY", ";", "BYDAY=", "TU", "-1FR", ",", "INTERVAL=", "3", "UNTIL=", "20270101", "T183000Z", "COUNT=",
         "BYMONTH=", "2", "BYMONTHDAY=", "30", "-1", "BYSETPOS=", "RRULE:", "EXDATE:", "RDATE;TZID=Europe/Berlin:", "\n", " ", "BYWEEKNO=", "53", "=", "WKST="]
    ),
    max_size=14,
).map("".join)  # fmt: skip


def read(first: date, recurrence: str, *, start: str = "18:30", until_year: int = UNTIL) -> tuple[Event, ...]:
    front = f'title: Club\ndate: {first}\nstart: "{start}"\nrecurrence: {json.dumps(recurrence, ensure_ascii=False)}\n'
    document = Document(source="site", path="club.md", data=f"---\n{front}---\nText.\n".encode(), revision="1")
    return read_document(document, SHAPE, Library(until_year=until_year)).events


def days(events: tuple[Event, ...]) -> list[date]:
    return [event.when.starts_at.date() for event in events if isinstance(event.when, Timed)]


def walked(first: date, gives: Callable[[date], bool], count: int) -> list[date]:
    """The first day and those after it that a rule gives, found by looking at each."""
    each = (first + timedelta(days=n) for n in range((date(UNTIL, 12, 31) - first).days + 1))
    return [first, *islice((day for day in each if day > first and gives(day)), count - 1)]


def weeks_between(first: date, day: date) -> int:
    def monday(of: date) -> date:
        return of - timedelta(days=of.weekday())

    return (monday(day) - monday(first)).days // 7


@given(DAYS, GAPS, COUNTS, WEEKDAYS)
def test_weekly_rules_give_what_a_walk_through_the_calendar_gives(
    first: date, gap: int, count: int, on: set[int]
) -> None:
    rule = f"FREQ=WEEKLY;INTERVAL={gap};COUNT={count};BYDAY={','.join(NAMES[n] for n in sorted(on))}"

    expected = walked(first, lambda day: day.weekday() in on and weeks_between(first, day) % gap == 0, count)

    assert days(read(first, rule)) == expected


@given(DAYS, st.integers(0, 6), st.integers(1, 5), st.booleans(), COUNTS)
def test_the_nth_weekday_of_a_month_is_the_one_that_a_walk_finds(
    first: date, on: int, nth: int, last: bool, count: int
) -> None:
    def gives(day: date) -> bool:
        after = day + timedelta(days=7 * nth)
        before = day - timedelta(days=7 * nth)
        if last:
            return day.weekday() == on and after.month != day.month and (after - timedelta(days=7)).month == day.month
        return day.weekday() == on and before.month != day.month and (before + timedelta(days=7)).month == day.month

    rule = f"FREQ=MONTHLY;COUNT={count};BYDAY={'-' if last else ''}{nth}{NAMES[on]}"

    assert days(read(first, rule)) == walked(first, gives, count)


@given(DAYS, GAPS, COUNTS, st.none() | st.sets(st.integers(1, 12), min_size=1), st.none() | WEEKDAYS)
def test_daily_rules_give_what_a_walk_gives(
    first: date, gap: int, count: int, months: set[int] | None, on: set[int] | None
) -> None:
    rule = f"FREQ=DAILY;INTERVAL={gap};COUNT={count}"
    rule += f";BYMONTH={','.join(map(str, months))}" if months else ""
    rule += f";BYDAY={','.join(NAMES[n] for n in on)}" if on else ""

    def gives(day: date) -> bool:
        return (day - first).days % gap == 0 and (not months or day.month in months) and (not on or day.weekday() in on)

    assert days(read(first, rule)) == walked(first, gives, count)


@given(DAYS, st.lists(st.integers(0, 39), max_size=10), st.booleans())
def test_exceptions_take_out_their_days_and_no_other(first: date, gone: list[int], timed: bool) -> None:
    all_days = [first + timedelta(days=n) for n in range(40)]
    without = {all_days[n] for n in gone}
    exceptions = ",".join(f"{day:%Y%m%d}" + ("T183000" if timed else "") for day in sorted(without))

    found = read(first, "FREQ=DAILY;COUNT=40" + (f"\nEXDATE:{exceptions}" if without else ""))

    assert days(found) == [day for day in all_days if day not in without]


@given(DAYS, st.times().map(lambda at: at.replace(second=0, microsecond=0)))
def test_every_date_is_at_the_same_time_on_the_wall_or_moved_by_the_gap_of_spring(first: date, at: time) -> None:
    found = read(first, "FREQ=DAILY;COUNT=400", start=f"{at:%H:%M}")

    clocks = [event.when.starts_at.time() for event in found if isinstance(event.when, Timed)]
    assert sum(clock != at for clock in clocks) <= 2
    assert len({event.path for event in found}) == 400


@given(DAYS, st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=60) | PIECES)
def test_any_text_gives_the_event_or_at_most_a_thousand(first: date, recurrence: str) -> None:
    found = read(first, recurrence)

    assert 1 <= len(found) <= 1000
    assert len({event.path for event in found}) == len(found)


@given(DAYS, PIECES)
def test_every_time_that_a_rule_gives_lies_between_its_start_and_its_end(first: date, text: str) -> None:
    rule = rule_of(text)
    start, end = datetime.combine(first, time(18, 30)), datetime(UNTIL, 12, 31, 23, 59)

    found = list(islice(times_of(rule, start, end), 50)) if rule else []

    assert found == sorted(found)
    assert all(start <= at <= end for at in found)


@pytest.mark.parametrize(
    ("rule", "start", "end"),
    [
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", 1950, 2200), ("FREQ=YEARLY;BYWEEKNO=1,53;BYDAY=MO", 1999, 2029),
        ("FREQ=YEARLY;BYWEEKNO=1,53;BYDAY=MO", 2096, 2105), ("FREQ=MONTHLY;BYDAY=-1FR", 1, 40), ("FREQ=WEEKLY", 9990, 9998),
    ],
)  # fmt: skip
def test_following_a_rule_in_a_late_copy_of_its_years_gives_its_own_days(rule: str, start: int, end: int) -> None:
    first, last = datetime(start, 1, 4), datetime(end, 12, 31, 23, 59)
    known = rule_of(rule)
    assert known is not None

    found = list(times_of(known, first, last))

    assert found == list(rrulestr(rule, dtstart=first).between(first, last, inc=True))
    assert found


@pytest.mark.parametrize(
    "rule",
    ["FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30",
     "FREQ=WEEKLY;BYMONTH=2;BYSETPOS=60", "FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO;BYSETPOS=366", "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6"],
)  # fmt: skip
@pytest.mark.parametrize("year", [2024, 2026, 2027, 2070])
def test_a_rule_that_never_matches_is_followed_for_decades_and_not_for_millennia(rule: str, year: int) -> None:
    known = rule_of(rule)
    assert known is not None
    start, end = datetime(year, 5, 5), datetime(year + 2, 12, 31)

    assert count_steps(lambda: list(times_of(known, start, end))) < 250_000
