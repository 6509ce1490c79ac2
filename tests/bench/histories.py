"""The history of a site over years, for measurements: announcements that are written, edited, called off and written over."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from tests.bench.sites import event_text

CONFIG = """\
site: {id: bench, name: Example Commons, domain: example.org, url: "https://www.example.org", timezone: Europe/London,
  postal_address: 1 Example Street}
sources:
  - {name: site, folder: checkout, events: [{preset: jekyll-events, own: {category: [organising]}}]}
providers:
  letters: {type: outbox, folder: outbox}
audiences:
  newsletter: {provider: letters, public: true}
  members: {provider: letters, public: true}
rules:
  announce: {kind: announcement, audiences: [newsletter, members]}
  week: {kind: reminder, audiences: [newsletter], when: {before: 7d, at: "10:00"}}
  day: {kind: reminder, audiences: [newsletter, members], when: {before: 1d, at: "10:00"}}
  hours: {kind: reminder, audiences: [members], when: {before: 2h}}
  change: {kind: change, audiences: [newsletter, members]}
  cancel: {kind: cancellation, audiences: [newsletter, members]}
  month: {kind: digest, audiences: [newsletter], cron: "30 9 1 * *"}
feeds:
  all: {title: Everything}
"""
#: Events a year, and the first of them.
_A_YEAR = 50
_FIRST = date(2021, 3, 2)
#: What became of a file at an instant: its path and its text, and all that changed with it.
Edit = tuple[datetime, dict[str, str]]


def make_history(folder: Path, years: int) -> int:
    """A repository with so many years, below its config.yaml; returns how many commits it has."""
    edits = sorted(_edits(years), key=lambda edit: edit[0])
    checkout = folder / "checkout"
    subprocess.run(["git", "init", "--quiet", "-b", "main", checkout], check=True)
    feed = b"".join(_commit(number, *edit) for number, edit in enumerate(edits))
    subprocess.run(["git", "-C", checkout, "fast-import", "--quiet"], check=True, input=feed)
    (folder / "config.yaml").write_text(CONFIG, encoding="utf-8")
    return len(edits)


def _edits(years: int) -> Iterator[Edit]:
    """Four commits for each event, and once a year one that adds a line to every file that is there."""
    last: list[tuple[datetime, str, str]] = []
    for number in range(_A_YEAR * years):
        day = _FIRST + timedelta(days=365 * number // _A_YEAR)
        for at, path, text in _life(number, day):
            last.append((at, path, text))
            yield at, {path: text}
    for year in range(_FIRST.year + 1, _FIRST.year + years + 1):
        at = datetime(year, 1, 15, 11, 7, tzinfo=UTC)
        files = {path: text for when, path, text in sorted(last) if when < at}
        yield at, {path: text.replace("---\n", f"---\nseason: {year}\n", 1) for path, text in files.items()}


def _life(number: int, day: date) -> Iterator[tuple[datetime, str, str]]:
    """An event's file from five weeks before it until two after."""
    path, text = f"_events/{day:%Y-%m-%d}-{number}.md", event_text(number, day)
    begins = datetime.combine(day, time(9, number % 60), tzinfo=UTC)
    yield begins - timedelta(days=35 - number % 9), path, text
    text = text.replace("their", "our")
    yield begins - timedelta(days=30 - number % 9), path, text
    if number % 15 == 7:
        text = text.replace("title: ", "status: cancelled\ntitle: ", 1)
    elif number % 4 == 1:
        text = text.replace("The Old Exchange", "The New Exchange")
    else:
        text += "\nBring a friend.\n"
    yield begins - timedelta(days=9 - number % 5), path, text
    yield begins + timedelta(days=8 + number % 9), path, text + f"\n{number} people came, and this is what they said.\n"


def _commit(number: int, at: datetime, files: dict[str, str]) -> bytes:
    stamp = f"{int(at.timestamp())} +0000"
    head = f"commit refs/heads/main\nauthor A <a@example.org> {stamp}\ncommitter A <a@example.org> {stamp}\n"
    rows = [f"{head}data 4\nEdit\n".encode()]
    for path, text in files.items():
        content = text.encode()
        rows.append(f"M 100644 inline {path}\ndata {len(content)}\n".encode() + content + b"\n")
    return b"".join(rows)
