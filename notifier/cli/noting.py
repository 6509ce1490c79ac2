"""`notifier note`: a few words of a person above what one mail says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from notifier.cli.acts import KEYS, who_decides
from notifier.cli.site import opened, site_options

if TYPE_CHECKING:
    from notifier.app import App

#: More is no note; the desk says so.
_MOST_READ = 100_000


@click.command(
    short_help="Put a note above what a mail says.",
    epilog=KEYS + "Example: notifier note KEY 'The lift is out of order; ring at the back door.'",
)
@click.argument("subject", metavar="EVENT|KEY")
@click.argument("text", metavar="[TEXT]", required=False)
@click.option("--remove", is_flag=True, help="Take its note away.")
@who_decides
@site_options()
@opened(looking=False)
def note(app: App, *, subject: str, text: str | None, remove: bool, by: str | None, form: str) -> None:
    """Put a note (Markdown) above the event in one mail, in place of the one it has. TEXT `-` reads it from standard input.

    What was approved or released before is void, and has to be looked at again.
    """
    from notifier.app import login_name
    from notifier.cli import deciding
    from notifier.cli.moments import refuse_unsafe_time

    if (text is None) != remove:
        raise click.UsageError(
            "Give the note's text, or --remove." if text is None else "--remove goes without a text."
        )
    refuse_unsafe_time(app)
    asked = deciding.Asked(by=by or login_name(), note=_written(text), form=form)
    deciding.note(app, asked, subject)


def _written(text: str | None) -> str:
    if text != "-":
        return text or ""
    from notifier.errors import UserError

    with click.open_file("-", "rb") as stream:
        try:
            return str(stream.read(_MOST_READ), "utf-8-sig")
        except UnicodeDecodeError as error:
            raise UserError("What standard input holds is not UTF-8 text.", "Save it as UTF-8.") from error


COMMANDS = (note,)
