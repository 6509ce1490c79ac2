"""`notifier worker` with the patience of a test: `python -m tests.workers.worker_act CONFIG`.

What a worker holds is lost after two silent seconds, and its jobs are others' after three.
"""

from __future__ import annotations

import sys
from datetime import timedelta

from notifier.cli import main, working
from notifier.edges import shared_tasks
from notifier.edges.ledger import shelves

SILENCE = 3.0


def impatient() -> None:
    shelves.SILENCE = 2.0
    shared_tasks.HEARTBEAT, shared_tasks.SILENCE = 0.5, SILENCE
    working._EVERY = timedelta(seconds=1)


if __name__ == "__main__":
    impatient()
    main(["worker", "--config", sys.argv[1]])
