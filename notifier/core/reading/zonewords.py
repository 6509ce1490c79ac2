"""Words beside a time that say in which zone it is, and places that imply one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from notifier.core.reading.languages import ENGLISH, Language
from notifier.core.reading.languages.language import Season, ZoneName, Zones
from notifier.core.reading.languages.worldwide import CITIES, LETTERS
from notifier.core.zones import zone_named

_OFFSET = re.compile(r"(?:GMT|UTC)\s?([+−-])\s?(\d{1,2})(?::?([0-5]\d))?")

_OTHER_HALF = re.compile(r"/([A-Z]{3,4})\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneWord:
    """A zone beside a time. `zone` None: the words are there but do not name one zone.

    `letters` are what clocks there show, where `text` says it in another language (CET for MEZ).
    """

    text: str
    zone: str | None
    letters: str | None = None
    season: Season | None = None
    offset: timedelta | None = None


def zone_beside(text: str, at: int, *, language: Language = ENGLISH) -> ZoneWord | None:
    """The zone written right after position `at` (the end of a time), if there is one."""
    match = language.zones.beside.match(text, at)
    if not match:
        return None
    if match["zulu"]:
        return ZoneWord(text="Z", zone="UTC")
    if match["offset"]:
        return ZoneWord(text=match["offset"], zone=None, offset=_offset(match["offset"]))
    if match["words"]:
        return _word(match["zone"], language.zones.names[match["words"].casefold()])
    if match["other"]:
        return ZoneWord(text=match["other"], zone=None)
    letters = match["letters"]
    if letters in language.zones.names:
        return _both_halves(match, language.zones) or _word(letters, language.zones.names[letters])
    # CST is Chicago, Havana and Kaohsiung; IST Dublin, Tel Aviv and Delhi: not for us to choose.
    return ZoneWord(text=letters, zone=None) if letters.endswith("T") and len(letters) > 2 else None


def _both_halves(match: re.Match[str], zones: Zones) -> ZoneWord | None:
    """“CET/CEST” and “EST/EDT” are one zone, summer and winter."""
    other = _OTHER_HALF.match(match.string, match.end("letters"))
    if other is None or other[1] not in zones.names:
        return None
    one, two = zones.names[match["letters"]], zones.names[other[1]]
    if one.zone != two.zone or {one.season, two.season} != {"standard", "daylight"}:
        return None
    return ZoneWord(text=match["letters"] + other[0], zone=one.zone)


def _word(text: str, name: ZoneName) -> ZoneWord:
    return ZoneWord(text=text, zone=name.zone, letters=name.letters, season=name.season)


def _offset(text: str) -> timedelta | None:
    match = _OFFSET.fullmatch(text)
    if not match or int(match[2]) > 14:
        return None
    length = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    return length if match[1] == "+" else -length


def meant(word: ZoneWord, day: date, clock: time, default: str) -> str | None:
    """The IANA zone a word means on that day. Letters that the site's own clocks show then mean that zone (CST, IST)."""
    wall = datetime.combine(day, clock, zone_named(default))
    if word.offset is not None:
        return default if wall.utcoffset() == word.offset else None
    return default if wall.tzname() == (word.letters or word.text) else word.zone


def in_season(word: ZoneWord, day: date, clock: time, zone: str) -> bool:
    """Whether the word fits the time of year: EST in May and GMT in July do not."""
    summer = bool(datetime.combine(day, clock, zone_named(zone)).dst())
    return word.season is None or (word.season == "daylight") == summer


def zone_of_place(text: str, *, passing: bool, language: Language = ENGLISH) -> tuple[str, str] | None:
    """The one zone that the cities named in a text lie in, with the city; None where there is none or several.

    `passing`: the text is a sentence, not a place, so only "in Paris" and "in central Paris" count.
    """
    zones = language.zones
    found = {
        zones.cities[match[1]]: match[1]
        for match in zones.city.finditer(text)
        if not passing or zones.inside.search(text[max(0, match.start() - 24) : match.start()])
    }
    return next(iter(found.items())) if len(found) == 1 else None


def known_zones() -> list[str]:
    """The zones this program meets most, for suggestions."""
    return sorted({zone for zone, _ in LETTERS.values()} | set(CITIES.values()))
