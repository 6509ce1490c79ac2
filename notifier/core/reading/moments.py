"""When exactly: the explicit `start` and `end`, and the times that prose gives for this event."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

from notifier.core.event import Evidence
from notifier.core.reading.bearing import Bearing
from notifier.core.reading.candidates import Candidate, Notes
from notifier.core.reading.dates import date_of
from notifier.core.reading.mapped import Keys
from notifier.core.reading.times import ClockTime, clock_of, times_in
from notifier.core.reading.zonewords import ZoneWord, zone_beside
from notifier.core.zones import zone_named

# More dates than this in one sentence are a list of dates; whose time is whose can't be said.
MAX_MENTIONS = 12

_MOMENT = re.compile(
    r"(?:(?P<day>\d{4}-\d{1,2}-\d{1,2})(?:[Tt]|\s{1,3}|$))?(?P<clock>[\d:.]{0,12}\s{0,2}[A-Za-z.]{0,8}?)\s{0,2}"
    r"(?P<offset>[Zz]|[+-]\d{2}:?\d{2})?"
)
_FRACTION = re.compile(r"(:\d{2}:\d{2})\.\d{1,9}$")
_RECURRING = re.compile(
    r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)days\b|\b(?:every|weekly|monthly|fortnightly)\b", re.IGNORECASE
)
_FILLER = re.compile(
    r"\b(?:time|when|from|at|starts?|uk|london|gmt|bst|utc|cet|cest|et|est|edt|time|on|zoom|via|online|of|the|day)\b|[\W\d]",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """An explicit point in time; what the author didn't write is None."""

    day: date | None
    clock: time | None
    offset: timedelta | None
    evidence: Evidence

    def instant(self) -> datetime | None:
        """The exact instant, where day, time and offset are all written."""
        if self.day is None or self.clock is None or self.offset is None:
            return None
        return datetime.combine(self.day, self.clock, timezone(self.offset))

    def day_in(self, zone: str) -> date | None:
        """The day on clocks in `zone`: 23:50Z is the next day in London's summer."""
        exact = self.instant()
        return exact.astimezone(zone_named(zone)).date() if exact else self.day


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A time that prose gives for this event; `zone` is what stands beside it."""

    clock: ClockTime
    zone: ZoneWord | None
    evidence: Evidence
    sentence: str


def read_moment(keys: Keys, name: str, notes: Notes) -> Moment | None:
    """The explicit moment under a key; a doubt where it is there but can't be read."""
    found = keys.text(name, "when")
    if found is None:
        return None
    moment = _moment(found.value, found.evidence)
    if moment is None:
        notes.doubt(
            f"unreadable-{name}",
            f"“{found.value}” is not a time that can be read without a doubt.",
            f'Write {keys.key(name)}: "14:00" in quotes, or {keys.key(name)}: 2026-12-09T14:00:00+00:00.',
            field=keys.key(name),
            evidence=found.evidence,
        )
    return moment


def start_day(keys: Keys, zone: str) -> Candidate[date] | None:
    """The day that an explicit start names, in the event's zone; None where it names none or can't be read."""
    found = keys.text("start", "date")
    moment = _moment(found.value, found.evidence) if found else None
    day = moment.day_in(zone) if moment else None
    return Candidate(field="date", value=day, evidence=found.evidence) if found and day else None


def moment_of_date(keys: Keys) -> Moment | None:
    """The time written behind `date`; midnight is what site generators write for none."""
    entry = keys.entry("date")
    found = keys.text("date", "when") if entry and not isinstance(entry.value, tuple) else None
    moment = _moment(found.value, found.evidence) if found else None
    return moment if moment and moment.clock not in (None, time(0)) else None


def _moment(text: str, evidence: Evidence) -> Moment | None:
    match = _MOMENT.fullmatch(_FRACTION.sub(r"\1", text.strip()))
    if not match:
        return None
    day = date_of(match["day"]) if match["day"] else None
    clock = clock_of(match["clock"]) if match["clock"].strip() else None
    readable = (day is not None or not match["day"]) and (clock is not None or not match["clock"].strip())
    offset = _offset(match["offset"]) if match["offset"] else None
    if not readable or (day is None and clock is None) or (match["offset"] and offset is None):
        return None
    return Moment(day=day, clock=clock, offset=offset, evidence=evidence)


def _offset(text: str) -> timedelta | None:
    if text in "Zz":
        return timedelta(0)
    length = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    if length > timedelta(hours=14) or int(text[-2:]) > 59:
        return None
    return -length if text[0] == "-" else length


def told_times(bearings: Sequence[Bearing]) -> Iterator[Told]:
    """The times that count: beside the event's own date, on a "When:" or "Time:" line, or alone next to such a line."""
    for index, bearing in enumerate(bearings):
        if bearing.own or _labelled(bearing) or _beside(bearings, index):
            yield from _told(bearing)


def _labelled(bearing: Bearing) -> bool:
    return bearing.sentence.label == "when" and not bearing.mentions and not _RECURRING.search(bearing.sentence.text)


def _beside(bearings: Sequence[Bearing], index: int) -> bool:
    """Nothing but a time, next to a sentence with the event's date: "9.00 - 11.00 am. 29 September 2026."."""
    here = bearings[index]
    if here.mentions or len(here.sentence.text) > 60 or not _is_bare(here.sentence.text):
        return False
    return any(
        0 <= near < len(bearings)
        and bearings[near].own
        and abs(bearings[near].sentence.block - here.sentence.block) <= 1
        for near in (index - 1, index + 1)
    )


def _is_bare(text: str) -> bool:
    rest, at = "", 0
    for clock in times_in(text):
        rest, at = rest + text[at : clock.at], clock.until
    return at > 0 and not _FILLER.sub("", rest + text[at:]).strip()


def _told(bearing: Bearing) -> Iterator[Told]:
    sentence = bearing.sentence
    if len(bearing.mentions) > MAX_MENTIONS:
        return
    text = _blanked(bearing)
    for clock in times_in(text):
        if _nearest_is_own(bearing, clock):
            line = sentence.line + sentence.text.count("\n", 0, clock.at)
            evidence = Evidence(field="when", text=sentence.quote, line=line, basis="prose")
            yield Told(clock=clock, zone=zone_beside(text, clock.until), evidence=evidence, sentence=sentence.text)


def _blanked(bearing: Bearing) -> str:
    """The sentence with its dates blanked, so that their digits aren't read as times; every position stays."""
    text, parts, at = bearing.sentence.text, [], 0
    for mention in bearing.mentions:
        parts += [text[at : mention.start], " " * (mention.end - mention.start)]
        at = mention.end
    return "".join([*parts, text[at:]])


def _nearest_is_own(bearing: Bearing, clock: ClockTime) -> bool:
    """With several dates in one sentence a time belongs to the nearest."""
    if not bearing.mentions:
        return True

    def distance(start: int, end: int) -> int:
        return max(start - clock.until, clock.at - end, 0)

    nearest = min(bearing.mentions, key=lambda mention: distance(mention.start, mention.end))
    return bool(nearest.days & bearing.days)
