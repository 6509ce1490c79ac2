"""On which days an event is, by the front matter and the file's name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from notifier.core.event import Evidence
from notifier.core.reading.candidates import Candidate, Notes
from notifier.core.reading.dates import date_in_name
from notifier.core.reading.lasting import last_day
from notifier.core.reading.mapped import Keys
from notifier.core.reading.moments import (
    Value,
    is_left_open,
    moment_from,
    read_value,
    report_weekday,
    report_which_day,
    start_day,
    value_of,
)  # fmt: skip
from notifier.core.reading.precision import read_precision, report_no_year, report_only_month, report_open
from notifier.core.reading.resolve import contradict, resolve, short
from notifier.core.reading.stamps import Unread, Written
from notifier.core.reading.stating import line_of
from notifier.core.values import record

#: More dates than this under one key are no days of one event.
MAX_DATES = 366

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?=[T ])")
_YEAR = re.compile(r"(?:19|20|21)\d\d")
_CLOCK = re.compile(r"\d ?[h:] ?\d\d|\d ?(?:h|[ap]m|uhr)\b", re.IGNORECASE)


@record(frozen=True, slots=True, kw_only=True)
class Days:
    """The first and last day, both included, and where they were read; `doubted`: another key speaks against them."""

    first: date
    last: date
    evidence: Evidence
    doubted: bool = False

    @property
    def several(self) -> bool:
        return self.first != self.last

    @property
    def all(self) -> tuple[date, ...]:
        """Every day; of a very long range only the first year."""
        return tuple(self.first + timedelta(days=n) for n in range(min((self.last - self.first).days, 366) + 1))


def read_days(keys: Keys, stem: str, zone: str, notes: Notes) -> Days | None:
    """The event's days; None, with a doubt, where the front matter doesn't tell them."""
    written = date_in_name(stem)
    near = written or _middle_of_year(keys.path)
    named = _unless_published(written, keys)
    if not read_precision(keys, notes):
        return None
    given = _dates(keys, zone, near, notes)
    start = start_day(keys, zone, near=given.value[0] if given else near)
    if given and start and not given.value[0] <= start.value <= given.value[-1]:
        resolve("date", (given_first(given), start), notes, subject="dates", hint="Correct date: or start:.")
    if given:
        days = Days(first=given.value[0], last=given.value[-1], evidence=given.evidence)
    elif keys.entry("date") or keys.entry("dates"):
        return None
    elif start:
        days = Days(first=start.value, last=start.value, evidence=start.evidence)
    elif _is_vague(keys, near, notes):
        return None
    else:
        return _from_name(named, stem, keys, notes)
    if named and not days.first <= named <= days.last:
        _report_name(named, days, keys, notes)
    days = replace(days, doubted=True) if _contradicts_later(days, keys, notes) else days
    last = last_day(keys, days.first, days.last, zone=zone, notes=notes)
    return days if last == days.last else replace(days, last=last)


def _contradicts_later(days: Days, keys: Keys, notes: Notes) -> bool:
    """A page is published before its event: a later `date` is the event's, and a key for times (`startTime`) has no day."""
    name, entry = keys.key("date" if keys.entry("date") else "start").casefold(), keys.page.entries.get("date")
    if entry is None or "date" in name or not name.endswith("time"):
        return False
    read = read_value(keys, "date", entry.raw, None)
    later = read.start.day if isinstance(read, Written) else None
    if later is None or later <= days.last:
        return False
    said = Evidence(field="date", text=f"date: {entry.raw}", line=entry.line, basis=days.evidence.basis)
    given = Candidate(field="date", value=days.first, evidence=days.evidence)
    both = (Candidate(field="date", value=later, evidence=said), given)
    contradict("date", both, notes, subject="dates", hint="Correct the wrong one.")
    return True


def _unless_published(named: date | None, keys: Keys) -> date | None:
    """The day in a file's name, unless that is the day it was published: the event's date has another key than its `date`.

    Jekyll's posts have that day in their names (jekyllrb.com/docs/posts).
    """
    if keys.key("date") == "date" and keys.key("start") in ("start", "date"):
        return named
    entry = keys.page.entries.get("date")
    published = entry.raw.startswith(str(named)) if entry is not None else "_posts" in keys.path.split("/")
    return None if published else named


def given_first(given: Candidate[tuple[date, ...]]) -> Candidate[date]:
    """The first of the given days."""
    return Candidate(field="date", value=given.value[0], evidence=given.evidence)


def _middle_of_year(path: str) -> date | None:
    """The middle of the one year that a folder is named by: a date without a year is in that year."""
    years = {part for part in path.split("/")[:-1] if _YEAR.fullmatch(part)}
    return date(int(years.pop()), 7, 2) if len(years) == 1 else None


def _dates(keys: Keys, zone: str, near: date | None, notes: Notes) -> Candidate[tuple[date, ...]] | None:
    listed = _listed(keys, "dates", zone, near, notes)
    single = _listed(keys, "date", zone, near, notes)
    if listed and single and not set(single.value) <= set(_filled(listed.value)):
        resolve(
            "date", (given_first(single), given_first(listed)), notes, subject="dates",
            hint="Let date: be the first of dates:, or leave it out.",
        )  # fmt: skip
        return single
    return listed or single


def _listed(keys: Keys, name: str, zone: str, near: date | None, notes: Notes) -> Candidate[tuple[date, ...]] | None:
    values = _values(keys, name, near)
    if not values:
        if keys.entry(name) is not None:
            _unreadable(keys, name, notes)
        return None
    days: list[date] = []
    for value in values:
        read = _days_of(value, keys, name, zone, notes)
        if read is None:
            return None
        days.extend(read)
    days = sorted(set(days))
    if len(days) > 2 or (len(days) == 2 and len(values) > 1):
        _report_gaps(days, values[0].evidence, notes)
    return Candidate(field="date", value=tuple(days), evidence=values[0].evidence)


def _values(keys: Keys, name: str, near: date | None) -> list[Value]:
    """The values under a key: its one text or mapping, or the texts of its list."""
    entry = keys.entry(name)
    if entry is not None and isinstance(entry.value, Mapping):
        value = value_of(keys, name, near=near)
        return [value] if value else []
    found = keys.texts(name, field="date")
    texts = found.value if found and len(found.value) <= MAX_DATES else ()
    return [
        Value(text=text, read=read_value(keys, name, text, near), evidence=found.evidence) for text in texts if found
    ]


def _days_of(value: Value, keys: Keys, name: str, zone: str, notes: Notes) -> tuple[date, ...] | None:
    """The days that one value names, on clocks at the event; a doubt where it names none."""
    if isinstance(value.read, Unread):
        return _only_day(value, keys, name, notes)
    report_weekday(keys, name, value, notes)
    if value.read.open:
        report_open(keys, name, value, notes)
    moment = moment_from(value, keys.times, zone=zone)
    first = moment.day_in(zone) if moment else None
    if first is None:
        _unreadable(keys, name, notes, text=value.text)
        return None
    return (first, *(day for day in value.read.days[1:] if day > first))


def _only_day(value: Value, keys: Keys, name: str, notes: Notes) -> tuple[date, ...] | None:
    """The day before something that can't be read (`2026-12-09 2:00`), with a doubt; else only a doubt."""
    why = value.read.why if isinstance(value.read, Unread) else None
    day = _ISO.match(value.text) if why == "unreadable" else None
    read = read_value(keys, name, day[0], None) if day else None
    if not isinstance(read, Written):
        _report_unread(value, keys, name, notes)
        return None
    if keys.entry("start") is None:
        notes.doubt(
            "unreadable-start",
            f"“{short(value.text)}” is not a time that can be read without a doubt.",
            f'Add {keys.key("start")}: "14:00" (the right time, in quotes).',
            field=keys.key(name),
            evidence=value.evidence,
        )
    return read.days


def _report_unread(value: Value, keys: Keys, name: str, notes: Notes) -> None:
    why = value.read.why if isinstance(value.read, Unread) else "unreadable"
    match why:
        case "tbc":
            report_open(keys, name, value, notes)
        case "only-month":
            report_only_month(keys, name, value, notes)
        case "no-year":
            report_no_year(keys, name, value, notes)
        case "which-day":
            report_which_day(keys, name, value, notes)
        case "unreadable":
            _unreadable(keys, name, notes, text=value.text)


def _is_vague(keys: Keys, near: date | None, notes: Notes) -> bool:
    """Whether `start` is all there is and honestly names no day; then the file's name is no date of the event."""
    entry = keys.entry("start")
    if entry is None or isinstance(entry.value, tuple):
        return False
    value = value_of(keys, "start", near=near)
    if value is None or not isinstance(value.read, Unread) or value.read.why == "unreadable":
        return False
    if value.read.why == "tbc" and near is not None and is_left_open(keys, "start"):
        return False  # the time is open, the day is in the file's name
    _report_unread(value, keys, "start", notes)
    return True


def _no_day(keys: Keys) -> str | None:
    """What `start` says where that is all there is, and is no time either."""
    entry = keys.entry("start")
    value = value_of(keys, "start", near=None) if entry is not None and not isinstance(entry.value, tuple) else None
    return value.text if value and isinstance(value.read, Unread) and value.read.why == "unreadable" else None


def _filled(days: tuple[date, ...]) -> list[date]:
    return [days[0] + timedelta(days=n) for n in range(min((days[-1] - days[0]).days, 366) + 1)]


def _report_gaps(days: list[date], evidence: Evidence, notes: Notes) -> None:
    if all(later - earlier == timedelta(days=1) for earlier, later in pairwise(days)):
        return
    notes.doubt(
        "several-dates",
        f"The dates have gaps between {days[0]} and {days[-1]}; they are read as one event from the first to the last.",
        "Write one file for each date.",
        field="dates",
        evidence=evidence,
        severity="warning",
    )


def _unreadable(keys: Keys, name: str, notes: Notes, *, text: str = "") -> None:
    entry = keys.entry(name)
    if notes.doubts_on("no-date"):
        return
    key = keys.key(name)
    what, hint = "is not a date of the calendar.", f"Write it as year-month-day: {key}: 2026-12-09."
    if _CLOCK.search(text):
        what, hint = "is not a date with a time that can be read without a doubt.", f"Write {key}: 2026-12-09 14:00."
    notes.doubt(
        "no-date",
        f"“{text}” {what}" if text else f"The key {key} holds no date.",
        hint,
        field=key,
        line=entry.line if entry else None,
    )


def _from_name(named: date | None, stem: str, keys: Keys, notes: Notes) -> Days | None:
    if named is None and (said := _no_day(keys)):
        _unreadable(keys, "start", notes, text=short(said))
        return None
    if named is None:
        notes.doubt(
            "no-date",
            "No date is given.",
            f"Add {keys.key('date')}: 2026-12-09 (year-month-day) to the front matter.",
            field="date",
        )
        return None
    evidence = Evidence(field="when", text=stem, line=None, basis="path")
    notes.doubt(
        "no-date",
        f"No date is given in the front matter; the file's name says {named}.",
        f"Add {keys.key('date')}: {named} to the front matter.",
        field="date",
        evidence=evidence,
        severity="warning",
        write=line_of(keys, "date", str(named)),
    )
    return Days(first=named, last=named, evidence=evidence)


def _report_name(named: date, days: Days, keys: Keys, notes: Notes) -> None:
    notes.doubt(
        "file-name",
        f"The file's name says {named}, the front matter {days.first}.",
        f"Correct the wrong one: rename the file, or write {keys.key('date')}: {named}.",
        field="date",
        evidence=days.evidence,
        severity="warning",
    )
