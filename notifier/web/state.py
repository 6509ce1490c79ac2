"""How the program is: what stands at the head and the foot of every page, and what a watchdog asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from notifier.app import App
from notifier.core.delivery import EVERYTHING
from notifier.errors import Problem, UserError
from notifier.tick import Report
from notifier.web import words

#: Ticks may be missed now and then (a long one, a sleeping machine) before that is worth a word.
LATE_AFTER_TICKS = 4
LATE_AT_LEAST = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """`mode` is whether anything reaches people. `ticked` is "" before the first tick; `loud` has what is wrong now.

    `paused` says who stopped everything, since when and why; "" while nothing is stopped.
    """

    mode: words.Meaning
    is_live: bool
    ticked: str
    ticked_ago: str
    is_late: bool
    loud: tuple[str, ...]
    quiet: tuple[Problem, ...]
    now: str
    paused: str


def state_of(app: App, now: datetime) -> State:
    """The state of a site at `now`."""
    report, zone = app.latest, app.settings.rules.site.timezone
    reaching = any(provider.capabilities().reaches_people for provider in app.ticker.wiring.providers.values())
    return State(
        mode=_mode(live=app.settings.live, reaching=reaching),
        is_live=app.settings.live and reaching,
        ticked=words.clock(report.look.at, zone, now) if report else "",
        ticked_ago=words.ago(report.look.at, now) if report else "",
        is_late=report is not None and is_late(app, now),
        loud=tuple(_loud(app, report)),
        quiet=app.settings.not_yet,
        now=words.clock(now, zone, now),
        paused=_paused(app, report, now),
    )


def _paused(app: App, report: Report | None, now: datetime) -> str:
    try:
        # Not the ledger's whole memory: a page need not wait for a tick that is writing.
        last = next(reversed(app.ticker.wiring.ledger.decided(EVERYTHING)), None)
    except UserError:
        # What keeps the ledger from being read is said elsewhere on the page.
        last = report.look.memory.paused if report else None
    if last is None or last.act != "pause":
        return ""
    since = words.clock(last.at, app.settings.rules.site.timezone, now)
    return " ".join(filter(None, (f"Paused by {last.by} since {since}.", last.note)))


def is_late(app: App, now: datetime) -> bool:
    """Whether no tick has succeeded for longer than a hiccup takes."""
    return app.latest is None or now - app.latest.look.at > max(app.settings.tick * LATE_AFTER_TICKS, LATE_AT_LEAST)


def _loud(app: App, report: Report | None) -> list[str]:
    trouble = [line for line in (app.trouble or "").splitlines() if line.strip()]
    broken = [str(problem) for problem in app.template_problems if problem.severity == "error"]
    unpublished = [str(problem) for problem in report.problems] if report else []
    content = report.look.content if report else None
    unread = [str(problem) for problem in content.problems if problem.path in content.unread] if content else []
    return [*trouble, *broken, *unpublished, *unread]


def _mode(*, live: bool, reaching: bool) -> words.Meaning:
    if live and reaching:
        return words.Meaning(label="Live", sentence="Mails go out to people.")
    if live:
        return words.Meaning(label="Outbox only", sentence="Mails become files: every provider is an outbox.")
    return words.Meaning(
        label="Not live",
        sentence="Mails become files in the outbox, and reach nobody.",
        todo="`sending.live` in config.yaml turns it on.",
    )
