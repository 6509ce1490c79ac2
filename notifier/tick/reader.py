"""Reads the sources and remembers what each unchanged document meant."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from notifier.config import SourceSettings
from notifier.config.settings import Group
from notifier.core.event import Content, Document, Event
from notifier.core.patterns import matches
from notifier.core.reading import Library, Reading, merge, read_document, read_entries, read_project
from notifier.core.reading.copying import copied
from notifier.core.reading.shape import Shape
from notifier.errors import Problem, UserError
from notifier.ports import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A document as it was last read, and how: for those who want to look at it, or to mend it."""

    settings: SourceSettings
    document: Document
    shape: Shape
    library: Library


@dataclass(slots=True)
class Reader:
    """Reads sources and remembers what each unchanged document meant.

    `languages` are those of the site, the preferred one first: of an event's translations that one is kept.
    `progress` is told how many of how many documents of a source were read, before each one.
    """

    sources: tuple[tuple[SourceSettings, Source], ...]
    languages: tuple[str, ...] = ()
    progress: Callable[[int, int], None] | None = None
    _documents: dict[str, dict[str, Document]] = field(default_factory=dict)
    _readings: dict[tuple[str, str], tuple[str, Reading]] = field(default_factory=dict)
    _libraries: dict[str, tuple[object, Library]] = field(default_factory=dict)
    _last: tuple[object, Content] | None = None

    def read(self, now: datetime) -> Content:
        """All content now; identities not yet settled. A source that can't be read is a problem, not an end.

        The same object again when nothing has changed. What comes back without an end is followed to the end of
        next year.
        """
        problems: list[Problem] = []
        revisions: list[object] = [now.year]
        broken: set[tuple[str, str]] = set()
        unread: set[str] = set()
        for settings, source in self.sources:
            try:
                snapshot = source.read(self._documents.get(settings.name, {}))
            except UserError as error:
                unread.add(settings.name)
                problems.append(Problem(path=settings.name, what=error.message))
                revisions.append(error.message)
                continue
            revisions.append((snapshot.revision, snapshot.problems))
            self._documents[settings.name] = {document.path: document for document in snapshot.documents}
            problems += snapshot.problems
            broken |= {(settings.name, path) for path in snapshot.unreadable}
        if self._last is not None and self._last[0] == revisions:
            return self._last[1]
        projects = self._projects(problems)
        readings: dict[tuple[str, str], Reading] = {}
        for settings, _ in self.sources:
            if settings.name not in unread:
                library = self._library(settings, projects, now.year + 1, problems)
                readings |= dict(self._read_events(settings, library))
        events = self._events(readings, problems)
        problems += copied(events)
        broken |= {(source, path) for (source, _), reading in readings.items() for path in reading.broken}
        problems.sort(key=lambda problem: (problem.path, problem.line or 0, problem.what))
        content = Content(
            events=tuple(events), problems=tuple(problems), broken=frozenset(broken),
            unread=frozenset(unread), projects=projects,
        )  # fmt: skip
        self._last = (revisions, content)
        return content

    def held(self, path: str) -> tuple[Held, ...]:
        """The documents at this path that were read for events: one, or one of each source that has it."""
        return tuple(
            Held(settings=settings, document=document, shape=group.shape, library=self._libraries[settings.name][1])
            for settings, _ in self.sources
            if (document := self._documents.get(settings.name, {}).get(path)) is not None
            and settings.name in self._libraries and (group := _group_of(path, settings)) is not None
        )  # fmt: skip

    def _events(self, readings: Mapping[tuple[str, str], Reading], problems: list[Problem]) -> list[Event]:
        events = [event for reading in readings.values() for event in reading.events]
        for reading in readings.values():
            problems += reading.problems
        copies = {(place[0], path): copy for place, found in readings.items() for path, copy in found.copies.items()}
        if copies:
            events, differing = merge(events, copies, self.languages)
            problems += differing
        return sorted(events, key=lambda event: (event.source, event.path))

    def _projects(self, problems: list[Problem]) -> Mapping[str, str]:
        titles: dict[str, str] = {}
        for settings, _ in self.sources:
            for path, document in self._documents.get(settings.name, {}).items():
                if matches(path, settings.projects):
                    title, found = read_project(document)
                    problems += found
                    titles[path.rpartition("/")[2].partition(".")[0]] = title or path
        return titles

    def _library(
        self, settings: SourceSettings, projects: Mapping[str, str], until_year: int, problems: list[Problem]
    ) -> Library:
        """What the source's documents may refer to; when it is another than before, all of them are read again."""
        patterns = [pattern for group in settings.groups for pattern in group.references]
        referred = [d for path, d in self._documents[settings.name].items() if patterns and matches(path, patterns)]
        stamp = (projects, until_year, [(document.path, document.revision) for document in referred])
        known = self._libraries.get(settings.name)
        if known is not None and known[0] == stamp:
            return known[1]
        files = {}
        for document in referred:
            entries, found = read_entries(document)
            # A page that others refer to may be no page of an event: only what keeps it from being read matters here.
            problems += found if entries is None else ()
            if entries is not None:
                files[document.path] = entries
        library = Library(projects=projects, files=files, until_year=until_year)
        self._libraries[settings.name] = (stamp, library)
        self._readings = {place: reading for place, reading in self._readings.items() if place[0] != settings.name}
        return library

    def _read_events(self, settings: SourceSettings, library: Library) -> Iterator[tuple[tuple[str, str], Reading]]:
        documents = self._documents[settings.name]
        for number, (path, document) in enumerate(documents.items()):
            if self.progress is not None:
                self.progress(number, len(documents))
            group = _group_of(path, settings)
            if group is None:
                continue
            place = (settings.name, path)
            known = self._readings.get(place)
            if known is None or known[0] != document.revision:
                known = self._readings[place] = (document.revision, read_document(document, group.shape, library))
            yield place, known[1]
        for place in [p for p in self._readings if p[0] == settings.name and p[1] not in documents]:
            del self._readings[place]


def _group_of(path: str, settings: SourceSettings) -> Group | None:
    return next((g for g in settings.groups if matches(path, g.files) and not matches(path, g.exclude)), None)
