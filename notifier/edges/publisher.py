"""Publishes feeds into a folder: whole or not at all, and only when they changed."""

from __future__ import annotations

import errno
import os
import re
import threading
from pathlib import Path

from notifier.errors import Problem, UserError

_NAME = re.compile(r"[a-z0-9-]+\.[a-z0-9]+", re.ASCII)
# A dot first: web servers and calendars don't show it. The process's number tells a stale file from one in use.
_TEMPORARY = re.compile(r"\.[a-z0-9-]+\.[a-z0-9]+\.(\d+)\.tmp", re.ASCII)


class FolderPublisher:
    """A publisher into `folder`, which is made when it is first needed. Safe for several threads and processes.

    `private`: nobody but the user that runs notifier may read what is in it.
    """

    def __init__(self, folder: Path, *, private: bool = False) -> None:
        self._folder = folder
        self._private = private
        self._lock = threading.Lock()
        self._swept = False

    def publish(self, name: str, data: bytes) -> bool:
        """Put `data` at `name` atomically; returns whether it changed. Raises UserError when it can't."""
        if not _NAME.fullmatch(name):
            raise UserError(f"{name!r} can't be published. Use a name of a-z, 0-9 and -, then a dot and an ending.")
        with self._lock:
            try:
                return self._publish(name, data)
            except OSError as error:
                raise UserError(self._problem(error, name)) from error

    def read(self, name: str) -> bytes | None:
        """The published bytes, or None; None too for a name that nothing can be published at."""
        if not _NAME.fullmatch(name):
            return None
        try:
            return (self._folder / name).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise UserError(self._problem(error, name)) from error

    def withdraw(self, name: str) -> bool:
        """Remove what is at `name`; returns whether there was something. Raises UserError when it can't."""
        if not _NAME.fullmatch(name):
            return False
        with self._lock:
            try:
                (self._folder / name).unlink()
            except (FileNotFoundError, NotADirectoryError):
                return False
            except OSError as error:
                raise UserError(self._problem(error, name)) from error
            _sync_folder(self._folder)
            return True

    def _publish(self, name: str, data: bytes) -> bool:
        self._folder.mkdir(mode=0o700 if self._private else 0o777, parents=True, exist_ok=True)
        if not self._swept:
            self._sweep()
            self._swept = True
        if self.read(name) == data:
            return False
        temporary = self._folder / f".{name}.{os.getpid()}.tmp"
        try:
            _write_durably(temporary, data, 0o600 if self._private else 0o644)
            temporary.replace(self._folder / name)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _sync_folder(self._folder)
        return True

    def _sweep(self) -> None:
        """Remove what a killed process left behind."""
        for path in self._folder.iterdir():
            found = _TEMPORARY.fullmatch(path.name)
            if found and not _is_other_process(int(found[1])):
                path.unlink(missing_ok=True)

    def _problem(self, error: OSError, name: str) -> Problem:
        path, what, hint = self._folder / name, "", ""
        match error.errno:
            case errno.ENOSPC | errno.EDQUOT:
                what, hint = "the disk is full, so this was not published.", "Free some space; it is tried again."
            case errno.EACCES | errno.EPERM | errno.EROFS:
                what, hint = "can't be read or written.", f"Let the user that runs notifier write in {self._folder}."
            case errno.EISDIR:
                what, hint = "is a folder, and a feed belongs there.", "Move the folder away."
            case errno.EEXIST | errno.ENOTDIR:
                path, what = self._folder, "is not a folder."
                hint = "Move away what is there, or name another place for feeds."
            case errno.ENAMETOOLONG:
                what, hint = "the name is too long for this disk.", "Give the feed a shorter name."
            case _:
                what, hint = f"can't be published ({error.strerror}).", "Check the disk and the folder."
        return Problem(path=str(path), what=what, hint=hint)


def _write_durably(path: Path, data: bytes, mode: int) -> None:
    # What is public is readable by all, as the umask allows: a web server of another user may serve the folder.
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make the new name itself survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _is_other_process(number: int) -> bool:
    if number == os.getpid():
        return False
    try:
        os.kill(number, 0)  # signal 0 only asks whether it exists
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
