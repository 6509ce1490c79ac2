"""Who is let in, as `ports` has all else that the ledger keeps: readers of secret feeds, and people at the console."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from notifier.core.api_token import ApiToken
from notifier.core.delivery import Decision
from notifier.core.person import OneTimeLink, Person, Role, Session
from notifier.core.readership import Token
from notifier.core.sign_on import SignOn


class Tokens(Protocol):
    """Who may read secret feeds. Nothing is ever removed."""

    def tokens(self) -> Sequence[Token]:
        """All of them, the revoked ones too, in the order in which they were made."""
        ...

    def add_token(self, token: Token, *, instead_of: str | None = None, said: Decision | None = None) -> bool:
        """Keep a new one; `instead_of` names one that is revoked in the same transaction, at `token.made_at`.

        `said` is kept with it: who did that. False, and nothing kept, when that one isn't there or was revoked before.
        """
        ...

    def revoke_token(self, token_id: str, at: datetime, *, said: Decision | None = None) -> bool:
        """False, and nothing kept of what was `said`, when there is none of this name that still opens anything."""
        ...


class ApiTokens(Protocol):
    """By what other programs are let in. Nothing is ever removed; only digests come here. What is `said` is kept as `Accounts` has it."""

    def api_tokens(self) -> Sequence[ApiToken]:
        """All of them, those that open nothing any more too, in the order in which they were made."""
        ...

    def add_api_token(self, token: ApiToken, *, said: Decision | None = None) -> bool:
        """False, and nothing kept, where one of this name isn't revoked, or nobody enabled is its `person`."""
        ...

    def api_token(self, digest: str) -> tuple[ApiToken, Person] | None:
        """The token and who made it; whether it still opens anything is for the caller to say. One look-up."""
        ...

    def used_api_token(self, digest: str, on: date) -> None:
        """It was used on that day (UTC)."""
        ...

    def revoke_api_token(self, name: str, at: datetime, *, said: Decision | None = None) -> bool:
        """False where none of this name, however it is written, is left to revoke."""
        ...


class Accounts(Protocol):
    """People, the browsers in which they have logged in, and the links by which they begin. Nobody is ever removed.

    A name is meant however it is written (`core.person.folded`). Of cookies and links only digests come here. What is `said` is
    kept with what is done, in the same transaction, and not at all where nothing is: who did that.
    """

    def people(self) -> Sequence[Person]:
        """All of them, the disabled ones too, in the order in which they were added."""
        ...

    def has_people(self) -> bool:
        """Whether there are any. Cheap to ask; once it is so, it stays so."""
        ...

    def account(self, name: str) -> tuple[Person, str | None] | None:
        """A person with the hash of their password, if they have set one; None where nobody has this name."""
        ...

    def add_person(self, person: Person, *, said: Decision | None = None) -> bool:
        """False, and nothing kept, where somebody has this name."""
        ...

    def change_role(self, name: str, role: Role, *, said: Decision | None = None) -> bool:
        """False, and nothing changed, where nobody has this name, or nobody enabled would be admin any more."""
        ...

    def disable(self, name: str, at: datetime, *, said: Decision | None = None) -> bool:
        """Let them in no more: their sessions and links are gone with it, and their API tokens revoked, in one transaction.

        False, and nothing changed, where nobody enabled has this name, or nobody enabled would be admin any more.
        """
        ...

    def enable(self, name: str, *, said: Decision | None = None) -> bool:
        """False where nobody disabled has this name. They have to log in again."""
        ...

    def set_password(self, name: str, password: str, *, instead_of: str, said: Decision | None = None) -> bool:
        """Keep another hash; False, and nothing changed, where the one before isn't `instead_of` any more."""
        ...

    def begin_session(self, session: Session, *, password: str) -> bool:
        """Keep it, note when its person logged in, and drop the sessions of all that are over by time.

        False, and nothing kept, where they are disabled, or the hash of their password isn't `password` any more.
        """
        ...

    def session(self, digest: str) -> tuple[Session, Person] | None:
        """The session and who it is; whether time has ended it is for the caller to say. One look-up."""
        ...

    def sessions(self, name: str) -> Sequence[Session]:
        """All of a person's, the last seen first."""
        ...

    def saw_session(self, digest: str, at: datetime) -> None:
        """It was used then. Where it is over, nothing happens."""
        ...

    def end_session(self, digest: str) -> bool:
        """False where it was over before."""
        ...

    def end_sessions(self, name: str, *, but: str | None = None) -> int:
        """End all of a person's except the one of the digest `but`; returns how many."""
        ...

    def add_link(self, link: OneTimeLink, *, said: Decision | None = None) -> None:
        """Keep it; unused ones of the same person (or for the first account) open nothing any more."""
        ...

    def link(self, digest: str) -> OneTimeLink | None: ...

    def redeem(
        self, digest: str, password: str, at: datetime, *, newcomer: Person | None = None, said: Decision | None = None
    ) -> bool:
        """Use a link, once: give its person (or for the first account the `newcomer`, who is added) this hash.

        Their other sessions end. In one transaction, compare-and-set: False, and nothing changed, where the link is used,
        over or unknown, its person is disabled, or it is for the first account and there is one.
        """
        ...

    def note_device(self, digest: str, name: str, at: datetime) -> None:
        """In the browser of this cookie, this person has logged in. The last 50 of each are kept."""
        ...

    def knows_device(self, digest: str, name: str) -> bool:
        """Whether this person has logged in there before."""
        ...


class SignOns(Protocol):
    """Who may log in by OpenID Connect. One account at a provider is one person's, and one person has one.

    What is `said` is kept as `Accounts` has it.
    """

    def sign_ons(self) -> Sequence[SignOn]:
        """All of them, by name."""
        ...

    def admit(self, way: SignOn, *, said: Decision | None = None) -> bool:
        """Let a person in so, in place of what was there for them.

        False, and nothing changed, where nobody enabled has this name, or the address leads to somebody else.
        """
        ...

    def dismiss(self, name: str, *, said: Decision | None = None) -> bool:
        """Let them in so no more, and end all their sessions, in one transaction; False, and nothing changed, where they weren't."""
        ...

    def recognised(self, issuer: str, subject: str, address: str | None) -> Person | None:
        """Whose account at the provider this is; None where it is nobody's, or that of somebody disabled.

        The first time it is known by the `address`, if that is verified; with that it becomes theirs, in one transaction, and the
        address is forgotten. Afterwards `issuer` and `subject` alone count.
        """
        ...

    def begin_signed_on(self, session: Session, *, issuer: str, subject: str) -> bool:
        """As `begin_session`; False, and nothing kept, where they are disabled, or that account isn't theirs any more."""
        ...
