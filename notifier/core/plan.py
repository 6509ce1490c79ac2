"""Decide what to send, hold, skip, withdraw and publish, with a reason for each. Pure: `now` is an argument.

A plan is a merge of what each event asks for (`plan_event`), compared with the rows the ledger already has.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from notifier.core.agenda import Agenda
from notifier.core.answers import Answers, Asking
from notifier.core.aside import Aside
from notifier.core.asking import provider_baseline
from notifier.core.collisions import parting_turns
from notifier.core.decision import asks_of, decide, is_moot
from notifier.core.delivery import Delivery, Memory, SeenEvent
from notifier.core.digest import digest_turns, plan_digests
from notifier.core.event import Content, Event, Reason
from notifier.core.revision import remember
from notifier.core.rule import Audience, Rules
from notifier.core.schedule import local_start_date
from notifier.core.sends import plan_sends, send_turns
from notifier.core.span import FeedPlan, gone_turns, with_gone


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The instants a tick answers for: after `after`, up to and including `until`. `after` None: the first look."""

    after: datetime | None
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that follows from content, memory and rules at one instant.

    `given_way` are those of them that are not as their own rule would have them, for the sake of others, by key.
    `deliveries` (planned, held, missed), `withdrawals` (withdrawn) and `skips` (skipped) have disjoint keys
    and become rows of the ledger as they are. `seen` holds only new or changed memories. `baselines` holds only
    those first set by this plan. `ended` names those that no longer hold: what they
    were about comes back as new. `revisions` are those that the content was read from. `next_at` is the first instant at
    which unchanged content would plan otherwise. `asides` is what needs staff beside mails.
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
    given_way: Mapping[str, Delivery] = field(default_factory=dict)
    asides: tuple[Aside, ...] = ()


def plan(
    content: Content, memory: Memory, rules: Rules, now: datetime, horizon: timedelta, *, kept: Answers | None = None
) -> Plan:
    """Everything the program should have decided by `now`, and what is due up to `horizon` later.

    `content` has its identities settled. Nothing depends on the order of its events. Planned again with what
    this plan left in the ledger, it plans nothing new. `kept` from the plan before saves the work for all that did not
    change, and changes no plan.
    """
    answers = Answers() if kept is None else kept
    baselines, ended = _first_looks(content, memory, rules, now), _ended(memory, rules)
    seen, changed = remember(content, memory, now, answers.remembered)
    held = {name: at for name, at in memory.baselines.items() if name not in ended}
    known = replace(memory, baselines={**held, **baselines}, seen=seen)
    asking = Asking(memory=known, rules=rules, projects=content.projects, now=now, horizon=horizon)
    answers.update(content.events, asking)
    digests, sends = _digests(content, asking, answers.agenda), _sends(content.events, known, rules, now)
    others = (*digests, *sends)
    everything = _put_into(answers.live(), (one for one in others if one.status != "skipped"))
    planned = [one for one in everything if one.status == "planned"]
    events = _events_of(planned, answers)
    given_way = answers.parted.part(planned, answers.gone_out(), events, rules, now)
    gone = [*answers.remembered.gone.values()]
    turns = [*_turns(answers, asking, given_way, digests), *parting_turns(planned, rules, now), *gone_turns(gone, now)]
    turns += send_turns(sends, now)
    wanted = tuple(given_way.get(one.key, one) for one in everything) if given_way else everything
    left = [one for one in others if one.status == "skipped"]
    left += [one for one in given_way.values() if one.status == "skipped"]
    return Plan(
        at=now,
        window=Window(after=memory.window_end, until=now),
        deliveries=tuple(one for one in wanted if one.status != "skipped") if given_way else wanted,
        withdrawals=tuple(_withdrawals(answers.unasked({one.key for one in others}), content, now)),
        skips=_put_into(answers.skips(), left),
        feeds=with_gone(answers.feeds(rules), gone, rules, content.projects, now),
        seen=tuple(changed),
        baselines=baselines,
        ended=ended,
        revisions=content.revisions,
        next_at=min(turns, default=None),
        given_way=given_way,
    )


def decision_of(
    row: Delivery,
    *,
    content: Content,
    events: Mapping[str, Event],
    memory: Memory,
    rules: Rules,
    now: datetime,
    kept: Agenda | None = None,
) -> Delivery | None:
    """What the rules, and people, decide about the key of a row by itself; None where nothing asks for it any more.

    `events` are those of `content` by uid; `memory` already holds them and all baselines. `kept` from the last plan saves
    the work for all that did not change.
    """
    if row.kind == "digest":
        asking = Asking(memory=memory, rules=rules, projects=content.projects, now=now, horizon=row.due_at - now)
        made = _digests(content, asking, kept, of=(row.rule, row.audience))
        return next((one for one in made if one.key == row.key), None)
    if row.key in memory.one_offs:
        return next(iter(_sends(content.events, memory, rules, now, only=row.key)), None)
    for event in (events[uid] for uid in row.event_uids if uid in events):
        asks = asks_of(event, memory, rules, now, audience=row.audience)
        weighed = [ask for ask in asks if ask.key == row.key or not is_moot(ask, content.projects, was_over=False)]
        if (found := next((one for one in decide(weighed, content.projects) if one.key == row.key), None)) is not None:
            return found
    return None


def _in_time(row: Delivery) -> tuple[datetime, str]:
    return row.due_at, row.key


def _put_into(rows: tuple[Delivery, ...], more: Iterable[Delivery]) -> tuple[Delivery, ...]:
    """These few among those, which are in the order of time and may be very many; the very same where there are none."""
    found = sorted(more, key=_in_time)
    if not found:
        return rows
    everything = [*rows]
    for one in found:
        insort(everything, one, key=_in_time)
    return tuple(everything)


def _digests(
    content: Content, asking: Asking, kept: Agenda | None = None, of: tuple[str, str] | None = None
) -> tuple[Delivery, ...]:
    """What the rules, and people, decide about digests."""
    horizon, rows = max(asking.horizon, timedelta(0)), asking.memory.deliveries
    made = plan_digests(
        content.events, asking.memory, asking.rules, asking.now, horizon, projects=asking.projects, kept=kept, of=of
    )
    # As with events: a decision that says what its row says is that row.
    return tuple(rows[one.key] if rows.get(one.key) == one else one for one in made)


def _sends(
    events: Iterable[Event], memory: Memory, rules: Rules, now: datetime, only: str | None = None
) -> tuple[Delivery, ...]:
    """What the rules, and people, decide about one-offs."""
    if not memory.one_offs:
        return ()
    rows, called = memory.deliveries, {uid: event for event in events for uid in (*event.formerly, event.uid)}
    made = plan_sends(called, memory, rules, now, only=only)
    return tuple(rows[one.key] if rows.get(one.key) == one else one for one in made)


def _events_of(planned: Iterable[Delivery], answers: Answers) -> dict[str, Event]:
    uids = {uid for one in planned if one.kind != "digest" for uid in one.event_uids}
    return {uid: event for uid in uids if (event := answers.event(uid)) is not None}


def _turns(
    answers: Answers, asking: Asking, given_way: Mapping[str, Delivery], digests: Sequence[Delivery]
) -> Iterator[datetime]:
    """The instants after now at which unchanged content may plan otherwise."""
    rules, now = asking.rules, asking.now
    if (turn := answers.next_at(rules, now)) is not None:
        yield turn
    for one in given_way.values():
        yield from (at for at in (one.due_at, one.expires_at) if at > now)
    yield from (at for at in digest_turns(digests, asking.memory, rules, now, asking.horizon) if at > now)


def _first_looks(content: Content, memory: Memory, rules: Rules, now: datetime) -> dict[str, datetime]:
    names = ["site", *(f"rule:{rule.name}" for rule in rules.rules), *(f"live:{name}" for name in rules.live)]
    sources = [name for name in rules.vanished if f"source:{name}" not in memory.baselines]
    # There is no look at a source that can't be read, and an event remembered from one was a look.
    known = {seen.event.source for seen in memory.seen.values()} | content.unread if sources else set()
    names += [f"source:{name}" for name in sources if name not in known]
    looks = {name: now for name in names if name not in memory.baselines}
    looks |= {name: max(now, begun) for name, begun in _begun_live(memory, rules).items()}
    for audience in rules.audiences.values():
        looks |= _first_looks_at(audience, memory, now)
    return looks


def _first_looks_at(audience: Audience, memory: Memory, now: datetime) -> dict[str, datetime]:
    """An audience that only has another name now was looked at under the one before."""
    former = [replace(audience, name=name) for name in audience.formerly]
    looks: dict[str, datetime] = {}
    for name, before in (
        (f"audience:{audience.name}", [f"audience:{one.name}" for one in former]),
        (provider_baseline(audience), [provider_baseline(one) for one in former]),
    ):
        if name not in memory.baselines:
            looks[name] = max((memory.baselines[one] for one in before if one in memory.baselines), default=now)
    return looks


def _ended(memory: Memory, rules: Rules) -> tuple[str, ...]:
    """The first looks at what config.yaml no longer has: if it comes back, it comes back as new."""
    audiences = rules.audiences.values()
    present = {f"rule:{rule.name}" for rule in rules.rules} | {f"live:{name}" for name in rules.live}
    present |= {f"audience:{audience.name}" for audience in audiences} | {provider_baseline(one) for one in audiences}
    may_end = ("rule:", "live:", "audience:", "provider:")
    begun = _begun_live(memory, rules)
    return tuple(
        sorted(one for one in memory.baselines if one in begun or (one.startswith(may_end) and one not in present))
    )


def _begun_live(memory: Memory, rules: Rules) -> dict[str, datetime]:
    """The first looks that have to be new since live mode was turned on, and when it was, though no tick saw another mode."""
    said = memory.mode
    if said is None or said.act != "live":
        return {}
    names = [f"live:{name}" for name in rules.live]
    return {name: said.at for name in names if name in memory.baselines and memory.baselines[name] < said.at}


def _withdrawals(unasked: Iterable[Delivery], content: Content, now: datetime) -> Iterator[Delivery]:
    living: dict[str, Event] | None = None
    for row in unasked:
        if row.expires_at <= now:
            text = "Its time has passed, and nothing asks for it any more."
            yield replace(row, status="missed", reasons=(Reason(code="missed", text=text),))
        else:
            if living is None:
                living = {uid: event for event in content.events for uid in (*event.formerly, event.uid)}
            yield replace(row, status="withdrawn", reasons=(_gone(row, living),))


def _gone(row: Delivery, living: Mapping[str, Event]) -> Reason:
    about = [living[uid] for uid in row.event_uids if uid in living]
    if not about:
        return Reason(
            code="vanished",
            text="Its event is no longer in the files: its document is gone, or tells of another one now.",
        )
    if about[0].uid not in row.event_uids:
        return Reason(code="other-uid", field="uid", text=f"Its event has the uid {about[0].uid} now.")
    if about[0].when is None:
        return Reason(code="no-date", field="when", text="The event has no date any more.")
    day = local_start_date(about[0]).isoformat()
    if row.kind == "reminder" and row.key.split("/")[3] != day:
        return Reason(
            code="moved", field="when", text=f"The event moved to another day ({day}), which has its own reminders."
        )
    return Reason(code="rule-gone", text="Nothing in config.yaml asks for this any more.")
