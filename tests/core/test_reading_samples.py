"""Every oddity of real content as a document of our own, in tests/content/, with its expected reading beside it.

After a wanted change write the new readings with `python -m tests.core.test_reading_samples` and look at the diff.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from notifier.core.event import AllDay, Document, Event, Timed, When
from notifier.core.reading import read_document
from notifier.core.reading.shape import Shape

CONTENT = Path(__file__).resolve().parents[1] / "content"
LANGUAGES = ("en", "de", "fr", "es", "it")
SHAPE = Shape(source="content", site_url="https://example.org", timezone="Europe/London", languages=LANGUAGES)
EXPECTED = CONTENT / "expected.json"


def samples() -> list[str]:
    return sorted(path.stem for path in CONTENT.glob("*.md"))


def read(stem: str) -> dict[str, Any]:
    data = (CONTENT / f"{stem}.md").read_bytes()
    reading = read_document(Document(source="content", path=f"{stem}.md", data=data, revision="1"), SHAPE)
    return {
        "events": [_told(event) for event in reading.events],
        "problems": [f"{problem.severity} {problem}" for problem in reading.problems],
        "broken": bool(reading.broken),
    }


def _told(event: Event) -> dict[str, Any]:
    """What differs from an event of which nothing is known."""
    told = {
        "title": event.title,
        "when": _when(event.when),
        "zone": event.zone and f"{event.zone} ({event.zone_basis})",
        "mode": event.mode,
        "location": event.location,
        "join_url": event.join_url,
        "info_url": event.info_url,
        "contact": event.contact,
        "access": event.access,
        "status": event.status,
        "uid": event.explicit_uid,
        "private": sorted(event.private),
        "summary": event.summary,
        "doubts": [doubt.code for doubt in event.doubts],
    }
    return {field: value for field, value in told.items() if value not in (None, "unknown", "scheduled", [])}


def _when(when: When | None) -> str | None:
    match when:
        case AllDay(first=first, last=last):
            return str(first) if first == last else f"{first} to {last}"
        case Timed(starts_at=start, ends_at=end):
            return start.isoformat() + (f" to {end.isoformat()}" if end else "")
        case None:
            return None


@pytest.mark.parametrize("stem", samples())
def test_the_sample_reads_as_expected(stem: str) -> None:
    assert read(stem) == json.loads(EXPECTED.read_text(encoding="utf-8"))[stem]


def test_every_expected_reading_has_its_sample() -> None:
    assert sorted(json.loads(EXPECTED.read_text(encoding="utf-8"))) == samples()


@pytest.mark.parametrize("stem", samples())
def test_every_doubt_stands_in_the_problems_with_a_remedy(stem: str) -> None:
    data = (CONTENT / f"{stem}.md").read_bytes()
    reading = read_document(Document(source="content", path=f"{stem}.md", data=data, revision="1"), SHAPE)
    remedies = [problem.hint.casefold() for problem in reading.problems]

    assert all(problem.hint for problem in reading.problems)
    assert all(any(doubt.text.casefold().endswith(hint) for hint in remedies) for doubt in reading.events[0].doubts)


if __name__ == "__main__":
    readings = {stem: read(stem) for stem in samples()}
    EXPECTED.write_text(json.dumps(readings, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
