"""A ledger in an SQLite file. With `failures`, everything that only SQLite understands is here."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool, StaticPool

from notifier.edges.ledger.database import Database
from notifier.edges.ledger.failures import check_place, create_private, damaged, gone, newer, translated
from notifier.edges.ledger.holding import Hold, hold
from notifier.edges.ledger.homes import home_of
from notifier.errors import UserError
from notifier.ports import Finding

_IN_MEMORY = Path(":memory:")
#: Two programs that create a ledger at once may collide on the switch to WAL; each try waits for the other.
_WAL_TRIES = 20
#: Beyond the five that are kept; each thread of the console may hold one.
_MOST_CONNECTIONS = 64
#: A year of a busy site takes a few megabytes; less free than this and a person should look.
_FREE_AT_LEAST = 100_000_000


class Sqlite(Database):
    """The database in `file`, which is created where it isn't there; None: one in memory, for one thread.

    `busy_timeout` is how many seconds to wait while another program writes. Raises UserError when there can be none.
    """

    def __init__(self, file: Path | None, *, busy_timeout: float) -> None:
        self._hold = Hold(None)
        if file is not None:
            check_place(file)
            # Before it is looked at: nobody puts another in its place from here on.
            self._hold = hold(file)
            try:
                create_private(file)
            except UserError:
                self._hold.let_go()
                raise
        super().__init__(make_engine(file, busy_timeout=busy_timeout))
        self.file = file
        self.place = str(file or _IN_MEMORY)
        self._identity = _identity(file)

    def close(self) -> None:
        super().close()
        self._hold.let_go()

    def home(self, connection: Connection) -> str | None:
        del connection
        return home_of(self.file) if self.file is not None else None

    @contextmanager
    def reading_on(self, connection: Connection) -> Iterator[None]:
        with connection.execution_options(ledger_writes=False).begin():
            yield

    @contextmanager
    def writing_on(self, connection: Connection) -> Iterator[None]:
        with connection.execution_options(ledger_writes=True).begin():
            yield

    def claiming_on(self, connection: Connection) -> AbstractContextManager[None]:
        """SQLite locks no rows: there is one writer at a time."""
        return self.writing_on(connection)

    def others_version(self, connection: Connection) -> int:
        """As SQLite counts (https://sqlite.org/pragma.html#pragma_data_version)."""
        return int(connection.exec_driver_sql("PRAGMA data_version").scalar_one())

    def translated(self) -> AbstractContextManager[None]:
        return translated(self.file or _IN_MEMORY)

    def damaged(self) -> UserError:
        return damaged(self.file or _IN_MEMORY)

    def newer(self, stored: str, known: str) -> UserError:
        return newer(self.file or _IN_MEMORY, stored, known)

    def wholeness(self, connection: Connection) -> Finding:
        found = connection.exec_driver_sql("PRAGMA quick_check(5)").scalars()
        wrong = tuple(line for line in found if line != "ok")
        if not wrong:
            return Finding(subject="ledger", ok=True, text=f"{self.place} is whole.")
        hint = "Stop notifier and restore the ledger from a backup."
        return Finding(subject="ledger", ok=False, text=f"{self.place} is damaged: {'; '.join(wrong)}.", hint=hint)

    def upkeep(self, connection: Connection) -> tuple[Finding, ...]:
        mode = str(connection.exec_driver_sql("PRAGMA journal_mode").scalar_one())
        hint = "Keep the ledger on a local disk: a network folder may not lock files safely."
        ok = mode == "wal" or self.file is None
        text = f"The journal's mode is {mode}."
        return (Finding(subject="ledger journal", ok=ok, text=text, hint="" if ok else hint),)

    def room(self) -> tuple[Finding, ...]:
        if self.file is None:
            return ()
        size, free = self.file.stat().st_size, shutil.disk_usage(self.file.parent).free
        roomy = free >= _FREE_AT_LEAST
        room = Finding(
            subject="ledger disk",
            ok=roomy,
            text=f"The ledger is {_megabytes(size)}; {_megabytes(free)} are free on its disk.",
            hint="" if roomy else "Free some space: with a full disk nothing can be recorded, so nothing is sent.",
        )
        return (room,)

    def check_there(self) -> None:
        # A connection goes on writing into a deleted file, and all of that would be lost at the next start.
        if self.file is not None and _identity(self.file) != self._identity:
            raise gone(self.file)

    def use_well(self) -> None:
        """Let readers and the writer go on side by side; the setting stays with the file.

        Where the file system can't do it the ledger works without, more slowly, and `doctor` says so.
        """
        if self.file is None:
            return
        with closing(self.engine.raw_connection()) as pooled:
            connection: Any = pooled.driver_connection
            for _ in range(_WAL_TRIES):
                if _switched_to_wal(connection):
                    return
                # The pragma doesn't wait for others; a transaction does, for as long as the timeout says.
                connection.execute("BEGIN EXCLUSIVE")
                connection.execute("ROLLBACK")


def make_engine(file: Path | None, *, busy_timeout: float) -> Engine:
    """An engine on `file`, which must exist, or in memory (for one thread). Nothing is opened yet."""

    def connect() -> sqlite3.Connection:
        # `mode=rw`: a ledger deleted while we run must never come back as an empty one.
        target = f"{file.absolute().as_uri()}?mode=rw" if file else ":memory:"
        connection = sqlite3.connect(
            target, uri=file is not None, timeout=busy_timeout, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    if file is None:
        engine = create_engine("sqlite://", creator=connect, poolclass=StaticPool)
    else:
        engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool, max_overflow=_MOST_CONNECTIONS)
    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    # The driver would begin late and upgrade from read to write half-way, which SQLite may refuse at once.
    writes = connection.get_execution_options().get("ledger_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _switched_to_wal(connection: sqlite3.Connection) -> bool:
    try:
        connection.execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True


def _identity(file: Path | None) -> tuple[int, int] | None:
    try:
        status = file.stat() if file is not None else None
    except OSError:
        return None
    return (status.st_dev, status.st_ino) if status else None


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:,.1f} MB"
