"""Dates as people write them in English, and the dates of front matter.

A pattern only proposes: each mention keeps its words, and what is not a day of the calendar is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKDAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_MONTH = (
    r"(?:[Jj]an(?:uary)?|[Ff]eb(?:ruary)?|Mar(?:ch)?|[Aa]pr(?:il)?|May|[Jj]une?|[Jj]uly?|[Aa]ug(?:ust)?"
    r"|[Ss]ept?(?:ember)?|[Oo]ct(?:ober)?|[Nn]ov(?:ember)?|[Dd]ec(?:ember)?"
    r"|JAN(?:UARY)?|FEB(?:RUARY)?|MAR(?:CH)?|APR(?:IL)?|MAY|JUNE?|JULY?|AUG(?:UST)?"
    r"|SEPT?(?:EMBER)?|OCT(?:OBER)?|NOV(?:EMBER)?|DEC(?:EMBER)?)\b\.?"
)
_WEEKDAY = (
    r"(?:[Mm]on(?:day)?|[Tt]ue(?:s(?:day)?)?|[Ww]ed(?:s|nesday)?|[Tt]hu(?:r(?:s(?:day)?)?)?|[Ff]ri(?:day)?"
    r"|[Ss]at(?:urday)?|[Ss]un(?:day)?|MON(?:DAY)?|TUE(?:SDAY)?|WED(?:NESDAY)?|THU(?:RSDAY)?|FRI(?:DAY)?"
    r"|SAT(?:URDAY)?|SUN(?:DAY)?)\b\.?"
)
_DAY = r"\d{1,2}(?!\d)(?:st|nd|rd|th)?"
_JOIN = r"\s{0,2}(?:,|and|&|-|–|—|to)\s{0,2}"
_DAYS = rf"{_DAY}(?:{_JOIN}(?:{_WEEKDAY},?\s{{1,2}})?{_DAY}){{0,5}}"
# Not a comma here: in "May 29, 9-10am" the 9 is no day.
_DAYS_AFTER = rf"{_DAY}(?:\s{{0,2}}(?:and|&|-|–|—|to)\s{{0,2}}{_DAY}){{0,5}}"
_MENTION = re.compile(
    rf"(?<![\w:£$€-])(?:(?P<weekday>{_WEEKDAY}),?\s{{1,2}})?(?:the\s)?"
    rf"(?:(?P<days>{_DAYS})\s{{0,2}}(?:of\s)?(?P<month>{_MONTH})(?:,?\s{{1,2}}(?P<year>\d{{4}})(?!\d))?"
    rf"|(?P<month2>{_MONTH})\s{{1,2}}(?:the\s)?(?P<days2>{_DAYS_AFTER})(?!\s?[ap]\.?m\b|[:.]?\d)(?:,?\s{{1,2}}(?P<year2>\d{{4}})(?!\d))?"
    r"|(?P<iso>\d{4}-\d{2}-\d{2})(?!\d)"
    r"|(?P<numeric>\d{1,2}[/.]\d{1,2}[/.](?:\d{4}|\d{2}))(?![\d/]))"
)
_NUMBER = re.compile(r"\d{1,2}")
_RANGE_WORD = re.compile(r"[-–—]|\bto\b")
_RANGE_GAP = re.compile(r"\s{0,2}(?:-|–|—|to|until|till)\s{0,2}")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_FILE_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[-_.]|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A date in prose: every day it may mean, where it stands, and its weekday (Monday is 0) if one is written."""

    days: frozenset[date]
    text: str
    start: int
    end: int
    weekday: int | None = None
    ranged: bool = False


def dates_in(text: str, *, near: date) -> tuple[Mention, ...]:
    """The dates of a text. A missing year is the one that comes nearest to `near`."""
    found = [mention for match in _MENTION.finditer(text) if (mention := _mention(match, near))]
    return tuple(_joined(found, text))


def date_of(text: str) -> date | None:
    """The date of a front-matter value, written YYYY-MM-DD; None for anything else."""
    match = _ISO.fullmatch(text.strip())
    return _day(int(match[1]), int(match[2]), int(match[3])) if match else None


def date_in_name(stem: str) -> date | None:
    """The date a file's name begins with, as static site generators have it."""
    match = _FILE_DATE.match(stem)
    return date_of(match[1]) if match else None


def _mention(match: re.Match[str], near: date) -> Mention | None:
    days, ranged = _days_of(match, near)
    if not days:
        return None
    weekday = match["weekday"]
    return Mention(
        days=frozenset(days),
        text=match[0].strip(),
        start=match.start(),
        end=match.end(),
        weekday=_WEEKDAYS.index(weekday[:3].casefold()) if weekday else None,
        ranged=ranged,
    )


def _days_of(match: re.Match[str], near: date) -> tuple[list[date], bool]:
    if match["iso"]:
        day = date_of(match["iso"])
        return ([day] if day else []), False
    if match["numeric"]:
        return list(_numeric(match["numeric"])), False
    listed = match["days"] or match["days2"]
    month = _MONTHS.index((match["month"] or match["month2"])[:3].casefold()) + 1
    year = match["year"] or match["year2"]
    days = [_placed(int(number), month, int(year) if year else None, near) for number in _NUMBER.findall(listed)]
    real = [day for day in days if day]
    ranged = len(real) == 2 and bool(_RANGE_WORD.search(listed))
    return (_span(real[0], real[1]) if ranged else real), ranged


def _numeric(text: str) -> Iterator[date]:
    """Both ways of reading 04/05/2026; a two-digit year is of this century."""
    first, second, year = (int(part) for part in re.split(r"[/.]", text))
    year += 2000 if year < 100 else 0
    for day, month in {(first, second), (second, first)}:
        if found := _day(year, month, day):
            yield found


def _placed(day: int, month: int, year: int | None, near: date) -> date | None:
    if year is not None:
        return _day(year, month, day)
    candidates = [found for y in (near.year - 1, near.year, near.year + 1) if (found := _day(y, month, day))]
    return min(candidates, key=lambda found: abs((found - near).days), default=None)


def _day(year: int, month: int, day: int) -> date | None:
    """A day of the calendar; far years are slips of the pen, and their instants would overflow."""
    if not 1900 <= year <= 2200:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _span(first: date, last: date) -> list[date]:
    """Every day of a range; a range of more than two months is no range of one event."""
    if not first <= last <= first + timedelta(days=62):
        return [first, last]
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _joined(mentions: list[Mention], text: str) -> Iterator[Mention]:
    """`30 June – 2 July` is one range, not two dates."""
    pending: Mention | None = None
    for mention in mentions:
        if pending and _RANGE_GAP.fullmatch(text, pending.end, mention.start):
            first, last = min(pending.days), max(mention.days)
            if first > last:
                # "1 March to 30 June 2026": the year stands at the end for both.
                first = _day(last.year, first.month, first.day) or first
            days = _span(first, last)
            pending = Mention(
                days=frozenset(days), text=text[pending.start : mention.end], start=pending.start, end=mention.end,
                weekday=None, ranged=True,
            )  # fmt: skip
            continue
        if pending:
            yield pending
        pending = mention
    if pending:
        yield pending
