"""One batch, as a worker gives it away: of this very letter, to so many, and only once sending has begun."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from notifier.beside import Share
from notifier.core.delivery import key_hash
from notifier.edges.ledger import SqlLedger, open_ledger
from notifier.edges.shared_tasks import SharedTasks
from tests.edges.each import AT, AUDIENCE, DELIVERY, KEY, MESSAGE, Each, some_members
from tests.edges.smtp_server import MailServer, running
from tests.workers.site import reached

PEOPLE, MOST = 120, 50
LATER = AT + timedelta(minutes=2)


@pytest.fixture
def server() -> Iterator[MailServer]:
    with running(MailServer(offers=("8BITMIME", "PIPELINING"))) as made:
        yield made


@pytest.fixture
def each(server: MailServer, tmp_path: Path, postgres_url: str) -> Iterator[Each]:
    SharedTasks(postgres_url, most=MOST).prepare()
    with closing(open_ledger(postgres_url)) as ledger:
        yield Each(
            server.port, tmp_path / "spool", people=some_members(PEOPLE), ledger=ledger,
            tasks=lambda: SharedTasks(postgres_url, most=MOST),
        )  # fmt: skip


def digest_of(each: Each) -> str:
    shelf = each.shelf
    assert shelf is not None
    found = each.provider().each
    assert found is not None
    entry = found.spool.read(key_hash(KEY))
    assert entry is not None
    return entry.digest


def waiting(url: str) -> int:
    with closing(psycopg.connect(url)) as connection:
        found = connection.execute("SELECT count(*) FROM procrastinate_jobs").fetchone()
        assert found is not None
        return int(found[0])


def test_a_batch_is_given_to_so_many_and_the_last_one_finishes_it(
    each: Each, server: MailServer, postgres_url: str
) -> None:
    assert each.sent() == "accepted"
    assert (waiting(postgres_url), server.connections) == (3, 0)
    digest, sizes = digest_of(each), list[int]()
    provider = each.provider()
    for _ in range(4):
        assert provider.give(KEY, digest, AT) == Share()
        sizes.append(len(server.taken))

    assert sizes == [50, 100, 120, 120]
    assert provider.find(KEY).state == "sent"
    assert max(reached(server).values()) == 1


def test_another_letter_is_given_to_nobody(each: Each, server: MailServer) -> None:
    each.sent()
    assert each.provider().give(KEY, "d" * 64, AT) == Share()
    assert (server.connections, len(each.numbers("waiting"))) == (0, PEOPLE)


def test_a_draft_is_given_to_nobody(each: Each, server: MailServer) -> None:
    each.provider().draft(DELIVERY, MESSAGE, AUDIENCE, AT)
    assert each.provider().give(KEY, digest_of(each), AT) == Share()
    assert (server.connections, len(each.numbers("waiting"))) == (0, PEOPLE)


def test_batches_that_were_lost_are_there_again_and_no_more_than_are_needed(each: Each, postgres_url: str) -> None:
    each.sent()
    each.provider().give(KEY, digest_of(each), AT)
    with closing(psycopg.connect(postgres_url, autocommit=True)) as connection:
        connection.execute("DELETE FROM procrastinate_jobs")
    for _ in range(3):
        assert each.gone_on(LATER) == "accepted"
    assert waiting(postgres_url) == 2


def test_before_anybody_was_given_it_it_is_under_way_and_no_plan_any_more(each: Each) -> None:
    each.sent()
    seen = each.provider().find(KEY)
    assert (seen.state, seen.detail) == ("partial", f"0 of {PEOPLE} taken, {PEOPLE} still to go")


def test_after_its_use_nobody_is_given_it(each: Each, server: MailServer) -> None:
    each.sent()
    each.provider().give(KEY, digest_of(each), DELIVERY.expires_at)
    assert (server.connections, len(each.numbers("refused"))) == (0, PEOPLE)


def test_whom_the_server_puts_off_waits_and_has_no_batch_before_it_is_time(
    each: Each, server: MailServer, postgres_url: str
) -> None:
    server.refusals = {f"reader{number}@example.org": "451 4.7.1 Later" for number in range(10)}
    each.sent()
    digest = digest_of(each)
    for _ in range(3):
        each.provider().give(KEY, digest, AT)
    with closing(psycopg.connect(postgres_url, autocommit=True)) as connection:
        connection.execute("DELETE FROM procrastinate_jobs")

    assert each.gone_on(AT + timedelta(seconds=30)) == "accepted"
    assert waiting(postgres_url) == 0
    assert each.gone_on(LATER) == "accepted"
    assert waiting(postgres_url) == 1


def test_an_older_ledger_is_known_by_who_began_and_gives_nothing_away(each: Each, server: MailServer) -> None:
    each.sent()
    digest, provider = digest_of(each), each.provider()
    for _ in range(3):
        provider.give(KEY, digest, AT)
    assert isinstance(each.ledger, SqlLedger)
    with each.ledger._writing() as connection:
        connection.exec_driver_sql("UPDATE recipients SET status = 'waiting', attempts = 0, claim = NULL")
    assert each.provider().give(KEY, digest, AT) == Share()
    assert len(server.taken) == PEOPLE
