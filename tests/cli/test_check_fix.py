"""`check --fix`: shows, asks, writes only what it showed, and changes nothing the second time."""

from __future__ import annotations

import os
import pty
import shutil
import stat
import time
from dataclasses import replace
from pathlib import Path

import pytest

from notifier.app import open_app
from notifier.cli.fixing import _obstacle
from tests.cli.running import AT, run, start

WORKSHOP = "_events/2026-12-07-reading-your-street.md"
DATE = b"date: 2026-12-07\n"


@pytest.fixture
def workshop(site: Path) -> Path:
    """An event file whose date stands in its name only; nothing else in the folder has a line to write."""
    (site / "_events" / "2026-12-14-what-the-counters-said.md").unlink()
    file = site / WORKSHOP
    file.write_bytes(file.read_bytes().replace(DATE, b""))
    return file


def contents(site: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (site / "_events").iterdir()}


def test_without_a_terminal_and_without_yes_it_shows_and_writes_nothing(site: Path, workshop: Path) -> None:
    before = contents(site)

    ended = run("check", "--fix", "--at", AT, folder=site)

    assert (ended.code, contents(site)) == (1, before)
    assert f"--- a/{WORKSHOP}\n+++ b/{WORKSHOP}\n" in ended.out
    assert "\n+date: 2026-12-07\n" in ended.out
    assert ended.err.startswith("Nothing was written: there is no terminal to ask on.")


def test_with_yes_it_writes_the_line_and_nothing_else(site: Path, workshop: Path) -> None:
    before = workshop.read_bytes()
    workshop.chmod(0o640)

    ended = run("check", "--fix", "--yes", "--at", AT, folder=site)

    assert (ended.code, f"{WORKSHOP}: 1 line written." in ended.out) == (0, True)
    assert workshop.read_bytes() == before.replace(b"\n---\n\nOn", b"\n" + DATE + b"---\n\nOn")
    assert stat.S_IMODE(workshop.stat().st_mode) == 0o640


@pytest.mark.parametrize("propose", [[], ["--propose"]], ids=["problems", "proposals too"])
def test_a_second_time_there_is_nothing_to_write(site: Path, workshop: Path, propose: list[str]) -> None:
    run("check", "--fix", "--yes", "--at", AT, *propose, folder=site)
    after = contents(site)

    again = run("check", "--fix", "--yes", "--at", AT, *propose, folder=site)

    assert (again.code, again.out.startswith("There is no line to write.\n")) == (0, True)
    assert contents(site) == after
    assert (b'\nstart: "14:00"\n' in workshop.read_bytes()) is bool(propose)


def test_line_endings_a_bom_and_a_missing_end_of_line_stay(site: Path, workshop: Path) -> None:
    workshop.write_bytes(b"\xef\xbb\xbf" + workshop.read_bytes().rstrip(b"\n").replace(b"\n", b"\r\n"))
    before = workshop.read_bytes()

    run("check", "--fix", "--yes", "--at", AT, folder=site)

    assert workshop.read_bytes() == before.replace(b"\r\n---\r\n", b"\r\ndate: 2026-12-07\r\n---\r\n", 1)


def test_a_value_is_replaced_where_the_key_already_stands(site: Path, workshop: Path) -> None:
    workshop.write_bytes(
        workshop.read_bytes().replace(b"upcoming: true\n", DATE + b"upcoming: true  # on the home page\n")
    )

    run("check", "--fix", "--yes", "--at", "2026-12-20T09:00:00Z", folder=site)

    assert (
        workshop.read_bytes().count(b"upcoming")
        == workshop.read_bytes().count(b"upcoming: false  # on the home page\n")
        == 1
    )


def test_what_cannot_be_written_is_said_with_the_reason(site: Path, workshop: Path) -> None:
    workshop.write_bytes(workshop.read_bytes().replace(b"upcoming: true\n", DATE + b"upcoming: true\nupcoming: true\n"))
    before = workshop.read_bytes()

    ended = run("check", "--fix", "--yes", "--at", "2026-12-20T09:00:00Z", folder=site)

    said = (
        f"{WORKSHOP}:6: upcoming: upcoming: false was not written. The key upcoming stands 2 times; leave one of them"
    )
    assert (ended.code, said in ended.err, workshop.read_bytes()) == (1, True, before)


def test_a_file_that_is_a_link_is_not_written(site: Path, workshop: Path) -> None:
    inner = site / "_events" / "kept.txt"
    workshop.rename(inner)
    workshop.symlink_to("kept.txt")
    before = inner.read_bytes()

    ended = run("check", "--fix", "--yes", "--at", AT, folder=site)

    assert (ended.code, inner.read_bytes(), workshop.is_symlink()) == (1, before, True)
    assert ended.err.startswith(f"{WORKSHOP}: The file is reached through a link")


def test_a_file_that_two_sources_have_is_left_to_a_person(site: Path, workshop: Path) -> None:
    shutil.copytree(site / "_events", site / "twin" / "_events")
    config = site / "config.yaml"
    groups = "    events:\n      - files: _events/*.md\n"
    config.write_text(
        config.read_text().replace("\nsources:\n", f"\nsources:\n  - name: twin\n    folder: twin\n{groups}", 1)
    )
    before = workshop.read_bytes()

    ended = run("check", "--fix", "--yes", "--at", AT, folder=site)

    assert (ended.code, workshop.read_bytes()) == (1, before)
    assert "date: 2026-12-07 was not written. Several sources have a file of this name" in ended.err


def test_a_git_repository_is_only_read(site: Path, workshop: Path) -> None:
    app = open_app(site / "config.yaml", looking=True)
    app.ticker.reader.read(app.clock.now())
    (held,) = app.ticker.reader.held(WORKSHOP)
    app.close()

    said = _obstacle((replace(held, settings=replace(held.settings, folder=None)),))

    assert (
        said == "It was read from a git repository, which is only ever read; write the line in a checkout of your own."
    )


@pytest.mark.parametrize(("answer", "written"), [("y", True), ("n", False), ("", False)])
def test_on_a_terminal_it_asks_and_takes_no_answer_for_no(
    site: Path, workshop: Path, answer: str, written: bool
) -> None:
    ours, theirs = pty.openpty()
    asked = start("check", "--fix", "--at", AT, folder=site, stdin=theirs, stdout=theirs, stderr=theirs)
    said = _until(ours, b"[y/N]: ")

    os.write(ours, f"{answer}\n".encode())

    assert asked.wait(timeout=60) == 0
    assert b"Write 1 line into 1 file?" in said
    assert (DATE in workshop.read_bytes()) is written
    os.close(ours)
    os.close(theirs)


def _until(terminal: int, words: bytes) -> bytes:
    said, end = b"", time.monotonic() + 60
    while words not in said and time.monotonic() < end:
        said += os.read(terminal, 65536)
    return said
