"""Whether a fixed value fits its field: the words that an event's status, access and the like can be."""

from __future__ import annotations

from typing import get_args

from notifier.config.tree import shown
from notifier.config.units import closest, zone_problem
from notifier.core.event import Access, Mode, Status
from notifier.core.reading.entries import Scalar

_WORDS: dict[str, tuple[str, ...]] = {
    "status": get_args(Status),
    "access": tuple(word for word in get_args(Access) if word != "unknown"),
    "mode": tuple(word for word in get_args(Mode) if word != "unknown"),
    "precision": ("day", "month", "tbc"),
    **dict.fromkeys(
        ("all_day", "cancelled", "full", "published", "draft", "upcoming", "writeup", "notify"), ("true", "false")
    ),
}


def meaning_problem(value: Scalar, field: str) -> tuple[str, str] | None:
    """What is wrong with a value for a field and what to write; None for nothing."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if field == "timezone":
        return zone_problem(text)
    words = _WORDS.get(field)
    if words is None or text.casefold() in words:
        return None
    listed = f"Write {', '.join(words[:-1])} or {words[-1]}."
    return f"{shown(text)!r} is not a value of {field}.", closest(text, list(words)) or listed
