"""How passwords are kept, and that a wrong name can't be told from a wrong password by how long it takes."""

from __future__ import annotations

import time

import pytest

from notifier.edges import passwords

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def kept() -> str:
    return passwords.hashed(PASSWORD)


def test_a_password_is_kept_by_argon2id_with_a_salt_of_its_own(kept: str) -> None:
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,")
    assert passwords.hashed(PASSWORD) != kept
    assert not passwords.is_outdated(kept)


@pytest.mark.parametrize(
    ("password", "right"), [(PASSWORD, True), (PASSWORD[:-1], False), ("", False), ("\ud800", False), ("\0", False)]
)
def test_only_the_password_is_right(kept: str, password: str, right: bool) -> None:
    assert passwords.is_right(password, kept) is right


@pytest.mark.parametrize("password", ["", PASSWORD])
def test_where_none_is_kept_none_is_right(password: str) -> None:
    assert not passwords.is_right(password, None)


@pytest.mark.parametrize("damaged", ["", "plain", "$argon2id$v=19$m=1$x", "$2b$12$x"])
def test_what_is_no_hash_lets_nobody_in(damaged: str) -> None:
    assert not passwords.is_right("plain", damaged)


def test_a_hash_of_weaker_parameters_is_outdated() -> None:
    from argon2 import PasswordHasher

    assert passwords.is_outdated(PasswordHasher(time_cost=1, memory_cost=8192).hash("x"))


def seconds(kept: str | None) -> float:
    """What a wrong password costs, at best."""
    passwords.is_right("warm", None)
    taken = []
    for _ in range(3):
        before = time.process_time()
        passwords.is_right("wrong wrong wrong", kept)
        taken.append(time.process_time() - before)
    return min(taken)


def test_a_name_that_nobody_has_takes_as_long_as_a_wrong_password(kept: str) -> None:
    assert 0.5 < seconds(None) / seconds(kept) < 2
