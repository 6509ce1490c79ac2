"""What staff may ask and do: each act one function, the same for console, command line and API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from typing import get_args

from notifier.core.clearance import Clearance, clear
from notifier.core.decision import plan_event
from notifier.core.delivery import Delivery, Memory
from notifier.core.event import Content, Event, Reason
from notifier.core.message import Message
from notifier.core.records import Record
from notifier.core.rule import Kind, Rules
from notifier.core.schedule import starts_at
from notifier.errors import UserError
from notifier.ports import Clock
from notifier.tick import Look, Ticker
from notifier.tick.wiring import entry_of, feed_address, main_feed_address

#: Between two looks another tick may record; three in a row is no accident.
_MOST_LOOKS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What every rule decides about an event, with the rows of the ledger in place of decisions already acted on."""

    subject: str
    event: Event | None
    clearance: Clearance | None
    decisions: tuple[Delivery, ...]


def clearances(content: Content, rules: Rules, now: datetime) -> dict[str, Clearance]:
    """The clearance of every event towards a public audience, by uid."""
    zone = rules.site.timezone
    return {event.uid: clear(event, public=True, now=now, zone=zone) for event in content.events}


def in_time(content: Content, rules: Rules) -> list[Event]:
    """The events in the order of their starts; those without a date last."""
    far = datetime.max.replace(tzinfo=UTC)
    zone = rules.site.timezone
    return sorted(content.events, key=lambda e: (starts_at(e, zone) if e.when else far, e.source, e.path))


def find_event(content: Content, name: str) -> Event:
    """The event of a uid, a path, or a unique part of a file name. Raises UserError, naming what comes near."""
    exact = [event for event in content.events if name in (event.uid, event.path)]
    # Below the folder of the shell, the same path has more in front of it.
    near = exact or [event for event in content.events if name.endswith(f"/{event.path}")]
    near = near or [event for event in content.events if name.casefold() in _file_name(event)]
    if len(near) == 1:
        return near[0]
    if not near:
        raise UserError(f"No event is called {name!r}.", f"{_guess(content, name)}`notifier events` lists them all.")
    named = ", ".join(event.path if name != event.path else f"{event.uid} in {event.source}" for event in near[:5])
    more = ", …" if len(near) > 5 else ""
    raise UserError(f"{name!r} could be {len(near)} events ({named}{more}).", "Give more of the name, or the path.")


def _file_name(event: Event) -> str:
    return event.path.rpartition("/")[2].casefold()


def _name_parts(event: Event) -> tuple[str, ...]:
    """What people call a file: its name, without its ending, without its date."""
    name = _file_name(event)
    stem = name.partition(".")[0]
    return name, stem, stem.lstrip("0123456789-")


def _guess(content: Content, name: str) -> str:
    """The event of the nearest file name, as a question; empty where none comes near."""
    parts = {part: event.path for event in content.events for part in _name_parts(event)}
    close = get_close_matches(name.casefold().rpartition("/")[2], parts, n=1, cutoff=0.6)
    return f"Did you mean {parts[close[0]]}? " if close else ""


def why(look: Look, rules: Rules, subject: str) -> Explanation:
    """Every rule about an event, what it decided and on what evidence; or the same for one delivery's key."""
    looks_like_key = "/" in subject and subject.partition("/")[0] in get_args(Kind)
    if looks_like_key and subject not in {event.path for event in look.content.events}:
        return _why_key(look, rules, subject)
    event = find_event(look.content, subject)
    decisions = [_as_recorded(decision, look) for decision in _decisions(event, look, rules)]
    keys = {decision.key for decision in decisions}
    older = [row for row in _rows(look).values() if event.uid in row.event_uids and row.key not in keys]
    clearance = clear(event, public=True, now=look.at, zone=rules.site.timezone)
    return Explanation(
        subject=event.path,
        event=event,
        clearance=clearance,
        decisions=(*decisions, *sorted(older, key=lambda r: r.key)),
    )


def _rows(look: Look) -> dict[str, Delivery]:
    """The ledger's rows; what this look withdraws is so already, although the ledger doesn't have it yet."""
    return {**look.memory.deliveries, **{row.key: row for row in look.plan.withdrawals}}


def _why_key(look: Look, rules: Rules, key: str) -> Explanation:
    for event in look.content.events:
        for decision in _decisions(event, look, rules):
            if decision.key == key:
                return Explanation(subject=key, event=event, clearance=None, decisions=(_as_recorded(decision, look),))
    row = _rows(look).get(key)
    if row is None:
        raise UserError(
            f"No delivery has the key {key!r}.", "`notifier plan` lists the keys; an event's path works too."
        )
    return Explanation(subject=key, event=None, clearance=None, decisions=(row,))


def _decisions(event: Event, look: Look, rules: Rules) -> tuple[Delivery, ...]:
    return plan_event(event, look.settled_memory(), rules, look.at, projects=look.content.projects)


def _as_recorded(decision: Delivery, look: Look) -> Delivery:
    """What the ledger says where it can no longer be planned otherwise; the decision where it can."""
    row = look.memory.deliveries.get(decision.key)
    return row if row is not None and not row.is_plannable else decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A delivery as it would look now. `sample` is True where no rule asks for it and only the looks are shown."""

    delivery: Delivery
    message: Message
    sample: bool


def preview(look: Look, ticker: Ticker, subject: str, kind: str | None = None) -> Preview:
    """The message of an event's next delivery, or of a key. Nothing is recorded or handed over."""
    from notifier.core.render import render  # noqa: PLC0415 - slow to import, and most questions need no message

    rules = ticker.wiring.rules
    explanation = why(look, rules, subject)
    if explanation.event is None:
        raise UserError(f"The event of {subject} is gone, so its message can't be shown.")
    wanted = [d for d in explanation.decisions if kind in (None, d.kind)]
    if not wanted:
        raise UserError(
            f"No rule makes {kind or 'any'} mail about {explanation.event.path}.", "Look at `rules` in config.yaml."
        )
    delivery = min(wanted, key=_nearest_use)
    audience = rules.audiences[delivery.audience]
    message = render(
        delivery, [explanation.event], site=rules.site, templates=ticker.wiring.templates,
        audience_is_public=audience.public, feed_url=main_feed_address(rules), entry=entry_of(explanation.event, look),
    )  # fmt: skip
    return Preview(delivery=delivery, message=message, sample=delivery.status in ("skipped", "missed", "withdrawn"))


def _nearest_use(delivery: Delivery) -> tuple[int, datetime, str]:
    order = {"planned": 0, "held": 1}
    return order.get(delivery.status, 2), delivery.due_at, delivery.key


def feeds(look: Look, ticker: Ticker) -> list[Record]:
    """Every feed with its address, how many events it holds, and whether publishing now would change it."""
    return [
        {
            "name": feed.name,
            "path": f"feeds/{feed.name}.ics",
            "address": feed_address(ticker.wiring.rules, feed.name),
            "events": len(feed.uids),
            "changed": ticker.wiring.publisher.read(f"{feed.name}.ics") != ticker.feed_bytes(feed, look),
        }
        for feed in look.plan.feeds
    ]


def recorded_look(ticker: Ticker, clock: Clock) -> Look:
    """A look that the ledger has recorded: what is published from it can be ordered by readers' calendars.

    Raises UserError when other ticks kept coming first.
    """
    for _ in range(_MOST_LOOKS):
        look = ticker.look(clock.now())
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
