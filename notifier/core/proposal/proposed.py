"""What a proposal is: groups of files with their shape, the reason of each choice, and what reading them gave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from notifier.core.reading.shape import Pick, Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """How a field is found, and why so."""

    ways: tuple[Pick, ...]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What reading a group's documents with a shape gave."""

    events: int = 0
    timed: int = 0
    days: int = 0
    doubted: int = 0
    errors: int = 0
    unread: int = 0
    zones: Counter[str] = field(default_factory=Counter)
    problems: Counter[str] = field(default_factory=Counter)

    @property
    def merit(self) -> float:
        """The more, the better: a certain start counts one, a day a half, and a date in doubt is little more than none."""
        return self.timed + self.days / 2 + self.doubted / 10 - self.undated / 2 - self.errors / 100

    @property
    def dated(self) -> int:
        """The events with a date, certain or not."""
        return self.timed + self.days + self.doubted

    @property
    def undated(self) -> int:
        """The events without one."""
        return self.events - self.dated


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFacts:
    """What the site says of itself, each with the file that says it. None: it doesn't say."""

    name: str | None = None
    url: str | None = None
    timezone: str | None = None
    language: str | None = None
    generator: str | None = None
    pages: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group of files, ready for config.yaml. `why` has a reason for each line that isn't a field, by its key."""

    files: tuple[str, ...]
    exclude: tuple[str, ...]
    preset: str | None
    shape: Shape
    choices: Mapping[str, Choice]
    why: Mapping[str, str]
    trial: Trial
    documents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """The site, its groups (none: nothing was found), what was turned down and why, and what a person has to look at.

    `projects` are the files of the projects that events name.
    """

    facts: SiteFacts
    timezone: str
    timezone_why: str
    language: str
    language_why: str
    groups: tuple[Group, ...]
    rejected: tuple[str, ...]
    projects: str | None = None
    checks: tuple[str, ...] = ()
