"""How well reading does on labelled announcements: `python -m tests.scoring` (with `-v` each difference too).

A value is right if it is the label's or one of its `alternatives`, absent if nothing was read where the label has
a value, else wrong. Fields that the labels grade (stated, inferred, judgement) have a row for each grade.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from notifier.core.clearance import Verdict, clear
from notifier.core.event import AllDay, Document, Event, Timed
from notifier.core.reading import read_document
from notifier.core.reading.shape import Shape

CORPUS = Path(__file__).resolve().parents[1] / ".." / "shared" / "corpus" / "connectedbydata"
SHAPE = Shape(
    source="site", site_url="https://example.org", timezone="Europe/London", own=frozenset({"organising"}),
    page="/events/{stem}",
)  # fmt: skip
FIELDS = (
    "start_date", "start_time", "end_time", "timezone", "mode", "location", "access", "join_url", "info_url", "contact",
    "role", "status",
)  # fmt: skip
_OUTCOMES = ("right", "wrong", "absent")
_VERDICTS: tuple[Verdict, ...] = ("auto", "ask", "never")
_NOTHING = (None, "unknown")


@dataclass(frozen=True, kw_only=True)
class Scored:
    """One field of one file: what was read, what is accepted, and how sure the label is."""

    slug: str
    field: str
    grade: str
    got: object
    accepted: tuple[object, ...]

    @property
    def outcome(self) -> str:
        if self.got in self.accepted:
            return "right"
        return "absent" if self.got in _NOTHING else "wrong"


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A file's clearance a day before its event, towards everybody, and the label's."""

    slug: str
    got: Verdict
    wanted: str


def labels() -> list[dict[str, Any]]:
    lines = (CORPUS / "labels.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def read(slug: str) -> Event:
    data = (CORPUS / "_events" / f"{slug}.md").read_bytes()
    document = Document(source="site", path=f"_events/{slug}.md", data=data, revision="1")
    (event,) = read_document(document, SHAPE).events
    return event


def scored(event: Event, label: dict[str, Any]) -> Iterator[Scored]:
    """Every field of one file against its label."""
    for field in FIELDS:
        yield Scored(
            slug=label["slug"], field=field, grade=label.get(f"{field}_confidence") or "", got=_told(event, field),
            accepted=(label[field], *label["alternatives"].get(field, ())),
        )  # fmt: skip


def judged(event: Event, label: dict[str, Any]) -> Judged:
    """The clearance of one file against its label; an event that must not be announced is one never to be mailed."""
    now = _start(event) - timedelta(days=1)
    verdict = clear(event, public=True, now=now, zone=SHAPE.timezone).verdict
    return Judged(slug=label["slug"], got=verdict, wanted={"no": "never"}.get(label["announce"], label["announce"]))


def _told(event: Event, field: str) -> object:
    start, end = (event.when.starts_at, event.when.ends_at) if isinstance(event.when, Timed) else (None, None)
    match field:
        case "start_date":
            return f"{_start(event):%Y-%m-%d}"
        case "start_time":
            return start and f"{start:%H:%M}"
        case "end_time":
            return end and f"{end:%H:%M}"
        case "timezone":
            return event.zone
        case _:
            return getattr(event, field)


def _start(event: Event) -> datetime:
    match event.when:
        case Timed(starts_at=start):
            return start
        case AllDay(first=first):
            return datetime(first.year, first.month, first.day, tzinfo=UTC)
        case None:
            raise ValueError(f"{event.path} has no date")


def table(results: list[Scored], verdicts: list[Judged]) -> str:
    """Both tables as text."""
    counts = Counter((one.field, one.outcome) for one in results)
    grades = Counter((f"{one.field} ({one.grade})", one.outcome) for one in results if one.grade)
    cleared = Counter((one.wanted, one.got) for one in verdicts)
    graded = sorted({name for name, _ in grades})
    rows = [("field", *_OUTCOMES), *((name, *(counts[name, o] for o in _OUTCOMES)) for name in FIELDS)]
    rows += [(name, *(grades[name, o] for o in _OUTCOMES)) for name in graded]
    rows += [("", "", "", ""), ("wanted / cleared as", *_VERDICTS)]
    rows += [(wanted, *(cleared[wanted, got] for got in _VERDICTS)) for wanted in _VERDICTS]
    return "\n".join(f"{row[0]:<24}" + "".join(f"{cell:>8}" for cell in row[1:]) for row in rows)


def differences(results: list[Scored], verdicts: list[Judged]) -> str:
    """Each field and verdict that isn't as labelled, one a line."""
    lines = [
        f"{r.slug}: {r.field}: {r.outcome}: {r.got!r}, wanted {r.accepted!r}" for r in results if r.outcome != "right"
    ]
    lines += [f"{v.slug}: clearance: {v.got}, wanted {v.wanted}" for v in verdicts if v.got != v.wanted]
    return "\n".join(lines)


def main() -> None:
    """Print the tables."""
    if not CORPUS.is_dir():
        sys.exit(f"{CORPUS}: the labelled announcements are not there. Put the folder shared beside the checkout.")
    pairs = [(read(label["slug"]), label) for label in labels()]
    results = [one for event, label in pairs for one in scored(event, label)]
    verdicts = [judged(event, label) for event, label in pairs]
    parts = [table(results, verdicts)]
    if "-v" in sys.argv[1:]:
        parts.insert(0, differences(results, verdicts) + "\n")
    print("\n".join(parts))  # noqa: T201 - a command's output


if __name__ == "__main__":
    main()
