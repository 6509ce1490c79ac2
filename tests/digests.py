"""A ledger of digests in memory, and what it would be after ticks in which nothing fails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from notifier.core.delivery import PLANNABLE, Delivery, Memory
from notifier.core.digest import plan_digests
from notifier.core.event import Event, Timed
from notifier.core.rule import Rule, Rules
from tests.builders import LONDON, a_memory, a_seen_event, an_event, at, some_rules

#: The day of the first look, when a rule of every Monday at 09:30 begins.
FIRST_LOOK = at("2026-11-01 12:00")
HORIZON = timedelta(days=14)


def a_digest_rule(**changes: Any) -> Rule:
    """What is coming up, every Monday at 09:30, to `newsletter`."""
    return replace(Rule(name="weekly", kind="digest", audiences=("newsletter",), cron="30 9 * * mon"), **changes)


def digest_rules(rule: Rule | None = None, **changes: Any) -> Rules:
    """A site with one digest and no sending hours."""
    return some_rules(rule or a_digest_rule(), **({"hours": None} | changes))


def an_event_at(start: str, title: str = "Event", **changes: Any) -> Event:
    """An event that starts then in London, with a uid and path made of its title."""
    named = {"uid": f"{title}@example.org", "path": f"{title}.md", "title": title}
    return an_event(when=Timed(starts_at=at(start, LONDON)), **(named | changes))


def known(*events: Event, first_seen: datetime = FIRST_LOOK, **changes: Any) -> Memory:
    """A ledger that saw these events at its first look."""
    baselines = dict.fromkeys(("site", "rule:weekly", "audience:newsletter"), FIRST_LOOK)
    seen = (a_seen_event(event, first_seen_at=first_seen) for event in events)
    return replace(a_memory(*seen, baselines=baselines, window_end=FIRST_LOOK), **changes)


def digests(
    memory: Memory, events: Sequence[Event], now: datetime, rules: Rules | None = None, horizon: timedelta = HORIZON
) -> tuple[Delivery, ...]:
    return plan_digests(events, memory, rules or digest_rules(), now, horizon, projects={})


def recorded(memory: Memory, planned: Sequence[Delivery], now: datetime) -> Memory:
    """The ledger after these were recorded in one tick."""
    rows = dict(memory.deliveries)
    for row in planned:
        if row.key not in rows or rows[row.key].status in PLANNABLE:
            rows[row.key] = row
    return replace(memory, deliveries=rows, window_end=now)


@dataclass(slots=True)
class Ticks:
    """Ticks that plan, record, and hand over what is due."""

    memory: Memory
    rules: Rules = field(default_factory=digest_rules)
    sent: list[tuple[str, datetime]] = field(default_factory=list)

    def see(self, event: Event, now: datetime) -> None:
        self.memory = replace(self.memory, seen={**self.memory.seen, event.uid: a_seen_event(event, first_seen_at=now)})

    def tick(self, events: Sequence[Event], now: datetime, horizon: timedelta = HORIZON) -> None:
        planned = digests(self.memory, events, now, self.rules, horizon)
        self.memory = recorded(self.memory, planned, now)
        for row in [*self.memory.deliveries.values()]:
            if row.status == "planned" and row.due_at <= now:
                self.sent.append((row.key, now))
                sent = replace(row, status="sent", sent_at=now)
                self.memory = replace(self.memory, deliveries={**self.memory.deliveries, row.key: sent})

    def status(self, day: str) -> str:
        return self.row(day).status

    def row(self, day: str) -> Delivery:
        return self.memory.deliveries[f"digest/weekly/{day}/newsletter"]
