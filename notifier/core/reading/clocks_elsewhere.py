"""One time told on the clocks of several places: “21:00 UTC (4pm ET)”, “18:00 CET / 17:00 UTC”."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone

from notifier.core.reading.clocks import read_clocks
from notifier.core.reading.languages import Language
from notifier.core.reading.stamps import Stamp
from notifier.core.reading.zonewords import meant
from notifier.core.zones import instant

_APART = re.compile(r"\s?(?:[(/|=·]|\)\s?[(/|=·]?)\s?")
_MOST = 6
_DAY = timedelta(days=1)


def same_elsewhere(text: str, day: date, language: Language) -> Stamp | None:
    """The first of several times with their zones, where all are the same moment; None for anything else."""
    parts = [part for part in _APART.split(text.strip(" ,;()")) if part]
    if not 2 <= len(parts) <= _MOST:
        return None
    stamps = [one[0] for part in parts if isinstance(one := read_clocks(part, language), tuple) and len(one) == 1]
    return stamps[0] if len(stamps) == len(parts) and _agree(stamps, day) else None


def _agree(stamps: Sequence[Stamp], day: date) -> bool:
    moments = [_moment(stamp, day) for stamp in stamps]
    known = [moment for moment in moments if moment is not None]
    # On the other side of the world it is another day.
    return len(known) == len(stamps) and all((one - known[0]) % _DAY == timedelta(0) for one in known)


def _moment(stamp: Stamp, day: date) -> datetime | None:
    if stamp.clock is None:
        return None
    if stamp.offset is not None:
        return datetime.combine(day, stamp.clock, timezone(stamp.offset)).astimezone(UTC)
    zone = meant(stamp.zone, day, stamp.clock, "UTC") if stamp.zone else None
    return instant(day, stamp.clock, zone).astimezone(UTC) if zone else None
