"""Events that come back: which dates a recurrence gives, what each is called, and what is left to a person."""

from __future__ import annotations

import json
import time as clock
from datetime import date

import pytest

from notifier.core.event import AllDay, Document, Event, Timed
from notifier.core.reading import Reading, read_document
from notifier.core.reading.library import Library
from notifier.core.reading.shape import Pick, Shape, Times

EVENING = 'date: 2026-05-05\nstart: "18:30"\nend: "20:00"\n'
#: Far above what any of these takes, far below what following a rule to the year 9999 day by day would take.
SECONDS = 5.0


def read(front: str, *, until_year: int = 2027, zone: str = "Europe/London", **shape: object) -> Reading:
    made = Shape(source="site", site_url="https://example.org", timezone=zone, **shape)  # type: ignore[arg-type]  # as given
    document = Document(
        source="site", path="club.md", data=f"---\ntitle: Club\n{front}\n---\nText.\n".encode(), revision="1"
    )
    return read_document(document, made, Library(until_year=until_year))


def starts(reading: Reading) -> list[str]:
    return [start(event) for event in reading.events]


def start(event: Event) -> str:
    match event.when:
        case AllDay(first=first, last=last):
            return f"{first:%m-%d}" if first == last else f"{first:%m-%d}–{last:%m-%d}"
        case Timed(starts_at=at):
            return f"{at:%m-%d %H:%M}"
        case None:
            return "none"


def days(reading: Reading) -> list[str]:
    return [text[:5] for text in starts(reading)]


def told(reading: Reading) -> list[str]:
    return [str(problem) for problem in reading.problems]


def doubts(event: Event) -> list[str]:
    return [doubt.code for doubt in event.doubts]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=WEEKLY;COUNT=3", ["05-05", "05-12", "05-19"]), ("RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=3", ["05-05", "05-19", "06-02"]),
        ("freq=weekly; byday=TU,TH; count=4", ["05-05", "05-07", "05-12", "05-14"]), ("FREQ=MONTHLY;BYDAY=1TU;COUNT=3", ["05-05", "06-02", "07-07"]),
        ("FREQ=MONTHLY;BYMONTHDAY=5;COUNT=2;", ["05-05", "06-05"]), ("FREQ=DAILY;UNTIL=20260507", ["05-05", "05-06", "05-07"]),
        ("FREQ=DAILY;UNTIL=20260507T173000Z", ["05-05", "05-06", "05-07"]), ("FREQ=DAILY;UNTIL=20260507T172959Z", ["05-05", "05-06"]),
        ("FREQ=DAILY;UNTIL=20260507T183000", ["05-05", "05-06", "05-07"]), ("FREQ=DAILY;UNTIL=2026-05-06", ["05-05", "05-06"]),
        ("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR;COUNT=5", ["05-05", "05-06", "05-07", "05-08", "05-11"]),
        ("FREQ=DAILY;INTERVAL=3;BYMONTH=5;COUNT=4", ["05-05", "05-08", "05-11", "05-14"]), ("FREQ=YEARLY", ["05-05", "05-05"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;UNTIL=20260701", ["05-05", "05-29", "06-30"]), ("FREQ=WEEKLY;COUNT=1", ["05-05"]),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", ["05-05"]), ("FREQ=MONTHLY;BYMONTHDAY=31;COUNT=3", ["05-05", "05-31", "07-31"]),
    ],
)  # fmt: skip
def test_a_rule_gives_its_dates(rule: str, expected: list[str]) -> None:
    assert days(read(f"{EVENING}recurrence: {rule}")) == expected


def test_a_time_stays_on_the_wall_when_clocks_change() -> None:
    reading = read('date: 2026-10-20\nstart: "18:30"\nend: "20:00"\nrecurrence: FREQ=WEEKLY;COUNT=2')

    assert [event.when.starts_at.isoformat() for event in reading.events if isinstance(event.when, Timed)] == [
        "2026-10-20T18:30:00+01:00", "2026-10-27T18:30:00+00:00",
    ]  # fmt: skip
    assert [f"{event.when.ends_at:%H:%M}" for event in reading.events if isinstance(event.when, Timed)] == [
        "20:00",
        "20:00",
    ]


def test_whole_days_come_back_as_whole_days() -> None:
    reading = read("dates: [2026-05-05, 2026-05-06]\nall_day: true\nrecurrence: FREQ=MONTHLY;COUNT=2")

    assert starts(reading) == ["05-05–05-06", "06-05–06-06"]


def test_a_rule_without_an_end_is_followed_to_the_end_of_the_given_year() -> None:
    assert days(read(f"{EVENING}recurrence: FREQ=MONTHLY", until_year=2026)) == [
        f"{month:02}-05" for month in range(5, 13)
    ]


def test_each_date_has_a_path_a_key_and_a_uid_of_its_own_and_tells_its_rule() -> None:
    reading = read(
        f"{EVENING}uid: club@example.org\nid: Club\nrecurrence: FREQ=WEEKLY;COUNT=2",
        fields={"key": (Pick(keys=("id",)),)},
    )

    assert [event.path for event in reading.events] == ["club.md#2026-05-05", "club.md#2026-05-12"]
    assert [event.key for event in reading.events] == ["club#2026-05-05", "club#2026-05-12"]
    assert [event.explicit_uid for event in reading.events] == [
        "2026-05-05-club@example.org",
        "2026-05-12-club@example.org",
    ]
    assert {event.evidence["recurrence"].text for event in reading.events} == {"recurrence: FREQ=WEEKLY;COUNT=2"}


def test_each_date_knows_when_the_one_before_it_is_so_that_only_the_next_is_announced() -> None:
    events = read(f"{EVENING}recurrence: FREQ=WEEKLY;COUNT=3").events

    assert [event.follows for event in events] == [None, events[0].when, events[1].when]


def test_a_second_one_on_a_day_is_named_by_its_time_and_the_first_keeps_its_name() -> None:
    reading = read(f"{EVENING}rdate: 2026-05-05 09:00")

    assert [event.path for event in reading.events] == ["club.md#2026-05-05T0900", "club.md#2026-05-05"]


@pytest.mark.parametrize(
    "recurrence",
    [
        ["RRULE:FREQ=WEEKLY;COUNT=3", "EXDATE:20260512T173000Z", "RDATE:20260515T183000"],
        ["RRULE:FREQ=WEEKLY;COUNT=3", "EXDATE;TZID=Europe/Berlin:20260512T193000", "RDATE;VALUE=DATE:20260515"],
        ["DTSTART;TZID=Europe/London:20260505T183000", "RRULE:FREQ=WEEKLY;COUNT=3", "EXDATE;VALUE=DATE:20260512", "RDATE:2026-05-15"],
        "RRULE:FREQ=WEEKLY;COUNT=3\nEXDATE:20260512T183000\nRDATE:20260515T183000",
        {"rrule": "FREQ=WEEKLY;COUNT=3", "exdate": ["2026-05-12"], "rdate": "2026-05-15"},
        {"freq": "weekly", "count": 3, "exdates": ["20260512T000000"], "rdates": ["2026-05-15 18:30"]},
    ],
)  # fmt: skip
def test_rules_exceptions_and_further_dates_are_read_in_every_form(recurrence: object) -> None:
    reading = read(f"{EVENING}recurrence: {json.dumps(recurrence)}")

    assert (starts(reading), told(reading)) == (["05-05 18:30", "05-15 18:30", "05-19 18:30"], [])


def test_exceptions_and_further_dates_may_have_keys_of_their_own() -> None:
    reading = read(
        f"{EVENING}recurrence: FREQ=WEEKLY;COUNT=3\nexdate: [2026-05-12]\nrdate: [2026-05-15, 2026-05-16 10:00]"
    )

    assert starts(reading) == ["05-05 18:30", "05-15 18:30", "05-16 10:00", "05-19 18:30"]


def test_the_first_date_may_be_an_exception() -> None:
    assert days(read(f"{EVENING}recurrence: FREQ=WEEKLY;COUNT=2\nexdate: 2026-05-05")) == ["05-12"]


def test_an_exception_that_hits_nothing_is_told() -> None:
    reading = read(f"{EVENING}recurrence: FREQ=WEEKLY;COUNT=3\nexdate: 2026-05-13")

    assert len(reading.events) == 3
    assert told(reading) == [
        "club.md:7: exdate: The exception 2026-05-13 is no date of the recurrence. Correct it, or leave it out."
    ]


def test_a_series_without_a_date_left_is_one_event_with_a_doubt() -> None:
    (event,) = read(f"{EVENING}recurrence: FREQ=WEEKLY;COUNT=1\nexdate: 2026-05-05").events

    assert (event.path, doubts(event)) == ("club.md", ["unreadable-recurrence"])


@pytest.mark.parametrize(
    "rule",
    ["every second Tuesday", "FREQ=HOURLY", "FREQ=MINUTELY;COUNT=3", "FREQ=SECONDLY", "FREQ=YEARLY;BYEASTER=1", "FREQ=WEEKLY;COUNT=0",
     "FREQ=WEEKLY;COUNT=2;UNTIL=20260601", "FREQ=WEEKLY;BYDAY=2TU", "FREQ=DAILY;BYSETPOS=1;BYDAY=MO", "FREQ=WEEKLY;INTERVAL=0", "FREQ=WEEKLY;BYHOUR=9",
     "FREQ=WEEKLY;BYDAY=XX", "FREQ=MONTHLY;BYMONTHDAY=32", "FREQ=WEEKLY;FREQ=DAILY", "FREQ=WEEKLY;UNTIL=soon", "FREQ=WEEKLY;UNTIL=20250101",
     "COUNT=3", "FREQ=MONTHLY;BYSETPOS=1", "FREQ=WEEKLY;BYMONTHDAY=1", "FREQ=MONTHLY;BYDAY=0TU", "FREQ=WEEKLY;WKST=XX", "'EXRULE:FREQ=DAILY'",
     "['RRULE:FREQ=WEEKLY', 'RRULE:FREQ=DAILY']", "['EXDATE;TZID=Mars/Olympus:20260512T183000', 'RRULE:FREQ=DAILY']", "{often: true}",
     "['RDATE;VALUE=PERIOD:20260512T183000Z/PT1H']", "['RDATE:20260512T183000Z/PT1H']"],
)  # fmt: skip
def test_what_is_no_rule_leaves_the_one_event_and_a_doubt(rule: str) -> None:
    (event,) = read(f"{EVENING}recurrence: {rule}").events

    assert (event.path, start(event), doubts(event)) == ("club.md", "05-05 18:30", ["unreadable-recurrence"])


def test_the_doubt_about_a_rule_says_what_to_write() -> None:
    assert told(read(f"{EVENING}recurrence: every second Tuesday")) == [
        (
            "club.md:6: recurrence: “recurrence: every second Tuesday” is not a recurrence that can be followed, so only the first "
            'date is read. Write recurrence: "FREQ=WEEKLY;BYDAY=TU;UNTIL=20261231" (RFC 5545; by days, weeks, months or years).'
        )
    ]


@pytest.mark.parametrize("value", ["none", "false", "no", "never", '""', "once"])
def test_a_recurrence_may_say_that_there_is_none(value: str) -> None:
    (event,) = read(f"{EVENING}recurrence: {value}").events

    assert (event.path, event.doubts) == ("club.md", ())


def test_the_events_own_date_counts_though_the_rule_does_not_give_it_and_is_doubted() -> None:
    reading = read(f"{EVENING}recurrence: FREQ=WEEKLY;BYDAY=WE;COUNT=3")

    assert days(reading) == ["05-05", "05-06", "05-13"]
    assert [doubts(event) for event in reading.events] == [["recurrence-start"], [], []]
    assert told(reading) == [
        (
            "club.md:6: recurrence: The recurrence does not begin on the event's own date, 2026-05-05. "
            "Correct recurrence:, or let date: be the first date that it gives."
        )
    ]


def test_another_start_beside_the_rule_is_doubted() -> None:
    reading = read(f"{EVENING}recurrence: ['DTSTART:20260512T173000Z', 'RRULE:FREQ=WEEKLY;COUNT=2']")

    assert doubts(reading.events[0]) == ["recurrence-start"]


def test_a_date_at_an_hour_that_clocks_show_twice_is_doubted() -> None:
    reading = read('date: 2026-10-18\nstart: "01:30"\nrecurrence: FREQ=WEEKLY;COUNT=3')

    assert [doubts(event) for event in reading.events] == [[], ["ambiguous-time"], []]


def test_an_event_without_a_date_does_not_come_back() -> None:
    (event,) = read("date: TBC\nrecurrence: FREQ=WEEKLY").events

    assert (event.path, event.when, doubts(event)) == ("club.md", None, ["date-tbc"])


def test_the_doubts_of_the_event_are_those_of_every_date() -> None:
    reading = read("date: 2026-05-05\nrecurrence: FREQ=WEEKLY;COUNT=2")

    assert [doubts(event) for event in reading.events] == [["no-time"], ["no-time"]]


def test_the_last_thousand_dates_are_kept() -> None:
    reading = read(f"{EVENING}recurrence: FREQ=DAILY", until_year=2100)

    assert len(reading.events) == 1000
    assert told(reading) == [
        (
            "club.md:6: recurrence: The recurrence gives more than 1,000 dates; only those from 2098-04-06 on are read. "
            "Let date: be a later one, or give the recurrence an end (UNTIL=…)."
        )
    ]


def test_the_offsets_of_rules_are_meant_as_those_of_the_site() -> None:
    reading = read(
        f"{EVENING}recurrence: ['RRULE:FREQ=WEEKLY;COUNT=3', 'EXDATE:20260512T183000Z']", times=Times(offsets="wall")
    )

    assert days(reading) == ["05-05", "05-19"]


@pytest.mark.parametrize(
    "rule",
    ["FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30",
     "FREQ=WEEKLY;BYMONTH=2;BYSETPOS=60", "FREQ=DAILY;INTERVAL=997;BYMONTH=2;BYMONTHDAY=30", "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6",
     "FREQ=WEEKLY;INTERVAL=1000;BYMONTH=1;BYDAY=MO", "FREQ=YEARLY;INTERVAL=1000", "FREQ=YEARLY;BYYEARDAY=366;BYMONTH=1"],
)  # fmt: skip
def test_a_rule_that_hardly_or_never_matches_comes_to_an_end(rule: str) -> None:
    began = clock.monotonic()

    reading = read(f"date: 1950-05-05\nrecurrence: {rule}", until_year=2200)

    assert clock.monotonic() - began < SECONDS
    assert reading.events[0].when == AllDay(first=date(1950, 5, 5), last=date(1950, 5, 5))


def test_a_list_of_exceptions_without_end_is_refused_soon() -> None:
    began = clock.monotonic()

    (event,) = read(f'{EVENING}recurrence: FREQ=DAILY\nexdate: "{",".join(["20260101"] * 80_000)}"').events

    assert doubts(event) == ["unreadable-recurrence"]
    assert clock.monotonic() - began < SECONDS
