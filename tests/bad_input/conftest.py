"""Each test has a site of its own, copied from one that has had its first look."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bad_input.place import Place, copied, made_at
from tests.edges.conftest import small_disk

__all__ = ["looked_at", "place", "small_disk"]


@pytest.fixture(scope="package")
def looked_at(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return made_at(tmp_path_factory.mktemp("bad-input") / "site")


@pytest.fixture
def place(looked_at: Place, tmp_path: Path) -> Place:
    return copied(looked_at, tmp_path / "site")
