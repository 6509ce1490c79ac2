"""Folders in which a copy of a ledger is made before it gets its name; what a killed program left of one is cleared away by the next."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def room(parent: Path, act: str) -> Iterator[Path]:
    """A private folder in `parent`, gone at the end, and those of the same act that nobody is in any more."""
    for old in parent.glob(f".notifier-{act}-*"):
        with suppress(OSError):
            _clear(old)
    with tempfile.TemporaryDirectory(prefix=f".notifier-{act}-", dir=parent) as made:
        handle = os.open(made, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            # As whoever opens a ledger in it does (`holding`). Where the disk knows no such locks, nobody clears anything away either.
            with suppress(OSError):
                fcntl.flock(handle, fcntl.LOCK_SH)
            yield Path(made)
        finally:
            os.close(handle)


def _clear(old: Path) -> None:
    handle = os.open(old, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # An empty one may be about to be locked.
        if os.listdir(handle):  # noqa: PTH208 - of the very folder that is locked
            shutil.rmtree(old, ignore_errors=True)
    finally:
        os.close(handle)
