"""A strict check of VTIMEZONEs against the tz database: every offset, at every change, as long as clients will ask.

Strict in form too. Real clients read only the first of a list of RDATEs, or none; Outlook reads nothing but these five:
TZID, DTSTART, RRULE, TZOFFSETFROM, TZOFFSETTO.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tests.acceptance.calendars.contentlines import Component, NotCalendar, parse
from tests.acceptance.calendars.lint import Complaints, moment_of

#: Nobody plans further than this, and rules are not known further.
LAST_YEAR = 2037
_RULE = re.compile(
    r"FREQ=YEARLY;(?:UNTIL=(\d{8}T\d{6}Z);)?BYMONTH=(\d{1,2});BYDAY=(-?[1-5])(MO|TU|WE|TH|FR|SA|SU)(?:;UNTIL=(\d{8}T\d{6}Z))?",
    re.ASCII,
)
_OFFSET = re.compile(r"([+-])(\d{2})(\d{2})(\d{2})?", re.ASCII)
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_READ = {"DTSTART", "RRULE", "TZOFFSETFROM", "TZOFFSETTO", "TZNAME"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Onset:
    """An instant, naive and in UTC, and the offsets before and from it on."""

    at: datetime
    before: timedelta
    after: timedelta


def complaints(data: bytes) -> list[str]:
    """What is wrong with the zones of a calendar: their form, their offsets, and times that happen twice or never."""
    try:
        parts = parse(data)
    except NotCalendar as error:
        return [str(error)]
    found: list[str] = []
    for calendar in parts:
        events = list(calendar.walk("VEVENT"))
        for zone in calendar.walk("VTIMEZONE"):
            name = zone.value("TZID") or ""
            found += (f"{name}: {what}" for what in _zone(zone, name, _first_year(events, name)))
        found += (f"line {event.number}: {what}" for event in events for what in _wall_times(event))
    return found


def _first_year(events: list[Component], zone: str) -> int:
    used = [line for event in events for line in event.lines if line.parameters.get("TZID") == zone]
    years = [moment.year for line in used if (moment := moment_of(line)) is not None]
    return min(years, default=LAST_YEAR)


def _zone(zone: Component, name: str, first_year: int) -> Complaints:
    try:
        truth = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield "not a name of the tz database"
        return
    form = [what for part in zone.parts for what in _form(part)]
    if not zone.parts:
        form.append("no STANDARD and no DAYLIGHT")
    yield from form
    if form:
        return
    onsets = sorted((onset for part in zone.parts for onset in _onsets(part)), key=lambda onset: onset.at)
    yield from _names(zone)
    yield from _wrong(onsets, truth, first_year)


def _form(part: Component) -> Complaints:
    start, where = part.first("DTSTART"), f"{part.name} of line {part.number}"
    if start is None or moment_of(start) is None or start.parameters or start.value.endswith("Z"):
        yield f"{where}: DTSTART is not a local time"
    for name in ("TZOFFSETFROM", "TZOFFSETTO"):
        if not _OFFSET.fullmatch(part.value(name) or ""):
            yield f"{where}: {name} is no offset"
    for other in sorted({line.name for line in part.lines} - _READ):
        yield f"{where}: {other} is not read by all"
    rule = part.value("RRULE")
    if rule is not None and not _RULE.fullmatch(rule):
        yield f"{where}: the rule {rule} is not of the form that all read"


def _offset(value: str | None) -> timedelta:
    found = _OFFSET.fullmatch(value or "")
    if found is None:
        raise NotCalendar(f"{value!r} is no offset")
    sign, hours, minutes, seconds = found.groups(default="0")
    length = timedelta(hours=int(hours), minutes=int(minutes), seconds=int(seconds))
    return -length if sign == "-" else length


def _onsets(part: Component) -> Iterator[_Onset]:
    """Every onset of an observance: its DTSTART, in the offset before it, and those of its rule."""
    before, after = _offset(part.value("TZOFFSETFROM")), _offset(part.value("TZOFFSETTO"))
    [line] = part.all("DTSTART")
    start = moment_of(line)
    if not isinstance(start, datetime):
        return
    yield _Onset(at=start - before, before=before, after=after)
    found = _RULE.fullmatch(part.value("RRULE") or "")
    if found is None:
        return
    last = datetime.strptime(found[1] or found[5] or "99991231T235959Z", "%Y%m%dT%H%M%SZ")
    for year in range(start.year, LAST_YEAR + 2):
        wall = datetime.combine(_day(year, int(found[2]), int(found[3]), found[4]), start.time())
        if start < wall and wall - before <= last:
            yield _Onset(at=wall - before, before=before, after=after)


def _day(year: int, month: int, nth: int, weekday: str) -> date:
    """The nth (from the end where it is negative) such weekday of a month."""
    following = date(year + month // 12, month % 12 + 1, 1)
    days = [date(year, month, 1) + timedelta(days=n) for n in range((following - date(year, month, 1)).days)]
    same = [day for day in days if _DAYS[day.weekday()] == weekday]
    return same[nth - 1 if nth > 0 else nth] if abs(nth) <= len(same) else same[-1]


def _names(zone: Component) -> Complaints:
    """The larger offset is the daylight one, in Dublin too: Outlook knows no other way round."""
    offsets = {part.name: _offset(part.value("TZOFFSETTO")) for part in zone.parts}
    if len(offsets) == 2 and offsets["DAYLIGHT"] <= offsets["STANDARD"]:
        yield "DAYLIGHT is not the larger offset"
    if set(offsets) == {"DAYLIGHT"}:
        yield "DAYLIGHT without STANDARD"


def _wrong(onsets: list[_Onset], truth: ZoneInfo, first_year: int) -> Complaints:
    """Where the offset is another than the tz database's: just before and at every change, and twice a month."""
    changes = {onset.at for onset in onsets} | {*_changes(truth, first_year)}
    months = {datetime(year, month, day) for year in _years(first_year) for month in range(1, 13) for day in (1, 15)}
    around = {at + step for at in changes for step in (timedelta(seconds=-1), timedelta(), timedelta(hours=1))}
    asked = sorted(at for at in around | months if first_year <= at.year <= LAST_YEAR)
    wrong = [at for at in asked if _told(onsets, at) != _offset_at(truth, at)]
    if wrong:
        at = wrong[0]
        yield (
            f"{len(wrong)} of {len(asked)} instants are wrong, first {at:%Y-%m-%d %H:%M:%S} UTC: "
            f"{_told(onsets, at)} instead of {_offset_at(truth, at)}"
        )
    yield from (
        f"the onset {onset.at:%Y-%m-%d %H:%M} UTC is told from {onset.before}, and {_offset_at(truth, onset.at - timedelta(seconds=1))} holds"
        for onset in onsets
        if first_year <= onset.at.year <= LAST_YEAR
        and onset.before != _offset_at(truth, onset.at - timedelta(seconds=1))
    )


def _years(first_year: int) -> range:
    return range(first_year, LAST_YEAR + 1)


# Calendars of many events ask for the same again.
@lru_cache(maxsize=256)
def _changes(truth: ZoneInfo, first_year: int) -> tuple[datetime, ...]:
    """Every change of the offset, to the second."""
    found = list[datetime]()
    at, end = datetime(first_year, 1, 1), datetime(LAST_YEAR + 1, 1, 1)
    while at < end:
        following = at + timedelta(days=5)
        if _offset_at(truth, at) != _offset_at(truth, following):
            found.append(_between(truth, at, following))
        at = following
    return tuple(found)


def _between(truth: ZoneInfo, at: datetime, end: datetime) -> datetime:
    before = _offset_at(truth, at)
    while end - at > timedelta(seconds=1):
        middle = at + timedelta(seconds=(end - at) // timedelta(seconds=2))
        at, end = (middle, end) if _offset_at(truth, middle) == before else (at, middle)
    return end


def _told(onsets: list[_Onset], at: datetime) -> timedelta:
    """The offset that holds at an instant: that of the last onset; before the first one, what it says was before."""
    past = [onset for onset in onsets if onset.at <= at]
    return past[-1].after if past else onsets[0].before


def _offset_at(truth: ZoneInfo, at: datetime) -> timedelta:
    offset = at.replace(tzinfo=UTC).astimezone(truth).utcoffset()
    return timedelta() if offset is None else offset


def _wall_times(event: Component) -> Complaints:
    """Times that clocks show twice or never: RFC 5545 3.3.5 and five clients of six disagree on them."""
    for line in event.lines:
        zone, moment = line.parameters.get("TZID"), moment_of(line)
        if not zone or line.name not in ("DTSTART", "DTEND", "EXDATE", "RDATE") or not isinstance(moment, datetime):
            continue
        try:
            wall = moment.replace(tzinfo=ZoneInfo(zone))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
        if wall.utcoffset() != wall.replace(fold=1).utcoffset():
            yield f"{line.name} is a time that clocks in {zone} show twice or never"
