"""A place told in a sentence: "we'll be in Leeds", "at Example Hall, 3 Mill Lane".

A capital letter alone makes no place, so only towns known here and names that end like a building's count, and only
where the words say that this event is there. People's affiliations, other events and web pages are no places.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from notifier.core.event import Evidence
from notifier.core.reading.bearing import NOUN, Bearing
from notifier.core.reading.candidates import Candidate
from notifier.core.reading.plain import cut, visible
from notifier.core.reading.zonewords import CITIES

# Without Reading, Bath, Deal and the like, which are words too.
_TOWNS = (
    *CITIES, "Aberdeen", "Aberystwyth", "Bangor", "Belfast", "Birmingham", "Bournemouth", "Bradford", "Brighton",
    "Bristol", "Cambridge", "Canterbury", "Cardiff", "Carlisle", "Chester", "Colchester", "Cork", "Coventry",
    "Derby", "Dundee", "Durham", "Edinburgh", "Exeter", "Galway", "Glasgow", "Gloucester", "Hull", "Inverness",
    "Ipswich", "Lancaster", "Leeds", "Leicester", "Limerick", "Lincoln", "Liverpool", "Manchester", "Milton Keynes",
    "Newcastle upon Tyne", "Newcastle", "Newport", "Northampton", "Norwich", "Nottingham", "Oxford", "Perth", "Peterborough", "Plymouth",
    "Portsmouth", "Preston", "Salford", "Sheffield", "Southampton", "Stirling", "Sunderland", "Swansea", "Swindon",
    "Winchester", "Wolverhampton", "Worcester", "York", "Chicago", "Boston", "Montreal", "Vancouver", "Melbourne",
    "Graz", "Munich", "Hamburg", "Cologne", "Frankfurt", "Lyon", "Antwerp", "Ghent", "Rotterdam", "Utrecht",
    "Budapest", "Bratislava", "Porto", "Turin", "Naples",
)  # fmt: skip
_AFTER = r"(?![\w'-])(?!\s(?!Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[A-Z])"
_TOWN = (
    r"(?:(?i:central|downtown)\s)?(?:"
    + "|".join(re.escape(town) for town in sorted(_TOWNS, key=len, reverse=True))
    + rf"){_AFTER}"
)
_ROOM = r"Room\s[0-9A-Z]{1,5}\b(?:\sof\sthe\s[A-Z]\w{1,20})?"
_BUILDING = (
    r"(?:College|Hall|Hub|Centre|Center|Library|Museum|Gallery|House|Theatre|Church|Chapel|Cathedral|Building|Campus"
    r"|Caf[eé]|Hotel|School|Auditorium|Studios?|Pavilion|Barn|Bakery|Arms|Embassy)"
)
_STREET = r"(?:Street|St|Road|Rd|Lane|Avenue|Ave|Square|Way|Yard|Place|Drive|Row|Gardens)\b"
_ADDRESS = (
    rf"(?:,\s\d{{1,5}}[A-Za-z]?\s(?:[\w'-]{{1,20}}\s){{1,4}}?{_STREET}(?:\s(?:N|S)?(?:E|W)\b)?)?"
    r"(?:,\s(?:Suite|Floor|Room)\s\w{1,5}\b)?"
)
_VENUE = (
    rf"(?P<place>(?:(?:[A-Z][\w'&-]{{0,20}}\s){{1,5}}?{_BUILDING}(?![\w'-])(?!\s[A-Z]){_ADDRESS}|{_ROOM})"
    rf"(?:(?:\sin|,)\s(?P<town>{_TOWN}))?)"
)
_GAP = r"(?:(?!(?:from|after|about|of|following)\b)[\w'-]{1,20}\s){0,4}?"
_THIS = rf"(?i:\b(?:this|our|an?)\s{_GAP}{NOUN})"
_GATHERS = (
    r"(?i:\b(?:held|hosted|tak(?:e|es|ing)\splace|we(?:'ll|\swill)\s(?:be|meet|gather)|we(?:'re|\sare)\smeeting"
    r"|join\sus|see\syou))"
)
_THERE = rf"(?:{_GATHERS}|{_THIS})\s(?:in|at)\s(?:the\s)?"
_IN_TOWN = re.compile(rf"(?:{_GATHERS}|{_THIS})\sin\s(?P<place>(?P<town>{_TOWN})(?:,\s(?:in|at)\s{_ROOM})?)")
_SPEAKS_IN_TOWN = re.compile(
    rf"\b(?i:speaking|speaker|keynote|presenting)\sat\s[^.,;:?!]{{1,80}}?\s(?i:{NOUN})\sin\s(?P<place>(?P<town>{_TOWN}))"
)
_BESIDE_DATE = re.compile(rf"\bin\s(?P<place>(?P<town>{_TOWN}))")
_AT_VENUE = re.compile(rf"{_THERE}{_VENUE}")
_DATED_AT_VENUE = re.compile(rf"\bat\s(?:the\s)?{_VENUE}")
_AFFILIATED = re.compile(
    r"\b(?:professor|prof|dr|lecturer|researchers?|fellow|students?|director|dean|head|lead|chair|manager|officer|associate"
    r"|founder|staff|team|colleagues|people|department|institute|works?|working|based|studied|studying|taught|teaches"
    r"|experts?|partners?|friends)\b[^.;]{0,60}$",
    re.IGNORECASE,
)
_OTHERWISE = re.compile(
    r"\b(?:next|future|previous(?:ly)?|last|earlier|past|another)\b",
    re.IGNORECASE,
)
_BACKWARD = re.compile(r"\b(?:from|after|about|of|following|since|than)\s$", re.IGNORECASE)
_GAPS = (" ", ", ", " on ", ", on ", " on the ", ", on the ")
_NOT_IN_PERSON = re.compile(
    r"\b(?:zoom|online|on-line|virtual(?:ly)?|webinar|hybrid|teams call|livestream\w{0,3}|live-stream\w{0,3}"
    r"|remote(?:ly)?|jitsi|webex|google meet)\b",
    re.IGNORECASE,
)


def told_place(bearings: Sequence[Bearing]) -> Candidate[str] | None:
    """The one venue that sentences about this event name, with its town; None where there are several."""
    venues: dict[str, Bearing] = {}
    towns: dict[str, Bearing] = {}
    whole: set[str] = set()
    for bearing in bearings:
        for match in _places(bearing):
            said = visible(match["place"])
            known = venues if match.re in (_AT_VENUE, _DATED_AT_VENUE) else towns
            known.setdefault(said, bearing)
            if match["town"] and known is venues:
                whole.add(said)
    return _one(venues, towns, whole)


def may_be_online(texts: Sequence[str]) -> bool:
    """Whether any words speak of the net: then a place alone doesn't say how people meet."""
    return any(_NOT_IN_PERSON.search(text) for text in texts)


def _places(bearing: Bearing) -> Iterator[re.Match[str]]:
    text = bearing.sentence.text
    if bearing.elsewhere or bearing.past or _OTHERWISE.search(text):
        return
    if not (bearing.own or bearing.claims or bearing.future):
        return
    for pattern in (_IN_TOWN, _SPEAKS_IN_TOWN, _AT_VENUE):
        yield from (match for match in pattern.finditer(text) if not _BACKWARD.search(_before(text, match)))
    if bearing.own:
        dates = [mention for mention in bearing.mentions if mention.days & bearing.days]
        starts, ends = frozenset(m.start for m in dates), frozenset(m.end for m in dates)
        yield from (match for match in _BESIDE_DATE.finditer(text) if _is_beside(match, starts, ends))
        yield from (match for match in _DATED_AT_VENUE.finditer(text) if not _AFFILIATED.search(_before(text, match)))


def _before(text: str, match: re.Match[str]) -> str:
    return text[max(0, match.start() - 80) : match.start()]


def _is_beside(match: re.Match[str], starts: frozenset[int], ends: frozenset[int]) -> bool:
    """“in Leeds on 4 May”, “on 4 May in Leeds”: dates begin at `starts` and end at `ends`."""
    after = {match.end() + len(gap) for gap in _GAPS if match.string.startswith(gap, match.end())}
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
