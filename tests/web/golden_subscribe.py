"""The golden subscribe pages. `python -m tests.web.golden_subscribe` writes the files anew; their difference is to be read."""

from __future__ import annotations

import tempfile
from pathlib import Path

from notifier.app import open_app
from notifier.edges.clock import FixedClock
from notifier.web.subscribing import subscribe_pages
from tests.builders import at

FOLDER = Path(__file__).parent.parent / "golden" / "subscribe"
NOW = "2026-12-01 09:00"

CONFIG = """\
site:
  id: example
  name: Example Commons & Friends
  domain: example.org
  url: https://www.example.org
  public_url: https://www.example.org/pages
  timezone: Europe/London
  language: {language}
  postal_address: Example Commons, 1 Example Street, Exampleton
sources:
  - name: website
    folder: website
    events: [{{preset: jekyll-events, own: {{category: [organising]}}}}]
providers:
  letters: {{type: outbox, folder: outbox}}
audiences:
  newsletter: {{provider: letters, public: true}}
rules:
  day: {{kind: reminder, audiences: [newsletter], when: {{before: 1d, at: "10:00"}}}}
feeds:
{feeds}
ledger: {{url: "sqlite:///notifier.db"}}
"""
SEVERAL = """\
  all: {title: "Everything, <em>really</em> & more", description: "All of it.\\nIn two lines.", colour: rebeccapurple}
  music: {title: Music, only: {topic: [Music]}, formerly: [concerts]}
  board: {title: The board, secret: true}
"""
ONE = "  all: {title: Everything, colour: gold}\n"
#: By file name; everything that a page can show of an event, and what it must not.
EVENTS = {
    "2026-08-01-over": "title: Long over\ndate: 2026-08-01",
    "2026-11-30-off": 'title: Reading\ndate: 2026-12-01\nstart: "18:00"\nstatus: cancelled\ntopics: [Music]',
    "2026-12-02-choir": "title: Choir\ndate: 2026-12-02\nstart: 6pm\nend: 7:30pm\nplace: Example Hall\ntopics: [Music]",
    "2026-12-03-call": "title: Across the sea\ndate: 2026-12-03\nstart: 9am\ntimezone: America/New_York\nplace: Zoom\n"
    "register: https://meet.example.com/all\naccess: open",
    "2026-12-04-board": "title: Board\ndate: 2026-12-04\nstart: 12:00\naccess: invitation\nplace: The secret cellar\n"
    "register: https://meet.example.com/secret-room\nprivate: true",
    "2026-12-05-fair": "title: Fair\ndate: 2026-12-05\nend: 2026-12-06\nplace: Example Green",
    "2026-12-08-hostile": "title: '\"1 < 2 & 3 > 2\", it said'\ndate: 2026-12-08\nurl: javascript:alert(1)",
    "2026-12-09-draft": "title: Not to be known\ndate: 2026-12-09\npublished: false",
    "2026-12-10-night": 'title: Walk\ndate: 2026-12-10\nstart: "00:00"\nend: 12:00\nstatus: tentative',
    **{f"2026-12-{day}-tea": f"title: Tea\ndate: 2026-12-{day}" for day in (11, 12, 13)},
}
SITES = {"several": (SEVERAL, "en"), "one": (ONE, "en-US")}


def written_site(folder: Path, *, feeds: str = SEVERAL, language: str = "en") -> Path:
    """The files of a site with these feeds."""
    (folder / "website" / "_events").mkdir(parents=True)
    (folder / "config.yaml").write_text(CONFIG.format(feeds=feeds, language=language), encoding="utf-8")
    for name, text in EVENTS.items():
        event = f"---\n{text}\ncategory: organising\n---\nAn evening.\n"
        (folder / "website" / "_events" / f"{name}.md").write_text(event, encoding="utf-8")
    return folder


def pages(folder: Path, when: str = NOW) -> dict[str, bytes]:
    """The pages of the site in a folder, as they are at a time."""
    app = open_app(folder / "config.yaml", clock=FixedClock(at(when)), looking=True)
    look = app.ticker.look(app.clock.now())
    archives = frozenset(f"{plan.name}-archive" for plan in look.plan.feeds if plan.past)
    found = subscribe_pages(look, app.settings.rules, archives)
    app.close()
    return found


def golden_pages() -> dict[str, bytes]:
    """Every golden file's name and what must be in it."""
    found: dict[str, bytes] = {}
    for name, (feeds, language) in SITES.items():
        with tempfile.TemporaryDirectory(prefix="notifier-") as scratch:
            site = written_site(Path(scratch) / "site", feeds=feeds, language=language)
            found |= {f"{name}-{file}": page for file, page in pages(site).items()}
    return found


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    for file, content in golden_pages().items():
        (FOLDER / file).write_bytes(content)
