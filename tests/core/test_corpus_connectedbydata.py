"""Forty-five real announcements against the labels of a careful person: what is stated must be right."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from notifier.core.event import Document, Event, Timed
from notifier.core.reading import read_document
from notifier.core.reading.shape import Shape
from tests.scoring import FIELDS, judged, scored, table

CORPUS = Path(__file__).resolve().parents[2] / ".." / "shared" / "corpus" / "connectedbydata"
SHAPE = Shape(
    source="site",
    site_url="https://example.org",
    timezone="Europe/London",
    own=frozenset({"organising"}),
    page="/events/{stem}",
)

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="shared corpus is absent")


@dataclass(frozen=True, kw_only=True)
class Labelled:
    event: Event
    label: dict[str, Any]

    def accepts(self, field: str, value: object) -> bool:
        return value in (self.label[field], *self.label["alternatives"].get(field, ()))


@pytest.fixture(scope="module")
def labelled() -> list[Labelled]:
    lines = (CORPUS / "labels.jsonl").read_text(encoding="utf-8").splitlines()
    return [Labelled(event=_read(label["slug"]), label=label) for label in map(json.loads, lines)]


def _read(slug: str) -> Event:
    data = (CORPUS / "_events" / f"{slug}.md").read_bytes()
    (event,) = read_document(Document(source="site", path=f"_events/{slug}.md", data=data, revision="1"), SHAPE).events
    return event


def start_of(event: Event) -> str | None:
    return f"{event.when.starts_at:%H:%M}" if isinstance(event.when, Timed) else None


def end_of(event: Event) -> str | None:
    return f"{event.when.ends_at:%H:%M}" if isinstance(event.when, Timed) and event.when.ends_at else None


def wrong(labelled: list[Labelled], field: str, values: list[object]) -> list[str]:
    """The files where a value is stated and isn't one of the accepted ones."""
    unknown = (None, "unknown")
    pairs = zip(labelled, values, strict=True)
    return [one.label["slug"] for one, value in pairs if value not in unknown and not one.accepts(field, value)]


def test_all_files_give_one_event_each(labelled: list[Labelled]) -> None:
    assert len(labelled) == 45


def test_every_start_that_is_stated_is_right(labelled: list[Labelled]) -> None:
    starts = [start_of(one.event) for one in labelled]
    found = [value for value in starts if value]
    print(f"\nstart: {len(found)} stated of {sum(bool(one.label['start_time']) for one in labelled)} in the text")  # noqa: T201 - figures to look at with -s

    assert wrong(labelled, "start_time", list(starts)) == []
    assert len(found) == 21


def test_every_end_that_is_stated_is_right(labelled: list[Labelled]) -> None:
    assert wrong(labelled, "end_time", [end_of(one.event) for one in labelled]) == []


@pytest.mark.parametrize(
    ("field", "attribute"),
    [
        ("timezone", "zone"),
        ("timezone_basis", "zone_basis"),
        ("mode", "mode"),
        ("location", "location"),
        ("join_url", "join_url"),
        ("contact", "contact"),
        ("access", "access"),
        ("role", "role"),
        ("status", "status"),
        ("info_url", "info_url"),
    ],
)
def test_what_is_stated_is_right(labelled: list[Labelled], field: str, attribute: str) -> None:
    values = [getattr(one.event, attribute) for one in labelled]
    stated = sum(value not in (None, "unknown") for value in values)
    print(f"\n{field}: {stated} stated, {len(wrong(labelled, field, values))} wrong")  # noqa: T201 - figures to look at with -s

    assert wrong(labelled, field, values) == []


def test_no_event_by_invitation_is_read_as_open(labelled: list[Labelled]) -> None:
    closed = [one.event for one in labelled if one.label["access"] == "invitation"]

    assert [event.path for event in closed if event.access == "open"] == []
    assert len(closed) == 9


def test_every_event_that_says_invitation_in_words_is_read_so(labelled: list[Labelled]) -> None:
    said = [
        one for one in labelled if one.label["access"] == "invitation" and one.label["access_confidence"] == "stated"
    ]

    assert [one.label["slug"] for one in said if one.event.access != "invitation"] == []


def test_an_event_that_a_person_would_mail_unaided_is_open_timed_and_has_a_way_in(labelled: list[Labelled]) -> None:
    sure = [one.event for one in labelled if one.label["announce"] == "auto"]

    assert [e.path for e in sure if not (isinstance(e.when, Timed) and e.access == "open" and e.join_url)] == []


def test_what_a_person_would_ask_about_or_never_mail_is_not_mailed_unaided(labelled: list[Labelled]) -> None:
    verdicts = [judged(one.event, one.label) for one in labelled]

    assert [one.slug for one in verdicts if (one.got == "auto") != (one.wanted == "auto")] == []


@pytest.mark.parametrize(
    ("field", "least"), [("access", 43), ("mode", 45), ("location", 45), ("join_url", 45), ("info_url", 45)]
)
def test_reading_finds_no_less_than_it_did(labelled: list[Labelled], field: str, least: int) -> None:
    results = [found for one in labelled for found in scored(one.event, one.label) if found.field == field]

    assert sum(found.outcome == "right" for found in results) >= least


def test_the_score_has_a_row_for_each_field_each_grade_and_each_verdict(labelled: list[Labelled]) -> None:
    results = [found for one in labelled for found in scored(one.event, one.label)]
    rows = table(results, [judged(one.event, one.label) for one in labelled]).splitlines()

    assert [row.split("  ")[0] for row in rows[:3]] == ["field", "start_date", "start_time"]
    assert sum(row.startswith("access (") for row in rows) == 2
    assert len(rows) == 1 + len(FIELDS) + 4 + 2 + 3


def test_every_doubt_also_stands_in_the_problems() -> None:
    for path in sorted((CORPUS / "_events").glob("*.md")):
        reading = read_document(Document(source="site", path=path.name, data=path.read_bytes(), revision="1"), SHAPE)
        assert len(reading.problems) >= len(reading.events[0].doubts)
