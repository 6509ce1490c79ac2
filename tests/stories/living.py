"""A story lived through: a real ledger and outbox, ticked after every push and whenever something may happen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from notifier.app import App, open_app
from notifier.core.delivery import Delivery
from notifier.edges.clock import FixedClock
from notifier.edges.git import GitHistory
from notifier.errors import SourceShrank
from tests.edges.repositories import ENVIRON
from tests.stories.telling import git

#: A program runs for so many pushes, and is then started anew.
_RESTARTED_AFTER = 7
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
#: Nobody sleeps longer than this.
_LONGEST = timedelta(days=3)


@dataclass(slots=True)
class Life:
    """A site in `folder`, of which the repository stands at no commit yet. Close it."""

    folder: Path
    _pushes: int = 0
    _app: App | None = None
    _at: datetime = _LONG_AGO
    _next_at: datetime | None = None

    def live(self, commits: Sequence[tuple[datetime, str]], until: datetime) -> None:
        """Push each of these commits at its time, and tick as ever up to `until`, included."""
        for at, commit in commits:
            self._tick_before(at)
            git(self.folder / "website.git", "update-ref", "refs/heads/main", commit)
            self._pushes += 1
            if self._pushes % _RESTARTED_AFTER == 0:
                self.close()
            self._tick(at)
        self._tick_before(until)
        self._tick(until)

    def sent(self) -> list[tuple[str, datetime]]:
        """What went out, and when, by key."""
        rows = self._opened().ticker.wiring.ledger.rows("sent")
        return sorted((row.key, row.sent_at) for row in rows if row.sent_at is not None)

    def uids(self) -> frozenset[str]:
        """All events that there ever were."""
        return frozenset(self._opened().ticker.wiring.ledger.snapshot().seen)

    def tick_again(self) -> tuple[Delivery, ...]:
        """What moves at one more tick, right after the last."""
        app = self._opened()
        app.clock = FixedClock(app.clock.now() + timedelta(seconds=1))
        return app.tick().moved

    def close(self) -> None:
        if self._app is not None:
            self._app.close()
            self._app = None

    def _tick_before(self, limit: datetime) -> None:
        while self._next_at is not None and self._next_at < limit:
            self._tick(self._next_at)

    def _tick(self, at: datetime) -> None:
        self._at = at
        app = self._opened()
        try:
            report = app.tick()
        except SourceShrank:
            self._next_at = at + timedelta(hours=1)
            return
        turns = [at + _LONGEST, report.look.plan.next_at, at + timedelta(seconds=30) if report.moved else None]
        self._next_at = min(turn for turn in turns if turn is not None and turn > at)

    def _opened(self) -> App:
        if self._app is None:
            self._app = open_app(self.folder / "config.yaml", clock=FixedClock(self._at))
        self._app.clock = FixedClock(self._at)
        return self._app


def commits_of(folder: Path, branch: str = "main") -> list[tuple[datetime, str]]:
    """The commits of a branch, oldest first, when each is to be seen; of those of one instant the last."""
    history = GitHistory("website", folder / "website.git", branch=branch, files=["**/*"], exclude=[], environ=ENVIRON)
    found = {one.at: one.id for one in history.commits()}
    history.close()
    return [*found.items()]
