"""Killed at any SQL statement, commit, opening for writing, fsync or rename, and started again: exactly once."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.files import ROOT
from tests.soak import SOAK, THOROUGH

#: Of so many points one is tried: all of them take seven minutes.
EVERY = 1 if SOAK else 4 if THOROUGH else 10


@pytest.mark.timeout(900)
def test_a_tick_killed_at_any_point_delivers_each_exactly_once(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.crashes.matrix", str(tmp_path), str(EVERY)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    print(result.stdout)  # noqa: T201 - the count of points and kills is the result
    assert (result.returncode, result.stderr) == (0, "")
    counts = re.findall(r"(\d+) points .*; (\d+) tried, (\d+) kills", result.stdout)
    assert len(counts) == 3
    for points, tried, kills in (map(int, count) for count in counts):
        assert points > 20
        assert kills == tried == len(range(1, points + 1, EVERY))
