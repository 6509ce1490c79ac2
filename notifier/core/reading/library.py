"""What a document may refer to: the titles of projects, and the values of other files of its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from notifier.core.reading.entries import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """`projects` maps a project file's stem to its title; `files` a path to everything written in that file.

    `until_year` is the last year into which a recurrence without an end is followed.
    """

    projects: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, Entry] = field(default_factory=dict)
    until_year: int = 2100


NOTHING = Library()
