"""On which days an event is, by the front matter and the file's name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from notifier.core.event import Evidence
from notifier.core.reading.candidates import Candidate, Notes
from notifier.core.reading.dates import date_in_name, date_of
from notifier.core.reading.mapped import Keys
from notifier.core.reading.moments import start_day
from notifier.core.reading.resolve import resolve

_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
_BETWEEN = re.compile(r"(?:\s|,|/|-|–|—|to|and|until|till){0,10}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """The first and last day, both included, and where they were read."""

    first: date
    last: date
    evidence: Evidence

    @property
    def several(self) -> bool:
        return self.first != self.last

    @property
    def all(self) -> tuple[date, ...]:
        """Every day; of a very long range only the first year."""
        return tuple(self.first + timedelta(days=n) for n in range(min((self.last - self.first).days, 366) + 1))


def read_days(keys: Keys, stem: str, zone: str, notes: Notes) -> Days | None:
    """The event's days; None, with a doubt, where the front matter doesn't tell them."""
    named = date_in_name(stem)
    given = _dates(keys, notes)
    start = start_day(keys, zone)
    if given and start and not given.value[0] <= start.value <= given.value[-1]:
        resolve("date", (given_first(given), start), notes, subject="dates", hint="Correct date: or start:.")
    if given:
        days = Days(first=given.value[0], last=given.value[-1], evidence=given.evidence)
    elif keys.entry("date") or keys.entry("dates"):
        return None
    elif start:
        days = Days(first=start.value, last=start.value, evidence=start.evidence)
    else:
        return _from_name(named, stem, notes)
    if named and not days.first <= named <= days.last:
        _report_name(named, days, notes)
    return days


def given_first(given: Candidate[tuple[date, ...]]) -> Candidate[date]:
    """The first of the given days."""
    return Candidate(field="date", value=given.value[0], evidence=given.evidence)


def _dates(keys: Keys, notes: Notes) -> Candidate[tuple[date, ...]] | None:
    listed = _listed(keys, "dates", notes)
    single = _listed(keys, "date", notes)
    if listed and single and not set(single.value) <= set(_filled(listed.value)):
        resolve(
            "date", (given_first(single), given_first(listed)), notes, subject="dates",
            hint="Let date: be the first of dates:, or leave it out.",
        )  # fmt: skip
        return single
    return listed or single


def _listed(keys: Keys, name: str, notes: Notes) -> Candidate[tuple[date, ...]] | None:
    found = keys.texts(name, field="date")
    if found is None:
        if keys.entry(name) is not None:
            _unreadable(keys, name, notes)
        return None
    days: list[date] = []
    for text in found.value:
        read = _days_of(text)
        if read is None:
            _unreadable(keys, name, notes, text=text)
            return None
        days.extend(read)
    days = sorted(set(days))
    if len(days) > 2 or (len(days) == 2 and len(found.value) > 1):
        _report_gaps(days, found.evidence, notes)
    return Candidate(field="date", value=tuple(days), evidence=found.evidence)


def _days_of(text: str) -> list[date] | None:
    """`2026-12-09`, that with a time behind it, `a, b` or `a to b`."""
    written = _DATE.findall(text[:200])
    if len(written) == 1 and text.strip().startswith(written[0]):
        day = date_of(written[0])
        rest = text.strip()[len(written[0]) :]
        return [day] if day and (not rest or rest[0] in "T ") else None
    days = [date_of(part) for part in written]
    real = [day for day in days if day]
    between = _DATE.sub(" ", text[:200]).strip()
    return real if len(real) == len(days) > 1 and len(text) <= 200 and _BETWEEN.fullmatch(between) else None


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
    notes.doubt(
        "no-date",
        f"“{text}” is not a date of the calendar." if text else f"The key {keys.key(name)} holds no date.",
        f"Write it as year-month-day: {keys.key(name)}: 2026-12-09.",
        field=keys.key(name),
        line=entry.line if entry else None,
    )


def _from_name(named: date | None, stem: str, notes: Notes) -> Days | None:
    if named is None:
        notes.doubt(
            "no-date", "No date is given.", "Add date: 2026-12-09 (year-month-day) to the front matter.", field="date"
        )
        return None
    evidence = Evidence(field="when", text=stem, line=None, basis="path")
    notes.doubt(
        "no-date",
        f"No date is given in the front matter; the file's name says {named}.",
        f"Add date: {named} to the front matter.",
        field="date",
        evidence=evidence,
        severity="warning",
    )
    return Days(first=named, last=named, evidence=evidence)


def _report_name(named: date, days: Days, notes: Notes) -> None:
    notes.doubt(
        "file-name",
        f"The file's name says {named}, the front matter {days.first}.",
        f"Correct the wrong one: rename the file, or write date: {named}.",
        field="date",
        evidence=days.evidence,
        severity="warning",
    )
