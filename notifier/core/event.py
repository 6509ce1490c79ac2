"""What a document and an event are, and when an event is.

Every field of an event carries the evidence it came from; a value nobody can be sure of is absent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from notifier.core.values import record
from notifier.errors import Problem

Mode = Literal["online", "in-person", "hybrid", "unknown"]
Access = Literal["open", "members", "invitation", "unknown"]
Status = Literal["scheduled", "tentative", "cancelled", "postponed", "past"]
ZoneBasis = Literal["stated", "place", "default"]
Role = Literal["organising", "speaking", "attending", "other"]
#: The bases (see `Evidence`) of what stands under a key or label of the author's own.
STATED = frozenset({"front matter", "data", "label"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One file as a source handed it over. `path` is relative to the source, with `/`.

    `revision` changes whenever the bytes do. `first_at` and `changed_at` are the source's own word
    on when the file appeared and last changed, None where it has none (a plain folder).
    """

    source: str
    path: str
    data: bytes
    revision: str
    first_at: datetime | None = None
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AllDay:
    """Whole days, both ends included (one day: `last == first`). No zone: the date is the local one."""

    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """Instants, aware, in the event's own zone. `ends_at` is None when the text doesn't say."""

    starts_at: datetime
    ends_at: datetime | None = None


When = AllDay | Timed


@record(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The exact words a value came from, the line (1-based, None for a default or a path), and how we know.

    `basis` is one of: `front matter`, `data` (an entry of a data file), `label` (a line such as "Where: …"), `prose`,
    `path`, `default`, `inferred`.
    """

    field: str
    text: str
    line: int | None
    basis: str


@record(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why something was decided: `code` for programs, `text` for people."""

    code: str
    text: str
    field: str | None = None
    evidence: Evidence | None = None


@record(frozen=True, slots=True, kw_only=True)
class Event:
    """An event as its document tells it, plus its identity.

    `uid` is "" between reading and `identity.settle`. `when` is None only where no date at all was found;
    such an event is never planned, only shown. `zone` is an IANA name, None for all-day.
    `published` is False where the document says draft or unpublished.
    `full`: nobody can register any more.
    `notify` is False where the document says that nothing is to be mailed about it; `reminders` names the only rules
    that may remind of it, None where the document doesn't say (all may), empty for none.
    `recording_url` is where what happened can be watched or heard afterwards.
    `doubts` are the reasons that keep it from being mailed unaided (contradictions, a missing time, a
    vanished file); each also stands in the content's problems for those who write the files.
    `key` is the identity key that the site's configuration chooses for documents, so that a renamed or moved file
    stays the same event; None where the path is the identity.
    `follows` is when the one before it is, where one document tells of an event that comes back.
    `private` names the fields that must never reach a public artefact.
    `formerly` are uids that the same place had before it was given one of its own: what went out under them is told.
    `body` is the document's text without front matter; `summary` one plain-text paragraph of it.
    """

    uid: str = ""
    source: str
    path: str
    title: str
    when: When | None
    zone: str | None = None
    zone_basis: ZoneBasis | None = None
    mode: Mode = "unknown"
    location: str | None = None
    join_url: str | None = None
    info_url: str | None = None
    contact: str | None = None
    access: Access = "unknown"
    status: Status = "scheduled"
    full: bool = False
    published: bool = True
    role: Role = "other"
    category: str | None = None
    series: str | None = None
    topics: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    url: str | None = None
    recording_url: str | None = None
    image: str | None = None
    summary: str = ""
    body: str = ""
    explicit_uid: str | None = None
    key: str | None = None
    follows: When | None = None
    notify: bool = True
    reminders: tuple[str, ...] | None = None
    formerly: tuple[str, ...] = ()
    private: frozenset[str] = frozenset()
    doubts: tuple[Reason, ...] = ()
    evidence: Mapping[str, Evidence] = field(default_factory=dict)

    @property
    def place(self) -> tuple[str, str]:
        """Where it is, for its identity: its source and its own key, or, without one, its path."""
        return self.source, f"#{self.key}" if self.key else self.path

    @property
    def public_join_url(self) -> str | None:
        """The join link where it may stand in a public artefact: an open event's, not marked private."""
        return self.join_url if self.access == "open" and "join_url" not in self.private else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Everything that was read: events in the order of (source, path), and every problem.

    `broken` holds (source, path) of documents that are there but could not be understood, `unread` the names of
    sources that could not be read at all. `projects` maps a
    project file's stem to its title. `vanished` holds the uids of events that are only remembered: their
    documents are gone, and a person has to say what that means.
    `renames` is the repository's own word on moved files since the revision that the ledger last recorded: by source,
    the old path of a new one. `revisions` says, by source, which revision was read, where a source has any worth keeping.
    """

    events: tuple[Event, ...] = ()
    problems: tuple[Problem, ...] = ()
    broken: frozenset[tuple[str, str]] = frozenset()
    unread: frozenset[str] = frozenset()
    projects: Mapping[str, str] = field(default_factory=dict)
    vanished: frozenset[str] = frozenset()
    renames: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    revisions: Mapping[str, str] = field(default_factory=dict)

    def has_lost(self, event: Event) -> bool:
        """Whether a remembered event's document is there but can't be understood now."""
        if "#" in event.path and (event.source, event.path) in self.broken:
            return True  # a file's own name may hold that sign too
        return event.source in self.unread or (event.source, event.path.partition("#")[0]) in self.broken
