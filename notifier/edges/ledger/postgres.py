"""A ledger in a PostgreSQL database, for several instances. Everything that only PostgreSQL understands is here.

What is written by one instance is seen by the others at once, and in the order in which it was committed: writers wait for one another
by an advisory lock that ends with their transaction (https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, create_engine, func, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from notifier.edges.ledger.claims import Claims
from notifier.edges.ledger.database import Database
from notifier.edges.ledger.failures import DamagedRow
from notifier.edges.ledger.servers import Whereabouts
from notifier.edges.ledger.tables import changes
from notifier.errors import UserError
from notifier.ports import Claim, Finding

if TYPE_CHECKING:
    import psycopg

#: Of all advisory locks of a database, those of the ledger's writers: the first four letters of its name.
_WRITERS = int.from_bytes(b"noti", "big", signed=True)
_MOST_CONNECTIONS = 64
_SECOND = 1000
#: A writer that stands still in the middle of a transaction (a stopped process, a lost network) keeps the others waiting no longer.
STANDSTILL = 60.0

#: What the server says by number (https://www.postgresql.org/docs/current/errcodes-appendix.html), or by the class of it.
_SAID: Mapping[str, str] = {
    "28": "refuses the login. Check the user and the password in `ledger.url`, and the server's pg_hba.conf",
    "3D000": "has no such database. Create it there: createdb NAME",
    "42501": "doesn't let this user do that. Make the user the owner of the database",
    "25006": "takes no writes: it is a standby, or set read-only. Name the primary in `ledger.url`",
    "53100": "has a full disk, so this was not recorded. Free some space there; nothing is lost",
    "53300": "has no connection left. Raise its max_connections, or stop what holds them",
    "55P03": "is held up: another program has been writing for too long. Wait until it has finished; it is tried again by itself",
    "57P": "is being stopped or started. It is tried again by itself",
    "57014": "took too long. It is tried again by itself",
    "42P01": "holds no ledger any more: a table is missing. Restore it from a backup",
    "42703": "holds no ledger of this version: a column is missing. Restore it from a backup",
}
_NAMELESS = Finding(
    subject="ledger server", ok=True,
    text="The server doesn't tell this user which one it is (pg_control_system), so a copy at another server is known by less.",
)  # fmt: skip
_UNREACHABLE = (
    "can't be reached{why}, so nothing is recorded and nothing is sent until it can. It is tried again by itself"
)
#: Who is not let in is told so without a number, in words.
_WHY = re.compile(r"failed: (.+)")
_REFUSED = (
    (re.compile(r'database ".*" does not exist'), "3D000"),
    (re.compile(r'role ".*" does not exist|authentication failed|no password supplied|no pg_hba.conf entry'), "28"),
)


class Postgres(Database):
    """The database that `url` names, in any form that libpq reads. Raises UserError where that is none.

    `busy_timeout` is how many seconds to wait while another program writes; `standstill`, after how many one that stands still
    in the middle of writing is taken for gone.
    """

    is_shared = True

    def __init__(
        self, url: str, *, password: str | None = None, busy_timeout: float, standstill: float | None = None
    ) -> None:
        from psycopg import ProgrammingError  # noqa: PLC0415 - only who has PostgreSQL has it
        from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415 - only who has PostgreSQL has it

        try:
            known = conninfo_to_dict(url)
        except ProgrammingError:
            # The address isn't repeated, and neither is what libpq says of it: there may be a password in it.
            hint = "Write it as `postgresql://USER@HOST:PORT/DATABASE`."
            raise UserError("ledger.url: is not the address of a PostgreSQL database.", hint) from None
        self.place = _place(known)
        if password is not None:
            known["password"] = password
        connect = _connector(known, busy_timeout, STANDSTILL if standstill is None else standstill)
        # A connection that the server has closed meanwhile is replaced before it is used.
        super().__init__(
            create_engine(
                "postgresql+psycopg://", creator=connect, poolclass=QueuePool, max_overflow=_MOST_CONNECTIONS,
                pool_pre_ping=True,
            )
        )  # fmt: skip
        self.claims = Claims(connect)
        self._whereabouts = Whereabouts()
        # Of `changes.number`, those which this process has made.
        self._own = 0

    @contextmanager
    def reading_on(self, connection: Connection) -> Iterator[None]:
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with connection.execution_options(**options).begin():
            yield

    @contextmanager
    def writing_on(self, connection: Connection) -> Iterator[None]:
        with self.claiming_on(connection):
            connection.execute(select(func.pg_advisory_xact_lock(_WRITERS, 0)))
            yield

    @contextmanager
    def claiming_on(self, connection: Connection) -> Iterator[None]:
        # Each statement sees what was committed before it: also by whom it had to wait for.
        with connection.execution_options(isolation_level="READ COMMITTED", postgresql_readonly=False).begin():
            yield

    @contextmanager
    def claimed(self, key: str) -> Iterator[Claim | None]:
        with self.translated():
            entered = self.claims.of(key)
            claim = entered.__enter__()
        try:
            yield claim
        finally:
            entered.__exit__(None, None, None)

    def clock(self, connection: Connection) -> datetime | None:
        now: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
        return now

    def home(self, connection: Connection) -> str | None:
        return self._whereabouts.home(connection)

    def close(self) -> None:
        self.claims.close()
        super().close()

    def others_version(self, connection: Connection) -> int:
        return int(connection.execute(select(changes.c.number)).scalar_one()) - self._own

    def counted(self, connection: Connection) -> int:
        connection.execute(update(changes).values(number=changes.c.number + 1))
        # After what fails, nothing that was remembered is held for true, so that it may be one too many.
        self._own += 1
        return self.others_version(connection)

    @contextmanager
    def translated(self) -> Iterator[None]:
        from psycopg import Error  # noqa: PLC0415 - only who has PostgreSQL has it

        try:
            yield
        except DamagedRow as error:
            raise self.damaged() from error
        except (DBAPIError, Error) as error:
            text = _sentence(error.orig if isinstance(error, DBAPIError) else error)
            if text is None:
                raise
            raise UserError(f"{self.place}: the ledger's database {text}.") from error

    def damaged(self) -> UserError:
        return UserError(
            f"{self.place}: this database holds other tables and no ledger of notifier, or it is damaged. Name another "
            "database in `ledger.url`, or stop notifier, put a backup in its place (`pg_restore --clean`), and then: notifier ledger take-over."
        )

    def newer(self, stored: str, known: str) -> UserError:
        return UserError(
            f"{self.place}: the ledger was written by a newer version of notifier (its schema is {stored}, this one knows "
            f"{known}). Install that version again here too, or restore the ledger from before the upgrade."
        )

    def wholeness(self, connection: Connection) -> Finding:
        version = connection.execute(select(func.current_setting("server_version"))).scalar_one()
        return Finding(subject="ledger", ok=True, text=f"{self.place} answers (PostgreSQL {version}).")

    def upkeep(self, connection: Connection) -> tuple[Finding, ...]:
        shown = select(func.current_setting("fsync"), func.pg_database_size(func.current_database()))
        fsync, size = connection.execute(shown).one()
        ok = fsync == "on"
        hint = "" if ok else "Set fsync = on there: after a power cut the ledger may be lost, and mails go out twice."
        text = f"It takes {size / 1_000_000:,.1f} MB, and its server {'writes' if ok else 'does NOT write'} to disk at once."
        database = Finding(subject="ledger database", ok=ok, text=text, hint=hint)
        return (database,) if self._whereabouts.knows_server(connection) else (database, _NAMELESS)


def _place(known: Mapping[str, Any]) -> str:
    host, port = known.get("host") or "localhost", known.get("port")
    return f"postgresql://{host}{f':{port}' if port else ''}/{known.get('dbname', '')}"


def _connector(
    known: Mapping[str, Any], busy_timeout: float, standstill: float
) -> Callable[[], psycopg.Connection[Any]]:
    """Opens connections to the address, with what makes a lost network known within a minute."""
    ours = {
        "lock_timeout": round(busy_timeout * _SECOND),
        "idle_in_transaction_session_timeout": round(standstill * _SECOND),
        "timezone": "UTC",
    }
    wanted = {
        "connect_timeout": 10, "keepalives_idle": 20, "keepalives_interval": 5, "keepalives_count": 3,
        "tcp_user_timeout": 30 * _SECOND, "application_name": "notifier", "client_encoding": "utf8", **known,
    }  # fmt: skip
    wanted["options"] = " ".join(
        [*(f"-c {name}={value}" for name, value in ours.items()), known.get("options") or ""]
    ).strip()

    def connect() -> psycopg.Connection[Any]:
        import psycopg  # noqa: PLC0415 - only who has PostgreSQL has it

        connection = psycopg.connect(**wanted)
        # A commit that is not on disk would be told for one that is. Where more than that is asked for, it stays so.
        connection.execute(
            "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
        )
        connection.commit()
        return connection

    return connect


def _sentence(error: BaseException | None) -> str | None:
    state = getattr(error, "sqlstate", None)
    if state is None:
        # Without a number the server said nothing, or was not heard to the end: it could not be reached, or the connection broke.
        is_lost = type(error).__name__ in ("OperationalError", "ConnectionTimeout")
        return _not_connected(str(error)) if is_lost else None
    # A server that was stopped hard, or that shut a connection which stood still.
    if state.startswith("08") or state in ("25P03", "57P05"):
        return _UNREACHABLE.format(why="")
    return _SAID.get(state) or _SAID.get(state[:3]) or _SAID.get(state[:2])


def _not_connected(said: str) -> str:
    for words, state in _REFUSED:
        if words.search(said):
            return _SAID[state]
    # libpq says where and why; there is never a password in it.
    why = _WHY.search(said)
    return _UNREACHABLE.format(why=f" ({why[1].strip(' .')})" if why else "")
