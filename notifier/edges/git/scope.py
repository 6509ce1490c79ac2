"""Which paths of a repository a source asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from notifier.core.patterns import Descent, States

#: A path may be a document, or a folder that documents may be in.
Fit = Literal["document", "folder"]
_REMEMBERED = 1 << 16
_GLOB = frozenset("*?[")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Folder:
    files: States
    exclude: States


class Scope:
    """The patterns of a source, which is the folder `prefix` of its repository ("" for all of it).

    They mean what they mean for a folder of files. `roots` are paths of the repository beside which nothing is asked for;
    none where everything may be. Raises UserError for a pattern that leaves the source.
    """

    def __init__(self, name: str, *, prefix: str, files: Sequence[str], exclude: Sequence[str]) -> None:
        self._files = Descent(files, place=f"sources.{name}.files")
        self._exclude = Descent(exclude, place=f"sources.{name}.exclude")
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self._folders: dict[str, _Folder | None] = {"": _Folder(files=self._files.start, exclude=self._exclude.start)}
        # The same paths come again with every commit.
        self._fit = lru_cache(maxsize=_REMEMBERED)(self._looked_up)
        self.roots = tuple(_roots(files, self._prefix))

    def within(self, path: str) -> str | None:
        """The path of the repository as one of the source; None for one beside it."""
        return path[len(self._prefix) :] if path.startswith(self._prefix) else None

    def of_repository(self, path: str) -> str:
        """The path of the source as one of the repository."""
        return self._prefix + path

    def fit(self, path: str) -> Fit | None:
        """What a path of the source may be."""
        return self._fit(path)

    def _looked_up(self, path: str) -> Fit | None:
        folder, _, name = path.rpartition("/")
        above = self._folder(folder)
        here = self._step(above, name) if above else None
        if here is None:
            return None
        if self._files.match(here.files):
            return "document"
        return "folder" if self._files.go_on(here.files) else None

    def _folder(self, path: str) -> _Folder | None:
        if path in self._folders:
            return self._folders[path]
        place, walked = self._folders[""], ""
        for name in path.split("/"):
            walked = f"{walked}/{name}" if walked else name
            if place is None:
                break
            if walked not in self._folders:
                inner = self._step(place, name)
                self._folders[walked] = inner if inner and self._files.go_on(inner.files) else None
            place = self._folders[walked]
        self._folders[path] = place
        return place

    def _step(self, folder: _Folder, name: str) -> _Folder | None:
        if name in ("", ".", ".."):
            return None  # no honest repository has such a name
        exclude = self._exclude.step(folder.exclude, name)
        files = self._files.step(folder.files, name)
        return None if not files or self._exclude.match(exclude) else _Folder(files=files, exclude=exclude)


def _roots(files: Sequence[str], prefix: str) -> set[str]:
    """The first name of each pattern, or all of the source where one may be anything.

    No deeper: a link in the place of a folder must be seen.
    """
    names = {next((name for name in pattern.split("/") if name not in ("", ".")), "*") for pattern in files}
    if any(_GLOB.intersection(name) for name in names):
        return {prefix.rstrip("/")} if prefix else set()
    return {prefix + name for name in names}
