"""Pictures of pages as people see them, kept where whoever runs the tests says so: CI keeps them with its run."""

from __future__ import annotations

import os
from pathlib import Path

from tests.web.browsing import Walker


def keep(window: Walker, name: str) -> None:
    """Keep the whole page under a name, below NOTIFIER_ARTEFACTS; nowhere when that isn't set."""
    folder = os.environ.get("NOTIFIER_ARTEFACTS")  # noqa: TID251 - asked for by who runs the tests
    if folder is None:
        return
    place = Path(folder) / "screenshots"
    place.mkdir(parents=True, exist_ok=True)
    (place / f"{name}.png").write_bytes(window.picture())
