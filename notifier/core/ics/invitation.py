"""Calendars for one event: the file that anybody may download, and the invitation of one person (RFC 5546, iTIP)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import quote

from notifier.core.entry import Entry
from notifier.core.event import Event
from notifier.core.facts import OFF
from notifier.core.ics.calendar import a_calendar, around
from notifier.core.ics.lines import address_line, written
from notifier.core.ics.vevent import Lines, cancelling, lines_of, on_its_own, vevent, vtimezone_of
from notifier.core.mailbox import mailbox
from notifier.core.plain import cut, one_line
from notifier.core.rule import Site

#: Who stands in an invitation before `for_attendee` says for whom it is: nobody has an address of this domain (RFC 2606).
NOBODY = ("", "nobody@example.invalid")
_NAME_UNITS = 255
#: What a mailto: address may hold as it is (RFC 6068).
_MAILTO = "!$'*+-._~"
#: The whole of it: it begins a line, which no author's text can, and goes on where a line begins with a space.
_ATTENDEE = re.compile(rb"(?<=\r\n)ATTENDEE[;:][^\r\n]*\r\n(?: [^\r\n]*\r\n)*")
#: What needs no quotation marks in a parameter, and no cleaning.
_PLAIN_NAME = re.compile(r"(?:[A-Za-z0-9À-ÖØ-öø-ÿ]+(?:[ .-][A-Za-z0-9À-ÖØ-öø-ÿ]+)*)?")
_ASKED = {"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE"}


def render_event_file(site: Site, entry: Entry, *, public: bool = True) -> bytes:
    """One event as a file to download or attach: METHOD:PUBLISH, so it needs an organiser (RFC 5546 3.2.1).

    With what is not public only if `public` is False. Raises ValueError where the event can't stand in a calendar.
    """
    organiser = f"noreply@{site.domain}"
    lines = replace(
        lines_of(site, entry, public=public), organizer=_person("ORGANIZER", (site.name, f"mailto:{organiser}"), {})
    )
    return _one("PUBLISH", site, entry.event, lines)


def render_invitation(
    site: Site,
    entry: Entry,
    *,
    method: Literal["REQUEST", "CANCEL"],
    attendee: tuple[str, str],
    organiser: tuple[str, str],
    at: datetime,
    public: bool,
) -> bytes:
    """The calendar part of a mail that invites one person, tells them of a change, or calls the event off for them.

    `attendee` and `organiser` are name and address; the organiser must be who the mail is from. `at` is when this
    message is made; calendars take the one with the greater sequence, then the later one, so a CANCEL must have a
    greater sequence than what was last sent. `public` is whether the attendee is of a public audience. The same input
    gives the same bytes. Raises ValueError for an address that is none, for an event without a date, and for a REQUEST
    about an event that is called off.
    """
    off = not entry.event.published or entry.event.status in OFF
    if method == "REQUEST" and off:
        raise ValueError(f"{entry.event.path} is called off, so nobody can be invited. Use the method CANCEL.")
    if method == "CANCEL" and not off:
        entry = replace(entry, event=replace(entry.event, status="cancelled"))
    lines = replace(
        lines_of(site, entry, public=public),
        stamp=at.astimezone(UTC),
        organizer=_person("ORGANIZER", (organiser[0], mailto(organiser[1])), {}),
        attendee=_attendee(*attendee),
    )
    return _one(method, site, entry.event, lines)


def for_attendee(invitation: bytes, name: str, address: str) -> bytes:
    """The same invitation for somebody else: the very bytes that `render_invitation` gives for them.

    Raises ValueError for an address that is none, and for bytes that invite nobody.
    """
    before, after = around_attendee(invitation)
    return before + attendee_line(name, address) + after


def around_attendee(invitation: bytes) -> tuple[bytes, bytes]:
    """What stands before and after the attendee's line. Raises ValueError for bytes that invite nobody."""
    place = _ATTENDEE.search(invitation)
    if place is None:
        raise ValueError("This calendar has no attendee whose place another could take.")
    return invitation[: place.start()], invitation[place.end() :]


def attendee_line(name: str, address: str) -> bytes:
    """The line that says who is invited, folded, with its end. Raises ValueError for an address that is none."""
    return written([_attendee(name, address)])


def can_organise(organiser: tuple[str, str]) -> bool:
    """Whether an invitation can be from them: their address is one plain mailbox."""
    try:
        mailto(organiser[1])
    except ValueError:
        return False
    return True


def mailto(address: str) -> str:
    """The address as a `mailto:`. Raises ValueError for anything but one plain mailbox, which no header could be hidden in."""
    found = mailbox(address)
    if found is None:
        raise ValueError(f"{address!r} is not an address that can be invited. Write it like name@example.org.")
    return f"mailto:{quote(found[0], safe=_MAILTO)}@{found[1]}"


def _one(method: str, site: Site, event: Event, lines: Lines) -> bytes:
    lines = on_its_own(lines, event.zone or site.timezone)
    body = cancelling(lines) if method == "CANCEL" else vevent(lines)
    return around(a_calendar(method), [vtimezone_of(lines), body])


def _attendee(name: str, address: str) -> str:
    if len(name) <= _NAME_UNITS // 2 and _PLAIN_NAME.fullmatch(name):
        # As icalendar writes it, which takes long where thousands are invited.
        named = f";CN={quoted}" if (quoted := f'"{name}"' if " " in name else name) else ""
        return f"ATTENDEE{named};PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT;RSVP=TRUE:{mailto(address)}"
    return _person("ATTENDEE", (name, mailto(address)), _ASKED)


def _person(property_name: str, person: tuple[str, str], parameters: dict[str, str]) -> str:
    # RFC 6868's way to write a quotation mark in a parameter is unread by many.
    name = cut(one_line(person[0]).replace('"', "”"), _NAME_UNITS)
    return address_line(property_name, person[1], {"CN": name, **parameters} if name else parameters)
