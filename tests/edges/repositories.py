"""Real repositories for tests, at times of their own, without a word of the machine's own configuration."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from notifier.edges.git import GitHistory, GitSource

FILES = ("_events/**/*.md",)
#: The first commit's time, unless it is given one; each later one is an hour after the one before.
FIRST_AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
PATH = f"{Path(shutil.which('git') or '/usr/bin/git').parent}:/usr/bin:/bin"
ENVIRON = {"PATH": PATH, "HOME": "/nonexistent"}


@dataclass(slots=True)
class Repository:
    """A checkout, made by hand as its authors would."""

    folder: Path
    at: datetime = FIRST_AT - timedelta(hours=1)

    def git(self, *arguments: str, authored_at: datetime | None = None, feed: bytes | None = None) -> str:
        environ = {
            **ENVIRON, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_NAME": "C",
            "GIT_COMMITTER_EMAIL": "c@example.org", "GIT_COMMITTER_DATE": _written(self.at),
            "GIT_AUTHOR_DATE": _written(authored_at or self.at),
        }  # fmt: skip
        command = ["git", "-C", str(self.folder), *arguments]
        ran = subprocess.run(command, env=environ, capture_output=True, check=False, input=feed)
        assert ran.returncode == 0, ran.stderr.decode(errors="replace")
        return ran.stdout.decode(errors="replace").strip()

    def write(self, path: str, content: str | bytes = "") -> None:
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content if isinstance(content, bytes) else (content or a_text(path)).encode())

    def remove(self, path: str) -> None:
        (self.folder / path).unlink()

    def commit(self, subject: str = "Edit", *, at: datetime | None = None, authored_at: datetime | None = None) -> str:
        """Commit everything as it lies there; returns the commit's id."""
        self.at = at or self.at + timedelta(hours=1)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", subject, authored_at=authored_at)
        return self.git("rev-parse", "HEAD")

    def source(self, *, files: Sequence[str] = FILES, exclude: Sequence[str] = (), branch: str = "main") -> GitSource:
        return GitSource(
            name="website", repository=self.folder, branch=branch, files=files, exclude=exclude, environ=dict(ENVIRON)
        )

    def history(self, *, files: Sequence[str] = FILES, exclude: Sequence[str] = (), prefix: str = "") -> GitHistory:
        return GitHistory(
            "website", self.folder, branch=None, prefix=prefix, files=files, exclude=exclude, environ=dict(ENVIRON)
        )


def a_repository(folder: Path) -> Repository:
    """One without commits."""
    folder.mkdir(parents=True)
    repository = Repository(folder)
    repository.git("init", "--quiet", "-b", "main")
    return repository


def a_text(name: str) -> str:
    """A file about an event, unlike that of any other name."""
    lines = "\n".join(f"{name} says line {number} of {name * 3}." for number in range(8))
    return f"---\ntitle: {name}\ndate: 2026-10-14\n---\n{lines}\n"


def _written(at: datetime) -> str:
    return f"{int(at.timestamp())} +0000"
