"""The emulator from a test's side: start it, plant faults, act as staff, let time pass, ask what was sent.

>>> with emulator(ready_after=8) as mailchimp:                                     # doctest: +SKIP
...     mailchimp.fault("POST", "/campaigns/*/actions/send", reply="rst", when="after")
...     ...                                                   # whatever speaks to mailchimp.base_url
...     assert len(mailchimp.outbox()) == 1
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
SEND = "/campaigns/*/actions/send"
CONTENT = "/campaigns/*/content"


class StaffRefused(Exception):
    """The web app would not let them."""


class ControlError(Exception):
    """The control plane doesn't know what was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Emulator:
    """One account in its own process. Its clock stands at `START` until it is advanced, unless it was started running."""

    base_url: str
    api_key: str
    control_url: str
    lists: dict[str, Any]
    contract: str
    process: int

    def list_id(self, name: str = "Members") -> str:
        return str(self.lists[name]["id"])

    def tag(self, name: str, *, of: str = "Members") -> int:
        """The id of a tag, or of a saved segment."""
        return int(self.lists[of]["segments"][name])

    def interest(self, name: str, *, of: str = "Members") -> str:
        return str(self.lists[of]["interests"][name])

    def fault(self, method: str = "*", path: str = "*", **how: Any) -> None:
        """`path` is below /3.0 and may hold `*`. The rest: see `faults.Fault`."""
        self._ask("fault", method=method, path=path, **how)

    def clear_faults(self) -> None:
        self._ask("clear_faults")

    def set(self, **knobs: Any) -> None:
        """See `knobs.Knobs`."""
        self._ask("set", **knobs)

    def staff(self, act: str, **wishes: Any) -> str:
        """An act in the web app, on the newest campaign unless `campaign` names one. The campaign's id.

        Raises StaffRefused where the web app would not let them."""
        return str(self._ask("staff", act=act, **wishes).get("campaign_id", ""))

    def advance(self, seconds: float) -> datetime:
        """Let time pass, and everything happen that was to happen meanwhile."""
        return datetime.fromisoformat(self._ask("advance", seconds=seconds))

    def now(self) -> datetime:
        return datetime.fromisoformat(self._ask("clock"))

    def set_clock(self, at: datetime) -> None:
        self._ask("clock", at=at.isoformat())

    def outbox(self) -> list[dict[str, Any]]:
        """Every send that was taken, whoever pressed the button: recipients, subject, html, plain_text, by, as_read."""
        return list(self._ask("outbox"))

    def tests(self) -> list[dict[str, Any]]:
        return list(self._ask("tests"))

    def requests(self, method: str = "", ending: str = "") -> list[dict[str, Any]]:
        """What was asked, in order: method, path, query, body, status, fault, carried_out, connection."""
        asked = self._ask("requests")
        return [one for one in asked if method in {"", one["method"]} and one["path"].endswith(ending)]

    def violations(self) -> list[str]:
        """What the official description says against any request or reply; `contract` says whether it was looked at."""
        found = self._ask("violations")["found"]
        return [f"{one['method']} {one['path']}: {one['of']}: {one['what']}" for one in found]

    def campaigns(self) -> list[dict[str, Any]]:
        """All that are there, as they are and not as lags show them, with `content` and `made_by`."""
        return list(self._ask("campaigns"))

    def campaign(self, campaign_id: str) -> dict[str, Any]:
        return next(one for one in self.campaigns() if one["id"] == campaign_id)

    def webhooks(self) -> list[dict[str, Any]]:
        """Every webhook that was delivered or tried."""
        return list(self._ask("webhooks"))

    def deafen(self, deaf: bool = True) -> None:
        """Let every connection to the API be refused, or taken again."""
        self._ask("deaf", deaf=deaf)
        self._wait_until(deaf=deaf)

    def reset(self, *, start: datetime = START, seed: str = "one", members: int = 40, **knobs: Any) -> None:
        """A new account in the same process, much quicker than a new emulator. Same seed, same ids."""
        self.lists.update(self._ask("reset", start=start.isoformat(), seed=seed, members=members, **knobs))

    def held(self) -> list[int]:
        """Numbers of the requests that a fault with `hold` keeps at this moment."""
        return list(self._ask("held"))

    def release(self) -> None:
        """Let all go that are held now."""
        self._ask("release")

    def knobs(self) -> dict[str, Any]:
        return dict(self._ask("knobs"))

    def _wait_until(self, *, deaf: bool) -> None:
        address = urlsplit(self.base_url)
        for _ in range(400):
            try:
                socket.create_connection((address.hostname or "", address.port or 0), timeout=5).close()
                is_deaf = False
            except OSError:
                is_deaf = True
            if is_deaf is deaf:
                return
            threading.Event().wait(0.01)
        raise ControlError(f"The emulator did not become {'deaf' if deaf else 'ready'} within some seconds.")

    def _ask(self, verb: str, **wanted: Any) -> Any:
        address = urlsplit(self.control_url)
        connection = HTTPConnection(address.hostname or "", address.port, timeout=30)
        try:
            connection.request("POST", f"/{verb}", json.dumps(wanted), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            said = json.loads(answer.read())
        finally:
            connection.close()
        if answer.status == 409:
            raise StaffRefused(said["refused"])
        if answer.status != 200:
            raise ControlError(said["wrong"])
        return said


@contextmanager
def emulator(
    *, start: datetime = START, running: bool = False, members: int = 40, seed: str = "one", **knobs: Any
) -> Iterator[Emulator]:
    """An account of its own on free ports of loopback, stopped however the test ends."""
    words = ["--start", start.isoformat(), "--members", str(members), "--seed", seed, "--until-eof"]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.mailchimp.emulator", *words, *([] if running else ["--frozen"])],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdin
    assert process.stdout
    try:
        line = process.stdout.readline()
        assert line, "The emulator did not start; what it said stands above."
        told = json.loads(line)
        one = Emulator(process=process.pid, **{name: told[name] for name in ("base_url", "api_key", "control_url", "lists", "contract")})  # fmt: skip
        if knobs:
            one.set(**knobs)
        yield one
    finally:
        process.stdin.close()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
