"""Words that are true for a while only: "tomorrow", "today at 2:00 pm", "in 40 minutes", "now"; and until when they are.

They are said of the instant at which a mail is handed over, in its readers' zone, with the whole time beside them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from notifier.core.event import AllDay, Event, Timed
from notifier.core.languages import Language, language_of
from notifier.core.wording import Wording, wording_of
from notifier.core.zones import moment, next_date, zone_named

_MINUTE, _HALF = timedelta(minutes=1), timedelta(seconds=30)
#: From an hour on the day is said, not the minutes.
_MOST_MINUTES = 59
#: What is further away is neither today nor tomorrow, whatever clocks and calendars do in between.
_FAR = timedelta(days=4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """When a mail goes out, in which zone its readers live, and in which language it is.

    `relative`: nobody stands between this instant and its being sent; else only absolute times are true.
    """

    at: datetime
    zone: str
    language: str = "en"
    relative: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Relative:
    """When an event is, as seen from the instant of sending. As text: the words, and the absolute time behind them.

    `words` ("today at 2:00 pm", "tomorrow", "in 40 minutes", "now") are empty where none are true, `day` is the same without
    a clock. `absolute` is always there, and `short` is that for subjects. `until` is the first instant at which other
    words would be true; None where there are no words.
    """

    words: str
    day: str
    absolute: str
    short: str
    until: datetime | None = None

    def __str__(self) -> str:
        return f"{self.words}, {self.absolute}" if self.words else self.absolute


class Dated(Protocol):
    """An event as templates see it."""

    @property
    def soon(self) -> Relative: ...


class When:
    """What templates call: `when(event)`. Remembers what was said with it."""

    __slots__ = ("_said",)

    def __init__(self) -> None:
        self._said: list[Relative] = []

    def __call__(self, event: Dated) -> Relative:
        self._said.append(event.soon)
        return event.soon

    def said(self) -> tuple[str, ...]:
        """The relative words, each once."""
        return tuple(dict.fromkeys(word for one in self._said for word in (one.words, one.day) if word))

    def until(self) -> datetime | None:
        """Until when all of them are true; None where there are none."""
        return min((one.until for one in self._said if one.until is not None), default=None)


def passing_note(words: Sequence[str], until: datetime | None, zone: str) -> str:
    """What staff should know of a message with such words; empty for one without. `zone` is theirs."""
    if until is None:
        return ""
    said = " and ".join(f"“{word}”" for word in words if not any(word in other for other in words if other != word))
    return f"It says {said}, which is true until {moment(until, zone)}: handed over later, it is written anew."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    words: str
    day: str
    until: datetime


def relative_of(event: Event, occasion: Occasion, site_zone: str, *, said: Wording | None = None) -> Relative:
    """When an event is, for these readers; `said` is their `wording_of` it, where it is known. No words for one that does not take place, or where its own day is another than theirs."""
    always = said or wording_of(event, site_zone, occasion.language, readers=occasion.zone)
    takes_place = event.published and event.status in ("scheduled", "tentative")
    now = _said(event, occasion, site_zone) if occasion.relative and takes_place else None
    if now is None:
        return Relative(words="", day="", absolute=always.long, short=always.short)
    return Relative(words=now.words, day=now.day, absolute=always.long, short=always.short, until=now.until)


def _said(event: Event, occasion: Occasion, site_zone: str) -> _Said | None:
    spoken = language_of(occasion.language)
    match event.when:
        case Timed() as when:
            return _of_time(when, occasion, spoken, event.zone or site_zone)
        case AllDay(first=first):
            today = occasion.at.astimezone(zone_named(occasion.zone)).date()
            return _of_days((first - today).days, "", spoken, next_date(occasion.at, occasion.zone))
        case None:
            return None


def _of_time(when: Timed, occasion: Occasion, spoken: Language, event_zone: str) -> _Said | None:
    # In UTC: within one zone Python compares and subtracts wall-clock times.
    at, start = occasion.at.astimezone(UTC), when.starts_at.astimezone(UTC)
    if at >= start:
        end = when.ends_at.astimezone(UTC) if when.ends_at is not None else start
        now = spoken.say("now")
        return _Said(words=now, day=now, until=end) if at < end else None
    if start - at > _FAR:
        return None
    # To the nearest minute, and one at least.
    minutes = max(1, -((_HALF - (start - at)) // _MINUTE))
    if minutes <= _MOST_MINUTES:
        words = spoken.say("in {n} minutes", n=minutes)
        until = start if minutes == 1 else start - minutes * _MINUTE + _HALF
        return _Said(words=words, day=words, until=until)
    here, there = (start.astimezone(zone_named(zone)) for zone in (occasion.zone, event_zone))
    if here.date() != there.date():
        return None
    # The clock is left to the absolute time where theirs shows another.
    clock = spoken.forms.clock(here) if here.utcoffset() == there.utcoffset() else ""
    days = (here.date() - at.astimezone(zone_named(occasion.zone)).date()).days
    return _of_days(days, clock, spoken, min(next_date(at, occasion.zone), start - _MOST_MINUTES * _MINUTE - _HALF))


def _of_days(days: int, clock: str, spoken: Language, until: datetime) -> _Said | None:
    """The words for what begins so many days from now."""
    if days == 1:
        return _Said(words=spoken.say("tomorrow"), day=spoken.say("tomorrow"), until=until)
    if days != 0:
        return None
    today = spoken.say("today")
    return _Said(words=spoken.say("today at {clock}", clock=clock) if clock else today, day=today, until=until)
