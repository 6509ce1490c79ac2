"""`notifier feeds tokens`: who may read the secret feeds. An address is shown once, where it is made, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from notifier.cli.acts import who_decides
from notifier.cli.site import opened, site_options

if TYPE_CHECKING:
    from notifier.app import App
    from notifier.core.readership import Token
    from notifier.desk.readers import Opened

_NAMED = "NAME is the ID of an address, its holder, or the address itself. "


@click.group(
    short_help="Who may read the secret feeds.",
    epilog="Example: notifier feeds tokens add team 'Anna Example'",
)
def tokens() -> None:
    """Give each holder of a secret feed an address of their own, and take it back."""


@tokens.command(
    short_help="Make an address for a holder; it is shown once.",
    epilog="Example: notifier feeds tokens add team 'Anna Example'",
)
@click.argument("feed", metavar="FEED")
@click.argument("holder", metavar="HOLDER")
@who_decides
@site_options(simulated=False)
@opened(looking=False)
def add(app: App, *, feed: str, holder: str, by: str | None, form: str) -> None:
    """Make an address at which HOLDER, and nobody else, can read the secret feed FEED. It is shown this once."""
    from notifier.app import login_name
    from notifier.desk import readers

    _show_opened(app, readers.add_token(app, feed, holder, by=by or login_name()), form)


@tokens.command(
    "list",
    short_help="List who has an address, and who had one.",
    epilog="The addresses themselves are not kept, so they can't be listed.",
)
@click.argument("feed", metavar="FEED", required=False)
@site_options(simulated=False)
@opened(looking=True)
def list_(app: App, *, feed: str | None, form: str) -> None:
    """List who has an address of the secret feeds, or of FEED, since when, and whose were revoked."""
    from notifier.cli import show
    from notifier.cli.remedies import command
    from notifier.desk import readers

    found = readers.tokens(app, feed)
    if form == "json":
        show.as_json({"tokens": [_record(one) for one in found]})
    elif found:
        show.table(("ID", "Feed", "Holder", "Made", "Revoked"), [_row(one, app) for one in found])
    else:
        wanted = feed or "FEED"
        show.say(f"Nobody has an address. To make one: {command(f'feeds tokens add {wanted} HOLDER', app.config)}")


@tokens.command(
    short_help="Replace an address by a new one.",
    epilog=_NAMED + "Example: notifier feeds tokens rotate 1a2b3c4d",
)
@click.argument("name", metavar="NAME")
@who_decides
@site_options(simulated=False)
@opened(looking=False)
def rotate(app: App, *, name: str, by: str | None, form: str) -> None:
    """Make a new address for the same holder, shown this once; the old one opens nothing any more."""
    from notifier.app import login_name
    from notifier.desk import readers

    _show_opened(app, readers.rotate_token(app, name, by=by or login_name()), form)


@tokens.command(
    short_help="Take an address back.",
    epilog=_NAMED + "Example: notifier feeds tokens revoke 1a2b3c4d",
)
@click.argument("name", metavar="NAME")
@who_decides
@site_options(simulated=False)
@opened(looking=False)
def revoke(app: App, *, name: str, by: str | None, form: str) -> None:
    """Take an address back: it opens nothing any more, for good."""
    from notifier.app import login_name
    from notifier.cli import show
    from notifier.core.zones import moment
    from notifier.desk import readers

    done = readers.revoke_token(app, name, by=by or login_name())
    one = done.token
    if done.is_new:
        _log("feed_token_revoked", one)
    if form == "json":
        show.as_json({"token": _record(one), "changed": done.is_new})
    elif done.is_new:
        show.say(
            f"Revoked: the address {one.id}, with which {one.holder} could read the feed {one.feed}. A running notifier "
            "refuses it within a second or so. What a calendar has copied by then stays there."
        )
    elif one.revoked_at is not None:
        at = moment(one.revoked_at, app.settings.rules.site.timezone)
        show.say(f"The address {one.id} of {one.holder} was revoked already, {at}.")


def _show_opened(app: App, made: Opened, form: str) -> None:
    from notifier.cli import show
    from notifier.cli.remedies import command

    one, before = made.token, made.before
    if before is not None:
        _log("feed_token_revoked", before)
    _log("feed_token_added", one)
    webcal = "webcal://" + made.address.partition("://")[2]
    if form == "json":
        addresses = {"address": made.address, "webcal": webcal}
        show.as_json({"token": _record(one), **addresses, "instead_of": before.id if before else None})
        return
    show.say(f"With this address {one.holder} can read the feed {one.feed}:\n")
    show.say_exactly(f"  {made.address}")
    show.say_exactly(f"  {webcal}")
    show.say("\nIt is shown this once. Whoever has it can read the feed, so give it to nobody else.")
    if not made.address.startswith("https:"):
        show.say("site.public_url is no https address: whoever is on the way to it can read this one along.")
    if before is not None:
        show.say(f"The one before, {before.id}, opens nothing any more.")
    show.say(f"To take it back: {command(f'feeds tokens revoke {one.id}', app.config)}")


def _log(event: str, token: Token) -> None:
    """Say what was done where logs are kept, by ID and feed only: whose it is, and what it says, is nobody's there."""
    import logging
    import sys

    import structlog

    from notifier.edges import logs

    # Where a person watches, what goes well is told in sentences.
    logs.configure(stream=sys.stderr, level=logging.WARNING if sys.stderr.isatty() else logging.INFO)
    structlog.get_logger().info(event, id=token.id, feed=token.feed)


def _record(token: Token) -> dict[str, Any]:
    """Without the digest: nobody needs it."""
    return {
        "id": token.id,
        "feed": token.feed,
        "holder": token.holder,
        "made_at": token.made_at.isoformat(),
        "revoked_at": token.revoked_at.isoformat() if token.revoked_at else None,
    }


def _row(token: Token, app: App) -> Any:
    from notifier.cli.show import Row
    from notifier.core.zones import moment

    zone = app.settings.rules.site.timezone
    revoked = moment(token.revoked_at, zone) if token.revoked_at else ""
    return Row(cells=(token.id, token.feed, token.holder, moment(token.made_at, zone), revoked))
