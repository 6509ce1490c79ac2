"""What every rule decides about one event, for every audience, and when: a reason for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from notifier.core.clearance import clear
from notifier.core.delivery import Delivery, DeliveryStatus, Memory, SeenEvent, event_key, reminder_key
from notifier.core.event import AllDay, Event, Reason, Timed
from notifier.core.rule import Audience, Offset, Rule, Rules
from notifier.core.schedule import (
    EXEMPT_BEFORE_START,
    grace_of,
    is_open,
    last_open,
    local_start_date,
    next_open,
    reminder_due,
    starts_at,
    useful_until,
)
from notifier.core.zones import moment


def plan_event(
    event: Event, memory: Memory, rules: Rules, now: datetime, *, projects: Mapping[str, str]
) -> tuple[Delivery, ...]:
    """What every rule decides about one event, for every audience: planned, held, skipped or missed, with reasons.

    `memory` already holds the event and all baselines. An event without a date asks for nothing.
    """
    if event.when is None:
        return ()
    return tuple(_decide(ask, projects) for ask in _asks(event, memory, rules, now))


def asked_keys(event: Event, memory: Memory, rules: Rules, now: datetime) -> tuple[str, ...]:
    """The keys of all rows that `plan_event` looks at, those under the event's former uids too."""
    if event.when is None:
        return ()
    uids = (event.uid, *event.formerly)
    return tuple(ask.key_under(uid) for ask in _asks(event, memory, rules, now) for uid in uids)


def hours_matter(decision: Delivery) -> bool:
    """Whether the sending hours had a say in when it is due; not in what was due before it could be known."""
    return all(reason.code not in ("baseline", "announced-late") for reason in decision.reasons)


def _asks(event: Event, memory: Memory, rules: Rules, now: datetime) -> Iterator[_Ask]:
    return (
        _Ask(event=event, rule=rule, audience=rules.audiences[name], memory=memory, rules=rules, now=now)
        for rule in rules.rules
        if rule.kind in ("announcement", "reminder")
        for name in rule.audiences
    )


def provider_baseline(audience: Audience) -> str:
    """The name of the first look at an audience through its provider: a new provider sends no backlog."""
    return f"provider:{audience.name}:{audience.provider}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ask:
    """What one rule asks for about one event and audience, while it is being decided."""

    event: Event
    rule: Rule
    audience: Audience
    memory: Memory
    rules: Rules
    now: datetime

    @property
    def key(self) -> str:
        return self.key_under(self.event.uid)

    def key_under(self, uid: str) -> str:
        if self.rule.kind == "announcement":
            return event_key("announcement", self.rule.name, uid, self.audience.name)
        return reminder_key(self.rule.name, uid, local_start_date(self.event), self.audience.name)

    @property
    def seen(self) -> SeenEvent:
        return self.memory.seen[self.event.uid]

    @property
    def row(self) -> Delivery | None:
        return self.memory.deliveries.get(self.key)

    @property
    def zone(self) -> str:
        """The readers' zone."""
        return self.audience.timezone or self.rules.site.timezone

    @property
    def baseline(self) -> datetime:
        """The last of the first looks that concern this: nothing due before it is sent."""
        names = ("site", f"rule:{self.rule.name}", f"audience:{self.audience.name}", f"source:{self.event.source}")
        providers = f"provider:{self.audience.name}:"
        return max(at for name, at in self.memory.baselines.items() if name in names or name.startswith(providers))

    @property
    def known_at(self) -> datetime:
        return max(self.seen.first_seen_at, self.baseline)

    def answer(self, status: DeliveryStatus, due: datetime, until: datetime, *reasons: Reason) -> Delivery:
        return Delivery(
            key=self.key,
            kind=self.rule.kind,
            rule=self.rule.name,
            audience=self.audience.name,
            provider=self.audience.provider,
            event_uids=(self.event.uid,),
            due_at=due,
            expires_at=max(due, until),
            status=status,
            reasons=reasons,
        )


def _decide(ask: _Ask, projects: Mapping[str, str]) -> Delivery:
    due, until, refusal = _announcement_time(ask) if ask.rule.kind == "announcement" else _reminder_time(ask)
    refusals = tuple(filter(None, (_out_of_scope(ask, projects), _announced_before(ask), _gone_out(ask), refusal)))
    if refusals:
        return ask.answer("skipped", due, until, *refusals)
    return _cleared(ask, due, until)


def _cleared(ask: _Ask, due: datetime, until: datetime) -> Delivery:
    clearance = clear(ask.event, public=ask.audience.public, now=min(ask.now, due), zone=ask.rules.site.timezone)
    if clearance.verdict == "never":
        return ask.answer("skipped", due, until, *clearance.reasons)
    if until <= ask.now:
        return ask.answer(
            "missed", due, until, *_missed(ask, due, until), *_only_questions(clearance.verdict, clearance.reasons)
        )
    gates = ask.rules.gates.get(ask.audience.provider, ())
    questions = _only_questions(clearance.verdict, clearance.reasons)
    if ask.rule.ask:
        questions = (*questions, Reason(code="rule-asks", text=f"The rule {ask.rule.name} asks a person every time."))
    if questions or gates:
        return ask.answer("held", due, until, *questions, *gates)
    return ask.answer("planned", due, until, *_retrying(ask), *clearance.reasons)


def _only_questions(verdict: str, reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    return reasons if verdict == "ask" else ()


def _missed(ask: _Ask, due: datetime, until: datetime) -> Iterator[Reason]:
    zone = ask.rules.site.timezone
    yield Reason(
        code="missed",
        text=f"It was due {moment(due, zone)} and of use until {moment(until, zone)}; nothing is sent about the past.",
    )


def _retrying(ask: _Ask) -> tuple[Reason, ...]:
    """What went wrong at the last attempt, as long as the next one is awaited."""
    if ask.row is None or ask.row.retry_at is None or ask.row.retry_at <= ask.now:
        return ()
    return tuple(reason for reason in ask.row.reasons if reason.code == "retry")


def _out_of_scope(ask: _Ask, projects: Mapping[str, str]) -> Reason | None:
    if not ask.rule.only.selects(ask.event, projects):
        return Reason(code="not-selected", text=f"The rule {ask.rule.name} is only about other events.")
    if ask.event.role in ("speaking", "attending") and not ask.rule.only.category:
        return Reason(
            code="role", field="role", evidence=ask.event.evidence.get("category"),
            text=f"It is someone else's event ({ask.event.role}); such events are in feeds only, unless the rule names their category.",
        )  # fmt: skip
    return None


def _announced_before(ask: _Ask) -> Reason | None:
    """Of what comes back only the next one is announced when it is first seen; each has its own reminders."""
    if ask.rule.kind != "announcement" or ask.event.follows is None:
        return None
    if starts_at(replace(ask.event, when=ask.event.follows), ask.zone) <= ask.seen.first_seen_at:
        return None
    text = "It is one of several that come back; only the next one is announced, each has its reminders."
    return Reason(code="recurs", text=text, field="recurrence", evidence=ask.event.evidence.get("recurrence"))


def _gone_out(ask: _Ask) -> Reason | None:
    """Why not again: it went out, or may have, while the event had another uid."""
    for uid in ask.event.formerly:
        row = ask.memory.deliveries.get(ask.key_under(uid))
        if row is not None and row.status in ("drafted", "sending", "sent", "unknown"):
            return Reason(code="gone-out", field="uid", text=f"It is {row.status} under the uid it had before, {uid}.")
    return None


def _announcement_time(ask: _Ask) -> tuple[datetime, datetime, Reason | None]:
    hours, zone, site_zone = ask.rules.hours, ask.zone, ask.rules.site.timezone
    until = starts_at(ask.event, zone)
    due = max(ask.seen.first_seen_at, ask.seen.changed_at) + ask.rules.settle_announce
    if ask.seen.first_seen_at <= ask.baseline:
        return due, until, _before_baseline(ask)
    # It can't move back to before the content was settled, so it moves on to the next open instant.
    due = next_open(due, hours, site_zone)
    if due <= ask.now:
        due = due if is_open(ask.now, hours, site_zone) else next_open(ask.now, hours, site_zone)
    if due >= until > ask.now:
        return due, until, Reason(code="too-late", text="The event starts before its announcement could go out.")
    return due, until, None


def _reminder_time(ask: _Ask) -> tuple[datetime, datetime, Reason | None]:
    offset, site_zone = ask.rule.when, ask.rules.site.timezone
    if offset is None:
        raise ValueError(f"The reminder rule {ask.rule.name} has no `when`.")
    nominal = reminder_due(offset, ask.event, ask.zone)
    useful = useful_until(ask.event, offset, ask.zone)
    until = min(nominal + grace_of(ask.rule), useful)
    if nominal <= ask.known_at:
        return nominal, until, _already_due(ask, nominal)
    if nominal >= useful:
        text = "It would be due only when it is no longer of use: the event has begun by then."
        return nominal, until, Reason(code="too-late", text=text)
    if isinstance(ask.event.when, AllDay) and offset.at is None and not ask.event.doubts:
        text = "It has no start time, being a whole-day event, so there is nothing to count hours from."
        return nominal, until, Reason(code="whole-day", text=text)
    stable = _stable_at(ask)
    if stable >= until:
        text = f"Its text was still changing until {moment(stable, site_zone)}, when this reminder is no longer of use."
        return nominal, until, Reason(code="changed-late", text=text)
    due = _within_hours(ask, offset, max(nominal, stable), until, may_move_back=stable <= nominal)
    if due >= until:
        text = f"There is no sending hour left before it stops being of use ({moment(until, site_zone)})."
        # The time it would have had, not the opening that comes too late for it.
        return max(nominal, stable), until, Reason(code="no-open-hour", text=text) if until > ask.now else None
    return due, until, None


def _within_hours(ask: _Ask, offset: Offset, due: datetime, until: datetime, *, may_move_back: bool) -> datetime:
    hours, zone = ask.rules.hours, ask.rules.site.timezone
    handed_over_at = ask.now if due <= ask.now < until else due
    timed = isinstance(ask.event.when, Timed) and offset.side == "before"
    if timed and handed_over_at >= starts_at(ask.event, ask.zone) - EXEMPT_BEFORE_START:
        return due
    if not is_open(due, hours, zone):
        back = last_open(due, hours, zone)
        due = back if may_move_back and back > ask.known_at else next_open(due, hours, zone)
    if due <= ask.now < until and not is_open(ask.now, hours, zone):
        return next_open(ask.now, hours, zone)
    return due


def _stable_at(ask: _Ask) -> datetime:
    """When the authors' edits have settled. What a baseline saw counts as stable."""
    first, changed = ask.seen.first_seen_at, ask.seen.changed_at
    new = first + ask.rules.settle_announce if first > ask.baseline else first
    edited = changed + ask.rules.settle_change if changed > max(first, ask.baseline) else first
    return max(new, edited)


def _already_due(ask: _Ask, nominal: datetime) -> Reason:
    if nominal <= ask.baseline:
        return _before_baseline(ask)
    zone = ask.rules.site.timezone
    return Reason(
        code="announced-late",
        text=f"It was due {moment(nominal, zone)}, before the event was first seen ({moment(ask.seen.first_seen_at, zone)}).",
    )


def _before_baseline(ask: _Ask) -> Reason:
    at = moment(ask.baseline, ask.rules.site.timezone)
    return Reason(code="baseline", text=f"It was already there at the first look ({at}); nobody is mailed about that.")
