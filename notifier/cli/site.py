"""What every command about a site has in common: its options, and opening and closing the site."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from notifier.cli.remedies import DEFAULT, mend
from notifier.errors import NotifierError

if TYPE_CHECKING:
    from notifier.app import App

Command = TypeVar("Command", bound=Callable[..., Any])


def site_options(
    *, simulated: bool = True, printed: bool = True, forms: Sequence[str] = ("text", "json")
) -> Callable[[Command], Command]:
    """The options every command about a site has."""

    def add(command: Command) -> Command:
        if printed:
            command = click.option(
                "--format", "form", type=click.Choice(forms), default="text", show_default=True,
                help="For people or for programs.",
            )(command)  # fmt: skip
        if simulated:
            command = click.option(
                "--at", "at", metavar="TIME",
                help="Pretend that it is this time: 2026-12-09T14:00:00Z, or '2026-12-09 14:00' in the site's zone.",
            )(command)  # fmt: skip
        return click.option(
            "--config", "config", metavar="FILE", type=click.Path(path_type=Path, readable=False), default=DEFAULT,
            show_default=True, help="The site's configuration.",
        )(command)  # fmt: skip

    return add


@contextmanager
def opened_site(config: Path, at: str | None, *, looking: bool) -> Iterator[App]:
    """The site of a config.yaml at a TIME, closed afterwards whatever happens."""
    from notifier.app import open_app
    from notifier.cli.moments import clock_at

    app = open_app(config, looking=looking)
    try:
        if at is not None:
            app.clock = clock_at(at, app.settings.rules.site.timezone)
        yield app
    except NotifierError as error:
        mend(error, config)
        raise
    finally:
        app.close()


def opened(*, looking: bool) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Open the site of `--config` at `--at` and hand it to the command."""

    def wrap(command: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(command)
        def run(*, config: Path, at: str | None = None, **options: Any) -> Any:
            with opened_site(config, at, looking=looking) as app:
                return command(app, **options)

        return run

    return wrap
