"""One beat of the running program: take a changed configuration, tick, and tell what happened. It never raises."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from structlog.stdlib import BoundLogger

from notifier.app import App
from notifier.beside import Seeing, Unseen
from notifier.config import OutboxSettings
from notifier.core.delivery import Delivery
from notifier.core.mode import Mode
from notifier.errors import NotifierError, UserError
from notifier.tick import Report
from notifier.tick.posting import begin
from notifier.web import words
from notifier.web.lines import Beat, Lines
from notifier.web.readers import Readership


def say(text: str) -> None:
    """A line for the person at the terminal. Nobody there to read it is no reason to stop."""
    try:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    except (OSError, ValueError):
        return


@dataclass(slots=True, kw_only=True)
class Pulse:
    """Beats for one site. `address` is the console's. `then` is called at the end of each beat.

    `seeing` looks on at its ticks, and `listeners` are told of each beat; they don't raise.
    """

    app: App
    address: str
    say: Callable[[str], None] = say
    then: Callable[[], None] = lambda: None
    readership: Readership = field(default_factory=Readership)
    lines: Lines = field(default_factory=Lines)
    seeing: Seeing = field(default_factory=Unseen)
    listeners: Sequence[Callable[[Beat], None]] = ()
    _log: BoundLogger = field(default_factory=structlog.get_logger)
    _report: Report | None = None
    _begun: float | None = None
    _said: bool = False

    def beat(self) -> None:
        """Refresh and tick. What goes wrong is put where the pages show it, and in the log."""
        begun, self._report = time.monotonic(), None
        every = self.app.settings.tick.total_seconds()
        late = max(0.0, begun - self._begun - every) if self._begun is not None else 0.0
        self._begun = begun
        acts = {"config_refused": self._refresh, "tick_failed": self._tick}
        troubles = {name: text for name, act in acts.items() if (text := self._tried(act))}
        if stopped := self.app.ticker.fence.stopped:
            troubles["nothing_is_sent"] = stopped
        self.app.trouble = "\n".join(troubles.values()) or None
        mode: Mode = "test" if self.app.ticker.wiring.is_test else "live"
        took = time.monotonic() - begun
        self._tell(Beat(report=self._report, seconds=took, late=late, mode=mode, troubles=troubles))
        self._keep_readers()
        self.then()

    def end(self) -> None:
        """Keep what would be lost with the process. Call it after the last beat."""
        self._keep_readers(at_the_end=True)

    def _tell(self, beat: Beat) -> None:
        for listen in (self.lines.write, *self.listeners):
            try:
                listen(beat)
            except Exception as error:  # noqa: BLE001 - what a beat did is done, whoever can't be told of it
                self._log.error("beat_not_told", exc_info=error)

    def _keep_readers(self, *, at_the_end: bool = False) -> None:
        """Who reads feeds is good to know, and no tick fails for it."""
        try:
            self.readership.flush(self.app.ticker.wiring.ledger, self.app.clock.now(), at_the_end=at_the_end)
        except Exception as error:  # noqa: BLE001 - a beat never raises, and counts are worth least of all that it does
            self._log.warning("readers_not_kept", trouble=f"{type(error).__name__}: {error}")

    def _tried(self, act: Callable[[], None]) -> str | None:
        try:
            act()
        except NotifierError as error:
            return str(error)
        except Exception as error:  # noqa: BLE001 - one round of one beat: the next one must come whatever happens
            self._log.error("tick_broke", exc_info=error)
            what = f"Unexpected error ({type(error).__name__}): this is a bug in notifier, and its log says more."
            return f"{what} The next tick tries again."
        return None

    def _refresh(self) -> None:
        try:
            self.app.refresh()
        except UserError as error:
            what = "The changed configuration is wrong, so the one before stays in force. Mend this and it is taken:"
            raise UserError(f"{what}\n{error.message}") from error

    def _tick(self) -> None:
        # So that a new webhook is told of what this tick moves. Where it can't be, whoever posts says so.
        with suppress(NotifierError):
            begin(self.app.ticker.wiring.ledger, self.app.settings.hooks, self.app.clock.now())
        self.app.ticker.seeing = self.seeing
        with first_look(self.app):
            report = self._report = self.app.tick()
        if not self._said:
            self._said = True
            self.say(summary(self.app, report, self.address))


@contextmanager
def first_look(app: App) -> Iterator[None]:
    """Let the pages say how far it is, while nothing has been looked at before; later looks read only what changed."""

    def tell(done: int, of: int) -> None:
        app.reading = (done, of)

    if app.latest is not None:
        yield
        return
    reader = app.ticker.reader
    reader.progress = tell
    try:
        yield
    finally:
        reader.progress, app.reading = None, None


def summary(app: App, report: Report, address: str) -> str:
    """What the first tick did, for the person who started it."""
    sent = [row for row in report.moved if row.status == "sent"]
    titles = {event.uid: event.title for event in report.look.content.events}
    lines = [_delivered(row, ", ".join(titles.get(uid, uid) for uid in row.event_uids), app) for row in sent]
    lines += [] if sent else ["Nothing was due just now."]
    done = {row.key for row in sent}
    planned = [row for row in report.look.plan.deliveries if row.status == "planned" and row.key not in done]
    held = {uid for row in report.look.plan.deliveries if row.status == "held" for uid in row.event_uids}
    lines += _planned(planned, app, report)
    if held:
        lines.append(f"{words.count(len(held), 'event waits', 'events wait')} for an answer from you.")
    return "\n".join(["", *lines, f"All of it, and why: {address}", ""])


def _delivered(row: Delivery, title: str, app: App) -> str:
    provider = app.settings.providers[row.provider]
    where = f"in {_near(provider.folder)}/" if isinstance(provider, OutboxSettings) else f"through {row.provider}"
    return f"Delivered: the {row.kind.replace('_', ' ')} of “{title}”, to {row.audience}, {where}"


def _planned(rows: list[Delivery], app: App, report: Report) -> list[str]:
    if not rows:
        return []
    first = min(rows, key=lambda row: row.due_at)
    due = words.moment(first.due_at, app.settings.rules.site.timezone, report.look.at)
    return [f"{words.count(len(rows), 'mail')} planned in the next 30 days, the first on {due.text} ({due.aside})."]


def _near(folder: Path) -> Path:
    """The folder as seen from here, where that is shorter."""
    return folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder
