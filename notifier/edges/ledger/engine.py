"""How a database is opened and how its transactions begin. Everything that only SQLite understands is here."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool, StaticPool

#: Two programs that create a ledger at once may collide on the switch to WAL; each try waits for the other.
_WAL_TRIES = 20
#: Beyond the five that are kept; each thread of the console may hold one.
_MOST_CONNECTIONS = 64


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


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One consistent view; others may write meanwhile."""
    with engine.connect() as connection, reading_on(connection):
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction and the only writer; committed at the end, or nothing of it is there."""
    with engine.connect() as connection, writing_on(connection):
        yield connection


@contextmanager
def reading_on(connection: Connection) -> Iterator[None]:
    """The same on a connection that is already there, and in no transaction."""
    with connection.execution_options(ledger_writes=False).begin():
        yield


@contextmanager
def writing_on(connection: Connection) -> Iterator[None]:
    """The same on a connection that is already there, and in no transaction."""
    with connection.execution_options(ledger_writes=True).begin():
        yield


def others_version(connection: Connection) -> int:
    """A number that is another one when any other connection, of whatever process, has committed something since.

    What this connection commits itself doesn't count (https://sqlite.org/pragma.html#pragma_data_version).
    """
    return int(connection.exec_driver_sql("PRAGMA data_version").scalar_one())


def use_wal(engine: Engine) -> None:
    """Let readers and the writer go on side by side; the setting stays with the file.

    Where the file system can't do it the ledger works without, more slowly, and `doctor` says so.
    """
    with closing(engine.raw_connection()) as pooled:
        connection: Any = pooled.driver_connection
        for _ in range(_WAL_TRIES):
            if _switched_to_wal(connection):
                return
            # The pragma doesn't wait for others; a transaction does, for as long as the timeout says.
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("ROLLBACK")


def _switched_to_wal(connection: sqlite3.Connection) -> bool:
    try:
        connection.execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True


def journal_mode(connection: Connection) -> str:
    return str(connection.exec_driver_sql("PRAGMA journal_mode").scalar_one())


def damage(connection: Connection) -> tuple[str, ...]:
    """What the database's own check finds wrong with it."""
    found = connection.exec_driver_sql("PRAGMA quick_check(5)").scalars()
    return tuple(line for line in found if line != "ok")
