"""Events in, calendar bytes out (RFC 5545, 5546, 7986): the same input gives the same bytes on every machine."""

from __future__ import annotations

from notifier.core.entry import Entry, Written
from notifier.core.ics.feed import render_feed
from notifier.core.ics.invitation import (
    NOBODY,
    around_attendee,
    attendee_line,
    can_organise,
    for_attendee,
    render_event_file,
    render_invitation,
)
from notifier.core.ics.proof import Proved, refusal
from notifier.core.ics.vevent import has_date, render_entry

__all__ = [
    "NOBODY",
    "Entry",
    "Proved",
    "Written",
    "around_attendee",
    "attendee_line",
    "can_organise",
    "for_attendee",
    "has_date",
    "refusal",
    "render_entry",
    "render_event_file",
    "render_feed",
    "render_invitation",
]
