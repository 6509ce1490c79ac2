"""Accounts in dictionaries: the part of the memory ledger that is about who may log in."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from notifier.core.person import (
    MOST_DEVICES,
    OneTimeLink,
    Person,
    Role,
    Session,
    folded,
    is_alive,
    is_last_admin,
    is_usable,
    link_kept,
    person_kept,
    session_kept,
)
from notifier.core.zones import in_utc


class MemoryAccounts:
    """`notifier.accounts.Accounts`. For one thread: nothing is locked."""

    def __init__(self) -> None:
        super().__init__()
        self._accounts: dict[str, Person] = {}
        self._passwords: dict[str, str] = {}
        self._sessions: dict[str, Session] = {}
        self._links: dict[str, OneTimeLink] = {}
        self._devices: dict[tuple[str, str], datetime] = {}

    def people(self) -> tuple[Person, ...]:
        return tuple(sorted(self._accounts.values(), key=lambda one: (one.added_at, folded(one.name))))

    def has_people(self) -> bool:
        return bool(self._accounts)

    def account(self, name: str) -> tuple[Person, str | None] | None:
        known = self._accounts.get(folded(name))
        return (known, self._passwords.get(folded(name))) if known else None

    def add_person(self, person: Person) -> bool:
        kept = person_kept(person)
        if folded(kept.name) in self._accounts:
            return False
        self._accounts[folded(kept.name)] = kept
        return True

    def change_role(self, name: str, role: Role) -> bool:
        known = self._accounts.get(folded(name))
        if known is None or (role != "admin" and is_last_admin(name, self._accounts.values())):
            return False
        self._accounts[folded(name)] = replace(known, role=role)
        return True

    def disable(self, name: str, at: datetime) -> bool:
        at, known = in_utc(at), self._accounts.get(folded(name))
        if known is None or known.disabled_at or is_last_admin(name, self._accounts.values()):
            return False
        self._accounts[folded(name)] = replace(known, disabled_at=at)
        self.end_sessions(name)
        self._void(folded(name))
        return True

    def enable(self, name: str) -> bool:
        known = self._accounts.get(folded(name))
        if known is None or known.disabled_at is None:
            return False
        self._accounts[folded(name)] = replace(known, disabled_at=None)
        return True

    def set_password(self, name: str, password: str, *, instead_of: str) -> bool:
        if self._passwords.get(folded(name)) != instead_of:
            return False
        self._passwords[folded(name)] = password
        return True

    def begin_session(self, session: Session, *, password: str) -> bool:
        session, key = session_kept(session), folded(session.person)
        known = self._accounts.get(key)
        if known is None or known.disabled_at or self._passwords.get(key) != password:
            return False
        alive = {digest: one for digest, one in self._sessions.items() if is_alive(one, session.begun_at)}
        self._sessions = {**alive, session.digest: replace(session, person=known.name)}
        self._accounts[key] = replace(known, last_login_at=session.begun_at)
        return True

    def session(self, digest: str) -> tuple[Session, Person] | None:
        found = self._sessions.get(digest)
        return (found, self._accounts[folded(found.person)]) if found else None

    def sessions(self, name: str) -> tuple[Session, ...]:
        own = [one for one in self._sessions.values() if folded(one.person) == folded(name)]
        return tuple(sorted(own, key=lambda one: (one.seen_at, one.digest), reverse=True))

    def saw_session(self, digest: str, at: datetime) -> None:
        if digest in self._sessions:
            self._sessions[digest] = replace(self._sessions[digest], seen_at=in_utc(at))

    def end_session(self, digest: str) -> bool:
        return self._sessions.pop(digest, None) is not None

    def end_sessions(self, name: str, *, but: str | None = None) -> int:
        ended = [one.digest for one in self.sessions(name) if one.digest != but]
        return len([self._sessions.pop(digest) for digest in ended])

    def add_link(self, link: OneTimeLink) -> None:
        link = link_kept(link)
        self._void(folded(link.person) if link.person is not None else None)
        person = self._accounts[folded(link.person)].name if link.person is not None else None
        self._links[link.digest] = replace(link, person=person)

    def link(self, digest: str) -> OneTimeLink | None:
        return self._links.get(digest)

    def redeem(self, digest: str, password: str, at: datetime, *, newcomer: Person | None = None) -> bool:
        at, link = in_utc(at), self._links.get(digest)
        if link is None or not is_usable(link, at):
            return False
        person = self._redeemer(link, newcomer)
        if person is None:
            return False
        self._accounts[folded(person.name)] = person
        self._passwords[folded(person.name)] = password
        self._links[digest] = replace(link, used_at=at)
        self.end_sessions(person.name)
        return True

    def _redeemer(self, link: OneTimeLink, newcomer: Person | None) -> Person | None:
        if link.person is None:
            return None if self._accounts or newcomer is None else person_kept(newcomer)
        known = self._accounts.get(folded(link.person))
        return known if known is not None and known.disabled_at is None else None

    def note_device(self, digest: str, name: str, at: datetime) -> None:
        self._devices[digest, folded(name)] = in_utc(at)
        own = sorted(
            ((seen_at, place) for place, seen_at in self._devices.items() if place[1] == folded(name)), reverse=True
        )
        for _, place in own[MOST_DEVICES:]:
            del self._devices[place]

    def knows_device(self, digest: str, name: str) -> bool:
        return (digest, folded(name)) in self._devices

    def _void(self, key: str | None) -> None:
        """Links of this person, or for the first account, that nobody has used open nothing any more."""
        self._links = {
            digest: one
            for digest, one in self._links.items()
            if one.used_at is not None or (folded(one.person) if one.person is not None else None) != key
        }
