"""`notifier users`: who may log in at the console. Passwords are set there, by a link that is shown once; never here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from notifier.cli.acts import who_decides
from notifier.cli.api_tokens import api_tokens
from notifier.cli.site import opened, site_options

if TYPE_CHECKING:
    from notifier.app import App
    from notifier.core.person import Person
    from notifier.desk.people import Changed, Invited

#: As `core.person.ROLES` has them, which is not imported for a look at `--help`; a test holds the two together.
ROLES = ("viewer", "editor", "sender", "approver", "admin")
_name = click.argument("name", metavar="NAME")


@click.group(
    short_help="Who may log in: add, list, disable, give a link.",
    epilog="Example: notifier users add 'Anna Example' --role admin",
)
def users() -> None:
    """Say who may log in at the console, and what they may do there: each role may do what those before it may, and more.

    viewer looks; editor holds and skips; sender lets mails go out; approver says yes to what others send; admin does everything.
    """


@users.command(
    short_help="Make an account, and a link for its password.",
    epilog="Example: notifier users add 'Anna Example' --role sender",
)
@_name
@click.option("--role", type=click.Choice(ROLES), required=True, help="What they may do.")
@who_decides
@site_options(simulated=False)
@opened(looking=False)
def add(app: App, *, name: str, role: Any, by: str | None, form: str) -> None:
    """Make an account for NAME and show a link, this once, by which they set their password within 24 hours."""
    from notifier.app import login_name
    from notifier.desk import people

    _show_invited(app, people.add(app, name, role, by=by or login_name()), form)


@users.command(
    "list", short_help="List who has an account.", epilog="A new link for somebody: notifier users link NAME"
)
@site_options(simulated=False)
@opened(looking=True)
def list_(app: App, *, form: str) -> None:
    """List who has an account, with which role, since when, when they logged in last, and who is disabled."""
    from notifier.cli import show
    from notifier.cli.remedies import command
    from notifier.desk import people

    found = people.people(app)
    if form == "json":
        show.as_json({"users": [_record(one) for one in found]})
    elif found:
        show.table(("Name", "Role", "Since", "Last login", "Disabled"), [_row(one, app) for one in found])
    else:
        show.say(
            "Nobody has an account, so the console can be looked at on this machine, and changes nothing. "
            f"To make one: {command('users add NAME --role admin', app.config)}"
        )


@users.command(short_help="Let somebody in no more.", epilog="Example: notifier users disable 'Anna Example'")
@_name
@who_decides
@site_options(simulated=False)
@opened(looking=False)
def disable(app: App, *, name: str, by: str | None, form: str) -> None:
    """Let NAME in no more. They are logged out everywhere at once; what they decided stays, under their name."""
    from notifier.app import login_name
    from notifier.cli.remedies import command
    from notifier.desk import people

    done = people.disable(app, name, by=by or login_name())
    one = done.person
    back = command(f"users enable {_typed(one)}", app.config)
    said = f"Disabled: {one.name}, who is logged out everywhere. To let them in again: {back}"
    _show_changed(done, form, said, f"{one.name} was disabled already.")


@users.command(short_help="Let somebody in again.", epilog="Example: notifier users enable 'Anna Example'")
@_name
@who_decides
@site_options(simulated=False)
@opened(looking=False)
def enable(app: App, *, name: str, by: str | None, form: str) -> None:
    """Let NAME in again, with the password of before."""
    from notifier.app import login_name
    from notifier.desk import people

    done = people.enable(app, name, by=by or login_name())
    one = done.person
    said = f"Enabled: {one.name}, who may log in again as {one.role}."
    _show_changed(done, form, said, f"{one.name} isn't disabled.")


@users.command(short_help="Change what somebody may do.", epilog="Example: notifier users role 'Anna Example' approver")
@_name
@click.argument("role", metavar="ROLE", type=click.Choice(ROLES))
@who_decides
@site_options(simulated=False)
@opened(looking=False)
def role(app: App, *, name: str, role: Any, by: str | None, form: str) -> None:
    """Make NAME a viewer, editor, sender, approver or admin, from their next page on."""
    from notifier.app import login_name
    from notifier.desk import people

    done = people.change_role(app, name, role, by=by or login_name())
    one = done.person
    _show_changed(done, form, f"{one.name} is {one.role} now.", f"{one.name} is {one.role} already.")


@users.command(short_help="Make a link for a new password.", epilog="Example: notifier users link 'Anna Example'")
@_name
@who_decides
@site_options(simulated=False)
@opened(looking=False)
def link(app: App, *, name: str, by: str | None, form: str) -> None:
    """Show a link, this once, by which NAME sets a new password within 24 hours; one that was made before opens nothing any more."""
    from notifier.app import login_name
    from notifier.desk import people

    _show_invited(app, people.link(app, name, by=by or login_name()), form)


@users.command(
    short_help="Let somebody log in by OpenID Connect too.",
    epilog="Example: notifier users oidc 'Anna Example' --email anna@example.org",
)
@_name
@click.option("--email", metavar="ADDRESS", help="The address of their account at the service, which it has verified.")
@click.option("--off", is_flag=True, help="Let them in so no more, and log them out everywhere.")
@who_decides
@site_options(simulated=False)
@opened(looking=False)
def oidc(app: App, *, name: str, email: str | None, off: bool, by: str | None, form: str) -> None:
    """Let NAME log in by the service that web.oidc in config.yaml names: the first time with the account that has ADDRESS there, and from then on with that account alone."""
    from notifier.app import login_name
    from notifier.cli.remedies import command
    from notifier.desk import people
    from notifier.errors import UserError

    if off == (email is not None):
        raise click.UsageError("Give --email ADDRESS, or --off.")
    if email is None:
        done = people.dismiss(app, name, by=by or login_name())
        one = done.person
        said = f"{one.name} logs in by password alone now, and is logged out everywhere."
        _show_changed(done, form, said, f"{one.name} logged in by password alone before.")
        return
    if app.settings.oidc is None:
        raise UserError("config.yaml names no service to log in by.", "Write web.oidc into it first: docs/people.md.")
    done = people.admit(app, name, email, by=by or login_name())
    one = done.person
    back = command(f"users oidc {_typed(one)} --off", app.config)
    _show_changed(done, form, f"{one.name} may log in by OpenID Connect too. To take that back: {back}", "")


def _show_invited(app: App, made: Invited, form: str) -> None:
    from notifier.cli import show

    if made.person is None:
        return
    _log("user_link_made")
    addresses = [f"{place}{made.path}" for place in _consoles(app)]
    if form == "json":
        hours = made.expires_in.total_seconds() / 3600
        show.as_json({"user": _record(made.person), "addresses": addresses, "hours": hours})
        return
    show.say(f"With this link {made.person.name} ({made.person.role}) sets a password, once, within 24 hours:\n")
    for address in addresses:
        show.say_exactly(f"  {address}")
    if len(addresses) > 1:
        show.say(
            "\nThe first is for a browser on this machine, the second for others, where a proxy leads them to notifier."
        )
    show.say("\nIt is shown this once. Whoever opens it first is taken for them, so give it to nobody else.")


def _show_changed(done: Changed, form: str, said: str, otherwise: str) -> None:
    from notifier.cli import show

    if done.is_new:
        _log("user_changed")
    if form == "json":
        show.as_json({"user": _record(done.person), "changed": done.is_new})
    else:
        show.say(said if done.is_new else otherwise)


def _consoles(app: App) -> Sequence[str]:
    """Where the console is: on this machine as the configuration says, and by the address that others know."""
    from ipaddress import ip_address

    host, site = app.settings.host, app.settings.rules.site
    near = "127.0.0.1" if host == "localhost" else host
    try:
        is_near = ip_address(near).is_loopback
    except ValueError:
        is_near = False
    place = f"[{near}]" if ":" in near else near
    here = [f"http://{place}:{app.settings.port}"] if is_near else []
    # Without a public_url of its own it is where the website is, which is somebody else's to answer.
    is_known = site.public_url.startswith("https://") and site.public_url != site.url
    return [*here, *([site.public_url.rstrip("/")] if is_known or not here else [])]


def _log(event: str) -> None:
    """Say what was done where logs are kept, and about whom nobody there needs to know."""
    import logging
    import sys

    import structlog

    from notifier.edges import logs

    # Where a person watches, what goes well is told in sentences.
    logs.configure(stream=sys.stderr, level=logging.WARNING if sys.stderr.isatty() else logging.INFO)
    structlog.get_logger().info(event)


def _typed(person: Person) -> str:
    from shlex import quote

    return quote(person.name)


def _record(person: Person) -> dict[str, Any]:
    return {
        "name": person.name,
        "role": person.role,
        "added_at": person.added_at.isoformat(),
        "last_login_at": person.last_login_at.isoformat() if person.last_login_at else None,
        "disabled_at": person.disabled_at.isoformat() if person.disabled_at else None,
    }


def _row(person: Person, app: App) -> Any:
    from notifier.cli.show import Row
    from notifier.core.zones import moment

    zone = app.settings.rules.site.timezone
    login = moment(person.last_login_at, zone) if person.last_login_at else "never"
    disabled = moment(person.disabled_at, zone) if person.disabled_at else ""
    return Row(cells=(person.name, person.role, moment(person.added_at, zone), login, disabled))


users.add_command(api_tokens)
