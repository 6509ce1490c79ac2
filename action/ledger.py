"""Carries the ledger from run to run on a branch of the repository, so that no run acts on what another has overtaken.

The branch has one commit without a parent: the ledger as it is. Each push names the commit that it replaces
(--force-with-lease), and the server takes it only where that is still there. So of two runs that began with one ledger
one can push, and the other can do nothing more: `notifier tick --secure` hands over only what has been pushed before.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from action.git import Ran, git
from action.github import GitHub, NotAllowed
from action.given import Given, Refused
from action.said import notice, warning
from notifier.config import Settings, load
from notifier.errors import UserError

_FILE, _NOTE = "ledger.db", "README.md"
_BRANCH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,100}", re.ASCII)
#: What starts a run of the site's own files. A pull request's are somebody's proposal.
_STARTS = frozenset({"schedule", "workflow_dispatch", "push", "repository_dispatch"})
#: GitHub refuses files above 100 MB.
_MOST_BYTES = 95_000_000
_ABOUT = """\
The ledger of notifier: what was planned, sent and told. Its workflow writes this branch anew at each run.
Don't merge it, don't edit it, and don't put an older state back: then what was sent may be unknown to it.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """The ledger's branch, and the folder where this run keeps what it knows of it."""

    given: Given
    name: str
    folder: Path
    place: Path

    @classmethod
    def of(cls, given: Given) -> Branch:
        name = given.text("LEDGER_BRANCH") or "notifier-ledger"
        if not _BRANCH.fullmatch(name) or ".." in name or name.endswith((".", "/", ".lock")):
            raise Refused(f"“{name}” is no name of a branch. Give the input ledger-branch another.")
        place = Path(settings_of(given).ledger_url.removeprefix("sqlite:///"))
        return cls(given=given, name=name, folder=given.scratch / "ledger", place=place)

    @property
    def ref(self) -> str:
        return f"refs/heads/{self.name}"

    @property
    def address(self) -> str:
        return f"{self.given.told('GITHUB_SERVER_URL')}/{self.given.repository}.git"

    @property
    def _note(self) -> Path:
        return self.folder / "commit"

    @property
    def known(self) -> str:
        """The commit that this run builds on; "" where there was none."""
        return self._note.read_text(encoding="ascii")

    def fetch(self) -> None:
        """Put the ledger in its place. Raises Refused where it can't be had, or one is there already."""
        if self.place.exists():
            raise Refused(
                f"{self.place} is there already. The ledger is kept on the branch {self.name}: take it out of the files."
            )
        self.folder.mkdir(parents=True, exist_ok=True)
        self._plain(git(self.given, self.folder, "init", "--quiet", "--bare", "."), "set up")
        commit = self._at_server()
        if not commit:
            notice(
                f"There is no branch {self.name} yet, so this is a first look: nobody is mailed about what is there."
            )
        else:
            self._plain(
                git(self.given, self.folder, "fetch", "--quiet", "--depth=1", self.address, commit, login=True),
                "fetched",
            )
            held = self._plain(git(self.given, self.folder, "cat-file", "blob", f"{commit}:{_FILE}"), "read")
            self.place.parent.mkdir(parents=True, exist_ok=True)
            self.place.write_bytes(held.out)
        self._note.write_text(commit, encoding="ascii")

    def push(self) -> None:
        """Bring the ledger as it is now to the branch. Raises Refused where another run has been there, or it can't."""
        if not self.place.exists():
            return
        before = self.known
        commit = self._commit()
        if before and self._tree(before) == self._tree(commit):
            return
        ran = git(
            self.given, self.folder, "push", "--quiet", f"--force-with-lease={self.ref}:{before}", self.address,
            f"{commit}:{self.ref}", login=True,
        )  # fmt: skip
        if not ran.ok and (there := self._at_server()) != commit:
            if there != before:
                raise Refused(
                    f"Another run has written the branch {self.name} meanwhile, so this one does nothing more. The other "
                    "goes on. Give every workflow that uses this ledger the same `concurrency` group."
                )
            raise Refused(
                f"The branch {self.name} can't be pushed: {ran.complaint}. The job needs `permissions: contents: write`."
            )
        self._note.write_text(commit, encoding="ascii")

    def remove(self) -> None:
        """Leave no ledger behind on the machine."""
        for end in ("", "-wal", "-shm", "-journal"):
            self.place.with_name(self.place.name + end).unlink(missing_ok=True)

    def _commit(self) -> str:
        copy = self.folder / _FILE
        copy.unlink(missing_ok=True)
        with closing(sqlite3.connect(self.place)) as ledger, closing(sqlite3.connect(copy)) as fresh:
            ledger.backup(fresh)
            # One file, whatever was not yet written back of the other two.
            fresh.execute("PRAGMA journal_mode = DELETE")
        if copy.stat().st_size > _MOST_BYTES:
            raise Refused("The ledger is larger than GitHub takes. Run notifier on a machine of your own.")
        held = self._plain(git(self.given, self.folder, "hash-object", "-w", str(copy)), "written").text
        note = self._plain(
            git(self.given, self.folder, "hash-object", "-w", "--stdin", feed=_ABOUT.encode()), "written"
        )
        copy.unlink()
        listed = f"100644 blob {note.text}\t{_NOTE}\n100644 blob {held}\t{_FILE}\n".encode()
        tree = self._plain(git(self.given, self.folder, "mktree", feed=listed), "written").text
        message = f"The ledger after run {self.given.told('GITHUB_RUN_ID')}"
        return self._plain(git(self.given, self.folder, "commit-tree", tree, "-m", message), "written").text

    def _tree(self, commit: str) -> str:
        return self._plain(git(self.given, self.folder, "rev-parse", f"{commit}^{{tree}}"), "read").text

    def _at_server(self) -> str:
        """The commit that the branch is at; "" where there is no branch."""
        ran = git(self.given, self.folder, "ls-remote", self.address, self.ref, login=True)
        return self._plain(ran, "looked up").text.partition("\t")[0]

    def _plain(self, ran: Ran, what: str) -> Ran:
        if not ran.ok:
            raise Refused(f"The branch {self.name} can't be {what}: {ran.complaint}. Run it again.")
        return ran


@contextmanager
def carried(given: Given) -> Iterator[Branch]:
    """The ledger in its place, and back on its branch afterwards, whatever happens in between."""
    refuse_unfit(given)
    branch = Branch.of(given)
    branch.fetch()
    try:
        try:
            yield branch
        finally:
            branch.push()
    finally:
        branch.remove()


def settings_of(given: Given) -> Settings:
    """The configuration, whose secrets nothing here reads."""
    try:
        return load(given.workspace / given.config, given.environ)
    except UserError as error:
        raise Refused(str(error)) from error


def refuse_unfit(given: Given) -> None:
    """Raises Refused for a run that must not act: of a pull request, of another branch, in sight of everybody."""
    start = given.told("GITHUB_EVENT_NAME")
    if start not in _STARTS:
        raise Refused(
            f"A run that starts on {start} may hold somebody's proposal, and nothing is sent of that. "
            f"Start it on {', '.join(sorted(_STARTS))}."
        )
    try:
        about = GitHub.of(given).about()
    except NotAllowed as error:
        raise Refused(
            "The token may not read this repository. The job needs `permissions: contents: write`."
        ) from error
    default = about.get("default_branch")
    if given.told("GITHUB_REF") != f"refs/heads/{default}":
        raise Refused(f"This run is of {given.told('GITHUB_REF')}. Only what is on {default} counts: run it there.")
    if about.get("private") is True:
        return
    if not given.flag("PUBLIC_LEDGER"):
        raise Refused(
            "Everybody can read this repository, and so its branches. The ledger holds what was told and who decided what. "
            "Run this workflow in a private repository that reads the site with `git: {url: …}`, or set public-ledger: true."
        )
    warning("The ledger lies on a branch that everybody can read.")
