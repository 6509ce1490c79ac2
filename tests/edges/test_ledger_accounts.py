"""What every ledger keeps of people: who they are, where they have logged in, and the links by which they begin."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.core.delivery import Decision, person_key
from notifier.core.person import IDLE, LONGEST_SESSION, MOST_DEVICES, OneTimeLink, Person, Session
from notifier.edges.ledger import SqlLedger, open_ledger
from notifier.edges.memory_ledger import MemoryLedger
from notifier.edges.no_ledger import NoLedger
from tests.edges.ledgers import LATER, NOW, Ledger, on_file
from tests.edges.test_ledger_together import THREADS, at_once, printed_by_processes

ANNA = Person(name="Anna", role="admin", added_at=NOW)
BEN = Person(name="Ben", role="sender", added_at=LATER)
DAY = timedelta(days=1)


def a_session(number: int = 1, **changes: object) -> Session:
    session = Session(digest=f"{number:064x}", person="Anna", begun_at=NOW, seen_at=NOW, family="Firefox")
    return replace(session, **changes)  # type: ignore[arg-type]  # the fields of a session


def a_link(number: int = 1, **changes: object) -> OneTimeLink:
    link = OneTimeLink(
        digest=f"{number:064x}", purpose="new-password", person="Anna", made_at=NOW, expires_at=NOW + DAY
    )
    return replace(link, **changes)  # type: ignore[arg-type]  # the fields of a link


def with_anna(ledger: Ledger) -> Ledger:
    """Anna is there, and has set a password."""
    ledger.add_person(ANNA)
    ledger.add_link(a_link(999))
    assert ledger.redeem(a_link(999).digest, "hash", NOW)
    return ledger


def test_a_new_ledger_knows_nobody(ledger: Ledger) -> None:
    assert (ledger.people(), ledger.has_people(), ledger.account("Anna")) == ((), False, None)


def test_people_come_back_as_they_were_in_the_order_in_which_they_were_added(ledger: Ledger) -> None:
    assert ledger.add_person(BEN)
    assert ledger.add_person(replace(ANNA, added_at=NOW.astimezone(ZoneInfo("Asia/Taipei"))))
    assert ledger.people() == (ANNA, BEN)
    assert ledger.people()[0].added_at.tzinfo is UTC
    assert ledger.has_people()


@pytest.mark.parametrize("name", ["Anna", " ANNA ", "anna", "Ａnna"])
def test_nobody_gets_a_name_that_somebody_has(ledger: Ledger, name: str) -> None:
    ledger.add_person(ANNA)
    assert not ledger.add_person(replace(BEN, name=name))
    assert ledger.account(name) == (ANNA, None)


def test_a_person_without_a_zone_is_refused(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        ledger.add_person(replace(ANNA, added_at=datetime(2026, 12, 8, 10)))
    assert ledger.people() == ()


def test_a_role_changes_and_nothing_else(ledger: Ledger) -> None:
    ledger.add_person(ANNA)
    ledger.add_person(BEN)
    assert ledger.change_role("BEN", "approver")
    assert not ledger.change_role("Carl", "viewer")
    assert ledger.people() == (ANNA, replace(BEN, role="approver"))


def test_the_last_admin_stays_one(ledger: Ledger) -> None:
    ledger.add_person(ANNA)
    ledger.add_person(BEN)
    assert not ledger.change_role("Anna", "viewer")
    assert not ledger.disable("Anna", LATER)
    assert ledger.change_role("Anna", "admin")
    assert ledger.people() == (ANNA, BEN)


def test_of_two_admins_one_may_go_and_a_disabled_one_does_not_count(ledger: Ledger) -> None:
    ledger.add_person(ANNA)
    ledger.add_person(replace(BEN, role="admin"))
    assert ledger.disable("Anna", LATER)
    assert not ledger.change_role("Ben", "viewer")
    assert ledger.people()[0] == replace(ANNA, disabled_at=LATER)


def test_who_is_disabled_is_out_at_once_and_for_good(ledger: Ledger) -> None:
    with_anna(ledger).add_person(replace(BEN, role="admin"))
    ledger.begin_session(a_session(), password="hash")
    ledger.add_link(a_link(2))
    assert ledger.disable("anna", LATER)
    assert (ledger.session(a_session().digest), ledger.sessions("Anna"), ledger.link(a_link(2).digest)) == (
        None,
        (),
        None,
    )
    assert not ledger.begin_session(a_session(3), password="hash")
    ledger.add_link(a_link(4))
    assert not ledger.redeem(a_link(4).digest, "other", LATER)
    assert not ledger.disable("Anna", LATER)


def test_who_is_enabled_again_logs_in_with_the_password_of_before(ledger: Ledger) -> None:
    with_anna(ledger).add_person(replace(BEN, role="admin"))
    ledger.disable("Anna", LATER)
    assert ledger.enable("ANNA")
    assert not ledger.enable("Anna")
    assert not ledger.enable("Carl")
    assert ledger.begin_session(a_session(), password="hash")


def test_a_session_comes_back_with_its_person_who_has_logged_in_then(ledger: Ledger) -> None:
    with_anna(ledger)
    assert ledger.begin_session(a_session(person="ANNA", family="Fire\nfox"), password="hash")
    found = ledger.session(a_session().digest)
    assert found == (a_session(family="Fire fox"), replace(ANNA, last_login_at=NOW))
    assert ledger.session("0" * 64) is None


@pytest.mark.parametrize(("person", "password"), [("Anna", "other"), ("Ben", "hash"), ("Carl", "hash")])
def test_no_session_begins_for_another_password_or_without_one(ledger: Ledger, person: str, password: str) -> None:
    with_anna(ledger).add_person(BEN)
    assert not ledger.begin_session(a_session(person=person), password=password)
    assert (ledger.session(a_session().digest), ledger.people()[0].last_login_at) == (None, None)


def test_sessions_come_with_the_last_seen_first_and_end_one_by_one_or_all_but_one(ledger: Ledger) -> None:
    with_anna(ledger)
    for number in (1, 2, 3):
        ledger.begin_session(a_session(number), password="hash")
    ledger.saw_session(a_session(2).digest, LATER.astimezone(ZoneInfo("Asia/Taipei")))
    assert [one.seen_at for one in ledger.sessions("anna")] == [LATER, NOW, NOW]
    assert ledger.end_session(a_session(3).digest)
    assert not ledger.end_session(a_session(3).digest)
    assert ledger.end_sessions("Anna", but=a_session(1).digest) == 1
    assert ledger.sessions("Anna") == (a_session(1),)
    assert ledger.end_sessions("Anna") == 1


def test_a_session_that_is_over_is_not_seen_again(ledger: Ledger) -> None:
    with_anna(ledger)
    ledger.saw_session(a_session().digest, LATER)
    assert ledger.sessions("Anna") == ()


@pytest.mark.parametrize("over", [timedelta(0), timedelta(seconds=-1)])
def test_sessions_that_time_has_ended_are_dropped_when_one_begins(ledger: Ledger, over: timedelta) -> None:
    with_anna(ledger)
    ledger.begin_session(a_session(1, begun_at=NOW - LONGEST_SESSION - over), password="hash")
    ledger.saw_session(a_session(1).digest, NOW)
    ledger.begin_session(a_session(2, begun_at=NOW - DAY / 2, seen_at=NOW - IDLE - over), password="hash")
    ledger.begin_session(a_session(3), password="hash")
    assert len(ledger.sessions("Anna")) == (1 if over == timedelta(0) else 3)


def test_a_password_changes_only_from_the_one_that_is_known(ledger: Ledger) -> None:
    with_anna(ledger)
    assert not ledger.set_password("Anna", "new", instead_of="other")
    assert not ledger.set_password("Ben", "new", instead_of="hash")
    assert ledger.set_password("ANNA", "new", instead_of="hash")
    assert ledger.account("Anna") == (ANNA, "new")


def test_a_link_sets_a_password_once_and_ends_the_sessions_of_before(ledger: Ledger) -> None:
    with_anna(ledger).begin_session(a_session(), password="hash")
    ledger.add_link(a_link(person="ANNA"))
    assert ledger.link(a_link().digest) == a_link()
    assert ledger.redeem(a_link().digest, "new", LATER)
    assert not ledger.redeem(a_link().digest, "newer", LATER)
    assert ledger.account("Anna") == (replace(ANNA, last_login_at=NOW), "new")
    assert (ledger.sessions("Anna"), ledger.link(a_link().digest)) == ((), a_link(used_at=LATER))


def test_who_set_a_password_is_kept_with_it_and_with_nothing_else(ledger: Ledger) -> None:
    with_anna(ledger).add_link(a_link())
    said = Decision(key=person_key("Anna"), act="renew", by="Anna", at=LATER)
    assert ledger.redeem(a_link().digest, "new", LATER, said=said)
    assert not ledger.redeem(a_link().digest, "newer", LATER, said=said)
    assert not ledger.set_password("Anna", "newest", instead_of="other", said=said)
    assert ledger.decided() == (said,)
    assert ledger.set_password("Anna", "newest", instead_of="new", said=said)
    assert ledger.decided() == (said, said)


@pytest.mark.parametrize("at", [NOW + DAY, NOW + 2 * DAY])
def test_a_link_that_is_over_sets_nothing(ledger: Ledger, at: datetime) -> None:
    with_anna(ledger).add_link(a_link())
    assert not ledger.redeem(a_link().digest, "new", at)
    assert not ledger.redeem("0" * 64, "new", NOW)
    assert ledger.account("Anna") == (ANNA, "hash")


def test_a_new_link_takes_the_place_of_the_one_before_and_of_nobody_elses(ledger: Ledger) -> None:
    ledger.add_person(ANNA)
    ledger.add_person(BEN)
    for link in (a_link(1), a_link(2, person="Ben"), a_link(3, person=None, purpose="first-account"), a_link(4)):
        ledger.add_link(link)
    assert [ledger.link(a_link(number).digest) is not None for number in (1, 2, 3, 4)] == [False, True, True, True]
    ledger.add_link(a_link(5, person=None, purpose="first-account"))
    assert [ledger.link(a_link(number).digest) is not None for number in (2, 3, 4, 5)] == [True, False, True, True]


def test_the_first_account_is_made_once_with_its_password(ledger: Ledger) -> None:
    ledger.add_link(a_link(person=None, purpose="first-account"))
    assert not ledger.redeem(a_link().digest, "hash", NOW)
    assert ledger.redeem(a_link().digest, "hash", NOW, newcomer=ANNA)
    assert ledger.account("Anna") == (ANNA, "hash")
    ledger.add_link(a_link(2, person=None, purpose="first-account"))
    assert not ledger.redeem(a_link(2).digest, "hash", NOW, newcomer=BEN)
    assert ledger.people() == (ANNA,)


def test_a_browser_is_known_as_that_of_whoever_logged_in_there(ledger: Ledger) -> None:
    with_anna(ledger).add_person(BEN)
    ledger.note_device("d" * 64, "ANNA", NOW)
    ledger.note_device("d" * 64, "Anna", LATER)
    known = [ledger.knows_device("d" * 64, name) for name in ("anna", "Ben")]
    assert (known, ledger.knows_device("e" * 64, "Anna")) == ([True, False], False)


def test_of_a_persons_browsers_the_last_ones_are_known(ledger: Ledger) -> None:
    with_anna(ledger)
    for number in range(MOST_DEVICES + 2):
        ledger.note_device(f"{number:064x}", "Anna", NOW + timedelta(minutes=number))
    known = [ledger.knows_device(f"{number:064x}", "Anna") for number in range(MOST_DEVICES + 2)]
    assert known == [False, False, *[True] * MOST_DEVICES]


def test_accounts_are_no_news_to_a_tick(ledger: Ledger) -> None:
    before = ledger.version()
    with_anna(ledger).begin_session(a_session(), password="hash")
    assert ledger.version() == before


def test_a_tick_goes_on_with_what_it_holds_after_a_login(url: str) -> None:
    with closing(open_ledger(url)) as ledger:
        with_anna(ledger)
        before = ledger.snapshot()
        ledger.begin_session(a_session(), password="hash")
        assert ledger.snapshot() == before


def test_accounts_outlive_the_program(url: str) -> None:
    with closing(open_ledger(url)) as ledger:
        with_anna(ledger).begin_session(a_session(), password="hash")
    with closing(open_ledger(url)) as again:
        assert again.session(a_session().digest) == (a_session(), replace(ANNA, last_login_at=NOW))


def test_of_threads_that_use_one_link_exactly_one_does(url: str) -> None:
    numbers = iter(range(THREADS))

    def redeemed(one: SqlLedger) -> bool:
        newcomer = replace(ANNA, name=f"Anna {next(numbers)}")
        return one.redeem(a_link().digest, "hash", LATER, newcomer=newcomer)

    with closing(open_ledger(url)) as ledger:
        ledger.add_link(a_link(person=None, purpose="first-account"))
        assert sorted(map(bool, at_once(url, redeemed))) == [False] * (THREADS - 1) + [True]
        assert len(ledger.people()) == 1


def test_of_processes_that_disable_the_last_two_admins_one_fails(url: str) -> None:
    with closing(open_ledger(url)) as ledger:
        ledger.add_person(ANNA)
        ledger.add_person(replace(BEN, role="admin"))
    code = "import os; one = open_ledger(URL); print(one.disable(['Anna', 'Ben'][os.getpid() % 2], NOW) and 'done')"
    printed_by_processes(code, url)
    with closing(open_ledger(url)) as again:
        assert sum(one.disabled_at is None for one in again.people()) == 1


def test_two_accounts_of_one_name_are_refused(tmp_path: Path) -> None:
    with closing(on_file(tmp_path)) as ledger, closing(sqlite3.connect(tmp_path / "ledger.db")) as database:
        ledger.add_person(ANNA)
        with pytest.raises(sqlite3.IntegrityError, match=r"accounts\.folded"):
            database.execute("INSERT INTO accounts SELECT * FROM accounts")


def test_without_a_ledger_there_is_nobody() -> None:
    ledger = NoLedger()
    ledger.add_link(a_link())
    ledger.saw_session("d", NOW)
    ledger.note_device("d", "Anna", NOW)
    done = [
        ledger.add_person(ANNA), ledger.change_role("Anna", "admin"), ledger.disable("Anna", NOW), ledger.enable("Anna"),
        ledger.set_password("Anna", "new", instead_of="old"), ledger.begin_session(a_session(), password="p"),
        ledger.end_session("d"), ledger.redeem("d", "p", NOW), ledger.knows_device("d", "Anna"), ledger.has_people(),
    ]  # fmt: skip
    found = [ledger.people(), ledger.account("Anna"), ledger.session("d"), ledger.sessions("Anna"), ledger.link("d")]
    assert (any(done), any(found), ledger.end_sessions("Anna")) == (False, False, 0)


names = st.sampled_from(["Anna", "ANNA", "Ben", "Carl"])
acts = st.lists(
    st.one_of(
        st.tuples(st.just("add"), names, st.sampled_from(["viewer", "admin"])),
        st.tuples(st.just("role"), names, st.sampled_from(["viewer", "admin"])),
        st.tuples(st.sampled_from(["disable", "enable", "link", "redeem", "begin", "end all"]), names, st.just("")),
    ),
    max_size=25,
)


def done(ledger: Ledger, act: str, name: str, role: str, *, number: int, linked: int) -> object:
    """What the ledger answers to one act. `linked` is the number of the act that made the last link of anybody."""
    at, digest = NOW + timedelta(minutes=number), f"{number:064x}"
    match act:
        case "add":
            return ledger.add_person(Person(name=name, role=role, added_at=at))  # type: ignore[arg-type]  # a role
        case "role":
            return ledger.change_role(name, role)  # type: ignore[arg-type]  # a role
        case "disable":
            return ledger.disable(name, at)
        case "enable":
            return ledger.enable(name)
        case "link" if ledger.account(name) is not None:
            return ledger.add_link(a_link(number, person=name, expires_at=at + DAY))
        case "redeem":
            return ledger.redeem(a_link(linked).digest, f"hash {name.casefold()}", at)
        case "begin":
            session = a_session(person=name, digest=digest, begun_at=at, seen_at=at)
            return ledger.begin_session(session, password=f"hash {name.casefold()}")
        case _:
            return ledger.end_sessions(name)


@settings(max_examples=50)
@given(acts=acts)
def test_every_ledger_keeps_accounts_alike(acts: list[tuple[str, str, str]]) -> None:
    with closing(open_ledger("sqlite://")) as ledger:
        dictionaries = MemoryLedger()
        linked = 0
        for number, (act, name, role) in enumerate(acts):
            linked = number if act == "link" else linked
            answers = [done(one, act, name, role, number=number, linked=linked) for one in (ledger, dictionaries)]
            assert answers[0] == answers[1]
        assert ledger.people() == dictionaries.people()
        for name in ("Anna", "Ben", "Carl"):
            assert ledger.sessions(name) == dictionaries.sessions(name)
            assert ledger.account(name) == dictionaries.account(name)
        admins = [one for one in ledger.people() if one.role == "admin"]
        assert not admins or any(one.disabled_at is None for one in admins)
