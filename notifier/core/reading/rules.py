"""Recurrence rules of RFC 5545 (3.3.10), on wall clocks: parts in, naive times out, and always an end."""

from __future__ import annotations

import re
from calendar import isleap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, datetime, timedelta
from typing import Any, Literal

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, YEARLY, rrule, weekday

_FREQUENCIES: Mapping[str, Literal[0, 1, 2, 3]] = {
    "YEARLY": YEARLY,
    "MONTHLY": MONTHLY,
    "WEEKLY": WEEKLY,
    "DAILY": DAILY,
}
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
#: Each part that holds numbers: dateutil's name for it and the greatest one.
_NUMBERS = {
    "BYMONTH": ("bymonth", 12), "BYMONTHDAY": ("bymonthday", 31), "BYYEARDAY": ("byyearday", 366),
    "BYWEEKNO": ("byweekno", 53), "BYSETPOS": ("bysetpos", 366),
}  # fmt: skip
_NEVER_NEGATIVE = frozenset({"BYMONTH"})
# RFC 5545 3.3.10: these parts must not stand with these frequencies.
_REFUSED = {
    "DAILY": frozenset({"BYYEARDAY", "BYWEEKNO", "BYSETPOS"}),
    "WEEKLY": frozenset({"BYMONTHDAY", "BYYEARDAY", "BYWEEKNO"}),
    "MONTHLY": frozenset({"BYYEARDAY", "BYWEEKNO"}),
    "YEARLY": frozenset[str](),
}
_NEEDED_BY_SETPOS = frozenset({"BYDAY", "BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO"})
#: Every part of a rule that is followed.
PARTS = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", *_NUMBERS})
_VALUE = re.compile(r"[A-Z0-9,+:. -]{1,400}")
_DAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_NUMBER = re.compile(r"[+-]?\d{1,3}")
_MAX_INTERVAL = 1000
_LONGEST = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule taken apart. `until` is its text: what that means depends on the event. `by` are dateutil's arguments."""

    frequency: str
    interval: int
    count: int | None
    until: str | None
    week_start: int
    by: Mapping[str, list[int] | list[weekday]]


def rule_of(text: str) -> Rule | None:
    """The rule that a text is, with or without `RRULE:`; None for one that is wrong, refused or not understood.

    Rules by hours, minutes and seconds are refused, as are parts that are no part of the RFC (BYEASTER).
    """
    parts = _parts(text)
    if parts is None or not parts.keys() <= PARTS or ("COUNT" in parts and "UNTIL" in parts):
        return None
    frequency = parts.get("FREQ", "")
    interval, count = _positive(parts.get("INTERVAL", "1")), _positive(parts["COUNT"]) if "COUNT" in parts else None
    week_start = parts.get("WKST", "MO")
    if frequency not in _FREQUENCIES or interval is None or interval > _MAX_INTERVAL or week_start not in _WEEKDAYS:
        return None
    if ("COUNT" in parts and count is None) or parts.keys() & _REFUSED[frequency]:
        return None
    by = _by(parts, frequency)
    if by is None or ("BYSETPOS" in parts and not parts.keys() & _NEEDED_BY_SETPOS):
        return None
    return Rule(
        frequency=frequency, interval=interval, count=count, until=parts.get("UNTIL"),
        week_start=_WEEKDAYS.index(week_start), by=by,
    )  # fmt: skip


def _parts(text: str) -> dict[str, str] | None:
    text = text.strip()
    if len(text) > _LONGEST:
        return None
    text = text[6:] if text[:6].upper() == "RRULE:" else text
    parts: dict[str, str] = {}
    for piece in text.strip().strip(";").split(";"):
        name, _, value = (side.strip().upper() for side in piece.partition("="))
        if name in parts or not _VALUE.fullmatch(value):
            return None
        parts[name] = value.replace(" ", "")
    return parts


def _positive(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) <= 5 and int(text) > 0 else None


def _by(parts: Mapping[str, str], frequency: str) -> dict[str, list[int] | list[weekday]] | None:
    by: dict[str, list[int] | list[weekday]] = {}
    for name, (argument, most) in _NUMBERS.items():
        if name in parts:
            numbers = _numbers(parts[name], most, negative=name not in _NEVER_NEGATIVE)
            if not numbers:
                return None
            by[argument] = numbers
    if "BYDAY" in parts:
        days = _weekdays(parts["BYDAY"])
        # The third Tuesday is one of a month or a year, not of a week (and not of a numbered one).
        ordinal = frequency in ("MONTHLY", "YEARLY") and "BYWEEKNO" not in parts
        if not days or (not ordinal and any(day.n for day in days)):
            return None
        by["byweekday"] = days
    return by


def _numbers(text: str, most: int, *, negative: bool) -> list[int] | None:
    pieces = text.split(",")
    if not all(_NUMBER.fullmatch(piece) for piece in pieces):
        return None
    numbers = [int(piece) for piece in pieces]
    fits = all(0 < abs(number) <= most and (negative or number > 0) for number in numbers)
    return numbers if fits else None


def _weekdays(text: str) -> list[weekday] | None:
    matches = [_DAY.fullmatch(piece) for piece in text.split(",")]
    days: list[weekday] = []
    for match in matches:
        number = int(match[1]) if match and match[1] else None
        if match is None or number == 0 or (number is not None and abs(number) > 53):
            return None
        days.append(weekday(_WEEKDAYS.index(match[2]), number))
    return days


def times_of(rule: Rule, start: datetime, until: datetime) -> Iterator[datetime]:
    """The wall-clock times that the rule itself gives from `start` to `until`, both included; COUNT is the caller's."""
    if until.year >= MAXYEAR or start > until:
        return
    daily, later = _is_filtered_daily(rule), _years_to_late_copy(start.year, until.year)
    for late in _followed(rule, _shifted(start, later), _shifted(until, later)):
        at = _shifted(late, -later)
        if not daily or (at.date() - start.date()).days % rule.interval == 0:
            yield at


def _years_to_late_copy(first: int, last: int) -> int:
    """How many years later the calendar is the same throughout these years and the two beside them.

    dateutil looks at `until` only where the rule matches, so one that never does runs to the year 9999. The rule is
    followed in the latest copy of its years: after 28 years the calendar mostly repeats, after 400 it always does.
    """
    for later in range(MAXYEAR - 1 - last, 0, -1):
        if _weekday_of_new_year(first - 1) == _weekday_of_new_year(first - 1 + later) and all(
            isleap(year) == isleap(year + later) for year in range(first - 1, last + 2)
        ):
            return later
    return 0


def _weekday_of_new_year(year: int) -> int:
    before = year - 1
    return (365 * before + before // 4 - before // 100 + before // 400) % 7


def _followed(rule: Rule, start: datetime, until: datetime) -> Iterator[datetime]:
    daily = _is_filtered_daily(rule)
    try:
        yield from rrule(
            _FREQUENCIES["YEARLY" if daily else rule.frequency], dtstart=start, until=until, wkst=rule.week_start,
            interval=1 if daily else rule.interval, **_arguments(rule),
        )  # fmt: skip
    except (ValueError, OverflowError):
        return  # dateutil steps over the last day of the year 9999; all that is wanted was before


def _is_filtered_daily(rule: Rule) -> bool:
    """DAILY with BYMONTH and the like: the same days as YEARLY with them, without a step for each day between."""
    return rule.frequency == "DAILY" and bool(rule.by)


def _arguments(rule: Rule) -> dict[str, Any]:
    every_day = _is_filtered_daily(rule) and not {"bymonthday", "byweekday"} & rule.by.keys()
    return dict(rule.by) | ({"byweekday": [weekday(n) for n in range(7)]} if every_day else {})


def _shifted(at: datetime, years: int) -> datetime:
    return at.replace(year=at.year + years)


def last_moment_of(year: int) -> datetime:
    """The last second of a year, on any clock."""
    return datetime(year + 1, 1, 1) - timedelta(seconds=1)  # noqa: DTZ001 - a wall clock, in no zone
