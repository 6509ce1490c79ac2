"""Documents from a branch of a repository, as it is committed now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from notifier.core.event import Document
from notifier.edges.git.clone import Clone
from notifier.edges.git.history import GitHistory
from notifier.errors import UserError
from notifier.ports import Snapshot


class GitSource:
    """The files of a branch that match `files` and not `exclude`, of a repository on this machine or of a clone of our own.

    A read at which nothing has changed starts no program. Patterns mean what they mean for a folder of files.
    """

    def __init__(
        self,
        *,
        name: str,
        repository: Path | Clone,
        branch: str,
        files: Sequence[str],
        exclude: Sequence[str] = (),
        environ: Mapping[str, str],
    ) -> None:
        self.name = name
        self._clone = repository if isinstance(repository, Clone) else None
        self._repository = repository.folder if isinstance(repository, Clone) else repository
        self._branch = repository.reference if isinstance(repository, Clone) else branch
        self._files, self._exclude, self._environ = files, exclude, environ
        self._history: GitHistory | None = None
        self._last: Snapshot | None = None

    def fetch_soon(self) -> None:
        """Fetch at the next read, whenever the last time was. May be called from any thread."""
        if self._clone is not None:
            self._clone.fetch_soon()

    def read(self, known: Mapping[str, Document], since: str | None = None) -> Snapshot:
        """Everything there is now. The very same snapshot when nothing changed.

        Raises UserError when the repository or its branch can't be read, or was never fetched.
        """
        warning = self._clone.refresh() if self._clone is not None else None
        try:
            history = self._history = self._history or self._opened()
            snapshot = history.read(known, since)
        except UserError:
            # It may be another repository by the time that this is mended.
            self._history = None
            raise
        history.close()
        if warning is not None:
            snapshot = replace(snapshot, problems=(warning, *snapshot.problems))
        if self._last is None or not _is_same(self._last, snapshot):
            self._last = snapshot
        return self._last

    def _opened(self) -> GitHistory:
        return GitHistory(
            self.name, self._repository, branch=self._branch,
            files=self._files, exclude=self._exclude, environ=self._environ,
        )  # fmt: skip


def _is_same(last: Snapshot, now: Snapshot) -> bool:
    return last.documents is now.documents and replace(last, documents=()) == replace(now, documents=())
