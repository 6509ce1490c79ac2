"""What `notifier mode` shows, asks, does and says."""

from __future__ import annotations

from typing import Any

import click

from notifier import desk
from notifier.app import App
from notifier.cli import show
from notifier.cli.deciding import Asked
from notifier.cli.remedies import command, with_config
from notifier.cli.show import count, say
from notifier.core.approval import with_note
from notifier.core.delivery import Decision
from notifier.core.mode import Mode
from notifier.core.records import acted_record, decision_record
from notifier.core.zones import moment
from notifier.desk import ModeNow


def show_mode(app: App, asked: Asked) -> None:
    found = desk.mode_now(app)
    if asked.form == "json":
        show.as_json(_record(found))
        return
    say(in_words(found, app.settings.rules.site.timezone))
    other = "test" if found.mode == "live" else "live"
    if other == "test" or found.may_be_live:
        say(with_config(f"To turn {other} mode on: notifier mode {other}", app.config))
    else:
        say(f"config.yaml forbids live mode: `sending.live` in {app.settings.path} would have to be true.")


def switch(app: App, asked: Asked, mode: Mode, *, yes: bool) -> None:
    if mode == "live" and desk.mode_now(app).may_be_live and not _agreed(asked, yes=yes):
        say("Nothing was decided.")
        return
    done = desk.switch(app, mode, by=asked.by, note=asked.note)
    if done.is_new:
        import structlog

        structlog.get_logger().warning("mode_switched", mode=mode)
    if asked.form == "json":
        show.as_json(acted_record(done.decision, None, {}))
        return
    zone = app.settings.rules.site.timezone
    say(
        in_words(desk.mode_now(app), zone) if done.is_new else f"It is so already. {in_words(desk.mode_now(app), zone)}"
    )
    under_way = len(app.ticker.wiring.ledger.rows("sending")) if mode == "test" else 0
    if under_way:
        them = "it" if under_way == 1 else "them"
        say(f"{count(under_way, 'mail is', 'mails are')} handed over already, and nothing calls {them} back.")


def _agreed(asked: Asked, *, yes: bool) -> bool:
    if asked.form == "json" and not yes:
        raise click.UsageError("--format json asks nothing. Add --yes.")
    if not yes and asked.form == "text":
        say("Readers get mails from the next tick on. It begins anew: what was due before does not go out.")
    answer = show.answer("Turn live mode on?", yes=yes)
    if answer is None:
        raise click.UsageError("There is no terminal to ask on, so nothing was decided. Add --yes.")
    return answer


def in_words(found: ModeNow, zone: str) -> str:
    """The mode, what it means, and who turned it on."""
    said = f" {_word(found.said, zone)}" if found.said is not None and found.said.act == found.mode else ""
    if found.mode == "live":
        return f"Sending is live.{said}"
    if not found.reaches:
        return f"Sending isn't live: only outboxes are filled.{said}"
    if not found.addresses:
        return f"Sending isn't live: what would reach people is held.{said}"
    many = count(len(found.addresses), "address", "addresses")
    return f"Test mode is on: no reader gets a mail, and copies go to the {many} of sending.test.{said}"


def plan_heading(app: App) -> None:
    """Test mode, loudly, where a list gets what readers would."""
    found = desk.mode_now(app)
    if found.mode == "test" and found.reaches and (found.addresses or found.may_be_live):
        say(f"TEST MODE. {in_words(found, app.settings.rules.site.timezone)}")
        if found.may_be_live:
            say(f"To turn live mode on: {command('mode live', app.config)}")
        say()


def _word(said: Decision, zone: str) -> str:
    return with_note(f"{said.by} switched to {said.act} mode on {moment(said.at, zone)}", said.note)


def _record(found: ModeNow) -> dict[str, Any]:
    return {
        "mode": found.mode,
        "may_be_live": found.may_be_live,
        "reaches_people": found.reaches,
        "test": list(found.addresses),
        "decision": decision_record(found.said) if found.said is not None else None,
    }
