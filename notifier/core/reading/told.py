"""The times that prose gives for this event."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from notifier.core.event import Evidence
from notifier.core.reading.bearing import Bearing
from notifier.core.reading.clocks_together import clocks_together
from notifier.core.reading.languages import ENGLISH, Language
from notifier.core.reading.times import ClockTime, times_in
from notifier.core.reading.zonewords import ZoneWord, zone_beside

# More dates than this in one sentence are a list of dates; whose time is whose can't be said.
MAX_MENTIONS = 12
_MINUTES = re.compile(r"\d[:.h]\d\d", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A time that prose gives for this event; `zone` is what stands beside it."""

    clock: ClockTime
    zone: ZoneWord | None
    evidence: Evidence
    sentence: str


def told_times(bearings: Sequence[Bearing], *, language: Language = ENGLISH) -> Iterator[Told]:
    """The times that count: beside the event's own date, on a "When:" or "Time:" line, or alone next to such a line."""
    for index, bearing in enumerate(bearings):
        if bearing.own or _labelled(bearing, language) or _beside(bearings, index, language):
            yield from _told(bearing)


def _labelled(bearing: Bearing, language: Language) -> bool:
    sentence = bearing.sentence
    return sentence.label == "when" and not bearing.mentions and not language.clock.recurring.search(sentence.text)


def _beside(bearings: Sequence[Bearing], index: int, language: Language) -> bool:
    """Nothing but a time, next to a sentence with the event's date: "9.00 - 11.00 am. 29 September 2026."."""
    here = bearings[index]
    if here.mentions or len(here.sentence.text) > 60:
        return False
    beside = any(
        0 <= near < len(bearings)
        and bearings[near].own
        and abs(bearings[near].sentence.block - here.sentence.block) <= 1
        for near in (index - 1, index + 1)
    )
    return beside and _is_bare(here.sentence.text, language)


def _is_bare(text: str, language: Language) -> bool:
    rest, at = "", 0
    for clock in times_in(text, language=language):
        rest, at = rest + text[at : clock.at], clock.until
    return at > 0 and not language.clock.filler.sub("", rest + text[at:]).strip()


def times_of(bearing: Bearing) -> Iterator[ClockTime]:
    """The times in a sentence, whatever day they are of."""
    return times_in(_blanked(bearing), language=bearing.language)


def titled_times(title: Bearing) -> Iterator[Told]:
    """The one time that a title gives, to the minute: “Jahreshauptversammlung um 20:00 Uhr”."""
    clocks = list(times_of(title))
    if len(clocks) == 1 and clocks[0].start and not clocks[0].unsure and _MINUTES.search(clocks[0].text):
        quote = title.sentence.quote
        evidence = Evidence(field="when", text=quote, line=title.sentence.line, basis="prose")
        yield Told(clock=clocks[0], zone=None, evidence=evidence, sentence=quote)


def _told(bearing: Bearing) -> Iterator[Told]:
    sentence, language = bearing.sentence, bearing.language
    if len(bearing.mentions) > MAX_MENTIONS:
        return
    text = _blanked(bearing)
    if together := clocks_together(text, min(bearing.days)):
        line = sentence.line_at(together[0].at)
        evidence = Evidence(field="when", text=sentence.quote, line=line, basis="prose")
        yield Told(clock=together[0], zone=together[1], evidence=evidence, sentence=sentence.text)
        return
    for clock in times_in(text, language=language):
        if _nearest_is_own(bearing, clock):
            line = sentence.line_at(clock.at)
            evidence = Evidence(field="when", text=sentence.quote, line=line, basis="prose")
            zone = zone_beside(text, clock.until, language=language)
            yield Told(clock=clock, zone=zone, evidence=evidence, sentence=sentence.text)


def _blanked(bearing: Bearing) -> str:
    """The sentence with its dates blanked, so that their digits aren't read as times; every position stays."""
    text, parts, at = bearing.sentence.text, [], 0
    for mention in bearing.mentions:
        parts += [text[at : mention.start], " " * (mention.end - mention.start)]
        at = mention.end
    return "".join([*parts, text[at:]])


def _nearest_is_own(bearing: Bearing, clock: ClockTime) -> bool:
    """With several dates in one sentence a time belongs to the nearest."""
    if not bearing.mentions:
        return True

    def distance(start: int, end: int) -> int:
        return max(start - clock.until, clock.at - end, 0)

    nearest = min(bearing.mentions, key=lambda mention: distance(mention.start, mention.end))
    return bool(nearest.days & bearing.days)
