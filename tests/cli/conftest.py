from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.running import demonstration
from tests.edges.conftest import open_folder, small_disk, unprivileged

__all__ = ["open_folder", "site", "small_disk", "unprivileged"]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """The demonstration, as if it had been made at NOW."""
    return demonstration(tmp_path / "site")
