"""One mail to each member from several machines, of which one dies, stands still or comes back: nobody twice, nobody forgotten."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import timedelta
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Protocol

import psycopg
import pytest

from notifier.edges.ledger import SqlLedger
from notifier.edges.smtp.rounds import AWAY, PATIENCE
from tests.edges.each import AT, KEY, Each
from tests.edges.smtp_each_act import each_at
from tests.edges.smtp_server import MailServer, Step, running
from tests.edges.test_smtp_each_kills import carried_on, check, ended, killing, reached, started
from tests.postgres import Server

#: More than are claimed at once, so that some are left for others.
PEOPLE = 400
#: Never set: to wait a moment.
PAUSE = Event()
SOON = AT + timedelta(minutes=5)


@pytest.fixture
def server() -> Iterator[MailServer]:
    with running(MailServer(offers=("8BITMIME", "PIPELINING"))) as made:
        yield made


class Machine(Protocol):
    def __call__(self, name: str) -> Each: ...


@pytest.fixture
def machine(tmp_path: Path, server: MailServer, postgres_url: str) -> Iterator[Machine]:
    """What an instance on the machine of this name has: the ledger that all share, and a folder of its own."""
    with ExitStack() as stack:

        def made(name: str) -> Each:
            each = each_at(tmp_path / name, server.port, PEOPLE, postgres_url)
            assert isinstance(each.ledger, SqlLedger)
            stack.callback(each.ledger.close)
            return each

        yield made


def killed(tmp_path: Path, server: MailServer, url: str, *, step: Step = "dot", number: int = 20) -> None:
    process = started(tmp_path / "one", server, PEOPLE, url)
    server.faults[step] = killing(process, number)
    assert ended(process)[0] == -signal.SIGKILL
    server.faults.clear()


def test_another_machine_goes_on_with_those_whom_nobody_has_claimed(
    server: MailServer, tmp_path: Path, machine: Machine, postgres_url: str
) -> None:
    killed(tmp_path, server, postgres_url)
    two = machine("two")
    claimed = len(two.numbers("claimed"))
    assert 100 < claimed < PEOPLE

    assert two.provider().find(KEY).state == "partial"
    assert two.gone_on(SOON) == "accepted"

    # Only the machine that was lost knows what became of the others.
    assert len(two.numbers("claimed")) == claimed
    assert two.numbers("waiting", "unknown") == []
    assert max(reached(server).values()) == 1


def test_the_machine_that_comes_back_knows_what_became_of_its_own(
    server: MailServer, tmp_path: Path, machine: Machine, postgres_url: str
) -> None:
    killed(tmp_path, server, postgres_url)
    machine("two").gone_on(SOON)
    one = machine("one")

    assert carried_on(one) == "sent"

    check(one, server, most_in_doubt=2)


def test_who_was_claimed_by_a_machine_that_does_not_come_back_is_in_doubt_and_mailed_no_more(
    server: MailServer, tmp_path: Path, machine: Machine, postgres_url: str
) -> None:
    killed(tmp_path, server, postgres_url)
    two = machine("two")
    claimed = two.numbers("claimed")
    two.gone_on(AT + PATIENCE - timedelta(seconds=1))
    assert two.numbers("unknown") == []

    two.gone_on(AT + PATIENCE)

    assert two.provider().find(KEY).state == "sent"
    assert two.numbers("unknown") == claimed
    assert {one.said for one in two.those("unknown")} == {AWAY}
    assert max(reached(server).values()) == 1
    assert {f"reader{number}@example.org" for number in two.numbers("taken")} <= set(reached(server))


def test_while_a_machine_is_at_work_another_leaves_it_alone(
    server: MailServer, tmp_path: Path, machine: Machine, postgres_url: str
) -> None:
    at_work, go_on = Event(), Event()

    def wait() -> bool:
        at_work.set()
        return go_on.wait(30)

    server.faults["dot"] = wait
    process = started(tmp_path / "one", server, PEOPLE, postgres_url)
    assert at_work.wait(30)
    two = machine("two")

    found = two.provider().find(KEY)
    go_on.set()

    assert found.state == "sending"
    assert ended(process) == (0, ["accepted"])
    assert two.provider().find(KEY).state == "sent"
    assert reached(server) == dict.fromkeys((one.address for one in two.people), 1)


def test_a_process_that_stood_still_gives_nothing_away_once_others_took_it_for_dead(
    server: MailServer, tmp_path: Path, machine: Machine, postgres_url: str
) -> None:
    process = started(tmp_path / "one", server, PEOPLE, postgres_url)
    # While it stands still, it loses what it holds after two seconds.
    server.faults["dot"] = once(20, lambda: os.kill(process.pid, signal.SIGSTOP))
    two = machine("two")
    _wait_for_state(two, "partial")

    assert two.gone_on(SOON) == "accepted"
    before = len(server.taken)
    os.kill(process.pid, signal.SIGCONT)
    code, _ = ended(process)

    assert code == 0
    # What was in the middle of being given away, over two connections.
    assert len(server.taken) <= before + 2
    assert max(reached(server).values()) == 1
    assert carried_on(two) == "sent"
    check(two, server, most_in_doubt=0)


def test_cut_off_in_the_middle_everybody_gets_it_once(
    server: MailServer, tmp_path: Path, machine: Machine, postgres_url: str, postgres: Server
) -> None:
    server.faults["dot"] = once(20, lambda: postgres.cut_off(postgres_url))
    ended(started(tmp_path / "one", server, PEOPLE, postgres_url))
    one = machine("one")

    assert carried_on(one) == "sent"

    check(one, server, most_in_doubt=0)


def test_a_database_that_restarts_in_the_middle_costs_nobody_a_mail(
    server: MailServer, tmp_path: Path, machine: Machine, postgres_url: str, postgres: Server
) -> None:
    if postgres.folder is None:
        pytest.skip("the server is not ours to restart")
    server.faults["dot"] = once(20, postgres.restart)
    ended(started(tmp_path / "one", server, PEOPLE, postgres_url))
    one = machine("one")

    assert carried_on(one) == "sent"

    check(one, server, most_in_doubt=0)


def test_a_ledger_from_before_mails_nobody_again(
    server: MailServer, tmp_path: Path, machine: Machine, postgres_url: str
) -> None:
    ended(started(tmp_path / "one", server, PEOPLE, postgres_url))
    with closing(psycopg.connect(postgres_url, autocommit=True)) as connection:
        connection.execute("UPDATE recipients SET status = 'waiting', attempts = 0, claim = NULL")
        connection.execute("DELETE FROM letters")
    one = machine("one")

    assert one.provider().find(KEY).state == "unclear"
    assert one.sent(SOON) in ("ambiguous", "unsent")
    assert len(server.taken) == PEOPLE


def once(number: int, act: Callable[[], object]) -> Callable[[], bool]:
    """Do it when the server comes to this step for the so-manyth time; the server goes on as usual."""
    seen: list[int] = []

    def step() -> bool:
        seen.append(1)
        if len(seen) == number:
            act()
        return True

    return step


def _wait_for_state(each: Each, state: str) -> None:
    until = monotonic() + 30
    while each.provider().find(KEY).state != state:
        assert monotonic() < until
        PAUSE.wait(0.1)
