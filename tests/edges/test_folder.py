"""A folder of content as people leave it: what is read, what is refused, and what is never followed."""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random

import pytest

from notifier.core.event import Document
from notifier.edges.folder import LARGEST, FolderSource
from notifier.errors import Problem, UserError
from notifier.ports import Snapshot, Source
from tests.edges.conftest import Unprivileged


class Stopwatch:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A content folder with one event, inside of a folder that is not content."""
    content = tmp_path / "content"
    write(content / "_events" / "one.md")
    return content


def write(path: Path, text: str = "---\ntitle: One\n---\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def read(folder: Path, *files: str, exclude: tuple[str, ...] = ()) -> Snapshot:
    source: Source = FolderSource(name="website", folder=folder, files=files or ("_events/*.md",), exclude=exclude)
    return source.read({})


def paths(snapshot: Snapshot) -> list[str]:
    return [document.path for document in snapshot.documents]


def only_problem(snapshot: Snapshot) -> Problem:
    (problem,) = snapshot.problems
    assert snapshot.unreadable == {problem.path}
    assert paths(snapshot) == ["_events/one.md"]
    return problem


def test_a_document_is_its_bytes_and_their_hash(folder: Path) -> None:
    (folder / "_events" / "one.md").write_bytes(b"\xff\x00 binary junk\r\n")
    (document,) = read(folder).documents
    assert document == Document(
        source="website",
        path="_events/one.md",
        data=b"\xff\x00 binary junk\r\n",
        revision=hashlib.sha256(b"\xff\x00 binary junk\r\n").hexdigest(),
    )


FILES = ("a.md", "_events/one.md", "_events/b.txt", "_events/2026/c.md", "_events/2026/deep/d.md", "_events/.e.md")


@pytest.mark.parametrize(
    ("patterns", "exclude", "expected"),
    [
        (["*.md"], [], ["a.md"]),
        (["_events/*.md"], [], ["_events/one.md"]),
        (["./_events/one.md"], [], ["_events/one.md"]),
        (["_events/**/*.md"], [], ["_events/2026/c.md", "_events/2026/deep/d.md", "_events/one.md"]),
        (["**/*.md"], [], ["_events/2026/c.md", "_events/2026/deep/d.md", "_events/one.md", "a.md"]),
        (["_events/*/*.md"], [], ["_events/2026/c.md"]),
        (["_events/[o-z]?e.*", "a.md"], [], ["_events/one.md", "a.md"]),
        (["_events/**/deep/**"], [], ["_events/2026/deep/d.md"]),
        (["_events/2026/"], [], ["_events/2026/c.md", "_events/2026/deep/d.md"]),
        (["_events/.*.md"], [], ["_events/.e.md"]),
        (["**/*.md"], ["_events/2026"], ["_events/one.md", "a.md"]),
        (["**/*.md"], ["**/deep/**", "a.*"], ["_events/2026/c.md", "_events/one.md"]),
        (["**/**/**/**/*.md"], ["**/2026/*.md"], ["_events/2026/deep/d.md", "_events/one.md", "a.md"]),
        (["*.MD"], [], []),
    ],
)
def test_patterns_choose_the_documents(
    folder: Path, patterns: list[str], exclude: list[str], expected: list[str]
) -> None:
    for name in FILES:
        write(folder / name)
    assert paths(read(folder, *patterns, exclude=tuple(exclude))) == expected


@pytest.mark.parametrize("pattern", ["../*.md", "/etc/*", "_events/../../x", "", "."])
def test_a_pattern_that_leaves_the_folder_is_refused(folder: Path, pattern: str) -> None:
    with pytest.raises(UserError) as caught:
        FolderSource(name="website", folder=folder, files=["*.md"], exclude=[pattern])
    assert caught.value.message == (
        f"sources.website.exclude: {pattern!r} leaves the folder. Write it relative to it, as in `_events/*.md`."
    )


def test_a_hostile_pattern_costs_no_more_than_any_other(folder: Path) -> None:
    write(folder / "_events" / ("a" * 200))
    assert paths(read(folder, "**/" * 30 + "*a" * 30 + "b", "_events/one.md")) == ["_events/one.md"]


def test_the_order_of_files_on_disk_does_not_matter(tmp_path: Path) -> None:
    for name in ("c.md", "a.md", "b/a.md"):
        write(tmp_path / "first" / name, name)
    for name in ("b/a.md", "a.md", "c.md"):
        write(tmp_path / "second" / name, name)
    assert read(tmp_path / "first", "**/*.md") == read(tmp_path / "second", "**/*.md")


def test_the_revision_changes_with_any_name_or_byte(folder: Path) -> None:
    revisions = {read(folder).revision}
    write(folder / "_events" / "one.md", "another text")
    revisions.add(read(folder).revision)
    (folder / "_events" / "one.md").rename(folder / "_events" / "two.md")
    revisions.add(read(folder).revision)
    assert len(revisions) == 3


def test_a_document_that_is_known_is_the_same_object(folder: Path) -> None:
    (known,) = read(folder).documents
    source = FolderSource(name="website", folder=folder, files=["_events/*.md"])
    assert source.read({known.path: known}).documents[0] is known


def test_a_file_that_is_certainly_unchanged_is_not_opened_again(folder: Path) -> None:
    watch = Stopwatch()
    source = FolderSource(name="website", folder=folder, files=["_events/*.md"], elapsed=watch)
    source.read({})
    watch.seconds = 2
    (certain,) = source.read({}).documents
    assert source.read({}).documents[0] is certain


def test_while_nothing_changes_the_snapshot_is_the_very_same(folder: Path) -> None:
    watch = Stopwatch()
    source = FolderSource(name="website", folder=folder, files=["_events/*.md"], elapsed=watch)
    write(folder / "_events" / "notes.txt")
    for watch.seconds in (0, 2, 4):
        source.read({})
    assert source.read({}) is source.read({})


@pytest.mark.parametrize("seed", range(30))
def test_what_a_folder_remembers_never_shows(folder: Path, seed: int) -> None:
    chance, watch = Random(seed), Stopwatch()  # noqa: S311 - chance that can be repeated
    patterns, exclude = ("_events/**/*.md", "*.yaml"), ("_events/drafts",)
    source = FolderSource(name="website", folder=folder, files=patterns, exclude=exclude, elapsed=watch)
    names = [
        "_events/a.md",
        "_events/b.md",
        "_events/in/c.md",
        "_events/in/d.md",
        "_events/drafts/e.md",
        "f.yaml",
        "g.txt",
    ]
    before: Mapping[str, Document] = {}
    for number in range(30):
        path = folder / chance.choice(names)
        change(path, chance.choice(["write", "write", "remove", "link", "folder", "touch"]), number)
        for _ in range(chance.randint(0, 3)):
            watch.seconds += chance.choice([0.5, 3])
            snapshot, anew = (
                source.read(before),
                FolderSource(name="website", folder=folder, files=patterns, exclude=exclude),
            )
            assert snapshot == anew.read(before)
            before = {document.path: document for document in snapshot.documents}


def change(path: Path, how: str, number: int) -> None:
    """Do something to what is at a path; whatever was there before makes way."""
    if how == "touch":
        return
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    if how == "write":
        write(path, "x" * number)
    elif how == "link":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(["a.md", "/etc/passwd", "absent.md", "."][number % 4])
    elif how == "folder":
        write(path / "inner.md", "y" * number)


def test_a_file_first_met_less_than_two_seconds_ago_is_read_again(folder: Path) -> None:
    watch = Stopwatch()
    source = FolderSource(name="website", folder=folder, files=["_events/*.md"], elapsed=watch)
    (before,) = source.read({}).documents
    watch.seconds = 1.9
    source.read({})
    (again,) = source.read({}).documents
    assert again == before
    assert again is not before


def test_a_change_that_keeps_size_and_time_is_seen(folder: Path) -> None:
    watch = Stopwatch()
    source = FolderSource(name="website", folder=folder, files=["_events/*.md"], elapsed=watch)
    file = write(folder / "_events" / "one.md", "14:00")
    for watch.seconds in (0, 3):
        source.read({})
    status = file.stat()
    file.write_text("15:00")
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert source.read({}).documents[0].data == b"15:00"


def test_a_deleted_file_is_simply_gone(folder: Path) -> None:
    source = FolderSource(name="website", folder=folder, files=["_events/*.md"])
    known = {document.path: document for document in source.read({}).documents}
    (folder / "_events" / "one.md").unlink()
    snapshot = source.read(known)
    assert (snapshot.documents, snapshot.problems, snapshot.unreadable) == ((), (), frozenset())


class Meanwhile:
    """Does something to the folder as soon as the first file has been opened."""

    def __init__(self, act: Callable[[], object]) -> None:
        self.acts = [act]

    def __call__(self) -> float:
        while self.acts:
            self.acts.pop()()
        return 0.0


def read_while(folder: Path, act: Callable[[], object]) -> Snapshot:
    return FolderSource(name="website", folder=folder, files=["**/*.md"], elapsed=Meanwhile(act)).read({})


def test_files_and_folders_that_vanish_while_the_folder_is_read_are_simply_gone(folder: Path) -> None:
    for name in ("a.md", "b.md", "c.md"):
        write(folder / name)

    def clear() -> None:
        for path in [path for path in folder.iterdir() if path.is_file()]:
            path.unlink()
        shutil.rmtree(folder / "_events")

    snapshot = read_while(folder, clear)
    assert len(snapshot.documents) == 1
    assert (snapshot.problems, snapshot.unreadable) == ((), frozenset())


def test_a_file_that_becomes_a_link_out_while_the_folder_is_read_is_not_followed(folder: Path) -> None:
    names = [folder / "a.md", folder / "b.md"]
    for name in names:
        write(name)

    def swap() -> None:
        for name in names:
            name.unlink()
            name.symlink_to("/etc/passwd")

    snapshot = read_while(folder, swap)
    assert len(snapshot.problems) == 1
    assert {document.data for document in snapshot.documents} == {b"---\ntitle: One\n---\n"}


def test_a_file_that_grows_too_large_while_it_is_read_is_refused(folder: Path) -> None:
    snapshot = read_while(folder, lambda: (folder / "_events" / "one.md").write_bytes(b"x" * (LARGEST + 1)))
    assert ("larger than 5 MB" in snapshot.problems[0].what, snapshot.documents) == (True, ())


@pytest.mark.parametrize("size", [0, 1, 18, 19, 100_000, LARGEST])
def test_a_file_that_is_written_to_while_it_is_read_is_read_as_it_is(folder: Path, size: int) -> None:
    snapshot = read_while(folder, lambda: (folder / "_events" / "one.md").write_bytes(b"x" * size))
    assert [document.data for document in snapshot.documents] == [b"x" * size]


def test_a_link_out_of_the_folder_is_not_read(folder: Path) -> None:
    secret = write(folder.parent / "secret.md", "secret")
    (folder / "_events" / "link.md").symlink_to(secret)
    assert only_problem(read(folder)) == Problem(
        path="_events/link.md",
        what="This is a link out of the content folder or into a hidden one, so it was not read.",
        hint="Put the file itself here.",
    )


def test_a_link_to_a_neighbour_whose_name_begins_alike_leads_out(folder: Path) -> None:
    neighbour = write(folder.parent / "content-private" / "x.md")
    (folder / "_events" / "link.md").symlink_to(neighbour)
    assert "out of the content folder" in only_problem(read(folder)).what


def test_a_link_out_through_a_link_inside_is_not_read(folder: Path) -> None:
    secret = write(folder.parent / "secret.md", "secret")
    (folder / "inner").symlink_to(secret)
    (folder / "_events" / "link.md").symlink_to("../inner")
    assert "out of the content folder" in only_problem(read(folder)).what


def test_a_link_into_a_hidden_folder_is_not_read(folder: Path) -> None:
    hidden = write(folder / ".git" / "config", "token")
    (folder / "_events" / "link.md").symlink_to(hidden)
    assert "a hidden one" in only_problem(read(folder)).what


def test_a_link_inside_of_the_folder_is_read(folder: Path) -> None:
    (folder / "_events" / "link.md").symlink_to("one.md")
    assert paths(read(folder)) == ["_events/link.md", "_events/one.md"]


def test_the_folder_itself_may_be_a_link(folder: Path) -> None:
    (folder.parent / "current").symlink_to(folder)
    assert paths(read(folder.parent / "current")) == ["_events/one.md"]


@pytest.mark.parametrize("target", ["absent.md", "link.md"], ids=["nowhere", "itself"])
def test_a_link_that_leads_to_nothing_is_a_problem(folder: Path, target: str) -> None:
    (folder / "_events" / "link.md").symlink_to(target)
    problem = only_problem(read(folder))
    assert problem.path == "_events/link.md"
    assert problem.hint


@pytest.mark.parametrize("pattern", ["_events/**/*.md", "_events/*"])
def test_a_linked_folder_is_not_followed_and_what_was_in_it_has_not_vanished(folder: Path, pattern: str) -> None:
    known = Document(source="website", path="_events/old/two.md", data=b"", revision="r")
    (folder / "_events" / "old").symlink_to(folder / "_events")
    snapshot = FolderSource(name="website", folder=folder, files=[pattern]).read({known.path: known})
    assert [problem.path for problem in snapshot.problems] == ["_events/old"]
    assert snapshot.unreadable == {"_events/old", "_events/old/two.md"}
    assert paths(snapshot) == ["_events/one.md"]


def test_a_pipe_is_neither_read_nor_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "_events" / "pipe.md")
    assert only_problem(read(folder)) == Problem(
        path="_events/pipe.md",
        what="This is not an ordinary file (a pipe, a device or a socket), so it was not read.",
        hint="Remove it, or add it to `exclude`.",
    )


def test_a_socket_is_not_read(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as short, socket.socket(socket.AF_UNIX) as listening:
        listening.bind(f"{short}/s")
        Path(f"{short}/s").rename(folder / "_events" / "socket.md")
        assert "not an ordinary file" in only_problem(read(folder)).what


@pytest.mark.parametrize(("size", "refused"), [(LARGEST, 0), (LARGEST + 1, 1), (10_000_000, 1)])
def test_a_file_larger_than_five_megabytes_is_not_read(folder: Path, size: int, refused: int) -> None:
    (folder / "_events" / "large.md").write_bytes(b"x" * size)
    snapshot = read(folder)
    assert len(snapshot.problems) == len(snapshot.unreadable) == refused
    assert len(snapshot.documents) == 2 - refused


def test_a_name_that_is_not_utf_8_is_a_problem_with_a_name_that_can_be_shown(folder: Path) -> None:
    Path(os.fsdecode(os.fsencode(folder) + b"/_events/caf\xe9.md")).touch()
    assert only_problem(read(folder)) == Problem(
        path="_events/caf\ufffd.md",
        what="The name is not UTF-8, so it was not read.",
        hint="Rename it; plain letters, digits and - always work.",
    )


def test_a_folder_whose_name_is_not_utf_8_is_a_problem(folder: Path) -> None:
    write(Path(os.fsdecode(os.fsencode(folder) + b"/_events/\xe9")) / "two.md")
    assert only_problem(read(folder, "_events/**/*.md")).path == "_events/\ufffd"


def test_what_no_pattern_asks_for_is_no_problem(folder: Path) -> None:
    os.mkfifo(folder / "pipe.md")
    (folder / "_events" / "link.txt").symlink_to("/etc/passwd")
    (folder / "other").symlink_to("/")
    snapshot = read(folder)
    assert (paths(snapshot), snapshot.problems) == (["_events/one.md"], ())


def test_a_missing_folder_is_said_with_its_remedy(tmp_path: Path) -> None:
    assert refusal(tmp_path / "absent") == (
        f"The content folder {tmp_path}/absent doesn't exist, so nothing was read. "
        "Create it, or correct `folder` of the source `website`."
    )


def test_a_file_in_place_of_the_folder_is_said_with_its_remedy(tmp_path: Path) -> None:
    file = write(tmp_path / "file")
    assert refusal(file) == (
        f"The content folder {file} is not a folder, so nothing was read. "
        "Correct `folder` of the source `website`."
    )  # fmt: skip


def test_any_other_trouble_with_the_folder_is_said_in_the_systems_words(tmp_path: Path) -> None:
    expected = "can't be listed (File name too long), so nothing was read. Check the disk, then try again."
    assert refusal(tmp_path / ("x" * 300)) == f"The content folder {tmp_path / ('x' * 300)} {expected}"


def refusal(folder: Path) -> str:
    with pytest.raises(UserError) as caught:
        read(folder)
    return caught.value.message


IMPORT = "from notifier.edges.folder import FolderSource"
READ = """
snapshot = FolderSource(name="website", folder=here, files=["**/*.md"]).read({})
print([document.path for document in snapshot.documents], sorted(snapshot.unreadable))
for problem in snapshot.problems:
    print(problem)
"""


def test_a_file_that_may_not_be_read_is_a_problem_and_others_are_read(
    open_folder: Path, unprivileged: Unprivileged
) -> None:
    write(open_folder / "one.md")
    write(open_folder / "two.md").chmod(0)
    refused = "two.md: This file can't be read (Permission denied)."
    remedy = "Let the user that runs notifier read it, or add it to `exclude`."
    printed = unprivileged(READ, imports=IMPORT).splitlines()
    assert printed == ["['one.md'] ['two.md']", f"{refused} {remedy}", "fine"]


@pytest.mark.parametrize(("inner", "called"), [("", "The content folder"), ("/events", "The folder")])
def test_a_folder_that_may_not_be_listed_stops_the_whole_source(
    open_folder: Path, unprivileged: Unprivileged, inner: str, called: str
) -> None:
    write(open_folder / "events" / "one.md")
    Path(f"{open_folder}{inner}").chmod(0)
    assert unprivileged(READ, imports=IMPORT) == (
        f"{called} {open_folder}{inner} can't be listed, so nothing was read. "
        "Let the user that runs notifier read it, or `exclude` it from the source `website`.\n"
    )
