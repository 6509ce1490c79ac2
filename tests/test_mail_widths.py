"""Finished mails as they are shown: as narrow as a phone, without pictures, short enough for Gmail, the same in both parts."""

from __future__ import annotations

import re

import pytest

from notifier.core.preflight import MOST_BYTES
from notifier.core.preflight.markup import page_of
from notifier.edges.browser import Browser, browser, installed
from tests.golden_messages import golden_files

FILES = golden_files()
PAGES = {name.removesuffix(".html"): FILES[name].decode() for name in FILES if name.endswith(".html")}
#: The mails with the longest words and addresses.
LONGEST = [name for name in PAGES if name.startswith("full-")]
#: What only a page says: the names of services, and links whose address stands alone in plain text.
_ONLY_SEEN = frozenset({
    "365", "and", "apple", "com", "copy", "for", "google", "office", "open", "or", "others", "outlook", "see", "yahoo",
    "andere", "eigenen", "eintragen", "für", "kopieren", "oder", "und", "zur", "öffnen",
})  # fmt: skip
needs_chromium = pytest.mark.skipif(installed() is None, reason="chromium is not installed")


def width_of(window: Browser, html: str, width: int) -> int:
    """How wide the page is in a window that is `width` pixels wide."""
    window.picture(html, width=width, scheme="light")
    return int(window._tell("Page.getLayoutMetrics", {})["cssContentSize"]["width"])


@needs_chromium
def test_no_mail_is_wider_than_the_window_it_is_read_in() -> None:
    with browser() as window:
        widths = {(name, at): width_of(window, PAGES[name], at) for name in LONGEST for at in (320, 480, 600)}

    assert {place: width for place, width in widths.items() if width > place[1]} == {}


@pytest.mark.parametrize("name", PAGES)
def test_a_mail_is_a_quarter_of_what_gmail_shows_at_most_and_needs_no_picture(name: str) -> None:
    html = PAGES[name]

    assert len(html.encode()) < MOST_BYTES // 4
    assert list(page_of(html).named("img")) == []
    assert re.search(r"url\(|background=|@import|@font-face|<link", html) is None


@pytest.mark.parametrize("name", PAGES)
def test_every_word_of_a_page_stands_in_its_plain_text_too_but_for_names_of_services(name: str) -> None:
    text = set(re.findall(r"\w+", FILES[f"{name}.txt"].decode().casefold()))
    said = " ".join(run.text for run in page_of(PAGES[name]).seen()).replace("\u2060", "")

    assert set(re.findall(r"\w+", said.casefold())) - text - _ONLY_SEEN == set()
