"""What the commands with which people decide show, ask, do and say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import indent
from typing import Literal

import click

from notifier import desk
from notifier.app import App
from notifier.cli import show
from notifier.cli.moments import parse
from notifier.cli.remedies import command
from notifier.cli.show import Row, count, say, say_exactly
from notifier.core.approval import with_note
from notifier.core.delivery import Act, Decision, Delivery
from notifier.core.event import Event
from notifier.core.records import acted_record
from notifier.core.zones import moment
from notifier.desk import Acted, Offer

#: What a person has done, in a sentence with their name.
DONE: dict[Act, str] = {
    "hold": "held it", "release": "released it", "approve": "approved it", "skip": "skipped it",
    "retry": "had it tried again", "settle": "settled it", "annotate": "changed its note", "pause": "paused everything", "resume": "resumed everything",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who decides, why, and how the answer is printed."""

    by: str
    note: str
    form: str


def hold(app: App, asked: Asked, subject: str) -> None:
    done = desk.hold(app, subject, by=asked.by, note=asked.note)
    if _printed(done, asked):
        return
    if not done.is_new:
        say(f"It is held already. {_word(done.decision, app)}")
    elif done.delivery is not None and done.delivery.status == "held":
        say(f"Held: {_what(done, app)}.")
    else:
        say(f"It isn't sent as things are, and is held if that changes: {_what(done, app)}.")
    _line("To let it go", "release", done, app)


def skip(app: App, asked: Asked, subject: str) -> None:
    done = desk.skip(app, subject, by=asked.by, note=asked.note)
    if _printed(done, asked):
        return
    if done.is_new:
        say(f"Never to be sent: {_what(done, app)}.")
    else:
        say(f"It is skipped already. {_word(done.decision, app)}")
    _line("To take that back", "release", done, app)


def let_go(app: App, asked: Asked, subject: str, act: Literal["release", "approve"], *, yes: bool) -> None:
    """Show what would go out, ask, and record exactly that."""
    if asked.form == "json" and not yes:
        raise click.UsageError("--format json asks nothing. Look first with `notifier preview`, then add --yes.")
    found = desk.offer(app, subject, act)
    key = found.delivery.key
    if asked.form == "text" and not found.is_settled:
        _offered(found, app)
        if not _agreed(key, app, yes=yes):
            say("Nothing was decided.")
            return
    do = desk.release if act == "release" else desk.approve
    done = do(app, key, by=asked.by, note=asked.note, seen=found.terms)
    if not _printed(done, asked):
        _let_go(done, app, act)


def _agreed(key: str, app: App, *, yes: bool) -> bool:
    answer = show.answer("Let it go?", yes=yes)
    if answer is None:
        raise click.UsageError(
            "There is no terminal to ask on, so nothing was decided. "
            f"Look at the mail with `{command(f'preview {key}', app.config)}`, then add --yes."
        )
    return answer


def _offered(found: Offer, app: App) -> None:
    """What would go out, to whom, when, and everything that was asked about it."""
    row, zone = found.delivery, app.settings.rules.site.timezone
    due = show.due(row.due_at, zone)
    if found.message is not None:
        say(f"Subject: {found.message.subject}\n\n{indent(found.message.text.rstrip(), '  ')}\n")
    say(f"{row.kind.replace('_', ' ').capitalize()} to {row.audience}, {show.reach(row, found.people)}.")
    say(f"Due: {f'at once (it was due {due})' if found.is_overdue else due}.")
    for event in found.events:
        say(f"About: {event.title}, {show.when(event, zone)} ({event.path}).")
    for reason in found.terms.questions:
        say(f"- {reason.text}")
    if found.paused is not None:
        say(f"- {_word(found.paused, app)} Nothing goes out until `{command('resume', app.config)}`.")
    say_exactly(f"Key: {row.key}")
    show.faults(found.problems)
    say()


def _let_go(done: Acted, app: App, act: Act) -> None:
    row = done.delivery
    if row is None:
        return
    if not done.is_new:
        state = "Nothing holds it" if row.status == "planned" else "It waits all the same"
        say(
            " ".join(
                filter(None, (f"{state}: {_what(done, app)}.", _word(done.decision, app) if done.decision else ""))
            )
        )
        return
    word = "Released" if act == "release" else "Approved"
    if row.status != "planned":
        say(f"{word}, and it waits all the same: {_what(done, app)}. {show.obstacles(row.reasons[1:])}")
    elif done.is_recorded:
        when = "at the next tick" if row.due_at <= app.clock.now() else "at the first tick from then on"
        say(f"{word}: {_what(done, app)}. It is planned, and goes out {when}.")
    else:
        say(f"{word}: {_what(done, app)}. It is planned when that is less than 30 days away.")


def retry(app: App, asked: Asked, subject: str) -> None:
    done = desk.retry(app, subject, by=asked.by, note=asked.note)
    if _printed(done, asked):
        return
    if done.delivery is not None and done.delivery.status == "held":
        say(f"It is held before it is tried again: {_what(done, app)}. {show.obstacles(done.delivery.reasons)}")
    else:
        say(f"It is tried again at the next tick: {_what(done, app)}.")


def settle(app: App, asked: Asked, subject: str, to: Literal["sent", "failed"], when: str | None) -> None:
    zone = app.settings.rules.site.timezone
    at = parse(when, zone, "--sent-at") if when is not None else None
    done = desk.settle(app, subject, to, by=asked.by, note=asked.note, sent_at=at)
    if _printed(done, asked):
        return
    if to == "failed":
        say(f"It did not go out: {_what(done, app)}.")
        _line("To have it tried again", "retry", done, app)
    elif done.delivery is not None and done.delivery.sent_at is not None:
        say(f"It was sent on {moment(done.delivery.sent_at, zone)}, and is never sent again: {_what(done, app)}.")


def note(app: App, asked: Asked, subject: str) -> None:
    """`asked.note` is the note itself, "" to remove it."""
    from notifier.desk import noting

    done = noting.annotate(app, subject, asked.note, by=asked.by)
    if _printed(done, asked):
        return
    row = done.delivery
    if not done.is_new:
        say(f"It {'has this note already' if asked.note.strip() else 'has no note'}: {_what(done, app)}.")
    elif row is not None:
        say(f"{'Its note is changed' if asked.note.strip() else 'It has no note any more'}: {_what(done, app)}.")
        if row.status == "held":
            say(f"It waits. {show.obstacles(row.reasons)}")
        _line("To see it", "preview", done, app)


def pause(app: App, asked: Asked) -> None:
    done = desk.pause(app, by=asked.by, note=asked.note)
    if _printed(done, asked):
        return
    if done.is_new:
        say("Nothing is handed over from now on. What loses its use meanwhile is missed.")
        say(f"To go on: {command('resume', app.config)}")
    else:
        say(f"It is paused already. {_word(done.decision, app)}")


def resume(app: App, asked: Asked) -> None:
    done = desk.resume(app, by=asked.by, note=asked.note)
    if _printed(done, asked):
        return
    if not done.is_new:
        say("Nothing is paused.")
        return
    since = f" It was paused by {done.since.by} on {_moment(done.since, app)}." if done.since else ""
    say(f"Things go out again, from the next tick on.{since}\n")
    _rows("Missed meanwhile", done.missed, app)
    _rows("Due now", done.due, app)
    say(f"{count(len(done.missed), 'mail')} missed, {len(done.due)} due now.")


def _rows(title: str, rows: Sequence[Delivery], app: App) -> None:
    memory = app.ticker.wiring.ledger.snapshot()
    named = {uid: seen.event for uid, seen in memory.seen.items()}
    zone = app.settings.rules.site.timezone
    cells = [Row(cells=(show.due(row.due_at, zone), row.rule, row.audience, show.about(row, named))) for row in rows]
    show.table(("Due", "Rule", "Audience", "About"), cells, title=title)


def _printed(done: Acted, asked: Asked) -> bool:
    """Whether the answer is for a program, and has been given."""
    if asked.form == "json":
        show.as_json(acted_record(done.decision, done.delivery, _named(done.events)))
    return asked.form == "json"


def _named(events: Sequence[Event]) -> dict[str, Event]:
    return {event.uid: event for event in events}


def _what(done: Acted, app: App) -> str:
    row = done.delivery
    if row is None:
        return ""
    titles = show.about(row, _named(done.events))
    due = show.due(row.due_at, app.settings.rules.site.timezone)
    return f"{row.kind.replace('_', ' ')} to {row.audience} about {titles}, due {due}"


def _word(said: Decision | None, app: App) -> str:
    """What a person decided, when and why, as a sentence."""
    return "" if said is None else word(said, app.settings.rules.site.timezone)


def word(said: Decision, zone: str) -> str:
    """What a person decided, when and why, as a sentence."""
    return with_note(f"{said.by} {DONE[said.act]} on {moment(said.at, zone)}", said.note)


def _moment(said: Decision, app: App) -> str:
    return moment(said.at, app.settings.rules.site.timezone)


def _line(what: str, act: Act | Literal["preview"], done: Acted, app: App) -> None:
    """The next command, on a line that can be copied."""
    if done.delivery is not None:
        say_exactly(f"{what}: {command(f'{act} {done.delivery.key}', app.config)}")
