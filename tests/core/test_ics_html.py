"""Descriptions as HTML: the same words, safe, with links that can be clicked."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given

from notifier.core.entry import describe
from notifier.core.ics import render_event_file, render_feed
from notifier.core.ics.richtext import rich
from notifier.core.plain import clean_text, http_url
from tests.builders import a_feed, a_site, an_event
from tests.core.test_ics import ADDRESS, an_entry, line, parsed
from tests.strategies import any_text


class Read(HTMLParser):
    """What a browser would make of it: the text, and the tags with their attributes."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.text = ""
        self.tags: list[str] = []
        self.links: list[str] = []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.text += "\n" if tag == "br" else ""
        self.links += [value or "" for name, value in attrs if name == "href"]
        assert {name for name, _ in attrs} <= {"href"}

    def handle_data(self, data: str) -> None:
        self.text += data


@given(any_text)
def test_html_says_what_the_text_says_with_no_tag_of_its_own(text: str) -> None:
    plain = f"{clean_text(text)}\nhttps://www.example.org/"

    read = Read(rich(plain))

    assert read.text == plain
    assert set(read.tags) <= {"html", "body", "br", "a"}
    assert all(http_url(link) == link for link in read.links)


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("See https://example.org/a, and more.", ["https://example.org/a"]),
        ("(https://example.org/a)", ["https://example.org/a"]),
        ("https://example.org/a_(b)", ["https://example.org/a_(b)"]),
        ("https://example.org/a?b=1&c=2!", ["https://example.org/a?b=1&c=2"]),
        ('https://example.org/"onclick=x', ["https://example.org/"]),
        ("https://bank.example@evil.example/ javascript://x.example/%0aalert(1) ftp://example.org/", []),
        ("https://example.org/<script>", ["https://example.org/"]),
    ],
)
def test_only_addresses_of_the_web_become_links(text: str, links: list[str]) -> None:
    assert Read(rich(text)).links == links


def test_a_single_paragraph_without_a_link_needs_no_html() -> None:
    assert rich("Saturday 9 December 2026") == ""
    entry = an_entry(url=None, summary="", join_url=None)

    written = render_event_file(a_site(), entry)

    assert str(line(written, "DESCRIPTION")).startswith("DESCRIPTION:")
    assert line(written, "X-ALT-DESC") is None


def test_a_file_says_it_as_html_in_both_dialects() -> None:
    written = render_event_file(a_site(), an_entry(summary="Bread, butter; & <b>jam</b>"))

    [event] = parsed(written)
    alternative = unquote(event["description"].params["ALTREP"]).removeprefix("data:text/html,")
    assert str(event["x-alt-desc"]).replace("\\,", ",").replace("\\;", ";") == alternative
    assert (
        Read(alternative).text
        == str(event["description"])
        == describe(a_site(), an_event(summary="Bread, butter; & <b>jam</b>"))
    )
    assert event["x-alt-desc"].params["FMTTYPE"] == "text/html"


@pytest.mark.parametrize("changes", [{}, {"summary": "One.\n\nTwo: https://example.org/x"}])
def test_a_feed_carries_no_html(changes: dict[str, Any]) -> None:
    written = render_feed(a_feed(), a_site(), [an_entry(**changes)], ADDRESS)

    assert b"ALTREP" not in written
    assert b"X-ALT-DESC" not in written
