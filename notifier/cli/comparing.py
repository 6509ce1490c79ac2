"""`plan --compare`: what a change of the files does to the plan, for people, for programs and for a pull request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace

import click

from notifier.app import App, history_of, pretended
from notifier.cli import show
from notifier.cli.comment import SEVERITIES, TITLES, markdown
from notifier.cli.show import Row, count, say
from notifier.core.comparison import Comparison, FeedChange, Moved, comparison_record
from notifier.core.delivery import Delivery
from notifier.core.event import Event
from notifier.core.zones import moment
from notifier.errors import UserError
from notifier.ports import Source
from notifier.replay import compared
from notifier.tick import Ticker

_NOTHING = "Nothing would be mailed otherwise, and no feed says anything else."


def compare(app: App, revision: str, form: str) -> int:
    """Show what changes between the files at `revision` and as they are now. Always 0: new problems are for `check`."""
    found = _compared(app, revision)
    zone = app.settings.rules.site.timezone
    if form == "json":
        show.as_json(comparison_record(found))
    elif form == "markdown":
        click.echo(markdown(found, _summary(found), revision, zone), nl=False)
    else:
        _tell(found, revision, zone)
    return 0


def _compared(app: App, revision: str) -> Comparison:
    with ExitStack() as opened:
        histories: dict[str, Source] = {}
        wrong: list[str] = []
        for source in app.settings.sources:
            try:
                history = history_of(source)
            except UserError as error:
                wrong.append(error.message)
            else:
                opened.callback(history.close)
                history.stand_at(history.commit_of(revision))
                histories[source.name] = history
        if not histories:
            raise UserError("\n".join(wrong))
        # What lies in no repository was as it is now.
        before, _ = pretended(app, [(s, histories.get(s.name, files)) for s, files in app.ticker.wiring.sources])
        before = Ticker(replace(before.wiring, rules=app.ticker.wiring.rules))
        return compared(before, app.ticker, app.clock.now())


def _tell(found: Comparison, revision: str, zone: str) -> None:
    say(f"Since {revision}: {_summary(found)}\n")
    for name, title in TITLES.items():
        _table(title, getattr(found, name), found.events, zone)
    moved = [_moved_row(one, found.events, zone) for one in found.move]
    note = "Why" if any(row.note for row in moved) else ""
    show.table(("Was due", "Due", "Rule", "Audience", "About"), moved, note=note, title="Moved")
    for feed in found.feeds:
        say(f"Feed {feed.name}: {_feed_summary(feed)}.")
    if found.problems:
        say("New problems:")
    for problem in found.problems:
        say(f"{SEVERITIES[problem.severity]}: {problem}")


def _summary(found: Comparison) -> str:
    if found.changes_nothing:
        return _NOTHING
    named = (("to send", found.send), ("moved", found.move), ("held", found.hold))
    numbers = [f"{len(rows)} {word}" for word, rows in (*named, ("no longer sent", found.withdraw)) if rows]
    numbers += [count(len(found.correct), "correction")] if found.correct else []
    numbers += [count(len(found.feeds), "feed") + " changed"] if found.feeds else []
    return ", ".join(numbers) + "."


def _table(title: str, rows: Sequence[Delivery], events: Mapping[str, Event], zone: str) -> None:
    lines = [
        Row(
            cells=(moment(row.due_at, zone), row.rule, row.audience, _about(row, events)),
            note=show.obstacles(row.reasons),
        )
        for row in rows
    ]
    note = "Why" if any(line.note for line in lines) else ""
    show.table(("Due", "Rule", "Audience", "About"), lines, note=note, title=title, by_note=True)


def _about(row: Delivery, events: Mapping[str, Event]) -> str:
    return show.about(row, dict(events))


def _moved_row(one: Moved, events: Mapping[str, Event], zone: str) -> Row:
    now = one.after
    cells = (moment(one.before.due_at, zone), moment(now.due_at, zone), now.rule, now.audience, _about(now, events))
    return Row(cells=cells, note=show.obstacles(now.reasons))


def _feed_summary(feed: FeedChange) -> str:
    parts = (("added", feed.added), ("removed", feed.removed), ("changed", feed.changed))
    return ", ".join(f"{len(uids)} {word}" for word, uids in parts if uids)
