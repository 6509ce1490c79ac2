"""Dates and times by Babel, whose names and rules are CLDR's, in the patterns that a language gives."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, get_timezone_name

from notifier.core.languages.language import city_of, zone_letters


@dataclass(frozen=True, slots=True, kw_only=True)
class Patterns:
    """How a language writes dates and times: in CLDR's letters (UTS 35), and in words with `{names}`.

    `day_in_month` and `day_in_year` are the first day of a range that ends in the same month, and year. `places` are the
    words for well-known cities, `place` those for any other. `clocks` finds what must not be broken across lines.
    """

    long_day: str
    short_day: str
    day_and_month: str
    month_and_year: str
    day_in_month: str
    day_in_year: str
    clock: str
    clock_words: str
    place: str
    places: Mapping[str, str] = field(default_factory=dict)
    clocks: re.Pattern[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patterned:
    """Forms by patterns (see `language.Forms`)."""

    locale: Locale
    patterns: Patterns

    @property
    def clocks(self) -> re.Pattern[str]:
        return self.patterns.clocks

    def long_day(self, day: date) -> str:
        return self._day(day, self.patterns.long_day)

    def short_day(self, day: date) -> str:
        return self._day(day, self.patterns.short_day)

    def day_and_month(self, day: date) -> str:
        return self._day(day, self.patterns.day_and_month)

    def month_and_year(self, day: date) -> str:
        return self._day(day, self.patterns.month_and_year)

    def day_range(self, first: date, last: date) -> str:
        if first.year != last.year:
            return f"{self.long_day(first)} – {self.long_day(last)}"
        is_one_month = first.month == last.month
        begins = self._day(first, self.patterns.day_in_month if is_one_month else self.patterns.day_in_year)
        return f"{begins} – {self.long_day(last)}"

    def clock(self, moment: datetime) -> str:
        return self.patterns.clock_words.format(time=self._time(moment))

    def clock_range(self, start: datetime, end: datetime) -> str:
        return self.patterns.clock_words.format(time=f"{self._time(start)}–{self._time(end)}")

    def abbreviation(self, moment: datetime) -> str:
        # Where the language has no name of its own, Babel gives a bare offset.
        name = get_timezone_name(moment, width="short", locale=self.locale)
        return name if name.isalpha() else zone_letters(moment)

    def place(self, zone: ZoneInfo) -> str:
        if not city_of(zone):
            return ""
        city: str = self.locale.time_zones.get(zone.key, {}).get("city", city_of(zone))
        return self.patterns.places.get(zone.key, self.patterns.place.format(city=city))

    def plural(self, number: int) -> str:
        category: str = self.locale.plural_form(number)
        return category

    def _day(self, day: date, pattern: str) -> str:
        return _written_day(day, pattern, self.locale)

    def _time(self, moment: datetime) -> str:
        return _written_time(moment.time(), self.patterns.clock, self.locale)


# Many events are on the same days and at the same times of day, and Babel reads its patterns anew each time.
@lru_cache(maxsize=4096)
def _written_day(day: date, pattern: str, locale: Locale) -> str:
    return format_date(day, pattern, locale=locale)


@lru_cache(maxsize=2048)
def _written_time(clock: time, pattern: str, locale: Locale) -> str:
    return format_time(clock, pattern, locale=locale)


def locale_of(code: str) -> Locale:
    """Babel's locale of a code; of the language alone where it knows no such region. Raises for a language it doesn't know."""
    try:
        return Locale.parse(code.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale.parse(code.partition("-")[0])
