"""Real commands in processes of their own, forked from one that has imported everything and opened nothing.

Most of a command's second is spent importing; a test that starts twenty of them would wait for nothing else.
`python -m tests.forks` reads one request a line from standard input and answers each with a line.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from tests.files import ROOT

#: What the commands import when they are called.
_PRELOADED = (
    "notifier.app",
    "notifier.edges.ledger",
    "notifier.cli.moments",
    "notifier.core.records",
    "alembic.command",
)


class Forks:
    """The process that forks."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.forks"]
        self._server = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """One command of notifier; its exit code (negative for a signal), what it said, and what it complained of."""
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(json.dumps(arguments) + "\n")
        self._server.stdin.flush()
        code, out, err = json.loads(self._server.stdout.readline())
        return code, out, err


@cache
def forks() -> Forks:
    """The one of this test process; it ends when its standard input does."""
    return Forks()


def _serve() -> None:
    for name in _PRELOADED:
        __import__(name)
    for line in sys.stdin:
        print(json.dumps(_forked(json.loads(line))), flush=True)  # noqa: T201 - the answer


def _forked(arguments: list[str]) -> tuple[int, str, str]:
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder) / "out", Path(folder) / "err"
        child = os.fork()
        if child == 0:
            os._exit(_in_child(arguments, out, err))
        _, status = os.waitpid(child, 0)
        return os.waitstatus_to_exitcode(status), out.read_text(), err.read_text()


def _in_child(arguments: list[str], out: Path, err: Path) -> int:
    from notifier.cli import main

    for descriptor, path in ((1, out), (2, err)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), descriptor)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    try:
        main(arguments)
    except SystemExit as end:
        return _code(end.code)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 99


def _code(code: Any) -> int:
    return code if isinstance(code, int) else 0 if code is None else 1


if __name__ == "__main__":
    _serve()
