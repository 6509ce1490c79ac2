"""Times and dates as people read them: absolute, with the zone, and true whenever they are read.

`language` is a code such as `de`; `en-US` puts the month first. Of a language that is not shipped English is used.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from notifier.core.event import AllDay, Event, Timed
from notifier.core.languages import Forms, language_of
from notifier.core.languages.language import zone_letters
from notifier.core.zones import in_utc, zone_named

NO_DATE = "Date not given"
_REMEMBERED = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What the functions of these names say of when an event is (`long` for `when_long`), and the first day that is named."""

    lines: tuple[str, ...]
    long: str
    short: str
    clock_lines: tuple[str, ...]
    first_day: date | None


def wording_of(event: Event, site_zone: str, language: str = "en", *, readers: str | None = None) -> Wording:
    """The time on the event's own clocks, and on those of the `readers`, by default the site's, where they differ."""
    match event.when:
        case None:
            said = language_of(language).say(NO_DATE)
            return Wording(lines=(said,), long=said, short=said, clock_lines=(), first_day=None)
        case AllDay(first=first, last=last):
            return _of_days(first, max(first, last), language)
        case Timed() as when:
            return _of_time(event, when, readers or site_zone, site_zone, language)


# One event is in many mails, and its days in more.
@lru_cache(maxsize=_REMEMBERED)
def _of_days(first: date, last: date, language: str) -> Wording:
    forms = language_of(language).forms
    long, short = _day_range(first, last, forms), " – ".join(map(forms.short_day, dict.fromkeys((first, last))))
    return Wording(lines=(long,), long=long, short=short, clock_lines=(long,) if first < last else (), first_day=first)


def _of_time(event: Event, when: Timed, here: str, site_zone: str, language: str) -> Wording:
    # In UTC, for in a zone two instants may be equal.
    starts_at, ends_at = in_utc(when.starts_at), in_utc(when.ends_at) if when.ends_at else None
    asked = None if event.mode == "in-person" else here
    return _of_instants(starts_at, ends_at, here=asked, there=event.zone or site_zone, language=language)


@lru_cache(maxsize=_REMEMBERED)
def _of_instants(
    starts_at: datetime, ends_at: datetime | None, *, here: str | None, there: str, language: str
) -> Wording:
    forms, own = language_of(language).forms, zone_named(there)
    start, end = starts_at.astimezone(own), ends_at.astimezone(own) if ends_at and ends_at > starts_at else None
    day = start.date()
    clocks: tuple[str, ...] = (_in_zone(start, end, own, forms, dated=False),)
    if here not in (None, there):
        theirs = zone_named(here)
        start_here = starts_at.astimezone(theirs)
        if start_here.utcoffset() != start.utcoffset():
            end_here = ends_at.astimezone(theirs) if end and ends_at else None
            clocks = (*clocks, _in_zone(start_here, end_here, theirs, forms, dated=start_here.date() != day))
    lines = (f"{forms.long_day(day)}, {clocks[0]}", *clocks[1:])
    short = f"{forms.short_day(day)}, {_clock_in_zone(start, forms)}"
    return Wording(lines=lines, long="; ".join(lines), short=short, clock_lines=clocks, first_day=day)


def when_long(event: Event, site_zone: str, language: str = "en", *, readers: str | None = None) -> str:
    """`Wednesday 9 December 2026, 2:00–3:15 pm (GMT, London time)`; whole days without a clock or a zone.

    Where clocks in the zone of the `readers`, by default the site's, show another time than the event's, theirs follow
    after a semicolon, unless people go there in person. An event that names no zone is in the site's.
    """
    return wording_of(event, site_zone, language, readers=readers).long


def when_lines(event: Event, site_zone: str, language: str = "en", *, readers: str | None = None) -> tuple[str, ...]:
    """The parts of `when_long`: the event's own time first, then the readers' where it differs."""
    return wording_of(event, site_zone, language, readers=readers).lines


def clock_lines(event: Event, site_zone: str, language: str = "en", *, readers: str | None = None) -> tuple[str, ...]:
    """`when_lines` below a heading that names the first day: without that day, and empty where it says all."""
    return wording_of(event, site_zone, language, readers=readers).clock_lines


def when_short(event: Event, site_zone: str, language: str = "en") -> str:
    """`Wed 9 Dec, 2:00 pm GMT`, for subjects."""
    return wording_of(event, site_zone, language).short


def day_long(day: date, language: str = "en") -> str:
    """`Wednesday 9 December 2026`."""
    return language_of(language).forms.long_day(day)


def day_and_month(day: date, language: str = "en") -> str:
    """`9 December`, for subjects."""
    return language_of(language).forms.day_and_month(day)


def month_and_year(day: date, language: str = "en") -> str:
    """`December 2026`."""
    return language_of(language).forms.month_and_year(day)


def abbreviation(moment: datetime) -> str:
    """The zone's own abbreviation at that moment; `UTC+8` where the database has only a number."""
    return zone_letters(moment)


def _in_zone(start: datetime, end: datetime | None, zone: ZoneInfo, forms: Forms, *, dated: bool) -> str:
    """`end`, in the same zone, is later than `start`; None where there is none."""
    days = f"{forms.long_day(start.date())}, " if dated else ""
    if end is None:
        return f"{days}{forms.clock(start)} {_zone_note(start, zone, forms)}"
    if end.date() != start.date():
        return f"{days}{_span_of_days(start, end, zone, forms)}"
    if start.utcoffset() != end.utcoffset():
        # The clocks change in between: one abbreviation for both ends would be untrue.
        return f"{days}{_clock_in_zone(start, forms)} – {_clock_in_zone(end, forms)}{_place_note(zone, forms)}"
    return f"{days}{forms.clock_range(start, end)} {_zone_note(start, zone, forms)}"


def _span_of_days(start: datetime, end: datetime, zone: ZoneInfo, forms: Forms) -> str:
    last = forms.long_day(end.date())
    if start.utcoffset() != end.utcoffset():
        return f"{_clock_in_zone(start, forms)} – {last}, {_clock_in_zone(end, forms)}{_place_note(zone, forms)}"
    return f"{forms.clock(start)} – {last}, {forms.clock(end)} {_zone_note(start, zone, forms)}"


def _clock_in_zone(moment: datetime, forms: Forms) -> str:
    return f"{forms.clock(moment)} {forms.abbreviation(moment)}"


def _zone_note(moment: datetime, zone: ZoneInfo, forms: Forms) -> str:
    place = forms.place(zone)
    return f"({forms.abbreviation(moment)}, {place})" if place else f"({forms.abbreviation(moment)})"


def _place_note(zone: ZoneInfo, forms: Forms) -> str:
    place = forms.place(zone)
    return f" ({place})" if place else ""


def _day_range(first: date, last: date, forms: Forms) -> str:
    return forms.long_day(first) if first >= last else forms.day_range(first, last)
