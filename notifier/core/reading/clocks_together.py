"""One moment on several clocks, in hours alone: “12ET/11CT/10MT/9PT”, “1PMET/12CT/11MT/10PT”."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from itertools import product

from notifier.core.reading.languages.worldwide import LETTERS
from notifier.core.reading.times import ClockTime
from notifier.core.reading.zonewords import ZoneWord
from notifier.core.zones import instant

_ONE = r"\d{1,2}(?::[0-5]\d)?\s?(?:[ap]m)?\s?[ECMP][SD]?T\b"
_GROUP = re.compile(rf"(?<![\w:.])(?:{_ONE})(?:\s?[/|]\s?(?:{_ONE})){{1,4}}", re.IGNORECASE)
_PART = re.compile(r"(\d{1,2})(?::(\d\d))?\s?([ap]m)?\s?([ECMP][SD]?T)", re.IGNORECASE)


def clocks_together(text: str, day: date) -> tuple[ClockTime, ZoneWord] | None:
    """The first of such times, where there is one moment that all of them can mean."""
    if "T/" not in text.upper() and "T /" not in text.upper():
        return None
    group = _GROUP.search(text)
    parts = _PART.findall(group[0]) if group else []
    if group is None or all(half for _, _, half, _ in parts):
        return None
    choices = [
        _moments(int(hour), int(minute or 0), half.lower(), zone.upper(), day) for hour, minute, half, zone in parts
    ]
    agreed = [ways for ways in product(*choices) if len({at.timestamp() for at in ways}) == 1]
    if len(agreed) != 1:
        return None
    start = agreed[0][0].time()
    clock = ClockTime(start=start, end=None, text=group[0], at=group.start(), until=group.end())
    letters = parts[0][3].upper()
    return clock, ZoneWord(text=letters, zone=LETTERS[letters][0] if letters in LETTERS else None, season=None)


def _moments(hour: int, minute: int, half: str, zone: str, day: date) -> list[datetime]:
    """What one of them may mean; twelve without more is noon."""
    if zone not in LETTERS or not 1 <= hour <= 12:
        return []
    hours = [hour % 12 + (12 if half == "pm" else 0)] if half else ([12] if hour == 12 else [hour, hour + 12])
    return [instant(day, time(one, minute), LETTERS[zone][0]) for one in hours]
