"""Demonstration sites for the tests of the console, at an instant of their own."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from starlette.testclient import TestClient

from notifier.app import App, open_app
from notifier.cli.scaffold import scaffold
from notifier.edges.clock import FixedClock
from notifier.web import build
from tests.builders import at

#: A Thursday morning: the first event of the demonstration is today at 11:45, its reminder was due ten minutes ago.
NOW = at("2026-11-26 09:55")


def a_site(folder: Path, now: datetime = NOW) -> App:
    """A demonstration site made and opened at `now`, not yet ticked."""
    scaffold(folder / "demo", now)
    return open_app(folder / "demo" / "config.yaml", clock=FixedClock(now))


def a_client(app: App, *, host: str = "127.0.0.1:8000") -> TestClient:
    """A browser at the console of a site."""
    return TestClient(build(app), base_url=f"http://{host}", follow_redirects=False)


def address_of(client: TestClient, page: str, title: str) -> str:
    """Where the first link with this text leads on a page."""
    before = client.get(page).text.partition(f">{title}</a>")[0]
    return before.rpartition('href="')[2].partition('"')[0]
