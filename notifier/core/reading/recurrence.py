"""An event that comes back: the rule and the dates of RFC 5545, expanded on the wall clock of the event's zone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import islice, pairwise

from notifier.core.event import AllDay, Event, Reason, Timed, When
from notifier.core.reading.mapped import Keys
from notifier.core.reading.moments import Moment
from notifier.core.reading.repeats import Repeats, read_repeats
from notifier.core.reading.resolve import short
from notifier.core.reading.rules import Rule, last_moment_of, times_of
from notifier.core.zones import instant, is_ambiguous, zone_named

#: The last so many dates are kept: those to come matter more than those of long ago.
MAX_OCCURRENCES = 1000
#: A century of days; what goes on longer is followed no further.
_MAX_FOLLOWED = 36_600


def occurrences(event: Event, keys: Keys, *, until_year: int) -> tuple[Event, ...]:
    """The event, or every one that its `recurrence` makes of it; a rule without an end is followed into `until_year`.

    The event's own date always counts as the first, whatever the rule says of it (RFC 5545 3.8.5.3).
    """
    repeats = read_repeats(keys)
    if repeats is None or event.when is None:
        return (event,)
    series = _series(event, event.when)
    if not repeats.readable or (repeats.until and _last(series, repeats.until) < series.start):
        return (_doubted(event, _unreadable(keys, repeats)),)
    horizon = last_moment_of(max(until_year, series.start.year))
    found = _expanded(series, repeats, keys, horizon)
    if not found:
        return (_doubted(event, _nothing_left(keys, repeats)),)
    if len(found) > 1:
        series = replace(series, event=_unrecorded(event))
    times_on = Counter(at.date() for at in found)
    odd_start = _odd_start(series, repeats, keys, horizon)
    events = [
        _occurrence(series, at, repeats, keys, alone=times_on[at.date()] == 1, doubt=odd_start if at == series.start else None)
        for at in found
    ]  # fmt: skip
    return (events[0], *(replace(after, follows=before.when) for before, after in pairwise(events)))


def _unrecorded(event: Event) -> Event:
    """Without a recording: of which of its dates it is, the document doesn't say."""
    evidence = {name: found for name, found in event.evidence.items() if name != "recording_url"}
    return replace(event, recording_url=None, evidence=evidence)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Series:
    """The event that comes back, its start on the wall, and how long it lasts there (of whole days: how many follow)."""

    event: Event
    when: When
    start: datetime
    length: timedelta | None
    zone: str

    @property
    def whole(self) -> bool:
        return isinstance(self.when, AllDay)

    def local(self, point: Moment) -> datetime:
        """A date of the rule on the wall at the event; a day alone is at the event's own time."""
        day = point.day or self.start.date()
        if self.whole or point.clock is None:
            return datetime.combine(day, self.start.time())
        exact = point.instant(day, self.zone)
        return _wall(exact, self.zone) if exact else datetime.combine(day, point.clock)

    def when_at(self, at: datetime) -> When:
        """When the occurrence is that begins at this time on the wall."""
        if at == self.start:
            return self.when
        if self.whole:
            return AllDay(first=at.date(), last=at.date() + (self.length or timedelta(0)))
        end = at + self.length if self.length is not None else None
        return Timed(
            starts_at=instant(at.date(), at.time(), self.zone),
            ends_at=instant(end.date(), end.time(), self.zone) if end else None,
        )


def _series(event: Event, when: When) -> _Series:
    match when:
        case AllDay():
            start = datetime.combine(when.first, time(0))
            return _Series(event=event, when=when, start=start, length=when.last - when.first, zone="UTC")
        case Timed():
            zone = event.zone or "UTC"
            start = _wall(when.starts_at, zone)
            length = _wall(when.ends_at, zone) - start if when.ends_at else None
            return _Series(event=event, when=when, start=start, length=length, zone=zone)


def _wall(at: datetime, zone: str) -> datetime:
    return at.astimezone(zone_named(zone)).replace(tzinfo=None, fold=0)


def _expanded(series: _Series, repeats: Repeats, keys: Keys, horizon: datetime) -> list[datetime]:
    found = {series.start, *(at for point in repeats.more if (at := series.local(point)) <= horizon)}
    if repeats.rule is not None:
        followed = _by_rule(series, repeats.rule, repeats.until, horizon)
        found |= set(islice(followed, _MAX_FOLLOWED))
    kept = sorted(found - _excluded(series, found, repeats, keys))
    if len(kept) > MAX_OCCURRENCES:
        _report_many(kept[-MAX_OCCURRENCES].date(), keys)
    return kept[-MAX_OCCURRENCES:]


def _by_rule(series: _Series, rule: Rule, until: Moment | None, horizon: datetime) -> Iterator[datetime]:
    """What follows the start by the rule. COUNT counts the start (RFC 5545 3.3.10)."""
    last = min(horizon, _last(series, until)) if until else horizon
    following = (at for at in times_of(rule, series.start, last) if at != series.start)
    return following if rule.count is None else islice(following, rule.count - 1)


def _last(series: _Series, until: Moment) -> datetime:
    """UNTIL as RFC 5545 3.3.10 has it, and as sites write it: a day lasts to its end, whole days know no time."""
    if until.clock is None or series.whole:
        return datetime.combine(until.day or series.start.date(), time(23, 59, 59))
    return series.local(until)


def _excluded(series: _Series, found: set[datetime], repeats: Repeats, keys: Keys) -> set[datetime]:
    """What the exceptions take out: the time that they name or, where they mean a day, all of it."""
    gone: set[datetime] = set()
    days: dict[date, set[datetime]] = {}
    for at in found:
        days.setdefault(at.date(), set()).add(at)
    first, last = min(found), max(found)
    for point in repeats.without:
        local = series.local(point)
        there = days.get(point.day or local.date()) or days.get(local.date(), set())
        # A day alone, midnight for none, or another time on a day with one date: that one is meant to be off.
        of_day = there if point.clock in (None, time(0)) or len(there) == 1 else set()
        hit = {local} if local in found else of_day
        gone |= hit
        if not hit and first <= local <= last:
            _report_miss(local.date(), keys)
    return gone


def _occurrence(
    series: _Series, at: datetime, repeats: Repeats, keys: Keys, *, alone: bool, doubt: Reason | None
) -> Event:
    event = series.event
    # On a day with several, the one at the event's own time keeps the plain name: another can be added later.
    plain = alone or at.time() == series.start.time()
    name = f"{at:%Y-%m-%d}" if plain else f"{at:%Y-%m-%dT%H%M}"
    shifted = replace(
        event,
        path=f"{event.path}#{name}",
        key=f"{event.key}#{name}" if event.key else None,
        explicit_uid=f"{name}-{event.explicit_uid}"[:255] if event.explicit_uid else None,
        when=series.when_at(at),
        evidence={**event.evidence, "recurrence": repeats.evidence},
    )
    reason = doubt or _odd_clock(series, at, keys)
    return _doubted(shifted, reason) if reason else shifted


def _doubted(event: Event, reason: Reason) -> Event:
    return replace(event, doubts=(*event.doubts, reason))


def _odd_clock(series: _Series, at: datetime, keys: Keys) -> Reason | None:
    """The doubt about an occurrence at a time that clocks show twice or never on its day."""
    if series.whole or at == series.start or not is_ambiguous(at.date(), at.time(), series.zone):
        return None
    keys.notes.doubt(
        "ambiguous-time",
        f"On {at:%Y-%m-%d} clocks in {series.zone} show {at:%H:%M} twice or never.",
        "Leave that date out by exdate: and give it a file of its own, with the time and its offset.",
        field=keys.key("recurrence"),
        line=keys.line("recurrence"),
    )
    return keys.notes.doubts[-1]


def _odd_start(series: _Series, repeats: Repeats, keys: Keys, horizon: datetime) -> Reason | None:
    """The doubt about an event's own date that its rule would not give: it counts, but one of the two may be wrong."""
    given, rule = repeats.start, repeats.rule
    other = given is not None and series.start.date() not in (given.day, series.local(given).date())
    if not other and (rule is None or next(times_of(rule, series.start, horizon), None) in (series.start, None)):
        return None
    keys.notes.doubt(
        "recurrence-start",
        f"The recurrence does not begin on the event's own date, {series.start:%Y-%m-%d}.",
        f"Correct {keys.key('recurrence')}:, or let {keys.key('date')}: be the first date that it gives.",
        field=keys.key("recurrence"),
        evidence=repeats.evidence,
        severity="warning",
    )
    return keys.notes.doubts[-1]


def _unreadable(keys: Keys, repeats: Repeats) -> Reason:
    key = keys.key("recurrence")
    keys.notes.doubt(
        "unreadable-recurrence",
        f"“{short(repeats.evidence.text)}” is not a recurrence that can be followed, so only the first date is read.",
        f'Write {key}: "FREQ=WEEKLY;BYDAY=TU;UNTIL=20261231" (RFC 5545; by days, weeks, months or years).',
        field=key,
        evidence=repeats.evidence,
    )
    return keys.notes.doubts[-1]


def _nothing_left(keys: Keys, repeats: Repeats) -> Reason:
    keys.notes.doubt(
        "unreadable-recurrence",
        "The exceptions leave no date of the recurrence.",
        "Write status: cancelled if the event is off, or correct exdate:.",
        field=keys.key("recurrence"),
        evidence=repeats.evidence,
    )
    return keys.notes.doubts[-1]


def _report_many(first: date, keys: Keys) -> None:
    keys.notes.problem(
        f"The recurrence gives more than {MAX_OCCURRENCES:,} dates; only those from {first} on are read.",
        f"Let {keys.key('date')}: be a later one, or give the recurrence an end (UNTIL=…).",
        field=keys.key("recurrence"),
        line=keys.line("recurrence"),
        severity="warning",
    )


def _report_miss(day: date, keys: Keys) -> None:
    keys.notes.problem(
        f"The exception {day} is no date of the recurrence.",
        "Correct it, or leave it out.",
        field=keys.key("exdate"),
        line=keys.line("exdate") or keys.line("recurrence"),
        severity="warning",
    )
