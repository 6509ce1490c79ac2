"""The zone check bites: wrong onsets, wrong offsets, forms that clients don't read, times that are no single instant."""

from __future__ import annotations

import pytest

from tests.acceptance.calendars.planted import BAD, EVENTS, GOOD, SEEN_BY_TZCHECK
from tests.acceptance.calendars.tzcheck import complaints

_SPRING = b"RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU"


def test_a_right_zone_has_nothing_to_complain_of() -> None:
    assert EVENTS
    assert complaints(GOOD) == []


@pytest.mark.parametrize("name", SEEN_BY_TZCHECK)
def test_a_planted_fault_is_seen(name: str) -> None:
    assert complaints(BAD[name]) != []


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        (_SPRING, b"RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=4SU", "instants are wrong, first 2030-03-24 01:00:00 UTC"),
        (_SPRING, b"RRULE:FREQ=YEARLY;UNTIL=20300331T010000Z;BYMONTH=3;BYDAY=-1SU", "first 2031-03-30 01:00:00"),
        (_SPRING, b"RDATE:20270328T010000,20280326T010000", "RDATE is not read by all"),
        (_SPRING, b"RRULE:FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=28", "is not of the form that all read"),
        (_SPRING, _SPRING + b"\r\nCOMMENT:none", "COMMENT is not read by all"),
        (b"TZOFFSETTO:+0100", b"TZOFFSETTO:+0130", "1:30:00 instead of 1:00:00"),
        (b"TZOFFSETTO:+0100", b"TZOFFSETTO:1", "TZOFFSETTO is no offset"),
        (b"TZOFFSETFROM:+0000", b"TZOFFSETFROM:-0100", "is told from -1 day, 23:00:00, and 1:00:00 holds"),
        (b"DTSTART:20260329T010000", b"DTSTART:20260329T010000Z", "DTSTART is not a local time"),
        (b"Europe/London", b"GMT Standard Time", "not a name of the tz database"),
        (b"T183000", b"T013000", "nothing"),
    ],
)
def test_a_fault_is_named(old: bytes, new: bytes, complaint: str) -> None:
    found = complaints(GOOD.replace(old, new, 1)) or ["nothing"]

    assert any(complaint in one for one in found), found


@pytest.mark.parametrize("wall", [b"20270328T013000", b"20271031T013000"])
def test_a_time_that_clocks_show_twice_or_never_belongs_in_utc(wall: bytes) -> None:
    [found] = complaints(GOOD.replace(b"20270702T183000", wall))

    assert "DTSTART is a time that clocks in Europe/London show twice or never" in found


def test_a_zone_whose_daylight_time_is_not_the_larger_offset_is_refused() -> None:
    swapped = GOOD.replace(b"STANDARD", b"X").replace(b"DAYLIGHT", b"STANDARD").replace(b":X", b":DAYLIGHT")

    assert complaints(swapped) == ["Europe/London: DAYLIGHT is not the larger offset"]
