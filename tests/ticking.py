"""A small site of real files with a real ledger, and a provider of the test's choice, to be ticked at any time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Self

from notifier.app import App, open_app
from notifier.core.delivery import Delivery, Told
from notifier.edges.clock import FixedClock
from notifier.ports import Provider
from notifier.tick import Report, Ticker
from tests.builders import at

FIRST_LOOK = "2026-11-20 09:00"
#: When the reminder of every event here is due: the day before at 10:00.
DUE = "2026-12-08 10:00"

CONFIG = """\
site:
  id: example
  name: Example Commons
  domain: example.org
  url: https://www.example.org
  public_url: https://www.example.org
  timezone: Europe/London
  postal_address: Example Commons, 1 Example Street, Exampleton
sources:
  - name: website
    folder: website
    events: [{preset: jekyll-events, own: {category: [organising]}}]
  - name: archive
    folder: archive
    events: [{preset: jekyll-events, own: {category: [organising]}}]
providers:
  letters: {type: outbox, folder: outbox}
audiences:
  newsletter: {provider: letters, public: true}
rules:
  day: {kind: reminder, audiences: [newsletter], when: {before: 1d, at: "10:00"}}
feeds:
  all: {title: Everything}
  music: {title: Music, only: {topic: [Music]}}
sending: {per_day: 9}
ledger: {url: "sqlite:///notifier.db"}
"""

EVENT = """\
---
title: {title}
date: 2026-12-09
start: "18:00"
end: "19:30"
category: organising
register: https://tickets.example.com/{name}
access: open
topics: [{topic}]
{more}
---
An evening for everybody.
"""


class Site:
    """Open it with `with`. Events are files: `write` and `remove` them between ticks."""

    def __init__(self, folder: Path, provider: Provider | None = None) -> None:
        self.folder = folder
        self._provider = provider
        for source in ("website", "archive"):
            (folder / source / "_events").mkdir(parents=True)
        (folder / "config.yaml").write_text(CONFIG, encoding="utf-8")
        self.write("choir")
        self.open()

    def open(self) -> None:
        """Open the site, as after a restart: nothing is remembered but what is on the disk."""
        self.app: App = open_app(self.folder / "config.yaml", clock=FixedClock(at(FIRST_LOOK)))
        if self._provider is not None:
            wiring = self.app.ticker.wiring
            self.app.ticker = Ticker(replace(wiring, providers={**wiring.providers, "letters": self._provider}))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.app.close()

    def path(self, name: str, source: str = "website") -> Path:
        return self.folder / source / "_events" / f"2026-12-09-{name}.md"

    def write(
        self, name: str, *, title: str = "", topic: str = "Music", more: str = "", source: str = "website"
    ) -> None:
        text = EVENT.format(name=name, title=title or f"{name} evening", topic=topic, more=more)
        self.path(name, source).write_text(text, encoding="utf-8")

    def tick(self, text: str = DUE, *, accept_shrink: bool = False) -> Report:
        self.app.clock = FixedClock(at(text))
        return self.app.tick(accept_shrink=accept_shrink)

    def row(self, name: str = "choir") -> Delivery:
        """What the ledger has about the reminder of an event."""
        return next(row for row in self.rows() if self._path_of(row).endswith(f"{name}.md"))

    def rows(self) -> tuple[Delivery, ...]:
        return tuple(self.app.ticker.wiring.ledger.rows())

    def told(self) -> list[Told]:
        return list(self.app.ticker.wiring.ledger.snapshot().told.values())

    def feed(self, name: str = "all") -> str:
        return (self.folder / "feeds" / f"{name}.ics").read_text(encoding="utf-8")

    def _path_of(self, row: Delivery) -> str:
        return self.app.ticker.wiring.ledger.snapshot().seen[row.event_uids[0]].event.path
