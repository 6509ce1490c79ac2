"""How long after wrong passwords the next try has to wait: longer each time, and never for ever."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

#: Slips of the hand cost nothing.
FREE = 5
LONGEST_WAIT = timedelta(minutes=15)
#: After so long without a try, beyond the wait, what was before is forgotten.
_FORGOTTEN_AFTER = timedelta(minutes=15)
_MOST_DOUBLINGS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Tries:
    """How many passwords were tried in a row and not found right, and when the last one was."""

    count: int
    last_at: datetime

    @property
    def next_at(self) -> datetime:
        """The first instant at which another one is looked at."""
        return self.last_at + wait_after(self.count)


def wait_after(count: int, free: int = FREE) -> timedelta:
    """The wait after so many tries: none for the first `free`, then a second, and twice as long each time."""
    if count < free:
        return timedelta(0)
    return min(timedelta(seconds=2 ** min(count - free, _MOST_DOUBLINGS)), LONGEST_WAIT)


def after_try(tries: Tries | None, now: datetime) -> Tries:
    """The count with one more. What is long ago no longer counts, nor what a clock that was set back put in the future."""
    if tries is None or is_forgotten(tries, now):
        return Tries(count=1, last_at=now)
    return Tries(count=tries.count + 1, last_at=now)


def is_forgotten(tries: Tries, now: datetime) -> bool:
    """Whether these no longer count."""
    return not tries.last_at <= now < tries.next_at + _FORGOTTEN_AFTER


def left_to_wait(tries: Tries | None, now: datetime) -> timedelta:
    """How long the next try has to wait from `now` on; zero where it needn't."""
    if tries is None or is_forgotten(tries, now):
        return timedelta(0)
    return max(tries.next_at - now, timedelta(0))
