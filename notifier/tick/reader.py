"""Reads the sources and remembers what each unchanged document meant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from operator import attrgetter, is_

from notifier.config import SourceSettings
from notifier.config.settings import Group
from notifier.core.changes import Ordered, replaced
from notifier.core.event import Content, Document, Event
from notifier.core.patterns import matches
from notifier.core.reading import Library, Reading, merge, read_document, read_entries, read_project
from notifier.core.reading.copying import Comparison
from notifier.core.reading.entries import Entry
from notifier.core.reading.merging import Copy
from notifier.core.reading.shape import Shape
from notifier.errors import Problem, UserError
from notifier.ports import Readers, Snapshot, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A document as it was last read, and how: for those who want to look at it, or to mend it."""

    settings: SourceSettings
    document: Document
    shape: Shape
    library: Library


@dataclass(frozen=True, slots=True, kw_only=True)
class _Use:
    """What a path is read for: an event of a group, a project, something that others refer to."""

    group: Group | None
    is_project: bool
    is_reference: bool


@dataclass(slots=True, kw_only=True)
class _Shelf:
    """The documents of one source as they were last read, in the order of their paths, and what each meant."""

    settings: SourceSettings
    snapshot: Snapshot | None = None
    documents: dict[str, Document] = field(default_factory=dict)
    uses: dict[str, _Use] = field(default_factory=dict)
    projects: dict[str, tuple[Document, str | None, tuple[Problem, ...]]] = field(default_factory=dict)
    stamp: object = None
    library: Library | None = None
    library_problems: tuple[Problem, ...] = ()
    readings: dict[str, tuple[Document, Reading]] = field(default_factory=dict)
    #: Those of the readings that gave more than events.
    notable: dict[str, Reading] = field(default_factory=dict)
    #: What changed since the last reading, by path; None what is gone.
    pending: dict[str, Document | None] = field(default_factory=dict)
    must_forget: bool = False

    def take(self, snapshot: Snapshot) -> int:
        """Take over what is there now; returns how many documents are others than before."""
        went, came = replaced(self.snapshot.documents if self.snapshot else (), snapshot.documents)
        for document in went:
            del self.documents[document.path]
            self.pending[document.path] = None
        for document in came:
            self.documents[document.path] = self.pending[document.path] = document
            if document.path not in self.uses:
                self.uses[document.path] = self._use_of(document.path)
        for document in went:
            if document.path not in self.documents:
                del self.uses[document.path]
                self.projects.pop(document.path, None)
        self.snapshot = snapshot
        return len({document.path for document in (*went, *came)})

    def titles(self) -> tuple[dict[str, str], list[Problem]]:
        """The titles of its projects, by the stems of their files."""
        titles: dict[str, str] = {}
        problems: list[Problem] = []
        for path in sorted(path for path, use in self._special() if use.is_project):
            document, known = self.documents[path], self.projects.get(path)
            if known is None or known[0] is not document:
                title, found = read_project(document)
                known = self.projects[path] = document, title, tuple(found)
            titles[path.rpartition("/")[2].partition(".")[0]] = known[1] or path
            problems += known[2]
        return titles, problems

    def learn(self, projects: Mapping[str, str], until_year: int) -> None:
        """Learn what the documents may refer to; when it is another than before, all of them are read again."""
        referred = [self.documents[path] for path in sorted(path for path, use in self._special() if use.is_reference)]
        stamp = (projects, [(document.path, document.revision) for document in referred])
        if self.library is not None and self.stamp == stamp:
            self._follow(self.library, until_year)
            return
        files: dict[str, Entry] = {}
        problems: list[Problem] = []
        for document in referred:
            entries, found = read_entries(document)
            # A page that others refer to may be no page of an event: only what keeps it from being read matters here.
            if entries is None:
                problems += found
            else:
                files[document.path] = entries
        self.library = Library(projects=projects, files=files, until_year=until_year)
        self.stamp, self.library_problems = stamp, tuple(problems)
        self.must_forget, self.pending = True, {**dict.fromkeys(self.readings), **self.documents}

    def _follow(self, library: Library, until_year: int) -> None:
        """Another year: only documents of which something comes back may give other events than before."""
        if library.until_year == until_year:
            return
        self.library = replace(library, until_year=until_year)
        again = {path: self.documents.get(path) for path, (_, one) in self.readings.items() if one.comes_back}
        self.pending = again | self.pending
        self.must_forget = True

    def read(
        self, progress: Callable[[int, int], None] | None, readers: Readers | None, many: int
    ) -> tuple[list[Event], list[Event]]:
        """Read what changed; returns the events that are gone, and those that came."""
        gone: list[Event] = []
        come: list[Event] = []
        fresh: dict[str, tuple[Document, Reading]] = {}
        waiting = sorted(self.pending.items())
        new = self._new([document for _, document in waiting if document is not None], readers, many)
        for number, (path, document) in enumerate(waiting):
            if progress is not None:
                progress(number, len(self.pending))
            if path in self.readings:
                gone += self.readings[path][1].events
            if document is not None and (reading := self._reading(document, new)) is not None:
                fresh[path] = document, reading
                come += reading.events
        for path in self.pending:
            self.readings.pop(path, None)
            self.notable.pop(path, None)
        self.readings |= fresh
        self.notable |= {path: one for path, (_, one) in fresh.items() if one.problems or one.broken or one.copies}
        self.pending, self.must_forget = {}, False
        return gone, come

    def _new(self, documents: Sequence[Document], readers: Readers | None, many: int) -> Iterator[Reading] | None:
        """The readings of those that were never read before, in their order; None where they are too few for that."""
        if readers is None or self.library is None or len(documents) < many:
            return None
        new = [
            (document, group.shape)
            for document in documents
            if (group := self.uses[document.path].group) is not None
            and (self.must_forget or document.path not in self.readings)
        ]
        return readers.read(new, self.library) if len(new) >= many else None

    def _reading(self, document: Document, new: Iterator[Reading] | None) -> Reading | None:
        group, known = self.uses[document.path].group, self.readings.get(document.path)
        if group is None or self.library is None:
            return None
        if known is not None and known[0].revision == document.revision and not self.must_forget:
            return known[1]
        before = known[1] if known is not None and not self.must_forget else None
        if before is None and new is not None:
            return next(new)
        return read_document(document, group.shape, self.library, before)

    def _special(self) -> Iterable[tuple[str, _Use]]:
        """The paths that are read for more than events; few sites have any."""
        settings = self.settings
        if not settings.projects and not any(group.references for group in settings.groups):
            return ()
        return self.uses.items()

    def _use_of(self, path: str) -> _Use:
        groups, references = self.settings.groups, [one for group in self.settings.groups for one in group.references]
        return _Use(
            group=next((g for g in groups if matches(path, g.files) and not matches(path, g.exclude)), None),
            is_project=matches(path, self.settings.projects),
            is_reference=matches(path, references),
        )


@dataclass(slots=True)
class Reader:
    """Reads sources and remembers what each unchanged document meant: its events stay the very same objects.

    `languages` are those of the site, the preferred one first: of an event's translations that one is kept.
    `progress` is told how many of how many documents of a source were read, before each one. `changed` is how many documents
    came, went or were edited between the last two readings. `readers` read new ones, where there are
    `many`: to let others begin takes as long as reading a few hundred.
    """

    sources: tuple[tuple[SourceSettings, Source], ...]
    languages: tuple[str, ...] = ()
    progress: Callable[[int, int], None] | None = None
    readers: Readers | None = None
    many: int = 2_000
    changed: int = 0
    _shelves: dict[str, _Shelf] = field(default_factory=dict)
    _merged: dict[tuple[str, str], _Merged] = field(default_factory=dict)
    _comparison: Comparison = field(default_factory=Comparison)
    _in_order: Ordered[Event] = field(default_factory=lambda: Ordered(attrgetter("source", "path"), id))
    _last: tuple[object, Content] | None = None

    def read(self, now: datetime, since: Mapping[str, str] | None = None) -> Content:
        """All content now; identities not yet settled. A source that can't be read is a problem, not an end.

        `since` says, by source, from which revision on renames are told. The same object again when nothing has changed.
        What comes back without an end is followed to the end of next year.
        """
        problems: list[Problem] = []
        stamps: list[object] = [now.year]
        snapshots: dict[str, Snapshot] = {}
        broken: set[tuple[str, str]] = set()
        unread: set[str] = set()
        self.changed = 0
        for settings, source in self.sources:
            shelf = self._shelves.setdefault(settings.name, _Shelf(settings=settings))
            try:
                snapshot = source.read(shelf.documents, (since or {}).get(settings.name))
            except UserError as error:
                unread.add(settings.name)
                problems.append(Problem(path=settings.name, what=error.message))
                stamps.append(error.message)
                continue
            stamps.append((snapshot.revision, snapshot.problems, snapshot.renames, snapshot.keeps_revisions))
            snapshots[settings.name] = snapshot
            self.changed += shelf.take(snapshot)
            problems += snapshot.problems
            broken |= {(settings.name, path) for path in snapshot.unreadable}
        if self._last is not None and self._last[0] == stamps:
            return self._last[1]
        projects = self._projects(problems)
        shelves = [self._shelves[settings.name] for settings, _ in self.sources if settings.name not in unread]
        for shelf in shelves:
            shelf.learn(projects, now.year + 1)
            problems += shelf.library_problems
            self._in_order.replace(*shelf.read(self.progress, self.readers, self.many))
        notable = [(shelf.settings.name, one) for shelf in shelves for one in shelf.notable.values()]
        problems += [problem for _, one in notable for problem in one.problems]
        broken |= {(name, path) for name, one in notable for path in one.broken}
        events = self._events(shelves, notable, problems)
        problems += self._comparison.update(events)
        problems.sort(key=lambda one: (one.path, one.line or 0, one.what, one.field or "", one.hint))
        content = Content(
            events=events, problems=tuple(problems), broken=frozenset(broken),
            unread=frozenset(unread), projects=projects,
            renames={name: one.renames for name, one in snapshots.items() if one.renames},
            revisions={name: one.revision for name, one in snapshots.items() if one.keeps_revisions},
        )  # fmt: skip
        self._last = (stamps, content)
        return content

    @property
    def documents(self) -> int:
        """How many there are, in all sources."""
        return sum(len(shelf.documents) for shelf in self._shelves.values())

    def held(self, path: str) -> tuple[Held, ...]:
        """The documents at this path that were read for events: one, or one of each source that has it."""
        shelves = [self._shelves[settings.name] for settings, _ in self.sources if settings.name in self._shelves]
        return tuple(
            Held(settings=shelf.settings, document=shelf.documents[path], shape=group.shape, library=shelf.library)
            for shelf in shelves
            if path in shelf.documents and shelf.library is not None and (group := shelf.uses[path].group) is not None
        )

    def _projects(self, problems: list[Problem]) -> Mapping[str, str]:
        titles: dict[str, str] = {}
        for settings, _ in self.sources:
            own, found = self._shelves[settings.name].titles()
            titles |= own
            problems += found
        return titles

    def _events(
        self, shelves: Sequence[_Shelf], notable: Sequence[tuple[str, Reading]], problems: list[Problem]
    ) -> tuple[Event, ...]:
        """All events in the order of (source, path), translations of one as one."""
        events = self._in_order.all()
        if len(shelves) < len(self._shelves):
            events = tuple(
                event for shelf in shelves for _, (_, one) in sorted(shelf.readings.items()) for event in one.events
            )
        copies = {(name, path): copy for name, one in notable for path, copy in one.copies.items()}
        if len(shelves) == len(self._shelves) and not copies:
            return events
        merged = self._merge(events, copies, problems) if copies else events
        return tuple(sorted(merged, key=attrgetter("source", "path")))

    def _merge(
        self, events: Iterable[Event], copies: Mapping[tuple[str, str], Copy], problems: list[Problem]
    ) -> list[Event]:
        """One event for all documents that are one; the same object as before where none of them changed."""
        merged: list[Event] = []
        groups: dict[tuple[str, str], list[Event]] = {}
        for event in events:
            copy = copies.get((event.source, event.path))
            if copy is None:
                merged.append(event)
            else:
                groups.setdefault((event.source, copy.key), []).append(event)
        known, self._merged = self._merged, {}
        for key, group in groups.items():
            one = known.get(key)
            if one is None or len(one.of) != len(group) or not all(map(is_, one.of, group)):
                kept, differing = merge(group, copies, self.languages)
                one = _Merged(of=tuple(group), kept=tuple(kept), problems=tuple(differing))
            self._merged[key] = one
            merged += one.kept
            problems += one.problems
        return merged


@dataclass(frozen=True, slots=True, kw_only=True)
class _Merged:
    of: tuple[Event, ...]
    kept: tuple[Event, ...]
    problems: tuple[Problem, ...]
