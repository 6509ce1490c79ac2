"""The picture of a long time: a strip for each year or month, a mark for each delivery. Only arithmetic; no markup."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from notifier.core.replayed import Occurrence
from notifier.core.zones import start_of_day

#: A stretch that is no longer than this has a strip for each month, a longer one for each year.
LONGEST_IN_MONTHS = timedelta(days=190)
#: Marks that are nearer to each other than this, in percent of the width, stand above each other.
NEAREST = 1.25
#: More than these above each other are counted instead of drawn.
HIGHEST = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A delivery in a strip: `x` in percent of the width, `level` from 0 at the line of time upwards."""

    one: Occurrence
    x: float
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class More:
    """So many deliveries more than can be drawn, at `x` percent."""

    x: float
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """Where a month or a day begins, and what is written there."""

    x: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """A year or a month. `levels` is how many marks stand above each other at most."""

    label: str
    ticks: tuple[Tick, ...]
    marks: tuple[Mark, ...]
    more: tuple[More, ...]
    levels: int


def strips(deliveries: Sequence[Occurrence], since: datetime, until: datetime, zone: str) -> tuple[Strip, ...]:
    """The strips from `since` to `until` in which there is anything, on the clocks of `zone`."""
    by_month = until - since <= LONGEST_IN_MONTHS
    parts: dict[date, list[Occurrence]] = {}
    for one in deliveries:
        day = one.moment.astimezone(ZoneInfo(zone)).date()
        parts.setdefault(day.replace(day=1) if by_month else date(day.year, 1, 1), []).append(one)
    return tuple(_strip(first, found, by_month=by_month, zone=zone) for first, found in sorted(parts.items()))


def _strip(first: date, deliveries: Iterable[Occurrence], *, by_month: bool, zone: str) -> Strip:
    after = _next_month(first) if by_month else date(first.year + 1, 1, 1)
    marks, more = _placed(deliveries, start_of_day(first, zone), start_of_day(after, zone))
    return Strip(
        label=f"{first:%B %Y}" if by_month else f"{first:%Y}",
        ticks=tuple(_ticks(first, after, by_month=by_month)),
        marks=tuple(marks),
        more=tuple(More(x=x, number=number) for x, number in sorted(more.items())),
        levels=max([1, *(mark.level + 1 for mark in marks)]) + bool(more),
    )


def _placed(deliveries: Iterable[Occurrence], start: datetime, end: datetime) -> tuple[list[Mark], dict[float, int]]:
    """Every delivery at its time, in the lowest level with room; and where there were too many, how many more."""
    last: list[float] = []
    marks: list[Mark] = []
    more: dict[float, int] = {}
    for one in sorted(deliveries, key=lambda one: one.moment):
        x = round(100 * ((one.moment - start) / (end - start)), 3)
        level = next((n for n, taken in enumerate(last) if x - taken >= NEAREST), len(last))
        if level >= HIGHEST:
            place = round(x / NEAREST) * NEAREST
            more[place] = more.get(place, 0) + 1
            continue
        last[level : level + 1] = [x]
        marks.append(Mark(one=one, x=x, level=level))
    return marks, more


def _ticks(first: date, after: date, *, by_month: bool) -> Iterator[Tick]:
    days = (after - first).days
    day = first
    while day < after:
        yield Tick(x=round(100 * (day - first).days / days, 3), label=str(day.day) if by_month else f"{day:%b}")
        day = day + timedelta(days=7) if by_month else _next_month(day)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
