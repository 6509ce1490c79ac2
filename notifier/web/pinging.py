"""Tells the dead man's switch how ticks go, in a thread of its own: whoever answers slowly holds up no tick."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import structlog
from structlog.stdlib import BoundLogger

from notifier.app import App
from notifier.config import PingSettings
from notifier.desk.pinging import pinger
from notifier.errors import NotifierError
from notifier.tick.pinging import Pinger
from notifier.web.lines import Beat


@dataclass(slots=True, kw_only=True)
class Pings:
    """Is told of the beats of one site, and beats itself. What goes wrong is in the log once, and at the head of the pages."""

    app: App
    counted: Callable[[bool], None] = lambda _well: None
    _log: BoundLogger = field(default_factory=structlog.get_logger)
    _news: bool | None = None
    _settings: PingSettings | None = None
    _pinger: Pinger | None = None
    _said: str = ""

    def heard(self, beat: Beat) -> None:
        """Keep whether its tick succeeded, until it is told."""
        self._news = beat.succeeded

    def beat(self) -> None:
        """Tell of the last beat, where there is news of one. It never raises."""
        is_good, self._news = self._news, None
        try:
            said = self._told(is_good=is_good) if is_good is not None else self._said
        except NotifierError as error:
            said = str(error)
        except Exception as error:  # noqa: BLE001 - the next beat must come whatever happens
            self._log.error("ping_broke", exc_info=error)
            said = f"Unexpected error ({type(error).__name__}): this is a bug in notifier."
        if said and said != self._said:
            self._log.warning("ping_failed", trouble=said)
        self._said = said
        self.app.unpinged = f"The service that watch.ping names isn't told that ticks succeed: {said}" if said else None

    def _told(self, *, is_good: bool) -> str:
        settings = self.app.settings.ping
        if settings != self._settings or self._pinger is None:
            self._settings, self._pinger = settings, pinger(self.app)
        if self._pinger is None:
            return ""
        now = self.app.clock.now()
        if not self._pinger.is_due(is_good=is_good, now=now):
            return self._said
        said = self._pinger.tell(is_good=is_good, now=now)
        self.counted(not said)
        return said
