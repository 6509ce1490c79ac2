"""What goes wrong while the program runs, or as it starts: said where people look, and nothing is lost or sent twice."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest

from tests.files import ROOT
from tests.web.test_server import Running

PATIENCE = 3_000
REFUSED = "The changed configuration is wrong, so the one before stays in force. Mend this and it is taken:"


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    """The configuration of a demonstration site, one reminder of which is due now."""
    command = [sys.executable, "-m", "notifier", "init", str(tmp_path / "demo")]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    config = tmp_path / "demo" / "config.yaml"
    config.write_text(config.read_text().replace("\ntick: 30s", "\ntick: 1s"))
    return config


@contextmanager
def running(config: Path) -> Iterator[Running]:
    program = Running(config)
    try:
        yield program
    finally:
        program.end()


def wait_until(holds: Callable[[], bool]) -> None:
    for _ in range(PATIENCE):
        if holds():
            return
        Event().wait(0.01)
    raise AssertionError("It did not come about.")


def entries(config: Path, pattern: str) -> list[Path]:
    return list((config.parent / "outbox").glob(pattern))


MOMENTS: dict[str, str] = {"at once": "", "while drafting": ".[!l]*", "when delivered": "[!.]*"}


@pytest.mark.parametrize("pattern", MOMENTS.values(), ids=MOMENTS)
def test_a_killed_run_that_starts_again_delivers_exactly_once(demo: Path, pattern: str) -> None:
    with running(demo) as killed:
        if pattern:
            wait_until(lambda: bool(entries(demo, pattern) or entries(demo, "[!.]*")))
        killed.process.kill()
    with running(demo) as again:
        again.said("All of it, and why: ")
        assert again.stop() == 0
    assert len(entries(demo, "[!.]*/message.eml")) == 1
    assert [path.name for path in entries(demo, ".*") if not path.name.startswith(".lease-")] == [".lock"]


def trouble(program: Running) -> str | None:
    found: str | None = json.loads(program.get("/healthz"))["trouble"]
    return found


def test_a_configuration_broken_while_it_runs_is_loud_and_the_old_one_stays(demo: Path) -> None:
    good = demo.read_text()
    with running(demo) as program:
        program.said("All of it, and why: ")
        demo.write_text(f"{good}sendign: {{}}\n")
        wait_until(lambda: trouble(program) is not None)
        line = good.count("\n") + 1
        assert trouble(program) == f"{REFUSED}\n{demo}:{line}:1: sendign: is not a key here. Did you mean sending?"
        assert b"Did you mean sending?" in program.get("/")
        demo.write_text(good)
        wait_until(lambda: trouble(program) is None)
        assert program.stop() == 0
    assert [json.loads(line)["event"] for line in program.errors.splitlines()].count("config_refused") == 1


def test_content_that_is_gone_while_it_runs_is_loud_and_nothing_is_lost(demo: Path) -> None:
    with running(demo) as program:
        program.said("All of it, and why: ")
        (demo.parent / "_events").rename(demo.parent / "elsewhere")
        wait_until(lambda: "Nothing was planned or sent." in (trouble(program) or ""))
        (demo.parent / "elsewhere").rename(demo.parent / "_events")
        wait_until(lambda: trouble(program) is None)
        assert program.stop() == 0
    assert len(entries(demo, "[!.]*/message.eml")) == 1


def test_a_port_in_use_is_said_before_anything_is_sent(demo: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        command = [sys.executable, "-m", "notifier", "run", "--config", str(demo), "--port", str(port)]
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    said = f"Port {port} on 127.0.0.1 is in use by another program. Stop it, or choose another with --port.\n"
    assert (ran.returncode, ran.stdout, ran.stderr) == (1, "", said)
    assert entries(demo, "[!.]*") == []
