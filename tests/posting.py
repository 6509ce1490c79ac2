"""A site with one webhook, a receiver on loopback that says what a test wants, and the check that receivers do."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from notifier.core.posting import HookState
from notifier.desk.webhooks import postman, states
from notifier.edges.clock import FixedClock
from notifier.tick.posting import Posted
from tests.builders import at
from tests.edges.raw_server import RawServer, raw_server, says
from tests.files import ROOT
from tests.ticking import CONFIG, DUE, FIRST_LOOK, Site

#: The example of the specification's own libraries.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
TAKEN, BROKEN, GONE = says("204 No Content"), says("500 Oh no", b"secret words"), says("410 Gone")
HOOK = """\
  {name}:
    url: {url}/in?key=hush
    secret: {{file: hook.secret}}
    statuses: [held, failed, missed, unknown, sent]
"""


@dataclass(frozen=True, slots=True)
class Got:
    """One request as a receiver had it."""

    fields: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.fields["webhook-id"]

    def json(self) -> Any:
        return json.loads(self.body)


class HookSite(Site):
    """A site that has had its first look. `hook` writes its webhook into config.yaml anew."""

    def __init__(self, folder: Path, server: RawServer) -> None:
        self.server = server
        server.answer = TAKEN
        super().__init__(folder)
        self.write_secret(SECRET)
        self.hook(server.url)
        self.tick(FIRST_LOOK)
        self.round(FIRST_LOOK)
        self.server.asked.clear()

    def write_secret(self, secret: str) -> None:
        path = self.folder / "hook.secret"
        path.write_text(secret, encoding="utf-8")
        path.chmod(0o600)

    def hook(self, *urls: str) -> None:
        """One webhook for each address; none without any."""
        hooks = "".join(HOOK.format(name=f"chat{number or ''}", url=url) for number, url in enumerate(urls))
        self.app.close()
        text = CONFIG + (f"webhooks:\n{hooks}" if urls else "")
        (self.folder / "config.yaml").write_text(text, encoding="utf-8")
        self.open()

    def coming(self, *names: str) -> None:
        """These events more, known well before their reminders are due."""
        for name in names:
            self.write(name)
        self.tick("2026-12-01 09:00")

    def round(self, text: str = DUE) -> list[Posted]:
        self.app.clock = FixedClock(at(text))
        return postman(self.app).round()

    def state(self, name: str = "chat") -> HookState:
        return next(one for one in states(self.app.ticker.wiring.ledger) if one.name == name)

    def got(self) -> list[Got]:
        return [got_of(asked) for asked in self.server.asked]


def got_of(asked: bytes) -> Got:
    head, _, body = asked.partition(b"\r\n\r\n")
    fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    return Got({name.lower(): value for name, value in fields.items()}, body)


@contextmanager
def hook_site(folder: Path) -> Iterator[HookSite]:
    with raw_server() as server, HookSite(folder, server) as made:
        yield made


def verified(got: Got, secret: str = SECRET, *, late: int = 0) -> bytes:
    """What the manual's example makes of a request, `late` seconds after it was made."""
    code = re.findall(r"```python\n(.*?)```", (ROOT / "docs/webhooks.md").read_text(encoding="utf-8"), re.DOTALL)[0]
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102 - the manual's own example
    names["time"] = SimpleNamespace(time=lambda: int(got.fields["webhook-timestamp"]) + late)
    check: Callable[..., bytes] = names["verified"]
    return check(got.fields, got.body, secret)
