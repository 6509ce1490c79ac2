"""Claims under stress: by any sequence of acts, by threads and processes at once, by one that is killed, and of a million."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from notifier.core.recipient import Recipient, Result, Tally, digest_of
from notifier.edges.ledger import SqlLedger, open_ledger
from notifier.edges.ledger.recipients import claiming, counted, waiting_rows
from notifier.edges.memory_ledger import MemoryLedger
from tests.builders import a_delivery
from tests.edges.ledgers import LATER, NOW, Ledger, on_file
from tests.edges.test_ledger_recipients import KEY, a_recipient, a_result, concluded, enrolled, numbers
from tests.edges.test_ledger_together import PLAN, THREADS, at_once, printed_by_processes, started
from tests.postgres import shared

_CLAIMS = st.sampled_from(["w1", "w2"])
_NUMBERS = st.integers(0, 5)
_TIMES = st.integers(0, 3).map(lambda hours: NOW + timedelta(hours=hours))
_RESULTS = st.builds(
    Result,
    number=_NUMBERS,
    status=st.sampled_from(["waiting", "taken", "refused", "unknown"]),
    said=st.sampled_from(["", "250 ok"]),
    retry_at=st.none() | _TIMES,
)


class Recipients(RuleBasedStateMachine):
    """Two ledgers that are told the same, and what may never happen to either."""

    def opened(self) -> SqlLedger:
        return open_ledger("sqlite://")

    @initialize()
    def begin(self) -> None:
        self.sql, self.dictionaries = self.opened(), MemoryLedger()
        self.held: dict[int, str] = {}
        self.was_claimed = False

    def teardown(self) -> None:
        self.sql.close()

    def both(self) -> tuple[Ledger, Ledger]:
        return self.sql, self.dictionaries

    @rule(people=st.lists(_NUMBERS, max_size=6, unique=True), at=_TIMES, retry_at=st.none() | _TIMES)
    def enrol(self, people: list[int], at: datetime, retry_at: datetime | None) -> None:
        given = [a_recipient(number, retry_at=retry_at) for number in sorted(people)]
        took = [ledger.enrol(KEY, given, at) for ledger in self.both()]
        assert took == [not self.was_claimed] * 2

    @rule(claim=_CLAIMS, most=st.integers(0, 4), at=_TIMES)
    def claim(self, claim: str, most: int, at: datetime) -> None:
        before = {one.number: one for one in self.sql.recipients(KEY)}
        taken, same = (ledger.claim(KEY, most, claim=claim, at=at) for ledger in self.both())
        assert taken == same
        assert all(one.number not in self.held for one in taken)
        assert all(before[one.number].status == "waiting" and one.address for one in taken)
        self.held |= {one.number: claim for one in taken}
        self.was_claimed = self.was_claimed or bool(taken)

    @rule(claim=st.none() | _CLAIMS, results=st.lists(_RESULTS, max_size=4), at=_TIMES)
    def conclude(self, claim: str | None, results: list[Result], at: datetime) -> None:
        mine = {one.number for one in results if claim in (None, self.held.get(one.number))}
        took, same = (ledger.conclude(KEY, results, claim=claim, at=at) for ledger in self.both())
        assert took == same == len(mine & self.held.keys())
        last = {one.number: one.status for one in results}
        self.held = {one: who for one, who in self.held.items() if one not in mine or last[one] == "unknown"}

    @rule(number=_NUMBERS)
    def erase(self, number: int) -> None:
        took, same = (ledger.erase(a_recipient(number).address, ["choir"]) for ledger in self.both())
        assert took == same

    @rule(before=_TIMES)
    def erase_old(self, before: datetime) -> None:
        took, same = (ledger.erase_recipients(before) for ledger in self.both())
        assert took == same

    @invariant()
    def who_is_held_is_held_until_concluded(self) -> None:
        kept = self.sql.recipients(KEY) if hasattr(self, "sql") else ()
        assert {one.number: one.claim for one in kept if one.status in ("claimed", "unknown")} == getattr(
            self, "held", {}
        )

    @invariant()
    def both_keep_the_same(self) -> None:
        if hasattr(self, "sql"):
            assert self.sql.recipients(KEY) == self.dictionaries.recipients(KEY)
            assert self.sql.tally(KEY) == self.dictionaries.tally(KEY)
            assert self.sql.tally(KEY).total == len(self.sql.recipients(KEY))


class RecipientsAtAServer(Recipients):
    """The same in a PostgreSQL."""

    def opened(self) -> SqlLedger:
        self.url = shared().database()
        return open_ledger(self.url)

    def teardown(self) -> None:
        super().teardown()
        shared().drop(self.url)


TestRecipients = Recipients.TestCase
TestRecipientsAtAServer = RecipientsAtAServer.TestCase
TestRecipients.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestRecipientsAtAServer.settings = settings(max_examples=30, stateful_step_count=25, deadline=None)


def test_threads_that_claim_at_once_never_get_the_same_one(url: str) -> None:
    def all_of_them(ledger: SqlLedger) -> list[int]:
        found: list[int] = []
        while some := numbers(ledger, 3):
            found += some
        return found

    with closing(open_ledger(url)) as ledger:
        enrolled(ledger, 60)
        claimed = at_once(url, all_of_them)
        assert sorted(number for some in claimed if isinstance(some, list) for number in some) == list(range(60))
        assert {one.attempts for one in ledger.recipients(KEY)} == {1}


def test_threads_on_one_opened_ledger_conclude_each_their_own(url: str) -> None:
    with closing(open_ledger(url)) as ledger:
        enrolled(ledger, 40)

        def work(one: SqlLedger) -> int:
            name = str(id(one))
            done = 0
            while some := one.claim(KEY, 3, claim=name, at=NOW):
                done += one.conclude(KEY, [a_result(who.number) for who in some], claim=name, at=NOW)
            return done

        counts = at_once(url, work)
        assert (len(counts), sum(map(int, map(str, counts)))) == (THREADS, 40)
        assert ledger.tally(KEY) == Tally(taken=40)


def test_processes_that_claim_at_once_never_get_the_same_one(url: str) -> None:
    with closing(open_ledger(url)) as ledger:
        enrolled(ledger, 20)
    code = f"""
    ledger, found = open_ledger(URL), []
    while some := ledger.claim({KEY!r}, 2, claim="p", at=NOW):
        found += [one.number for one in some]
    print(*found)
    """
    printed = printed_by_processes(code, url)
    assert sorted(int(number) for line in printed for number in line.split()) == list(range(20))


def test_of_processes_that_enrol_and_claim_at_once_none_mails_somebody_of_another_list(url: str) -> None:
    code = f"""
    from tests.edges.test_ledger_recipients import a_recipient
    ledger = open_ledger(URL)
    took = ledger.enrol({KEY!r}, [a_recipient(0)], NOW)
    print(took, len(ledger.claim({KEY!r}, 5, claim="p", at=NOW)))
    """
    with closing(open_ledger(url)) as ledger:
        printed = printed_by_processes(code, url)
        assert sum(line.endswith(" 1") for line in printed) == 1
        assert ledger.tally(KEY) == Tally(claimed=1)


def test_a_claim_outlives_the_kill_of_who_made_it(url: str) -> None:
    with closing(open_ledger(url)) as ledger:
        enrolled(ledger, 3)
    code = f"""
    import os, signal
    open_ledger(URL).claim({KEY!r}, 2, claim="killed", at=NOW)
    os.kill(os.getpid(), signal.SIGKILL)
    """
    process = started(code, url)
    process.communicate(timeout=60)
    with closing(open_ledger(url)) as ledger:
        assert process.returncode == -signal.SIGKILL
        assert [one.claim for one in ledger.recipients(KEY, "claimed")] == ["killed", "killed"]
        assert numbers(ledger, at=LATER) == [2]


def test_results_of_who_was_killed_while_writing_them_are_all_there_or_none(url: str) -> None:
    with closing(open_ledger(url)) as ledger:
        enrolled(ledger, 2)
    code = f"""
    import os, signal
    from notifier.core.recipient import Result
    from notifier.edges.ledger.recipients import write_results
    ledger = open_ledger(URL)
    ledger.claim({KEY!r}, 2, claim="killed", at=NOW)
    with ledger._writing() as connection:
        write_results(connection, {KEY!r}, [Result(number=0, status="taken")], claim="killed", at=NOW)
        os.kill(os.getpid(), signal.SIGKILL)
    """
    started(code, url).communicate(timeout=60)
    with closing(open_ledger(url)) as ledger:
        assert ledger.tally(KEY) == Tally(claimed=2)


def test_what_is_remembered_of_deliveries_outlives_what_is_written_of_recipients(url: str) -> None:
    with closing(open_ledger(url)) as ledger, closing(open_ledger(url)) as other:
        ledger.record(PLAN)
        before = ledger.snapshot()
        enrolled(ledger, 2)
        numbers(ledger)
        concluded(ledger, a_result())
        assert ledger.snapshot() is before
        other.move(a_delivery(), "held", at=NOW)
        numbers(ledger)
        assert ledger.snapshot().deliveries[a_delivery().key].status == "held"


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlLedger]:
    """A delivery to many people, and another beside it; half of them are through."""
    with closing(on_file(tmp_path_factory.mktemp("large"))) as ledger:
        for key in (KEY, "other"):
            ledger.enrol(key, [_plain_recipient(number) for number in range(5_000)], NOW)
        taken = ledger.claim(KEY, 2_500, claim="w1", at=NOW)
        ledger.conclude(KEY, [a_result(one.number) for one in taken], claim="w1", at=NOW)
        yield ledger


def _plain_recipient(number: int) -> Recipient:
    return Recipient(number=number, digest=f"{number:032x}", address=f"{number}@example.org")


def plan_of(ledger: SqlLedger, statement: str) -> str:
    with ledger._reading() as connection:
        return " / ".join(row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}"))


def written_out(ledger: SqlLedger, statement: object) -> str:
    compiled = statement.compile(ledger._database.engine, compile_kwargs={"literal_binds": True})  # type: ignore[attr-defined]  # any statement
    return str(compiled)


_INDEX = "ix_recipients_enrolment_status_number_retry_at (enrolment=? AND status=?"


def test_a_claim_reads_those_it_takes_and_sorts_nothing(large: SqlLedger) -> None:
    plan = plan_of(large, written_out(large, waiting_rows(1, 500, NOW)))
    assert plan == f"SEARCH recipients USING INDEX {_INDEX})"


def test_a_claim_writes_only_those_it_takes(large: SqlLedger) -> None:
    plan = plan_of(large, written_out(large, claiming(1, [2_999, 3_000], claim="w1", at=NOW)))
    assert plan == "SEARCH recipients USING INDEX sqlite_autoindex_recipients_1 (enrolment=? AND number=?)"


def test_a_tally_looks_at_the_index_alone(large: SqlLedger) -> None:
    plan = plan_of(large, written_out(large, counted(1)))
    assert plan == f"SEARCH recipients USING COVERING INDEX {_INDEX.partition(' AND')[0]})"


def test_a_digest_stands_for_one_person_of_one_audience() -> None:
    assert digest_of("choir", "Kim@example.org ") == digest_of("choir", "kim@example.org")
    assert digest_of("choir", "kim@example.org") != digest_of("board", "kim@example.org")
