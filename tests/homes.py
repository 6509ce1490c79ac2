"""Sites that tests copy in place of moving them: a copy knows itself for one, and what is tried here is something else."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import update

from notifier.edges.ledger.homes import home_of
from notifier.edges.ledger.lease_tables import lease
from notifier.edges.ledger.sql import database_at


def copied_as_moved(site: Path, to: Path) -> Path:
    """The site in another folder, as if it had always been there."""
    shutil.copytree(site, to)
    for mark in to.rglob(".lease-*.json"):
        mark.unlink()
    for ledger in to.glob("*.db"):
        at_home(ledger)
    return to


def at_home(ledger: Path) -> None:
    """Let a ledger know the place where it is as its own."""
    with closing(sqlite3.connect(ledger, isolation_level=None)) as connection:
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'lease'").fetchone():
            connection.execute("UPDATE lease SET home = ?", [home_of(ledger)])
            # As `notifier` leaves it, with no journal that is still to be taken in.
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def at_home_there(url: str) -> None:
    """The same for one in a database at a server."""
    database = database_at(url, password=None, busy_timeout=10)
    try:
        with database.writing() as connection:
            connection.execute(update(lease).values(home=database.home(connection)))
    finally:
        database.close()
