"""The site behind the proxies: a real notifier, with a public feed, a secret one, and somebody who may log in."""

from __future__ import annotations

import http.client
import json
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from notifier.edges.ledger import open_ledger
from tests.files import ROOT
from tests.web.served import free_port

HOST = "events.example.org"
PATIENCE = 60.0
_TEAM = """\
  team:
    title: Team calendar
    secret: true
  all:
    # The calendar's name"""


def waited(seconds: float = 0.1) -> None:
    """What is outside of this process takes its time."""
    time.sleep(seconds)  # noqa: TID251 - the program sleeps nowhere; this waits for other programs


@dataclass(slots=True)
class Site:
    """`token` opens the secret feed; `port` is notifier's own."""

    folder: Path
    port: int = field(default_factory=free_port)
    token: str = ""
    _program: subprocess.Popen[bytes] | None = None

    @property
    def config(self) -> Path:
        return self.folder / "config.yaml"

    def make(self) -> None:
        self._tell("init", str(self.folder), plain=True)
        text = self.config.read_text(encoding="utf-8")
        for old, new in {
            "public_url: https://www.example.org": f"public_url: https://{HOST}",
            "tick: 30s": "tick: 1s",
            "  all:\n    # The calendar's name": _TEAM,
        }.items():
            if text.count(old) != 1:
                raise AssertionError(f"config.yaml has {old!r} {text.count(old)} times.")
            text = text.replace(old, new)
        self.config.write_text(text, encoding="utf-8")
        self._tell("users", "add", "Anna", "--role", "admin", "--by", "Test")
        made = json.loads(self._tell("feeds", "tokens", "add", "team", "Robin", "--by", "Test", "--format", "json"))
        self.token = made["address"].rpartition("/")[2].removesuffix(".ics")

    def _tell(self, *words: str, plain: bool = False) -> str:
        command = [sys.executable, "-m", "notifier", *words, *([] if plain else ["--config", str(self.config)])]
        return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout

    def start(self) -> None:
        command = [sys.executable, "-m", "notifier", "run", "--config", str(self.config), "--port", str(self.port)]
        with (self.folder / "notifier.log").open("ab") as log:
            self._program = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
        until = time.monotonic() + PATIENCE
        while self.health().get("status") != "ok":
            if time.monotonic() > until:
                raise AssertionError("notifier didn't start.")
            waited()

    def stop(self) -> None:
        if self._program is None:
            return
        self._program.send_signal(signal.SIGTERM)
        code = self._program.wait(PATIENCE)
        self._program = None
        if code != 0:
            raise AssertionError(f"notifier ended with {code}.")

    def health(self) -> dict[str, Any]:
        try:
            return dict(json.loads(self.asked("/healthz")[2]))
        except OSError:
            return {}

    def asked(self, path: str, **fields: str) -> tuple[int, dict[str, str], bytes]:
        """What notifier itself answers."""
        wire = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            wire.request("GET", path, headers={"Host": HOST, **fields})
            answer = wire.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            wire.close()

    def ticked(self) -> None:
        """After the next whole tick. A feed is read from its file after one."""
        before = self.health()["last_tick_at"]
        seen: set[str] = set()
        until = time.monotonic() + PATIENCE
        while len(seen - {before}) < 2:
            if time.monotonic() > until:
                raise AssertionError("No tick came.")
            waited()
            seen.add(self.health().get("last_tick_at", before))

    def retitle(self, old: str, new: str) -> None:
        """Change the calendar's name, and let it be published."""
        text = self.config.read_text(encoding="utf-8")
        if text.count(old) != 1:
            raise AssertionError(f"config.yaml has {old!r} {text.count(old)} times.")
        self.config.write_text(text.replace(old, new), encoding="utf-8")
        self.ticked()

    def phones(self) -> int:
        """How many phones were counted that read the public feed. Only after a stop."""
        ledger = open_ledger(f"sqlite:///{self.folder / 'notifier.db'}")
        try:
            return sum(poll.readers for poll in ledger.polls(date.min) if (poll.feed, poll.family) == ("all", "apple"))
        finally:
            ledger.close()
