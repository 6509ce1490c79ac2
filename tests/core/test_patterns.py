from __future__ import annotations

import pytest

from notifier.core.patterns import matches


@pytest.mark.parametrize(
    ("path", "pattern", "fits"),
    [
        ("_events/a.md", "_events/*.md", True),
        ("_events/deep/a.md", "_events/*.md", False),
        ("_events/deep/a.md", "_events/**/*.md", True),
        ("_events/a.md", "_events/**/*.md", True),
        ("a/b/c.md", "**", True),
        ("a/b/c.md", "a/**", True),
        ("events/1.md", "events/?.md", True),
        ("events/10.md", "events/?.md", False),
        ("events/A.md", "events/a.md", False),
        ("a.md", "./a.md", True),
        ("axmd", "a.md", False),
    ],
)
def test_a_star_stays_within_a_folder_and_two_cross_folders(path: str, pattern: str, fits: bool) -> None:
    assert matches(path, ["nothing", pattern]) is fits
