"""A byte-level lint of calendars: what RFC 5545, 5546 and 7986 ask for, and what real clients stumble over.

Parsers are lenient: bare line feeds, long lines, unescaped commas and floating stamps are seen here and nowhere else.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime
from itertools import pairwise
from urllib.parse import urlsplit

from tests.acceptance.calendars.contentlines import Component, Line, NotCalendar, parse, plain

_MOMENT = re.compile(r"(\d{8}T\d{6})(Z?)", re.ASCII)
_DAY = re.compile(r"\d{8}", re.ASCII)
# C0 without the tab and the line ends, DEL, C1, separators, the byte order mark, bidi overrides and isolates.
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
_BAD_ESCAPE = re.compile(r"^(?:[^\\]|\\[\\;,n])*\\(?:[^\\;,n]|$)")
_BARE = {"TEXT": re.compile(r"(?<!\\)(?:\\\\)*[;,]"), "TEXTS": re.compile(r"(?<!\\)(?:\\\\)*;")}
_URL = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+", re.ASCII)
_ALTERNATIVE = re.compile(r'"data:text/html(?:;charset=utf-8)?,[A-Za-z0-9\-._~!$&\'()*+,;=:@/?%]*"', re.ASCII)
_TEXT = {
    "SUMMARY", "DESCRIPTION", "LOCATION", "COMMENT", "CONTACT", "UID", "NAME", "PRODID", "X-WR-CALNAME",
    "X-WR-CALDESC", "X-WR-TIMEZONE", "X-ALT-DESC", "X-LIC-LOCATION", "STATUS", "TRANSP", "CLASS", "METHOD", "COLOR",
}  # fmt: skip
_URLS = {"URL", "SOURCE", "CONFERENCE", "IMAGE"}
_MOMENTS = {"DTSTART", "DTEND", "DTSTAMP", "CREATED", "LAST-MODIFIED", "RECURRENCE-ID", "EXDATE", "RDATE"}
_IN_UTC = {"DTSTAMP", "CREATED", "LAST-MODIFIED"}
_ONCE = {
    "UID", "DTSTAMP", "DTSTART", "DTEND", "DURATION", "SUMMARY", "DESCRIPTION", "LOCATION", "STATUS", "TRANSP", "CLASS",
    "CREATED", "LAST-MODIFIED", "SEQUENCE", "URL", "GEO", "ORGANIZER", "PRIORITY", "RECURRENCE-ID", "RRULE", "COLOR",
    "VERSION", "PRODID", "CALSCALE", "METHOD", "NAME", "X-WR-CALNAME", "X-WR-CALDESC", "REFRESH-INTERVAL",
    "X-PUBLISHED-TTL", "SOURCE", "X-WR-TIMEZONE", "X-ALT-DESC", "TZID",
}  # fmt: skip
_ENUMERATED = {
    "STATUS": {"CONFIRMED", "TENTATIVE", "CANCELLED"},
    "TRANSP": {"OPAQUE", "TRANSPARENT"},
    "CLASS": {"PUBLIC", "PRIVATE", "CONFIDENTIAL"},
    "METHOD": {"PUBLISH", "REQUEST", "CANCEL"},
    "CALSCALE": {"GREGORIAN"},
    "VERSION": {"2.0"},
}
_INSIDE = {
    "VCALENDAR": {"VEVENT", "VTIMEZONE"},
    "VEVENT": {"VALARM"},
    "VTIMEZONE": {"STANDARD", "DAYLIGHT"},
    "STANDARD": set[str](),
    "DAYLIGHT": set[str](),
    "VALARM": set[str](),
}

Complaints = Iterator[str]


def complaints(data: bytes, *, events: int | None = None) -> list[str]:
    """Everything that is wrong with a feed, a file or an invitation; empty for a good one.

    `events` is how many the author meant: most parsers gladly take one more that was smuggled in.
    """
    found = list(_bytes(data))
    try:
        parts = parse(data)
    except NotCalendar as error:
        return [*found, str(error)]
    if [part.name for part in parts] != ["VCALENDAR"]:
        return [*found, f"one VCALENDAR is expected, not {[part.name for part in parts]}"]
    [calendar] = parts
    for component in (calendar, *_everything(calendar)):
        found += _component(component)
    return [*found, *_calendar(calendar, events), *_method(calendar), *_zones(calendar), *_uids(calendar)]


def _everything(component: Component) -> Iterator[Component]:
    for part in component.parts:
        yield part
        yield from _everything(part)


def _bytes(data: bytes) -> Complaints:
    if data.startswith(b"\xef\xbb\xbf"):
        yield "line 1: a byte order mark"
    if not data.endswith(b"\r\n"):
        yield "the last line has no end"
    for number, line in enumerate(data.split(b"\r\n")[:-1], 1):
        yield from (f"line {number}: {what}" for what in _octets(line))
    lines = data.split(b"\r\n")
    for number, (line, following) in enumerate(pairwise(lines), 1):
        # Two backslashes may be torn apart: whoever unfolds first, as all do, never sees it.
        if following[:1] == b" " and following[1:2] != b"\\" and len(re.findall(rb"\\*$", line)[0]) % 2:
            yield f"line {number}: a fold between a backslash and what it escapes"


def _octets(line: bytes) -> Complaints:
    if b"\n" in line or b"\r" in line:
        yield "a line end that is not CRLF"
    if not line.strip():
        yield "an empty line"
    if len(line) > 75:
        yield f"{len(line)} octets, and 75 are allowed"
    try:
        text = line.decode()
    except UnicodeDecodeError:
        yield "not UTF-8, or folded within a character"
        return
    if found := _UNWANTED.search(text.replace("\r", "").replace("\n", "")):
        yield f"the character U+{ord(found[0]):04X}"
    if "\t" in text:
        yield "a tab"


def _component(component: Component) -> Complaints:
    for part in component.parts:
        if part.name not in _INSIDE.get(component.name, set()):
            yield f"line {part.number}: {part.name} inside {component.name}"
    for name, times in Counter(line.name for line in component.lines).items():
        if times > 1 and name in _ONCE:
            yield f"line {component.number}: {component.name} has {name} {times} times"
    for line in component.lines:
        yield from (f"line {line.number}: {line.name}: {what}" for what in _property(line, component))
    if component.name == "VEVENT":
        yield from (f"line {component.number}: {what}" for what in _vevent(component))


def _property(line: Line, component: Component) -> Complaints:
    if line.value != line.value.strip():
        yield "a space at an end of the value"
    if line.name in _ENUMERATED and line.value not in _ENUMERATED[line.name]:
        yield f"{line.value!r} is no value of it"
    if not line.value and line.name in ("SUMMARY", "UID", "LOCATION", "DESCRIPTION", "NAME"):
        yield "empty"
    for parameter, value in line.parameters.items():
        if not value or "^" in value.replace("^^", ""):
            yield f"the parameter {parameter} is empty, or escaped in a way that many don't read (RFC 6868)"
    if not _ALTERNATIVE.fullmatch(line.parameters.get("ALTREP", '"data:text/html,"')):
        yield "ALTREP is no quoted data: address"
    yield from _CHECKS.get(_kind(line), _unchecked)(line, component)


def _kind(line: Line) -> str:
    if line.name in _MOMENTS:
        return "moment"
    if line.name in _URLS:
        return "url"
    if line.name in _TEXT:
        return "text"
    return line.name


def _unchecked(line: Line, component: Component) -> Complaints:
    yield from ()


def _text(line: Line, component: Component) -> Complaints:
    yield from _escapes(line.value, "TEXT")
    if line.name in ("SUMMARY", "LOCATION"):
        if "\n" in plain(line.value):
            yield "more than one line, of which some clients show the first"
        if len(plain(line.value).encode("utf-16-le")) // 2 > 255:
            yield "more than 255 UTF-16 units, where some clients cut"
    if line.name == "UID" and len(line.value.encode()) > 255:
        yield "more than 255 octets"


def _texts(line: Line, component: Component) -> Complaints:
    yield from _escapes(line.value, "TEXTS")
    if any(not part.strip() for part in re.split(r"(?<!\\),", line.value)):
        yield "an empty one among them"


def _escapes(value: str, kind: str) -> Complaints:
    if _BAD_ESCAPE.match(value):
        yield "a backslash that escapes nothing (only \\\\ \\; \\, \\n do)"
    if _BARE[kind].search(value):
        yield "a comma or semicolon that is not escaped"


def _url(line: Line, component: Component) -> Complaints:
    try:
        parts = urlsplit(line.value)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.netloc or not _URL.fullmatch(line.value):
        yield f"{line.value[:60]!r} is no absolute http(s) address"


def _person(line: Line, component: Component) -> Complaints:
    if not re.fullmatch(r"mailto:[^\s@:;,\"<>]+@[A-Za-z0-9.-]+", line.value):
        yield f"{line.value[:60]!r} is no mailto: address"


def _number(line: Line, component: Component) -> Complaints:
    if not re.fullmatch(r"\d{1,10}", line.value, re.ASCII) or int(line.value) > 2**31 - 1:
        yield f"{line.value!r} is no whole number from 0 to 2^31-1"


def _place(line: Line, component: Component) -> Complaints:
    if not re.fullmatch(r"-?\d{1,2}\.\d{1,6};-?\d{1,3}\.\d{1,6}", line.value, re.ASCII):
        yield f"{line.value!r} is no pair of degrees"


def _moment(line: Line, component: Component) -> Complaints:
    if component.name in ("STANDARD", "DAYLIGHT"):
        return
    is_day, zone = line.parameters.get("VALUE") == "DATE", line.parameters.get("TZID")
    if moment_of(line) is None:
        yield f"{line.value!r} is no {'day' if is_day else 'time'}"
        return
    in_utc = line.value.endswith("Z")
    if zone and (is_day or in_utc):
        yield "a zone for a day or for a time in UTC"
    if line.name in _IN_UTC and not in_utc:
        yield "not in UTC"
    if not (zone or is_day or in_utc):
        yield "a time of no zone"


_CHECKS: dict[str, Callable[[Line, Component], Complaints]] = {
    "moment": _moment,
    "url": _url,
    "text": _text,
    "CATEGORIES": _texts,
    "SEQUENCE": _number,
    "GEO": _place,
    "ORGANIZER": _person,
    "ATTENDEE": _person,
}


def moment_of(line: Line) -> date | datetime | None:
    """The day, or the naive time that is written, whatever zone it is in; None where it is neither."""
    is_day = line.parameters.get("VALUE") == "DATE"
    try:
        if is_day:
            return datetime.strptime(line.value, "%Y%m%d").date() if _DAY.fullmatch(line.value) else None
        found = _MOMENT.fullmatch(line.value)
        return datetime.strptime(found[1], "%Y%m%dT%H%M%S") if found else None
    except ValueError:
        return None


def _vevent(event: Component) -> Complaints:
    for name in ("UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "STATUS", "SEQUENCE"):
        if event.first(name) is None:
            yield f"a VEVENT without {name}"
    start, end = event.first("DTSTART"), event.first("DTEND")
    if start and end:
        yield from _order(start, end)
    created, modified, stamp = (event.value(name) for name in ("CREATED", "LAST-MODIFIED", "DTSTAMP"))
    if created and modified and created > modified:
        yield "modified before it was created"
    if modified and stamp and stamp < modified:
        yield "a DTSTAMP before its LAST-MODIFIED"


def _order(start: Line, end: Line) -> Complaints:
    if start.parameters != end.parameters or start.value.endswith("Z") != end.value.endswith("Z"):
        yield "DTSTART and DTEND of two kinds"
        return
    first, last = moment_of(start), moment_of(end)
    # Of one kind, as their parameters are the same.
    if first is not None and last is not None and str(last) <= str(first):
        yield "DTEND is not after DTSTART"


def _calendar(calendar: Component, events: int | None) -> Complaints:
    for name in ("VERSION", "PRODID"):
        if calendar.first(name) is None:
            yield f"no {name}"
    if calendar.first("UID") is not None:
        yield "a calendar with a UID of its own is stored as one event by vdirsyncer"
    for name, other in (("NAME", "X-WR-CALNAME"), ("DESCRIPTION", "X-WR-CALDESC")):
        if calendar.value(name) != calendar.value(other):
            yield f"{name} and {other} disagree"
    found = len(list(calendar.walk("VEVENT")))
    if events is not None and found != events:
        yield f"{found} events, and {events} were meant"
    if any(calendar.walk("VALARM")) and calendar.first("METHOD") is None:
        yield "an alarm in a feed"


def _method(calendar: Component) -> Complaints:
    method = calendar.value("METHOD")
    for event in calendar.walk("VEVENT"):
        where, organiser, guests = f"line {event.number}: ", event.first("ORGANIZER"), event.all("ATTENDEE")
        if (organiser is None) is not (method is None):
            yield f"{where}METHOD {method} with{'out' if organiser is None else ''} an ORGANIZER (RFC 5546 3.2)"
        if bool(guests) is not (method in ("REQUEST", "CANCEL")):
            yield f"{where}METHOD {method} with {len(guests)} of ATTENDEE"
        if method == "CANCEL" and event.value("STATUS") != "CANCELLED":
            yield f"{where}METHOD CANCEL and STATUS {event.value('STATUS')}"
        if method != "CANCEL" and event.first("TRANSP") is None:
            yield f"{where}without TRANSP, what is cancelled or all day long makes people busy"
        if method is None and event.value("DTSTAMP") != event.value("LAST-MODIFIED"):
            yield f"{where}in a feed DTSTAMP is when it was last revised (RFC 5545 3.8.7.2)"
    if method in ("REQUEST", "CANCEL") and len({event.value("UID") for event in calendar.walk("VEVENT")}) != 1:
        yield f"METHOD {method} is about one event"


def _zones(calendar: Component) -> Complaints:
    names = [part.name for part in calendar.parts]
    if "VTIMEZONE" in names and "VEVENT" in names[: len(names) - names[::-1].index("VTIMEZONE")]:
        yield "a VTIMEZONE behind a VEVENT"
    told = Counter(zone.value("TZID") for zone in calendar.walk("VTIMEZONE"))
    used = {zone for event in calendar.walk("VEVENT") for line in event.lines if (zone := line.parameters.get("TZID"))}
    yield from (f"TZID {zone} has no VTIMEZONE" for zone in sorted(used - set(told)))
    yield from (f"a VTIMEZONE {zone} that nothing uses" for zone in told if zone not in used)
    yield from (f"{times} VTIMEZONEs {zone}" for zone, times in told.items() if times > 1)


def _uids(calendar: Component) -> Complaints:
    keys = Counter((event.value("UID"), event.value("RECURRENCE-ID")) for event in calendar.walk("VEVENT"))
    yield from (f"{times} events with the UID {uid}" for (uid, _), times in keys.items() if times > 1)
