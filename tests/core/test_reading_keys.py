"""Explicit keys: what each way of getting them wrong gives, and which of two answers counts."""

from __future__ import annotations

from datetime import date

import pytest

from notifier.core.event import AllDay, Document, Event, Timed
from notifier.core.reading import Reading, read_document
from notifier.core.reading.shape import Shape

SHAPE = Shape(source="site", site_url="https://example.org", timezone="Europe/London")
DAY = AllDay(first=date(2026, 12, 9), last=date(2026, 12, 9))


def read(front: str, body: str = "Text.") -> Reading:
    data = f"---\n{front}\n---\n\n{body}\n".encode()
    return read_document(Document(source="site", path="talk.md", data=data, revision="1"), SHAPE)


def event(front: str, body: str = "Text.") -> Event:
    (only,) = read(f"title: Talk\ndate: 2026-12-09\n{front}", body).events
    return only


def doubts(found: Event) -> list[tuple[str, str | None]]:
    return [(doubt.code, doubt.field) for doubt in found.doubts]


def times(found: Event) -> list[str | None]:
    assert isinstance(found.when, Timed)
    return [f"{found.when.starts_at:%d %H:%M}", f"{found.when.ends_at:%d %H:%M}" if found.when.ends_at else None]


def test_a_start_with_an_offset_is_on_the_day_that_clocks_at_the_event_show() -> None:
    (found,) = read('title: Talk\ndate: 2026-06-16\nstart: "2026-06-15T23:50:00Z"').events

    assert (times(found), doubts(found)) == (["16 00:50", None], [])


def test_a_start_with_an_offset_on_another_day_at_the_event_is_a_contradiction() -> None:
    (found,) = read('title: Talk\ndate: 2026-06-15\nstart: "2026-06-15T23:50:00Z"').events

    assert doubts(found) == [("contradiction", "date")]


def test_a_start_on_another_day_than_the_date_is_a_contradiction_and_no_time() -> None:
    found = event("start: 2026-12-10 14:00")

    assert found.when == DAY
    assert doubts(found) == [("contradiction", "date")]


def test_a_date_outside_the_dates_is_a_contradiction_and_counts_alone() -> None:
    found = event("dates: [2026-12-10, 2026-12-11]\nall_day: true")

    assert found.when == DAY
    assert doubts(found) == [("contradiction", "date")]


@pytest.mark.parametrize("value", ["{from: 1}", "[[1]]", "next week", "2026-12-09x", "[2026-12-09, soon]"])
def test_what_is_no_date_is_quoted_and_gives_none(value: str) -> None:
    (found,) = read(f"title: Talk\ndate: {value}").events

    assert found.when is None
    assert doubts(found) == [("no-date", "date")]


def test_two_wrong_date_keys_make_one_doubt() -> None:
    (found,) = read("title: Talk\ndate: soon\ndates: later").events

    assert [doubt.code for doubt in found.doubts] == ["no-date"]


def test_dates_with_gaps_are_read_from_the_first_to_the_last_and_doubted() -> None:
    (found,) = read("title: Course\ndates: [2026-12-09, 2026-12-16, 2026-12-23]").events

    assert found.when == AllDay(first=date(2026, 12, 9), last=date(2026, 12, 23))
    assert doubts(found) == [("several-dates", "dates")]


def test_an_end_that_is_only_a_date_is_the_last_whole_day() -> None:
    found = event("end: 2026-12-11")

    assert found.when == AllDay(first=date(2026, 12, 9), last=date(2026, 12, 11))
    assert found.doubts == ()


def test_letters_that_name_no_zone_of_their_own_are_settled_by_an_explicit_start() -> None:
    found = event('start: "14:00"', "On Wednesday 9 December 2026 at 2pm CST we will hold a talk.")

    assert (times(found), found.zone) == (["09 14:00", None], "Europe/London")


def test_an_end_without_a_time_is_an_error_where_the_start_has_one() -> None:
    reading = read('title: Talk\ndate: 2026-12-09\nstart: "14:00"\nend: 2026-12-10')

    assert times(reading.events[0]) == ["09 14:00", None]
    assert [str(problem) for problem in reading.problems] == [
        'talk.md:5: end: end has a date but no time, while the start has one. Write end: "2026-12-10 16:00".'
    ]


def test_over_midnight_the_end_has_its_date() -> None:
    assert times(event('start: "22:00"\nend: "2026-12-10 01:00"')) == ["09 22:00", "10 01:00"]


def test_an_event_of_several_days_with_times_ends_on_the_last() -> None:
    (found,) = read('title: Camp\ndates: 2026-12-09 to 2026-12-11\nstart: "17:00"\nend: "12:00"').events

    assert times(found) == ["09 17:00", "11 12:00"]


def test_an_end_in_words_of_its_own_belongs_to_the_start_before_it() -> None:
    found = event("", "On 9 December we will start at 2pm and finish at 4pm.")

    assert times(found) == ["09 14:00", "09 16:00"]


def test_two_ends_are_a_contradiction_and_no_end() -> None:
    found = event("", "On 9 December, 2pm - 3pm, we will meet.\n\nWhen: 9 December, 2pm - 4pm")

    assert times(found) == ["09 14:00", None]
    assert doubts(found) == [("contradiction", "end")]


def test_the_same_instant_in_two_zones_is_one_time() -> None:
    found = event("", "On 9 December at 2pm UK time / 3pm CET we will meet.")

    assert times(found) == ["09 14:00", None]
    assert found.doubts == ()


def test_a_zone_in_the_text_against_the_key_is_a_contradiction_and_no_time() -> None:
    found = event("timezone: Europe/Paris\nstart: 2pm", "On 9 December at 2pm UK time we will meet.")

    assert found.when == DAY
    assert doubts(found) == [("contradiction", "start")]


@pytest.mark.parametrize(
    "start",
    [
        '"14:00+25:00"',
        '"2026-12-09T14:00:00+15:00"',
        '"!"',
        '"at two o clock in the hall"',
        "[1]",
        "14h",
        "2026-13-09 14:00",
    ],
)
def test_what_is_no_start_leaves_no_time(start: str) -> None:
    assert event(f"start: {start}").when == DAY


@pytest.mark.parametrize(
    ("front", "status"),
    [
        ("cancelled: true", "cancelled"), ("cancelled: 'yes'", "cancelled"), ("cancelled: false", "scheduled"),
        ("status: Canceled", "cancelled"), ("status: past", "past"), ("writeup: true", "past"),
    ],
)  # fmt: skip
def test_the_status_by_key(front: str, status: str) -> None:
    assert event(front).status == status


def test_a_title_that_calls_off_beats_a_status_that_does_not_and_is_doubted() -> None:
    (found,) = read('title: "CANCELLED: Talk"\ndate: 2026-12-09\nstart: 2pm\nstatus: scheduled').events

    assert found.status == "cancelled"
    assert doubts(found) == [("contradiction", "status")]


@pytest.mark.parametrize(
    ("place", "mode", "location"),
    [
        ("Town Hall", "in-person", "Town Hall"), ("Zoom", "online", None), ("Online (Zoom)", "online", None),
        ("https://meet.example.org/x", "online", None), ("Town Hall and online", "hybrid", "Town Hall and online"),
    ],
)  # fmt: skip
def test_a_place_says_the_mode(place: str, mode: str, location: str | None) -> None:
    found = event(f'place: "{place}"')

    assert (found.mode, found.location) == (mode, location)


@pytest.mark.parametrize(
    ("body", "mode"),
    [
        ("This is a hybrid event.", "hybrid"), ("Join us for an in-person workshop.", "in-person"), ("A free online talk.", "online"),
        ("Our previous online event was fun.\n\nMore.", "unknown"), ("We use Zoom a lot.", "unknown"), ("Where:", "unknown"),
        ("An online talk.\n\nJoin us for an in-person workshop on 9 December.", "unknown"),
    ],
)  # fmt: skip
def test_the_text_says_the_mode_only_of_this_event(body: str, mode: str) -> None:
    assert event("", body).mode == mode


def test_an_address_to_register_with_is_the_contact() -> None:
    found = event("register: mailto:office@example.org?subject=Talk")

    assert (found.contact, found.join_url) == ("mailto:office@example.org", None)


def test_two_people_to_write_to_are_no_contact() -> None:
    assert event("", "To attend, email a@example.org or b@example.org.").contact is None


def test_a_ticket_page_as_link_is_the_way_in_and_says_nothing_about_who_may_come() -> None:
    found = event("link: https://www.eventbrite.co.uk/e/talk-1")

    assert (found.join_url, found.info_url, found.access) == ("https://www.eventbrite.co.uk/e/talk-1", None, "unknown")


@pytest.mark.parametrize("link", ["https://[bad", "ftp://example.org/x", "example.org/x", "[1]"])
def test_a_link_that_is_no_address_is_an_error(link: str) -> None:
    reading = read(f"title: Talk\ndate: 2026-12-09\nstart: 2pm\nlink: '{link}'")

    assert reading.events[0].info_url is None
    assert [problem.field for problem in reading.problems] == ["link"]


def test_a_key_with_a_list_where_one_text_belongs_is_an_error() -> None:
    reading = read("title: Talk\ndate: 2026-12-09\nstart: 2pm\nseries: [a, b]")

    assert [str(problem) for problem in reading.problems] == [
        'talk.md:5: series: series must be one text. Write series: "…" on one line.'
    ]


def test_a_title_of_invisible_characters_is_no_title_but_a_heading_is() -> None:
    assert read('title: "\u200b"\ndate: 2026-12-09').broken
    assert read("date: 2026-12-09", "# The talk\n\nText.").events[0].title == "The talk"


def test_keys_that_are_no_text_and_mappings_are_passed_over() -> None:
    reading = read("title: Talk\ndate: 2026-12-09\nstart: 2pm\n? [a, b]\n: 1\nextra: {a: {b: [1]}}")

    assert [(problem.line, problem.what) for problem in reading.problems] == [
        (5, "A key of the front matter is not plain text.")
    ]


def test_a_city_is_asked_about_once_for_all_times_in_it() -> None:
    found = event("", "**Where:** Paris\n\nOn 9 December at 2pm we will meet.\n\n**When:** 9 December, 2pm - 3pm")

    assert times(found) == ["09 14:00", "09 15:00"]
    assert doubts(found) == [("zone-from-place", "timezone")]
    assert found.zone_basis == "place"


def test_the_time_of_a_list_of_many_dates_is_nobodys() -> None:
    listed = ", ".join(f"{day} December at 2pm" for day in range(1, 20))

    assert event("", f"We meet on {listed}.").when == DAY


@pytest.mark.parametrize(
    ("said", "contact"),
    [
        ("events@example.org", "mailto:events@example.org"),
        ("mailto:events@example.org", "mailto:events@example.org"),
        ("https://example.org/ask?utm_source=x", "https://example.org/ask"),
        ("a@b", None),
        ("Sam", None),
    ],
)
def test_a_contact_is_a_mail_address_or_a_page(said: str, contact: str | None) -> None:
    reading = read(f"title: Talk\ndate: 2026-12-09\nall_day: true\ncontact: {said}")

    assert reading.events[0].contact == contact
    assert [problem.field for problem in reading.problems] == ([] if contact else ["contact"])


LONG = "word " * 300


@pytest.mark.parametrize(("key", "field"), [("place", "location"), ("category", "category"), ("series", "series")])
def test_a_value_that_is_shown_is_cut_where_nobody_would_read_on_and_told_with_its_line(key: str, field: str) -> None:
    reading = read(f"title: Talk\ndate: 2026-12-09\n{key}: {LONG}")

    (found,) = reading.events
    assert getattr(found, field) == "word " * 99 + "word…"
    assert len(found.evidence[field].text) <= 300
    assert [(problem.line, problem.what) for problem in reading.problems if problem.field == key] == [
        (4, "It has 1,499 characters; only the first 500 are shown.")
    ]


def test_a_long_title_is_cut_and_told() -> None:
    reading = read(f"title: {LONG}\ndate: 2026-12-09")

    assert reading.events[0].title == "word " * 99 + "word…"
    assert str(reading.problems[-1]) == (
        "talk.md:2: title: It has 1,499 characters; only the first 500 are shown. Shorten it."
    )


@pytest.mark.parametrize(("key", "field"), [("topics", "topics"), ("projects", "projects")])
def test_lists_that_are_shown_are_cut_in_both_directions(key: str, field: str) -> None:
    names = ", ".join(f"t{number}" for number in range(200))
    reading = read(f"title: Talk\ndate: 2026-12-09\n{key}: [{LONG}, {names}]")

    shown = getattr(reading.events[0], field)
    assert (len(shown), len(shown[0]), shown[-1]) == (100, 500, "t98")
    assert [(problem.line, problem.what) for problem in reading.problems if problem.field == key] == [
        (4, "It has 1,499 characters; only the first 500 are shown."),
        (4, "It has 201 entries; only the first 100 are shown."),
    ]


def test_what_a_long_title_or_place_says_at_its_end_still_counts() -> None:
    titled, placed = (
        read(f"title: {LONG} (members only)\ndate: 2026-12-09").events[0],
        event(f"place: {LONG} and online"),
    )

    assert (titled.access, placed.mode) == ("members", "hybrid")


@pytest.mark.parametrize("key", ["register", "link", "url", "contact"])
def test_an_address_that_no_browser_is_sure_to_open_is_none(key: str) -> None:
    reading = read(f"title: Talk\ndate: 2026-12-09\n{key}: https://example.org/{'a' * 2_000}")

    (found,) = reading.events
    assert (found.join_url, found.info_url, found.url, found.contact) == (None, None, None, None)
    assert [(problem.line, problem.what) for problem in reading.problems if problem.field == key] == [
        (4, f"{key} is not a web address, or longer than 2,000 characters.")
    ]


@pytest.mark.parametrize(
    ("written", "image"),
    [("/a.png", "https://example.org/a.png"), ("https://example.com/a.png", "https://example.com/a.png"),
     ("a.png", None), ("javascript:alert(1)", None), ("data:image/png;base64,aa", None)],
)  # fmt: skip
def test_an_image_is_an_address_or_none(written: str, image: str | None) -> None:
    assert event(f"image: {written}").image == image
