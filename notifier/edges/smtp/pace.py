"""How many letters a provider may still give away within a minute, here or, where the spool is shared, over all who share it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from notifier.beside import Shelf

MINUTE = timedelta(minutes=1)


@dataclass(slots=True)
class Pace:
    """At most `rate` letters within any minute; None for any number. On a `shelf` it is counted there."""

    rate: int | None
    shelf: Shelf | None = None
    _spent: list[tuple[datetime, int]] = field(default_factory=list)

    def take(self, most: int, at: datetime) -> int:
        """How many of these may leave now; they are counted as if they had."""
        if self.rate is None or most <= 0:
            return max(most, 0)
        if self.shelf is not None:
            return self.shelf.spend(self.rate, most, at)
        number = min(most, self._left(self.rate, at))
        self._spent.append((at, number))
        return number

    def give_back(self, number: int, at: datetime) -> None:
        """So many of those that were taken did not leave."""
        if self.rate is None or number <= 0:
            return
        if self.shelf is not None:
            self.shelf.unspend(number)
        else:
            self._spent.append((at, -number))

    def is_spent(self, at: datetime) -> bool:
        """Whether none may leave now."""
        if self.rate is None:
            return False
        found = self.take(1, at)
        self.give_back(found, at)
        return not found

    def _left(self, rate: int, at: datetime) -> int:
        self._spent = [(when, number) for when, number in self._spent if when > at - MINUTE]
        return max(rate - sum(number for _, number in self._spent), 0)
