"""Thunderbird and Evolution as subscribers of a real site, served by our own server, whose files change under them.

What moved, was renamed, called off, taken back, removed or added is followed; what didn't change is answered with 304,
also by another machine that has the site's files and ledger and nothing else.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import uvicorn

from notifier.app import App, open_app
from notifier.core.entry import shown
from notifier.core.public import public_view
from notifier.web import build
from notifier.web.server import address_of, listen
from tests.acceptance.calendars.agree import differences
from tests.acceptance.calendars.cases import GUEST, Case, evening, pair
from tests.acceptance.calendars.judges import Bench, Client, evolution, settled, thunderbird
from tests.acceptance.calendars.seen import Seen
from tests.acceptance.calendars.thunderbird import Thunderbird
from tests.builders import a_time, at

_CONFIG = """site:
  id: example
  name: Example Commons
  domain: example.org
  url: https://www.example.org
  public_url: https://www.example.org
  timezone: Europe/London
  postal_address: 1 Example Street, Exampleton
  staff: [events@example.org]
sources:
  - name: site
    folder: .
    events: [{preset: jekyll-events, fields: {place: location}}]
    vanished: withdraw
feeds:
  all:
    title: All events
"""
_EVENT = """---
uid: {name}@example.org
title: "{title}"
date: {day}
start: "{day}T18:00:00"
end: "{day}T20:00:00"
timezone: Europe/London
location: Town hall, Exampletown
{more}---

Tea, and a talk.
"""
_BEGIN = at("2026-11-26 09:00")
_PATIENCE = 10.0
_FEED = "/feeds/all.ics"
#: The second machine: it reads what was published there, with the environment that it is started in.
_ELSEWHERE = """import sys
from datetime import datetime
from pathlib import Path
from notifier.app import open_app
from notifier.edges.clock import FixedClock
app = open_app(Path(sys.argv[1]), clock=FixedClock(datetime.fromisoformat(sys.argv[2])))
app.tick()
app.close()
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """An event's file, and what is to be seen of it."""

    title: str = "Tea"
    day: str = "2027-03-04"
    more: str = ""
    shown_title: str = ""
    status: str = "CONFIRMED"

    def text(self, name: str) -> str:
        return _EVENT.format(name=name, title=self.title, day=self.day, more=self.more)

    def seen(self, name: str) -> Seen:
        gone = self.more == "gone" or "published" in self.more
        return Seen(
            uid=f"{name}@example.org", start=f"{self.day}T18:00:00Z", end=f"{self.day}T20:00:00Z",
            title=self.shown_title or self.title, status=self.status,
            location="" if gone else "Town hall, Exampletown",
            url="" if gone else f"https://www.example.org/events/2027-03-04-{name}",
        )  # fmt: skip


_OFF = {"shown_title": "Cancelled: Tea", "status": "CANCELLED"}
_TEA, _CALLED_OFF = File(), File(more="status: cancelled\n", **_OFF)
_TAKEN_BACK, _GONE = File(more="published: false\n", **_OFF), File(more="gone", **_OFF)
_NAMES = ("same", "moved", "renamed", "called-off", "back", "taken-back", "removed", "other")
#: What there is, one state after another: what it is called, how many hours after the first, and the files.
_STATES: Sequence[tuple[str, int, Mapping[str, File]]] = (
    ("the first look", 0, dict.fromkeys(_NAMES, _TEA)),
    ("moved, renamed, called off, taken back, removed, added", 2, dict.fromkeys(_NAMES, _TEA) | {
        "moved": File(day="2027-03-05"), "renamed": File(title="Größe, 👩\u200d💻 漢字; ß"), "called-off": _CALLED_OFF,
        "back": _CALLED_OFF, "taken-back": _TAKEN_BACK, "removed": _GONE, "added": _TEA,
    }),
    ("moved again, renamed again, on again, published again", 4, dict.fromkeys(_NAMES, _TEA) | {
        "moved": File(day="2027-03-06"), "renamed": File(title="Cake"), "called-off": _CALLED_OFF, "back": _TEA,
        "taken-back": _TEA, "removed": _GONE, "added": File(title="Added"),
    }),
    ("a month later", 32 * 24, dict.fromkeys(set(_NAMES) - {"removed"}, _TEA) | {
        "moved": File(day="2027-03-06"), "renamed": File(title="Cake"), "called-off": _CALLED_OFF,
        "added": File(title="Added"),
    }),
)  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Wound:
    """A clock that is wound by hand."""

    at: datetime

    def now(self) -> datetime:
        return self.at


@dataclass(slots=True)
class Asked:
    """Who asked for the feed, and what they were answered, oldest first."""

    answers: list[tuple[str, int]] = field(default_factory=list)

    def last(self, client: str) -> int | None:
        found = [status for who, status in self.answers if client in who.lower()]
        return found[-1] if found else None

    def count(self, client: str) -> int:
        return sum(client in who.lower() for who, _ in self.answers)


@contextmanager
def running(app: App, asked: Asked, port: int = 0) -> Iterator[str]:
    """Our server over the site, with a list of who asked; ends with its address free again."""
    inner = build(app)

    async def noting(scope: Any, receive: Any, send: Any) -> None:
        who = dict(scope.get("headers", ())).get(b"user-agent", b"").decode()

        async def note(message: Any) -> None:
            if message["type"] == "http.response.start":
                asked.answers.append((who, message["status"]))
            await send(message)

        await inner(scope, receive, note)

    listener = listen("127.0.0.1", port)
    server = uvicorn.Server(uvicorn.Config(noting, lifespan="off", log_config=None, timeout_graceful_shutdown=2))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield address_of(listener)
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()


def write(folder: Path, files: Mapping[str, File]) -> None:
    """Make the site's files those of a state."""
    events = folder / "_events"
    events.mkdir(parents=True, exist_ok=True)
    (folder / "config.yaml").write_text(_CONFIG, encoding="utf-8")
    for name, file in files.items():
        path = events / f"2027-03-04-{name}.md"
        if file.more == "gone":
            path.unlink(missing_ok=True)
        else:
            path.write_text(file.text(name), encoding="utf-8")


def meant(app: App, files: Mapping[str, File]) -> list[Seen]:
    """What is to be seen in a state; the descriptions as the site words them."""
    if app.latest is None:
        raise RuntimeError("The site has not ticked.")
    site = app.settings.rules.site
    words = {event.uid: shown(site, public_view(event)).description for event in app.latest.look.content.events}
    expected = [file.seen(name) for name, file in files.items()]
    return sorted(replace(one, description=words.get(one.uid, "") if one.location else "") for one in expected)


@dataclass(slots=True, kw_only=True)
class Following:
    """A site, its subscribers, and what was wrong until now."""

    folder: Path
    clients: Mapping[str, Client]
    asked: Asked = field(default_factory=Asked)
    told: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def say(self, step: str, client: str, wrong: Sequence[str]) -> None:
        self.told.append(f"{step}: {client}: {'ok' if not wrong else f'{len(wrong)} WRONG'}")
        self.faults += [f"{client}, {step}: {what}" for what in wrong]

    def see(self, step: str, expected: Sequence[Seen], *, subscribe: str | None = None) -> None:
        """Let every client ask (first, subscribe), and compare what it shows then."""
        for name, client in self.clients.items():
            before = self.asked.count(name)
            client.subscribe("followed", subscribe) if subscribe else client.refresh("followed")
            wrong = differences(name, expected, settled(client, "followed", name, expected))
            if not self._waited(name, before):
                wrong.append("it has not asked")
            self.say(step, name, wrong)

    def _waited(self, client: str, before: int) -> bool:
        """Wait until a client has asked once more than before; whether it has."""
        last = time.monotonic() + _PATIENCE
        while self.asked.count(client) == before and time.monotonic() < last:
            time.sleep(0.1)  # noqa: TID251 - it asks when it likes
        return self.asked.count(client) > before

    def see_nothing_new(self, step: str, expected: Sequence[Seen]) -> None:
        """As `see`, and what every client was answered last is that it has it all."""
        self.see(step, expected)
        for name in self.clients:
            answer = self.asked.last(name)
            self.say(f"{step}, 304", name, [] if answer == 304 else [f"answered {answer}"])

    def on_another_machine(self, now: datetime) -> Path:
        """The site's files and ledger in another folder, ticked there by another Python; returns that folder."""
        other = self.folder.with_name("other machine")
        shutil.rmtree(other, ignore_errors=True)
        shutil.copytree(self.folder, other, ignore=shutil.ignore_patterns("feeds"))
        environment = {"PYTHONHASHSEED": "4711", "TZ": "Pacific/Apia", "LC_ALL": "C", "PYTHONPATH": str(Path.cwd())}
        words = [sys.executable, "-c", _ELSEWHERE, str(other / "config.yaml"), now.isoformat()]
        subprocess.run(words, env=environment, check=True)
        same = (other / _FEED[1:]).read_bytes() == (self.folder / _FEED[1:]).read_bytes()
        self.say("the same bytes on another machine", "site", [] if same else ["other bytes"])
        return other


def _invite(following: Following, client: Thunderbird) -> None:
    """One event as its guest hears of it in mails: invited, the same again, moved, the old one late, called off."""
    entry, first = evening("tea")
    case = Case(name="invited", pairs=[(entry, first)])
    moved, second = pair(
        "tea", a_time("2027-03-05 18:00", ends="20:00"), "2027-03-05T18:00:00Z", "2027-03-05T20:00:00Z", sequence=1
    )
    asked, changed, off = (
        case.mailed(entry, "REQUEST"),
        case.mailed(moved, "REQUEST"),
        case.mailed(replace(moved, sequence=2), "CANCEL"),
    )
    steps: Sequence[tuple[str, bytes, str, Sequence[Seen]]] = (
        ("invited", asked, "REQUEST", [first]), ("invited twice", asked, "", [first]),
        ("invited anew, moved", changed, "REQUEST:UPDATE", [second]), ("the old invitation, late", asked, "", [second]),
        ("called off", off, "CANCEL", []), ("called off twice", off, "", []),
    )  # fmt: skip
    for step, mail, method, expected in steps:
        if (got := client.answer(mail, GUEST[1])) != method:
            following.say(step, "thunderbird", [f"taken for {got!r} instead of {method!r}"])
        following.say(step, "thunderbird", differences("thunderbird", expected, client.seen("invited")))


def follow(bench: Bench) -> Following:
    """All of it. The clients are asked one after another, each as soon as the one before shows what is meant."""
    folder = bench.place("followed") / "site"
    with ExitStack() as stack:
        bird = stack.enter_context(thunderbird(bench))
        clients: Mapping[str, Client] = {"thunderbird": bird, "evolution": stack.enter_context(evolution(bench))}
        following = Following(folder=folder, clients=clients)
        _invite(following, bird)
        port, expected = _changing(following, _STATES[:-1])
        step, hours, files = _STATES[-1]
        elsewhere = following.on_another_machine(_BEGIN + timedelta(hours=_STATES[-2][1] + 1))
        clock = Wound(at=_BEGIN + timedelta(hours=_STATES[-2][1] + 1))
        app = open_app(elsewhere / "config.yaml", clock=clock)
        stack.callback(app.close)
        app.tick()
        with running(app, following.asked, port):
            following.see_nothing_new("on another machine", expected)
            clock.at = _BEGIN + timedelta(hours=hours)
            app.tick()
            following.see(step, meant(app, files))
        return following


def _changing(following: Following, states: Sequence[tuple[str, int, Mapping[str, File]]]) -> tuple[int, list[Seen]]:
    """Go through states on the first machine; returns its port, and what is to be seen in the end."""
    write(following.folder, states[0][2])
    clock = Wound(at=_BEGIN)
    app = open_app(following.folder / "config.yaml", clock=clock)
    expected: list[Seen] = []
    try:
        app.tick()
        with running(app, following.asked) as address:
            for step, hours, files in states:
                write(following.folder, files)
                clock.at = _BEGIN + timedelta(hours=hours)
                app.tick()
                expected = meant(app, files)
                following.see(step, expected, subscribe=None if hours else f"{address}{_FEED}")
                following.see_nothing_new(f"nothing new after {step}", expected)
            return int(address.rpartition(":")[2]), expected
    finally:
        app.close()
