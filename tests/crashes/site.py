"""A site of three events whose reminders fall due together, two feeds, and one event that changes nothing."""

from __future__ import annotations

from pathlib import Path

from notifier.core.delivery import reminder_key
from notifier.core.identity import uid_for
from tests.builders import a_site, at

FIRST_LOOK = "2026-11-20T09:00:00Z"
NOW = "2026-12-08T10:00:30Z"
LATER = "2026-12-08T10:05:00Z"
#: When what was asked for at NOW can't be taken back any more.
UNDONE = "2026-12-08T10:05:30Z"
EVENTS = ("choir", "garden", "repair")

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
    folder: .
    events:
      - preset: jekyll-events
        own: {category: [organising]}
providers:
  outbox: {type: outbox, folder: outbox}
audiences:
  newsletter: {provider: outbox, public: true}
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
title: {name} evening
date: 2026-12-09
start: "18:00"
end: "19:30"
category: organising
register: https://tickets.example.com/{name}
access: open
topics: [Music]
---
An evening for everybody.
"""


def make_site(folder: Path) -> None:
    """The site as files."""
    (folder / "_events").mkdir(parents=True)
    (folder / "config.yaml").write_text(CONFIG, encoding="utf-8")
    for name in EVENTS:
        (folder / "_events" / f"2026-12-09-{name}.md").write_text(EVENT.format(name=name), encoding="utf-8")


def expected_keys() -> list[str]:
    """The keys of the deliveries that are due at NOW."""
    return sorted(
        reminder_key(
            "day", uid_for(a_site(), "website", f"_events/2026-12-09-{name}.md"), at("2026-12-09").date(), "newsletter"
        )
        for name in EVENTS
    )
