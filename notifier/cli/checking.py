"""What `check` finds, and how it is shown: for people, for programs, for the pages of a pull request."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from notifier.app import App
from notifier.cli import show as showing
from notifier.cli import texts
from notifier.cli.annotations import file_of, workflow_commands
from notifier.core.event import Content
from notifier.core.misnaming import misnamed
from notifier.core.reading.proposing import overtaken, proposals
from notifier.core.records import problem_record
from notifier.errors import Problem, UserError
from notifier.tick.reader import Reader

#: Fewer files than this are read before one could look up.
_MANY = 50
_STEP = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What is wrong, and the lines that would be good to have. `events` is how many were looked at."""

    problems: tuple[Problem, ...]
    proposed: tuple[Problem, ...] = ()
    events: int = 0


def checked(app: App, *, propose: bool) -> Checked:
    """Look at everything: configuration, templates, event files, and what time has made of them."""
    now = app.clock.now()
    with _progress(app.ticker.reader):
        content = app.ticker.look(now, accept_shrink=True).content
    found = sorted(
        [*content.problems, *_overtaken(app, content), *misnamed(content.events, app.settings.rules.rules)],
        key=lambda problem: (problem.path, problem.line or 0, problem.what),
    )
    return Checked(
        problems=(*app.settings.not_yet, *app.template_problems, *found),
        proposed=tuple(_proposed(app, content)) if propose else (),
        events=len(content.events),
    )


def refused(error: UserError, config: Path) -> Checked:
    """A site that can't be opened: what is wrong with its configuration."""
    return Checked(problems=error.problems or (Problem(path=str(config), what=error.message),))


def code(checked: Checked, *, strict: bool) -> int:
    """1 on an error, with `strict` on a warning too."""
    failing = ("error", "warning") if strict else ("error",)
    return int(any(problem.severity in failing for problem in checked.problems))


def show(checked: Checked, form: str, app: App | None = None) -> None:
    """Print what was found."""
    found = [*checked.problems, *checked.proposed]
    match form:
        case "json":
            showing.as_json({"problems": [problem_record(problem) for problem in found]})
        case "github":
            for line in workflow_commands(found, lambda path: file_of(path, app)):
                showing.say_exactly(line)
        case _:
            texts.problems(checked.problems, checked.proposed, checked.events)


def _overtaken(app: App, content: Content) -> Iterator[Problem]:
    now = app.clock.now()
    known = {(problem.path, problem.write) for problem in content.problems}
    for event in content.events:
        for held in app.ticker.reader.held(event.path):
            if held.settings.name != event.source:
                continue
            found = overtaken(event, held.document, held.shape, held.library, now)
            if found and (found.path, found.write) not in known:
                yield found


def _proposed(app: App, content: Content) -> Iterator[Problem]:
    """In files about which there is nothing else to say."""
    wrong = {problem.path for problem in content.problems}
    for event in content.events:
        for held in app.ticker.reader.held(event.path):
            if held.settings.name == event.source and event.path not in wrong:
                yield from proposals(held.document, held.shape, held.library, app.clock.now())


@contextmanager
def _progress(reader: Reader) -> Iterator[None]:
    """How far the reading is, on a terminal, where there is much to read."""
    if not sys.stderr.isatty():
        yield
        return
    shown = False

    def tell(done: int, of: int) -> None:
        nonlocal shown
        if of >= _MANY and done % _STEP == 0:
            click.echo(f"\rReading event files: {done} of {of}", err=True, nl=False)
            shown = True

    reader.progress = tell
    try:
        yield
    finally:
        reader.progress = None
        if shown:
            click.echo("\r" + " " * 60 + "\r", err=True, nl=False)
