"""The lint bites: every planted fault is seen, and nothing in the good calendar is."""

from __future__ import annotations

import pytest

from tests.acceptance.calendars.lint import complaints
from tests.acceptance.calendars.planted import BAD, EVENTS, GOOD, SEEN_BY_LINT, SEEN_BY_TZCHECK


def test_a_good_calendar_has_nothing_to_complain_of() -> None:
    assert complaints(GOOD, events=EVENTS) == []


@pytest.mark.parametrize("name", SEEN_BY_LINT)
def test_a_planted_fault_is_seen(name: str) -> None:
    assert complaints(BAD[name], events=EVENTS) != []


@pytest.mark.parametrize("name", SEEN_BY_TZCHECK)
def test_a_zone_is_not_judged_by_its_bytes(name: str) -> None:
    assert complaints(BAD[name], events=EVENTS) == []


def test_an_injected_event_is_only_seen_by_who_knows_how_many_were_meant() -> None:
    assert complaints(BAD["b07_injection"], events=EVENTS) == ["4 events, and 3 were meant"]
    assert complaints(BAD["b07_injection"]) == []


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("VERSION:2.0\r\n", "", "no VERSION"),
        ("SUMMARY:Two days", "SUMMARY:Two days ", "SUMMARY: a space at an end of the value"),
        ("SUMMARY:Two days", "SUMMARY:", "SUMMARY: empty"),
        ("SUMMARY:Two days", "SUMMARY:Two\\nlines", "SUMMARY: more than one line"),
        ("SUMMARY:Two days", "SUMMARY:C:\\New", "SUMMARY: a backslash that escapes nothing"),
        ("SUMMARY:Two days", "SUMMARY:Two\\\\, days", "SUMMARY: a comma or semicolon that is not escaped"),
        ("SUMMARY:Two days", "SUMMARY:Two\tdays", "a tab"),
        ("SUMMARY:Two days", "SUMMARY:Two\u2028days", "the character U+2028"),
        ("SUMMARY:Two days", "SUMMARY:Two\\\r\n ndays", "a fold between a backslash and what it escapes"),
        ("SUMMARY:Two days", "SUMMARY:Two days\r\nSUMMARY:Three", "VEVENT has SUMMARY 2 times"),
        ("SUMMARY:Two days", "SUMMARY:Two days\r\nCATEGORIES:a,,b", "CATEGORIES: an empty one among them"),
        ("SUMMARY:Two days", "SUMMARY:Two days\r\nGEO:nan;1.0", "GEO: 'nan;1.0' is no pair of degrees"),
        ("SUMMARY:Two days", "SUMMARY:Two days\r\nBEGIN:VALARM\r\nEND:VALARM", "an alarm in a feed"),
        ("SUMMARY:Two days", "SUMMARY:Two days\r\nBEGIN:VTODO\r\nEND:VTODO", "VTODO inside VEVENT"),
        ("SUMMARY:Two days", 'SUMMARY:Two days\r\nX-A;CN="a"b":c', "no colon where the value of X-A should begin"),
        ("SUMMARY:Two days", "SUMMARY:Two days\r\n\r\n", "an empty line"),
        ("https://www.example.org/a,b;c", "javascript:alert(1)", "is no absolute http(s) address"),
        ("https://www.example.org/a,b;c", "https://www.example.org/a b", "is no absolute http(s) address"),
        ("SEQUENCE:3", "SEQUENCE:-3", "SEQUENCE: '-3' is no whole number"),
        ("STATUS:CANCELLED", "STATUS:OFF", "STATUS: 'OFF' is no value of it"),
        ("X-WR-CALNAME:Planted", "X-WR-CALNAME:Another", "NAME and X-WR-CALNAME disagree"),
        ("DTSTART:20271231T220000Z", "DTSTART:20271231T220000", "DTSTART: a time of no zone"),
        ("END:VCALENDAR\r\n", "END:VCALENDAR", "the last line has no end"),
        ("BEGIN:VCALENDAR", "\ufeffBEGIN:VCALENDAR", "a byte order mark"),
    ],
)
def test_a_fault_is_named(old: str, new: str, complaint: str) -> None:
    found = complaints(GOOD.replace(old.encode(), new.encode(), 1))

    assert any(complaint in one for one in found), found


def test_an_invitation_needs_its_organiser_one_guest_and_one_event() -> None:
    found = complaints(GOOD.replace(b"CALSCALE", b"METHOD:REQUEST\r\nCALSCALE"))

    assert "METHOD REQUEST is about one event" in found
    assert sum("without an ORGANIZER" in one for one in found) == EVENTS
    assert sum("with 0 of ATTENDEE" in one for one in found) == EVENTS


def test_a_zone_is_told_once_before_its_events_and_used() -> None:
    start, end = GOOD.index(b"BEGIN:VTIMEZONE"), GOOD.index(b"BEGIN:VEVENT")
    zone = GOOD[start:end]
    behind = GOOD.replace(zone, b"").replace(b"END:VCALENDAR", zone + b"END:VCALENDAR")

    assert complaints(GOOD.replace(zone, zone * 2)) == ["2 VTIMEZONEs Europe/London"]
    assert complaints(behind) == ["a VTIMEZONE behind a VEVENT"]
    assert complaints(GOOD.replace(zone, zone + zone.replace(b"London", b"Dublin"))) == [
        "a VTIMEZONE Europe/Dublin that nothing uses"
    ]
