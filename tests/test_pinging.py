"""A dead man's switch hears that ticks succeed, no tick waits for it, and its address is in no log."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from notifier.beside import Leasing
from notifier.config import PingSettings, load
from notifier.config.watch_models import ping_address
from notifier.edges.clock import FixedClock
from notifier.errors import UserError
from notifier.tick.pinging import Pinger
from notifier.web.pulse import Pulse
from notifier.web.state import state_of
from notifier.web.watching import Watching
from tests.builders import at
from tests.edges.raw_server import RawServer, raw_server, says
from tests.files import ROOT
from tests.ticking import CONFIG, FIRST_LOOK, Site

TAKEN, MISSING = says("200 OK", b"OK"), says("404 Not Found", b"zq-their-words")
KEY = "zq0f8fad5bd9cb469fa16570867728950e"


@pytest.fixture
def server() -> Iterator[RawServer]:
    with raw_server() as made:
        made.answer = TAKEN
        yield made


@dataclass
class Switched:
    """A site that beats, with a switch, and what was asked of that."""

    site: Site
    server: RawServer
    logged: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.watching = Watching(self.site.app)
        self.pulse = Pulse(
            app=self.site.app, address="", say=lambda _text: None, listeners=self.watching.listeners,
        )  # fmt: skip

    def beat(self, text: str) -> None:
        self.site.app.clock = FixedClock(at(text))
        with capture_logs() as logged:
            self.pulse.beat()
            self.watching.pings.beat()
        self.logged += logged

    def asked(self) -> list[str]:
        """The request lines, each once."""
        lines = [asked.partition(b"\r\n")[0].decode() for asked in self.server.asked]
        self.server.asked.clear()
        return lines


def unpinged(switched: Switched) -> str | None:
    return switched.site.app.unpinged


def with_ping(site: Site, text: str) -> None:
    (site.folder / "config.yaml").write_text(f"{CONFIG}watch: {{ping: {{{text}}}}}\n", encoding="utf-8")
    site.app.close()
    site.open()


@pytest.fixture
def switched(tmp_path: Path, server: RawServer) -> Iterator[Switched]:
    with Site(tmp_path) as site:
        secret = site.folder / "ping.url"
        secret.write_text(f"{server.url}/{KEY}?a=b\n")
        secret.chmod(0o600)
        with_ping(site, "url: {file: ping.url}, every: 5m, failures: true")
        yield Switched(site, server)


def test_a_good_tick_is_told_and_then_at_most_so_often(switched: Switched) -> None:
    for moment in (FIRST_LOOK, "2026-11-20 09:01", "2026-11-20 09:04:59"):
        switched.beat(moment)
    assert switched.asked() == [f"POST /{KEY}?a=b HTTP/1.1"]
    switched.beat("2026-11-20 09:05")
    assert switched.asked() == [f"POST /{KEY}?a=b HTTP/1.1"]


def test_without_a_new_tick_nothing_is_told(switched: Switched) -> None:
    switched.beat(FIRST_LOOK)
    switched.asked()
    switched.site.app.clock = FixedClock(at("2026-11-20 10:00"))
    switched.watching.pings.beat()
    assert switched.asked() == []


def test_a_failing_tick_and_the_next_good_one_are_told_at_once(switched: Switched) -> None:
    switched.beat(FIRST_LOOK)
    ledger = switched.site.folder / "notifier.db"
    ledger.rename(switched.site.folder / "elsewhere")
    switched.asked()
    switched.beat("2026-11-20 09:01")
    switched.beat("2026-11-20 09:02")
    assert switched.asked() == [f"POST /{KEY}/fail?a=b HTTP/1.1"]
    (switched.site.folder / "elsewhere").rename(ledger)
    switched.beat("2026-11-20 09:03")
    assert switched.asked() == [f"POST /{KEY}?a=b HTTP/1.1"]


def test_a_ledger_that_may_not_send_fails_the_ping(switched: Switched) -> None:
    switched.beat(FIRST_LOOK)
    ledger = switched.site.app.ticker.wiring.ledger
    assert isinstance(ledger, Leasing)
    lease = ledger.lease()
    assert lease is not None
    ledger.stop(lease, "This ledger is a copy.", at(FIRST_LOOK))
    switched.asked()
    for moment in ("2026-11-20 09:01", "2026-11-20 09:02"):
        switched.beat(moment)
    assert switched.asked() == [f"POST /{KEY}/fail?a=b HTTP/1.1"]
    text = switched.watching.metrics.shown()[0].decode()
    assert 'notifier_ticks_total{outcome="failed"} 2.0' in text
    assert "notifier_tick_failing 1.0" in text
    command = [sys.executable, "-m", "notifier", "tick", "--config", str(switched.site.folder / "config.yaml")]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ran.returncode, switched.asked()) == (1, [f"POST /{KEY}/fail?a=b HTTP/1.1"])
    ledger.stop(lease, "", at(FIRST_LOOK))
    switched.beat("2026-11-20 09:03")
    assert switched.asked() == [f"POST /{KEY}?a=b HTTP/1.1"]


def test_without_failures_a_failing_tick_is_silent(switched: Switched) -> None:
    with_ping(switched.site, f'url: "{switched.server.url}/x"')
    silent = Switched(switched.site, switched.server)
    silent.beat(FIRST_LOOK)
    (switched.site.folder / "notifier.db").rename(switched.site.folder / "elsewhere")
    silent.asked()
    silent.beat("2026-11-20 09:05")
    assert silent.asked() == []


def test_one_that_answers_wrongly_is_told_to_staff_until_it_answers(switched: Switched) -> None:
    switched.server.answer = MISSING
    switched.beat(FIRST_LOOK)
    switched.beat("2026-11-20 09:01")
    host = switched.server.url.removeprefix("http://")
    said = f"The service that watch.ping names isn't told that ticks succeed: {host} answered 404."
    app = switched.site.app
    assert app.unpinged == said
    assert said in state_of(app, app.clock.now()).loud
    assert [one["event"] for one in switched.logged if one["log_level"] == "warning"] == ["ping_failed"]
    switched.server.answer = TAKEN
    switched.beat("2026-11-20 09:02")
    assert unpinged(switched) is None
    text = switched.watching.metrics.shown()[0].decode()
    assert 'notifier_pings_total{result="failed"} 2.0' in text
    assert 'notifier_pings_total{result="taken"} 1.0' in text
    assert "notifier_ping_failing 0.0" in text


def test_its_address_is_in_no_log_and_no_sentence(switched: Switched) -> None:
    switched.server.answer = MISSING
    switched.beat(FIRST_LOOK)
    switched.server.answer = lambda connection: None
    switched.beat("2026-11-20 09:01")
    secret = switched.site.folder / "ping.url"
    for wrong in (f"ftp://127.0.0.1/{KEY}", f"http://ping.example.org/{KEY}", f"https://u:{KEY}@ping.example.org/", ""):
        secret.write_text(wrong)
        switched.beat("2026-11-20 09:02")
        assert switched.site.app.unpinged is not None
        assert "zq" not in switched.site.app.unpinged
    text = str(switched.logged) + repr(switched.site.app.settings)
    assert [word for word in (KEY, "zq-their-words") if word in text] == []


def test_a_switch_that_never_answers_holds_up_no_tick(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, Site(tmp_path) as site:
        with_ping(site, f'url: "http://127.0.0.1:{silent.getsockname()[1]}/x"')
        made = Switched(site, RawServer())
        site.app.clock = FixedClock(at(FIRST_LOOK))
        begun = time.monotonic()
        made.pulse.beat()
        assert time.monotonic() - begun < 5
        assert site.app.latest is not None


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (f"http://ping.example.org/{KEY}", "would let it travel unencrypted."),
        (f"https://u:{KEY}@ping.example.org/x", "is not a web address of plain letters, without @ and #."),
        (f"ping.example.org/{KEY}", "is not a web address of plain letters, without @ and #."),
        (f"{{key: {KEY}}}", "Secrets never stand in the file."),
        ("7", "Secrets never stand in the file."),
    ],
)
def test_a_wrong_address_is_refused_and_not_repeated(tmp_path: Path, value: str, said: str) -> None:
    path = tmp_path / "config.yaml"
    quoted = value if value.startswith("{") or value.isdecimal() else f'"{value}"'
    path.write_text(f"{CONFIG}watch: {{ping: {{url: {quoted}}}}}\n")
    with pytest.raises(UserError) as caught:
        load(path, {})
    assert said in caught.value.message
    assert KEY not in caught.value.message


def test_the_address_may_stand_in_the_file_or_in_the_environment(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    url = f"https://ping.example.org/{KEY}"
    path.write_text(f'{CONFIG}watch: {{ping: {{url: "{url}"}}}}\n')
    assert address(load(path, {}).ping) == url
    path.write_text(f"{CONFIG}watch: {{ping: {{url: {{env: PING}}}}}}\n")
    assert address(load(path, {"PING": url}).ping) == url
    with pytest.raises(UserError, match="PING is not set"):
        address(load(path, {}).ping)


def address(ping: PingSettings | None) -> str:
    assert ping is not None
    return ping_address(ping)


def test_a_clock_that_was_set_back_does_not_silence_it(server: RawServer) -> None:
    settings = PingSettings(url=server.url, every=at("2026-01-02") - at("2026-01-01"), failures=False)
    pinger = Pinger(ping=settings, address=ping_address, carry=lambda _url, _body, _fields: 200)
    assert pinger.tell(is_good=True, now=at("2026-06-01")) == ""
    assert not pinger.is_due(is_good=True, now=at("2026-06-01 12:00"))
    assert pinger.is_due(is_good=True, now=at("2026-05-01"))


def test_a_tick_by_itself_tells_it_too(switched: Switched) -> None:
    config = switched.site.folder / "config.yaml"
    command = [sys.executable, "-m", "notifier", "tick", "--config", str(config)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert switched.asked() == [f"POST /{KEY}?a=b HTTP/1.1"]
    switched.server.answer = MISSING
    again = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert again.returncode == 0
    assert "watch.ping: " in again.stderr
    assert KEY not in again.stderr + again.stdout
