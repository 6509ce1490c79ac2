"""Whether a layout of dates can be read back: tried with a day and a time that every mistake shows on."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from notifier.config.tree import shown

# A day after the twelfth, a month of two digits, an hour after noon, no minutes: `%H Uhr` is a layout, too.
_SAMPLE = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
# Not %Z, %c and the like, which mean another thing on another machine.
_DIRECTIVES = frozenset("aAbBdHIjmMpSyYzf%")
_EXAMPLE = 'Write, for example: "%d/%m/%Y", "%d.%m.%Y %H:%M", or unix.'


def layout_problem(layout: str, field: str) -> tuple[str, str] | None:
    """What is wrong with it and what to write, for one of the fields that hold dates and times; None for nothing."""
    if layout == "unix" or not layout:
        return None
    if "%" not in layout:
        return f"{shown(layout)!r} is no layout: it has no directives.", _EXAMPLE
    others = [sign for sign in re.findall("%(.)", layout) if sign not in _DIRECTIVES]
    if others:
        return f"{shown(layout)!r} has %{shown(others[0])}, by which no date is read.", _EXAMPLE
    has_day = re.search("%[djmbB]", layout) is not None
    if has_day and not re.search("%[Yy]", layout):
        return f"{shown(layout)!r} has a day without its year.", _EXAMPLE
    try:
        read = datetime.strptime(_SAMPLE.strftime(layout), layout)  # noqa: DTZ007  only its parts are looked at
    except (ValueError, re.error):
        return f"{shown(layout)!r} is no layout that can be read back.", _EXAMPLE
    return _lost(layout, field, read, has_day=has_day)


def _lost(layout: str, field: str, read: datetime, *, has_day: bool) -> tuple[str, str] | None:
    same_day = read.date() == _SAMPLE.date()
    same_time = read.time() == _SAMPLE.time()
    if not same_day and (has_day or field in ("date", "dates")):
        return f"{shown(layout)!r} does not hold a whole date.", "Write a layout with day, month and year: %d/%m/%Y."
    has_time = re.search("%[HIMp]", layout) is not None
    if has_time and not same_time:
        return f"{shown(layout)!r} reads 14:00 as {read:%H:%M}.", "Write %H for hours to 24, or %I with %p."
    if not same_day and not same_time:
        return f"{shown(layout)!r} holds neither a date nor a time.", _EXAMPLE
    return None
