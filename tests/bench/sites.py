"""Sites of any size for measurements: ordinary event files, each with its own date, name and title."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

CONFIG = """\
site:
  id: bench
  name: Example Commons
  domain: example.org
  url: https://www.example.org
  timezone: Europe/London
  postal_address: 1 Example Street
sources:
  - name: site
    folder: .
    events:
      - {preset: jekyll-events, own: {category: [organising]}}
providers:
  outbox: {type: outbox, folder: outbox}
audiences:
  newsletter: {provider: outbox}
rules:
  announce: {kind: announcement, audiences: [newsletter], ask: true}
  day: {kind: reminder, audiences: [newsletter], when: {before: 1d, at: "10:00"}}
feeds:
  all: {title: Everything}
"""

EVENT = """\
---
layout: event
title: "Reading group {number}: what a commons is"
date: {day:%Y-%m-%d}
category: organising
topics:
  - Reading
---

On {day:%A} {day.day} {day:%B} {day.year} at 2pm we will hold meeting {number} of the reading group, online.

<!--more-->

We read two chapters together and talk about what they mean for the people who live where the commons is. Last time we heard
from a neighbourhood that measured its own traffic, and from the officers who changed a crossing because of it.

There will be future meetings (all online, Wednesdays at 6pm - 7:15pm).

> Please [register here](https://meet.example.com/meeting/register/{number}) to attend.
"""


def make_site(folder: Path, size: int) -> Path:
    """A site with `size` events, one every third day around 2026; returns its config.yaml."""
    (folder / "_events").mkdir(parents=True)
    first = date(2026, 12, 1) - timedelta(days=3 * (size // 2))
    for number in range(size):
        day = first + timedelta(days=3 * number)
        text = EVENT.format(number=number, day=day)
        (folder / "_events" / f"{day:%Y-%m-%d}-{number}.md").write_text(text, encoding="utf-8")
    config = folder / "config.yaml"
    config.write_text(CONFIG, encoding="utf-8")
    return config
