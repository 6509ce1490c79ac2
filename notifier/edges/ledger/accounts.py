"""Who may log in: people, their sessions, the links by which they begin, the browsers that are known as theirs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime

from sqlalchemy import Connection, RowMapping, and_, bindparam, delete, exists, insert, or_, select, update

from notifier.core.delivery import Decision
from notifier.core.person import (
    IDLE,
    LONGEST_SESSION,
    MOST_DEVICES,
    OneTimeLink,
    Person,
    Role,
    Session,
    folded,
    is_last_admin,
    is_usable,
    link_kept,
    person_kept,
    session_kept,
)
from notifier.core.zones import in_utc
from notifier.edges.ledger.api_tokens import revoke_all
from notifier.edges.ledger.decisions import with_word
from notifier.edges.ledger.tables import accounts, devices, links, sessions

PERSON = (accounts.c.name, accounts.c.role, accounts.c.added_at, accounts.c.disabled_at, accounts.c.last_login_at)


#: Every request costs this, so it is written once.
_ASKED_EACH_TIME = (
    select(sessions.c.digest, sessions.c.begun_at, sessions.c.seen_at, sessions.c.family, *PERSON)
    .join(accounts, accounts.c.folded == sessions.c.person)
    .where(sessions.c.digest == bindparam("asked"))
)


class SqlAccounts(ABC):
    """`notifier.accounts.Accounts`, on a ledger that knows how to read and how to write."""

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Connection]: ...

    @abstractmethod
    def _writing(self) -> AbstractContextManager[Connection]: ...

    def people(self) -> tuple[Person, ...]:
        with self._reading() as connection:
            return _people(connection)

    def has_people(self) -> bool:
        with self._reading() as connection:
            return _has_people(connection)

    def account(self, name: str) -> tuple[Person, str | None] | None:
        with self._reading() as connection:
            found = _row(connection, name)
        return (person_of(found), found["password"]) if found is not None else None

    def add_person(self, person: Person, *, said: Decision | None = None) -> bool:
        kept = person_kept(person)
        with self._writing() as connection:
            if _row(connection, kept.name) is not None:
                return False
            _insert(connection, kept, None)
            return with_word(connection, said)

    def change_role(self, name: str, role: Role, *, said: Decision | None = None) -> bool:
        with self._writing() as connection:
            if role != "admin" and is_last_admin(name, _people(connection)):
                return False
            return _update(connection, name, {"role": role}) and with_word(connection, said)

    def disable(self, name: str, at: datetime, *, said: Decision | None = None) -> bool:
        at = in_utc(at)
        with self._writing() as connection:
            found = _row(connection, name)
            if found is None or found["disabled_at"] is not None or is_last_admin(name, _people(connection)):
                return False
            end_all(connection, folded(name))
            _void(connection, folded(name))
            revoke_all(connection, folded(name), at)
            return _update(connection, name, {"disabled_at": at}) and with_word(connection, said)

    def enable(self, name: str, *, said: Decision | None = None) -> bool:
        with self._writing() as connection:
            found = _row(connection, name)
            if found is None or found["disabled_at"] is None:
                return False
            return _update(connection, name, {"disabled_at": None}) and with_word(connection, said)

    def set_password(self, name: str, password: str, *, instead_of: str, said: Decision | None = None) -> bool:
        is_as_before = and_(accounts.c.folded == folded(name), accounts.c.password == instead_of)
        with self._writing() as connection:
            changed = connection.execute(update(accounts).where(is_as_before).values(password=password)).rowcount
            return changed == 1 and with_word(connection, said)

    def begin_session(self, session: Session, *, password: str) -> bool:
        session = session_kept(session)
        with self._writing() as connection:
            found = _row(connection, session.person)
            if found is None or found["disabled_at"] is not None or found["password"] != password:
                return False
            return begin(connection, session)

    def session(self, digest: str) -> tuple[Session, Person] | None:
        with self._reading() as connection:
            found = connection.execute(_ASKED_EACH_TIME, {"asked": digest}).mappings().first()
        return (_session(found), person_of(found)) if found is not None else None

    def sessions(self, name: str) -> tuple[Session, ...]:
        joined = select(sessions, accounts.c.name).join(accounts, accounts.c.folded == sessions.c.person)
        order = (sessions.c.seen_at.desc(), sessions.c.digest.desc())
        with self._reading() as connection:
            found = connection.execute(joined.where(sessions.c.person == folded(name)).order_by(*order)).mappings()
            return tuple(_session(row) for row in found)

    def saw_session(self, digest: str, at: datetime) -> None:
        at = in_utc(at)
        with self._writing() as connection:
            connection.execute(update(sessions).where(sessions.c.digest == digest).values(seen_at=at))

    def end_session(self, digest: str) -> bool:
        with self._writing() as connection:
            return connection.execute(delete(sessions).where(sessions.c.digest == digest)).rowcount == 1

    def end_sessions(self, name: str, *, but: str | None = None) -> int:
        with self._writing() as connection:
            return end_all(connection, folded(name), but=but)

    def add_link(self, link: OneTimeLink, *, said: Decision | None = None) -> None:
        link = link_kept(link)
        with self._writing() as connection:
            _void(connection, _folded(link.person))
            connection.execute(insert(links).values(**_link_row(link)))
            with_word(connection, said)

    def link(self, digest: str) -> OneTimeLink | None:
        with self._reading() as connection:
            return _link(connection, digest)

    def redeem(
        self, digest: str, password: str, at: datetime, *, newcomer: Person | None = None, said: Decision | None = None
    ) -> bool:
        at = in_utc(at)
        with self._writing() as connection:
            link = _link(connection, digest)
            if link is None or not is_usable(link, at):
                return False
            if link.person is None:
                if newcomer is None or _has_people(connection):
                    return False
                _insert(connection, person_kept(newcomer), password)
            elif not _given(connection, link.person, password):
                return False
            connection.execute(update(links).where(links.c.digest == digest).values(used_at=at))
            return with_word(connection, said)

    def note_device(self, digest: str, name: str, at: datetime) -> None:
        at, person = in_utc(at), folded(name)
        here = and_(devices.c.digest == digest, devices.c.person == person)
        with self._writing() as connection:
            if connection.execute(update(devices).where(here).values(seen_at=at)).rowcount == 0:
                connection.execute(insert(devices).values(digest=digest, person=person, seen_at=at))
            own = select(devices.c.digest).where(devices.c.person == person)
            order = (devices.c.seen_at.desc(), devices.c.digest.desc())
            old = connection.execute(own.order_by(*order).offset(MOST_DEVICES)).scalars().all()
            connection.execute(delete(devices).where(devices.c.person == person, devices.c.digest.in_(old)))

    def knows_device(self, digest: str, name: str) -> bool:
        here = select(devices.c.digest).where(devices.c.digest == digest, devices.c.person == folded(name))
        with self._reading() as connection:
            return connection.execute(here).first() is not None


def is_let_in(connection: Connection, name: str) -> bool:
    """Whether somebody has this name who isn't disabled."""
    found = _row(connection, name)
    return found is not None and found["disabled_at"] is None


def begin(connection: Connection, session: Session) -> bool:
    """Keep a session of somebody who is let in, and drop all that are over by time."""
    _drop_those_over(connection, session.begun_at)
    connection.execute(insert(sessions).values(**_session_row(session)))
    return _update(connection, session.person, {"last_login_at": session.begun_at})


def _people(connection: Connection) -> tuple[Person, ...]:
    order = (accounts.c.added_at, accounts.c.folded)
    return tuple(person_of(row) for row in connection.execute(select(*PERSON).order_by(*order)).mappings())


def _has_people(connection: Connection) -> bool:
    return bool(connection.execute(select(exists(select(accounts.c.folded)))).scalar())


def _row(connection: Connection, name: str) -> RowMapping | None:
    query = select(*PERSON, accounts.c.password).where(accounts.c.folded == folded(name))
    return connection.execute(query).mappings().first()


def _insert(connection: Connection, person: Person, password: str | None) -> None:
    values = {column.name: getattr(person, column.name) for column in PERSON}
    connection.execute(insert(accounts).values(folded=folded(person.name), password=password, **values))


def _update(connection: Connection, name: str, values: Mapping[str, object]) -> bool:
    return connection.execute(update(accounts).where(accounts.c.folded == folded(name)).values(**values)).rowcount == 1


def _given(connection: Connection, name: str, password: str) -> bool:
    """A person's new password, with which their sessions end; False where there is nobody who may have one."""
    found = _row(connection, name)
    if found is None or found["disabled_at"] is not None:
        return False
    end_all(connection, folded(name))
    return _update(connection, name, {"password": password})


def _drop_those_over(connection: Connection, now: datetime) -> None:
    over = or_(sessions.c.seen_at <= now - IDLE, sessions.c.begun_at <= now - LONGEST_SESSION)
    connection.execute(delete(sessions).where(over))


def end_all(connection: Connection, person: str, *, but: str | None = None) -> int:
    """End the sessions of a person, by their folded name, except the one of the digest `but`; returns how many."""
    ended = delete(sessions).where(sessions.c.person == person)
    return connection.execute(ended if but is None else ended.where(sessions.c.digest != but)).rowcount


def _void(connection: Connection, person: str | None) -> None:
    """Links of this person, or for the first account, that nobody has used open nothing any more."""
    of = links.c.person.is_(None) if person is None else links.c.person == person
    connection.execute(delete(links).where(of, links.c.used_at.is_(None)))


def _link(connection: Connection, digest: str) -> OneTimeLink | None:
    joined = select(links, accounts.c.name).outerjoin(accounts, accounts.c.folded == links.c.person)
    found = connection.execute(joined.where(links.c.digest == digest)).mappings().first()
    if found is None:
        return None
    return OneTimeLink(
        digest=found["digest"], purpose=found["purpose"], person=found["name"], made_at=found["made_at"],
        expires_at=found["expires_at"], used_at=found["used_at"],
    )  # fmt: skip


def person_of(row: RowMapping) -> Person:
    """The person of a row that has these columns."""
    return Person(**{column.name: row[column.name] for column in PERSON})


def _session(row: RowMapping) -> Session:
    known = {name: row[name] for name in ("digest", "begun_at", "seen_at", "family")}
    return Session(person=row["name"], **known)


def _session_row(session: Session) -> dict[str, object]:
    return {
        "digest": session.digest, "person": folded(session.person), "begun_at": session.begun_at,
        "seen_at": session.seen_at, "family": session.family,
    }  # fmt: skip


def _link_row(link: OneTimeLink) -> dict[str, object]:
    return {
        "digest": link.digest, "purpose": link.purpose, "person": _folded(link.person), "made_at": link.made_at,
        "expires_at": link.expires_at, "used_at": link.used_at,
    }  # fmt: skip


def _folded(name: str | None) -> str | None:
    return None if name is None else folded(name)
