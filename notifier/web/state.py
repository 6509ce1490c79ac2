"""How the program is: what stands at the head and the foot of every page, and what a watchdog asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from notifier.app import App
from notifier.desk.mode import ModeNow, as_said, mode_now
from notifier.errors import Problem, UserError
from notifier.tick import Report
from notifier.web import words
from notifier.web.pausing import pause_now

#: Ticks may be missed now and then (a long one, a sleeping machine) before that is worth a word.
LATE_AFTER_TICKS = 4
LATE_AT_LEAST = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """`mode` is whether anything reaches people. `ticked` is "" before the first tick; `loud` has what is wrong now.

    `reading` is how many of how many files are read during the first look. `paused` says who stopped everything, since when and why; "" while nothing is stopped. `is_test`: mails that would
    reach people don't; `switched` says who turned the mode on that is on, "" where config.yaml alone says so.
    """

    mode: words.Meaning
    is_live: bool
    is_test: bool
    switched: str
    ticked: str
    ticked_ago: str
    is_late: bool
    loud: tuple[str, ...]
    quiet: tuple[Problem, ...]
    now: str
    paused: str
    reading: tuple[int, int] | None


def state_of(app: App, now: datetime) -> State:
    """The state of a site at `now`."""
    report, zone = app.latest, app.settings.rules.site.timezone
    mode = _mode_now(app, report)
    said = mode.said if mode.said is not None and mode.said.act == mode.mode else None
    return State(
        mode=_mode(mode),
        is_live=mode.mode == "live" and mode.reaches,
        is_test=mode.mode == "test" and mode.reaches,
        switched=words.decided(said, zone, now) if said is not None else "",
        ticked=words.clock(report.look.at, zone, now) if report else "",
        ticked_ago=words.ago(report.look.at, now) if report else "",
        is_late=report is not None and is_late(app, now),
        loud=tuple(_loud(app, report)),
        quiet=app.settings.not_yet,
        now=words.clock(now, zone, now),
        paused=_paused(app, report, now),
        reading=app.reading if report is None else None,
    )


def _paused(app: App, report: Report | None, now: datetime) -> str:
    try:
        last = pause_now(app.ticker.wiring.ledger)
    except UserError:
        # What keeps the ledger from being read is said elsewhere on the page.
        last = report.look.memory.paused if report else None
    if last is None:
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
    return [*trouble, *app.unposted, *filter(None, [app.unpinged]), *broken, *unpublished, *unread]


def _mode_now(app: App, report: Report | None) -> ModeNow:
    try:
        return mode_now(app)
    except UserError:
        # As above. While nobody can say what was decided, nothing is handed over either.
        return as_said(app.ticker.wiring, report.look.memory.mode if report else None)


def _mode(now: ModeNow) -> words.Meaning:
    if now.mode == "live":
        if now.reaches:
            return words.Meaning(label="Live", sentence="Mails go out to people.")
        return words.Meaning(label="Outbox only", sentence="Mails become files: every provider is an outbox.")
    switch = "An admin turns live mode on." if now.may_be_live else "`sending.live` in config.yaml turns it on."
    label = "Test mode" if now.may_be_live or now.addresses else "Not live"
    if not now.reaches:
        return words.Meaning(label=label, sentence="Mails become files in the outbox, and reach nobody.", todo=switch)
    if now.addresses:
        many = words.count(len(now.addresses), "address", "addresses")
        sentence = f"No reader gets a mail: what would go out goes to the {many} of sending.test."
        return words.Meaning(label=label, sentence=sentence, todo=switch)
    return words.Meaning(label=label, sentence="No reader gets a mail: what would reach people is held.", todo=switch)
