"""Meetings of one series side by side: what was copied and not made this one's own, and what is the series' own."""

from __future__ import annotations

from itertools import pairwise
from random import Random
from typing import Any

import pytest

from notifier.core.event import Event, Evidence
from notifier.core.reading.copying import Comparison, copied
from notifier.core.reading.counting import number_in, without_numbers
from tests.builders import a_time, an_event

OCTOBER, NOVEMBER, DECEMBER = "2026-10-14", "2026-11-11", "2026-12-09"
TICKET = "https://www.eventbrite.com/e/garden-circle-tickets-925234229487"
TEXT = "We plan the beds, the hedge and the tool shed, and whoever comes decides what is sown first. " * 2


def meeting(day: str, title: str = "Garden circle", **changes: Any) -> Event:
    unlike = {"join_url": None, "summary": "", "body": "", "series": None}
    path = changes.pop("path", f"_events/{day}-circle.md")
    return an_event(**(unlike | {"path": path, "title": title, "when": a_time(f"{day} 14:00")} | changes))


def said(*events: Event) -> list[str]:
    return [f"{problem.path[8:18]} {problem.field}" for problem in copied(events)]


def test_one_ticket_page_for_two_dates_is_reported_at_the_later_with_its_line() -> None:
    evidence = {"join_url": Evidence(field="join_url", text="[book](…)", line=12, basis="prose")}

    (problem,) = copied([meeting(NOVEMBER, join_url=TICKET, evidence=evidence), meeting(OCTOBER, join_url=TICKET)])

    assert str(problem) == (
        "_events/2026-11-11-circle.md:12: register: The registration link is also that of the meeting on 14 October 2026 "
        "(_events/2026-10-14-circle.md). Write the link of this meeting."
    )
    assert (problem.severity, problem.write) == ("warning", None)


def test_a_link_that_three_meetings_share_is_the_series_own() -> None:
    assert said(*(meeting(day, join_url=TICKET) for day in (OCTOBER, NOVEMBER, DECEMBER))) == []


@pytest.mark.parametrize(
    ("link", "reported"),
    [
        (TICKET, True),
        ("https://us06web.zoom.us/meeting/register/tZ0sdO6rrz0r", True),
        ("https://www.meetup.com/garden-circle/events/273245544/", True),
        ("https://lu.ma/k3v7qy2m", True),
        ("https://us06web.zoom.us/j/85912345678", False),
        ("https://www.meetup.com/garden-circle/", False),
        ("https://lists.example.org/subscribe?list=news", False),
        ("https://example.org/e/lu.ma/abcdef", False),
        ("https://[half/e/abcd", False),
    ],
)
def test_only_a_link_of_one_meeting_is_reported(link: str, reported: bool) -> None:
    assert bool(said(meeting(OCTOBER, join_url=link), meeting(NOVEMBER, join_url=link))) is reported


@pytest.mark.parametrize("status", ["cancelled", "postponed"])
def test_a_meeting_that_is_off_may_hand_on_its_link_and_its_number(status: str) -> None:
    off = meeting(OCTOBER, "Garden circle #4", join_url=TICKET, status=status)

    assert said(off, meeting(NOVEMBER, "Garden circle #4", join_url=TICKET)) == []


def test_the_days_of_one_event_share_its_ticket_its_number_and_its_text() -> None:
    days = ("2026-10-14", "2026-10-15")

    assert said(*(meeting(day, "7th conference", join_url=TICKET, body=TEXT) for day in days)) == []


def test_sessions_and_repetitions_of_one_document_are_no_copies_and_entries_of_a_data_file_are() -> None:
    def pair(first: str, second: str) -> list[str]:
        paths = {OCTOBER: first, NOVEMBER: second}
        return [p.path for p in copied([meeting(day, path=path, join_url=TICKET) for day, path in paths.items()])]

    assert pair("_events/circle.md#1", "_events/circle.md#2") == []
    assert pair("_data/events.yml#circle#2026-10-14", "_data/events.yml#circle#2026-11-11") == []
    assert pair("_data/events.yml#october", "_data/events.yml#november") == ["_data/events.yml"]


@pytest.mark.parametrize(
    ("titles", "reported"),
    [
        (("Circle #11", "Circle #10"), True),
        (("Circle #11", "Circle #11"), True),
        (("Circle #11", "Circle #12"), False),
        (("Circle #11", "Circle #1"), False),
        (("11. Garden Circle Treffen", "10. Garden Circle Treffen"), True),
        (("The fifth garden meeting", "The fifth garden meeting"), True),
        (("11e rencontre", "10e rencontre"), True),
        (("Python 3 evening", "Python 3 evening"), False),
        (("Garden 2026", "Garden 2026"), False),
        (("Second Tuesday meetup", "Second Tuesday meetup"), False),
        (("Meeting on the 9th of October", "Meeting on the 3rd of November"), False),
    ],
)
def test_a_number_that_comes_again_or_goes_back_is_reported(titles: tuple[str, str], reported: bool) -> None:
    found = said(meeting(OCTOBER, titles[0]), meeting(NOVEMBER, titles[1]))

    assert found == (["2026-11-11 title"] if reported else [])


def test_the_count_in_the_opening_paragraph_is_followed_too() -> None:
    opening = "On Wednesday we will hold the fifth online call of the circle."

    (problem,) = copied([meeting(OCTOBER, summary=opening), meeting(NOVEMBER, summary=opening)])

    assert problem.what == (
        "“fifth online call” can't be right: the meeting on 14 October 2026 (_events/2026-10-14-circle.md) is "
        "“fifth online call”."
    )


def test_a_count_of_the_year_begins_anew() -> None:
    first, again = (f"Our third meeting of {year}." for year in (2025, 2026))

    assert said(meeting("2025-10-14", summary=first), meeting(OCTOBER, summary=again)) == []


@pytest.mark.parametrize(
    ("text", "reported"),
    [
        ("Join us on Wednesday 14 October at 2pm.", True),
        ("See you on **2026-10-14**!", True),
        ("Read the notes of our meeting on 14 October.", False),
        ("We will go on from where we stopped on 14 October, and we meet on 11 November.", False),
        ("Join us on 12 October.", False),
        ("Please join us, and register by 14 October.", False),
    ],
)
def test_the_date_of_the_meeting_before_is_reported_where_it_announces_this_one(text: str, reported: bool) -> None:
    found = said(meeting(OCTOBER), meeting(NOVEMBER, body=f"Hello.\n\n{text} All welcome."))

    assert found == (["2026-11-11 date"] if reported else [])


def test_the_weekday_of_the_meeting_before_is_reported() -> None:
    thursday = meeting("2026-11-12", body="Join us on Wednesday at the shed.")

    assert said(meeting(OCTOBER), thursday) == ["2026-11-12 date"]
    assert said(meeting(OCTOBER), meeting("2026-11-12", body="Join us on Thursday; we meet on Wednesdays too.")) == []


@pytest.mark.parametrize("title", ["Garden circle, 14 October", "Garden circle, October 2026"])
def test_the_date_of_the_meeting_before_in_the_title_is_reported(title: str) -> None:
    assert said(meeting(OCTOBER, title), meeting(NOVEMBER, title)) == ["2026-11-11 title"]


def test_what_is_already_a_contradiction_or_a_look_back_is_not_told_twice() -> None:
    from notifier.core.event import Reason

    body = "Join us on 14 October."
    doubt = Reason(code="contradiction", text="The document gives different dates.", field="date")

    assert said(meeting(OCTOBER), meeting(NOVEMBER, body=body, doubts=(doubt,))) == []
    assert said(meeting(OCTOBER), meeting(NOVEMBER, body=body, status="past")) == []


def test_a_text_that_two_meetings_have_word_for_word_is_reported_and_one_that_three_have_is_not() -> None:
    two = [meeting(day, title, body=TEXT) for day, title in ((OCTOBER, "Hedges"), (NOVEMBER, "Tool sheds"))]

    assert said(*two) == ["2026-11-11 None"]
    assert said(*two, meeting(DECEMBER, "Beds", body=TEXT)) == []
    assert said(*(meeting(day, body="All welcome.") for day in (OCTOBER, NOVEMBER))) == []


def test_meetings_of_different_series_are_not_compared() -> None:
    events = [meeting(OCTOBER, "Hedges #4", join_url=TICKET), meeting(NOVEMBER, "Sheds #4", join_url=TICKET)]
    one_series = [meeting(event.path[8:18], event.title, join_url=TICKET, series="circle") for event in events]

    assert said(*events) == []
    assert said(*one_series) == ["2026-11-11 register", "2026-11-11 title"]


def test_the_order_in_which_events_come_does_not_matter() -> None:
    events = [meeting(day, f"Circle #{n}") for day, n in ((OCTOBER, 5), (NOVEMBER, 7), (DECEMBER, 6))]

    assert copied(events) == copied(events[::-1]) != ()


def test_an_event_without_a_date_says_nothing() -> None:
    assert copied([meeting(OCTOBER, "Circle #5"), meeting(NOVEMBER, "Circle #5", when=None)]) == ()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Meetup No. 12", 12), ("the twelfth meetup", 12), ("zum zwölften Treffen", 12), ("Notre douzième rencontre", 12),
        ("El duodécimo encuentro", 12), ("il dodicesimo incontro", 12), ("12th book club", 12), ("Edition 12", 12),
        ("Am 3. Dezember findet unser Treffen statt", None), ("on the 2nd floor meeting room", None),
        ("First Monday meetup", None), ("Meeting 12:30", None), ("Meetup 2026", None), ("the first event of the year", None),
        ("Garden circle", None),
    ],
)  # fmt: skip
def test_the_number_of_a_meeting_is_read_in_words_and_digits(text: str, value: int | None) -> None:
    found = number_in(text)

    assert (found.value if found else None) == value


def test_titles_that_differ_in_numbers_and_dates_are_of_one_series() -> None:
    titles = ("Garden circle #4", "Garden circle, 9 December 2026", "Fifth garden circle", "Garden circle: March")

    assert {without_numbers(title) for title in titles} == {"garden circle"}
    assert without_numbers("Marathon circle") == "marathon circle"
    assert without_numbers("12 March 2026") == ""


def test_the_time_it_takes_grows_with_the_number_of_events() -> None:
    day = a_time("2026-12-09 14:00")
    events = [
        an_event(path=f"_events/{n}.md", title="Circle", when=day, body="14 October " * 2_000) for n in range(300)
    ]

    assert copied(events) == ()
    assert all(one.path != other.path for one, other in pairwise(events))


def any_meeting(chance: Random, number: int) -> Event:
    """A meeting like others: of few titles, links, texts and numbers, so that much is shared."""
    when = (
        None if chance.random() < 0.1 else a_time(f"2026-{chance.randint(1, 12):02}-{chance.randint(1, 28):02} 14:00")
    )
    return meeting(
        "2026-01-01", f"{chance.choice(['Garden circle', 'Pond circle'])} #{chance.randint(1, 4)}", when=when,
        path=f"_events/{number}{chance.choice(['', '#1', '#2'])}.md", series=chance.choice([None, "Circle"]),
        join_url=chance.choice([None, TICKET, f"{TICKET}1"]), body=chance.choice(["", TEXT, f"{TEXT} See you on 14 October."]),
        summary=chance.choice(["", "The 3rd meeting of the circle."]), status=chance.choice(["scheduled"] * 3 + ["cancelled"]),
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(40))
def test_comparing_only_what_changed_says_the_same(seed: int) -> None:
    chance, comparison = Random(seed), Comparison()  # noqa: S311 - chance that can be repeated
    events = [any_meeting(chance, number) for number in range(12)]
    for _ in range(25):
        assert comparison.update(tuple(events)) == copied(events)
        place = chance.randrange(len(events))
        events[place : place + chance.choice([0, 1, 1, 2])] = [
            any_meeting(chance, chance.randrange(12)) for _ in range(chance.choice([0, 1, 1, 2]) or place == 0)
        ]
