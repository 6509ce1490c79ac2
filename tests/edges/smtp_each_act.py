"""Mails some members in a process of its own: `python -m tests.edges.smtp_each_act FOLDER PORT PEOPLE [KILL_AT]`.

With KILL_AT it kills itself just before its so-manyth change of a file or of the ledger; with 0 it says at its end how
many there were.
"""

from __future__ import annotations

import sys
from pathlib import Path

from notifier.edges.ledger import open_ledger
from tests.crashes.points import Points
from tests.edges.each import Each, some_members


def each_at(folder: Path, port: int, people: int) -> Each:
    folder.mkdir(parents=True, exist_ok=True)
    ledger = open_ledger(f"sqlite:///{folder / 'notifier.db'}")
    return Each(port, folder / "mail" / "letters", people=some_members(people), ledger=ledger)


def main(folder: str, port: str, people: str, kill_at: str = "") -> None:
    each = each_at(Path(folder), int(port), int(people))
    each.options["connections"] = 2
    points = Points(int(kill_at or 0) or None)
    if kill_at:
        points.install()
    each.sent()
    sys.stdout.write(f"{len(points.names)}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
