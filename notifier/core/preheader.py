"""What an inbox shows behind the subject, which names the event already."""

from __future__ import annotations

from collections.abc import Sequence

from notifier.core.cards import Card
from notifier.core.languages import Language
from notifier.core.note import Note
from notifier.core.plain import cut
from notifier.core.rule import Kind

_UNITS = 140


def preheader(kind: Kind, cards: Sequence[Card], note: Note, spoken: Language) -> str:
    """The preheader of a message of this kind about these events, in this language."""
    return cut(_behind_subject(kind, cards, note, spoken), _UNITS)


def _behind_subject(kind: Kind, cards: Sequence[Card], note: Note, spoken: Language) -> str:
    first = cards[0] if cards else None
    if kind == "digest":
        return _titles(cards, spoken)
    if first is None or (note and kind == "one_off"):
        return note.brief
    said = " · ".join(filter(None, (first.when, first.place)))
    match kind:
        case "change":
            return first.after_all or _in_short(first, spoken) or said
        case "cancellation":
            if first.starts_on:
                return spoken.say("It was planned for {when}", when=said)
            return spoken.say("It doesn’t take place as it was planned.")
        case "follow_up":
            return first.brief or said
        case "announcement" | "reminder" | "one_off":
            return said


def _titles(cards: Sequence[Card], spoken: Language) -> str:
    first, more = ", ".join(card.title for card in cards[:2]), len(cards) - 2
    return spoken.say("{titles} and {n} more", titles=first, n=more) if more > 0 else first


def _in_short(card: Card, spoken: Language) -> str:
    parts = (f"{one.label}: {spoken.say('a new one') if one.url else one.new}" for one in card.changes)
    return " · ".join(parts)
