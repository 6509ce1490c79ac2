"""Real sites: what is proposed for them, unedited, reads nearly every start as a careful person did."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest

from notifier.core.event import AllDay, Document, Event, Timed
from notifier.core.proposal import propose
from notifier.core.reading import read_document

CORPUS = Path(__file__).resolve().parents[2] / ".." / "shared" / "corpus"

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="shared corpus is absent")


def documents(folder: Path) -> list[Document]:
    found = sorted(path for path in folder.rglob("*") if path.suffix in (".md", ".yml", ".json", ".erb"))
    return [
        Document(source="site", path=path.relative_to(folder).as_posix(), data=path.read_bytes(), revision="1")
        for path in found
        if path.name not in ("expected.json", "labels.jsonl")
    ]


def events(folder: Path) -> Iterator[tuple[str, Event]]:
    """Every event that the proposal reads, by its file's path, or its title where one file holds them all."""
    held = documents(folder)
    for group in propose(held).groups:
        for document in held:
            if group.shape.format == "data" and document.path not in group.files:
                continue
            for event in read_document(document, group.shape).events:
                yield event.title if group.shape.format == "data" else document.path, event


def start_of(event: Event | None) -> str | None:
    match event.when if event else None:
        case Timed(starts_at=at):
            return f"{at.astimezone(UTC):%Y-%m-%dT%H:%MZ}"
        case AllDay(first=day):
            return day.isoformat()
        case _:
            return None


def expected(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((CORPUS / name / "expected.json").read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("name", ["coding-grace", "lrug"])
def test_nearly_every_start_is_read(name: str) -> None:
    read = dict(events(CORPUS / name / "content"))

    wanted = expected(name)
    right = [one for one in wanted if start_of(read.get(one["source"])) == one["start_utc"]]

    assert len(right) >= 0.95 * len(wanted)


def test_where_no_file_tells_a_time_every_day_is_read() -> None:
    read = dict(events(CORPUS / "cloudnative-linz" / "content"))

    wanted = expected("cloudnative-linz")

    assert [start_of(read.get(one["title"])) for one in wanted] == [one["start"][:10] for one in wanted]


def test_every_labelled_start_is_read() -> None:
    read = dict(events(CORPUS / "connectedbydata"))
    lines = (CORPUS / "connectedbydata" / "labels.jsonl").read_text(encoding="utf-8").splitlines()

    labels = [json.loads(line) for line in lines]
    right = [label for label in labels if _agrees(read[f"_events/{label['slug']}.md"], label)]

    assert len(right) >= 0.95 * len(labels)


def _agrees(event: Event, label: dict[str, Any]) -> bool:
    start = f"{event.when.starts_at:%H:%M}" if isinstance(event.when, Timed) else None
    return start in (label["start_time"], *label["alternatives"].get("start_time", ()))
