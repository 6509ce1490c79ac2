"""What stands under each key of a group's pages: how many have it, and what its values look like."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cached_property
from typing import Literal

from notifier.core.proposal.vocabulary import folded
from notifier.core.reading.entries import Entry, Page

Kind = Literal["day", "midnight", "moment", "clock", "span", "web", "flag", "number", "text", "mapping", "list"]
TEMPORAL: frozenset[Kind] = frozenset({"day", "midnight", "moment", "clock", "span"})
DAYS: frozenset[Kind] = frozenset({"day", "midnight", "moment", "span"})

MAX_DEPTH = 3
MAX_COLUMNS = 300

_ISO = re.compile(
    r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})"
    r"(?:(?:[Tt]|\s{1,2})(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,]\d{1,9})?)?\s{0,2}([Zz]|[+-]\d\d:?\d\d|UTC|GMT)?)?"
)
_NUMERIC = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})\b(.{0,40})")
_COMPACT = re.compile(r"((?:19|20)\d\d)([01]\d)([0-3]\d)(?:T(\d\d)(\d\d)(\d\d)(Z)?)?")
_CLOCK = re.compile(
    r"(?:(?:at|from|um|ab|von|a las|desde las|alle|dalle|ore|dès|à|a)\s)?(\d{1,2})(?:\s?[:.hH]\s?([0-5]\d)|\s?[hH]\b|\s(?=uhr|[ap]\.?m)|(?=[ap]m))(?::\d\d)?"
    r"\s?(?:uhr|hrs?|hs|h|[ap]\.?m\.?|o'clock)?(?:\s?(?:-|–|—|to|bis|à|a)\s?\d{1,2}(?:[:.hH][0-5]\d)?\s?(?:uhr|h|[ap]\.?m\.?)?)?"
    r"(?:\s?\(?(?:[a-z]{1,3}t|bst|msk|utc|gmt|mes?z|uk time)\)?)?",
    re.IGNORECASE,
)
_MONTHS = (
    "jan januar janner january janvier enero gennaio", "feb februar february fevrier febrero febbraio",
    "mar marz march mars marzo maerz", "apr april avril abril aprile", "may mai mayo maggio",
    "jun juni june juin junio giugno", "jul juli july juillet julio luglio", "aug august aout agosto",
    "sep sept september septembre septiembre settembre", "oct okt october oktober octobre octubre ottobre",
    "nov november novembre noviembre", "dec dez december dezember decembre diciembre dicembre",
)  # fmt: skip
_MONTH_OF = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names.split()}
_WORDED = re.compile(
    r"(?:(\d{1,2})\s(?:(?:st|nd|rd|th|er|de|of)\s){0,2}([a-z]{3,10})|([a-z]{3,10})\s(\d{1,2})(?!\d)(?:\s(?:st|nd|rd|th))?)(?:\s(?:de\s)?(\d{4}))?"
)
_WEB = re.compile(r"(?:https?://|mailto:|www\.)\S{3,2000}", re.IGNORECASE)
_TIME_WITHIN = re.compile(r"\b\d{1,2}(?:[:.][0-5]\d)?\s?(?:[ap]\.?m\b|uhr\b|h\b)|\b\d{1,2}[:.][0-5]\d", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """A date or time as it is written; what isn't there is None. `exact`: it has seconds that aren't zero."""

    day: date | None
    clock: time | None = None
    offset: timedelta | None = None
    exact: bool = False


@dataclass(frozen=True, kw_only=True)
class Column:
    """The values under one key path: by the number of their page, out of `total` pages."""

    path: str
    entries: Mapping[int, Entry]
    total: int

    @property
    def share(self) -> float:
        """How many of the pages have it."""
        return len(self.entries) / self.total if self.total else 0.0

    @cached_property
    def kinds(self) -> Counter[Kind]:
        return Counter(kind_of(entry) for entry in self.entries.values())

    @cached_property
    def values(self) -> Counter[str]:
        """The different texts, folded; those of lists one by one."""
        return Counter(folded(text) for entry in self.entries.values() for text in entry.texts())

    @cached_property
    def stamps(self) -> Mapping[int, Stamp]:
        """The values that could be read as dates or times."""
        read = ((page, stamp_of(entry.raw)) for page, entry in self.entries.items())
        return {page: stamp for page, stamp in read if stamp}

    def are(self, *kinds: Kind) -> float:
        """The share of its values that are of these kinds."""
        return sum(self.kinds[kind] for kind in kinds) / len(self.entries) if self.entries else 0.0

    def have(self) -> str:
        """How many have it, in words."""
        if self.total == 1:
            return "the only one has it"
        number = len(self.entries)
        return f"all {number} have it" if number == self.total else f"{number} of {self.total} have it"


def columns_of(pages: Sequence[Page]) -> dict[str, Column]:
    """Every key path of these pages that has a value somewhere."""
    found: dict[str, dict[int, Entry]] = {}
    for number, page in enumerate(pages):
        for path, entry in _paths(page.entries, "", 1):
            if path in found or len(found) < MAX_COLUMNS:
                found.setdefault(path, {}).setdefault(number, entry)
    return {path: Column(path=path, entries=entries, total=len(pages)) for path, entries in found.items()}


def _paths(entries: Mapping[str, Entry], above: str, depth: int) -> Iterator[tuple[str, Entry]]:
    for key, entry in entries.items():
        if entry.is_empty or (above and re.search(r"[.\[\]]", key)) or not key:
            continue
        path = f"{above}{key}"
        yield path, entry
        if depth >= MAX_DEPTH:
            continue
        if isinstance(entry.value, Mapping):
            yield from _paths(entry.value, f"{path}.", depth + 1)
        elif isinstance(entry.value, tuple) and isinstance(entry.value[0].value, Mapping):
            yield from _paths(entry.value[0].value, f"{path}[0].", depth + 1)


def kind_of(entry: Entry) -> Kind:
    """What a value looks like."""
    match entry.value:
        case tuple():
            return "list"
        case Mapping():
            return "mapping"
        case bool():
            return "flag"
        case _:
            return _kind_of_text(entry.raw.strip())


def is_plain_date(entry: Entry) -> bool:
    """Whether a value is a date in figures and nothing else, whatever its key is called."""
    text = entry.raw.strip()
    return isinstance(entry.value, str) and bool(_ISO.fullmatch(text) or (_NUMERIC.fullmatch(text) and stamp_of(text)))


def _kind_of_text(text: str) -> Kind:
    if text.casefold() in ("true", "false", "yes", "no"):
        return "flag"
    if _WEB.fullmatch(text):
        return "web"
    stamp = stamp_of(text)
    if stamp is None:
        return "number" if re.fullmatch(r"-?\d{1,15}(?:[.,]\d{1,6})?", text) else "text"
    if stamp.day is None:
        return "clock"
    if len(re.findall(r"\d{4}-\d\d-\d\d", text[:200])) > 1:
        return "span"
    if stamp.clock is None:
        # In `14.10.2026` 14.10 is no time, and what stands behind it has been looked at.
        worded = not _ISO.match(text) and not _NUMERIC.match(text)
        return "moment" if worded and _TIME_WITHIN.search(text) else "day"
    return "midnight" if stamp.clock == time(0) else "moment"


def stamp_of(text: str) -> Stamp | None:
    """A date or time in one of the usual ways of writing it; None for any other text."""
    text = text.strip()
    if not text or len(text) > 80 or not any(c.isdigit() for c in text):
        return None
    if match := _ISO.match(text):
        return _iso(match, text)
    if match := _COMPACT.fullmatch(text):
        return _stamp((match[1], match[2], match[3]), (match[4], match[5], match[6]), match[7])
    if match := _NUMERIC.match(text):
        return _numeric(match)
    if _CLOCK.fullmatch(text):
        return Stamp(day=None, clock=_clock(text))
    return _worded(text)


def _iso(match: re.Match[str], text: str) -> Stamp | None:
    stamp = _stamp((match[1], match[2], match[3]), (match[4], match[5], match[6]), match[7])
    rest = text[match.end() :]
    return stamp if not rest or not rest[0].isalnum() else None


def _stamp(
    day: tuple[str, str, str], clock: tuple[str | None, str | None, str | None], zone: str | None
) -> Stamp | None:
    try:
        on = date(*(int(part) for part in day))
        at = time(int(clock[0]), int(clock[1] or 0)) if clock[0] is not None else None
    except ValueError:
        return None
    return Stamp(day=on, clock=at, offset=_offset(zone), exact=int(clock[2] or 0) != 0)


def _offset(zone: str | None) -> timedelta | None:
    if not zone:
        return None
    if zone[0] not in "+-":
        return timedelta(0)
    length = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    return -length if zone[0] == "-" else length


def _numeric(match: re.Match[str]) -> Stamp | None:
    first, second, year = int(match[1]), int(match[2]), int(match[3])
    year += 2000 if year < 100 else 0
    if second > 12:
        first, second = second, first
    try:
        day = date(year, second, first)
    except ValueError:
        return None
    rest = _TIME_WITHIN.search(match[4])
    return Stamp(day=day, clock=_clock(rest[0]) if rest else None)


def _clock(text: str) -> time | None:
    match = re.search(r"(\d{1,2})(?:\s?[:.hH]\s?([0-5]\d))?", text)
    if not match or int(match[1]) > 23:
        return None
    hour = int(match[1]) + (12 if re.search(r"p\.?m", text, re.IGNORECASE) and int(match[1]) < 12 else 0)
    return time(hour, int(match[2] or 0))


def _worded(text: str) -> Stamp | None:
    """`12. März 2026, 19 Uhr`: a month's name with a day beside it."""
    plain, at = folded(re.sub(r"(?<=\d)(?=[A-Za-z])", " ", text)), 0
    while match := _WORDED.search(plain, at):
        month = _MONTH_OF.get(match[2] or match[3])
        if month is None:  # “Saturday 14” may go on with March
            at = match.start(2 if match[2] else 4)
            continue
        try:
            day = date(int(match[5] or 2000), month, int(match[1] or match[4]))
        except ValueError:
            return None
        rest = _TIME_WITHIN.search(re.sub(r"\d{4}", "", text))
        return Stamp(day=day, clock=_clock(rest[0]) if rest else None)
    return None
