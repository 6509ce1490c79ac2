"""What the ledger's memory was when it was last read, and what this process has written since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TypeVar

from notifier.core.changes import replaced
from notifier.core.delivery import Delivery, DeliveryStatus, Memory, SeenEvent, Told
from notifier.core.plan import Plan
from notifier.edges.ledger.tables import in_utc

K = TypeVar("K")
V = TypeVar("V")


@dataclass(slots=True)
class Recall:
    """A memory that holds as long as the database's `version` is the same: no other has written since.

    What this process writes is added as the database would give it back, once it has been committed.
    """

    _memory: Memory | None = None
    _version: int | None = None
    _rows: dict[str, Delivery] = field(default_factory=dict)
    _skips: Sequence[Delivery] = ()
    _has_moved: bool = False
    _told: dict[tuple[str, str], Told] = field(default_factory=dict)

    def at(self, version: int) -> Memory | None:
        """The memory, where it is still that of the database at this version."""
        if self._memory is None or version != self._version:
            return None
        if self._rows or self._told:
            deliveries = {**self._memory.deliveries, **self._rows} if self._rows else self._memory.deliveries
            told = {**self._memory.told, **self._told} if self._told else self._memory.told
            self._memory = replace(self._memory, deliveries=deliveries, told=told)
            self._rows, self._told = {}, {}
        return self._memory

    def take(self, memory: Memory, version: int) -> Memory:
        """Hold what was read. What is equal to what was held stays the same object, for those who look no deeper."""
        old = self._memory or Memory()
        self._memory = replace(
            memory, seen=_same(old.seen, memory.seen), deliveries=_same(old.deliveries, memory.deliveries)
        )
        self._version, self._rows, self._told, self._skips = version, {}, {}, ()
        return self._memory

    def doubt(self) -> None:
        """Hold it no longer for what the database has."""
        self._version, self._rows, self._told = None, {}, {}
        self._skips = ()

    def suspend(self, version: int) -> bool:
        """Something is about to be written: whether it held until now. It holds again when it is told what was written."""
        held, self._version = version == self._version, None
        return held

    def recorded(self, plan: Plan, rows: Iterable[Delivery], version: int) -> None:
        """A plan was committed, and these rows for it."""
        self._version = version
        memory = self.at(version) or Memory()
        self._memory = replace(
            memory,
            window_end=in_utc(plan.window.until),
            baselines={**{name: in_utc(at) for name, at in plan.baselines.items()}, **memory.baselines},
            seen={**memory.seen, **{one.uid: _seen_in_utc(one) for one in plan.seen}} if plan.seen else memory.seen,
        )
        self._rows |= {row.key: _row_in_utc(row) for row in rows}
        self._skips, self._has_moved = plan.skips, False

    def news(self, plan: Plan) -> Sequence[Delivery]:
        """What of a plan may not be in the memory as it is. Most of a plan is what was skipped, time and again."""
        skips = plan.skips if self._has_moved else replaced(self._skips, plan.skips)[1]
        return (*plan.deliveries, *plan.withdrawals, *skips)

    def moved(self, row: Delivery | None, told: Mapping[tuple[str, str], Told], version: int) -> None:
        """A row was moved, if any, and this is what audiences were told by it, both as the database has them."""
        self._version = version
        if row is not None:
            self._rows[row.key] = row
            self._has_moved = True
        self._told |= told

    def rows(self, version: int, statuses: Iterable[DeliveryStatus]) -> tuple[Delivery, ...] | None:
        """The rows in these states, ordered by due_at, then key; None where the database has to be asked."""
        memory = self.at(version)
        if memory is None:
            return None
        wanted = frozenset(statuses)
        found = [row for row in memory.deliveries.values() if row.status in wanted]
        return tuple(sorted(found, key=lambda row: (row.due_at, row.key)))


def _same(old: Mapping[K, V], new: Mapping[K, V]) -> Mapping[K, V]:
    return {
        key: known if (known := old.get(key)) == value and known is not None else value for key, value in new.items()
    }


def _seen_in_utc(seen: SeenEvent) -> SeenEvent:
    moments = (seen.first_seen_at, seen.changed_at, seen.gone_at)
    if _are_in_utc(moments):
        return seen
    first, changed, gone = (in_utc(at) if at else None for at in moments)
    return replace(seen, first_seen_at=first or seen.first_seen_at, changed_at=changed or seen.changed_at, gone_at=gone)


def _row_in_utc(row: Delivery) -> Delivery:
    if _are_in_utc((row.due_at, row.expires_at, row.retry_at, row.sent_at)):
        return row
    return replace(
        row,
        due_at=in_utc(row.due_at),
        expires_at=in_utc(row.expires_at),
        retry_at=in_utc(row.retry_at) if row.retry_at else None,
        sent_at=in_utc(row.sent_at) if row.sent_at else None,
    )


def _are_in_utc(moments: Iterable[datetime | None]) -> bool:
    return all(at is None or at.tzinfo is UTC for at in moments)
