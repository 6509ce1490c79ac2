"""What one rule asks for about one event and audience, while it is being decided."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime
from functools import lru_cache
from typing import Literal

from notifier.core.byhand import about_it, reason_of
from notifier.core.delivery import (
    Delivery,
    DeliveryStatus,
    Memory,
    SeenEvent,
    Told,
    correction_key,
    event_key,
    reminder_key,
)
from notifier.core.event import Event, Reason
from notifier.core.facts import Facts, facts_of
from notifier.core.mode import is_rehearsed
from notifier.core.rule import Audience, Rule, Rules
from notifier.core.schedule import local_start_date
from notifier.core.values import record
from notifier.core.zones import moment

#: The code of the reason for another day than a rule would choose.
MOVED = "moved-day"
#: Rows that something has become of at the provider, or may have.
GONE_OUT: frozenset[DeliveryStatus] = frozenset({"drafted", "sending", "sent", "unknown"})


def has_gone_out(row: Delivery, *, is_live: bool) -> bool:
    """Whether something has become of it at the provider, or may have. In live mode, what went out in test mode reached nobody."""
    return row.status in GONE_OUT and not (is_live and is_rehearsed(row.draft_id))


def provider_baseline(audience: Audience) -> str:
    """The name of the first look at an audience through its provider: a new provider sends no backlog."""
    return _provider_look(audience.name, audience.provider)


def _provider_look(audience: str, provider: str) -> str:
    return f"provider:{audience}:{provider}"


def baseline_of(memory: Memory, rule: Rule, audience: Audience, source: str | None = None) -> datetime:
    """The last of the first looks that concern a rule and an audience: nothing due before it is sent.

    `memory` already holds all baselines.
    """
    looks = memory.baselines
    return max([looks[name] for name in _looks(rule.name, audience.name, audience.provider, source) if name in looks])


@lru_cache(maxsize=1024)
def _looks(rule: str, audience: str, provider: str, source: str | None) -> tuple[str, ...]:
    """The names of the first looks that concern these."""
    names = ("site", f"rule:{rule}", f"audience:{audience}", _provider_look(audience, provider), f"live:{provider}")
    return names if source is None else (*names, f"source:{source}")


def last_told(memory: Memory, audience: Audience, event: Event) -> Told | None:
    """What an audience was last told about an event, under whatever name and uid."""
    if not audience.formerly and not event.formerly:
        return memory.told.get((audience.name, event.uid))
    names, uids = (audience.name, *audience.formerly), (event.uid, *event.formerly)
    known = [memory.told[name, uid] for name in names for uid in uids if (name, uid) in memory.told]
    return max(known, key=lambda told: (told.at, told.delivery_key), default=None)


@record(frozen=True, slots=True, kw_only=True)
class Ask:
    """A rule, an event and an audience. `memory` already holds the event and all baselines.

    `row` is the ledger's of this key.
    """

    event: Event
    rule: Rule
    audience: Audience
    memory: Memory
    rules: Rules
    now: datetime
    # Found once: every step of a decision asks for them.
    key: str = field(init=False)
    row: Delivery | None = field(init=False)

    def __post_init__(self) -> None:
        key = self.key_under(self.event.uid, self.audience.name)
        object.__setattr__(self, "key", key)
        object.__setattr__(self, "row", self.memory.deliveries.get(key))

    def key_under(self, uid: str, audience: str) -> str:
        match self.rule.kind:
            case "announcement" | "follow_up" as kind:
                return event_key(kind, self.rule.name, uid, audience)
            case "change" | "cancellation" as kind:
                return correction_key(kind, self.rule.name, uid, self._number(kind, uid, audience), audience)
            case _:
                return reminder_key(self.rule.name, uid, local_start_date(self.event), audience)

    def former_keys(self) -> tuple[str, ...]:
        """The keys that it would have had under the event's former uids and the audience's former names."""
        if not self.event.formerly and not self.audience.formerly:
            return ()
        uids, names = (self.event.uid, *self.event.formerly), (self.audience.name, *self.audience.formerly)
        return tuple(
            self.key_under(uid, name)
            for uid in uids
            for name in names
            if (uid, name) != (self.event.uid, self.audience.name)
        )

    def _number(self, kind: Literal["change", "cancellation"], uid: str, audience: str) -> int:
        told = self.memory.told.get((audience, uid))
        number = (told.corrections if told else 0) + 1
        # One that was missed stays so for ever; the next one needs a key of its own. What was sent and isn't told
        # (in test mode) is not sent again under another.
        while (
            row := self.memory.deliveries.get(correction_key(kind, self.rule.name, uid, number, audience))
        ) is not None:
            if row.status != "missed":
                break
            number += 1
        return number

    @property
    def seen(self) -> SeenEvent:
        return self.memory.seen[self.event.uid]

    @property
    def baseline(self) -> datetime:
        """The last of the first looks that concern this: nothing due before it is sent."""
        return baseline_of(self.memory, self.rule, self.audience, self.event.source)

    @property
    def facts(self) -> Facts:
        """What readers must be told about the event as it is now."""
        seen = self.seen
        return seen.facts if seen.event is self.event else facts_of(self.event)

    @property
    def told(self) -> Told | None:
        return last_told(self.memory, self.audience, self.event)

    @property
    def zone(self) -> str:
        """The readers' zone."""
        return self.audience.timezone or self.rules.site.timezone

    @property
    def known_at(self) -> datetime:
        return max(self.seen.first_seen_at, self.baseline)

    def moment(self, at: datetime) -> str:
        """An instant as staff read it."""
        return moment(at, self.rules.site.timezone)

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

    def because(self, code: str, text: str, field: str | None = None) -> Reason:
        """A reason, with the words of the document where it is about a field."""
        return Reason(code=code, text=text, field=field, evidence=self.event.evidence.get(field) if field else None)

    def told_by_hand(self, due: datetime) -> tuple[Reason, ...]:
        """What people told this audience of it by themselves, near to when ours is due."""
        mails = self.memory.by_hand
        if not mails:
            return ()
        found = about_it(self.event, mails, self.rules.site, audience=self.audience.name, due=due)
        return tuple(reason_of(one, self.rules.site.timezone) for one in found)

    def before_baseline(self) -> Reason:
        text = f"It was already there at the first look ({self.moment(self.baseline)}); nobody is mailed about that."
        return Reason(code="baseline", text=text)


@record(frozen=True, slots=True, kw_only=True)
class Timing:
    """When something is due and until when it is of use; `refusal` says why it isn't sent at all.

    `moved` says that, and why, it is due on another day than its own.
    """

    due: datetime
    until: datetime
    refusal: Reason | None = None
    moved: tuple[Reason, ...] = ()
