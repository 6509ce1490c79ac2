"""Names, passwords, roles, and how long anybody is let in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.person import (
    IDLE,
    LONGEST_SESSION,
    ROLES,
    Deed,
    OneTimeLink,
    Person,
    Role,
    Session,
    digest_of,
    folded,
    is_alive,
    is_last_admin,
    is_usable,
    lowest,
    may,
    password_kept,
    wrong_name,
    wrong_password,
)
from notifier.core.throttling import FREE, LONGEST_WAIT, Tries, after_try, is_forgotten, left_to_wait, wait_after
from tests.builders import at

NOW = at("2026-12-01 09:00")
SESSION = Session(digest="d" * 64, person="Anna", begun_at=NOW, seen_at=NOW, family="Firefox")
LINK = OneTimeLink(
    digest="d" * 64, purpose="new-password", person="Anna", made_at=NOW, expires_at=NOW + timedelta(days=1)
)


def a_person(name: str, role: Role, **more: object) -> Person:
    return replace(Person(name=name, role=role, added_at=NOW), **more)  # type: ignore[arg-type]  # the fields of a person


@pytest.mark.parametrize("deed", get_args(Deed))
def test_each_role_may_do_what_those_before_it_may(deed: Deed) -> None:
    allowed = [may(role, deed) for role in ROLES]
    assert allowed == sorted(allowed)
    assert ROLES[allowed.index(True)] == lowest(deed)


def test_nobody_but_an_admin_governs_and_everybody_reads() -> None:
    assert [role for role in ROLES if may(role, "govern")] == ["admin"]
    assert all(may(role, "read") for role in ROLES)


@pytest.mark.parametrize("other", ["anna", " ANNA ", "Ａnna", "An\u200bna\n".replace("\u200b", "")])
def test_spellings_of_one_name_are_one(other: str) -> None:
    assert folded(other) == folded("Anna")


@pytest.mark.parametrize("other", ["Anne", "Anna B", "Änna", "Аnna"])
def test_other_names_are_others(other: str) -> None:
    assert folded(other) != folded("Anna")


@given(name=st.text(max_size=80))
def test_folding_a_name_twice_changes_nothing(name: str) -> None:
    assert folded(folded(name)) == folded(name)


def test_a_name_has_a_sign_and_at_most_sixty() -> None:
    wrong = [wrong_name(name) for name in ("", "n" * 61)]
    assert [sentence is not None for sentence in wrong] == [True, True]
    assert wrong_name("n" * 60) is None


@pytest.mark.parametrize(
    ("password", "is_right"),
    [
        ("p" * 11, False),
        ("p" * 12, True),
        ("            ", True),
        ("p" * 1000, True),
        ("p" * 1001, False),
        ("👩‍💻" * 4, True),
    ],
)
def test_of_a_password_only_the_length_counts(password: str, is_right: bool) -> None:
    assert (wrong_password(password) is None) is is_right


@given(password=st.text(min_size=12, max_size=60), other=st.text(min_size=12, max_size=60))
def test_a_password_is_the_same_once_more_or_it_is_wrong(password: str, other: str) -> None:
    is_same = password_kept(password) == password_kept(other)
    assert (wrong_password(password, other) is None) is (is_same and len(password_kept(password)) >= 12)


@pytest.mark.parametrize(
    ("seen_after", "now_after", "alive"),
    [
        (timedelta(0), IDLE - timedelta(seconds=1), True),
        (timedelta(0), IDLE, False),
        (LONGEST_SESSION - timedelta(hours=1), LONGEST_SESSION - timedelta(seconds=1), True),
        (LONGEST_SESSION - timedelta(hours=1), LONGEST_SESSION, False),
    ],
)
def test_a_session_lives_while_it_is_used_and_not_for_ever(
    seen_after: timedelta, now_after: timedelta, alive: bool
) -> None:
    assert is_alive(replace(SESSION, seen_at=NOW + seen_after), NOW + now_after) is alive


def test_what_names_a_session_opens_nothing() -> None:
    assert SESSION.digest.startswith(SESSION.id)
    assert digest_of(SESSION.id) != SESSION.digest


@pytest.mark.parametrize(
    ("link", "now", "usable"),
    [(LINK, NOW, True), (LINK, LINK.expires_at, False), (replace(LINK, used_at=NOW), NOW, False)],
)
def test_a_link_works_once_and_in_time(link: OneTimeLink, now: object, usable: bool) -> None:
    assert is_usable(link, now) is usable  # type: ignore[arg-type]  # an instant


def test_the_last_admin_is_the_only_enabled_one() -> None:
    anna, ben, off = a_person("Anna", "admin"), a_person("Ben", "approver"), a_person("Zoe", "admin", disabled_at=NOW)
    assert is_last_admin("ANNA", [anna, ben, off])
    assert not is_last_admin("Ben", [anna, ben, off])
    assert not is_last_admin("Anna", [anna, replace(off, disabled_at=None)])


def test_waits_double_from_a_second_up_to_a_quarter_of_an_hour() -> None:
    waits = [wait_after(count).total_seconds() for count in range(FREE - 1, FREE + 13)]
    assert waits == [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]


@given(steps=st.lists(st.integers(0, 4000), max_size=40))
def test_who_waits_as_long_as_told_is_let_in_then(steps: list[int]) -> None:
    tries: Tries | None = None
    now = NOW
    for step in steps:
        now += timedelta(seconds=step)
        wait = left_to_wait(tries, now)
        assert timedelta(0) <= wait <= LONGEST_WAIT
        assert left_to_wait(tries, now + wait) == timedelta(0)
        now += wait
        tries = after_try(tries, now)


def test_nobody_gets_more_than_a_hundred_and_twenty_tries_a_day() -> None:
    now, tries, count = NOW, Tries(count=1, last_at=NOW), 1
    while now < NOW + timedelta(days=1):
        now += left_to_wait(tries, now)
        tries, count = after_try(tries, now), count + 1
    assert count <= 120


def test_a_quarter_of_an_hour_after_the_wait_all_is_forgotten() -> None:
    tries = Tries(count=FREE + 3, last_at=NOW)
    assert not is_forgotten(tries, NOW + timedelta(minutes=15))
    assert is_forgotten(tries, tries.next_at + timedelta(minutes=15))
    assert after_try(tries, NOW + timedelta(hours=1)) == Tries(count=1, last_at=NOW + timedelta(hours=1))


def test_a_clock_that_was_set_back_keeps_nobody_out() -> None:
    assert left_to_wait(Tries(count=50, last_at=NOW + timedelta(days=1)), NOW) == timedelta(0)
