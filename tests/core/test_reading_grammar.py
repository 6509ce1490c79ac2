"""The small grammars: dates, times, zones beside times, and links."""

from __future__ import annotations

from datetime import date, time

import pytest

from notifier.core.reading.dates import date_in_name, date_of, dates_in
from notifier.core.reading.links import linked, web_address
from notifier.core.reading.times import clock_of, times_in
from notifier.core.reading.zonewords import in_season, meant, zone_beside, zone_of_place

NEAR = date(2026, 12, 9)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("On Wednesday 9 December 2026 at 2pm", [(12, 9)]),
        ("9th December", [(12, 9)]),
        ("the 9th of December, 2026", [(12, 9)]),
        ("December 9th, 2026", [(12, 9)]),
        ("Dec 9, 9-10am EST", [(12, 9)]),
        ("9-11 December 2026", [(12, 9), (12, 10), (12, 11)]),
        ("9th and 11th December", [(12, 9), (12, 11)]),
        ("30 November – 2 December 2026", [(11, 30), (12, 1), (12, 2)]),
        ("2026-12-09", [(12, 9)]),
        ("9/12/2026", [(9, 12), (12, 9)]),
        ("31.12.2026", [(12, 31)]),
        ("31 November 2026", []),
        ("1 March to 30 June 2026", [(3, 1), (6, 30)]),
        ("you may 3 times march 4 miles", []),
        ("2-3pm, 19 people, version 2.15", []),
    ],
)
def test_a_date_in_prose_means_these_days(text: str, days: list[tuple[int, int]]) -> None:
    found = {day for mention in dates_in(text, near=NEAR) for day in mention.days}

    assert sorted(found) == [date(2026, month, day) for month, day in days]


@pytest.mark.parametrize(
    ("text", "near", "year"),
    [
        ("3 January", date(2026, 12, 9), 2027),
        ("28 December", date(2027, 1, 4), 2026),
        ("1 June", date(2026, 11, 1), 2026),
    ],
)
def test_a_missing_year_is_the_nearest_one(text: str, near: date, year: int) -> None:
    assert {day.year for mention in dates_in(text, near=near) for day in mention.days} == {year}


def test_dates_of_front_matter_are_year_month_day_and_nothing_else() -> None:
    assert date_of("2026-12-09") == NEAR
    assert [date_of(text) for text in ("09/12/2026", "2026-02-30", "0001-01-01", "soon", "")] == [None] * 5
    assert date_in_name("2026-12-09-talk") == NEAR
    assert date_in_name("talk-2026-12-09") is None


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("at 2pm", time(14), None),
        ("2pm - 3:15pm", time(14), time(15, 15)),
        ("2pm - 3:15", time(14), time(15, 15)),
        ("4:30 - 5:30pm", time(16, 30), time(17, 30)),
        ("14:00–14:55", time(14), time(14, 55)),
        ("from 9.00am to 12.00", time(9), time(12)),
        ("9.00 - 11.00 am", time(9), time(11)),
        ("9-10am", time(9), time(10)),
        ("11-1pm", time(11), time(13)),
        ("11am - 1", time(11), time(13)),
        ("12 noon", time(12), None),
        ("noon until 2pm", time(12), time(14)),
        ("10 a.m. to 4 p.m.", time(10), time(16)),
        ("20.00-21.30 UTC", time(20), time(21, 30)),
        ("9:00 - 17:00", time(9), time(17)),
        ("at 9.30 for coffee-lovers", time(9, 30), None),
        ("08:30", time(8, 30), None),
        ("12am", time(0), None),
        ("at 14pm", time(14), None),
    ],
)
def test_a_time_in_prose_reads_as_meant(text: str, start: time, end: time | None) -> None:
    (found,) = times_in(text)

    assert (found.start, found.end, found.unsure) == (start, end, False)


@pytest.mark.parametrize("text", ["at 7:30", "2:00 - 3:00", "7.30-9.00"])
def test_a_time_that_may_be_morning_or_evening_is_unsure(text: str) -> None:
    assert [found.unsure for found in times_in(text)] == [True]


@pytest.mark.parametrize(
    "text",
    ["by 5pm", "Registration closes at 5pm", "doors open at 6pm", "lunch at 1pm", "version 2.15", "£12.50", "30 people",
     "10-12 people", "2026", "at 25:00", "99:99", "+44 20 7946 0000", "a 2:1 win by 100%"],
)  # fmt: skip
def test_what_is_no_time_of_the_event_is_left_out(text: str) -> None:
    assert [found for found in times_in(text) if not found.unsure] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("14:00", time(14)), ("9.30", time(9, 30)), ("2pm", time(14)), ("2:15 PM", time(14, 15)), ("noon", time(12)),
        ("14:00:30", time(14)), ("2:00", None), ("1400", None), ("14", None), ("25:00", None), ("soon", None), ("", None),
    ],
)  # fmt: skip
def test_an_explicit_time_is_read_only_where_no_doubt_is_left(text: str, expected: time | None) -> None:
    assert clock_of(text) == expected


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("2pm UK time", "Europe/London"), ("2pm (UK time/GMT+1)", "Europe/London"), ("2pm GMT", "Europe/London"),
        ("2pm UTC", "UTC"), ("2pm CET", "Europe/Paris"), ("2pm ET", "America/New_York"), ("2pm EST,", "America/New_York"),
        ("2pm GMT+0", "Europe/London"), ("2pm UTC+5", None), ("2pm CST", None), ("2pm GMT+15", None), ("2pm IST", None), ("2pm local time", None),
    ],
)  # fmt: skip
def test_the_word_beside_a_time_names_a_zone_or_none(text: str, zone: str | None) -> None:
    word = zone_beside(text, 3)

    assert word is not None
    assert meant(word, NEAR, time(14), "Europe/London") == zone


@pytest.mark.parametrize("text", ["2pm on Zoom", "2pm AI workshop", "2pm", "2pm, then tea"])
def test_other_words_beside_a_time_name_no_zone(text: str) -> None:
    assert zone_beside(text, 3) is None


def test_central_european_time_is_the_sites_own_zone_where_that_is_on_it() -> None:
    word = zone_beside("2pm CET", 3)

    assert word is not None
    assert meant(word, NEAR, time(14), "Europe/Berlin") == "Europe/Berlin"


def test_winter_words_do_not_fit_in_summer() -> None:
    word = zone_beside("9am EST", 3)

    assert word is not None
    assert in_season(word, date(2026, 12, 4), time(9), "America/New_York")
    assert not in_season(word, date(2026, 6, 4), time(9), "America/New_York")


def test_a_city_gives_a_zone_only_as_a_place() -> None:
    assert zone_of_place("Central Paris", passing=False) == ("Europe/Paris", "Paris")
    assert zone_of_place("we meet in central Paris", passing=True) == ("Europe/Paris", "Paris")
    assert zone_of_place("our Paris friends join", passing=True) is None
    assert zone_of_place("Paris Street, Exampleton", passing=False) is None
    assert zone_of_place("from Paris to Tokyo", passing=False) is None


@pytest.mark.parametrize(
    ("written", "clean"),
    [
        ("https://example.org/a?utm_source=x&id=1&fbclid=y&mc_eid=z", "https://example.org/a?id=1"),
        ("https://example.org/a?utm_medium=x#top", "https://example.org/a#top"),
        ("/page", "https://site.example.org/page"),
        ("javascript:alert(1)", None),
        ("ftp://example.org", None),
        ("https://user:secret@example.org/", None),
        ("https://[bad", None),
        ("https://exa mple.org", None),
        ("#top", None),
        ("(https://example.org)", None),
    ],
)
def test_only_clean_web_addresses_are_handed_on(written: str, clean: str | None) -> None:
    assert web_address(written, "https://site.example.org") == clean


@pytest.mark.parametrize(
    ("markdown", "links"),
    [
        ("**[Book](https://example.org/a_b_)**", [("Book", "https://example.org/a_b_")]),
        ('see <a href="/x">this</a>', [("this", "https://site.example.org/x")]),
        ("[us](mailto:office@example.org?subject=Hi)", [("us", "mailto:office@example.org")]),
        ("write to office@example.org.", [("office@example.org", "mailto:office@example.org")]),
        ("<https://example.org/>", [("", "https://example.org/")]),
        ("[p]({{ site.baseurl }}/p)", [("p", "https://site.example.org/p")]),
        ("![picture](https://example.org/p.png)", []),
        ("[a](https://example.org/w_(x))", [("a", "https://example.org/w_(x)")]),
        ("[a]((https://example.org))", []),
    ],
)
def test_links_are_found_with_their_words(markdown: str, links: list[tuple[str, str]]) -> None:
    _, found = linked(markdown, 1, "https://site.example.org")

    assert [(link.text, link.target) for link in found] == links
