"""What the files of English user groups, clubs, seminars and calls say, in the shapes that they are found in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from notifier.core.event import Document, Event, Timed
from notifier.core.reading import Reading, read_document
from notifier.core.reading.shape import Pick, Shape

FIELDS = {"start": (Pick(keys=("time", "starts")),), "place": (Pick(keys=("location", "venue")),)}
SHAPE = Shape(source="site", site_url="https://example.org", timezone="Europe/London", languages=("en",), fields=FIELDS)
PATH = "content/events/fair.md"


def reading(front: str, body: str = "", *, shape: Shape = SHAPE, path: str = PATH) -> Reading:
    data = f"---\ntitle: Fair\n{front}\n---\n{body}\n".encode()
    return read_document(Document(source="site", path=path, data=data, revision="1"), shape)


def read(front: str, body: str = "", *, shape: Shape = SHAPE, path: str = PATH) -> Event:
    (event,) = reading(front, body, shape=shape, path=path).events
    return event


def hours(event: Event) -> str | None:
    """Start, end and zone on one line; None for whole days."""
    if not isinstance(event.when, Timed):
        return None
    end = f" – {event.when.ends_at:%H:%M}" if event.when.ends_at else ""
    return f"{event.when.starts_at:%H:%M}{end} {event.zone}"


def codes(event: Event) -> set[str]:
    return {doubt.code for doubt in event.doubts}


def told(words: str, *, zone: str = "Europe/London", day: str = "14 October 2026") -> Event:
    """An event of that day whose text says it at these hours."""
    return read("date: 2026-10-14", f"Join us on {day} {words}", shape=replace(SHAPE, timezone=zone))


@pytest.mark.parametrize(
    ("words", "zone"),
    [
        ("6pm CT.", "America/Chicago"), ("6pm CDT", "America/Chicago"), ("6 p.m. MT", "America/Denver"), ("noon MDT", "America/Denver"),
        ("10:00 AM Mountain Time", "America/Denver"), ("6 PM Central Time", "America/Chicago"), ("6pm (Central)", "America/Chicago"),
        ("11:00 AM Eastern.", "America/New_York"), ("11 AM Eastern on Zoom", "America/New_York"), ("9:00AM Pacific", "America/Los_Angeles"),
        ("3pm US Eastern", "America/New_York"), ("3pm U.S. Pacific Time", "America/Los_Angeles"), ("3pm US/Central", "America/Chicago"),
        ("3pm Eastern Daylight Time", "America/New_York"), ("15:00 Central European Summer Time", "Europe/Paris"),
        ("3pm Indian Standard Time", "Asia/Kolkata"), ("3pm Singapore Time", "Asia/Singapore"), ("3pm Helsinki time", "Europe/Helsinki"),
        ("15:00Z", "UTC"), ("3pm MSK", "Europe/Moscow"), ("3pm NZDT", "Pacific/Auckland"), ("3-4 p.m. CT", "America/Chicago"),
    ],
)  # fmt: skip
def test_a_zone_in_words_or_letters_beside_a_time_is_its_zone(words: str, zone: str) -> None:
    event = told(f"at {words}")

    assert (event.zone, event.zone_basis) == (zone, "stated")
    assert not codes(event) & {"zone-season", "unreadable-zone"}


@pytest.mark.parametrize(
    "words",
    [
        "6pm Central Library", "6pm Central Park", "6pm Mountain Rescue Base", "7pm Pacific Theatre", "7pm, Eastern Road",
        "7pm, Central, with drinks", "6pm MTV Lounge", "6pm US Embassy",
    ],
)  # fmt: skip
def test_a_name_that_begins_like_a_zone_is_none(words: str) -> None:
    event = told(f"at {words}.")

    assert (event.zone, event.zone_basis) == ("Europe/London", "default")


@pytest.mark.parametrize(
    "words", ["3pm Kabul Standard Time", "3pm West Africa Summer Time", "3pm WAT", "3pm CST", "3pm IST"]
)
def test_a_zone_that_nobody_can_know_leaves_the_time_open(words: str) -> None:
    event = told(f"at {words}")

    assert hours(event) is None
    assert "unreadable-zone" in codes(event)


@pytest.mark.parametrize(
    ("words", "zone", "site"),
    [
        ("6pm CDT", "America/Winnipeg", "America/Winnipeg"), ("6pm IST", "Asia/Kolkata", "Asia/Kolkata"),
        ("6pm IST", "Europe/Dublin", "Europe/Dublin"), ("6pm MST", "America/Phoenix", "America/Phoenix"),
        ("6pm Eastern Daylight Time", "America/Toronto", "America/Toronto"),
    ],
)  # fmt: skip
def test_letters_that_the_sites_own_clocks_show_are_its_zone(words: str, zone: str, site: str) -> None:
    event = told(f"at {words}", zone=site)

    assert (event.zone, event.zone_basis) == (zone, "stated")
    assert not codes(event) & {"zone-season", "unreadable-zone"}


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("2 PM ET, 1 PM CT, 12 PM MT, 11 AM PT", "14:00 America/New_York"), ("10:00 AM Mountain Time // 9:00AM Pacific Time", "10:00 America/Denver"),
        ("6:30PM EDT/5:30PM CDT", "18:30 America/New_York"), ("9am Pacific / noon Eastern / 5pm UK time", "09:00 America/Los_Angeles"),
        ("11:00 AM Eastern - 4:30 PM Eastern", "11:00 – 16:30 America/New_York"),
    ],
)  # fmt: skip
def test_one_moment_on_the_clocks_of_several_zones_is_one_time(words: str, found: str) -> None:
    event = told(f"at {words}.")

    assert hours(event) == found
    assert "contradiction" not in codes(event)


@pytest.mark.parametrize(
    ("words", "zone"), [("CET/CEST", "Europe/Paris"), ("EST/EDT", "America/New_York"), ("GMT/BST", "Europe/London")]
)
def test_letters_for_winter_and_summer_together_fit_every_day(words: str, zone: str) -> None:
    for day, front in (("14 July 2026", "2026-07-14"), ("14 December 2026", "2026-12-14")):
        event = read(f"date: {front}", f"Join us on {day} at 15:00 {words}.")

        assert hours(event) == f"15:00 {zone}"
        assert "zone-season" not in codes(event)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("6pm CT", "18:00 America/Chicago"), ("10am Mountain Time", "10:00 America/Denver"), ("6 - 8 PM Central", "18:00 – 20:00 America/Chicago"),
        ("5:30pm - 8:30pm (US Pacific Time)", "17:30 – 20:30 America/Los_Angeles"), ("2pm Eastern / 11am Pacific", "14:00 America/New_York"),
        ("18:00Z", "19:00 Europe/London"),
    ],
)  # fmt: skip
def test_a_key_with_a_time_may_name_its_zone_so_too(value: str, found: str) -> None:
    assert hours(read(f"date: 2026-10-14\ntime: {value}")) == found


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("between 7 and 9pm", "19:00 – 21:00"), ("between 7pm and 9pm", "19:00 – 21:00"), ("between 10 and 11:30am", "10:00 – 11:30"),
        ("between 11:00 AM & 4:30 PM", "11:00 – 16:30"), ("between 18:00 and 20:00", "18:00 – 20:00"), ("from 7 through 9pm", "19:00 – 21:00"),
        ("between noon and 2", "12:00 – 14:00"),
    ],
)  # fmt: skip
def test_between_two_times_is_from_the_one_to_the_other(words: str, found: str) -> None:
    assert hours(told(words)) == f"{found} Europe/London"


@pytest.mark.parametrize("words", ["at 7pm and 9pm", "at 7pm & 9pm", "between 7pm and 9pm and at 10pm"])
def test_two_times_that_nothing_joins_are_no_range(words: str) -> None:
    event = told(words)

    assert hours(event) is None
    assert "contradiction" in codes(event)


@pytest.mark.parametrize(
    ("language", "body"),
    [
        ("de", "Wir treffen uns am 14. Oktober 2026 zwischen 18 und 20 Uhr."), ("fr", "Rendez-vous le 14 octobre 2026 entre 18 et 20h."),
        ("es", "Nos vemos el 14 de octubre de 2026 entre las 18 y las 20 horas."),
        ("it", "Ci vediamo il 14 ottobre 2026 tra le 18:00 e le 20:00."),
    ],
)  # fmt: skip
def test_so_it_is_in_every_language(language: str, body: str) -> None:
    assert (
        hours(read("date: 2026-10-14", body, shape=replace(SHAPE, languages=(language,))))
        == "18:00 – 20:00 Europe/London"
    )


@pytest.mark.parametrize(
    "value", ["2026-10-14 18:06", "2026-10-14T23:59:00+01:00", "2026-10-14T11:19:26+01:00", "2026-10-14 10:30:01"]
)
def test_a_date_at_an_odd_minute_is_when_the_page_was_written(value: str) -> None:
    event = read(
        f"date: {value}", "[Sign up on Meetup](https://www.meetup.com/fair/events/1/)", path="_posts/2026-10-14-fair.md"
    )

    assert hours(event) is None
    assert "written-at" in codes(event)
    assert "no-time" not in codes(event)


def test_a_start_of_its_own_may_be_at_any_minute_and_second() -> None:
    assert hours(read("date: 2026-10-14\ntime: '19:47'")) == "19:47 Europe/London"
    assert hours(read("starts: 2026-10-14 19:47")) == "19:47 Europe/London"
    assert hours(read("starts: 2026-10-14 19:47:00")) == "19:47 Europe/London"
    # A form that was filled in at some second, with a time that was chosen.
    assert hours(read("starts: 2026-10-14 19:45:26")) == "19:45 Europe/London"


def test_what_the_text_says_of_that_day_is_the_time_beside_such_a_date() -> None:
    event = read("date: 2026-10-14 18:06", "Join us on 14 October 2026 at 7pm.")

    assert hours(event) == "19:00 Europe/London"
    assert "written-at" in codes(event)


@pytest.mark.parametrize(
    "words", ["at 7 and 9pm", "at 7 & 9 p.m.", "at 7pm and 9pm", "at 7pm/8pm EST", "at 6.30pm/7pm", "at 7pm/9pm"]
)
def test_two_times_are_none_until_somebody_says_which(words: str) -> None:
    event = told(f"{words}.")

    assert hours(event) is None
    assert "contradiction" in codes(event)


@pytest.mark.parametrize("words", ["at 7pm/8pm EST", "at 7pm CT/8pm ET", "at 7pm/7pm CDT"])
def test_one_moment_behind_a_slash_is_one_time(words: str) -> None:
    assert hours(told(words, zone="America/Chicago")) == "19:00 America/Chicago"


@pytest.mark.parametrize(
    "heading", ["Date & Time", "Date and Time", "Date/Time", "Date + Time", "Time & Date", "When?", "When and where"]
)
def test_a_heading_for_date_and_time_announces_what_stands_below_it(heading: str) -> None:
    body = f"## {heading}\n\n  * 26th November (Thursday)\n  * 3:00pm to 6:00pm\n\n## Topic\n\nPython 101"

    assert hours(read("date: 2026-11-26", body)) == "15:00 – 18:00 Europe/London"

    other = read("date: 2026-11-24T10:30:00", body)

    assert (hours(other), "contradiction" in codes(other)) == (None, True)


@pytest.mark.parametrize("value", ["All Day", "all-day", "whole day", "Full day", "ganztägig", "toute la journée"])
def test_a_time_may_be_all_day(value: str) -> None:
    found = reading(f"date: 2026-10-14\ntime: {value}")

    assert hours(found.events[0]) is None
    assert not found.problems


@pytest.mark.parametrize(
    "value",
    [
        "Community call (teleconference)", "Web conference", "ONLINE ONLY", "Online only", "'Online: https://zoom.us/j/123456'",
        "Zoom (https://zoom.us/j/123456)", "Webinar via Zoom", "Slack", "online webinar",
    ],
)  # fmt: skip
def test_a_call_or_the_net_is_no_place(value: str) -> None:
    event = read(f"date: 2026-10-14\nlocation: {value}")

    assert (event.location, event.mode) == (None, "online")


@pytest.mark.parametrize(
    ("value", "mode"),
    [("In-person", "in-person"), ("Hybrid", "hybrid"), ("See below", "unknown"), ("Various", "unknown"), ("Worldwide", "unknown"),
     ("Get in touch for more details!", "unknown"), ("various locations", "unknown")],
)  # fmt: skip
def test_what_only_says_how_or_that_it_is_said_elsewhere_is_no_place(value: str, mode: str) -> None:
    event = read(f"date: 2026-10-14\nlocation: {value}")

    assert (event.location, event.mode) == (None, mode)


@pytest.mark.parametrize(
    "value",
    ["The Only Place, 5 High St", "Various Artists Gallery", "Slack Hall", "Web Street 5", "Community Hall", "1881"],
)
def test_a_place_with_such_words_in_its_name_stays_one(value: str) -> None:
    event = read(f'date: 2026-10-14\nlocation: "{value}"')

    assert (event.location, event.mode) == (value, "in-person")


def test_the_number_of_a_place_in_some_other_program_is_none() -> None:
    found = reading("date: 2026-10-14\ntime: '19:00'\nvenue: 22577042")

    assert (found.events[0].location, found.events[0].mode) == (None, "unknown")
    assert [(problem.field, problem.what) for problem in found.problems if problem.field == "venue"] == [
        ("venue", "“22577042” is a number, not the name of a place.")
    ]


@pytest.mark.parametrize(
    "front", ["date: 2026-10-13\nstarts: 2026-10-14T00:00:00Z", 'date: "13 October 2026"\nstarts: 2026-10-14 00:00 UTC']
)
def test_midnight_elsewhere_is_a_time_where_date_names_the_evening_before(front: str) -> None:
    event = read(front, shape=replace(SHAPE, timezone="America/Denver"))

    assert hours(event) == "18:00 America/Denver"
    assert "contradiction" not in codes(event)


@pytest.mark.parametrize("front", ["date: 2026-10-14\nstarts: 2026-10-14T00:00:00Z", "starts: 2026-10-14T00:00:00Z"])
def test_midnight_is_no_time_where_nothing_bears_it_out(front: str) -> None:
    event = read(front, shape=replace(SHAPE, timezone="America/Denver"))

    assert hours(event) is None


@pytest.mark.parametrize(
    "words",
    ["14 through 16 October 2026", "October 14 through October 16, 2026", "October 14th thru 16th", "October 14–16"],
)
def test_several_days_of_one_event_are_asked_about(words: str) -> None:
    event = read("date: 2026-10-14", f"Join us on {words}.")

    assert "several-days" in codes(event)
    assert "contradiction" not in codes(event)


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("Lectures on knots, October 14-16, 2026", ""), ("Summit 2026-10-14 through 2026-10-16", ""),
        ("Summit", "The 2026 Annual Meeting (AM) will be held **October 14–16, 2026**, in Leeds."),
    ],
)  # fmt: skip
def test_days_in_a_title_or_in_what_will_be_held_count_too(title: str, body: str) -> None:
    event = read(f'date: 2026-10-14\ntitle: "{title}"', body)

    assert "several-days" in codes(event)


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("Summit", "Diane will visit us on 12–16 October."),
        ("Summit, 14 October 2026", "We will be closed 12-16 October, the next fair is on 20 October."),
    ],
)
def test_other_days_round_the_event_are_none_of_it(title: str, body: str) -> None:
    assert "several-days" not in codes(read(f'date: 2026-10-14\ntitle: "{title}"', body))


POSTED = "For our first meet up of the year on __Monday 21st September__, we'll be looking into open data."


@pytest.mark.parametrize("folder", ["_posts", "content/blog", "src/posts"])
def test_a_post_that_looks_ahead_to_a_later_day_is_not_on_the_day_it_was_published(folder: str) -> None:
    event = read("date: 2026-09-07", POSTED, path=f"{folder}/2026-09-07-meetup.md")

    assert "contradiction" in codes(event)
    assert event.evidence["when"].text == "date: 2026-09-07"


@pytest.mark.parametrize(
    ("front", "body", "path"),
    [
        ("date: 2026-09-07\nstarts: 2026-09-07 19:00", POSTED, "_posts/2026-09-07-meetup.md"),
        ("date: 2026-09-07", f"Join us on Monday 7 September. {POSTED}", "_posts/2026-09-07-meetup.md"),
        ("date: 2026-09-07", f"{POSTED} There will be another on Monday 28th September.", "_posts/2026-09-07-meetup.md"),
        ("date: 2026-09-07", POSTED, "_events/2026-09-07-meetup.md"),
        ("date: 2026-09-07", "We met on Monday 21st September.", "_posts/2026-09-07-meetup.md"),
    ],
)  # fmt: skip
def test_other_days_in_a_post_say_nothing_of_its_date(front: str, body: str, path: str) -> None:
    assert "contradiction" not in codes(read(front, body, path=path))


TIMED = replace(
    SHAPE, fields={"date": (Pick(keys=("startTime", "date")),), "start": (Pick(keys=("startTime", "date")),)}
)


def test_a_day_under_a_key_for_the_time_does_not_stand_against_a_later_date() -> None:
    event = read("date: 2026-10-24T04:00:00Z\nstartTime: 2026-10-01T18:00:00Z", shape=TIMED)

    assert hours(event) is None
    assert "contradiction" in codes(event)


@pytest.mark.parametrize("day", ["2026-09-24T04:00:00Z", "2026-10-01"])
def test_the_day_of_publication_goes_before_the_event(day: str) -> None:
    event = read(f"date: {day}\nstartTime: 2026-10-01T18:00:00Z", shape=TIMED)

    assert hours(event) == "19:00 Europe/London"
    assert "contradiction" not in codes(event)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("12ET/11CT/10MT/9PT", "12:00 America/New_York"), ("1PMET/12CT/11MT/10PT", "13:00 America/New_York"),
        ("3 PM ET / 2 CT / 1 MT / 12 PT", "15:00 America/New_York"), ("9PT/12ET", "09:00 America/Los_Angeles"),
    ],
)  # fmt: skip
def test_hours_on_several_clocks_settle_each_other(words: str, found: str) -> None:
    assert hours(told(f"at {words}.")) == found


@pytest.mark.parametrize("words", ["7ET/6CT/5MT/4PT", "12ET/10CT"])
def test_hours_that_leave_two_moments_or_none_are_no_time(words: str) -> None:
    assert hours(told(f"at {words}.")) is None
