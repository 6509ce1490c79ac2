"""Who acts on a delivery, where several instances have their ledger at one server."""

from __future__ import annotations

import select
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import timedelta

import pytest

from notifier.edges.ledger import SqlLedger, open_ledger
from notifier.edges.ledger.postgres import Postgres
from notifier.edges.ledger.recipients import claim_waiting
from notifier.errors import UserError
from tests.builders import a_delivery
from tests.edges.ledgers import LATER, NOW, Ledger, a_plan
from tests.edges.test_ledger_recipients import KEY, a_recipient
from tests.edges.test_ledger_together import started
from tests.postgres import Server, shared


@pytest.fixture
def pair(postgres_url: str) -> Iterator[tuple[SqlLedger, SqlLedger]]:
    """Two that are open at one server, as on two machines."""
    with closing(open_ledger(postgres_url)) as one, closing(open_ledger(postgres_url, busy_timeout=0.2)) as other:
        yield one, other


def wait(seconds: float) -> None:
    select.select([], [], [], seconds)


def test_every_ledger_lets_one_at_a_time_act(ledger: Ledger) -> None:
    with ledger.claimed("k") as claim:
        assert claim is not None
        assert claim.holds()
    with ledger.claimed("k") as again:
        assert again is not None


def test_what_one_holds_another_passes_by_until_it_lets_go(pair: tuple[SqlLedger, SqlLedger]) -> None:
    one, other = pair
    with one.claimed("k") as claim, other.claimed("k") as same, other.claimed("another") as free:
        assert (claim is not None, same, free is not None) == (True, None, True)
    with other.claimed("k") as later:
        assert later is not None


def test_an_error_lets_go_of_it_too(pair: tuple[SqlLedger, SqlLedger]) -> None:
    one, other = pair
    with pytest.raises(RuntimeError, match="broke off"), one.claimed("k"):
        raise RuntimeError("broke off")
    with other.claimed("k") as claim:
        assert claim is not None


def test_two_threads_of_one_instance_do_not_both_hold_it(pair: tuple[SqlLedger, SqlLedger]) -> None:
    one, _ = pair
    seen: list[object] = []

    def beside() -> None:
        with one.claimed("k") as claim:
            seen.append(claim)

    with one.claimed("k"):
        thread = threading.Thread(target=beside)
        thread.start()
        thread.join()
    assert seen == [None]


def test_a_key_may_hold_any_character(pair: tuple[SqlLedger, SqlLedger]) -> None:
    one, other = pair
    with one.claimed("reminder/\ud83d/ü\0") as claim, other.claimed("reminder/\ud83d/ü\0") as same:
        assert (claim is not None, same) == (True, None)


def test_who_is_cut_off_holds_nothing_any_more_and_may_claim_again(
    pair: tuple[SqlLedger, SqlLedger], postgres: Server, postgres_url: str
) -> None:
    one, other = pair
    with one.claimed("k") as claim:
        assert claim is not None
        postgres.cut_off(postgres_url)
        wait(0.2)
        with other.claimed("k") as taken_over:
            assert taken_over is not None
            assert not claim.holds()
            assert taken_over.holds()
    with one.claimed("k") as again:
        assert again is not None
        assert again.holds()
        assert not claim.holds()
        # Who asks after what is lost takes nothing from who has it now.
        assert again.holds()


def test_who_stands_still_for_longer_than_a_claim_lives_has_lost_it(
    pair: tuple[SqlLedger, SqlLedger],
) -> None:
    one, other = pair
    one._database.claims.life = other._database.claims.life = 0.3  # type: ignore[attr-defined]  # that of a server
    with one.claimed("k") as claim:
        assert claim is not None
        wait(1.0)
        with other.claimed("k") as taken_over:
            assert taken_over is not None
            assert not claim.holds()


def test_a_killed_instance_holds_nothing(postgres_url: str) -> None:
    code = """
    with open_ledger(URL).claimed("k") as claim:
        print("held", claim.holds(), flush=True)
        import signal
        signal.pause()
    """
    process = started(code, postgres_url)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    assert process.stdout.readline() == "held True\n"
    with closing(open_ledger(postgres_url)) as ledger:
        with ledger.claimed("k") as claim:
            assert claim is None
        process.send_signal(signal.SIGKILL)
        process.stdin = None
        process.communicate(timeout=30)
        wait(0.3)
        with ledger.claimed("k") as claim:
            assert claim is not None


def test_a_stopped_instance_in_the_middle_of_writing_keeps_nobody_waiting_for_long(
    pair: tuple[SqlLedger, SqlLedger], postgres_url: str
) -> None:
    _, other = pair
    with closing(SqlLedger(Postgres(postgres_url, busy_timeout=1, standstill=0.5))) as still:
        writing = still._writing()
        writing.__enter__()
        with pytest.raises(UserError, match="another program has been writing for too long"):
            other.record(a_plan(a_delivery()))
        wait(1.0)
        assert other.record(a_plan(a_delivery()))
        with pytest.raises(UserError, match="can't be reached"):
            writing.__exit__(None, None, None)
        assert still.rows() == (a_delivery(),)


def test_claims_of_recipients_pass_over_those_that_another_is_claiming(pair: tuple[SqlLedger, SqlLedger]) -> None:
    one, other = pair
    one.enrol(KEY, [a_recipient(number) for number in range(6)], NOW)
    with one._claiming() as connection:
        mine = claim_waiting(connection, KEY, 2, claim="w1", at=NOW)
        # At once, though the other has not committed, and though it may not wait.
        theirs = other.claim(KEY, 3, claim="w2", at=NOW)
    assert [one.number for one in mine] == [0, 1]
    assert [one.number for one in theirs] == [2, 3, 4]


def test_a_list_is_not_replaced_while_somebody_of_it_is_being_claimed(
    pair: tuple[SqlLedger, SqlLedger], postgres_url: str
) -> None:
    one, other = pair
    one.enrol(KEY, [a_recipient(number) for number in range(6)], NOW)
    enrolled: list[bool] = []
    with closing(open_ledger(postgres_url)) as patient:
        replacing = threading.Thread(target=lambda: enrolled.append(patient.enrol(KEY, [a_recipient(9)], LATER)))
        with one._claiming() as connection:
            claim_waiting(connection, KEY, 2, claim="w1", at=NOW)
            with pytest.raises(UserError, match="another program has been writing for too long"):
                other.enrol(KEY, [a_recipient(9)], LATER)
            replacing.start()
            wait(0.5)
        replacing.join()
    assert enrolled == [False]
    assert one.tally(KEY).claimed == 2


def test_the_clock_of_the_server_is_that_of_all(pair: tuple[SqlLedger, SqlLedger]) -> None:
    one, other = pair
    first, second = one.clock(), other.clock()
    assert first is not None
    assert second is not None
    assert timedelta(0) <= second - first < timedelta(minutes=1)


def test_many_instances_that_write_at_once_lose_nothing_and_number_without_a_gap(postgres_url: str) -> None:
    with ExitStack() as stack:
        ledgers = [stack.enter_context(closing(open_ledger(postgres_url))) for _ in range(4)]
        ledgers[0].record(a_plan(*(a_delivery(key=f"{number}") for number in range(40))))

        def moved(ledger: SqlLedger, part: int) -> None:
            for number in range(part, 40, 4):
                assert ledger.move(a_delivery(key=f"{number}"), "drafted", at=NOW)

        threads = [threading.Thread(target=moved, args=(ledger, part)) for part, ledger in enumerate(ledgers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {ledger.version() for ledger in ledgers} == {(NOW, 80)}
        assert {row.status for ledger in ledgers for row in ledger.rows()} == {"drafted"}


def test_an_address_in_any_form_of_libpq_is_one(postgres_url: str) -> None:
    folder = postgres_url.partition("host=")[2].partition("&")[0]
    name = postgres_url.partition("@/")[2].partition("?")[0]
    for written in (
        f"postgres:///{name}?host={folder}&user=postgres",
        f"postgresql://postgres@%2F{folder[1:].replace('/', '%2F')}/{name}",
    ):
        with closing(open_ledger(f"{written}&port=5432" if "?" in written else f"{written}?port=5432")) as ledger:
            assert ledger.rows() == ()


def test_what_is_no_address_is_refused_without_repeating_it() -> None:
    with pytest.raises(UserError) as caught:
        open_ledger("postgresql://me:hunter2@db/x?no_such_option=1")
    assert caught.value.message.startswith("ledger.url: is not the address of a PostgreSQL database.")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("postgres@", "nobody-here@"), "refuses the login"),
        (("/notifier_", "/no_such_notifier_"), "has no such database"),
        (("host=/tmp", "host=/nowhere"), "can't be reached"),
    ],
)
def test_why_there_is_no_ledger_is_said_with_what_to_do(postgres_url: str, change: tuple[str, str], said: str) -> None:
    with pytest.raises(UserError) as caught:
        open_ledger(postgres_url.replace(*change))
    assert f": the ledger's database {said}" in caught.value.message


def test_a_database_in_which_others_keep_something_is_left_alone() -> None:
    theirs = shared().database(empty=True)
    shared().say_to(theirs, "CREATE TABLE invoices (id integer)")
    with pytest.raises(UserError, match="this database holds other tables and no ledger of notifier"):
        open_ledger(theirs)
    shared().drop(theirs)


def test_a_later_version_is_not_touched(postgres_url: str) -> None:
    shared().say_to(postgres_url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(UserError, match="written by a newer version of notifier"):
        open_ledger(postgres_url)


def test_text_is_sorted_by_character_whatever_the_language_of_the_database(postgres: Server) -> None:
    theirs = postgres.database(empty=True, locale="en-x-icu")
    with closing(open_ledger(theirs)) as ledger:
        keys = ["a", "B", "ä", "_", "Z", "z"]
        ledger.record(a_plan(*(a_delivery(key=key) for key in keys)))
        assert [row.key for row in ledger.rows()] == sorted(keys)
        assert [row.key for row in ledger.rows("planned")] == sorted(keys)
    postgres.drop(theirs)


def test_a_commit_that_is_said_is_on_disk_though_the_server_is_set_otherwise(postgres: Server) -> None:
    theirs = postgres.database(empty=True)
    postgres.say("ALTER ROLE postgres SET synchronous_commit = off")
    try:
        with closing(open_ledger(theirs)) as ledger, ledger._reading() as connection:
            assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
    finally:
        postgres.say("ALTER ROLE postgres RESET synchronous_commit")
        postgres.drop(theirs)
