"""Killed at any SQL statement, commit, opening for writing, fsync or rename, and started again: exactly once."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.files import ROOT
from tests.soak import SOAK, THOROUGH

#: Of so many points one is tried: all of them take seven minutes.
EVERY = 1 if SOAK else 4 if THOROUGH else 10


@pytest.mark.timeout(900)
def test_a_tick_killed_at_any_point_delivers_each_exactly_once(tmp_path: Path) -> None:
    assert ran("tests.crashes.matrix", tmp_path, EVERY) == 3


@pytest.mark.timeout(1800)
def test_of_two_ledgers_one_sends_wherever_what_made_them_two_is_killed(tmp_path: Path) -> None:
    every = 1 if SOAK else 8 if THOROUGH else 30
    assert ran("tests.crashes.ledgers", tmp_path, every, thinned={4: 5, 5: 5}) == 6


def ran(module: str, folder: Path, every: int, *, thinned: Mapping[int, int] | None = None) -> int:
    """How many commands were killed, each at the points that were to be tried. `thinned` are those with fewer of them, by number."""
    command = [sys.executable, "-m", module, str(folder), str(every)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    print(result.stdout)  # noqa: T201 - the count of points and kills is the result
    assert (result.returncode, result.stderr) == (0, "")
    counts = re.findall(r"(\d+) points .*; (\d+) tried, (\d+) kills", result.stdout)
    for number, (points, tried, kills) in enumerate((map(int, count) for count in counts), start=1):
        assert points > 20
        assert kills == tried == len(range(1, points + 1, every * (thinned or {}).get(number, 1)))
    return len(counts)
