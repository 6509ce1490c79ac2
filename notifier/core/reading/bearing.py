"""Which sentences are about this event, which about another day, which announce it and which look back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from notifier.core.reading.dates import Mention, dates_in
from notifier.core.reading.prose import Sentence

NOUN = (
    r"(?:event|meeting|workshop|session|conversation|webinar|seminar|round ?table|talk|panel|call|training|drop-in"
    r"|discussion|lab|launch|symposium|lecture|course|gathering|conference|day)"
)
_CLAIM = re.compile(
    r"\bwe(?:'ll| will| are going to)\s(?:be\s)?(?:hold|host|run|meet|holding|hosting|running|meeting)\b"
    r"|\bwe(?:'re| are)\s(?:holding|hosting|running)\b|\bjoin us\s(?:on|for|at|in)\b"
    rf"|\b(?:this|the|our)\s(?:[\w'-]{{1,20}}\s){{0,3}}?{NOUN}\s(?:will\s(?:take place|be held|run)|takes place|is taking place|is on)\b"
    r"|^taking place\b",
    re.IGNORECASE,
)
_FUTURE = re.compile(
    r"\bwe(?:'ll| will| are going to)\b|\bjoin us\b|\bwill (?:be|take place|explore|bring|cover|discuss|include|share|focus)\b"
    r"|\btaking place\b|\btakes place\b",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\bwe (?:held|hosted|heard(?: from)?|ran|convened|brought together|gathered|welcomed|met|were joined)\b"
    rf"|\btook place\b|\b(?:was|were) held\b|\b(?:this|the)\s{NOUN}\s(?:was|explored|heard|brought together|discussed)\b",
    re.IGNORECASE,
)
_THIS_PAST = re.compile(
    rf"\bthis\s{NOUN}\s(?:was|took place|explored|heard|brought together|discussed)\b|\bat (?:this|the)\s{NOUN}\swe heard\b",
    re.IGNORECASE,
)
_ELSEWHEN = re.compile(
    r"\b(?:next|future|further|following|subsequent|another|previous|previously|last|earlier|past|also)\b",
    re.IGNORECASE,
)
_DEADLINE = re.compile(
    r"\b(?:by|before|until|till|deadline|closes?|closing|no later than|since)\b[^.;]{0,30}$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearing:
    """A sentence and what it has to do with the event.

    `own`: it names the event's date. `elsewhere`: it names dates, and none of them is the event's.
    `claims`: it says when *this* event is ("we will hold …", "When: …"). `days` are the event's own.
    """

    sentence: Sentence
    days: frozenset[date]
    mentions: tuple[Mention, ...]
    own: bool
    elsewhere: bool
    claims: bool
    future: bool
    past: bool


def weigh(sentences: Sequence[Sentence], *, days: Sequence[date]) -> tuple[Bearing, ...]:
    """What each sentence has to do with an event on these days (the first is what a missing year is nearest to)."""
    return tuple(_weighed(sentence, frozenset(days), days[0]) for sentence in sentences)


def _weighed(sentence: Sentence, days: frozenset[date], first: date) -> Bearing:
    text = sentence.text
    mentions = tuple(
        mention
        for mention in dates_in(text, near=first)
        if not _DEADLINE.search(text[max(0, mention.start - 60) : mention.start])
    )
    own = any(mention.days & days for mention in mentions)
    claim = sentence.label == "when" or bool(_CLAIM.search(text))
    return Bearing(
        sentence=sentence,
        days=days,
        mentions=mentions,
        own=own,
        elsewhere=bool(mentions) and not own,
        claims=claim and (sentence.label == "when" or own or not _ELSEWHEN.search(text)),
        future=bool(_FUTURE.search(text)),
        past=bool(_PAST.search(text)),
    )


def looks_ahead(bearings: Sequence[Bearing]) -> Bearing | None:
    """The sentence that announces the event in the future tense, if one does."""
    return next((b for b in bearings if b.future and not b.elsewhere and not b.past and (b.own or b.claims)), None)


def looks_back(bearings: Sequence[Bearing]) -> Bearing | None:
    """The sentence that tells of the event as over: one with its date, or one about "this event" where nothing looks ahead."""
    dated = next((b for b in bearings if b.past and b.own and not b.future), None)
    if dated or looks_ahead(bearings) or any(b.future and not b.elsewhere for b in bearings):
        return dated
    return next((b for b in bearings if _THIS_PAST.search(b.sentence.text) and not b.elsewhere), None)
