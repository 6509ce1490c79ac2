"""What `notifier backup` and `notifier restore` do and say."""

from __future__ import annotations

from pathlib import Path

import click

from notifier.app import settings_of
from notifier.cli import show
from notifier.cli.remedies import with_config
from notifier.cli.show import count, say
from notifier.config import Settings
from notifier.core.zones import moment
from notifier.edges.clock import SystemClock
from notifier.edges.ledger.backup import back_up, default_name, drop_old
from notifier.edges.ledger.restoring import restore as put_back
from notifier.edges.ledger.sql import is_server, ledger_file
from notifier.errors import UserError

_SERVER = {
    "backup": "pg_dump --format=custom --file=OUT, with the address of ledger.url, copies it whole while notifier runs",
    "restore": "stop notifier, let pg_restore --clean put it back, and then run `notifier ledger take-over`",
}


def backup(config: Path, out: Path | None, *, keep: int | None, form: str) -> None:
    settings, now = settings_of(config), SystemClock().now()
    file = _file(settings, "backup")
    if not file.exists():
        raise UserError(f"{file}: there is no ledger yet, so there is nothing to back up.")
    if out is None:
        out = file.parent / "backups"
        out.mkdir(mode=0o700, exist_ok=True)
    if keep is not None and not out.is_dir():
        raise click.UsageError("--keep counts the backups of a folder. Name a folder that is there, or leave OUT out.")
    place = out / default_name(file, now) if out.is_dir() else out
    made = back_up(file, place, site=settings.rules.site.id, at=now)
    dropped = drop_old(file, place.parent, keep) if keep is not None else []
    if form == "json":
        show.as_json({"file": str(place), **made.record(), "dropped": [str(one) for one in dropped]})
        return
    say(f"{place} is the ledger as it was just now ({count(sum(made.rows.values()), 'row')}), whole and checked.")
    if dropped:
        say(f"{count(len(dropped), 'older one was', 'older ones were')} deleted.")


def restore(config: Path, file: Path, *, yes: bool, form: str) -> None:
    settings, now = settings_of(config), SystemClock().now()
    ledger = _file(settings, "restore")
    if form == "json" and not yes:
        raise click.UsageError("--format json asks nothing. Add --yes.")
    answer = show.answer(f"Put {file} in the place of {ledger}?", yes=yes)
    if answer is None:
        raise click.UsageError("There is no terminal to ask on, so nothing was done. Add --yes.")
    if not answer:
        say("Nothing was done.")
        return
    zone = settings.rules.site.timezone
    done = put_back(file, ledger, site=settings.rules.site.id, at=now)
    if form == "json":
        made = done.manifest.record() if done.manifest else None
        show.as_json({"ledger": str(ledger), "kept": str(done.kept) if done.kept else None, "backup": made})
        return
    if done.manifest is not None:
        say(
            f"{ledger} is the backup now, with the schema {done.manifest.schema}, made on {moment(done.manifest.made_at, zone)}."
        )
    else:
        say(f"{ledger} is the backup now. Nothing beside it said what was in it; it is whole.")
    if done.kept is not None:
        say(f"What was there before is kept as {done.kept}.")
    say(with_config("Nothing is sent from it before: notifier ledger take-over", config))


def _file(settings: Settings, act: str) -> Path:
    if is_server(settings.ledger_url):
        raise UserError(f"The ledger is in PostgreSQL, which has tools of its own for that: {_SERVER[act]}.")
    file = ledger_file(settings.ledger_url)
    if file is None:
        raise UserError("The ledger is in memory, and gone with the program.")
    return file
