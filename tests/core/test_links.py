from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from hypothesis import given, settings

from notifier.core.links import Asked, Link, add_links, event_file_name, subscribe_links
from tests.builders import a_site, a_time, all_day, an_event
from tests.strategies import any_text

FEED = "https://www.example.org/feeds/all.ics"


def asked(label: str, **changes: object) -> dict[str, str]:
    """The parameters of one service's link."""
    links = {link.label: link.url for link in add_links(an_event(**changes), a_site())}
    return {name: values[0] for name, values in parse_qs(urlsplit(links[label]).query).items()}


def asked_links(**terms: str) -> dict[str, str]:
    return {link.label: link.url for link in add_links(an_event(), a_site(), **terms)}


def test_google_gets_utc_instants_and_the_zone() -> None:
    query = asked("Google")

    assert query["dates"] == "20261209T140000Z/20261209T151500Z"
    assert query["ctz"] == "Europe/London"
    assert query["text"] == "Book club: The Commons"


def test_google_gets_whole_days_with_an_exclusive_end_and_no_zone() -> None:
    query = asked("Google", when=all_day("2026-12-09", "2026-12-11"))

    assert query["dates"] == "20261209/20261212"
    assert "ctz" not in query


@pytest.mark.parametrize("label", ["Outlook.com", "Office 365"])
def test_outlook_gets_utc_instants_and_the_text_as_html(label: str) -> None:
    query = asked(label, summary="Bread & <b>butter</b>")

    assert (query["startdt"], query["enddt"]) == ("2026-12-09T14:00:00Z", "2026-12-09T15:15:00Z")
    assert "Bread &amp; &lt;b&gt;butter&lt;/b&gt;<br>" in query["body"]


def test_outlook_is_told_of_whole_days() -> None:
    query = asked("Outlook.com", when=all_day())

    assert (query["startdt"], query["enddt"], query["allday"]) == ("2026-12-09", "2026-12-10", "true")


def test_yahoo_is_offered_only_what_it_can_show() -> None:
    several = add_links(an_event(when=all_day("2026-12-09", "2026-12-11")), a_site())

    assert asked("Yahoo")["ET"] == "20261209T151500Z"
    assert asked("Yahoo", when=all_day())["dur"] == "allday"
    assert "Yahoo" not in {link.label for link in several}


def test_an_end_nobody_gave_is_an_hour_and_is_said() -> None:
    query = asked("Google", when=a_time())

    assert query["dates"] == "20261209T140000Z/20261209T150000Z"
    assert "The end time isn't given." in query["details"]


@pytest.mark.parametrize("changes", [{"when": None}, {"published": False}])
def test_an_event_without_a_date_or_taken_back_has_no_links(changes: dict[str, Any]) -> None:
    assert add_links(an_event(**changes), a_site(), file_url="https://www.example.org/event.ics") == ()


def test_a_file_is_downloaded_and_not_subscribed_to() -> None:
    file = "https://www.example.org/events/k3v7.ics"

    assert asked_links(file_url=file)["Apple and others"] == file
    assert "Apple and others" not in asked_links(file_url="javascript:alert(1)")
    assert "Apple and others" not in asked_links()


def test_a_file_is_named_by_its_event_and_nothing_that_an_author_wrote() -> None:
    names = {event_file_name(uid) for uid in ("a@example.org", "../../etc/passwd", "\ud83d", "")}

    assert len(names) == 4
    assert all(re.fullmatch("[a-z2-7]{26}", name) for name in names)


@settings(max_examples=60)
@given(any_text, any_text, any_text)
def test_every_link_is_short_ascii_and_without_plus_signs(title: str, summary: str, place: str) -> None:
    event = an_event(
        title=title * 20, summary=summary * 100, location=place * 20, url="https://example.org/" + "é" * 80
    )

    for link in add_links(event, a_site()):
        assert len(link.url) < 2000
        assert link.url.isascii()
        assert not set(link.url) & set('+ "<>\n')


def test_a_long_description_ends_at_a_word_and_with_the_address() -> None:
    query = asked("Google", summary="practice " * 500)

    assert "practice…<br><br>https://www.example.org/events/2026-12-09-book-club" in query["details"]


def test_subscribing_uses_the_scheme_that_each_service_takes() -> None:
    links = {link.label: link.url for link in subscribe_links(FEED, "All events")}

    assert links["Apple and others"] == "webcal://www.example.org/feeds/all.ics"
    assert links["Google"].endswith("?cid=webcal%3A%2F%2Fwww.example.org%2Ffeeds%2Fall.ics")
    assert links["Outlook.com"].endswith("?url=https%3A%2F%2Fwww.example.org%2Ffeeds%2Fall.ics&name=All%20events")


def test_an_address_that_is_none_has_no_subscribe_links() -> None:
    assert subscribe_links("javascript:alert(1)", "All") == ()


@given(any_text)
def test_a_title_stands_in_an_address_as_the_standard_library_writes_it(title: str) -> None:
    asked_title = re.search(r"text=([^&]*)", add_links(an_event(title=title), a_site())[0].url)
    assert asked_title is not None
    assert asked_title[1] == quote(parse_qs(f"text={asked_title[1]}", keep_blank_values=True)["text"][0], safe="")


def test_links_that_nobody_asks_for_are_not_made() -> None:
    made: list[str] = []

    def make() -> tuple[Link, ...]:
        made.append("made")
        return add_links(an_event(), a_site())

    links = Asked(make)
    assert made == []
    assert (links[0].label, len(links), bool(links), made) == ("Google", 4, True, ["made"])
