"""Words beside a time that say in which zone it is, and places that imply one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from notifier.core.zones import zone_named

Season = Literal["standard", "daylight"]

_ZONES: dict[str, tuple[str, Season | None]] = {
    "UTC": ("UTC", None), "UK time": ("Europe/London", None), "UK": ("Europe/London", None),
    "London time": ("Europe/London", None), "GMT": ("Europe/London", "standard"), "BST": ("Europe/London", "daylight"),
    "CET": ("Europe/Paris", "standard"), "CEST": ("Europe/Paris", "daylight"),
    "Central European Time": ("Europe/Paris", None), "Paris time": ("Europe/Paris", None),
    "Brussels time": ("Europe/Brussels", None), "Berlin time": ("Europe/Berlin", None),
    "EET": ("Europe/Helsinki", "standard"), "EEST": ("Europe/Helsinki", "daylight"),
    "ET": ("America/New_York", None), "EST": ("America/New_York", "standard"), "EDT": ("America/New_York", "daylight"),
    "Eastern Time": ("America/New_York", None), "New York time": ("America/New_York", None),
    "PT": ("America/Los_Angeles", None), "PST": ("America/Los_Angeles", "standard"),
    "PDT": ("America/Los_Angeles", "daylight"), "Pacific Time": ("America/Los_Angeles", None),
    "AEST": ("Australia/Sydney", "standard"), "AEDT": ("Australia/Sydney", "daylight"), "JST": ("Asia/Tokyo", None),
}  # fmt: skip
_IN_WORDS = {name.casefold(): zone for name, zone in _ZONES.items() if " " in name}
_BESIDE = re.compile(
    r"\s{0,2}[(\[,]?\s{0,2}(?P<zone>(?P<offset>(?:GMT|UTC)\s?[+−-]\s?\d{1,2}(?::?[0-5]\d)?)"
    r"|(?P<words>(?i:uk time|london time|central european time|paris time|brussels time|berlin time|eastern time"
    r"|new york time|pacific time))\b"
    r"|(?P<other>(?i:local time)|[A-Z][a-z]{2,15} time)\b"
    r"|(?P<letters>[A-Z]{2,5})\b)"
)
_OFFSET = re.compile(r"(?:GMT|UTC)\s?([+−-])\s?(\d{1,2})(?::?([0-5]\d))?")
CITIES = {
    "Paris": "Europe/Paris", "Berlin": "Europe/Berlin", "Brussels": "Europe/Brussels", "Amsterdam": "Europe/Amsterdam",
    "The Hague": "Europe/Amsterdam", "Geneva": "Europe/Zurich", "Zurich": "Europe/Zurich", "Vienna": "Europe/Vienna",
    "Madrid": "Europe/Madrid", "Barcelona": "Europe/Madrid", "Rome": "Europe/Rome", "Milan": "Europe/Rome",
    "Lisbon": "Europe/Lisbon", "Copenhagen": "Europe/Copenhagen", "Stockholm": "Europe/Stockholm", "Oslo": "Europe/Oslo",
    "Helsinki": "Europe/Helsinki", "Tallinn": "Europe/Tallinn", "Warsaw": "Europe/Warsaw", "Prague": "Europe/Prague",
    "Athens": "Europe/Athens", "Luxembourg": "Europe/Luxembourg", "Strasbourg": "Europe/Paris", "Dublin": "Europe/Dublin",
    "London": "Europe/London", "Washington, DC": "America/New_York", "Washington DC": "America/New_York",
    "New York": "America/New_York", "San Francisco": "America/Los_Angeles", "Toronto": "America/Toronto",
    "Nairobi": "Africa/Nairobi", "Cape Town": "Africa/Johannesburg", "New Delhi": "Asia/Kolkata", "Delhi": "Asia/Kolkata",
    "Tokyo": "Asia/Tokyo", "Singapore": "Asia/Singapore", "Sydney": "Australia/Sydney", "Kaohsiung": "Asia/Taipei",
    "Taipei": "Asia/Taipei", "Linz": "Europe/Vienna",
}  # fmt: skip
_CITY = re.compile(
    r"(?<![\w-])(" + "|".join(re.escape(city) for city in CITIES) + r")(?!\w)(?! (?:Road|Street|Square|Gardens))"
)


_IN = re.compile(r"\bin\s(?:central\s|downtown\s)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneWord:
    """A zone beside a time. `zone` None: the words are there but do not name one zone."""

    text: str
    zone: str | None
    season: Season | None = None
    offset: timedelta | None = None


def zone_beside(text: str, at: int) -> ZoneWord | None:
    """The zone written right after position `at` (the end of a time), if there is one."""
    match = _BESIDE.match(text, at)
    if not match:
        return None
    if match["offset"]:
        return ZoneWord(text=match["offset"], zone=None, offset=_offset(match["offset"]))
    if match["words"]:
        return ZoneWord(text=match["words"], zone=_IN_WORDS[match["words"].casefold()][0])
    if match["other"]:
        return ZoneWord(text=match["other"], zone=None)
    return _lettered(match["letters"])


def _lettered(letters: str) -> ZoneWord | None:
    if letters in _ZONES:
        zone, season = _ZONES[letters]
        return ZoneWord(text=letters, zone=zone, season=season)
    # CST is Chicago, Havana and Kaohsiung; IST Dublin, Tel Aviv and Delhi: not for us to choose.
    return ZoneWord(text=letters, zone=None) if letters.endswith("T") and len(letters) > 2 else None


def _offset(text: str) -> timedelta | None:
    match = _OFFSET.fullmatch(text)
    if not match or int(match[2]) > 14:
        return None
    length = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    return length if match[1] == "+" else -length


def meant(word: ZoneWord, day: date, clock: time, default: str) -> str | None:
    """The IANA zone a word means on that day. A word that fits the site's own zone means that one."""
    wall = datetime.combine(day, clock, zone_named(default))
    if word.offset is not None:
        return default if wall.utcoffset() == word.offset else None
    return default if word.zone and wall.tzname() == word.text else word.zone


def in_season(word: ZoneWord, day: date, clock: time, zone: str) -> bool:
    """Whether the word fits the time of year: EST in May and GMT in July do not."""
    summer = bool(datetime.combine(day, clock, zone_named(zone)).dst())
    return word.season is None or (word.season == "daylight") == summer


def zone_of_place(text: str, *, passing: bool) -> tuple[str, str] | None:
    """The one zone that the cities named in a text lie in, with the city; None where there is none or several.

    `passing`: the text is a sentence, not a place, so only "in Paris" and "in central Paris" count.
    """
    found = {
        CITIES[match[1]]: match[1]
        for match in _CITY.finditer(text)
        if not passing or _IN.search(text[max(0, match.start() - 24) : match.start()])
    }
    return next(iter(found.items())) if len(found) == 1 else None


def known_zones() -> list[str]:
    """The zones this program meets most, for suggestions."""
    return sorted({zone for zone, _ in _ZONES.values()} | set(CITIES.values()))
