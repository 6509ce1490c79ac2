"""The same story where one process has the tasks for itself: two threads of it give batches away, and it is killed or stands still."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event, get_ident

import pytest

from notifier.edges.embedded import Embedded
from notifier.ports import Batch
from tests.edges.each import KEY
from tests.edges.smtp_server import MailServer, running
from tests.edges.test_smtp_each_kills import carried_on, check, reached
from tests.files import ROOT
from tests.workers.embedded_act import CONNECTIONS, THREADS, each_at
from tests.workers.site import PAUSE, until

#: Starting a program takes long on a busy machine.
pytestmark = pytest.mark.timeout(600)
PEOPLE = 400
ONE = Batch(provider="letters", key="key", digest="d")


@pytest.fixture
def server() -> Iterator[MailServer]:
    with running(MailServer(offers=("8BITMIME", "PIPELINING"))) as made:
        yield made


def started(folder: Path, server: MailServer) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.workers.embedded_act", str(folder), str(server.port), str(PEOPLE)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def at_the(number: int, act: Callable[[], object]) -> Callable[[], bool]:
    seen: list[int] = []

    def step() -> bool:
        seen.append(1)
        if len(seen) == number:
            act()
        return True

    return step


def test_two_threads_give_it_to_everybody_once(server: MailServer, tmp_path: Path) -> None:
    each = each_at(tmp_path, server.port, PEOPLE)

    assert each.sent() == "accepted"

    assert reached(server) == {one.address: 1 for one in each.people}
    assert each.provider().find(KEY).state == "sent"


def test_killed_nobody_gets_it_twice_all_others_do_and_the_doubts_are_listed(
    server: MailServer, tmp_path: Path
) -> None:
    with started(tmp_path, server) as process:
        server.faults["dot"] = at_the(120, lambda: os.kill(process.pid, signal.SIGKILL))
        process.communicate(timeout=200)
    server.faults.clear()
    assert process.returncode == -signal.SIGKILL
    each = each_at(tmp_path, server.port, PEOPLE)
    assert each.numbers("waiting", "claimed")

    assert carried_on(each) == "sent"

    # What each connection of each thread was giving away.
    check(each, server, most_in_doubt=THREADS * CONNECTIONS)
    assert all(one.said for one in each.those("unknown"))


def test_one_that_stands_still_is_left_alone_and_goes_on_afterwards(server: MailServer, tmp_path: Path) -> None:
    with started(tmp_path, server) as process:
        stopped = Event()

        def stop() -> None:
            os.kill(process.pid, signal.SIGSTOP)
            stopped.set()

        server.faults["dot"] = at_the(120, stop)
        assert stopped.wait(200)
        PAUSE.wait(0.5)
        each = each_at(tmp_path, server.port, PEOPLE)
        assert each.provider().find(KEY).state == "sending"
        os.kill(process.pid, signal.SIGCONT)
        said, _ = process.communicate(timeout=200)
    assert said == "accepted"
    assert reached(server) == {one.address: 1 for one in each.people}


def test_a_batch_is_done_by_each_of_several_threads() -> None:
    tasks, threads, both = Embedded(threads=2), set[int](), Event()

    def act(_: Batch) -> timedelta | None:
        threads.add(get_ident())
        if len(threads) == 2:
            both.set()
        assert both.wait(10)
        return None

    tasks.task(act)
    tasks.defer(ONE, 4)
    assert tasks.deferred(ONE) == 4
    tasks.work(lambda: False)
    assert (len(threads), tasks.deferred(ONE), tasks.rescue()) == (2, 0, 0)


def test_what_one_fails_with_is_raised_and_the_rest_is_dropped() -> None:
    tasks, done = Embedded(threads=2), list[Batch]()

    def act(batch: Batch) -> timedelta | None:
        done.append(batch)
        raise ValueError("It failed.")

    tasks.task(act)
    tasks.defer(ONE, 50)
    with pytest.raises(ValueError, match=r"It failed\."):
        tasks.work(lambda: False)
    assert len(done) <= 2
    assert tasks.deferred(ONE) == 0


def test_when_time_is_over_no_more_is_begun() -> None:
    tasks, done = Embedded(), list[Batch]()
    tasks.task(done.append)
    tasks.defer(ONE, 5)
    tasks.work(lambda: len(done) == 2)
    assert len(done) == 2
    until(lambda: tasks.deferred(ONE) == 0)
