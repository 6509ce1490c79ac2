"""The running program: a real process, a real socket, real signals."""

from __future__ import annotations

import errno
import logging
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog

from notifier.app import open_app
from notifier.cli.scaffold import scaffold
from notifier.desk import people
from notifier.errors import UserError
from notifier.web.readers import readers_of
from notifier.web.server import address_of, listen, serve
from tests.files import ROOT

START_SECONDS = 60


class Running:
    """`notifier run` on a free port; `lines` is what it has said so far."""

    def __init__(self, config: Path, *options: str) -> None:
        command = [sys.executable, "-m", "notifier", "run", "--config", str(config), "--port", "0", *options]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.lines: list[str] = []
        self.address = self.said("notifier runs at ").split()[3]

    def said(self, words: str) -> str:
        """The next line with these words."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip())
            if words in line:
                return line
        raise AssertionError(f"It ended without saying {words!r}: {self.lines}")

    def get(self, path: str) -> bytes:
        with urllib.request.urlopen(self.address + path, timeout=START_SECONDS) as answer:
            return bytes(answer.read())

    def stop(self, sign: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(sign)
        out, self.errors = self.process.communicate(timeout=START_SECONDS)
        self.lines += out.splitlines()
        return self.process.returncode

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate(timeout=START_SECONDS)


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    scaffold(tmp_path / "demo", datetime.now(UTC))  # noqa: TID251 - the process under test has the machine's clock
    return tmp_path / "demo" / "config.yaml"


@pytest.fixture
def running(demo: Path) -> Iterator[Running]:
    program = Running(demo)
    yield program
    program.end()


def outbox(config: Path) -> dict[str, bytes]:
    folder = config.parent / "outbox"
    found = [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.startswith(".lease-")]
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def test_it_delivers_the_reminder_shows_it_and_ends_cleanly(running: Running, demo: Path) -> None:
    assert "Shared streets: community call" in running.said("Delivered: the reminder of")
    running.said("All of it, and why: ")
    assert b"Shared streets: community call" in running.get("/")
    assert running.get("/feeds/all.ics").startswith(b"BEGIN:VCALENDAR\r\n")
    assert (running.stop(), running.lines[-1]) == (0, "notifier has stopped.")
    assert len([path for path in outbox(demo) if path.endswith("message.eml")]) == 1


def test_starting_again_sends_nothing_twice(running: Running, demo: Path) -> None:
    running.said("All of it, and why: ")
    running.stop()
    before, again = outbox(demo), Running(demo)
    try:
        again.said("Nothing was due just now.")
        again.said("All of it, and why: ")
        assert again.stop(signal.SIGINT) == 0
    finally:
        again.end()
    assert outbox(demo) == before


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_during_the_start_ends_it_cleanly_and_loses_nothing(running: Running, sign: signal.Signals) -> None:
    assert running.stop(sign) == 0
    assert "Traceback" not in running.errors


def test_a_path_that_climbs_is_refused_as_it_comes_over_the_wire(running: Running) -> None:
    host, port = running.address.removeprefix("http://").split(":")
    for path in ("/feeds/../config.yaml", "/static/../../../config.yaml", "/feeds/..%2fconfig.yaml", "//feeds/all.ics"):
        with socket.create_connection((host, int(port)), timeout=START_SECONDS) as wire:
            wire.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n".encode())
            answer = b"".join(iter(lambda: wire.recv(65536), b""))
        assert answer.startswith(b"HTTP/1.1 404 ")
        assert b"secret_key" not in answer


def test_it_runs_on_uvloop_and_httptools(running: Running) -> None:
    loaded = Path(f"/proc/{running.process.pid}/maps")
    if not loaded.exists():
        pytest.skip("This system doesn't say what a process has loaded.")
    running.get("/robots.txt")
    assert re.search(r"/uvloop/loop\.\S+\.so", loaded.read_text(encoding="utf-8"))
    assert re.search(r"/httptools/parser/parser\.\S+\.so", loaded.read_text(encoding="utf-8"))


def test_no_address_of_a_secret_feed_reaches_what_the_program_says(running: Running) -> None:
    running.said("All of it, and why: ")
    key = "k" * 43
    for path in (f"/feeds/private/{key}.ics", f"/feeds/private/{key}.ics?x=1", f"/feeds/private/{key}"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            running.get(path)
        assert refused.value.code == 404
        refused.value.close()
    running.stop()
    assert key not in running.errors + "".join(running.lines)


def test_what_readers_asked_is_kept_at_the_end(running: Running, demo: Path) -> None:
    running.said("All of it, and why: ")
    asked = urllib.request.Request(running.address + "/feeds/all.ics", headers={"User-Agent": "Evolution/3.46.4"})
    urllib.request.urlopen(asked, timeout=START_SECONDS).close()
    running.stop()
    app = open_app(demo)
    assert readers_of(app.ticker.wiring.ledger, "all", app.clock.now()).text.startswith("1 Evolution")
    app.close()


def test_an_answer_does_not_name_the_server_and_a_post_is_refused(running: Running) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(running.address + "/", data=b"x=1", timeout=START_SECONDS)
    assert refused.value.code == 405
    assert refused.value.headers["server"] is None
    refused.value.close()


@pytest.fixture
def quiet_logs() -> Iterator[None]:
    """What a server in this process sets up for logging is taken down after it."""
    before = list(logging.getLogger().handlers)
    yield
    structlog.reset_defaults()
    logging.getLogger().handlers[:] = before


@pytest.mark.usefixtures("quiet_logs")
def test_it_gives_the_signals_back_when_it_has_stopped(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with listen("127.0.0.1", 0) as probe:
        port = probe.getsockname()[1]
    before = [signal.getsignal(sign) for sign in (signal.SIGINT, signal.SIGTERM)]
    app = open_app(demo)
    stopper = threading.Thread(target=stop_once_it_answers, args=(f"http://127.0.0.1:{port}/healthz",))
    stopper.start()
    serve(app, host="127.0.0.1", port=port)
    stopper.join()
    app.close()
    assert [signal.getsignal(sign) for sign in (signal.SIGINT, signal.SIGTERM)] == before
    assert capsys.readouterr().out.endswith("notifier has stopped.\n")


def stop_once_it_answers(address: str) -> None:
    """Ask this process to stop; not before its server answers, or the test run itself would end."""
    for _ in range(600):
        try:
            urllib.request.urlopen(address, timeout=START_SECONDS).close()
        except urllib.error.HTTPError as unavailable:
            unavailable.close()
        except OSError:
            threading.Event().wait(0.1)
            continue
        os.kill(os.getpid(), signal.SIGTERM)
        return


def test_a_port_in_use_is_one_sentence_with_the_remedy(demo: Path) -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "notifier", "run", "--config", str(demo), "--port", str(port)]
        result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=START_SECONDS)
    assert result.returncode == 1
    said = f"Port {port} on 127.0.0.1 is in use by another program. Stop it, or choose another with --port.\n"
    assert (result.stdout, result.stderr) == ("", said)


EVERYWHERE = "0.0.0.0"  # noqa: S104 - to be refused


@pytest.mark.parametrize("host", ["example.org", "", "localhost.example.org", "127.0.0.1:80", "not a host"])
def test_what_is_no_address_is_refused(host: str) -> None:
    with pytest.raises(UserError) as refused:
        listen(host, 0, closed=None)
    assert refused.value.message == (
        f"{host!r} is no IP address to listen on. Use 127.0.0.1 (--host, or web.host in config.yaml)."
    )


@pytest.mark.parametrize("host", [EVERYWHERE, "::", "192.0.2.1"])
def test_a_host_beyond_this_machine_is_refused_unless_somebody_says_who_may_come_in(host: str) -> None:
    with pytest.raises(UserError, match=f"'{host}' is not an address of this machine alone, and "):
        listen(host, 0)


def refused_to_run(config: Path) -> str:
    """What `run` says that is told to listen everywhere."""
    command = [sys.executable, "-m", "notifier", "run", "--config", str(config), "--port", "0", "--host", EVERYWHERE]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=START_SECONDS)
    assert (result.returncode, result.stdout) == (1, "")
    return result.stderr


def test_before_there_are_accounts_nobody_elsewhere_is_let_in(demo: Path) -> None:
    assert refused_to_run(demo) == (
        "'0.0.0.0' is not an address of this machine alone, and nobody has an account yet, so whoever reaches the console "
        "could read all of it. Make an account: notifier users add NAME --role admin. "
        "Or use 127.0.0.1 (--host, or web.host in config.yaml).\n"
    )


def test_with_accounts_others_need_an_https_address(demo: Path) -> None:
    add_admin(demo)
    demo.write_text(demo.read_text().replace("public_url: https://", "public_url: http://"))
    assert refused_to_run(demo) == (
        "'0.0.0.0' is not an address of this machine alone, and site.public_url is no https address, which passwords need on "
        "their way. Set site.public_url to where a proxy in front of notifier answers, https://…. "
        "Or use 127.0.0.1 (--host, or web.host in config.yaml).\n"
    )


def test_with_accounts_and_an_https_address_it_listens_where_it_is_told(demo: Path) -> None:
    add_admin(demo)
    program = Running(demo, "--host", EVERYWHERE)
    try:
        assert program.address == "https://www.example.org"
        assert "first" not in program.said("All of it, and why: ")
        assert [line for line in program.lines if "/welcome/" in line] == []
    finally:
        program.end()


def add_admin(config: Path) -> None:
    app = open_app(config)
    people.add(app, "Anna", "admin", by="Kim")
    app.close()


def test_the_first_start_shows_a_link_to_the_first_account_once(running: Running) -> None:
    running.said("Nobody has an account yet, so the pages change nothing. This link makes the first, within the hour:")
    link = running.said("/welcome/").strip()
    running.said("All of it, and why: ")
    assert link.startswith(running.address)
    assert b"Make the account" in running.get(link.removeprefix(running.address))
    running.stop()
    assert "".join(running.lines).count("/welcome/") == 1
    assert "/welcome/" not in running.errors


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.0.0.2", " LOCALHOST "])
def test_every_name_of_this_machine_is_listened_on(host: str) -> None:
    with listen(host, 0) as listener:
        assert address_of(listener).startswith("http://127.0.0.")


def has_ipv6_loopback() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.mark.parametrize("host", ["::1", "[::1]"])
def test_ipv6_is_listened_on_or_its_absence_is_one_sentence(host: str) -> None:
    if has_ipv6_loopback():
        with listen(host, 0) as listener:
            assert address_of(listener).startswith("http://[::1]:")
    else:
        with pytest.raises(UserError, match="This machine has no address"):
            listen(host, 0)


def test_other_causes_have_their_sentence_too() -> None:
    from notifier.web.server import _cannot_listen

    assert "may not be used by this user" in _cannot_listen(OSError(errno.EACCES, "no"), "127.0.0.1", 80).message
    assert "can't be listened on (odd)" in _cannot_listen(OSError(errno.EIO, "odd"), "127.0.0.1", 80).message
