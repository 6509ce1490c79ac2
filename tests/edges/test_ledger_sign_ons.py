"""What every ledger keeps of who may log in by OpenID Connect."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC
from threading import get_ident
from zoneinfo import ZoneInfo

import pytest

from notifier.core.delivery import Act, Decision, person_key
from notifier.core.person import Person, Session
from notifier.core.sign_on import SignOn
from notifier.edges.ledger import open_ledger
from notifier.edges.no_ledger import NoLedger
from tests.edges.ledgers import LATER, NOW, Ledger
from tests.edges.test_ledger_together import THREADS, at_once

ANNA = Person(name="Anna", role="admin", added_at=NOW)
BEN = Person(name="Ben", role="sender", added_at=LATER)
LET_IN = SignOn(person="Anna", made_at=NOW, address="anna@example.org")
ACTS: tuple[Act, Act] = ("admit", "dismiss")
ISSUER, ADDRESS = "https://accounts.example.org", "anna@example.org"
SESSION = Session(digest="0" * 64, person="Anna", begun_at=NOW, seen_at=NOW, family="Firefox")


@pytest.fixture
def staffed(ledger: Ledger) -> Ledger:
    ledger.add_person(ANNA)
    ledger.add_person(BEN)
    return ledger


def test_who_is_let_in_comes_back_as_they_were(staffed: Ledger) -> None:
    made_at = NOW.astimezone(ZoneInfo("Asia/Taipei"))
    assert staffed.admit(replace(LET_IN, person=" ANNA", address=" Anna@Example.org", made_at=made_at))
    assert staffed.sign_ons() == (LET_IN,)
    assert staffed.sign_ons()[0].made_at.tzinfo is UTC


def test_an_account_becomes_theirs_by_the_address_and_counts_alone_from_then_on(staffed: Ledger) -> None:
    staffed.admit(LET_IN)
    assert staffed.recognised(ISSUER, "4711", "ANNA@example.org") == ANNA
    assert staffed.sign_ons() == (replace(LET_IN, address=None, issuer=ISSUER, subject="4711"),)
    assert staffed.recognised(ISSUER, "4711", None) == ANNA
    assert staffed.recognised(ISSUER, "4712", ADDRESS) is None
    assert staffed.recognised("https://evil.example.com", "4711", ADDRESS) is None


@pytest.mark.parametrize("address", [None, "", "ben@example.org"])
def test_nobody_comes_in_whom_nobody_let_in(staffed: Ledger, address: str | None) -> None:
    staffed.admit(LET_IN)
    assert staffed.recognised(ISSUER, "4711", address) is None
    assert staffed.sign_ons() == (LET_IN,)


def test_an_account_that_is_somebodys_is_never_taken_for_another(staffed: Ledger) -> None:
    staffed.admit(LET_IN)
    staffed.recognised(ISSUER, "4711", ADDRESS)
    staffed.admit(SignOn(person="Ben", made_at=LATER, address=ADDRESS))
    assert staffed.recognised(ISSUER, "4711", ADDRESS) == ANNA
    assert staffed.recognised(ISSUER, "4712", ADDRESS) == BEN


def test_one_address_leads_to_one_person(staffed: Ledger) -> None:
    assert staffed.admit(LET_IN)
    assert not staffed.admit(SignOn(person="Ben", made_at=LATER, address="Anna@example.org"))
    assert staffed.admit(replace(LET_IN, made_at=LATER))
    assert staffed.sign_ons() == (replace(LET_IN, made_at=LATER),)


def test_nobody_and_the_disabled_are_not_let_in(staffed: Ledger) -> None:
    assert not staffed.admit(replace(LET_IN, person="Carl"))
    staffed.admit(SignOn(person="Ben", made_at=NOW, address="ben@example.org"))
    staffed.disable("Ben", LATER)
    assert staffed.recognised(ISSUER, "1", "ben@example.org") is None
    assert not staffed.admit(SignOn(person="Ben", made_at=LATER, address="b@example.org"))
    assert staffed.enable("Ben")
    assert staffed.recognised(ISSUER, "1", "ben@example.org") == BEN


def test_a_session_begins_only_for_whose_account_it_is(staffed: Ledger) -> None:
    staffed.admit(LET_IN)
    assert not staffed.begin_signed_on(SESSION, issuer=ISSUER, subject="4711")
    staffed.recognised(ISSUER, "4711", ADDRESS)
    assert not staffed.begin_signed_on(replace(SESSION, person="Ben"), issuer=ISSUER, subject="4711")
    assert not staffed.begin_signed_on(SESSION, issuer=ISSUER, subject="4712")
    assert staffed.begin_signed_on(SESSION, issuer=ISSUER, subject="4711")
    found = staffed.session(SESSION.digest)
    assert found == (SESSION, replace(ANNA, last_login_at=NOW))


def test_none_begins_once_they_are_disabled_or_their_way_in_is_taken_back(staffed: Ledger) -> None:
    staffed.change_role("Ben", "admin")
    staffed.admit(LET_IN)
    staffed.recognised(ISSUER, "4711", ADDRESS)
    staffed.disable("Anna", LATER)
    assert not staffed.begin_signed_on(SESSION, issuer=ISSUER, subject="4711")
    staffed.enable("Anna")
    assert staffed.dismiss("ANNA")
    assert not staffed.dismiss("Anna")
    assert not staffed.begin_signed_on(SESSION, issuer=ISSUER, subject="4711")
    assert (staffed.sign_ons(), staffed.recognised(ISSUER, "4711", ADDRESS)) == ((), None)


def test_who_let_them_in_and_who_took_it_back_is_kept_with_it_and_with_nothing_else(staffed: Ledger) -> None:
    before = staffed.snapshot()
    admitted, dismissed = (Decision(key=person_key("Anna"), act=act, by="Kim", at=LATER) for act in ACTS)
    assert staffed.admit(LET_IN, said=admitted)
    assert not staffed.admit(SignOn(person="Ben", made_at=LATER, address=ADDRESS), said=admitted)
    assert not staffed.admit(replace(LET_IN, person="Carl"), said=admitted)
    assert staffed.dismiss("Anna", said=dismissed)
    assert not staffed.dismiss("Anna", said=dismissed)
    assert staffed.decided() == (admitted, dismissed)
    assert staffed.snapshot() == before


def test_whose_way_in_is_taken_back_is_logged_out_with_it_and_nobody_else(staffed: Ledger) -> None:
    for person in ("Anna", "Ben"):
        staffed.admit(SignOn(person=person, made_at=NOW, address=f"{person}@example.org"))
        staffed.recognised(ISSUER, person, f"{person}@example.org")
        session = replace(SESSION, person=person, digest=person.ljust(64))
        assert staffed.begin_signed_on(session, issuer=ISSUER, subject=person)
    assert staffed.dismiss("anna")
    assert [len(staffed.sessions(person)) for person in ("Anna", "Ben")] == [0, 1]
    assert not staffed.dismiss("Anna")


def test_two_accounts_with_one_address_at_the_same_moment_are_one(url: str) -> None:
    with closing(open_ledger(url)) as ledger:
        ledger.add_person(ANNA)
        ledger.admit(LET_IN)
        found = at_once(url, lambda own: own.recognised(ISSUER, str(get_ident()), ADDRESS))
        assert (len(found), [one for one in found if one is not None]) == (THREADS, [ANNA])


def test_without_a_ledger_nobody_comes_in() -> None:
    none = NoLedger()
    assert (none.sign_ons(), none.admit(LET_IN), none.dismiss("Anna")) == ((), False, False)
    assert none.recognised(ISSUER, "4711", ADDRESS) is None
    assert not none.begin_signed_on(SESSION, issuer=ISSUER, subject="4711")
