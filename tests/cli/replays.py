"""Sites whose files lie in a real repository, for the commands that look into its history."""

from __future__ import annotations

from pathlib import Path

from tests.builders import at
from tests.edges.repositories import Repository, a_repository
from tests.histories import CHOIR, CONFIG, an_event_file

AT = "2027-01-01T00:00:00Z"
FIRST, SECOND = "2026-11-01 09:00", "2026-11-03 09:00"


def a_site_with_history(folder: Path) -> Repository:
    """A first commit without the choir's evening, and a second with it."""
    repository = a_repository(folder / "website")
    (folder / "config.yaml").write_text(CONFIG, encoding="utf-8")
    repository.write("_events/old.md", an_event_file("2026-10-01", title="Old evening"))
    repository.commit(at=at(FIRST))
    repository.write(CHOIR, an_event_file())
    repository.commit(at=at(SECOND))
    return repository
