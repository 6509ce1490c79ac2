"""When too much would reach one audience on one day: what moves to another day, what is merged, and what never moves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import zip_longest
from zoneinfo import ZoneInfo

from notifier.core.asking import MOVED, has_gone_out
from notifier.core.decision import MERGED, still_says
from notifier.core.delivery import Delivery
from notifier.core.event import Event, Reason
from notifier.core.rule import Rule, Rules
from notifier.core.schedule import grace_of, next_open, starts_at
from notifier.core.zones import instant, moment, start_of_day

#: A reminder this close to the start is of no use on another day.
NEVER_MOVED_BEFORE_START = timedelta(hours=24)
#: Nothing is moved further than this.
_FURTHEST = 31

_Slot = tuple[str, date]


@dataclass(slots=True)
class Calendar:
    """What has gone out to each audience on each day of the site's calendar. Kept from one plan to the next.

    What is taken is added to what `below` has, and that stays as it is. `is_live`: what went out in test mode reached nobody.
    """

    zone: str
    is_live: bool = False
    below: Calendar | None = None
    #: How often something was taken over.
    changes: int = 0
    mails: Counter[_Slot] = field(default_factory=Counter)
    digests: dict[_Slot, list[Delivery]] = field(default_factory=dict)

    def day(self, at: datetime) -> date:
        return at.astimezone(ZoneInfo(self.zone)).date()

    def replace(self, old: Delivery | None, new: Delivery | None) -> None:
        """Take over a row of the ledger as it is now."""
        if old is not None and has_gone_out(old, is_live=self.is_live):
            slot = self._slot(old)
            self.changes += 1
            self.mails[slot] -= 1
            if old.kind == "digest":
                self.digests[slot] = [one for one in self.digests.get(slot, ()) if one.key != old.key]
        if new is not None and has_gone_out(new, is_live=self.is_live):
            self.take(new, self._slot(new))

    def take(self, one: Delivery, slot: _Slot) -> None:
        self.changes += 1
        self.mails[slot] += 1
        if one.kind == "digest":
            self.digests.setdefault(slot, []).append(one)

    def count(self, slot: _Slot) -> int:
        """How many mails reach an audience on a day."""
        return self.mails[slot] + (self.below.count(slot) if self.below is not None else 0)

    def digests_on(self, slot: _Slot) -> Sequence[Delivery]:
        below = self.below.digests_on(slot) if self.below is not None else ()
        return (*below, *self.digests.get(slot, ()))

    def _slot(self, row: Delivery) -> _Slot:
        return row.audience, self.day(row.sent_at or row.due_at)


def parted(
    planned: Sequence[Delivery], gone_out: Calendar, events: Mapping[str, Event], rules: Rules, now: datetime
) -> dict[str, Delivery]:
    """By key, those of the planned deliveries that give way to others, as they are then: moved, merged, or told why not.

    At most `per_day` mails a day reach an audience, by the site's calendar, what has gone out counted. Cancellations,
    changes, and reminders less than 24 hours before the start count too, and never move. A reminder on the day of a
    digest about the same event is left to the digest. Everything else moves to the next day with room on which it is
    still of use; where there is none it stays, with that reason. Nothing depends on the order of `planned`.
    """
    parting = _Parting(days=Calendar(zone=gone_out.zone, below=gone_out), events=events, rules=rules, now=now)
    others: list[Delivery] = []
    for one in planned:
        if parting.never_moves(one):
            parting.days.take(one, parting.slot(one))
        else:
            others.append(one)
    return dict(parting.part(sorted(others, key=_turn)))


@dataclass(slots=True)
class Parted:
    """What was parted the last time. Kept from one plan to the next it saves time, and changes no plan."""

    found: Mapping[str, Delivery] = field(default_factory=dict)
    _of: tuple[Calendar, int, date | None, Rules] | None = None
    _planned: Sequence[Delivery] = ()
    _events: Mapping[str, Event] = field(default_factory=dict)

    def part(
        self, planned: Sequence[Delivery], gone_out: Calendar, events: Mapping[str, Event], rules: Rules, now: datetime
    ) -> Mapping[str, Delivery]:
        """As `parted`, which is asked only where one of these is another than before.

        Of `now` it takes the day, and only for what is late and should have gone out on another.
        """
        today = gone_out.day(now)
        day = today if any(one.due_at <= now and gone_out.day(one.due_at) != today for one in planned) else None
        of, before = (gone_out, gone_out.changes, day, rules), self._of
        is_same = (
            before is not None and before[0] is gone_out and before[1:3] == of[1:3] and before[3] is rules
            and _are_same(self._planned, planned)
            and self._events.keys() == events.keys() and _are_same(self._events.values(), map(events.get, self._events))
        )  # fmt: skip
        if not is_same:
            self.found = parted(planned, gone_out, events, rules, now)
            self._of, self._planned, self._events = of, planned, events
        return self.found


def _are_same(old: Iterable[object], new: Iterable[object]) -> bool:
    end = object()
    return all(one is other for one, other in zip_longest(old, new, fillvalue=end))


def _turn(one: Delivery) -> tuple[bool, bool, datetime, str]:
    """Digests choose their day first; what was moved before keeps its day."""
    return one.kind != "digest", all(reason.code != MOVED for reason in one.reasons), one.due_at, one.key


def parting_turns(planned: Iterable[Delivery], rules: Rules, now: datetime) -> Iterator[datetime]:
    """The instants after `now` at which `parted` may say something else of the same: for what is late, the day goes on."""
    if any(one.due_at <= now for one in planned):
        zone = rules.site.timezone
        yield start_of_day(now.astimezone(ZoneInfo(zone)).date() + timedelta(days=1), zone).astimezone(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parting:
    days: Calendar
    events: Mapping[str, Event]
    rules: Rules
    now: datetime

    def part(self, others: Sequence[Delivery]) -> Iterator[tuple[str, Delivery]]:
        rules = {rule.name: rule for rule in self.rules.rules}
        for one in others:
            if (digest := self._digest_about(one)) is not None:
                kept = (reason for reason in one.reasons if reason.code == MOVED)
                yield one.key, replace(one, status="skipped", reasons=(*kept, self._merged(digest)))
                continue
            limit = rules[one.rule].per_day or self.rules.per_day
            slot = self.slot(one)
            if self.days.count(slot) < limit:
                self.days.take(one, slot)
                continue
            moved = next(self._other_days(one, rules[one.rule], limit), None)
            given = self._crowded(one, limit) if moved is None else moved
            self.days.take(given, self.slot(given))
            yield one.key, given

    def never_moves(self, one: Delivery) -> bool:
        if one.kind in ("cancellation", "change", "one_off"):
            return True
        if one.kind != "reminder" or not one.event_uids:
            return False
        start = self.start(one)
        return start is not None and start - NEVER_MOVED_BEFORE_START < one.due_at <= start

    def slot(self, one: Delivery) -> _Slot:
        return one.audience, self.days.day(self._at(one))

    def _at(self, one: Delivery) -> datetime:
        """When it goes out: what is late goes out now."""
        return max(one.due_at, self.now)

    def start(self, one: Delivery) -> datetime | None:
        event = self.events.get(one.event_uids[0])
        return None if event is None or event.when is None else starts_at(event, self.rules.site.timezone)

    def _digest_about(self, one: Delivery) -> Delivery | None:
        if one.kind != "reminder":
            return None
        return next((digest for digest in self.days.digests_on(self.slot(one)) if self._says(digest, one)), None)

    def _says(self, digest: Delivery, one: Delivery) -> bool:
        """Whether it tells of all that this is about, and what it told, where it went out already, is still true."""
        return all(
            uid in digest.event_uids and (uid not in self.events or still_says(digest, self.events[uid]))
            for uid in one.event_uids
        )

    def _other_days(self, one: Delivery, rule: Rule, limit: int) -> Iterator[Delivery]:
        zone, first = self.rules.site.timezone, self.slot(one)[1]
        clock = one.due_at.astimezone(ZoneInfo(zone)).time().replace(tzinfo=None)
        for ahead in range(1, _FURTHEST + 1):
            opens = self.rules.hours.start if self.rules.hours else clock
            at = next_open(instant(first + timedelta(days=ahead), opens, zone), self.rules.hours, zone)
            until = self._until(one, rule, at)
            if at >= until:
                return
            if self.days.count((one.audience, self.days.day(at))) < limit:
                yield replace(one, due_at=at, expires_at=until, reasons=(self._moved(one), *one.reasons))

    def _until(self, one: Delivery, rule: Rule, at: datetime) -> datetime:
        """Until when it is of use if it is due `at`: a reminder for as long as it would be late then, before the start."""
        start = self.start(one) if one.kind == "reminder" else None
        if start is None or rule.when is None or rule.when.side == "after" or rule.when.of == "end":
            return one.expires_at
        return min(at + grace_of(rule), start)

    def _moved(self, one: Delivery) -> Reason:
        text = f"Moved from {self._moment(one.due_at)}: this audience gets something else on that day."
        return Reason(code=MOVED, text=text)

    def _crowded(self, one: Delivery, limit: int) -> Delivery:
        mails = "one mail" if limit == 1 else f"{limit} mails"
        text = f"This audience gets more than {mails} that day: there is no other day on which this would be of use."
        return replace(one, reasons=(Reason(code="crowded", text=text), *one.reasons))

    def _merged(self, digest: Delivery) -> Reason:
        return Reason(code=MERGED, text=f"The digest {digest.rule} of {self._moment(digest.due_at)} tells of it.")

    def _moment(self, at: datetime) -> str:
        return moment(at, self.rules.site.timezone)
