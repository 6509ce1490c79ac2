"""A cold scan, as a program of its own: reads, understands and plans a whole site and writes its feeds, without a ledger.

`python -m tests.bench.scan CONFIG`; says how many entries its largest feed has.
"""

from __future__ import annotations

import sys
from pathlib import Path

from notifier.app import open_app
from notifier.edges.clock import FixedClock
from tests.builders import at

NOW = at("2026-11-26 09:00")


def scan(config: Path) -> int:
    """The number of entries in the largest feed."""
    app = open_app(config, clock=FixedClock(NOW), looking=True)
    look = app.ticker.look(NOW)
    _, problems = app.ticker.publish(look)
    if problems:
        raise RuntimeError(str(problems[0]))
    return max(
        (config.parent / "feeds" / f"{feed.name}.ics").read_bytes().count(b"BEGIN:VEVENT") for feed in look.plan.feeds
    )


if __name__ == "__main__":
    print(scan(Path(sys.argv[1])))
