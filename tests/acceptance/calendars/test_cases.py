"""Our own bytes of every case are what the lint and the zone check allow, and what icalendar reads is what was meant."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from icalendar import Calendar

from tests.acceptance.calendars import lint, tzcheck
from tests.acceptance.calendars.agree import differences
from tests.acceptance.calendars.cases import SMALL, Case
from tests.acceptance.calendars.planted import GOOD, MEANT
from tests.acceptance.calendars.seen import Seen, moment

small = pytest.mark.parametrize("make", SMALL.values(), ids=SMALL)


def seen_by_icalendar(data: bytes) -> list[Seen]:
    calendar = Calendar.from_ical(data)
    assert calendar.errors == []
    return [
        Seen(
            uid=str(event["uid"]), start=moment(event.decoded("dtstart")), end=moment(event.decoded("dtend")),
            title=str(event["summary"]), description=str(event.get("description", "")),
            location=str(event.get("location", "")), url=str(event.get("url", "")), status=str(event["status"]),
        )
        for event in calendar.walk("VEVENT")
    ]  # fmt: skip


@small
def test_a_feed_has_nothing_to_complain_of(make: Callable[[], Case]) -> None:
    case = make()

    assert lint.complaints(case.written(), events=len(case.expected)) == []
    assert tzcheck.complaints(case.written()) == []


@small
def test_an_event_on_its_own_has_nothing_to_complain_of(make: Callable[[], Case]) -> None:
    case = make()

    for data, _ in (*case.files(), *case.invitations("REQUEST"), *case.invitations("CANCEL")):
        assert lint.complaints(data, events=1) == []
        assert tzcheck.complaints(data) == []


@small
def test_what_is_read_is_what_was_meant(make: Callable[[], Case]) -> None:
    case = make()
    apart = (*case.files(), *case.invitations("REQUEST"), *case.invitations("CANCEL"))

    assert differences("icalendar", case.expected, seen_by_icalendar(case.written())) == []
    assert [differences("icalendar", [meant], seen_by_icalendar(data)) for data, meant in apart] == [[]] * len(apart)


@pytest.mark.parametrize("joins", ["\u200d", "\ufe0f", "\u0302", "\u0323", "\u05b8", "\U0001f3fd"])
def test_no_line_begins_or_ends_within_what_readers_see_as_one_character(joins: str) -> None:
    lines = SMALL["folds"]().written().decode().split("\r\n")

    assert joins in "".join(lines)
    assert [line for line in lines if line.startswith(f" {joins}") or line.endswith("\u200d")] == []


def test_the_good_calendar_is_read_as_it_was_meant() -> None:
    assert differences("icalendar", MEANT, seen_by_icalendar(GOOD)) == []


def test_a_feed_that_was_published_before_has_the_bytes_of_one_that_was_not() -> None:
    case = SMALL["changed"]()

    assert case.written() == Case(name=case.name, pairs=case.pairs).written()
