"""Puts a backup in the place of a ledger: looked at first, marked as a copy, by one rename, and what was there is kept."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path

from notifier.edges.ledger.backup import (
    Manifest,
    check_whole,
    digest_of,
    manifest_beside,
    sync,
)
from notifier.edges.ledger.failures import damaged
from notifier.edges.ledger.holding import alone_with
from notifier.edges.ledger.leasing import mark_as_copy
from notifier.edges.ledger.migrate import prepare
from notifier.edges.ledger.rooms import room
from notifier.edges.ledger.sqlite import Sqlite
from notifier.errors import UserError

_PATIENCE = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """`kept` is where the ledger lies now that was there before; `manifest` what stood beside the backup."""

    kept: Path | None
    manifest: Manifest | None


def restore(backup: Path, file: Path, *, site: str, at: datetime) -> Restored:
    """Put a copy of `backup` in the place of the ledger `file`, from which nothing is sent until it is taken over.

    Raises UserError, with nothing changed, where notifier has the ledger open, or the backup isn't one of this site.
    """
    if not backup.is_file():
        raise UserError(f"{backup}: there is no such file.", "Name a backup, as `notifier backup` made it.")
    if not file.parent.is_dir():
        raise UserError(f"{file.parent}: the ledger's folder doesn't exist.", "Create it first.")
    manifest = manifest_beside(backup)
    if manifest is not None and manifest.site != site:
        raise UserError(
            f"{backup}: this is a ledger of the site {manifest.site}, and this site is {site}.", "Name another."
        )
    if file.exists() and backup.samefile(file):
        raise UserError(f"{backup}: this is the ledger itself.", "Name a backup of it.")
    with alone_with(file), room(file.parent, "restore") as place:
        try:
            fresh = _fetched(backup, place / "ledger.db", manifest)
            _made_ready(fresh, backup, at)
            kept = _set_aside(file, at)
            fresh.replace(file)
            sync(file.parent)
        except OSError as error:
            text = f"{file.parent}: the backup can't be put there ({error.strerror}); the ledger is as it was."
            raise UserError(text, "Make room, or let this user write there.") from error
    return Restored(kept=kept, manifest=manifest)


def _fetched(backup: Path, fresh: Path, manifest: Manifest | None) -> Path:
    """The bytes of the backup, in a private file; with the journal beside it, where somebody copied a ledger as it was."""
    for end in ("", "-wal"):
        source = backup.with_name(f"{backup.name}{end}")
        if source.is_file():
            target = fresh.with_name(f"{fresh.name}{end}")
            os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            shutil.copyfile(source, target)
    if manifest is not None and digest_of(fresh) != manifest.digest:
        text = f"{backup}: these are not the bytes that were backed up, by the file beside it. Take another backup."
        raise UserError(text)
    return fresh


def _made_ready(fresh: Path, backup: Path, at: datetime) -> None:
    """Of this version's schema, whole, one file alone, and marked."""
    check_whole(fresh, name=backup)
    try:
        database = Sqlite(fresh, busy_timeout=_PATIENCE)
        try:
            prepare(database)
            with database.writing() as connection:
                mark_as_copy(connection, at)
        finally:
            database.close()
    except UserError as error:
        # It speaks of a file that nobody knows.
        raise UserError(error.message.replace(str(fresh), str(backup))) from error
    except sqlite3.DatabaseError as error:
        raise damaged(backup) from error
    check_whole(fresh, name=backup)
    sync(fresh)


def _kept(file: Path, at: datetime) -> Path:
    """Give the file another name, which no other file has."""
    first = f"{file.name}.before-restore-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    names = chain([first], (f"{first}-{number}" for number in count(2)))
    while True:
        kept = file.with_name(next(names))
        try:
            os.link(file, kept)
        except FileExistsError:
            # Of a restore within the same second; one that was broken off there may have given it the name already.
            if not kept.samefile(file):
                continue
        return kept


def _set_aside(file: Path, at: datetime) -> Path | None:
    """Let the ledger that is there have another name too; its journal goes with it, which must never meet another file."""
    if not file.exists():
        return None
    try:
        with closing(sqlite3.connect(file, timeout=_PATIENCE)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error:
        # It is damaged: it is kept as it is.
        pass
    kept = _kept(file, at)
    for end in ("-wal", "-shm"):
        beside = file.with_name(f"{file.name}{end}")
        if beside.exists():
            beside.replace(kept.with_name(f"{kept.name}{end}"))
    return kept
