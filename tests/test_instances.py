"""Several instances on one ledger at a server: real programs, each with a folder of its own, as on two machines."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from notifier.app import open_app
from notifier.cli.scaffold import scaffold
from notifier.core.keeping import Transition
from notifier.edges.clock import SystemClock
from notifier.edges.ledger import move_ledger, open_ledger
from notifier.errors import UserError
from tests.cli.running import run
from tests.postgres import shared
from tests.web.test_server import Running

SERVED = "at http://"


@pytest.fixture
def url() -> Iterator[str]:
    made = shared().database(empty=True)
    yield made
    shared().drop(made)


@pytest.fixture
def machines(tmp_path: Path, url: str) -> tuple[Path, Path]:
    """The demonstration on two machines, its ledger moved to a server. Both hand mails over in the same place."""
    first, second = tmp_path / "first", tmp_path / "second"
    scaffold(first, datetime.now(UTC))  # noqa: TID251 - the programs under test have the machine's clock
    move_ledger(f"sqlite:///{first / 'notifier.db'}", url, at=datetime.now(UTC), why="It was copied.")  # noqa: TID251 - as above
    config = first / "config.yaml"
    text = config.read_text(encoding="utf-8")
    text = text.replace("sqlite:///notifier.db", url).replace("folder: outbox\n", f"folder: {tmp_path / 'outbox'}\n")
    config.write_text(text, encoding="utf-8")
    for file in first.glob("notifier.db*"):
        file.unlink()
    shutil.copytree(first, second)
    return config, second / "config.yaml"


def history(url: str) -> dict[str, list[Transition]]:
    with closing(open_ledger(url)) as ledger:
        return {row.key: list(ledger.transitions(row.key)) for row in ledger.rows()}


def times_sent(url: str) -> list[int]:
    return [sum(one.to_status == "sent" for one in steps) for steps in history(url).values()]


def test_what_one_has_delivered_no_other_delivers(machines: tuple[Path, Path], url: str) -> None:
    first = Running(machines[0])
    try:
        first.said("Delivered: the reminder of")
        second = Running(machines[1])
        try:
            second.said("Nothing was due just now.")
            # Each shows what all have done, and both publish the same feed.
            assert b"Shared streets: community call" in second.get("/")
            assert first.get("/feeds/all.ics") == second.get("/feeds/all.ics")
            assert (second.stop(), first.stop()) == (0, 0)
        finally:
            second.end()
    finally:
        first.end()
    assert (max(times_sent(url)), sum(times_sent(url))) == (1, 1)


def test_of_two_that_begin_at_once_one_delivers(machines: tuple[Path, Path], url: str) -> None:
    both = [Running(config) for config in machines]
    try:
        for one in both:
            one.said("All of it, and why: ")
        assert [one.stop() for one in both] == [0, 0]
    finally:
        for one in both:
            one.end()
    said = [line for one in both for line in one.lines if line.startswith("Delivered: ")]
    assert len(said) == 1
    assert (max(times_sent(url)), sum(times_sent(url))) == (1, 1)


def test_one_goes_on_when_the_other_was_killed(machines: tuple[Path, Path], url: str) -> None:
    first = Running(machines[0])
    first.process.send_signal(signal.SIGKILL)
    first.end()
    second = Running(machines[1])
    try:
        second.said("All of it, and why: ")
        assert second.stop() == 0
    finally:
        second.end()
    assert (max(times_sent(url)), sum(times_sent(url))) == (1, 1)


class Wrong(SystemClock):
    """The clock of a machine that nobody has set."""

    def __init__(self, by: timedelta) -> None:
        self.by = by

    def now(self) -> datetime:
        return super().now() + self.by


@pytest.mark.parametrize(
    ("by", "said"),
    [(timedelta(minutes=7), "7 minutes ahead of"), (timedelta(days=-1), "1,440 minutes behind"), (timedelta(seconds=80), "a minute ahead of")],
)  # fmt: skip
def test_whose_clock_is_wrong_does_nothing_and_says_so(
    machines: tuple[Path, Path], url: str, by: timedelta, said: str
) -> None:
    before = history(url)
    with closing(open_app(machines[0], clock=Wrong(by))) as app, pytest.raises(UserError) as caught:
        app.tick()
    assert caught.value.message.startswith(
        f"This machine's clock is {said} that of the ledger's server, so nothing is done here."
    )
    assert history(url) == before
    with closing(open_app(machines[1], clock=Wrong(timedelta(seconds=20)))) as app:
        assert app.tick().recorded


def test_doctor_says_where_the_ledger_is_and_never_how_one_logs_in(machines: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "first" / "word").write_text("correct-horse-battery\n", encoding="utf-8")
    (tmp_path / "first" / "word").chmod(0o600)
    text = (
        machines[0]
        .read_text(encoding="utf-8")
        .replace("  #password: {file: ledger.password}", "  password: {file: word}")
    )
    assert "  password: {file: word}" in text
    machines[0].write_text(text, encoding="utf-8")
    ran = run("doctor", "--config", machines[0])
    assert "answers (PostgreSQL " in ran.out
    assert "correct-horse" not in ran.out + ran.err


def test_a_server_that_is_not_there_is_said_with_what_to_do(machines: tuple[Path, Path], url: str) -> None:
    text = machines[0].read_text(encoding="utf-8").replace(url, "postgresql://me@127.0.0.1:9/notifier")
    machines[0].write_text(text, encoding="utf-8")
    ran = run("tick", "--config", machines[0])
    assert ran.code == 1
    assert "postgresql://127.0.0.1:9/notifier: the ledger's database can't be reached (" in ran.err
    assert "refused" in ran.err
