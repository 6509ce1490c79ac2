"""`notifier init`: a demonstration site with its first look already recorded."""

from __future__ import annotations

import os
import secrets
import shlex
import shutil
import sys
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from notifier.app import open_app
from notifier.cli.demo import BASELINE_BEFORE, demo_files
from notifier.edges.clock import FixedClock
from notifier.edges.shipped import shipped
from notifier.errors import UserError

#: The site is made in here and moved up when it is whole; left behind by a killed `init`, it is no obstacle to the next.
_STAGING = ".being-made"
#: What is made here and is nobody's to read in a repository: the ledger, the key, the mails, the feeds of a few.
_IGNORED = ("notifier.db*", "notifier-mail/", "secret_key", "outbox/", "outbox-test/", "secret-feeds/")


def scaffold(folder: Path, now: datetime) -> None:
    """Make the site in a folder that is empty or not there; all of it or nothing."""
    place = Path(os.path.abspath(folder))  # noqa: PTH100 - Path.absolute keeps "..", which has no folder to undo
    try:
        if place.exists() and (not place.is_dir() or any(child.name != _STAGING for child in place.iterdir())):
            raise UserError(f"{folder} is already there and not empty; nothing was changed.", "Choose a new folder.")
        with ExitStack() as undo:
            undo.callback(_clear, place, next((p for p in reversed([place, *place.parents]) if not p.exists()), None))
            shutil.rmtree(place / _STAGING, ignore_errors=True)
            _write_site(place / _STAGING, now)
            _move_up(place)
            undo.pop_all()
    except OSError as error:
        raise UserError(f"{folder} can't be made ({error.strerror}).", "Choose a folder you may write to.") from error


def called(command: str, folder: Path) -> str:
    """The line that starts a command for the site in a folder, as the shell here understands it."""
    # Where the shell doesn't find the program by its name, as it was called just now.
    found = shutil.which("notifier") or Path(sys.argv[0]).name != "notifier"
    program = "notifier" if found else shlex.quote(sys.argv[0])
    where = "" if folder == Path() else f" --config {shlex.quote(str(folder / 'config.yaml'))}"
    return f"{program} {command}{where}"


def _move_up(folder: Path) -> None:
    # config.yaml last: without it, what is there is not yet a site.
    for child in sorted((folder / _STAGING).iterdir(), key=lambda child: child.name == "config.yaml"):
        child.rename(folder / child.name)
    (folder / _STAGING).rmdir()


def _clear(folder: Path, first_made: Path | None) -> None:
    """Remove all of it, and the folders above that were made for it."""
    if first_made is not None:
        shutil.rmtree(first_made, ignore_errors=True)
        return
    for child in folder.iterdir():
        shutil.rmtree(child, ignore_errors=True) if child.is_dir() else child.unlink()


def _write_site(folder: Path, now: datetime) -> None:
    folder.mkdir(parents=True)
    reference = shipped("config.yaml").read_text(encoding="utf-8")
    # The schema lies beside the reference, not beside the copy.
    (folder / "config.yaml").write_text(reference.partition("\n")[2].removeprefix("#\n"), encoding="utf-8")
    (folder / ".gitignore").write_text("".join(f"/{name}\n" for name in _IGNORED), encoding="utf-8")
    for name, text in demo_files(now).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    descriptor = os.open(folder / "secret_key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as key:
        key.write(secrets.token_urlsafe(32) + "\n")
    app = open_app(folder / "config.yaml", clock=FixedClock((now - BASELINE_BEFORE).replace(microsecond=0)))
    try:
        app.tick()
    finally:
        app.close()
