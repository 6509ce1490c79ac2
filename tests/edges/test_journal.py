"""What a dead process leaves behind, and what may be concluded from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from notifier.core.recipient import Recipient
from notifier.edges.smtp.journal import KILLED, LOST, SWITCHED_OFF, Journal, dead_claims, forget, is_alive, what_came_of

PEOPLE = [Recipient(number=number, digest=f"{number:032x}", address="") for number in range(5)]


@pytest.fixture
def dead(tmp_path: Path) -> Journal:
    """Of five: one never begun, one begun, one taken, one refused, one put off and begun again."""
    journal = Journal(tmp_path)
    journal.begun(1)
    journal.begun(2)
    journal.ended(2, "taken", "250 Fine")
    journal.ended(3, "refused", "550 No")
    journal.ended(4, "waiting", "451 Later")
    journal.begun(4)
    journal.close(remove=False)
    return journal


def results(folder: Path, journal: Journal) -> list[tuple[str, str]]:
    return [(one.status, one.said) for one in what_came_of(folder, journal.claim, PEOPLE)]


def test_only_what_was_begun_and_has_no_end_is_in_doubt(tmp_path: Path, dead: Journal) -> None:
    assert results(tmp_path, dead) == [
        ("waiting", ""), ("unknown", KILLED), ("taken", "250 Fine"), ("refused", "550 No"), ("unknown", KILLED),
    ]  # fmt: skip


def test_after_another_start_of_the_machine_only_what_is_written_is_known(tmp_path: Path, dead: Journal) -> None:
    [file] = tmp_path.iterdir()
    file.write_text("another\n" + file.read_text().partition("\n")[2])
    assert results(tmp_path, dead) == [
        ("unknown", SWITCHED_OFF), ("unknown", SWITCHED_OFF), ("taken", "250 Fine"), ("refused", "550 No"),
        ("unknown", SWITCHED_OFF),
    ]  # fmt: skip


def test_without_a_journal_everything_is_in_doubt(tmp_path: Path, dead: Journal) -> None:
    forget(tmp_path, dead.claim)
    forget(tmp_path, dead.claim)
    assert results(tmp_path, dead) == [("unknown", LOST)] * 5


def test_a_line_that_was_cut_off_says_nothing(tmp_path: Path, dead: Journal) -> None:
    [file] = tmp_path.iterdir()
    with file.open("a") as opened:
        opened.write("t 1 250 Fi")
    assert results(tmp_path, dead)[1] == ("unknown", KILLED)


@pytest.mark.parametrize("content", ["", "\n", "half a bo", "\0\0\0\n"])
def test_a_journal_that_says_nothing_of_when_proves_nothing(tmp_path: Path, dead: Journal, content: str) -> None:
    [file] = tmp_path.iterdir()
    file.write_text(content)
    assert {status for status, _ in results(tmp_path, dead)} == {"unknown"}


@pytest.mark.parametrize("line", ["", "x 0 what", "t", "t x 250", "b -1", "\udce4 0"])
def test_lines_that_are_none_are_passed_over(tmp_path: Path, dead: Journal, line: str) -> None:
    [file] = tmp_path.iterdir()
    file.write_bytes(file.read_bytes() + f"{line}\n".encode(errors="surrogateescape"))
    assert results(tmp_path, dead)[0] == ("waiting", "")


def test_a_living_one_is_not_dead(tmp_path: Path, dead: Journal) -> None:
    living = Journal(tmp_path)
    assert (is_alive(tmp_path, living.claim), is_alive(tmp_path, dead.claim)) == (True, False)
    assert dead_claims(tmp_path) == [dead.claim]

    living.close(remove=True)

    assert not is_alive(tmp_path, living.claim)
    assert [file.name for file in tmp_path.iterdir()] == [f"{dead.claim}.claim"]


def test_a_journal_is_private(tmp_path: Path, dead: Journal) -> None:
    [file] = tmp_path.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
