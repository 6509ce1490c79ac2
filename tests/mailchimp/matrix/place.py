"""The site of the matrix: one event whose reminder goes to a tag of a list, through Mailchimp by its configuration."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from notifier.app import open_app
from notifier.core.delivery import reminder_key
from notifier.core.identity import uid_for
from tests.builders import a_site, at
from tests.homes import at_home_there, copied_as_moved
from tests.mailchimp.control import Emulator
from tests.postgres import Server

FIRST_LOOK = at("2026-11-20 09:00")
#: The day before at 10:00.
DUE = at("2026-12-08 10:00")
TITLE, OTHER_TITLE = "Choir evening", "Singing in the garden"
TAG = "board"
_PATH = "_events/2026-12-09-choir.md"
KEY = reminder_key("day", uid_for(a_site(), "website", _PATH), at("2026-12-09").date(), "newsletter")
#: When it is ticked, in minutes after the reminder is due: densely while things happen, then for days.
MINUTES = (0, 1, 2, 3, 5, 8, 11, 14, 20, 30, 45, 60, 75, 90, 120, 240, 480, 1440, 1800, 2000, 2880, 4320, 5760)
MOMENTS = tuple(DUE + timedelta(minutes=minutes) for minutes in MINUTES)

_CONFIG = """\
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
    events: [{{preset: jekyll-events, own: {{category: [organising]}}}}]
providers:
  letters: {{type: mailchimp, api_key: {{file: key}}, base_url: "{base_url}", timeout: {timeout}, mode: {mode}}}
audiences:
  newsletter: {{provider: letters, public: true, list: {list_id}, tag: {tag}}}
rules:
  day: {{kind: reminder, audiences: [newsletter], when: {{before: 1d, at: "10:00"}}}}
feeds:
  all: {{title: Everything}}
sending: {{live: true, per_day: 9}}
ledger: {{url: "{ledger}"}}
"""

_EVENT = """\
---
title: {title}
date: 2026-12-09
start: "18:00"
end: "19:30"
category: organising
register: https://tickets.example.com/choir
access: open
---
An evening for everybody.
"""


class Clock:
    """Stands at `at` until it is set."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


@dataclass(slots=True)
class Ledgers:
    """Where the ledgers of a workplace are: in files beside the site, or at a server, where a copy is a database of its own."""

    server: Server | None = None
    first: str = "sqlite:///notifier.db"
    _last: str | None = None

    def __post_init__(self) -> None:
        if self.server is not None:
            self.first = self.server.database(empty=True)

    def copy(self) -> str:
        """The address of a ledger as that of the site is after its first look. The copy before is no more."""
        if self.server is None:
            return self.first
        if self._last is not None:
            self.server.drop(self._last)
        self._last = self.server.copy(self.first)
        at_home_there(self._last)
        return self._last


def make_site(folder: Path, mailchimp: Emulator, ledgers: Ledgers) -> None:
    """The site after its first look, so that nothing of it is a backlog."""
    (folder / "_events").mkdir(parents=True)
    # So that one that is taken away is not all there was.
    for name in ("garden", "repair", "walk"):
        other = _EVENT.format(title=f"The {name}").replace("2026-12-09", "2027-03-09")
        (folder / "_events" / f"2027-03-09-{name}.md").write_text(other, encoding="utf-8")
    edit(folder, TITLE)
    (folder / "key").write_text(mailchimp.api_key, encoding="utf-8")
    (folder / "key").chmod(0o600)
    configure(folder, mailchimp, ledgers.first)
    app = open_app(folder / "config.yaml", clock=Clock(FIRST_LOOK))
    app.tick()
    app.close()


def edit(folder: Path, title: str) -> None:
    """The event's own file, as an author leaves it."""
    (folder / _PATH).write_text(_EVENT.format(title=title), encoding="utf-8")


def remove(folder: Path) -> None:
    (folder / _PATH).unlink()


def warm_up(site: Path, folder: Path, mailchimp: Emulator, ledgers: Ledgers) -> list[dict[str, str]]:
    """Send it once in this process, so that what is forked from it has imported and compiled everything.

    Returns the requests of a run in which nothing goes wrong, in order.
    """
    copied(site, folder)
    configure(folder, mailchimp, ledgers.copy())
    mailchimp.reset(start=FIRST_LOOK)
    clock = Clock(FIRST_LOOK)
    app = open_app(folder / "config.yaml", clock=clock)
    for moment in MOMENTS[:3]:
        clock.at = moment
        mailchimp.set_clock(moment)
        app.tick()
    app.close()
    return mailchimp.requests()


def configure(folder: Path, mailchimp: Emulator, ledger: str, *, mode: str = "send", timeout: str = "20s") -> None:
    text = _CONFIG.format(
        base_url=mailchimp.base_url, list_id=mailchimp.list_id(), tag=TAG, mode=mode, timeout=timeout, ledger=ledger
    )  # fmt: skip
    (folder / "config.yaml").write_text(text, encoding="utf-8")


def copied(site: Path, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    copied_as_moved(site, folder)
