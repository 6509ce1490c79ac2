"""Killed while it mails members, and started again: nobody twice, everybody who is not in doubt, and few in doubt."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.edges.each import AT, KEY, Each
from tests.edges.smtp_each_act import each_at
from tests.edges.smtp_server import MailServer, Step, running
from tests.files import ROOT

PEOPLE = 30
PIPELINING = ("8BITMIME", "PIPELINING")


@pytest.fixture(params=[(), PIPELINING], ids=["plain", "pipelining"])
def server(request: pytest.FixtureRequest) -> Iterator[MailServer]:
    with running(MailServer(offers=request.param)) as made:
        yield made


def started(folder: Path, server: MailServer, people: int, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.edges.smtp_each_act", str(folder), str(server.port), str(people), *more]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def ended(process: subprocess.Popen[str]) -> tuple[int, list[str]]:
    words, _ = process.communicate(timeout=120)
    return process.returncode, words.split()


def killing(process: subprocess.Popen[str], number: int) -> Callable[[], object]:
    """Kill it when the server comes to this step for the so-manyth time."""
    seen: list[int] = []

    def kill() -> bool:
        seen.append(1)
        if len(seen) == number:
            os.kill(process.pid, signal.SIGKILL)
            return False
        return True

    return kill


def carried_on(each: Each) -> str:
    """What the next ticks make of it, as processes of their own: they look, and hand over what may be handed over."""
    state = ""
    for minutes in range(1, 9):
        when = AT + timedelta(minutes=20 * minutes)
        state = each.provider().find(KEY).state
        match state:
            case "absent" | "drafted":
                each.sent(when)
            case "partial":
                each.gone_on(when)
            case _:
                return state
    return state


def reached(server: MailServer) -> Counter[str]:
    return Counter(taken.recipient for taken in server.taken)


def check(each: Each, server: MailServer, *, most_in_doubt: int) -> None:
    people = {member.address for member in each.people}
    doubts = {f"reader{number}@example.org" for number in each.numbers("unknown")}
    assert max(reached(server).values(), default=0) <= 1
    assert people - set(reached(server)) <= doubts
    assert len(doubts) <= most_in_doubt
    assert each.numbers("waiting", "claimed", "refused") == []


@pytest.mark.parametrize("number", [1, 15])
@pytest.mark.parametrize("step", ["ehlo", "mail", "rcpt", "data", "half", "dot", "taken", "quit"])
def test_killed_at_any_step_nobody_is_mailed_twice_and_all_others_are_reached(
    server: MailServer, tmp_path: Path, step: Step, number: int
) -> None:
    process = started(tmp_path, server, PEOPLE)
    server.faults[step] = killing(process, 1 if step in ("ehlo", "quit") else number)

    assert ended(process)[0] in (-signal.SIGKILL, 0)
    server.faults.clear()

    each = each_at(tmp_path, server.port, PEOPLE)
    assert carried_on(each) == "sent"
    # What each of two connections was giving away.
    check(each, server, most_in_doubt=2)
    if step in ("ehlo", "mail", "rcpt", "data") and number == 1 and not server.offers:
        assert each.numbers("unknown") == []


@pytest.mark.parametrize("share", range(6))
def test_killed_at_any_change_of_a_file_or_the_ledger_nobody_is_mailed_twice(tmp_path: Path, share: int) -> None:
    with running(MailServer(offers=PIPELINING)) as server:
        _, [points] = ended(started(tmp_path / "dry", server, 3, "0"))
        for number in range(1 + share, int(points) + 1, 6):
            server.taken.clear()
            folder = tmp_path / str(number)
            code, _ = ended(started(folder, server, 3, str(number)))
            # How many writes there are depends a little on what comes first.
            assert code in (-signal.SIGKILL, 0)

            each = each_at(folder, server.port, 3)
            state = carried_on(each)

            assert state in ("sent", "unclear")
            check(each, server, most_in_doubt=2)


def test_a_machine_that_was_switched_off_leaves_all_that_were_claimed_in_doubt(tmp_path: Path) -> None:
    with running(MailServer()) as server:
        process = started(tmp_path, server, 8)
        server.faults["dot"] = killing(process, 3)
        ended(process)
        server.faults.clear()
        [journal] = tmp_path.rglob("*.claim")
        journal.write_text("another-boot\n" + journal.read_text().partition("\n")[2])

        each = each_at(tmp_path, server.port, 8)
        assert carried_on(each) == "sent"

    assert set(each.numbers("taken", "unknown")) == set(range(8))
    assert len(each.numbers("unknown")) >= 5
    assert max(reached(server).values()) == 1
    assert {one.said for one in each.those("unknown")} == {"The machine was switched off while this was under way."}
