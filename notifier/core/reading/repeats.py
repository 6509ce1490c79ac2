"""What `recurrence`, `rdate` and `exdate` hold: a rule, further dates and exceptions, as text, ICS lines or a mapping."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from notifier.core.event import Evidence
from notifier.core.reading.entries import Entry
from notifier.core.reading.mapped import Keys
from notifier.core.reading.moments import Moment, moment_of
from notifier.core.reading.rules import PARTS, Rule, rule_of
from notifier.core.reading.stamps import Written
from notifier.core.reading.written import Reader, read_written
from notifier.core.reading.zonekeys import zone_by_name
from notifier.core.reading.zonewords import ZoneWord

MAX_DATES = 2000
_FOLDED = re.compile(r"\r?\n[ \t]")
_NEXT = re.compile(r"\n|\s(?=(?:RRULE|RDATE|EXDATE|EXRULE|DTSTART)[:;])", re.IGNORECASE)
_LINE = re.compile(
    r"(?P<name>RRULE|RDATE|EXDATE|DTSTART)(?P<parameters>(?:;[^:;]{1,100}){0,5}):(?P<value>.*)", re.IGNORECASE
)
_NONE = frozenset({"none", "no", "never", "once", "false", "-"})
_NAMES = {
    "rrule": "RRULE",
    "rule": "RRULE",
    "rdate": "RDATE",
    "rdates": "RDATE",
    "exdate": "EXDATE",
    "exdates": "EXDATE",
}


class _Unreadable(Exception):
    """Something in the recurrence is not understood, so none of it is followed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeats:
    """The rule and its `until`, further dates, exceptions, and the start that stands beside them (DTSTART).

    `readable` False: some of it is not understood.
    """

    evidence: Evidence
    rule: Rule | None = None
    until: Moment | None = None
    more: tuple[Moment, ...] = ()
    without: tuple[Moment, ...] = ()
    start: Moment | None = None
    readable: bool = True


def read_repeats(keys: Keys) -> Repeats | None:
    """What the keys say; None where they say that the event is on its own date alone."""
    named = [(name, entry) for name in ("recurrence", "rdate", "exdate") if (entry := keys.entry(name))]
    named = [(name, entry) for name, entry in named if not _says_none(entry)]
    if not any(name != "exdate" for name, _ in named):
        return None
    name, first = named[0]
    text = "; ".join(_texts(first))[:300]
    evidence = keys.evidence(name, "recurrence", first if first.raw else replace(first, raw=text or "…", value=text))
    try:
        return _repeats(keys, [line for name, entry in named for line in _lines(name, entry)], evidence)
    except _Unreadable:
        return Repeats(evidence=evidence, readable=False)


def _says_none(entry: Entry) -> bool:
    return entry.value is False or entry.raw.strip().casefold() in _NONE


def _texts(entry: Entry) -> Iterator[str]:
    match entry.value:
        case tuple():
            for item in entry.value:
                yield from _texts(item)
        case Mapping():
            for inner in entry.value.values():
                yield from _texts(inner)
        case _:
            yield entry.raw


def _lines(name: str, entry: Entry) -> Iterator[tuple[str, str]]:
    """Each line with the property that it is unless it says so itself."""
    if name != "recurrence":
        yield from (("EXDATE" if name == "exdate" else "RDATE", text) for text in _texts(entry))
        return
    if not isinstance(entry.value, Mapping):
        yield from (("RRULE", text) for text in _texts(entry))
        return
    parts = {key.upper(): ",".join(_texts(inner)) for key, inner in entry.value.items() if key.upper() in PARTS}
    if parts:
        yield "RRULE", ";".join(f"{part}={value}" for part, value in parts.items())
    for key, inner in entry.value.items():
        if key.casefold() in _NAMES:
            yield from ((_NAMES[key.casefold()], text) for text in _texts(inner))
        elif key.upper() not in PARTS:
            raise _Unreadable


def _repeats(keys: Keys, lines: list[tuple[str, str]], evidence: Evidence) -> Repeats:
    found = Repeats(evidence=evidence)
    for name, text in lines:
        for line in _NEXT.split(_FOLDED.sub("", text)):
            if line.strip():
                found = _with_line(found, name, line.strip(), keys)
            if len(found.more) + len(found.without) > MAX_DATES:
                raise _Unreadable
    return found


def _with_line(found: Repeats, name: str, line: str, keys: Keys) -> Repeats:
    match = _LINE.fullmatch(line)
    value, parameters = (match["value"], match["parameters"]) if match else (line, "")
    match match["name"].upper() if match else name:
        case "RDATE":
            return replace(found, more=(*found.more, *_dates(value, parameters, found, keys)))
        case "EXDATE":
            return replace(found, without=(*found.without, *_dates(value, parameters, found, keys)))
        case "DTSTART":
            return replace(found, start=next(_dates(value, parameters, found, keys), None))
        case _:
            return _with_rule(found, value, keys)


def _with_rule(found: Repeats, text: str, keys: Keys) -> Repeats:
    rule = rule_of(text)
    if rule is None or found.rule is not None:
        raise _Unreadable
    until = next(_dates(rule.until, "", found, keys), None) if rule.until else None
    return replace(found, rule=rule, until=until)


def _dates(text: str, parameters: str, found: Repeats, keys: Keys) -> Iterator[Moment]:
    zone = _zone(parameters)
    if text.count(",") >= MAX_DATES:
        raise _Unreadable
    for piece in text.split(","):
        read = read_written(piece, Reader(language=keys.language, order=keys.times.order))
        if not isinstance(read, Written) or read.start.day is None or len(read.days) > 1 or read.end or read.open:
            raise _Unreadable
        bare = zone is not None and read.start.clock is not None and read.start.offset is None
        yield moment_of(replace(read.start, zone=zone) if bare else read.start, found.evidence, keys.times)


def _zone(parameters: str) -> ZoneWord | None:
    """The zone of TZID; VALUE=PERIOD and what else there may be is not understood."""
    for parameter in filter(None, parameters.split(";")):
        name, _, value = parameter.partition("=")
        if name.upper() == "TZID":
            zone = zone_by_name(value.strip('"'))
            if zone is None:
                raise _Unreadable
            return ZoneWord(text=zone, zone=zone)
        if name.upper() != "VALUE" or value.upper() not in ("DATE", "DATE-TIME"):
            raise _Unreadable
    return None
