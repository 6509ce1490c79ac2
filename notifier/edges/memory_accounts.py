"""Accounts in dictionaries: the part of the memory ledger that is about who may log in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from datetime import date, datetime

from notifier.core.api_token import ApiToken, api_token_kept
from notifier.core.delivery import Decision
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
from notifier.core.sign_on import SignOn, address_folded, sign_on_kept
from notifier.core.zones import in_utc


class MemoryAccounts(ABC):
    """`notifier.accounts.Accounts`, `ApiTokens` and `SignOns`. For one thread: nothing is locked."""

    def __init__(self) -> None:
        super().__init__()
        self._accounts: dict[str, Person] = {}
        self._passwords: dict[str, str] = {}
        self._sessions: dict[str, Session] = {}
        self._links: dict[str, OneTimeLink] = {}
        self._devices: dict[tuple[str, str], datetime] = {}
        self._api_tokens: dict[str, ApiToken] = {}
        self._sign_ons: dict[str, SignOn] = {}

    @abstractmethod
    def decide(self, decision: Decision) -> bool: ...

    def people(self) -> tuple[Person, ...]:
        return tuple(sorted(self._accounts.values(), key=lambda one: (one.added_at, folded(one.name))))

    def has_people(self) -> bool:
        return bool(self._accounts)

    def account(self, name: str) -> tuple[Person, str | None] | None:
        known = self._accounts.get(folded(name))
        return (known, self._passwords.get(folded(name))) if known else None

    def add_person(self, person: Person, *, said: Decision | None = None) -> bool:
        kept = person_kept(person)
        if folded(kept.name) in self._accounts:
            return False
        self._accounts[folded(kept.name)] = kept
        return self._with_word(said)

    def change_role(self, name: str, role: Role, *, said: Decision | None = None) -> bool:
        known = self._accounts.get(folded(name))
        if known is None or (role != "admin" and is_last_admin(name, self._accounts.values())):
            return False
        self._accounts[folded(name)] = replace(known, role=role)
        return self._with_word(said)

    def disable(self, name: str, at: datetime, *, said: Decision | None = None) -> bool:
        at, known = in_utc(at), self._accounts.get(folded(name))
        if known is None or known.disabled_at or is_last_admin(name, self._accounts.values()):
            return False
        self._accounts[folded(name)] = replace(known, disabled_at=at)
        self.end_sessions(name)
        self._void(folded(name))
        for one in self.api_tokens():
            if folded(one.person) == folded(name) and one.revoked_at is None:
                self._api_tokens[one.digest] = replace(one, revoked_at=at)
        return self._with_word(said)

    def enable(self, name: str, *, said: Decision | None = None) -> bool:
        known = self._accounts.get(folded(name))
        if known is None or known.disabled_at is None:
            return False
        self._accounts[folded(name)] = replace(known, disabled_at=None)
        return self._with_word(said)

    def set_password(self, name: str, password: str, *, instead_of: str, said: Decision | None = None) -> bool:
        if self._passwords.get(folded(name)) != instead_of:
            return False
        self._passwords[folded(name)] = password
        return self._with_word(said)

    def begin_session(self, session: Session, *, password: str) -> bool:
        session, key = session_kept(session), folded(session.person)
        known = self._accounts.get(key)
        if known is None or known.disabled_at or self._passwords.get(key) != password:
            return False
        return self._begin(session, known)

    def _begin(self, session: Session, known: Person) -> bool:
        alive = {digest: one for digest, one in self._sessions.items() if is_alive(one, session.begun_at)}
        self._sessions = {**alive, session.digest: replace(session, person=known.name)}
        self._accounts[folded(known.name)] = replace(known, last_login_at=session.begun_at)
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

    def add_link(self, link: OneTimeLink, *, said: Decision | None = None) -> None:
        link = link_kept(link)
        self._void(folded(link.person) if link.person is not None else None)
        person = self._accounts[folded(link.person)].name if link.person is not None else None
        self._links[link.digest] = replace(link, person=person)
        self._with_word(said)

    def link(self, digest: str) -> OneTimeLink | None:
        return self._links.get(digest)

    def redeem(
        self, digest: str, password: str, at: datetime, *, newcomer: Person | None = None, said: Decision | None = None
    ) -> bool:
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
        return self._with_word(said)

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

    def api_tokens(self) -> tuple[ApiToken, ...]:
        return tuple(sorted(self._api_tokens.values(), key=lambda one: (one.made_at, one.digest)))

    def add_api_token(self, token: ApiToken, *, said: Decision | None = None) -> bool:
        kept, maker = api_token_kept(token), self._accounts.get(folded(token.person))
        if self._unrevoked(kept.name) is not None or maker is None or maker.disabled_at:
            return False
        self._api_tokens[kept.digest] = replace(kept, person=maker.name)
        return self._with_word(said)

    def api_token(self, digest: str) -> tuple[ApiToken, Person] | None:
        found = self._api_tokens.get(digest)
        return (found, self._accounts[folded(found.person)]) if found else None

    def used_api_token(self, digest: str, on: date) -> None:
        if digest in self._api_tokens:
            self._api_tokens[digest] = replace(self._api_tokens[digest], used_on=on)

    def revoke_api_token(self, name: str, at: datetime, *, said: Decision | None = None) -> bool:
        at, found = in_utc(at), self._unrevoked(name)
        if found is None:
            return False
        self._api_tokens[found.digest] = replace(found, revoked_at=at)
        return self._with_word(said)

    def _unrevoked(self, name: str) -> ApiToken | None:
        every = (one for one in self.api_tokens() if one.revoked_at is None)
        return next((one for one in every if folded(one.name) == folded(name)), None)

    def sign_ons(self) -> tuple[SignOn, ...]:
        return tuple(self._sign_ons[key] for key in sorted(self._sign_ons))

    def admit(self, way: SignOn, *, said: Decision | None = None) -> bool:
        kept = sign_on_kept(way)
        key, known = folded(kept.person), self._accounts.get(folded(kept.person))
        others = (one.address for of, one in self._sign_ons.items() if of != key)
        if known is None or known.disabled_at or (kept.address is not None and kept.address in others):
            return False
        self._sign_ons[key] = replace(kept, person=known.name)
        return self._with_word(said)

    def dismiss(self, name: str, *, said: Decision | None = None) -> bool:
        if self._sign_ons.pop(folded(name), None) is None:
            return False
        self.end_sessions(name)
        return self._with_word(said)

    def recognised(self, issuer: str, subject: str, address: str | None) -> Person | None:
        every = self._sign_ons.items()
        key = next((of for of, one in every if (one.issuer, one.subject) == (issuer, subject)), None)
        if key is None and address is not None:
            key = next((of for of, one in every if one.address == address_folded(address)), None)
        if key is None or self._accounts[key].disabled_at:
            return None
        self._sign_ons[key] = replace(self._sign_ons[key], issuer=issuer, subject=subject, address=None)
        return self._accounts[key]

    def begin_signed_on(self, session: Session, *, issuer: str, subject: str) -> bool:
        session, key = session_kept(session), folded(session.person)
        known, theirs = self._accounts.get(key), self._sign_ons.get(key)
        if known is None or known.disabled_at or theirs is None or (theirs.issuer, theirs.subject) != (issuer, subject):
            return False
        return self._begin(session, known)

    def _with_word(self, said: Decision | None) -> bool:
        return said is None or self.decide(said)

    def _void(self, key: str | None) -> None:
        """Links of this person, or for the first account, that nobody has used open nothing any more."""
        self._links = {
            digest: one
            for digest, one in self._links.items()
            if one.used_at is not None or (folded(one.person) if one.person is not None else None) != key
        }
