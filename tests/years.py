"""A site that is edited, moved through time, killed at any outside call, ticked twice at once, and restored from a backup.

Everything is ours and real but what lies outside: files are texts in a dictionary, the provider keeps what it is given.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from notifier.config import Settings, load
from notifier.core.delivery import Delivery
from notifier.core.event import Document, Event
from notifier.core.facts import Facts, facts_of
from notifier.core.message import Message
from notifier.core.rule import Audience
from notifier.desk.acts import pause, resume
from notifier.edges.clock import FixedClock
from notifier.edges.memory_ledger import MemoryLedger
from notifier.edges.shipped import load_templates, shipped
from notifier.errors import UserError
from notifier.ports import Snapshot
from notifier.tick import Ticker, Wiring
from tests.faulty_provider import FaultyProvider

CONFIG = """\
site: {id: example, name: Example, domain: example.org, url: "https://www.example.org", timezone: Europe/London,
  postal_address: 1 Example Street}
sources:
  - {name: website, folder: website, events: [{preset: jekyll-events, own: {category: [organising]}}]}
providers: {letters: {type: outbox, folder: outbox}}
audiences: {newsletter: {provider: letters}, volunteers: {provider: letters}}
rules:
  announce: {kind: announcement, audiences: [newsletter]}
  week: {kind: reminder, audiences: [newsletter], when: {before: 7d, at: "10:00"}}
  two-days: {kind: reminder, audiences: [newsletter], when: {before: 2d, at: "10:00"}}
  day: {kind: reminder, audiences: [newsletter, volunteers], when: {before: 1d, at: "10:00"}}
  asked: {kind: reminder, audiences: [volunteers], when: {before: 3d, at: "10:00"}, ask: true}
  thanks: {kind: reminder, audiences: [volunteers], when: {after: 1d, of: end, at: "10:00"}}
  hours: {kind: reminder, audiences: [newsletter], when: {before: 2h}}
  correction: {kind: change, audiences: [newsletter, volunteers]}
  called-off: {kind: cancellation, audiences: [newsletter, volunteers]}
  weekly: {kind: digest, audiences: [volunteers], cron: "0 9 * * wed"}
  write-up: {kind: follow_up, audiences: [newsletter]}
feeds: {all: {title: Everything}}
sending: {shrink: {at_least: 99}}
"""


class Killed(BaseException):
    """The process is gone at this instant."""


@dataclass(slots=True)
class Outside:
    """Counts the calls to what is outside, and does at one of them what it is told: be killed, or let another in."""

    countdown: int | None = None
    after: bool = False
    act: Callable[[], None] | None = None

    def call(self, function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        strikes = self._strikes()
        if strikes and not self.after:
            self._strike()
        answer = function(*arguments, **named)
        if strikes and self.after:
            self._strike()
        return answer

    def _strikes(self) -> bool:
        if self.countdown is None:
            return False
        self.countdown -= 1
        return self.countdown < 0

    def _strike(self) -> None:
        self.countdown, act = None, self.act
        if act is not None:
            act()


class Watched:
    """Whatever it stands for, with every call counted."""

    def __init__(self, inner: Any, outside: Outside) -> None:
        self._inner, self._outside = inner, outside

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if not callable(found):
            return found
        return lambda *arguments, **named: self._outside.call(found, *arguments, **named)


@dataclass(slots=True)
class Files:
    """A repository in memory. It tells of the renames that it was told of."""

    name: str = "website"
    texts: dict[str, str] = field(default_factory=dict)
    known: dict[tuple[str, str], Document] = field(default_factory=dict)
    #: The paths that were renamed: after which revision, from what, to what.
    renamed: list[tuple[int, str, str]] = field(default_factory=list)
    read_last: tuple[Document, ...] = ()
    revision: int = 0

    def read(self, known: Mapping[str, Document], since: str | None = None) -> Snapshot:
        found = tuple(self._document(path, text) for path, text in sorted(self.texts.items()))
        if found != self.read_last:
            self.read_last, self.revision = found, self.revision + 1
        return Snapshot(
            documents=found, revision=str(self.revision), renames=self._renames(since), keeps_revisions=True
        )  # fmt: skip

    def rename(self, old: str, new: str) -> None:
        """Say of a path that it is another's new name."""
        self.renamed.append((self.revision, old, new))

    def _renames(self, since: str | None) -> dict[str, str]:
        found: dict[str, str] = {}
        for after, old, new in self.renamed:
            if since is not None and after >= int(since):
                found[new] = found.pop(old, old)
        return {new: old for new, old in found.items() if new in self.texts and new != old}

    def _document(self, path: str, text: str) -> Document:
        # As a folder does: the same object as long as nothing was written.
        fresh = Document(source=self.name, path=path, data=text.encode(), revision=text)
        return self.known.setdefault((path, text), fresh)


class Letters(FaultyProvider):
    """Remembers what each mail said, for whoever compares it with what the ledger says was told."""

    __slots__ = ("facts", "on_draft", "on_send", "said")

    def __init__(self) -> None:
        super().__init__(certain=True)
        #: What somebody else does at that very moment.
        self.on_draft: Callable[[Delivery], None] = lambda delivery: None
        self.on_send: Callable[[str], None] = lambda key: None
        self.facts: dict[str, dict[str, Facts]] = {}
        self.said: dict[tuple[str, str], Facts] = {}

    def draft(
        self, delivery: Delivery, message: Message, audience: Audience, at: datetime, *, events: Sequence[Event] = ()
    ) -> str:
        self.on_draft(delivery)
        self.facts[delivery.key] = {event.uid: facts_of(event) for event in events}
        return super().draft(delivery, message, audience, at, events=events)

    def send(self, draft_id: str, key: str, at: datetime) -> Any:
        before = len(self.sent)
        outcome = super().send(draft_id, key, at)
        self.on_send(key)
        if len(self.sent) > before:
            audience = key.rpartition("/")[2]
            self.said |= {(audience, uid): facts for uid, facts in self.facts[key].items()}
        return outcome


class Publications:
    """Feeds in memory, and readers' calendars that ask after every change: they take an entry only with a later revision."""

    def __init__(self) -> None:
        self.feeds: dict[str, bytes] = {}
        self.taken: dict[bytes, tuple[int, bytes, bytes]] = {}

    def publish(self, name: str, data: bytes) -> bool:
        changed = self.feeds.get(name) != data
        self.feeds[name] = data
        if changed and not name.endswith("-archive.ics"):
            self._take(data)
        return changed

    def _take(self, data: bytes) -> None:
        for entry in data.replace(b"\r\n ", b"").split(b"BEGIN:VEVENT\r\n")[1:]:
            lines = entry.partition(b"END:VEVENT")[0]
            said = dict(line.partition(b":")[::2] for line in lines.split(b"\r\n"))
            uid, new = said[b"UID"], (int(said[b"SEQUENCE"]), said[b"LAST-MODIFIED"], lines)
            old = self.taken.get(uid)
            if old is not None and old != new:
                assert (old[0] < new[0], old[1] < new[1]) == (True, True), f"Calendars miss a change of {uid!r}."
            self.taken[uid] = new

    def read(self, name: str) -> bytes | None:
        return self.feeds.get(name)

    def withdraw(self, name: str) -> bool:
        return self.feeds.pop(name, None) is not None


def settings_in(folder: Path) -> Settings:
    """The settings of the site."""
    path = folder / "config.yaml"
    path.write_text(CONFIG, encoding="utf-8")
    return load(path, {})


@dataclass(frozen=True, slots=True)
class Desk:
    """Where people act."""

    ticker: Ticker
    clock: FixedClock
    via: str = ""


@dataclass(slots=True)
class Years:
    """The site. `ticker` is the one service that runs all the time; `another()` starts a second one."""

    settings: Settings
    now: datetime
    files: Files = field(default_factory=Files)
    letters: Letters = field(default_factory=Letters)
    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    publications: Publications = field(default_factory=Publications)
    outside: Outside = field(default_factory=Outside)
    backup: MemoryLedger | None = None
    restored: bool = False
    ticker: Ticker = field(init=False)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        self.ticker = self.another()

    def another(self) -> Ticker:
        """A service of its own on the same files, ledger and provider."""
        source = self.settings.sources[0]
        return Ticker(
            Wiring(
                settings=self.settings,
                rules=replace(self.settings.rules, live=frozenset({"letters"})),
                sources=((source, Watched(self.files, self.outside)),),
                providers={"letters": Watched(self.letters, self.outside)},
                ledger=Watched(self.ledger, self.outside),
                publisher=Watched(self.publications, self.outside),
                secrets=Watched(self.publications, self.outside),
                templates=load_templates(shipped("templates")),
            )
        )

    def tick(self) -> None:
        self.ticker.tick(self.now)

    def quiet(self) -> None:
        """Tick until nothing moves any more."""
        for _ in range(6):
            if not self.ticker.tick(self.now).moved:
                return
        raise AssertionError("It never comes to rest.")

    def go_on(self, until: datetime) -> None:
        """The service runs on: it ticks when its plan says that something may happen."""
        while self.now < until:
            self.quiet()
            turn = self.ticker.look(self.now).plan.next_at
            self.now = min(until, turn) if turn else until
        self.quiet()

    def killed_at(self, call: int, *, after: bool) -> None:
        """A tick that is killed at its so many-th outside call, and a start after that."""

        def kill() -> None:
            raise Killed

        self.outside.countdown, self.outside.after, self.outside.act = call, after, kill
        try:
            self.tick()
        except Killed:
            self.restart()
        self.outside.countdown = None

    def together_at(self, call: int) -> None:
        """A tick into the middle of which, at its so many-th outside call, another service ticks."""
        other, end = self.another(), self.ledger.snapshot().window_end
        at = max(self.now, end) if end else self.now
        self.outside.countdown, self.outside.after, self.outside.act = call, False, lambda: self._tick_of(other, at)
        self.tick()
        self.outside.countdown = None

    def _tick_of(self, other: Ticker, at: datetime) -> None:
        other.tick(at)

    def act(self, number: int, act: Callable[..., object]) -> None:
        """Somebody decides about a delivery; what they may not decide is refused."""
        rows = self.ledger.rows()
        key = rows[number % len(rows)].key if rows else ""
        with suppress(UserError):
            act(Desk(ticker=self.another(), clock=FixedClock(self.now)), key, by="Robin")

    def pause_or_resume(self) -> None:
        desk = Desk(ticker=self.another(), clock=FixedClock(self.now))
        (resume if self.ledger.snapshot().paused else pause)(desk, by="Robin")

    def take_backup(self) -> None:
        self.backup = copy.deepcopy(self.ledger)

    def restore(self) -> None:
        """The ledger as it was at the backup, and a start with it."""
        if self.backup is not None:
            self.ledger, self.restored = copy.deepcopy(self.backup), True
            # What readers took since is told again under revisions that they know.
            self.publications.taken.clear()
            self.restart()

    def check(self) -> None:
        """What must hold after every quiet tick."""
        memory = self.ledger.snapshot()
        twice = [key for key, count in Counter(key for key, _ in self.letters.sent).items() if count > 1]
        assert not twice, f"sent twice: {twice}"
        rows = self.ledger.rows()
        for row in rows:
            assert row.status not in ("drafted", "sending", "unknown", "failed"), row
            assert row.status != "planned" or row.due_at > self.now or memory.paused, f"due and not sent: {row}"
            assert row.reasons or row.status == "sent", f"unexplained: {row}"
        self._nothing_new()
        [made] = self.ticker.calendars.of(self.ticker.look(self.now))
        assert self.publications.read("all.ics") == made.data, "the feed is not as it should be"
        if not self.restored:
            assert {place: told.facts for place, told in memory.told.items()} == self.letters.said
            stopped = {key for key, said in memory.decisions.items() if said.act in ("hold", "skip")}
            assert not stopped & {row.key for row in rows if row.status == "sent"}, "sent though a person stopped it"

    def _nothing_new(self) -> None:
        before, seen = self.ledger.rows(), self.ledger.snapshot().seen
        fresh = self.another()
        fresh.tick(self.now)
        assert self.ledger.rows() == before, "planned again it plans something else"
        assert self.ledger.snapshot().seen == seen


def soon(now: datetime, days: int, hour: int) -> datetime:
    """The wall time of an event so many days ahead."""
    day = (now + timedelta(days=days)).date()
    return datetime(day.year, day.month, day.day, hour)
