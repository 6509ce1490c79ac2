"""Bring a database to the schema of this version, once, whoever comes first; never touch one that isn't ours."""

from __future__ import annotations

import threading
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from notifier.edges.ledger.database import Database
from notifier.edges.ledger.spool_tables import letters

#: Every schema there has been, oldest first; a test holds this to the files in `migrations/versions`.
REVISIONS = tuple(f"{number:04}" for number in range(1, 16))

_MIGRATIONS = Path(__file__).with_name("migrations")
# Alembic keeps its context in module globals, so two threads can't migrate two databases at once.
_one_at_a_time = threading.Lock()


def prepare(database: Database) -> None:
    """Migrate to the newest schema. Raises UserError, with nothing changed, when it isn't a ledger or is newer."""
    with database.reading() as connection:
        before = stored_revision(connection, database)
    database.use_well()
    if before == REVISIONS[-1]:
        return
    with _one_at_a_time, database.writing() as connection:
        # Another process may have been faster while we waited for the lock.
        stored = stored_revision(connection, database)
        if stored != REVISIONS[-1]:
            if stored is not None and database.file is not None:
                _keep(database.file)
            upgrade(connection)


def stored_revision(connection: Connection, database: Database) -> str | None:
    """The schema of the database, None when it is empty."""
    tables = set(inspect(connection).get_table_names())
    if not tables:
        return None
    if not tables >= {"alembic_version", "site", "deliveries"}:
        raise database.damaged()
    stored = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if stored in REVISIONS:
        return str(stored)
    raise database.newer(str(stored), REVISIONS[-1])


def _keep(file: Path) -> None:
    # The one way back, since a schema that is taken back would lose what only it can keep.
    from notifier.edges.ledger.backup import keep_before  # noqa: PLC0415 - seldom needed

    keep_before(file, REVISIONS[-1])


def upgrade(connection: Connection) -> None:
    """Make the newest schema of what is there, inside the transaction that is open."""
    # Alembic costs 300 ms to import, and nearly every start finds the schema as it should be.
    from alembic import command  # noqa: PLC0415 - slow to import, seldom needed
    from alembic.config import Config  # noqa: PLC0415 - slow to import, seldom needed

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    # Of all tables, those in files of their own among them.
    config.attributes["metadata"] = letters.metadata
    command.upgrade(config, "head")
