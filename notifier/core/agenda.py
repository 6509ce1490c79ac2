"""What digests are made from: the events in the order of their start, and the digests there were."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from notifier.core.changes import Ordered, replaced, touched
from notifier.core.delivery import PLANNABLE, Delivery, DeliveryStatus, Memory
from notifier.core.event import AllDay, Event
from notifier.core.rule import Rules
from notifier.core.schedule import starts_at
from notifier.core.zones import end_of_day, start_of_day

#: A digest of which nobody knows whether it went out may have: what it told is not called new again.
TOLD: frozenset[DeliveryStatus] = frozenset({"sending", "sent", "unknown"})
_WAITING: frozenset[DeliveryStatus] = frozenset({"planned", "held"})


def worth_telling_until(event: Event, zone: str) -> datetime:
    """Until when it can be told of ahead: its start; for whole days the end of the first one."""
    match event.when:
        case AllDay(first=first):
            return end_of_day(first, zone)
        case _:
            return starts_at(event, zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What decisions about digests follow from, beside the time: `changes` are those of the agenda so far."""

    memory: Memory
    rules: Rules
    horizon: timedelta
    projects: Mapping[str, str]
    changes: int

    def goes_on(self, before: Asked) -> bool:
        """Whether all of it is as it was; only the last look may be a later one."""
        old, new = before.memory, self.memory
        is_later = old.window_end is not None and new.window_end is not None and old.window_end <= new.window_end
        return (
            is_later and self.changes == before.changes and self.rules is before.rules and self.horizon == before.horizon
            and new.seen is old.seen and new.decisions is old.decisions and new.notes is old.notes
            and new.baselines == old.baselines and self.projects == before.projects
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What was decided about all digests `at` an instant; `until` is when time alone may change it, None for never."""

    decided: tuple[Delivery, ...]
    asked: Asked
    at: datetime
    until: datetime | None

    def holds(self, asked: Asked, now: datetime) -> bool:
        """Whether the same would be decided now."""
        return self.at <= now and (self.until is None or now < self.until) and asked.goes_on(self.asked)


@dataclass(slots=True)
class Agenda:
    """Dated events in the order of their start, and the rows of digests by rule and audience.

    `waiting` are the planned and held ones of the rows, `closed` those that a plan may still reopen, by the end of their
    use, and `told` those that may have gone out, by the time they were due. `changes` counts how often any of this
    changed, and `made` is what was decided last.
    Kept from one plan to the next it saves time, and changes no plan: taking over what there is costs comparing
    objects one by one, and work for those that changed. `zone` is the site's.
    """

    zone: str = ""
    rows: dict[tuple[str, str], dict[str, Delivery]] = field(default_factory=dict)
    waiting: dict[tuple[str, str], dict[str, Delivery]] = field(default_factory=dict)
    closed: dict[tuple[str, str], Ordered[Delivery]] = field(default_factory=dict)
    told: dict[tuple[str, str], Ordered[Delivery]] = field(default_factory=dict)
    changes: int = 0
    made: Made | None = None
    _events: Sequence[Event] = ()
    _deliveries: Mapping[str, Delivery] = field(default_factory=dict)
    _in_order: Ordered[Event] = field(default_factory=lambda: Ordered(id, id))

    def take(self, events: Sequence[Event], memory: Memory, zone: str) -> None:
        """Take over what there is now."""
        if zone != self.zone:
            self.zone, self._events, self._in_order = zone, (), Ordered(self._place, id)
            self.changes += 1
        went, came = replaced(self._events, events)
        self.changes += bool(went or came)
        self._in_order.replace([e for e in went if e.when is not None], [e for e in came if e.when is not None])
        self._events = events
        for key in touched(self._deliveries, memory.deliveries):
            self._take_row(self._deliveries.get(key), memory.deliveries.get(key))
        self._deliveries = memory.deliveries

    def between(self, after: datetime, until: datetime) -> Sequence[Event]:
        """The events that can be told of after `after` and that start until `until`, that instant included."""
        today = start_of_day(after.astimezone(ZoneInfo(self.zone)).date(), self.zone)
        events = self._in_order.all()
        first = bisect_left(events, today, key=self._start)
        last = bisect_right(events, until, lo=first, key=self._start)
        return [event for event in events[first:last] if worth_telling_until(event, self.zone) > after]

    def not_before(self, start: datetime) -> Sequence[Event]:
        """The events that start then or later."""
        events = self._in_order.all()
        return events[bisect_left(events, start, key=self._start) :]

    def _start(self, event: Event) -> datetime:
        return starts_at(event, self.zone)

    def _place(self, event: Event) -> tuple[datetime, str]:
        return starts_at(event, self.zone), event.uid

    def _take_row(self, old: Delivery | None, new: Delivery | None) -> None:
        self.changes += any(row is not None and row.kind == "digest" for row in (old, new))
        if old is not None and old.kind == "digest":
            of = old.rule, old.audience
            self.rows[of].pop(old.key)
            self.waiting[of].pop(old.key, None)
            self.closed[of].replace(_closed(old), ())
            self.told[of].replace(_told(old), ())
        if new is not None and new.kind == "digest":
            of = new.rule, new.audience
            self.rows.setdefault(of, {})[new.key] = new
            waiting = self.waiting.setdefault(of, {})
            if new.status in _WAITING:
                waiting[new.key] = new
            self.closed.setdefault(of, Ordered(_in_use, id)).replace((), _closed(new))
            self.told.setdefault(of, Ordered(_in_time, id)).replace((), _told(new))


def _closed(row: Delivery) -> tuple[Delivery, ...]:
    return (row,) if row.status in PLANNABLE - _WAITING else ()


def _told(row: Delivery) -> tuple[Delivery, ...]:
    return (row,) if row.status in TOLD else ()


def _in_use(row: Delivery) -> datetime:
    return row.expires_at


def _in_time(row: Delivery) -> tuple[datetime, str]:
    return row.due_at, row.key
