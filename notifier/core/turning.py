"""When what was decided about an event may be decided otherwise by time alone, and when a plan is wanted all the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from notifier.core.asking import MOVED
from notifier.core.decision import hours_matter, is_silent
from notifier.core.delivery import FINAL, Delivery, Memory
from notifier.core.event import Event, Timed
from notifier.core.rule import Rules
from notifier.core.schedule import EXEMPT_BEFORE_START, ends_at, is_open, next_closing, next_open, starts_at

NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turning:
    """The times that matter to what is decided about one event. `over_at`: it is over in every zone it may be announced in."""

    event: Event
    memory: Memory
    rules: Rules
    now: datetime
    horizon: timedelta
    over_at: datetime = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "over_at", self._over_at())

    @property
    def was_over(self) -> bool:
        """Whether it was over already when it was last looked at."""
        return self.memory.window_end is not None and self.over_at <= self.memory.window_end

    def own(self) -> tuple[datetime, ...]:
        """When it begins and ends: a file that is written over after that was looked at tells of another event."""
        zone = self.rules.site.timezone
        return (starts_at(self.event, zone), ends_at(self.event, zone)) if self.event.when is not None else ()

    def may_change(self, one: Delivery) -> bool:
        """Whether it may be decided otherwise by time alone. What went out or was missed stays as it is.

        So does a correction of which there is nothing to correct, until its event changes or its audience is told something.
        """
        row = self.memory.deliveries.get(one.key)
        if row is not None:
            return row.status not in FINAL
        return one.kind == "follow_up" or not is_silent(one)

    def points(self, open_yet: Sequence[Delivery]) -> Iterator[datetime]:
        """When a plan may decide otherwise about what is open yet."""
        begins = self._begins(open_yet)
        for one in open_yet:
            yield from (self._changes_from(one), one.expires_at, one.due_at - self.horizon)
            row = self.memory.deliveries.get(one.key)
            if row is not None and row.status == "held" and row.retry_at is not None:
                # Written and found wrong: it is written again then.
                yield row.retry_at
            if begins and one.expires_at > begins[one.audience] - EXEMPT_BEFORE_START:
                yield begins[one.audience] - EXEMPT_BEFORE_START
        if open_yet:
            yield from (*self.own(), self.over_at)

    def other_points(self, open_yet: Sequence[Delivery]) -> Iterator[datetime]:
        """When a decision may change that no row or feed need show by then."""
        now, rules = self.now, self.rules
        yield from self._looks(open_yet)
        for one in open_yet:
            row = self.memory.deliveries.get(one.key)
            if row is not None and row.retry_at is not None and row.retry_at > now:
                yield row.retry_at
        for start in self._begins(open_yet).values():
            yield from (at for at in (start, start - EXEMPT_BEFORE_START) if at > now)
        if any(one.due_at <= now < one.expires_at and hours_matter(one) for one in open_yet):
            yield next_closing(now, rules.hours, rules.site.timezone) or NEVER
            opening = next_open(now, rules.hours, rules.site.timezone)
            if opening > now:
                yield opening

    def _looks(self, open_yet: Sequence[Delivery]) -> Iterator[datetime]:
        """Now, for what holds at this look only."""
        window_end = self.memory.window_end
        if open_yet and self.over_at <= self.now and not self.was_over:
            yield self.now
        if window_end is None:
            return
        for one in open_yet:
            # A delivery that expired without ever having a row is told at one look.
            is_told = self.memory.deliveries.get(one.key) is None and one.status != "skipped"
            if is_told and one.expires_at <= self.now and one.due_at > window_end:
                yield self.now

    def _over_at(self) -> datetime:
        event, own = self.event, self.rules.site.timezone
        if event.when is None:
            return NEVER
        if isinstance(event.when, Timed):
            return max(starts_at(event, own), ends_at(event, own))
        zones = {own, *(one.timezone or own for one in self.rules.audiences.values())}
        return max(ends_at(event, zone) for zone in zones)

    def _changes_from(self, one: Delivery) -> datetime:
        """When it is decided otherwise for being late: what is planned and asks nobody stays so until the hours close."""
        memory, rules, zone = self.memory, self.rules, self.rules.site.timezone
        is_plain = (
            one.status == "planned" and one.kind in ("announcement", "reminder") and one.key not in memory.decisions
        )
        row = memory.deliveries.get(one.key)
        if one.due_at <= self.now or not is_plain or any(reason.code == MOVED for reason in one.reasons):
            return one.due_at
        if (row is not None and row is not one) or not is_open(one.due_at, rules.hours, zone):
            return one.due_at
        return next_closing(one.due_at, rules.hours, zone) or NEVER

    def _begins(self, wanted: Iterable[Delivery]) -> dict[str, datetime]:
        """When the event begins for those whom deliveries are for, by audience; nothing without a date."""
        if self.event.when is None:
            return {}
        zones = {name: self.rules.audiences[name].timezone for name in {one.audience for one in wanted}}
        return {name: starts_at(self.event, zone or self.rules.site.timezone) for name, zone in zones.items()}
