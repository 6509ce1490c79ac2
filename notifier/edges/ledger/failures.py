"""What a database can complain about, each as one sentence with its remedy. The only place that knows its errors."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from notifier.errors import UserError

#: Less than this left on a disk is what an input/output error of a journal is about.
_NEXT_TO_NOTHING = 1_000_000

_FULL = "{file}: the disk that holds the ledger is full, so this was not recorded. Free some space; nothing is lost."
_LOCKED = (
    "{file}: the ledger is locked by another program. "
    "Stop the other program, or wait until it has finished, and try again."
)
_DAMAGED = (
    "{file}: this is not a notifier ledger, or it is damaged. Stop notifier, put a backup in its place (`notifier restore FILE`, "
    "then `notifier ledger take-over`), or move it away to begin again: then the first look is a baseline and nothing already "
    "there is mailed."
)
_READ_ONLY = "{file}: the ledger can't be written. Let the user that runs notifier read and write this file."
_FOLDER_READ_ONLY = (
    "{folder}: the ledger's folder can't be written, and the ledger keeps its journal there. "
    "Let the user that runs notifier write in it, or name another place in `ledger.url`."
)
_FOLDER_MISSING = "{folder}: the ledger's folder doesn't exist, or can't be entered. Create it, or name another place in `ledger.url`."
_IS_FOLDER = "{file}: the ledger should be a file, and this is a folder. Name a file in it in `ledger.url`."
_NOT_A_FILE = "{file}: the ledger should be an ordinary file, and this is none. Name another one in `ledger.url`."
_GONE = (
    "{file}: the ledger was moved or deleted while notifier was running, so nothing more is recorded. "
    "Put it back if you can, then start notifier again."
)
_DISK = "{file}: the disk that holds the ledger gives errors. Check the disk, then run `notifier doctor`."


class DamagedRow(Exception):
    """A stored value that no version of this program has written."""


@contextmanager
def translated(file: Path) -> Iterator[None]:
    """Raise what the database says about `file` as UserError; leave our own mistakes as they are."""
    try:
        yield
    except DamagedRow as error:
        raise damaged(file) from error
    except (DBAPIError, sqlite3.Error) as error:
        text = _sentence(error.orig if isinstance(error, DBAPIError) else error, file)
        if text is None:
            raise
        raise UserError(text) from error


def damaged(file: Path) -> UserError:
    return UserError(_DAMAGED.format(file=file))


def newer(file: Path, stored: str, known: str) -> UserError:
    return UserError(
        f"{file}: the ledger was written by a newer version of notifier (its schema is {stored}, this one knows "
        f"{known}). Install that version again, or restore the ledger from before the upgrade."
    )


def gone(file: Path) -> UserError:
    return UserError(_GONE.format(file=file))


def check_place(file: Path) -> None:
    """Raise UserError when no ledger can be kept at `file`, before anything is touched."""
    text = _place_problem(file)
    if text is not None:
        raise UserError(text.format(file=file, folder=file.parent))


def create_private(file: Path) -> None:
    """Create an empty `file` that only its owner reads: the ledger holds members' links."""
    try:
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        return
    except OSError as error:
        text = f"{file}: the ledger can't be created ({error.strerror}). Name another place in `ledger.url`."
        raise UserError(text) from error


def _place_problem(file: Path) -> str | None:
    folder, mode = _mode(file.parent), _mode(file)
    if not stat.S_ISDIR(folder):
        return _FOLDER_MISSING
    if stat.S_ISDIR(mode):
        return _IS_FOLDER
    if mode and not stat.S_ISREG(mode):
        return _NOT_A_FILE
    if mode and not os.access(file, os.R_OK | os.W_OK):
        return _READ_ONLY
    if not os.access(file.parent, os.W_OK | os.X_OK):
        return _FOLDER_READ_ONLY
    return None


def _mode(path: Path) -> int:
    """What is at `path`; 0 for nothing, and for what can't be looked at."""
    try:
        return path.stat().st_mode
    except OSError:
        return 0


def _sentence(error: BaseException | None, file: Path) -> str | None:
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return None
    # The lower byte is the kind; the upper ones say more (https://sqlite.org/rescode.html).
    match code & 0xFF:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            text = _LOCKED
        case sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CORRUPT:
            text = _DAMAGED
        case sqlite3.SQLITE_FULL:
            text = _FULL
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM:
            text = _place_problem(file) or _READ_ONLY
        case sqlite3.SQLITE_CANTOPEN:
            text = _place_problem(file) or (_disk_problem(file) if _mode(file) else _GONE)
        case sqlite3.SQLITE_IOERR:
            text = _disk_problem(file)
        case _:
            return None
    return text.format(file=file, folder=file.parent)


def _disk_problem(file: Path) -> str:
    try:
        free = shutil.disk_usage(file.parent).free
    except OSError:
        return _DISK
    return _FULL if free < _NEXT_TO_NOTHING else _DISK
