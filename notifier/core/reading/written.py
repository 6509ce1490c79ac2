"""What a value says of when, as people and programs write it: dates, times, ranges of either, a zone beside a time.

Everything in the value has to be understood: “5 March 2026, moved from 4 March” is no date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache

from notifier.core.reading.clocks import read_clocks
from notifier.core.reading.clocks_elsewhere import same_elsewhere
from notifier.core.reading.dates import Mention, Order, dates_in
from notifier.core.reading.languages import ENGLISH, Language
from notifier.core.reading.machine import read_machine
from notifier.core.reading.plain import words
from notifier.core.reading.stamps import Stamp, Unread, Written, calendar_day, is_plausible
from notifier.core.reading.vague import is_open, names_month, without_open, without_open_time
from notifier.core.values import record

MAX_VALUE = 200
#: More days than this in one value are no list of an event's days.
MAX_DAYS = 60

_NUMERIC = re.compile(
    r"(?<![\d/.:-])(?:(?P<year>\d{4})(?P<s>[-/.])(?P<month>\d{1,2})(?P=s)(?P<day>\d{1,2})(?![\d/-]|\.\d)"
    r"|(?P<a>\d{1,2})(?P<t>[/.])(?P<b>\d{1,2})(?P=t)(?P<y>\d{4}|\d{2})(?![\d/:]|\.\d)"
    r"|(?P<a2>\d{1,2})-(?P<b2>\d{1,2})-(?P<y2>\d{4})(?![\d:-]))"
)
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
#: A time and nothing else. With a dot it might be a day and a month.
_TIME = re.compile(r"[0-9]{1,2}:[0-9]{2}")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_RANGE = re.compile(r"\s?(?:-|–|—|\bto\b|\buntil\b|\btill\b|\bbis\b|\bau\b|\bà\b|\bal\b|\bhasta\b|\bfino al?\b)\s?", re.IGNORECASE)  # fmt: skip
_LISTED = re.compile(r"[\s,;/&]{0,4}(?:\b(?:and|und|et|y|e)\b\s?)?", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(?:19|20|21)\d\d(?!\d)")
#: A range of more days than this is none of one event.
_LONGEST = timedelta(days=62)
# Years so far apart that a mention without one can't mean the same day near both.
_NEAR, _FAR = date(2000, 6, 15), date(2104, 6, 15)


@record(frozen=True, slots=True, kw_only=True)
class Reader:
    """How values are to be read: in which language, which way 04/05/2026 is meant, what a missing year is nearest to."""

    language: Language = ENGLISH
    order: Order | None = None
    near: date | None = None

    @property
    def sure_order(self) -> Order | None:
        """The order that the site states, else that of its language."""
        return self.order or ("day-first" if self.language.calendar.day_first else None)

    def dates(self, text: str, near: date) -> tuple[Mention, ...]:
        """The dates of a text in words."""
        return dates_in(text, near=near, language=self.language, order=self.sure_order)


def read_written(text: str, reader: Reader) -> Written | Unread:
    """What a value says. Never raises; what leaves a doubt is not read."""
    if plainly := _day_of(text):
        return Written(start=Stamp(day=plainly), days=(plainly,))
    text = " ".join(words(text).split()).strip(" \"'")
    if not text or len(text) > MAX_VALUE:
        return Unread(why="unreadable")
    if reader.near is not None and _TIME.fullmatch(text):
        # The same in every file, whatever day that is about.
        reader = Reader(language=reader.language, order=reader.order)
    return _read_short(text, reader)


# One event's values are asked for several times, and a site's times of day are mostly the same.
@lru_cache(maxsize=1_024)
def _read_short(text: str, reader: Reader) -> Written | Unread:
    machine = read_machine(text) or _interval(text)
    if machine is not None:
        return machine
    found = _in_language(text, reader)
    if reader.language is ENGLISH or not isinstance(found, Unread) or found.why != "unreadable":
        return found
    # Keys are often in English where the text isn't.
    english = _in_language(text, replace(reader, language=ENGLISH, order=reader.sure_order))
    return found if isinstance(english, Unread) else english


def _day_of(text: str) -> date | None:
    """The day of a value that is just a date, as most are: the same in every language."""
    iso = _ISO.fullmatch(text)
    return calendar_day(int(iso[1]), int(iso[2]), int(iso[3])) if iso else None


def _in_language(text: str, reader: Reader) -> Written | Unread:
    text = without_open_time(text)
    plain = without_open(text)
    if is_open(plain):
        return Unread(why="tbc")
    found = _read(plain, reader)
    if isinstance(found, Unread):
        if found.why == "unreadable" and names_month(plain, reader.language):
            return Unread(why="only-month")
        return found if plain == text or found.why != "unreadable" else Unread(why="tbc")
    return replace(found, open=plain != text)


def _interval(text: str) -> Written | None:
    """ISO 8601's `start/end`, the end perhaps a time of the same day."""
    first, _, second = (part.strip() for part in text.partition("/"))
    start, end = read_machine(first), read_machine(second)
    if start is None:
        return None
    if end is not None:
        return replace(start, end=end.start)
    clocks = read_clocks(second, ENGLISH)
    return replace(start, end=clocks[0]) if isinstance(clocks, tuple) and len(clocks) == 1 else None


@record(frozen=True, slots=True, kw_only=True)
class _Named:
    """The days that one date in the value names, where it stands, and the day whose weekday is another."""

    days: tuple[date, ...]
    start: int
    end: int
    ranged: bool = False
    weekday: date | None = None


def _read(text: str, reader: Reader) -> Written | Unread:
    named: list[_Named] = []
    for found in _dates(text, reader):
        if isinstance(found, Unread):
            return found
        named.append(found)
    wrong = next((one.weekday for one in named if one.weekday), None)
    match named:
        case []:
            return _only_clocks(text, reader)
        case [one]:
            return _one_date(text, one, wrong, reader)
        case [first, last] if _RANGE.search(text[first.end : last.start]):
            return _two_dates(text, first, last, wrong, reader)
        case _:
            return _list(text, named, wrong)


def _dates(text: str, reader: Reader) -> Iterator[_Named | Unread]:
    """The dates of the value in their order, those of bare numbers by the site's order of day and month."""
    if compact := _COMPACT.fullmatch(text):
        day = calendar_day(int(compact[1]), int(compact[2]), int(compact[3]))
        yield _Named(days=(day,), start=0, end=len(text)) if day else Unread(why="unreadable")
        return
    found: list[tuple[int, _Named | Unread]] = [
        (m.start(), _numeric(m, reader.sure_order)) for m in _numbers(text, reader)
    ]
    rest = text
    for m in _numbers(text, reader):
        rest = rest[: m.start()] + " " * len(m[0]) + rest[m.end() :]
    found += [(mention.start, _in_words(mention, sure)) for mention, sure in _mentions(rest, reader)]
    yield from (one for _, one in sorted(found, key=lambda pair: pair[0]))


def _numbers(text: str, reader: Reader) -> list[re.Match[str]]:
    """The dates of bare numbers; where their order is sure, 22.–24.11.2026 is for the language to read."""
    return [match for match in _NUMERIC.finditer(text) if match["a"] is None or reader.sure_order is None]


def _mentions(text: str, reader: Reader) -> Iterator[tuple[Mention, bool]]:
    """The dates in words, and whether their year is said: in the value itself or by what it is near to."""
    years = set(_YEAR.findall(text))
    if len(years) == 1:
        # The middle of the year, from which all its days are nearer than those of the next: “28 Feb – 2 March 2026”.
        yield from ((mention, True) for mention in reader.dates(text, date(int(years.pop()), 7, 2)))
        return
    for mention, other in zip(reader.dates(text, reader.near or _NEAR), reader.dates(text, _FAR), strict=False):
        yield mention, reader.near is not None or mention.days == other.days


def _in_words(mention: Mention, sure: bool) -> _Named | Unread:  # noqa: FBT001 - what `_mentions` pairs
    days = tuple(sorted(mention.days))
    if not sure or not all(map(is_plausible, days)):
        return Unread(why="no-year")
    wrong = days[0] if len(days) == 1 and mention.weekday not in (None, days[0].weekday()) else None
    if mention.ranged and len(days) == 2 and days[1] - days[0] > _LONGEST:
        return Unread(why="unreadable")
    return _Named(days=days, start=mention.start, end=mention.end, ranged=mention.ranged, weekday=wrong)


def _numeric(match: re.Match[str], order: Order | None) -> _Named | Unread:
    if match["year"]:
        day = calendar_day(int(match["year"]), int(match["month"]), int(match["day"]))
        return _Named(days=(day,), start=match.start(), end=match.end()) if day else Unread(why="unreadable")
    a, b = int(match["a"] or match["a2"]), int(match["b"] or match["b2"])
    year = int(match["y"] or match["y2"])
    year += 2000 if year < 100 else 0
    day_first, month_first = calendar_day(year, b, a), calendar_day(year, a, b)
    if order is not None:
        day = day_first if order == "day-first" else month_first
    elif day_first and month_first and day_first != month_first:
        return Unread(why="which-day", days=(day_first, month_first))
    else:
        day = day_first or month_first
    return _Named(days=(day,), start=match.start(), end=match.end()) if day else Unread(why="unreadable")


def _only_clocks(text: str, reader: Reader) -> Written | Unread:
    clocks = read_clocks(text, reader.language)
    if isinstance(clocks, Unread) and reader.near and (same := same_elsewhere(text, reader.near, reader.language)):
        clocks = (same,)
    if isinstance(clocks, Unread) or not clocks:
        return Unread(why="unreadable")
    return Written(start=clocks[0], end=clocks[1] if len(clocks) > 1 else None)


def _one_date(text: str, one: _Named, wrong: date | None, reader: Reader) -> Written | Unread:
    before, after = read_clocks(text[: one.start], reader.language), read_clocks(text[one.end :], reader.language)
    if isinstance(after, Unread) and (same := same_elsewhere(text[one.end :], one.days[0], reader.language)):
        after = (same,)
    if isinstance(before, Unread) or isinstance(after, Unread) or (before and after):
        return Unread(why="unreadable")
    clocks = before or after
    if not clocks:
        return Written(start=Stamp(day=one.days[0]), days=one.days, weekday=wrong)
    if len(one.days) > 1:
        return Unread(why="unreadable")  # whose time it is isn't said
    start = replace(clocks[0], day=one.days[0])
    return Written(start=start, end=clocks[1] if len(clocks) > 1 else None, days=one.days, weekday=wrong)


def _two_dates(text: str, first: _Named, last: _Named, wrong: date | None, reader: Reader) -> Written | Unread:
    """`5 March 2026 18:30 – 7 March 2026 12:00`, with or without the times."""
    between = text[first.end : last.start]
    gaps = list(_RANGE.finditer(between))
    lead, middle = (
        read_clocks(text[: first.start], reader.language),
        read_clocks(between[: gaps[-1].start()], reader.language),
    )
    second, after = (
        read_clocks(between[gaps[-1].end() :], reader.language),
        read_clocks(text[last.end :], reader.language),
    )
    parts = (lead, middle, second, after)
    if any(isinstance(part, Unread) or len(part) > 1 for part in parts) or len(first.days + last.days) > 2:
        return Unread(why="unreadable")
    starts, ends = [*_stamps(lead), *_stamps(middle)], [*_stamps(second), *_stamps(after)]
    if len(starts) > 1 or len(ends) > 1 or first.days[0] > last.days[0]:
        return Unread(why="unreadable")
    start = replace(starts[0] if starts else Stamp(), day=first.days[0])
    end = replace(ends[0] if ends else Stamp(), day=last.days[0])
    return Written(start=start, end=end, days=(first.days[0], last.days[0]), weekday=wrong)


def _stamps(part: tuple[Stamp, ...] | Unread) -> tuple[Stamp, ...]:
    return () if isinstance(part, Unread) else part


def _list(text: str, named: list[_Named], wrong: date | None) -> Written | Unread:
    """Several dates and nothing else: `2026-12-09, 2026-12-10 and 2026-12-11`."""
    edges = [0, *(edge for one in named for edge in (one.start, one.end)), len(text)]
    gaps = [text[a:b].strip() for a, b in zip(edges[::2], edges[1::2], strict=True)]
    days = tuple(sorted({day for one in named for day in one.days}))
    if len(days) > MAX_DAYS or not all(_LISTED.fullmatch(gap) for gap in gaps):
        return Unread(why="unreadable")
    return Written(start=Stamp(day=days[0]), days=days, weekday=wrong)
