"""A repository of our own, fetched from another: bare, without hooks, and never the only copy of anything."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from notifier.config.repositories import way_of
from notifier.edges.git.program import Git, GitFailed
from notifier.edges.git.repository import Branch, git_folder
from notifier.errors import Problem, UserError

#: A tick waits for no longer, except for the first fetch, which brings everything.
FETCH_SECONDS = 60.0
FIRST_SECONDS = 600.0
_SOONEST_AFTER_FAILURE = timedelta(minutes=1)
_LATEST_AFTER_FAILURE = timedelta(hours=1)
_NOTE = "notifier.json"

#: What git says when it can't fetch, and what a person does about it. The first that fits.
_REMEDIES = (
    ("couldn't find remote ref", "Correct `git.branch`: the repository has no such branch."),
    ("Host key verification failed", "Connect once by hand, as the user that runs notifier: ssh HOST"),
    ("Permission denied (publickey", "Give the key of the user that runs notifier the right to read it."),
    ("could not read Username", "Give the user that runs notifier a login in ~/.netrc, or fetch by ssh with a key."),
    ("Authentication failed", "Correct the login in ~/.netrc of the user that runs notifier."),
    ("dubious ownership", "Write `path` instead of `url`: it lies on this machine and belongs to another user."),
    ("does not appear to be a git repository", "Correct `git.url`."),
    ("not found", "Correct `git.url`, or let the user that runs notifier read the repository."),
    ("No space left", "Make room on the disk."),
)
_ANY_REMEDY = "Check the network and `git.url`; the next try comes by itself."


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """How the fetching went so far. `failures` are those since the last success; `complaint` is that of the last one."""

    reference: str
    tried_at: datetime | None = None
    fetched_at: datetime | None = None
    failures: int = 0
    complaint: str = ""


class Clone:
    """The branch of a repository at `url`, fetched into `folder` at most once every `interval`, after a failure ever less.

    Several processes may share it. `now` is aware.
    """

    def __init__(
        self,
        *,
        name: str,
        url: str,
        branch: str,
        folder: Path,
        interval: timedelta,
        environ: Mapping[str, str],
        now: Callable[[], datetime],
    ) -> None:
        self.folder = folder
        self.reference = reference_of(url, branch)
        self._name, self._url, self._wanted = name, url, branch
        self._interval, self._now = interval, now
        self._git = Git(folder=folder, environ=environ)
        self._branch = Branch(folder=folder, name=self.reference, environ=environ)
        self._fetched = Fetched(reference=self.reference)
        self._soon = threading.Event()

    def fetch_soon(self) -> None:
        """Fetch at the next refresh, whenever the last one was. May be called from any thread."""
        self._soon.set()

    def refresh(self) -> Problem | None:
        """Fetch if it is time; returns what a person should know when that doesn't work.

        Raises UserError when there is nothing from an earlier fetch to be read instead.
        """
        if self._is_due():
            # Another process may have done it meanwhile.
            self._fetched = self._noted()
        is_there = self._is_there()
        if self._is_due() or (not is_there and not self._fetched.failures):
            with self._alone() as alone:
                if alone:
                    self._soon.clear()
                    self._fetch(first=not is_there)
        is_there = is_there or self._is_there()
        if not is_there:
            raise UserError(self._nothing_there(), _remedy(self._fetched.complaint))
        return self._warning() if self._fetched.failures else None

    def _is_due(self) -> bool:
        fetched, now = self._fetched, self._now()
        if self._soon.is_set() or fetched.tried_at is None or fetched.tried_at > now:
            return True
        wait = self._interval
        if fetched.failures:
            # 2 ** 6 minutes are more than the longest pause.
            grown = _SOONEST_AFTER_FAILURE * 2 ** min(fetched.failures - 1, 6)
            wait = max(wait, min(grown, _LATEST_AFTER_FAILURE))
        return now - fetched.tried_at >= wait

    def _fetch(self, *, first: bool) -> None:
        now, before = self._now(), self._fetched
        try:
            self._make()
            old = self._branch.commit()
            self._git.run(
                "fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head",
                "--", self._url, f"+refs/heads/{self._wanted}:{self.reference}",
                seconds=FIRST_SECONDS if first else FETCH_SECONDS, protocol=self._protocol(),
            )  # fmt: skip
        except GitFailed as error:
            self._note(replace(before, tried_at=now, failures=before.failures + 1, complaint=error.complaint))
            return
        self._note(Fetched(reference=self.reference, tried_at=now, fetched_at=now))
        if old != self._branch.commit():
            self._tidy()

    def _make(self) -> None:
        """The folder, and no lock in it that an ended git has left: whoever is here is alone."""
        if git_folder(self.folder) is None:
            self._git.run("init", "--quiet", "--bare", "--template=")
        for lock in (f"{self.reference}.lock", "packed-refs.lock", "shallow.lock", "config.lock"):
            (self.folder / lock).unlink(missing_ok=True)

    def _tidy(self) -> None:
        with contextlib.suppress(GitFailed):
            self._git.run("-c", "gc.auto=2000", "-c", "gc.autoDetach=false", "gc", "--auto", "--quiet")

    def _protocol(self) -> str:
        way = way_of(self._url)
        return "file" if way == "path" else way or "none"

    def _is_there(self) -> bool:
        return git_folder(self.folder) is not None and self._branch.commit() is not None

    @contextmanager
    def _alone(self) -> Iterator[bool]:
        """Whether no other process is fetching it now; while inside, none will."""
        try:
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.folder.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise UserError(
                f"The folder {self.folder.parent}, where clones are kept, can't be written ({error.strerror}).",
                "Let the user that runs notifier write there.",
            ) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield True
        except BlockingIOError:
            yield False
        finally:
            os.close(descriptor)

    def _noted(self) -> Fetched:
        """What the last process that fetched has left. An unreadable note is none."""
        try:
            found: Any = json.loads((self.folder / _NOTE).read_text(encoding="utf-8"))
            noted = Fetched(
                reference=str(found["reference"]), tried_at=_instant(found["tried_at"]),
                fetched_at=_instant(found["fetched_at"]), failures=int(found["failures"]),
                complaint=str(found["complaint"]),
            )  # fmt: skip
        except (OSError, ValueError, TypeError, KeyError):
            return self._fetched
        return noted if noted.reference == self.reference else self._fetched

    def _note(self, fetched: Fetched) -> None:
        self._fetched = fetched
        place = self.folder / _NOTE
        # Without the note another process fetches sooner than it need, which is no harm.
        with contextlib.suppress(OSError):
            fresh = place.with_suffix(".new")
            fresh.write_text(json.dumps(asdict(fetched), default=datetime.isoformat), encoding="utf-8")
            fresh.replace(place)

    def _warning(self) -> Problem:
        at = self._fetched.fetched_at
        when = f"it was fetched at {at:%H:%M} UTC on {at:%Y-%m-%d}" if at else "it was last fetched"
        what = f"{self._url} can't be fetched ({self._fetched.complaint}), so it is read as {when}."
        return Problem(path=self._name, what=what, hint=_remedy(self._fetched.complaint), severity="warning")

    def _nothing_there(self) -> str:
        why = f" ({self._fetched.complaint})" if self._fetched.complaint else ", or another process is about it"
        return f"{self._url} can't be fetched{why}, and never was before, so nothing was read."


def reference_of(url: str, branch: str) -> str:
    """The name under which a clone keeps a branch: another for another address, so that neither is taken for the other."""
    digest = hashlib.sha256(f"{url}\x00{branch}".encode()).hexdigest()
    return f"refs/notifier/{digest[:32]}"


def _remedy(complaint: str) -> str:
    return next((remedy for needle, remedy in _REMEDIES if needle in complaint), _ANY_REMEDY)


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(text)
    return at
