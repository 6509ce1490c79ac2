"""What a calendar shows of an event. Feeds, files and add-to-calendar links all say this, so they can't disagree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from notifier.core.event import AllDay, Event, Timed, When
from notifier.core.languages import language_of
from notifier.core.plain import clean_text, cut, http_url, one_line
from notifier.core.rule import Site
from notifier.core.wording import when_long

#: Some calendars cut titles and places after this many UTF-16 units, in the middle of a character.
_LINE_UNITS = 255
_SUMMARY_UNITS = 2000
_ASSUMED_LENGTH = timedelta(hours=1)
_END_UNKNOWN = "The end time isn't given."
_PREFIX = {"cancelled": "Cancelled: ", "postponed": "Postponed: "}
_NOTICE = {
    "cancelled": "This event is cancelled.",
    "postponed": "This event is postponed. The new date isn't known yet.",
    "tentative": "This event isn't confirmed yet.",
}
_ACCESS = {"members": "For members.", "invitation": "By invitation."}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An event and its revision in calendars. `modified_at` rises strictly with every visible change."""

    event: Event
    sequence: int
    created_at: datetime
    modified_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenFeed:
    """The entries of a feed in the order of their uids, the bytes of each (None without a date), and when it changed."""

    entries: Sequence[Entry]
    parts: Sequence[bytes | None]
    modified: Sequence[datetime | None]


@dataclass(slots=True)
class Written:
    """What calendars of one site were last made of: the bytes of each entry, by uid, and what each feed joined.

    `secrets` are the bytes of entries with what is not public: only secret feeds are made of these. A feed is known by
    its name and by whether it is secret, so that what was made for the one is never taken for the other.
    """

    entries: dict[str, tuple[Entry, bytes | None]] = field(default_factory=dict)
    secrets: dict[str, tuple[Entry, bytes | None]] = field(default_factory=dict)
    feeds: dict[tuple[str, bool], WrittenFeed] = field(default_factory=dict)

    def forget(self, uid: str) -> None:
        """Drop what was written of an event that changed or is gone; nothing happens where there is nothing."""
        self.entries.pop(uid, None)
        self.secrets.pop(uid, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Start and end as calendars want them: both dates (the end exclusive) or both instants in UTC.

    `end_given` is False where the text names no end and an hour is assumed. `days` counts whole days, 0 when timed.
    """

    start: date | datetime
    end: date | datetime
    all_day: bool
    end_given: bool = True
    days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The words of a calendar entry: cleaned, and never empty where a calendar needs something.

    `join_url` is the way into what takes place online.
    """

    title: str
    description: str
    location: str
    url: str | None
    join_url: str | None
    status: str
    transparent: bool
    categories: tuple[str, ...]


def span_of(when: When | None) -> Span | None:
    """The span of a `when`, or None for no date and for years at the edge of what calendars can hold."""
    match when:
        case None:
            return None
        case AllDay(first=first, last=last):
            if not _holds(first) or not _holds(last):
                return None
            end_on = max(first, last) + timedelta(days=1)
            return Span(start=first, end=end_on, all_day=True, days=(end_on - first).days)
        case Timed(starts_at=start, ends_at=end):
            if not _holds(start) or (end is not None and not _holds(end)):
                return None
            # In UTC: within one zone Python compares and adds wall-clock times, wrongly when the clocks change.
            begins, ends = start.astimezone(UTC), end.astimezone(UTC) if end is not None else None
            if ends is None or ends <= begins:
                return Span(start=begins, end=begins + _ASSUMED_LENGTH, all_day=False, end_given=False)
            return Span(start=begins, end=ends, all_day=False)


def shown(site: Site, event: Event) -> Shown:
    """The words for an event; what is private must have been taken out before (`public.public_view`).

    An event that is no longer published keeps only its title, as cancelled: its text may be why it was taken back.
    """
    title = calendar_title(event, site.language)
    if not event.published:
        return Shown(
            title=title, description="", location="", url=None, join_url=None, status="CANCELLED", transparent=True,
            categories=(),
        )  # fmt: skip
    cancelled = event.status in _PREFIX
    return Shown(
        title=title,
        description=describe(site, event),
        location=place_of(event, site.language),
        url=http_url(event.url),
        join_url=_way_in(event) if event.mode in ("online", "hybrid") else None,
        status="CANCELLED" if cancelled else "TENTATIVE" if event.status == "tentative" else "CONFIRMED",
        transparent=cancelled or isinstance(event.when, AllDay),
        categories=_categories(event),
    )


def calendar_title(event: Event, language: str = "en") -> str:
    """One line, never empty, with what became of the event in front: Outlook and Google show no status."""
    spoken = language_of(language)
    title = one_line(event.title) or spoken.say("Untitled event")
    prefix = _PREFIX.get(event.status if event.published else "cancelled")
    if prefix is None:
        return cut(title, _LINE_UNITS)
    prefixes = prefix, spoken.say(prefix)
    already = title.casefold().startswith(tuple(one.casefold().strip(": ") for one in prefixes))
    return cut(title if already else prefixes[1] + title, _LINE_UNITS)


def place_of(event: Event, language: str = "en") -> str:
    """The place on one line; for an online event without one, its public way in."""
    place = one_line(event.location or "")
    if not place and event.mode in ("online", "hybrid"):
        place = _way_in(event) or language_of(language).say("Online")
    return cut(place, _LINE_UNITS)


def notes(event: Event, language: str = "en") -> tuple[str, ...]:
    """What a reader must know beside the time: an end nobody gave, what became of the event, who may come."""
    span = span_of(event.when)
    end = "" if span is None or span.end_given else _END_UNKNOWN
    found = filter(None, (end, _NOTICE.get(event.status), _ACCESS.get(event.access)))
    return tuple(map(language_of(language).say, found))


def describe(site: Site, event: Event) -> str:
    """Plain text: the local time and zone, what is unsure, the summary, the way in; last the event's address."""
    join = _way_in(event)
    more, url = http_url(event.info_url), http_url(event.url)
    say = language_of(site.language).say
    facts = [when_long(event, site.timezone, site.language), *notes(event, site.language)]
    links = [say("Join: {url}", url=join) if join else "", say("More: {url}", url=more) if more and more != url else ""]
    blocks = ["\n".join(facts), _summary(event), "\n".join(filter(None, links)), url or ""]
    return "\n\n".join(filter(None, blocks))


def _way_in(event: Event) -> str | None:
    """There is nothing left to join when it is called off."""
    return None if event.status in _PREFIX else http_url(event.join_url)


def _summary(event: Event) -> str:
    lines = (line.strip() for line in clean_text(event.summary).split("\n"))
    return cut("\n".join(lines).strip(), _SUMMARY_UNITS)


def _categories(event: Event) -> tuple[str, ...]:
    names = (one_line(name) for name in (event.category or "", *event.topics, *event.projects))
    return tuple(dict.fromkeys(cut(name, _LINE_UNITS) for name in names if name))


def _holds(day: date) -> bool:
    return 1583 <= day.year <= 9998
