"""How passwords are kept: by argon2id, the parameters being the library's (RFC 9106, 4: 64 MiB, three passes).

Each call takes some tenth of a second and that memory: whoever lets strangers ask bounds how many go on at once.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher


def hashed(password: str) -> str:
    """What is kept of a password; another text each time."""
    return _hasher().hash(password.encode(errors="replace"))


def is_right(password: str, kept: str | None) -> bool:
    """Whether this is the password. Where none is kept it takes as long to say no."""
    from argon2.exceptions import InvalidHashError, VerificationError  # noqa: PLC0415 - only who logs in needs it

    # Asked for in any case: the first time it has to be made.
    nobodys = _nobodys()
    try:
        _hasher().verify(kept if kept is not None else nobodys, password.encode(errors="replace"))
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def is_outdated(kept: str) -> bool:
    """Whether it was made with other parameters than are used now."""
    return _hasher().check_needs_rehash(kept)


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher  # noqa: PLC0415 - only who logs in needs it

    return PasswordHasher()


@cache
def _nobodys() -> str:
    """The hash of a password that nobody has."""
    return hashed("")
