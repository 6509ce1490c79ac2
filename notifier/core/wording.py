"""Times and dates as people read them: absolute, with the zone, and true whenever they are read.

`language` is a code such as `de`; `en-US` puts the month first. Of a language that is not shipped English is used.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from notifier.core.event import AllDay, Event, Timed
from notifier.core.languages import Forms, language_of
from notifier.core.languages.language import zone_letters
from notifier.core.zones import in_utc, zone_named

NO_DATE = "Date not given"


def when_long(event: Event, site_zone: str, language: str = "en", *, readers: str | None = None) -> str:
    """`Wednesday 9 December 2026, 2:00–3:15 pm (GMT, London time)`; whole days without a clock or a zone.

    Where clocks in the zone of the `readers`, by default the site's, show another time than the event's, theirs follow
    after a semicolon, unless people go there in person. An event that names no zone is in the site's.
    """
    return "; ".join(when_lines(event, site_zone, language, readers=readers))


def when_lines(event: Event, site_zone: str, language: str = "en", *, readers: str | None = None) -> tuple[str, ...]:
    """The parts of `when_long`: the event's own time first, then the readers' where it differs."""
    spoken = language_of(language)
    match event.when:
        case None:
            return (spoken.say(NO_DATE),)
        case AllDay(first=first, last=last):
            return (_day_range(first, last, spoken.forms),)
        case Timed() as when:
            day, clock, *theirs = _parts_of_time(event, when, readers or site_zone, site_zone, language)
            return (f"{day}, {clock}", *theirs)


# A mail names a time in several places, and one event is in many mails. In UTC, for in a zone two instants may be equal.
@lru_cache(maxsize=1024)
def _known_parts(
    starts_at: datetime, ends_at: datetime | None, *, here: str | None, there: str, language: str
) -> tuple[str, ...]:
    when, forms, own = Timed(starts_at=starts_at, ends_at=ends_at), language_of(language).forms, zone_named(there)
    day = starts_at.astimezone(own).date()
    local = (forms.long_day(day), _in_zone(when, own, forms, dated=False))
    if here is None or _same_clock(starts_at, theirs := zone_named(here), own):
        return local
    return (*local, _in_zone(when, theirs, forms, dated=starts_at.astimezone(theirs).date() != day))


def _parts_of_time(event: Event, when: Timed, here: str, site_zone: str, language: str) -> tuple[str, ...]:
    """The first day, and the time on the event's own clocks; a third where the clocks `here` show another time."""
    starts_at, ends_at = in_utc(when.starts_at), in_utc(when.ends_at) if when.ends_at else None
    there, asked = event.zone or site_zone, None if event.mode == "in-person" else here
    return _known_parts(starts_at, ends_at, here=asked, there=there, language=language)


def clock_lines(event: Event, site_zone: str, language: str = "en", *, readers: str | None = None) -> tuple[str, ...]:
    """`when_lines` below a heading that names the first day: without that day, and empty where it says all."""
    match event.when:
        case None:
            return ()
        case AllDay(first=first, last=last):
            return () if first >= last else when_lines(event, site_zone, language)
        case Timed() as when:
            return _parts_of_time(event, when, readers or site_zone, site_zone, language)[1:]


def when_short(event: Event, site_zone: str, language: str = "en") -> str:
    """`Wed 9 Dec, 2:00 pm GMT`, for subjects."""
    spoken = language_of(language)
    forms = spoken.forms
    match event.when:
        case None:
            return spoken.say(NO_DATE)
        case AllDay(first=first, last=last):
            if first >= last:
                return forms.short_day(first)
            return f"{forms.short_day(first)} – {forms.short_day(last)}"
        case Timed(starts_at=starts_at):
            start = starts_at.astimezone(zone_named(event.zone or site_zone))
            return f"{forms.short_day(start.date())}, {forms.clock(start)} {forms.abbreviation(start)}"


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


def _in_zone(when: Timed, zone: ZoneInfo, forms: Forms, *, dated: bool = True) -> str:
    start = when.starts_at.astimezone(zone)
    # Compared in UTC: within one zone Python compares wall-clock times, wrongly when the clocks go back.
    ends = when.ends_at.astimezone(UTC) if when.ends_at else None
    end = ends.astimezone(zone) if ends and ends > when.starts_at.astimezone(UTC) else None
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


def _same_clock(moment: datetime, one: ZoneInfo, other: ZoneInfo) -> bool:
    return moment.astimezone(one).utcoffset() == moment.astimezone(other).utcoffset()


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
