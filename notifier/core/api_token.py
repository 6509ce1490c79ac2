"""By what other programs are let in: API tokens, each in the name of the person who made it, for a while."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import get_args

from notifier.core.person import ROLES, Person, Role
from notifier.core.plain import one_line
from notifier.core.zones import in_utc

#: Nobody governs by a program: who may come in is for people to say.
TOKEN_ROLES: tuple[Role, ...] = tuple(role for role in get_args(Role) if role != "admin")
LASTS, LONGEST_LIFE = timedelta(days=90), timedelta(days=366)
LONGEST_TOKEN_NAME = 60
#: What every one begins with, so that a search for forgotten secrets finds it.
PREFIX = "notifier_"
_SECRET = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{43}}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """A program's way in. `digest` is the SHA-256 of the token, in hexadecimal digits; `used_on` is a day in UTC.

    What it decides is decided by `person`, who made it.
    """

    digest: str
    name: str
    role: Role
    person: str
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    used_on: date | None = None

    @property
    def id(self) -> str:
        """What names it in a log, and opens nothing."""
        return self.digest[:16]


def is_api_token(text: str) -> bool:
    """Whether it has the shape of one."""
    return _SECRET.fullmatch(text) is not None


def role_of(token: ApiToken, person: Person) -> Role:
    """The role that it has: its own, and never more than that of whoever made it is now."""
    return min(token.role, person.role, key=ROLES.index)


def opens(token: ApiToken, person: Person, now: datetime) -> bool:
    """Whether it still opens anything."""
    return token.revoked_at is None and now < token.expires_at and person.disabled_at is None


def wrong_token_name(name: str) -> str | None:
    """What keeps this from being a name, in a sentence; None where nothing does. `name` is one line already."""
    if not name:
        return "Write a name for the API token: it says which program has it."
    if len(name) > LONGEST_TOKEN_NAME:
        return f"This name has {len(name)} characters; {LONGEST_TOKEN_NAME} is the most."
    return None


def api_token_kept(token: ApiToken) -> ApiToken:
    """The token as it comes back. Raises ValueError for a time without a zone."""
    return replace(
        token,
        name=one_line(token.name),
        made_at=in_utc(token.made_at),
        expires_at=in_utc(token.expires_at),
        revoked_at=in_utc(token.revoked_at) if token.revoked_at else None,
    )
