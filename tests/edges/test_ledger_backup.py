"""Backups of a ledger: whole while others write, never in another file's place, and put back only where that harms nothing."""

from __future__ import annotations

import json
import shutil
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from notifier.edges.ledger import open_ledger
from notifier.edges.ledger.backup import back_up, default_name, drop_old, manifest_beside, manifest_of
from notifier.edges.ledger.restoring import restore
from notifier.errors import UserError
from tests.builders import a_delivery, at
from tests.edges.ledgers import NOW, a_plan
from tests.edges.test_ledger_migration import older_version

COUNTS = ("SELECT count(*) FROM deliveries", "SELECT count(*) FROM transitions")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    place = tmp_path / "ledger.db"
    ledger = open_ledger(f"sqlite:///{place}")
    ledger.record(a_plan(a_delivery()))
    ledger.close()
    return place


def keys(file: Path) -> list[str]:
    with closing(open_ledger(f"sqlite:///{file}")) as ledger:
        return [row.key for row in ledger.rows()]


def backed_up(file: Path, name: str = "b.db") -> Path:
    back_up(file, file.parent / name, site="example", at=NOW)
    return file.parent / name


def test_a_backup_is_one_private_file_that_says_what_is_in_it(file: Path) -> None:
    out = backed_up(file)
    assert out.stat().st_mode & 0o777 == manifest_of(out).stat().st_mode & 0o777 == 0o600
    manifest = manifest_beside(out)
    assert manifest is not None
    assert (manifest.site, manifest.schema, manifest.made_at, manifest.rows["deliveries"]) == (
        "example",
        "0015",
        NOW,
        1,
    )
    assert sorted(path.name for path in file.parent.iterdir()) == ["b.db", "b.db.json", "ledger.db"]


def test_it_knows_that_it_is_a_copy(file: Path) -> None:
    with closing(open_ledger(f"sqlite:///{backed_up(file)}")) as copy:
        lease = copy.lease()
        assert lease is not None
        assert lease.copied_at == NOW
        assert [found.ok for found in copy.doctor() if found.subject == "ledger lease"] == [False]
    with closing(open_ledger(f"sqlite:///{file}")) as ledger:
        assert [found for found in ledger.doctor() if found.subject == "ledger lease"] == []


def test_it_takes_nothings_place(file: Path) -> None:
    out = file.parent / "b.db"
    out.write_text("mine")
    with pytest.raises(UserError, match="is there already"):
        backed_up(file)
    assert out.read_text() == "mine"


def test_it_is_whole_while_another_writes(file: Path) -> None:
    ended = threading.Event()

    def write() -> None:
        with closing(open_ledger(f"sqlite:///{file}")) as ledger:
            number = 0
            while not ended.is_set():
                number += 1
                ledger.record(a_plan(a_delivery(key=f"reminder/day/{number}"), after=ledger.version()[0]))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            out = backed_up(file, f"b{number}.db")
            manifest = manifest_beside(out)
            assert manifest is not None
            with closing(sqlite3.connect(out)) as copy:
                counted = [copy.execute(sql).fetchone()[0] for sql in COUNTS]
            assert counted == [manifest.rows["deliveries"], manifest.rows["transitions"]]
    finally:
        ended.set()
        writer.join()


def test_old_ones_are_dropped_and_no_other_file_is(file: Path) -> None:
    folder = file.parent / "backups"
    folder.mkdir()
    (folder / "ledger-of-mine.db").touch()
    for hour in range(4):
        moment = at(f"2026-12-0{hour + 1} 02:00")
        back_up(file, folder / default_name(file, moment), site="example", at=moment)
    assert len(drop_old(file, folder, 2)) == 2
    assert sorted(path.name for path in folder.iterdir()) == [
        "ledger-20261203T020000Z.db", "ledger-20261203T020000Z.db.json", "ledger-20261204T020000Z.db",
        "ledger-20261204T020000Z.db.json", "ledger-of-mine.db",
    ]  # fmt: skip


def test_what_is_put_back_is_the_backup_and_what_was_there_is_kept(file: Path) -> None:
    out = backed_up(file)
    with closing(open_ledger(f"sqlite:///{file}")) as ledger:
        ledger.record(a_plan(a_delivery(key="reminder/day/later"), after=NOW, until=at("2026-12-02 09:00")))
    done = restore(out, file, site="example", at=NOW)
    assert done.kept is not None
    assert (len(keys(file)), len(keys(done.kept))) == (1, 2)


def test_twice_within_a_second_both_that_were_there_are_kept(file: Path) -> None:
    out = backed_up(file)
    kept = [restore(out, file, site="example", at=NOW).kept for _ in range(3)]
    assert len({one.stat().st_ino for one in kept if one is not None}) == 3


def test_one_that_was_broken_off_once_the_ledger_had_its_other_name_goes_on(file: Path) -> None:
    out = backed_up(file)
    name = file.with_name(f"{file.name}.before-restore-{NOW:%Y%m%dT%H%M%SZ}")
    name.hardlink_to(file)
    assert restore(out, file, site="example", at=NOW).kept == name


def test_nothing_is_put_back_while_the_ledger_is_open(file: Path) -> None:
    out = backed_up(file)
    with closing(open_ledger(f"sqlite:///{file}")), pytest.raises(UserError, match="notifier has this ledger open"):
        restore(out, file, site="example", at=NOW)
    assert restore(out, file, site="example", at=NOW).kept is not None


def test_a_damaged_ledger_is_kept_as_it_is(file: Path) -> None:
    out = backed_up(file)
    file.write_bytes(b"\xff" * 5000)
    done = restore(out, file, site="example", at=NOW)
    assert done.kept is not None
    assert (done.kept.read_bytes(), len(keys(file))) == (b"\xff" * 5000, 1)


def _another_site(out: Path) -> None:
    record = json.loads(manifest_of(out).read_text())
    manifest_of(out).write_text(json.dumps(record | {"site": "other"}))


def _newer(out: Path) -> None:
    manifest_of(out).unlink()
    with closing(sqlite3.connect(out)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0999'")
        connection.commit()


def _cut(out: Path) -> None:
    manifest_of(out).unlink()
    out.write_bytes(out.read_bytes()[:9000])


def _not_ours(out: Path) -> None:
    manifest_of(out).unlink()
    out.unlink()
    with closing(sqlite3.connect(out)) as connection:
        connection.execute("CREATE TABLE t (x)")


def _one_byte(out: Path) -> None:
    content = bytearray(out.read_bytes())
    content[-1] ^= 1
    out.write_bytes(content)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_another_site, "this is a ledger of the site other, and this site is example"),
        (_newer, "written by a newer version of notifier"),
        (_cut, "it is damaged"),
        (_not_ours, "this is not a notifier ledger"),
        (_one_byte, "these are not the bytes that were backed up"),
        (lambda out: manifest_of(out).write_text("{}"), "this doesn't say what is in b.db"),
        (lambda out: out.unlink(), "there is no such file"),
    ],
)
def test_what_is_wrong_is_not_put_back_and_the_ledger_stays(file: Path, spoil: object, said: str) -> None:
    out = backed_up(file)
    assert callable(spoil)
    spoil(out)
    before = file.read_bytes()
    with pytest.raises(UserError, match=said):
        restore(out, file, site="example", at=NOW)
    assert (file.read_bytes(), list(file.parent.glob("*before*")), list(file.parent.glob(".notifier*"))) == (
        before,
        [],
        [],
    )


def test_before_an_upgrade_the_ledger_is_copied_and_that_copy_can_be_put_back(tmp_path: Path) -> None:
    file = tmp_path / "ledger.db"
    older_version(file)
    with closing(sqlite3.connect(file)) as connection:
        rows = connection.execute("SELECT count(*) FROM deliveries").fetchone()[0]
    assert len(keys(file)) == rows > 0
    copy = tmp_path / "ledger.db.before-0015"
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
        assert connection.execute("SELECT count(*) FROM deliveries").fetchone() == (rows,)
    assert copy.stat().st_mode & 0o777 == 0o600
    restore(copy, file, site="example", at=NOW)
    with closing(open_ledger(f"sqlite:///{file}")) as ledger:
        lease = ledger.lease()
        assert lease is not None
        assert (lease.copied_at, len(ledger.rows())) == (NOW, rows)


def test_a_new_ledger_leaves_no_copy_and_few_copies_are_kept(tmp_path: Path, file: Path) -> None:
    assert list(tmp_path.glob("*before*")) == []
    for schema in ("0009", "0010", "0011"):
        shutil.copy(file, tmp_path / f"old.db.before-{schema}")
    older_version(tmp_path / "old.db")
    keys(tmp_path / "old.db")
    assert sorted(path.name for path in tmp_path.glob("*before*")) == ["old.db.before-0011", "old.db.before-0015"]
