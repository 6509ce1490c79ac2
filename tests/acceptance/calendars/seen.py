"""What a calendar shows of an event, in one form for every client and for what the author meant."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import UTC, date, datetime


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Seen:
    """One event. `start` and `end` are a day (the end exclusive) or an instant in UTC, as ISO 8601 writes them."""

    uid: str
    start: str
    end: str
    title: str
    description: str = ""
    location: str = ""
    url: str = ""
    status: str = "CONFIRMED"


FIELDS = tuple(field.name for field in fields(Seen))


def moment(at: date | datetime) -> str:
    """A day, or an instant in UTC, as `Seen` has it."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if isinstance(at, datetime) else at.isoformat()


def read(text: str) -> list[Seen]:
    """The lines of JSON that the programs in `clients/` print, one for each event; others are passed over."""
    rows = [json.loads(line) for line in text.split("\n") if line.startswith("{")]
    return [Seen(**{name: str(row.get(name) or "") for name in FIELDS}) for row in rows if "uid" in row]


def written(events: Iterable[Seen]) -> str:
    """What `read` reads."""
    return "".join(json.dumps(asdict(event)) + "\n" for event in events)
