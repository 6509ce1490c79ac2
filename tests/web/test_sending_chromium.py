"""The send by hand in a real browser: by keyboard alone, with JavaScript off, narrow and wide, light and dark."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from notifier.app import App
from notifier.core.delivery import key_hash
from notifier.edges.browser import Scheme, installed
from notifier.edges.clock import FixedClock
from tests.web.browsing import Walker, served, walker
from tests.web.sites import NOW
from tests.web.test_sending import sent
from tests.web.visiting import a_person, pages_for

pytestmark = [
    pytest.mark.skipif(installed() is None, reason="chromium is not installed"),
    pytest.mark.timeout(300),
]
SHAPES: list[tuple[int, Scheme]] = [(375, "light"), (375, "dark"), (1280, "light"), (1280, "dark")]


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walker]:
    with walker(tmp_path_factory.mktemp("browser")) as made:
        yield made


@pytest.fixture
def place(site: App) -> Iterator[str]:
    site.tick()
    with served(pages_for(site, a_person("sender"))) as address:
        yield address


def looked(window: Walker, place: str, *, width: int = 1280, scheme: Scheme = "light") -> None:
    window.go(f"{place}/send", width=width, scheme=scheme)
    window.tabs_to("Subject")
    window.types("We moved")
    window.tabs_to("Your text")
    window.types("To number four.")
    window.tabs_to("Look at it")
    window.enter()
    window.reads("Is this what should go out?")


def asked(window: Walker) -> None:
    window.tabs_to("Type newsletter to confirm")
    window.types("newsletter")
    window.tabs_to("Send to newsletter")
    window.enter()
    window.reads("What was asked for")


@pytest.mark.parametrize("width", [375, 1280])
def test_a_person_sends_one_mail_by_keyboard_and_it_goes_out(site: App, place: str, window: Walker, width: int) -> None:
    looked(window, place, width=width)
    assert "To newsletter, into outbox, a folder that nobody is mailed from" in window.text()
    asked(window)
    assert "It goes out Thu 26 Nov 10:00 GMT" in window.text()

    site.clock = FixedClock(NOW + timedelta(minutes=5))
    site.tick()
    [row] = sent(site)
    window.go(f"{place}/sent/{key_hash(row.key)}", width=width)
    assert "It went out" in window.text()


def test_a_person_takes_one_back_by_keyboard_and_it_never_goes_out(site: App, place: str, window: Walker) -> None:
    looked(window, place)
    asked(window)
    window.tabs_to("Take it back: nothing goes out")
    window.enter()
    window.reads("It was taken back, and is never sent.")

    site.clock = FixedClock(NOW + timedelta(minutes=5))
    site.tick()
    assert sent(site) == []


def test_what_is_wrong_is_read_and_mended_by_keyboard(site: App, place: str, window: Walker) -> None:
    window.go(f"{place}/send")
    window.tabs_to("Look at it")
    window.enter()
    window.reads("This mail has no subject.")
    looked(window, place)
    window.tabs_to("Send to newsletter")
    window.enter()
    window.reads("Type newsletter to send it. Nothing was sent.")
    assert site.ticker.wiring.ledger.snapshot().one_offs == {}
    asked(window)
    assert len(site.ticker.wiring.ledger.snapshot().one_offs) == 1


@pytest.mark.parametrize(("width", "scheme"), SHAPES)
def test_axe_has_nothing_against_a_page_and_none_is_wider_than_its_window(
    place: str, window: Walker, width: int, scheme: Scheme
) -> None:
    found: dict[str, object] = {}

    def judged(page: str) -> None:
        found[page] = (window.axe(), window.is_wider_than_its_window())

    window.go(f"{place}/send", width=width, scheme=scheme)
    judged("choose")
    window.tabs_to("Look at it")
    window.enter()
    window.reads("This mail has no subject.")
    judged("wrong")
    looked(window, place, width=width, scheme=scheme)
    judged("look")
    asked(window)
    judged("asked for")
    window.tabs_to("Take it back")
    window.enter()
    window.reads("It was taken back")
    judged("taken back")
    assert {page: one for page, one in found.items() if one != ([], False)} == {}
