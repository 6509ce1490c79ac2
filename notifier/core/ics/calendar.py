"""What stands around the events of a calendar."""

from __future__ import annotations

from collections.abc import Iterable

from icalendar import Calendar

_PRODID = "-//notifier//notifier//EN"
_END = b"END:VCALENDAR\r\n"


def a_calendar(method: str | None = None) -> Calendar:
    """Without a UID of its own: vdirsyncer would take the whole calendar for one event."""
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", _PRODID)
    calendar.add("calscale", "GREGORIAN")
    if method:
        calendar.add("method", method)
    return calendar


def around(calendar: Calendar, parts: Iterable[bytes]) -> bytes:
    head = calendar.to_ical()
    return b"".join([head.removesuffix(_END), *parts, _END])
