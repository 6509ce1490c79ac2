"""The console's acts in a real browser: by keyboard alone, with JavaScript off, narrow and wide, light and dark."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from notifier import desk
from notifier.app import App
from notifier.edges.browser import Scheme, installed
from notifier.web import build
from tests.web.browsing import AXE, Walker, served, walker
from tests.web.entering import PASSWORD, with_person
from tests.web.test_acting import a_row
from tests.web.visiting import a_person, page_of, pages_for

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


@pytest.mark.parametrize("width", [375, 1280])
def test_a_person_finds_why_a_reminder_is_held_and_releases_it_by_keyboard(
    site: App, place: str, window: Walker, width: int
) -> None:
    row = site.ticker.wiring.ledger.rows("held")[0]
    window.go(f"{place}/", width=width)
    assert "No start time is given" in window.text()

    window.tabs_to("Release: the reminder of the rule reminder-week to newsletter, Open studio: bring a map")
    window.enter()
    window.waits_for(f"{place}{page_of(row, 'release')}")
    assert "No start time is given" in window.text()
    window.tabs_to("Note")
    window.types("It begins when it begins.")
    window.tabs_to("Release: goes out Tue 1 Dec 10:00 GMT to newsletter")
    window.enter()
    window.waits_for(f"{place}{page_of(row)}?done=release")

    text = window.text()
    assert (
        "Anna released it on Thu 26 Nov 09:55 GMT: It begins when it begins. It goes out on Tue 1 Dec 10:00 GMT."
        in text
    )
    assert "planned It goes out by itself at its time" in text


def test_somebody_logs_in_by_keyboard_and_is_where_they_can_hold_a_mail(site: App, window: Walker) -> None:
    site.tick()
    with_person(site, "Kim", "editor")
    row = site.ticker.wiring.ledger.rows("planned")[0]
    with served(build(site)) as place:
        window.go(f"{place}{page_of(row, 'hold')}", at=f"{place}/login")
        window.tabs_to("Name")
        window.types("Kim")
        window.tabs_to("Password")
        window.types(PASSWORD)
        window.enter()
        window.waits_for(f"{place}{page_of(row, 'hold')}")
        window.tabs_to("Hold: does not go out Mon 30 Nov 10:00 GMT")
        window.enter()
        window.waits_for(f"{place}{page_of(row)}?done=hold")

    assert "Kim held it on Thu 26 Nov 09:55 GMT. It does not go out before somebody releases it." in window.text()


def test_everything_is_stopped_and_let_go_on_by_keyboard(site: App, place: str, window: Walker) -> None:
    window.go(f"{place}/outbox")
    window.tabs_to("Pause: let nothing go out")
    window.enter()
    window.waits_for(f"{place}/pause")
    window.tabs_to("Pause: nothing goes out")
    window.enter()
    window.waits_for(f"{place}/pause?done=pause")
    assert "Paused by Anna since Thu 26 Nov 09:55 GMT." in window.text()
    window.tabs_to("Resume: let things go out again")
    window.enter()
    window.waits_for(f"{place}/resume")
    window.tabs_to("Resume: 0 mails go out at the next tick")
    window.enter()
    window.waits_for(f"{place}/resume?done=resume")
    assert "Nothing is paused" in window.text()


@pytest.mark.skipif(not AXE.exists(), reason="axe is not installed: make check-mail installs it")
@pytest.mark.parametrize(("width", "scheme"), SHAPES)
def test_axe_has_nothing_against_a_page_and_none_is_wider_than_its_window(
    site: App, place: str, window: Walker, width: int, scheme: Scheme
) -> None:
    held, doubtful = a_row(site), a_row(site, "unknown")
    desk.hold(site, held.key, by="Ben", note="Not yet.")
    pages = [
        "/", page_of(held), page_of(held, "release"), page_of(held, "approve"), page_of(held, "skip"),
        page_of(doubtful, "settle"), page_of(doubtful, "retry"), "/pause", "/resume", "/audit", "/audit?by=Nobody",
        f"{page_of(held)}?done=hold", f"/events/{held.event_uids[0]}",
    ]  # fmt: skip
    found: dict[str, object] = {}
    for page in pages:
        window.go(place + page, width=width, scheme=scheme)
        found[page] = (window.axe(), window.is_wider_than_its_window())
    desk.pause(site, by="Ben", note="Wait for the vote.")
    for page in ("/", "/pause", "/resume"):
        window.go(place + page, width=width, scheme=scheme)
        found[f"paused {page}"] = (window.axe(), window.is_wider_than_its_window())
    assert {page: one for page, one in found.items() if one != ([], False)} == {}
