"""`notifier ledger`: which ledger sends, and the word of a person that it is this one. `backup` and `restore` of its file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from notifier.cli.acts import by_a_person
from notifier.cli.site import opened, site_options

if TYPE_CHECKING:
    from notifier.app import App
    from notifier.cli.deciding import Asked


@click.group(short_help="Say which copy of the ledger sends, and settle it.")
def ledger() -> None:
    """Say whether this ledger is the one that sends, or let it be the one.

    A ledger that was restored or copied sends nothing by itself: another one of the same site may.
    """


@ledger.command(
    short_help="Say whether this ledger sends, and what stands against it.", epilog="Example: notifier ledger status"
)
@site_options(simulated=False)
@opened(looking=True)
def status(app: App, *, form: str) -> int:
    """Say whether this ledger is the one that sends, what its providers know of it, and what differs. Exits with 1 where it isn't."""
    from notifier.cli import taking_over

    return taking_over.show_status(app, form)


@ledger.command(
    "take-over",
    short_help="Let this ledger be the one that sends.",
    epilog="Example: notifier ledger take-over --note 'The old machine is gone.'",
)
@click.option("--yes", is_flag=True, help="Don't ask.")
@click.option("--accept-shrink", is_flag=True, help="It is right that many upcoming events are gone.")
@click.option(
    "--only-here",
    is_flag=True,
    help="With a ledger in PostgreSQL: no other machine has sent anything through its own outbox or spool folders.",
)
@by_a_person
def take_over(app: App, asked: Asked, *, yes: bool, accept_shrink: bool, only_here: bool) -> None:
    """Let this ledger be the one that sends, after a look at what went out meanwhile, and asking.

    Every mail that may have gone out from another ledger is looked up where it would have gone. Whichever ledger sent until now
    sends nothing any more, where both can see the same provider; make sure of it where they can't.
    """
    from notifier.cli import taking_over

    taking_over.take_over(app, asked, yes=yes, accept_shrink=accept_shrink, only_here=only_here)


@ledger.command(
    short_help="Let this ledger go, for another machine.", epilog="Before its file is moved: notifier ledger release"
)
@site_options(simulated=False)
@opened(looking=True)
def release(app: App, *, form: str) -> int:
    """Say that this ledger is moved: whoever starts with it elsewhere, exactly as it is, sends at once. `run` does this when it ends."""
    from notifier.cli import taking_over

    return taking_over.release(app, form)


@ledger.command(
    short_help="Copy the ledger into another database.",
    epilog="Example: notifier ledger copy postgresql://notifier@db.example.org/notifier",
)
@click.argument("url", metavar="URL")
@click.option("--yes", is_flag=True, help="Don't ask.")
@site_options(simulated=False)
def copy(*, config: Path, url: str, yes: bool, form: str) -> None:
    """Copy the ledger into an empty database, postgresql://… or sqlite:///PATH, whole and compared; and let the copy be the one that sends.

    Stop notifier first: what it decides afterwards isn't in the copy. The server's password is that of `ledger.password`, or where
    libpq finds it.
    """
    from notifier.cli import moving

    moving.copy(config, url, yes=yes, form=form)


@click.command(
    short_help="Bring the ledger up to date.",
    epilog="Before several machines start with a new version: notifier migrate",
)
@site_options(simulated=False)
def migrate(*, config: Path, form: str) -> None:
    """Bring the ledger, and the tables of workers where there are any, to the schema of this version, and say what that was. Twice, or on several machines at once: once.

    Every start does it, too.
    """
    from notifier.cli import moving

    moving.migrate(config, form)


@click.command(
    short_help="Copy the ledger, while notifier runs.",
    epilog="Examples: notifier backup /backups/ledger.db, or every night: notifier backup /backups --keep 14",
)
@click.argument("out", metavar="[OUT]", type=click.Path(path_type=Path), required=False)
@click.option(
    "--keep",
    type=click.IntRange(1),
    metavar="N",
    help="Of the backups in this folder, keep the last N, this one among them.",
)
@site_options(simulated=False)
def backup(*, config: Path, out: Path | None, keep: int | None, form: str) -> None:
    """Copy the ledger into OUT, a file that isn't there yet or a folder, whole and checked, while notifier goes on.

    Without OUT into the folder `backups` beside the ledger. A file beside the copy says what is in it.
    """
    from notifier.cli import backing_up

    backing_up.backup(config, out, keep=keep, form=form)


@click.command(
    short_help="Put a backup in the ledger's place.",
    epilog="Example: notifier restore backups/ledger-20261209T0200Z.db",
)
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Don't ask.")
@site_options(simulated=False)
def restore(*, config: Path, file: Path, yes: bool, form: str) -> None:
    """Put a backup in the ledger's place, once notifier is stopped. The ledger that is there is kept beside it.

    Nothing is sent from it before `notifier ledger take-over`.
    """
    from notifier.cli import backing_up

    backing_up.restore(config, file, yes=yes, form=form)


@click.command(
    short_help="Give mails to members away, beside `run`.",
    epilog="On each machine that is to help: notifier worker --config /etc/notifier/config.yaml",
)
@site_options(simulated=False, printed=False)
def worker(*, config: Path) -> None:
    """Give mails to members away that `notifier run` has begun to send, a batch at a time, beside as many others as there are.

    It needs `workers` in config.yaml and a ledger in a PostgreSQL. Ctrl-C or SIGTERM stop it once the batch that it has begun is done.
    """
    from notifier.cli import working

    working.work(config)


COMMANDS = (backup, restore, ledger, migrate, worker)
