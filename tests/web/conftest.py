"""One demonstration site that has ticked once, for all tests that only look at it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from notifier.app import App, open_app
from tests.web.sites import a_client, a_site


@pytest.fixture(scope="package")
def looked_at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    app = a_site(tmp_path_factory.mktemp("console"))
    app.tick()
    yield app
    app.close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[App]:
    """A site of the test's own, not yet ticked."""
    app = a_site(tmp_path)
    yield app
    app.close()


@pytest.fixture
def empty_site(site: App) -> Iterator[App]:
    """A site that has no events and has never had any."""
    for path in (*(site.config.parent / "_events").iterdir(), *site.config.parent.glob("notifier.db*")):
        path.unlink()
    app = open_app(site.config, clock=site.clock)
    yield app
    app.close()


@pytest.fixture
def client(looked_at: App) -> TestClient:
    return a_client(looked_at)
