"""What a provider's token must say to be believed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.sign_on import LONGEST_AGE, SKEW, Claimed, Expected, believed, is_same
from tests.builders import at

NOW = at("2026-11-02 09:00")
INSTANT = int(NOW.timestamp())
EXPECTED = Expected(issuer="https://accounts.example.org", client_id="notifier", nonce="n" * 43)
ANNA = Claimed(subject="4711", address="anna@example.org")


def said(claims: dict[str, Any] | None = None) -> Claimed | str:
    whole = {
        "iss": EXPECTED.issuer, "aud": "notifier", "sub": "4711", "nonce": EXPECTED.nonce, "iat": INSTANT, "exp": INSTANT + 300,
        "email": " Anna@Example.org", "email_verified": True, **(claims or {}),
    }  # fmt: skip
    return believed({name: value for name, value in whole.items() if value is not ...}, EXPECTED, NOW)


def test_a_token_about_us_says_who_it_is_about() -> None:
    assert said() == ANNA
    assert said({"aud": ["another", "notifier"], "azp": "notifier", "nbf": INSTANT}) == ANNA


@pytest.mark.parametrize(
    ("claims", "wrong"),
    [
        ({"iss": "https://evil.example.com"}, "iss"), ({"iss": ...}, "iss"), ({"iss": EXPECTED.issuer + "/"}, "iss"),
        ({"aud": "another"}, "aud"), ({"aud": []}, "aud"), ({"aud": ...}, "aud"), ({"aud": {"notifier": 1}}, "aud"),
        ({"aud": "a notifier"}, "aud"), ({"aud": ["notifier", "another"]}, "azp"), ({"azp": "another"}, "azp"),
        ({"nonce": "x" * 43}, "nonce"), ({"nonce": ...}, "nonce"), ({"nonce": ""}, "nonce"), ({"nonce": "\ud83d"}, "nonce"),
        ({"exp": 1}, "exp"), ({"exp": ...}, "exp"), ({"exp": True}, "exp"), ({"exp": "9999999999"}, "exp"),
        ({"exp": float("inf")}, "exp"), ({"exp": float("nan")}, "exp"), ({"exp": 10**400}, "exp"),
        ({"iat": 1}, "iat"), ({"iat": ...}, "iat"), ({"iat": INSTANT * 2}, "iat"), ({"nbf": INSTANT * 2}, "nbf"), ({"nbf": "x"}, "nbf"),
        ({"sub": ""}, "sub"), ({"sub": " "}, "sub"), ({"sub": 4711}, "sub"), ({"sub": ...}, "sub"), ({"sub": "x" * 256}, "sub"),
    ],
)  # fmt: skip
def test_a_token_about_something_else_is_not_believed(claims: dict[str, Any], wrong: str) -> None:
    assert said(claims) == wrong


def test_clocks_may_differ_by_a_minute() -> None:
    skew, age = SKEW.total_seconds(), (LONGEST_AGE + SKEW).total_seconds()
    assert said({"iat": INSTANT + skew, "exp": INSTANT - skew + 1, "nbf": INSTANT + skew}) == ANNA
    assert said({"iat": INSTANT - age}) == ANNA
    assert said({"iat": INSTANT - age - 1}) == said({"iat": INSTANT + skew + 1}) == "iat"
    assert said({"exp": INSTANT - skew}) == "exp"
    assert timedelta(minutes=1) == SKEW


@pytest.mark.parametrize(
    "claims",
    [
        {"email_verified": False}, {"email_verified": "true"}, {"email_verified": ...}, {"email_verified": 1},
        {"email": ...}, {"email": ["anna@example.org"]},
    ],
)  # fmt: skip
def test_an_address_that_is_not_verified_is_none(claims: dict[str, Any]) -> None:
    assert said(claims) == Claimed(subject="4711", address=None)


@given(st.dictionaries(st.sampled_from(["iss", "aud", "azp", "sub", "nonce", "iat", "exp", "nbf", "email"]), st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda of: st.lists(of) | st.dictionaries(st.text(), of), max_leaves=5,
)))  # fmt: skip
def test_whatever_a_token_says_is_looked_at(claims: dict[str, Any]) -> None:
    found = said(claims)
    assert isinstance(found, Claimed) or found in ("iss", "aud", "azp", "exp", "iat", "nbf", "nonce", "sub")


def test_secrets_are_the_same_sign_for_sign() -> None:
    assert is_same("x" * 43, "x" * 43)
    assert not is_same("x" * 43, "X" * 43)
    assert not is_same("", "x")
    assert not is_same("é", "e")
