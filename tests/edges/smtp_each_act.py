"""Mails some members in a process of its own: `python -m tests.edges.smtp_each_act FOLDER PORT PEOPLE [KILL_AT | URL]`.

With KILL_AT it kills itself just before its so-manyth change of a file or of the ledger; with 0 it says at its end how
many there were. With the URL of a ledger it is one of several instances, which loses what it holds after two silent seconds.
"""

from __future__ import annotations

import sys
from pathlib import Path

from notifier.edges.ledger import open_ledger, shelves
from tests.crashes.points import Points
from tests.edges.each import Each, some_members


def each_at(folder: Path, port: int, people: int, url: str = "") -> Each:
    folder.mkdir(parents=True, exist_ok=True)
    shelves.SILENCE = 2.0
    ledger = open_ledger(url or f"sqlite:///{folder / 'notifier.db'}")
    return Each(port, folder / "mail" / "letters", people=some_members(people), ledger=ledger)


def main(folder: str, port: str, people: str, kill_at: str = "") -> None:
    url, kill_at = (kill_at, "") if ":" in kill_at else ("", kill_at)
    each = each_at(Path(folder), int(port), int(people), url)
    each.options["connections"] = 2
    points = Points(int(kill_at or 0) or None)
    if kill_at:
        points.install()
    sys.stdout.write("" if kill_at else f"{each.sent()}\n")
    if not kill_at:
        return
    each.sent()
    sys.stdout.write(f"{len(points.names)}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
