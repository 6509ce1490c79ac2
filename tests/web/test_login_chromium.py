"""Coming in, in a real browser: by keyboard alone, with JavaScript off, narrow and wide, light and dark."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from notifier.app import App
from notifier.desk import people
from notifier.edges.browser import Scheme, installed
from notifier.web import build
from tests.web.browsing import AXE, Walker, served, walker
from tests.web.entering import PASSWORD, with_person
from tests.web.test_acting_chromium import SHAPES

_PATIENCE_STEPS = 200
_WHOLE = "document.readyState === 'complete' && document.body ? document.body.innerText : ''"

pytestmark = [
    pytest.mark.skipif(installed() is None, reason="chromium is not installed"),
    pytest.mark.timeout(300),
]


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Walker]:
    """A browser that has never been anywhere."""
    with walker(tmp_path) as made:
        yield made


@pytest.fixture
def place(site: App) -> Iterator[str]:
    site.tick()
    with served(build(site)) as address:
        yield address


def fill(window: Walker, **fields: str) -> None:
    for label, text in fields.items():
        window.tabs_to(label.replace("_", " "))
        window.types(text)


def press(window: Walker, button: str, until: str) -> None:
    """Press a button, and wait until the page that follows says this."""
    window.tabs_to(button)
    window.enter()
    reads(window, until)


def reads(window: Walker, words: str) -> None:
    """Until this can be read, on a page that is there as a whole."""
    for _ in range(_PATIENCE_STEPS):
        if words in " ".join(str(window.value(_WHOLE)).split()):
            return
        threading.Event().wait(0.05)
    raise AssertionError(f"{words!r} can't be read: {window.text()}")


@pytest.mark.parametrize("width", [375, 1280])
def test_the_first_account_is_made_and_logged_in_with(site: App, place: str, window: Walker, width: int) -> None:
    made = people.first_link(site)
    assert made is not None
    window.go(place + made.path, width=width)
    assert window.focused() == "Your name"
    window.types("Anna")
    fill(window, New_password=PASSWORD, The_same_once_more=PASSWORD)
    press(window, "Make the account", "The next 30 days")
    press(window, "Anna", "You are an admin.")

    press(window, "Log out here", "Password forgotten?")
    window.go(f"{place}/login?to=/outbox%3Fstatus%3Dsent", width=width)
    window.types("anna")
    fill(window, Password="wrong wrong wrong")
    press(window, "Log in", "The name or the password is wrong.")
    assert window.focused() == "Password"
    window.types(PASSWORD)
    press(window, "Log in", "Shared streets: community call")
    assert window.value("location.pathname + location.search") == "/outbox?status=sent"


def test_a_password_is_changed_and_the_browser_stays_logged_in(site: App, place: str, window: Walker) -> None:
    log_in(site, place, window)
    window.go(f"{place}/account")
    fill(
        window,
        Your_password_now=PASSWORD,
        New_password="staple staple staple",
        The_same_once_more="staple staple staple",
    )
    press(window, "Change it", "Your password is changed.")
    assert "Chrome on Linux this browser" in window.text()


def log_in(site: App, place: str, window: Walker) -> None:
    with_person(site)
    window.go(f"{place}/login")
    window.types("Anna")
    fill(window, Password=PASSWORD)
    press(window, "Log in", "The next 30 days")


@pytest.mark.skipif(not AXE.exists(), reason="axe is not installed: make check-mail installs it")
@pytest.mark.parametrize(("width", "scheme"), SHAPES)
def test_axe_has_nothing_against_the_doors_and_none_is_wider_than_its_window(
    site: App, place: str, window: Walker, width: int, scheme: Scheme
) -> None:
    first = people.first_link(site)
    assert first is not None
    found = {page: judged(window, place + page, width, scheme) for page in ("/login", first.path, "/welcome/x")}
    window.go(place + first.path, width=width, scheme=scheme)
    window.types("Anna")
    fill(window, New_password="short", The_same_once_more="short")
    press(window, "Make the account", "This is too short")
    found["wrong"] = (window.axe(), window.is_wider_than_its_window())
    log_in(site, place, window)
    found |= {
        page: judged(window, place + page, width, scheme) for page in ("/account", "/account?done=ended", "/static/x")
    }
    assert {page: one for page, one in found.items() if one != ([], False)} == {}


def judged(window: Walker, address: str, width: int, scheme: Scheme) -> tuple[list[str], bool]:
    window.go(address, width=width, scheme=scheme)
    return window.axe(), window.is_wider_than_its_window()
