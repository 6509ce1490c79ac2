"""Who has a ledger's file open: many programs at once, or one alone that puts another file in its place.

The lock is on its folder, since SQLite's own locks can't be had of a file that is damaged, and stay with the old file where
another takes its place. The operating system lets go of it, however a program ends.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from notifier.errors import UserError


@dataclass(slots=True)
class Hold:
    """Lets go once."""

    _handle: int | None

    def let_go(self) -> None:
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)


def hold(file: Path) -> Hold:
    """Keep others from putting another file in the place of this one. Raises UserError while somebody is doing that."""
    handle = _opened(file)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(handle)
        text = f"{file}: the ledger is being restored by another program. Wait until that has finished, and try again."
        raise UserError(text) from error
    except OSError:
        # A network folder may not have such locks; whoever restores is told so.
        os.close(handle)
        return Hold(None)
    return Hold(handle)


@contextmanager
def alone_with(file: Path) -> Iterator[None]:
    """While nobody else has it open, nor opens it. Raises UserError where somebody has."""
    handle = _opened(file)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            text = f"{file}: notifier has this ledger open. Stop it, and every command under way, and try again."
            raise UserError(text) from error
        yield
    finally:
        os.close(handle)


def _opened(file: Path) -> int:
    try:
        return os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        text = (
            f"{file.parent}: this folder can't be opened ({error.strerror}). Let the user that runs notifier read it."
        )
        raise UserError(text) from error
