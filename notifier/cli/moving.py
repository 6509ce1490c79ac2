"""What `notifier migrate` and `notifier ledger copy` do and say."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from notifier.app import settings_of, shared_tasks_of
from notifier.cli import show
from notifier.cli.show import count, say
from notifier.config import Settings
from notifier.core.zones import moment
from notifier.edges.clock import SystemClock
from notifier.edges.ledger import migrated, move_ledger


def migrate(config: Path, form: str) -> None:
    settings = settings_of(config)
    before, after = migrated(settings.ledger_url, password=_password(settings))
    shared = shared_tasks_of(settings)
    tables = shared.prepare() if shared is not None else None
    if form == "json":
        show.as_json({"before": before, "after": after} | ({"workers": tables} if tables is not None else {}))
        return
    if before == after:
        say(f"The ledger's schema is {after}, as this version wants it. Nothing was to be done.")
    elif before is None:
        say(f"The ledger is made. Its schema is {after}.")
    else:
        say(f"The ledger's schema was {before}, and is {after} now.")
    if tables is not None:
        say("What workers need is as this version wants it, too.")


def copy(config: Path, url: str, *, yes: bool, form: str) -> None:
    settings = settings_of(config)
    file = url.removeprefix("sqlite:///")
    # A path is one from where the command is given.
    target = url if file == url else f"sqlite:///{Path.cwd() / file}"
    if form == "json" and not yes:
        raise click.UsageError("--format json asks nothing. Add --yes.")
    if not yes:
        say(
            "Whatever notifier decides after the copy isn't in it, so notifier should be stopped now, on every machine."
        )
    answer = show.answer("Copy the ledger, and let nothing more be sent from the one it is copied from?", yes=yes)
    if answer is None:
        raise click.UsageError("There is no terminal to ask on, so nothing was done. Add --yes.")
    if not answer:
        say("Nothing was done.")
        return
    now = SystemClock().now()
    done = move_ledger(
        settings.ledger_url, target, at=now, why=_retired(settings, now), password=_password(settings),
        target_password=_password(settings), told=_told,
    )  # fmt: skip
    if form == "json":
        show.as_json({"rows": done.rows, "sends": done.sends})
        return
    say(
        f"{count(done.rows, 'row')} copied, read back and found the same. Name the copy in `ledger.url`, then start notifier."
    )
    if not done.sends:
        say(
            "Nothing was sent from the one that was copied, so nothing is from this one before: notifier ledger take-over"
        )


def _retired(settings: Settings, now: datetime) -> str:
    """What the ledger that was copied says from then on: of two of one site one may send."""
    day = moment(now, settings.rules.site.timezone)
    return (
        f"This ledger was copied into another database on {day}, which is to send from then on, so nothing is sent from this one. "
        "Name the other in `ledger.url`. If this is the one to send after all, and the other never does: notifier ledger take-over."
    )


def _told(table: str, done: int, total: int) -> None:
    if sys.stderr.isatty() and total > 10_000:
        end = "\n" if done == total else ""
        sys.stderr.write(f"\r{table}: {done:,} of {total:,}{end}")


def _password(settings: Settings) -> str | None:
    """For the server that ledger.url names, or is about to: of both there is one at most."""
    return settings.ledger_password.read() if settings.ledger_password else None
