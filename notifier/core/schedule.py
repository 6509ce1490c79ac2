"""When a rule's delivery about an event is due, until when it is of use, and when mail may go out at all.

Every instant that leaves this file is in UTC: between two datetimes of one zone Python counts wall-clock hours, and
an hour is missing or doubled when the clocks change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from notifier.core.event import AllDay, Event, Timed, When
from notifier.core.rule import Hours, Offset, Rule
from notifier.core.zones import end_of_day, in_utc, instant, start_of_day

#: A reminder this close to the start may go out at any hour: moved back it would come too early to be one.
EXEMPT_BEFORE_START = timedelta(hours=2)
#: 18:00:30 is still 18:00 for people, and for a tick that comes every half minute: the closing minute is open.
CLOSING = timedelta(minutes=1)
#: The rarest of cron lines, 29 February on one weekday, comes again within 40 years (no leap year in 2100).
RAREST = timedelta(days=41 * 366)
#: Few cron lines of a site name more times of a day than these, and those that come seldom no more of a month.
_A_DAY, _A_MONTH = 4, 5


def starts_at(event: Event, zone: str) -> datetime:
    """The instant the event begins; for whole days the first instant of the first day in `zone`.

    Raises ValueError for an event without a date.
    """
    if event.when is None:
        raise ValueError(f"{event.path} has no date.")
    return begins_at(event.when, zone)


def begins_at(when: When, zone: str) -> datetime:
    """The instant at which that begins; for whole days the first instant of the first in `zone`."""
    match when:
        case Timed(starts_at=start):
            return start.astimezone(UTC)
        case AllDay(first=first):
            return start_of_day(first, zone).astimezone(UTC)


def local_start_date(event: Event) -> date:
    """The first day, as clocks at the event show it. Raises ValueError for an event without a date."""
    match event.when:
        case Timed(starts_at=start):
            return start.date()
        case AllDay(first=first):
            return first
        case None:
            raise ValueError(f"{event.path} has no date.")


def ends_at(event: Event, zone: str) -> datetime:
    """The instant after which the event is over: its end, else its start; for whole days the end of the last."""
    match event.when:
        case Timed(starts_at=start, ends_at=end):
            return (end or start).astimezone(UTC)
        case AllDay(last=last):
            return end_of_day(last, zone).astimezone(UTC)
        case None:
            raise ValueError(f"{event.path} has no date.")


def reminder_due(offset: Offset, event: Event, zone: str) -> datetime:
    """The instant a reminder is due, before any sending hours. `zone` is the readers'."""
    anchor = starts_at(event, zone) if offset.of == "start" else ends_at(event, zone)
    length = offset.length if offset.side == "after" else -offset.length
    if offset.at is None:
        return anchor + length
    # Whole days: the last instant of an all-day event belongs to the next day.
    day = anchor.astimezone(ZoneInfo(zone)).date()
    if offset.of == "end" and isinstance(event.when, AllDay):
        day -= timedelta(days=1)
    return instant(day + timedelta(days=length.days), offset.at, zone).astimezone(UTC)


def useful_until(event: Event, offset: Offset, zone: str) -> datetime:
    """Nothing is sent about the past: before the start it is of use until the start (for whole days the first day's end)."""
    if offset.side == "after" or offset.of == "end":
        return ends_at(event, zone) + timedelta(days=7)
    if isinstance(event.when, AllDay):
        return end_of_day(event.when.first, zone).astimezone(UTC)
    return starts_at(event, zone)


def grace_of(rule: Rule) -> timedelta:
    """How late a reminder may still go out: as configured, else half of its offset, from 15 minutes to 12 hours."""
    if rule.grace is not None:
        return rule.grace
    length = rule.when.length if rule.when else timedelta(days=1)
    return min(max(length / 2, timedelta(minutes=15)), timedelta(hours=12))


def is_open(at: datetime, hours: Hours | None, zone: str) -> bool:
    """Whether mail may go out at this instant."""
    if hours is None:
        return True
    local = at.astimezone(ZoneInfo(zone))
    return local.weekday() in hours.days and hours.start <= _clock(local) <= hours.end


def last_open(at: datetime, hours: Hours | None, zone: str) -> datetime:
    """`at` itself when open, else the last open instant before it."""
    if hours is None or is_open(at, hours, zone):
        return at
    local = at.astimezone(ZoneInfo(zone))
    days = (local.date() - timedelta(days=back) for back in range(8))
    closings = (instant(day, hours.end, zone).astimezone(UTC) for day in days if day.weekday() in hours.days)
    return next((closing for closing in closings if closing <= at), at)


def next_open(at: datetime, hours: Hours | None, zone: str) -> datetime:
    """`at` itself when open, else the first open instant after it."""
    if hours is None or is_open(at, hours, zone):
        return at
    local = at.astimezone(ZoneInfo(zone))
    days = (local.date() + timedelta(days=ahead) for ahead in range(8))
    openings = (instant(day, hours.start, zone).astimezone(UTC) for day in days if day.weekday() in hours.days)
    return next((opening for opening in openings if opening >= at), at)


def next_closing(at: datetime, hours: Hours | None, zone: str) -> datetime | None:
    """The first instant after `at` at which mail may no longer go out; None when there are no hours."""
    if hours is None:
        return None
    local = at.astimezone(ZoneInfo(zone))
    closings = (
        instant(local.date() + timedelta(days=ahead), hours.end, zone).astimezone(UTC) + CLOSING for ahead in range(9)
    )
    return next((c for c in closings if c > at and is_open(c - CLOSING, hours, zone)), None)


def _clock(local: datetime) -> time:
    return time(local.hour, local.minute)


def cadence(cron: str, after: datetime, until: datetime, zone: str) -> Iterator[datetime]:
    """The instants in `(after, until]` at which clocks in `zone` show what `cron` says: in UTC, ascending, distinct.

    A time that the clocks skip comes later by the gap, one that they show twice comes at the first. So two stretches
    that meet give what the whole gives. Raises ValueError for a naive instant and for what is no cron line.
    """
    last, until = in_utc(after), in_utc(until)
    # Wall times that the clocks skip, or show again, lie a gap before or an overlap behind what they show at the ends.
    walls = _walls(cron, min(_shown(last, zone)), max(_shown(until, zone)))
    for due in _instants(walls, zone):
        if due > until:
            return
        if due > last:
            yield due
            last = due


def next_after(cron: str, after: datetime, zone: str) -> datetime | None:
    """The first instant of `cadence` after `after`; None when there is none in 41 years, which means never."""
    # From midnight on, or from the first of the month: at most instants it is one of the same few, and finding one takes long.
    midnight = in_utc(after).replace(hour=0, minute=0, second=0, microsecond=0)
    for start, most in ((midnight.replace(day=1), _A_MONTH), (midnight, _A_DAY)):
        at: datetime | None = start
        for _ in range(most):
            at = _next_after(cron, at, zone) if at is not None else None
            if at is None or at > after:
                return at
    return _next_after(cron, in_utc(after), zone)


@lru_cache(maxsize=4096)
def _next_after(cron: str, after: datetime, zone: str) -> datetime | None:
    return next(cadence(cron, after, after + RAREST, zone), None)


def _shown(at: datetime, zone: str) -> tuple[datetime, datetime]:
    """What clocks in `zone` show, and what they would show had they not been changed within the last day."""
    tz, day = ZoneInfo(zone), timedelta(days=1)
    return at.astimezone(tz).replace(tzinfo=None), (at - day).astimezone(tz).replace(tzinfo=None) + day


def _walls(cron: str, start: datetime, end: datetime) -> Iterator[datetime]:
    """The wall times from `start` to `end`, both included, that a cron line names: naive, ascending."""
    from apscheduler.triggers.cron import CronTrigger  # noqa: PLC0415 - slow: only sites with digests pay for it

    # UTC stands in for a zone without clock changes: in the zone itself the trigger fires twice in autumn.
    trigger = CronTrigger.from_crontab(cron, timezone=UTC)
    trigger.end_date = end.replace(tzinfo=UTC)
    wall: datetime | None = trigger.get_next_fire_time(None, start.replace(tzinfo=UTC))
    while wall is not None:
        yield wall.replace(tzinfo=None)
        wall = trigger.get_next_fire_time(None, wall + timedelta(seconds=1))


def _instants(walls: Iterable[datetime], zone: str) -> Iterator[datetime]:
    """When clocks show these ascending times, ascending: what a gap puts off comes among those right after the gap."""
    put_off: list[datetime] = []
    for wall in walls:
        shown = instant(wall.date(), wall.time(), zone)
        due = shown.astimezone(UTC)
        if shown.replace(tzinfo=None) != wall:
            put_off.append(due)
            continue
        while put_off and put_off[0] <= due:
            yield put_off.pop(0)
        yield due
    yield from put_off
