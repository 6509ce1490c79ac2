"""Documents from a git repository: as its branch is committed, never as files lie about, and as it ever was."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from notifier.config import SourceSettings
from notifier.edges.git.clone import Clone, reference_of
from notifier.edges.git.history import GitHistory
from notifier.edges.git.repository import enclosing, git_folder
from notifier.edges.git.source import GitSource
from notifier.errors import UserError

__all__ = ["GitHistory", "GitSource", "history_for", "source_for"]


def source_for(source: SourceSettings, environ: Mapping[str, str], now: Callable[[], datetime]) -> GitSource:
    """The source of a `git:` section. Nothing is read or fetched yet."""
    git = source.git
    if git is None:
        raise UserError(f"The source {source.name} is no git repository.", "Write `git:` instead of `folder:`.")
    repository = git.path or Clone(
        name=source.name, url=git.url or "", branch=git.branch, folder=git.clone,
        interval=git.interval, environ=environ, now=now,
    )  # fmt: skip
    return GitSource(
        name=source.name, repository=repository, branch=git.branch,
        files=source.files, exclude=source.exclude, environ=environ,
    )  # fmt: skip


def history_for(source: SourceSettings, environ: Mapping[str, str]) -> GitHistory:
    """The history of a source: of its repository, or of the one that its folder lies in.

    Raises UserError when there is none. Nothing is fetched.
    """
    git = source.git
    if git is None:
        return _around(source, environ)
    if git.url is not None and git_folder(git.clone) is None:
        raise UserError(
            f"Nothing of the source {source.name} was fetched yet, so it has no history here.", "Run: notifier tick"
        )
    return GitHistory(
        source.name, git.path or git.clone,
        branch=git.branch if git.path else reference_of(git.url or "", git.branch),
        files=source.files, exclude=source.exclude, environ=environ,
    )  # fmt: skip


def _around(source: SourceSettings, environ: Mapping[str, str]) -> GitHistory:
    found = enclosing(source.folder) if source.folder is not None else None
    if found is None:
        raise UserError(
            f"The folder {source.folder} of the source {source.name} lies in no git repository, so it has no history.",
            "Name a checkout of the website, or its repository with `git:`.",
        )
    repository, prefix = found
    return GitHistory(
        source.name, repository, branch=None, prefix=prefix,
        files=source.files, exclude=source.exclude, environ=environ,
    )  # fmt: skip
