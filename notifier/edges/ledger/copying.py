"""A whole ledger into another database: from a file to a server, or back."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import islice

from sqlalchemy import Connection, RowMapping, Table, delete, func, insert, select

from notifier.edges.ledger.database import Database
from notifier.edges.ledger.lease_tables import fences, lease
from notifier.edges.ledger.leasing import mark_as_copy
from notifier.edges.ledger.migrate import REVISIONS, prepare, stored_revision, upgrade
from notifier.edges.ledger.sql import database_at
from notifier.edges.ledger.tables import changes, metadata
from notifier.errors import UserError

#: How many rows are read and written at once.
_AT_ONCE = 1_000

#: Told the table, how many of its rows are copied, and how many it has.
Told = Callable[[str, int, int], None]


def copy_ledger(
    source: str,
    target: str,
    *,
    at: datetime,
    password: str | None = None,
    target_password: str | None = None,
    told: Told = lambda _table, _done, _all: None,
) -> int:
    """Copy the ledger at `source` to `target`, where there must be nothing yet; returns how many rows that were.

    All of it in one transaction, or nothing is there. What was written is read back, and is refused where it differs. The copy is of one
    moment: what is written at the source later is not in it, so nobody should be writing there any more; and it knows that it is one, made
    `at` that time. Raises UserError.
    """
    with opened_pair(source, target, password=password, target_password=target_password) as (here, there):
        return copy_all(here, there, at=at, told=told)


@contextmanager
def opened_pair(
    source: str, target: str, *, password: str | None, target_password: str | None
) -> Iterator[tuple[Database, Database]]:
    """The ledger at `source`, of this version's schema, and the database at `target` as it is."""
    here = database_at(source, password=password, busy_timeout=10)
    try:
        with here.translated():
            prepare(here)
        there = database_at(target, password=target_password, busy_timeout=10)
        try:
            yield here, there
        finally:
            there.close()
    finally:
        here.close()


def copy_all(here: Database, there: Database, *, at: datetime, told: Told) -> int:
    """As `copy_ledger`."""
    with here.translated(), here.reading() as old, there.translated(), there.writing() as new:
        if stored_revision(new, there) is not None:
            raise UserError(
                f"{there.place}: there is a ledger here already, and nothing of it was touched. Name an empty database."
            )
        upgrade(new)
        # What the migrations themselves put there.
        new.execute(delete(changes))
        tables = _in_order()
        copied = sum(_table(table, old, new, told) for table in tables)
        for table in tables:
            if _digest(table, old) != _digest(table, new):
                raise UserError(
                    f"{there.place}: {table.name} came out otherwise than it went in, so nothing was copied. Please report this."
                )
        # So that two of them never both send, whoever breaks this off.
        mark_as_copy(new, at)
    there.use_well()
    return copied


def contents_of(connection: Connection) -> dict[str, str]:
    """A digest of each table, but of those in which a ledger knows of itself."""
    return {table.name: _digest(table, connection) for table in _in_order() if table not in (changes, lease, fences)}


def _in_order() -> Sequence[Table]:
    """Those that others refer to come first."""
    return metadata.sorted_tables


def _table(table: Table, old: Connection, new: Connection, told: Told) -> int:
    total, done = old.execute(select(func.count()).select_from(table)).scalar_one(), 0
    with _rows(table, old) as rows:
        while some := [dict(row) for row in islice(rows, _AT_ONCE)]:
            new.execute(insert(table), some)
            done += len(some)
            told(table.name, done, total)
    return done


@contextmanager
def _rows(table: Table, connection: Connection) -> Iterator[Iterator[RowMapping]]:
    """In the order of the keys, a few at a time: a list of a million people takes no more memory than a short one."""
    query = select(table).order_by(*table.primary_key.columns)
    with connection.execute(query, execution_options={"yield_per": _AT_ONCE}) as found:
        yield iter(found.mappings())


def _digest(table: Table, connection: Connection) -> str:
    digest = hashlib.sha256()
    with _rows(table, connection) as rows:
        for row in rows:
            digest.update(repr(tuple(row.values())).encode(errors="surrogatepass"))
    return digest.hexdigest()


def migrated(url: str, *, password: str | None = None) -> tuple[str | None, str]:
    """Bring the ledger at `url` to the schema of this version; the schema before (None: there was nothing) and after.

    Twice, or from several machines at once: once. Raises UserError.
    """
    database = database_at(url, password=password, busy_timeout=60)
    try:
        with database.translated():
            with database.reading() as connection:
                before = stored_revision(connection, database)
            prepare(database)
        return before, REVISIONS[-1]
    finally:
        database.close()
