"""`notifier init --from`: looks at a site's folder and proposes its configuration."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from notifier.cli.scaffold import called
from notifier.cli.show import count, say
from notifier.core.event import Document
from notifier.core.proposal import propose, written
from notifier.core.proposal.proposed import Group, Proposal
from notifier.core.zones import zone_named
from notifier.errors import UserError

MAX_FILES = 20_000
LARGEST = 5_000_000
#: Of a site, so many bytes are kept in memory.
MAX_BYTES = 200_000_000

_SKIPPED = frozenset(
    [
        "node_modules",
        "_site",
        "public",
        "vendor",
        "dist",
        "build",
        "target",
        "resources",
        "themes",
        "__pycache__",
        "venv",
        "tmp",
        "test",
        "tests",
        "spec",
        "fixtures",
        "assets",
        "images",
        "img",
        "css",
        "js",
        "fonts",
        "scripts",
        "_includes",
        "_layouts",
        "_sass",
        "layouts",
        "partials",
    ]
)
_ENDINGS = (
    ".md",
    ".markdown",
    ".mdx",
    ".html",
    ".htm",
    ".md.erb",
    ".html.erb",
    ".yml",
    ".yaml",
    ".json",
    ".toml",
    ".csv",
)
#: Files at the top that may say the site's address; they are read, never run.
_SAYING = frozenset(
    [
        "CNAME",
        "astro.config.mjs",
        "astro.config.ts",
        "gatsby-config.js",
        "gatsby-config.ts",
        "docusaurus.config.js",
        "_config.ts",
        "nuxt.config.ts",
    ]
)
_WANTED = (
    "folders of Markdown or HTML files with front matter or with lines such as Date: …, and YAML, JSON or TOML files with"
    " lists of entries, in which a key holds a date that isn't the day of publication"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """The files of a site that may matter, and whether there were more than are looked at."""

    documents: tuple[Document, ...]
    complete: bool


def walk(folder: Path) -> Walk:
    """The files below a folder. Links are not followed. Raises UserError when the folder can't be listed."""
    documents: list[Document] = []
    room = MAX_BYTES
    for number, path in enumerate(_paths(folder)):
        if number >= MAX_FILES or room <= 0:
            return Walk(documents=tuple(documents), complete=False)
        data = _bytes(folder / path)
        if data is not None:
            room -= len(data)
            documents.append(Document(source="site", path=path, data=data, revision=hashlib.sha256(data).hexdigest()))
    return Walk(documents=tuple(documents), complete=True)


def _paths(folder: Path) -> Iterator[str]:
    def refuse(error: OSError) -> None:
        if Path(error.filename or "") != folder:
            return  # a folder inside that may not be listed holds nothing that could be proposed
        reason = "doesn't exist" if error.errno == errno.ENOENT else f"can't be listed ({error.strerror})"
        raise UserError(f"{folder} {reason}.", "Name the folder of the site's own files.") from error

    for place, names, files in os.walk(folder, onerror=refuse):
        names[:] = sorted(name for name in names if _is_entered(name))
        below = Path(place).relative_to(folder).as_posix()
        for name in sorted(files):
            if (name.endswith(_ENDINGS) and not name.startswith(".")) or (below == "." and name in _SAYING):
                path = name if below == "." else f"{below}/{name}"
                if path.isprintable():
                    yield path


def _is_entered(name: str) -> bool:
    return not name.startswith(".") and name.casefold() not in _SKIPPED


def _bytes(path: Path) -> bytes | None:
    """The bytes of a plain file that isn't too large; None for a link, a pipe, and what can't be read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        try:
            data = file.read(LARGEST + 1)
        except OSError:
            return None
    return data if len(data) <= LARGEST else None


def init_from(site: Path, *, beside: Path | None, timezone: str | None, dry: bool) -> None:
    """Propose the configuration of the site in a folder: written into `beside` (default: here), or only printed."""
    folder = Path.cwd() if beside is None or str(beside) == "-" else beside
    proposal, complete = proposal_of(site, timezone=timezone)
    text = configuration(proposal, site, beside=folder)
    if dry or str(beside) == "-":
        click.echo(text, nl=False)
        return
    path = write(text, folder)
    report(proposal, complete=complete)
    say(f"\n{path} is written; look at it, line by line.\n")
    shown = Path() if beside is None else beside
    say(f"See what is read:  {called('events', shown)}\nSee what follows:  {called('plan', shown)}")


def proposal_of(folder: Path, *, timezone: str | None) -> tuple[Proposal, bool]:
    """What is proposed for a site's folder, and whether all of it was looked at. Raises UserError when nothing is found."""
    if timezone is not None:
        try:
            zone_named(timezone)
        except ValueError as error:
            raise UserError(f"--timezone: {error}", "Write a name such as Europe/London.") from error
    found = walk(folder)
    proposal = propose(found.documents, timezone=timezone)
    if not proposal.groups:
        lines = [f"{folder}: no events were found among {count(len(found.documents), 'file')}. Looked for: {_WANTED}."]
        raise UserError("\n".join([*lines, *(f"  {line}" for line in proposal.rejected[:10])]))
    return proposal, found.complete


def configuration(proposal: Proposal, folder: Path, *, beside: Path) -> str:
    """The text of config.yaml, as it is to stand in the folder `beside`."""
    there, here = os.path.realpath(folder), os.path.realpath(beside)
    relative = os.path.relpath(there, here)
    return written(proposal, folder=Path(relative).as_posix(), fallback_name=Path(there).name or "site")


def write(text: str, beside: Path) -> Path:
    """Write config.yaml where there is none. Raises UserError where there is one, or where it can't be written."""
    path = beside / "config.yaml"
    try:
        beside.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        hint = "Move it away, name another folder, or look at the proposal with --dry-run."
        raise UserError(f"{path} is already there; nothing was changed.", hint) from error
    except OSError as error:
        raise UserError(f"{path} can't be written ({error.strerror}).", "Name a folder you may write to.") from error
    return path


def report(proposal: Proposal, *, complete: bool) -> None:
    """Say what was found, what was turned down, and what to look at."""
    for group in proposal.groups:
        say(_found(group))
    for line in proposal.rejected[:10]:
        say(f"Not taken: {line}")
    if not complete:
        say(f"Only the first {MAX_FILES:,} files were looked at.")
    if proposal.checks:
        say("\nLook at these before anything is sent:")
        for line in proposal.checks:
            say(f"  {line}")


def _found(group: Group) -> str:
    trial = group.trial
    parts = [
        (trial.timed, "with a certain start"),
        (trial.days, "on a day without a time"),
        (trial.doubted, "in doubt, by a contradiction or by words that can't be read for certain"),
        (trial.undated, "without a date"),
    ]
    said = "; ".join(f"{number} {what}" for number, what in parts if number)
    unread = f". {count(trial.unread, 'file')} can't be read" if trial.unread else ""
    return f"{', '.join(group.files)}: {count(trial.events, 'event')}: {said}{unread}."
