"""The command line. Heavy imports stand inside the commands that need them, so that `--help` answers at once."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper

import click

from notifier.cli.commands import notifier
from notifier.errors import NotifierError

FINE, WRONG_INPUT, WRONG_COMMAND, BUG, INTERRUPTED = 0, 1, 2, 3, 130


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and exit: 0 fine, 1 what you gave us is wrong, 2 a wrong command line, 3 a bug, 130 interrupted."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A terminal that knows no dashes and quotes still gets the rest.
            stream.reconfigure(errors="backslashreplace")
    sys.exit(_run(arguments))


def _run(arguments: Sequence[str] | None) -> int:
    try:
        result = notifier.main(args=arguments, prog_name="notifier", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return WRONG_COMMAND
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except NotifierError as error:
        from notifier.cli.show import complain

        complain(str(error))
        return WRONG_INPUT
    except SystemExit:
        # This is how click ends where nobody reads on. The rest must not fail again when Python flushes it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINE
    except Exception:  # noqa: BLE001 - the one place where a bug becomes a sentence and an exit code
        return _bug()
    return result if isinstance(result, int) else FINE


def _bug() -> int:
    import traceback

    click.echo(
        "Unexpected error: this is a bug in notifier. Nothing more was done. Please report what follows.", err=True
    )
    traceback.print_exc()
    return BUG
