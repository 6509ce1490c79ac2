"""The commands with which people decide: each asks the desk to act, in their name, and shows what came of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click

from notifier.cli.site import opened, site_options

if TYPE_CHECKING:
    from notifier.app import App
    from notifier.cli.deciding import Asked

Command = TypeVar("Command", bound=Callable[..., Any])

#: More than this is no name, and no reason that anybody reads.
_LONGEST = {"by": 100, "note": 1000}


def _one_line(context: click.Context, option: click.Parameter, text: str | None) -> str | None:
    """What a person wrote, on one line: it stands in lists and among reasons."""
    del context
    if text is None:
        return None
    line, name = " ".join(text.split()), option.name or ""
    if name == "by" and not line:
        raise click.BadParameter("A name is needed: every decision is kept with one.")
    if len(line) > _LONGEST[name]:
        raise click.BadParameter(f"This is {len(line)} characters long; {_LONGEST[name]} is the most.")
    return line


who_decides = click.option("--by", metavar="NAME", callback=_one_line, help="Who decides.  [default: your login name]")


def by_a_person(command: Callable[..., Any]) -> Callable[..., Any]:
    """Open the site, and hand it to the command with who decides and why."""

    @who_decides
    @click.option("--note", metavar="TEXT", default="", callback=_one_line, help="Why, for those who look at it later.")
    @site_options()
    @opened(looking=False)
    @wraps(command)
    def run(app: App, *, by: str | None, note: str, form: str, **options: Any) -> Any:
        from notifier.app import login_name
        from notifier.cli.deciding import Asked
        from notifier.cli.moments import refuse_unsafe_time

        refuse_unsafe_time(app)
        return command(app, Asked(by=by or login_name(), note=note, form=form), **options)

    return run


KEYS = "KEY is the key of a mail, as `notifier why EVENT` prints it; EVENT will do where one mail about it fits. "

_subject = click.argument("subject", metavar="EVENT|KEY")
_yes = click.option("--yes", is_flag=True, help="Don't ask.")


@click.command(
    short_help="Keep a mail from going out until it is released.",
    epilog=KEYS + "Example: notifier hold KEY --note 'The hall is not sure yet.'",
)
@_subject
@by_a_person
def hold(app: App, asked: Asked, *, subject: str) -> None:
    """Keep a mail from going out until somebody releases it, whatever its file says by then."""
    from notifier.cli import deciding

    deciding.hold(app, asked, subject)


@click.command(
    short_help="Let go what is held, as it is now.",
    epilog=KEYS + "Example: notifier release open-studio",
)
@_subject
@_yes
@by_a_person
def release(app: App, asked: Asked, *, subject: str, yes: bool) -> None:
    """Let go what is held, exactly as it is now, after showing it and asking. An edit that readers see makes that void.

    Takes back a person's hold or skip too.
    """
    from notifier.cli import deciding

    deciding.let_go(app, asked, subject, "release", yes=yes)


@click.command(
    short_help="Say yes to a mail, and to nothing but that.",
    epilog=KEYS + "Example: notifier approve KEY",
)
@_subject
@_yes
@by_a_person
def approve(app: App, asked: Asked, *, subject: str, yes: bool) -> None:
    """Say yes to what is planned or held, exactly as it is now, after showing it and asking: any change holds it again."""
    from notifier.cli import deciding

    deciding.let_go(app, asked, subject, "approve", yes=yes)


@click.command(
    short_help="Never send a mail.",
    epilog=KEYS + "Example: notifier skip KEY --note 'It was in the paper.'",
)
@_subject
@by_a_person
def skip(app: App, asked: Asked, *, subject: str) -> None:
    """Never send a mail. `notifier release` takes that back."""
    from notifier.cli import deciding

    deciding.skip(app, asked, subject)


@click.command(
    short_help="Try again what failed.",
    epilog=KEYS + "Example: notifier retry open-studio",
)
@_subject
@by_a_person
def retry(app: App, asked: Asked, *, subject: str) -> None:
    """Let what failed be tried again at the next tick, while it is of use."""
    from notifier.cli import deciding

    deciding.retry(app, asked, subject)


@click.command(
    short_help="Say what became of a mail that is unknown.",
    epilog=KEYS + "Example: notifier settle open-studio sent --sent-at '2026-12-08 10:02'",
)
@_subject
@click.argument("outcome", metavar="sent|failed", type=click.Choice(["sent", "failed"]))
@click.option("--sent-at", "when", metavar="TIME", help="When it went out, by the provider's word.  [default: now]")
@by_a_person
def settle(app: App, asked: Asked, *, subject: str, outcome: str, when: str | None) -> None:
    """Say what became of a mail that nobody could tell about. Look at the provider first: nothing else knows."""
    from notifier.cli import deciding

    if when is not None and outcome == "failed":
        raise click.UsageError("--sent-at goes with sent. Leave it out.")
    deciding.settle(app, asked, subject, "sent" if outcome == "sent" else "failed", when)


@click.command(
    short_help="Let nothing go out until `resume`.",
    epilog="Example: notifier pause --note 'Wait for the vote.'",
)
@by_a_person
def pause(app: App, asked: Asked) -> None:
    """Let nothing be handed over until `resume`. Planning goes on, and what loses its use meanwhile is missed."""
    from notifier.cli import deciding

    deciding.pause(app, asked)


@click.command(
    short_help="Let things go out again.",
    epilog="What is due then: notifier plan",
)
@by_a_person
def resume(app: App, asked: Asked) -> None:
    """Let things go out again, from the next tick on, and say what was missed and what is due."""
    from notifier.cli import deciding

    deciding.resume(app, asked)


COMMANDS = (hold, release, approve, skip, retry, settle, pause, resume)
