"""A site whose mails to members are left to workers, and the workers, each a program of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event
from time import monotonic

from notifier.core.recipient import Recipient, RecipientStatus, Tally
from tests.edges.smtp_server import MailServer
from tests.edges.test_smtp_site import config_for, reopened
from tests.files import ROOT
from tests.ticking import Site

#: Never set: to wait a moment.
PAUSE = Event()
BATCH = 50


def people(number: int) -> list[str]:
    return [f"reader{place}@example.org" for place in range(number)]


def config(server: MailServer, url: str, *, more: str = "", workers: str = f"workers: {{batch: {BATCH}}}") -> str:
    written = config_for(server, reached="members: members.csv").replace("sqlite:///notifier.db", url)
    written = written.replace("security: none}", f"security: none, connections: 2{more}}}")
    return f"{written}secret_key: {{file: secret_key}}\n{workers}\n"


@contextmanager
def a_site(folder: Path, server: MailServer, url: str, number: int, *, more: str = "") -> Iterator[Site]:
    with Site(folder) as made:
        (folder / "secret_key").write_text("correct-horse-battery-staple-and-more")
        (folder / "secret_key").chmod(0o600)
        (folder / "members.csv").write_text("\n".join(["address", *people(number), ""]), encoding="utf-8")
        reopened(made, config(server, url, more=more))
        yield made


def tally(site: Site) -> Tally:
    return site.app.ticker.wiring.ledger.tally(site.row().key)


def those(site: Site, *statuses: RecipientStatus) -> list[Recipient]:
    return list(site.app.ticker.wiring.ledger.recipients(site.row().key, *statuses))


def reached(server: MailServer) -> Counter[str]:
    return Counter(taken.recipient for taken in server.taken)


class Worker:
    """A worker that runs."""

    def __init__(self, config: Path) -> None:
        command = [sys.executable, "-u", "-m", "tests.workers.worker_act", str(config)]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def send(self, what: signal.Signals) -> None:
        os.kill(self.process.pid, what)

    def stop(self) -> tuple[int, str]:
        """What it exits with and has said, after a polite word."""
        if self.process.poll() is None:
            self.send(signal.SIGCONT)
            self.send(signal.SIGTERM)
        said, _ = self.process.communicate(timeout=200)
        return self.process.returncode, said


@contextmanager
def workers(*configs: Path) -> Iterator[list[Worker]]:
    with ExitStack() as stack:
        made = [Worker(config) for config in configs]
        for one in made:
            # In the other order: killed if it still runs, waited for, and not listened to any more.
            stack.enter_context(one.process)
            stack.callback(one.process.kill)
        yield made


def until(holds: Callable[[], object], *, seconds: float = 200, why: Callable[[], object] = str) -> None:
    end = monotonic() + seconds
    while not holds():
        assert monotonic() < end, why()
        PAUSE.wait(0.05)
