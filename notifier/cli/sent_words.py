"""What `notifier send` and `notifier undo` show, ask and say."""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import replace
from textwrap import indent
from zoneinfo import ZoneInfo

import click

from notifier.app import App
from notifier.cli import show
from notifier.cli.deciding import Asked
from notifier.cli.remedies import command
from notifier.cli.show import say, say_exactly
from notifier.core.delivery import Outcome
from notifier.core.records import acted_record, reason_record, sending_record
from notifier.core.zones import moment
from notifier.desk import Acted
from notifier.desk.sending import Sending, Wish
from notifier.errors import UserError

#: Signs of a mark that are printed, and enough to be sure of.
MARK = 12
#: Other mails of the day that are named.
_LISTED = 5


def named(wish: Wish, app: App) -> Wish:
    """The wish with a name made from what it says, and the day: the same command, typed again that day, sends once."""
    said = [wish.audience, wish.events, wish.subject, wish.note, wish.at.isoformat() if wish.at else ""]
    mark = hashlib.sha256(json.dumps(said).encode()).hexdigest()[:8]
    day = app.clock.now().astimezone(ZoneInfo(app.settings.rules.site.timezone)).date()
    return replace(wish, once=f"{day.isoformat()}-{mark}")


def can_ask() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def offered(found: Sending, app: App, asked: Asked) -> None:
    """What would go out, to whom, when, and everything that speaks against it."""
    if asked.form == "json" or found.before is not None:
        return
    row, zone = found.delivery, app.settings.rules.site.timezone
    say(f"Subject: {found.message.subject}\n\n{indent(found.message.text.rstrip(), '  ')}\n")
    say(f"To {row.audience}, {show.reach(row, found.people)}.")
    say(f"Due: {show.due(row.due_at, zone)}. Until then it can be taken back.")
    for event in found.events:
        say(f"About: {event.title}, {show.when(event, zone)} ({event.path}).")
    for reason in found.questions:
        say(f"- {reason.text}")
    for other in found.others[:_LISTED]:
        at = moment(other.sent_at or other.due_at, zone)
        say(f"- They get another mail that day: {other.kind.replace('_', ' ')}, {other.status}, {at} ({other.key}).")
    if len(found.others) > _LISTED:
        say(f"- … and {len(found.others) - _LISTED} more.")
    if found.needs_another:
        say("- Another person has to approve it before it goes out.")
    if found.is_paused:
        say(f"- Everything is paused. Nothing goes out until `{command('resume', app.config)}`.")
    say_exactly(f"Key: {row.key}")
    show.faults(found.problems)
    say()


def confirmed(found: Sending) -> bool:
    """Whether the person at the terminal types the audience's name."""
    name = found.one_off.audience
    typed = click.prompt(f"Type {name} to send it; anything else sends nothing", default="", show_default=False)
    if typed.strip() == name:
        return True
    say("Nothing was sent.")
    return False


def only_shown(found: Sending, wish: Wish, asked: Asked) -> None:
    """Say that nothing was sent, and how exactly this would be."""
    if asked.form == "json":
        events, problems = found.look.events(), found.problems
        show.as_json(sending_record(found.delivery, found.message, events, problems=problems, **_facts_of(found)))
        return
    if found.errors:
        say("Nothing was sent: what is wrong with it has to be mended first.")
        return
    say("Nothing was sent: there is no terminal to ask on. To send exactly this, add to the same command:")
    say_exactly(f"  --once {wish.once} --seen {found.mark[:MARK]} --yes")


def _facts_of(found: Sending) -> dict[str, object]:
    return {
        "people": found.people, "mark": found.mark[:MARK],
        "questions": [reason_record(one) for one in found.questions], "needs_another": found.needs_another,
    }  # fmt: skip


def asked_for(done: Acted, app: App, asked: Asked) -> None:
    if asked.form == "json":
        show.as_json(acted_record(done.decision, done.delivery, {one.uid: one for one in done.events}))
        return
    row, zone = done.delivery, app.settings.rules.site.timezone
    if row is None:
        say("It is asked for, and nothing in config.yaml sends it any more.")
        return
    if not done.is_new:
        say(f"It was asked for before, and is {row.status}. {' '.join(one.text for one in row.reasons)}".rstrip())
    elif row.status == "planned":
        say(f"It goes out {moment(row.due_at, zone)}, at the first tick from then on.")
    else:
        say(f"It is {row.status}. {' '.join(one.text for one in row.reasons)}".rstrip())
    if row.status in ("planned", "held", "drafted"):
        say("To take it back:")
        say_exactly(f"  {command(f'undo {row.key}', app.config)}")


def taken_back(done: Acted, app: App, asked: Asked) -> None:
    if asked.form == "json":
        show.as_json(acted_record(done.decision, done.delivery, {one.uid: one for one in done.events}))
    elif done.delivery is None:
        return
    elif done.is_new:
        say_exactly(f"Taken back, and never sent: {done.delivery.key}")
        say(f"To send it all the same: `{command(f'release {done.delivery.key}', app.config)}`")
    else:
        say_exactly(f"It was taken back before: {done.delivery.key}")


def tried(outcome: Outcome, address: str) -> None:
    """Raises UserError where it was not taken."""
    if outcome.result == "accepted":
        say(f"A test was sent to {address}. No reader got it. {outcome.left}".strip())
    elif outcome.result == "ambiguous":
        raise UserError(
            f"Nobody knows whether the test was taken. {outcome.detail} {outcome.left}".strip(),
            "Look into that mailbox.",
        )
    else:
        raise UserError(f"No test was sent. {outcome.detail} {outcome.left}".strip())
