"""Digests: what is coming up, by day or by month, and what is new beyond that; each event once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from notifier.core.entry import Entry
from notifier.core.event import Event
from notifier.core.message import Message
from notifier.core.render import render
from tests.builders import a_delivery, a_minimal_event, a_site, a_time, all_day, an_event, at
from tests.core.test_render import FEED, SECRET, SHIPPED, Page


def a_digest(
    *events: Event, new: tuple[str, ...] = (), until: datetime | None = None, language: str = "en-GB"
) -> Message:
    return render(
        a_delivery(kind="digest"), events, site=a_site(language=language), templates=SHIPPED, feed_url=FEED,
        entry=Entry(event=events[0], sequence=0, created_at=at("2026-11-01"), modified_at=at("2026-11-01")),
        audience_is_public=True, new=frozenset(f"{name}@example.org" for name in new), until=until,
    )  # fmt: skip


def an_item(title: str, start: str = "2026-12-09 14:00", **changes: Any) -> Event:
    return an_event(uid=f"{title}@example.org", title=title, when=a_time(start), **changes)


ONE, TWO, FAR = (
    an_item("one", "2026-12-01 10:00"),
    an_item("two", "2026-12-04 10:00"),
    an_item("far", "2027-03-03 10:00"),
)


def test_events_within_a_week_are_grouped_by_day_and_others_by_month() -> None:
    week, year = a_digest(ONE, TWO).text, a_digest(ONE, TWO, FAR).text

    assert "Tuesday 1 December 2026\n-----------------------\n\none\n  10:00 am (GMT, London time)\n" in week
    assert "Friday 4 December 2026\n----------------------\n\ntwo\n" in week
    assert "December 2026\n-------------\n\none\n  Tuesday 1 December 2026, 10:00 am (GMT, London time)\n" in year
    assert "March 2027\n----------\n\nfar\n" in year


def test_seven_days_are_a_week_and_eight_are_not() -> None:
    assert "Monday 7 December 2026\n---" in a_digest(ONE, an_item("end", "2026-12-07 10:00")).text
    assert "\nDecember 2026\n---" in a_digest(ONE, an_item("end", "2026-12-08 10:00")).text


def test_events_stand_in_the_order_of_their_starts_each_once() -> None:
    day = a_minimal_event(uid="day@example.org", title="day", when=all_day("2026-12-02"))

    text = a_digest(TWO, FAR, day, ONE, TWO).text

    assert [line for line in text.splitlines() if line in ("one", "day", "two", "far")] == ["one", "day", "two", "far"]


def test_an_event_stands_under_the_day_that_its_own_words_say() -> None:
    tokyo = an_event(uid="tokyo@example.org", title="tokyo", when=a_time("2026-12-02 07:00"), zone="Asia/Tokyo")
    late = an_item("late", "2026-12-02 06:00")

    text = a_digest(tokyo, late, an_item("next", "2026-12-02 23:30", zone="Asia/Tokyo")).text

    assert text.index("Wednesday 2 December 2026") < text.index("late") < text.index("tokyo")
    assert text.index("Thursday 3 December 2026") < text.index("next")


def test_what_has_no_date_stands_last() -> None:
    text = a_digest(a_minimal_event(uid="open@example.org", when=None), ONE).text

    assert text.index("one") < text.index("Date not given\n--------------\n\nOpen day")
    assert text.count("Date not given") == 1


def test_what_is_new_is_marked_in_its_place() -> None:
    message = a_digest(ONE, TWO, new=("two",))

    assert "\ntwo (new)\n" in message.text
    assert "\none\n" in message.text
    assert message.html.count('class="badge"') == message.html.count(">New<") == 1
    assert "New since last time" not in message.text


def test_what_is_new_beyond_what_is_coming_up_stands_in_a_section_of_its_own() -> None:
    old = an_item("old", "2027-04-04 10:00")

    text = a_digest(ONE, TWO, FAR, old, new=("two", "far"), until=at("2027-01-01")).text

    assert (
        text.index("\ntwo (new)\n") < text.index("\nold\n") < text.index("New since last time") < text.index("\nfar\n")
    )
    assert [text.count(f"\n{name}\n") for name in ("one", "old", "far")] == [1, 1, 1]


def test_what_starts_at_the_end_of_what_is_coming_up_belongs_to_it() -> None:
    inside = a_digest(ONE, FAR, new=("far",), until=at("2027-03-03 10:00"))
    beyond = a_digest(ONE, FAR, new=("far",), until=at("2027-03-03 09:59"))

    assert "New since last time" not in inside.text
    assert "New since last time" in beyond.text


def test_where_all_is_new_and_beyond_there_is_one_heading() -> None:
    text = a_digest(FAR, new=("far",), until=at("2027-01-01")).text

    assert text.startswith("WHAT’S ON\n\nNew since last time\n\nfar\n")
    assert "Coming up" not in text


@pytest.mark.parametrize(
    ("events", "subject", "preheader"),
    [
        ((TWO, ONE, FAR), "What’s on: 3 events from 1 December", "one, two and 1 more"),
        ((ONE, TWO), "What’s on: 2 events from 1 December", "one, two"),
        ((ONE,), "What’s on: one – Tue 1 Dec, 10:00 am GMT", "one"),
        ((a_minimal_event(when=None),), "What’s on: Open day", "Open day"),
    ],
)
def test_the_subject_counts_and_the_preheader_names_the_first_two(
    events: tuple[Event, ...], subject: str, preheader: str
) -> None:
    message = a_digest(*events)

    assert (message.subject, message.preheader) == (subject, preheader)


def test_american_readers_see_the_month_first() -> None:
    message = a_digest(ONE, TWO, language="en-US")

    assert message.subject == "What’s on: 2 events from December 1"
    assert "Tuesday, December 1, 2026\n" in message.text


def test_a_digest_has_no_file_but_feeds_to_follow() -> None:
    message = a_digest(ONE)

    assert message.calendar is None
    assert "invite.ics" not in message.text + message.html
    assert FEED in message.text
    assert FEED in Page(message.html).links()


def test_a_block_is_short_and_leads_to_its_page_and_in() -> None:
    event = an_item("one", summary=f"{'Long words. ' * 40}\n\nMore.", location="Example Hall")

    message = a_digest(event)

    assert {event.url, event.join_url} <= set(Page(message.html).links())
    assert "Long words.…" in message.text.replace("\n  ", " ")
    assert "More.\n" not in message.text
    assert "  Example Hall\n" in message.text


def test_a_digest_tells_the_public_nothing_that_is_not_public() -> None:
    closed = an_item("closed", join_url=SECRET, access="members", summary=f"Enter at {SECRET}")
    private = an_item("private", private=frozenset({"title", "when"}))

    message = a_digest(closed, private)

    said = message.subject + message.preheader + message.html + message.text
    assert "s3cret" not in said
    assert ">private<" not in said
    assert "Private event" in message.text


def test_forty_events_are_not_cut_by_mail_programs() -> None:
    events = [
        an_item(f"Number {number}", f"2026-12-{number % 28 + 1:02d} 14:00", summary="Words. " * 40)
        for number in range(40)
    ]

    assert len(a_digest(*events).html.encode()) < 102_000  # Gmail cuts what is longer


def test_a_hostile_title_adds_no_tag_to_a_digest() -> None:
    plain, hostile = a_digest(an_item("x")), a_digest(an_item("x", location="</td><script>{{ 7 * 7 }}</script>\u202e"))

    assert len(Page(hostile.html).tags) == len(Page(plain.html).tags)
    assert "{ { 7 * 7 } }" in hostile.text
    assert "\u202e" not in hostile.text + hostile.html
