"""English: the sentences that every other table translates, and dates as the British and the Americans write them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from notifier.core.languages.language import Text, city_of, zone_letters

_HALF = "(?:am|pm|noon|midnight)"
#: What must not be broken across lines: a time of day, a range of them, and the place whose time it is.
CLOCKS = re.compile(
    rf"\d[\d:]*(?:–\d[\d:]*)? {_HALF}(?: – \d[\d:]* {_HALF})?|(?<=[( ])[A-Z][^(),\d]{{0,20}} time(?=\))"
)

#: Every sentence and word of the shipped templates, and of what the program writes into mails and calendars.
SENTENCES = (
    # The kinds, over the title and in subjects.
    "Announcement", "Reminder", "Changed", "Cancelled", "Postponed", "Recording", "Write-up", "What’s on",
    "Coming up", "New since last time",
    "Reminder – {when}", "Reminder: {title} – {when}", "{soon}: {title} – {when}",
    "Changed: {title}", "Changed: {title} – now {when}",
    "Cancelled: {title}", "Cancelled: {title} – {when}",
    "Postponed: {title} – not on {when}", "Postponed: {title} – the new date isn’t known yet",
    "Recording: {title}", "Write-up: {title}", "What’s on: {title}", "What’s on: {title} – {when}",
    # Facts, over their lines and in sentences.
    "When", "Where", "Contact", "Title", "Status", "Link to join",
    "the time", "the place", "the title", "the status", "the link to join", "a new one",
    "It was planned for", "Where it was planned", "was", "now", "“{title}”", "was: {old}", "now: {new}", "was {old}",
    "Online", "In person and online", "Not confirmed yet", "New", "(new)", "Untitled event", "Date not given", "[not public]", "Private event",
    # Sentences about an event.
    "The end time isn't given.", "This event is cancelled.", "This event is postponed.",
    "This event is postponed. The new date isn't known yet.", "The new date isn’t known yet.",
    "This event is postponed. The new date isn’t known yet.", "This event isn't confirmed yet.",
    "For members.", "By invitation.",
    "It takes place after all", "It may take place after all", "It took place on {when}.",
    "It was planned for {when}", "It doesn’t take place as it was planned.",
    "Changed since our last mail:", "Some details of this event have changed. This is how they are now.",
    # What to do.
    "Join or register", "See the event page", "Find out more", "Event page", "More", "Join: {url}", "More: {url}",
    "Open the recording", "Read the write-up", "Add it to your calendar",
    "For Apple Calendar and others, open the attached file invite.ics.",
    "To add it to your calendar, open the attached file invite.ics.",
    "To bring your calendar up to date, open the attached file invite.ics.",
    "Follow all our events in your calendar", "Follow all our events in your calendar with this address:",
    "Or copy this address:", "Apple and others",
    # Below everything.
    "You receive this because you are on the list “{audience}” of {organisation}.", "Unsubscribe",
    # In front of an event's title in calendars.
    "Cancelled: ", "Postponed: ",
    # True for a while only.
    "today", "today at {clock}", "tomorrow",
)  # fmt: skip
#: Those that differ by a number.
PLURALS: Mapping[str, Mapping[str, str]] = {
    "in {n} minutes": {"one": "in {n} minute", "other": "in {n} minutes"},
    "{titles} and {n} more": {"one": "{titles} and {n} more", "other": "{titles} and {n} more"},
    "What’s on: {n} events": {"one": "What’s on: {n} event", "other": "What’s on: {n} events"},
    "What’s on: {n} events from {day}": {
        "one": "What’s on: {n} event from {day}",
        "other": "What’s on: {n} events from {day}",
    },
}

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_SHORT_DAYS, _SHORT_MONTHS = (tuple(name[:3] for name in names) for names in (_DAYS, _MONTHS))


@cache
def english_texts() -> Mapping[str, Text]:
    """Each sentence by itself."""
    return {**{sentence: sentence for sentence in SENTENCES}, **PLURALS}


@dataclass(frozen=True, slots=True, kw_only=True)
class English:
    """Forms written by hand (see `language.Forms`): CLDR's have noon as 12:00 pm, and zones as bare offsets.

    `month_first`: December 9, 2026.
    """

    month_first: bool = False

    @property
    def clocks(self) -> re.Pattern[str]:
        return CLOCKS

    def long_day(self, day: date) -> str:
        return self._ordered(day, _DAYS, _MONTHS, year=f"{day.year}")

    def short_day(self, day: date) -> str:
        return self._ordered(day, _SHORT_DAYS, _SHORT_MONTHS, year="")

    def day_and_month(self, day: date) -> str:
        month = _MONTHS[day.month - 1]
        return f"{month} {day.day}" if self.month_first else f"{day.day} {month}"

    def month_and_year(self, day: date) -> str:
        return f"{_MONTHS[day.month - 1]} {day.year}"

    def day_range(self, first: date, last: date) -> str:
        if first.year != last.year or self.month_first:
            return f"{self.long_day(first)} – {self.long_day(last)}"
        month = f" {_MONTHS[first.month - 1]}" if first.month != last.month else ""
        return f"{_DAYS[first.weekday()]} {first.day}{month} – {self.long_day(last)}"

    def clock(self, moment: datetime) -> str:
        hours, half = _clock_parts(moment)
        return f"{hours} {half}"

    def clock_range(self, start: datetime, end: datetime) -> str:
        (first, first_half), (last, last_half) = _clock_parts(start), _clock_parts(end)
        if first_half == last_half:
            return f"{first}–{last} {last_half}"
        return f"{first} {first_half} – {last} {last_half}"

    def abbreviation(self, moment: datetime) -> str:
        return zone_letters(moment)

    def place(self, zone: ZoneInfo) -> str:
        city = city_of(zone)
        return f"{city} time" if city else ""

    def plural(self, number: int) -> str:
        return "one" if number == 1 else "other"

    def _ordered(self, day: date, days: Sequence[str], months: Sequence[str], *, year: str) -> str:
        weekday, month = days[day.weekday()], months[day.month - 1]
        if self.month_first:
            return f"{weekday}, {month} {day.day}" + (f", {year}" if year else "")
        return f"{weekday} {day.day} {month}" + (f" {year}" if year else "")


def _clock_parts(moment: datetime) -> tuple[str, str]:
    """Twelve o'clock is spelled out: few people agree on what 12:00 pm is."""
    if (moment.hour, moment.minute) == (12, 0):
        return "12:00", "noon"
    if (moment.hour, moment.minute) == (0, 0):
        return "00:00", "midnight"
    return f"{moment.hour % 12 or 12}:{moment.minute:02d}", "am" if moment.hour < 12 else "pm"
