"""Which words of a language stand in a sentence, looked for once: most questions about most sentences end here."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from operator import attrgetter
from typing import Any, Literal, get_args

from notifier.core.reading.languages.guests import names_guests
from notifier.core.reading.languages.language import NOTHING_SAID, Admission, Language
from notifier.core.reading.languages.narrowing import NEVER

#: The slots of a language that every sentence is asked for.
Slot = Literal[
    "calendar.mention", "called_off", "filling.told", "opening.open", "opening.selects", "opening.welcome",
    "places.hybrid", "places.in_person", "places.not_in_person", "places.online", "telling.claim", "telling.future",
    "telling.past", "telling.this_past",
]  # fmt: skip
#: One of them whose words were found, or `closing`: some that may close an event, in its own language or in English.
Sign = Literal[Slot, "closing"]
Signs = frozenset[Sign]

SLOTS: tuple[Slot, ...] = get_args(Slot)
_NOTHING: Signs = frozenset()
_CLOSING: Signs = frozenset({"closing"})


def signs_in(text: str, language: Language, english: Language) -> Signs:
    """What stands in a sentence of a language. Both may be narrowed to it."""
    found = [slot for slot, search in _searches(language) if search(text) is not None]
    signs: Signs = frozenset(found) if found else _NOTHING
    closes = may_close(text, language.admission) or (english is not language and may_close(text, english.admission))
    return signs | _CLOSING if closes else signs


def may_close(text: str, words: Admission) -> bool:
    """Whether anything in a text could close an event; where nothing does, it needs no closer look."""
    return (
        words.not_open.search(text) is not None
        or words.members_only.search(text) is not None
        or names_guests(text, words.slips)
    )


# A narrowed language is the same one for many sentences, and has few patterns left to try.
@lru_cache(maxsize=4_096)
def _searches(language: Language) -> tuple[tuple[Slot, Callable[[str], Any]], ...]:
    patterns = [(slot, attrgetter(slot)(language)) for slot in SLOTS]
    return tuple((slot, pattern.search) for slot, pattern in patterns if pattern not in (NEVER, NOTHING_SAID))
