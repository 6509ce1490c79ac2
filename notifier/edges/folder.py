"""Documents from a folder of files, read in one walk; nothing outside the folder is ever read."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from notifier.core.event import Document
from notifier.core.patterns import Descent, States
from notifier.errors import Problem, UserError
from notifier.ports import Snapshot

#: A text about an event is far smaller: what is larger is a mistake, and not worth the memory.
LARGEST = 5_000_000
#: File systems keep times as coarse as two seconds (FAT): within them a change may leave the time as it was.
_COARSEST = 2.0

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
        self._files = Descent(files, place=f"sources.{name}.files")
        self._exclude = Descent(exclude, place=f"sources.{name}.exclude")
        self._elapsed = elapsed
        self._listings: dict[str, _Listing] = {}
        self._documents: dict[str, Document] = {}
        self._lines: dict[str, bytes] = {}
        self._last: Snapshot | None = None

    def read(self, known: Mapping[str, Document], since: str | None = None) -> Snapshot:
        """Everything there is now. A file that is certainly unchanged is not opened again.

        The very same snapshot when nothing changed. Raises UserError when the folder, or a folder in it that may hold
        documents, can't be listed.
        """
        found = _Found(known=known)
        root = os.path.realpath(self._folder)
        listings: dict[str, _Listing] = {}
        waiting = [_Place(path="", files=self._files.start, exclude=self._exclude.start)]
        while waiting:
            place = waiting.pop()
            visit = _Visit(
                place=place, folder=os.path.join(root, place.path) if place.path else root, root=root,  # noqa: PTH118 - as `_target_of` does
                before=self._listings.get(place.path) or _Listing(), found=found, waiting=waiting,
            )  # fmt: skip
            listings[place.path] = self._look_into(visit)
        is_new = self._take(listings, known)
        problems = tuple(sorted(found.problems, key=lambda problem: problem.path))
        last = self._last
        if last is None or is_new or problems != last.problems or found.unreadable != last.unreadable:
            last = self._last = Snapshot(
                documents=tuple(self._documents.values()),
                revision=_revision(self._lines.values(), found.unreadable),
                problems=problems,
                unreadable=frozenset(found.unreadable),
            )
        return last

    def _take(self, listings: dict[str, _Listing], known: Mapping[str, Document]) -> bool:
        """Take over what changed, in the order of the paths; returns whether anything did."""
        changed = [listing for path, listing in listings.items() if listing is not self._listings.get(path)]
        left = [listing for path, listing in self._listings.items() if path not in listings]
        gone = {one.document.path for listing in left for one in listing.files.values()}
        gone |= {one.document.path for listing in changed for one in listing.left}
        come = [one for listing in changed for one in listing.came]
        for path in gone.difference(one.document.path for one in come):
            del self._documents[path], self._lines[path]
        documents = len(self._documents)
        for one in come:
            path = one.document.path
            document = _known_or(known.get(path), one.document)
            self._documents[path] = document
            self._lines[path] = f"{path}\0{document.revision}\n".encode()
        if len(self._documents) > documents:
            self._documents = {path: self._documents[path] for path in sorted(self._documents)}
            self._lines = {path: self._lines[path] for path in self._documents}
        self._listings = listings
        return bool(changed or left)

    def _look_into(self, visit: _Visit) -> _Listing:
        """The files of one folder; the very same listing when none changed. Folders in it that may hold any wait."""
        before = visit.before
        certain, ignored = before.certain, before.ignored
        same, came, refused = 0, {}, set()
        with self._listed(visit.folder, is_root=not visit.place.path) as entries:
            for entry in entries:
                name = entry.name
                old = certain.get(name)
                if old is not None and _is_as_it_was(entry, old):
                    same += 1
                elif name not in ignored:
                    old, one = before.files.get(name), self._look_at(entry, visit)
                    if one is None:
                        refused.add(name)
                    elif one is old:
                        same += 1
                    else:
                        came[name] = one
        if before.is_complete and not came and same == len(before.files):
            return before
        gone: set[str] = set()
        if same + len(came.keys() & before.files.keys()) < len(before.files):
            gone = before.files.keys() - {entry.name for entry in entries} | before.files.keys() & refused
        return before.with_changes(came, gone, most=len(entries))

    def _look_at(self, entry: os.DirEntry[str], visit: _Visit) -> _Remembered | None:
        """What is not certainly as it was: read if it is a document, and noted if it is a folder that may hold some."""
        place = self._enter(visit.place, entry.name)
        if place is None:
            visit.before.ignored.add(entry.name)
        elif entry.is_dir(follow_symlinks=False):
            if self._files.go_on(place.files) and _is_named_well(entry, place.path, visit.found):
                visit.waiting.append(place)
        elif self._is_document(entry, place, visit):
            return self._read_entry(entry, place.path, visit)
        return None

    def _is_document(self, entry: os.DirEntry[str], place: _Place, visit: _Visit) -> bool:
        if self._files.match(place.files):
            return _is_named_well(entry, place.path, visit.found)
        if entry.is_symlink() and Path(visit.folder, entry.name).is_dir():
            visit.found.refuse(_shown(place.path), *_LINKED_FOLDER)
        return False

    @contextmanager
    def _listed(self, folder: str, *, is_root: bool) -> Iterator[list[os.DirEntry[str]]]:
        """The entries of a folder, which stays open: what is asked of one is asked of this folder, and sooner answered."""
        handle, entries = None, []
        try:
            try:
                handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
                with os.scandir(handle) as listed:
                    entries = list(listed)
            except OSError as error:
                self._unlisted(error, folder, is_root=is_root)
            yield entries
        finally:
            if handle is not None:
                os.close(handle)

    def _unlisted(self, error: OSError, folder: str, *, is_root: bool) -> None:
        if not is_root and error.errno in (errno.ENOENT, errno.ENOTDIR):
            return  # it vanished since its own folder was listed
        shown = f"The content folder {self._folder}" if is_root else f"The folder {_shown(folder)}"
        raise UserError(_cannot_list(error, shown, self.name)) from error

    def _enter(self, place: _Place, name: str) -> _Place | None:
        exclude = self._exclude.step(place.exclude, name)
        files = self._files.step(place.files, name)
        if not files or self._exclude.match(exclude):
            return None
        path = f"{place.path}/{name}" if place.path else name
        return _Place(path=path, files=files, exclude=exclude)

    def _read_entry(self, entry: os.DirEntry[str], path: str, visit: _Visit) -> _Remembered | None:
        old, found = visit.before.files.get(entry.name), visit.found
        try:
            target = _target_of(entry, visit.folder, visit.root)
            status = os.lstat(target)
            _check(status)
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
            # No more than it has is asked for: what is given back of a larger piece of memory leaves a page for each file.
            data = file.read(min(status.st_size, LARGEST) + 1)
            if len(data) > status.st_size:
                data += file.read(max(LARGEST + 1 - len(data), 0))
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
    files: States
    exclude: States


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listing:
    """The documents of one folder by name, those of them that are certain, and the names that no pattern asks for.

    `came` and `left` are what is another than in the listing before.
    """

    files: dict[str, _Remembered] = field(default_factory=dict)
    certain: dict[str, _Remembered] = field(default_factory=dict)
    ignored: set[str] = field(default_factory=set)
    came: tuple[_Remembered, ...] = ()
    left: tuple[_Remembered, ...] = ()
    is_complete: bool = False

    def with_changes(self, came: Mapping[str, _Remembered], gone: set[str], *, most: int) -> _Listing:
        """The next listing of the folder, which has `most` entries."""
        files, certain = {**self.files, **came}, {**self.certain, **came}
        for name in gone:
            del files[name]
        for name in (*gone, *(name for name, one in came.items() if not one.is_certain)):
            certain.pop(name, None)
        return _Listing(
            files=files, certain=certain,
            ignored=self.ignored if len(self.ignored) <= most else set(),
            came=tuple(came.values()),
            left=tuple(one for name, one in self.files.items() if name in gone) if gone else (),
            is_complete=True,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Visit:
    """A look into one folder: what it was before, and where what it finds goes."""

    place: _Place
    folder: str
    root: str
    before: _Listing
    found: _Found
    waiting: list[_Place]


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


def _is_as_it_was(entry: os.DirEntry[str], old: _Remembered) -> bool:
    """Whether the file itself, no link to one, has the signature of one that was read when it was certain."""
    try:
        return _signature(entry.stat(follow_symlinks=False)) == old.signature
    except OSError:
        return False  # what became of it is found out like that of any other


def _target_of(entry: os.DirEntry[str], folder: str, root: str) -> str:
    path = os.path.join(folder, entry.name)  # noqa: PTH118 - thousands of times
    if not entry.is_symlink():
        return path
    real = Path(os.path.realpath(path))
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


def _revision(lines: Iterable[bytes], unreadable: Iterable[str]) -> str:
    digest = hashlib.sha256(b"".join(lines))
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
