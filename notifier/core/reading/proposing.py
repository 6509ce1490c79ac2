"""Front-matter lines that would be good to have: what prose states, and flags that time has overtaken."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from notifier.core.event import Document, Event, Evidence, Timed
from notifier.core.reading.amending import amended
from notifier.core.reading.candidates import Notes
from notifier.core.reading.document import Reading, read_document
from notifier.core.reading.formats import read_pages
from notifier.core.reading.library import Library
from notifier.core.reading.mapped import Keys
from notifier.core.reading.resolve import short
from notifier.core.reading.shape import Pick, Shape
from notifier.core.reading.stating import line_of, quoted, takes_lines
from notifier.core.schedule import ends_at
from notifier.errors import Problem

_SHORT, _AROUND = 60, 25


def proposals(document: Document, shape: Shape, library: Library, now: datetime) -> tuple[Problem, ...]:
    """The lines that would state what was read from the text of a file without a problem, for an event still to come.

    Only what the text states, and only lines with which the event is understood just as without them.
    """
    reading = read_document(document, shape, library)
    event = reading.events[0] if len(reading.events) == 1 else None
    if event is None or reading.problems or event.path != document.path or not takes_lines(document, shape):
        return ()
    if event.when is None or event.status not in ("scheduled", "tentative") or ends_at(event, shape.timezone) < now:
        return ()
    keys = _keys(document, shape, library)
    return tuple(_kept(_stated(event, keys, shape.timezone), reading, document, shape, library)) if keys else ()


def overtaken(event: Event, document: Document, shape: Shape, library: Library, now: datetime) -> Problem | None:
    """What to say of an event that is over and whose file still says `upcoming: true`."""
    if event.when is None or event.path != document.path or ends_at(event, shape.timezone) >= now:
        return None
    names = [key for way in shape.fields.get("upcoming", (Pick(keys=("upcoming",)),)) for key in way.keys]
    if not any(name.rpartition(".")[2].encode() in document.data for name in names):
        return None  # nearly every file, and not worth taking apart
    keys = _keys(document, shape, library)
    if keys is None or not keys.flag("upcoming"):
        return None
    key = keys.key("upcoming")
    return Problem(
        path=document.path, line=keys.line("upcoming"), field=key, severity="warning",
        what=f"The event is over, but the front matter says {key}: true.", hint=f"Write {key}: false.",
        write=line_of(keys, "upcoming", "false") if takes_lines(document, shape) else None,
    )  # fmt: skip


def _keys(document: Document, shape: Shape, library: Library) -> Keys | None:
    notes = Notes(path=document.path)
    pages = read_pages(document, shape.format, shape.lists, notes)
    if not pages or len(pages) != 1:
        return None
    return Keys(
        page=pages[0], fields=shape.fields, notes=notes, site_url=shape.site_url, path=document.path,
        times=shape.times, library=library,
    )  # fmt: skip


def _kept(
    lines: Iterator[Problem], before: Reading, document: Document, shape: Shape, library: Library
) -> Iterator[Problem]:
    """Those with which, one after the other, the event stays what it is."""
    known = _meaning(before.events[0])
    for line in lines:
        done = amended(document, [line], shape, library)
        after = replace(document, data=done.data, revision="")
        reading = read_document(after, shape, library)
        if done.written and not reading.problems and [_meaning(event) for event in reading.events] == [known]:
            document = after
            yield line


def _meaning(event: Event) -> Event:
    """The event without where it was read."""
    return replace(event, evidence={}, zone_basis=None)


def _stated(event: Event, keys: Keys, default: str) -> Iterator[Problem]:
    """A line for each value that the text states. The zone comes before the times that are meant in it."""
    when = event.when
    if isinstance(when, Timed):
        # In the site's own zone a time needs no other word.
        if event.zone_basis == "stated" and event.zone and event.zone != default:
            yield from _line(keys, event.evidence.get("zone"), "timezone", event.zone)
        yield from _line(keys, event.evidence.get("when"), "start", f'"{when.starts_at:%H:%M}"', at=when.starts_at)
        if when.ends_at is not None:
            same = when.ends_at.date() == when.starts_at.date()
            end = f"{when.ends_at:%H:%M}" if same else f"{when.ends_at:%Y-%m-%d %H:%M}"
            yield from _line(keys, event.evidence.get("end"), "end", f'"{end}"', at=when.ends_at)
    if event.location:
        yield from _line(keys, event.evidence.get("location"), "place", quoted(event.location))
    elif event.mode == "online":
        yield from _line(keys, event.evidence.get("mode"), "place", "online")
    yield from _line(keys, event.evidence.get("access"), "access", event.access)
    if event.join_url:
        yield from _line(keys, event.evidence.get("join_url"), "register", quoted(event.join_url))


def _line(
    keys: Keys, evidence: Evidence | None, name: str, value: str, *, at: datetime | None = None
) -> Iterator[Problem]:
    if evidence is None or evidence.basis != "prose" or keys.entry(name) is not None:
        return
    line = line_of(keys, name, value)
    if line is not None:
        yield Problem(
            path=keys.path, line=evidence.line, field=keys.key(name), severity="info",
            what=f"It was read from “{_words(evidence.text, at)}”.",
            hint="State it in the front matter, and it no longer depends on these words.", write=line,
        )  # fmt: skip


def _words(text: str, at: datetime | None) -> str:
    """The words to quote: of a long sentence with a time those around the time."""
    found = None
    if at is not None and len(text) > _SHORT:
        hours = {f"{at.hour}", f"{at.hour:02}", f"{at.hour % 12 or 12}"}
        minutes = rf"[:.h]{at:%M}" if at.minute else r"(?:[:.h]00)?(?![\d:.]\d)"
        found = re.search(
            rf"(?<![\d:.])(?:{'|'.join(sorted(hours))}){minutes}\s?(?:[ap]\.?m\b|Uhr|h\b)?", text, re.IGNORECASE
        )
    if found is None:
        return short(text)
    before, after = text[: found.start()], text[found.end() :]
    # Whole words on both sides, as many as fit.
    head = before if len(before) <= _AROUND else "…" + before[-_AROUND:].partition(" ")[2]
    tail = after if len(after) <= _AROUND else after[:_AROUND].rpartition(" ")[0] + "…"
    return f"{head}{found[0]}{tail}"
