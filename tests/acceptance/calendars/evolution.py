"""Evolution's data server in a D-Bus session of its own, asked through `clients/evolution_seen.py`."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.acceptance.calendars.seen import FIELDS, Seen

_PROGRAM = Path(__file__).with_name("clients") / "evolution_seen.py"


class Evolution:
    """A running data server with a home of its own; `close` ends it."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        homes = {name: folder / name.lower() for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")}
        runtime = folder / "runtime"
        for place in (*homes.values(), runtime):
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
        plain = {name: value for name, value in environment.items() if not name.startswith(("DBUS_", "XDG_"))}
        self._log = (folder / "evolution.log").open("wb")
        self._process = subprocess.Popen(
            ["dbus-run-session", "--", "/usr/bin/python3", str(_PROGRAM)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, text=True, encoding="utf-8",
            env={
                **plain, **{name: str(place) for name, place in homes.items()}, "XDG_RUNTIME_DIR": str(runtime),
                "GSETTINGS_BACKEND": "memory", "GIO_USE_VFS": "local", "TZ": "UTC", "LC_ALL": "C.UTF-8",
            },
        )  # fmt: skip

    def subscribe(self, key: str, url: str) -> None:
        """Subscribe to a calendar on the network; it is fetched at once."""
        self._ask(subscribe=key, url=url)

    def refresh(self, key: str) -> None:
        self._ask(refresh=key)

    def forget(self, key: str) -> None:
        self._ask(forget=key)

    def seen(self, key: str) -> list[Seen]:
        """What it has now, which may be from before the last refresh has come to an end."""
        return sorted(Seen(**{name: str(row[name]) for name in FIELDS}) for row in self._ask(seen=key)["seen"])

    def close(self) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._log.close()

    def _ask(self, **words: str) -> Any:
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise RuntimeError("Evolution has no streams.")
        stdin.write(json.dumps(words) + "\n")
        stdin.flush()
        line = stdout.readline()
        if not line:
            raise RuntimeError("Evolution has ended; evolution.log says more.")
        answer = json.loads(line)
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer
