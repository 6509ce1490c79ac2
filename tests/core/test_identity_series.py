"""What tells the evenings of a series apart, when one of them moves, and when all of them are made of one text."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from notifier.core.event import Content, Event
from notifier.core.identity import settle
from tests.builders import a_memory, a_seen_event, a_time, an_event, at, some_rules

NOW = at("2026-11-26 09:00")
TEXT = " ".join(f"word{number}" for number in range(60))


def evening(day: str, *, title: str = "Choir evening", uid: str = "") -> Event:
    name = title.split(maxsplit=1)[0].lower()
    return an_event(
        uid=uid,
        path=f"events.yml#{name}-evening-{day}",
        title=title,
        when=a_time(f"{day} 19:00"),
        body=TEXT,
        join_url=None,
    )


def told_apart(old: list[Event], new: list[Event], **gone: object) -> Content:
    """What becomes of these, where `old` were there at the last look; `gone` is when those went that are no more."""
    still = {event.path for event in new}
    seen = [a_seen_event(one, **({} if one.path in still else gone)) for one in old]
    return settle(Content(events=tuple(new)), a_memory(*seen), some_rules(), NOW)


SERIES = [evening((date(2026, 12, 1) + timedelta(days=28 * n)).isoformat(), uid=f"{n}@example.org") for n in range(4)]


def moved(days: int) -> Content:
    """The second of four evenings, each four weeks after the last, has moved so far; all else stays."""
    day = date(2026, 12, 29) + timedelta(days=days)
    return told_apart(SERIES, [evening(day.isoformat()), *(replace(one, uid="") for one in (SERIES[0], *SERIES[2:]))])


@pytest.mark.parametrize("days", [-7, -1, 1, 2, 7])
def test_an_evening_that_moved_a_little_is_itself_among_those_of_its_series(days: int) -> None:
    found = moved(days)

    assert {event.uid for event in found.events} == {one.uid for one in SERIES}
    assert (found.vanished, found.problems) == (frozenset(), ())


@pytest.mark.parametrize("days", [-8, 8, 14])
def test_one_that_moved_so_far_that_it_may_be_another_is_asked_about(days: int) -> None:
    assert moved(days).vanished == {SERIES[1].uid}
    assert "maybe-moved" in {doubt.code for event in moved(days).events for doubt in event.doubts}


def test_a_text_that_the_whole_site_is_made_of_makes_no_new_evening_one_that_went() -> None:
    walk, quiz = (evening("2026-12-20", title=title, uid=f"{title}@example.org") for title in ("Walk", "Quiz"))
    talk = evening("2027-01-05", title="Talk")

    found = told_apart([walk, quiz], [replace(quiz, uid=""), talk], present=False, gone_at=NOW - timedelta(days=2))

    assert [(event.title, [doubt.code for doubt in event.doubts]) for event in found.events] == [
        ("Quiz", []), ("Talk", []), ("Walk", ["vanished"])
    ]  # fmt: skip


def test_a_text_of_its_own_still_does() -> None:
    walk = evening("2026-12-20", title="Walk", uid="walk@example.org")

    found = told_apart([walk], [evening("2027-01-05", title="Talk")], present=False, gone_at=NOW - timedelta(days=2))

    assert [[doubt.code for doubt in event.doubts] for event in found.events] == [["maybe-moved"], ["vanished"]]
