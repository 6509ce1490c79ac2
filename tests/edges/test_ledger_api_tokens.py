"""What every ledger keeps of the ways in of other programs."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest

from notifier.core.api_token import ApiToken
from notifier.core.delivery import Act, Decision, api_token_key
from notifier.core.person import Person
from notifier.edges.ledger import open_ledger
from tests.edges.ledgers import LATER, NOW, Ledger
from tests.edges.test_ledger_together import THREADS, at_once

ANNA = Person(name="Anna", role="admin", added_at=NOW)
BEN = Person(name="Ben", role="sender", added_at=LATER)
ACTS: tuple[Act, Act] = ("issue", "end")


def a_token(number: int = 1, **changes: object) -> ApiToken:
    token = ApiToken(
        digest=f"{number:064x}", name=f"deploy {number}", role="sender", person="Anna", made_at=NOW,
        expires_at=NOW + timedelta(days=90),
    )  # fmt: skip
    return replace(token, **changes)  # type: ignore[arg-type]  # the fields of a token


@pytest.fixture
def staffed(ledger: Ledger) -> Ledger:
    ledger.add_person(ANNA)
    ledger.add_person(BEN)
    return ledger


def test_a_token_comes_back_as_it_was_with_who_made_it(staffed: Ledger) -> None:
    made_at = NOW.astimezone(ZoneInfo("Asia/Taipei"))
    assert staffed.add_api_token(a_token(person=" ANNA ", name="deploy\n1", made_at=made_at))
    assert staffed.api_token(a_token().digest) == (a_token(), ANNA)
    assert staffed.api_tokens() == (a_token(),)
    assert staffed.api_tokens()[0].made_at.tzinfo is UTC


def test_a_token_that_nobody_made_opens_nothing(staffed: Ledger) -> None:
    staffed.add_api_token(a_token())
    assert staffed.api_token("f" * 64) is None
    assert staffed.api_token("") is None


def test_of_one_name_there_is_one_that_is_not_revoked(staffed: Ledger) -> None:
    assert staffed.add_api_token(a_token())
    assert not staffed.add_api_token(a_token(2, name="Deploy 1", person="Ben"))
    assert staffed.revoke_api_token("DEPLOY 1", LATER)
    assert staffed.add_api_token(a_token(2, name="Deploy 1", person="Ben", made_at=LATER))
    assert [one.revoked_at for one in staffed.api_tokens()] == [LATER, None]


@pytest.mark.parametrize("person", ["Carl", "Ben"])
def test_nobody_makes_one_who_has_no_account_or_a_disabled_one(staffed: Ledger, person: str) -> None:
    staffed.disable("Ben", LATER)
    assert not staffed.add_api_token(a_token(person=person))
    assert staffed.api_tokens() == ()


def test_it_is_revoked_once_and_stays_known(staffed: Ledger) -> None:
    staffed.add_api_token(a_token())
    assert staffed.revoke_api_token("deploy 1", LATER)
    assert not staffed.revoke_api_token("deploy 1", LATER + timedelta(hours=1))
    assert not staffed.revoke_api_token("another", LATER)
    assert staffed.api_token(a_token().digest) == (a_token(revoked_at=LATER), ANNA)


def test_whoever_is_disabled_takes_their_tokens_along_for_good(staffed: Ledger) -> None:
    staffed.add_api_token(a_token())
    staffed.add_api_token(a_token(2, person="Ben"))
    staffed.disable("ben", LATER)
    staffed.enable("Ben")
    assert [one.revoked_at for one in staffed.api_tokens()] == [None, LATER]


def test_who_made_and_who_ended_it_is_kept_with_it_and_with_nothing_else(staffed: Ledger) -> None:
    before = staffed.snapshot()
    made, ended = (Decision(key=api_token_key("deploy 1"), act=act, by="Kim", at=LATER) for act in ACTS)
    assert staffed.add_api_token(a_token(), said=made)
    assert not staffed.add_api_token(a_token(2, name="deploy 1"), said=made)
    assert not staffed.add_api_token(a_token(3, person="Carl"), said=made)
    assert staffed.revoke_api_token("deploy 1", LATER, said=ended)
    assert not staffed.revoke_api_token("deploy 1", LATER, said=ended)
    assert staffed.decided() == (made, ended)
    assert staffed.snapshot() == before


def test_the_day_of_its_last_use_is_noted(staffed: Ledger) -> None:
    staffed.add_api_token(a_token())
    staffed.used_api_token(a_token().digest, NOW.date())
    staffed.used_api_token("f" * 64, NOW.date())
    assert staffed.api_tokens() == (a_token(used_on=NOW.date()),)


def test_times_without_a_zone_are_refused(staffed: Ledger) -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        staffed.add_api_token(a_token(expires_at=datetime(2026, 12, 8, 10)))
    assert staffed.api_tokens() == ()


def test_of_many_that_add_one_name_at_once_one_succeeds(url: str) -> None:
    with closing(open_ledger(url)) as ledger:
        ledger.add_person(ANNA)
    numbers = count(1)
    added = at_once(url, lambda ledger: ledger.add_api_token(a_token(next(numbers), name="deploy")))
    assert sorted(map(bool, added)) == [False] * (THREADS - 1) + [True]
