"""What a person decided about a delivery, applied to what the rules decide. An approval is for exact content only."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from notifier.core.byhand import places_in
from notifier.core.delivery import Decision, Delivery, Memory
from notifier.core.event import Event, Reason
from notifier.core.facts import facts_of, visible_hash
from notifier.core.rule import Rules
from notifier.core.zones import moment

#: The code of the reasons of what was written, looked at and found wrong.
PREFLIGHT = "preflight"
#: ... and of those that the provider's own copy of it gave.
CHECK = "check"
#: So long it stays held before it is written and looked at again.
LOOK_AGAIN = timedelta(minutes=30)
_YES = {"release": "released", "approve": "approved"}


def fingerprint(delivery: Delivery, events: Iterable[Event], rules: Rules, *, note: str = "") -> str:
    """Stands for exactly what `delivery` would say, to whom and when: its due time, `@`, and a hash of all the rest.

    After another `@`, where people sent something like it by themselves, what that was: whoever lets it go knew of it.
    `delivery` is what the rules decide (`plan.decision_of`), before it is moved for the sake of others; `note` stands above it (`Memory.note`).
    """
    audience, site = rules.audiences.get(delivery.audience), rules.site
    about = {event.uid: event for event in events}
    said: list[object] = [
        delivery.key, delivery.provider, rules.wording,
        [audience.name, audience.public, audience.sender] if audience else None,
        [(audience and audience.timezone) or site.timezone, (audience and audience.language) or site.language],
        [_said_of(about[uid]) for uid in delivery.event_uids if uid in about],
    ]  # fmt: skip
    if delivery.kind == "one_off":
        # No rule asks about it again: whatever would be asked makes the yes void.
        said += [_state_of(about[uid]) for uid in delivery.event_uids if uid in about]
    if note:
        said.append(["note", note])
    text = json.dumps(said, ensure_ascii=False)
    content = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:24]
    known = ",".join(sorted(places_in(delivery.reasons)))
    return f"{delivery.due_at.astimezone(UTC).isoformat()}@{content}{f'@{known}' if known else ''}"


def _said_of(event: Event) -> list[str | None]:
    facts = facts_of(event)
    return [event.uid, visible_hash(event), facts.join_url, facts.location, event.contact, event.recording_url]


def _state_of(event: Event) -> list[object]:
    return [event.status, event.published, event.access, event.full, [doubt.code for doubt in event.doubts]]


def heeded(delivery: Delivery, events: Sequence[Event], memory: Memory, rules: Rules, now: datetime) -> Delivery:
    """The rules' decision with the last one of a person applied.

    Held, skipped or let go by them, with their name. What can't be handed over at all stays held, whoever lets it go; so
    does what was written and found wrong, until it is to be written again.
    """
    return _kept_back(_as_said(delivery, events, memory, rules, now), events, memory, now)


def _kept_back(delivery: Delivery, events: Sequence[Event], memory: Memory, now: datetime) -> Delivery:
    """Held, where its message was looked at and found wrong a short time ago, and since then neither an event nor a note of it was edited, nor did a person let it go.

    Whatever else was mended, a template or a setting, shows when it is written again.
    """
    row = memory.deliveries.get(delivery.key) if delivery.status == "planned" else None
    if row is None or row.status != "held" or row.retry_at is None or row.retry_at <= now:
        return delivery
    found = tuple(reason for reason in row.reasons if reason.code in (PREFLIGHT, CHECK))
    looked_at = row.retry_at - LOOK_AGAIN
    said, noted = memory.decisions.get(delivery.key), memory.notes.get(delivery.key)
    if any(one is not None and one.at > looked_at for one in (said, noted)):
        return delivery
    if not found or any(memory.seen[event.uid].changed_at > looked_at for event in events):
        return delivery
    return replace(delivery, status="held", reasons=found)


def _as_said(delivery: Delivery, events: Sequence[Event], memory: Memory, rules: Rules, now: datetime) -> Delivery:
    said = memory.decisions.get(delivery.key)
    if said is None or delivery.status not in ("planned", "held"):
        return delivery
    zone = rules.site.timezone
    match said.act:
        case "hold":
            return replace(
                delivery, status="held", reasons=(by_person(said, "held", zone), *_questions(delivery, rules))
            )
        case "skip":
            return replace(delivery, status="skipped", reasons=(by_person(said, "skipped", zone),))
        case "release" | "approve":
            return _let_go(delivery, events, said, memory, rules=rules, now=now)
        case _:
            return delivery


def _let_go(
    delivery: Delivery, events: Sequence[Event], said: Decision, memory: Memory, *, rules: Rules, now: datetime
) -> Delivery:
    gates = rules.gate(delivery.provider, delivery.audience)
    present = fingerprint(delivery, events, rules, note=memory.note(delivery.key))
    if not is_for(said, present, now):
        if delivery.status == "planned" and said.act == "release":
            return delivery
        return replace(delivery, status="held", reasons=(_void(said, delivery, memory, rules), *delivery.reasons))
    yes = by_person(said, _YES[said.act], rules.site.timezone)
    if gates:
        return replace(delivery, status="held", reasons=(yes, *gates))
    kept = delivery.reasons if delivery.status == "planned" else ()
    return replace(delivery, status="planned", reasons=(yes, *kept))


def is_for(said: Decision, present: str, now: datetime) -> bool:
    """Whether a decision is for what there is now: the same content, the same time or one that came and is late, and nothing new by hand."""
    due, content, known = _parts(said.fingerprint or "")
    due_now, content_now, known_now = _parts(present)
    if content != content_now or not content or not known_now <= known:
        return False
    return due == due_now or datetime.fromisoformat(due) <= now


def _parts(mark: str) -> tuple[str, str, frozenset[str]]:
    """The due time, the content, and the mails sent by hand that a fingerprint stands for."""
    due, content, known = [*mark.split("@"), "", ""][:3]
    return due, content, frozenset(filter(None, known.split(",")))


def _questions(delivery: Delivery, rules: Rules) -> tuple[Reason, ...]:
    return delivery.reasons if delivery.status == "held" else rules.gate(delivery.provider, delivery.audience)


def by_person(said: Decision, done: str, zone: str) -> Reason:
    """What a person did, when, and their note, as a reason. `done` is its code too: held, released, …"""
    return Reason(code=done, text=with_note(f"{said.by} {done} it on {moment(said.at, zone)}", said.note))


def with_note(sentence: str, note: str) -> str:
    """A sentence without its full stop, and after a colon the words of a person, if any; ended in any case."""
    text = f"{sentence}: {note}" if note else sentence
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def _void(said: Decision, delivery: Delivery, memory: Memory, rules: Rules) -> Reason:
    when = f"{said.by} {_YES[said.act]} it on {moment(said.at, rules.site.timezone)}"
    known = _parts(said.fingerprint or "")[2]
    if places_in(delivery.reasons) - known:
        return Reason(
            code="approval-void", text=f"{when}, and did not know then what others have sent. Look at it again."
        )
    noted = memory.notes.get(delivery.key)
    if noted is not None and noted.at >= said.at:
        changed = f"its note was changed by {noted.by} on {moment(noted.at, rules.site.timezone)}"
        return Reason(code="approval-void", text=f"{when}, but since then {changed}. Look at it again.")
    text = f"{when}, but it says something else now, or at another time. Look at it again."
    return Reason(code="approval-void", text=text)
