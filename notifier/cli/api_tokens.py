"""`notifier users api-tokens`: by what other programs are let in. A token is shown once, where it is made, and nowhere else."""

from __future__ import annotations

import logging
import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from notifier.cli.acts import who_decides
from notifier.cli.site import opened, site_options

if TYPE_CHECKING:
    from notifier.app import App
    from notifier.core.api_token import ApiToken

#: As `core.api_token` has them, which is not imported for a look at `--help`; a test holds the two together.
ROLES = ("viewer", "editor", "sender", "approver")
LASTS, LONGEST = 90, 366


@click.group(
    "api-tokens",
    short_help="By what other programs are let in.",
    epilog="Example: notifier users api-tokens add 'Anna Example' deploy --role sender",
)
def api_tokens() -> None:
    """Let other programs in at /api/v1, each by a token of its own that decides in the name of a person, and take it back."""


@api_tokens.command(
    short_help="Make one for a program; it is shown once.",
    epilog="Example: notifier users api-tokens add 'Anna Example' deploy --role sender",
)
@click.argument("person", metavar="NAME")
@click.argument("token", metavar="TOKEN")
@click.option("--role", type=click.Choice(ROLES), required=True, help="What it may do; never more than NAME may.")
@click.option(
    "--days", metavar="NUMBER", type=click.IntRange(1, LONGEST), default=LASTS, show_default=True,
    help="How long it lasts.",
)  # fmt: skip
@who_decides
@site_options(simulated=False)
@opened(looking=False)
def add(app: App, *, person: str, token: str, role: Any, days: int, by: str | None, form: str) -> None:
    """Make an API token called TOKEN that decides in the name of NAME, and show it, this once."""
    from notifier.app import login_name
    from notifier.cli import show
    from notifier.desk.api_tokens import add_api_token

    made = add_api_token(app, person, token, role, by=by or login_name(), lasts=timedelta(days=days))
    _log("api_token_made", made.token)
    if form == "json":
        show.as_json({"api_token": _record(made.token), "secret": made.secret})
        return
    show.say(f"API token {made.token.name!r} of {made.token.person} ({made.token.role}), for {days} days:\n")
    show.say_exactly(f"  {made.secret}")
    show.say("\nIt is shown this once. Whoever has it may do all that its role may, in that name: keep it as a secret.")


@api_tokens.command(
    "list",
    short_help="List which there are, and which there were.",
    epilog="The tokens themselves are not kept, so they can't be listed.",
)
@site_options(simulated=False)
@opened(looking=True)
def list_(app: App, *, form: str) -> None:
    """List every API token: whose it is, what it may do, until when, and on which day (UTC) it was used last."""
    from notifier.cli import show
    from notifier.cli.remedies import command
    from notifier.desk.api_tokens import api_tokens, state_of

    found = api_tokens(app)
    if form == "json":
        show.as_json({"api_tokens": [_record(one) for one in found]})
    elif found:
        rows = [
            show.Row(
                cells=(
                    one.name,
                    one.person,
                    one.role,
                    state_of(one, app),
                    one.used_on.isoformat() if one.used_on else "never",
                )
            )
            for one in found
        ]
        show.table(("Name", "Of", "Role", "Valid", "Used"), rows)
    else:
        make = command("users api-tokens add NAME TOKEN --role sender", app.config)
        show.say(f"There is no API token, so no other program is let in. To make one: {make}")


@api_tokens.command(
    short_help="Let one open nothing any more.", epilog="Example: notifier users api-tokens revoke deploy"
)
@click.argument("token", metavar="TOKEN")
@who_decides
@site_options(simulated=False)
@opened(looking=False)
def revoke(app: App, *, token: str, by: str | None, form: str) -> None:
    """Let the API token called TOKEN open nothing any more, from the next request on. What it decided stays."""
    from notifier.app import login_name
    from notifier.cli import show
    from notifier.desk.api_tokens import revoke_api_token

    one, is_new = revoke_api_token(app, token, by=by or login_name())
    if is_new:
        _log("api_token_revoked", one)
    if form == "json":
        show.as_json({"api_token": _record(one), "changed": is_new})
    else:
        show.say(
            f"Revoked: the API token {one.name!r} of {one.person}." if is_new else f"{one.name!r} was revoked already."
        )


def _log(event: str, token: ApiToken) -> None:
    import structlog

    from notifier.edges import logs

    # Where a person watches, what goes well is told in sentences.
    logs.configure(stream=sys.stderr, level=logging.WARNING if sys.stderr.isatty() else logging.INFO)
    structlog.get_logger().info(event, api_token=token.id)


def _record(token: ApiToken) -> dict[str, Any]:
    return {
        "name": token.name,
        "person": token.person,
        "role": token.role,
        "made_at": token.made_at.isoformat(),
        "expires_at": token.expires_at.isoformat(),
        "revoked_at": token.revoked_at.isoformat() if token.revoked_at else None,
        "used_on": token.used_on.isoformat() if token.used_on else None,
    }
