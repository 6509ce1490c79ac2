"""A content file is replaced whole or not at all, only over what was read, and through no link."""

from __future__ import annotations

import errno
import os
import stat
import sys
from pathlib import Path

import pytest

from notifier.edges.rewriting import _problem, rewrite
from notifier.errors import UserError
from tests.edges.conftest import Unprivileged

OLD, NEW = b"---\r\ntitle: Talk\r\n---", b"---\r\ntitle: Talk\r\nstart: 9am\r\n---"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "site" / "_events" / "talk.md"
    path.parent.mkdir(parents=True)
    path.write_bytes(OLD)
    return path


def refusal(folder: Path, path: str = "_events/talk.md", old: bytes = OLD) -> str:
    with pytest.raises(UserError) as error:
        rewrite(folder, path, old=old, new=NEW)
    return error.value.message


@pytest.mark.parametrize("mode", [0o644, 0o600, 0o664, 0o755])
def test_a_file_is_replaced_and_keeps_its_permissions_and_nothing_is_left_beside_it(file: Path, mode: int) -> None:
    file.chmod(mode)

    rewrite(file.parent.parent, "_events/talk.md", old=OLD, new=NEW)

    assert (file.read_bytes(), stat.S_IMODE(file.stat().st_mode)) == (NEW, mode)
    assert [path.name for path in file.parent.iterdir()] == ["talk.md"]


@pytest.mark.parametrize("now", [b"", OLD + b"\n", b"another text of the length"])
def test_a_file_that_changed_since_it_was_read_stays(file: Path, now: bytes) -> None:
    file.write_bytes(now)

    assert refusal(file.parent.parent) == (
        "_events/talk.md: The file has changed since it was read. Nothing was written; check again."
    )
    assert file.read_bytes() == now


def test_what_another_program_writes_at_the_last_moment_stays(file: Path) -> None:
    theirs, once = OLD + b"\ntheirs\n", [file]

    def write(event: str, arguments: tuple[object, ...]) -> None:
        # Between our reading of the file and our replacing it: when its new copy is being made.
        if once and event == "open" and str(arguments[0]).endswith(".tmp"):
            once.pop().write_bytes(theirs)

    sys.addaudithook(write)

    assert "has changed since it was read" in refusal(file.parent.parent)
    assert [(path.name, path.read_bytes()) for path in file.parent.iterdir()] == [("talk.md", theirs)]


def test_a_file_that_is_gone_is_not_made_again(file: Path) -> None:
    file.unlink()

    assert "is no longer there" in refusal(file.parent.parent)
    assert list(file.parent.iterdir()) == []


def test_no_link_is_followed_neither_as_the_file_nor_on_the_way(tmp_path: Path, file: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "talk.md").write_bytes(OLD)
    (file.parent / "linked.md").symlink_to(outside / "talk.md")
    (file.parent / "folder").symlink_to(outside)

    said = [refusal(file.parent.parent, f"_events/{path}") for path in ("linked.md", "folder/talk.md")]

    assert all("is reached through a link" in one for one in said)
    assert (outside / "talk.md").read_bytes() == OLD


def test_a_path_out_of_the_folder_is_refused(tmp_path: Path, file: Path) -> None:
    (tmp_path / "talk.md").write_bytes(OLD)

    assert "leaves the content folder" in refusal(file.parent.parent, "../talk.md")
    assert "leaves the content folder" in refusal(file.parent.parent, "_events/..")


def test_what_has_become_a_pipe_is_not_waited_for(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)

    assert "has changed since it was read" in refusal(file.parent.parent)


def test_a_file_or_folder_that_may_not_be_written_stays(open_folder: Path, unprivileged: Unprivileged) -> None:
    for name in ("read_only", "closed"):
        (open_folder / name).mkdir()
        (open_folder / name / "talk.md").write_bytes(OLD)
        (open_folder / name / "talk.md").chmod(0o444 if name == "read_only" else 0o666)
    (open_folder / "read_only").chmod(0o777)
    (open_folder / "closed").chmod(0o555)

    said = unprivileged(
        f"""
        for name in ("read_only", "closed"):
            try:
                rewrite(here / name, "talk.md", old={OLD!r}, new={NEW!r})
            except UserError as error:
                print(error.message)
        """,
        imports="from notifier.edges.rewriting import rewrite\nfrom notifier.errors import UserError",
    )

    assert said.count("may not be written, or belongs to another user") == 2
    (open_folder / "closed").chmod(0o755)
    assert [(open_folder / name / "talk.md").read_bytes() for name in ("read_only", "closed")] == [OLD, OLD]


def test_what_another_program_is_writing_is_left_alone(file: Path) -> None:
    (file.parent / f".talk.md.{os.getpid()}.tmp").write_bytes(b"theirs")

    assert "is being written by another program" in refusal(file.parent.parent)
    assert file.read_bytes() == OLD


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EROFS, "may not be written"),
        (errno.EIO, f"can't be written ({os.strerror(errno.EIO)})"),
    ],
)
def test_every_failure_of_the_disk_is_a_sentence_with_a_remedy(number: int, said: str) -> None:
    problem = _problem(OSError(number, os.strerror(number)), "talk.md")

    assert said in problem.what
    assert problem.hint.endswith(".")


def test_a_file_of_another_user_keeps_its_owner(file: Path) -> None:
    if os.geteuid() != 0:
        assert file.stat().st_uid == os.geteuid()
        return
    os.chown(file, 1234, 1234)

    rewrite(file.parent.parent, "_events/talk.md", old=OLD, new=NEW)

    assert (file.stat().st_uid, file.stat().st_gid) == (1234, 1234)
