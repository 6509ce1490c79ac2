"""What it costs to share a delivery out: letters per processor second of either kind of tasks, beside smtplib alone on the same sink.

Processor time of the process that gives letters away, since a busy machine leaves that alone; the database's and the sink's are not in it.
"""

from __future__ import annotations

import smtplib
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from notifier.core.message import Message
from notifier.edges.embedded import Embedded
from notifier.edges.ledger import open_ledger
from notifier.edges.shared_tasks import SharedTasks
from notifier.edges.smtp.letters import Origin, letter_for_all
from notifier.ports import Batch
from tests.bench.measures import FULL, say
from tests.bench.sink import a_sink
from tests.bench.test_mail import a_reminder
from tests.edges.each import AT, AUDIENCE, DELIVERY, SENDER, Each, some_members
from tests.files import ROOT
from tests.postgres import Server
from tests.templates_on_disk import the_templates

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3_000)]

NUMBER, ROUNDS = (20_000, 5) if FULL else (2_000, 3)
CONNECTIONS = 4


def test_giving_away(tmp_path: Path, postgres: Server) -> None:
    message = a_reminder(audience=AUDIENCE).message(the_templates())
    origin = Origin(key=DELIVERY.key, domain="example.org", sender=SENDER, at=AT)
    letter = letter_for_all(message, origin)
    seconds: dict[str, list[float]] = {name: [] for name in ("smtplib", "SQLite", "PostgreSQL", "workers")}
    with a_sink() as port:
        for turn in range(ROUNDS):
            seconds["smtplib"].append(_seconds(partial(_by_smtplib, port, letter)))
            for name in ("SQLite", "PostgreSQL", "workers"):
                folder = tmp_path / f"{name}-{turn}"
                folder.mkdir()
                url = f"sqlite:///{folder}/ledger.db" if name == "SQLite" else postgres.database()
                seconds[name].append(_to_each(port, folder, url, message, workers=name == "workers"))
                if name != "SQLite":
                    postgres.drop(url)
    say(
        f"\n{NUMBER} letters of {len(letter)} bytes, processor time, {ROUNDS} rounds by turns / smtplib on one connection"
    )
    for name, took in seconds.items():
        ratio = statistics.median(anchor / one for one, anchor in zip(took, seconds["smtplib"], strict=True))
        say(f"{name:<12} {NUMBER / statistics.median(took):>8,.0f} a processor second   {ratio:6.2f} x")


def _to_each(port: int, folder: Path, url: str, message: Message, *, workers: bool) -> float:
    shared = SharedTasks(url, most=250) if workers else None
    with closing(open_ledger(url)) as ledger:
        each = Each(
            port, folder / "spool", people=some_members(NUMBER), ledger=ledger, options={"connections": CONNECTIONS},
            tasks=_tasks(shared),
        )  # fmt: skip
        draft_id = each.provider().draft(DELIVERY, message, AUDIENCE, AT)
        took = _seconds(_giving(each, draft_id, shared))
        assert ledger.tally(DELIVERY.key).taken == NUMBER
        return took


def _tasks(shared: SharedTasks | None) -> Callable[[], Embedded | SharedTasks]:
    if shared is None:
        return Embedded
    shared.prepare()
    return lambda: shared


def _giving(each: Each, draft_id: str, shared: SharedTasks | None) -> Callable[[], object]:
    provider, key = each.provider(), DELIVERY.key

    def here() -> None:
        while each.ledger.tally(key).taken < NUMBER:
            provider.send(draft_id, key, AT)

    if shared is None:
        return here
    provider.send(draft_id, key, AT)
    done: list[Batch] = []

    def act(batch: Batch) -> timedelta | None:
        share = provider.give(batch.key, batch.digest, AT)
        assert not share.trouble
        done.append(batch)
        return share.again

    shared.task(act)
    return lambda: shared.work(lambda: len(done) >= NUMBER // 250)


def _by_smtplib(port: int, letter: bytes) -> None:
    with smtplib.SMTP("127.0.0.1", port, "localhost") as client:
        client.ehlo()
        for _ in range(NUMBER):
            client.mail("events@example.org")
            client.rcpt("ann@example.org")
            client.data(letter)


def _seconds(act: Callable[[], object]) -> float:
    began = time.process_time()
    act()
    return time.process_time() - began


@pytest.mark.parametrize("number", [10_000, 100_000, 1_000_000] if FULL else [2_000])
def test_memory(tmp_path: Path, number: int) -> None:
    """One delivery to very many, in a process of its own: how much it ever held, and the processor time of each part."""
    with a_sink() as port:
        command = [sys.executable, "-m", "tests.bench.many", str(tmp_path), str(port), str(number)]
        said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    say(f"\n{said}")
    assert f"{number:,} of {number:,} taken" in said
