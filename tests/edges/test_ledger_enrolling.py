"""Who is to get a delivery is read while it is written down: all of it in one transaction, and never all of it in memory."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from notifier.core.recipient import Member, Recipient, Tally, digest_of
from notifier.edges.ledger import SqlLedger, open_ledger
from notifier.edges.memory_ledger import MemoryLedger
from notifier.edges.smtp.giving import Giving
from notifier.edges.smtp.pace import Pace
from tests.edges.each import AT, AUDIENCE, DELIVERY, MESSAGE, Each, some_members
from tests.edges.each import KEY as ITS_KEY
from tests.edges.ledgers import LATER, NOW, Ledger, on_file
from tests.edges.test_ledger_recipients import KEY, a_recipient, enrolled, numbers

#: More than are read, or written, at once.
MANY = 2_345


def recipients_of(ledger: Ledger) -> Iterator[Recipient]:
    for number, one in enumerate(ledger.each_member("choir")):
        yield Recipient(number=number, digest=digest_of("choir", one.address), address=one.address, name=one.name)


def test_each_member_comes_in_the_order_of_all(ledger: Ledger) -> None:
    ledger.put_members("choir", some_members(MANY), NOW)
    ledger.leave("choir", digest_of("choir", "reader7@example.org"), NOW, why="")
    assert tuple(ledger.each_member("choir")) == ledger.members("choir")
    assert len(ledger.members("choir")) == MANY - 1


def test_members_are_enrolled_while_they_are_read(ledger: Ledger) -> None:
    ledger.put_members("choir", some_members(MANY), NOW)
    assert ledger.enrol(KEY, recipients_of(ledger), NOW)
    assert ledger.tally(KEY) == Tally(waiting=MANY)
    assert [one.address for one in ledger.recipients(KEY)] == [one.address for one in ledger.members("choir")]


def test_of_a_list_that_fails_half_way_nothing_is_written(ledger: Ledger) -> None:
    people = enrolled(ledger, 3)

    def broken() -> Iterator[Recipient]:
        yield from (a_recipient(number) for number in range(MANY))
        yield a_recipient(MANY, status="taken")

    with pytest.raises(ValueError, match="can be enrolled"):
        ledger.enrol(KEY, broken(), LATER)
    assert ledger.recipients(KEY) == tuple(people)


@pytest.mark.parametrize("again", [0, MANY - 1], ids=["long after", "next to each other"])
def test_somebody_who_comes_twice_is_enrolled_nowhere(ledger: Ledger, again: int) -> None:
    people = [*map(a_recipient, range(MANY)), a_recipient(MANY, digest=a_recipient(again).digest)]
    with pytest.raises(ValueError, match="one delivery twice") as caught:
        ledger.enrol(KEY, iter(people), NOW)
    assert (ledger.recipients(KEY), caught.value.__suppress_context__) == ((), isinstance(ledger, SqlLedger))


def test_who_does_not_come_by_number_is_not_enrolled(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="do not come by number"):
        ledger.enrol(KEY, [a_recipient(2), a_recipient(1)], NOW)
    assert ledger.recipients(KEY) == ()


def test_where_one_was_claimed_nobody_is_read(ledger: Ledger) -> None:
    enrolled(ledger)
    numbers(ledger, 1)
    given = iter([a_recipient(9)])
    assert not ledger.enrol(KEY, given, LATER)
    assert next(given) == a_recipient(9)


def test_who_is_put_there_meanwhile_waits_and_the_list_is_of_one_moment(url: str) -> None:
    with closing(open_ledger(url)) as ledger, closing(open_ledger(url, busy_timeout=0.1)) as other:
        ledger.put_members("choir", some_members(MANY), NOW)
        tried: list[Exception] = []

        def interrupted() -> Iterator[Recipient]:
            for one in recipients_of(ledger):
                if one.number == MANY // 2:
                    try:
                        other.put_members("choir", [Member(address="kim@example.org")], LATER)
                    except Exception as error:  # noqa: BLE001 - each database says it in its own words
                        tried.append(error)
                yield one

        assert ledger.enrol(KEY, interrupted(), NOW)
        assert (len(tried), ledger.tally(KEY).total, len(other.members("choir"))) == (1, MANY, MANY)
        other.put_members("choir", [Member(address="kim@example.org")], LATER)
        assert len(ledger.members("choir")) == 1


def test_enrolling_many_holds_few_of_them(tmp_path: Path) -> None:
    with closing(on_file(tmp_path)) as ledger:
        ledger.put_members(AUDIENCE.name, some_members(30_000), NOW)
        provider = Each(1, tmp_path / "spool", ledger=ledger).provider()
        assert provider.each is not None
        provider.each.read_members = ledger.each_member
        tracemalloc.start()
        try:
            provider.draft(DELIVERY, MESSAGE, AUDIENCE, AT)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert ledger.tally(ITS_KEY) == Tally(waiting=30_000)
        # With all members in one list it is nine, with all recipients in one twelve.
        assert peak < 6_000_000


def test_however_many_wait_all_are_given_up(ledger: Ledger) -> None:
    if isinstance(ledger, MemoryLedger):
        people = [a_recipient(number, retry_at=LATER if number % 2 else None) for number in range(12_345)]
    else:
        people = [a_recipient(number, retry_at=LATER if number else None) for number in range(3)]
    ledger.enrol(KEY, people, NOW)
    ledger.claim(KEY, 1, claim="another", at=NOW)
    Giving(ledger=ledger, key=KEY, claim="w1", at=NOW - timedelta(hours=1), pace=Pace(None)).give_up()
    assert ledger.tally(KEY) == Tally(claimed=1, refused=len(people) - 1)
