"""The picture of a long time: where each mark stands."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from notifier.core.replayed import Occurrence
from notifier.core.timeline import HIGHEST, NEAREST, Strip, strips
from tests.builders import LONDON, a_delivery, an_event, at


def an_occurrence(when: str | datetime) -> Occurrence:
    moment = at(when) if isinstance(when, str) else when
    return Occurrence(delivery=a_delivery(due_at=moment), at=moment, commit=None, subject=None, events=(an_event(),))


def drawn(*moments: str, since: str = "2024-01-01", until: str = "2026-12-31") -> tuple[Strip, ...]:
    return strips([an_occurrence(moment) for moment in moments], at(since), at(until), LONDON)


def test_a_long_time_has_a_strip_for_each_year_in_which_there_is_anything() -> None:
    found = drawn("2024-03-01", "2026-03-01")

    assert [strip.label for strip in found] == ["2024", "2026"]
    assert [tick.label for tick in found[0].ticks][:2] == ["Jan", "Feb"]


def test_a_short_time_has_a_strip_for_each_month() -> None:
    [strip] = drawn("2026-02-05 10:00", since="2026-01-15", until="2026-04-15")

    assert strip.label == "February 2026"
    assert [tick.label for tick in strip.ticks] == ["1", "8", "15", "22"]


def test_a_mark_stands_at_its_part_of_the_year_on_the_clocks_of_the_site() -> None:
    [strip] = drawn("2026-07-02 11:00")

    assert abs(strip.marks[0].x - 50) < 0.1


def test_new_year_is_that_of_the_site() -> None:
    found = strips([an_occurrence("2026-12-31 23:30")], at("2020-01-01"), at("2027-02-01"), "Europe/Vienna")

    assert [strip.label for strip in found] == ["2027"]


def test_marks_at_one_time_stand_above_each_other_and_too_many_are_counted() -> None:
    [strip] = drawn(*["2026-03-01"] * (HIGHEST + 3))

    assert [mark.level for mark in strip.marks] == list(range(HIGHEST))
    assert [more.number for more in strip.more] == [3]
    assert strip.levels == HIGHEST + 1


@given(st.lists(st.integers(min_value=0, max_value=364), max_size=60))
def test_no_two_marks_of_one_level_touch_and_none_is_lost(days: list[int]) -> None:
    begin = at("2026-01-01")

    found = strips(
        [an_occurrence(begin + timedelta(days=day)) for day in days], at("2020-01-01"), at("2027-01-01"), LONDON
    )

    places: dict[int, list[float]] = {}
    for mark in (mark for strip in found for mark in strip.marks):
        places.setdefault(mark.level, []).append(mark.x)
    assert all(after - before >= NEAREST for xs in places.values() for before, after in pairwise(xs))
    assert sum(map(len, places.values())) + sum(more.number for strip in found for more in strip.more) == len(days)
