"""Where each file was at an earlier commit, followed step by step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from notifier.edges.git.objects import Change
from notifier.edges.git.scope import Scope


@dataclass(slots=True)
class Moves:
    """What moved since some commit. Paths are the repository's.

    `_origin` is what a path was called then, None for a file that was not there; whoever is not in it never moved.
    """

    _origin: dict[str, str | None] = field(default_factory=dict)
    _gone: dict[str, str | None] = field(default_factory=dict)

    def follow(self, changes: Sequence[Change]) -> None:
        """Take the changes of the next commit."""
        came_from = {change.path: self._of(change.old) for change in changes if change.old is not None}
        for change in changes:
            if change.entry is None:
                self._gone[change.path] = self._of(change.path)
                self._origin[change.path] = None
        for change in changes:
            if change.path in came_from:
                self._origin[change.path] = came_from[change.path]
            elif change.is_new:
                # What was deleted and came back is still the same.
                self._origin[change.path] = self._gone.pop(change.path, None)

    def add_identical(self, changes: Iterable[Change]) -> None:
        """Take from the difference between then and now what came with one commit, and went from elsewhere with another.

        Only where not a byte differs: alike are also last month's event and this month's.
        """
        taken = set(self._origin.values())
        for change in changes:
            if (
                change.old is not None
                and change.is_same
                and not self._origin.get(change.path)
                and change.old not in taken
            ):
                self._origin[change.path] = change.old

    def told(self, scope: Scope) -> Mapping[str, str]:
        """The old path of each document that has a new one, as paths of the source."""
        renames: dict[str, str] = {}
        for path, origin in self._origin.items():
            new, old = scope.within(path), scope.within(origin) if origin else None
            if new is None or old is None or new == old:
                continue
            if scope.fit(new) == "document" and scope.fit(old) == "document":
                renames[new] = old
        return renames

    def _of(self, path: str) -> str | None:
        return self._origin.get(path, path)
