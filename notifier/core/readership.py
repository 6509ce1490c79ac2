"""Who reads feeds: the tokens of secret ones, and how often calendar programs ask. Nobody's address is in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A holder's way to a secret feed. `digest` is the SHA-256 of what the address says, in hexadecimal digits.

    `id` names it to staff. One that was revoked never opens anything again.
    """

    id: str
    feed: str
    holder: str
    digest: str
    made_at: datetime
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """How many readers of one family of programs asked for a feed on a day (UTC), `every` so many minutes or less.

    `every` is what `every_of` makes of the longest pause that a reader left before any of its requests that day, and
    `ONCE` for one that asked a single time and was not known before.
    """

    day: date
    feed: str
    family: str
    every: int
    readers: int


#: In minutes. Most programs ask every 15 minutes, every hour, every few hours, or once a day.
EVERY = (15, 60, 240, 720, 1440, 10080)
#: Asked once: it may ask daily, or never again.
ONCE = 0
#: How long a reader that asked once a day may go without asking again.
_ONCE_LAG = timedelta(days=1)
#: Programs that ask every hour do so a little later each time: so much more than its step is still the step.
_LEEWAY = 1.1
#: Counts of the days before this long before the last one are dropped.
KEPT = timedelta(days=31)
_WEEK = 7


def every_of(pause: timedelta) -> int:
    """The step of `EVERY` that a pause falls into; the last one for any that is longer."""
    return next((step for step in EVERY if pause <= timedelta(minutes=step) * _LEEWAY), EVERY[-1])


def lag_of(every: int) -> timedelta:
    """How old what such a reader shows may become before it asks again."""
    return timedelta(minutes=every) if every != ONCE else _ONCE_LAG


def late_share(polls: Iterable[Poll], within: timedelta) -> float | None:
    """The share, 0 to 1, of the readers who may not have asked again `within` this time; None where nobody is known to ask.

    Give it the counts of one day: a reader that asks daily would count once a day.
    """
    known = late = 0
    for one in polls:
        known += one.readers
        late += one.readers if lag_of(one.every) > within else 0
    return late / known if known else None


def last_whole_day(polls: Iterable[Poll], today: date) -> tuple[Poll, ...]:
    """The counts of the last day that is over and has any, else those of `today` so far."""
    given = tuple(polls)
    day = max((one.day for one in given if one.day < today), default=today)
    return tuple(one for one in given if one.day == day)


_Place = tuple[date, str, str]


def settled_polls(polls: Iterable[Poll]) -> tuple[Poll, ...]:
    """Those of the last week of whole days: the last day that was counted at all may not be over yet."""
    everything = tuple(polls)
    last = max((one.day for one in everything), default=date.max)
    return tuple(one for one in everything if last - timedelta(days=_WEEK) <= one.day < last)


def merged_polls(known: Iterable[Poll], fresh: Iterable[Poll]) -> tuple[Poll, ...]:
    """These counts together, in order, and none from a month before the last day.

    Of two countings of one day, feed and family one stands whole: the one of more readers, and of as many the later,
    in which longer pauses have been seen. Mixed, a reader whose pause became longer would count twice. In whichever
    order and however often countings come, the same is left.
    """
    before, after = _countings(known), _countings(fresh)
    counts = {
        place: max(before.get(place, {}), after.get(place, {}), key=_weight) for place in before.keys() | after.keys()
    }
    last = max((day for day, *_ in counts), default=date.min)
    oldest = last - KEPT if last > date.min + KEPT else date.min
    return tuple(
        Poll(day=day, feed=feed, family=family, every=every, readers=readers)
        for (day, feed, family), counting in sorted(counts.items())
        if day >= oldest
        for every, readers in sorted(counting.items())
    )


def _countings(polls: Iterable[Poll]) -> dict[_Place, dict[int, int]]:
    countings: dict[_Place, dict[int, int]] = {}
    for one in polls:
        counting = countings.setdefault((one.day, one.feed, one.family), {})
        counting[one.every] = max(one.readers, counting.get(one.every, 0))
    return countings


def _weight(counting: Mapping[int, int]) -> tuple[int, int, list[tuple[int, int]]]:
    # During a day readers are added, and their longest pauses only grow: each later counting weighs more.
    return sum(counting.values()), sum(every * readers for every, readers in counting.items()), sorted(counting.items())
