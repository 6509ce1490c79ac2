"""`notifier webhooks`: the other programs that are told what becomes of deliveries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from notifier.cli.acts import who_decides
from notifier.cli.site import opened, site_options

if TYPE_CHECKING:
    from notifier.app import App
    from notifier.core.posting import HookState

_BYTES = 32


@click.group(
    short_help="Other programs that are told of deliveries.",
    epilog="Example: notifier webhooks test team-chat",
)
def webhooks() -> None:
    """See how the webhooks of config.yaml stand, try one, and make a secret for one."""


@webhooks.command(
    "list", short_help="List how each stands.", epilog="To see whether one answers: notifier webhooks test NAME"
)
@site_options(simulated=False)
@opened(looking=True)
def list_(app: App, *, form: str) -> None:
    """List which there are, when each was last told something, what waits, and what is wrong."""
    from notifier.cli import show
    from notifier.core.posting import host_of
    from notifier.desk.webhooks import states

    known = {state.name: state for state in states(app.ticker.wiring.ledger)}
    found = [
        (one.name, host_of(one.url), tuple(sorted(one.statuses)), known.get(one.name)) for one in app.settings.hooks
    ]
    if form == "json":
        show.as_json({"webhooks": [_record(*one) for one in found]})
    elif found:
        rows = [_row(name, host, state, app) for name, host, _, state in found]
        show.table(("Name", "Host", "Last told", "Waiting", "Wrong"), rows)
    else:
        show.say("config.yaml names no webhooks. docs/webhooks.md says how to add one.")


@webhooks.command(short_help="Post one test to it.", epilog="Example: notifier webhooks test team-chat")
@click.argument("name", metavar="NAME")
@who_decides
@site_options(simulated=False)
@opened(looking=True)
def test(app: App, *, name: str, by: str | None, form: str) -> int:
    """Post one `test` to the webhook NAME, signed as all others, and show what it answered.

    Where its receiver had said that it wants no more (410), a success lets it be told again what moves from then on.
    """
    from notifier.app import login_name
    from notifier.cli import show
    from notifier.desk.webhooks import try_one

    tried = try_one(app, name, by=by or login_name())
    if form == "json":
        record = {"webhook": name, "host": tried.host, "status": tried.status, "trouble": tried.said or None}
        show.as_json({**record, "begins": tried.begins})
    elif not tried.said:
        more = " It is told again what moves from now on." if tried.begins else ""
        show.say(f"{tried.host} took the test and answered {tried.status}.{more}")
    if tried.said:
        show.complain(tried.said)
    return int(bool(tried.said))


@webhooks.command(
    short_help="Let it be told again what it was not.", epilog="Example: notifier webhooks again team-chat"
)
@click.argument("name", metavar="NAME")
@who_decides
@site_options(simulated=False)
@opened(looking=False)
def again(app: App, *, name: str, by: str | None, form: str) -> None:
    """Let the webhook NAME be told at once, at the next tick, what waits for it, and anew what was given up after three days."""
    from notifier.app import login_name
    from notifier.cli import show
    from notifier.desk.webhooks import try_again

    number = try_again(app, name, by=by or login_name())
    if form == "json":
        show.as_json({"webhook": name, "posts": number})
    elif number:
        show.say(f"{show.count(number, 'post')} {'is' if number == 1 else 'are'} tried again at the next tick.")
    else:
        show.say("Nothing waits for it, and nothing was given up in the last 30 days.")


@webhooks.command(short_help="Make a secret for one.", epilog="Example: notifier webhooks secret > team-chat.secret")
def secret() -> None:
    """Print a new secret, to be kept in a file of mode 0600 that config.yaml names, and given to the receiver. Nothing keeps it."""
    import secrets

    from notifier.core.posting import new_secret

    click.echo(new_secret(secrets.token_bytes(_BYTES)))


def _record(name: str, host: str, statuses: Sequence[str], state: HookState | None) -> dict[str, Any]:
    return {
        "name": name,
        "host": host,
        "statuses": [*statuses],
        "since": _written(state and state.since),
        "delivered_at": _written(state and state.delivered_at),
        "failing_since": _written(state and state.failing_since),
        "gone_at": _written(state and state.gone_at),
        "waiting": state.waiting if state else 0,
        "given_up": state.given_up if state else 0,
        "trouble": (state.said or None) if state else None,
    }


def _written(at: Any) -> str | None:
    return at.isoformat() if at else None


def _row(name: str, host: str, state: HookState | None, app: App) -> Any:
    from notifier.cli.show import Row
    from notifier.core.zones import moment

    last = moment(state.delivered_at, app.settings.rules.site.timezone) if state and state.delivered_at else "never"
    wrong = "wants no more" if state and state.gone_at else state.said if state else ""
    return Row(cells=(name, host, last, str(state.waiting if state else 0), wrong))
