"""docs/content.md tells the truth: every key and every code, and its example reads as it says."""

from __future__ import annotations

import re
from pathlib import Path

from notifier.core.event import Document, Timed
from notifier.core.reading import read_document
from notifier.core.reading.mapped import KNOWN
from notifier.core.reading.shape import Shape

ROOT = Path(__file__).resolve().parents[2]
DOCS = (ROOT / "docs" / "content.md").read_text(encoding="utf-8")
SHAPE = Shape(source="site", site_url="https://example.org", timezone="Europe/London")


def table(heading: str) -> set[str]:
    part = DOCS.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return {
        name for row in re.findall(r"^\| (`[^|]*) \|", part, re.MULTILINE) for name in re.findall(r"`([^`]+)`", row)
    }


def test_every_key_is_documented_and_every_documented_key_is_read() -> None:
    assert table("Keys") | {"projects"} == set(KNOWN)


def test_every_code_of_a_doubt_is_documented_and_no_other() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "notifier" / "core" / "reading").glob("*.py")]
    codes = {code for source in sources for code in re.findall(r"\.doubt\(\s*\"([a-z-]+)\"", source)}

    assert table("Problems, and what to write") == codes | {"unreadable-start", "unreadable-end"}


def test_the_example_reads_as_the_page_says() -> None:
    example = DOCS.split("```markdown\n", 1)[1].split("```", 1)[0]
    document = Document(source="site", path="2026-10-14-evening.md", data=example.encode(), revision="1")

    (event,) = read_document(document, SHAPE).events

    assert isinstance(event.when, Timed)
    assert event.when.starts_at.isoformat() == "2026-10-14T19:00:00+01:00"
    assert (event.mode, event.access, event.join_url) == ("online", "open", "https://tickets.example.org/allotment")
    assert event.doubts == ()
