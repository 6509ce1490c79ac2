"""Who belongs to the audiences that are kept here, and who has left them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Table, and_, delete, exists, func, insert, or_, select

from notifier.core.enrolling import put_together
from notifier.core.keeping import plain_text
from notifier.core.recipient import Member, digest_of, plain_address
from notifier.core.zones import in_utc
from notifier.edges.ledger.tables import departures, members

#: How many rows of members are in memory at once, read or about to be written.
_ROWS_AT_ONCE = 1_000


def read_members(connection: Connection, audience: str) -> Iterator[Member]:
    """One after the other, as they were when this began."""
    left = and_(departures.c.audience == members.c.audience, departures.c.digest == members.c.digest)
    query = select(members).where(members.c.audience == audience, ~exists().where(left)).order_by(members.c.number)
    # At a server that is a cursor: else the client would have all of them before the first is read.
    found = connection.execute(query, execution_options={"yield_per": _ROWS_AT_ONCE})
    yield from map(_member, found.mappings())


def write_members(connection: Connection, audience: str, given: Sequence[Member], at: datetime) -> None:
    rows = (
        {**_row(member), "audience": audience, "digest": digest, "number": number, "put_at": in_utc(at)}
        for number, (digest, member) in enumerate(put_together(audience, given).items())
    )
    connection.execute(delete(members).where(members.c.audience == audience))
    while some := list(islice(rows, _ROWS_AT_ONCE)):
        connection.execute(insert(members), some)


def read_last_put(connection: Connection, audience: str) -> datetime | None:
    return connection.execute(select(func.max(members.c.put_at)).where(members.c.audience == audience)).scalar()


def write_departure(connection: Connection, audience: str, digest: str, at: datetime, why: str) -> bool:
    row = {"audience": audience, "digest": digest, "at": in_utc(at), "why": plain_text(why)}
    found = select(departures.c.at).where(departures.c.audience == audience, departures.c.digest == digest)
    if connection.execute(found).first() is not None:
        return False
    connection.execute(insert(departures).values(row))
    return True


def remove_departure(connection: Connection, audience: str, digest: str) -> bool:
    one = (departures.c.audience == audience, departures.c.digest == digest)
    return connection.execute(delete(departures).where(*one)).rowcount == 1


def read_departures(connection: Connection, audience: str) -> Mapping[str, tuple[datetime, str]]:
    query = select(departures).where(departures.c.audience == audience).order_by(departures.c.at, departures.c.digest)
    return {row["digest"]: (row["at"], row["why"]) for row in connection.execute(query).mappings()}


def remove_member(connection: Connection, address: str, audiences: Sequence[str]) -> int:
    """Take a person out of every audience; returns out of how many."""
    digests = [digest_of(name, address) for name in audiences]
    return connection.execute(delete(members).where(is_person(members, address, digests))).rowcount


def is_person(table: Table, address: str, digests: Sequence[str]) -> ColumnElement[bool]:
    """As `core.enrolling.is_person` has it."""
    same = func.lower(func.trim(table.c.address)) == plain_text(plain_address(address))
    return or_(table.c.digest.in_(digests), same)


def _row(member: Member) -> dict[str, Any]:
    tags = json.dumps(member.tags, ensure_ascii=False)
    return {"address": member.address, "name": member.name, "timezone": member.timezone, "tags": tags}


def _member(row: RowMapping) -> Member:
    tags = tuple(json.loads(row["tags"]))
    return Member(address=row["address"], name=row["name"], timezone=row["timezone"], tags=tags)
