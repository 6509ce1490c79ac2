"""Problems as GitHub shows them beside the lines of a pull request: workflow commands on standard output.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions; the escapes are those of
github.com/actions/toolkit, packages/core/src/command.ts.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from notifier.app import App
from notifier.cli.show import printable
from notifier.config import SourceSettings
from notifier.errors import Problem

_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}


def workflow_commands(problems: Iterable[Problem], file: Callable[[str], str | None]) -> Iterator[str]:
    """A command for each problem, errors first: of each severity GitHub shows the first ten of a step."""
    ordered = sorted(problems, key=lambda problem: list(_COMMANDS).index(problem.severity))
    return (workflow_command(problem, file(problem.path)) for problem in ordered)


def workflow_command(problem: Problem, file: str | None) -> str:
    """The command for a problem of `file`, which is relative to the repository; None: of no file there."""
    properties = {"title": f"notifier: {problem.field}" if problem.field else "notifier"}
    if file is not None:
        line = {"line": str(problem.line)} if problem.line else {}
        column = {"col": str(problem.column)} if problem.line and problem.column else {}
        properties = {"file": file, **line, **column, **properties}
    said = " ".join(filter(None, (problem.what, problem.hint)))
    message = "\n".join(filter(None, (said if file is not None else f"{problem.path}: {said}", problem.write)))
    written = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{_COMMANDS[problem.severity]} {written}::{_message(message)}"


def file_of(path: str, app: App | None) -> str | None:
    """A problem's file relative to the folder that the program runs in, which is the repository's on GitHub."""
    found = next((file for file in _candidates(path, app) if file.exists()), None)
    return Path(os.path.relpath(found)).as_posix() if found else None


def _candidates(path: str, app: App | None) -> Iterator[Path]:
    """Content first: its paths are relative to its source, those of the configuration are as they were typed."""
    if app is not None:
        held = [one.settings for one in app.ticker.reader.held(path)]
        yield from (folder / path for source in (*held, *app.settings.sources) if (folder := _folder(source)))
    yield Path(path)
    if app is not None:
        yield app.settings.folder / path


def _folder(source: SourceSettings) -> Path | None:
    return source.git.path if source.git else source.folder


def _message(text: str) -> str:
    visible = "\n".join(printable(line) for line in text.split("\n"))
    return visible.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
