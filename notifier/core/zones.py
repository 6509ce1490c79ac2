"""The one place that turns a wall-clock time into an instant, so that mail, feed and page can't disagree."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_REMEMBERED = 1 << 14
_MIDNIGHT = time(0)


def zone_named(name: str) -> ZoneInfo:
    """The zone of an IANA name. Raises ValueError for any other text (a path, an abbreviation, nonsense)."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is not a time zone of the IANA database.") from error


def instant(day: date, clock: time, zone: str) -> datetime:
    """The instant at which clocks in `zone` show `clock` on `day`, as an aware datetime in that zone.

    A time that doesn't exist (spring) moves forward by the gap; a time that happens twice (autumn) is the
    first of the two. The same wall time always gives the same instant. RFC 5545 3.3.5 says the same.
    """
    return _instant(day, clock.replace(tzinfo=None, fold=0), zone)


# The same times are asked for again with every plan, and finding one takes longer than finding it again.
@lru_cache(maxsize=_REMEMBERED)
def _instant(day: date, clock: time, zone: str) -> datetime:
    tz = zone_named(zone)
    return datetime.combine(day, clock, tz).astimezone(UTC).astimezone(tz)


def in_utc(at: datetime) -> datetime:
    """The same instant in UTC. Raises ValueError for a naive one: it would be read in the zone of the host."""
    if at.tzinfo is None:
        raise ValueError(f"{at!r} has no time zone.")
    return at.astimezone(UTC)


def is_ambiguous(day: date, clock: time, zone: str) -> bool:
    """Whether clocks in `zone` show `clock` twice or never on `day`."""
    tz = zone_named(zone)
    wall = datetime.combine(day, clock, tz)
    return wall.replace(fold=0).utcoffset() != wall.replace(fold=1).utcoffset()


def start_of_day(day: date, zone: str) -> datetime:
    """The first instant of `day` in `zone`."""
    return _instant(day, _MIDNIGHT, zone)


def end_of_day(day: date, zone: str) -> datetime:
    """The first instant after `day` in `zone`."""
    return _instant(day + timedelta(days=1), _MIDNIGHT, zone)


def next_date(at: datetime, zone: str) -> datetime:
    """The first instant after `at`, in UTC, at which clocks in `zone` show another date than then.

    Mostly midnight; clocks that are put back across it show the day before once more.
    """
    return _next_date(in_utc(at), zone)


@lru_cache(maxsize=_REMEMBERED)
def _next_date(here: datetime, zone: str) -> datetime:
    tz = zone_named(zone)
    today = here.astimezone(tz).date()
    while True:
        turn = _next_turn(here, tz)
        # Up to there clocks run evenly.
        midnight = datetime.combine(today + timedelta(days=1), time(0), UTC) - _offset(here, tz)
        if here < midnight < turn:
            return midnight
        if turn.astimezone(tz).date() != today:
            return turn
        here = turn


def _next_turn(here: datetime, tz: ZoneInfo) -> datetime:
    """When clocks are put forward or back within an hour from `here` (in UTC); else the end of that hour."""
    low, high = int(here.timestamp()), int(here.timestamp()) + 3600
    after = _offset(datetime.fromtimestamp(high, UTC), tz)
    if _offset(here, tz) == after:
        return datetime.fromtimestamp(high, UTC)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _offset(datetime.fromtimestamp(middle, UTC), tz) == after else (middle, high)
    return datetime.fromtimestamp(high, UTC)


def _offset(at: datetime, tz: ZoneInfo) -> timedelta:
    return at.astimezone(tz).utcoffset() or timedelta(0)


def moment(at: datetime, zone: str) -> str:
    """An instant as people read it: `Tue 9 Dec 2026 10:00 GMT`."""
    # In UTC: in a zone the two instants of an hour that happens twice are equal.
    return _moment(at.astimezone(UTC), zone)


@lru_cache(maxsize=_REMEMBERED)
def _moment(at: datetime, zone: str) -> str:
    local = at.astimezone(zone_named(zone))
    return f"{local:%a} {local.day} {local:%b %Y %H:%M %Z}"
