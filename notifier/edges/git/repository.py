"""Where a repository is, and which commit a branch of it is at. Asking the branch starts no program.

The layout is that of gitrepository-layout(5).
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from notifier.edges.git.program import Git, GitFailed

_ID = re.compile(rb"([0-9a-f]{64}|[0-9a-f]{40})\s*")
_SYMBOLIC = re.compile(rb"ref: (refs/\S+)\s*")
_LARGEST_REF = 4_096
_LARGEST_PACKED = 100_000_000

_Signature = tuple[int, int, int, int]


def git_folder(path: Path) -> Path | None:
    """The folder in which git keeps what it knows: of a checkout, of a bare repository, or that folder itself."""
    inside = path / ".git"
    try:
        if inside.is_dir():
            return _kept_in(inside)
        if inside.is_file():
            found = re.fullmatch(rb"gitdir: (.+?)\n*", _small_file(inside))
            return _kept_in(path / os.fsdecode(found[1])) if found else None
        return _kept_in(path)
    except OSError:
        return None


def enclosing(folder: Path) -> tuple[Path, str] | None:
    """The nearest checkout that a folder lies in (its own folder), and the folder's path within it, "" for the same."""
    real = Path(os.path.realpath(folder))
    for place in (real, *real.parents):
        if (place / ".git").exists() and git_folder(place):
            inner = real.relative_to(place).as_posix()
            return place, "" if inner == "." else inner
    return None


def shallow_commits(folder: Path) -> frozenset[str]:
    """The commits at which a history was cut off (git clone --depth): what was before them is not known."""
    try:
        return frozenset(_small_file(_shared(folder) / "shallow", most=_LARGEST_PACKED).decode().split())
    except (OSError, UnicodeDecodeError):
        return frozenset()


@dataclass(slots=True, kw_only=True)
class Branch:
    """A branch of a repository, or whatever its HEAD is (`name` "HEAD"). `folder` is where git keeps what it knows."""

    folder: Path
    name: str
    environ: Mapping[str, str] = field(repr=False)
    _packed: tuple[_Signature, dict[bytes, str]] | None = None

    def commit(self) -> str | None:
        """The id of the commit it is at; None where there is no such branch, or nothing on it yet."""
        wanted = self.name.encode()
        try:
            for _ in range(5):
                found = self._value(wanted)
                if isinstance(found, str):
                    return found
                if found is None:
                    break
                wanted = found
        except OSError:
            pass
        # A way of keeping branches that is not known here (reftable), or none: git has the last word.
        return self._asked()

    def _value(self, name: bytes) -> str | bytes | None:
        """The id that a name stands for, or the other name that it stands for."""
        # Each checkout of a repository has a HEAD of its own; branches they share.
        home = self.folder if name == b"HEAD" else _shared(self.folder)
        path = home / os.fsdecode(name)
        if path.is_file():
            text = _small_file(path)
            if found := _ID.fullmatch(text):
                return found[1].decode()
            symbolic = _SYMBOLIC.fullmatch(text)
            return symbolic[1] if symbolic and b".." not in symbolic[1] else None
        return self._packed_in(home).get(name)

    def _packed_in(self, home: Path) -> dict[bytes, str]:
        path = home / "packed-refs"
        try:
            status = path.stat()
        except FileNotFoundError:
            return {}
        signature = (status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
        if self._packed is None or self._packed[0] != signature:
            self._packed = signature, _packed_refs(_small_file(path, most=_LARGEST_PACKED))
        return self._packed[1]

    def _asked(self) -> str | None:
        git = Git(folder=self.folder, environ=self.environ)
        try:
            answer = git.run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{self.name}^{{commit}}")
        except GitFailed:
            return None
        found = _ID.fullmatch(answer)
        return found[1].decode() if found else None


def _packed_refs(text: bytes) -> dict[bytes, str]:
    refs: dict[bytes, str] = {}
    for line in text.splitlines():
        commit, _, name = line.partition(b" ")
        if name and _ID.fullmatch(commit):
            refs[name] = commit.decode()
    return refs


def _kept_in(folder: Path) -> Path | None:
    if not (folder / "HEAD").exists() or not (_shared(folder) / "objects").is_dir():
        return None
    return Path(os.path.realpath(folder))


def _shared(folder: Path) -> Path:
    """Where the branches are: those of one of several checkouts are kept with the first."""
    try:
        return folder / os.fsdecode(_small_file(folder / "commondir")).strip()
    except FileNotFoundError:
        return folder


def _small_file(path: Path, *, most: int = _LARGEST_REF) -> bytes:
    # Without O_NONBLOCK, opening a named pipe would wait for its writer for ever.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise FileNotFoundError(path)
        return file.read(most)
