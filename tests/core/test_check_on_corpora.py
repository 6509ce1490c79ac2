"""Checking real announcements: every planted and every real mistake is reported, and hardly anything else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from notifier.core.event import Document, Event
from notifier.core.reading import Library, read_document
from notifier.core.reading.copying import copied
from notifier.core.reading.proposing import proposals
from notifier.core.reading.shape import Shape
from notifier.errors import Problem
from tests.builders import a_time, an_event

CORPORA = Path(__file__).resolve().parents[2] / ".." / "shared" / "corpus"
CORPUS = CORPORA / "connectedbydata"
SHAPE = Shape(
    source="site",
    site_url="https://example.org",
    timezone="Europe/London",
    own=frozenset({"organising"}),
    page="/events/{stem}",
)

#: What a label's trap is called, and the words of the problem that must tell of it. Other traps are no mistakes.
MISTAKES = {
    "duplicate-yaml-key": "stands twice",
    "weekday-mismatch": "does not fit",
    "filename-date-wrong": "The file's name says",
    "malformed-link": "A link is written so that it does not work",
    "empty-link": "leads nowhere",
    "flag-contradiction": "writeup: true",
    "timezone-word: 'EST' in summer": "clocks there are not on EST",
    "place-implies-zone": "because the place is",
    "register-interest": "It is read as open because of",
    "join-link-is-for-whole-conference": "It is read as open because of",
}
#: Not mistakes of the text: what is missing, and what a person is asked to confirm; each named with why it is right.
RIGHT = {
    "No start time is given": "the labels have no start time either",
    "It is read as open because of": "the labels know who may come by inference or judgement only",
}

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="shared corpus is absent")


@pytest.fixture(scope="module")
def labels() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (CORPUS / "labels.jsonl").read_text(encoding="utf-8").splitlines()]


def document(slug: str) -> Document:
    path = f"_events/{slug}.md"
    return Document(source="site", path=path, data=(CORPUS / path).read_bytes(), revision="1")


def problems(slug: str) -> tuple[Problem, ...]:
    return read_document(document(slug), SHAPE).problems


def mistakes(label: dict[str, Any]) -> Iterator[str]:
    """The words that must be among the problems of a file."""
    return (words for name, words in MISTAKES.items() for trap in label["traps"] if trap.startswith(name))


def is_right(problem: Problem, label: dict[str, Any]) -> bool:
    """Whether what is said against a file is so, by its labels."""
    if any(words in problem.what for words in mistakes(label)):
        return True
    if problem.what.startswith("No start time is given"):
        return label["start_time"] is None
    return problem.what.startswith("It is read as open because of") and label["access_confidence"] != "stated"


def test_every_mistake_that_the_labels_name_is_reported(labels: list[dict[str, Any]]) -> None:
    missed = [
        (label["slug"], words)
        for label in labels
        for words in mistakes(label)
        if not any(words in problem.what for problem in problems(label["slug"]))
    ]

    assert missed == []
    assert sum(1 for label in labels for _ in mistakes(label)) >= 19


def test_what_is_said_is_right_but_for_one_file_in_twenty(labels: list[dict[str, Any]]) -> None:
    false = {
        label["slug"]: problem.what
        for label in labels
        for problem in problems(label["slug"])
        if not is_right(problem, label)
    }
    print(f"\nfalse alarms: {len(false)} of {len(labels)} files {false}; right by {RIGHT}")  # noqa: T201 - figures to look at with -s

    assert len(false) <= len(labels) * 0.05


def test_a_clean_file_gets_no_alarm(labels: list[dict[str, Any]]) -> None:
    clean = [label["slug"] for label in labels if label["announce"] == "auto" and not list(mistakes(label))]

    assert [str(problem) for slug in clean for problem in problems(slug)] == []
    assert len(clean) >= 5


def test_every_problem_has_a_place_and_a_remedy(labels: list[dict[str, Any]]) -> None:
    form = re.compile(r"_events/[\w-]+\.md(:\d+)?: (\w+: )?\S.*[.?] \S.*[.?]")
    said = [str(problem) for label in labels for problem in problems(label["slug"])]

    assert [line for line in said if not form.fullmatch(line)] == []
    assert len(said) > 40


def test_what_is_proposed_for_a_file_is_what_a_person_read_there(labels: list[dict[str, Any]]) -> None:
    told = {
        "start": "start_time",
        "end": "end_time",
        "timezone": "timezone",
        "access": "access",
        "register": "join_url",
    }
    wrong, right = [], 0
    for label in labels:
        for problem in proposals(document(label["slug"]), SHAPE, Library(), datetime(2020, 1, 1, tzinfo=UTC)):
            key, _, value = (problem.write or "").partition(": ")
            accepted = [label.get(told.get(key, "")), *label["alternatives"].get(told.get(key, ""), ())]
            if key in told and value.strip('"') not in accepted:
                wrong.append((label["slug"], problem.write))
            right += 1

    assert wrong == []
    assert right >= 20


def _events() -> list[Event]:
    paths = sorted((CORPUS / "_events").glob("*.md"))
    return [event for path in paths for event in read_document(document(path.stem), SHAPE).events]


def test_no_meeting_of_a_real_series_is_taken_for_a_copy() -> None:
    assert [str(problem) for problem in copied(_events())] == []


@pytest.mark.parametrize("site", ["coding-grace", "cloudnative-linz", "lrug"])
def test_other_sites_meetings_are_hardly_ever_taken_for_copies(site: str) -> None:
    """Those of coding-grace that are: one workshop, written down word for word under two titles."""
    rows = json.loads((CORPORA / site / "expected.json").read_text(encoding="utf-8"))
    dated = [_expected(site, row) for row in rows if "T" in (row.get("start") or "")]

    found = copied(dated)

    assert len(found) <= len(dated) * 0.05
    assert {problem.what.partition(" that of")[0] for problem in found} <= {"The text is word for word"}


def _expected(site: str, row: dict[str, Any]) -> Event:
    path = row["source"]
    text = "" if "#" in path else (CORPORA / site / "content" / path).read_text(encoding="utf-8")
    body = text.partition("\n---")[2]
    when = replace(a_time(), starts_at=datetime.fromisoformat(row["start"]))
    return an_event(
        path=path,
        title=row["title"],
        when=when,
        join_url=row.get("registration"),
        body=body,
        summary=body[:300],
        series=None,
    )


def test_a_number_that_is_put_back_by_one_is_noticed_in_a_real_series() -> None:
    rows = json.loads((CORPORA / "cloudnative-linz" / "expected.json").read_text(encoding="utf-8"))
    rows.sort(key=lambda row: row["start"])
    counted = [_expected("cloudnative-linz", row) for row in rows if re.match(r"\d+\. Cloud", row["title"])]

    noticed = [
        bool(copied([*counted[:n], replace(counted[n], title=counted[n - 1].title), *counted[n + 1 :]]))
        for n in range(1, len(counted))
    ]

    assert len(noticed) > 10
    assert all(noticed)
