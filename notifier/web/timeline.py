"""The picture of the next 30 days: events above the line of days, mails below it. Only arithmetic; no markup."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

#: How many days stand before today, so that what has just happened is in sight.
BEFORE, AHEAD = 2, 30
#: More marks than this on one side of a day are counted instead of drawn.
HIGHEST = 5
_STEP = 18
_MARGIN = 26


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something on a day: an event or a mail, and its shape. `describe` says it in words, and where it leads.

    It is asked only for what is drawn.
    """

    day: date
    is_event: bool
    shape: str
    describe: Callable[[], tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """An entry, or the count of those beyond the highest, placed: `x` in percent of the width, `y` in pixels."""

    x: str
    y: int
    shape: str
    label: str
    href: str
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A day of the picture: its left edge, middle and width in percent, and the words under it, if any."""

    left: str
    middle: str
    width: str
    label: str
    is_weekend: bool
    is_today: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """Columns and marks; `axis` and `height` in pixels."""

    columns: tuple[Column, ...]
    marks: tuple[Mark, ...]
    axis: int
    height: int


def covers(day: date, today: date) -> bool:
    """Whether a day is in the picture."""
    return -BEFORE <= (day - today).days <= AHEAD


def draw(entries: Iterable[Entry], today: date) -> Timeline:
    """Place every entry of the days around `today`, nearest to the line what comes first; the others are left out."""
    days = [today + timedelta(days=offset) for offset in range(-BEFORE, AHEAD + 1)]
    by_place: dict[tuple[date, bool], list[Entry]] = {}
    for entry in entries:
        if covers(entry.day, today):
            by_place.setdefault((entry.day, entry.is_event), []).append(entry)
    above = max([1, *(min(len(found), HIGHEST) for (_, is_event), found in by_place.items() if is_event)])
    below = max([1, *(min(len(found), HIGHEST) for (_, is_event), found in by_place.items() if not is_event)])
    axis = _MARGIN + above * _STEP
    marks = [
        mark
        for (day, is_event), found in sorted(by_place.items())
        for mark in _stack(found, _middle(days.index(day), len(days)), axis, -1 if is_event else 1)
    ]
    return Timeline(
        columns=tuple(_column(index, day, today, len(days)) for index, day in enumerate(days)),
        marks=tuple(marks),
        axis=axis,
        height=axis + below * _STEP + _MARGIN,
    )


def _stack(entries: Sequence[Entry], x: str, axis: int, direction: int) -> Iterable[Mark]:
    drawn = entries if len(entries) <= HIGHEST else entries[: HIGHEST - 1]
    for level, entry in enumerate(drawn):
        label, href = entry.describe()
        yield Mark(x=x, y=_height(axis, direction, level), shape=entry.shape, label=label, href=href)
    rest = entries[len(drawn) :]
    if rest:
        day, kind = rest[0].day, "events" if rest[0].is_event else "mails"
        label = f"{len(rest)} more {kind} on {day:%a} {day.day} {day:%b}"
        place = "/events" if rest[0].is_event else "/outbox"
        yield Mark(x=x, y=_height(axis, direction, HIGHEST - 1), shape="more", label=label, href=place, more=len(rest))


def _height(axis: int, direction: int, level: int) -> int:
    return axis + direction * (level * _STEP + _STEP * 3 // 4)


def _column(index: int, day: date, today: date, days: int) -> Column:
    is_today = day == today
    labelled = day.weekday() == 0 and abs((day - today).days) > 4
    return Column(
        left=f"{100 * index / days:.3f}",
        middle=_middle(index, days),
        width=f"{100 / days:.3f}",
        label="Today" if is_today else f"{day.day} {day:%b}" if labelled else "",
        is_weekend=day.weekday() > 4,
        is_today=is_today,
    )


def _middle(index: int, days: int) -> str:
    return f"{100 * (index + 0.5) / days:.3f}"
