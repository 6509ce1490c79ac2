"""Whether a public page or a file to download tells what is not public, however it is written there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from notifier.core.event import Event
from notifier.core.hidden import LABELS, Hidden, hidden_values, tells_openly, words_in
from notifier.core.rule import Site


def hidden_in(events: Iterable[Event], site: Site) -> Hidden:
    """What no public page or file may tell of these events."""
    return Hidden().of(hidden_values(event, site) for event in events)


def disclosure(data: bytes, about: Sequence[Event], hidden: Hidden) -> str | None:
    """What these bytes, HTML or a calendar's, would tell and must not; None where nothing. The value isn't repeated.

    `about` are the events that they show. What one of these says openly itself is no secret.
    """
    shown = {event.uid for event in about}
    # A calendar's lines are folded; nothing else has such breaks.
    for needle in hidden.found(words_in(data.replace(b"\r\n ", b""))):
        if not needle.everywhere and needle.uid not in shown:
            continue
        if not any(tells_openly(event, needle) for event in about):
            return f"would tell the {LABELS[needle.name]} of {needle.path}, which is not public."
    return None
