"""What a repository says of renames and revisions comes with the content, by source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from notifier.config import SourceSettings
from notifier.config.settings import Group
from notifier.core.event import Document
from notifier.core.reading.shape import Shape
from notifier.ports import Snapshot
from notifier.tick.reader import Reader
from tests.builders import at

NOW = at("2026-11-26 09:00")
TEXT = b"---\ntitle: Fair\ndate: 2026-12-09\n---\nText\n"


@dataclass
class Repository:
    """Holds one file, which has another name since the revision `old`."""

    name: str
    keeps_revisions: bool = True
    asked: list[str | None] = field(default_factory=list)

    def read(self, known: Mapping[str, Document], since: str | None = None) -> Snapshot:
        self.asked.append(since)
        document = Document(source=self.name, path="events/new.md", data=TEXT, revision="1")
        return Snapshot(
            documents=(known.get("events/new.md", document),), revision="new", keeps_revisions=self.keeps_revisions,
            renames={"events/new.md": "events/old.md"} if since == "old" else {},
        )  # fmt: skip


def a_reader(*sources: Repository) -> Reader:
    shape = Shape(source="site", site_url="https://example.org", timezone="Europe/London", fields={})
    group = Group(files=("events/*.md",), exclude=(), shape=shape, references=())
    one = SourceSettings(name="site", folder=Path(), git=None, groups=(group,), projects=(), vanished="hold")
    return Reader(tuple((replace(one, name=source.name), source) for source in sources))


def test_each_source_is_asked_for_renames_since_its_own_revision() -> None:
    site, folder = Repository(name="site"), Repository(name="folder", keeps_revisions=False)
    content = a_reader(site, folder).read(NOW, {"site": "old"})
    assert (site.asked, folder.asked) == (["old"], [None])
    assert content.renames == {"site": {"events/new.md": "events/old.md"}}
    assert content.revisions == {"site": "new"}


def test_content_is_the_same_until_renames_are_told_no_longer() -> None:
    reader = a_reader(Repository(name="site"))
    first = reader.read(NOW, {"site": "old"})
    assert reader.read(NOW, {"site": "old"}) is first
    after = reader.read(NOW, {"site": "new"})
    assert (after.renames, after.events) == ({}, first.events)
