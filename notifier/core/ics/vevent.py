"""One event as a VEVENT, as it stands in feeds, in files and in invitations."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from notifier.core.entry import Entry, Shown, Span, shown, span_of
from notifier.core.ics.lines import escaped, moment, written
from notifier.core.ics.richtext import as_address, rich
from notifier.core.ics.vtimezone import tzid_for, vtimezone
from notifier.core.public import public_view
from notifier.core.rule import Site
from notifier.core.zones import zone_named

_MAX_UID_OCTETS = 255
_MAX_SEQUENCE = 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Everything that a VEVENT is made of.

    `stamp` says when the object was made, for feeds the entry. `zone` is the TZID of its times, None for UTC.
    `organizer` and `attendee` are whole content lines, or empty.
    """

    uid: str
    sequence: int
    created_at: datetime
    modified_at: datetime
    stamp: datetime
    span: Span
    words: Shown
    classification: str
    zone: str | None = None
    markup: str = ""
    organizer: str = ""
    attendee: str = ""


def render_entry(site: Site, entry: Entry, *, public: bool = True) -> bytes:
    """The VEVENT of one entry, as it stands in every feed; with the values that are not public only if `public` is False.

    Raises ValueError where it can't stand in a calendar.
    """
    return vevent(lines_of(site, entry, public=public))


def has_date(entry: Entry, *, public: bool) -> bool:
    """Whether a calendar can hold the entry's date and its readers may know it."""
    hidden = public and "when" in entry.event.private
    return not hidden and span_of(entry.event.when) is not None


def lines_of(site: Site, entry: Entry, *, public: bool) -> Lines:
    event = public_view(entry.event) if public else entry.event
    span = span_of(event.when)
    uid = event.uid
    if span is None:
        raise ValueError(f"{event.path} has no date that a calendar can hold.")
    if not uid or not uid.isprintable() or len(uid.encode()) > _MAX_UID_OCTETS:
        raise ValueError(f"{event.path} has the uid {uid!r}, which can't stand in a calendar.")
    if not 0 <= entry.sequence <= _MAX_SEQUENCE:
        raise ValueError(f"{event.path} has the sequence {entry.sequence}, which can't stand in a calendar.")
    modified = entry.modified_at.astimezone(UTC)
    # PRIVATE hides an entry from those with whom its reader shares a calendar. Nextcloud, Google and Outlook show it to
    # the reader; of CONFIDENTIAL some show only that there is something.
    hides = not public and public_view(event) != event
    return Lines(
        uid=uid,
        sequence=entry.sequence,
        created_at=entry.created_at.astimezone(UTC),
        modified_at=modified,
        stamp=modified,
        span=span,
        words=shown(site, event),
        classification="PRIVATE" if hides else "PUBLIC",
    )


def on_its_own(lines: Lines, zone: str) -> Lines:
    """As a file or an invitation has it: at the clock times of its zone where they can be told, and as HTML too."""
    return replace(lines, zone=tzid_for(lines.span, zone), markup=rich(lines.words.description))


def vtimezone_of(lines: Lines) -> bytes:
    """The definition of the zone that the lines use, b"" for UTC."""
    return vtimezone(lines.zone, lines.span.start.year) or b"" if lines.zone else b""


def vevent(lines: Lines) -> bytes:
    """Written here, line by line, as icalendar would: it takes ten times as long, most of it for folding."""
    words = lines.words
    return written(
        (
            "BEGIN:VEVENT",
            f"SUMMARY:{escaped(words.title)}",
            f"DTSTART{_time(lines.span.start, lines.zone)}",
            f"DTEND{_time(lines.span.end, lines.zone)}",
            # Without a METHOD, DTSTAMP says when the entry was last revised (RFC 5545 3.8.7.2).
            f"DTSTAMP{moment(lines.stamp)}",
            f"UID:{escaped(lines.uid)}",
            f"SEQUENCE:{lines.sequence}",
            lines.attendee,
            f"CATEGORIES:{','.join(map(escaped, words.categories))}" if words.categories else "",
            f"CLASS:{lines.classification}",
            # Few read it: the link also stands in the description, and as the place of what is online only.
            f"CONFERENCE;FEATURE=VIDEO;LABEL=Join online;VALUE=URI:{words.join_url}" if words.join_url else "",
            f"CREATED{moment(lines.created_at)}",
            _description(words.description, lines.markup),
            f"LAST-MODIFIED{moment(lines.modified_at)}",
            f"LOCATION:{escaped(words.location)}" if words.location else "",
            lines.organizer,
            f"STATUS:{words.status}",
            f"TRANSP:{'TRANSPARENT' if words.transparent else 'OPAQUE'}",
            f"URL:{words.url}" if words.url else "",
            f"X-ALT-DESC;FMTTYPE=text/html:{escaped(lines.markup)}" if lines.markup else "",
            "X-MICROSOFT-CDO-BUSYSTATUS:FREE" if words.transparent else "",
            "END:VEVENT",
        )
    )


def cancelling(lines: Lines) -> bytes:
    """What RFC 5546 3.2.5 asks of a CANCEL, with the title and the times, and no more: the rest may be why it is off."""
    return written(
        (
            "BEGIN:VEVENT",
            f"SUMMARY:{escaped(lines.words.title)}",
            f"DTSTART{_time(lines.span.start, lines.zone)}",
            f"DTEND{_time(lines.span.end, lines.zone)}",
            f"DTSTAMP{moment(lines.stamp)}",
            f"UID:{escaped(lines.uid)}",
            f"SEQUENCE:{lines.sequence}",
            lines.attendee,
            lines.organizer,
            "STATUS:CANCELLED",
            "END:VEVENT",
        )
    )


def _description(text: str, markup: str) -> str:
    if not text:
        return ""
    alternative = f';ALTREP="{as_address(markup)}"' if markup else ""
    return f"DESCRIPTION{alternative}:{escaped(text)}"


def _time(value: date | datetime, zone: str | None) -> str:
    if zone is None or not isinstance(value, datetime):
        return moment(value)
    return f";TZID={zone}:{value.astimezone(zone_named(zone)):%Y%m%dT%H%M%S}"
