"""The spools of mail servers in a PostgreSQL, and who holds what in them.

Whoever holds a name does so by an advisory lock of a session of its own, and writes through that very session. The server ends
the lock with the session: when the process dies, when the network is cut, and when nothing was heard from it for a minute, as from
a process that was stopped. So who has lost the lock can't write, and knows before long.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from threading import Event, Lock, Thread
from time import monotonic

from sqlalchemy import ColumnElement, Connection, Insert, Update, delete, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import SQLAlchemyError

from notifier.beside import Held
from notifier.core.zones import in_utc
from notifier.edges.ledger.database import Database
from notifier.edges.ledger.spool_tables import letters, rounds, spendings
from notifier.errors import UserError

#: So long a session may be silent before the server ends it, and the share of it that is let go by before something is said.
SILENCE = 60.0
_BEAT = 0.25
#: A rate is over so many milliseconds.
_WITHIN = 60_000


class SqlShelf:
    """`notifier.beside.Shelf` of one provider. `silence` is how many seconds its sessions may be silent, if not as many as usual."""

    def __init__(self, database: Database, provider: str, *, silence: float | None = None) -> None:
        self._database, self._provider, self._silence = database, provider, silence or SILENCE
        self.place = database.place

    def record(self, name: str) -> str | None:
        with self._reading() as connection:
            found: str | None = connection.execute(select(letters.c.record).where(*_at(self._provider, name))).scalar()
        return found

    def letter(self, name: str) -> bytes | None:
        with self._reading() as connection:
            found = connection.execute(select(letters.c.content).where(*_at(self._provider, name))).scalar()
        return None if found is None else bytes(found)

    def records(self) -> Mapping[str, str]:
        mine = select(letters.c.name, letters.c.record).where(letters.c.provider == self._provider)
        with self._reading() as connection:
            return {row.name: row.record for row in connection.execute(mine.order_by(letters.c.name))}

    @contextmanager
    def hold(self, name: str) -> Iterator[Held]:
        with self._database.translated():
            session = self._database.engine.connect()
        held = _Hold(session, self._database, self._provider, name, silence=self._silence)
        try:
            with self._database.translated():
                held.begin()
            yield held
        finally:
            held.end()

    def is_held(self, name: str) -> bool:
        with self._writing() as connection:
            # Of all who only look, none is in another's way, and it is over with the transaction.
            free = select(func.pg_try_advisory_xact_lock_shared(_lock_of(self._provider, name)))
            return connection.execute(free).scalar_one() is False

    def note_round(self, claim: str, machine: str, at: datetime) -> None:
        with self._writing() as connection:
            connection.execute(insert(rounds).values(claim=claim, machine=machine, at=in_utc(at)))

    def round(self, claim: str) -> tuple[str, datetime] | None:
        with self._reading() as connection:
            found = connection.execute(select(rounds.c.machine, rounds.c.at).where(rounds.c.claim == claim)).first()
            return None if found is None else (found.machine, found.at)

    def forget_round(self, claim: str) -> None:
        with self._writing() as connection:
            connection.execute(delete(rounds).where(rounds.c.claim == claim))

    @contextmanager
    def alone(self, name: str) -> Iterator[object | None]:
        lock = func.pg_try_advisory_xact_lock(_lock_of(self._provider, f"alone\0{name}"))
        with self._writing() as connection:
            yield _driver(connection) if connection.execute(select(lock)).scalar_one() else None

    def spend(self, rate: int, most: int, at: datetime) -> int:
        millisecond = round(at.timestamp() * 1000)
        with self._spending() as connection:
            mine = spendings.c.provider == self._provider
            connection.execute(delete(spendings).where(mine, spendings.c.millisecond <= millisecond - _WITHIN))
            spent = connection.execute(select(func.coalesce(func.sum(spendings.c.number), 0)).where(mine)).scalar_one()
            number = max(min(most, rate - int(spent)), 0)
            if number:
                fresh = upsert(spendings).values(provider=self._provider, millisecond=millisecond, number=number)
                more = {"number": spendings.c.number + number}
                connection.execute(fresh.on_conflict_do_update(index_elements=["provider", "millisecond"], set_=more))
            return number

    def unspend(self, number: int) -> None:
        with self._spending() as connection:
            mine = spendings.c.provider == self._provider
            last = (
                select(spendings.c.millisecond, spendings.c.number).where(mine).order_by(spendings.c.millisecond.desc())
            )
            for row in connection.execute(last).all():
                back = min(number, row.number)
                less = update(spendings).where(mine, spendings.c.millisecond == row.millisecond)
                connection.execute(less.values(number=spendings.c.number - back))
                number -= back

    @contextmanager
    def _spending(self) -> Iterator[Connection]:
        """One at a time."""
        with self._writing() as connection:
            connection.execute(select(func.pg_advisory_xact_lock(_lock_of(self._provider, "spend\0"))))
            yield connection

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._database.translated(), self._database.reading() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """Rows of its own, which nobody holds in memory: it waits for no other writer."""
        engine, database = self._database.engine, self._database
        with database.translated(), engine.connect() as connection, database.claiming_on(connection):
            yield connection


class _Hold:
    """A session that holds a name. A thread says something in it now and then; it can't while the process is stopped."""

    def __init__(self, session: Connection, database: Database, provider: str, name: str, *, silence: float) -> None:
        self._session, self._database, self._provider, self._name = session, database, provider, name
        self._silence, self._lock = silence, _lock_of(provider, name)
        self._alone, self._over = Lock(), Event()
        self._heard_at, self._is_lost = monotonic(), False
        self._beating = Thread(target=self._beat, name="held", daemon=True)

    def begin(self) -> None:
        settings = {
            "idle_session_timeout": f"{round(self._silence * 1000)}ms",
            # A machine that is gone sends no word of it.
            "tcp_keepalives_idle": "20", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3",
        }  # fmt: skip
        with self._saying():
            for setting, value in settings.items():
                self._session.execute(text(f"SET SESSION {setting} = '{value}'"))
            self._session.execute(select(func.pg_advisory_lock(self._lock)))
        self._beating.start()

    def put(self, record: str, letter: bytes | None = None, *, also: Callable[[object], None] | None = None) -> None:
        own = {"provider": self._provider, "name": self._name}
        with self._database.translated(), self._saying():
            change: Update | Insert
            if letter is None:
                change = update(letters).where(*_at(self._provider, self._name)).values(record=record)
            else:
                fresh = {"record": record, "content": letter}
                change = (
                    upsert(letters).values(**own, **fresh).on_conflict_do_update(index_elements=list(own), set_=fresh)
                )
            if self._session.execute(change).rowcount == 0 and letter is None:
                raise UserError(f"{self._database.place}: the letter {self._name} is no longer there.")
            if also is not None:
                also(_driver(self._session))

    def check(self) -> None:
        if self._is_lost or monotonic() > self._heard_at + self._silence:
            raise UserError(
                f"{self._database.place}: the connection that held the letter was lost, so nothing more is given away. "
                "It is tried again by itself."
            )

    def end(self) -> None:
        self._over.set()
        with self._alone, suppress(SQLAlchemyError):
            # At once, and not when the server has noticed that the session is over.
            self._session.execute(select(func.pg_advisory_unlock_all()))
        with suppress(SQLAlchemyError):
            # Nobody else is ever given this session, with its settings.
            self._session.invalidate()
            self._session.close()

    @contextmanager
    def _saying(self) -> Iterator[None]:
        """One transaction in it. Whatever goes wrong in one, the session is not to be relied on any more."""
        with self._alone:
            self.check()
            # Before anything is said: the server counts from when it has heard it.
            begun_at = monotonic()
            try:
                with self._database.claiming_on(self._session):
                    yield
            except BaseException:
                self._is_lost = True
                raise
            self._heard_at = begun_at

    def _beat(self) -> None:
        while not (self._over.wait(self._silence * _BEAT) or self._is_lost):
            with suppress(SQLAlchemyError, UserError), self._saying():
                self._session.execute(select(1))


def _driver(connection: Connection) -> object:
    """The connection as its driver knows it, for others who write in its transaction."""
    return connection.connection.driver_connection


def _at(provider: str, name: str) -> tuple[ColumnElement[bool], ...]:
    return letters.c.provider == provider, letters.c.name == name


def _lock_of(provider: str, name: str) -> int:
    """Of the advisory locks with one number, of which there are as many as nobody hits twice."""
    octets = f"notifier spool\0{provider}\0{name}".encode(errors="replace")
    return int.from_bytes(hashlib.sha256(octets).digest()[:8], "big", signed=True)
