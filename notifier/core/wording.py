"""Times and dates as people read them: absolute, with the zone, and true whenever they are read.

English words; `language` decides the order of day and month (`en-US`: December 9, 2026).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from notifier.core.event import AllDay, Event, Timed
from notifier.core.zones import zone_named

NO_DATE = "Date not given"

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def when_long(event: Event, site_zone: str, language: str = "en") -> str:
    """`Wednesday 9 December 2026, 2:00–3:15 pm (GMT, London time)`; whole days without a clock or a zone.

    Where clocks at the site show another time than the event's, theirs follow after a semicolon, unless people
    go there in person.
    """
    return "; ".join(when_lines(event, site_zone, language))


def when_lines(event: Event, site_zone: str, language: str = "en") -> tuple[str, ...]:
    """The parts of `when_long`: the event's own time first, then the site's where it differs."""
    match event.when:
        case None:
            return (NO_DATE,)
        case AllDay(first=first, last=last):
            return (_day_range(first, last, language),)
        case Timed() as when:
            here, there = zone_named(site_zone), zone_named(event.zone or site_zone)
            local = _in_zone(when, there, language)
            if event.mode == "in-person" or _same_clock(when.starts_at, here, there):
                return (local,)
            dated = when.starts_at.astimezone(here).date() != when.starts_at.astimezone(there).date()
            return (local, _in_zone(when, here, language, dated=dated))


def clock_lines(event: Event, site_zone: str, language: str = "en") -> tuple[str, ...]:
    """`when_lines` below a heading that names the first day: without that day, and empty where it says all."""
    match event.when:
        case None:
            return ()
        case AllDay(first=first, last=last):
            return () if first >= last else when_lines(event, site_zone, language)
        case Timed() as when:
            here = _in_zone(when, zone_named(event.zone or site_zone), language, dated=False)
            return (here, *when_lines(event, site_zone, language)[1:])


def when_short(event: Event, site_zone: str, language: str = "en") -> str:
    """`Wed 9 Dec, 2:00 pm GMT`, for subjects."""
    match event.when:
        case None:
            return NO_DATE
        case AllDay(first=first, last=last):
            if first >= last:
                return _short_day(first, language)
            return f"{_short_day(first, language)} – {_short_day(last, language)}"
        case Timed(starts_at=starts_at):
            start = starts_at.astimezone(zone_named(event.zone or site_zone))
            return f"{_short_day(start.date(), language)}, {_clock(start)} {abbreviation(start)}"


def day_long(day: date, language: str = "en") -> str:
    """`Wednesday 9 December 2026`."""
    return _long_day(day, language)


def day_and_month(day: date, language: str = "en") -> str:
    """`9 December`, for subjects."""
    month = _MONTHS[day.month - 1]
    return f"{month} {day.day}" if language.casefold() == "en-us" else f"{day.day} {month}"


def month_and_year(day: date) -> str:
    """`December 2026`."""
    return f"{_MONTHS[day.month - 1]} {day.year}"


def abbreviation(moment: datetime) -> str:
    """The zone's own abbreviation at that moment; `UTC+8` where the database has only a number."""
    name = moment.tzname() or ""
    if name.isalpha():
        return name
    offset = moment.utcoffset() or timedelta(0)
    minutes = round(abs(offset).total_seconds() / 60)
    clock = f"{minutes // 60}:{minutes % 60:02d}" if minutes % 60 else str(minutes // 60)
    return f"UTC{'−' if offset < timedelta(0) else '+'}{clock}" if minutes else "UTC"


def _in_zone(when: Timed, zone: ZoneInfo, language: str, *, dated: bool = True) -> str:
    start = when.starts_at.astimezone(zone)
    # Compared in UTC: within one zone Python compares wall-clock times, wrongly when the clocks go back.
    ends = when.ends_at.astimezone(UTC) if when.ends_at else None
    end = ends.astimezone(zone) if ends and ends > when.starts_at.astimezone(UTC) else None
    days = f"{_long_day(start.date(), language)}, " if dated else ""
    if end is None:
        return f"{days}{_clock(start)} {_zone_note(start, zone)}"
    if end.date() != start.date():
        return f"{days}{_span_of_days(start, end, zone, language)}"
    if start.utcoffset() != end.utcoffset():
        # The clocks change in between: one abbreviation for both ends would be untrue.
        return f"{days}{_clock(start)} {abbreviation(start)} – {_clock(end)} {abbreviation(end)}{_place_note(zone)}"
    return f"{days}{_clock_range(start, end)} {_zone_note(start, zone)}"


def _span_of_days(start: datetime, end: datetime, zone: ZoneInfo, language: str) -> str:
    last = f"{_long_day(end.date(), language)}, {_clock(end)}"
    if start.utcoffset() != end.utcoffset():
        return f"{_clock(start)} {abbreviation(start)} – {last} {abbreviation(end)}{_place_note(zone)}"
    return f"{_clock(start)} – {last} {_zone_note(start, zone)}"


def _same_clock(moment: datetime, one: ZoneInfo, other: ZoneInfo) -> bool:
    return moment.astimezone(one).utcoffset() == moment.astimezone(other).utcoffset()


def _zone_note(moment: datetime, zone: ZoneInfo) -> str:
    place = _place(zone)
    return f"({abbreviation(moment)}, {place} time)" if place else f"({abbreviation(moment)})"


def _place_note(zone: ZoneInfo) -> str:
    place = _place(zone)
    return f" ({place} time)" if place else ""


def _place(zone: ZoneInfo) -> str:
    """The city of `Europe/London`; nothing for names that are no place (`UTC`, `Etc/GMT-1`, `CET`)."""
    area, slash, city = zone.key.rpartition("/")
    return city.replace("_", " ") if slash and area != "Etc" else ""


def _clock(moment: datetime) -> str:
    hours, half = _clock_parts(moment)
    return f"{hours} {half}"


def _clock_range(start: datetime, end: datetime) -> str:
    (first, first_half), (last, last_half) = _clock_parts(start), _clock_parts(end)
    if first_half == last_half:
        return f"{first}–{last} {last_half}"
    return f"{first} {first_half} – {last} {last_half}"


def _clock_parts(moment: datetime) -> tuple[str, str]:
    """Twelve o'clock is spelled out: few people agree on what 12:00 pm is."""
    if (moment.hour, moment.minute) == (12, 0):
        return "12:00", "noon"
    if (moment.hour, moment.minute) == (0, 0):
        return "00:00", "midnight"
    return f"{moment.hour % 12 or 12}:{moment.minute:02d}", "am" if moment.hour < 12 else "pm"


def _day_range(first: date, last: date, language: str) -> str:
    if first >= last:
        return _long_day(first, language)
    month_first = language.casefold() == "en-us"
    if first.year != last.year or month_first:
        return f"{_long_day(first, language)} – {_long_day(last, language)}"
    month = f" {_MONTHS[first.month - 1]}" if first.month != last.month else ""
    return f"{_DAYS[first.weekday()]} {first.day}{month} – {_long_day(last, language)}"


def _long_day(day: date, language: str) -> str:
    return _ordered(day, language, lambda name: name, year=f"{day.year}")


def _short_day(day: date, language: str) -> str:
    return _ordered(day, language, lambda name: name[:3], year="")


def _ordered(day: date, language: str, name: Callable[[str], str], *, year: str) -> str:
    weekday, month = name(_DAYS[day.weekday()]), name(_MONTHS[day.month - 1])
    if language.casefold() == "en-us":
        return f"{weekday}, {month} {day.day}" + (f", {year}" if year else "")
    return f"{weekday} {day.day} {month}" + (f" {year}" if year else "")
