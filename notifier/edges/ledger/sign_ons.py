"""Who may log in by OpenID Connect."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager

from sqlalchemy import Connection, RowMapping, and_, delete, exists, insert, select, update

from notifier.core.delivery import Decision
from notifier.core.person import Person, Session, folded, session_kept
from notifier.core.sign_on import SignOn, address_folded, sign_on_kept
from notifier.edges.ledger.accounts import PERSON, begin, end_all, is_let_in, person_of
from notifier.edges.ledger.decisions import with_word
from notifier.edges.ledger.tables import accounts, sign_ons

_JOINED = select(*PERSON, sign_ons.c.made_at, sign_ons.c.address, sign_ons.c.issuer, sign_ons.c.subject).join(
    accounts, accounts.c.folded == sign_ons.c.person
)


class SqlSignOns(ABC):
    """`notifier.accounts.SignOns`, on a ledger that knows how to read and how to write."""

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Connection]: ...

    @abstractmethod
    def _writing(self) -> AbstractContextManager[Connection]: ...

    def sign_ons(self) -> tuple[SignOn, ...]:
        with self._reading() as connection:
            return tuple(_sign_on(row) for row in connection.execute(_JOINED.order_by(sign_ons.c.person)).mappings())

    def admit(self, way: SignOn, *, said: Decision | None = None) -> bool:
        kept = sign_on_kept(way)
        person = folded(kept.person)
        of_others = exists().where(sign_ons.c.address == kept.address, sign_ons.c.person != person)
        with self._writing() as connection:
            if not is_let_in(connection, person) or connection.execute(select(of_others)).scalar():
                return False
            connection.execute(delete(sign_ons).where(sign_ons.c.person == person))
            row = {"made_at": kept.made_at, "address": kept.address, "issuer": kept.issuer, "subject": kept.subject}
            connection.execute(insert(sign_ons).values(person=person, **row))
            return with_word(connection, said)

    def dismiss(self, name: str, *, said: Decision | None = None) -> bool:
        theirs = delete(sign_ons).where(sign_ons.c.person == folded(name))
        with self._writing() as connection:
            if connection.execute(theirs).rowcount != 1:
                return False
            end_all(connection, folded(name))
            return with_word(connection, said)

    def recognised(self, issuer: str, subject: str, address: str | None) -> Person | None:
        with self._writing() as connection:
            here = and_(sign_ons.c.issuer == issuer, sign_ons.c.subject == subject)
            found = connection.execute(_JOINED.where(here)).mappings().first()
            if found is None and address is not None:
                met = sign_ons.c.address == address_folded(address)
                found = connection.execute(_JOINED.where(met)).mappings().first()
            if found is None or found["disabled_at"] is not None:
                return None
            known = {"issuer": issuer, "subject": subject, "address": None}
            connection.execute(update(sign_ons).where(sign_ons.c.person == folded(found["name"])).values(**known))
            return person_of(found)

    def begin_signed_on(self, session: Session, *, issuer: str, subject: str) -> bool:
        session = session_kept(session)
        person = folded(session.person)
        theirs = exists().where(sign_ons.c.person == person, sign_ons.c.issuer == issuer, sign_ons.c.subject == subject)
        with self._writing() as connection:
            if not is_let_in(connection, person) or not connection.execute(select(theirs)).scalar():
                return False
            return begin(connection, session)


def _sign_on(row: RowMapping) -> SignOn:
    known = {name: row[name] for name in ("made_at", "address", "issuer", "subject")}
    return SignOn(person=row["name"], **known)
