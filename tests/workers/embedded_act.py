"""Mails members by two threads of a process of its own, in batches: `python -m tests.workers.embedded_act FOLDER PORT PEOPLE`."""

from __future__ import annotations

import sys
from pathlib import Path

from notifier.edges.embedded import Embedded
from notifier.edges.ledger import open_ledger
from tests.edges.each import Each, some_members

THREADS, BATCH, CONNECTIONS = 2, 50, 2


def each_at(folder: Path, port: int, people: int) -> Each:
    folder.mkdir(parents=True, exist_ok=True)
    return Each(
        port, folder / "mail" / "letters", people=some_members(people),
        ledger=open_ledger(f"sqlite:///{folder / 'notifier.db'}"), options={"connections": CONNECTIONS},
        tasks=lambda: Embedded(threads=THREADS, most=BATCH),
    )  # fmt: skip


if __name__ == "__main__":
    sys.stdout.write(each_at(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])).sent())
