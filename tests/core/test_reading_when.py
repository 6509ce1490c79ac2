"""When events are by their keys: dates, times, ends, lengths, what isn't known yet, and the words of every doubt."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from notifier.core.event import AllDay, Document, Event
from notifier.core.reading import Reading, read_document
from notifier.core.reading.shape import Pick, Shape, Times

HINT = "2026-12-09 (year-month-day)"


def read(
    front: str, body: str = "Text.", *, path: str = "talk.md", times: Times | None = None, **shape: object
) -> Reading:
    made = Shape(
        source="site", site_url="https://example.org", timezone=str(shape.pop("timezone", "Europe/London")), times=times or Times(),
        **shape,  # type: ignore[arg-type]  # each test gives its own
    )  # fmt: skip
    data = f"---\ntitle: Talk\n{front}\n---\n\n{body}\n".encode()
    return read_document(Document(source="site", path=path, data=data, revision="1"), made)


def when(reading: Reading) -> str:
    """The first event's time: `2026-03-05 18:30 – 2026-03-05 20:00`, `2026-03-05 – 2026-03-07`, or `none`."""
    event = reading.events[0]
    match event.when:
        case None:
            return "none"
        case AllDay(first=first, last=last):
            return f"{first}" if first == last else f"{first} – {last}"
        case timed:
            end = f" – {timed.ends_at:%Y-%m-%d %H:%M}" if timed.ends_at else ""
            return f"{timed.starts_at:%Y-%m-%d %H:%M}{end}"


def doubts(reading: Reading) -> list[str]:
    return [doubt.code for doubt in reading.events[0].doubts]


def told(reading: Reading) -> list[str]:
    return [str(problem) for problem in reading.problems]


def only(reading: Reading) -> Event:
    (event,) = reading.events
    return event


@pytest.mark.parametrize(
    ("front", "expected"),
    [
        ("date: 5 March 2026 at 18:30", "2026-03-05 18:30"),
        ('date: "March 5, 2026, 6:30 PM - 8 PM"', "2026-03-05 18:30 – 2026-03-05 20:00"),
        ('date: 2026-03-05\nstart: "18:30 – 20:00"', "2026-03-05 18:30 – 2026-03-05 20:00"),
        ("date: {start: 2026-03-05 18:30, end: 2026-03-05 20:00}", "2026-03-05 18:30 – 2026-03-05 20:00"),
        ("date: {from: 2026-03-05, to: 2026-03-07}", "2026-03-05 – 2026-03-07"),
        ("dates: 5–7 March 2026", "2026-03-05 – 2026-03-07"),
        ('start: 2026-03-05 18:30\nend: "20:00"', "2026-03-05 18:30 – 2026-03-05 20:00"),
        ("start: 2026-03-05 18:30 – 2026-03-06 02:00", "2026-03-05 18:30 – 2026-03-06 02:00"),
        ('date: 2026-03-05\nstart: "22:00 – 02:00"', "2026-03-05 22:00 – 2026-03-06 02:00"),
        ('date: 2026-03-05\nstart: "20:00 – 24:00"', "2026-03-05 20:00 – 2026-03-06 00:00"),
        ("start: 2026-03-05 20:00\nend: 2026-03-06T00:00:00", "2026-03-05 20:00 – 2026-03-06 00:00"),
        ('date: 2026-03-05\nstart: "18:30"\nduration: 90', "2026-03-05 18:30 – 2026-03-05 20:00"),
        ('date: 2026-03-05\nstart: "18:30"\nduration: PT1H30M\nend: "20:00"', "2026-03-05 18:30 – 2026-03-05 20:00"),
        ("date: 2026-03-05\nduration: 3 days\nall_day: true", "2026-03-05 – 2026-03-07"),
        ("date: 2026-03-05\nend: 2026-03-07\nall_day: true", "2026-03-05 – 2026-03-07"),
        ("date: 2026-03-05T09:00:00\nallDay: true", "2026-03-05"),
    ],
)
def test_a_time_is_read_whatever_keys_it_is_spread_over(front: str, expected: str) -> None:
    reading = read(front)

    assert (when(reading), doubts(reading), told(reading)) == (expected, [], [])


def test_a_duration_ends_what_the_text_begins() -> None:
    reading = read("date: 2026-12-09\nduration: 1h30", "On 9 December 2026 at 2pm we will hold a talk.")

    assert (when(reading), doubts(reading)) == ("2026-12-09 14:00 – 2026-12-09 15:30", [])


def test_a_night_in_the_text_ends_on_the_next_day() -> None:
    assert (
        when(read("date: 2026-12-09", "On 9 December 2026, 10pm - 2am, we will dance."))
        == "2026-12-09 22:00 – 2026-12-10 02:00"
    )


def test_days_of_a_length_are_days_of_the_calendar_though_clocks_change() -> None:
    assert when(read("start: 2026-03-28 18:30\nduration: 1 day")) == "2026-03-28 18:30 – 2026-03-29 18:30"


def test_hours_of_a_length_pass_though_clocks_change() -> None:
    assert when(read("start: 2026-03-28 23:30\nduration: 2h")) == "2026-03-28 23:30 – 2026-03-29 02:30"


def test_an_end_before_the_start_in_another_key_is_not_taken_for_the_next_day() -> None:
    reading = read('date: 2026-03-05\nstart: "22:00"\nend: "02:00"')

    assert when(reading) == "2026-03-05 22:00"
    assert told(reading) == [
        (
            "talk.md:5: end: The end, 2026-03-05 02:00, is not after the start, 2026-03-05 22:00. "
            'Correct end:, or write its date too: end: "2026-03-06 02:00".'
        )
    ]


def test_half_a_day_over_midnight_is_no_night() -> None:
    reading = read('date: 2026-03-05\nstart: "14:00 – 02:00"')

    assert (when(reading), doubts(reading)) == ("2026-03-05 14:00", ["end-before-start"])


def test_an_end_and_a_length_that_disagree_are_a_contradiction_and_no_end() -> None:
    reading = read('date: 2026-03-05\nstart: "18:30"\nend: "21:00"\nduration: 90')

    assert when(reading) == "2026-03-05 18:30"
    assert told(reading) == [
        (
            "talk.md:6: end: The document gives different ends: “end: 21:00” (line 5) and “duration: 90” (line 6). "
            "Correct one of them, or leave it out."
        )
    ]


def test_whole_days_and_a_length_that_disagree_are_a_contradiction() -> None:
    reading = read("date: 2026-03-05\nend: 2026-03-06\nduration: 3 days\nall_day: true")

    assert (when(reading), doubts(reading)) == ("2026-03-05 – 2026-03-06", ["contradiction"])


def test_what_is_no_length_is_quoted() -> None:
    reading = read('date: 2026-03-05\nstart: "18:30"\nduration: a while')

    assert when(reading) == "2026-03-05 18:30"
    assert told(reading) == [
        (
            "talk.md:5: duration: “a while” is not a length of time. "
            'Write duration: 90 (minutes), duration: "1h30" or duration: 3 days.'
        )
    ]


def test_a_last_day_before_the_first_is_an_error() -> None:
    reading = read("date: 2026-03-05\nend: 2026-03-04\nall_day: true")

    assert when(reading) == "2026-03-05"
    assert told(reading) == [
        "talk.md:4: end: The end, 2026-03-04, is before the start, 2026-03-05. Correct end:, or the date."
    ]


def test_the_sites_usual_length_ends_what_says_no_end_and_says_so() -> None:
    event = only(read('date: 2026-03-05\nstart: "18:30"', times=Times(length=timedelta(hours=2))))

    assert when(Reading(events=(event,))) == "2026-03-05 18:30 – 2026-03-05 20:30"
    assert (event.evidence["end"].basis, event.evidence["end"].line) == ("default", None)


@pytest.mark.parametrize(
    ("front", "body", "expected"),
    [
        ('date: 2026-12-09\nstart: "18:30"\nend: "19:00"', "Text.", "2026-12-09 18:30 – 2026-12-09 19:00"),
        ("date: 2026-12-09", "On 9 December 2026, 2pm - 3pm, we will meet.", "2026-12-09 14:00 – 2026-12-09 15:00"),
        ("date: 2026-12-09\nall_day: true", "Text.", "2026-12-09"),
        ('date: 2026-12-09\nstart: "18:30"\nend: "17:00"', "Text.", "2026-12-09 18:30"),
        ('date: 2026-12-09\nstart: "18:30"\nend: "20:00"\nduration: 30', "Text.", "2026-12-09 18:30"),
    ],
)
def test_the_usual_length_says_nothing_where_anything_else_does(front: str, body: str, expected: str) -> None:
    assert when(read(front, body, times=Times(length=timedelta(hours=2)))) == expected


@pytest.mark.parametrize(
    ("front", "expected"),
    [
        ("date: 2026-03-05\nend: 2026-03-07\nall_day: true", "2026-03-05 – 2026-03-06"),
        ("date: 2026-03-05\nend: 2026-03-06\nall_day: true", "2026-03-05"),
        ("date: 2026-03-05\nend: 2026-03-05\nall_day: true", "2026-03-05"),
        ("start: 2026-03-05T00:00:00\nend: 2026-03-07T00:00:00", "2026-03-05 – 2026-03-06"),
        ("dates: {start: 2026-03-05, end: 2026-03-07}", "2026-03-05 – 2026-03-06"),
        ("dates: [2026-03-05, 2026-03-06]", "2026-03-05 – 2026-03-06"),
        ("start: 2026-03-05 18:30\nend: 2026-03-07 12:00", "2026-03-05 18:30 – 2026-03-07 12:00"),
    ],
)
def test_ends_of_whole_days_may_be_the_day_after(front: str, expected: str) -> None:
    assert when(read(front, times=Times(ends="exclusive"))) == expected


@pytest.mark.parametrize(
    "value", ["2026-03-05T00:00:00Z", "2026-03-05T00:00:00+02:00", "2026-03-05 00:00", "2026-03-05"]
)
def test_midnight_with_a_date_is_no_time(value: str) -> None:
    reading = read(f"date: {value}")

    assert (when(reading), doubts(reading)) == ("2026-03-05", ["no-time"])


def test_midnight_at_the_event_is_no_time_either() -> None:
    assert when(read("start: 2026-07-04T23:00:00.000Z")) == "2026-07-05"


def test_midnight_is_a_time_where_the_site_says_so() -> None:
    assert when(read("date: 2026-03-05T00:00:00Z", times=Times(midnight=True))) == "2026-03-05 00:00"


@pytest.mark.parametrize(("value", "code"), [("2026-05", "only-month"), ("May 2026", "only-month"), ("Spring 2026", "only-month"), ("TBC", "date-tbc"), ("à confirmer", "date-tbc")])  # fmt: skip
def test_what_is_not_known_yet_is_told_and_no_error(value: str, code: str) -> None:
    reading = read(f"date: {value}", path="2026-05-01-talk.md")

    assert (when(reading), doubts(reading)) == ("none", [code])
    assert [problem.severity for problem in reading.problems] == ["info"]


def test_a_month_says_what_to_write_once_the_day_is_known() -> None:
    assert told(read("date: May 2026")) == [
        f"talk.md:3: date: “May 2026” names no day. Once it is known, write date: {HINT}."
    ]


@pytest.mark.parametrize(("said", "code"), [("month", "only-month"), ("tbc", "date-tbc")])
def test_a_precision_may_take_the_day_back(said: str, code: str) -> None:
    reading = read(f"date: 2026-05-01\nprecision: {said}")

    assert (when(reading), doubts(reading)) == ("none", [code])


def test_a_precision_that_is_none_is_told() -> None:
    reading = read('date: 2026-05-01\nstart: "18:30"\nprecision: roughly')

    assert when(reading) == "2026-05-01 18:30"
    assert told(reading) == ["talk.md:5: precision: “roughly” is not a precision. Write precision: day, month or tbc."]


def test_a_start_still_to_be_confirmed_leaves_the_day_and_a_doubt() -> None:
    reading = read("date: 2026-12-09\nstart: TBC", "On 9 December 2026 at 2pm we will hold a talk.")

    assert (when(reading), doubts(reading)) == ("2026-12-09", ["no-time"])
    assert reading.problems[0].what == "The start is still to be confirmed."


def test_a_date_to_be_confirmed_is_read_and_doubted() -> None:
    reading = read('date: 2026-12-09 (TBC)\nstart: "18:30"')

    assert (when(reading), doubts(reading)) == ("2026-12-09 18:30", ["date-tbc"])


def test_a_date_without_a_year_is_a_doubt() -> None:
    reading = read("date: 5 March")

    assert when(reading) == "none"
    assert told(reading) == ["talk.md:3: date: “5 March” has no year. Write it as year-month-day: date: 2026-12-09."]


@pytest.mark.parametrize("path", ["2026-03-05-talk.md", "events/2026/talk.md"])
def test_the_path_may_say_the_year(path: str) -> None:
    assert when(read("date: 5 March at 18:30", path=path)) == "2026-03-05 18:30"


def test_two_days_in_bare_numbers_are_asked_about() -> None:
    reading = read("date: 04/05/2026")

    assert when(reading) == "none"
    assert told(reading) == [
        (
            "talk.md:3: date: “04/05/2026” may be 2026-05-04 or 2026-04-05. Write date: 2026-05-04 (year-month-day), "
            "or say in config.yaml which way your dates are meant (times: dates:)."
        )
    ]


def test_bare_numbers_are_read_as_the_site_writes_them() -> None:
    assert when(read("date: 04/05/2026 18:30", times=Times(order="day-first"))) == "2026-05-04 18:30"
    assert when(read("date: 04/05/2026 18:30", times=Times(order="month-first"))) == "2026-04-05 18:30"


def test_the_wrong_weekday_beside_a_date_is_asked_about() -> None:
    reading = read('date: "Friday 5 March 2026 18:30"')

    assert doubts(reading) == ["weekday"]
    assert told(reading) == [
        (
            "talk.md:3: date: “Friday 5 March 2026 18:30” does not fit: 2026-03-05 is a Thursday. "
            "Correct the weekday or the date: date: 2026-03-05."
        )
    ]


def test_what_stands_behind_a_day_and_is_no_time_leaves_the_day_and_a_doubt() -> None:
    reading = read("date: 2026-12-09 2:00")

    assert (when(reading), doubts(reading)) == ("2026-12-09", ["unreadable-start"])


@pytest.mark.parametrize(
    ("layout", "value", "expected"),
    [
        ("%d/%m/%Y %H:%M", "04/05/2026 18:30", "2026-05-04 18:30"), ("%d.%m.%y", "4.5.26", "2026-05-04"),
        ("%Y-%j", "2026-124", "2026-05-04"), ("unix", "1777915800", "2026-05-04 18:30"), ("unix", "1777915800000", "2026-05-04 18:30"),
        ("%d %b", "4 May", "none"), ("%B %Y", "May 2026", "none"), ("%Q", "2026-05-04 18:30", "2026-05-04 18:30"),
        ("%d/%m/%Y", "2026-05-04 18:30", "2026-05-04 18:30"), ("unix", "99999999999999999", "none"), ("unix", "9999999999999999", "none"),
    ],
)  # fmt: skip
def test_a_layout_says_how_a_value_is_written(layout: str, value: str, expected: str) -> None:
    assert when(read(f"on: {value}", fields={"date": (Pick(keys=("on",), layout=layout),)})) == expected


def test_an_end_on_a_later_day_widens_what_the_text_may_say() -> None:
    reading = read("start: 2026-12-09 17:00\nend: 2026-12-11 12:00", "The camp is from 9–11 December 2026.")

    assert (when(reading), doubts(reading)) == ("2026-12-09 17:00 – 2026-12-11 12:00", [])


def test_more_dates_than_a_year_has_are_no_days_of_an_event() -> None:
    listed = ", ".join(f"{date(2026, 1, 1) + timedelta(days=n)}" for n in range(400))

    assert doubts(read(f"dates: [{listed}]")) == ["no-date"]
