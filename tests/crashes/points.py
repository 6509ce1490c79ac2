"""The points of a process at which being killed could hurt: SQL statements and what changes files.

Each point is counted just before it happens. A point can therefore be killed before it, and the one after it is
the kill after it.
"""

from __future__ import annotations

import os
import signal
import sqlite3.dbapi2
import sys
from collections.abc import Callable
from typing import Any

import psycopg

#: Audit events (PEP 578) of the standard library that change files. `os.rename` covers `os.replace`.
CHANGES = frozenset({"os.rename", "os.mkdir", "os.rmdir", "os.remove", "os.link", "os.symlink", "os.truncate"})


class Points:
    """Counts points; at number `kill_at` (from 1) the process kills itself with SIGKILL."""

    def __init__(self, kill_at: int | None) -> None:
        self.kill_at = kill_at
        self.names: list[str] = []

    def install(self) -> None:
        """Watch this process from now on. It can't be taken back, so only a process made for it does this."""
        sys.addaudithook(self._audit)
        for name in ("fsync", "fdatasync"):
            setattr(os, name, self._before(name, getattr(os, name)))
        # SQLAlchemy and our own code know it by two names.
        traced = self._traced(sqlite3.dbapi2.connect)
        for module in (sqlite3, sqlite3.dbapi2):
            setattr(module, "connect", traced)  # noqa: B010 - mypy would have it keep its overloads
        for kind, name, what in ((psycopg.Cursor, "execute", "statement"), (psycopg.Connection, "commit", "commit")):
            setattr(kind, name, self._before_saying(what, getattr(kind, name)))

    def reach(self, name: str) -> None:
        self.names.append(name)
        if len(self.names) == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in CHANGES:
            self.reach(event)
        elif event == "open" and _writes(arguments):
            self.reach("open for writing")

    def _traced(self, connect: Callable[..., sqlite3.Connection]) -> Callable[..., sqlite3.Connection]:
        def connected(*arguments: Any, **named: Any) -> sqlite3.Connection:
            connection = connect(*arguments, **named)
            connection.set_trace_callback(self._statement)
            return connection

        return connected

    def _statement(self, statement: str) -> None:
        self.reach("commit" if statement.upper().startswith("COMMIT") else "statement")

    def _before_saying(self, what: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*arguments: Any, **named: Any) -> Any:
            self.reach(what)
            return call(*arguments, **named)

        return watched

    def _before(self, name: str, call: Callable[[int], None]) -> Callable[[int], None]:
        def watched(descriptor: int) -> None:
            self.reach(name)
            call(descriptor)

        return watched


def _writes(arguments: tuple[Any, ...]) -> bool:
    _, mode, flags = arguments
    if isinstance(mode, str):
        return any(letter in mode for letter in "wax+")
    return bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND))
