"""The tokens of secret feeds, and how often calendars ask."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Connection, delete, insert, select, update

from notifier.core.keeping import token_in_utc
from notifier.core.readership import Poll, Token, merged_polls
from notifier.core.zones import in_utc
from notifier.edges.ledger.tables import polls, tokens


def read_tokens(connection: Connection) -> tuple[Token, ...]:
    stored = connection.execute(select(tokens).order_by(tokens.c.made_at, tokens.c.id)).mappings()
    return tuple(Token(**row) for row in stored)


def keep_token(connection: Connection, token: Token, instead_of: str | None) -> bool:
    token = token_in_utc(token)
    if instead_of is not None and not revoke(connection, instead_of, token.made_at):
        return False
    connection.execute(
        insert(tokens).values(
            id=token.id,
            feed=token.feed,
            holder=token.holder,
            digest=token.digest,
            made_at=token.made_at,
            revoked_at=token.revoked_at,
        )
    )
    return True


def revoke(connection: Connection, token_id: str, at: datetime) -> bool:
    at = in_utc(at)
    opens = (tokens.c.id == token_id, tokens.c.revoked_at.is_(None))
    return connection.execute(update(tokens).where(*opens).values(revoked_at=at)).rowcount == 1


def write_polls(connection: Connection, fresh: Sequence[Poll]) -> tuple[Poll, ...]:
    """A few rows a day: written anew as a whole, which every database knows how to do. Returns what is kept now."""
    known = read_polls(connection, date.min)
    kept = merged_polls(known, fresh)
    if kept != known:
        connection.execute(delete(polls))
        connection.execute(insert(polls), [_row(one) for one in kept])
    return kept


def read_polls(connection: Connection, since: date) -> tuple[Poll, ...]:
    order = (polls.c.day, polls.c.feed, polls.c.family, polls.c.every)
    stored = connection.execute(select(polls).where(polls.c.day >= since).order_by(*order)).mappings()
    return tuple(Poll(**row) for row in stored)


def _row(one: Poll) -> dict[str, object]:
    return {"day": one.day, "feed": one.feed, "family": one.family, "every": one.every, "readers": one.readers}
