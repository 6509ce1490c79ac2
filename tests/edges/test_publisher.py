from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from notifier.edges.publisher import FolderPublisher
from notifier.errors import UserError
from notifier.ports import Publisher
from tests.edges.conftest import Unprivileged, fill


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "public" / "feeds"


@pytest.fixture
def publisher(folder: Path) -> Publisher:
    return FolderPublisher(folder)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_is_published_can_be_read(publisher: Publisher, folder: Path) -> None:
    assert publisher.publish("all.ics", b"BEGIN")
    assert publisher.read("all.ics") == b"BEGIN"
    assert names(folder) == ["all.ics"]


def test_the_same_again_is_no_change_and_writes_nothing(publisher: Publisher, folder: Path) -> None:
    publisher.publish("all.ics", b"BEGIN")
    before = (folder / "all.ics").stat()
    assert not publisher.publish("all.ics", b"BEGIN")
    assert (folder / "all.ics").stat() == before


def test_something_else_replaces_it_whole(publisher: Publisher, folder: Path) -> None:
    publisher.publish("all.ics", b"a long text")
    with (folder / "all.ics").open("rb") as reader:
        assert publisher.publish("all.ics", b"short")
        assert reader.read() == b"a long text"
    assert publisher.read("all.ics") == b"short"


def test_what_was_never_published_is_nothing(publisher: Publisher) -> None:
    assert publisher.read("all.ics") is None


BAD_NAMES = [
    "../all.ics",
    "/etc/all.ics",
    "a/b.ics",
    "",
    ".",
    "..",
    "all",
    ".ics",
    "All.ics",
    "a.ics\n",
    "ü.ics",
    "a.b.c",
]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_name_that_is_a_way_elsewhere_is_refused(publisher: Publisher, folder: Path, name: str) -> None:
    with pytest.raises(UserError) as caught:
        publisher.publish(name, b"BEGIN")
    assert caught.value.message == (
        f"{name!r} can't be published. Use a name of a-z, 0-9 and -, then a dot and an ending."
    )
    assert publisher.read(name) is None
    assert not folder.exists()


def test_a_server_of_another_user_may_read_what_is_published(publisher: Publisher, folder: Path) -> None:
    before = os.umask(0o022)
    publisher.publish("all.ics", b"BEGIN")
    os.umask(before)
    assert (folder / "all.ics").stat().st_mode & 0o777 == 0o644


@pytest.fixture
def other_process() -> Iterator[int]:
    """The number of a process that is running."""
    command = [sys.executable, "-c", "import sys; sys.stdin.read()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        yield process.pid


def test_what_a_killed_process_left_is_removed(publisher: Publisher, folder: Path, other_process: int) -> None:
    folder.mkdir(parents=True)
    stale = [f".all.ics.{os.getpid()}.tmp", ".all.ics.4194305.tmp", f".all.ics.{10**30}.tmp"]
    kept = [f".all.ics.{other_process}.tmp", ".htaccess", ".mine.tmp", "index.html"]
    for name in (*stale, *kept):
        (folder / name).touch()
    publisher.publish("all.ics", b"BEGIN")
    assert names(folder) == sorted([*kept, "all.ics"])


def test_what_is_withdrawn_is_gone_and_the_rest_stays(publisher: Publisher, folder: Path) -> None:
    for name in ("all.ics", "team.ics"):
        publisher.publish(name, b"BEGIN")
    assert publisher.withdraw("team.ics")
    assert names(folder) == ["all.ics"]
    assert publisher.publish("team.ics", b"BEGIN")


@pytest.mark.parametrize("name", ["team.ics", "../team.ics", "/etc/team.ics", ""])
def test_what_is_not_there_can_be_withdrawn_at_any_time(publisher: Publisher, folder: Path, name: str) -> None:
    assert not publisher.withdraw(name)
    folder.mkdir(parents=True)
    (folder.parent / "team.ics").touch()
    assert not publisher.withdraw(name)
    assert names(folder.parent) == ["feeds", "team.ics"]


def test_what_can_not_be_withdrawn_is_said(publisher: Publisher, folder: Path) -> None:
    (folder / "all.ics").mkdir(parents=True)
    with pytest.raises(UserError, match=r"all\.ics: is a folder, and a feed belongs there\."):
        publisher.withdraw("all.ics")


def test_what_is_private_is_for_its_own_user_only(folder: Path) -> None:
    FolderPublisher(folder, private=True).publish("team.ics", b"BEGIN")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "team.ics").stat().st_mode) == 0o600


def test_threads_that_publish_at_once_leave_one_whole_file(publisher: Publisher, folder: Path) -> None:
    texts = [bytes([65 + number]) * 100_000 for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        assert any(pool.map(lambda text: publisher.publish("all.ics", text), texts))
    assert publisher.read("all.ics") in texts
    assert names(folder) == ["all.ics"]


def test_a_folder_in_place_of_a_feed_is_said(publisher: Publisher, folder: Path) -> None:
    (folder / "all.ics").mkdir(parents=True)
    expected = f"{folder}/all.ics: is a folder, and a feed belongs there. Move the folder away."
    assert refusal(publisher) == expected
    with pytest.raises(UserError, match="is a folder"):
        publisher.read("all.ics")


def test_a_file_in_place_of_the_folder_is_said(publisher: Publisher, folder: Path) -> None:
    folder.parent.mkdir()
    folder.touch()
    expected = f"{folder}: is not a folder. Move away what is there, or name another place for feeds."
    assert refusal(publisher) == expected
    assert publisher.read("all.ics") is None


def test_a_name_too_long_for_the_disk_is_said(publisher: Publisher) -> None:
    with pytest.raises(UserError, match=r"the name is too long for this disk\. Give the feed a shorter name\."):
        publisher.publish("a" * 300 + ".ics", b"BEGIN")


def test_any_other_trouble_is_said_in_the_systems_words(publisher: Publisher, folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "all.ics").symlink_to("all.ics")
    assert refusal(publisher) == (
        f"{folder}/all.ics: can't be published (Too many levels of symbolic links). Check the disk and the folder."
    )


def test_a_full_disk_is_said_and_keeps_what_was_published(small_disk: Path) -> None:
    publisher = FolderPublisher(small_disk)
    publisher.publish("all.ics", b"before")
    ballast = fill(small_disk)
    expected = f"{small_disk}/all.ics: the disk is full, so this was not published. Free some space; it is tried again."
    assert refusal(publisher) == expected
    assert (publisher.read("all.ics"), names(small_disk)) == (b"before", ["all.ics", "ballast"])
    ballast.unlink()
    assert publisher.publish("all.ics", b"after")


def refusal(publisher: Publisher) -> str:
    with pytest.raises(UserError) as caught:
        publisher.publish("all.ics", b"after")
    return caught.value.message


@pytest.mark.parametrize("inner", ["", "/feeds"])
def test_a_folder_that_may_not_be_written_is_said(open_folder: Path, unprivileged: Unprivileged, inner: str) -> None:
    open_folder.chmod(0o555)
    code = f'FolderPublisher(Path(f"{{here}}{inner}")).publish("all.ics", b"BEGIN")'
    assert unprivileged(code, imports="from notifier.edges.publisher import FolderPublisher") == (
        f"{open_folder}{inner}/all.ics: can't be read or written. "
        f"Let the user that runs notifier write in {open_folder}{inner}.\n"
    )
