"""Everything that can be wrong with a ledger's place, file and disk: one clear sentence, and nothing is lost."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import OperationalError

from notifier.core.delivery import Memory
from notifier.core.plan import Plan, Window
from notifier.edges.ledger import migrate, open_ledger
from notifier.edges.ledger.failures import translated
from notifier.edges.ledger.sqlite import make_engine
from notifier.edges.ledger.tables import metadata
from notifier.errors import UserError
from tests.builders import a_delivery, a_seen_event, an_event, at
from tests.edges.conftest import Unprivileged, fill

NOW = at("2026-12-01 09:00")
PLAN = Plan(at=NOW, window=Window(after=None, until=NOW), deliveries=(a_delivery(),))
SECOND = replace(PLAN, window=Window(after=NOW, until=at("2026-12-01 09:30")), deliveries=())
DAMAGED = (
    "this is not a notifier ledger, or it is damaged. Stop notifier, put a backup in its place "
    "(`notifier restore FILE`, then `notifier ledger take-over`), or move it away to begin again: "
    "then the first look is a baseline and nothing already there is mailed."
)
LOCKED = (
    "the ledger is locked by another program. "
    "Stop the other program, or wait until it has finished, and try again."
)  # fmt: skip
MISSING = (
    "the ledger's folder doesn't exist, or can't be entered. Create it, or name another place in `ledger.url`."
)  # fmt: skip
READ_ONLY = "the ledger can't be written. Let the user that runs notifier read and write this file."
DISK = "the disk that holds the ledger gives errors. Check the disk, then run `notifier doctor`."
GONE = (
    "the ledger was moved or deleted while notifier was running, so nothing more is recorded. "
    "Put it back if you can, then start notifier again."
)
FULL = "the disk that holds the ledger is full, so this was not recorded. Free some space; nothing is lost."


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A ledger with one planned delivery, closed."""
    return a_ledger(tmp_path / "ledger.db")


def a_ledger(file: Path) -> Path:
    ledger = open_ledger(f"sqlite:///{file}")
    ledger.record(PLAN)
    ledger.close()
    return file


def refusal(file: Path) -> str:
    """What opening says, after the place."""
    with pytest.raises(UserError) as caught:
        open_ledger(f"sqlite:///{file}", busy_timeout=0.1)
    place, _, text = caught.value.message.partition(": ")
    assert place in (str(file), str(file.parent))
    return text


@contextmanager
def held_by_another(file: Path, *statements: str) -> Iterator[None]:
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        for statement in statements:
            other.execute(statement)
        yield


def test_a_ledger_opened_again_remembers_everything(file: Path) -> None:
    ledger = open_ledger(f"sqlite:///{file}")
    assert ledger.snapshot() == Memory(window_end=NOW, deliveries={a_delivery().key: a_delivery()})
    ledger.close()


def test_only_its_owner_reads_a_ledger(file: Path) -> None:
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_ledger_writes_ahead_durably_and_holds_its_references(file: Path) -> None:
    ledger = open_ledger(f"sqlite:///{file}", busy_timeout=7)
    names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    with ledger._reading() as connection:
        pragmas = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]
    ledger.close()
    assert pragmas == ["wal", 2, 1, 7000]


def test_the_migrations_build_the_tables_that_the_program_knows(file: Path) -> None:
    ledger = open_ledger(f"sqlite:///{file}")
    with ledger._reading() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    ledger.close()
    assert differences == []


def test_every_migration_is_known_in_order() -> None:
    folder = Path(migrate.__file__).with_name("migrations")
    scripts = ScriptDirectory(str(folder)).walk_revisions()
    assert tuple(script.revision for script in scripts)[::-1] == migrate.REVISIONS


def test_an_empty_file_becomes_a_ledger(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").touch()
    assert a_ledger(tmp_path / "ledger.db").stat().st_size > 0


def test_a_place_with_odd_characters_is_a_place_like_any_other(tmp_path: Path) -> None:
    folder = tmp_path / "50 % of #1 ünï"
    folder.mkdir()
    assert a_ledger(folder / "a b%3Fmode=ro.db").stat().st_size > 0
    assert [path.name for path in folder.iterdir()] == ["a b%3Fmode=ro.db"]


@pytest.mark.parametrize("content", [b"hello\n", b"A text that is longer than a header.\n" * 500, b"\x00\xff" * 4000])
def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "ledger.db"
    file.write_bytes(content)
    assert refusal(file) == DAMAGED
    assert file.read_bytes() == content
    assert list(tmp_path.iterdir()) == [file]


def test_a_database_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "ledger.db"
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE songs (title)")
    before = file.read_bytes()
    assert refusal(file) == DAMAGED
    assert file.read_bytes() == before


def test_a_database_that_another_program_migrates_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "ledger.db"
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE alembic_version (version_num)")
    assert refusal(file) == DAMAGED


def test_a_damaged_ledger_is_refused_and_left_alone(file: Path) -> None:
    content = file.read_bytes()
    broken = content[:100] + b"\xff" * (len(content) - 100)
    file.write_bytes(broken)
    assert refusal(file) == DAMAGED
    assert file.read_bytes() == broken


def test_a_truncated_ledger_is_refused(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:5000])
    assert refusal(file) == DAMAGED


def test_damage_found_later_is_said_in_the_same_words(file: Path) -> None:
    ledger = open_ledger(f"sqlite:///{file}")
    with ledger._writing() as connection:
        connection.exec_driver_sql("UPDATE deliveries SET reasons = 'nonsense'")
    with pytest.raises(UserError) as caught:
        ledger.snapshot()
    ledger.close()
    assert caught.value.message == f"{file}: {DAMAGED}"


def test_a_zone_that_no_longer_exists_is_damage_too(file: Path) -> None:
    ledger = open_ledger(f"sqlite:///{file}")
    ledger.record(replace(SECOND, seen=(a_seen_event(),)))
    with ledger._writing() as connection:
        connection.exec_driver_sql("UPDATE seen SET event = replace(event, 'Europe/London', 'Europe/Atlantis')")
    with pytest.raises(UserError, match="it is damaged"):
        ledger.snapshot()
    ledger.close()


def test_a_ledger_of_a_newer_version_is_refused_and_left_alone(file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("UPDATE alembic_version SET version_num = '0999'")
    before = file.read_bytes()
    assert refusal(file) == (
        "the ledger was written by a newer version of notifier (its schema is 0999, this one knows "
        f"{migrate.REVISIONS[-1]}). Install that version again, or restore the ledger from before the upgrade."
    )
    assert file.read_bytes() == before


def test_a_folder_is_no_ledger(tmp_path: Path) -> None:
    expected = "the ledger should be a file, and this is a folder. Name a file in it in `ledger.url`."
    assert refusal(tmp_path) == expected


def test_a_pipe_is_no_ledger(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert refusal(tmp_path / "pipe") == (
        "the ledger should be an ordinary file, and this is none. Name another one in `ledger.url`."
    )


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    assert refusal(tmp_path / "absent" / "ledger.db") == MISSING
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_place_of_the_folder_is_named(file: Path) -> None:
    assert refusal(file / "ledger.db") == MISSING


def test_a_name_that_the_disk_does_not_take_is_said(tmp_path: Path) -> None:
    expected = "the ledger can't be created (File name too long). Name another place in `ledger.url`."
    assert refusal(tmp_path / ("x" * 300)) == expected


@pytest.mark.parametrize("url", ["ledger.db", "", "mysql://me:hunter2@db/x", "sqlite:///x.db?mode=ro", "sqlite:///"])
def test_an_address_that_is_none_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(UserError) as caught:
        open_ledger(url)
    assert caught.value.message == (
        "ledger.url: is not an address of a ledger. Write it as `sqlite:///PATH`, or `postgresql://…`."
    )


def test_a_ledger_that_another_program_keeps_for_itself_is_locked(file: Path) -> None:
    alone = ("PRAGMA locking_mode = EXCLUSIVE", "BEGIN EXCLUSIVE")
    with held_by_another(file, *alone):
        assert refusal(file) == LOCKED


def test_a_ledger_that_another_program_writes_to_is_locked_for_writing(file: Path) -> None:
    ledger = open_ledger(f"sqlite:///{file}", busy_timeout=0.1)
    with held_by_another(file, "BEGIN IMMEDIATE"):
        assert ledger.rows() == (a_delivery(),)
        for write in (lambda: ledger.record(SECOND), lambda: ledger.move(a_delivery(), "drafted", at=NOW)):
            with pytest.raises(UserError) as caught:
                write()
            assert caught.value.message == f"{file}: {LOCKED}"
    assert ledger.record(SECOND)
    ledger.close()


def test_a_new_ledger_that_another_program_has_begun_to_write_is_locked(tmp_path: Path) -> None:
    with held_by_another(tmp_path / "ledger.db", "BEGIN IMMEDIATE"):
        assert refusal(tmp_path / "ledger.db") == LOCKED
    assert a_ledger(tmp_path / "ledger.db").stat().st_size > 0


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (sqlite3.SQLITE_BUSY_RECOVERY, LOCKED),
        (sqlite3.SQLITE_CORRUPT_VTAB, DAMAGED),
        (sqlite3.SQLITE_READONLY_DBMOVED, READ_ONLY),
        (sqlite3.SQLITE_CANTOPEN, DISK),
        (sqlite3.SQLITE_IOERR_FSYNC, DISK),
    ],
)
def test_each_complaint_of_the_database_has_its_sentence(file: Path, code: int, expected: str) -> None:
    with pytest.raises(UserError) as caught, translated(file):
        raise complaint(code)
    assert caught.value.message == f"{file}: {expected}"


def test_an_error_of_a_full_disk_is_about_its_space(small_disk: Path) -> None:
    fill(small_disk)
    with pytest.raises(UserError) as caught, translated(small_disk / "ledger.db"):
        raise complaint(sqlite3.SQLITE_IOERR_SHMSIZE)
    assert caught.value.message == f"{small_disk}/ledger.db: {FULL}"


def test_a_ledger_gone_between_two_connections_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught, translated(tmp_path / "ledger.db"):
        raise complaint(sqlite3.SQLITE_CANTOPEN)
    assert caught.value.message == f"{tmp_path}/ledger.db: {GONE}"


def test_a_connection_to_a_ledger_that_is_gone_does_not_make_a_new_one(tmp_path: Path) -> None:
    engine = make_engine(tmp_path / "ledger.db", busy_timeout=0.1)
    with pytest.raises(OperationalError, match="unable to open"):
        engine.connect()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("error", [sqlite3.ProgrammingError("ours"), ValueError("ours")])
def test_a_mistake_of_the_program_stays_what_it_is(file: Path, error: Exception) -> None:
    with pytest.raises(type(error), match="ours"), translated(file):
        raise error


def complaint(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError()
    error.sqlite_errorcode = code
    return error


def test_a_ledger_deleted_while_in_use_is_never_written_to_nor_made_anew(file: Path) -> None:
    ledger = open_ledger(f"sqlite:///{file}")
    file.unlink()
    with pytest.raises(UserError) as caught:
        ledger.record(SECOND)
    assert caught.value.message == f"{file}: {GONE}"
    assert not file.exists()
    ledger.close()


def test_a_full_disk_is_said_and_loses_nothing(small_disk: Path) -> None:
    file = a_ledger(small_disk / "ledger.db")
    ledger = open_ledger(f"sqlite:///{file}")
    large = replace(SECOND, seen=(a_seen_event(an_event(body="x" * 500_000)),))
    ballast = fill(small_disk)
    with pytest.raises(UserError) as caught:
        ledger.record(large)
    assert caught.value.message == f"{file}: {FULL}"
    assert ledger.rows() == (a_delivery(),)
    ballast.unlink()
    assert ledger.record(SECOND)
    ledger.close()


def test_a_disk_too_full_for_a_new_ledger_is_said_and_a_later_try_works(small_disk: Path) -> None:
    ballast = fill(small_disk)
    assert refusal(small_disk / "ledger.db") == FULL
    ballast.unlink()
    assert a_ledger(small_disk / "ledger.db").exists()


IMPORT = "from notifier.edges.ledger import open_ledger"
OPEN = "open_ledger(f'sqlite:///{here}/ledger.db')"


def test_a_ledger_that_may_not_be_written_is_refused(open_folder: Path, unprivileged: Unprivileged) -> None:
    open_folder.chmod(0o777)
    a_ledger(open_folder / "ledger.db").chmod(0o444)
    assert unprivileged(OPEN, imports=IMPORT) == f"{open_folder}/ledger.db: {READ_ONLY}\n"


@pytest.mark.parametrize("mode", [0o555, 0o666, 0o000], ids=["read-only", "no-entry", "closed"])
@pytest.mark.parametrize("exists", [True, False])
def test_a_folder_that_may_not_be_written_is_refused(
    open_folder: Path, unprivileged: Unprivileged, exists: bool, mode: int
) -> None:
    if exists:
        a_ledger(open_folder / "ledger.db").chmod(0o666)
    open_folder.chmod(mode)
    assert unprivileged(OPEN, imports=IMPORT) == (
        f"{open_folder}: the ledger's folder can't be written, and the ledger keeps its journal there. "
        "Let the user that runs notifier write in it, or name another place in `ledger.url`.\n"
    )


def test_doctor_finds_a_whole_ledger_well(file: Path) -> None:
    ledger = open_ledger(f"sqlite:///{file}")
    findings = ledger.doctor()
    ledger.close()
    assert [finding.subject for finding in findings] == ["ledger", "ledger schema", "ledger journal", "ledger disk"]
    assert all(finding.ok for finding in findings[:3])


def test_doctor_says_what_is_damaged(file: Path) -> None:
    ledger = open_ledger(f"sqlite:///{file}")
    ledger.record(replace(SECOND, seen=tuple(a_seen_event(an_event(uid=f"{n}@x", body="x" * 999)) for n in range(200))))
    ledger.close()
    content = file.read_bytes()
    file.write_bytes(content[:-40_000] + b"\xff" * 40_000)
    ledger = open_ledger(f"sqlite:///{file}")
    (first, *_) = ledger.doctor()
    ledger.close()
    assert not first.ok
    assert "damaged" in first.text


def test_doctor_says_that_a_ledger_is_gone(file: Path) -> None:
    ledger = open_ledger(f"sqlite:///{file}")
    file.unlink()
    (finding,) = ledger.doctor()
    ledger.close()
    assert (finding.ok, finding.text) == (False, f"{file}: {GONE}")


def test_a_ledger_in_memory_needs_no_disk() -> None:
    ledger = open_ledger("sqlite://")
    assert [(finding.subject, finding.ok) for finding in ledger.doctor()] == [
        ("ledger", True),
        ("ledger schema", True),
        ("ledger journal", True),
    ]
    ledger.close()


def test_doctor_warns_of_a_disk_that_fills_up(small_disk: Path) -> None:
    ledger = open_ledger(f"sqlite:///{a_ledger(small_disk / 'ledger.db')}")
    finding = ledger.doctor()[-1]
    ledger.close()
    assert not finding.ok
    assert finding.hint == "Free some space: with a full disk nothing can be recorded, so nothing is sent."
