"""Events that people register for and that are not for everybody: none of them is cleared unasked."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from notifier.core.clearance import clear
from notifier.core.event import Document, Event
from notifier.core.reading import read_document
from notifier.core.reading.shape import Shape

SHAPE = Shape(source="site", site_url="https://example.org", timezone="Europe/London")
LINK = "[Register here](https://www.eventbrite.co.uk/e/fair-tickets-1)."
NOW = datetime(2026, 12, 8, 12, tzinfo=UTC)


def read(words: str, *, title: str = "Winter talk") -> Event:
    body = f"On 9 December 2026 at 2pm we will hold our winter talk.\n\n{words}\n\n{LINK}"
    data = f'---\ntitle: "{title}"\ndate: 2026-12-09\n---\n{body}\n'.encode()
    (event,) = read_document(Document(source="site", path="2026-12-09-talk.md", data=data, revision="1"), SHAPE).events
    return event


def verdict(event: Event) -> str:
    return clear(event, public=True, now=NOW, zone="Europe/London").verdict


@pytest.mark.parametrize(
    "words",
    [
        "You must be a member to attend.", "You need to be a member to join this call.", "Membership required.", "Reserved for members.",
        "Exclusively for members.", "Exclusive to our members.", "Open to all members of the club.", "Members and guests only.",
        "Attendance limited to union members in good standing.", "Members of the chapter only.", "For card-carrying members.",
    ],
)  # fmt: skip
def test_these_words_leave_it_to_members(words: str) -> None:
    event = read(words)

    assert (event.access, verdict(event)) == ("members", "never")


def test_those_who_must_be_invited_are() -> None:
    assert read("Attendees must be invited.").access == "invitation"


@pytest.mark.parametrize(
    "words",
    [
        "Open to University staff and students only.", "This seminar is for staff and students of the University of Leeds.",
        "Registration is limited to employees of Acme.", "Only for registered students.", "For PhD students only.", "Committee only",
        "Please apply for a place; successful applicants will hear from us.", "Places are by application.", "Private event.",
        "This workshop is for women and non-binary people.", "The event is restricted to our partners.", "For volunteers only.",
        "If you would like an invitation, write to us.", "This call is for maintainers.", "This session is for chapter leaders only.",
        "Members and their guests are welcome.", "Waitlist only.", "Only people on the list will be admitted.", "For current fellows.",
        "You will need your member account to register.", "This is a staff meeting.", "It is only available to subscribers.",
        "Open only to residents of Ward 5.", "Not a member? Join first.", "Internal meeting for the steering committee.",
    ],
)  # fmt: skip
def test_these_words_are_asked_about(words: str) -> None:
    event = read(words)

    assert (event.access, verdict(event)) == ("unknown", "ask")
    assert [doubt.code for doubt in event.doubts] == ["access-inferred"]


def test_a_title_may_say_so() -> None:
    assert verdict(read("Come.", title="Alumni only: winter talk")) == "ask"


@pytest.mark.parametrize(
    "words",
    [
        "Places are limited to 30.", "Tickets are limited to one for each person.", "It is online only.", "For one night only.",
        "You do not need to be a member to attend.", "Free for members, £5 for non-members.", "Open to members and non-members alike.",
        "It is not only for students.", "You must bring a laptop.", "Cash only.",
        "We will talk about private life.", "Our members bring cake.", "The hall is closed at 5pm.", "This talk is for everyone.",
    ],
)  # fmt: skip
def test_these_words_keep_nobody_out(words: str) -> None:
    event = read(words)

    assert (event.access, verdict(event)) == ("open", "auto")
