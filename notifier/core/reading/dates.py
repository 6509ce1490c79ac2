"""Dates as people write them, in the words of one language, and the dates of front matter.

A pattern only proposes: each mention keeps its words, and what is not a day of the calendar is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal

from notifier.core.reading.languages import ENGLISH, Language
from notifier.core.values import record

WEEKDAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

Order = Literal["day-first", "month-first"]

_NUMBER = re.compile(r"\d{1,2}")
_LOOSE = re.compile(r"(?:\d{1,2}\s{0,2},\s{0,2}){1,5}\d{1,2}\D{0,3}")
_YEAR = re.compile(r"\d{4}|[/.]\d{2}$")
_PARTS = re.compile(r"\d{1,4}")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_FILE_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[-_.]|$)")


@record(frozen=True, slots=True, kw_only=True)
class Mention:
    """A date in prose: every day it may mean, where it stands, and its weekday (Monday is 0) if one is written."""

    days: frozenset[date]
    text: str
    start: int
    end: int
    weekday: int | None = None
    ranged: bool = False


def dates_in(text: str, *, near: date, language: Language = ENGLISH, order: Order | None = None) -> tuple[Mention, ...]:
    """The dates of a text. A missing year is the one that comes nearest to `near`.

    `order` says which way 4/5/2026 is meant; without it the language does, and English leaves both open.
    """
    matches = list(language.calendar.mention.finditer(text))
    if not matches:
        return ()
    reader = _Reader(
        near=near, language=language, order=order or ("day-first" if language.calendar.day_first else None)
    )
    found = [mention for match in matches if (mention := reader.mention(match))]
    return tuple(_joined(found, text, language))


def date_of(text: str) -> date | None:
    """The date of a front-matter value, written YYYY-MM-DD; None for anything else."""
    match = _ISO.fullmatch(text.strip())
    return _day(int(match[1]), int(match[2]), int(match[3])) if match else None


def date_in_name(stem: str) -> date | None:
    """The date a file's name begins with, as static site generators have it."""
    match = _FILE_DATE.match(stem)
    return date_of(match[1]) if match else None


@record(frozen=True, slots=True, kw_only=True)
class _Reader:
    """What a match means, near a date, in a language."""

    near: date
    language: Language
    order: Order | None

    def mention(self, match: re.Match[str]) -> Mention | None:
        days, ranged = self._days(match)
        if not days:
            return None
        weekday = match["weekday"]
        return Mention(
            days=frozenset(days),
            text=match[0].strip(),
            start=match.start(),
            end=match.end(),
            weekday=self.language.calendar.weekdays[weekday.casefold()] if weekday else None,
            ranged=ranged,
        )

    def _days(self, match: re.Match[str]) -> tuple[list[date], bool]:
        if match["iso"]:
            day = date_of(match["iso"])
            return ([day] if day else []), False
        if match["numeric"]:
            return self._numbered(match)
        if match["short"]:
            return self._short(match), False
        calendar = self.language.calendar
        listed = match["days"] or match["days2"]
        month = calendar.months[(match["month"] or match["month2"]).casefold()]
        year = match["year"] or match["year2"]
        if calendar.day_first and _LOOSE.fullmatch(listed):
            # "Raum 3, 5. März", "salle 3, 5 mars": not two days.
            listed = listed.rpartition(",")[2]
        days = [self._placed(int(number), month, int(year) if year else None) for number in _NUMBER.findall(listed)]
        real = [day for day in days if day]
        ranged = len(real) == 2 and bool(calendar.range_word.search(listed))
        return (_span(real[0], real[1]) if ranged else real), ranged

    def _numbered(self, match: re.Match[str]) -> tuple[list[date], bool]:
        """4/5/2026, or, where the order is sure, 22.–24.11.2026."""
        last = self._numeric(match["numeric"])
        if not match["from_day"] or len(last) != 1:
            return last, False
        month = match["from_month"] or match["from_month2"]
        first = _day(last[0].year, int(month) if month else last[0].month, int(match["from_day"]))
        if first and first > last[0]:
            first = _day(first.year - 1, first.month, first.day)
        if first is None:
            return [], False  # “31.2. – 3.3.2026”: which day is meant isn't known
        ranged = bool(self.language.calendar.range_word.search(match["between"]))
        return (_span(first, last[0]) if ranged else [first, last[0]]), ranged

    def _numeric(self, text: str) -> list[date]:
        """Both ways of reading 04/05/2026 where the order is open; a two-digit year is of this century."""
        first, second, year = (int(part) for part in _PARTS.findall(text))
        year += 2000 if year < 100 else 0
        ways = [(second, first), (first, second)] if self.order == "month-first" else [(first, second), (second, first)]
        found = list(dict.fromkeys(read for day, month in ways if (read := _day(year, month, day))))
        return found[:1] if self.order else found

    def _short(self, match: re.Match[str]) -> list[date]:
        """5.3. is a date only behind a weekday or a word such as “am”."""
        before = match.string[max(0, match.start() - 20) : match.start()]
        if not match["weekday"] and not self.language.calendar.short_after.search(before):
            return []
        day, month = (int(part) for part in _PARTS.findall(match["short"])[:2])
        placed = self._placed(day, month, None) if month else None
        return [placed] if placed else []

    def _placed(self, day: int, month: int, year: int | None) -> date | None:
        if year is not None:
            return _day(year, month, day)
        years = (self.near.year - 1, self.near.year, self.near.year + 1)
        candidates = [found for year in years if (found := _day(year, month, day))]
        return min(candidates, key=lambda found: abs((found - self.near).days), default=None)


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


def _joined(mentions: list[Mention], text: str, language: Language) -> Iterator[Mention]:
    """`30 June – 2 July` is one range, not two dates."""
    pending: Mention | None = None
    for mention in mentions:
        # Not more than two: the text of a chain would be read over and over.
        gap = pending and not pending.ranged and language.calendar.range_gap.fullmatch(text, pending.end, mention.start)
        if pending and gap:
            days = _span(*_of_one_year(pending, mention))
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


def _of_one_year(before: Mention, after: Mention) -> tuple[date, date]:
    """The ends of a range; a year that stands at one end is for both: "1 March to 30 June 2026"."""
    first, last = min(before.days), max(after.days)
    years = bool(_YEAR.search(before.text)), bool(_YEAR.search(after.text))
    if years == (False, True):
        moved = _day(last.year, first.month, first.day) or first
        first = moved if moved <= last else _day(last.year - 1, first.month, first.day) or first
    elif not years[1] and first > last:
        last = _day(first.year, last.month, last.day) or last
        last = last if first <= last else _day(first.year + 1, last.month, last.day) or last
    return first, last
