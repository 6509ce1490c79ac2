"""In which zone times are meant: offsets, zones beside a time and under a key, and what config.yaml says of them."""

from __future__ import annotations

import pytest

from notifier.core.event import Timed
from notifier.core.reading import Reading
from notifier.core.reading.shape import Times
from tests.core.test_reading_when import doubts, read, told


def at(reading: Reading) -> tuple[str, str | None, str | None] | None:
    """The first event's start, its zone, and how that is known."""
    event = reading.events[0]
    return (event.when.starts_at.isoformat(), event.zone, event.zone_basis) if isinstance(event.when, Timed) else None


def test_a_written_offset_is_converted_into_the_events_zone() -> None:
    assert at(read("date: 2026-07-05T18:30:00Z")) == ("2026-07-05T19:30:00+01:00", "Europe/London", "default")


def test_an_offset_that_is_not_meant_leaves_the_clock_on_the_wall() -> None:
    wall = Times(offsets="wall")

    assert at(read("date: 2026-07-05T18:30:00Z", times=wall)) == (
        "2026-07-05T18:30:00+01:00",
        "Europe/London",
        "default",
    )
    assert at(read("date: 2026-07-05T23:30:00Z", times=wall)) == (
        "2026-07-05T23:30:00+01:00",
        "Europe/London",
        "default",
    )


@pytest.mark.parametrize(
    ("front", "start"),
    [
        ('date: 2026-07-05\nstart: "18:30"', "2026-07-05T19:30:00+01:00"), ("date: 2026-07-05 23:30", "2026-07-06T00:30:00+01:00"),
        ("start: 2026-07-05 18:30 CEST", "2026-07-05T18:30:00+02:00"), ("start: 2026-07-05T18:30:00+01:00", "2026-07-05T18:30:00+01:00"),
    ],
)  # fmt: skip
def test_times_without_an_offset_may_be_in_a_zone_of_the_sites_program(front: str, start: str) -> None:
    found = at(read(front, times=Times(without="UTC")))

    assert found is not None
    assert found[0] == start


def test_an_offset_that_the_events_clocks_never_show_is_asked_about() -> None:
    reading = read("start: 2026-03-05T18:30:00+05:00", timezone="Europe/Dublin")

    assert at(reading) == ("2026-03-05T13:30:00+00:00", "Europe/Dublin", "default")
    assert told(reading) == [
        (
            "talk.md:3: start: “start: 2026-03-05T18:30:00+05:00” is 13:30 in Europe/Dublin, where clocks never show that offset "
            "on 2026-03-05. Write the time as clocks there show it: 2026-03-05T13:30:00+00:00, or add timezone: with the event's own zone."
        )
    ]
    assert [problem.severity for problem in reading.problems] == ["warning"]


@pytest.mark.parametrize("offset", ["Z", "+00:00", "+01:00"])
def test_both_offsets_of_a_day_on_which_clocks_change_are_shown_there(offset: str) -> None:
    assert doubts(read(f"start: 2026-10-25T14:30:00{offset}")) == []


@pytest.mark.parametrize(
    ("value", "start", "zone"),
    [
        ("18:30 Europe/Berlin", "2026-03-05T18:30:00+01:00", "Europe/Berlin"), ("18:30 CET", "2026-03-05T18:30:00+01:00", "Europe/Paris"),
        ("18:30 – 20:00 ET", "2026-03-05T18:30:00-05:00", "America/New_York"), ("18:30 GMT", "2026-03-05T18:30:00+00:00", "Europe/London"),
    ],
)  # fmt: skip
def test_a_zone_beside_a_start_is_the_events(value: str, start: str, zone: str) -> None:
    reading = read(f"date: 2026-03-05\nstart: {value}")

    assert (at(reading), doubts(reading)) == ((start, zone, "stated"), [])


def test_a_zone_beside_a_start_is_converted_into_the_stated_one() -> None:
    reading = read("date: 2026-03-05\nstart: 18:30 CET\ntimezone: Europe/London")

    assert (at(reading), doubts(reading)) == (("2026-03-05T17:30:00+00:00", "Europe/London", "stated"), [])


def test_the_sites_own_zone_is_what_its_letters_mean_in_the_wrong_half_of_the_year_too() -> None:
    reading = read("date: 2026-07-05\nstart: 18:30 CET", timezone="Europe/Berlin")

    assert (at(reading), doubts(reading)) == (("2026-07-05T18:30:00+02:00", "Europe/Berlin", "stated"), ["zone-season"])


def test_letters_beside_a_start_that_name_several_zones_leave_no_time() -> None:
    reading = read("date: 2026-03-05\nstart: 18:30 CST")

    assert (at(reading), doubts(reading)) == (None, ["unreadable-zone"])


@pytest.mark.parametrize(
    ("value", "zone"),
    [
        ("Europe/Berlin", "Europe/Berlin"), ("europe/berlin", "Europe/Berlin"), ("W. Europe Standard Time", "Europe/Berlin"),
        ("CEST", "Europe/Paris"), ("ET", "America/New_York"), ("UTC", "UTC"), ("+01:00", "Europe/London"), ("BST", "Europe/London"),
    ],
)  # fmt: skip
def test_a_key_may_name_a_zone_in_many_ways(value: str, zone: str) -> None:
    reading = read(f'date: 2026-06-05\nstart: "18:30"\ntimezone: "{value}"')

    assert (reading.events[0].zone, reading.events[0].zone_basis, doubts(reading)) == (zone, "stated", [])


def test_letters_of_a_key_mean_the_sites_own_zone_where_its_clocks_show_them() -> None:
    assert (
        read('date: 2026-12-05\nstart: "18:30"\ntimezone: CET', timezone="Europe/Berlin").events[0].zone
        == "Europe/Berlin"
    )


def test_winter_letters_under_a_key_are_asked_about_in_summer() -> None:
    reading = read('date: 2026-06-05\nstart: "18:30"\ntimezone: CET')

    assert told(reading) == [
        (
            "talk.md:5: timezone: “timezone: CET” is read as Europe/Paris, but clocks there are not on CET on 2026-06-05. "
            "Add timezone: Europe/Paris (or the right one) to the front matter."
        )
    ]


def test_a_fixed_offset_is_the_zone_of_the_place_where_clocks_show_it() -> None:
    reading = read('date: 2026-06-05\nstart: "18:30"\ntimezone: "+02:00"\nplace: Paris')

    assert (at(reading), doubts(reading)) == (("2026-06-05T18:30:00+02:00", "Europe/Paris", "stated"), [])


def test_a_fixed_offset_that_fits_no_zone_leaves_no_time() -> None:
    reading = read('date: 2026-06-05\nstart: "18:30"\ntimezone: "+02:00"')

    assert at(reading) is None
    assert told(reading) == [
        (
            "talk.md:5: timezone: “timezone: +02:00” is not what clocks in Europe/London show on 2026-06-05, and names no zone. "
            "Write timezone: with a name like Europe/London."
        )
    ]


@pytest.mark.parametrize(
    ("value", "write"),
    [("Europe/Berln", "timezone: Europe/Berlin (a name like Europe/London)"), ("CST", "timezone: with a name like Europe/London"), ("xx", "timezone: with a name like Europe/London")],
)  # fmt: skip
def test_nonsense_under_the_key_leaves_no_time_and_a_suggestion_where_one_is_near(value: str, write: str) -> None:
    reading = read(f'date: 2026-06-05\nstart: "18:30"\ntimezone: {value}')

    assert at(reading) is None
    assert told(reading) == [f"talk.md:5: timezone: “{value}” is not the name of a time zone. Write {write}."]
