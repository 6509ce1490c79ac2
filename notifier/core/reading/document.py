"""A whole document read: its events with their evidence, their doubts, and the problems for its author."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from notifier.core.event import Document, Event
from notifier.core.reading import formats
from notifier.core.reading.candidates import Notes
from notifier.core.reading.entries import Entry
from notifier.core.reading.library import NOTHING, Library
from notifier.core.reading.mapped import MAX_SHOWN, Keys
from notifier.core.reading.merging import Copy, read_copy
from notifier.core.reading.parts import Part, parts_of
from notifier.core.reading.plain import cut
from notifier.core.reading.prose import LastProse
from notifier.core.reading.recurrence import occurrences
from notifier.core.reading.shape import Shape
from notifier.core.reading.stating import takes_lines
from notifier.core.reading.understanding import read_event
from notifier.errors import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one document gave.

    `broken` are the paths of events that are there but could not be understood (the document's own path: all of
    it), so that their last good state stands. `copies` says, by event path, of which event it is a translation.
    """

    events: tuple[Event, ...] = ()
    problems: tuple[Problem, ...] = ()
    broken: frozenset[str] = frozenset()
    copies: Mapping[str, Copy] = field(default_factory=dict)


def read_document(document: Document, shape: Shape, library: Library = NOTHING) -> Reading:
    """Read a document's events; `library` holds what it may refer to. Never raises."""
    notes = Notes(path=document.path)
    pages = formats.read_pages(document, shape.format, shape.lists, notes)
    if pages is None:
        return Reading(problems=tuple(notes.problems), broken=frozenset({document.path}))
    events: list[Event] = []
    broken: set[str] = set()
    copies: dict[str, Copy] = {}
    problems: list[Problem] = []
    last = LastProse()
    for part in parts_of(pages, shape, document.path, library=library, notes=notes):
        own = _notes(part, document, shape)
        keys = Keys(
            page=part.page, fields=shape.fields, notes=own, site_url=shape.site_url, path=document.path,
            times=shape.times, library=library,
        )  # fmt: skip
        event = read_event(part, keys, shape, last)
        if event is None:
            broken.add(part.path)
        else:
            found = occurrences(event, keys, until_year=library.until_year)
            events += found
            if copy := read_copy(keys):
                # Sessions and the days of what comes back are events of their own in every language.
                apart = {one.path: part.session + one.path.removeprefix(part.path) for one in found}
                copies |= {path: replace(copy, key=copy.key + rest) for path, rest in apart.items()}
        # A line at the top of a file would speak for every entry and session in it.
        single = part.path == document.path and takes_lines(document, shape)
        problems += own.problems if single else [replace(problem, write=None) for problem in own.problems]
    return Reading(events=tuple(events), problems=(*notes.problems, *problems), broken=frozenset(broken), copies=copies)


def _notes(part: Part, document: Document, shape: Shape) -> Notes:
    if shape.format == "front-matter" or not (shape.format == "data" or shape.lists):
        return Notes(path=document.path)
    first = next(iter(part.page.entries.values()), None)
    home = "entry" if shape.format == "data" else "section"
    return Notes(path=document.path, home=home, line=first.line if first else None)


def read_project(document: Document) -> tuple[str | None, tuple[Problem, ...]]:
    """The title of a project's page. Events name their projects by it."""
    notes = Notes(path=document.path)
    pages = formats.read_pages(document, "front-matter", (), notes)
    if not pages:
        return None, tuple(notes.problems)
    title = Keys(page=pages[0], fields={}, notes=notes, site_url="").text("title", "title")
    if title is None:
        notes.problem("The project has no title.", 'Add title: "…" to the front matter.', field="title")
    return (cut(title.value, limit=MAX_SHOWN) if title else None), tuple(notes.problems)


def read_entries(document: Document) -> tuple[Entry | None, tuple[Problem, ...]]:
    """Everything written in a file that others refer to; None where it can't be understood."""
    notes = Notes(path=document.path)
    return formats.read_entries(document, notes), tuple(notes.problems)
