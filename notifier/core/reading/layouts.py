"""Dates and times in a layout that config.yaml names: strptime's directives, or `unix`."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from notifier.core.reading.stamps import Stamp, Unread, Written, is_plausible

_UNIX = re.compile(r"-?\d{1,16}(?:\.\d{1,9})?")
# In seconds this is the year 5138, in milliseconds 1973.
_MILLISECONDS = 100_000_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DIRECTIVE = re.compile(r"%(.)")
# %Z is left out: which names it knows depends on the machine.
_KNOWN = frozenset("aAbBdeHIjmMpSyYzf%")


def read_layout(text: str, layout: str) -> Written | Unread | None:
    """The point that a text gives in a layout; None where it is not written so."""
    if layout.strip().casefold() == "unix":
        return _unix(text)
    directives = frozenset(_DIRECTIVE.findall(layout))
    if not directives <= _KNOWN:
        return None
    has_year = bool(directives & {"y", "Y"})
    # Without a year 29 February would be none: a leap year stands in, and is not told.
    at = _parsed(text, layout) if has_year else _parsed(f"2000 {text}", f"%Y {layout}")
    if at is None:
        return None
    has_day = ("d" in directives and bool(directives & {"m", "b", "B"})) or "j" in directives
    if has_day and not has_year:
        return Unread(why="no-year")
    if directives & {"m", "b", "B"} and not has_day:
        return Unread(why="only-month")
    if has_day and not is_plausible(at.date()):
        return None
    stamp = Stamp(
        day=at.date() if has_day else None,
        clock=at.time() if directives & {"H", "I"} else None,
        offset=at.utcoffset() if at.tzinfo else None,
    )
    return Written(start=stamp) if stamp.day or stamp.clock else None


def _parsed(text: str, layout: str) -> datetime | None:
    try:
        return datetime.strptime(text, layout)  # noqa: DTZ007 - a layout without %z has no zone to give
    except (ValueError, re.error):
        return None


def _unix(text: str) -> Written | None:
    if not _UNIX.fullmatch(text.strip()):
        return None
    number = float(text)
    seconds = number / 1000 if abs(number) >= _MILLISECONDS else number
    try:
        at = _EPOCH + timedelta(seconds=round(seconds))
    except OverflowError:
        return None
    if not is_plausible(at.date()):
        return None
    return Written(start=Stamp(day=at.date(), clock=at.time(), offset=timedelta(0)))
