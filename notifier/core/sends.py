"""What becomes of the one-offs that people asked for. It goes out exactly as a person said yes to it, or is held with the reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from notifier.core.approval import heeded
from notifier.core.asking import provider_baseline
from notifier.core.delivery import Delivery, Memory
from notifier.core.event import Event, Reason
from notifier.core.one_off import OneOff
from notifier.core.rule import Audience, Rule, Rules
from notifier.core.zones import moment

#: The rule that a one-off is kept under where config.yaml has none for them. Configured names have no space.
BY_PERSON = "by hand"
#: So long it may be late, unless its rule says otherwise.
GRACE = timedelta(days=1)
#: The code of the reason of what nobody has said yes to yet.
UNCONFIRMED = "unconfirmed"


def plan_sends(
    events: Mapping[str, Event], memory: Memory, rules: Rules, now: datetime, *, only: str | None = None
) -> tuple[Delivery, ...]:
    """What is decided about every one-off that is not over, or about the one of the key `only`, which may be over.

    `events` are those that there are, by uid and by former uid.
    """
    asked = memory.one_offs.values() if only is None else filter(None, [memory.one_offs.get(only)])
    made = (_decided(one, events, memory, rules, now) for one in asked if only is not None or not _is_over(one, memory))
    return tuple(one for one in made if one is not None)


def send_turns(planned: Iterable[Delivery], now: datetime) -> Iterator[datetime]:
    """The instants after `now` at which one of them is decided otherwise."""
    yield from (at for one in planned for at in (one.due_at, one.expires_at) if at > now)


def rule_of(rules: Rules, audience: str) -> Rule | None:
    """The rule for one-offs to an audience; None where there is none at all. Raises KeyError where others have one only."""
    of_kind = [rule for rule in rules.rules if rule.kind == "one_off"]
    found = next((rule for rule in of_kind if audience in rule.audiences), None)
    if of_kind and found is None:
        raise KeyError(audience)
    return found


def _is_over(one: OneOff, memory: Memory) -> bool:
    row = memory.deliveries.get(one.key)
    return row is not None and not row.is_plannable


def _decided(one: OneOff, events: Mapping[str, Event], memory: Memory, rules: Rules, now: datetime) -> Delivery | None:
    audience = rules.audiences.get(one.audience)
    if audience is None:
        return None
    try:
        rule = rule_of(rules, one.audience)
    except KeyError:
        return None
    about = [events[uid] for uid in one.event_uids if uid in events]
    found = _as_asked(one, audience, rule, rules.site.timezone)
    if len(about) < len(one.event_uids):
        return _gone(found, now)
    found = replace(found, event_uids=tuple(dict.fromkeys(event.uid for event in about)))
    if (started := _started_again(one, audience, memory)) is not None:
        return replace(found, status="skipped", reasons=(started,))
    said = heeded(found, about, memory, rules, now)
    return _missed(said, now, rules.site.timezone) if said.status != "skipped" else said


def _as_asked(one: OneOff, audience: Audience, rule: Rule | None, zone: str) -> Delivery:
    """Held: only a person's yes to exactly this lets it go."""
    who = "Another person has to approve it" if rule is not None and rule.ask else "It has to be confirmed"
    text = f"{one.by} asked for it on {moment(one.asked_at, zone)}. {who}, exactly as it is."
    return Delivery(
        key=one.key, kind="one_off", rule=rule.name if rule else BY_PERSON, audience=audience.name,
        provider=audience.provider, event_uids=one.event_uids, due_at=one.due_at, expires_at=one.expires_at,
        status="held", reasons=(Reason(code=UNCONFIRMED, text=text),),
    )  # fmt: skip


def _gone(found: Delivery, now: datetime) -> Delivery:
    if found.expires_at <= now:
        text = "Its event was no longer in the files while it was of use."
        return replace(found, status="missed", reasons=(Reason(code="missed", text=text),))
    text = "Its event is no longer in the files, so it can't be written. Skip it, or bring the event back."
    return replace(found, status="held", reasons=(Reason(code="vanished", text=text),))


def _started_again(one: OneOff, audience: Audience, memory: Memory) -> Reason | None:
    """Why it is not to go out where sending to this audience began anew since: then no backlog goes out."""
    names = (f"audience:{audience.name}", provider_baseline(audience), f"live:{audience.provider}")
    if all(memory.baselines.get(name, one.asked_at) <= one.asked_at for name in names):
        return None
    text = "Sending to this audience began anew after it was asked for, and nothing from before goes out. Ask for it again."
    return Reason(code="baseline", text=text)


def _missed(found: Delivery, now: datetime, zone: str) -> Delivery:
    if found.expires_at > now:
        return found
    due, until = moment(found.due_at, zone), moment(found.expires_at, zone)
    text = f"It was due {due} and of use until {until}; nothing is sent about the past."
    kept = found.reasons if found.status == "held" else ()
    return replace(found, status="missed", reasons=(Reason(code="missed", text=text), *kept))
