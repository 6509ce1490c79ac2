"""One delivery to very many people, and what it takes: `python -m tests.bench.many FOLDER PORT PEOPLE [ROUNDS]`, all of them or so many."""

from __future__ import annotations

import multiprocessing
import sys
import time
from contextlib import closing
from pathlib import Path

from notifier.edges.ledger import open_ledger
from tests.edges.each import AT, AUDIENCE, DELIVERY, MESSAGE, Each, some_members


def told(what: str, began: float) -> float:
    # What getrusage says may be of whoever started this.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    now, peak = time.process_time(), int(status.partition("VmHWM:")[2].split()[0]) / 1024
    sys.stdout.write(f"{what:<42} {now - began:>9.1f} processor seconds   peak {peak:>7.0f} MB\n")
    sys.stdout.flush()
    return time.process_time()


def fill(url: str, number: int) -> None:
    """Put so many members into the ledger: in a process of its own, whose memory is not what is measured."""
    with closing(open_ledger(url)) as ledger:
        ledger.put_members(AUDIENCE.name, some_members(number), AT)


def main(folder: Path, port: int, number: int, rounds: int = sys.maxsize) -> None:
    url = f"sqlite:///{folder / 'notifier.db'}"
    filling = multiprocessing.get_context("spawn").Process(target=fill, args=(url, number))
    filling.start()
    filling.join()
    ledger = open_ledger(url)
    provider = Each(port, folder / "spool", ledger=ledger, options={"longest": 20.0}).provider()
    assert provider.each is not None
    provider.each.read_members = ledger.each_member
    began = told("begun", 0)
    assert provider.resolve(AUDIENCE) == number
    began = told(f"{number:,} members counted", began)
    draft_id = provider.draft(DELIVERY, MESSAGE, AUDIENCE, AT)
    began = told("drafted, and they enrolled", began)
    for _ in range(rounds):
        provider.send(draft_id, DELIVERY.key, AT)
        began = told(f"a round, {ledger.tally(DELIVERY.key).taken:,} given away", began)
        if not ledger.tally(DELIVERY.key).waiting:
            break
    sys.stdout.write(f"{ledger.tally(DELIVERY.key).words}\n")
    ledger.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
