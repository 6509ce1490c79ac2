"""`notifier send` and `notifier undo`: shown first, sent once and only after a yes, and what is wrong said at once."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.running import AT, demonstration, run
from tests.files import ROOT

SEND = ("send", "open-studio", "--to", "newsletter", "--once", "map", "--by", "Anna", "--at", AT)
#: The five minutes of `sending.undo` are over.
DUE = "2026-11-26T09:05:00Z"
KEY = "one_off/map/newsletter"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = demonstration(tmp_path / "demo")
    assert run("tick", "--at", AT, folder=folder).code == 0
    return folder


def delivered(site: Path) -> list[Path]:
    return sorted((site / "outbox").glob("*one_off*"))


def ticked(site: Path, at: str = DUE) -> list[Path]:
    assert run("tick", "--at", at, folder=site).code == 0
    return delivered(site)


def test_without_a_yes_it_is_only_shown(site: Path) -> None:
    ran = run(*SEND, folder=site)
    assert ran.code == 0
    assert "Nothing was sent" in ran.out
    assert ticked(site) == []


def test_with_a_yes_it_goes_out_once(site: Path) -> None:
    assert [run(*SEND, "--yes", folder=site).code for _ in range(2)] == [0, 0]
    assert len(ticked(site)) == 1
    assert len(ticked(site, "2026-11-26T09:06:00Z")) == 1


def test_what_was_shown_can_be_sent_by_its_mark_and_nothing_else(site: Path) -> None:
    shown = run(*SEND, folder=site).out
    mark = shown.partition("--seen ")[2].split()[0]
    [file] = (site / "_events").glob("*open-studio.md")
    file.write_text(file.read_text(encoding="utf-8").replace("title: ", "title: Another "), encoding="utf-8")

    refused = run(*SEND, "--seen", mark, "--yes", folder=site)
    fresh = run(*SEND, folder=site).out.partition("--seen ")[2].split()[0]

    assert (refused.code, "nothing was sent" in refused.err) == (1, True)
    assert run(*SEND, "--seen", fresh, "--yes", folder=site).code == 0
    assert len(ticked(site)) == 1


@pytest.mark.parametrize("mark", ["", "0123", "nothing-like-it"])
def test_too_short_a_mark_or_another_sends_nothing(site: Path, mark: str) -> None:
    assert run(*SEND, "--seen", mark, "--yes", folder=site).code == 1
    assert ticked(site) == []


def test_what_was_taken_back_never_goes_out(site: Path) -> None:
    run(*SEND, "--yes", folder=site)
    ran = run("undo", "map", "--by", "Ben", "--at", AT, folder=site)
    assert (ran.code, f"Taken back, and never sent: {KEY}" in ran.out) == (0, True)
    assert ticked(site) == []


def test_the_same_command_typed_twice_that_day_sends_once(site: Path) -> None:
    words = [word for word in SEND if word not in ("--once", "map")]
    for at in (AT, "2026-11-26T10:00:00Z"):
        assert run(*words[:-1], at, "--yes", folder=site).code == 0
    ticked(site)
    assert len(ticked(site, "2026-11-26T10:05:00Z")) == 1


def test_a_text_comes_from_a_file(site: Path) -> None:
    (site / "news.md").write_text("We **moved**.\n", encoding="utf-8")
    run(
        "send",
        "--to",
        "newsletter",
        "--subject",
        "News",
        "--text",
        "news.md",
        "--once",
        "n",
        "--at",
        AT,
        "--yes",
        folder=site,
    )
    [folder] = ticked(site)
    assert "We moved." in (folder / "message.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "can't be read"), (b"\xff\xfe\x00", "is not UTF-8 text"), (b"a" * 90_000, "is longer than 80,000 bytes")],
)
def test_a_file_that_is_no_text_is_refused(site: Path, content: bytes | None, said: str) -> None:
    if content is not None:
        (site / "news.md").write_bytes(content)
    ran = run("send", "--to", "newsletter", "--subject", "News", "--text", "news.md", "--at", AT, "--yes", folder=site)
    assert (ran.code, said in ran.err) == (1, True)


def test_programs_name_their_sends_and_get_json(site: Path) -> None:
    words = [word for word in SEND if word not in ("--once", "map")]
    assert run(*words, "--format", "json", folder=site).code == 2
    shown = run(*SEND, "--format", "json", folder=site).json()
    asked = run(*SEND, "--format", "json", "--yes", folder=site).json()

    assert shown["delivery"]["key"] == KEY
    assert len(shown["mark"]) == 12
    assert (asked["decision"]["act"], asked["delivery"]["status"]) == ("approve", "planned")


def test_an_outbox_sends_no_tests(site: Path) -> None:
    ran = run(*SEND, "--test", "anna@example.org", folder=site)
    assert (ran.code, "is a folder and sends no mail" in ran.err) == (1, True)


@pytest.mark.parametrize(("typed", "goes"), [("newsletter", True), ("yes", False), ("", False)])
def test_on_a_terminal_the_name_of_the_audience_is_typed(site: Path, typed: str, *, goes: bool) -> None:
    ours, theirs = pty.openpty()
    code = "from notifier.cli import main; main()"
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{code}", *SEND]
    with subprocess.Popen(command, cwd=site, stdin=theirs, stdout=theirs, stderr=theirs) as child:
        os.close(theirs)
        os.write(ours, f"{typed}\n".encode())
        assert child.wait(timeout=60) == 0
    os.close(ours)
    assert len(ticked(site)) == int(goes)
