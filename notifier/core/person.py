"""Who works with the program, what each of them may do, and how long a browser is taken for one of them."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, get_args

from notifier.core.plain import one_line
from notifier.core.zones import in_utc

#: Each may do what those before it may, and more.
Role = Literal["viewer", "editor", "sender", "approver", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)
#: `stop`: keep something from going out, which harms nobody. `send`: let something go out, or say what became of it.
#: `approve`: say yes for somebody else. `govern`: people, tokens, test and live mode.
Deed = Literal["read", "stop", "send", "approve", "govern"]
_FROM: dict[Deed, Role] = {
    "read": "viewer", "stop": "editor", "send": "sender", "approve": "approver", "govern": "admin",
}  # fmt: skip

LONGEST_NAME = 60
#: What length alone makes hard to guess needs no rules about signs (NIST SP 800-63B, 3.1.1.2); the end keeps hashing cheap.
SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 1000
#: A session ends after so long without a request, and in any case after so long.
IDLE, LONGEST_SESSION = timedelta(hours=12), timedelta(days=14)
#: "Last seen" need not be truer than that, and a write for each page would cost more than the page.
SEEN_EVERY = timedelta(minutes=1)
#: Browsers of one person that are remembered as theirs.
MOST_DEVICES = 50

#: What a one-time link is for.
Purpose = Literal["first-account", "new-password"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with an account. `name` is what decisions are kept with; nobody else ever gets it, also once disabled."""

    name: str
    role: Role
    added_at: datetime
    disabled_at: datetime | None = None
    last_login_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A browser in which a person has logged in. `digest` is that of its cookie; `family` is the browser's, in words."""

    digest: str
    person: str
    begun_at: datetime
    seen_at: datetime
    family: str

    @property
    def id(self) -> str:
        """What names it to its person, and opens nothing."""
        return self.digest[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class OneTimeLink:
    """A link by which a password is set, once. `person` is None for the first account: whoever opens it chooses a name."""

    digest: str
    purpose: Purpose
    person: str | None
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


def may(role: Role, deed: Deed) -> bool:
    """Whether somebody of this role may do this."""
    return ROLES.index(role) >= ROLES.index(_FROM[deed])


def lowest(deed: Deed) -> Role:
    """The role from which on this may be done."""
    return _FROM[deed]


def digest_of(secret: str) -> str:
    """What is kept of a cookie or a link. Both are 256 bits of chance, so they need no salt and no slow hash."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def folded(name: str) -> str:
    """What two spellings of one name, of a person or of an API token, have in common: nothing else may have it."""
    return unicodedata.normalize("NFKC", one_line(name)).casefold()


def wrong_name(name: str) -> str | None:
    """What keeps this from being a name, in a sentence; None where nothing does. `name` is one line already."""
    if not name:
        return "Write a name: it stands beside everything that you decide."
    if len(name) > LONGEST_NAME:
        return f"This name has {len(name)} characters; {LONGEST_NAME} is the most."
    return None


def password_kept(text: str) -> str:
    """The password however its accents were typed: keyboards differ in that."""
    return unicodedata.normalize("NFC", text)


def wrong_password(password: str, again: str | None = None) -> str | None:
    """What keeps this from being a password, in a sentence; None where nothing does. `again` is what was typed a second time."""
    length = len(password_kept(password))
    if length < SHORTEST_PASSWORD:
        return f"This is too short: use {SHORTEST_PASSWORD} characters or more."
    if length > LONGEST_PASSWORD:
        return f"Use {LONGEST_PASSWORD:,} characters or less."
    if again is not None and password_kept(again) != password_kept(password):
        return "The two are not the same."
    return None


def is_alive(session: Session, now: datetime) -> bool:
    """Whether it still opens anything, as far as time goes."""
    return now < session.seen_at + IDLE and now < session.begun_at + LONGEST_SESSION


def is_usable(link: OneTimeLink, now: datetime) -> bool:
    """Whether it still opens anything."""
    return link.used_at is None and now < link.expires_at


def is_last_admin(name: str, people: Iterable[Person]) -> bool:
    """Whether without this one nobody could govern any more."""
    admins = {folded(one.name) for one in people if one.role == "admin" and one.disabled_at is None}
    return admins == {folded(name)}


def person_kept(person: Person) -> Person:
    """The person as they come back. Raises ValueError for a time without a zone, as all of these do."""
    return replace(
        person,
        name=one_line(person.name),
        added_at=in_utc(person.added_at),
        disabled_at=_maybe_in_utc(person.disabled_at),
        last_login_at=_maybe_in_utc(person.last_login_at),
    )


def session_kept(session: Session) -> Session:
    """The session as it comes back."""
    begun_at, seen_at = in_utc(session.begun_at), in_utc(session.seen_at)
    return replace(session, begun_at=begun_at, seen_at=seen_at, family=one_line(session.family))


def link_kept(link: OneTimeLink) -> OneTimeLink:
    """The link as it comes back."""
    return replace(
        link, made_at=in_utc(link.made_at), expires_at=in_utc(link.expires_at), used_at=_maybe_in_utc(link.used_at)
    )


def _maybe_in_utc(at: datetime | None) -> datetime | None:
    return None if at is None else in_utc(at)
