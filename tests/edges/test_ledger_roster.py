"""What every ledger keeps of the people of an audience: who belongs to it, and who has left."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.recipient import Member, Recipient, digest_of, plain_address
from notifier.edges.ledger import open_ledger
from notifier.edges.memory_ledger import MemoryLedger
from notifier.edges.no_ledger import NoLedger
from tests.edges.ledgers import LATER, NOW, Ledger
from tests.edges.test_ledger_together import printed_by_processes

ROBIN = Member(address="Robin@example.org", name="Robin 👩‍💻", timezone="Asia/Taipei", tags=("Volunteers", "Chœur"))
KIM, SASHA = Member(address="kim@example.org"), Member(address="sasha@example.org", name='Sasha "S" O\'Neil')
ROBINS = digest_of("choir", "robin@example.org")


def test_a_new_ledger_knows_no_people(ledger: Ledger) -> None:
    assert (ledger.members("choir"), ledger.last_put("choir"), ledger.left("choir")) == ((), None, {})


def test_members_come_back_as_they_were_and_in_their_order(ledger: Ledger) -> None:
    ledger.put_members("choir", [SASHA, ROBIN, KIM], NOW)
    assert ledger.members("choir") == (SASHA, ROBIN, KIM)


def test_whoever_is_put_there_replaces_those_before(ledger: Ledger) -> None:
    ledger.put_members("choir", [ROBIN, KIM], NOW)
    ledger.put_members("choir", [SASHA, replace(KIM, name="Kim")], LATER)
    assert ledger.members("choir") == (SASHA, replace(KIM, name="Kim"))


def test_audiences_have_their_own_members(ledger: Ledger) -> None:
    ledger.put_members("choir", [ROBIN], NOW)
    ledger.put_members("board", [KIM], NOW)
    ledger.put_members("choir", [], NOW)
    assert (ledger.members("choir"), ledger.members("board")) == ((), (KIM,))


def test_of_two_spellings_of_one_address_the_last_counts_in_its_place(ledger: Ledger) -> None:
    ledger.put_members("choir", [ROBIN, KIM, replace(ROBIN, address=" ROBIN@example.ORG")], NOW)
    assert ledger.members("choir") == (KIM, replace(ROBIN, address=" ROBIN@example.ORG"))


def test_when_members_were_last_put_there_is_known_in_utc(ledger: Ledger) -> None:
    ledger.put_members("choir", [ROBIN], NOW)
    ledger.put_members("choir", [ROBIN], LATER.astimezone(ZoneInfo("Asia/Taipei")))
    put = ledger.last_put("choir")
    assert put == LATER
    assert put.tzinfo is UTC


def test_who_has_left_is_no_member_however_often_they_are_put_there(ledger: Ledger) -> None:
    ledger.put_members("choir", [ROBIN, KIM], NOW)
    assert ledger.leave("choir", ROBINS, NOW, why="link")
    ledger.put_members("choir", [replace(ROBIN, address="ROBIN@EXAMPLE.ORG"), KIM], LATER)
    assert ledger.members("choir") == (KIM,)


def test_who_has_left_one_audience_is_still_in_another(ledger: Ledger) -> None:
    for name in ("choir", "board"):
        ledger.put_members(name, [ROBIN], NOW)
    ledger.leave("choir", ROBINS, NOW, why="link")
    assert (ledger.members("choir"), ledger.members("board")) == ((), (ROBIN,))


def test_when_and_why_somebody_left_is_kept_as_they_first_did(ledger: Ledger) -> None:
    assert ledger.leave("choir", ROBINS, NOW.astimezone(ZoneInfo("Asia/Taipei")), why="link")
    assert not ledger.leave("choir", ROBINS, LATER, why="Anna")
    assert ledger.left("choir") == {ROBINS: (NOW, "link")}


def test_who_left_is_told_in_the_order_in_which_they_did(ledger: Ledger) -> None:
    for number in (2, 1, 3):
        ledger.leave("choir", f"{number:032}", NOW + timedelta(minutes=number), why="")
    assert [int(digest) for digest in ledger.left("choir")] == [1, 2, 3]


def test_somebody_can_leave_who_is_in_no_table(ledger: Ledger) -> None:
    assert ledger.leave("choir", ROBINS, NOW, why="link")
    assert (ledger.members("choir"), set(ledger.left("choir"))) == ((), {ROBINS})


def test_who_comes_back_is_a_member_as_before(ledger: Ledger) -> None:
    ledger.put_members("choir", [ROBIN, KIM], NOW)
    ledger.leave("choir", ROBINS, NOW, why="link")
    assert ledger.come_back("choir", ROBINS)
    assert not ledger.come_back("choir", ROBINS)
    assert (ledger.members("choir"), ledger.left("choir")) == ((ROBIN, KIM), {})


def test_an_erased_address_stands_nowhere_and_stays_away(ledger: Ledger) -> None:
    ledger.put_members("choir", [ROBIN, KIM], NOW)
    ledger.put_members("board", [ROBIN], NOW)
    ledger.leave("choir", ROBINS, NOW, why="link")
    assert ledger.erase("ROBIN@example.org ", ["choir", "board", "choir"]) == 2
    ledger.come_back("choir", ROBINS)
    assert (ledger.members("choir"), ledger.members("board")) == ((KIM,), ())
    assert ledger.erase("robin@example.org", ["choir", "board"]) == 0


def test_an_address_is_erased_from_audiences_too_that_nobody_names_any_more(ledger: Ledger) -> None:
    ledger.put_members("of-old", [replace(ROBIN, address=" ROBIN@example.org"), KIM], NOW)
    ledger.enrol("k", [Recipient(number=0, digest=digest_of("of-old", ROBIN.address), address=ROBIN.address)], NOW)
    assert ledger.erase("robin@Example.org", []) == 2
    assert (ledger.members("of-old"), ledger.recipients("k")[0].address) == ((KIM,), "")


def test_erasing_takes_back_no_departure(ledger: Ledger) -> None:
    ledger.leave("choir", ROBINS, NOW, why="link")
    ledger.erase(ROBIN.address, ["choir"])
    assert set(ledger.left("choir")) == {ROBINS}


def test_people_are_no_news_to_a_tick(ledger: Ledger) -> None:
    before = ledger.version()
    ledger.put_members("choir", [ROBIN], NOW)
    ledger.leave("choir", ROBINS, NOW, why="")
    ledger.enrol("k", [Recipient(number=0, digest=ROBINS, address=ROBIN.address)], NOW)
    ledger.claim("k", 1, claim="c", at=NOW)
    assert ledger.version() == before


def test_a_time_without_a_zone_is_refused(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        ledger.put_members("choir", [ROBIN], datetime(2026, 12, 8, 10))
    with pytest.raises(ValueError, match="has no time zone"):
        ledger.leave("choir", ROBINS, datetime(2026, 12, 8, 10), why="")
    assert (ledger.members("choir"), ledger.left("choir")) == ((), {})


def test_people_outlive_the_program(url: str) -> None:
    with closing(open_ledger(url)) as ledger:
        ledger.put_members("choir", [ROBIN, KIM], NOW)
        ledger.leave("choir", ROBINS, NOW, why="link")
    with closing(open_ledger(url)) as again:
        assert (again.members("choir"), again.left("choir")) == ((KIM,), {ROBINS: (NOW, "link")})


def test_of_processes_that_let_one_person_leave_exactly_one_does(url: str) -> None:
    with closing(open_ledger(url)):
        code = f"print(open_ledger(URL).leave('choir', {ROBINS!r}, NOW, why=''))"
        assert printed_by_processes(code, url) == ["False", "True"]


def test_where_there_is_no_ledger_there_is_nobody() -> None:
    ledger = NoLedger()
    ledger.put_members("choir", [ROBIN], NOW)
    assert [ledger.leave("choir", ROBINS, NOW, why=""), ledger.come_back("choir", ROBINS)] == [False, False]
    assert (ledger.members("choir"), ledger.last_put("choir"), ledger.left("choir")) == ((), None, {})
    assert ledger.erase(ROBIN.address, ["choir"]) == 0


texts = st.text(max_size=8)
people = st.lists(
    st.builds(
        Member,
        address=st.sampled_from(["a@example.org", "A@example.org ", "b@example.org"]) | texts,
        name=texts,
        timezone=st.none() | texts,
        tags=st.lists(texts, max_size=2).map(tuple),
    ),
    max_size=6,
)


@given(lists=st.lists(people, max_size=3), gone=texts, erased=texts)
def test_every_ledger_keeps_the_same_people_whatever_they_are_called(
    lists: Sequence[Sequence[Member]], gone: str, erased: str
) -> None:
    with closing(open_ledger("sqlite://")) as ledger:
        ledgers: tuple[Ledger, Ledger] = (ledger, MemoryLedger())
        for one in ledgers:
            for members in lists:
                one.put_members("choir", members, NOW)
            one.leave("choir", digest_of("choir", gone), NOW, why=gone)
        assert ledger.erase(erased, ["choir"]) == ledgers[1].erase(erased, ["choir"])
        assert ledger.members("choir") == ledgers[1].members("choir")
        assert ledger.left("choir") == ledgers[1].left("choir")
        assert all(plain_address(one.address) != plain_address(erased) for one in ledger.members("choir"))
