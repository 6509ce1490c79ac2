"""A place told in a sentence: "we'll be in Leeds", "at Example Hall, 3 Mill Lane".

A capital letter alone makes no place, so only towns known here and names that end like a building's count, and only
where the words say that this event is there. People's affiliations, other events and web pages are no places.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from notifier.core.event import Evidence
from notifier.core.reading.bearing import Bearing
from notifier.core.reading.candidates import Candidate
from notifier.core.reading.plain import cut, visible
from notifier.core.reading.prose import Sentence


def told_place(bearings: Sequence[Bearing]) -> Candidate[str] | None:
    """The one venue that sentences about this event name, with its town; None where there are several."""
    venues: dict[str, Bearing] = {}
    towns: dict[str, Bearing] = {}
    whole: set[str] = set()
    for bearing in bearings:
        told = bearing.sentence.language.venues
        for match in _places(bearing):
            said = visible(match["place"])
            known = venues if match.re in (told.at_venue, told.dated_at_venue) else towns
            known.setdefault(said, bearing)
            if match["town"] and known is venues:
                whole.add(said)
    return _one(venues, towns, whole)


def may_be_online(sentences: Sequence[Sentence]) -> bool:
    """Whether any words speak of the net: then a place alone doesn't say how people meet."""
    return any("places.not_in_person" in sentence.said for sentence in sentences)


def _places(bearing: Bearing) -> Iterator[re.Match[str]]:
    text, told = bearing.sentence.text, bearing.sentence.language.venues
    if bearing.elsewhere or bearing.past or not (bearing.own or bearing.claims or bearing.future):
        return
    if told.otherwise.search(text):
        return
    for pattern in (told.in_town, told.speaks_in_town, told.at_venue):
        yield from (match for match in pattern.finditer(text) if not told.backward.search(_before(text, match)))
    if bearing.own:
        dates = [mention for mention in bearing.mentions if mention.days & bearing.days]
        starts, ends = frozenset(m.start for m in dates), frozenset(m.end for m in dates)
        beside = told.beside_date.finditer(text)
        yield from (match for match in beside if _is_beside(match, starts, ends, told.gaps))
        dated = told.dated_at_venue.finditer(text)
        yield from (match for match in dated if not told.affiliated.search(_before(text, match)))


def _before(text: str, match: re.Match[str]) -> str:
    return text[max(0, match.start() - 80) : match.start()]


def _is_beside(match: re.Match[str], starts: frozenset[int], ends: frozenset[int], gaps: tuple[str, ...]) -> bool:
    """“in Leeds on 4 May”, “on 4 May in Leeds”: dates begin at `starts` and end at `ends`."""
    after = {match.end() + len(gap) for gap in gaps if match.string.startswith(gap, match.end())}
    return bool(after & starts) or match.start() - 1 in ends or match.start() - 2 in ends


def _one(venues: dict[str, Bearing], towns: dict[str, Bearing], whole: set[str]) -> Candidate[str] | None:
    if len(venues) > 1 or len(towns) > 1:
        return None
    town = next(iter(towns), None)
    if not venues:
        return Candidate(field="location", value=cut(town), evidence=_evidence(towns[town])) if town else None
    ((venue, bearing),) = venues.items()
    value = f"{venue}, {town}" if town and venue not in whole and town not in venue else venue
    return Candidate(field="location", value=cut(value), evidence=_evidence(bearing))


def _evidence(bearing: Bearing) -> Evidence:
    return Evidence(field="location", text=bearing.sentence.quote, line=bearing.sentence.line, basis="prose")
