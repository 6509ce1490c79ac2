"""`replay`: what would have gone out over a stretch of the files' history, or will in the time to come."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import click

from notifier.app import App, history_of, pretended
from notifier.cli import show
from notifier.cli.files import write_report
from notifier.cli.moments import bound, length
from notifier.cli.show import Row, count, say
from notifier.config import SourceSettings
from notifier.core.delivery import DeliveryStatus
from notifier.core.replayed import Occurrence, Replayed, replay_record
from notifier.core.zones import moment
from notifier.errors import UserError
from notifier.ports import History, Source
from notifier.replay import Replay, Still, steps

_HELD = {
    True: "What a question holds is taken as released by a person when it is due; what is refused stays refused.",
    False: "What a question holds stays held.",
}
#: In the order in which a person wants to see them.
_TITLES: tuple[tuple[str, str, tuple[DeliveryStatus, ...]], ...] = (
    ("Would have gone out", "Will go out, if nothing changes", ("sent",)),
    ("Held, missed, withdrawn or failed", "Held, missed, withdrawn or failed", ("held", "missed", "withdrawn", "failed", "unknown", "planned", "drafted", "sending")),
    ("Not sent", "Not sent", ("skipped",)),
)  # fmt: skip
#: More problems than these are for the report.
_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """What is asked for: a stretch of the past, or with `ahead` so much of the time to come. `tells`: how far it is, line by line."""

    since: datetime | None
    until: datetime | None
    ahead: timedelta | None
    releases: bool
    tells: bool = False


def stretch(
    app: App, *, since: str | None, until: str | None, ahead: str | None, releases: bool, tells: bool = False
) -> Stretch:
    """What the options say. Raises click.UsageError where they contradict each other."""
    zone = app.settings.rules.site.timezone
    if ahead is not None and (since or until):
        raise click.UsageError(
            "--ahead is the time to come; --from and --to are about the past. Leave one of them out."
        )
    return Stretch(
        since=bound(since, zone, "--from", is_end=False) if since else None,
        until=bound(until, zone, "--to", is_end=True) if until else None,
        ahead=length(ahead, "--ahead") if ahead else None,
        releases=releases,
        tells=tells,
    )


def replay(app: App, stretch: Stretch, out: Path | None, form: str) -> None:
    """Run it, write the report into `out`, and show it."""
    replayed = _ahead(app, stretch) if stretch.ahead is not None else _over_history(app, stretch)
    record = replay_record(replayed)
    if out is not None:
        # Imported only here: the pages' templates take as long to load as a short replay takes.
        from notifier.web.report import replay_page

        site = app.settings.rules.site
        page = replay_page(replayed, site=site.name, zone=site.timezone, held=_HELD[stretch.releases])
        write_report(out, page, record)
    if form == "json":
        show.as_json(record)
    else:
        _tell(replayed, app.settings.rules.site.timezone, _HELD[stretch.releases])
        if out is not None:
            say(f"Written to {out}: report.html and report.json.")


def _over_history(app: App, stretch: Stretch) -> Replayed:
    until = stretch.until or app.clock.now()
    with _histories(app) as sources:
        histories = [history for _, history in sources]
        taken = steps(histories, stretch.since, until)
        if taken[0].at >= until:
            raise UserError("There is no time between --from and --to.", "Give an earlier --from or a later --to.")
        with _progress(len(taken), "commits", stretch) as progress:
            return _replay(app, sources, stretch, progress).run(taken, until)


@contextmanager
def _histories(app: App) -> Iterator[list[tuple[SourceSettings, History]]]:
    """The sources as their repositories had them. Raises UserError with every one that lies in none."""
    with ExitStack() as opened:
        found: list[tuple[SourceSettings, History]] = []
        wrong: list[str] = []
        for source in app.settings.sources:
            try:
                history = history_of(source)
            except UserError as error:
                wrong.append(error.message)
            else:
                opened.callback(history.close)
                found.append((source, history))
        if wrong:
            raise UserError("\n".join(wrong), "Or look at the time to come: notifier replay --ahead 90d")
        yield found


def _ahead(app: App, stretch: Stretch) -> Replayed:
    since, ahead = app.clock.now(), stretch.ahead or timedelta()
    sources = [(source, Still(files)) for source, files in app.ticker.wiring.sources]
    with _progress(ahead.days, "days", stretch) as progress:
        return _replay(app, sources, stretch, progress).run_ahead(since, since + ahead)


def _replay(
    app: App,
    sources: Sequence[tuple[SourceSettings, Source]],
    stretch: Stretch,
    progress: Callable[[int, int], None] | None,
) -> Replay:
    memory = app.ticker.wiring.ledger.snapshot() if stretch.ahead is not None else None
    ticker, subject_of = pretended(app, sources, memory)
    return Replay(ticker=ticker, subject_of=subject_of, releases=stretch.releases, progress=progress)


@contextmanager
def _progress(length: int, of: str, stretch: Stretch) -> Iterator[Callable[[int, int], None] | None]:
    """A bar on standard error while a person looks on; lines for a program."""
    if stretch.tells:
        yield _lines()
        return
    if not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=length, label=f"Replaying {length} {of}", file=sys.stderr) as bar:

        def show_progress(done: int, _: int) -> None:
            bar.update(done - bar.pos)

        yield show_progress


def _lines() -> Callable[[int, int], None]:
    """Tells each hundredth once."""
    said = -1

    def tell(done: int, of: int) -> None:
        nonlocal said
        if of and (part := 100 * done // of) != said:
            said = part
            click.echo(f"{done} of {of}", err=True)

    return tell


def _tell(replayed: Replayed, zone: str, held: str) -> None:
    counts = replayed.counts()
    numbers = ", ".join(f"{number} {status}" for status, number in counts.items()) or "no rule asked for anything"
    over = f", {count(replayed.commits, 'commit')}" if replayed.commits else ""
    say(f"From {moment(replayed.since, zone)} to {moment(replayed.until, zone)}{over}: {numbers}.")
    say(f"{held} The rules are those of now.\n")
    for past, ahead, statuses in _TITLES:
        title = ahead if replayed.is_ahead else past
        found = [one for one in replayed.deliveries if one.delivery.status in statuses]
        # A column in which all is the same takes the room that subjects need.
        named = ("Status",) if len(statuses) > 1 else ()
        rows = [_row(one, zone, status=bool(named)) for one in found]
        headers = ("When", *named, "Rule", "Audience", "Subject")
        show.table(headers, rows, note="Why", title=title, by_note=statuses == ("skipped",))
    troubles = replayed.troubles
    if troubles:
        say("Problems on the way:")
    for trouble in troubles[:_SHOWN]:
        say(f"{moment(trouble.at, zone)}: {trouble.problem}")
    if len(troubles) > _SHOWN:
        say(f"… and {len(troubles) - _SHOWN} more: --out DIR writes them all.")


def _row(one: Occurrence, zone: str, *, status: bool) -> Row:
    delivery = one.delivery
    about = one.about if one.about != delivery.key else "-"
    cells = (moment(one.moment, zone), *((delivery.status,) if status else ()), delivery.rule, delivery.audience, about)
    return Row(cells=cells, note=show.obstacles(delivery.reasons))
