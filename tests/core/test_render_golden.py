from __future__ import annotations

import pytest

from tests.golden_messages import FOLDER, golden_files

FILES = golden_files()


@pytest.mark.parametrize("name", FILES)
def test_a_message_is_its_golden_file_byte_for_byte(name: str) -> None:
    assert FILES[name] == (FOLDER / name).read_bytes()


def test_no_golden_file_is_left_over() -> None:
    assert {file.name for file in FOLDER.iterdir()} == set(FILES)
