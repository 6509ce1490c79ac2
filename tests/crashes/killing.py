"""Commands in processes of their own that kill themselves at a point, forked from one that has imported everything and opened nothing."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from notifier.cli import main
from notifier.core.render import check_templates
from notifier.edges.shipped import load_templates
from tests.crashes.points import Points

#: Imported before forking, so that a child doesn't spend its time importing.
_PRELOADED = (
    "notifier.cli.backing_up",
    "notifier.cli.moving",
    "notifier.cli.sent_words",
    "notifier.cli.taking_over",
    "notifier.edges.ledger",
    "notifier.cli.moments",
    "notifier.core.records",
    "alembic.command",
)


def preload(folder: Path) -> None:
    """Call it once, with a folder where nothing is."""
    for name in _PRELOADED:
        __import__(name)
    # Compiled templates are kept by the process, and forks inherit them.
    check_templates(load_templates(folder / "none"))


def run_command(site: Path, words: tuple[str, ...], *, kill_at: int | None = None, log: Path | None = None) -> int:
    """One command in a process of its own; its exit code, negative for a signal."""
    child = os.fork()
    if child == 0:
        os._exit(_in_child(site, words, kill_at, log))
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def _in_child(site: Path, words: tuple[str, ...], kill_at: int | None, log: Path | None) -> int:
    os.dup2(os.open(site.parent / "output.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND), 1)
    os.dup2(1, 2)
    points = Points(kill_at)
    if kill_at is not None or log is not None:
        points.install()
    try:
        main([*words, "--config", str(site / "config.yaml")])
    except SystemExit as end:
        sys.stdout.flush()
        names = list(points.names)
        if log is not None:
            log.write_text(json.dumps(names))
        return int(end.code or 0)
    return 99


def finish(code: int, what: str) -> None:
    if code != 0:
        raise SystemExit(f"{what} ended with {code}")
