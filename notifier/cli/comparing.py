"""`plan --compare`: what a change of the files does to the plan, for people, for programs and for a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace

import click

from notifier.app import App, history_of, pretended
from notifier.cli import show
from notifier.cli.show import Row, count, say
from notifier.core.comparison import Comparison, FeedChange, Moved, comparison_record
from notifier.core.delivery import Delivery
from notifier.core.event import Event
from notifier.core.zones import moment
from notifier.errors import Problem, UserError
from notifier.ports import Source
from notifier.replay import compared
from notifier.tick import Ticker

_NOTHING = "Nothing would be mailed otherwise, and no feed says anything else."
_TITLES = {
    "send": "To send",
    "hold": "To hold until a person says so",
    "withdraw": "No longer sent",
    "correct": "To tell readers who were told otherwise",
}
_SEVERITIES = {"error": "error", "warning": "warning", "info": "note"}
#: What begins something in GitHub's Markdown anywhere, at the beginning, or in an address; a time of day stays readable.
_MEANING = re.compile(
    r"([\\`*_{}\[\]()<>#!|~&@$]|^[-+=]|(?<=www)\.|(?<![0-9]):|:(?![0-9])|(?:(?<=^[0-9])|(?<=^[0-9]{2}))[.)])",
    re.IGNORECASE,
)
#: What of our own sentences is to be copied: words between backticks, and the identity of an event.
_COPIED = re.compile(r"`([^`|\n]{1,200})`|\b(uid: [\w.@+-]*\w)")
#: GitHub looks for these in the text once it is rendered, so that no escape keeps them from being names and numbers.
_CALLING = re.compile(r"([@#])")


def compare(app: App, revision: str, form: str) -> int:
    """Show what changes between the files at `revision` and as they are now. Always 0: new problems are for `check`."""
    found = _compared(app, revision)
    zone = app.settings.rules.site.timezone
    if form == "json":
        show.as_json(comparison_record(found))
    elif form == "markdown":
        click.echo(markdown(found, revision, zone), nl=False)
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
    for name, title in _TITLES.items():
        _table(title, getattr(found, name), found.events, zone)
    moved = [_moved_row(one, found.events, zone) for one in found.move]
    note = "Why" if any(row.note for row in moved) else ""
    show.table(("Was due", "Due", "Rule", "Audience", "About"), moved, note=note, title="Moved")
    for feed in found.feeds:
        say(f"Feed {feed.name}: {_feed_summary(feed)}.")
    if found.problems:
        say("New problems:")
    for problem in found.problems:
        say(f"{_SEVERITIES[problem.severity]}: {problem}")


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


def markdown(found: Comparison, revision: str, zone: str) -> str:
    """Fit for a comment on a pull request: the plan first, then problems. Nothing in it can call a person or make a link."""
    return "\n".join(_markdown(found, revision, zone)) + "\n"


def _markdown(found: Comparison, revision: str, zone: str) -> Iterator[str]:
    yield f"### Mail and calendar: {escaped(_summary(found))}"
    yield ""
    yield f"Compared with {escaped(revision)}, as of {escaped(moment(found.at, zone))}."
    for name, title in _TITLES.items():
        yield from _markdown_table(title, getattr(found, name), found.events, zone)
    if found.move:
        moved = [_moved_row(one, found.events, zone) for one in found.move]
        rows = [(*map(escaped, row.cells), worded(row.note)) for row in moved]
        yield from _lines(f"Moved ({len(rows)})", ("Was due", "Due", "Rule", "Audience", "About", "Why"), rows)
    yield from _markdown_feeds(found)
    if found.problems:
        yield from ("", f"#### New problems ({len(found.problems)})", "")
        yield from (f"- {_markdown_problem(problem)}" for problem in found.problems)


def _markdown_table(title: str, rows: Sequence[Delivery], events: Mapping[str, Event], zone: str) -> Iterator[str]:
    if rows:
        cells = [
            (*map(escaped, (moment(row.due_at, zone), row.rule, row.audience, _about(row, events))), _worded(row))
            for row in rows
        ]
        yield from _lines(f"{title} ({len(rows)})", ("Due", "Rule", "Audience", "About", "Why"), cells)


def _worded(row: Delivery) -> str:
    return worded(show.obstacles(row.reasons))


def _lines(title: str, headers: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A table; its cells are Markdown already."""
    yield from ("", f"#### {title}", "", f"| {' | '.join(headers)} |", f"|{' --- |' * len(headers)}")
    for cells in rows:
        yield f"| {' | '.join(cells)} |"


def _markdown_feeds(found: Comparison) -> Iterator[str]:
    if not found.feeds:
        return
    yield from ("", "#### Feeds", "")
    for feed in found.feeds:
        yield f"- **{escaped(feed.name)}**"
        for word, uids in (("added", feed.added), ("removed", feed.removed), ("changed", feed.changed)):
            yield from (f"  - {word}: {escaped(_title(uid, found.events))}" for uid in uids)


def _title(uid: str, events: Mapping[str, Event]) -> str:
    return events[uid].title if uid in events else uid


def _markdown_problem(problem: Problem) -> str:
    field = f" {problem.field}:" if problem.field else ""
    place = escaped(f"{problem.place}:{field}")
    return f"**{_SEVERITIES[problem.severity]}** {place} {worded(f'{problem.what} {problem.hint}')}"


def worded(sentence: str) -> str:
    """One of our sentences as Markdown, what is to be copied as code: there nothing has a meaning, and nobody is called."""
    parts: list[str] = []
    end = 0
    text = show.printable(" ".join(sentence.split()))
    for found in _COPIED.finditer(text):
        parts += [escaped(text[end : found.start()], within=True), f"`{found[1] or found[2]}`"]
        end = found.end()
    return "".join([*parts, escaped(text[end:], within=True)])


def escaped(text: str, *, within: bool = False) -> str:
    """Text as Markdown that shows exactly that, on one line. `within`: its spaces at both ends stay."""
    line = show.printable(text if within else " ".join(text.split()))
    plain = _MEANING.sub(r"\\\1", line)
    return _CALLING.sub("\\1\u2060", plain)
