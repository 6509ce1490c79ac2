"""Decide what to send, hold, skip, withdraw and publish, with a reason for each. Pure: `now` is an argument.

A plan is a merge of what each event asks for (`plan_event`), compared with the rows the ledger already has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from notifier.core.answers import Answers, Asking
from notifier.core.decision import provider_baseline
from notifier.core.delivery import Delivery, Memory, SeenEvent
from notifier.core.event import Content, Reason
from notifier.core.revision import remember
from notifier.core.rule import Rules
from notifier.core.span import FeedPlan


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
    those first set by this plan. `ended` names those that no longer hold: what they
    were about comes back as new. `revisions` are those that the content was read from. `next_at` is the first instant at
    which unchanged content would plan otherwise.
    """

    at: datetime
    window: Window
    deliveries: tuple[Delivery, ...] = ()
    withdrawals: tuple[Delivery, ...] = ()
    skips: tuple[Delivery, ...] = ()
    feeds: tuple[FeedPlan, ...] = ()
    seen: tuple[SeenEvent, ...] = ()
    baselines: Mapping[str, datetime] = field(default_factory=dict)
    ended: tuple[str, ...] = ()
    revisions: Mapping[str, str] = field(default_factory=dict)
    next_at: datetime | None = None


def plan(
    content: Content, memory: Memory, rules: Rules, now: datetime, horizon: timedelta, *, kept: Answers | None = None
) -> Plan:
    """Everything the program should have decided by `now`, and what is due up to `horizon` later.

    `content` has its identities settled. Nothing depends on the order of its events. Planned again with what
    this plan left in the ledger, it plans nothing new. `kept` from the plan before saves the work for all that did not
    change, and changes no plan.
    """
    answers = Answers() if kept is None else kept
    baselines = _first_looks(content, memory, rules, now)
    seen, changed = remember(content, memory, now, answers.remembered)
    known = replace(memory, baselines={**memory.baselines, **baselines}, seen=seen)
    answers.update(
        content.events, Asking(memory=known, rules=rules, projects=content.projects, now=now, horizon=horizon)
    )
    return Plan(
        at=now,
        window=Window(after=memory.window_end, until=now),
        deliveries=answers.live(),
        withdrawals=tuple(_withdrawals(answers.unasked(), content, now)),
        skips=answers.skips(),
        feeds=answers.feeds(rules),
        seen=tuple(changed),
        baselines=baselines,
        next_at=answers.next_at(rules, now),
    )


def _first_looks(content: Content, memory: Memory, rules: Rules, now: datetime) -> dict[str, datetime]:
    names = ["site", *(f"rule:{rule.name}" for rule in rules.rules), *(f"audience:{name}" for name in rules.audiences)]
    names += [provider_baseline(audience) for audience in rules.audiences.values()]
    sources = [name for name in rules.vanished if f"source:{name}" not in memory.baselines]
    # There is no look at a source that can't be read, and an event remembered from one was a look.
    known = {seen.event.source for seen in memory.seen.values()} | content.unread if sources else set()
    names += [f"source:{name}" for name in sources if name not in known]
    return {name: now for name in names if name not in memory.baselines}


def _withdrawals(unasked: Iterable[Delivery], content: Content, now: datetime) -> Iterator[Delivery]:
    living: frozenset[str] | None = None
    for row in unasked:
        if row.expires_at <= now:
            yield replace(row, status="missed", reasons=(Reason(code="missed", text="Its time has passed."),))
        else:
            living = frozenset(event.uid for event in content.events) if living is None else living
            yield replace(row, status="withdrawn", reasons=(_gone(row, living),))


def _gone(row: Delivery, living: frozenset[str]) -> Reason:
    if not any(uid in living for uid in row.event_uids):
        return Reason(code="vanished", text="The event's file is gone.")
    if row.kind == "reminder":
        return Reason(code="moved", text="The event moved to another day, or the rule no longer asks for this.")
    return Reason(code="rule-gone", text="The rule no longer asks for this.")
