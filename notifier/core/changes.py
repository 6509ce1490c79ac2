"""What is another object than before. What stayed is passed over without being looked at, so that work follows change."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Mapping, Sequence
from itertools import compress, count, islice
from operator import is_, is_not
from typing import Any, Generic, TypeVar

from notifier.core.values import record

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")

#: From more than these on, sorting everything anew is the shorter way.
_FEW = 200


@record(frozen=True, slots=True, kw_only=True)
class Stretch(Generic[T]):
    """Between the same objects at the beginning and at the end: what was there, what is there now, and where it begins."""

    start: int
    old: Sequence[T]
    new: Sequence[T]


def stretch(old: Sequence[T], new: Sequence[T]) -> Stretch[T]:
    """The part in which two rows of objects differ; empty where all are the same."""
    if old is new:
        return Stretch(start=len(new), old=(), new=())
    shorter = min(len(old), len(new))
    start = next(compress(count(), map(is_not, old, new)), shorter)
    most = shorter - start
    end = min(next(compress(count(), map(is_not, reversed(old), reversed(new))), most), most)
    return Stretch(start=start, old=old[start : len(old) - end], new=new[start : len(new) - end])


def replaced(old: Sequence[T], new: Sequence[T]) -> tuple[list[T], list[T]]:
    """The objects that went, and those that came, in their order. No object stands twice in either."""
    if old is new:
        return [], []
    part = stretch(old, new)
    went, came = set(map(id, part.old)), set(map(id, part.new))
    return [one for one in part.old if id(one) not in came], [one for one in part.new if id(one) not in went]


def touched(old: Mapping[K, V], new: Mapping[K, V]) -> list[K]:
    """The keys that went, came, or have another object now."""
    if old is new:
        return []
    if len(old) <= len(new) and all(map(is_, old, new)):
        # A copy that was added to: the order is the same.
        return [*compress(new, map(is_not, old.values(), new.values())), *islice(new, len(old), None)]
    return [*(key for key, value in new.items() if old.get(key) is not value), *(key for key in old if key not in new)]


class Ordered(Generic[T]):
    """Things in the order of a key; `same` tells one from another. A few change at a time, or many at once."""

    def __init__(self, key: Callable[[T], Any], same: Callable[[T], object]) -> None:
        self._key = key
        self._same = same
        self._things: list[T] = []
        self._tuple: tuple[T, ...] | None = ()

    def all(self) -> tuple[T, ...]:
        if self._tuple is None:
            self._tuple = tuple(self._things)
        return self._tuple

    def last(self) -> T | None:
        return self._things[-1] if self._things else None

    def beyond(self, key: Any) -> Sequence[T]:
        """Those of which the key is greater."""
        return self._things[bisect_right(self._things, key, key=self._key) :]

    def replace(self, old: Sequence[T], new: Sequence[T]) -> None:
        """Take out these very things, and put in those."""
        if not old and not new:
            return
        self._tuple = None
        if len(old) + len(new) > _FEW:
            left = set(map(self._same, old))
            self._things = [*(thing for thing in self._things if self._same(thing) not in left), *new]
            self._things.sort(key=self._key)
            return
        for thing in old:
            place = bisect_left(self._things, self._key(thing), key=self._key)
            while self._same(self._things[place]) != self._same(thing):
                place += 1
            del self._things[place]
        for thing in new:
            insort(self._things, thing, key=self._key)
