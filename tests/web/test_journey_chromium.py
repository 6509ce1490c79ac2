"""A person's first morning with the console, whole, in a real browser: by keyboard alone, with JavaScript off.

The site has an outbox for the board and an emulated Mailchimp account for everybody else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from notifier.app import App, open_app
from notifier.desk import people
from notifier.edges.browser import installed
from notifier.web import build
from tests.builders import at
from tests.mailchimp.control import Emulator, emulator
from tests.web.browsing import Walker, served, walker
from tests.web.entering import PASSWORD
from tests.web.pictures import keep

pytestmark = [
    pytest.mark.skipif(installed() is None, reason="chromium is not installed"),
    pytest.mark.timeout(300),
]

BEGIN = at("2026-12-07 09:00")
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
  - {{name: website, folder: website, events: [{{preset: jekyll-events, own: {{category: [organising]}}}}]}}
providers:
  papers: {{type: outbox, folder: outbox}}
  letters: {{type: mailchimp, api_key: {{file: key}}, base_url: "{base_url}", mode: send}}
audiences:
  board: {{provider: papers}}
  newsletter: {{provider: letters, public: true, list: "{list_id}", tag: board, at_most: 20}}
rules:
  day: {{kind: reminder, audiences: [board], when: {{before: 1d, at: "10:00"}}}}
feeds:
  team: {{title: The team's calendar, secret: true}}
sending: {{live: true, per_day: 9}}
secret_key: {{file: secret_key}}
ledger: {{url: "sqlite:///notifier.db"}}
"""
EVENT = """\
---
title: Choir evening
date: 2026-12-09
{start}category: organising
access: open
---
An evening for everybody.
"""


@dataclass(slots=True)
class Morning:
    """The site, its account at Mailchimp, and the person before the screen."""

    site: App
    folder: Path
    mailchimp: Emulator
    window: Walker
    place: str
    width: int

    def event(self, start: str) -> None:
        (self.folder / "website" / "_events" / "2026-12-09-choir.md").write_text(
            EVENT.format(start=start), encoding="utf-8"
        )

    def passes(self, **length: float) -> None:
        """So much time passes, and a tick comes after it."""
        self.mailchimp.advance(timedelta(**length).total_seconds())
        self.site.tick()

    def goes(self, page: str, until: str) -> None:
        self.window.go(self.place + page, width=self.width)
        self.window.reads(until)

    def presses(self, name: str, until: str) -> None:
        self.window.tabs_to(name)
        self.window.enter()
        self.window.reads(until)

    def fills(self, name: str, text: str) -> None:
        self.window.tabs_to(name)
        self.window.types(text)

    def sees(self, name: str) -> None:
        """Nothing is wider than the screen; a picture is kept of what is there now."""
        assert not self.window.is_wider_than_its_window(), name
        keep(self.window, f"journey-{self.width}-{name}")


@pytest.fixture(params=[375, 1280])
def morning(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Morning]:
    with emulator(start=BEGIN) as mailchimp:
        config = CONFIG.format(base_url=mailchimp.base_url, list_id=mailchimp.list_id())
        (tmp_path / "website" / "_events").mkdir(parents=True)
        for name, text in (("config.yaml", config), ("key", mailchimp.api_key), ("secret_key", "s" * 43)):
            (tmp_path / name).write_text(text, encoding="utf-8")
            (tmp_path / name).chmod(0o600)
        site = open_app(tmp_path / "config.yaml", clock=mailchimp)
        site.tick()
        with served(build(site)) as place, walker(tmp_path) as window:
            yield Morning(site, tmp_path, mailchimp, window, place, request.param)
        site.close()
        assert mailchimp.violations() == []


def test_a_person_finds_mends_sends_takes_back_and_gives_addresses(morning: Morning) -> None:
    enters(morning)
    finds_why_and_mends(morning)
    sends(morning, "board")
    sends(morning, "newsletter")
    takes_one_back(morning)
    cancels_one(morning)
    gives_and_replaces_an_address(morning)
    [sent] = morning.mailchimp.outbox()
    assert (sent["subject"], len(sent["recipients"])) == ("To the newsletter", 10)
    papers = [path.name.split("-")[-2] for path in (morning.folder / "outbox").iterdir() if path.is_dir()]
    assert papers == ["one_off"]


def enters(morning: Morning) -> None:
    made = people.first_link(morning.site)
    assert made is not None
    morning.goes(made.path, "Your name")
    morning.window.types("Anna")
    morning.fills("New password", PASSWORD)
    morning.fills("The same once more", PASSWORD)
    morning.presses("Make the account", "The next 30 days")
    morning.sees("1-first-account")


def finds_why_and_mends(morning: Morning) -> None:
    morning.event(start="")
    morning.passes(minutes=3)
    morning.goes("/", "No start time is given")
    morning.sees("2-held")
    morning.event(start='start: "18:00"\n')
    morning.passes(minutes=3)
    morning.goes("/", "Choir evening")
    assert "No start time is given" not in morning.window.text()
    morning.presses("Choir evening", "What was read")
    morning.goes("/outbox", "Choir evening")
    morning.presses("Choir evening", "Approve")
    morning.presses("Approve", "Note")
    morning.presses("Approve: goes out", "Anna approved it")
    morning.sees("3-approved")


def looked(morning: Morning, audience: str, subject: str, *, is_later: bool = False) -> None:
    morning.goes("/send", "Send one mail by hand")
    morning.window.tabs_to("To")
    letter = audience[0]
    morning.window.press(letter, ord(letter.upper()), letter)
    morning.fills("Subject", subject)
    morning.fills("Your text", "We meet at **number four**.")
    if is_later:
        at_noon(morning.window)
    morning.presses("Look at it", "Is this what should go out?")
    morning.sees(f"4-look-{audience}")


def at_noon(window: Walker) -> None:
    """8 January 2027, 12:00, part by part, as this browser takes it. A year may have more digits than four."""
    window.tabs_to("When")
    for key in "01082027":
        window.press(key, ord(key), key)
    window.press("Tab", 9)
    for key in "1200P":
        window.press(key, ord(key), key)


def confirms(morning: Morning, audience: str) -> str:
    """Where one can look at it afterwards."""
    morning.fills(f"Type {audience} to confirm", audience)
    morning.presses(f"Send to {audience}", "What was asked for")
    return str(morning.window.value("location.pathname"))


def sends(morning: Morning, audience: str) -> None:
    looked(morning, audience, f"To the {audience}")
    page = confirms(morning, audience)
    for _ in range(3):
        morning.passes(minutes=5)
    morning.goes(page, "It went out")
    morning.sees(f"5-sent-{audience}")


def takes_one_back(morning: Morning) -> None:
    looked(morning, "newsletter", "Too early")
    confirms(morning, "newsletter")
    morning.presses("Take it back: nothing goes out", "It was taken back, and is never sent.")
    morning.passes(minutes=6)
    morning.sees("6-taken-back")


def cancels_one(morning: Morning) -> None:
    looked(morning, "board", "At noon", is_later=True)
    page = confirms(morning, "board")
    morning.passes(hours=2)
    morning.goes("/outbox", "At noon")
    morning.presses("At noon", "Hold")
    morning.presses("Skip: the one off", "Note")
    morning.presses("Skip: ", "Anna skipped it")
    morning.goes(page, "It was taken back, and is never sent.")
    morning.sees("7-cancelled")


def gives_and_replaces_an_address(morning: Morning) -> None:
    morning.goes("/feeds", "Secret feeds")
    morning.presses("Give an address", "Who will have it")
    morning.fills("Who will have it", "The screen in the hall")
    morning.presses("Make the address", "It is shown this once")
    morning.goes("/feeds", "The screen in the hall")
    morning.presses("Replace: the address of The screen in the hall", "opens nothing any more")
    morning.presses("Replace: the old address opens nothing", "opens nothing any more")
    morning.sees("8-replaced")
