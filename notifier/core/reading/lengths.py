"""How long: `90` (minutes), `1h30`, `1:30`, `2 hours`, `PT1H30M`, `3 days`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

#: Nothing that is announced as one event lasts longer; a bigger number is a slip.
LONGEST = timedelta(days=400)

_NUMBER = r"\d{1,5}(?:[.,]\d{1,2})?"
_PARTS = re.compile(
    rf"(?:(?P<weeks>{_NUMBER})\s?(?:w|weeks?|wochen?|semaines?|semanas?|settiman[ae])\b)?[\s,]{{0,3}}"
    rf"(?:(?P<days>{_NUMBER})\s?(?:d|days?|tage?n?|jours?|d[ií]as?|giorn[oi])\b)?[\s,]{{0,3}}"
    rf"(?:(?P<hours>{_NUMBER})\s?(?:h|hrs?|hours?|std|stunden?|heures?|horas?|or[ae])(?![^\W\d_])\.?)?"
    r"(?:[\s,]{0,3}(?:and|und|et|y|ed?)\s)?[\s,]{0,3}"
    r"(?:(?P<minutes>\d{1,5})\s?(?:m|mins?|minutes?|minuten?|minutos?|minut[oi])?\b\.?)?",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"(?P<hours>\d{1,3}):(?P<minutes>[0-5]\d)(?::[0-5]\d)?")
# RFC 5545 3.3.6, with the fractions that ISO 8601 allows.
_ISO = re.compile(
    rf"P(?:(?P<weeks>{_NUMBER})W)?(?:(?P<days>{_NUMBER})D)?"
    rf"(?:T(?:(?P<hours>{_NUMBER})H)?(?:(?P<minutes>{_NUMBER})M)?(?:\d{{1,5}}S)?)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Length:
    """Whole days as the calendar counts them, and hours and minutes. A day is not 24 hours when clocks change."""

    days: int = 0
    time: timedelta = timedelta(0)


def length_of(text: str) -> Length | None:
    """The length that a text gives; None where it is none, is nothing at all or is beyond all events."""
    text = text.strip()
    if len(text) > 60:
        return None
    match = _CLOCK.fullmatch(text) or _ISO.fullmatch(text) or _PARTS.fullmatch(text)
    parts = (
        {name: float(value.replace(",", ".")) for name, value in match.groupdict().items() if value} if match else {}
    )
    if not parts:
        return None
    days = parts.get("weeks", 0) * 7 + parts.get("days", 0)
    time = timedelta(hours=parts.get("hours", 0), minutes=parts.get("minutes", 0))
    if days != int(days):
        days, time = int(days), time + timedelta(days=days - int(days))
    if not timedelta(0) < timedelta(days=days) + time <= LONGEST:
        return None
    return Length(days=int(days), time=time)
