"""What the ledger's memory was when it was last read, and what this process has written since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from notifier.core.byhand import ByHand
from notifier.core.changes import replaced
from notifier.core.delivery import Decision, Delivery, DeliveryStatus, Memory, Told
from notifier.core.keeping import added, after_decisions, after_plan, row_in_utc
from notifier.core.one_off import OneOff
from notifier.core.plan import Plan
from notifier.core.readership import Poll, settled_polls

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
            deliveries, told = added(self._memory.deliveries, self._rows), added(self._memory.told, self._told)
            self._memory = replace(self._memory, deliveries=deliveries, told=told)
            self._rows, self._told = {}, {}
        return self._memory

    def take(self, memory: Memory, version: int) -> Memory:
        """Hold what was read. What is equal to what was held stays the same object, for those who look no deeper."""
        old = self._memory or Memory()
        self._memory = replace(
            memory,
            baselines=_same(old.baselines, memory.baselines),
            seen=_same(old.seen, memory.seen),
            deliveries=_same(old.deliveries, memory.deliveries),
            told=_same(old.told, memory.told),
            decisions=_same(old.decisions, memory.decisions),
            one_offs=_same(old.one_offs, memory.one_offs),
            notes=_same(old.notes, memory.notes),
            by_hand=old.by_hand if old.by_hand == memory.by_hand else memory.by_hand,
            paused=old.paused if old.paused == memory.paused else memory.paused,
            mode=old.mode if old.mode == memory.mode else memory.mode,
            revisions=_same(old.revisions, memory.revisions),
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
        self._memory = after_plan(self.at(version) or Memory(), plan)
        self._rows |= {row.key: row_in_utc(row) for row in rows}
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

    def decided(self, decision: Decision | None, version: int) -> None:
        """A decision was committed, if any, as it comes back."""
        self._version = version
        if decision is not None:
            self._memory = after_decisions(self.at(version) or Memory(), [decision])

    def asked(self, one_off: OneOff | None, version: int) -> None:
        """A one-off was committed, if any, as it comes back."""
        self._version = version
        if one_off is not None:
            memory = self.at(version) or Memory()
            self._memory = replace(memory, one_offs={**memory.one_offs, one_off.key: one_off})

    def polled(self, polls: Iterable[Poll], version: int) -> None:
        """These are all the counts of polls that there are now."""
        self._version = version
        memory = self.at(version) or Memory()
        settled = settled_polls(polls)
        self._memory = memory if memory.polls == settled else replace(memory, polls=settled)

    def noticed(self, mails: tuple[ByHand, ...] | None, version: int) -> None:
        """These are all the mails that people made by themselves; None where nothing of that changed."""
        self._version = version
        if mails is not None:
            self._memory = replace(self.at(version) or Memory(), by_hand=mails)

    def rows(self, version: int, statuses: Iterable[DeliveryStatus]) -> tuple[Delivery, ...] | None:
        """The rows in these states, ordered by due_at, then key; None where the database has to be asked."""
        memory = self.at(version)
        if memory is None:
            return None
        wanted = frozenset(statuses)
        found = [row for row in memory.deliveries.values() if row.status in wanted]
        return tuple(sorted(found, key=lambda row: (row.due_at, row.key)))


def _same(old: Mapping[K, V], new: Mapping[K, V]) -> Mapping[K, V]:
    """The new mapping of the old objects where they are equal; the old one where nothing is another."""
    kept = {
        key: known if (known := old.get(key)) == value and known is not None else value for key, value in new.items()
    }
    return old if len(kept) == len(old) and all(old.get(key) is value for key, value in kept.items()) else kept
