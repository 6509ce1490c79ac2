"""VTIMEZONEs of our own, from the tz database: yearly rules, never lists of dates.

icalendar writes every onset into one RDATE. Thunderbird reads the first value of it and Outlook none, and they show
events an hour wrong. A zone that yearly rules don't tell rightly has no VTIMEZONE here, and its times go out in UTC.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache

from notifier.core.entry import Span
from notifier.core.ics.lines import written
from notifier.core.zones import is_ambiguous, zone_named

#: A rule must hold from the year before an event to this one, or for ten years, whichever is later.
LAST_YEAR = 2037
_YEARS_AHEAD = 10
_YEARS = range(1900, 9900)
#: Clients know these better than any definition of them.
_UTC = frozenset(
    {"UTC", "UCT", "Zulu", "Universal", "GMT", "Etc/UTC", "Etc/UCT", "Etc/Zulu", "Etc/Universal", "Etc/GMT"}
)
_TZID = re.compile(r"[A-Za-z0-9_+-]+(?:/[A-Za-z0-9_+-]+)*", re.ASCII)
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_STEP, _SECOND, _MINUTE = timedelta(days=7), timedelta(seconds=1), timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Onset:
    """A change of a zone's offset: the time on the clocks until then, the offsets before and after, the name after."""

    wall: datetime
    before: timedelta
    after: timedelta
    name: str


def tzid_for(span: Span, zone: str) -> str | None:
    """The name of a zone whose VTIMEZONE tells the span's times rightly in every client; None: write them in UTC.

    A time that clocks show twice, or never, is another instant in five clients of six than RFC 5545 3.3.5 says.
    """
    if span.all_day or not isinstance(span.start, datetime) or not isinstance(span.end, datetime):
        return None
    year = span.start.year
    if span.end.year >= year + _YEARS_AHEAD or vtimezone(zone, year) is None:
        return None
    walls = (at.astimezone(zone_named(zone)) for at in (span.start, span.end))
    return None if any(is_ambiguous(wall.date(), wall.time(), zone) for wall in walls) else zone


@lru_cache(maxsize=1024)
def vtimezone(zone: str, year: int) -> bytes | None:
    """The VTIMEZONE of an IANA zone for events that begin in `year` (by the clocks of UTC).

    None for a zone nobody knows, and where yearly rules would not give the very instants of the tz database.
    """
    if zone in _UTC or year not in _YEARS or not _TZID.fullmatch(zone):
        return None
    try:
        tz = zone_named(zone)
    except ValueError:
        return None
    first, last = year - 1, max(year + _YEARS_AHEAD, LAST_YEAR)
    parts = _observances(list(_onsets(tz, first, last)), tz, range(first, last + 1))
    if parts is None:
        return None
    return written(["BEGIN:VTIMEZONE", f"TZID:{zone}", f"X-LIC-LOCATION:{zone}", *parts, "END:VTIMEZONE"])


def _observances(onsets: Sequence[_Onset], tz: tzinfo, years: range) -> list[str] | None:
    if not onsets:
        start = datetime(years[0], 1, 1, tzinfo=UTC).astimezone(tz)
        offset = _offset(tz, start)
        always = _Onset(wall=datetime(years[0], 1, 1), before=offset, after=offset, name=start.tzname() or "")  # noqa: DTZ001 - the clocks of the zone
        return _observance("STANDARD", always) if _is_whole(offset) else None
    kinds = {(onset.before, onset.after) for onset in onsets}
    if len(kinds) != 2 or not all(map(_is_whole, next(iter(kinds)))):
        return None
    lines: list[str] = []
    for kind in ([one for one in onsets if one.after > one.before], [one for one in onsets if one.after < one.before]):
        rule = _rule([onset.wall for onset in kind], years)
        if rule is None:
            return None
        # The larger offset is DAYLIGHT, in Dublin too, whose law has it the other way round: Outlook knows no other.
        lines += _observance("DAYLIGHT" if kind[0].after > kind[0].before else "STANDARD", kind[0], rule)
    return lines


def _observance(kind: str, onset: _Onset, rule: str = "") -> list[str]:
    """Outlook reads no more of it than this."""
    return [
        f"BEGIN:{kind}",
        f"DTSTART:{onset.wall:%Y%m%dT%H%M%S}",
        f"RRULE:{rule}" if rule else "",
        f"TZOFFSETFROM:{_signed(onset.before)}",
        f"TZOFFSETTO:{_signed(onset.after)}",
        f"TZNAME:{onset.name}" if onset.name.isalpha() else "",
        f"END:{kind}",
    ]


def _rule(walls: Sequence[datetime], years: range) -> str | None:
    """The rule that gives exactly these times, one a year; None if there is none."""
    shapes = {(wall.month, wall.weekday(), wall.time()) for wall in walls}
    if [wall.year for wall in walls] != list(years) or len(shapes) > 1:
        return None
    month, weekday, _ = shapes.pop()
    nths = set.intersection(*(_nths(wall) for wall in walls))
    return f"FREQ=YEARLY;BYMONTH={month};BYDAY={max(nths)}{_DAYS[weekday]}" if nths else None


def _nths(day: date) -> set[int]:
    """Which one of its weekday in its month a day is: the second, the last. A fifth isn't there every year."""
    forward = (day.day - 1) // 7 + 1
    is_last = (day + timedelta(days=7)).month != day.month
    return {nth for nth in (forward if forward < 5 else 0, -1 if is_last else 0) if nth}


def _onsets(tz: tzinfo, first: int, last: int) -> Iterator[_Onset]:
    """Every change of the offset in these years, to the second."""
    at, end = datetime(first, 1, 1, tzinfo=UTC), datetime(last + 1, 1, 1, tzinfo=UTC)
    before = _offset(tz, at)
    while at < end:
        following = at + _STEP
        after = _offset(tz, following)
        if after != before:
            change = _change(tz, at, following)
            wall = change.replace(tzinfo=None) + before
            yield _Onset(wall=wall, before=before, after=after, name=change.astimezone(tz).tzname() or "")
        at, before = following, after


def _change(tz: tzinfo, before: datetime, after: datetime) -> datetime:
    """The first second of the offset that holds at `after`."""
    offset = _offset(tz, after)
    while after - before > _SECOND:
        middle = before + (after - before) // (2 * _SECOND) * _SECOND
        before, after = (before, middle) if _offset(tz, middle) == offset else (middle, after)
    return after


def _offset(tz: tzinfo, at: datetime) -> timedelta:
    return at.astimezone(tz).utcoffset() or timedelta()


def _is_whole(offset: timedelta) -> bool:
    """Offsets with seconds, as they were before railways, are read by few."""
    return offset % _MINUTE == timedelta()


def _signed(offset: timedelta) -> str:
    minutes = abs(offset) // _MINUTE
    return f"{'-' if offset < timedelta() else '+'}{minutes // 60:02}{minutes % 60:02}"
