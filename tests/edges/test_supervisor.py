"""What systemd is told of the service, on a real socket, by the real program."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from notifier.edges.supervisor import Supervisor
from tests.cli.running import run
from tests.files import ROOT

PATIENCE = 60


@contextmanager
def systemd(address: str) -> Iterator[socket.socket]:
    """A socket that hears what it is told; the kernel's own name where it begins with @."""
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as heard:
        heard.settimeout(PATIENCE)
        heard.bind(f"\0{address[1:]}" if address.startswith("@") else address)
        yield heard


def told(heard: socket.socket) -> str:
    return heard.recv(4096).decode()


@pytest.fixture(params=["path", "name"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return str(tmp_path / "notify") if request.param == "path" else f"@notifier-{uuid.uuid4()}"


def test_it_is_told_that_the_service_is_ready_alive_and_ends(address: str) -> None:
    supervisor = Supervisor.named_in({"NOTIFY_SOCKET": address})
    with systemd(address) as heard:
        with supervisor.answering():
            supervisor.alive()
        assert [told(heard) for _ in range(3)] == ["READY=1", "WATCHDOG=1", "STOPPING=1"]


@pytest.mark.parametrize("address", ["", "relative", "@", "/nowhere/at/all", f"/{'x' * 300}"])
def test_nobody_who_listens_is_no_trouble(address: str) -> None:
    supervisor = Supervisor(address)
    with supervisor.answering():
        supervisor.alive()
    assert Supervisor.named_in({}) == Supervisor("")


def test_who_does_not_read_holds_nothing_up(address: str) -> None:
    with systemd(address) as heard:
        heard.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        for _ in range(5_000):
            Supervisor(address).alive()
        assert told(heard) == "WATCHDOG=1"


@pytest.mark.parametrize("wrong", [False, True], ids=["ticking", "failing"])
def test_the_running_program_says_so_while_its_ticks_come_to_an_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: bool
) -> None:
    assert run("init", tmp_path / "site").code == 0
    address = str(tmp_path / "notify")
    command = [sys.executable, "-m", "notifier", "run", "--config", str(tmp_path / "site/config.yaml"), "--port", "0"]
    with systemd(address) as heard:
        config = tmp_path / "site/config.yaml"
        config.write_text(config.read_text().replace("tick: 30s", "tick: 1s"))
        monkeypatch.setenv("NOTIFY_SOCKET", address)
        program = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            assert {told(heard) for _ in range(2)} == {"READY=1", "WATCHDOG=1"}
            if wrong:
                config.write_text("site: nothing\n")
            assert {told(heard) for _ in range(3)} == {"WATCHDOG=1"}
            program.send_signal(signal.SIGTERM)
            rest = [told(heard)]
            while rest[-1] != "STOPPING=1":
                rest.append(told(heard))
            assert program.wait(PATIENCE) == 0
        finally:
            program.kill()
            program.wait(PATIENCE)
