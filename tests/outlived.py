"""What is started for the tests must not outlive the process that started it, however that ends: also killed with -9.

`guard` has another process wait for that end, in a session of its own, which then stops what is left and removes its folder. This file,
run as a program, is that process. Where it was killed too, `abandoned` tells the folders by the note that was left in each.
"""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

_NOTE = "owner"
_PROCESSES = Path("/proc")


def guard(folder: Path, stop: Sequence[str]) -> subprocess.Popen[bytes] | None:
    """Have `stop` run and the folder removed once this process is no more; None where the system can't tell when that is."""
    (folder / _NOTE).write_text(f"{os.getpid()} {started(os.getpid())}", encoding="ascii")
    if not hasattr(os, "pidfd_open"):
        return None
    command = [sys.executable, "-I", "-S", __file__, str(os.getpid()), str(folder), *stop]
    nothing = subprocess.DEVNULL
    # Whoever kills a test with all of its group must not meet this one.
    return subprocess.Popen(command, stdin=nothing, stdout=nothing, stderr=nothing, cwd="/", start_new_session=True)


def abandoned(place: Path, pattern: str) -> Iterator[Path]:
    """Folders of ours in there whose process is no more."""
    for folder in sorted(place.glob(pattern)):
        note = folder / _NOTE
        try:
            pid, _, since = note.read_text(encoding="ascii").partition(" ")
            is_ours = note.stat().st_uid == os.geteuid()
        except OSError:
            continue
        if is_ours and since and started(int(pid)) != since:
            yield folder


def started(pid: int) -> str:
    """When a living process was started: by that it is told from a later one of its number. "" where there is none."""
    try:
        # Behind its name, which may hold anything: its state is the first, and the time of its start the 20th.
        fields = (
            (_PROCESSES / str(pid) / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        )
    except OSError:
        return ""
    return "" if fields[0] in ("Z", "X") else fields[19]


def _watch(pid: int, folder: Path, stop: Sequence[str]) -> None:
    try:
        end = os.pidfd_open(pid)
    except ProcessLookupError:
        pass
    else:
        select.select([end], [], [])
    subprocess.run(stop, check=False)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    _watch(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
