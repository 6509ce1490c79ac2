"""Puts changed bytes in the place of a content file: whole or not at all, and only over what was read."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from notifier.errors import Problem, UserError


def rewrite(folder: Path, path: str, *, old: bytes, new: bytes) -> None:
    """Replace the file at `path` in `folder`, whose content must still be `old`, keeping its owner and permissions.

    No link is followed on the way. Raises UserError, and leaves everything as it was, when it can't be done.
    """
    try:
        with _opened_folder(folder, path) as (parent, name):
            status = _unchanged(parent, name, path, old)
            _replace(parent, name, path, new=new, status=status)
    except OSError as error:
        raise UserError(_problem(error, path)) from error


@contextlib.contextmanager
def _opened_folder(folder: Path, path: str) -> Iterator[tuple[int, str]]:
    """The folder that holds the file, reached name by name so that no link is followed, and the file's name."""
    *inner, name = path.split("/")
    if ".." in inner or name in ("", "..", "."):
        raise UserError(_refusal(path, "leaves the content folder.", "Write it by hand."))
    at = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for step in inner:
            below = os.open(step, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=at)
            os.close(at)
            at = below
        yield at, name
    finally:
        os.close(at)


def _unchanged(parent: int, name: str, path: str, old: bytes) -> os.stat_result:
    # O_NONBLOCK: what has become a pipe meanwhile isn't waited for.
    with os.fdopen(os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=parent), "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode) or file.read(len(old) + 1) != old:
            raise UserError(_changed(path))
    if status.st_mode & 0o222 == 0:
        # Replacing would get round it: that needs the folder's permission only.
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    return status


def _replace(parent: int, name: str, path: str, *, new: bytes, status: os.stat_result) -> None:
    temporary = f".{name[:100]}.{os.getpid()}.tmp"
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600, dir_fd=parent)
    try:
        with os.fdopen(handle, "wb") as file:
            made = os.fstat(file.fileno())
            if (made.st_uid, made.st_gid) != (status.st_uid, status.st_gid):
                os.fchown(file.fileno(), status.st_uid, status.st_gid)
            os.fchmod(file.fileno(), stat.S_IMODE(status.st_mode))
            file.write(new)
            file.flush()
            os.fsync(file.fileno())
        now = os.stat(name, dir_fd=parent, follow_symlinks=False)
        if (now.st_ino, now.st_size, now.st_mtime_ns) != (status.st_ino, status.st_size, status.st_mtime_ns):
            raise UserError(_changed(path))
        os.replace(temporary, name, src_dir_fd=parent, dst_dir_fd=parent)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary, dir_fd=parent)
        raise
    os.fsync(parent)


def _changed(path: str) -> Problem:
    return _refusal(path, "has changed since it was read.", "Nothing was written; check again.")


def _refusal(path: str, what: str, hint: str) -> Problem:
    return Problem(path=path, what=f"The file {what}", hint=hint)


def _problem(error: OSError, path: str) -> Problem:
    match error.errno:
        case errno.ENOENT:
            return _refusal(path, "is no longer there.", "Nothing was written; check again.")
        case errno.ELOOP | errno.ENOTDIR:
            return _refusal(
                path, "is reached through a link, so it was not written.", "Write it where the file itself is."
            )
        case errno.EACCES | errno.EPERM | errno.EROFS:
            hint = "Let the user that runs notifier write it and its folder, or write the line by hand."
            return _refusal(path, "may not be written, or belongs to another user.", hint)
        case errno.ENOSPC | errno.EDQUOT:
            return _refusal(path, "was not written: the disk is full.", "Free some space, then try again.")
        case errno.EEXIST:
            return _refusal(path, "is being written by another program.", "Try again.")
        case _:
            return _refusal(path, f"can't be written ({error.strerror}).", "Check the disk, or write the line by hand.")
