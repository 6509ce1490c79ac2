"""What holds of every reading, whatever the bytes were."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime
from urllib.parse import urlsplit

from notifier.core.event import AllDay, Document, Event, Timed
from notifier.core.reading import Reading
from notifier.core.zones import end_of_day, start_of_day, zone_named
from notifier.errors import Problem

#: Far above any sentence of ours with the words it quotes; far below a hostile value.
LONGEST_MESSAGE = 1_500
LONGEST = {
    "title": 500, "location": 500, "category": 500, "series": 500, "summary": 2_000,
    "join_url": 2_000, "info_url": 2_000, "url": 2_000, "image": 2_000, "contact": 2_000,
}  # fmt: skip
LONGEST_LIST, LONGEST_ITEM, LONGEST_EVIDENCE = 100, 500, 2_500
_OPENING = re.compile(r"\{\{|\{%")
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
#: Invisible by themselves, and a part of what is seen: a joiner within an emoji or a word, the letters of a flag.
_BELONGS = re.compile(
    "(?<=[^\x00-\x7f])[\u200c\u200d](?=[^\x00-\x7f])|(?<=\U0001f3f4)[\U000e0061-\U000e007a]{5}\U000e007f"
)
_SEEN = ("title", "location", "summary", "series", "category")
_WEB = ("join_url", "info_url", "url", "image")


def broken_promises(document: Document, reading: Reading) -> list[str]:
    """Everything about a reading that must never be, in words; an empty list is what is wanted."""
    lines = _lines_of(document.data)
    return [
        *_of_the_whole(document, reading),
        *_of_doubts(reading),
        *(f"{event.path}: {said}" for event in reading.events for said in _of_event(event, lines)),
        *(said for problem in reading.problems for said in _of_problem(problem, document, lines)),
    ]


def _lines_of(data: bytes) -> int:
    text = data.decode("utf-8", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1


def _of_the_whole(document: Document, reading: Reading) -> Iterator[str]:
    paths = [event.path for event in reading.events]
    if twice := [path for path, times in Counter(paths).items() if times > 1]:
        yield f"several events have the path {twice[0]!r}"
    for path in (*paths, *reading.broken):
        if path.partition("#")[0] != document.path:
            yield f"the path {path!r} is not in the document {document.path!r}"
    if reading.broken and not any(problem.severity == "error" for problem in reading.problems):
        yield "something is broken, and no problem says why"
    if reading.broken & set(paths):
        yield "an event is both read and broken"
    if not set(reading.copies) <= set(paths):
        yield "a copy is of no event"


def _of_doubts(reading: Reading) -> Iterator[str]:
    said = [problem.what.removesuffix(".") for problem in reading.problems]
    for doubt in {doubt.text for event in reading.events for doubt in event.doubts}:
        if not any(doubt.startswith(what) for what in said):
            yield f"the doubt {doubt!r} stands in no problem"


def _of_event(event: Event, lines: int) -> Iterator[str]:
    yield from _of_texts(event)
    yield from _of_addresses(event)
    yield from _of_time(event)
    for name, evidence in event.evidence.items():
        if not _is_visible(evidence.text):
            yield f"the evidence of {name} holds what nobody sees: {evidence.text[:200]!r}"
        if evidence.line is not None and not 1 <= evidence.line <= lines:
            yield f"the evidence of {name} is in line {evidence.line} of {lines}"
    if not event.private <= {field.name for field in fields(Event)}:
        yield f"private names {sorted(event.private)}"


def _of_texts(event: Event) -> Iterator[str]:
    if not event.title.strip():
        yield "the title is empty"
    for name in _SEEN:
        text = getattr(event, name) or ""
        if not _is_visible(text):
            yield f"{name} holds what nobody sees: {text[:200]!r}"
        if name in ("title", "location", "summary") and _OPENING.search(text):
            yield f"{name} holds an opening of a template: {text[:200]!r}"
    yield from _of_lengths(event)
    everything = (*_strings(event), *(text for found in event.evidence.values() for text in (found.text, found.basis)))
    if any(not _is_text(text) for text in everything):
        yield "a field holds half a character, which no file and no database takes"


def _of_lengths(event: Event) -> Iterator[str]:
    for name, longest in LONGEST.items():
        if (length := len(getattr(event, name) or "")) > longest:
            yield f"{name} has {length} characters"
    for name in ("topics", "projects"):
        items = getattr(event, name)
        if len(items) > LONGEST_LIST or any(len(item) > LONGEST_ITEM for item in items):
            yield f"{name} has {len(items)} items of {max(map(len, items))} characters at most"
    for name, evidence in event.evidence.items():
        if len(evidence.text) > LONGEST_EVIDENCE:
            yield f"the evidence of {name} has {len(evidence.text)} characters"


def _strings(event: Event) -> Iterator[str]:
    for field in fields(event):
        value = getattr(event, field.name)
        if isinstance(value, str):
            yield value
        elif isinstance(value, tuple):
            yield from (item for item in value if isinstance(item, str))
    yield from (doubt.text for doubt in event.doubts)


def _is_visible(text: str) -> bool:
    """One line of characters that are seen, none of which turns, hides or joins others."""
    return text == text.strip() and not any(unicodedata.category(c) in _INVISIBLE for c in _BELONGS.sub("", text))


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _of_addresses(event: Event) -> Iterator[str]:
    for name in _WEB:
        address = getattr(event, name)
        if address is not None and not _is_web(address):
            yield f"{name} is {address[:200]!r}"
    if event.contact is not None and not event.contact.startswith("mailto:") and not _is_web(event.contact):
        yield f"contact is {event.contact[:200]!r}"
    if event.explicit_uid is not None and not re.fullmatch(r"[A-Za-z0-9._@+-]{1,255}", event.explicit_uid):
        yield f"the uid is {event.explicit_uid[:200]!r}"


def _is_web(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    plain = address.isprintable() and not any(c.isspace() or c in '<>"' for c in address)
    return plain and parts.scheme in ("http", "https") and bool(parts.hostname)


def _of_time(event: Event) -> Iterator[str]:
    if (event.zone is not None) != isinstance(event.when, Timed):
        yield f"the zone is {event.zone!r} and it is {type(event.when).__name__}"
    if (event.zone is None) != (event.zone_basis is None):
        yield f"the zone is {event.zone!r} and its basis is {event.zone_basis!r}"
    match event.when:
        case AllDay() as days:
            yield from _of_days(days)
        case Timed(starts_at=starts_at, ends_at=ends_at):
            if ends_at is not None and ends_at <= starts_at:
                yield f"it ends at {ends_at}, and starts at {starts_at}"
            yield from (said for at in (starts_at, ends_at) if at is not None for said in _of_instant(at, event.zone))
        case None:
            return


def _of_days(days: AllDay) -> Iterator[str]:
    if days.last < days.first:
        yield f"the last day {days.last} is before the first {days.first}"
    try:
        start_of_day(days.first, "Pacific/Kiritimati"), end_of_day(days.last, "Pacific/Pago_Pago")
    except (OverflowError, ValueError) as error:
        yield f"days that no clock can show: {days.first} to {days.last} ({error})"


def _of_instant(at: datetime, zone: str | None) -> Iterator[str]:
    if at.tzinfo is None or zone is None or at.tzinfo != zone_named(zone):
        yield f"{at} is not in {zone}"
        return
    try:
        at.astimezone(UTC), end_of_day(at.date(), zone)
    except (OverflowError, ValueError) as error:
        yield f"an instant that no clock can show: {at} ({error})"


def _of_problem(problem: Problem, document: Document, lines: int) -> Iterator[str]:
    if problem.path != document.path:
        yield f"a problem is of {problem.path!r}"
    if problem.line is not None and not 1 <= problem.line <= lines:
        yield f"line {problem.line} of {lines}: {problem}"[:300]
    if len(str(problem)) > LONGEST_MESSAGE or not _is_text(str(problem)):
        yield f"a problem of {len(str(problem))} characters: {str(problem)[:200]!r}"
    if not problem.what or not problem.hint:
        yield f"a problem without what to do: {problem}"
    for text in (problem.what, problem.hint, problem.field or ""):
        if not _is_visible(text):
            yield f"a problem holds what nobody sees: {text[:200]!r}"
