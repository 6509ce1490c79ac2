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

#: One for all: of a large site nearly every document has it.
_NOTHING_BROKEN = frozenset[str]()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one document gave.

    `broken` are the paths of events that are there but could not be understood (the document's own path: all of
    it), so that their last good state stands. `copies` says, by event path, of which event it is a translation.
    `comes_back`: something in it does, so that it may give more events once another year is read. `parts` is what each of
    several parts gave, by its path.
    """

    events: tuple[Event, ...] = ()
    problems: tuple[Problem, ...] = ()
    broken: frozenset[str] = frozenset()
    copies: Mapping[str, Copy] = field(default_factory=dict)
    comes_back: bool = False
    parts: Mapping[str, _PartReading] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _PartReading:
    """What one part of a document gave; no events where it could not be understood."""

    part: Part
    events: tuple[Event, ...] = ()
    problems: tuple[Problem, ...] = ()
    copies: Mapping[str, Copy] = field(default_factory=dict)
    comes_back: bool = False


def read_document(
    document: Document, shape: Shape, library: Library = NOTHING, before: Reading | None = None
) -> Reading:
    """Read a document's events; `library` holds what it may refer to. Never raises.

    Of an earlier reading of it, with the same shape and library, the parts that did not change are taken over: their
    events stay the very same objects.
    """
    notes = Notes(path=document.path)
    pages = formats.read_pages(document, shape.format, shape.lists, notes)
    if pages is None:
        return Reading(problems=tuple(notes.problems), broken=frozenset({document.path}))
    last, known = LastProse(), before.parts if before is not None else {}
    found: list[_PartReading] = []
    for part in parts_of(pages, shape, document.path, library=library, notes=notes):
        one = known.get(part.path)
        found.append(one if one is not None and one.part == part else _read_part(part, document, shape, library, last))
    return Reading(
        events=tuple(event for one in found for event in one.events),
        problems=(*notes.problems, *(problem for one in found for problem in one.problems)),
        broken=frozenset(one.part.path for one in found if not one.events) or _NOTHING_BROKEN,
        copies={path: copy for one in found for path, copy in one.copies.items()},
        comes_back=any(one.comes_back for one in found),
        # A document of one part has changed where its bytes have.
        parts={one.part.path: one for one in found} if len(found) > 1 else {},
    )


def _read_part(part: Part, document: Document, shape: Shape, library: Library, last: LastProse) -> _PartReading:
    notes = _notes(part, document, shape)
    keys = Keys(
        page=part.page, fields=shape.fields, notes=notes, site_url=shape.site_url, path=document.path,
        times=shape.times, library=library,
    )  # fmt: skip
    event = read_event(part, keys, shape, last)
    found = () if event is None else occurrences(event, keys, until_year=library.until_year)
    copies: dict[str, Copy] = {}
    if found and (copy := read_copy(keys)):
        # Sessions and the days of what comes back are events of their own in every language.
        apart = {one.path: part.session + one.path.removeprefix(part.path) for one in found}
        copies = {path: replace(copy, key=copy.key + rest) for path, rest in apart.items()}
    # A line at the top of a file would speak for every entry and session in it.
    single = part.path == document.path and takes_lines(document, shape)
    problems = notes.problems if single else [replace(problem, write=None) for problem in notes.problems]
    return _PartReading(
        part=part,
        events=found,
        problems=tuple(problems),
        copies=copies,
        comes_back=bool(found) and found[0] is not event,
    )


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
