"""Kill a real tick, or a real send by hand, at every point, start again, and look: each delivery must be in the outbox exactly once.

Run as a script of its own: `python -m tests.crashes.matrix FOLDER [EVERY]`, with EVERY 10 at each tenth point only. `tests.crashes.ledgers` does the
same with what is done to a ledger as a whole.
"""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.crashes.killing import finish, preload, run_command
from tests.crashes.site import FIRST_LOOK, LATER, NOW, UNDONE, expected_keys, make_site
from tests.homes import copied_as_moved


@dataclass(frozen=True, slots=True)
class Scenario:
    """A command to be killed, on a site in some state, and those that come afterwards, each with its time."""

    name: str
    site: Path
    killed: tuple[str, ...]
    afterwards: tuple[tuple[str, ...], ...]
    more_keys: tuple[str, ...] = ()


SEND = ("send", "choir", "--to", "newsletter", "--once", "once", "--by", "Anna", "--yes", "--at", NOW)


def _tick(at: str) -> tuple[str, ...]:
    return ("tick", "--at", at)


def run_matrix(folder: Path, *, every: int = 1) -> int:
    """Print the points and the kills; returns how often something was wrong."""
    preload(folder)
    fresh, known = folder / "fresh", folder / "known"
    make_site(fresh)
    shutil.copytree(fresh, known)
    finish(run_command(known, _tick(FIRST_LOOK)), "the first look")
    scenarios = (
        Scenario("a tick with three deliveries due", known, _tick(NOW), (_tick(NOW), _tick(LATER))),
        Scenario("the first look at a site", fresh, _tick(FIRST_LOOK), tuple(map(_tick, (FIRST_LOOK, NOW, LATER)))),
        Scenario(
            "a send by hand", known, SEND, (SEND, *map(_tick, (NOW, LATER, UNDONE))), ("one_off/once/newsletter",)
        ),
    )
    return sum(_kill_everywhere(scenario, folder, every=every) for scenario in scenarios)


def _kill_everywhere(scenario: Scenario, folder: Path, *, every: int) -> int:
    names = _dryrun_command(scenario, folder)
    chosen = range(1, len(names) + 1, every)
    kills, wrong = 0, 0
    copy = folder / "copy"
    for number in chosen:
        shutil.rmtree(copy, ignore_errors=True)
        copied_as_moved(scenario.site, copy)
        kills += run_command(copy, scenario.killed, kill_at=number) == -signal.SIGKILL
        for words in scenario.afterwards:
            finish(run_command(copy, words), f"{scenario.name}: starting again after point {number}")
        if complaint := _complaint(copy, scenario.more_keys):
            wrong += 1
            print(f"WRONG after a kill at point {number} ({names[number - 1]}): {complaint}")
    counted = ", ".join(f"{count} {name}" for name, count in sorted(Counter(names).items()))
    print(f"{scenario.name}: {len(names)} points ({counted}); {len(chosen)} tried, {kills} kills, {wrong} wrong")
    return wrong + (len(chosen) - kills)


def _dryrun_command(scenario: Scenario, folder: Path) -> list[str]:
    copy, log = folder / "dry", folder / "points.json"
    shutil.rmtree(copy, ignore_errors=True)
    copied_as_moved(scenario.site, copy)
    finish(run_command(copy, scenario.killed, log=log), "the dry run")
    for words in scenario.afterwards:
        finish(run_command(copy, words), "after the dry run")
    if complaint := _complaint(copy, scenario.more_keys):
        raise SystemExit(f"WRONG without any kill: {complaint}")
    names: list[str] = json.loads(log.read_text())
    return names


def _complaint(site: Path, more_keys: tuple[str, ...]) -> str | None:
    """What is wrong with the outbox or the ledger, in words; None when all is well."""
    expected = [*expected_keys(), *more_keys]
    keys = Counter(json.loads(path.read_text())["key"] for path in (site / "outbox").glob("*/delivery.json"))
    if keys != Counter(expected):
        return f"the outbox holds {dict(keys)}"
    for path in (site / "outbox").glob("*/delivery.json"):
        names = {one.name for one in path.parent.iterdir()}
        if names != {"delivery.json", "message.eml", "message.html", "message.txt", "invite.ics"}:
            return f"{path.parent.name} holds {sorted(names)}"
    with sqlite3.connect(f"file:{site / 'notifier.db'}?mode=ro", uri=True) as ledger:
        rows = dict(ledger.execute("SELECT key, status FROM deliveries WHERE status NOT IN ('skipped', 'planned')"))
    if rows != dict.fromkeys(expected, "sent"):
        return f"the ledger says {rows}"
    leftovers = [
        path.name
        for path in (site / "outbox").iterdir()
        if path.name.startswith(".") and not path.name.startswith((".lock", ".lease-"))
    ]
    return f"left over in the outbox: {leftovers}" if leftovers else None


if __name__ == "__main__":
    sys.exit(run_matrix(Path(sys.argv[1]), every=int(sys.argv[2]) if len(sys.argv) > 2 else 1))
