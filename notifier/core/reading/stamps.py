"""A point in time as somebody wrote it, part by part, and why a text is none."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from typing import Literal

from notifier.core.reading.zonewords import ZoneWord
from notifier.core.values import record

#: Why a text gives no certain point: it is left open, names only a month (season, year), no year, either of two days,
#: or is not understood.
Why = Literal["tbc", "only-month", "no-year", "which-day", "unreadable"]

_OFFSET = re.compile(r"([+\-−])(\d{1,2})(?::?([0-5]\d))?")


@record(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What one point says; what it doesn't say is None. `zone` are the words for one beside the time."""

    day: date | None = None
    clock: time | None = None
    offset: timedelta | None = None
    zone: ZoneWord | None = None


@record(frozen=True, slots=True, kw_only=True)
class Written:
    """What one value says: a start, perhaps its end in the same words, and every day it names.

    `weekday` is a day that stands with the name of another weekday. `open`: “to be confirmed” stands beside it.
    """

    start: Stamp
    end: Stamp | None = None
    days: tuple[date, ...] = ()
    weekday: date | None = None
    open: bool = False


@record(frozen=True, slots=True, kw_only=True)
class Unread:
    """A value that gives no certain point. `days` are those that it may mean."""

    why: Why
    days: tuple[date, ...] = ()


def is_plausible(day: date) -> bool:
    """Far years are slips of the pen, and their instants would overflow."""
    return 1900 <= day.year <= 2200


def calendar_day(year: int, month: int, day: int) -> date | None:
    """A plausible day of the calendar."""
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found if is_plausible(found) else None


def offset_of(text: str) -> timedelta | None:
    """`Z`, `UTC`, `+01:00`, `+0100`, `-5`; None for what no clock on earth shows."""
    text = text.strip()
    if text.upper() in ("Z", "UT", "UTC"):
        return timedelta(0)
    match = _OFFSET.fullmatch(text)
    if not match:
        return None
    length = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    if length > timedelta(hours=14):
        return None
    return length if match[1] == "+" else -length
