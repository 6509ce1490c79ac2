"""A website's repository with its configuration, and a branch that proposes a change of its events."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.action.github import REPOSITORY
from tests.builders import at
from tests.edges.repositories import Repository, a_repository
from tests.histories import an_event_file

AT = "2026-11-20T09:00:00Z"
NUMBER = 7
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
    folder: .
    events: [{preset: jekyll-events}]
providers:
  letters:
    type: mailchimp
    api_key: {env: MAILCHIMP_API_KEY}
    mode: send
audiences:
  newsletter: {provider: letters, public: true, list: abc123}
rules:
  announce: {kind: announcement, audiences: [newsletter]}
  week: {kind: reminder, audiences: [newsletter], when: {before: 7d, at: "10:00"}}
  day: {kind: reminder, audiences: [newsletter], when: {before: 1d, at: "10:00"}}
feeds:
  all: {title: Everything}
sending: {live: true}
ledger: {url: "sqlite:///notifier.db"}
"""
#: A title that would call people, close tables and commands, and draw a picture.
HOSTILE = "'@everybody <img src=x> | ![x](https://example.com/x) ::error::no #1 GH-2 --> `x'"


def a_website(folder: Path) -> Repository:
    """Its branch main has a choir, a walk and a fair."""
    site = a_repository(folder)
    site.write("config.yaml", CONFIG)
    site.write("_events/choir.md", an_event_file())
    site.write("_events/walk.md", an_event_file("2026-12-10", title="Garden walk"))
    site.write("_events/fair.md", an_event_file("2026-12-16", title="Winter fair"))
    site.commit("Website", at=at("2026-11-01 09:00"))
    return site


def propose(site: Repository) -> dict[str, Any]:
    """What a pull request changes, checked out as GitHub merges it for a run; returns what the run is told."""
    base = site.git("rev-parse", "HEAD")
    site.git("checkout", "--quiet", "-b", "proposal")
    site.write("_events/choir.md", an_event_file("2026-12-11"))
    site.write("_events/walk.md", an_event_file("2026-12-10", title="Garden walk", more="status: cancelled"))
    site.write("_events/new.md", an_event_file("2026-12-15", title=HOSTILE))
    unclear = an_event_file(title="Reading circle").replace(b"date: 2026-12-09\n", b"")
    site.write("_events/2026-12-14-circle.md", unclear)
    hidden = "place: SECRET hall\nregister: [SECRET]\nprivate: true"
    site.write("_events/hidden.md", an_event_file("2026-12-17", title="Board", more=hidden))
    head = site.commit("Proposal", at=at("2026-11-19 09:00"))
    site.git("checkout", "--quiet", "--detach", "main")
    site.write("_events/fair.md", an_event_file("2026-12-18", title="Winter fair"))
    site.commit("Main went on", at=at("2026-11-19 10:00"))
    site.git("merge", "--quiet", "--no-ff", "-m", "Merge", "proposal")
    return event_of(head=head, base=base)


def event_of(*, head: str, base: str, repository: str = REPOSITORY) -> dict[str, Any]:
    return {
        "pull_request": {
            "number": NUMBER,
            "head": {"sha": head, "repo": {"full_name": repository}},
            "base": {"sha": base, "repo": {"full_name": REPOSITORY}},
        }
    }
