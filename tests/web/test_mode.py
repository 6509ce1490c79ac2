"""The page of the mode: everybody sees which is on and who decided it; an admin switches, to live mode only by typing the site's name."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

import pytest

from notifier import desk
from notifier.app import App, open_app
from notifier.core.delivery import MODE
from notifier.core.person import Role, may
from notifier.edges.clock import FixedClock
from tests.web.sites import NOW
from tests.web.test_pages import words_of
from tests.web.visiting import ROLES, a_visitor, page_of

PAGES = ("/", "/events", "/outbox", "/feeds", "/audit", "/mode")
CONFIG = """\
site: {id: example, name: Example Commons, domain: example.org, url: https://www.example.org, public_url: https://www.example.org,
  timezone: Europe/London, postal_address: "Example Commons, 1 Example Street, Exampleton"}
sources: [{name: website, folder: website, events: [{preset: jekyll-events}]}]
providers: {letters: {type: smtp, host: 127.0.0.1, port: 9, security: none}}
audiences: {newsletter: {provider: letters, public: true, address: list@lists.example.org, from: {name: E, address: events@example.org}}}
rules: {day: {kind: reminder, audiences: [newsletter], when: {before: 1d, at: "10:00"}}}
sending: {live: LIVE, test: [anna@example.org]}
ledger: {url: "sqlite:///notifier.db"}
"""


def mailing(folder: Path, *, live: bool = True) -> App:
    (folder / "website" / "_events").mkdir(parents=True, exist_ok=True)
    (folder / "config.yaml").write_text(CONFIG.replace("LIVE", str(live).lower()), encoding="utf-8")
    return open_app(folder / "config.yaml", clock=FixedClock(NOW))


@pytest.fixture
def live(tmp_path: Path) -> App:
    return mailing(tmp_path)


def said(site: App) -> list[tuple[str, str, str]]:
    return [(one.act, one.by, one.note) for one in site.ticker.wiring.ledger.decided(MODE)]


@pytest.mark.parametrize("role", ROLES)
def test_only_an_admin_switches(live: App, role: Role) -> None:
    client = a_visitor(live, role)
    assert client.post("/mode/test", data={"note": "Trial."}).status_code == (303 if may(role, "govern") else 403)
    assert said(live) == ([("test", "Anna", "Trial.")] if role == "admin" else [])
    assert client.post("/mode/live", data={"confirm": "Example Commons"}).status_code == (
        303 if role == "admin" else 403
    )
    assert ('action="/mode/' in client.get("/mode").text) == (role == "admin")


def test_nobody_switches_without_having_logged_in(live: App) -> None:
    client = a_visitor(live, None)
    for way in ("live", "test"):
        assert client.post(f"/mode/{way}", data={"confirm": "Example Commons"}).headers["location"].startswith("/login")
    assert said(live) == []


def test_every_page_says_which_mode_is_on_and_who_turned_it_on(live: App) -> None:
    client = a_visitor(live, "admin")
    assert {"Live. Mails go out to people." in words_of(client.get(page).text) for page in PAGES} == {True}
    client.post("/mode/test", data={"note": "Trial <1>."})
    for page in PAGES:
        text = client.get(page).text
        assert "Test mode. No reader gets a mail: what would go out goes to the 1 address of sending.test." in words_of(
            text
        )
        assert "Anna switched to test mode on Thu 26 Nov 09:55 GMT: Trial &lt;1&gt;." in text


@pytest.mark.parametrize("typed", ["", "example commons", "live", "Example Commons!"])
def test_live_mode_wants_the_name_of_the_site(live: App, typed: str) -> None:
    desk.switch(live, "test", by="Ben")
    answer = a_visitor(live, "admin").post("/mode/live", data={"confirm": typed})
    assert (answer.status_code, said(live)[-1][0]) == (HTTPStatus.BAD_REQUEST, "test")
    assert "Type Example Commons to turn live mode on." in words_of(answer.text)


def test_with_the_name_it_is_on_and_the_page_says_so(live: App) -> None:
    desk.switch(live, "test", by="Ben")
    client = a_visitor(live, "admin")
    answer = client.post("/mode/live", data={"confirm": " Example  Commons ", "note": "Ready."})
    text = words_of(client.get(answer.headers["location"]).text)
    assert "Live mode is on Mails go out to people. Anna switched to live mode on Thu 26 Nov 09:55 GMT: Ready." in text


def test_where_config_yaml_forbids_it_the_page_says_which_line_to_change(tmp_path: Path) -> None:
    site = mailing(tmp_path, live=False)
    client = a_visitor(site, "admin")
    assert "config.yaml forbids it. Write live: true under sending: in" in words_of(client.get("/mode").text)
    answer = client.post("/mode/live", data={"confirm": "Example Commons"})
    assert (answer.status_code, said(site)) == (HTTPStatus.CONFLICT, [])
    assert "config.yaml forbids live mode, so nothing was decided. Write live: true under sending:" in words_of(
        answer.text
    )


def test_test_mode_twice_is_once_and_the_audit_names_it(live: App) -> None:
    client = a_visitor(live, "admin")
    assert [client.post("/mode/test", data={"note": ""}).status_code for _ in range(2)] == [303, 303]
    assert said(live) == [("test", "Anna", "")]
    text = client.get("/audit").text
    assert 'href="/mode"' in text
    assert "switched to test mode" in words_of(text)


def test_a_note_that_is_too_long_switches_nothing(live: App) -> None:
    answer = a_visitor(live, "admin").post("/mode/test", data={"note": "x" * 1001})
    assert (answer.status_code, said(live)) == (HTTPStatus.BAD_REQUEST, [])


EVENT = """\
---
title: Choir evening
date: 2026-11-27
start: "18:00"
end: "19:30"
access: open
register: https://tickets.example.com/choir
---
An evening for everybody.
"""


def test_what_test_mode_kept_is_shown_as_what_no_reader_got(live: App) -> None:
    (live.config.parent / "website" / "_events" / "2026-11-27-choir.md").write_text(EVENT, encoding="utf-8")
    for now in (NOW, NOW + timedelta(minutes=6)):
        live.clock = FixedClock(now)
        desk.switch(live, "test", by="Ben")
        live.tick()
    [row] = live.ticker.wiring.ledger.rows()
    client = a_visitor(live, "viewer")
    assert row.status == "sent", row.reasons
    assert "Test mode was on: no reader got it. This is what its readers would have got." in words_of(
        client.get(page_of(row)).text
    )
    assert "An evening for everybody." in client.get(f"{page_of(row)}/message.txt").text
    assert client.get(f"{page_of(row)}/invite.ics").status_code == 200
