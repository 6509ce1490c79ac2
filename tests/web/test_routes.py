"""Every address at which something can be done: nobody without a log-in, no lesser role, and no other site does it."""

from __future__ import annotations

import re

import pytest
from starlette.middleware import Middleware
from starlette.routing import Route
from starlette.testclient import TestClient

from notifier.app import App
from notifier.core.delivery import key_hash
from notifier.core.person import Deed, Role, may
from notifier.web.board import Board
from notifier.web.console import Console
from tests.web.entering import at_console, entered
from tests.web.visiting import ROLES, LoggedIn, a_visitor

#: What each takes.
TAKES: dict[str, Deed] = {
    "/outbox/{hashed}/do/{act}": "stop", "/outbox/{hashed}/note": "send", "/pause": "stop", "/resume": "send",
    "/send": "send", "/sent/{hashed}/undo": "stop", "/mode/live": "govern", "/mode/test": "govern",
    "/readers/{feed}/give": "govern", "/readers/{id}/{act}": "govern", "/people/add": "govern",
    "/people/{id}/{act}": "govern", "/webhooks/{name}/test": "send", "/webhooks/{name}/again": "send",
    "/replay": "read", "/replay/stop": "read",
}  # fmt: skip
PLACES = {"act": "hold", "feed": "team", "id": "0" * 16, "name": "chat"}


@pytest.fixture
def site(site: App) -> App:
    """A site that has ticked."""
    site.tick()
    return site


def filled(site: App, path: str) -> str:
    row = site.ticker.wiring.ledger.rows()[0]
    places = {**PLACES, "hashed": key_hash(row.key)}
    return re.sub(r"\{(\w+)(:path)?\}", lambda found: places[found[1]], path)


def of_console(site: App, method: str) -> list[str]:
    pages = Console(Board(site)).application(["127.0.0.1"], [], Middleware(LoggedIn, person=None))
    return [one.path for one in pages.routes if isinstance(one, Route) and method in (one.methods or ())]


def turned_away(site: App, client: TestClient) -> set[str]:
    answers = {path: client.post(filled(site, path), data={"days": "none"}) for path in TAKES}
    return {path for path, answer in answers.items() if answer.status_code == 403}


def test_the_table_has_every_address_at_which_something_is_done(site: App) -> None:
    assert set(of_console(site, "POST")) == set(TAKES)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_does_what_it_may_and_no_more(site: App, role: Role) -> None:
    assert turned_away(site, a_visitor(site, role)) == {path for path, deed in TAKES.items() if not may(role, deed)}


def test_nobody_does_anything_without_having_logged_in(site: App) -> None:
    client, before = a_visitor(site, None), site.ticker.wiring.ledger.decided()
    answers = [client.post(filled(site, path), data={}) for path in TAKES]
    assert {(one.status_code, one.headers.get("location")) for one in answers} == {(303, "/login")}
    assert site.ticker.wiring.ledger.decided() == before


def test_no_other_site_does_anything_in_a_browser_of_somebody_who_may(site: App) -> None:
    client, before = entered(site), site.ticker.wiring.ledger.decided()
    client.headers.pop("sec-fetch-site")
    elsewhere: list[dict[str, str]] = [
        *({"sec-fetch-site": where} for where in ("cross-site", "same-site", "none")), {},
        *({"origin": origin} for origin in ("null", "http://127.0.0.1:8001", "https://127.0.0.1:8000", "http://evil.example")),
    ]  # fmt: skip
    for fields in elsewhere:
        answers = {path: client.post(filled(site, path), data={}, headers=fields).status_code for path in TAKES}
        assert set(answers.values()) == {403}, fields
    assert site.ticker.wiring.ledger.decided() == before


def test_a_stranger_sees_no_page_once_there_is_an_account(site: App) -> None:
    entered(site)
    client = at_console(site)
    paths = [path for path in of_console(site, "GET") if path != "/healthz"]
    answers = {path: client.get(filled(site, path.replace("{uid:path}", "nobody"))) for path in paths}
    assert {path: one.status_code for path, one in answers.items() if one.status_code != 303} == {}
    assert {one.headers["location"].partition("?")[0] for one in answers.values()} == {"/login"}
