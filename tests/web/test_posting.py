"""The running program tells a webhook what it moves, and stops at once though a receiver is slow to answer."""

from __future__ import annotations

import signal
import socket
import threading
from datetime import UTC, datetime
from pathlib import Path

from notifier.cli.scaffold import scaffold
from tests.edges.raw_server import raw_server
from tests.posting import HOOK, SECRET, TAKEN, got_of, verified
from tests.web.test_server import Running


def with_hook(folder: Path, url: str) -> Path:
    """The demonstration with one webhook; its first tick has something to tell."""
    scaffold(folder, datetime.now(UTC))  # noqa: TID251 - the process under test has the machine's clock
    secret, config = folder / "hook.secret", folder / "config.yaml"
    secret.write_text(SECRET, encoding="utf-8")
    secret.chmod(0o600)
    text = f"{config.read_text(encoding='utf-8')}\nwebhooks:\n{HOOK.format(name='chat', url=url)}"
    config.write_text(text, encoding="utf-8")
    return config


def test_a_running_program_tells_what_its_tick_moved_and_ends_with_the_attempt_under_way(tmp_path: Path) -> None:
    asked = threading.Event()

    def slow(connection: socket.socket) -> None:
        asked.set()
        server.over.wait(1)
        TAKEN(connection)

    with raw_server() as server:
        server.answer = slow
        running = Running(with_hook(tmp_path / "demo", server.url))
        try:
            assert asked.wait(30)
            assert running.get("/healthz")
            assert running.stop(signal.SIGINT) == 0
        finally:
            running.end()
        assert [verified(got) == got.body for got in map(got_of, server.asked)] == [True]
    assert "posts_delivered" in running.errors
