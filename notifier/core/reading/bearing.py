"""Which sentences are about this event, which about another day, which announce it and which look back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from notifier.core.reading.dates import Mention, Order, dates_in
from notifier.core.reading.languages import Language
from notifier.core.reading.prose import Sentence
from notifier.core.values import record


@record(frozen=True, slots=True, kw_only=True)
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

    @property
    def language(self) -> Language:
        """The language that the sentence is read in."""
        return self.sentence.language


def weigh(sentences: Sequence[Sentence], *, days: Sequence[date], order: Order | None = None) -> tuple[Bearing, ...]:
    """What each sentence has to do with an event on these days (the first is what a missing year is nearest to).

    `order` is which way the site means 4/5/2026.
    """
    own = frozenset(days)
    return tuple(_weighed(sentence, own, days[0], order=order) for sentence in sentences)


def _weighed(sentence: Sentence, days: frozenset[date], first: date, *, order: Order | None) -> Bearing:
    text, said, telling = sentence.text, sentence.said, sentence.language.telling
    mentions: tuple[Mention, ...] = ()
    if "calendar.mention" in said:
        mentions = dates_in(text, near=first, language=sentence.language, order=order)
        before = [text[max(0, mention.start - 60) : mention.start] for mention in mentions]
        mentions = tuple(m for m, ahead in zip(mentions, before, strict=True) if not telling.deadline.search(ahead))
    own = any(mention.days & days for mention in mentions) if mentions else False
    claim = sentence.label == "when" or "telling.claim" in said
    return Bearing(
        sentence=sentence,
        days=days,
        mentions=mentions,
        own=own,
        elsewhere=bool(mentions) and not own,
        claims=claim and (sentence.label == "when" or own or not telling.elsewhen.search(text)),
        future="telling.future" in said,
        past="telling.past" in said,
    )


def looks_ahead(bearings: Sequence[Bearing]) -> Bearing | None:
    """The sentence that announces the event in the future tense, if one does."""
    return next((b for b in bearings if b.future and not b.elsewhere and not b.past and (b.own or b.claims)), None)


def looks_back(bearings: Sequence[Bearing]) -> Bearing | None:
    """The sentence that tells of the event as over: one with its date, or one about "this event" where nothing looks ahead."""
    dated = next((b for b in bearings if b.past and b.own and not b.future), None)
    if dated or looks_ahead(bearings) or any(b.future and not b.elsewhere for b in bearings):
        return dated
    return next((b for b in bearings if "telling.this_past" in b.sentence.said and not b.elsewhere), None)
