"""From where a decision came is kept with it: the browser and its network, the API token, or the command line of a machine."""

from __future__ import annotations

from socket import gethostname

import pytest
from starlette.testclient import TestClient

from notifier import desk
from notifier.app import App
from notifier.web import build
from notifier.web.guard import Scope
from notifier.web.via import came_by, via
from tests.web.calling import ROOT, with_token
from tests.web.entering import kept_session
from tests.web.test_pages import words_of
from tests.web.visiting import page_of

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"


@pytest.fixture
def ticked(site: App) -> App:
    site.tick()
    return site


def kept(site: App) -> list[tuple[str, str]]:
    return [(one.act, one.via) for one in site.ticker.wiring.ledger.decided()]


def a_caller(site: App, peer: str, **fields: str) -> TestClient:
    return TestClient(
        build(site), base_url="http://127.0.0.1:8000", follow_redirects=False, client=(peer, 50000),
        headers={"user-agent": FIREFOX, **{name.replace("_", "-"): value for name, value in fields.items()}},
    )  # fmt: skip


def a_scope(peer: str | None, agent: str = "") -> Scope:
    return {"type": "http", "client": (peer, 1) if peer else None, "headers": [(b"user-agent", agent.encode())]}


@pytest.mark.parametrize(
    ("peer", "words"),
    [
        ("127.0.0.1", "console: Firefox on Linux"),
        ("192.0.2.7", "console: Firefox on Linux, from 192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "console: Firefox on Linux, from 2001:db8:1:2::/64"),
    ],
)
def test_what_somebody_presses_is_kept_with_their_browser_and_network(ticked: App, peer: str, words: str) -> None:
    client = a_caller(ticked, peer, cookie=kept_session(ticked), sec_fetch_site="same-origin")
    row = ticked.ticker.wiring.ledger.rows("planned")[0]
    assert client.post(page_of(row, "hold"), data={"note": ""}).status_code == 303
    assert kept(ticked) == [("hold", words)]
    assert words in words_of(client.get("/audit").text)


def test_what_a_program_does_is_kept_with_its_token_and_network(ticked: App) -> None:
    client = a_caller(ticked, "192.0.2.7", authorization=f"Bearer {with_token(ticked)}")
    assert client.post(f"{ROOT}/pause").status_code == 200
    assert kept(ticked) == [("pause", "API token deploy, from 192.0.2.7")]
    assert client.get(f"{ROOT}/pause").json()["paused"]["via"] == "API token deploy, from 192.0.2.7"


def test_behind_a_proxy_the_network_is_that_of_the_browser(ticked: App) -> None:
    client = a_caller(
        ticked, "127.0.0.1", authorization=f"Bearer {with_token(ticked)}", x_forwarded_for="198.51.100.9"
    )  # fmt: skip
    client.post(f"{ROOT}/pause")
    assert kept(ticked) == [("pause", "API token deploy, from 198.51.100.9")]


def test_what_others_pretend_is_not_kept(ticked: App) -> None:
    client = a_caller(
        ticked, "192.0.2.7", authorization=f"Bearer {with_token(ticked)}", x_forwarded_for="198.51.100.9",
        user_agent="<script>alert(1)</script>",
    )  # fmt: skip
    client.post(f"{ROOT}/pause")
    assert kept(ticked) == [("pause", "API token deploy, from 192.0.2.7")]


def test_on_the_command_line_it_is_the_machine(ticked: App) -> None:
    desk.pause(ticked, by="Anna")
    assert kept(ticked) == [("pause", f"command line on {gethostname()}")]


def test_one_request_leaves_nothing_to_the_next() -> None:
    with came_by(a_scope("192.0.2.7", FIREFOX)):
        inside = via()
        with came_by(a_scope("192.0.2.8"), token="deploy"):
            program = via()
        after = via()
    assert (inside, program, after, via()) == (
        "console: Firefox on Linux, from 192.0.2.7", "API token deploy, from 192.0.2.8",
        "console: Firefox on Linux, from 192.0.2.7", "",
    )  # fmt: skip


def test_a_request_by_no_network_says_what_it_can() -> None:
    with came_by(a_scope(None, "")):
        assert via() == "console: A browser"
