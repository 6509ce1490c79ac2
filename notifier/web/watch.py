"""Looks, beside the ticks and in a thread of its own, whether they still succeed, and tells staff when they don't."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from structlog.stdlib import BoundLogger

from notifier.app import App
from notifier.errors import NotifierError
from notifier.tick.stalling import tell_of_stall

#: Often enough for something that is told after an hour.
LOOKS_EVERY = timedelta(minutes=5)


@dataclass(slots=True, kw_only=True)
class Watch:
    """Watches the ticks of one site. `started_at` is when this process began."""

    app: App
    started_at: datetime
    _log: BoundLogger = field(default_factory=structlog.get_logger)
    _said: str = ""

    def beat(self) -> None:
        """Look once. It never raises: what goes wrong is said in the log, once, and tried again at the next beat."""
        try:
            self._look(self.app.clock.now())
        except NotifierError as error:
            self._say(str(error))
        except Exception as error:  # noqa: BLE001 - the next beat must come whatever happens
            self._say(f"{type(error).__name__}: {error}")

    def since(self) -> datetime:
        """When a tick last succeeded, of whichever process; before the first one, when this process began."""
        known = [self.app.latest.look.at] if self.app.latest is not None else []
        try:
            recorded = self.app.ticker.wiring.ledger.version()[0]
        except NotifierError:
            # The ledger may be the very thing that fails.
            recorded = None
        return max([*known, *([recorded] if recorded else [])], default=self.started_at)

    def _look(self, now: datetime) -> None:
        if self.app.ticker.fence.stopped:
            # Another ledger's program tells staff how that is.
            return
        since, trouble = self.since(), self.app.trouble or ""
        outcome = tell_of_stall(self.app.ticker.wiring, since=since, trouble=trouble, now=now)
        if outcome is None:
            return
        if outcome.result == "accepted":
            self._log.error("stall_told", since=since.isoformat(), detail=outcome.detail)
        else:
            self._say(outcome.detail)

    def _say(self, what: str) -> None:
        if what != self._said:
            self._log.error("stall_not_told", trouble=what)
        self._said = what
