"""Many documents read by processes of their own: the same readings, whatever becomes of the processes."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from notifier.core.event import Document
from notifier.core.reading import Library, Reading, read_document
from notifier.core.reading.shape import Pick, Shape, Times
from notifier.edges.reading_processes import ReadingProcesses, processors

CONTENT = Path(__file__).resolve().parents[1] / "content"
LIBRARY = Library(projects={"well": "The well"}, until_year=2027)
SHAPE = Shape(
    source="site", site_url="https://www.example.org", timezone="Europe/London", languages=("en", "de", "fr"),
    own=frozenset({"organising"}), page="/events/{stem}/", times=Times(order="day-first"),
    fields={"contact": (Pick(keys=("contact",), table={"Ann": "ann@example.org"}),)},
)  # fmt: skip
#: Answers the first time, and ends.
ONCE = """
import io, sys
from notifier.edges.reading_processes import _received, _send, serve
first, then = _received(sys.stdin.buffer), _received(sys.stdin.buffer)
asks = io.BytesIO()
for message in (first, then):
    _send(asks, message)
asks.seek(0)
serve(asks, sys.stdout.buffer)
"""


@pytest.fixture
def documents() -> list[tuple[Document, Shape]]:
    paths = sorted(CONTENT.glob("*.md"))
    texts = [path.read_bytes() for path in paths] * 6
    return [
        (Document(source="site", path=f"events/{number}.md", data=data, revision=str(number)), SHAPE)
        for number, data in enumerate([*texts, b"\xff", b"---\ntitle: [\n---\n"])
    ]


def read_here(documents: list[tuple[Document, Shape]]) -> list[Reading]:
    return [read_document(document, shape, LIBRARY) for document, shape in documents]


def has_ended(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_processes_read_what_one_would_read_in_the_same_order(documents: list[tuple[Document, Shape]]) -> None:
    there = list(ReadingProcesses(2).read(documents, LIBRARY))

    assert len(documents) > 250
    assert there == read_here(documents)
    assert any(reading.problems for reading in there)
    assert any(event.zone for reading in there for event in reading.events)


@pytest.mark.parametrize(
    "command",
    [["false"], ["notifier-is-not-here"], [sys.executable, "-c", ONCE], [sys.executable, "-c", "print('?' * 20)"]],
    ids=["ends at once", "does not start", "answers once", "answers nonsense"],
)
def test_what_processes_leave_undone_is_read_here(documents: list[tuple[Document, Shape]], command: list[str]) -> None:
    there = list(ReadingProcesses(2, command).read(documents, LIBRARY))

    assert there == read_here(documents)


def test_no_process_outlives_the_reading_even_one_that_is_broken_off(
    documents: list[tuple[Document, Shape]], tmp_path: Path
) -> None:
    pids = tmp_path / "pids"
    command = f"echo $$ >> {pids}; exec {sys.executable} -m notifier.edges.reading_processes"
    readings = ReadingProcesses(2, ["sh", "-c", command]).read(documents, LIBRARY)

    next(readings)
    readings.close()  # type: ignore[attr-defined]  # what it returns is a generator

    started = [int(line) for line in pids.read_text().split()]
    assert len(started) == 2
    assert all(map(has_ended, started))


def test_no_process_of_a_program_that_was_updated_meanwhile_is_asked(
    documents: list[tuple[Document, Shape]], tmp_path: Path
) -> None:
    readers = ReadingProcesses(2, ["touch", str(tmp_path / "began")])
    readers._program = [("core/event.py", 1, 1)]

    there = list(readers.read(documents, LIBRARY))

    assert there == read_here(documents)
    assert not (tmp_path / "began").exists()


def test_there_is_a_processor() -> None:
    assert processors() >= 1
