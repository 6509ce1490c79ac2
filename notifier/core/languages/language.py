"""What a language has to say, and how: its sentences, and the forms of its dates and times."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

#: A sentence with `{names}` to be filled in; or, by the categories of CLDR's plural rules, one for each number `n`.
Text = str | Mapping[str, str]
_PLACE = re.compile(r"\{(\w+)\}")


class Forms(Protocol):
    """How dates and times are written. Times are aware, in the zone whose clocks are meant."""

    @property
    def clocks(self) -> re.Pattern[str]:
        """What of its times must not be broken across lines."""
        ...

    def long_day(self, day: date) -> str:
        """`Wednesday 9 December 2026`."""
        ...

    def short_day(self, day: date) -> str:
        """`Wed 9 Dec`, for subjects."""
        ...

    def day_and_month(self, day: date) -> str:
        """`9 December`."""
        ...

    def month_and_year(self, day: date) -> str:
        """`December 2026`."""
        ...

    def day_range(self, first: date, last: date) -> str:
        """`Wednesday 9 – Friday 11 December 2026`; `last` is later than `first`, and included."""
        ...

    def clock(self, moment: datetime) -> str:
        """`2:00 pm`."""
        ...

    def clock_range(self, start: datetime, end: datetime) -> str:
        """`2:00–3:15 pm`, of one day."""
        ...

    def abbreviation(self, moment: datetime) -> str:
        """What that zone's time is called for short: `GMT`, `UTC+8`."""
        ...

    def place(self, zone: ZoneInfo) -> str:
        """`London time`; empty for zones that are no place."""
        ...

    def plural(self, number: int) -> str:
        """The category of CLDR's plural rules that a number is in: `one`, `other` and so on."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A language of a region. `code` is what `lang` says of a page; `texts` has the sentences, by the English ones."""

    code: str
    forms: Forms
    texts: Mapping[str, Text]

    def say(self, sentence: str, /, **values: object) -> str:
        """One of the program's own sentences, with these values. Raises KeyError for one that no table has."""
        return self._filled(self.texts[sentence], values)

    def said(self, sentence: str, /, **values: object) -> str:
        """The same for templates: a site's own words, which no table has, stay as they are."""
        return self._filled(self.texts.get(sentence, sentence), values)

    def _filled(self, text: Text, values: Mapping[str, object]) -> str:
        if not isinstance(text, str):
            number = values.get("n")
            text = text[self.forms.plural(number if isinstance(number, int) else 0)]
        # Not `format`, by which a template could reach whatever hangs on a value.
        return _PLACE.sub(lambda place: str(values[place[1]]), text) if values else text


def city_of(zone: ZoneInfo) -> str:
    """The city of `Europe/London`; nothing for names that are no place (`UTC`, `Etc/GMT-1`, `CET`)."""
    area, slash, city = zone.key.rpartition("/")
    return city.replace("_", " ") if slash and area != "Etc" else ""


def zone_letters(moment: datetime) -> str:
    """The zone's own abbreviation at that moment; `UTC+8` where the database has only a number."""
    name = moment.tzname() or ""
    if name.isalpha():
        return name
    offset = moment.utcoffset() or timedelta(0)
    minutes = round(abs(offset).total_seconds() / 60)
    clock = f"{minutes // 60}:{minutes % 60:02d}" if minutes % 60 else str(minutes // 60)
    return f"UTC{'−' if offset < timedelta(0) else '+'}{clock}" if minutes else "UTC"
