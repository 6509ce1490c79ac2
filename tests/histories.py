"""Histories and sites for tests of the time machine: a list of (time, files) that a source may stand at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from notifier.app import App, open_app, pretended
from notifier.core.event import Document
from notifier.core.replayed import Occurrence, Replayed
from notifier.edges.clock import FixedClock
from notifier.ports import Commit, Snapshot
from notifier.replay import Replay, steps
from tests.builders import at

CONFIG = """\
site:
  id: example
  name: Example Commons
  domain: example.org
  url: https://www.example.org
  timezone: Europe/London
  postal_address: Example Commons, 1 Example Street, Exampleton
sources:
  - name: website
    folder: website
    events: [{preset: jekyll-events}]
providers:
  letters: {type: outbox, folder: outbox}
audiences:
  newsletter: {provider: letters, public: true}
rules:
  announce: {kind: announcement, audiences: [newsletter]}
  week: {kind: reminder, audiences: [newsletter], when: {before: 7d, at: "10:00"}}
  day: {kind: reminder, audiences: [newsletter], when: {before: 1d, at: "10:00"}}
feeds:
  all: {title: Everything}
ledger: {url: "sqlite:///notifier.db"}
"""


def an_event_file(day: str = "2026-12-09", *, title: str = "Choir evening", more: str = "access: open") -> bytes:
    """An evening that would be announced and reminded of unaided."""
    lines = (
        f"title: {title}",
        f"date: {day}",
        'start: "18:00"',
        'end: "19:30"',
        "register: https://tickets.example.com/choir",
        more,
    )
    return "\n".join(("---", *lines, "---", "An evening for everybody.", "")).encode()


CHOIR = "_events/choir.md"
Files = Mapping[str, bytes]


@dataclass(slots=True)
class ListedHistory:
    """A history that is a list of what was there from when on."""

    states: Sequence[tuple[str, Files]]
    name: str = "website"
    stood_at: list[str] = field(default_factory=list)
    _index: int | None = None

    def commits(self, since: datetime | None = None, until: datetime | None = None) -> Sequence[Commit]:
        made = [(f"c{number}", at(text)) for number, (text, _) in enumerate(self.states)]
        return [
            Commit(id=name, at=when, authored_at=when, subject="Edit")
            for name, when in made
            if (since is None or when >= since) and (until is None or when <= until)
        ]

    def stand_at(self, commit_id: str) -> None:
        self._index = int(commit_id.removeprefix("c"))
        self.stood_at.append(commit_id)

    def read(self, known: Mapping[str, Document], since: str | None = None) -> Snapshot:
        assert self._index is not None
        files = self.states[self._index][1]
        documents = [self._document(path, files[path], known) for path in sorted(files)]
        return Snapshot(documents=tuple(documents), revision=f"c{self._index}", keeps_revisions=True)

    def _document(self, path: str, data: bytes, known: Mapping[str, Document]) -> Document:
        fresh = Document(source=self.name, path=path, data=data, revision=sha256(data).hexdigest())
        old = known.get(path)
        return old if old == fresh else fresh


def site_app(folder: Path, *, config: str = CONFIG, now: str = "2026-11-20 09:00") -> App:
    """A site's App that only looks. Close it."""
    (folder / "website" / "_events").mkdir(parents=True, exist_ok=True)
    (folder / "config.yaml").write_text(config, encoding="utf-8")
    return open_app(folder / "config.yaml", clock=FixedClock(at(now)), looking=True)


def replayed(
    folder: Path,
    states: Sequence[tuple[str, Files]],
    *,
    until: str = "2026-12-31 00:00",
    since: str | None = None,
    releases: bool = True,
    config: str = CONFIG,
) -> Replayed:
    """A replay of a listed history with the rules of `config`."""
    history = ListedHistory(states)
    app = site_app(folder, config=config)
    try:
        ticker, subject_of = pretended(app, [(app.settings.sources[0], history)])
        replay = Replay(ticker=ticker, subject_of=subject_of, releases=releases)
        return replay.run(steps([history], at(since) if since else None, at(until)), at(until))
    finally:
        app.close()


def told(found: Replayed) -> list[tuple[str, str, str]]:
    """(rule, status, UTC minute) of every delivery, in the order of time."""
    return [(one.delivery.rule, one.delivery.status, f"{one.moment:%m-%d %H:%M}") for one in found.deliveries]


def only(found: Replayed, rule: str) -> Occurrence:
    """The one delivery of a rule."""
    [one] = [one for one in found.deliveries if one.delivery.rule == rule]
    return one


def without_ticks(found: Replayed) -> Replayed:
    """The same, however often it took to tick."""
    return replace(found, ticks=0)
