"""Copies of a ledger's file, made while others write into it: whole, checked, marked as a copy, and there at once or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from notifier.edges.ledger.failures import damaged, translated
from notifier.edges.ledger.leasing import mark_as_copy
from notifier.edges.ledger.rooms import room
from notifier.edges.ledger.sqlite import make_engine
from notifier.errors import UserError

_PATIENCE = 10.0
#: How many copies from before an upgrade are kept.
_UPGRADES_KEPT = 2
_STAMP = "%Y%m%dT%H%M%SZ"
_OF_STAMP = "[0-9]" * 8 + "T" + "[0-9]" * 6 + "Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What lies in a backup, in a file beside it. `rows` are the numbers of rows by table, `digest` is of its bytes."""

    site: str
    schema: str
    made_at: datetime
    window_end: str | None
    size: int
    digest: str
    rows: Mapping[str, int]

    def record(self) -> dict[str, Any]:
        """As it is written down."""
        return asdict(self) | {"made_at": self.made_at.isoformat()}


def back_up(file: Path, out: Path, *, site: str, at: datetime) -> Manifest:
    """Copy the ledger's file to `out`, which must not be there. Raises UserError, with nothing left behind, where that can't be."""
    if out.exists():
        raise UserError(
            f"{out}: is there already, and a backup takes nothing's place.", "Name another file, or a folder."
        )
    with _told(out), room(out.parent, "backup") as place:
        fresh = place / "ledger.db"
        rows = copied(file, fresh, at)
        with closing(sqlite3.connect(fresh)) as connection:
            [(schema,)] = connection.execute("SELECT version_num FROM alembic_version")
            ends = connection.execute("SELECT window_end FROM site").fetchall()
        manifest = Manifest(
            site=site, schema=schema, made_at=at.astimezone(UTC), window_end=ends[0][0] if ends else None,
            size=fresh.stat().st_size, digest=digest_of(fresh), rows=rows,
        )  # fmt: skip
        # What it says is there before the copy is: a copy is never without it.
        _write(place / "manifest", json.dumps(manifest.record(), indent=2).encode() + b"\n")
        (place / "manifest").replace(manifest_of(out))
        try:
            # Unlike a rename it never takes the place of what came there meanwhile.
            os.link(fresh, out)
        except FileExistsError:
            raise
        except OSError:
            # Not every disk has links.
            fresh.replace(out)
        sync(out.parent)
    return manifest


def default_name(file: Path, at: datetime) -> str:
    return f"{file.stem}-{at.astimezone(UTC).strftime(_STAMP)}{file.suffix}"


def drop_old(file: Path, folder: Path, keep: int) -> list[Path]:
    """Of the backups of this ledger in a folder that were named by themselves, leave the last `keep`; returns what went."""
    found = sorted(folder.glob(f"{file.stem}-{_OF_STAMP}{file.suffix}"))
    with _told(folder):
        for old in found[:-keep]:
            old.unlink()
            manifest_of(old).unlink(missing_ok=True)
    return found[:-keep]


def keep_before(file: Path, schema: str) -> Path:
    """Copy a ledger right before it is brought to this schema, in the place of an earlier such copy; few of them are kept.

    Its transaction may be open: what others see is copied.
    """
    out = file.with_name(f"{file.name}.before-{schema}")
    with _told(out), room(file.parent, "upgrade") as place:
        fresh = place / "ledger.db"
        copied(file, fresh, datetime.fromtimestamp(file.stat().st_mtime, UTC))
        fresh.replace(out)
        sync(out.parent)
        for old in sorted(file.parent.glob(f"{file.name}.before-[0-9][0-9][0-9][0-9]"))[:-_UPGRADES_KEPT]:
            old.unlink()
    return out


def copied(file: Path, fresh: Path, at: datetime) -> dict[str, int]:
    """Copy what is committed now into `fresh`, one file alone, and mark it as a copy; returns the numbers of rows.

    Raises UserError where the copy is not whole, or not the same.
    """
    os.close(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    with translated(file), closing(_opened(file)) as source, closing(sqlite3.connect(fresh)) as target:
        # One view for what is counted and what is copied.
        source.execute("BEGIN")
        rows = _rows(source)
        source.backup(target)
        source.execute("ROLLBACK")
    _mark(fresh, at)
    check_whole(fresh, name=file)
    with closing(sqlite3.connect(fresh)) as connection:
        there = _rows(connection)
    if {name: number for name, number in there.items() if name != "lease"} != {
        name: number for name, number in rows.items() if name != "lease"
    }:
        raise UserError(f"{file}: its copy holds other numbers of rows, so it was thrown away.", "Check the disk.")
    sync(fresh)
    return rows


def check_whole(file: Path, *, name: Path) -> None:
    """Raise UserError where the database finds itself damaged."""
    try:
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
            said = [row[0] for row in connection.execute("PRAGMA quick_check(5)")]
    except sqlite3.DatabaseError as error:
        raise damaged(name) from error
    if said != ["ok"]:
        raise damaged(name)


def manifest_of(out: Path) -> Path:
    return out.with_name(f"{out.name}.json")


def digest_of(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def sync(place: Path) -> None:
    """What is there stays there when the power goes."""
    handle = os.open(place, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _opened(file: Path) -> sqlite3.Connection:
    # Of a file that isn't there nothing is made.
    connection = sqlite3.connect(
        f"{file.absolute().as_uri()}?mode=rw", uri=True, timeout=_PATIENCE, isolation_level=None
    )
    connection.execute("PRAGMA query_only = ON")
    return connection


def _mark(fresh: Path, at: datetime) -> None:
    """A ledger from before there were marks goes without: whoever opens it next brings it up to date first."""
    engine = make_engine(fresh, busy_timeout=_PATIENCE)
    try:
        with engine.connect() as connection:
            known = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE name = 'lease'").first()
            connection.rollback()
            if known is not None:
                with connection.execution_options(ledger_writes=True).begin():
                    mark_as_copy(connection, at)
    finally:
        engine.dispose()


def _rows(connection: sqlite3.Connection) -> dict[str, int]:
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    quoted = {name: name.replace('"', '""') for name in names if not name.startswith("sqlite_")}
    return {
        name: connection.execute(f'SELECT count(*) FROM "{sql}"').fetchone()[0]  # noqa: S608 - its own names, quoted
        for name, sql in quoted.items()
    }


def _write(file: Path, content: bytes) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())


@contextmanager
def _told(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        hint = "Name a folder that is there and can be written to, with room in it."
        raise UserError(f"{out}: the copy of the ledger can't be kept there ({error.strerror}).", hint) from error


def manifest_beside(file: Path) -> Manifest | None:
    """What is said beside a backup; None where nothing is. Raises UserError for what isn't understood."""
    place = manifest_of(file)
    try:
        known: Any = json.loads(place.read_bytes())
        return Manifest(**(known | {"made_at": datetime.fromisoformat(known["made_at"])}))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        text = f"{place}: this doesn't say what is in {file.name}. Move it away to go by the file alone."
        raise UserError(text) from error
