"""/readyz: ready once it can serve and act, with each check by its name, and nothing of the site in the answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from notifier.edges.clock import FixedClock
from notifier.web import build
from notifier.web.pulse import Pulse
from notifier.web.watching import Watching
from tests.builders import at
from tests.ticking import FIRST_LOOK, Site


class Asked:
    """A site that beats, and a watchdog that comes from anywhere."""

    def __init__(self, site: Site) -> None:
        self.site = site
        watching = Watching(site.app)
        self.pulse = Pulse(app=site.app, address="", say=lambda _text: None, listeners=watching.listeners)
        self.client = TestClient(
            build(site.app, watching=watching), base_url="http://10.0.0.7:8000", client=("192.0.2.7", 1)
        )

    def beat(self) -> None:
        self.site.app.clock = FixedClock(at(FIRST_LOOK))
        self.pulse.beat()

    def answer(self, query: str = "") -> tuple[int, dict[str, Any]]:
        got = self.client.get(f"/readyz{query}")
        assert got.headers["cache-control"] == "no-store"
        return got.status_code, got.json()

    def unwell(self) -> list[str]:
        return [name for name, check in self.answer()[1]["checks"].items() if not check["ok"]]


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[Asked]:
    with Site(tmp_path) as site:
        yield Asked(site)


def test_it_is_ready_once_the_content_was_read(asked: Asked) -> None:
    status, told = asked.answer()
    assert (status, told["status"], asked.unwell()) == (503, "not ready", ["reading"])
    asked.beat()
    status, told = asked.answer()
    assert (status, told["status"], asked.unwell()) == (200, "ready", [])
    assert list(told["checks"]) == ["ledger", "configuration", "templates", "reading"]


def test_without_its_ledger_it_is_not_ready_until_that_is_back(asked: Asked) -> None:
    asked.beat()
    ledger = asked.site.folder / "notifier.db"
    ledger.rename(asked.site.folder / "elsewhere")
    assert (asked.answer()[0], asked.unwell()) == (503, ["ledger"])
    (asked.site.folder / "elsewhere").rename(ledger)
    assert asked.answer()[0] == 200


def test_a_refused_configuration_is_not_ready_and_can_be_left_out(asked: Asked) -> None:
    asked.beat()
    path = asked.site.folder / "config.yaml"
    good = path.read_text()
    path.write_text(good + "feedz: {}\n")
    asked.beat()
    assert (asked.answer()[0], asked.unwell()) == (503, ["configuration"])
    assert asked.answer("?exclude=configuration")[0] == 200
    assert asked.answer("?exclude=ledger&exclude=nothing")[0] == 503
    path.write_text(good + "tick: 20s\n")
    asked.beat()
    assert asked.answer()[0] == 200


def test_a_wrong_template_is_not_ready(asked: Asked) -> None:
    templates = asked.site.folder / "templates" / "reminder"
    templates.mkdir(parents=True)
    (templates / "subject.j2").write_text("{{ nothing.like.it")
    asked.beat()
    assert asked.unwell() == ["templates"]


def test_no_path_and_no_word_of_the_site_is_told_and_no_login_asked(asked: Asked) -> None:
    path = asked.site.folder / "config.yaml"
    path.write_text(path.read_text() + "feedz: {}\n")
    (asked.site.folder / "notifier.db").rename(asked.site.folder / "elsewhere")
    asked.beat()
    text = asked.client.get("/readyz").text
    assert len(asked.unwell()) == 3
    found = [
        word for word in (str(asked.site.folder), "notifier.db", "feedz", "example", "letters") if word in text.lower()
    ]
    assert found == []


def test_other_requests_are_none_of_its_own(asked: Asked) -> None:
    asked.beat()
    assert asked.client.head("/readyz").content == b""
    assert asked.client.head("/readyz").status_code == 200
    assert asked.client.post("/readyz").status_code == 405
    assert asked.client.get("/readyz/x").status_code == 400
