"""Who comes in at the console, and who doesn't."""

from __future__ import annotations

import asyncio
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from notifier.app import App
from notifier.core.person import IDLE, LONGEST_SESSION, digest_of
from notifier.core.throttling import FREE
from notifier.desk import people
from notifier.edges import passwords
from notifier.web import build
from notifier.web.login import Entrance
from notifier.web.sessions import Doors
from notifier.web.via import browser_of
from notifier.web.visitor import local
from tests.web.entering import (
    OWN,
    PASSWORD,
    a_browser,
    at_console,
    begin,
    entered,
    kept,
    later,
    log_in,
    with_person,
)
from tests.web.served import Place, serving
from tests.web.sites import a_client

PAGES = ("/", "/events", "/outbox", "/feeds", "/audit", "/account", "/nowhere", "/outbox/0123456789ab")
OPEN = (
    "/healthz",
    "/readyz",
    "/login",
    "/static/console.css",
    "/feeds/all.ics",
    "/feeds/subscribe.html",
    "/robots.txt",
)


def alerts(page: str) -> list[tuple[str, str]]:
    """Each error of a page, with the field that it is about."""
    return re.findall(r'<p class="wrong" id="(\w+)-wrong" role="alert">([^<]*)</p>', page)


@pytest.mark.parametrize("page", PAGES)
def test_with_accounts_every_page_asks_to_log_in_and_comes_back(site: App, page: str) -> None:
    with_person(site)
    answer = at_console(site).get(f"{page}?status=sent")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/login?to={page}%3Fstatus%3Dsent"
    assert answer.text == ""


@pytest.mark.parametrize("page", OPEN)
def test_what_readers_browsers_and_watchdogs_need_asks_for_no_login(site: App, page: str) -> None:
    site.tick()
    with_person(site)
    assert at_console(site).get(page).status_code == 200


def test_without_an_account_the_pages_are_to_be_looked_at_and_the_log_in_says_how_to_begin(site: App) -> None:
    client = at_console(site)
    assert client.get("/").status_code == 200
    page = client.get("/login").text
    assert "notifier users add NAME --role admin" in page
    assert "<form" not in page


def test_who_logs_in_sees_what_was_asked_for(site: App) -> None:
    site.tick()
    with_person(site)
    client = at_console(site)
    answer = client.post("/login", data={"name": " anna", "password": PASSWORD, "to": "/outbox?status=sent"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/outbox?status=sent")
    page = client.get("/outbox?status=sent")
    assert page.status_code == 200
    assert '<a href="/account">Anna</a>' in page.text
    assert client.get("/login").headers["location"] == "/"


@pytest.mark.parametrize(
    ("name", "password"), [("Anna", "wrong horse battery"), ("Ben", PASSWORD), ("Anna", PASSWORD.upper())]
)
def test_a_wrong_name_and_a_wrong_password_are_told_alike(site: App, name: str, password: str) -> None:
    with_person(site)
    answer = at_console(site).post("/login", data={"name": name, "password": password, "to": "/outbox"})
    assert answer.status_code == 403
    assert alerts(answer.text) == [("password", "The name or the password is wrong.")]
    assert f'value="{name}"' in answer.text
    assert 'name="to" value="/outbox"' in answer.text
    assert password not in answer.text
    assert "set-cookie" not in answer.headers


def test_an_empty_form_is_asked_for_both(site: App) -> None:
    with_person(site)
    answer = at_console(site).post("/login", data={"name": " ", "password": ""})
    assert answer.status_code == 422
    assert alerts(answer.text) == [("name", "Write your name."), ("password", "Write your password.")]


def test_the_fields_have_labels_and_are_known_to_password_stores(site: App) -> None:
    with_person(site)
    page = at_console(site).get("/login").text
    assert '<label for="name">' in page
    assert '<label for="password">' in page
    assert re.search(r'<input id="name"[^>]* autocomplete="username"', page)
    assert re.search(r'<input id="password"[^>]* type="password" autocomplete="current-password"', page)


def test_who_is_disabled_is_out_with_the_next_request_and_stays_out(site: App) -> None:
    with_person(site, "Ben")
    client = entered(site)
    assert client.get("/").status_code == 200
    people.disable(site, "Anna", by="Kim")
    assert client.get("/").status_code == 303
    assert log_in(client) == 403


def test_a_role_counts_from_the_next_page_on(site: App) -> None:
    with_person(site, "Ben")
    client = entered(site)
    people.change_role(site, "Anna", "viewer", by="Kim")
    assert client.get("/pause").status_code == 403


def test_a_session_ends_after_half_a_day_without_a_look(site: App) -> None:
    client = entered(site)
    later(site, IDLE - timedelta(seconds=1))
    assert client.get("/").status_code == 200
    later(site, IDLE - timedelta(seconds=1))
    assert client.get("/").status_code == 200
    later(site, IDLE)
    assert client.get("/").status_code == 303


def test_a_session_ends_after_two_weeks_however_often_it_is_used(site: App) -> None:
    client = entered(site)
    for _ in range(27):
        later(site, IDLE - timedelta(seconds=60))
        assert client.get("/account").status_code == 200
    later(site, LONGEST_SESSION - 27 * (IDLE - timedelta(seconds=60)))
    assert client.get("/account").status_code == 303


def test_that_somebody_was_here_is_written_once_a_minute(site: App) -> None:
    client = entered(site)
    begun_at = site.clock.now()
    later(site, timedelta(seconds=59))
    client.get("/account")
    [session] = site.ticker.wiring.ledger.sessions("Anna")
    assert session.seen_at == begun_at
    later(site, timedelta(seconds=1))
    client.get("/account")
    assert site.ticker.wiring.ledger.sessions("Anna")[0].seen_at == site.clock.now()


def cookies(answer_headers: list[tuple[bytes, bytes]]) -> dict[str, dict[str, str]]:
    found: SimpleCookie = SimpleCookie()
    for name, value in answer_headers:
        if name == b"set-cookie":
            found.load(value.decode())
    return {name: {key: str(value) for key, value in morsel.items() if value} for name, morsel in found.items()}


def test_on_this_machine_the_cookies_are_hidden_from_script_and_from_other_sites(site: App) -> None:
    with_person(site)
    answer = at_console(site).post("/login", data={"name": "Anna", "password": PASSWORD})
    given = cookies(answer.headers.raw)
    assert set(given) == {"notifier", "notifier-device"}
    for one in given.values():
        assert (one["httponly"], one["samesite"], one["path"]) == ("True", "lax", "/")
        assert "secure" not in one
        assert "domain" not in one


def at_public_address(site: App) -> App:
    rules = replace(
        site.settings.rules, site=replace(site.settings.rules.site, public_url="https://events.example.org")
    )
    site.settings = replace(site.settings, rules=rules)
    return site


def test_over_https_the_cookies_can_be_set_by_this_host_alone(site: App) -> None:
    with_person(at_public_address(site))
    client = a_browser(build(site), base="http://events.example.org")
    answer = client.post("/login", data={"name": "Anna", "password": PASSWORD})
    given = cookies(answer.headers.raw)
    assert answer.status_code == 303
    assert set(given) == {"__Host-notifier", "__Host-notifier-device"}
    assert {(one["secure"], one["path"], "domain" in one) for one in given.values()} == {("True", "/", False)}


def test_a_proxy_that_keeps_the_hosts_name_to_itself_makes_no_cookie_less_safe(site: App) -> None:
    with_person(site)
    said = {**OWN, "origin": "https://events.example.org"}
    answer = at_console(site).post("/login", data={"name": "Anna", "password": PASSWORD}, headers=said)
    assert set(cookies(answer.headers.raw)) == {"__Host-notifier", "__Host-notifier-device"}


def test_the_public_host_is_answered_only_once_there_are_accounts(site: App) -> None:
    client = a_browser(build(at_public_address(site)), base="http://events.example.org")
    before = client.get("/").status_code
    with_person(site)
    assert (before, client.get("/").status_code) == (400, 303)
    assert client.get("/", headers={"host": "evil.example.com"}).status_code == 400


def test_every_log_in_gets_a_session_of_its_own_and_ends_the_one_before_in_that_browser(site: App) -> None:
    client = entered(site)
    before = client.cookies["notifier"]
    client.cookies.delete("notifier")
    answer = client.post(
        "/login", data={"name": "Anna", "password": PASSWORD}, headers={"cookie": f"notifier={before}"}
    )
    fresh = cookies(answer.headers.raw)
    assert answer.status_code == 303
    assert "notifier" in fresh
    assert site.ticker.wiring.ledger.session(digest_of(before)) is None
    assert len(site.ticker.wiring.ledger.sessions("Anna")) == 1


def test_a_session_that_somebody_else_chose_is_never_taken(site: App) -> None:
    with_person(site)
    client = at_console(site)
    client.cookies.set("notifier", "f" * 43)
    client.post("/login", data={"name": "Anna", "password": PASSWORD})
    assert site.ticker.wiring.ledger.session(digest_of("f" * 43)) is None


@pytest.mark.parametrize(
    "cookie", ["", "x", "x" * 5000, "é" * 43, "../../etc/passwd", "' OR 1=1 --", "x" * 42 + "\x7f"]
)
def test_a_cookie_that_is_none_of_ours_is_a_stranger(site: App, cookie: str) -> None:
    with_person(site)
    said = {"cookie": f"notifier={cookie}".encode()}
    assert a_client(site).get("/", headers=said).status_code == 303  # type: ignore[arg-type]  # bytes, as they come


def test_who_logs_out_is_out_here_and_nowhere_else(site: App) -> None:
    client, other = entered(site), at_console(site)
    begin(site, other, secret="y" * 43)
    answer = client.post("/logout", data={"": ""})
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    assert 'notifier=""; ' in answer.headers["set-cookie"]
    assert len(site.ticker.wiring.ledger.sessions("Anna")) == 1
    assert other.get("/").status_code == 200


def test_the_ledger_keeps_nothing_that_lets_anybody_in(site: App) -> None:
    with_person(site)
    client = at_console(site)
    log_in(client)
    made = people.link(site, "Anna", by="Kim")
    held = b"".join(path.read_bytes() for path in site.config.parent.glob("notifier.db*"))
    secrets = [client.cookies["notifier"], client.cookies["notifier-device"], made.path.rpartition("/")[2], PASSWORD]
    assert [secret.encode() in held for secret in secrets] == [False] * 4
    assert b"$argon2id$" in held


def test_logs_have_neither_a_secret_nor_a_name(site: App) -> None:
    with_person(site)
    client = at_console(site)
    with capture_logs() as logged:
        log_in(client, "Stranger", "stranger's password")
        log_in(client)
        client.get("/welcome/" + "s" * 43)
        client.post("/account/password", data={"old": PASSWORD, "password": "new password", "again": "new password"})
    said = repr(logged)
    secrets = ["Stranger", "stranger's", "Anna", PASSWORD, "sssss", "new password", client.cookies["notifier"]]
    assert [entry["event"] for entry in logged] == ["login_refused", "logged_in", "password_set"]
    assert [secret for secret in secrets if secret in said] == []


def test_a_hash_of_other_parameters_is_made_anew_at_the_log_in(site: App) -> None:
    from argon2 import PasswordHasher

    with_person(site)
    ledger, old = site.ticker.wiring.ledger, PasswordHasher(time_cost=1, memory_cost=8192).hash(PASSWORD.encode())
    assert ledger.set_password("Anna", old, instead_of=kept())
    assert log_in(at_console(site)) == 303
    found = ledger.account("Anna")
    assert found is not None
    assert found[1] not in (None, old)
    assert not passwords.is_outdated(found[1] or "")
    assert passwords.is_right(PASSWORD, found[1])


# Wrong passwords


def failed(client: object, times: int, name: str = "Anna") -> list[int]:
    return [log_in(client, name, "wrong wrong wrong") for _ in range(times)]  # type: ignore[arg-type]  # a browser


def test_after_five_wrong_passwords_each_try_waits_longer(site: App) -> None:
    with_person(site)
    client = at_console(site)
    assert failed(client, FREE + 1) == [403] * FREE + [429]
    answer = client.post("/login", data={"name": "Anna", "password": PASSWORD})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    assert alerts(answer.text) == [("password", "That was too often. Try again in 1 second.")]
    later(site, timedelta(seconds=1))
    assert failed(client, 1) == [403]
    assert client.post("/login", data={"name": "anna ", "password": PASSWORD}).headers["retry-after"] == "2"
    later(site, timedelta(seconds=2))
    assert log_in(client) == 303


def test_a_name_that_nobody_has_is_counted_alike(site: App) -> None:
    with_person(site)
    assert failed(at_console(site), FREE + 1, "Nobody") == [403] * FREE + [429]


def test_strangers_who_try_a_name_keep_out_nobody_who_has_logged_in_before(site: App) -> None:
    with_person(site)
    pages = build(site)
    owner, stranger = a_browser(pages), a_browser(pages, address="203.0.113.5")
    assert log_in(owner) == 303
    owner.cookies.delete("notifier")
    failed(stranger, FREE + 1)
    assert failed(stranger, 1) == [429]
    assert log_in(owner) == 303


def test_a_browser_that_is_known_has_a_count_of_its_own_and_no_more_than_that(site: App) -> None:
    with_person(site)
    pages = build(site)
    owner = a_browser(pages)
    log_in(owner)
    owner.cookies.delete("notifier")
    assert failed(owner, FREE + 1) == [403] * FREE + [429]
    assert log_in(a_browser(pages)) == 303


def test_who_is_known_as_one_is_a_stranger_as_another(site: App) -> None:
    with_person(site)
    with_person(site, "Ben")
    pages = build(site)
    owner = a_browser(pages)
    log_in(owner)
    failed(a_browser(pages), FREE, "Ben")
    assert log_in(owner, "Ben") == 429


def test_one_network_that_tries_many_names_is_slowed_down_and_others_are_not(site: App) -> None:
    with_person(site)
    pages = build(site)
    stranger, other = a_browser(pages, address="203.0.113.5"), a_browser(pages, address="198.51.100.7")
    assert [failed(stranger, 1, f"Name {number}")[0] for number in range(FREE + 1)] == [403] * FREE + [429]
    assert log_in(other) == 303


def test_everybody_behind_a_proxy_of_this_machine_is_not_one_network(site: App) -> None:
    with_person(site)
    client = at_console(site)
    assert [failed(client, 1, f"Name {number}")[0] for number in range(FREE + 2)] == [403] * (FREE + 2)


def posted(place: Place, name: str, password: str) -> int:
    """The status of a log-in over the wire."""
    connection = HTTPConnection(*place, timeout=60)
    fields = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
    connection.request("POST", "/login", urlencode({"name": name, "password": password}), fields)
    status = connection.getresponse().status
    connection.close()
    return status


def test_tries_at_the_same_time_gain_nothing(site: App) -> None:
    with_person(site)
    with serving(site) as place, ThreadPoolExecutor(12) as pool:
        codes = list(pool.map(lambda _: posted(place, "Anna", "wrong wrong wrong"), range(12)))
    assert sorted(codes) == [403] * FREE + [429] * (12 - FREE)


def test_when_more_ask_than_can_be_looked_at_strangers_are_told_to_wait(site: App) -> None:
    with_person(site)
    with serving(site) as place, ThreadPoolExecutor(40) as pool:
        codes = list(pool.map(lambda number: posted(place, f"Name {number}", "wrong wrong wrong"), range(40)))
        assert set(codes) == {403, 429}
        assert posted(place, "Anna", PASSWORD) == 303


def test_only_two_passwords_are_looked_at_at_once(site: App) -> None:
    entrance, running, most = Entrance(site, Doors(site), lambda: None), [], []  # type: ignore[arg-type, return-value]  # no page

    def check() -> None:
        running.append(1)
        most.append(len(running))
        threading.Event().wait(0.02)
        running.pop()

    async def all_at_once() -> None:
        await asyncio.gather(*(entrance._checked(check) for _ in range(8)))

    asyncio.run(all_at_once())
    assert (max(most), len(most)) == (2, 8)


# Where one comes back to


@pytest.mark.parametrize(
    "to",
    ["//evil.example.com", "/\\evil.example.com", "https://evil.example.com", "javascript:alert(1)", "", "outbox", "/\t/evil.example.com",
     "/\n/evil.example.com", "\\/evil.example.com", "/" + "x" * 3000, "/é", " /outbox", "/\x00"],
)  # fmt: skip
def test_after_the_log_in_nobody_is_led_elsewhere(site: App, to: str) -> None:
    with_person(site)
    answer = at_console(site).post("/login", data={"name": "Anna", "password": PASSWORD, "to": to})
    assert answer.headers["location"] == "/"


@given(to=st.one_of(st.text(max_size=40), st.text("/\\.:@?#evil\t\n ", max_size=20)))
@example("/\\/evil.example.com")
@example("///evil.example.com")
def test_an_address_to_come_back_to_is_on_this_site_as_browsers_read_it(to: str) -> None:
    led = local(to)
    # What browsers do before they look: tabs and line breaks go, a backslash is a slash (the URL standard).
    read = re.sub(r"[\t\n\r]", "", led.strip("".join(map(chr, range(33))))).replace("\\", "/")
    assert read.startswith("/")
    assert not read.startswith("//")
    assert (urlsplit(read).scheme, urlsplit(read).netloc) == ("", "")


@pytest.mark.parametrize("to", ["/", "/outbox?status=sent&page=2", "/events/a%20b@example.org", "/a//b"])
def test_an_address_of_this_site_is_come_back_to(to: str) -> None:
    assert local(to) == to


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox on Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36 Edg/142.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1 Version/18.1 Safari/605.1",
            "Safari on Mac",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) CriOS/142.0 Mobile Safari/604.1", "Chrome on iPhone"),
        ("<script>alert(1)</script>", "A browser"),
        ("", "A browser"),
    ],
)
def test_a_browser_is_named_in_words(agent: str, words: str) -> None:
    assert browser_of(agent) == words
