"""How old what readers show may be, and how countings of readers come together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.readership import EVERY, ONCE, Poll, every_of, lag_of, last_whole_day, late_share, merged_polls

TODAY = date(2026, 11, 26)


def a_poll(readers: int = 1, every: int = 60, *, day: date = TODAY, feed: str = "all", family: str = "apple") -> Poll:
    return Poll(day=day, feed=feed, family=family, every=every, readers=readers)


polls = st.lists(
    st.builds(
        a_poll,
        st.integers(1, 50),
        st.sampled_from([ONCE, *EVERY]),
        day=st.sampled_from([TODAY, TODAY - timedelta(days=1)]),
        feed=st.sampled_from(["all", "team"]),
        family=st.sampled_from(["google", "apple"]),
    ),
    max_size=12,
)
spans = st.timedeltas(timedelta(minutes=-5), timedelta(days=9))


@pytest.mark.parametrize(
    ("minutes", "every"),
    [
        (0, 15),
        (15, 15),
        (16, 15),
        (17, 60),
        (60, 60),
        (65, 60),
        (240, 240),
        (1445, 1440),
        (1600, 10080),
        (99999, 10080),
    ],
)
def test_a_pause_counts_as_the_step_that_it_hardly_exceeds(minutes: int, every: int) -> None:
    assert every_of(timedelta(minutes=minutes)) == every


@given(pause=st.timedeltas(timedelta(0), timedelta(days=30)), more=st.timedeltas(timedelta(0), timedelta(days=30)))
def test_a_longer_pause_never_counts_as_a_shorter_step(pause: timedelta, more: timedelta) -> None:
    assert every_of(pause) <= every_of(pause + more)


@given(counted=polls, within=spans, more=spans.filter(lambda span: span >= timedelta(0)))
def test_the_later_a_change_is_looked_for_the_fewer_are_late(
    counted: Sequence[Poll], within: timedelta, more: timedelta
) -> None:
    sooner, later = late_share(counted, within), late_share(counted, within + more)
    assert (sooner is None) == (later is None) == (not counted)
    if sooner is not None and later is not None:
        assert 0 <= later <= sooner <= 1


@given(counted=polls.filter(bool))
def test_everybody_is_late_at_once_and_nobody_for_ever(counted: Sequence[Poll]) -> None:
    assert late_share(counted, timedelta(0)) == 1
    assert late_share(counted, timedelta(days=7)) == 0


@given(counted=polls, within=spans, times=st.integers(1, 5))
def test_the_share_is_the_same_of_many_as_of_few(counted: Sequence[Poll], within: timedelta, times: int) -> None:
    assert late_share([*counted] * times, within) == late_share(counted, within)


def test_who_asked_once_may_show_what_a_day_ago_was_right() -> None:
    assert lag_of(ONCE) == timedelta(days=1)
    assert late_share([a_poll(3, ONCE), a_poll(1, 15)], timedelta(hours=5)) == 0.75


def test_the_last_whole_day_is_taken_and_today_only_where_there_is_none() -> None:
    yesterday, before = a_poll(day=TODAY - timedelta(days=1)), a_poll(day=TODAY - timedelta(days=2))
    assert last_whole_day([before, yesterday, a_poll()], TODAY) == (yesterday,)
    assert last_whole_day([a_poll()], TODAY) == (a_poll(),)
    assert last_whole_day([], TODAY) == ()


def test_a_reader_whose_pause_became_longer_counts_once() -> None:
    morning, evening = [a_poll(2, ONCE), a_poll(5, 60)], [a_poll(6, 60), a_poll(1, 720)]
    assert merged_polls(morning, evening) == merged_polls(evening, morning) == tuple(evening)


def test_a_counting_that_began_anew_does_not_take_the_place_of_a_greater_one() -> None:
    assert merged_polls([a_poll(5, 60)], [a_poll(1, ONCE)]) == (a_poll(5, 60),)


@given(one=polls, other=polls, third=polls)
def test_countings_may_come_in_any_order_and_twice(
    one: Sequence[Poll], other: Sequence[Poll], third: Sequence[Poll]
) -> None:
    merged = merged_polls(merged_polls(one, other), third)
    assert merged == merged_polls(one, merged_polls(third, other)) == merged_polls(merged, one)


@given(one=polls, other=polls)
def test_every_counting_that_is_left_was_one_that_came(one: Sequence[Poll], other: Sequence[Poll]) -> None:
    def countings(counted: Sequence[Poll]) -> set[tuple[Poll, ...]]:
        places = {(poll.day, poll.feed, poll.family) for poll in counted}
        alone = merged_polls((), counted)
        return {tuple(poll for poll in alone if (poll.day, poll.feed, poll.family) == place) for place in places}

    assert countings(merged_polls(one, other)) <= countings(one) | countings(other)
