"""Events in, calendar bytes out (RFC 5545, 7986): the same input gives the same bytes on every machine.

Times are in UTC: the one form in which six measured clients agree on every instant. The place's own time is said in
the description. Only public values are ever written here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from icalendar import Calendar
from icalendar import Event as VEvent
from icalendar.prop import vCalAddress, vText, vUri

from notifier.core.changes import stretch
from notifier.core.entry import Entry, Shown, Span, Written, WrittenFeed, shown, span_of
from notifier.core.plain import clean_text, http_url, one_line
from notifier.core.public import public_view
from notifier.core.rule import Feed, Site

__all__ = ["Entry", "Written", "render_entry", "render_event_file", "render_feed"]

_PRODID = "-//notifier//notifier//EN"
_REFRESH = timedelta(hours=4)
_MAX_UID_OCTETS = 255
_MAX_SEQUENCE = 2**31 - 1
_END = b"END:VCALENDAR\r\n"
#: Octets on a line beside the space that begins a continued one.
_FOLD = 74
_CSS_COLOURS = """
    aliceblue antiquewhite aqua aquamarine azure beige bisque black blanchedalmond blue blueviolet brown burlywood
    cadetblue chartreuse chocolate coral cornflowerblue cornsilk crimson cyan darkblue darkcyan darkgoldenrod
    darkgray darkgreen darkgrey darkkhaki darkmagenta darkolivegreen darkorange darkorchid darkred darksalmon
    darkseagreen darkslateblue darkslategray darkslategrey darkturquoise darkviolet deeppink deepskyblue dimgray
    dimgrey dodgerblue firebrick floralwhite forestgreen fuchsia gainsboro ghostwhite gold goldenrod gray green
    greenyellow grey honeydew hotpink indianred indigo ivory khaki lavender lavenderblush lawngreen lemonchiffon
    lightblue lightcoral lightcyan lightgoldenrodyellow lightgray lightgreen lightgrey lightpink lightsalmon
    lightseagreen lightskyblue lightslategray lightslategrey lightsteelblue lightyellow lime limegreen linen magenta
    maroon mediumaquamarine mediumblue mediumorchid mediumpurple mediumseagreen mediumslateblue mediumspringgreen
    mediumturquoise mediumvioletred midnightblue mintcream mistyrose moccasin navajowhite navy oldlace olive
    olivedrab orange orangered orchid palegoldenrod palegreen paleturquoise palevioletred papayawhip peachpuff peru
    pink plum powderblue purple rebeccapurple red rosybrown royalblue saddlebrown salmon sandybrown seagreen
    seashell sienna silver skyblue slateblue slategray slategrey snow springgreen steelblue tan teal thistle tomato
    turquoise violet wheat white whitesmoke yellow yellowgreen
"""


class _Text(vText):
    r"""TEXT escaped as RFC 5545 3.3.11 says and no more.

    icalendar turns an author's `C:\New` into a line break, and leaves names it doesn't know unescaped.
    """

    def to_ical(self) -> bytes:
        return _escaped(self).encode()


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def render_feed(
    feed: Feed, site: Site, entries: Sequence[Entry], address: str, written: Written | None = None
) -> bytes:
    """The feed's bytes, entries in the order of their uids, whatever order they come in. `address` is its own URL.

    Entries without a date that a calendar can hold and the public may know are left out. Raises ValueError when
    two entries have one uid: calendars would show one of them, which one being their choice. `written` is kept from
    feed to feed, and from time to time: an event changes seldom and stands in many feeds, so its bytes are made once,
    and a feed is a join.
    """
    written = Written() if written is None else written
    before = written.feeds.get(feed.name) or WrittenFeed(entries=(), parts=(), modified=())
    part = stretch(before.entries, entries)
    end = part.start + len(part.old)
    around = (*before.entries[max(part.start - 1, 0) : part.start], *part.new, *before.entries[end : end + 1])
    if any(one.event.uid >= other.event.uid for one, other in pairwise(around)):
        return render_feed(feed, site, _in_order(feed, entries), address, written)
    rendered = [_rendered(site, entry, written) for entry in part.new]
    dates = [None if data is None else entry.modified_at for entry, data in zip(part.new, rendered, strict=True)]
    after = written.feeds[feed.name] = WrittenFeed(
        entries=tuple(entries),
        parts=(*before.parts[: part.start], *rendered, *before.parts[end:]),
        modified=(*before.modified[: part.start], *dates, *before.modified[end:]),
    )
    last = max(filter(None, after.modified), default=None)
    return _around(_feed_head(feed, site, last, address), filter(None, after.parts))


def _in_order(feed: Feed, entries: Sequence[Entry]) -> list[Entry]:
    twice = sorted(uid for uid, times in Counter(entry.event.uid for entry in entries).items() if times > 1)
    if twice:
        raise ValueError(f"The feed {feed.name} has more than one entry with the uid {', '.join(twice)}.")
    return sorted(entries, key=lambda entry: entry.event.uid)


def _rendered(site: Site, entry: Entry, written: Written) -> bytes | None:
    known = written.entries.get(entry.event.uid)
    if known is None or known[0] is not entry:
        data = render_entry(site, entry) if _has_date(entry) else None
        known = written.entries[entry.event.uid] = entry, data
    return known[1]


def render_event_file(site: Site, entry: Entry) -> bytes:
    """One event as a file to download or attach: METHOD:PUBLISH, so it needs an organiser (RFC 5546 3.2.1)."""
    calendar = _calendar()
    calendar.add("method", "PUBLISH")
    return _around(calendar, [_vevent(_lines(site, entry, organiser=_organiser(site)))])


def render_entry(site: Site, entry: Entry) -> bytes:
    """The VEVENT of one entry, as it stands in every feed. Raises ValueError where it can't stand in a calendar."""
    return _vevent(_lines(site, entry))


def _calendar() -> Calendar:
    """Without a UID of its own: vdirsyncer would take the whole calendar for one event."""
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", _PRODID)
    calendar.add("calscale", "GREGORIAN")
    return calendar


def _feed_head(feed: Feed, site: Site, modified_at: datetime | None, address: str) -> Calendar:
    calendar = _calendar()
    name = _Text(one_line(feed.title) or one_line(feed.name) or "Events")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    if description := clean_text(feed.description).strip():
        calendar.add("description", _Text(description))
        calendar.add("x-wr-caldesc", _Text(description))
    calendar.add("x-wr-timezone", _Text(one_line(site.timezone)))
    calendar.add("refresh-interval", _REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", _Text("PT4H"))
    if source := http_url(address):
        calendar.add("source", vUri(source), parameters={"VALUE": "URI"})
    if (colour := (feed.colour or "").strip().lower()) in _CSS_COLOURS.split():
        calendar.add("color", _Text(colour))
    if modified_at is not None:
        calendar.add("last-modified", modified_at.astimezone(UTC))
    return calendar


def _around(calendar: Calendar, parts: Iterable[bytes]) -> bytes:
    head = calendar.to_ical()
    return b"".join([head.removesuffix(_END), *parts, _END])


def _has_date(entry: Entry) -> bool:
    return span_of(public_view(entry.event).when) is not None


def _organiser(site: Site) -> tuple[str, str]:
    return one_line(site.name).replace('"', "”"), f"mailto:noreply@{site.domain}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lines:
    """Everything that a VEVENT is made of."""

    uid: str
    sequence: int
    created_at: datetime
    modified_at: datetime
    span: Span
    words: Shown
    organiser: tuple[str, str] | None


def _lines(site: Site, entry: Entry, *, organiser: tuple[str, str] | None = None) -> _Lines:
    event = public_view(entry.event)
    span = span_of(event.when)
    uid = event.uid
    if span is None:
        raise ValueError(f"{event.path} has no date that a calendar can hold.")
    if not uid or not uid.isprintable() or len(uid.encode()) > _MAX_UID_OCTETS:
        raise ValueError(f"{event.path} has the uid {uid!r}, which can't stand in a calendar.")
    if not 0 <= entry.sequence <= _MAX_SEQUENCE:
        raise ValueError(f"{event.path} has the sequence {entry.sequence}, which can't stand in a calendar.")
    return _Lines(
        uid=uid,
        sequence=entry.sequence,
        created_at=entry.created_at.astimezone(UTC),
        modified_at=entry.modified_at.astimezone(UTC),
        span=span,
        words=shown(site, event),
        organiser=organiser,
    )


def _vevent(lines: _Lines) -> bytes:
    """Written here, line by line, as icalendar would: it takes ten times as long, most of it for folding."""
    words, stamp = lines.words, _moment(lines.modified_at)
    written = (
        "BEGIN:VEVENT",
        f"SUMMARY:{_escaped(words.title)}",
        f"DTSTART{_moment(lines.span.start)}",
        f"DTEND{_moment(lines.span.end)}",
        # Without a METHOD, DTSTAMP says when the entry was last revised (RFC 5545 3.8.7.2).
        f"DTSTAMP{stamp}",
        f"UID:{_escaped(lines.uid)}",
        f"SEQUENCE:{lines.sequence}",
        f"CATEGORIES:{','.join(map(_escaped, words.categories))}" if words.categories else "",
        "CLASS:PUBLIC",
        f"CREATED{_moment(lines.created_at)}",
        f"DESCRIPTION:{_escaped(words.description)}" if words.description else "",
        f"LAST-MODIFIED{stamp}",
        f"LOCATION:{_escaped(words.location)}" if words.location else "",
        _organizer_line(*lines.organiser) if lines.organiser is not None else "",
        f"STATUS:{words.status}",
        f"TRANSP:{'TRANSPARENT' if words.transparent else 'OPAQUE'}",
        f"URL:{words.url}" if words.url else "",
        "X-MICROSOFT-CDO-BUSYSTATUS:FREE" if words.transparent else "",
        "END:VEVENT",
    )
    return b"\r\n".join([*(_folded(line.encode()) for line in written if line), b""])


def _moment(moment: date | datetime) -> str:
    """A date, or an instant in UTC, with what stands between its property's name and itself."""
    return f":{moment:%Y%m%dT%H%M%SZ}" if isinstance(moment, datetime) else f";VALUE=DATE:{moment:%Y%m%d}"


def _organizer_line(name: str, address: str) -> str:
    """How a parameter's value is quoted is icalendar's to know."""
    vevent = VEvent()
    vevent.add("organizer", vCalAddress(address), parameters={"CN": name})
    return str(vevent.content_line("ORGANIZER", vevent["organizer"]))


def _folded(line: bytes) -> bytes:
    """At most 75 octets on a line (RFC 5545 3.1), no character and no escaped one torn apart."""
    if len(line) <= _FOLD:
        return line
    parts: list[bytes] = []
    at = 0
    while len(line) - at > _FOLD:
        end = at + _FOLD
        while line[end] & 0xC0 == 0x80:  # within a character of several octets
            end -= 1
        end -= line[end - 1] in b"\\^"
        parts.append(line[at:end])
        at = end
    return b"\r\n ".join([*parts, line[at:]])
