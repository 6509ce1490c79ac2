"""The page of the time machine: whoever has logged in begins one, one at a time, and nothing is sent or recorded by it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from notifier.app import App, open_app
from notifier.core.person import Role
from notifier.edges.clock import FixedClock
from tests.builders import at
from tests.cli.replays import a_site_with_history
from tests.edges.test_rerun import PATIENCE
from tests.histories import CHOIR, an_event_file
from tests.web.sites import a_client
from tests.web.test_pages import words_of
from tests.web.visiting import a_visitor

NOW = "2026-12-10 09:00"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[App]:
    """A site with two commits of history, the second five weeks ago."""
    a_site_with_history(tmp_path)
    app = open_app(tmp_path / "config.yaml", clock=FixedClock(at(NOW)))
    yield app
    app.close()


def told(client: TestClient) -> str:
    """The page once nothing is under way."""
    for _ in range(PATIENCE):
        text = client.get("/replay").text
        if "under way" not in text:
            return text
        threading.Event().wait(0.05)
    raise AssertionError("It did not end.")


@pytest.mark.parametrize("role", ["viewer", "sender"])
def test_whoever_has_logged_in_sees_what_would_have_gone_out(site: App, role: Role) -> None:
    site.tick()
    before = site.ticker.wiring.ledger.rows()
    client = a_visitor(site, role)
    assert client.post("/replay", data={"days": "90", "held": "release"}).headers["location"] == "/replay"
    page = told(client)
    assert "3 sent. Asked for by Anna" in words_of(page)
    report = client.get("/replay/report.html")
    assert "Choir evening" in report.text
    assert report.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert "attachment" in client.get("/replay/report.html?keep=yes").headers["content-disposition"]
    assert site.ticker.wiring.ledger.rows() == before
    assert not (site.config.parent / "outbox").exists() or list((site.config.parent / "outbox").glob("2*")) == []


def test_script_in_a_title_is_text_in_the_report(site: App) -> None:
    title = "<script>alert(1)</script> evening"
    (site.config.parent / "website" / CHOIR).write_bytes(an_event_file("2026-12-20", title=title))
    client = a_visitor(site)
    client.post("/replay", data={"days": "-30"})
    told(client)
    report = client.get("/replay/report.html").text
    assert ("<script" in report, "evening" in report) == (False, True)


def test_what_is_to_come_is_told_too(site: App) -> None:
    site.tick()
    client = a_visitor(site)
    client.post("/replay", data={"days": "-30", "held": "keep"})
    page = words_of(told(client))
    assert "The next 30 days" in page
    assert "What a question holds stays held." in page


def test_one_is_under_way_at_a_time_and_can_be_stopped(site: App) -> None:
    client = a_visitor(site)
    assert client.post("/replay", data={"days": "90"}).status_code == 303
    running = client.get("/replay").text
    assert "The last 90 days: under way" in words_of(running)
    assert 'action="/replay/stop"' in running
    second = client.post("/replay", data={"days": "30"})
    assert (second.status_code, "One is under way already." in words_of(second.text)) == (409, True)
    assert [client.post("/replay/stop").status_code for _ in range(2)] == [303, 303]
    assert "It was stopped." in words_of(told(client))
    assert client.get("/replay/report.html").status_code == 404


def test_what_stands_in_its_way_is_said(site: App) -> None:
    (site.config.parent / "website" / ".git").rename(site.config.parent / "elsewhere")
    client = a_visitor(site)
    client.post("/replay", data={"days": "30"})
    page = told(client)
    assert "The last 30 days: no report" in words_of(page)
    assert "repository" in page


@pytest.mark.parametrize(
    "form", [{}, {"days": "7"}, {"days": "-31"}, {"days": "30 --out /"}, {"days": "30", "held": "--x"}]
)
def test_nothing_but_what_the_page_offers_is_begun(site: App, form: dict[str, str]) -> None:
    client = a_visitor(site)
    assert client.post("/replay", data={"held": "keep", **form}).status_code == 400
    assert "under way" not in client.get("/replay").text


def test_nobody_begins_or_reads_one_without_having_logged_in(site: App) -> None:
    client = a_visitor(site, None)
    assert [client.post(f"/replay{rest}", data={"days": "30"}).status_code for rest in ("", "/stop")] == [303, 303]
    assert client.get("/replay/report.html").status_code == 303
    page = client.get("/replay").text
    assert ("<form" in page.partition("<main")[2], "notifier replay" in page) == (False, True)


def test_the_way_there_is_on_the_outbox(site: App) -> None:
    site.tick()
    assert '<a href="/replay">' in a_client(site).get("/outbox").text
