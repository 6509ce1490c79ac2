"""Decide what to send, hold, skip, withdraw and publish, with a reason for each. Pure: `now` is an argument.

A plan is a merge of what each event asks for (`plan_event`), compared with the rows the ledger already has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from notifier.core.decision import plan_event, provider_baseline
from notifier.core.delivery import PLANNABLE, Delivery, Memory, SeenEvent
from notifier.core.event import Content, Event, Reason
from notifier.core.revision import remember
from notifier.core.rule import Rules
from notifier.core.schedule import ends_at, next_closing, starts_at
from notifier.core.span import FeedPlan, feed_plan, leaves_feed


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The instants a tick answers for: after `after`, up to and including `until`. `after` None: the first look."""

    after: datetime | None
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that follows from content, memory and rules at one instant.

    `deliveries` (planned, held, missed), `withdrawals` (withdrawn) and `skips` (skipped) have disjoint keys
    and become rows of the ledger as they are. `seen` holds only new or changed memories. `baselines` holds only
    those first set by this plan. `next_at` is the first instant at which unchanged content would plan otherwise.
    """

    at: datetime
    window: Window
    deliveries: tuple[Delivery, ...] = ()
    withdrawals: tuple[Delivery, ...] = ()
    skips: tuple[Delivery, ...] = ()
    feeds: tuple[FeedPlan, ...] = ()
    seen: tuple[SeenEvent, ...] = ()
    baselines: Mapping[str, datetime] = field(default_factory=dict)
    next_at: datetime | None = None


def plan(content: Content, memory: Memory, rules: Rules, now: datetime, horizon: timedelta) -> Plan:
    """Everything the program should have decided by `now`, and what is due up to `horizon` later.

    `content` has its identities settled. Nothing depends on the order of its events. Planned again with what
    this plan left in the ledger, it plans nothing new.
    """
    baselines = _first_looks(content, memory, rules, now)
    seen, changed = remember(content, memory, now)
    known = replace(memory, baselines={**memory.baselines, **baselines}, seen={**memory.seen, **seen})
    wanted = [
        delivery
        for event in content.events
        for delivery in plan_event(event, known, rules, now, projects=content.projects)
    ]
    over = {event.uid for event in content.events if event.when is None or ends_at(event, rules.site.timezone) <= now}
    recordable = [delivery for delivery in wanted if _belongs(delivery, known, now, horizon, over)]
    by_status: dict[str, list[Delivery]] = {}
    for delivery in sorted(recordable, key=lambda row: (row.due_at, row.key)):
        by_status.setdefault("skipped" if delivery.status == "skipped" else "live", []).append(delivery)
    return Plan(
        at=now,
        window=Window(after=memory.window_end, until=now),
        deliveries=tuple(by_status.get("live", ())),
        withdrawals=tuple(_withdrawals(wanted, content, known, now)),
        skips=tuple(by_status.get("skipped", ())),
        feeds=tuple(
            feed_plan(feed, content, known, now, rules.site.timezone) for feed in rules.feeds if not feed.secret
        ),
        seen=tuple(changed),
        baselines=baselines,
        next_at=min(
            (at for at in _turning_points(wanted, content, known, rules=rules, now=now, horizon=horizon) if at > now),
            default=None,
        ),
    )


def _first_looks(content: Content, memory: Memory, rules: Rules, now: datetime) -> dict[str, datetime]:
    names = ["site", *(f"rule:{rule.name}" for rule in rules.rules), *(f"audience:{name}" for name in rules.audiences)]
    # There is no look at a source that can't be read, and an event remembered from one was a look.
    known = {seen.event.source for seen in memory.seen.values()} | content.unread
    names += [f"source:{name}" for name in rules.vanished if name not in known]
    names += [provider_baseline(audience) for audience in rules.audiences.values()]
    return {name: now for name in names if name not in memory.baselines}


def _belongs(delivery: Delivery, memory: Memory, now: datetime, horizon: timedelta, over: set[str]) -> bool:
    """Whether a decision is worth a row: near enough, about something not over, and still open to change."""
    row = memory.deliveries.get(delivery.key)
    if row is not None:
        return row.status in PLANNABLE
    if delivery.due_at > now + horizon:
        return False
    if delivery.status == "skipped":
        return not over.issuperset(delivery.event_uids)
    if delivery.expires_at > now:
        return True
    # It expired without ever having a row: worth telling only where it fell into the time since the last look.
    return memory.window_end is not None and delivery.due_at > memory.window_end


def _withdrawals(wanted: Iterable[Delivery], content: Content, memory: Memory, now: datetime) -> Iterator[Delivery]:
    keys = {delivery.key for delivery in wanted}
    living = {event.uid: event for event in content.events}
    for key, row in sorted(memory.deliveries.items()):
        if key in keys or row.status not in ("planned", "held"):
            continue
        if row.expires_at <= now:
            yield replace(row, status="missed", reasons=(Reason(code="missed", text="Its time has passed."),))
        else:
            yield replace(row, status="withdrawn", reasons=(_gone(row, living),))


def _gone(row: Delivery, living: Mapping[str, Event]) -> Reason:
    if not any(uid in living for uid in row.event_uids):
        return Reason(code="vanished", text="The event's file is gone.")
    if row.kind == "reminder":
        return Reason(code="moved", text="The event moved to another day, or the rule no longer asks for this.")
    return Reason(code="rule-gone", text="The rule no longer asks for this.")


def _turning_points(
    wanted: Sequence[Delivery], content: Content, memory: Memory, *, rules: Rules, now: datetime, horizon: timedelta
) -> Iterator[datetime]:
    zone = rules.site.timezone
    for delivery in wanted:
        yield from (delivery.due_at, delivery.expires_at, delivery.due_at - horizon)
    for event in content.events:
        if event.when is not None:
            yield from (starts_at(event, zone), ends_at(event, zone), leaves_feed(event, memory, zone))
    # What is late and could go out now can't once the hours close.
    closing = next_closing(now, rules.hours, zone)
    if closing is not None and any(row.due_at <= now < row.expires_at for row in wanted):
        yield closing
