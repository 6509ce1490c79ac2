"""Who is let in, as `ports` has all else that the ledger keeps: readers of secret feeds, and people at the console."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from notifier.core.person import OneTimeLink, Person, Role, Session
from notifier.core.readership import Token


class Tokens(Protocol):
    """Who may read secret feeds. Nothing is ever removed."""

    def tokens(self) -> Sequence[Token]:
        """All of them, the revoked ones too, in the order in which they were made."""
        ...

    def add_token(self, token: Token, *, instead_of: str | None = None) -> bool:
        """Keep a new one; `instead_of` names one that is revoked in the same transaction, at `token.made_at`.

        False, and nothing kept, when that one isn't there or was revoked before.
        """
        ...

    def revoke_token(self, token_id: str, at: datetime) -> bool:
        """False when there is none of this name that still opens anything."""
        ...


class Accounts(Protocol):
    """People, the browsers in which they have logged in, and the links by which they begin. Nobody is ever removed.

    A name is meant however it is written (`core.person.folded`). Of cookies and links only digests come here.
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

    def add_person(self, person: Person) -> bool:
        """False, and nothing kept, where somebody has this name."""
        ...

    def change_role(self, name: str, role: Role) -> bool:
        """False, and nothing changed, where nobody has this name, or nobody enabled would be admin any more."""
        ...

    def disable(self, name: str, at: datetime) -> bool:
        """Let them in no more: their sessions and links are gone with it, in one transaction.

        False, and nothing changed, where nobody enabled has this name, or nobody enabled would be admin any more.
        """
        ...

    def enable(self, name: str) -> bool:
        """False where nobody disabled has this name. They have to log in again."""
        ...

    def set_password(self, name: str, password: str, *, instead_of: str) -> bool:
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

    def add_link(self, link: OneTimeLink) -> None:
        """Keep it; unused ones of the same person (or for the first account) open nothing any more."""
        ...

    def link(self, digest: str) -> OneTimeLink | None: ...

    def redeem(self, digest: str, password: str, at: datetime, *, newcomer: Person | None = None) -> bool:
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
