"""Several real ticks of one site at the same instant: each delivery must be in the outbox exactly once.

Run as a script of its own: `python -m tests.bad_input.together FOLDER ROUNDS`. It forks each tick from a process that
has imported everything and opened nothing, so that they really meet.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from notifier.cli import main
from tests.bad_input.place import ALL, LATER, NOW, Place, copied, made_at

AT_ONCE = 4
#: Imported before forking, so that nobody is late at the start.
PRELOADED = ("notifier.edges.ledger", "notifier.cli.moments", "notifier.cli.texts", "notifier.core.ics")


def run_rounds(folder: Path, rounds: int) -> int:
    """Print what was tried; returns the number of rounds after which something was wrong."""
    for name in PRELOADED:
        __import__(name)
    site, wrong = made_at(folder / "site"), 0
    for number in range(rounds):
        shutil.rmtree(folder / "copy", ignore_errors=True)
        place = copied(site, folder / "copy")
        codes = ticks(place, NOW, AT_ONCE) + ticks(place, LATER, 1)
        found = (place.delivered(), place.leftovers())
        if codes != [0] * (AT_ONCE + 1) or found != (ALL, []):
            wrong += 1
            print(f"WRONG in round {number}: exit codes {codes}; delivered {found[0]}, left over {found[1]}")
    print(f"{rounds} rounds of {AT_ONCE} ticks at once, {wrong} wrong")
    return wrong


def ticks(place: Place, at: str, number: int) -> list[int]:
    """So many ticks that wait for one another at the start; their exit codes."""
    starter, start = os.pipe()
    children = [_fork(place, at, starter, start) for _ in range(number)]
    os.close(starter)
    # Whoever waits reads the end of the pipe at the same instant.
    os.close(start)
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


def _fork(place: Place, at: str, starter: int, start: int) -> int:
    child = os.fork()
    if child == 0:
        os.close(start)
        os.read(starter, 1)
        os._exit(_tick(place, at))
    return child


def _tick(place: Place, at: str) -> int:
    log = place.folder.parent / "output.log"
    os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), 1)
    os.dup2(1, 2)
    try:
        main(["tick", "--config", str(place.file("config.yaml")), "--at", at])
    except SystemExit as end:
        sys.stdout.flush()
        sys.stderr.flush()
        return int(end.code or 0)
    return 99


if __name__ == "__main__":
    sys.exit(run_rounds(Path(sys.argv[1]), int(sys.argv[2])))
