"""The one-off send: a person chooses, looks at exactly what would go out, says yes to that, and may take it back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from notifier.core.approval import fingerprint
from notifier.core.asking import provider_baseline
from notifier.core.clearance import clear
from notifier.core.delivery import Decision, Delivery
from notifier.core.event import Event, Reason
from notifier.core.message import Message
from notifier.core.one_off import OneOff, is_once, one_off_key
from notifier.core.plain import one_line
from notifier.core.rule import Audience, Rules
from notifier.core.sends import GRACE, plan_sends, rule_of
from notifier.core.zones import in_utc, moment
from notifier.desk.acts import Acted, skip
from notifier.desk.mode import mode_questions
from notifier.desk.naming import find_event, standing
from notifier.desk.terms import Site, people_of
from notifier.errors import Problem, UserError
from notifier.tick import Look
from notifier.tick.writing import faults_of, message_of

#: Asked for again in the same words within so long, it is probably the same wish.
_TWIN = timedelta(days=1)
#: Rows that reach people, or will unless somebody stops them.
_REACHING = frozenset({"planned", "held", "drafted", "sending", "sent", "unknown"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person wants to send, as they say it: `events` by uid, path or part of a file name.

    `once` tells this wish from others: told twice, it is one. `at` None: as soon as it can't be undone any more.
    """

    audience: str
    once: str
    events: tuple[str, ...] = ()
    subject: str = ""
    note: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """Exactly what would go out, and all that speaks against it.

    `mark` stands for what is shown: equal marks, nothing of it moved. `people` None: nobody can say; 0: a folder.
    `others` are what else this audience gets on that day. `needs_another`: somebody else has to approve it.
    `before`: this very wish has been told already, and stands so.
    """

    one_off: OneOff
    delivery: Delivery
    events: tuple[Event, ...]
    message: Message
    problems: tuple[Problem, ...]
    people: int | None
    questions: tuple[Reason, ...]
    others: tuple[Delivery, ...]
    needs_another: bool
    is_paused: bool
    mark: str
    before: Delivery | None = None
    look: Look = field(repr=False, compare=False)

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(one for one in self.problems if one.severity == "error")


def prepare(site: Site, wish: Wish, *, by: str) -> Sending:
    """What would go out. Records nothing. Raises UserError with everything that is wrong with the wish."""
    now = site.clock.now()
    look = site.ticker.look(now, accept_shrink=True)
    rules = site.ticker.wiring.rules
    asked, events = _asked(site, wish, look, by=by)
    before = look.memory.one_offs.get(asked.key)
    if before is not None:
        if not before.says_as(asked):
            raise UserError(
                f"Something else was sent as {wish.once!r} to {wish.audience}, by {before.by} on "
                f"{moment(before.asked_at, rules.site.timezone)}.", "Give this one another name.",
            )  # fmt: skip
        asked = before
    supposed = _supposed(look, asked)
    [delivery] = plan_sends(_called(look), supposed.memory, rules, now, only=asked.key)
    message = message_of(delivery, supposed, site.ticker.wiring)
    people = people_of(site, delivery)
    rule = rule_of(rules, asked.audience)
    found = Sending(
        one_off=replace(asked, people=people), delivery=delivery, events=events, message=message,
        problems=faults_of(delivery, message, supposed, site.ticker.wiring), people=people,
        questions=(*mode_questions(site, delivery), *_questions(asked, events, look, rules)), others=tuple(_others(asked, look, rules)),
        needs_another=rule is not None and rule.ask, is_paused=look.memory.paused is not None, mark="",
        before=standing(look, rules, asked.key) if before is not None else None, look=supposed,
    )  # fmt: skip
    return replace(found, mark=_mark(found, wish))


def send(site: Site, wish: Wish, *, by: str, seen: str, note: str = "") -> Acted:
    """Ask for exactly what was looked at: `seen` is the mark of that. It goes out once it can't be undone any more.

    Called twice with the same wish, it is asked for once. Raises UserError, and nothing is recorded, where anything moved
    since it was looked at, or the message is wrong.
    """
    found = prepare(site, wish, by=by)
    if found.before is not None:
        return _asked_before(site, found)
    if found.mark != seen:
        raise UserError(
            "What would go out, or to how many, changed while you looked, so nothing was sent.", "Look at it again."
        )
    if found.errors:
        raise UserError(list(found.errors))
    said = replace(_said(found, site.ticker.wiring.rules, by), note=note, via=site.via)
    if not site.ticker.wiring.ledger.ask(found.one_off, said):
        # Somebody, or the same request again, was quicker by a moment.
        return _asked_before(site, prepare(site, wish, by=by))
    look = site.ticker.look(found.look.at, accept_shrink=True)
    delivery = standing(look, site.ticker.wiring.rules, found.one_off.key)
    yes = said if said.act == "approve" else None
    return Acted(decision=yes, delivery=delivery, events=found.events, is_recorded=False)


def undo(site: Site, name: str, *, by: str, note: str = "") -> Acted:
    """Take a one-off back while it has not been handed over. Taken back already: nothing changes."""
    look = site.ticker.look(site.clock.now(), accept_shrink=True)
    # The key, or what tells it from others.
    meant = [key for key in look.memory.one_offs if name in (key, key.split("/")[1])]
    if not meant:
        raise UserError(
            f"No one-off is called {name!r}.", "`notifier send` names the key; to stop another mail: notifier hold KEY"
        )
    if len(meant) > 1:
        raise UserError(f"{name!r} could be {len(meant)} one-offs:", "\n".join(f"  {key}" for key in meant))
    return skip(site, meant[0], by=by, note=note or "taken back")


def _asked(site: Site, wish: Wish, look: Look, *, by: str) -> tuple[OneOff, tuple[Event, ...]]:
    """The wish, checked, with all that is wrong with it told at once."""
    wiring = site.ticker.wiring
    rules = wiring.rules
    refusals = _refusals(wish, rules.audiences.get(wish.audience), rules, look)
    wrong = [Problem(path=place, what=what, hint=hint) for place, what, hint in refusals]
    events: list[Event] = []
    for name in wish.events:
        try:
            events.append(find_event(look.content, name))
        except UserError as error:
            wrong.append(Problem(path="event", what=str(error)))
    if wrong:
        raise UserError(wrong)
    first = look.at + wiring.settings.undo
    due = max(first, in_utc(wish.at)) if wish.at is not None else first
    rule = rule_of(rules, wish.audience)
    return OneOff(
        key=one_off_key(wish.once, wish.audience), audience=wish.audience,
        event_uids=tuple(dict.fromkeys(event.uid for event in events)), subject=one_line(wish.subject),
        note=wish.note.replace("\r\n", "\n").strip(), due_at=due,
        expires_at=due + (rule.grace if rule is not None and rule.grace is not None else GRACE),
        people=None, by=by, asked_at=look.at,
    ), tuple(events)  # fmt: skip


def _refusals(wish: Wish, audience: Audience | None, rules: Rules, look: Look) -> Iterator[tuple[str, str, str]]:
    """Where something is wrong with it, what, and what to do, whatever it is about."""
    if not is_once(wish.once):
        yield "once", f"{wish.once!r} can't name a send.", "Use 1 to 64 of a-z, 0-9 and hyphens."
    if wish.at is not None and wish.at <= look.at:
        zone = rules.site.timezone
        yield (
            "at",
            f"{moment(wish.at, zone)} has passed, and nothing is sent about the past.",
            "Give a later time, or none.",
        )
    if not wish.events and not one_line(wish.subject):
        yield "subject", "This mail has no subject.", "Give it one, or an event, whose title it then takes."
    if not wish.events and not wish.note.strip():
        yield "text", "This mail says nothing.", "Write its text, or name the event it is about."
    if audience is None:
        listed = ", ".join(rules.audiences) or "none"
        yield "audience", f"There is no audience {wish.audience!r}.", f"config.yaml has: {listed}."
        return
    for what, hint in _closed(audience, rules, look):
        yield "audience", what, hint


def _closed(audience: Audience, rules: Rules, look: Look) -> Iterator[tuple[str, str]]:
    """Why nothing can be sent to an audience by hand now, and what to do."""
    try:
        rule_of(rules, audience.name)
    except KeyError:
        yield f"No rule of the kind one_off names {audience.name}.", "Add it to the rule's audiences in config.yaml."
    for gate in rules.gate(audience.provider, audience.name):
        yield gate.text, ""
    names = (f"audience:{audience.name}", provider_baseline(audience), f"live:{audience.provider}")
    wanted = names if audience.provider in rules.live else names[:2]
    if look.memory.window_end is None or any(name not in look.memory.baselines for name in wanted):
        yield f"Notifier has not looked at {audience.name} yet.", "Run `notifier tick` once, or wait for the next one."


def _supposed(look: Look, asked: OneOff) -> Look:
    """The look as it would be if it had been asked for."""
    return replace(look, memory=replace(look.memory, one_offs={**look.memory.one_offs, asked.key: asked}), _made={})


def _called(look: Look) -> dict[str, Event]:
    return {uid: event for event in look.content.events for uid in (*event.formerly, event.uid)}


def _questions(asked: OneOff, events: tuple[Event, ...], look: Look, rules: Rules) -> Iterator[Reason]:
    """What whoever sends it should have thought of."""
    zone, audience = rules.site.timezone, rules.audiences[asked.audience]
    for event in events:
        verdict = clear(event, public=audience.public, now=look.at, zone=zone)
        if verdict.verdict != "auto":
            about = f"{event.title}: " if len(events) > 1 else ""
            yield from (replace(reason, text=f"{about}{reason.text}") for reason in verdict.reasons)
    for other in look.memory.one_offs.values():
        same = (other.audience, other.event_uids, other.subject, other.note) == (
            asked.audience, asked.event_uids, asked.subject, asked.note,
        )  # fmt: skip
        said = look.memory.decisions.get(other.key)
        taken_back = said is not None and said.act == "skip"
        if same and other.key != asked.key and look.at - other.asked_at < _TWIN and not taken_back:
            text = f"{other.by} asked for the very same on {moment(other.asked_at, zone)}: this would be a second mail."
            yield Reason(code="twin", text=text)


def _others(asked: OneOff, look: Look, rules: Rules) -> Iterator[Delivery]:
    """What else this audience gets on that day, by the site's calendar."""
    zone = ZoneInfo(rules.site.timezone)
    day = asked.due_at.astimezone(zone).date()
    rows = {one.key: one for one in (*look.memory.deliveries.values(), *look.plan.deliveries)}
    rows |= {key: row for key, row in look.memory.deliveries.items() if not row.is_plannable}
    found = (
        row for row in rows.values()
        if row.audience == asked.audience and row.key != asked.key and row.status in _REACHING
        and (row.sent_at or row.due_at).astimezone(zone).date() == day
    )  # fmt: skip
    yield from sorted(found, key=lambda row: (row.sent_at or row.due_at, row.key))


def _mark(found: Sending, wish: Wish) -> str:
    """Stands for what is looked at: the bytes, to whom and how many, when, and what was asked."""
    message, due = found.message, found.one_off.due_at.isoformat() if wish.at is not None else ""
    said = [
        found.one_off.key, message.subject, message.html, message.text, found.people, due,
        [reason.text for reason in found.questions], found.needs_another,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _said(found: Sending, rules: Rules, by: str) -> Decision:
    """That a person approves of what they ask for, or only asks where another has to approve."""
    one = found.one_off
    if found.needs_another:
        return Decision(key=one.key, act="ask", by=by, at=one.asked_at)
    return Decision(
        key=one.key, act="approve", by=by, at=one.asked_at, fingerprint=fingerprint(found.delivery, found.events, rules)
    )


def _asked_before(site: Site, found: Sending) -> Acted:
    memory = site.ticker.wiring.ledger.snapshot()
    return Acted(
        decision=memory.decisions.get(found.one_off.key), delivery=found.before, events=found.events, is_new=False,
        is_recorded=found.one_off.key in memory.deliveries,
    )  # fmt: skip
