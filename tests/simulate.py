"""A ledger in memory, for trying plans over time: what `record` and a provider that never fails would leave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from notifier.core.approval import fingerprint
from notifier.core.delivery import PLANNABLE, Act, Decision, Delivery, Memory, Told
from notifier.core.event import Content, Event
from notifier.core.facts import facts_of
from notifier.core.identity import settle
from notifier.core.plan import Plan, decision_of, plan
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
        baselines={**plan.baselines, **{n: at for n, at in memory.baselines.items() if n not in plan.ended}},
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
        """Plan, record, and hand over what is due and still wanted when its turn comes."""
        content = settle(Content(events=tuple(events)), self.memory, self.rules, now)
        made = plan(content, self.memory, self.rules, now, HORIZON)
        self.memory = recorded(self.memory, made)
        named = {event.uid: event for event in content.events}
        for row in self.due(now):
            wanted = decision_of(row, content=content, events=named, memory=self.memory, rules=self.rules, now=now)
            if wanted is not None and wanted.status == "planned":
                self._send(row, named, now)
        return made

    def decide(self, key: str, act: Act, now: datetime, events: Iterable[Event] = ()) -> None:
        """What a person decides; a release or an approval is for what the rules make of these events now."""
        stamp = None
        if act in ("release", "approve"):
            row = self.memory.deliveries[key]
            content = settle(Content(events=tuple(events)), self.memory, self.rules, now)
            named = {event.uid: event for event in content.events}
            wanted = decision_of(row, content=content, events=named, memory=self.memory, rules=self.rules, now=now)
            assert wanted is not None
            stamp = fingerprint(wanted, content.events, self.rules)
        said = Decision(key=key, act=act, by="Robin", at=now, fingerprint=stamp)
        self.memory = replace(self.memory, decisions={**self.memory.decisions, key: said})

    def due(self, now: datetime) -> Sequence[Delivery]:
        """Planned rows whose time has come."""
        rows = [r for r in self.memory.deliveries.values() if r.status == "planned" and r.due_at <= now]
        return sorted(rows, key=lambda row: (row.due_at, row.key))

    def keys(self, kind: str) -> list[str]:
        """The keys of what was handed over of a kind, in that order."""
        return [key for key, _ in self.sent if key.startswith(f"{kind}/")]

    def _send(self, row: Delivery, named: Mapping[str, Event], now: datetime) -> None:
        self.sent.append((row.key, now))
        told = dict(self.memory.told)
        for uid in row.event_uids:
            before = told.get((row.audience, uid))
            number = (before.corrections if before else 0) + (row.kind in ("change", "cancellation"))
            told[row.audience, uid] = Told(
                audience=row.audience, uid=uid, facts=facts_of(named[uid]), delivery_key=row.key, at=now,
                corrections=number,
            )  # fmt: skip
        rows = {**self.memory.deliveries, row.key: replace(row, status="sent", sent_at=now)}
        self.memory = replace(self.memory, deliveries=rows, told=told)
