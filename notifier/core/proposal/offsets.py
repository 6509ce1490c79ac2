"""Whether the offsets behind times (`18:30Z`) are meant: by what the texts say, and by the hours at which people meet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone
from typing import Literal

from notifier.core.proposal.columns import Column, Stamp
from notifier.core.zones import zone_named

#: Of fewer events in a season nothing follows.
FEWEST = 6
_ENOUGH = 3
_WAKING = range(7, 23)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What offsets mean, why, and whether that is sure."""

    offsets: Literal["trusted", "wall"]
    why: str
    sure: bool = True


def meaning_of_offsets(start: Column, zone: str, told: Mapping[int, time]) -> Meaning | None:
    """What the offsets of these starts mean; None where it makes no difference. `told` are the times in pages' texts."""
    stamps = {n: s for n, s in start.stamps.items() if s.clock and s.day and s.offset is not None}
    constant = _constant(stamps)
    if constant is None:
        return None
    local = {n: _local(stamp, zone) for n, stamp in stamps.items()}
    unlike = [n for n, stamp in stamps.items() if local[n].time() != stamp.clock]
    if not unlike:
        return None
    said = f"{constant} of {len(stamps)} times end alike, summer and winter"
    return (
        _by_texts(unlike, stamps, local, told, said)
        or _by_seasons(stamps, local, said)
        or _by_waking(stamps, local, said)
        or Meaning(offsets="trusted", why=f"{said}; nothing shows that they mean clocks on the wall", sure=False)
    )


def _constant(stamps: Mapping[int, Stamp]) -> int | None:
    """How many have the one offset that nearly all have."""
    counts: Counter[timedelta | None] = Counter(stamp.offset for stamp in stamps.values())
    most = counts.most_common(1)
    return most[0][1] if most and most[0][1] >= 0.95 * len(stamps) else None


def _local(stamp: Stamp, zone: str) -> datetime:
    day, clock, offset = stamp.day, stamp.clock, stamp.offset
    if day is None or clock is None or offset is None:
        raise ValueError("only whole stamps have a place in time")
    return datetime.combine(day, clock, timezone(offset)).astimezone(zone_named(zone))


def _by_texts(
    unlike: Sequence[int],
    stamps: Mapping[int, Stamp],
    local: Mapping[int, datetime],
    told: Mapping[int, time],
    said: str,
) -> Meaning | None:
    """The times told in the texts agree with one of the two readings."""
    wall = sum(told.get(n) == stamps[n].clock for n in unlike)
    exact = sum(told.get(n) == local[n].time() for n in unlike)
    # Where there are few events, one text says more than nothing.
    if wall + exact < (_ENOUGH if len(stamps) >= FEWEST * 2 else 1) or min(wall, exact) * 4 > max(wall, exact):
        return None
    if wall > exact:
        return Meaning(
            offsets="wall",
            why=f"{said}, and where texts tell the time it is the written one ({wall} of {wall + exact})",
        )
    return Meaning(offsets="trusted", why=f"texts tell the converted time ({exact} of {wall + exact})")


def _by_seasons(stamps: Mapping[int, Stamp], local: Mapping[int, datetime], said: str) -> Meaning | None:
    """People meet at the same hours in summer and winter: the reading in which they do is right."""
    summer = [n for n in stamps if local[n].dst()]
    winter = [n for n in stamps if not local[n].dst()]
    if min(len(summer), len(winter)) < FEWEST:
        return None
    written = _overlap(*([_clock_of(stamps[n]) for n in season] for season in (summer, winter)))
    exact = _overlap(*([local[n].time() for n in season] for season in (summer, winter)))
    if abs(written - exact) < 0.1:
        return None
    if written > exact:
        why = f"{said}, and as written summer's hours are winter's ({written:.0%} alike, {exact:.0%} when converted)"
        return Meaning(offsets="wall", why=why)
    return Meaning(
        offsets="trusted", why=f"converted, summer's hours are winter's ({exact:.0%} alike, {written:.0%} as written)"
    )


def _clock_of(stamp: Stamp) -> time:
    return stamp.clock or time(0)


def _overlap(one: Sequence[time], other: Sequence[time]) -> float:
    """How alike two distributions are: 1 when the same, 0 when they have nothing in common."""
    first, second = Counter(one), Counter(other)
    return sum(min(first[at] / len(one), second[at] / len(other)) for at in first)


def _by_waking(stamps: Mapping[int, Stamp], local: Mapping[int, datetime], said: str) -> Meaning | None:
    written = sum(_clock_of(stamp).hour in _WAKING for stamp in stamps.values()) / len(stamps)
    exact = sum(local[n].hour in _WAKING for n in stamps) / len(stamps)
    if abs(written - exact) < 0.3:
        return None
    if written > exact:
        return Meaning(offsets="wall", why=f"{said}, and converted {1 - exact:.0%} would be at night")
    return Meaning(offsets="trusted", why=f"as written {1 - written:.0%} would be at night")
