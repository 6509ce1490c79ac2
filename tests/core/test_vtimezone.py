"""Our definitions of zones against the tz database, their rules expanded by somebody else."""

from __future__ import annotations

import re
import zoneinfo
from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from dateutil.rrule import rrulestr

from notifier.core.entry import Span
from notifier.core.ics.vtimezone import tzid_for, vtimezone
from notifier.core.zones import zone_named
from tests.builders import at

ZONES = sorted(zoneinfo.available_timezones())
END = datetime(2038, 1, 1)
_PART = re.compile(
    r"BEGIN:(STANDARD|DAYLIGHT)\r\nDTSTART:(\d{8}T\d{6})\r\n(?:RRULE:(.*)\r\n)?TZOFFSETFROM:(.*)\r\nTZOFFSETTO:(.*)\r\n"
)


def offset(text: str) -> timedelta:
    length = timedelta(hours=int(text[1:3]), minutes=int(text[3:5]))
    return -length if text[0] == "-" else length


def onsets(written: bytes) -> list[tuple[datetime, timedelta]]:
    """Each onset as an instant, and the offset from then on, as a client expands the rules."""
    found: list[tuple[datetime, timedelta]] = []
    for _, start, rule, before, after in _PART.findall(written.decode()):
        wall = datetime.strptime(start, "%Y%m%dT%H%M%S")
        walls = rrulestr(rule, dtstart=wall).between(wall, END, inc=True) if rule else [wall]
        found += ((one - offset(before), offset(after)) for one in walls)
    return sorted(found)


def true_offset(zone: str, instant: datetime) -> timedelta | None:
    return instant.replace(tzinfo=UTC).astimezone(zone_named(zone)).utcoffset()


def asked(changes: list[tuple[datetime, timedelta]], year: int) -> Iterator[datetime]:
    """Twice a month at an odd hour, and the seconds before and at every onset."""
    start = datetime(year, 1, 1, 7, 13)
    yield from (start + timedelta(days=day) for day in range(0, (END - start).days, 15))
    yield from (moment for moment, _ in changes if moment >= start)
    yield from (moment - timedelta(seconds=1) for moment, _ in changes if moment > start)


def wrong(zone: str, year: int, written: bytes) -> list[datetime]:
    changes = onsets(written)
    at_moments = [moment for moment, _ in changes]
    return [
        instant
        for instant in asked(changes, year)
        if changes[bisect_right(at_moments, instant) - 1][1] != true_offset(zone, instant)
    ]


@pytest.mark.parametrize("year", [2010, 2027])
def test_every_zone_tells_the_very_instants_of_the_tz_database_or_nothing(year: int) -> None:
    told = {zone: written for zone in ZONES if (written := vtimezone(zone, year))}

    # Years in which a law changed can't be told by one rule, so there are fewer zones in the past.
    assert len(told) > 0.7 * len(ZONES)
    assert {zone: found for zone, written in told.items() if (found := wrong(zone, year, written))} == {}


def test_london_begins_each_change_on_the_clocks_that_show_until_then() -> None:
    assert (vtimezone("Europe/London", 2026) or b"").decode().split("\r\n") == [
        "BEGIN:VTIMEZONE",
        "TZID:Europe/London",
        "X-LIC-LOCATION:Europe/London",
        "BEGIN:DAYLIGHT",
        "DTSTART:20250330T010000",
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
        "TZOFFSETFROM:+0000",
        "TZOFFSETTO:+0100",
        "TZNAME:BST",
        "END:DAYLIGHT",
        "BEGIN:STANDARD",
        "DTSTART:20251026T020000",
        "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0000",
        "TZNAME:GMT",
        "END:STANDARD",
        "END:VTIMEZONE",
        "",
    ]


def test_in_dublin_the_summer_is_daylight_time_whatever_its_law_calls_it() -> None:
    assert b"BEGIN:DAYLIGHT\r\nDTSTART:20260329T010000\r\n" in (vtimezone("Europe/Dublin", 2027) or b"")


def test_a_zone_without_changes_is_one_standard_time_without_a_rule() -> None:
    written = vtimezone("Asia/Kathmandu", 2026) or b""

    assert b"TZOFFSETFROM:+0545\r\nTZOFFSETTO:+0545\r\nEND:STANDARD" in written
    assert b"RRULE" not in written


def test_half_an_hour_of_summer_is_told() -> None:
    assert b"TZOFFSETFROM:+1030\r\nTZOFFSETTO:+1100" in (vtimezone("Australia/Lord_Howe", 2026) or b"")


def test_only_what_every_client_reads_stands_in_a_zone() -> None:
    lines = b"".join(filter(None, (vtimezone(zone, 2027) for zone in ZONES))).decode().split("\r\n")

    names = {line.partition(":")[0] for line in lines if line}
    assert names <= {
        "BEGIN", "TZID", "X-LIC-LOCATION", "DTSTART", "RRULE", "TZOFFSETFROM", "TZOFFSETTO", "TZNAME", "END",
    }  # fmt: skip
    rule = r"RRULE:FREQ=YEARLY;BYMONTH=\d+;BYDAY=(-1|[1-4])(MO|TU|WE|TH|FR|SA|SU)"
    assert all(re.fullmatch(rule, line) for line in lines if line.startswith("RRULE"))
    assert not any(line.startswith("DTSTART:16") for line in lines)


@pytest.mark.parametrize(
    ("zone", "year"),
    [
        ("Africa/Casablanca", 2026),  # the clocks follow the moon
        ("America/Santiago", 2026),  # the Sunday from the second on is no nth one
        ("America/Edmonton", 2026),  # the law changes
        ("Europe/London", 1880),  # offsets with seconds, and years nobody keeps a calendar of
        ("Europe/Amsterdam", 1925),
        ("Europe/London", 9950),
        ("UTC", 2026),
        ("Mars/Olympus", 2026),
        ("../../etc/passwd", 2026),
        ("Europe/London\r\nX-EVIL:1", 2026),
        ("", 2026),
    ],
)
def test_what_no_yearly_rule_tells_has_no_definition(zone: str, year: int) -> None:
    assert vtimezone(zone, year) is None


def a_span(start: str, end: str, zone: str = "Europe/London") -> Span:
    return Span(start=at(start, zone).astimezone(UTC), end=at(end, zone).astimezone(UTC), all_day=False)


def test_ordinary_times_are_told_on_the_clocks_of_their_zone() -> None:
    assert tzid_for(a_span("2026-12-09 14:00", "2026-12-09 15:15"), "Europe/London") == "Europe/London"
    assert tzid_for(a_span("2026-12-31 22:00", "2027-01-01 02:00"), "Europe/London") == "Europe/London"


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-10-25 01:30", "2026-10-25 03:00"),  # twice
        ("2026-10-24 22:00", "2026-10-25 01:00"),
        ("2026-12-09 14:00", "2038-12-09 14:00"),  # longer than any rule is sure
    ],
)
def test_a_time_that_clients_read_differently_is_told_in_utc(start: str, end: str) -> None:
    assert tzid_for(a_span(start, end), "Europe/London") is None


def test_whole_days_have_no_zone() -> None:
    day = date(2026, 3, 29)

    assert tzid_for(Span(start=day, end=day + timedelta(days=1), all_day=True), "Europe/London") is None
