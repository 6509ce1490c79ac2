"""By what other programs are let in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from datetime import date, datetime

from sqlalchemy import Connection, RowMapping, bindparam, insert, select, update

from notifier.core.api_token import ApiToken, api_token_kept
from notifier.core.delivery import Decision
from notifier.core.person import Person, folded
from notifier.core.zones import in_utc
from notifier.edges.ledger.decisions import with_word
from notifier.edges.ledger.tables import accounts, api_tokens

_OWN = ("digest", "name", "role", "made_at", "expires_at", "revoked_at", "used_on")
_PERSON = ("name", "role", "added_at", "disabled_at", "last_login_at")
_JOINED = select(
    *(api_tokens.c[name] for name in _OWN), *(accounts.c[name].label(f"person_{name}") for name in _PERSON)
).join(accounts, accounts.c.folded == api_tokens.c.person)
#: Every request costs this, so it is written once.
_ASKED_EACH_TIME = _JOINED.where(api_tokens.c.digest == bindparam("asked"))


class SqlApiTokens(ABC):
    """`notifier.accounts.ApiTokens`, on a ledger that knows how to read and how to write."""

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Connection]: ...

    @abstractmethod
    def _writing(self) -> AbstractContextManager[Connection]: ...

    def api_tokens(self) -> tuple[ApiToken, ...]:
        with self._reading() as connection:
            return _every(connection)

    def add_api_token(self, token: ApiToken, *, said: Decision | None = None) -> bool:
        kept = api_token_kept(token)
        maker = select(accounts.c.folded).where(
            accounts.c.folded == folded(kept.person), accounts.c.disabled_at.is_(None)
        )
        with self._writing() as connection:
            if _unrevoked(connection, kept.name) is not None or connection.execute(maker).first() is None:
                return False
            own = {name: getattr(kept, name) for name in _OWN}
            connection.execute(insert(api_tokens).values(person=folded(kept.person), **own))
            return with_word(connection, said)

    def api_token(self, digest: str) -> tuple[ApiToken, Person] | None:
        with self._reading() as connection:
            found = connection.execute(_ASKED_EACH_TIME, {"asked": digest}).mappings().first()
        return (_token(found), _person(found)) if found is not None else None

    def used_api_token(self, digest: str, on: date) -> None:
        with self._writing() as connection:
            connection.execute(update(api_tokens).where(api_tokens.c.digest == digest).values(used_on=on))

    def revoke_api_token(self, name: str, at: datetime, *, said: Decision | None = None) -> bool:
        at = in_utc(at)
        with self._writing() as connection:
            found = _unrevoked(connection, name)
            if found is None:
                return False
            meant = update(api_tokens).where(api_tokens.c.digest == found.digest)
            connection.execute(meant.values(revoked_at=at))
            return with_word(connection, said)


def revoke_all(connection: Connection, person: str, at: datetime) -> None:
    """Those of this person, by their folded name, open nothing any more."""
    own = update(api_tokens).where(api_tokens.c.person == person, api_tokens.c.revoked_at.is_(None))
    connection.execute(own.values(revoked_at=at))


def _every(connection: Connection) -> tuple[ApiToken, ...]:
    rows = connection.execute(_JOINED.order_by(api_tokens.c.made_at, api_tokens.c.digest)).mappings()
    return tuple(_token(row) for row in rows)


def _unrevoked(connection: Connection, name: str) -> ApiToken | None:
    wanted = folded(name)
    return next((one for one in _every(connection) if one.revoked_at is None and folded(one.name) == wanted), None)


def _token(row: RowMapping) -> ApiToken:
    return ApiToken(person=row["person_name"], **{name: row[name] for name in _OWN})


def _person(row: RowMapping) -> Person:
    return Person(**{name: row[f"person_{name}"] for name in _PERSON})
