"""A repository that can be read as it was after any of its commits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from pathlib import Path

from notifier.core.event import Document
from notifier.edges.git.moves import Moves
from notifier.edges.git.objects import Blobs, Change, Differences, Linked, files_of, line_of
from notifier.edges.git.program import Git, GitFailed
from notifier.edges.git.repository import Branch, git_folder, shallow_commits
from notifier.edges.git.scope import Scope
from notifier.edges.git.standing import Standing
from notifier.errors import UserError
from notifier.ports import Commit, Snapshot

_ID = re.compile(r"[0-9a-f]{64}|[0-9a-f]{40}")
#: Some commits at a time, so that what is held doesn't grow with the history.
_AT_A_TIME = 500
_AHEAD = 64


class GitHistory:
    """The source `name` as a repository had it: the files of `prefix` that match `files` and not `exclude`.

    `repository` is a checkout, a bare repository, or what git keeps in a checkout; only what is committed counts.
    `branch` is its branch, None for whatever is checked out. Before `stand_at` it stands at the branch, wherever that is
    when it is read. Raises UserError for a folder that is no repository.
    """

    def __init__(
        self,
        name: str,
        repository: Path,
        *,
        branch: str | None,
        prefix: str = "",
        files: Sequence[str],
        exclude: Sequence[str],
        environ: Mapping[str, str],
    ) -> None:
        self.name = name
        self._repository, self._wanted = repository, branch
        folder = git_folder(repository)
        if folder is None:
            raise UserError(
                f"{repository} is not a git repository, so nothing was read.",
                f"Correct `git.path` of the source `{name}`: a checkout or a bare repository.",
            )
        self._git = Git(folder=folder, environ=environ)
        self._branch = Branch(folder=folder, name=_reference(branch), environ=environ)
        self._scope = Scope(name, prefix=prefix, files=files, exclude=exclude)
        self._standing = Standing(name=name, scope=self._scope)
        self._blobs, self._differences = Blobs(self._git), Differences(self._git, self._scope.roots)
        self._line: tuple[Linked, ...] = ()
        self._index: dict[str, int] = {}
        self._cut_off: frozenset[str] = frozenset()
        self._ahead: dict[str, tuple[Change, ...]] = {}
        #: The last step of the last walk: its two commits, and what is different.
        self._stepped: tuple[str | None, str, tuple[Change, ...]] | None = None
        self._target: str | None = None
        self._last: tuple[str | None, Snapshot] | None = None

    def commits(self, since: datetime | None = None, until: datetime | None = None) -> Sequence[Commit]:
        """The commits of its branch by their first parents, oldest first, from `since` to `until`, both included."""
        tip = self._tip()
        try:
            self._look_back_from(tip)
        except GitFailed as error:
            raise self._unread(error) from error
        return [
            linked.commit
            for linked in self._line[: self._index[tip] + 1]
            if (since is None or linked.commit.at >= since) and (until is None or linked.commit.at <= until)
        ]

    def commit_of(self, revision: str) -> str:
        """The id of the commit that a revision (a branch, a tag, an id or its beginning) means.

        Raises UserError when it means none.
        """
        try:
            if revision.startswith("-"):
                raise GitFailed("it begins with a -")
            answer = self._git.run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        except (GitFailed, ValueError) as error:
            raise UserError(
                f"The repository {self._repository} has no revision {revision!r}.",
                "Name a branch, a tag or a commit: git log --oneline",
            ) from error
        return answer.decode().strip()

    def stand_at(self, commit_id: str) -> None:
        """What is read from now on is as it was after this commit. Raises UserError when there is no such commit."""
        if not _ID.fullmatch(commit_id) or not self._is_there(commit_id):
            raise UserError(f"The repository {self._repository} has no commit {commit_id!r}.", "Try: git log")
        self._target = commit_id

    def read(self, known: Mapping[str, Document], since: str | None = None) -> Snapshot:
        """Everything there was. The very same snapshot when nothing changed.

        Raises UserError when the repository or the branch can't be read.
        """
        target = self._target or self._tip()
        if self._last is not None and self._last[0] == since and self._last[1].revision == target:
            return self._last[1]
        try:
            if self._standing.commit != target:
                self._walk_to(target, known)
            renames = self._renamed(since, target) if since is not None and since != target else {}
        except GitFailed as error:
            self.close()
            self._standing = Standing(name=self.name, scope=self._scope)
            raise self._unread(error) from error
        snapshot = self._snapshot(target, renames)
        self._last = since, snapshot
        return snapshot

    def close(self) -> None:
        """Let the programs go that were started. They come again when they are needed."""
        self._blobs.close()
        self._differences.close()

    def _snapshot(self, target: str, renames: Mapping[str, str]) -> Snapshot:
        standing = self._standing
        documents = tuple(standing.documents.values())
        last = self._last[1] if self._last is not None else None
        return Snapshot(
            # The very same row where none of it changed: who compares sees it at once.
            documents=last.documents if last is not None and last.documents == documents else documents,
            revision=target,
            problems=standing.problems,
            unreadable=standing.unreadable,
            renames=renames,
            keeps_revisions=True,
        )

    def _walk_to(self, target: str, known: Mapping[str, Document]) -> None:
        """Bring what stands to a commit: by what changed since, or anew where it doesn't follow."""
        self._look_back_from(target)
        start, end = self._index.get(self._standing.commit or ""), self._index[target]
        self._stepped = None
        if start is None or start >= end or not self._has_stepped(start + 1, end):
            self._standing.load(files_of(self._git, target, self._scope.roots))
            self._standing.times = {}
            if not self._has_noted(end):
                self._standing.times = None
        self._standing.settle(target, known, self._blobs)

    def _has_stepped(self, first: int, last: int) -> bool:
        """Take what changed with each of these commits; False where git can't tell, as in a clone that lacks old blobs."""
        try:
            for linked, changes in self._steps(first, last):
                self._standing.apply(changes)
                self._standing.note(changes, linked.committed_at)
                self._stepped = (linked.parent, linked.commit.id, changes)
        except GitFailed:
            self._differences.close()
            self._stepped = None
            return False
        return True

    def _has_noted(self, last: int) -> bool:
        """Take when each file came and changed, up to this commit; False as above: then that is not known."""
        try:
            for linked, changes in self._steps(0, last):
                if linked.commit.id not in self._cut_off:
                    self._standing.note(changes, linked.committed_at)
        except GitFailed:
            self._differences.close()
            return False
        return True

    def _steps(self, first: int, last: int) -> Iterator[tuple[Linked, tuple[Change, ...]]]:
        if first == last:
            yield self._line[first], self._next_step(first)
            return
        for start in range(first, last + 1, _AT_A_TIME):
            some = self._line[start : min(start + _AT_A_TIME, last + 1)]
            pairs = [(linked.parent, linked.commit.id) for linked in some]
            yield from zip(some, self._differences.between(pairs), strict=True)

    def _next_step(self, index: int) -> tuple[Change, ...]:
        """What changed with one commit. Those after it are asked for at the same time: who goes step by step goes on."""
        commit = self._line[index].commit.id
        if commit not in self._ahead:
            some = self._line[index : index + _AHEAD]
            pairs = [(linked.parent, linked.commit.id) for linked in some]
            told = self._differences.between(pairs)
            self._ahead = {linked.commit.id: changes for linked, changes in zip(some, told, strict=True)}
            if len(some) > 1:
                self._blobs.expect(self._documents_in(self._ahead.values()))
        return self._ahead.pop(commit)

    def _documents_in(self, steps: Iterable[tuple[Change, ...]]) -> Iterator[str]:
        for change in chain.from_iterable(steps):
            path = self._scope.within(change.path)
            if change.entry is not None and path is not None and self._scope.fit(path) == "document":
                yield change.entry.blob

    def _look_back_from(self, commit: str) -> None:
        if commit not in self._index:
            self._line = line_of(self._git, commit)
            self._index = {linked.commit.id: index for index, linked in enumerate(self._line)}
            self._ahead = {}
            self._cut_off = shallow_commits(self._git.folder)

    def _renamed(self, since: str, target: str) -> Mapping[str, str]:
        """The old paths of documents; none where the repository has that commit no more, or lacks what it takes."""
        moves, start = Moves(), self._index.get(since)
        if self._stepped is not None and self._stepped[:2] == (since, target):
            moves.follow(self._stepped[2])
            return moves.told(self._scope)
        if not _ID.fullmatch(since) or not self._is_there(since):
            return {}
        try:
            (direct,) = self._differences.between([(since, target)])
            if start is not None and start < self._index[target]:
                for _, changes in self._steps(start + 1, self._index[target]):
                    moves.follow(changes)
                moves.add_identical(direct)
            else:
                moves.follow(direct)
        except GitFailed:
            self._differences.close()
            return {}
        return moves.told(self._scope)

    def _is_there(self, commit: str) -> bool:
        if commit in self._index:
            return True
        try:
            (found,) = self._blobs.sizes([commit])
        except GitFailed as error:
            raise self._unread(error) from error
        return found is not None and found[0] == "commit"

    def _tip(self) -> str:
        commit = self._branch.commit()
        if commit is None:
            raise UserError(self._no_branch())
        return commit

    def _no_branch(self) -> str:
        try:
            answer = self._git.run("for-each-ref", "--count=6", "--format=%(refname:short)", "refs/heads/")
        except GitFailed as error:
            raise self._unread(error) from error
        names = answer.decode(errors="replace").split()
        if not names:
            return f"The repository {self._repository} has no commits yet, so nothing was read. Commit something."
        there = ", ".join(names[:5]) + (", …" if len(names) > 5 else "")
        return (
            f"The repository {self._repository} has no branch {self._wanted or 'checked out'}, so nothing was read. "
            f"Correct `git.branch` of the source `{self.name}`; there are: {there}."
        )

    def _unread(self, error: GitFailed) -> UserError:
        return UserError(
            f"The repository {self._repository} can't be read ({error.complaint}), so nothing was read.",
            "Look at it with: git fsck",
        )


def _reference(branch: str | None) -> str:
    if branch is None:
        return "HEAD"
    return branch if branch.startswith("refs/") else f"refs/heads/{branch}"
