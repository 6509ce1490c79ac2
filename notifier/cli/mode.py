"""`notifier mode`: which mode is on, and the switch between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from notifier.cli.acts import by_a_person

if TYPE_CHECKING:
    from notifier.app import App
    from notifier.cli.deciding import Asked


@click.command(
    short_help="Say whether mails reach readers, and turn that on or off.",
    epilog="Example: notifier mode test --note 'New templates.'",
)
@click.argument("mode", metavar="[live|test]", type=click.Choice(["live", "test"]), required=False)
@click.option("--yes", is_flag=True, help="Don't ask before live mode.")
@by_a_person
def mode(app: App, asked: Asked, *, mode: str | None, yes: bool) -> None:
    """Say which mode is on; with `live` or `test`, turn that one on, from the next tick on.

    In test mode no reader gets a mail; copies go to the addresses of `sending.test`. Live mode begins anew: no backlog goes out.
    """
    from notifier.cli import switching

    if mode is None:
        switching.show_mode(app, asked)
    else:
        switching.switch(app, asked, "live" if mode == "live" else "test", yes=yes)


COMMANDS = (mode,)
