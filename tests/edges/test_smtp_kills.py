"""Killed while it talks to a mail server, and started again: at most once, and everything that is not in doubt."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from notifier.core.delivery import DeliveryStatus, next_step
from notifier.edges.smtp import SmtpProvider
from tests.builders import a_delivery, a_message, an_audience, at
from tests.edges.smtp_act import provider_at
from tests.edges.smtp_server import MailServer, Step, running
from tests.files import ROOT

KEY = a_delivery().key
LATER = at("2026-12-08 10:05")


@pytest.fixture
def server() -> Iterator[MailServer]:
    with running(MailServer()) as made:
        yield made


def started(folder: Path, server: MailServer, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.edges.smtp_act", str(folder), str(server.port), *more]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def ended(process: subprocess.Popen[str]) -> tuple[int, list[str]]:
    words, _ = process.communicate(timeout=60)
    return process.returncode, words.split()


def carried_on(provider: SmtpProvider, status: DeliveryStatus) -> DeliveryStatus:
    """What the next ticks make of a row that was left in this state: as they do, they ask before each step."""
    for _ in range(6):
        row, seen = a_delivery(status=status), provider.find(KEY)
        step = next_step(row, seen, certain=provider.capabilities().certain)
        match step.act:
            case "draft":
                provider.draft(row, a_message(), an_audience(), LATER)
                status = "drafted"
            case "send":
                provider.send(step.draft_id or "", KEY, LATER)
                status = "sending"
            case "settle":
                assert step.status is not None
                status = step.status
            case "wait":
                return status
    return status


@pytest.mark.parametrize("step", ["banner", "ehlo", "mail", "rcpt"])
def test_killed_before_the_message_leaves_it_goes_out_after_the_restart(
    server: MailServer, tmp_path: Path, step: Step
) -> None:
    folder = tmp_path / "mail" / "letters"
    process = started(folder, server)
    server.faults[step] = lambda: os.kill(process.pid, signal.SIGKILL)

    assert ended(process)[0] == -signal.SIGKILL
    server.faults.clear()

    assert carried_on(provider_at(folder, server.port), "sending") == "sent"
    assert len(server.taken) == 1


@pytest.mark.parametrize(("step", "taken"), [("data", 0), ("half", 0), ("dot", 0), ("taken", 1)])
def test_killed_while_the_message_leaves_it_is_unknown_and_never_sent_again(
    server: MailServer, tmp_path: Path, step: Step, taken: int
) -> None:
    folder = tmp_path / "mail" / "letters"
    process = started(folder, server)
    server.faults[step] = lambda: os.kill(process.pid, signal.SIGKILL)

    assert ended(process)[0] == -signal.SIGKILL
    server.faults.clear()

    assert carried_on(provider_at(folder, server.port), "sending") == "unknown"
    assert len(server.taken) == taken


def test_killed_at_the_goodbye_it_was_sent(server: MailServer, tmp_path: Path) -> None:
    folder = tmp_path / "mail" / "letters"
    process = started(folder, server)
    server.faults["quit"] = lambda: os.kill(process.pid, signal.SIGKILL)

    assert ended(process)[0] == -signal.SIGKILL

    assert carried_on(provider_at(folder, server.port), "sending") == "sent"
    assert len(server.taken) == 1


def test_killed_at_any_change_of_a_file_it_goes_out_once_or_is_unknown(server: MailServer, tmp_path: Path) -> None:
    _, [_, points] = ended(started(tmp_path / "dry" / "letters", server, "0"))
    found: list[DeliveryStatus] = []
    for number in range(1, int(points) + 1):
        server.taken.clear()
        folder = tmp_path / str(number) / "letters"
        code, words = ended(started(folder, server, str(number)))
        assert code == -signal.SIGKILL

        found.append(carried_on(provider_at(folder, server.port), "sending" if words else "planned"))

        assert len(server.taken) == 1 if found[-1] == "sent" else len(server.taken) <= 1
    assert (found[0], found[-1]) == ("sent", "sent")
    assert 1 <= found.count("unknown") <= 8
