"""Values about when, as people and programs write them: what each gives, and what is left to a person."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.reading.languages import ENGLISH
from notifier.core.reading.lengths import Length, length_of
from notifier.core.reading.stamps import Stamp, Unread, Written, offset_of
from notifier.core.reading.vague import names_month
from notifier.core.reading.written import Reader, read_written
from notifier.core.reading.zonekeys import zone_by_name

DAY = date(2026, 3, 5)
EVENING = time(18, 30)
ANY_TEXT = st.text(max_size=60) | st.lists(
    st.sampled_from(
        ["5", "March", "2026", "05/03/2026", "2026-03-05", "18:30", "–", "-", "to", "6pm", "CET", "Z", "+01:00", "TBC", "(", ")",
         "May", "Spring", ",", "24:00", "Europe/Berlin", "T", "noon", "20260305", "Thu", "am", "at", "UTC", "/", "2.5.26"]
    ),
    max_size=8,
).map(" ".join)  # fmt: skip


def read(text: str, **reader: object) -> Written:
    found = read_written(text, Reader(**reader))  # type: ignore[arg-type]  # each test gives its own
    assert isinstance(found, Written), found
    return found


def why(text: str) -> str:
    found = read_written(text, Reader())
    assert isinstance(found, Unread), found
    return found.why


@pytest.mark.parametrize(
    "text",
    ["2026-03-05", "20260305", "2026/03/05", "2026.3.5", "5 March 2026", "5th of March, 2026", "March 5, 2026",
     "Thursday 5 March 2026", "Thu, 5 Mar 2026", "on Thursday, March 5th, 2026"],
)  # fmt: skip
def test_a_day_is_read_in_every_usual_way_of_writing_it(text: str) -> None:
    found = read(text)

    assert (found.days, found.start.day, found.start.clock, found.weekday) == ((DAY,), DAY, None, None)


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("2026-03-05T18:30", None), ("2026-03-05 18:30", None), ("2026-03-05T18:30:00", None), ("20260305T183000", None),
        ("2026-03-05T18:30:00Z", 0), ("2026-03-05T18:30:00.000Z", 0), ("20260305T183000Z", 0), ("2026-03-05 18:30 UTC", 0),
        ("2026-03-05T18:30:00+01:00", 1), ("2026-03-05 18:30:00 +0100", 1), ("2026-03-05T18:30:00,5-05", -5),
        ("Thu, 05 Mar 2026 18:30:00 +0100", 1), ("05 Mar 2026 18:30:00 GMT", 0),
        ("Thu Mar 05 2026 18:30:00 GMT+0100 (Central European Standard Time)", 1), ("Thu Mar 05 2026 18:30:00 GMT+0100 (CET)", 1),
        ("Thu Mar 5 18:30:00 2026", None), ("Thu Mar  5 18:30:00 UTC 2026", 0), ("2026-03-05T18:30:00+01:00[Europe/Berlin]", 1),
        ("5 March 2026 at 18:30", None), ("March 5, 2026, 6:30 PM", None), ("6.30pm on Thursday 5 March 2026", None),
        ("5 March 2026, 18:30 UTC+2", 2), ("2026-3-5 18:30", None),
    ],
)  # fmt: skip
def test_a_moment_is_read_with_its_offset(text: str, offset: int | None) -> None:
    found = read(text)

    assert (found.start.day, found.start.clock) == (DAY, EVENING)
    assert found.start.offset == (None if offset is None else timedelta(hours=offset))


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("18:30 – 20:00", time(18, 30), time(20)), ("18:30-20:00", time(18, 30), time(20)), ("6:30 PM - 8 PM", time(18, 30), time(20)),
        ("6-8pm", time(18), time(20)), ("6.30 to 8pm", time(18, 30), time(20)), ("from 18:30 until 20:00", time(18, 30), time(20)),
        ("22:00 – 02:00", time(22), time(2)), ("22:00-02:00", time(22), time(2)), ("20:00 – 24:00", time(20), time(0)),
        ("9.00am to 12.00", time(9), time(12)), ("noon - 2pm", time(12), time(14)),
    ],
)  # fmt: skip
def test_a_range_of_times_gives_a_start_and_its_end(text: str, start: time, end: time) -> None:
    found = read(text)

    assert found.end is not None
    assert (found.start.clock, found.end.clock, found.start.day) == (start, end, None)


def test_a_hyphen_before_an_hour_far_from_the_start_is_an_offset() -> None:
    found = read("18:30-05:00")

    assert (found.start.offset, found.end) == (timedelta(hours=-5), None)


def test_a_night_that_may_as_well_be_an_offset_is_not_read() -> None:
    assert why("22:00-05:00") == "unreadable"


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("5–7 March 2026", (3, 5), (3, 7)), ("2026-03-05 to 2026-03-07", (3, 5), (3, 7)), ("28 Feb - 2 March 2026", (2, 28), (3, 2)),
        ("March 5-7, 2026", (3, 5), (3, 7)), ("2026-03-05 – 2026-03-07", (3, 5), (3, 7)), ("5 and 6 March 2026", (3, 5), (3, 6)),
        ("2026-03-05, 2026-03-06", (3, 5), (3, 6)),
    ],
)  # fmt: skip
def test_several_days_are_read_from_the_first_to_the_last(
    text: str, first: tuple[int, int], last: tuple[int, int]
) -> None:
    days = read(text).days

    assert (days[0], days[-1]) == (date(2026, *first), date(2026, *last))


def test_a_range_over_new_year_takes_the_written_year_for_its_end() -> None:
    days = read("30 December – 2 January 2027").days

    assert (days[0], days[-1]) == (date(2026, 12, 30), date(2027, 1, 2))


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-05 18:30 – 2026-03-06 02:00",
        "2026-03-05T18:30/2026-03-06T02:00",
        "5 March 2026 6:30pm – 6 March 2026 2am",
    ],
)
def test_a_range_of_moments_has_both_days_and_both_times(text: str) -> None:
    found = read(text)

    assert found.end is not None
    assert (found.start.day, found.start.clock) == (DAY, EVENING)
    assert (found.end.day, found.end.clock) == (date(2026, 3, 6), time(2))


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("18:30 CET", "Europe/Paris"), ("18:30 Europe/Berlin", "Europe/Berlin"), ("18:30 (UK time)", "Europe/London"),
        ("6-8pm ET", "America/New_York"), ("18:30 – 20:00 CET", "Europe/Paris"), ("18:30 europe/berlin", "Europe/Berlin"),
    ],
)  # fmt: skip
def test_a_zone_may_stand_behind_a_time(text: str, zone: str) -> None:
    found = read(text).start.zone

    assert found is not None
    assert found.zone == zone


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("04/05/2026", "day-first", (5, 4)), ("04/05/2026", "month-first", (4, 5)), ("4.5.26", "day-first", (5, 4)),
        ("04-05-2026", "month-first", (4, 5)), ("13/05/2026", None, (5, 13)), ("05/13/2026", None, (5, 13)), ("5.5.2026", None, (5, 5)),
    ],
)  # fmt: skip
def test_bare_numbers_are_read_in_the_sites_order_or_in_the_only_one(
    text: str, order: str | None, day: tuple[int, int]
) -> None:
    assert read(text, order=order).days == (date(2026, *day),)


@pytest.mark.parametrize("text", ["04/05/2026", "4.5.26", "04-05-2026", "04/05/2026 18:30"])
def test_bare_numbers_that_may_be_two_days_are_both_named(text: str) -> None:
    found = read_written(text, Reader())

    assert found == Unread(why="which-day", days=(date(2026, 5, 4), date(2026, 4, 5)))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("TBC", "tbc"), ("tba", "tbc"), ("T.B.D.", "tbc"), ("to be announced", "tbc"), ("noch offen", "tbc"), ("à confirmer", "tbc"),
        ("por confirmar", "tbc"), ("da definire", "tbc"), ("Date TBC", "tbc"), ("?", "tbc"),
        ("2026-05", "only-month"), ("May 2026", "only-month"), ("05/2026", "only-month"), ("Spring 2026", "only-month"),
        ("Frühjahr 2026", "only-month"), ("early May 2026", "only-month"), ("Q3 2026", "only-month"), ("2026", "only-month"),
        ("May", "only-month"), ("May 2026 (TBC)", "only-month"), ("5 March", "no-year"), ("Thursday 5 March at 18:30", "no-year"),
        ("next week", "unreadable"), ("soon", "unreadable"), ("2026-02-30", "unreadable"), ("5 March 2026 in the hall", "unreadable"),
        ("5 March 2026, moved from 4 March 2026", "unreadable"), ("2:00", "unreadable"), ("14:00+25:00", "unreadable"),
        ("26-05-04", "unreadable"), ("2026-12-09x", "unreadable"), ("", "unreadable"), ("9" * 300, "unreadable"),
        ("14:00-02:00", "unreadable"), ("18:30 Mars/Olympus", "unreadable"), ("0001-01-01", "unreadable"),
    ],
)  # fmt: skip
def test_what_is_no_certain_point_says_why(text: str, reason: str) -> None:
    assert why(text) == reason


def test_a_date_that_is_still_to_be_confirmed_is_read_and_marked() -> None:
    assert (read("5 March 2026 (TBC)").open, read("5 March 2026, time TBC").open) == (True, False)


def test_a_missing_year_is_the_nearest_to_the_day_that_is_known() -> None:
    assert read("2 January, 18:30", near=date(2026, 12, 30)).start.day == date(2027, 1, 2)


@pytest.mark.parametrize("text", ["Friday 5 March 2026", "Fri, 05 Mar 2026 18:30:00 +0000"])
def test_the_name_of_another_weekday_is_noticed(text: str) -> None:
    assert read(text).weekday == DAY


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("90", 90), ("90m", 90), ("90 min", 90), ("1h30", 90), ("1h 30m", 90), ("1:30", 90), ("01:30:00", 90), ("1.5h", 90), ("1,5 Stunden", 90),
     ("2 hours", 120), ("2 hrs.", 120), ("1 hour and 15 minutes", 75), ("PT1H30M", 90), ("PT90M", 90), ("2 heures", 120)],
)  # fmt: skip
def test_a_length_is_read(text: str, minutes: int) -> None:
    assert length_of(text) == Length(time=timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("text", "days"), [("3 days", 3), ("P3D", 3), ("1 week", 7), ("2 Tage", 2), ("P1W", 7), ("3 d", 3)]
)
def test_a_length_of_days_is_counted_by_the_calendar(text: str, days: int) -> None:
    assert length_of(text) == Length(days=days)


@pytest.mark.parametrize(
    "text", ["", "0", "long", "1.5", "-90", "90 apples", "P", "PT", "99999 days", "all day", "1:75"]
)
def test_what_is_no_length_gives_none(text: str) -> None:
    assert length_of(text) is None


@pytest.mark.parametrize(
    ("text", "zone"),
    [("Europe/Berlin", "Europe/Berlin"), ("europe/berlin", "Europe/Berlin"), ("America/New York", "America/New_York"),
     ("W. Europe Standard Time", "Europe/Berlin"), ("gmt standard time", "Europe/London"), ("UTC", "UTC")],
)  # fmt: skip
def test_a_zone_is_known_by_its_names(text: str, zone: str) -> None:
    assert zone_by_name(text) == zone


@pytest.mark.parametrize("text", ["Europe/Berln", "localtime", "../etc/passwd", "/etc/passwd", "", "Mars", "a" * 500])
def test_what_is_no_zone_has_none(text: str) -> None:
    assert zone_by_name(text) is None


def test_no_clock_on_earth_is_more_than_fourteen_hours_ahead() -> None:
    assert [offset_of(text) for text in ("+14:00", "+15:00", "+1", "soon")] == [
        timedelta(hours=14),
        None,
        timedelta(hours=1),
        None,
    ]


def test_a_year_alone_and_a_month_alone_are_no_day_but_a_number_is_nothing() -> None:
    assert [names_month(text, ENGLISH) for text in ("2026", "June", "13/2026", "12")] == [True, True, False, False]


SHAPES = (
    "{0:%Y-%m-%dT%H:%M:%S}{off}", "{0:%Y-%m-%d %H:%M:%S} {short}", "{0:%Y%m%dT%H%M%S}{short}", "{0:%Y-%m-%dT%H:%M:%S.250}{off}",
    "{0:%a, %d %b %Y %H:%M:%S} {short}", "{0:%a %b %d %Y %H:%M:%S} GMT{short}", "{0:%d %b %Y %H:%M:%S} {short}",
)  # fmt: skip
WALLS = (
    "{0:%Y-%m-%d} {0:%H:%M}",
    "{0.day} {0:%B} {0.year} at {0:%H:%M}",
    "{0:%B} {0.day}, {0.year}, {hour12}",
    "{hour12} on {0.day} {0:%b} {0.year}",
)
INSTANTS = st.datetimes(datetime(1950, 1, 1), datetime(2199, 12, 30)).map(lambda at: at.replace(microsecond=0))


@given(INSTANTS, st.integers(-48, 56).map(lambda quarters: timedelta(minutes=15 * quarters)), st.sampled_from(SHAPES))
def test_every_instant_is_read_back_from_what_programs_write(wall: datetime, offset: timedelta, shape: str) -> None:
    at = wall.replace(tzinfo=timezone(offset))
    short = f"{at:%z}"

    start = read(shape.format(at, off=f"{short[:3]}:{short[3:]}", short=short)).start

    assert start.day
    assert start.clock is not None
    assert start.offset is not None
    assert datetime.combine(start.day, start.clock, timezone(start.offset)).astimezone(UTC) == at.astimezone(UTC)


@given(INSTANTS, st.sampled_from(WALLS))
def test_every_time_on_the_wall_is_read_back_from_what_people_write(wall: datetime, shape: str) -> None:
    wall = wall.replace(second=0)

    start = read(
        shape.format(wall, hour12=f"{wall.hour % 12 or 12}:{wall:%M} {'am' if wall.hour < 12 else 'pm'}")
    ).start

    assert (start.day, start.clock, start.offset) == (wall.date(), wall.time(), None)


@given(
    ANY_TEXT,
    st.none() | st.sampled_from(["day-first", "month-first"]),
    st.none() | st.dates(date(1950, 1, 1), date(2150, 1, 1)),
)
def test_any_text_is_read_or_says_why_not(text: str, order: str | None, near: date | None) -> None:
    found = read_written(text, Reader(order=order, near=near))  # type: ignore[arg-type]  # one of the two or None

    assert isinstance(found, Unread) or found.start.day or found.start.clock is not None


def test_a_bare_time_is_read_once_for_the_files_of_all_days() -> None:
    first = read_written("18:30", Reader(near=date(2026, 12, 9)))
    again = read_written("18:30", Reader(near=date(2028, 2, 29)))

    assert again is first
    assert first == Written(start=Stamp(clock=time(18, 30)))


def test_a_day_without_its_year_is_still_the_one_near_to_the_file() -> None:
    found = [read_written("5 March 18:30", Reader(near=date(year, 3, 1))) for year in (2026, 2027)]

    assert [one.days for one in found] == [(date(2026, 3, 5),), (date(2027, 3, 5),)]
