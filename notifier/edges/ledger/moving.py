"""Lets a copy of a ledger be the one that sends, and the one that it was made from no more: never both, broken off at any point.

Three steps, each committed before the next: all is copied, and the copy knows that it is one; the source is stopped; the copy is taken
up. Whoever begins again goes on where it was broken off, as long as nothing has happened in either meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, func, select

from notifier.edges.ledger.copying import Told, contents_of, copy_all, opened_pair
from notifier.edges.ledger.database import Database
from notifier.edges.ledger.lease_tables import fences, lease
from notifier.edges.ledger.leasing import read_lease, take_up
from notifier.edges.ledger.migrate import REVISIONS, stored_revision
from notifier.edges.ledger.tables import metadata
from notifier.errors import UserError


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """How many rows were copied, and whether the copy `sends` from now on: not where its source was none that does."""

    rows: int
    sends: bool


def move_ledger(
    source: str,
    target: str,
    *,
    at: datetime,
    why: str,
    password: str | None = None,
    target_password: str | None = None,
    told: Told = lambda _table, _done, _all: None,
) -> Moved:
    """Copy a ledger as `copy_ledger` does, and take the copy up; from then on nothing is sent from the source, and `why`. Raises UserError."""
    with opened_pair(source, target, password=password, target_password=target_password) as (here, there):
        rows = _broken_off(here, there)
        if rows is None:
            rows = copy_all(here, there, at=at, told=told)
        sends = _retired(here, there, at, why)
        if sends:
            _taken_up(there, at)
        return Moved(rows=rows, sends=sends)


def _broken_off(here: Database, there: Database) -> int | None:
    """How many rows the copy has that somebody began to make here; None where there is none of this ledger as it is."""
    with here.translated(), here.reading() as old, there.translated(), there.reading() as new:
        if stored_revision(new, there) != REVISIONS[-1]:
            return None
        before, after = _taken(old), _taken(new)
        if _is_retired(before, there):
            before = before[:-1]
        is_copy = new.execute(select(lease.c.copied_at)).scalar() is not None
        if not is_copy and _is_retired(after, there):
            is_copy, after = True, after[:-1]
        if not is_copy or _nonces(before) != _nonces(after) or contents_of(old) != contents_of(new):
            return None
        return sum(new.execute(select(func.count()).select_from(one)).scalar_one() for one in metadata.sorted_tables)


def _retired(here: Database, there: Database, at: datetime, why: str) -> bool:
    """Let nothing be sent from the source any more; False where nothing was, so that nothing is to be sent from the copy either."""
    with here.translated(), here.writing() as old, there.translated(), there.reading() as new:
        before, after = _taken(old), _taken(new)
        if _is_retired(before, there):
            # By whoever was broken off. What was copied only after that may have been sent by another copy meanwhile.
            return _nonces(before) != _nonces(after)
        home = here.home(old)
        if home is None:
            return False
        known = read_lease(old, home, shared=here.is_shared)
        if known.stopped or known.copied_at is not None or not known.at_home:
            return False
        if contents_of(old) != contents_of(new):
            raise UserError(
                f"{there.place}: notifier went on with the ledger while it was copied, so nothing is sent from this copy.",
                "Stop notifier on every machine, name an empty database, and copy it again.",
            )
        take_up(old, here, known.fence + 1, at, by=_by(there), stopped=why)
        return True


def _taken_up(there: Database, at: datetime) -> None:
    with there.translated(), there.writing() as new:
        before = _taken(new)
        if not _is_retired(before, there):
            take_up(new, there, max((one["number"] for one in before), default=0) + 1, at, by=_by(there), stopped="")


def _taken(connection: Connection) -> Sequence[RowMapping]:
    return connection.execute(select(fences).order_by(fences.c.number)).mappings().all()


def _nonces(taken: Sequence[RowMapping]) -> list[str]:
    return [one["nonce"] for one in taken]


def _by(there: Database) -> str:
    return f"ledger copy to {there.place}"


def _is_retired(taken: Sequence[RowMapping], there: Database) -> bool:
    return bool(taken) and taken[-1]["by"] == _by(there)
