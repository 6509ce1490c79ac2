"""`tick --secure` and `--carried`: a ledger that is carried from machine to machine.

A copy of it is made elsewhere before a mail is handed over, by a command of the user's; and it goes on where it is brought to.
"""

from __future__ import annotations

import shlex
import subprocess
from dataclasses import replace

from notifier.app import App
from notifier.desk import ledgers
from notifier.errors import UserError

#: Seconds that the command may take: a mail waits for it.
_LONGEST = 120


def secured(app: App, command: str | None) -> list[str]:
    """Let every mail of this site wait for the command. Returns why mails are not handed over, filled while it ticks.

    Raises UserError for what is no command, and for a provider whose own memory would be left behind.
    """
    failures: list[str] = []
    if command is None:
        return failures
    words = _words(command)
    _refuse_memory_of_this_machine(app)

    def secure() -> str | None:
        # A second mail would meet the same, and a copy that another run has made must not be written over.
        why = failures[0] if failures else _run(words)
        if why is not None and not failures:
            failures.append(why)
        return why

    app.ticker.wiring = replace(app.ticker.wiring, secure=secure)
    return failures


def carry_on(app: App, secure: str | None) -> None:
    """Take the ledger up where it came from another machine. Raises UserError where nothing keeps it before a mail is handed over."""
    if secure is None:
        raise UserError(
            "--carried is for a ledger that is kept elsewhere before each mail is handed over.", "Add --secure COMMAND."
        )
    # In whose name: the word of whoever wrote the command.
    ledgers.carry_on(app, by="tick --carried")


def _words(command: str) -> list[str]:
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise UserError(
            f"--secure can't be read ({error}).", "Write it as for a shell: quotes come in pairs."
        ) from error
    if not words:
        raise UserError("--secure names no command.", "Name one, or leave --secure out.")
    return words


def _refuse_memory_of_this_machine(app: App) -> None:
    named = [name for name, one in app.ticker.wiring.providers.items() if one.capabilities().only_here]
    if named:
        raise UserError(
            f"{', '.join(sorted(named))}: what a mail server took is known from its spool alone, and --secure copies the ledger only. "
            "On another machine a mail could go out a second time.",
            "Send through Mailchimp, which can be asked, or run notifier on a machine that stays.",
        )


def _run(words: list[str]) -> str | None:
    """None where the command went well, else a sentence."""
    try:
        ran = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, timeout=_LONGEST, check=False)
    except OSError as error:
        said = f"{words[0]} can't be started ({error.strerror})"
    except subprocess.TimeoutExpired:
        said = f"{words[0]} took longer than {_LONGEST} seconds"
    else:
        if ran.returncode == 0:
            return None
        lines = str(ran.stderr or ran.stdout, "utf-8", "replace").strip().splitlines()
        said = lines[-1] if lines else f"{words[0]} ended with {ran.returncode}"
    return f"Not handed over, since the ledger could not be secured. {said.rstrip('.')}."
