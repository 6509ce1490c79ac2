"""Who watches a site that runs: what is told of its beats, looks on at its ticks, and answers those who ask."""

from __future__ import annotations

from collections.abc import Callable

from notifier.app import App
from notifier.beside import Seeing
from notifier.web.lines import Beat
from notifier.web.metrics import MetricsAnswers
from notifier.web.pinging import Pings
from notifier.web.readiness import Readiness


class Watching:
    """One for each server."""

    def __init__(self, app: App) -> None:
        self.metrics, self.readiness = MetricsAnswers(app), Readiness(app)
        self.pings = Pings(app=app, counted=self.metrics.counted.pinged)

    @property
    def seeing(self) -> Seeing:
        """Who looks on at the ticks."""
        return self.metrics.counted

    @property
    def listeners(self) -> tuple[Callable[[Beat], None], ...]:
        """Who is told of each beat."""
        return self.metrics.counted.beat, self.readiness.beat, self.pings.heard
