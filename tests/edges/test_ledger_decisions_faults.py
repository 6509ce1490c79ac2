"""Whatever happens while a person's decision is written: it and what it moved are there, or neither is."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from notifier.core.delivery import Decision, Delivery, DeliveryStatus, Told
from notifier.edges.ledger import SqlLedger, open_ledger
from notifier.errors import UserError
from tests.builders import UID, a_delivery
from tests.edges.conftest import fill
from tests.edges.ledgers import LATER, NOW, a_decision, a_plan, moved, told
from tests.files import ROOT

UNKNOWN = a_delivery(status="unknown")
SETTLED = a_decision(act="settle")
#: Decides in a forked child that is killed at each point in turn, each on a copy of its own, until one is not.
_KILLS = """
import os, shutil, sys
from pathlib import Path
from notifier.edges.ledger import open_ledger
from tests.crashes.points import Points
from tests.edges.test_ledger_decisions_faults import settle
folder = Path(sys.argv[1])
number = code = 1
while code:
    copy = folder / f"{number}.db"
    shutil.copy(folder / "ledger.db", copy)
    child = os.fork()
    if child == 0:
        points = Points(None)
        points.install()
        ledger = open_ledger(f"sqlite:///{copy}")
        points.kill_at = len(points.names) + number
        os._exit(not settle(ledger))
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    print(code)
    number += 1
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return a_ledger(tmp_path / "ledger.db")


def a_ledger(file: Path) -> Path:
    """One with a delivery of which nobody knows whether it went out, closed."""
    ledger = open_ledger(f"sqlite:///{file}")
    ledger.record(a_plan(a_delivery()))
    moved(ledger, a_delivery(), "drafted", "unknown")
    ledger.close()
    return file


@pytest.fixture
def ledger(file: Path) -> Iterator[SqlLedger]:
    opened = open_ledger(f"sqlite:///{file}", busy_timeout=0.1)
    yield opened
    opened.close()


def settle(ledger: SqlLedger, decision: Decision = SETTLED) -> bool:
    return ledger.decide(decision, UNKNOWN, "sent", sent_at=NOW, told=[told()])


Trace = tuple[list[DeliveryStatus], list[DeliveryStatus], tuple[Decision, ...], dict[tuple[str, str], Told]]
BEFORE: Trace = (["unknown"], ["planned", "drafted", "unknown"], (), {})
AFTER: Trace = (
    ["sent"], ["planned", "drafted", "unknown", "sent"], (SETTLED,), {("newsletter", UID): told()},
)  # fmt: skip


def trace(ledger: SqlLedger) -> Trace:
    """Everything that a decision writes."""
    rows: tuple[Delivery, ...] = ledger.rows()
    steps = [step.to_status for step in ledger.transitions(UNKNOWN.key)]
    return [row.status for row in rows], steps, ledger.decided(), dict(ledger.snapshot().told)


def test_a_decision_is_all_there(ledger: SqlLedger) -> None:
    assert trace(ledger) == BEFORE
    assert settle(ledger)
    assert trace(ledger) == AFTER


def test_a_decision_on_a_locked_ledger_leaves_nothing(ledger: SqlLedger, file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(UserError, match="the ledger is locked by another program"):
            settle(ledger)
        assert trace(ledger) == BEFORE
    assert settle(ledger)
    assert trace(ledger) == AFTER


def test_a_decision_that_finds_the_disk_full_leaves_nothing(small_disk: Path) -> None:
    ledger = open_ledger(f"sqlite:///{a_ledger(small_disk / 'ledger.db')}")
    ballast = fill(small_disk)
    with pytest.raises(UserError, match="so this was not recorded"):
        settle(ledger, replace(SETTLED, note="x" * 500_000))
    assert trace(ledger) == BEFORE
    ballast.unlink()
    assert settle(ledger)
    assert trace(ledger) == AFTER
    ledger.close()


@pytest.mark.parametrize("table", ["transitions", "told", "decisions"])
def test_a_decision_that_breaks_off_at_any_of_its_tables_leaves_nothing(ledger: SqlLedger, table: str) -> None:
    with ledger._writing() as connection:
        connection.exec_driver_sql(f"CREATE TRIGGER no BEFORE INSERT ON {table} BEGIN SELECT RAISE(FAIL, 'no'); END")
    with pytest.raises(Exception, match="no"):
        settle(ledger)
    assert trace(ledger) == BEFORE
    with ledger._writing() as connection:
        connection.exec_driver_sql("DROP TRIGGER no")
    assert settle(ledger)
    assert trace(ledger) == AFTER


def test_a_decision_killed_anywhere_is_there_whole_or_not_at_all(file: Path) -> None:
    command = [sys.executable, "-c", _KILLS, str(file.parent)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    codes = [int(line) for line in ran.stdout.split()]
    assert codes == [-signal.SIGKILL] * (len(codes) - 1) + [0], ran.stderr
    assert len(codes) > len(("begin", "version", "row", "transition", "told", "decision", "commit"))
    for number in range(1, len(codes) + 1):
        ledger = open_ledger(f"sqlite:///{file.parent / f'{number}.db'}")
        assert trace(ledger) == (AFTER if number == len(codes) else BEFORE), f"killed at point {number}"
        assert settle(ledger) == (number < len(codes))
        assert trace(ledger) == AFTER
        ledger.close()


def test_of_two_people_who_settle_one_delivery_at_once_exactly_one_does(ledger: SqlLedger, file: Path) -> None:
    def another(name: str) -> bool:
        own = open_ledger(f"sqlite:///{file}")
        done = settle(own, replace(SETTLED, by=name))
        own.close()
        return done

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(another, "abcdefgh"))
    (decision,) = ledger.decided()
    assert sorted(results) == [False] * 7 + [True]
    assert decision.by == "abcdefgh"[results.index(True)]


def test_a_decision_is_seen_by_another_who_has_the_ledger_open(ledger: SqlLedger, file: Path) -> None:
    before, version = ledger.snapshot(), ledger.version()
    other = open_ledger(f"sqlite:///{file}")
    assert other.decide(a_decision(key="another", act="approve", at=LATER))
    other.close()
    assert ledger.version() > version
    assert set(ledger.snapshot().decisions) == {"another"}
    assert ledger.snapshot().deliveries is before.deliveries
