"""The pages on which staff see after people, notes, webhooks and the program itself, in a real browser: narrow and wide, by keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from notifier import desk
from notifier.app import App, open_app
from notifier.core.delivery import webhook_key
from notifier.desk import noting, people
from notifier.desk.api_tokens import add_api_token, revoke_api_token
from notifier.edges.browser import Scheme, installed
from notifier.edges.clock import FixedClock
from tests.builders import at
from tests.cli.replays import a_site_with_history
from tests.edges.raw_server import Answer
from tests.edges.test_rerun import PATIENCE
from tests.posting import BROKEN, GONE, TAKEN, HookSite, hook_site
from tests.web.browsing import AXE, Walker, served, walker
from tests.web.entering import with_person
from tests.web.pictures import keep
from tests.web.test_people import page_of
from tests.web.visiting import a_person, pages_for, put
from tests.web.visiting import page_of as mail_of

pytestmark = [
    pytest.mark.skipif(installed() is None, reason="chromium is not installed"),
    pytest.mark.timeout(300),
]
needs_axe = pytest.mark.skipif(not AXE.exists(), reason="axe is not installed: make check-mail installs it")
#: Both widths and both schemes, each once: colours don't hang on the width.
SHAPES: list[tuple[int, Scheme]] = [(375, "dark"), (1280, "light")]
Found = dict[str, object]


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walker]:
    with walker(tmp_path_factory.mktemp("browser")) as made:
        yield made


@contextmanager
def consoled(site: App) -> Iterator[str]:
    """The address of the console of an admin."""
    with served(pages_for(site, a_person("admin"))) as address:
        yield address


def judged(window: Walker, address: str, name: str, then: Callable[[], None] = lambda: None) -> Found:
    """What is wrong with a page, or with the one that comes `then`, in each shape; kept as a picture under this name."""
    found: Found = {}
    for width, scheme in SHAPES:
        window.go(address, width=width, scheme=scheme)
        then()
        found[f"{name} {width} {scheme}"] = (window.axe(), window.is_wider_than_its_window())
        keep(window, f"{name}-{width}-{scheme}")
    return {page: one for page, one in found.items() if one != ([], False)}


@pytest.fixture
def staffed(site: App) -> App:
    """Robin is an editor, Sam is let in no more; of mails one is unknown, one failed."""
    site.tick()
    with_person(site)
    people.add(site, "Robin", "editor", by="Anna")
    people.admit(site, "Robin", "robin@example.org", by="Anna")
    people.add(site, "Sam", "sender", by="Anna")
    add_api_token(site, "Sam", "deploy", "viewer", by="Anna")
    revoke_api_token(site, "deploy", by="Kim")
    people.disable(site, "Sam", by="Anna")
    first, second, *_ = site.ticker.wiring.ledger.rows("planned")
    put(site, first, "unknown")
    put(site, second, "failed")
    return site


@needs_axe
def test_axe_has_nothing_against_letting_somebody_in_again_and_a_link_that_is_shown_once(
    staffed: App, window: Walker
) -> None:
    link = page_of("Robin", "link")

    def pressed() -> None:
        window.tabs_to("Make the link")
        window.enter()
        window.reads("It is shown this once")

    with consoled(staffed) as place:
        found = judged(window, place + page_of("Sam", "enable"), "enable")
        found |= judged(window, place + link, "one-time-link", pressed)
        secret = window.text().partition("/welcome/")[2].split()[0]
        found |= judged(window, f"{place}/audit", "audit")
        found |= judged(window, f"{place}/health", "health-troubled")
    assert (found, len(secret) >= 43) == ({}, True)


def test_somebody_is_let_in_again_by_keyboard(staffed: App, window: Walker) -> None:
    with consoled(staffed) as place:
        window.go(place + page_of("Sam", "enable"), width=375)
        window.tabs_to("Enable")
        window.enter()
        window.reads("Enabled: Sam, who may log in again as sender.")
    assert [one.disabled_at for one in staffed.ticker.wiring.ledger.people() if one.name == "Sam"] == [None]


@needs_axe
def test_axe_has_nothing_against_a_note_before_and_after_somebody_looked_at_it(staffed: App, window: Walker) -> None:
    row = staffed.ticker.wiring.ledger.rows("planned")[-1]
    noting.annotate(staffed, row.key, "Bring **boots**.", by="Kim")

    def looked() -> None:
        window.tabs_to("Note")
        window.types(" And a friend.")
        window.tabs_to("Look at it")
        window.enters_anew()
        window.reads("This is how it would go out with this note.")

    def refused() -> None:
        desk.hold(staffed, row.key, by="Kim")
        window.tabs_to("Note")
        window.types(" Late.")
        window.tabs_to("Save")
        window.enter()
        window.reads("It changed while you wrote, so nothing was saved")
        desk.release(staffed, row.key, by="Kim")

    with consoled(staffed) as place:
        address = f"{place}{mail_of(row)}/note"
        found = judged(window, address, "note")
        found |= judged(window, address, "note-looked-at", looked)
        found |= judged(window, address, "note-refused", refused)
    assert found == {}


def test_a_note_is_written_and_saved_by_keyboard(staffed: App, window: Walker) -> None:
    row = staffed.ticker.wiring.ledger.rows("planned")[-1]
    with consoled(staffed) as place:
        window.go(f"{place}{mail_of(row)}/note", width=375)
        window.tabs_to("Note")
        window.types("Bring boots.")
        window.tabs_to("Look at it")
        window.enters_anew()
        window.reads("This is how it would go out with this note.")
        window.tabs_to("Save")
        window.enter()
        window.reads("Anna changed its note")
    assert staffed.ticker.wiring.ledger.snapshot().note(row.key) == "Bring boots."


@pytest.fixture
def told(tmp_path: Path) -> Iterator[HookSite]:
    with hook_site(tmp_path) as made:
        yield made


def after(site: HookSite, answer: Answer) -> None:
    """One reminder went out, the receiver answered so to that, and a tick has come since."""
    site.coming()
    site.tick()
    site.server.answer = answer
    site.round()
    site.app.clock = FixedClock(at("2026-12-08 10:00:30"))


@needs_axe
@pytest.mark.parametrize(("answer", "name"), [(TAKEN, "well"), (BROKEN, "failing"), (GONE, "gone")])
def test_axe_has_nothing_against_the_webhooks_however_they_stand(
    told: HookSite, window: Walker, answer: Answer, name: str
) -> None:
    after(told, answer)
    with consoled(told.app) as place:
        found = judged(window, f"{place}/webhooks", f"webhooks-{name}")
        found |= judged(window, f"{place}/health", f"health-webhooks-{name}")
    assert found == {}


@needs_axe
def test_axe_has_nothing_against_the_page_without_any_webhook(told: HookSite, window: Walker) -> None:
    told.hook()
    with consoled(told.app) as place:
        assert judged(window, f"{place}/webhooks", "webhooks-none") == {}


def test_a_webhook_is_tested_and_tried_again_by_keyboard(told: HookSite, window: Walker) -> None:
    after(told, BROKEN)
    with consoled(told.app) as place:
        window.go(f"{place}/health", width=375)
        window.tabs_to("More about webhooks")
        window.enter()
        window.waits_for(f"{place}/webhooks")
        window.tabs_to("Post a test to chat")
        window.enters_anew()
        window.reads("The test failed.")
        told.server.answer = TAKEN
        window.tabs_to("Post a test to chat")
        window.enters_anew()
        window.reads("took the test and answered 204.")
        window.tabs_to("Try again now: what chat was not told")
        window.enter()
        window.reads("Anna had it tried again")
    assert [one.act for one in told.app.ticker.wiring.ledger.decided(webhook_key("chat"))] == ["retry"]
    assert [one.said for one in told.round("2026-12-08 10:01")] == [""]


@needs_axe
def test_a_replay_is_begun_and_read_by_keyboard_and_axe_has_nothing_against_it(tmp_path: Path, window: Walker) -> None:
    a_site_with_history(tmp_path)
    site = open_app(tmp_path / "config.yaml", clock=FixedClock(at("2026-12-10 09:00")))

    def begun() -> None:
        window.tabs_to("What a person is asked about")
        window.tabs_to("Replay")
        window.enters_anew()
        for _ in range(PATIENCE):
            if "under way" not in window.text():
                break
            window.tabs_to("Look again")
            window.enters_anew()
        window.reads("Keep the report as a file")

    with consoled(site) as place:
        found = judged(window, f"{place}/replay", "replay-idle")
        found |= judged(window, f"{place}/replay", "replay-told", begun)
        window.tabs_to("Keep the report as a file")
    site.close()
    assert found == {}
