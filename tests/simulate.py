"""A ledger in memory, for trying plans over time: what `record` and a provider that never fails would leave."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from notifier.core.delivery import PLANNABLE, Delivery, Memory
from notifier.core.event import Content, Event
from notifier.core.identity import settle
from notifier.core.plan import Plan, plan
from notifier.core.rule import Rules

HORIZON = timedelta(days=30)


def recorded(memory: Memory, plan: Plan) -> Memory:
    """The ledger after this plan was recorded."""
    rows = dict(memory.deliveries)
    for row in (*plan.deliveries, *plan.withdrawals, *plan.skips):
        old = rows.get(row.key)
        if old is None or old.status in PLANNABLE:
            rows[row.key] = row
    return replace(
        memory,
        window_end=plan.window.until,
        baselines={**plan.baselines, **memory.baselines},
        seen={**memory.seen, **{seen.uid: seen for seen in plan.seen}},
        deliveries=rows,
    )


@dataclass(slots=True)
class Simulation:
    """Ticks over time. `sent` lists (key, instant) in the order of handing over."""

    rules: Rules
    memory: Memory = field(default_factory=Memory)
    sent: list[tuple[str, datetime]] = field(default_factory=list)

    def tick(self, events: Iterable[Event], now: datetime) -> Plan:
        """Plan, record, and hand over what is due."""
        content = settle(Content(events=tuple(events)), self.memory, self.rules, now)
        made = plan(content, self.memory, self.rules, now, HORIZON)
        self.memory = recorded(self.memory, made)
        for row in self.due(now):
            self.sent.append((row.key, now))
            rows = {**self.memory.deliveries, row.key: replace(row, status="sent", sent_at=now)}
            self.memory = replace(self.memory, deliveries=rows)
        return made

    def due(self, now: datetime) -> Sequence[Delivery]:
        """Planned rows whose time has come."""
        rows = [r for r in self.memory.deliveries.values() if r.status == "planned" and r.due_at <= now]
        return sorted(rows, key=lambda row: (row.due_at, row.key))
