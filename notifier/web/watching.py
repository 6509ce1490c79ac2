"""Who watches a site that runs: what is told of its beats, looks on at its ticks, and answers those who ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import structlog

from notifier import __version__
from notifier.app import App
from notifier.beside import Seeing
from notifier.edges import logs
from notifier.errors import UserError
from notifier.web.lines import Beat, instance_name
from notifier.web.metrics import MetricsAnswers
from notifier.web.pinging import Pings
from notifier.web.readiness import Readiness


class Together:
    """Several who look on."""

    def __init__(self, seeing: Sequence[Seeing]) -> None:
        self._seeing = tuple(seeing)

    @contextmanager
    def part(self, name: str, provider: str = "") -> Iterator[Callable[[str], None]]:
        """As `beside.Seeing` has it."""
        with ExitStack() as stack:
            notes = [stack.enter_context(one.part(name, provider)) for one in self._seeing]

            def tell(result: str) -> None:
                for note in notes:
                    note(result)

            yield tell


class Watching:
    """One for each server. Between `begin` and `end` errors and times are sent to whom config.yaml names."""

    def __init__(self, app: App) -> None:
        self._app = app
        self.metrics, self.readiness = MetricsAnswers(app), Readiness(app)
        self.pings = Pings(app=app, counted=self.metrics.counted.pinged)
        self.seeing: Seeing = self.metrics.counted
        self._ends: list[Callable[[], None]] = []

    @property
    def listeners(self) -> tuple[Callable[[Beat], None], ...]:
        """Who is told of each beat."""
        return self.metrics.counted.beat, self.readiness.beat, self.pings.heard

    def begin(self) -> None:
        """Begin to send. Who can't be sent anything is said in the log: the site is worth more than that."""
        for begin in (self._begin_sentry, self._begin_traces):
            try:
                begin()
            except UserError as error:
                structlog.get_logger().warning("watch_not_begun", trouble=error.message)

    def end(self) -> None:
        """Let what was seen go out."""
        for end in self._ends:
            end()
        self._ends = []

    def _begin_sentry(self) -> None:
        settings = self._app.settings.sentry
        if settings is None:
            return
        # Few have it, and it is no small thing to import.
        from notifier.edges.sentry import Sentry  # noqa: PLC0415 - only where it is configured

        dsn = settings.dsn.read()
        try:
            sentry = Sentry(
                dsn, environment=settings.environment, release=f"notifier@{__version__}", redact=logs.redacted
            )
        except ValueError as error:
            raise settings.dsn.refused(str(error), "Copy it from the project's settings, under Client Keys.") from None
        sentry.begin()
        self._ends.append(sentry.end)

    def _begin_traces(self) -> None:
        endpoint = self._app.settings.traces
        if endpoint is None:
            return
        from notifier.edges.traces import Traces  # noqa: PLC0415 - only where it is configured

        def lost() -> None:
            structlog.get_logger().warning("traces_lost", collector=urlsplit(endpoint).netloc)

        traces = Traces(endpoint, instance=instance_name(), version=__version__, lost=lost)
        self.seeing = Together([self.metrics.counted, traces])
        self._ends.append(traces.end)
