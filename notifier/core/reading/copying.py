"""Events of one series side by side: what was copied from the meeting before and not made its own."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from urllib.parse import urlsplit

from notifier.core.changes import replaced
from notifier.core.event import AllDay, Event, Timed, When
from notifier.core.reading.counting import Number, number_in, without_numbers
from notifier.core.reading.dates import WEEKDAY_NAMES, Mention, dates_in
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


#: What meetings have in common: the name of their series, a registration link, or a text (as a digest).
_Shared = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Meeting:
    """An event, its first and last day, the place in the content that stands for it alone, and its series."""

    event: Event
    first: date
    last: date
    place: str
    series: _Shared | None
    numbers: tuple[Number | None, Number | None]

    @property
    def order(self) -> tuple[date, str, str]:
        return self.first, self.event.source, self.event.path

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
    return Comparison().update(events)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A problem, and of which meeting it is where it stands among others."""

    rank: int
    of: _Meeting
    problem: Problem


_Pairs = dict[tuple[_Meeting, _Meeting], Problem | None]


@dataclass(slots=True)
class Comparison:
    """All meetings side by side. Only those that share something with one that changed are compared again."""

    _events: Sequence[Event] = ()
    _meetings: dict[int, tuple[Event, _Meeting | None, tuple[_Shared, ...]]] = field(default_factory=dict)
    _groups: dict[_Shared, list[_Meeting]] = field(default_factory=dict)
    _found: dict[_Shared, list[_Found]] = field(default_factory=dict)
    _pairs: dict[_Shared, _Pairs] = field(default_factory=dict)

    def update(self, events: Sequence[Event]) -> tuple[Problem, ...]:
        """What `copied` says of these events. One that is the same object as before is taken to be the same."""
        went, came = replaced(self._events, events)
        self._events = events
        touched: set[_Shared] = set()
        for event in went:
            _, meeting, shared = self._meetings.pop(id(event))
            for one in shared:
                self._groups[one] = [other for other in self._groups[one] if other is not meeting]
            touched.update(shared)
        for event in came:
            meeting = _meeting(event)
            shared = _shared(meeting) if meeting is not None else ()
            self._meetings[id(event)] = event, meeting, shared
            touched.update(shared)
            if meeting is not None:
                for one in shared:
                    self._groups.setdefault(one, []).append(meeting)
        for one in touched:
            self._compare(one)
        found = [(self._order(one), one.problem) for told in self._found.values() for one in told]
        return tuple(problem for _, problem in sorted(found, key=lambda told: told[0]))

    def _order(self, found: _Found) -> tuple[object, ...]:
        """Texts by the first that has them, then series by their first meeting: links, numbers, dates."""
        meeting = found.of
        if found.rank == 0 or meeting.series is None:
            return 0, *meeting.order
        link = meeting.order if found.rank == 1 else ()
        return 1, *self._groups[meeting.series][0].order, meeting.series, found.rank, link

    def _compare(self, shared: _Shared) -> None:
        group = self._groups[shared]
        if not group:
            del self._groups[shared]
            self._found.pop(shared, None)
            self._pairs.pop(shared, None)
            return
        group.sort(key=lambda meeting: meeting.order)
        match shared[1]:
            case "text":
                found = [_Found(rank=0, of=group[0], problem=one) for one in _same_text(group)]
            case "link":
                found = [_Found(rank=1, of=group[-1], problem=one) for one in _same_link(group, shared[2])]
            case _:
                pairs = self._pairs[shared] = _dates(group, self._pairs.get(shared, {}))
                found = [_Found(rank=2, of=group[0], problem=one) for one in _numbers(group)]
                found += [_Found(rank=3, of=group[0], problem=one) for one in pairs.values() if one is not None]
        if found:
            self._found[shared] = found
        else:
            self._found.pop(shared, None)


def _shared(meeting: _Meeting) -> tuple[_Shared, ...]:
    """What it may have in common with others. One that is called off is compared with none."""
    event = meeting.event
    if event.status in ("cancelled", "postponed"):
        return ()
    shared = [meeting.series] if meeting.series else []
    if event.join_url:
        shared.append(("", "link", event.join_url))
    text = " ".join(event.body.split())
    if len(text) >= _SHORTEST_TEXT:
        shared.append((event.source, "text", hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()))
    return tuple(shared)


def _meeting(event: Event) -> _Meeting | None:
    entry = _ENTRY.search(event.path)
    place = event.path[: entry.end()] if entry else _PART.sub("", event.path)
    days = _days(event.when)
    if days is None:
        return None
    series = _series(event)
    numbers = (number_in(event.title), number_in(event.summary)) if series else (None, None)
    return _Meeting(event=event, first=days[0], last=days[1], place=place, series=series, numbers=numbers)


def _days(when: When | None) -> tuple[date, date] | None:
    match when:
        case AllDay(first=first, last=last):
            return first, last
        case Timed(starts_at=start, ends_at=end):
            return start.date(), (end or start).date()
        case None:
            return None


def _series(event: Event) -> _Shared | None:
    if event.series:
        return event.source, "series", event.series.casefold()
    title = without_numbers(event.title)
    return (event.source, "title", title) if title else None


def _same_link(meetings: Sequence[_Meeting], link: str) -> Iterator[Problem]:
    sharing = list({(meeting.place, meeting.first): meeting for meeting in meetings}.values())
    if len(sharing) != _SERIES_OWN - 1:
        return
    before, meeting = sharing
    if meeting.series is None or before.series != meeting.series:
        return
    if meeting.is_apart_from(before) and _is_single_use(link):
        evidence = meeting.event.evidence.get("join_url")
        yield meeting.problem(
            f"The registration link is also that of the meeting on {_told(before)}.",
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
    for which, named in enumerate(("title", None)):
        counted = [(meeting, number) for meeting in group if (number := meeting.numbers[which])]
        for (before, earlier), (meeting, number) in pairwise(counted):
            if meeting.place in told or not meeting.is_apart_from(before) or not _is_wrong(earlier, number):
                continue
            told.add(meeting.place)
            yield meeting.problem(
                f"“{short(number.text)}” can't be right: the meeting on {_told(before)} is “{short(earlier.text)}”.",
                "Correct the number of the wrong one.", field=named, line=_line(meeting.event, named),
            )  # fmt: skip


def _is_wrong(earlier: Number, number: Number) -> bool:
    """Whether a count stands still or goes back. It may begin anew with one, and every beginning is a first meeting."""
    if number.value == 1:
        return earlier.value == 1 and any(char.isdigit() for char in number.text)
    return number.value <= earlier.value


def _line(event: Event, field: str | None) -> int | None:
    """The line of the title, where it is known; that of the text isn't."""
    evidence = event.evidence.get("title") if field else None
    return evidence.line if evidence else None


def _dates(group: Sequence[_Meeting], known: _Pairs) -> _Pairs:
    """What is wrong between each meeting and the one before; `known` says it of those that were neighbours already."""
    return {pair: known[pair] if pair in known else _date(*pair) for pair in pairwise(group)}


def _date(before: _Meeting, meeting: _Meeting) -> Problem | None:
    """The date of the meeting before, in a title or a sentence that announces this one."""
    contradicted = any(doubt.code in ("contradiction", "weekday") for doubt in meeting.event.doubts)
    if not meeting.is_apart_from(before) or contradicted or meeting.event.status == "past":
        return None
    title = meeting.event.title
    if (said := _told_of(title, _mentions(title, meeting), before, meeting)) is not None:
        return meeting.problem(
            f"The title says “{said}”, which is the date of the meeting on {_told(before)}.",
            "Write the date of this one, or none.",
            field="title", line=_line(meeting.event, "title"),
        )  # fmt: skip
    if (said := _announced(before, meeting)) is not None:
        return meeting.problem(
            f"The text says “{said}”, which is the day of the meeting on {_told(before)}.",
            f"Write the day of this one: {meeting.first:%A} {meeting.first.day} {meeting.first:%B %Y}.",
            field="date",
        )  # fmt: skip
    return None


def _announced(before: _Meeting, meeting: _Meeting) -> str | None:
    for sentence in _sentences(meeting.event.body, before):
        if not _ANNOUNCES.search(sentence) or _BACK.search(sentence):
            continue
        mentions = _mentions(sentence, meeting)
        if (said := _told_of(sentence, mentions, before, meeting)) is not None:
            return said
        if mentions:
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


def _mentions(text: str, meeting: _Meeting) -> tuple[Mention, ...]:
    return dates_in(text[:_LONGEST_LINE], near=meeting.first)


def _told_of(text: str, mentions: Sequence[Mention], before: _Meeting, meeting: _Meeting) -> str | None:
    """The one date of a text, where it is the earlier meeting's and not this one's."""
    month = f"{before.first:%B}"
    if text == before.event.title and month in text and f"{meeting.first:%B}" not in text:
        return short(text)
    if len(mentions) != 1 or meeting.includes(mentions[0].days) or not before.includes(mentions[0].days):
        return None
    return short(mentions[0].text)


def _same_text(meetings: Sequence[_Meeting]) -> Iterator[Problem]:
    sharing = list({meeting.place: meeting for meeting in meetings}.values())
    if len(sharing) == _SERIES_OWN - 1 and sharing[1].is_apart_from(sharing[0]):
        before, meeting = sharing
        yield meeting.problem(
            f"The text is word for word that of the meeting on {_told(before)}.", "Write what this one is about."
        )


def _told(meeting: _Meeting) -> str:
    return f"{meeting.first.day} {meeting.first:%B %Y} ({meeting.event.path})"
