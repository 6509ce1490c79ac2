"""Points in time as programs write them: ISO 8601, RFC 3339, RFC 9557, RFC 2822, JavaScript, `date`."""

from __future__ import annotations

import re
from datetime import time

from notifier.core.reading.stamps import Stamp, Written, calendar_day, offset_of
from notifier.core.reading.zonekeys import zone_by_name
from notifier.core.reading.zonewords import ZoneWord

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = r"(?P<weekday>Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_MONTH = r"(?P<name>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_CLOCK = r"(?P<hour>\d{2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?"
_COMMENT = r"(?:\s\([^()]{0,60}\))?"
# 2026-03-05T18:30:00.000Z, 2026-03-05 18:30:00 +0100, 20260305T183000Z, …[Europe/Berlin] (RFC 9557)
_ISO = (
    r"(?P<year>\d{4})(?P<dash>-?)(?P<month>\d{2})(?P=dash)(?P<day>\d{2})(?:T|\s)"
    r"(?P<hour>\d{2}|(?<=T)\d(?=:)):?(?P<minute>\d{2})(?::?(?P<second>\d{2})(?:[.,]\d{1,9})?)?"
    r"(?:\s?(?P<offset>Z|UTC|[+\-−]\d{2}(?::?\d{2})?))?(?:\s?\[(?P<zone>[A-Z0-9_/+-]{1,60})\])?"
)
# Thu, 05 Mar 2026 18:30:00 +0100 (RFC 2822 3.3)
_MAIL = (
    rf"(?:{_WEEKDAY},?\s)?(?P<day>\d{{1,2}})\s{_MONTH}\s(?P<year>\d{{4}})\s{_CLOCK}"
    rf"(?:\s?(?P<offset>Z|UTC?|[+-]\d{{4}})|\sGMT)?{_COMMENT}"
)
# Thu Mar 05 2026 18:30:00 GMT+0100 (CET)
_SCRIPT = (
    rf"{_WEEKDAY}\s{_MONTH}\s(?P<day>\d{{1,2}})\s(?P<year>\d{{4}})\s{_CLOCK}"
    rf"(?:\s(?:GMT|UTC)(?P<offset>[+-]\d{{4}})?)?{_COMMENT}"
)
# Thu Mar 5 18:30:00 UTC 2026
_SHELL = rf"{_WEEKDAY}\s{_MONTH}\s(?P<day>\d{{1,2}})\s{_CLOCK}(?:\s(?P<offset>UTC)|\sGMT)?\s(?P<year>\d{{4}})"
_SHAPES = tuple(re.compile(shape, re.IGNORECASE) for shape in (_ISO, _MAIL, _SCRIPT, _SHELL))
#: An hour of one digit from here on is before noon.
_MORNING = 8
_NAMES_GMT = re.compile(r"\b(?:GMT|UTC)(?![+-])", re.IGNORECASE)
# `2026-03-05 07:00-08:00` is how people write a range: no program leaves out both the T and the seconds.
_RANGE = re.compile(r"\d{4}-\d{2}-\d{2}\s\d{2}:\d{2}-\d{2}:\d{2}")


def read_machine(text: str) -> Written | None:
    """The point that a program wrote; None where it is no such text."""
    if len(text) > 120 or _RANGE.fullmatch(text):
        return None
    match = next((found for shape in _SHAPES if (found := shape.fullmatch(text))), None)
    return _written(match) if match else None


def _written(match: re.Match[str]) -> Written | None:
    parts = match.groupdict()
    month = int(parts["month"]) if parts.get("month") else _MONTHS.index(parts["name"].casefold()) + 1
    day = calendar_day(int(parts["year"]), month, int(parts["day"]))
    clock = None if _is_by_hand(parts) else _clock(parts)
    said = parts.get("offset") or ("Z" if _NAMES_GMT.search(match[0]) else None)
    offset = offset_of(said) if said else None
    named = parts.get("zone")
    zone = zone_by_name(named) if named else None
    if day is None or clock is None or (said and offset is None) or (named and zone is None):
        return None
    weekday = parts.get("weekday")
    return Written(
        start=Stamp(day=day, clock=clock, offset=offset, zone=ZoneWord(text=zone, zone=zone) if zone else None),
        days=(day,),
        weekday=day if weekday and _WEEKDAYS.index(weekday.casefold()) != day.weekday() else None,
    )


def _is_by_hand(parts: dict[str, str | None]) -> bool:
    """Behind a T stands the 24-hour clock, but `T2:00` may be a slip of the pen; `T2:00:00+01:00` is none."""
    return (
        len(parts["hour"] or "") == 1
        and int(parts["hour"] or 0) < _MORNING
        and not (parts["second"] or parts["offset"])
    )


def _clock(parts: dict[str, str | None]) -> time | None:
    try:
        return time(int(parts["hour"] or 0), int(parts["minute"] or 0), min(int(parts["second"] or 0), 59))
    except ValueError:
        return None
