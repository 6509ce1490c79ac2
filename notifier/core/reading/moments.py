"""When exactly: the explicit `start`, `end` and `date`, each with the times it may hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta, timezone

from notifier.core.event import Evidence
from notifier.core.reading.candidates import Candidate, Notes
from notifier.core.reading.entries import Entry
from notifier.core.reading.layouts import read_layout
from notifier.core.reading.mapped import Keys
from notifier.core.reading.plain import visible
from notifier.core.reading.resolve import short
from notifier.core.reading.shape import Times
from notifier.core.reading.stamps import Stamp, Unread, Written
from notifier.core.reading.vague import is_whole_day
from notifier.core.reading.written import Reader, read_written
from notifier.core.reading.zonewords import ZoneWord, meant
from notifier.core.values import record
from notifier.core.zones import instant, zone_named

_STARTS = ("start", "from", "begin", "begins", "starts")
_ENDS = ("end", "to", "until", "ends")
_NONE = Stamp()


@record(frozen=True, slots=True, kw_only=True)
class Moment:
    """An explicit point in time; what the author didn't write is None.

    `zone` are the words for one beside the time, `base` the zone in which the site writes times without an offset.
    `end` is what the same value says of the end, as in “18:30 – 20:00”.
    """

    day: date | None
    clock: time | None
    offset: timedelta | None
    evidence: Evidence
    zone: ZoneWord | None = None
    base: str | None = None
    end: Moment | None = None

    def instant(self, day: date, default: str) -> datetime | None:
        """The instant by what is written beside the time; None where nothing is. `day` stands in for a missing one."""
        if self.clock is None:
            return None
        day = self.day or day
        if self.offset is not None:
            return datetime.combine(day, self.clock, timezone(self.offset))
        zone = meant(self.zone, day, self.clock, default) if self.zone else self.base
        return instant(day, self.clock, zone) if zone else None

    def day_in(self, zone: str) -> date | None:
        """The day on clocks in `zone`: 23:50Z is the next day in London's summer."""
        if self.day is None:
            return None
        exact = self.instant(self.day, zone)
        return exact.astimezone(zone_named(zone)).date() if exact else self.day


@record(frozen=True, slots=True, kw_only=True)
class Value:
    """One value of a key about when: its words, and what they were read as."""

    text: str
    read: Written | Unread
    evidence: Evidence


def value_of(keys: Keys, name: str, *, near: date | None) -> Value | None:
    """The one value under a key: a text, or a mapping of a start and an end. A missing year is the nearest to `near`."""
    entry = keys.entry(name)
    if entry is not None and entry.is_nested and isinstance(entry.value, Mapping):
        return _of_mapping(keys, name, entry, near)
    found = keys.text(name, "when")
    return (
        Value(text=found.value, read=read_value(keys, name, found.value, near), evidence=found.evidence)
        if found
        else None
    )


def _of_mapping(keys: Keys, name: str, entry: Entry, near: date | None) -> Value | None:
    inner = entry.value if isinstance(entry.value, Mapping) else {}
    first, last = _first_of(inner, _STARTS), _first_of(inner, _ENDS)
    if first is None:
        keys.text(name, "when")  # says that it must be one text
        return None
    text = f"{first} – {last}" if last else first
    start = read_value(keys, name, first, near)
    end = read_value(keys, name, last, near) if last else None
    evidence = replace(keys.evidence(name, "when", entry), text=f"{keys.key(name)}: {text}")
    if isinstance(start, Unread) or isinstance(end, Unread):
        unread = next(one for one in (start, end) if isinstance(one, Unread))
        return Value(text=text, read=unread, evidence=evidence)
    days = sorted({*start.days, *(end.days if end else ())})
    if keys.times.ends == "exclusive" and len(days) > 1 and start.start.clock is None:
        days[-1] -= timedelta(days=1)
    read = replace(start, days=tuple(days), end=end.start if end else start.end)
    return Value(text=text, read=read, evidence=evidence)


def _first_of(inner: Mapping[str, Entry], names: tuple[str, ...]) -> str | None:
    return next((visible(inner[name].raw) for name in names if name in inner and visible(inner[name].raw)), None)


def read_value(keys: Keys, name: str, text: str, near: date | None) -> Written | Unread:
    """A text as the site writes times: in the layout that its configuration names, else as people and programs do."""
    for layout in _layouts(keys, name):
        found = read_layout(text, layout)
        if isinstance(found, Unread) and found.why == "no-year" and near is not None:
            found = read_layout(f"{near.year} {text}", f"%Y {layout}")
        if found is not None:
            return found
    return read_written(text, Reader(language=keys.language, order=keys.times.order, near=near))


def _layouts(keys: Keys, name: str) -> list[str]:
    entry = keys.entry(name)
    where = entry.name if entry else ""
    ways = keys.fields.get(name, ())
    return [way.layout for way in ways if way.layout and (where in way.keys or not way.keys)]


def moment_from(
    value: Value, times: Times, *, zone: str, near: date | None = None, midnight: bool = False
) -> Moment | None:
    """The point in time that a value gives. `midnight`: 00:00 with a date is a time here; `near` is the day said elsewhere."""
    if isinstance(value.read, Unread):
        return None
    written = value.read
    end = moment_of(written.end, value.evidence, times) if written.end else None
    moment = moment_of(written.start, value.evidence, times, end=end)
    keeps = midnight or times.midnight or (end is not None and end.clock is not None)
    return moment if keeps else _without_midnight(moment, zone, near)


def moment_of(stamp: Stamp, evidence: Evidence, times: Times, *, end: Moment | None = None) -> Moment:
    offset = None if times.offsets == "wall" else stamp.offset
    bare = stamp.clock is not None and stamp.offset is None and stamp.zone is None
    return Moment(
        day=stamp.day, clock=stamp.clock, offset=offset, evidence=evidence, zone=stamp.zone,
        base=times.without if bare else None, end=end,
    )  # fmt: skip


def _without_midnight(moment: Moment, zone: str, near: date | None) -> Moment:
    """Midnight with a date, there or at the event, is what site generators write for no time at all.

    Not where it is another hour of the very day that is said elsewhere: 00:00Z is an evening in America.
    """
    if moment.day is None or moment.clock is None:
        return moment
    bare = replace(moment, clock=None, offset=None, zone=None, base=None)
    exact = moment.instant(moment.day, zone)
    local = exact.astimezone(zone_named(zone)) if exact else None
    if moment.clock == time(0):
        meant_so = local is not None and local.date() == near != moment.day and local.time() != time(0)
        return moment if meant_so else bare
    return replace(bare, day=local.date()) if local and local.time() == time(0) else moment


def read_moment(
    keys: Keys, name: str, notes: Notes, *, zone: str, near: date | None, midnight: bool = False
) -> Moment | None:
    """The explicit moment under a key; a doubt where it is there but can't be read, none where it is left open."""
    value = value_of(keys, name, near=near)
    if value is None:
        return None
    if isinstance(value.read, Unread):
        if value.read.why == "which-day":
            report_which_day(keys, name, value, notes)
        elif value.read.why != "tbc" and not is_whole_day(value.text):
            _report_unreadable(keys, name, value, notes)
        return None
    report_weekday(keys, name, value, notes)
    return moment_from(value, keys.times, zone=zone, near=near, midnight=midnight)


def quiet_moment(keys: Keys, name: str, *, zone: str, near: date | None) -> Moment | None:
    """The explicit moment under a key, without a word about what can't be read."""
    entry = keys.entry(name)
    if entry is None or (isinstance(entry.value, tuple) and len(entry.value) != 1):
        return None
    value = value_of(keys, name, near=near)
    return moment_from(value, keys.times, zone=zone, near=near) if value else None


def is_left_open(keys: Keys, name: str) -> bool:
    """Whether the key says that it will be said later (“TBC”)."""
    entry = keys.entry(name)
    found = keys.text(name, "when") if entry and not isinstance(entry.value, Mapping | tuple) else None
    read = read_value(keys, name, found.value, None) if found else None
    return isinstance(read, Unread) and read.why == "tbc"


def is_all_day(keys: Keys) -> bool:
    """Whether the front matter says that the event is of whole days, by a key of its own or in the place of a time."""
    if keys.flag("all_day") or ("all_day" not in keys.fields and keys.flag("allDay")):
        return True
    start = keys.entry("start")
    return start is not None and not start.is_nested and is_whole_day(start.raw)


def start_day(keys: Keys, zone: str, *, near: date | None) -> Candidate[date] | None:
    """The day that an explicit start names, in the event's zone; None where it names none or can't be read."""
    moment = quiet_moment(keys, "start", zone=zone, near=near)
    day = moment.day_in(zone) if moment else None
    return Candidate(field="date", value=day, evidence=moment.evidence) if moment and day else None


def moment_of_date(keys: Keys, zone: str, *, near: date | None) -> Moment | None:
    """The time written with `date`, or with `dates` where that is one text."""
    for name in ("date", "dates"):
        moment = quiet_moment(keys, name, zone=zone, near=near)
        if moment and moment.clock is not None:
            return moment
    return None


def report_which_day(keys: Keys, name: str, value: Value, notes: Notes) -> None:
    """Say that the bare numbers of a date may mean two days."""
    days = value.read.days if isinstance(value.read, Unread) else ()
    key = keys.key(name)
    notes.doubt(
        "ambiguous-date",
        f"“{short(value.text)}” may be {days[0]} or {days[1]}.",
        f"Write {key}: {days[0]} (year-month-day), or say in config.yaml which way your dates are meant (times: dates:).",
        field=key,
        evidence=value.evidence,
    )


def report_weekday(keys: Keys, name: str, value: Value, notes: Notes) -> None:
    """Say that a date stands with the name of another weekday."""
    day = value.read.weekday if isinstance(value.read, Written) else None
    if day is None or notes.doubts_on("weekday"):
        return
    notes.doubt(
        "weekday",
        f"“{short(value.text)}” does not fit: {day} is a {day:%A}.",
        f"Correct the weekday or the date: {keys.key(name)}: {day}.",
        field=keys.key(name),
        evidence=value.evidence,
    )


def _report_unreadable(keys: Keys, name: str, value: Value, notes: Notes) -> None:
    key = keys.key(name)
    notes.doubt(
        f"unreadable-{name}",
        f"“{value.text}” is not a time that can be read without a doubt.",
        f'Write {key}: "14:00" in quotes, or {key}: 2026-12-09T14:00:00+00:00.',
        field=key,
        evidence=value.evidence,
    )
