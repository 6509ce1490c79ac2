"""What the ledger asks of a database beyond SQLAlchemy's own words. `sqlite` and `postgres` are the two that there are."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine

from notifier.errors import UserError
from notifier.ports import Claim, Finding


class _Alone:
    """The claim of who need not share: on one machine providers tell two processes apart by locks of their own."""

    def holds(self) -> bool:
        return True


ALONE = _Alone()


class Database(ABC):
    """One database. Nothing is opened before it is asked for."""

    #: What people know it by; never with a password.
    place: str
    #: The file that it is; None for one that is none.
    file: Path | None = None
    #: Whether instances on several machines may have it in common.
    is_shared = False

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view; others may write meanwhile."""
        with self.engine.connect() as connection, self.reading_on(connection):
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction and the only writer; committed at the end, or nothing of it is there."""
        with self.engine.connect() as connection, self.writing_on(connection):
            yield connection

    @abstractmethod
    def reading_on(self, connection: Connection) -> AbstractContextManager[None]:
        """The same on a connection that is already there, and in no transaction."""

    @abstractmethod
    def writing_on(self, connection: Connection) -> AbstractContextManager[None]:
        """The same on a connection that is already there, and in no transaction."""

    @abstractmethod
    def claiming_on(self, connection: Connection) -> AbstractContextManager[None]:
        """A transaction that touches nothing but rows of its own (`SELECT … FOR UPDATE`): it need not be the only one."""

    def claimed(self, key: str) -> AbstractContextManager[Claim | None]:
        """As `ports.Deliveries` has it. Whoever is not alone has to be told from the others by the database."""
        return nullcontext(ALONE)

    def clock(self, connection: Connection) -> datetime | None:
        """The time by the database's own clock, aware; None where it has none but this machine's."""
        return None

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()

    @abstractmethod
    def others_version(self, connection: Connection) -> int:
        """A number that is another one when anybody else, of whatever process, has committed what is `counted` since."""

    def counted(self, connection: Connection) -> int:
        """The same for whoever is about to write on this connection what others hold in memory: by it they shall know."""
        return self.others_version(connection)

    def home(self, connection: Connection) -> str | None:
        """Where it lies, as far as that tells it from a copy (`homes.which_home`); None where nobody can copy it."""
        del connection
        return None

    @abstractmethod
    def translated(self) -> AbstractContextManager[None]:
        """Raise what the database says as UserError; leave our own mistakes as they are."""

    @abstractmethod
    def damaged(self) -> UserError:
        """For what is no ledger, or no longer one."""

    @abstractmethod
    def newer(self, stored: str, known: str) -> UserError:
        """For a ledger of a later version."""

    @abstractmethod
    def wholeness(self, connection: Connection) -> Finding:
        """Whether it is in order, as far as it knows itself."""

    @abstractmethod
    def upkeep(self, connection: Connection) -> tuple[Finding, ...]:
        """How it keeps what it is given."""

    def room(self) -> tuple[Finding, ...]:
        """What is left of its disk, where that can be known."""
        return ()

    def check_there(self) -> None:  # noqa: B027 - most databases stay where they are
        """Raise UserError where what was opened is no longer in its place."""

    def use_well(self) -> None:  # noqa: B027 - not every database has any
        """Settings that stay with the database, made once."""
