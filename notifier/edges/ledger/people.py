"""The part of the ledger that is about people. What it writes is no news to a tick, so nothing that is recalled changes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime

from sqlalchemy import Connection

from notifier.core.recipient import Member, Recipient, RecipientStatus, Result, Tally
from notifier.edges.ledger.recipients import (
    claim_waiting,
    erase_old,
    erase_person,
    is_old,
    read_recipients,
    read_tally,
    write_enrolment,
    write_results,
)
from notifier.edges.ledger.roster import (
    read_departures,
    read_last_put,
    read_members,
    remove_departure,
    remove_member,
    write_departure,
    write_members,
)


class SqlPeople(ABC):
    """`ports.Roster` and `ports.Recipients`, on a ledger that knows how to read and how to write."""

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Connection]: ...

    @abstractmethod
    def _writing(self) -> AbstractContextManager[Connection]: ...

    @abstractmethod
    def _claiming(self) -> AbstractContextManager[Connection]: ...

    def members(self, audience: str) -> tuple[Member, ...]:
        with self._reading() as connection:
            return tuple(read_members(connection, audience))

    def each_member(self, audience: str) -> Iterator[Member]:
        with self._reading() as connection:
            yield from read_members(connection, audience)

    def put_members(self, audience: str, members: Sequence[Member], at: datetime) -> None:
        with self._writing() as connection:
            write_members(connection, audience, members, at)

    def last_put(self, audience: str) -> datetime | None:
        with self._reading() as connection:
            return read_last_put(connection, audience)

    def leave(self, audience: str, digest: str, at: datetime, *, why: str) -> bool:
        with self._writing() as connection:
            return write_departure(connection, audience, digest, at, why)

    def come_back(self, audience: str, digest: str) -> bool:
        with self._writing() as connection:
            return remove_departure(connection, audience, digest)

    def left(self, audience: str) -> Mapping[str, tuple[datetime, str]]:
        with self._reading() as connection:
            return read_departures(connection, audience)

    def erase(self, address: str, audiences: Sequence[str]) -> int:
        with self._writing() as connection:
            return remove_member(connection, address, audiences) + erase_person(connection, address, audiences)

    def enrol(self, key: str, recipients: Iterable[Recipient], at: datetime) -> bool:
        with self._writing() as connection:
            return write_enrolment(connection, key, recipients, at)

    def claim(self, key: str, most: int, *, claim: str, at: datetime) -> tuple[Recipient, ...]:
        with self._claiming() as connection:
            return claim_waiting(connection, key, most, claim=claim, at=at)

    def conclude(self, key: str, results: Sequence[Result], *, claim: str | None, at: datetime) -> int:
        with self._claiming() as connection:
            return write_results(connection, key, results, claim=claim, at=at)

    def tally(self, key: str) -> Tally:
        with self._reading() as connection:
            return read_tally(connection, key)

    def recipients(self, key: str, *statuses: RecipientStatus) -> tuple[Recipient, ...]:
        with self._reading() as connection:
            return read_recipients(connection, key, statuses)

    def erase_recipients(self, before: datetime) -> int:
        with self._reading() as connection:
            if not is_old(connection, before):
                return 0
        with self._writing() as connection:
            return erase_old(connection, before)
