"""Logging in by OpenID Connect: whom an admin lets in so, and what a provider's token must say to be believed."""

from __future__ import annotations

import hmac
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from notifier.core.plain import one_line
from notifier.core.zones import in_utc

#: Clocks may differ by so much.
SKEW = timedelta(minutes=1)
#: A token answers a question that was asked just now.
LONGEST_AGE = timedelta(minutes=10)
#: Signs of a subject (OpenID Connect Core 1.0, 2).
LONGEST_SUBJECT = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOn:
    """That a person may log in by OpenID Connect. `address` is how they are known the first time, and is forgotten then.

    From then on the account at the provider is known by `issuer` and `subject` alone: addresses change hands.
    """

    person: str
    made_at: datetime
    address: str | None = None
    issuer: str | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a token must be about: who says it, to whom, and as the answer to which question."""

    issuer: str
    client_id: str
    nonce: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """Who a token is about. `address` only where the provider says that it is theirs."""

    subject: str
    address: str | None


def believed(claims: Mapping[str, Any], expected: Expected, now: datetime) -> Claimed | str:
    """Who the claims of a token are about, or the first of them that is wrong (OpenID Connect Core 1.0, 3.1.3.7)."""
    wrong = _wrong_party(claims, expected) or _wrong_time(claims, now)
    if wrong:
        return wrong
    nonce, subject = claims.get("nonce"), claims.get("sub")
    if not isinstance(nonce, str) or not is_same(nonce, expected.nonce):
        return "nonce"
    if not isinstance(subject, str) or not subject.strip() or len(subject) > LONGEST_SUBJECT:
        return "sub"
    address = claims.get("email")
    is_theirs = claims.get("email_verified") is True and isinstance(address, str)
    return Claimed(subject=subject, address=address_folded(str(address)) if is_theirs else None)


def _wrong_party(claims: Mapping[str, Any], expected: Expected) -> str | None:
    audience, party = claims.get("aud"), claims.get("azp")
    audiences = [audience] if isinstance(audience, str) else audience
    if claims.get("iss") != expected.issuer:
        return "iss"
    if not isinstance(audiences, list) or expected.client_id not in audiences:
        return "aud"
    if party != expected.client_id and (party is not None or len(audiences) > 1):
        return "azp"
    return None


def _wrong_time(claims: Mapping[str, Any], now: datetime) -> str | None:
    instant = now.timestamp()
    expires, issued = _number(claims.get("exp")), _number(claims.get("iat"))
    if expires is None or instant >= expires + SKEW.total_seconds():
        return "exp"
    if issued is None or not -SKEW.total_seconds() <= instant - issued <= (LONGEST_AGE + SKEW).total_seconds():
        return "iat"
    begins = _number(claims.get("nbf", 0))
    return "nbf" if begins is None or instant < begins - SKEW.total_seconds() else None


def is_same(one: str, other: str) -> bool:
    """Whether two secrets are the same, without telling by the time it takes where they differ."""
    return hmac.compare_digest(one.encode(errors="replace"), other.encode(errors="replace"))


def address_folded(address: str) -> str:
    """What two spellings of one mail address have in common."""
    return one_line(address).lower()


def sign_on_kept(way: SignOn) -> SignOn:
    """It as it comes back. Raises ValueError for a time without a zone."""
    address = address_folded(way.address) if way.address is not None else None
    return replace(way, person=one_line(way.person), made_at=in_utc(way.made_at), address=address)


def _number(value: object) -> float | None:
    is_one = isinstance(value, int | float) and not isinstance(value, bool)
    try:
        number = float(value) if is_one else math.nan  # type: ignore[arg-type]  # it is one
    except OverflowError:
        return None
    return number if math.isfinite(number) else None
