"""When an event is over: `end`, a range in one value, `duration`, prose, the site's usual length."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from notifier.core.event import Evidence
from notifier.core.reading.candidates import Candidate, Notes
from notifier.core.reading.clocks import is_over_midnight
from notifier.core.reading.lengths import Length, length_of
from notifier.core.reading.mapped import Keys
from notifier.core.reading.moments import Moment, is_all_day, moment_of_date, quiet_moment
from notifier.core.reading.resolve import contradict, short
from notifier.core.zones import instant, zone_named

_DAY = timedelta(days=1)
_EVENING, _MORNING = 17, 6
_LAST = time(23, 59)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """One thing that says when an event is over."""

    at: datetime
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A start whose end is looked for, on the days `first` to `last` of the front matter."""

    at: datetime
    zone: str
    evidence: Evidence
    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What is said of the end: by its key, in the same value as the start, in prose."""

    end: Moment | None
    ranged: Moment | None
    prose: Sequence[Ending]


def last_day(keys: Keys, first: date, last: date, *, zone: str, notes: Notes) -> date:
    """The last day of an event by `end` and `duration`, which may say more than its dates do."""
    start = quiet_moment(keys, "start", zone=zone, near=first) or moment_of_date(keys, zone, near=first)
    whole = is_all_day(keys) or start is None or start.clock is None
    end = quiet_moment(keys, "end", zone=zone, near=first) or (start.end if start else None)
    day = end.day_in(zone) if end else None
    length = read_length(keys)
    if whole and length and not length.time and last == first:
        return _by_length(keys, first, day, length, notes)
    if end is None or day is None:
        return last
    if day < first:
        if whole:
            _report_before(first, day, end.evidence, notes)
        return last
    if whole:
        # 23:59:59Z is the last second of the day that is written, wherever clocks show another.
        day = end.day if end.day and closes_day(end) else day
        over = keys.times.ends == "exclusive" and day > first and (end.clock is None or is_all_day(keys))
        return max(last, day - _DAY if over else day)
    return last if start and _is_one_night(start, end, first, day) else max(last, day)


def closes_day(end: Moment) -> bool:
    """Whether an end is the last minute of a day, which programs write for a whole one."""
    return end.clock is not None and end.clock >= _LAST


def _is_one_night(start: Moment, end: Moment, first: date, day: date) -> bool:
    """An event that ends before the next day's start time is one evening, not two days."""
    clock = end.clock or time(0)
    return day - first == _DAY and start.clock is not None and clock <= start.clock


def _by_length(keys: Keys, first: date, day: date | None, length: Length, notes: Notes) -> date:
    until = first + timedelta(days=max(length.days - 1, 0))
    if day is None:
        return until
    if keys.times.ends == "exclusive" and day > first:
        day -= _DAY
    if day != until:
        _report_lengths(keys, notes)
    return max(first, day)


def read_length(keys: Keys) -> Length | None:
    """What `duration` says, without a word where it says nothing that can be read."""
    entry = keys.entry("duration")
    return length_of(entry.raw) if entry else None


def check_length(keys: Keys, notes: Notes) -> None:
    """A doubt where `duration` can't be read."""
    found = keys.text("duration", "end")
    if found is None or read_length(keys) is not None:
        return
    key = keys.key("duration")
    notes.doubt(
        "unreadable-duration",
        f"“{short(found.value)}” is not a length of time.",
        f'Write {key}: 90 (minutes), {key}: "1h30" or {key}: 3 days.',
        field=key,
        evidence=found.evidence,
    )


def end_of(begun: Begun, said: Said, keys: Keys, notes: Notes) -> datetime | None:
    """The end; None where nothing says one, or two things say different ones (a doubt). Explicit keys beat prose."""
    before = len(notes.problems)
    stated = list(_stated(begun, said, keys, notes))
    # What the key says of the end is not outdone by the text, though it be only a day.
    found = (
        _one(stated, notes)
        if stated
        else None
        if _names_later_day(begun, said.end)
        else _told(begun, said.prose, notes)
    )
    if found is None and len(notes.problems) == before and not stated:
        found = _usual(begun, keys)
    if found is None:
        return None
    # In UTC: clocks of one zone are compared by what they show, and in autumn they show an hour twice.
    if found.at.astimezone(UTC) <= begun.at.astimezone(UTC):
        _report_not_after(begun, found, keys, notes)
        return None
    notes.evidence["end"] = replace(found.evidence, field="end")
    return found.at.astimezone(zone_named(begun.zone))


def _stated(begun: Begun, said: Said, keys: Keys, notes: Notes) -> Iterable[Ending]:
    end, ranged = said.end, said.ranged
    if end is not None:
        if end.clock is None:
            _report_no_clock(begun, end, keys, notes)
        else:
            yield Ending(at=_at(begun, end), evidence=end.evidence)
    # The same time with its day settles on which day a range ends: `end: 2026-10-15 03:00` beside “14h – 03h”.
    settled = end is not None and end.day is not None and ranged is not None and ranged.day is None
    if ranged is not None and ranged.clock is not None and not (settled and end and end.clock == ranged.clock):
        at = _at(begun, ranged).astimezone(begun.at.tzinfo)
        yield Ending(at=at if ranged.day else over_midnight(begun.at, at, begun.zone), evidence=ranged.evidence)
    length = read_length(keys)
    if length is not None:
        yield Ending(at=_after(begun, length), evidence=keys.evidence_of("duration", "end"))


def _names_later_day(begun: Begun, end: Moment | None) -> bool:
    return end is not None and end.day is not None and end.day != begun.at.date()


def _at(begun: Begun, end: Moment) -> datetime:
    day = end.day or (begun.last if begun.first != begun.last else begun.at.date())
    clock = end.clock or time(0)
    return end.instant(day, begun.zone) or instant(day, clock, begun.zone)


def _after(begun: Begun, length: Length) -> datetime:
    """RFC 5545 3.3.6: days by the calendar, hours as they pass."""
    day = begun.at.date() + timedelta(days=length.days)
    at = instant(day, begun.at.time(), begun.zone) if length.days else begun.at
    return (at.astimezone(UTC) + length.time).astimezone(begun.at.tzinfo)


def over_midnight(start: datetime, end: datetime, zone: str) -> datetime:
    """The end of a range: on the next day where “22:00 – 02:00” is a night."""
    if end.astimezone(UTC) > start.astimezone(UTC):
        return end
    # “18h – 03h” is longer than most nights, but can be nothing else.
    night = start.hour >= _EVENING and end.hour < _MORNING
    if not night and not is_over_midnight(start.time(), end.time()):
        return end
    return instant(end.date() + _DAY, end.time(), zone)


def _one(stated: Sequence[Ending], notes: Notes) -> Ending | None:
    if len({ending.at.astimezone(UTC) for ending in stated}) == 1:
        return stated[0]
    candidates = [Candidate(field="end", value=ending.at, evidence=ending.evidence) for ending in stated]
    contradict("end", candidates, notes, subject="ends", hint="Correct one of them, or leave it out.")
    return None


def _told(begun: Begun, prose: Sequence[Ending], notes: Notes) -> Ending | None:
    ends = {ending.at: ending for ending in reversed(prose)}
    if len(ends) > 1:
        notes.doubt(
            "contradiction",
            f"The text gives different ends: {min(ends):%H:%M} and {max(ends):%H:%M}.",
            f'Add end: "{min(ends):%H:%M}" (the right time) to the front matter.',
            field="end",
            evidence=begun.evidence,
        )
    return next(iter(ends.values())) if len(ends) == 1 else None


def _usual(begun: Begun, keys: Keys) -> Ending | None:
    length = keys.times.length
    if length is None or length <= timedelta(0):
        return None
    evidence = Evidence(field="end", text=f"length: {length}", line=None, basis="default")
    return Ending(at=(begun.at.astimezone(UTC) + length).astimezone(begun.at.tzinfo), evidence=evidence)


def _report_no_clock(begun: Begun, end: Moment, keys: Keys, notes: Notes) -> None:
    if not _names_later_day(begun, end):
        return  # the same day again says nothing of when it is over
    key = keys.key("end")
    notes.problem(
        f"{key} has a date but no time, while the start has one.",
        f'Write {key}: "{end.day} 16:00".',
        field=key,
        line=end.evidence.line,
    )


def _report_not_after(begun: Begun, end: Ending, keys: Keys, notes: Notes) -> None:
    key = keys.key("end")
    notes.doubt(
        "end-before-start",
        f"The end, {end.at:%Y-%m-%d %H:%M}, is not after the start, {begun.at:%Y-%m-%d %H:%M}.",
        f'Correct {key}:, or write its date too: {key}: "{end.at + _DAY:%Y-%m-%d %H:%M}".',
        field="end",
        evidence=end.evidence,
    )


def _report_before(first: date, day: date, evidence: Evidence, notes: Notes) -> None:
    notes.doubt(
        "end-before-start",
        f"The end, {day}, is before the start, {first}.",
        "Correct end:, or the date.",
        field="end",
        evidence=evidence,
    )


def _report_lengths(keys: Keys, notes: Notes) -> None:
    evidence = [keys.evidence_of(name, "end") for name in ("end", "duration") if keys.entry(name)]
    candidates = [Candidate(field="end", value=one.text, evidence=one) for one in evidence]
    contradict("end", candidates, notes, subject="ends", hint="Correct one of them, or leave it out.")
