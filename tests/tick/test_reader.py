"""What reading remembers between ticks, and when it has to read again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from notifier.config import SourceSettings
from notifier.config.settings import Group
from notifier.core.event import Document
from notifier.core.reading import Library, Reading, read_document
from notifier.core.reading.shape import Pick, Reference, Shape
from notifier.edges.folder import FolderSource
from notifier.tick.reader import Reader
from tests.builders import at

NOW = at("2026-11-26 09:00")
AT_A_PLACE = {"place": (Pick(keys=("at",), reference=Reference(file="places/{value}.md")),)}
TRANSLATED = {"same": (Pick(path=r"([a-z]+)\.\w+\.md"),), "language": (Pick(path=r"\.(\w+)\.md"),)}


def a_reader(folder: Path, fields: Mapping[str, tuple[Pick, ...]], *, references: Sequence[str] = ()) -> Reader:
    shape = Shape(source="site", site_url="https://example.org", timezone="Europe/London", fields=fields)
    group = Group(files=("events/*.md",), exclude=(), shape=shape, references=tuple(references))
    settings = SourceSettings(name="site", folder=folder, git=None, groups=(group,), projects=(), vanished="hold")
    source = FolderSource(name="site", folder=folder, files=[*group.files, *references])
    return Reader(((settings, source),), languages=("de",))


def a_data_reader(folder: Path) -> Reader:
    shape = Shape(source="site", site_url="https://example.org", timezone="Europe/London", format="data")
    group = Group(files=("events/*.yml",), exclude=(), shape=shape)
    settings = SourceSettings(name="site", folder=folder, git=None, groups=(group,), projects=(), vanished="hold")
    return Reader(((settings, FolderSource(name="site", folder=folder, files=group.files)),), languages=("en",))


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_an_event_takes_its_place_from_another_file_and_follows_it(tmp_path: Path) -> None:
    write(tmp_path / "events" / "fair.md", "---\ntitle: Fair\ndate: 2026-12-09\nat: hall\n---\nText\n")
    write(tmp_path / "places" / "hall.md", "---\ntitle: Town hall\n---\n")
    reader = a_reader(tmp_path, AT_A_PLACE, references=["places/*.md"])

    before = reader.read(NOW).events
    write(tmp_path / "places" / "hall.md", "---\ntitle: New town hall\n---\n")
    after = reader.read(NOW).events

    assert [event.location for event in (*before, *after)] == ["Town hall", "New town hall"]


def test_a_place_that_is_nowhere_is_a_problem_with_what_to_do(tmp_path: Path) -> None:
    write(tmp_path / "events" / "fair.md", "---\ntitle: Fair\ndate: 2026-12-09\nat: hal\n---\nText\n")

    content = a_reader(tmp_path, AT_A_PLACE, references=["places/*.md"]).read(NOW)

    assert (
        "events/fair.md:4: at: “hal” is not found in places/{value}.md. Correct the value, or add what it names there."
        in [str(problem) for problem in content.problems]
    )


def test_a_referred_file_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    write(tmp_path / "places" / "hall.md", "---\ntitle: Town hall\n")
    (tmp_path / "events").mkdir()

    content = a_reader(tmp_path, AT_A_PLACE, references=["places/*.md"]).read(NOW)

    assert [problem.path for problem in content.problems] == ["places/hall.md"]


def test_translations_are_one_event_in_the_sites_language(tmp_path: Path) -> None:
    for language in ("de", "en"):
        write(tmp_path / "events" / f"fair.{language}.md", f"---\ntitle: {language}\ndate: 2026-12-09\n---\nText\n")

    content = a_reader(tmp_path, TRANSLATED).read(NOW)

    assert [(event.title, event.place) for event in content.events] == [("de", ("site", "#fair"))]


def test_the_same_content_is_the_same_object_until_the_year_turns(tmp_path: Path) -> None:
    write(tmp_path / "events" / "fair.md", "---\ntitle: Fair\ndate: 2026-12-09\n---\nText\n")
    reader = a_reader(tmp_path, {})

    first = reader.read(NOW)

    assert reader.read(NOW) is first
    assert reader.read(at("2027-01-01 00:00")) is not first


def test_another_year_brings_more_of_what_comes_back_and_leaves_all_else_as_it_is(tmp_path: Path) -> None:
    write(tmp_path / "events" / "fair.md", "---\ntitle: Fair\ndate: 2026-12-09\nstart: '18:00'\n---\nText\n")
    write(
        tmp_path / "events" / "walk.md",
        "---\ntitle: Walk\ndate: 2026-12-09\nstart: '10:00'\nrecurrence: FREQ=MONTHLY\n---\nText\n",
    )
    reader = a_reader(tmp_path, {})

    before = {event.path: event for event in reader.read(NOW).events}
    after = {event.path: event for event in reader.read(at("2027-01-01 00:00")).events}

    assert after["events/fair.md"] is before["events/fair.md"]
    assert len(after) == len(before) + 12


def test_of_a_file_of_many_events_only_the_entry_that_changed_is_read_again(tmp_path: Path) -> None:
    entries = [f"- title: Choir {n}\n  date: 2026-12-0{n}\n  at: hall\n" for n in (1, 2, 3)]
    write(tmp_path / "events" / "all.yml", "".join(entries))
    reader = a_data_reader(tmp_path)

    before = reader.read(NOW).events
    write(tmp_path / "events" / "all.yml", "".join(entries[:2]) + entries[2].replace("Choir 3", "Winter choir"))
    after = reader.read(NOW).events

    assert [old is new for old, new in zip(before, after, strict=True)] == [True, True, False]
    assert after == a_data_reader(tmp_path).read(NOW).events
    assert after[2].title == "Winter choir"


class Several:
    """Reads as many as it is given, and notes how many those were."""

    def __init__(self) -> None:
        self.given: list[int] = []

    def read(self, documents: Sequence[tuple[Document, Shape]], library: Library) -> Iterator[Reading]:
        self.given.append(len(documents))
        return (read_document(document, shape, library) for document, shape in documents)


def test_many_new_documents_are_read_together_and_what_changes_then_one_by_one(tmp_path: Path) -> None:
    folder, several = tmp_path / "events", Several()
    for number in range(4):
        write(folder / f"{number}.md", f"---\ntitle: Fair {number}\ndate: 2026-12-09\n---\nText\n")
    reader = replace(a_reader(tmp_path, {}), readers=several, many=4)

    before = reader.read(NOW).events
    write(folder / "2.md", "---\ntitle: Ball\ndate: 2026-12-09\n---\nText\n")
    after = reader.read(NOW).events

    assert [event.title for event in before] == ["Fair 0", "Fair 1", "Fair 2", "Fair 3"]
    assert [event.title for event in after] == ["Fair 0", "Fair 1", "Ball", "Fair 3"]
    assert several.given == [4]


def test_a_few_new_documents_are_read_here(tmp_path: Path) -> None:
    several = Several()
    write(tmp_path / "events" / "fair.md", "---\ntitle: Fair\ndate: 2026-12-09\n---\nText\n")

    content = replace(a_reader(tmp_path, {}), readers=several, many=2).read(NOW)

    assert [event.title for event in content.events] == ["Fair"]
    assert several.given == []


def test_all_are_read_together_again_when_what_they_refer_to_changes(tmp_path: Path) -> None:
    several = Several()
    for number in range(3):
        write(tmp_path / f"events/{number}.md", "---\ntitle: Fair\ndate: 2026-12-09\nat: hall\n---\nText\n")
    write(tmp_path / "places/hall.md", "---\ntitle: Town hall\n---\n")
    reader = replace(a_reader(tmp_path, AT_A_PLACE, references=["places/*.md"]), readers=several, many=3)

    reader.read(NOW)
    write(tmp_path / "places/hall.md", "---\ntitle: New town hall\n---\n")
    after = reader.read(NOW).events

    assert {event.location for event in after} == {"New town hall"}
    assert several.given == [3, 3]
