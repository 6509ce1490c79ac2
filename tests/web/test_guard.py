"""What another site makes a browser send is refused, at every address that takes a form."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from starlette.middleware import Middleware
from starlette.routing import Route
from starlette.testclient import TestClient

from notifier.app import App
from notifier.desk import people
from notifier.web import build
from notifier.web.board import Board
from notifier.web.console import Console
from notifier.web.guard import LARGEST_FORM
from notifier.web.login import Entrance
from notifier.web.sessions import Doorkeeper, Doors
from tests.web.entering import begin, with_person

FORM = {"content-type": "application/x-www-form-urlencoded"}
OURS = "http://127.0.0.1:8000"
#: Whatever takes a POST, with names in the place of what stands in an address.
FILLED = {
    "feed": "team",
    "id": "0a0a0a0a",
    "hashed": "0123456789ab",
    "act": "hold",
    "secret": "s" * 43,
    "uid": "u",
    "name": "message.html",
}

FROM_ELSEWHERE: list[Mapping[str, str]] = [
    {},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "none"},
    {"sec-fetch-site": ""},
    {"sec-fetch-site": "same-origin, cross-site"},
    {"sec-fetch-site": "cross-site", "origin": OURS},
    {"origin": "null"},
    {"origin": "https://evil.example.com"},
    {"origin": "https://127.0.0.1:8000"},
    {"origin": "http://127.0.0.1"},
    {"origin": "http://127.0.0.1:8001"},
    {"origin": "http://localhost:8000"},
    {"origin": f"{OURS}.evil.example.com"},
    {"origin": f"{OURS}@evil.example.com"},
    {"origin": ""},
]


def bare(site: App) -> TestClient:
    """A browser that is logged in, and says nothing of where a form is from."""
    with_person(site)
    client = TestClient(build(site), base_url=OURS, follow_redirects=False)
    begin(site, client)
    return client


def posted_to(site: App) -> list[str]:
    """Every address that takes a form, as the console itself has them."""
    doors, console = Doors(site), Console(Board(site))
    keeper = Middleware(Doorkeeper, doors=doors, hosts=[])
    pages = console.application([], Entrance(site, doors, console.page).routes(), keeper)
    found = [one.path for one in pages.routes if isinstance(one, Route) and "POST" in (one.methods or ())]
    return [path.format(**FILLED) for path in found]


def test_what_takes_forms_is_known(site: App) -> None:
    assert {"/login", "/logout", "/account/password", "/account/sessions", "/pause", "/resume"} <= set(posted_to(site))


@pytest.mark.parametrize("said", FROM_ELSEWHERE, ids=str)
def test_nothing_from_elsewhere_gets_through_anywhere(site: App, said: Mapping[str, str]) -> None:
    client = bare(site)
    for path in posted_to(site):
        answer = client.post(path, content=b"which=others", headers={**FORM, **said})
        assert (path, answer.status_code) == (path, 403)
    assert client.get("/account").status_code == 200


@pytest.mark.parametrize(
    "said", [{"sec-fetch-site": "same-origin"}, {"origin": OURS}, {"sec-fetch-site": "SAME-ORIGIN"}]
)
def test_a_form_of_the_page_itself_gets_through(site: App, said: Mapping[str, str]) -> None:
    assert bare(site).post("/account/sessions", content=b"which=others", headers={**FORM, **said}).status_code == 303


def test_two_words_about_where_it_is_from_are_none(site: App) -> None:
    said = [("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site"), *FORM.items()]
    assert bare(site).post("/account/sessions", content=b"", headers=said).status_code == 403


@pytest.mark.parametrize(
    "kind",
    ["", "text/plain", "application/json", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded2"],
)
def test_only_plain_forms_are_understood(site: App, kind: str) -> None:
    said = {"content-type": kind, "sec-fetch-site": "same-origin"}
    assert bare(site).post("/account/sessions", content=b"which=others", headers=said).status_code == 415


@pytest.mark.parametrize(("size", "code"), [(LARGEST_FORM, 303), (LARGEST_FORM + 1, 413), (LARGEST_FORM * 20, 413)])
@pytest.mark.parametrize("tells", [True, False], ids=["said", "unsaid"])
def test_a_form_has_an_end_whatever_its_length_is_said_to_be(site: App, size: int, code: int, tells: bool) -> None:
    body = b"which=others&x=".ljust(size, b"x")
    content = body if tells else (body[start : start + 4096] for start in range(0, size, 4096))
    answer = bare(site).post("/account/sessions", content=content, headers={**FORM, "sec-fetch-site": "same-origin"})
    assert answer.status_code == code


@pytest.mark.parametrize("body", [b"\xff\xfe", b"&".join(b"a=1" for _ in range(5000)), b"which=%ff", b"=&=&;;", b"%"])
def test_a_form_that_can_not_be_read_is_no_bug(site: App, body: bytes) -> None:
    client = bare(site)
    for path in posted_to(site):
        answer = client.post(path, content=body, headers={**FORM, "sec-fetch-site": "same-origin"})
        assert answer.status_code in (303, 400, 404, 409, 413, 415, 422, 403), path
        if path == "/logout":
            begin(site, client, secret="z" * 43)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "BREW"])
def test_no_other_method_is_allowed_with_accounts_either(site: App, method: str) -> None:
    answer = bare(site).request(method, "/account/sessions", headers={"sec-fetch-site": "same-origin"})
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


def test_before_there_are_accounts_nothing_but_the_first_link_takes_a_form(site: App) -> None:
    client = TestClient(build(site), base_url=OURS, follow_redirects=False)
    made = people.first_link(site)
    said = {**FORM, "sec-fetch-site": "same-origin"}
    codes = {path: client.post(path, content=b"", headers=said).status_code for path in posted_to(site)}
    assert {path for path, code in codes.items() if code != 405} == {"/welcome/" + "s" * 43}
    assert made is not None
    assert client.post(made.path, content=b"", headers=said).status_code == 422


def test_without_a_login_a_form_does_nothing_and_leads_to_the_log_in(site: App) -> None:
    with_person(site)
    client = TestClient(build(site), base_url=OURS, follow_redirects=False)
    said = {**FORM, "sec-fetch-site": "same-origin"}
    for path in posted_to(site):
        if path.startswith(("/login", "/welcome")):
            continue
        answer = client.post(path, content=b"which=others", headers=said)
        assert (path, answer.status_code, answer.headers["location"]) == (path, 303, "/login")


@pytest.mark.parametrize(
    "path",
    ["/static/nowhere.css", "/static/", "/healthz/x", "/login/x", "/welcome/", "/welcome/a/b", "//", "/%2e%2e/x"],
)
def test_a_stranger_is_shown_nothing_of_the_site_by_a_wrong_address(site: App, path: str) -> None:
    site.tick()
    with_person(site)
    answer = TestClient(build(site), base_url=OURS, follow_redirects=False).get(path)
    assert answer.status_code in (303, 404)
    assert "Not live" not in answer.text
    assert "Last tick" not in answer.text
