"""Which instance acts on a row: the one whose session at the PostgreSQL server holds its advisory lock.

The server lets go of it when the process is killed or its connection breaks, and when the session has been idle for the life of a
claim: of a process that was stopped, or cut off. So nobody's clock matters, and none but the server decides
(https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS).
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg

#: How long a session may stand still. An act at a provider takes less: its own waits are shorter.
LIFE = 300.0


@dataclass(frozen=True, slots=True)
class SessionClaim:
    """`ports.Claim`, as long as this very session lasts."""

    claims: Claims
    session: psycopg.Connection[Any]

    def holds(self) -> bool:
        return self.claims.lasts(self.session)


@dataclass(slots=True)
class Claims:
    """The claims of one process. `connect` opens a session; `life` is in seconds."""

    connect: Callable[[], psycopg.Connection[Any]]
    life: float = field(default_factory=lambda: LIFE)
    _session: psycopg.Connection[Any] | None = None
    # A session may take a lock twice; two threads may not both have it.
    _held: set[int] = field(default_factory=set)
    _alone: threading.RLock = field(default_factory=threading.RLock)

    @contextmanager
    def of(self, key: str) -> Iterator[SessionClaim | None]:
        number = _number(key)
        claim = self._taken(number)
        try:
            yield claim
        finally:
            if claim is not None:
                self._let_go(number, claim.session)

    def lasts(self, session: psycopg.Connection[Any]) -> bool:
        with self._alone:
            if session is not self._session:
                return False
            try:
                session.execute("SELECT 1")
            except _errors():
                self._drop()
                return False
            return True

    def close(self) -> None:
        with self._alone:
            self._drop()

    def _taken(self, number: int) -> SessionClaim | None:
        with self._alone:
            if number in self._held:
                return None
            session = self._open()
            row = session.execute("SELECT pg_try_advisory_lock(%s)", [number]).fetchone()
            if row is None or not row[0]:
                return None
            self._held.add(number)
            return SessionClaim(self, session)

    def _let_go(self, number: int, session: psycopg.Connection[Any]) -> None:
        with self._alone:
            self._held.discard(number)
            if session is not self._session:
                return
            try:
                session.execute("SELECT pg_advisory_unlock(%s)", [number])
            except _errors():
                # The server has let go of it, or will when it notices.
                self._drop()

    def _open(self) -> psycopg.Connection[Any]:
        """The session; another one where the server has closed it since the last act."""
        if self._session is not None and self.lasts(self._session):
            return self._session
        session = self.connect()
        session.autocommit = True
        session.execute("SELECT set_config('idle_session_timeout', %s, false)", [f"{round(self.life * 1000)}ms"])
        self._session = session
        return session

    def _drop(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            with suppress(*_errors()):
                session.close()


def _errors() -> tuple[type[BaseException], ...]:
    from psycopg import Error  # noqa: PLC0415 - only who has PostgreSQL has it

    return Error, OSError


def _number(key: str) -> int:
    """A lock's number, of 64 bits. Two keys of one number wait for each other, which harms nobody."""
    return int.from_bytes(
        hashlib.sha256(b"delivery\0" + key.encode(errors="surrogatepass")).digest()[:8], "big", signed=True
    )
