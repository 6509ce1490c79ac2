"""A replay in a process of its own: it holds up no tick and no page, and can be ended at any instant.

It is `notifier replay` with a folder to write into, which is gone when its report has been read.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock, Thread, Timer
from typing import IO, Any

#: Seconds for all of it, bytes of a report, and signs of what it says went wrong.
LONGEST, LARGEST, MOST_WORDS = 300.0, 32 * 1024 * 1024, 2000
_STEP = re.compile(r"(\d{1,9}) of (\d{1,9})\n?", re.ASCII)
#: It gives way to everything else on the machine.
_NICE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Rerun:
    """What a replay told: its `record` and its `page`, or in `trouble` why there is none."""

    record: dict[str, Any] = field(default_factory=dict)
    page: bytes = b""
    trouble: str = ""


class Rerunning:
    """A replay under way. May be asked from any thread. `arguments` are options of `notifier replay`."""

    def __init__(self, config: Path, arguments: Sequence[str], *, longest: float = LONGEST) -> None:
        self.progress: tuple[int, int] | None = None
        self._longest, self._ended = longest, ""
        self._words: list[str] = []
        self._result: Rerun | None = None
        self._alone = Lock()
        self._folder = tempfile.TemporaryDirectory(prefix="notifier-replay-")
        command = [sys.executable, "-m", "notifier", "replay", *arguments]
        own = ["--config", str(config), "--out", self._folder.name, "--format", "json", "--progress"]
        self._process = subprocess.Popen(
            [*command, *own], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            encoding="utf-8", errors="replace",
        )  # fmt: skip
        # It must not outlive whoever asked for it.
        atexit.register(self._process.kill)
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self._process.pid, _NICE)
        self._thread = Thread(target=self._follow, name="replay", daemon=True)
        self._thread.start()

    def result(self) -> Rerun | None:
        """What it told; None while it is under way."""
        with self._alone:
            return self._result

    def stop(self) -> None:
        """End it, and wait until it is over."""
        self._end("It was stopped.")
        self._thread.join()

    def _end(self, why: str) -> None:
        with self._alone:
            self._ended = self._ended or why
        self._process.kill()

    def _follow(self) -> None:
        minutes = round(self._longest / 60)
        timer = Timer(self._longest, self._end, [f"It took longer than {minutes} minutes, and was ended."])
        timer.daemon = True
        timer.start()
        try:
            with self._process as process:
                if process.stderr is not None:
                    self._listen(process.stderr)
                found = self._read(process.wait())
        except (OSError, ValueError) as error:
            found = Rerun(trouble=f"Its report can't be read ({type(error).__name__}).")
        finally:
            timer.cancel()
            atexit.unregister(self._process.kill)
            with contextlib.suppress(OSError):
                self._folder.cleanup()
        with self._alone:
            self._result = found

    def _listen(self, said: IO[str]) -> None:
        while line := said.readline(MOST_WORDS):
            if step := _STEP.fullmatch(line):
                self.progress = (int(step[1]), int(step[2]))
            elif sum(map(len, self._words)) < MOST_WORDS:
                self._words.append(line)

    def _read(self, code: int) -> Rerun:
        with self._alone:
            ended = self._ended
        if ended:
            return Rerun(trouble=f"{ended} Choose a shorter stretch.")
        if code != 0:
            said = " ".join("".join(self._words).split()) or f"It ended with {code}."
            return Rerun(trouble=said[:MOST_WORDS])
        page, record = Path(self._folder.name, "report.html"), Path(self._folder.name, "report.json")
        if page.stat().st_size + record.stat().st_size > LARGEST:
            return Rerun(trouble="Its report is larger than a page can be. Choose a shorter stretch.")
        return Rerun(record=json.loads(record.read_bytes()), page=page.read_bytes())
