"""Reads the sources and remembers what each unchanged document meant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from notifier.config import SourceSettings
from notifier.core.event import Content, Document, Event
from notifier.core.patterns import matches
from notifier.core.reading import Library, Reading, read_document, read_project
from notifier.errors import Problem, UserError
from notifier.ports import Source


@dataclass(slots=True)
class Reader:
    """Reads sources and remembers what each unchanged document meant."""

    sources: tuple[tuple[SourceSettings, Source], ...]
    _documents: dict[str, dict[str, Document]] = field(default_factory=dict)
    _readings: dict[tuple[str, str], tuple[str, Reading]] = field(default_factory=dict)
    _titles: Mapping[str, str] = field(default_factory=dict)
    _last: tuple[object, Content] | None = None

    def read(self) -> Content:
        """All content now; identities not yet settled. A source that can't be read is a problem, not an end.

        The same object again when nothing has changed.
        """
        problems: list[Problem] = []
        revisions: list[object] = []
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
        events: list[Event] = []
        for settings, _ in self.sources:
            if settings.name not in unread:
                self._read_events(settings, projects, events, problems, broken)
        events.sort(key=lambda event: (event.source, event.path))
        problems.sort(key=lambda problem: (problem.path, problem.line or 0, problem.what))
        content = Content(
            events=tuple(events), problems=tuple(problems), broken=frozenset(broken),
            unread=frozenset(unread), projects=projects,
        )  # fmt: skip
        self._last = (revisions, content)
        return content

    def _projects(self, problems: list[Problem]) -> Mapping[str, str]:
        titles: dict[str, str] = {}
        for settings, _ in self.sources:
            for path, document in self._documents.get(settings.name, {}).items():
                if matches(path, settings.projects):
                    title, found = read_project(document)
                    problems += found
                    titles[path.rpartition("/")[2].partition(".")[0]] = title or path
        if titles != self._titles:
            # Readings name projects by these titles, so all of them are out of date.
            self._titles, self._readings = titles, {}
        return titles

    def _read_events(
        self,
        settings: SourceSettings,
        projects: Mapping[str, str],
        events: list[Event],
        problems: list[Problem],
        broken: set[tuple[str, str]],
    ) -> None:
        documents = self._documents[settings.name]
        for path, document in documents.items():
            group = next((g for g in settings.groups if matches(path, g.files) and not matches(path, g.exclude)), None)
            if group is None:
                continue
            place = (settings.name, path)
            known = self._readings.get(place)
            if known is None or known[0] != document.revision:
                known = self._readings[place] = (
                    document.revision,
                    read_document(document, group.shape, Library(projects=projects)),
                )
            reading = known[1]
            events += reading.events
            problems += reading.problems
            broken |= {(settings.name, path) for path in reading.broken}
        for place in [p for p in self._readings if p[0] == settings.name and p[1] not in documents]:
            del self._readings[place]
