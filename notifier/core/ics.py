"""Events in, calendar bytes out (RFC 5545, 7986): the same input gives the same bytes on every machine.

Times are in UTC: the one form in which six measured clients agree on every instant. The place's own time is said in
the description. Only public values are ever written here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from icalendar import Calendar
from icalendar import Event as VEvent
from icalendar.prop import vCalAddress, vCategory, vText, vUri

from notifier.core.entry import Entry, Shown, Span, shown, span_of
from notifier.core.plain import clean_text, http_url, one_line
from notifier.core.public import public_view
from notifier.core.rule import Feed, Site

__all__ = ["Entry", "render_entry", "render_event_file", "render_feed"]

_PRODID = "-//notifier//notifier//EN"
_REFRESH = timedelta(hours=4)
_MAX_UID_OCTETS = 255
_MAX_SEQUENCE = 2**31 - 1
_END = b"END:VCALENDAR\r\n"
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
        text = str(self).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
        return text.encode()


def render_feed(feed: Feed, site: Site, entries: Sequence[Entry], address: str) -> bytes:
    """The feed's bytes, entries in the order of their uids, whatever order they come in. `address` is its own URL.

    Entries without a date that a calendar can hold and the public may know are left out. Raises ValueError when
    two entries have one uid: calendars would show one of them, which one being their choice.
    """
    twice = sorted(uid for uid, times in Counter(entry.event.uid for entry in entries).items() if times > 1)
    if twice:
        raise ValueError(f"The feed {feed.name} has more than one entry with the uid {', '.join(twice)}.")
    dated = sorted((entry for entry in entries if _has_date(entry)), key=lambda entry: entry.event.uid)
    head = _feed_head(feed, site, dated, address)
    return _around(head, (render_entry(site, entry) for entry in dated))


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


def _feed_head(feed: Feed, site: Site, entries: Sequence[Entry], address: str) -> Calendar:
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
    if entries:
        calendar.add("last-modified", max(entry.modified_at for entry in entries).astimezone(UTC))
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
    """Everything that a VEVENT is made of, and so the key of its cached bytes."""

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


# An event changes seldom and stands in many feeds: its bytes are made once, and a feed is a join.
@lru_cache(maxsize=8192)
def _vevent(lines: _Lines) -> bytes:
    vevent = VEvent()
    vevent.add("uid", _Text(lines.uid))
    vevent.add("sequence", lines.sequence)
    vevent.add("created", lines.created_at)
    # Without a METHOD, DTSTAMP says when the entry was last revised (RFC 5545 3.8.7.2).
    vevent.add("dtstamp", lines.modified_at)
    vevent.add("last-modified", lines.modified_at)
    vevent.add("dtstart", lines.span.start)
    vevent.add("dtend", lines.span.end)
    _add_words(vevent, lines.words)
    if lines.organiser is not None:
        name, address = lines.organiser
        vevent.add("organizer", vCalAddress(address), parameters={"CN": name})
    return bytes(vevent.to_ical())


def _add_words(vevent: VEvent, words: Shown) -> None:
    vevent.add("summary", _Text(words.title))
    vevent.add("status", words.status)
    vevent.add("class", "PUBLIC")
    vevent.add("transp", "TRANSPARENT" if words.transparent else "OPAQUE")
    if words.transparent:
        vevent.add("x-microsoft-cdo-busystatus", _Text("FREE"))
    if words.description:
        vevent.add("description", _Text(words.description))
    if words.location:
        vevent.add("location", _Text(words.location))
    if words.url:
        vevent.add("url", vUri(words.url))
    if words.categories:
        categories = vCategory([])
        categories.cats = [_Text(name) for name in words.categories]
        vevent.add("categories", categories)
