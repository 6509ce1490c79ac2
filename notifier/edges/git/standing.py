"""The documents of a source as one commit has them, brought from commit to commit by what changed."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from notifier.core.event import Document
from notifier.edges.git.objects import LINK, SUBMODULE, Blobs, Change, Entry
from notifier.edges.git.scope import Scope
from notifier.errors import Problem

#: A text about an event is far smaller: what is larger is a mistake, and not worth the memory.
LARGEST = 5_000_000
_POINTER = b"version https://git-lfs.github.com/spec/"

_Refusal = tuple[str, str]
_TOO_LARGE: _Refusal = (
    f"This file is larger than {LARGEST // 1_000_000} MB, so it was not read.",
    "Make it smaller, or add it to `exclude`.",
)
_NAME_NOT_UTF8: _Refusal = (
    "The name is not UTF-8, so it was not read.",
    "Rename it; plain letters, digits and - always work.",
)
_A_LINK: _Refusal = (
    "This is a link, and links in a repository are not followed.",
    "Put the file or folder itself here, or add the link to `exclude`.",
)
_A_SUBMODULE: _Refusal = (
    "This is another repository (a submodule), which is not read.",
    "Make it a source of its own, or add it to `exclude`.",
)
_A_POINTER: _Refusal = (
    "This file is kept in Git LFS and only a pointer to it is here, so it was not read.",
    "Keep texts in git itself, or add it to `exclude`.",
)
_MISSING: _Refusal = (
    "The repository lacks what is in this file, so it was not read.",
    "Make a full clone (without --filter), or run: git fetch --refetch",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """When a file first appeared and when its bytes last changed, as committed; None where the history is cut off."""

    first_at: datetime | None = None
    changed_at: datetime | None = None


@dataclass(slots=True, kw_only=True)
class Standing:
    """What a source holds at `commit`, None before the first one.

    `times` are by path, None where the history doesn't say. `unread` waits for `settle`.
    """

    name: str
    scope: Scope
    commit: str | None = None
    documents: dict[str, Document] = field(default_factory=dict)
    times: dict[str, Times] | None = None
    problems: tuple[Problem, ...] = ()
    unreadable: frozenset[str] = frozenset()
    _entries: dict[str, Entry] = field(default_factory=dict)
    _odd: dict[str, Entry] = field(default_factory=dict)
    _refused: dict[str, _Refusal] = field(default_factory=dict)
    #: What was there before a refused path took its place, by that path: it has not vanished.
    _behind: dict[str, set[str]] = field(default_factory=dict)
    _unread: set[str] = field(default_factory=set)

    def load(self, files: Iterable[tuple[str, Entry]]) -> None:
        """Take these files of the repository in the place of all others."""
        fresh: dict[str, Entry] = {}
        self._odd = {}
        for path, entry in files:
            inner = self.scope.within(path)
            if inner is not None:
                self._sort_in(inner, entry, fresh)
        self._unread |= {path for path, entry in fresh.items() if self._entries.get(path) != entry}
        self._unread |= self._entries.keys() - fresh.keys()
        self._entries = fresh

    def apply(self, changes: Iterable[Change]) -> None:
        """Take what changed."""
        for change in changes:
            path = self.scope.within(change.path)
            if path is None:
                continue
            if self._entries.pop(path, None) is not None:
                self._unread.add(path)
            self._odd.pop(path, None)
            if change.entry is not None and self._sort_in(path, change.entry, self._entries):
                self._unread.add(path)

    def note(self, changes: Sequence[Change], at: datetime) -> None:
        """Take the times of what changed in a commit of this time."""
        times = self.times
        if times is None:
            return
        was = {old: times.get(old) for change in changes if (old := self._old(change)) is not None}
        for change in changes:
            path, old = self.scope.within(change.path), self._old(change)
            if path is None or self.scope.fit(path) != "document":
                continue
            if change.entry is None:
                times.pop(path, None)
                continue
            has_come = change.is_new and (old is None or self.scope.fit(old) != "document")
            if has_come:
                times[path] = Times(first_at=at, changed_at=at)
                continue
            known = (was.get(old) if old is not None else times.get(path)) or Times()
            times[path] = known if change.is_same else replace(known, changed_at=at)

    def settle(self, commit: str, known: Mapping[str, Document], blobs: Blobs) -> None:
        """Read what changed. Afterwards this is what the source holds at `commit`."""
        gone = set[str]()
        waiting = {path: self._entries[path].blob for path in self._unread if path in self._entries}
        for path in self._unread:
            self._refused.pop(path, None)
            if path not in waiting and self.documents.pop(path, None) is not None:
                gone.add(path)
        come = dict(self._come(waiting, known, blobs))
        gone |= {path for path in waiting if path not in come and self.documents.pop(path, None) is not None}
        self._unread = set()
        is_longer = not come.keys() <= self.documents.keys()
        self.documents |= come
        if is_longer:
            self.documents = {path: self.documents[path] for path in sorted(self.documents)}
        self.commit = commit
        self._tell({**self._refused, **dict(self._oddities(blobs))}, gone, known)

    def _sort_in(self, path: str, entry: Entry, entries: dict[str, Entry]) -> bool:
        """Put a file where it belongs; returns whether it may be a document."""
        fit = self.scope.fit(path)
        if fit is None:
            return False
        if entry.mode in (LINK, SUBMODULE) or _badly_named(path):
            if fit == "document" or entry.mode in (LINK, SUBMODULE):
                self._odd[path] = entry
            return False
        if fit == "document":
            entries[path] = entry
        return fit == "document"

    def _come(
        self, waiting: Mapping[str, str], known: Mapping[str, Document], blobs: Blobs
    ) -> Iterator[tuple[str, Document]]:
        wanted: dict[str, list[str]] = {}
        for path, blob in waiting.items():
            document = self._same(self.documents.get(path), blob) or self._same(known.get(path), blob)
            if document is not None:
                yield path, document
            else:
                wanted.setdefault(blob, []).append(path)
        readable = []
        for blob, size in zip(wanted, blobs.sizes([*wanted]), strict=True):
            if size is None or size[1] > LARGEST:
                self._refused |= dict.fromkeys(wanted[blob], _MISSING if size is None else _TOO_LARGE)
            else:
                readable.append(blob)
        for blob, content in zip(readable, blobs.read(readable), strict=True):
            if content.startswith(_POINTER):
                self._refused |= dict.fromkeys(wanted[blob], _A_POINTER)
            else:
                yield from ((path, self._document(path, blob, content)) for path in wanted[blob])

    def _same(self, document: Document | None, blob: str) -> Document | None:
        is_same = document is not None and (document.source, document.revision) == (self.name, blob)
        return document if is_same else None

    def _document(self, path: str, blob: str, content: bytes) -> Document:
        times = self.times.get(path) if self.times is not None else None
        return Document(
            source=self.name, path=path, data=content, revision=blob,
            first_at=times.first_at if times else None, changed_at=times.changed_at if times else None,
        )  # fmt: skip

    def _oddities(self, blobs: Blobs) -> Iterator[tuple[str, _Refusal]]:
        """Links and submodules where documents are looked for, and names that are no text."""
        for path, entry in self._odd.items():
            if _badly_named(path):
                yield _shown_to_the_bad_part(path), _NAME_NOT_UTF8
            elif entry.mode == SUBMODULE:
                yield path, _A_SUBMODULE
            elif self.scope.fit(path) == "document" or not self._leads_to_a_file(path, entry, blobs):
                yield path, _A_LINK

    def _leads_to_a_file(self, path: str, entry: Entry, blobs: Blobs) -> bool:
        """Whether a link that is no document itself is beside the point: it leads to a file of the repository."""
        (size,) = blobs.sizes([entry.blob])
        if size is None or size[1] > 4_096:
            return False
        (target,) = blobs.read([entry.blob])
        here = posixpath.dirname(self.scope.of_repository(path))
        there = posixpath.normpath(posixpath.join(here, os.fsdecode(target)))
        if there.startswith(("../", "/")) or "\n" in there:
            return False
        (found,) = blobs.sizes([f"{self.commit}:{there}"])
        return found is not None and found[0] == "blob"

    def _tell(self, refused: Mapping[str, _Refusal], gone: Iterable[str], known: Iterable[str]) -> None:
        """Make the problems; what was lost behind one of them has not vanished."""
        # Most of the time nothing is refused, and there is much that is known.
        lost = {path for path in (*gone, *known) if path not in self.documents} if refused else ()
        self._behind = {
            path: {inner for inner in (*self._behind.get(path, ()), *lost) if f"{inner}/".startswith(f"{path}/")}
            for path in refused
        }
        self.problems = tuple(
            Problem(path=path, what=what, hint=hint) for path, (what, hint) in sorted(refused.items())
        )
        self.unreadable = frozenset(refused).union(*self._behind.values())

    def _old(self, change: Change) -> str | None:
        return self.scope.within(change.old) if change.old is not None else None


def _badly_named(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return True
    return False


def _shown_to_the_bad_part(path: str) -> str:
    """The path as far as to the first name that is no text, in signs that can be shown."""
    names = path.split("/")
    bad = next(number for number, name in enumerate(names, 1) if _badly_named(name))
    return os.fsencode("/".join(names[:bad])).decode(errors="replace")
