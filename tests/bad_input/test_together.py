from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.files import ROOT


def test_four_ticks_at_the_same_instant_deliver_each_reminder_once(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.bad_input.together", str(tmp_path), "20"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=110, check=False)
    assert ran.stdout == "20 rounds of 4 ticks at once, 0 wrong\n", ran.stdout + ran.stderr
