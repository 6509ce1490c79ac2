"""What staff are told by mail: once a day what needs them, and at once what is held and about to expire.

A notice is a delivery like any other, to an audience that no configuration can name: it has a key and a row, is handed over
once, and can be held, skipped and explained. Pure: `now` is an argument.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from notifier.core.aside import Aside, to_tell
from notifier.core.delivery import Delivery, DeliveryStatus, Memory, key_hash
from notifier.core.event import Reason
from notifier.core.plan import Plan
from notifier.core.rule import STAFF, Rules, Staff
from notifier.core.zones import instant, zone_named

#: The code of the reason of a draft that goes out when a person sends it at its provider.
BY_HAND = "by-hand"
DAILY, URGENT = "staff-daily", "staff-urgent"
#: What is held is told of at once so long before it expires.
SOON = timedelta(hours=24)
#: What was missed longer ago is told of no more, however long no mail could go out.
_FURTHEST = timedelta(days=7)
_TOLD = frozenset({"drafted", "held", "failed", "unknown", "missed"})
_IN_WORDS: Mapping[DeliveryStatus, str] = {
    "drafted": "waiting to be sent", "held": "held", "failed": "failed", "unknown": "unknown", "missed": "missed",
}  # fmt: skip
#: What waits for a person, and may wait too long.
_WAITING = frozenset({"drafted", "held"})
#: Until somebody turns sending on, everything is held for this reason, and those who could know it.
_CHOSEN = "not-live"


def is_notice(row: Delivery) -> bool:
    """Whether it tells staff, and not readers."""
    return row.audience == STAFF


def with_notices(plan: Plan, memory: Memory, rules: Rules, now: datetime, *, asides: Sequence[Aside] = ()) -> Plan:
    """The plan with what staff are to be told about it. The same plan where they are told nothing.

    `memory` is what the plan was made from, `asides` what needs them beside it. Added again to what this one left in the ledger, nothing is new.
    """
    if rules.staff is None and not any(map(is_notice, plan.withdrawals)):
        return plan
    plan = replace(plan, asides=tuple(asides))
    view = _view(plan, memory, rules, now)
    wanted = {one.key: one for one in view.notices()}
    known = {row.key: row for row in view.before}
    fresh = [one for one in wanted.values() if one.key not in known or known[one.key].is_plannable]
    over = [view.over(row) for row in view.before if row.status in ("planned", "held") and row.key not in wanted]
    turns = [turn for turn in (plan.next_at, *view.turns(wanted.values())) if turn is not None]
    return replace(
        plan,
        deliveries=_in_order(plan.deliveries, (one for one in fresh if one.status != "skipped")),
        withdrawals=(*(one for one in plan.withdrawals if not is_notice(one)), *over),
        skips=_in_order(plan.skips, (one for one in fresh if one.status == "skipped" and one != known.get(one.key))),
        next_at=min(turns, default=None),
    )


def notice_of(key: str, plan: Plan, memory: Memory, rules: Rules, now: datetime) -> Delivery | None:
    """What is decided about the key of a notice by itself; None where nothing is left to tell."""
    view = _view(plan, memory, rules, now)
    return next((one for one in view.notices() if one.key == key), None)


def told_of(row: Delivery, plan: Plan, memory: Memory, rules: Rules, now: datetime) -> tuple[Delivery, ...]:
    """What a notice is about, as it stands now, in the order of its times."""
    view = _view(plan, memory, rules, now)
    found = view.needing(row.due_at) if row.rule == DAILY else view.expiring().get(row.key, [])
    return tuple(sorted(found, key=lambda one: (one.due_at, one.key)))


def asides_in(row: Delivery, plan: Plan, memory: Memory, rules: Rules, now: datetime) -> tuple[Aside, ...]:
    """What a notice tells of beside deliveries."""
    return _view(plan, memory, rules, now).beside(row.due_at) if row.rule == DAILY else ()


def _in_order(rows: tuple[Delivery, ...], more: Iterable[Delivery]) -> tuple[Delivery, ...]:
    added = list(more)
    return tuple(sorted((*rows, *added), key=lambda one: (one.due_at, one.key))) if added else rows


@dataclass(frozen=True, slots=True, kw_only=True)
class _View:
    """What is known at one instant: `rows` of readers' deliveries that staff may have to hear of, `before` all notices' rows.

    `asides` is what else they may have to hear of.
    """

    rows: Sequence[Delivery]
    before: Sequence[Delivery]
    asides: Sequence[Aside]
    memory: Memory
    rules: Rules
    now: datetime

    def notices(self) -> Iterator[Delivery]:
        """Everything that staff are to be told now, or were to be told and still may."""
        staff = self.rules.staff
        if staff is None or self.memory.window_end is None:
            # Of a first look nobody is told anything.
            return
        if (daily := self._daily(staff)) is not None:
            yield daily
        for key, held in self.expiring().items():
            if (urgent := self._urgent(key, held, staff)) is not None:
                yield urgent

    def needing(self, due: datetime) -> list[Delivery]:
        """What is held, failed or unknown, and what was missed by `due` since the last daily mail: each miss is told once."""
        since = self._last_daily(due)
        return [
            one for one in self.rows if _needs_staff(one) or (one.status == "missed" and since < one.expires_at <= due)
        ]

    def beside(self, due: datetime) -> tuple[Aside, ...]:
        """What else a daily mail tells of."""
        return to_tell(self.asides, after=self._last_daily(due), by=due)

    def expiring(self) -> dict[str, list[Delivery]]:
        """What waits for a person and expires soon, by the key of the notice about it: one for all about an event that day."""
        found: dict[str, list[Delivery]] = {}
        for one in self.rows:
            if expires_unanswered(one, self.now):
                found.setdefault(self._urgent_key(one), []).append(one)
        return found

    def turns(self, wanted: Iterable[Delivery]) -> Iterator[datetime]:
        """The instants after now at which there may be something else to tell."""
        if self.rules.staff is None:
            return
        today = self._local_day(self.now)
        dues = [self._due(today + timedelta(days=days), self.rules.staff) for days in (0, 1)]
        soon = [one.expires_at - SOON for one in self.rows if one.status in _WAITING and _needs_staff(one)]
        yield from (at for at in (*dues, *soon, *(one.expires_at for one in wanted)) if at > self.now)

    def over(self, row: Delivery) -> Delivery:
        """What becomes of a notice that nothing asks for any more."""
        if self.rules.staff is not None and row.expires_at <= self.now:
            text = "It could not go out in its time; the next one tells what still holds."
            return replace(row, status="missed", reasons=(Reason(code="missed", text=text),))
        text = "Nothing of it is left to tell." if self.rules.staff else "config.yaml no longer names sending.staff."
        return replace(row, status="withdrawn", reasons=(Reason(code="rule-gone", text=text),))

    def _daily(self, staff: Staff) -> Delivery | None:
        today = self._local_day(self.now)
        day = today if self._due(today, staff) <= self.now else today - timedelta(days=1)
        key = f"one_off/{DAILY}-{day.isoformat()}/{STAFF}"
        row = self.memory.deliveries.get(key)
        if row is None and day != today:
            # Where nobody looked yesterday, what it would have said is told at today's time.
            return None
        if row is not None and row.status == "skipped" and key not in self.memory.decisions:
            return row
        due = self._due(day, staff)
        made = _notice(key, DAILY, staff, due_at=due, expires_at=self._due(day + timedelta(days=1), staff))
        found, beside = self.needing(due), self.beside(due)
        if not (found or beside) and row is not None:
            return None
        if not (found or beside):
            # Kept, so that what comes up later in the day waits for the next morning.
            nothing = Reason(code="nothing-to-tell", text="Nothing was held, failed, unknown or missed.")
            return replace(made, status="skipped", reasons=(nothing,))
        return self._decided(made, found, beside)

    def _urgent(self, key: str, held: Sequence[Delivery], staff: Staff) -> Delivery | None:
        row = self.memory.deliveries.get(key)
        due = row.due_at if row else self.now
        expires = row.expires_at if row else max(one.expires_at for one in held)
        if expires <= self.now:
            return None
        return self._decided(_notice(key, URGENT, staff, due_at=due, expires_at=expires), held)

    def _decided(self, made: Delivery, about: Sequence[Delivery], beside: Sequence[Aside] = ()) -> Delivery:
        said = self.memory.decisions.get(made.key)
        if said is not None and said.act in ("hold", "skip"):
            text = f"{said.by} {'held' if said.act == 'hold' else 'skipped'} it." + (
                f" {said.note}" if said.note else ""
            )
            return replace(
                made, status="held" if said.act == "hold" else "skipped", reasons=(Reason(code=said.act, text=text),)
            )
        gates = self.rules.gate(made.provider, made.audience)
        # That templates for readers are wrong is what staff are to hear of.
        if gates := tuple(reason for reason in gates if reason.code != "template"):
            return replace(made, status="held", reasons=gates)
        return replace(made, reasons=(Reason(code="staff", text=_in_numbers(about, beside)),))

    def _last_daily(self, due: datetime) -> datetime:
        sent = (
            row.due_at
            for row in self.before
            if row.rule == DAILY and row.status in ("sent", "skipped") and row.due_at < due
        )
        return max(max(sent, default=due - SOON), due - _FURTHEST)

    def _urgent_key(self, one: Delivery) -> str:
        about = "|".join(sorted(one.event_uids)) if one.kind != "digest" else one.key
        day = self._local_day(one.expires_at).isoformat()
        return f"one_off/{URGENT}-{day}-{key_hash(about)}/{STAFF}"

    def _local_day(self, at: datetime) -> date:
        return at.astimezone(zone_named(self.rules.site.timezone)).date()

    def _due(self, day: date, staff: Staff) -> datetime:
        return instant(day, staff.at, self.rules.site.timezone)


def _view(plan: Plan, memory: Memory, rules: Rules, now: datetime) -> _View:
    """Of each delivery the ledger's row where no plan may rewrite it, else the plan's word."""
    planned = {one.key: one for one in (*plan.deliveries, *plan.withdrawals, *plan.skips)}
    standing = [row for key, row in memory.deliveries.items() if not row.is_plannable or key not in planned]
    kept = {row.key for row in standing}
    standing += [one for key, one in planned.items() if key not in kept]
    return _View(
        rows=[one for one in standing if one.status in _TOLD and not is_notice(one)],
        asides=plan.asides,
        before=[row for row in memory.deliveries.values() if is_notice(row)],
        memory=memory,
        rules=rules,
        now=now,
    )


def expires_unanswered(one: Delivery, now: datetime) -> bool:
    """Whether it waits for a person and will soon be of no use."""
    return one.status in _WAITING and _needs_staff(one) and now < one.expires_at <= now + SOON


def _needs_staff(one: Delivery) -> bool:
    if one.status == "drafted":
        return any(reason.code == BY_HAND for reason in one.reasons)
    if one.status == "held":
        return not one.reasons or any(reason.code != _CHOSEN for reason in one.reasons)
    return one.status in ("failed", "unknown")


def _notice(key: str, rule: str, staff: Staff, *, due_at: datetime, expires_at: datetime) -> Delivery:
    return Delivery(
        key=key, kind="one_off", rule=rule, audience=STAFF, provider=staff.provider, event_uids=(), due_at=due_at,
        expires_at=expires_at, status="planned",
    )  # fmt: skip


def _in_numbers(about: Sequence[Delivery], beside: Sequence[Aside]) -> str:
    counted = {status: sum(one.status == status for one in about) for status in _IN_WORDS}
    said = [f"{number} {_IN_WORDS[status]}" for status, number in counted.items() if number]
    return f"To be told: {', '.join([*said, *(one.title for one in beside)])}."
