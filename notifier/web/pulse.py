"""One beat of the running program: take a changed configuration, tick, and say what happened. It never raises."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from structlog.stdlib import BoundLogger

from notifier.app import App
from notifier.config import OutboxSettings
from notifier.core.delivery import Delivery
from notifier.errors import NotifierError, Problem, UserError
from notifier.tick import Report
from notifier.tick.posting import begin
from notifier.web import words
from notifier.web.readers import Readership

#: Statuses that a person should look at when a delivery gets them.
_WARNINGS = ("held", "missed", "failed", "unknown")


def say(text: str) -> None:
    """A line for the person at the terminal. Nobody there to read it is no reason to stop."""
    try:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    except (OSError, ValueError):
        return


@dataclass(slots=True, kw_only=True)
class Pulse:
    """Beats for one site. `address` is the console's. `then` is called at the end of each beat."""

    app: App
    address: str
    say: Callable[[str], None] = say
    then: Callable[[], None] = lambda: None
    readership: Readership = field(default_factory=Readership)
    _log: BoundLogger = field(default_factory=structlog.get_logger)
    _known_problems: frozenset[Problem] = frozenset()
    _known_troubles: dict[str, str] = field(default_factory=dict)
    _said: bool = False

    def beat(self) -> None:
        """Refresh and tick. What goes wrong is put where the pages show it, and in the log."""
        acts = {"config_refused": self._refresh, "tick_failed": self._tick}
        troubles = {name: text for name, act in acts.items() if (text := self._tried(act))}
        for name, text in troubles.items():
            # Said once: the same trouble at every beat would hide the rest of the log.
            if self._known_troubles.get(name) != text:
                self._log.error(name, trouble=text)
        self._known_troubles = troubles
        self.app.trouble = "\n".join(troubles.values()) or None
        self._keep_readers()
        self.then()

    def end(self) -> None:
        """Keep what would be lost with the process. Call it after the last beat."""
        self._keep_readers(at_the_end=True)

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
        with first_look(self.app):
            report = self.app.tick()
        self._record(report)
        if not self._said:
            self._said = True
            self.say(summary(self.app, report, self.address))

    def _record(self, report: Report) -> None:
        content, plan = report.look.content, report.look.plan
        for row in report.moved:
            log = self._log.warning if row.status in _WARNINGS else self._log.info
            log(f"delivery_{row.status}", key=row.key, rule=row.rule, audience=row.audience, provider=row.provider)
        for sentence in report.noticed:
            self._log.info("provider_noticed", what=sentence)
        for name in report.published:
            self._log.info("feed_published", feed=name)
        found = frozenset(p for p in (*content.problems, *report.problems) if p.severity != "info")
        for problem in sorted(found - self._known_problems, key=lambda problem: (problem.path, problem.line or 0)):
            self._log.warning("problem_found", place=problem.place, what=problem.what)
        self._known_problems = found
        # An idle tick is no news: at the usual level only those are told that reach somebody.
        log = self._log.info if report.moved or report.published else self._log.debug
        log(
            "tick_finished",
            events=len(content.events),
            problems=len(found),
            planned=sum(row.status == "planned" for row in plan.deliveries),
            held=sum(row.status == "held" for row in plan.deliveries),
            moved=len(report.moved),
            feeds=len(report.published),
            recorded=report.recorded,
        )


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
