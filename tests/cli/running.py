"""Runs commands as a person or a program would, and keeps what they said."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest

from notifier.cli import main
from notifier.cli.scaffold import scaffold
from tests.builders import at
from tests.files import ROOT

#: A Thursday morning on which the first event of the demonstration starts in less than two hours.
NOW = at("2026-11-26 09:00")
AT = "2026-11-26T09:00:00Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


class _Terminal(TextIOWrapper):
    def isatty(self) -> bool:
        return True


def run(*arguments: str | Path, folder: Path = ROOT, columns: int | None = None) -> Ran:
    """Run a command in `folder` in this process; on something that says that it is a terminal, where `columns` are given."""
    kind = _Terminal if columns else TextIOWrapper
    out, err = kind(BytesIO(), encoding="utf-8"), TextIOWrapper(BytesIO(), encoding="utf-8")
    with chdir(folder), redirect_stdout(out), redirect_stderr(err), pytest.MonkeyPatch.context() as environment:
        environment.setenv("COLUMNS", str(columns or 80))
        environment.setenv("TERM", "dumb")
        with pytest.raises(SystemExit) as end:
            main([str(argument) for argument in arguments])
        out.flush()
        err.flush()
    assert isinstance(end.value.code, int)
    return Ran(code=end.value.code, out=_written(out), err=_written(err))


def _written(stream: TextIOWrapper) -> str:
    assert isinstance(stream.buffer, BytesIO)
    return stream.buffer.getvalue().decode()


def start(*arguments: str | Path, folder: Path = ROOT, **options: Any) -> subprocess.Popen[str]:
    """Start a command as a process of its own."""
    return start_python("from notifier.cli import main; main()", *arguments, folder=folder, **options)


def start_python(code: str, *arguments: str | Path, folder: Path = ROOT, **options: Any) -> subprocess.Popen[str]:
    """Start code that imports the program as a process of its own."""
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{code}", *map(str, arguments)]
    return subprocess.Popen(command, cwd=folder, text=True, **pipes)


def demonstration(folder: Path) -> Path:
    """The site that `init` makes, as if it had been made at NOW."""
    scaffold(folder, NOW)
    return folder
