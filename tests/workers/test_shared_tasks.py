"""The queue itself: in one transaction with the ledger or not there at all, made once, and rescued by one at a time."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from notifier.core.delivery import key_hash
from notifier.edges import shared_tasks
from notifier.edges.ledger.shelves import SqlShelf
from notifier.edges.ledger.sql import database_at
from notifier.edges.shared_tasks import SharedTasks
from notifier.errors import UserError
from notifier.ports import Batch
from tests.edges.each import AT, KEY
from tests.postgres import Server

BATCH = Batch(provider="letters", key=KEY, digest="d" * 64)
HASHED = key_hash(KEY)


@pytest.fixture
def tasks(postgres_url: str) -> SharedTasks:
    made = SharedTasks(postgres_url, most=50)
    made.prepare()
    return made


@pytest.fixture
def connection(postgres_url: str, tasks: SharedTasks) -> Iterator[psycopg.Connection[Any]]:
    assert tasks.elsewhere
    with closing(psycopg.connect(postgres_url)) as made:
        yield made


@pytest.fixture
def shelf(postgres_url: str) -> Iterator[SqlShelf]:
    database = database_at(postgres_url, password=None, busy_timeout=10)
    yield SqlShelf(database, "letters", silence=30)
    database.engine.dispose()


def test_what_is_put_down_with_the_note_is_in_the_queue_with_it(
    tasks: SharedTasks, shelf: SqlShelf, connection: psycopg.Connection[Any]
) -> None:
    with shelf.hold(HASHED) as held:
        held.put("{}", b"a letter", also=lambda transaction: tasks.defer(BATCH, 3, transaction))

    assert (shelf.record(HASHED), tasks.deferred(BATCH, connection)) == ("{}", 3)


def test_a_transaction_that_is_rolled_back_leaves_no_batch_and_no_note(
    tasks: SharedTasks, shelf: SqlShelf, connection: psycopg.Connection[Any]
) -> None:
    def fail(transaction: object) -> None:
        tasks.defer(BATCH, 3, transaction)
        assert tasks.deferred(BATCH, transaction) == 3
        raise UserError("Something else went wrong.")

    with pytest.raises(UserError, match="Something else"), shelf.hold(HASHED) as held:
        held.put("{}", b"a letter", also=fail)

    assert (shelf.record(HASHED), tasks.deferred(BATCH, connection)) == (None, 0)


def test_batches_of_another_delivery_or_letter_are_others(
    tasks: SharedTasks, connection: psycopg.Connection[Any]
) -> None:
    tasks.defer(BATCH, 2, connection)
    tasks.defer(Batch(provider="letters", key=KEY, digest="e" * 64), 1, connection)
    assert tasks.deferred(BATCH, connection) == 2


def test_batches_are_done_until_it_is_over_and_then_are_gone(
    tasks: SharedTasks, connection: psycopg.Connection[Any]
) -> None:
    done: list[Batch] = []

    def act(batch: Batch) -> timedelta | None:
        done.append(batch)
        return None

    tasks.defer(BATCH, 3, connection)
    connection.commit()
    tasks.task(act)
    tasks.work(lambda: len(done) == 3)

    assert done == [BATCH] * 3
    assert tasks.deferred(BATCH, connection) == 0


def test_a_batch_that_is_to_come_again_does(tasks: SharedTasks, connection: psycopg.Connection[Any]) -> None:
    done: list[Batch] = []

    def act(batch: Batch) -> timedelta | None:
        done.append(batch)
        return timedelta(hours=1) if len(done) == 1 else timedelta(0) if len(done) == 2 else None

    tasks.defer(BATCH, 2, connection)
    connection.commit()
    tasks.task(act)
    tasks.work(lambda: len(done) == 3)

    # The one that is put off by an hour.
    assert tasks.deferred(BATCH, connection) == 1


def test_a_batch_that_fails_is_gone_and_the_others_are_done(
    tasks: SharedTasks, connection: psycopg.Connection[Any]
) -> None:
    done: list[Batch] = []

    def act(batch: Batch) -> timedelta | None:
        done.append(batch)
        raise ValueError(len(done))

    tasks.defer(BATCH, 2, connection)
    connection.commit()
    tasks.task(act)
    tasks.work(lambda: len(done) == 2)

    assert tasks.deferred(BATCH, connection) == 0


def test_a_batch_of_a_worker_without_a_heartbeat_is_there_for_others(
    tasks: SharedTasks, connection: psycopg.Connection[Any]
) -> None:
    tasks.defer(BATCH, 2, connection)
    connection.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour'), (now())")
    connection.execute(
        "UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT id FROM procrastinate_workers w WHERE "
        "(w.last_heartbeat < now()) = (procrastinate_jobs.id = (SELECT min(id) FROM procrastinate_jobs)) LIMIT 1)"
    )
    connection.commit()
    assert tasks.rescue() == 1

    statuses = connection.execute("SELECT status FROM procrastinate_jobs ORDER BY id").fetchall()
    assert statuses == [("todo",), ("doing",)]


def test_of_two_who_rescue_at_once_one_does(shelf: SqlShelf) -> None:
    with shelf.alone("batches") as first, shelf.alone("batches") as second, shelf.alone("others") as third:
        assert [one is not None for one in (first, second, third)] == [True, False, True]
    with shelf.alone("batches") as again:
        assert again is not None


def test_no_more_leave_within_a_minute_than_the_rate_whoever_counts(postgres_url: str) -> None:
    databases = [database_at(postgres_url, password=None, busy_timeout=10) for _ in range(2)]
    one, two = (SqlShelf(database, "letters") for database in databases)
    try:
        with ThreadPoolExecutor() as pool:
            taken = list(pool.map(lambda number: (one, two)[number % 2].spend(100, 30, AT), range(8)))
        assert sum(taken) == 100
        one.unspend(20)
        assert two.spend(100, 30, AT + timedelta(seconds=30)) == 20
        assert one.spend(100, 30, AT + timedelta(seconds=59)) == 0
        # The first of them are a minute ago, and those in between are not.
        assert two.spend(100, 90, AT + timedelta(seconds=61)) == 80
        assert SqlShelf(databases[0], "others").spend(5, 9, AT) == 5
    finally:
        for database in databases:
            database.engine.dispose()


def test_many_who_make_the_queue_at_once_make_it_once(postgres_url: str) -> None:
    with ThreadPoolExecutor() as pool:
        made = list(pool.map(lambda _: SharedTasks(postgres_url, most=50).prepare(), range(6)))
    assert len(set(made)) == 1


def test_an_older_queue_is_brought_up_to_date(
    tasks: SharedTasks, connection: psycopg.Connection[Any], postgres_url: str
) -> None:
    # The last step of all: a function that is made anew.
    last = max(shared_tasks._migrations())
    before = sorted(shared_tasks._migrations())[-2]
    connection.execute(f"COMMENT ON TABLE procrastinate_jobs IS '{shared_tasks._WORDS}{before}'".encode())
    connection.commit()
    assert SharedTasks(postgres_url, most=50).prepare() == last == tasks.prepare()


def test_somebody_elses_queue_is_left_alone(connection: psycopg.Connection[Any], tasks: SharedTasks) -> None:
    connection.execute("COMMENT ON TABLE procrastinate_jobs IS NULL")
    connection.commit()
    with pytest.raises(UserError, match="that is not notifier's"):
        tasks.prepare()


def test_a_server_that_is_not_there_is_said_so(tmp_path: object) -> None:
    with pytest.raises(UserError, match="can't be made or read there"):
        SharedTasks(f"postgresql://nobody@/nothing?host={tmp_path}", most=50).prepare()


def test_a_database_that_restarts_is_waited_for(
    tasks: SharedTasks,
    connection: psycopg.Connection[Any],
    postgres: Server,
    postgres_url: str,
) -> None:
    done: list[Batch] = []

    def act(batch: Batch) -> timedelta | None:
        done.append(batch)
        if len(done) == 1:
            postgres.cut_off(postgres_url)
        return None

    tasks.defer(BATCH, 2, connection)
    connection.commit()
    tasks.task(act)
    tasks.work(lambda: len(done) >= 2)
    assert len(done) >= 2
