"""`notifier audience`: the people of an audience whose mails go to each of them. Logs get numbers, never an address."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from notifier.cli.site import opened, site_options

if TYPE_CHECKING:
    from notifier.app import App

_file = click.Path(path_type=Path, dir_okay=False, readable=False)
_name = click.argument("name", metavar="NAME")
_address = click.argument("address", metavar="ADDRESS")
_yes = click.option("--yes", is_flag=True, help="Don't ask.")
_by = click.option("--by", metavar="NAME", help="Who decides.  [default: your login name]")


@click.group(
    short_help="The people of an audience: import, list, leave, forget.",
    epilog="Example: notifier audience import choir members.csv --dry-run",
)
def audience() -> None:
    """Say who belongs to an audience whose mails go to each person (`members` in config.yaml), and who has left it."""


@audience.command(
    "import",
    short_help="Make an audience what a file says.",
    epilog="Example: notifier audience import choir members.csv --dry-run",
)
@_name
@click.argument("file", metavar="FILE", type=_file)
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@_yes
@site_options(simulated=False)
@opened(looking=False)
def import_(app: App, *, name: str, file: Path, dry_run: bool, yes: bool, form: str) -> None:
    """Make the audience NAME what FILE says, all of it or nothing: whoever isn't in FILE is taken out.

    FILE is CSV with a column `address`, and if you like `name`, `zone` and `tags`. Who has left stays away.
    """
    from notifier.cli import enlisting

    enlisting.import_(app, name, file, dry_run=dry_run, yes=yes, form=form)


@audience.command(
    short_help="Write an audience as a file.",
    epilog="Example: notifier audience export choir choir.csv",
)
@_name
@click.argument("file", metavar="FILE", type=_file, required=False)
@site_options(simulated=False, printed=False)
@opened(looking=True)
def export(app: App, *, name: str, file: Path | None) -> None:
    """Write everybody in the audience NAME who has not left into FILE, or without one to standard output, as `import` reads it."""
    from notifier.cli import enlisting

    enlisting.export(app, name, file)


@audience.command(
    "list",
    short_help="Say how many people are in each audience.",
    epilog="Example: notifier audience list choir --addresses",
)
@click.argument("name", metavar="NAME", required=False)
@click.option("--addresses", is_flag=True, help="Show who they are.")
@site_options(simulated=False)
@opened(looking=True)
def list_(app: App, *, name: str | None, addresses: bool, form: str) -> int:
    """Say how many people are mailed in each audience, or in NAME, how many have left, and where they are kept."""
    from notifier.cli import enlisting

    return enlisting.list_(app, name, addresses=addresses, form=form)


@audience.command(
    "in-doubt",
    short_help="Show who may not have got a mail.",
    epilog="KEY is the key of a mail, as `notifier why EVENT` prints it. Example: notifier audience in-doubt open-studio",
)
@click.argument("subject", metavar="EVENT|KEY")
@site_options(simulated=False)
@opened(looking=True)
def in_doubt(app: App, *, subject: str, form: str) -> None:
    """Show of whom nobody knows whether they got a mail, with their addresses, to look for them in the mail server's log."""
    from notifier.cli import enlisting

    enlisting.in_doubt(app, subject, form=form)


@audience.command(
    short_help="Send somebody nothing more.",
    epilog="Example: notifier audience leave choir robin@example.org --note 'By telephone.'",
)
@_name
@_address
@_by
@click.option("--note", metavar="TEXT", default="", help="Why, for those who look at it later.")
@click.option("--yes", "unknown", is_flag=True, help="Keep an address away that nobody there has.")
@site_options(simulated=False)
@opened(looking=False)
def leave(app: App, *, name: str, address: str, by: str | None, note: str, unknown: bool, form: str) -> None:
    """Send nothing more to ADDRESS as one of the audience NAME, whatever is imported later."""
    from notifier.cli import enlisting

    enlisting.leave(app, name, address, by=by, note=note, unknown=unknown, form=form)


@audience.command(
    "return",
    short_help="Mail somebody again who had left.",
    epilog="Only when they ask for it. Example: notifier audience return choir robin@example.org",
)
@_name
@_address
@site_options(simulated=False)
@opened(looking=False)
def return_(app: App, *, name: str, address: str, form: str) -> None:
    """Let ADDRESS be mailed again as one of the audience NAME, since they have asked for it."""
    from notifier.cli import enlisting

    enlisting.return_(app, name, address, form=form)


@audience.command(
    short_help="Erase an address everywhere.",
    epilog="Example: notifier audience forget robin@example.org",
)
@_address
@_by
@_yes
@site_options(simulated=False)
@opened(looking=False)
def forget(app: App, *, address: str, by: str | None, yes: bool, form: str) -> None:
    """Erase ADDRESS from every audience and from what is kept of every mail, for good, and keep it from coming back."""
    from notifier.cli import enlisting

    enlisting.forget(app, address, by=by, yes=yes, form=form)
