"""Documents from a folder of files, read in one walk; nothing outside the folder is ever read."""

from __future__ import annotations

import errno
import fnmatch
import hashlib
import os
import re
import stat
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from notifier.core.event import Document
from notifier.errors import Problem, UserError
from notifier.ports import Snapshot

#: A text about an event is far smaller: what is larger is a mistake, and not worth the memory.
LARGEST = 5_000_000
#: File systems keep times as coarse as two seconds (FAT): within them a change may leave the time as it was.
_COARSEST = 2.0

_States = frozenset[tuple[int, int]]
_Signature = tuple[int, int, int, int, int]


class FolderSource:
    """The files of `folder` that match one of `files` and none of `exclude`.

    Patterns are relative to the folder: `*` and `?` stay within a name, `**` crosses folders, and none matches
    a leading dot that it doesn't write. An `exclude` that matches a folder excludes everything in it.
    `elapsed` counts seconds from anywhere. Raises UserError for a pattern that leaves the folder.
    """

    def __init__(
        self,
        *,
        name: str,
        folder: Path,
        files: Sequence[str],
        exclude: Sequence[str] = (),
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._folder = folder
        self._files = _Patterns(files, place=f"sources.{name}.files")
        self._exclude = _Patterns(exclude, place=f"sources.{name}.exclude")
        self._elapsed = elapsed
        self._remembered: dict[str, _Remembered] = {}

    def read(self, known: Mapping[str, Document]) -> Snapshot:
        """Everything there is now. A file that is certainly unchanged is not opened again.

        Raises UserError when the folder, or a folder in it that may hold documents, can't be listed.
        """
        found = _Found(known=known)
        root = os.path.realpath(self._folder)
        remembered: dict[str, _Remembered] = {}
        for entry, path in self._walk(root, found):
            one = self._read_entry(entry, path, root, found)
            if one is not None:
                remembered[path] = one
        self._remembered = remembered
        documents = tuple(_known_or(known.get(path), remembered[path].document) for path in sorted(remembered))
        return Snapshot(
            documents=documents,
            revision=_revision(documents, found.unreadable),
            problems=tuple(sorted(found.problems, key=lambda problem: problem.path)),
            unreadable=frozenset(found.unreadable),
        )

    def _walk(self, root: str, found: _Found) -> Iterator[tuple[os.DirEntry[str], str]]:
        """Entries that should be documents, each with its path; folders that can't hold any are not entered."""
        waiting = [(root, _Place(path="", files=self._files.start, exclude=self._exclude.start))]
        while waiting:
            folder, place = waiting.pop()
            for entry in self._list(folder, is_root=not place.path):
                inner = self._enter(place, entry.name)
                if inner is None:
                    continue
                if entry.is_dir(follow_symlinks=False):
                    if self._files.go_on(inner.files) and _is_named_well(entry, inner.path, found):
                        waiting.append((entry.path, inner))
                elif self._is_document(entry, inner, found):
                    yield entry, inner.path

    def _is_document(self, entry: os.DirEntry[str], place: _Place, found: _Found) -> bool:
        if self._files.match(place.files):
            return _is_named_well(entry, place.path, found)
        if entry.is_symlink() and Path(entry.path).is_dir():
            found.refuse(_shown(place.path), *_LINKED_FOLDER)
        return False

    def _list(self, folder: str, *, is_root: bool) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(folder) as entries:
                return list(entries)
        except OSError as error:
            if not is_root and error.errno in (errno.ENOENT, errno.ENOTDIR):
                return []  # it vanished since its own folder was listed
            shown = f"The content folder {self._folder}" if is_root else f"The folder {_shown(folder)}"
            raise UserError(_cannot_list(error, shown, self.name)) from error

    def _enter(self, place: _Place, name: str) -> _Place | None:
        exclude = self._exclude.step(place.exclude, name)
        files = self._files.step(place.files, name)
        if not files or self._exclude.match(exclude):
            return None
        path = f"{place.path}/{name}" if place.path else name
        return _Place(path=path, files=files, exclude=exclude)

    def _read_entry(self, entry: os.DirEntry[str], path: str, root: str, found: _Found) -> _Remembered | None:
        try:
            target = _target_of(entry, root)
            status = os.lstat(target)
            _check(status)
            old = self._remembered.get(path)
            if old is not None and old.signature == _signature(status) and old.is_certain:
                return old
            return self._read_file(target, path, old)
        except FileNotFoundError:
            return None  # it vanished since the folder was listed
        except _Refused as refused:
            found.refuse(path, refused.what, refused.hint)
        except OSError as error:
            hint = "Let the user that runs notifier read it, or add it to `exclude`."
            found.refuse(path, f"This file can't be read ({error.strerror}).", hint)
        return None

    def _read_file(self, target: str, path: str, old: _Remembered | None) -> _Remembered:
        # Between looking and opening it may have become a link or a pipe: neither is followed or waited for.
        with os.fdopen(os.open(target, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            status = os.fstat(file.fileno())
            _check(status)
            moment = self._elapsed()
            data = file.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise _Refused(*_TOO_LARGE)
        signature = _signature(status)
        return _Remembered(
            document=Document(source=self.name, path=path, data=data, revision=hashlib.sha256(data).hexdigest()),
            signature=signature,
            first_met=old.first_met if old is not None and old.signature == signature else moment,
            last_read=moment,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A path in the walk, and how far each pattern has come with it."""

    path: str
    files: _States
    exclude: _States


@dataclass(frozen=True, slots=True, kw_only=True)
class _Remembered:
    """A document, its file's signature, when that signature was first met, and when the bytes were last read."""

    document: Document
    signature: _Signature
    first_met: float
    last_read: float

    @property
    def is_certain(self) -> bool:
        """Whether every later change must show in the signature: the bytes are younger than the coarsest clock."""
        return self.last_read - self.first_met >= _COARSEST


@dataclass(slots=True, kw_only=True)
class _Found:
    """What one walk could not read."""

    known: Mapping[str, Document]
    problems: list[Problem] = field(default_factory=list)
    unreadable: set[str] = field(default_factory=set)

    def refuse(self, path: str, what: str, hint: str) -> None:
        self.problems.append(Problem(path=path, what=what, hint=hint))
        self.unreadable.add(path)
        self.unreadable.update(inner for inner in self.known if inner.startswith(f"{path}/"))


class _Refused(Exception):
    """A file that is there and must not be read."""

    def __init__(self, what: str, hint: str) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint


_TOO_LARGE = (
    f"This file is larger than {LARGEST // 1_000_000} MB, so it was not read.",
    "Make it smaller, or add it to `exclude`.",
)
_NOT_A_FILE = (
    "This is not an ordinary file (a pipe, a device or a socket), so it was not read.",
    "Remove it, or add it to `exclude`.",
)
_LINKED_FOLDER = (
    "This is a link to a folder, and such links are not followed.",
    "Put the folder itself here, or add the link to `exclude`.",
)
_LINK_OUT = (
    "This is a link out of the content folder or into a hidden one, so it was not read.",
    "Put the file itself here.",
)
_LINK_TO_NOTHING = ("This is a link to a file that doesn't exist.", "Put the file itself here, or remove the link.")
_NAME_NOT_UTF8 = ("The name is not UTF-8, so it was not read.", "Rename it; plain letters, digits and - always work.")


class _Patterns:
    """Glob patterns, matched name by name on the way down, so that whole folders can be left out.

    A state is (which pattern, how many of its parts are done). Time is linear in the path, whatever the pattern.
    """

    def __init__(self, patterns: Iterable[str], *, place: str) -> None:
        self._parts = [_parts(pattern, place) for pattern in patterns]
        self.start: _States = frozenset(state for i in range(len(self._parts)) for state in self._closed(i, 0))

    def step(self, states: _States, name: str) -> _States:
        return frozenset(after for state in states for after in self._after(*state, name))

    def match(self, states: _States) -> bool:
        return any(done == len(self._parts[which]) for which, done in states)

    def go_on(self, states: _States) -> bool:
        return any(done < len(self._parts[which]) for which, done in states)

    def _after(self, which: int, done: int, name: str) -> Iterable[tuple[int, int]]:
        parts = self._parts[which]
        if done == len(parts):
            return ()
        part = parts[done]
        if part is None:
            return () if name.startswith(".") else self._closed(which, done)
        return self._closed(which, done + 1) if part(name) else ()

    def _closed(self, which: int, done: int) -> Iterator[tuple[int, int]]:
        """The state itself and those reached by letting `**` stand for nothing."""
        yield which, done
        parts = self._parts[which]
        while done < len(parts) and parts[done] is None:
            done += 1
            yield which, done


def _parts(pattern: str, place: str) -> tuple[Callable[[str], bool] | None, ...]:
    if pattern.endswith("/"):
        pattern += "**"
    names = [name for name in pattern.split("/") if name not in ("", ".")]
    if not names or ".." in names or pattern.startswith("/"):
        raise UserError(f"{place}: {pattern!r} leaves the folder. Write it relative to it, as in `_events/*.md`.")
    return tuple(None if name == "**" else _matcher(name) for name in names)


def _matcher(glob: str) -> Callable[[str], bool]:
    compiled = re.compile(fnmatch.translate(glob))
    dotted = glob.startswith(".")
    return lambda name: (dotted or not name.startswith(".")) and compiled.match(name) is not None


def _target_of(entry: os.DirEntry[str], root: str) -> str:
    if not entry.is_symlink():
        return entry.path
    real = Path(os.path.realpath(entry.path))
    if not real.is_relative_to(root) or any(part.startswith(".") for part in real.relative_to(root).parts):
        raise _Refused(*_LINK_OUT)
    if not os.path.lexists(real):
        raise _Refused(*_LINK_TO_NOTHING)
    if real.is_dir():
        raise _Refused(*_LINKED_FOLDER)
    return str(real)


def _check(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise _Refused(*_NOT_A_FILE)
    if status.st_size > LARGEST:
        raise _Refused(*_TOO_LARGE)


def _signature(status: os.stat_result) -> _Signature:
    # The time of the last change of the inode too: tools that copy can set the other one back.
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _is_named_well(entry: os.DirEntry[str], path: str, found: _Found) -> bool:
    try:
        entry.name.encode()
    except UnicodeEncodeError:
        found.refuse(_shown(path), *_NAME_NOT_UTF8)
        return False
    return True


def _shown(path: str) -> str:
    return os.fsencode(path).decode(errors="replace")


def _known_or(known: Document | None, document: Document) -> Document:
    same = known is not None and (known.source, known.revision) == (document.source, document.revision)
    return known if known is not None and same else document


def _revision(documents: Sequence[Document], unreadable: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for document in documents:
        digest.update(f"{document.path}\0{document.revision}\n".encode())
    for path in sorted(unreadable):
        digest.update(f"{path}\0\n".encode())
    return digest.hexdigest()


def _cannot_list(error: OSError, folder: str, source: str) -> str:
    match error.errno:
        case errno.ENOENT:
            what, remedy = "doesn't exist", f"Create it, or correct `folder` of the source `{source}`."
        case errno.ENOTDIR:
            what, remedy = "is not a folder", f"Correct `folder` of the source `{source}`."
        case errno.EACCES | errno.EPERM:
            what = "can't be listed"
            remedy = f"Let the user that runs notifier read it, or `exclude` it from the source `{source}`."
        case _:
            what, remedy = f"can't be listed ({error.strerror})", "Check the disk, then try again."
    return f"{folder} {what}, so nothing was read. {remedy}"
