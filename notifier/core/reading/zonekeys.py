"""Names of zones as keys have them: IANA's in any case, Windows', letters, fixed offsets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from zoneinfo import available_timezones

_NAME = re.compile(r"[A-Za-z0-9_+-]{1,40}(?:/[A-Za-z0-9_+-]{1,40}){0,2}")
# What the machine itself is set to is no zone that an author could have meant.
_MACHINE = frozenset({"localtime", "posixrules", "factory"})


def zone_by_name(text: str) -> str | None:
    """The IANA name that a text is, in whatever case, or that Windows' name for a zone stands for."""
    text = " ".join(text.split())
    name = text.replace(" ", "_")
    if _NAME.fullmatch(name) and name.casefold() not in _MACHINE and name.casefold() in _iana():
        return _iana()[name.casefold()]
    return _windows().get(text.casefold())


@lru_cache(maxsize=1)
def _iana() -> Mapping[str, str]:
    return {name.casefold(): name for name in sorted(available_timezones())}


@lru_cache(maxsize=1)
def _windows() -> Mapping[str, str]:
    # Only a name that nothing else knows needs it, and icalendar takes long to import.
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    return {name.casefold(): zone for name, zone in WINDOWS_TO_OLSON.items()}
