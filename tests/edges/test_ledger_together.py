"""Several threads and processes on one ledger: exactly one of them wins, and none fails."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from notifier.core.plan import Plan, Window
from notifier.edges.ledger import SqlLedger, open_ledger
from tests.builders import a_delivery, at
from tests.files import ROOT

NOW = at("2026-12-01 09:00")
PLAN = Plan(at=NOW, window=Window(after=None, until=NOW), deliveries=(a_delivery(),), baselines={"site": NOW})
THREADS = 8
#: Each process says that it is ready, then waits for the end of its input, so that all begin at once.
_FRAME = """
import sys
from dataclasses import replace
from notifier.edges.ledger import open_ledger
from tests.builders import a_delivery
from tests.edges.test_ledger_together import NOW, PLAN
print("ready", flush=True)
sys.stdin.read()
{code}
"""


def at_once(url: str, act: Callable[[SqlLedger], object]) -> list[object]:
    start = Barrier(THREADS)

    def one(_number: int) -> object:
        ledger = open_ledger(url)
        start.wait()
        result = act(ledger)
        ledger.close()
        return result

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, range(THREADS)))


def started(code: str, url: str) -> subprocess.Popen[str]:
    frame = _FRAME.format(code=textwrap.dedent(code).replace("URL", repr(url)))
    pipe = subprocess.PIPE
    process = subprocess.Popen([sys.executable, "-c", frame], cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n", process.stderr and process.stderr.read()
    return process


def printed_by_processes(code: str, url: str) -> list[str]:
    processes = [started(code, url) for _ in range(2)]
    for process in processes:
        assert process.stdin is not None
        process.stdin.close()
        process.stdin = None
    results = [process.communicate(timeout=60) for process in processes]
    return sorted(out.strip() or err for out, err in results)


def test_threads_that_open_a_new_ledger_at_once_all_get_it(empty_url: str) -> None:
    def open_another(number: int) -> object:
        ledger = open_ledger(empty_url)
        ledger.close()
        return number

    with ThreadPoolExecutor(THREADS) as pool:
        assert list(pool.map(open_another, range(THREADS))) == list(range(THREADS))


def test_processes_that_open_a_new_ledger_at_once_all_get_it(empty_url: str) -> None:
    code = "print(open_ledger(URL).snapshot().window_end)"
    assert printed_by_processes(code, empty_url) == ["None", "None"]


def test_of_threads_that_record_one_window_exactly_one_does(url: str) -> None:
    results = at_once(url, lambda ledger: ledger.record(PLAN))
    assert sorted(map(bool, results)) == [False] * (THREADS - 1) + [True]


def test_of_processes_that_record_one_window_exactly_one_does(url: str) -> None:
    assert printed_by_processes("print(open_ledger(URL).record(PLAN))", url) == ["False", "True"]


def test_of_threads_that_move_one_row_exactly_one_does(url: str) -> None:
    ledger = open_ledger(url)
    ledger.record(PLAN)
    results = at_once(url, lambda one: one.move(a_delivery(), "drafted", at=NOW))
    assert [row for row in results if row is not None] == [a_delivery(status="drafted")]
    assert len(ledger.transitions(a_delivery().key)) == 2
    ledger.close()


def test_of_threads_on_one_opened_ledger_exactly_one_moves_a_row(url: str) -> None:
    ledger = open_ledger(url)
    ledger.record(PLAN)
    with ThreadPoolExecutor(THREADS) as pool:
        results = list(pool.map(lambda _: ledger.move(a_delivery(), "drafted", at=NOW), range(THREADS)))
    ledger.close()
    assert [row for row in results if row is not None] == [a_delivery(status="drafted")]


def test_of_processes_that_move_one_row_exactly_one_does(url: str) -> None:
    ledger = open_ledger(url)
    ledger.record(PLAN)
    ledger.close()
    code = "print(open_ledger(URL).move(a_delivery(), 'drafted', at=NOW) is not None)"
    assert printed_by_processes(code, url) == ["False", "True"]


def test_a_killed_process_leaves_all_of_what_it_recorded_and_nothing_of_what_it_had_begun(url: str) -> None:
    code = """
    ledger = open_ledger(URL)
    ledger.record(PLAN)
    with ledger._writing() as connection:
        connection.exec_driver_sql("DELETE FROM transitions")
        connection.exec_driver_sql("DELETE FROM deliveries")
        import os, signal
        os.kill(os.getpid(), signal.SIGKILL)
    """
    process = started(code, url)
    process.communicate(timeout=60)
    ledger = open_ledger(url)
    assert process.returncode == -signal.SIGKILL
    assert ledger.rows() == (a_delivery(),)
    ledger.close()


def test_readers_go_on_while_another_writes(url: str) -> None:
    ledger, other = open_ledger(url), open_ledger(url, busy_timeout=0.1)
    with ledger._writing() as connection:
        ledger._database.counted(connection)
        connection.exec_driver_sql("INSERT INTO baselines VALUES ('site', '2026-12-01 09:00:00.000000')")
        assert other.snapshot().baselines == {}
    assert other.snapshot().baselines == {"site": NOW}
    other.close()
    ledger.close()
