"""Events of one series side by side: what was copied from the meeting before and not made its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from urllib.parse import urlsplit

from notifier.core.event import AllDay, Event, Timed
from notifier.core.reading.counting import Number, number_in, without_numbers
from notifier.core.reading.dates import WEEKDAY_NAMES, dates_in
from notifier.core.reading.plain import without_markup
from notifier.core.reading.resolve import short
from notifier.errors import Problem

#: Days of one event that have files of their own share its link, its number and its text.
_ONE_EVENT = timedelta(days=5)
#: What three meetings share is the series' own.
_SERIES_OWN = 3
_SHORTEST_TEXT = 120
_LONGEST_LINE = 2_000

# Where the address of one meeting has a name or a number of its own.
_SINGLE_USE: tuple[tuple[str, str], ...] = (
    ("eventbrite.", r"/e/\S{4}"), ("zoom.us", r"/(?:meeting|webinar)/register/"), ("meetup.com", r"/events/\d"),
    ("lu.ma", r"/[\w-]{4,60}/?$"), ("luma.com", r"/[\w-]{4,60}/?$"), ("ti.to", r"/[^/]+/[^/]"), ("tito.io", r"/[^/]+/[^/]"),
    ("tickettailor.com", r"/events/[^/]+/\d"), ("ticketsource.", r"/e-\w"), ("pretix.", r"/[^/]+/[^/]"),
    ("humanitix.com", r"/[\w-]{4}"), ("trybooking.com", r"/\w{3}"), ("partiful.com", r"/e/"), ("facebook.com", r"/events/\d"),
    ("linkedin.com", r"/events/"), ("gotowebinar.com", r"/register/"), ("events.teams.microsoft.com", r"/event/"),
    ("livestorm.co", r"/p/"), ("crowdcast.io", r"/(?:e|c)/"), ("billetto.", r"/e/"), ("weezevent.com", r"/[\w-]{4}"),
    ("helloasso.com", r"/evenements/"), ("xing-events.com", r"/[\w-]{3}"), ("guild.host", r"/events/"), ("kommunity.com", r"/events/"),
)  # fmt: skip
_ANNOUNCES = re.compile(
    r"\b(?:join us|see you|we(?:'ll| will| are| meet|'re)|will be|(?:takes?|taking) place|come along|save the date|when:"
    r"|findet|treffen wir|wir treffen|rendez-vous|aura lieu|retrouvons|tendrá lugar|nos vemos|ci vediamo|si terrà)",
    re.IGNORECASE,
)
_BACK = re.compile(
    r"\b(?:last|previous(?:ly)?|earlier|since|was|were|held|took place|past|recording|minutes|notes|slides|write-?up|summary"
    r"|moved|postponed|rescheduled|instead|not|by|before|until|letzt\w{0,3}|vorig\w{0,3}|war|dernière?|précédente?|pasad[oa]|scors[oa])\b",
    re.IGNORECASE,
)
_STOP = re.compile(r"(?<=[.!?])\s+(?=[A-ZÀ-Þ*_>\[])")
_WEEKDAY = re.compile(rf"\b(?:on|this|next) ({'|'.join(WEEKDAY_NAMES)})\b(?!s)", re.IGNORECASE)
_ENTRY = re.compile(r"\.(?:ya?ml|json|toml|csv|ics)#[^#]+", re.IGNORECASE)
_PART = re.compile(r"#[\w-]+(?:#[\w-]+)?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Meeting:
    """An event, its first and last day, and the place in the content that stands for it alone."""

    event: Event
    first: date
    last: date
    place: str

    @property
    def called_off(self) -> bool:
        return self.event.status in ("cancelled", "postponed")

    def includes(self, days: Iterable[date]) -> bool:
        return any(self.first <= day <= self.last for day in days)

    def is_apart_from(self, other: _Meeting) -> bool:
        """Whether they are two meetings, and not the days or the sessions of one."""
        return self.place != other.place and self.first - other.first >= _ONE_EVENT

    def problem(self, what: str, hint: str, *, field: str | None = None, line: int | None = None) -> Problem:
        path = _PART.sub("", self.event.path)
        return Problem(path=path, line=line, field=field, what=what, hint=hint, severity="warning")


def copied(events: Sequence[Event]) -> tuple[Problem, ...]:
    """What looks as if it had been taken over from another meeting: its link, its number, its date, its text.

    A warning each, at the later of the two. Meetings of one series are those with one `series` key, or whose titles
    differ in numbers and dates only.
    """
    meetings = sorted(filter(None, map(_meeting, events)), key=lambda m: (m.first, m.event.source, m.event.path))
    going = [meeting for meeting in meetings if not meeting.called_off]
    series: dict[tuple[str, str, str], list[_Meeting]] = {}
    for meeting in going:
        if name := _series(meeting.event):
            series.setdefault(name, []).append(meeting)
    found = [*_same_texts(going)]
    links = _by_link(going)
    for name, group in series.items():
        found += [*_same_links(name, group, links), *_numbers(group), *_dates(group)]
    return tuple(found)


def _meeting(event: Event) -> _Meeting | None:
    entry = _ENTRY.search(event.path)
    place = event.path[: entry.end()] if entry else _PART.sub("", event.path)
    match event.when:
        case AllDay(first=first, last=last):
            return _Meeting(event=event, first=first, last=last, place=place)
        case Timed(starts_at=start, ends_at=end):
            return _Meeting(event=event, first=start.date(), last=(end or start).date(), place=place)
        case None:
            return None


def _series(event: Event) -> tuple[str, str, str] | None:
    if event.series:
        return event.source, "series", event.series.casefold()
    title = without_numbers(event.title)
    return (event.source, "title", title) if title else None


def _by_link(meetings: Sequence[_Meeting]) -> dict[str, list[_Meeting]]:
    """The meetings of each registration link, one a document and day."""
    found: dict[str, dict[tuple[str, date], _Meeting]] = {}
    for meeting in meetings:
        if meeting.event.join_url:
            found.setdefault(meeting.event.join_url, {})[meeting.place, meeting.first] = meeting
    return {link: list(sharing.values()) for link, sharing in found.items()}


def _same_links(
    name: tuple[str, str, str], group: Sequence[_Meeting], links: dict[str, list[_Meeting]]
) -> Iterator[Problem]:
    for meeting in group:
        link = meeting.event.join_url or ""
        sharing = links.get(link, [])
        if len(sharing) != _SERIES_OWN - 1 or sharing[-1] is not meeting or _series(sharing[0].event) != name:
            continue
        if meeting.is_apart_from(sharing[0]) and _is_single_use(link):
            evidence = meeting.event.evidence.get("join_url")
            yield meeting.problem(
                f"The registration link is also that of the meeting on {_told(sharing[0])}.",
                "Write the link of this meeting.",
                field="register", line=evidence.line if evidence else None,
            )  # fmt: skip


def _is_single_use(link: str) -> bool:
    try:
        parts = urlsplit(link)
        host = parts.hostname or ""
    except ValueError:
        return False
    return any(f".{name}" in f".{host}." and re.search(path, parts.path) for name, path in _SINGLE_USE)


def _numbers(group: Sequence[_Meeting]) -> Iterator[Problem]:
    """Of titles, and of opening paragraphs, each a count of its own; a title's mistake is told once."""
    told: set[str] = set()
    for field in ("title", None):
        counted = [(meeting, number) for meeting in group if (number := _number(meeting.event, field))]
        for (before, earlier), (meeting, number) in pairwise(counted):
            if meeting.place in told or not meeting.is_apart_from(before) or not _is_wrong(earlier, number):
                continue
            told.add(meeting.place)
            yield meeting.problem(
                f"“{short(number.text)}” can't be right: the meeting on {_told(before)} is “{short(earlier.text)}”.",
                "Correct the number of the wrong one.", field=field, line=_line(meeting.event, field),
            )  # fmt: skip


def _number(event: Event, field: str | None) -> Number | None:
    return number_in(event.title if field else event.summary)


def _is_wrong(earlier: Number, number: Number) -> bool:
    """Whether a count stands still or goes back. It may begin anew with one, and every beginning is a first meeting."""
    if number.value == 1:
        return earlier.value == 1 and any(char.isdigit() for char in number.text)
    return number.value <= earlier.value


def _line(event: Event, field: str | None) -> int | None:
    """The line of the title, where it is known; that of the text isn't."""
    evidence = event.evidence.get("title") if field else None
    return evidence.line if evidence else None


def _dates(group: Sequence[_Meeting]) -> Iterator[Problem]:
    """The date of the meeting before, in a title or a sentence that announces this one."""
    for before, meeting in pairwise(group):
        contradicted = any(doubt.code in ("contradiction", "weekday") for doubt in meeting.event.doubts)
        if not meeting.is_apart_from(before) or contradicted or meeting.event.status == "past":
            continue
        if (said := _told_of(meeting.event.title, before, meeting)) is not None:
            yield meeting.problem(
                f"The title says “{said}”, which is the date of the meeting on {_told(before)}.",
                "Write the date of this one, or none.",
                field="title", line=_line(meeting.event, "title"),
            )  # fmt: skip
        elif (said := _announced(before, meeting)) is not None:
            yield meeting.problem(
                f"The text says “{said}”, which is the day of the meeting on {_told(before)}.",
                f"Write the day of this one: {meeting.first:%A} {meeting.first.day} {meeting.first:%B %Y}.",
                field="date",
            )  # fmt: skip


def _announced(before: _Meeting, meeting: _Meeting) -> str | None:
    for sentence in _sentences(meeting.event.body, before):
        if not _ANNOUNCES.search(sentence) or _BACK.search(sentence):
            continue
        if (said := _told_of(sentence, before, meeting)) is not None:
            return said
        if dates_in(sentence, near=meeting.first):
            continue
        for found in _WEEKDAY.finditer(sentence):
            name = found[1].capitalize()
            if name == f"{before.first:%A}" and name != f"{meeting.first:%A}" and meeting.first == meeting.last:
                return found[0]
    return None


def _sentences(body: str, before: _Meeting) -> Iterator[str]:
    """Sentences that may name the day of the meeting before: the few that are worth a closer look."""
    day, weekday = before.first, f"{before.first:%A}".casefold()
    figures = (
        str(day),
        f"{day.day}/{day.month}",
        f"{day:%d/%m}",
        f"{day:%m/%d}",
        f"{day.day}.{day.month}",
        f"{day:%d.%m}",
    )
    number, month = str(day.day), f"{day:%b}".casefold()
    for line in body[:200_000].split("\n"):
        plain = line[:_LONGEST_LINE].casefold()
        if weekday in plain or (number in plain and (month in plain or any(form in plain for form in figures))):
            yield from _STOP.split(without_markup(line[:_LONGEST_LINE]).replace("\u2019", "'"))


def _told_of(text: str, before: _Meeting, meeting: _Meeting) -> str | None:
    """The one date of a text, where it is the earlier meeting's and not this one's."""
    mentions = dates_in(text[:_LONGEST_LINE], near=meeting.first)
    month = f"{before.first:%B}"
    if text == before.event.title and month in text and f"{meeting.first:%B}" not in text:
        return short(text)
    if len(mentions) != 1 or meeting.includes(mentions[0].days) or not before.includes(mentions[0].days):
        return None
    return short(mentions[0].text)


def _same_texts(meetings: Sequence[_Meeting]) -> Iterator[Problem]:
    texts: dict[tuple[str, str], dict[str, _Meeting]] = {}
    for meeting in meetings:
        text = " ".join(meeting.event.body.split())
        if len(text) >= _SHORTEST_TEXT:
            texts.setdefault((meeting.event.source, text), {})[meeting.place] = meeting
    for sharing in texts.values():
        if len(sharing) != _SERIES_OWN - 1:
            continue
        before, meeting = sharing.values()
        if meeting.is_apart_from(before):
            yield meeting.problem(
                f"The text is word for word that of the meeting on {_told(before)}.", "Write what this one is about."
            )


def _told(meeting: _Meeting) -> str:
    return f"{meeting.first.day} {meeting.first:%B %Y} ({meeting.event.path})"
