"""One delivery to very many people, and what it takes: `python -m tests.bench.many FOLDER PORT PEOPLE`."""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

from notifier.edges.ledger import open_ledger
from tests.edges.each import AT, AUDIENCE, DELIVERY, MESSAGE, Each, some_members


def told(what: str, began: float) -> float:
    now, peak = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(f"{what:<42} {now - began:>9.1f} processor seconds   peak {peak:>7.0f} MB\n")
    sys.stdout.flush()
    return time.process_time()


def main(folder: Path, port: int, number: int) -> None:
    ledger = open_ledger(f"sqlite:///{folder / 'notifier.db'}")
    began = told("begun", 0)
    each = Each(port, folder / "spool", people=some_members(number), ledger=ledger, options={"longest": 20.0})
    began = told(f"{number:,} members in memory", began)
    provider = each.provider()
    draft_id = provider.draft(DELIVERY, MESSAGE, AUDIENCE, AT)
    began = told("drafted, and they enrolled", began)
    provider.send(draft_id, DELIVERY.key, AT)
    began = told(f"a round: {ledger.tally(DELIVERY.key).taken:,} given away", began)
    while ledger.tally(DELIVERY.key).waiting:
        provider.send(draft_id, DELIVERY.key, AT)
    told("all given away", began)
    sys.stdout.write(f"{ledger.tally(DELIVERY.key).words}\n")
    ledger.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
