"""The pages to look things up in, in a real browser: narrow and wide, light and dark, by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from notifier import desk
from notifier.app import App
from notifier.core.mode import MODES
from notifier.desk import people, readers
from notifier.edges.browser import Scheme, installed
from tests.web.browsing import AXE, Walker, served, walker
from tests.web.entering import with_person
from tests.web.test_digests import monthly
from tests.web.test_feed_secrets import FEEDS
from tests.web.test_mode import mailing
from tests.web.test_months import written
from tests.web.test_people import page_of
from tests.web.visiting import a_person, pages_for

__all__ = ["monthly"]

pytestmark = [
    pytest.mark.skipif(installed() is None, reason="chromium is not installed"),
    pytest.mark.timeout(300),
]
#: Both widths and both schemes, each once: colours don't hang on the width.
SHAPES: list[tuple[int, Scheme]] = [(375, "dark"), (1280, "light")]


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walker]:
    with walker(tmp_path_factory.mktemp("browser")) as made:
        yield made


@pytest.fixture
def place(monthly: App) -> Iterator[str]:
    """The console of an admin, with a digest, a secret feed, and what lasts several days."""
    written(monthly, "fair", "title: Street fair", "dates: 2026-12-11 to 2026-12-14", "status: cancelled")
    text = monthly.config.read_text(encoding="utf-8")
    monthly.config.write_text(text.replace("\nfeeds:\n", f"\nfeeds:\n{FEEDS.splitlines()[1]}\n", 1), encoding="utf-8")
    monthly.refresh()
    monthly.tick()
    with served(pages_for(monthly, a_person("admin"))) as address:
        yield address


def test_an_admin_gives_an_address_and_takes_it_back_by_keyboard(monthly: App, place: str, window: Walker) -> None:
    window.go(f"{place}/feeds", width=375)
    window.tabs_to("Give an address of Team")
    window.enter()
    window.waits_for(f"{place}/readers/team/give")
    window.tabs_to("Who will have it")
    window.types("The hall")
    window.enter()
    window.reads("It is shown this once")
    assert "/feeds/private/" in window.text()
    assert "private" not in str(window.value("location.href"))
    window.go(f"{place}/feeds", width=375)
    window.tabs_to("Revoke: the address of The hall to team")
    window.enter()
    window.reads("for good")
    window.tabs_to("Revoke: it opens nothing any more")
    window.enter()
    window.reads("opens nothing any more, within a second")
    assert [one.revoked_at is None for one in monthly.ticker.wiring.ledger.tokens()] == [False]


@pytest.mark.skipif(not AXE.exists(), reason="axe is not installed: make check-mail installs it")
def test_axe_has_nothing_against_a_page_and_none_is_wider_than_its_window(
    monthly: App, place: str, window: Walker
) -> None:
    made = readers.add_token(monthly, "team", "Robin", by="Anna").token
    readers.revoke_token(monthly, readers.add_token(monthly, "team", "The hall", by="Anna").token.id, by="Anna")
    with_person(monthly)
    people.add(monthly, "Robin", "editor", by="Anna")
    pages = [
        "/calendar", "/calendar?month=2026-12", "/calendar?month=1999-02", "/digests", "/search",
        "/search?q=street", "/search?q=zebra", "/feeds", "/readers/team/give",
        f"/readers/{made.id}/replace", "/people", *(page_of("Robin", act) for act in ("role", "link", "disable")), "/outbox?kind=reminder", "/outbox?audience=nobody", "/events", "/mode",
    ]  # fmt: skip
    found: dict[str, object] = {}
    for width, scheme in SHAPES:
        for page in pages:
            window.go(place + page, width=width, scheme=scheme)
            found[f"{page} {width} {scheme}"] = (window.axe(), window.is_wider_than_its_window())
    assert {page: one for page, one in found.items() if one != ([], False)} == {}


@pytest.mark.skipif(not AXE.exists(), reason="axe is not installed: make check-mail installs it")
def test_axe_has_nothing_against_the_switch_in_either_mode(tmp_path: Path, window: Walker) -> None:
    site = mailing(tmp_path)
    found: dict[str, object] = {}
    with served(pages_for(site, a_person("admin"))) as address:
        for mode in MODES:
            desk.switch(site, mode, by="Anna", note="New templates.")
            for width, scheme in SHAPES:
                window.go(f"{address}/mode", width=width, scheme=scheme)
                found[f"{mode} {width} {scheme}"] = (window.axe(), window.is_wider_than_its_window())
    assert {page: one for page, one in found.items() if one != ([], False)} == {}
