"""Calls from where a repository lives: only what is signed is taken, and nobody else learns anything."""

from __future__ import annotations

import hashlib
import hmac
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from notifier.app import App, open_app
from notifier.edges.clock import FixedClock
from notifier.scheduler import Heartbeat
from tests.edges.repositories import FIRST_AT, Repository, a_repository
from tests.web.sites import a_client
from tests.web.test_server import Running

SECRET = "a secret that both sides know"
PUSH = b'{"ref": "refs/heads/main"}'
CONFIG = """\
site: {{id: example, name: Example, domain: example.org, url: https://www.example.org}}
sources:
  - name: open
    folder: .
    events: [{{files: none.md}}]
  - name: silent
    git: {{url: {upstream}, interval: 1d}}
    events: [{{files: _talks/*.md}}]
  - name: site
    git: {{url: {upstream}, interval: 1d, webhook: {{file: secret}}}}
    events: [{{files: _events/*.md}}]
tick: 10m
"""


@pytest.fixture
def upstream(tmp_path: Path) -> Repository:
    repository = a_repository(tmp_path / "upstream")
    repository.write("_events/one.md", "---\ntitle: One\ndate: 2026-04-01\n---\n")
    repository.commit()
    return repository


@pytest.fixture
def config(upstream: Repository) -> Path:
    folder = upstream.folder.parent
    (folder / "secret").write_text(SECRET)
    (folder / "secret").chmod(0o600)
    (folder / "config.yaml").write_text(CONFIG.format(upstream=upstream.folder))
    return folder / "config.yaml"


@pytest.fixture
def site(config: Path) -> Iterator[App]:
    app = open_app(config, clock=FixedClock(FIRST_AT))
    yield app
    app.close()


def titles(app: App) -> set[str]:
    return {event.title for event in app.tick().look.content.events if event.source == "site"}


def signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    return {"X-Hub-Signature-256": f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"}


def with_two(upstream: Repository) -> None:
    upstream.write("_events/two.md", "---\ntitle: Two\ndate: 2026-04-02\n---\n")
    upstream.commit()


@pytest.mark.parametrize("headers", [signed(PUSH), {"X-Gitlab-Token": SECRET}], ids=["signed", "token"])
def test_a_signed_call_lets_the_next_tick_fetch_and_come_soon(
    site: App, upstream: Repository, headers: Mapping[str, str]
) -> None:
    woken: list[bool] = []
    site.wake = lambda: woken.append(True)
    assert titles(site) == {"One"}
    with_two(upstream)
    assert titles(site) == {"One"}
    answer = a_client(site).post("/hooks/git/site", content=PUSH, headers=dict(headers))
    assert (answer.status_code, answer.text, woken) == (202, "Taken.\n", [True])
    assert titles(site) == {"One", "Two"}


@pytest.mark.parametrize(
    "headers",
    [{}, signed(PUSH, "another"), signed(b"another body"), {"X-Hub-Signature-256": SECRET}, {"X-Gitlab-Token": "another"},
     {"X-Hub-Signature-256": signed(PUSH)["X-Hub-Signature-256"].upper()}, {"X-Gitlab-Token": ""},
     {"X-Hub-Signature": signed(PUSH)["X-Hub-Signature-256"]}, {"X-Gitlab-Token": SECRET[:-1]}],
)  # fmt: skip
def test_a_call_that_is_not_signed_right_is_refused_without_a_word(site: App, headers: Mapping[str, str]) -> None:
    woken: list[bool] = []
    site.wake = lambda: woken.append(True)
    with capture_logs() as logs:
        answer = a_client(site).post("/hooks/git/site", content=PUSH, headers=dict(headers))
    assert (answer.status_code, answer.text, woken) == (403, "Refused.\n", [])
    assert logs == [{"event": "hook_refused", "source": "site", "log_level": "warning"}]


@pytest.mark.parametrize("name", ["open", "silent", "nowhere"])
def test_where_no_secret_is_named_there_is_nothing(site: App, name: str) -> None:
    answer = a_client(site).post(f"/hooks/git/{name}", content=PUSH, headers=signed(PUSH))
    assert (answer.status_code, answer.text) == (404, "There is nothing here.\n")


@pytest.mark.parametrize("size", [1_000_001, 3_000_000])
def test_a_body_without_end_is_not_read_to_its_end(site: App, size: int) -> None:
    body = b"x" * size
    assert a_client(site).post("/hooks/git/site", content=body, headers=signed(body)).status_code == 413


def test_the_largest_body_is_taken(site: App) -> None:
    body = b"x" * 1_000_000
    assert a_client(site).post("/hooks/git/site", content=body, headers=signed(body)).status_code == 202


def test_a_secret_that_can_not_be_read_is_told_to_the_log_alone(site: App) -> None:
    (site.config.parent / "secret").chmod(0o644)
    with capture_logs() as logs:
        answer = a_client(site).post("/hooks/git/site", content=PUSH, headers=signed(PUSH))
    assert (answer.status_code, answer.text) == (503, "Try later.\n")
    assert "can be read by other users" in logs[0]["trouble"]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
def test_nothing_but_posting_is_let_through(site: App, method: str) -> None:
    answer = a_client(site).request(method, "/hooks/git/site", headers=signed(b""))
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    "path",
    ["/hooks/git/", "/hooks/git/site/", "/hooks/git/SITE", "/hooks/git/site%2f..", "/hooks", "/hooks/git/a%0a", "/"],
)
def test_nothing_beside_the_hooks_is_let_through(site: App, path: str) -> None:
    assert a_client(site).post(path, content=PUSH, headers=signed(PUSH)).status_code == 405


def test_a_hook_can_not_be_looked_at(site: App) -> None:
    assert a_client(site).get("/hooks/git/site").status_code == 404


def test_a_hook_answers_by_whatever_name_it_is_called_with_every_security_field(site: App) -> None:
    client: TestClient = a_client(site, host="hooks.example.org")
    answer = client.post("/hooks/git/site", content=PUSH, headers=signed(PUSH))
    assert answer.status_code == 202
    assert "content-security-policy" in answer.headers


def test_a_heart_that_is_woken_beats_at_once() -> None:
    beats = threading.Semaphore(0)
    now = datetime.now(UTC)  # noqa: TID251 - the scheduler has the machine's clock
    heart = Heartbeat(beats.release, every=timedelta(hours=1), first_at=now + timedelta(hours=1))
    heart.start()
    try:
        heart.wake(now)
        assert beats.acquire(timeout=20)
        assert not beats.acquire(timeout=0.2)
    finally:
        heart.stop()


def test_the_running_program_shows_what_was_pushed_soon_after_the_call(config: Path, upstream: Repository) -> None:
    running = Running(config)
    try:
        running.said("All of it, and why")
        with_two(upstream)
        call = urllib.request.Request(f"{running.address}/hooks/git/site", data=PUSH, headers=signed(PUSH))
        with urllib.request.urlopen(call, timeout=20) as answer:
            assert answer.status == 202
        ends = time.monotonic() + 60
        while b">Two<" not in running.get("/events"):
            assert time.monotonic() < ends
    finally:
        running.end()
