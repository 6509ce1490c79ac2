"""An event's fields for its page: the value, and the words and the line that it came from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from notifier.core.event import Event, Evidence
from notifier.web import words

_LABELS = {
    "title": "Title", "when": "When", "zone": "Time zone", "mode": "How", "location": "Place", "join_url": "Way to join",
    "info_url": "More about it", "contact": "Contact", "access": "Who may come", "status": "Status",
    "full": "Registration",
    "published": "Published", "role": "Whose event", "category": "Category", "series": "Series", "topics": "Topics",
    "projects": "Projects", "url": "Its page", "recording_url": "Recording", "notify": "Mail about it",
    "reminders": "Reminders", "summary": "Summary",
}  # fmt: skip
_BASES = {
    "front matter": "front matter", "data": "the data file", "label": "a labelled line", "prose": "the text", "path": "the file's name", "default": "nothing was said",
    "inferred": "worked out",
}  # fmt: skip
#: How an event's evidence may be named where one page row shows several of its values.
_KIN = {"when": ("when", "date", "dates", "start", "end"), "zone": ("zone", "timezone")}
_ZONE_BASES = {"stated": "as the text says", "place": "after the place", "default": "the site's own"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One row: `value` "" where the text doesn't say; `evidence` each with the words that name its basis."""

    name: str
    label: str
    value: str
    is_private: bool
    evidence: tuple[tuple[Evidence, str], ...]


def fields_of(event: Event, zone: str, now: datetime) -> tuple[Field, ...]:
    """Every field of an event, in the order in which people ask for them; empty optional ones are left out."""
    values = dict(_values(event, zone, now))
    return tuple(
        Field(
            name=name,
            label=label,
            value=values[name],
            is_private=name in event.private,
            evidence=tuple(_evidence(event, name)),
        )
        for name, label in _LABELS.items()
        if values[name] or name in ("when", "join_url", "location", "access") or name in event.evidence
    )


def _values(event: Event, zone: str, now: datetime) -> Iterator[tuple[str, str]]:
    for name in _LABELS:
        match name:
            case "when":
                yield name, words.when(event, zone, now) if event.when else ""
            case "zone":
                basis = f", {_ZONE_BASES[event.zone_basis]}" if event.zone_basis else ""
                yield name, f"{event.zone}{basis}" if event.zone else ""
            case "full":
                yield name, "closed" if event.full else ""
            case "published" | "notify":
                yield name, "" if getattr(event, name) else "no"
            case "reminders":
                yield name, "" if event.reminders is None else ", ".join(event.reminders) or "none"
            case "topics" | "projects":
                yield name, ", ".join(getattr(event, name))
            case _:
                value = getattr(event, name)
                yield name, "" if value in (None, "unknown", "scheduled", "other") else str(value)


def _evidence(event: Event, name: str) -> Iterator[tuple[Evidence, str]]:
    for known in _KIN.get(name, (name,)):
        found = event.evidence.get(known)
        if found is not None:
            yield found, _BASES.get(found.basis, found.basis)
