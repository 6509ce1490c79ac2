"""In which state a ledger was taken up, how often, and whether it still lies where it lay then."""

from __future__ import annotations

import secrets
from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from datetime import datetime

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from notifier.core.lease import Lease
from notifier.core.zones import in_utc
from notifier.edges.ledger.database import Database
from notifier.edges.ledger.deliveries import count_transitions
from notifier.edges.ledger.homes import which_home
from notifier.edges.ledger.lease_tables import fences, lease
from notifier.ports import Finding


class SqlLeasing(ABC):
    """`notifier.beside.Leasing`, on a ledger that knows how to read and how to write, and where it lies."""

    _database: Database

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Connection]: ...

    @abstractmethod
    def _writing(self) -> AbstractContextManager[Connection]: ...

    def lease(self) -> Lease | None:
        with self._reading() as connection:
            home = self._database.home(connection)
            return read_lease(connection, home, shared=self._database.is_shared) if home is not None else None

    def raise_lease(
        self, before: Lease, at: datetime, *, by: str = "", above: int = 0, stopped: str = ""
    ) -> Lease | None:
        with self._writing() as connection:
            if _fence(connection) != before.fence:
                return None
            home = take_up(connection, self._database, max(before.fence, above) + 1, at, by=by, stopped=stopped)
            return read_lease(connection, home, shared=self._database.is_shared)

    def stop(self, before: Lease, why: str, at: datetime) -> bool:
        del at
        with self._writing() as connection:
            if _fence(connection) != before.fence:
                return False
            if _row(connection) is None:
                _blank(connection)
            connection.execute(update(lease).values(stopped=why))
            return True

    def _standing(self, connection: Connection) -> tuple[Finding, ...]:
        """Why nothing may be sent from it, where that is so."""
        found = _row(connection)
        if found is None or not (found["stopped"] or found["copied_at"]):
            return ()
        why = found["stopped"] or "It is a copy, and nothing is sent from it until somebody takes it over."
        return (Finding(subject="ledger lease", ok=False, text=why, hint="notifier ledger status"),)


def take_up(connection: Connection, database: Database, number: int, at: datetime, *, by: str, stopped: str) -> str:
    """Under a new nonce, and this number; returns where it lies."""
    found = _row(connection)
    ledger_id = (found and found["ledger_id"]) or secrets.token_hex(8)
    taken = {"number": number, "nonce": secrets.token_hex(8), "taken_at": in_utc(at), "by": by}
    connection.execute(insert(fences).values(**taken))
    # By this very row a server's ledger is known, too.
    home = database.home(connection)
    if home is None:
        raise ValueError("What nobody can copy is never taken up.")
    connection.execute(delete(lease))
    row = {"id": 1, "ledger_id": ledger_id, "home": home, "copied_at": None, "stopped": stopped}
    connection.execute(insert(lease).values(**row))
    return home


def read_lease(connection: Connection, home: str, *, shared: bool) -> Lease:
    """What the ledger knows of itself, while it lies at `home`."""
    found, moves = _row(connection), count_transitions(connection)
    if found is None:
        return Lease(ledger_id="", fence=0, nonce="", at_home=True, moves=moves, shared=shared)
    taken = connection.execute(select(fences).order_by(fences.c.number)).mappings().all()
    last = taken[-1] if taken else None
    where = "same" if last is None else which_home(found["home"], home)
    return Lease(
        ledger_id=found["ledger_id"], fence=last["number"] if last else 0, nonce=last["nonce"] if last else "",
        earlier=frozenset(one["nonce"] for one in taken[:-1]), taken_at=last["taken_at"] if last else None,
        at_home=where == "same", switched=where == "switched", moves=moves, copied_at=found["copied_at"],
        stopped=found["stopped"], shared=shared,
    )  # fmt: skip


def mark_as_copy(connection: Connection, at: datetime) -> None:
    """From now on this ledger is a copy, from which nothing is sent until a person takes it up."""
    if _row(connection) is None:
        _blank(connection)
    connection.execute(update(lease).where(lease.c.copied_at.is_(None)).values(copied_at=in_utc(at)))


def _row(connection: Connection) -> RowMapping | None:
    return connection.execute(select(lease)).mappings().first()


def _fence(connection: Connection) -> int:
    return connection.execute(select(func.max(fences.c.number))).scalar() or 0


def _blank(connection: Connection) -> None:
    """Of a ledger that was never taken up."""
    row = {"id": 1, "ledger_id": secrets.token_hex(8), "home": "", "copied_at": None, "stopped": ""}
    connection.execute(insert(lease).values(**row))
