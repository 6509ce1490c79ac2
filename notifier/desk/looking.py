"""What staff may ask: what is decided and why, how a mail would look, what waits for a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from notifier.core.clearance import Clearance, clear
from notifier.core.delivery import Decision, Delivery, Memory, Told
from notifier.core.event import Content, Event, Reason
from notifier.core.facts import FactName, differences, facts_of
from notifier.core.message import Message
from notifier.core.notices import is_notice
from notifier.core.records import Record
from notifier.core.rule import Rules
from notifier.core.schedule import starts_at
from notifier.desk.naming import about, find_event, is_key, standing, unknown
from notifier.errors import Problem, UserError
from notifier.ports import Clock, Decisions
from notifier.tick import Look, Ticker
from notifier.tick.wiring import feed_address
from notifier.tick.writing import faults_of, message_of

#: Between two looks another tick may record; three in a row is no accident.
_MOST_LOOKS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What an audience was last told about an event: by a mail of which rule, and which of it is otherwise now."""

    told: Told
    rule: str
    otherwise: tuple[FactName, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What every rule decides about an event, with the rows of the ledger in place of decisions already acted on.

    `told` is what each audience was last told about it; for the key of a delivery, what that one's audience was.
    """

    subject: str
    event: Event | None
    clearance: Clearance | None
    decisions: tuple[Delivery, ...]
    told: tuple[Known, ...] = ()


def clearances(content: Content, rules: Rules, now: datetime) -> dict[str, Clearance]:
    """The clearance of every event towards a public audience, by uid."""
    zone = rules.site.timezone
    return {event.uid: clear(event, public=True, now=now, zone=zone) for event in content.events}


def in_time(content: Content, rules: Rules) -> list[Event]:
    """The events in the order of their starts; those without a date last."""
    far = datetime.max.replace(tzinfo=UTC)
    zone = rules.site.timezone
    return sorted(content.events, key=lambda e: (starts_at(e, zone) if e.when else far, e.source, e.path))


def why(look: Look, rules: Rules, subject: str) -> Explanation:
    """Every rule about an event, what it decided and on what evidence; or the same for one delivery's key."""
    if is_key(subject) and subject not in {event.path for event in look.content.events}:
        return _why_key(look, rules, subject)
    event = find_event(look.content, subject)
    return Explanation(
        subject=event.path,
        event=event,
        clearance=clear(event, public=True, now=look.at, zone=rules.site.timezone),
        decisions=about(look, rules, event),
        told=known(look.memory, rules, event),
    )


def _why_key(look: Look, rules: Rules, key: str) -> Explanation:
    one = standing(look, rules, key)
    if one is None:
        raise unknown(look, key)
    event = look.events().get(one.event_uids[0]) if one.kind != "digest" and one.event_uids else None
    told = known(look.memory, rules, event) if event else ()
    told = tuple(one_told for one_told in told if one_told.told.audience == one.audience)
    return Explanation(subject=key, event=event, clearance=None, decisions=(one,), told=told)


def known(memory: Memory, rules: Rules, event: Event) -> tuple[Known, ...]:
    """What each audience was last told about an event, under its name of today; those no longer configured too."""
    today = {former: audience.name for audience in rules.audiences.values() for former in audience.formerly}
    uids, last = {event.uid, *event.formerly}, dict[str, Told]()
    told = (one for (_, uid), one in memory.told.items() if uid in uids)
    for one in sorted(told, key=lambda one: (one.at, one.delivery_key)):
        name = today.get(one.audience, one.audience)
        last[name] = replace(one, audience=name)
    return tuple(_known(memory, one, event) for _, one in sorted(last.items()))


def _known(memory: Memory, told: Told, event: Event) -> Known:
    row = memory.deliveries.get(told.delivery_key)
    otherwise = tuple(one.field for one in differences(told.facts, facts_of(event)))
    return Known(told=told, rule=row.rule if row else told.delivery_key.split("/")[1], otherwise=otherwise)


def decided_about(found: Explanation, ledger: Decisions) -> tuple[Decision, ...]:
    """What people decided about these deliveries, the oldest first."""
    said = [one for row in found.decisions for one in ledger.decided(row.key)]
    return tuple(sorted(said, key=lambda one: one.at))


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A delivery as it would look now. `sample` is True where no rule asks for it and only the looks are shown.

    `problems` are what is wrong with the message: its errors would keep it from being handed over.
    """

    delivery: Delivery
    message: Message
    sample: bool
    problems: tuple[Problem, ...] = ()


def preview(look: Look, ticker: Ticker, subject: str, kind: str | None = None) -> Preview:
    """The message of an event's next delivery, or of a key. Nothing is recorded or handed over."""
    explanation = why(look, ticker.wiring.rules, subject)
    wanted = [d for d in explanation.decisions if kind in (None, d.kind)]
    if not wanted:
        where = explanation.event.path if explanation.event else subject
        asked = f"a mail of the kind {kind}" if kind else "any mail"
        raise UserError(f"No rule asks for {asked} about {where}.", "The rules are in config.yaml, under `rules`.")
    delivery = min(wanted, key=_nearest_use)
    is_text_alone = delivery.key in look.memory.one_offs and not delivery.event_uids
    gone = any(uid not in look.events() for uid in delivery.event_uids) or not (delivery.event_uids or is_text_alone)
    if gone and not is_notice(delivery):
        raise UserError(f"The event of {subject} is gone, so its message can't be shown.")
    message = message_of(delivery, look, ticker.wiring)
    return Preview(
        delivery=delivery,
        message=message,
        sample=delivery.status in ("skipped", "missed", "withdrawn"),
        problems=faults_of(delivery, message, look, ticker.wiring),
    )


def _nearest_use(delivery: Delivery) -> tuple[int, datetime, str]:
    """What goes out next; of what doesn't, what an event is usually mailed about."""
    order = {"planned": 0, "held": 1}
    usual = 2 if delivery.kind in ("announcement", "reminder") else 3
    return order.get(delivery.status, usual), delivery.due_at, delivery.key


def feeds(look: Look, ticker: Ticker) -> list[Record]:
    """Every feed and archive with its address, how much it holds, and whether publishing now would change it.

    The address of a secret one is None: each of its holders has another.
    """
    wiring = ticker.wiring
    return [
        {
            "name": made.name,
            "path": made.path,
            "address": None if made.feed.secret else feed_address(wiring.rules, made.name),
            "events": len(made.entries),
            "changed": (wiring.secrets if made.feed.secret else wiring.publisher).read(f"{made.name}.ics") != made.data,
        }
        for made in ticker.calendars.of(look)
    ]


def recorded_look(
    ticker: Ticker, clock: Clock, *, accept_shrink: bool = False, amend: Callable[[Look], Look] = lambda look: look
) -> Look:
    """A look that the ledger has recorded: what is published from it can be ordered by readers' calendars.

    `amend` has its say before it is recorded. Raises UserError when other ticks kept coming first.
    """
    for _ in range(_MOST_LOOKS):
        look = amend(ticker.look(clock.now(), accept_shrink=accept_shrink))
        if ticker.record(look):
            return look
    raise UserError("Other ticks keep coming first, so nothing was written.", "Try again in a minute.")


def upcoming(look: Look, *, days: int = 30) -> tuple[Delivery, ...]:
    """Everything undecided or still to go out in the next days, held things first, then by time."""
    until = look.at + timedelta(days=days)
    rows: dict[str, Delivery] = {d.key: d for d in look.plan.deliveries if d.status in ("planned", "held")}
    rows |= {k: r for k, r in look.memory.deliveries.items() if r.status in ("drafted", "sending", "unknown", "failed")}
    near = [row for row in rows.values() if row.due_at <= until]
    return tuple(sorted(near, key=lambda row: (row.status != "held", row.due_at, row.key)))


def attention(
    deliveries: Sequence[Delivery], events: Mapping[str, Event]
) -> list[tuple[Event | None, tuple[Reason, ...]]]:
    """What a person has to look at, one entry an event, with every distinct reason once."""
    found: dict[str, tuple[Event | None, dict[tuple[str, str], Reason]]] = {}
    for delivery in deliveries:
        if delivery.status not in ("held", "failed", "unknown"):
            continue
        for uid in delivery.event_uids:
            _, reasons = found.setdefault(uid, (events.get(uid), {}))
            reasons |= {(reason.code, reason.text): reason for reason in delivery.reasons}
    return [(event, tuple(reasons.values())) for event, reasons in found.values()]


def remembered(look: Look, memory: Memory) -> Look:
    """The same look with the ledger as it is after a tick."""
    return replace(look, memory=memory)
