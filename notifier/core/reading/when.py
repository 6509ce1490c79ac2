"""When an event is: explicit keys and prose brought together, or the contradiction between them told."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from notifier.core.event import AllDay, Evidence, Timed, When, ZoneBasis
from notifier.core.reading.bearing import Bearing
from notifier.core.reading.candidates import Candidate, Notes
from notifier.core.reading.days import Days
from notifier.core.reading.lasting import Begun, Ending, Said, check_length, closes_day, end_of, over_midnight
from notifier.core.reading.mapped import Keys
from notifier.core.reading.moments import Moment, is_all_day, is_left_open, moment_of_date, read_moment
from notifier.core.reading.place import Place
from notifier.core.reading.prose import Sentence
from notifier.core.reading.resolve import contradict, short
from notifier.core.reading.told import Told, times_of, titled_times, told_times
from notifier.core.reading.zoning import Zoning, check_offset, check_season, settled, zone_beside_start, zone_of_told
from notifier.core.zones import instant, is_ambiguous, zone_named

_YEAR = re.compile(r"(?:19|20)\d\d|\d[./-]\d{1,2}[./-]\d\d(?!\d)")
_IN_LIST = re.compile(r"\s{0,20}(?:[-+*]|\d{1,3}[.)])\s|\s{0,20}\|")
_POSTS = frozenset({"_posts", "posts", "post", "blog", "news"})
_SOON = timedelta(days=62)
#: A date in figures, then where: in words it may be history.
_PLACED = re.compile(
    r"\W{0,3}(?:[A-Z]\w\s)?\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\s(?:à|au|aux|chez|dans|en|sur|in|im|bei|beim|auf|presso|al|alla|nel|nella|at|@)\s"
)
#: With 23:59:59 ends a whole day.
_LAST_SECOND = 59
_OF_PAGE = re.compile(r"(?:date|created\w{0,10}|updated\w{0,10}|lastmod|publish\w{0,10}|pub_?date)\s?:", re.IGNORECASE)
_LONG_AGO = 400  # days: a slip in the year is nearer
# A time that was seen but could not be settled already has its doubt.
_SEEN = ("unclear-time", "unreadable-zone", "unreadable-start", "written-at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """What was found; zone and basis are None for whole days."""

    when: When
    zone: str | None = None
    basis: ZoneBasis | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _End:
    """An end that stands alone in the text."""

    clock: time
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class _Start:
    """A start with everything that is known of it; `exact`: its offset was written."""

    at: datetime
    end: datetime | None
    zone: str
    basis: ZoneBasis
    evidence: Evidence
    exact: bool = False


def read_when(
    keys: Keys, days: Days, bearings: Sequence[Bearing], place: Place, *, title: Bearing, zoning: Zoning, notes: Notes,
    over: bool,
) -> Timing:  # fmt: skip
    """The event's time, or its whole days where no time is certain. `over`: a write-up, for which none is needed."""
    whole = Timing(when=AllDay(first=days.first, last=days.last))
    zoning = settled(zoning, days.first, place, keys, notes)
    zone = zoning.stated_or_default()[0]
    start = read_moment(keys, "start", notes, zone=zone, near=days.first) or moment_of_date(keys, zone, near=days.first)
    # A start on another day than `date` is a contradiction that `read_days` has reported.
    starts_on = start.day_in(zone) if start else None
    agreed = _dates_agree(days, bearings, title, keys, notes) and (starts_on is None or starts_on in days.all)
    agreed = agreed and not days.doubted
    if start is not None and _is_written_at(start):
        _report_written_at(start, days, notes)
        start = None
    check_length(keys, notes)
    timed = start is not None and start.clock is not None
    end = read_moment(keys, "end", notes, zone=zone, near=days.last, midnight=timed)
    if end is not None and end.day is not None and not timed and closes_day(end):
        end = replace(end, clock=None, offset=None)  # of the whole day that the keys tell, though the text has a time
    if is_all_day(keys):
        return whole
    found = _explicit(start, days, zoning, notes)
    told = [] if days.several else list(told_times(bearings, language=keys.language))
    if found is None and not (told or days.several or over):
        told = list(titled_times(title))
    if found is not None and found.evidence.basis == "default" and any(one.clock.start for one in told):
        found = None  # a default of config.yaml stands where nothing is said
    readings = _readings(told, days.first, place, zoning=zoning, notes=notes, quiet=found is not None, keys=keys)
    chosen = _agreed(found, readings, keys, notes)
    if chosen is None or not agreed or not (zoning.readable or chosen.exact) or is_left_open(keys, "start"):
        if not (days.several or over):
            _report_no_time(keys, days, notes)
        return whole
    begun = Begun(at=chosen.at, zone=chosen.zone, evidence=chosen.evidence, first=days.first, last=days.last)
    said = Said(end=end, ranged=start.end if start else None, prose=_prose_ends(chosen, readings))
    chosen = replace(chosen, end=end_of(begun, said, keys, notes))
    _report_ambiguous(chosen, keys, notes)
    return _timed(chosen, zoning, notes)


def _is_written_at(start: Moment) -> bool:
    """Whether a program wrote it: a page's own date with an odd minute or second. A start of its own is taken at its word."""
    if start.clock is None or not _OF_PAGE.match(start.evidence.text):
        return False
    return start.clock.second not in (0, _LAST_SECOND) or start.clock.minute % 5 != 0


def _report_written_at(start: Moment, days: Days, notes: Notes) -> None:
    said = short(start.evidence.text)
    key = said.partition(":")[0]
    notes.doubt(
        "written-at",
        f"“{said}” looks like the moment at which the page was written.",
        f"Write the event's own day and time: {key}: {days.first} 14:00.",
        field="start",
        evidence=start.evidence,
    )


def _timed(chosen: _Start, zoning: Zoning, notes: Notes) -> Timing:
    check_season(zoning, chosen.at, chosen.zone, notes)
    notes.evidence["when"] = chosen.evidence
    notes.evidence["zone"] = zoning.evidence_for(chosen.zone, chosen.basis, chosen.evidence)
    return Timing(when=Timed(starts_at=chosen.at, ends_at=chosen.end), zone=chosen.zone, basis=chosen.basis)


def _dates_agree(days: Days, bearings: Sequence[Bearing], title: Bearing, keys: Keys, notes: Notes) -> bool:
    """Whether title and text announce the event for the front matter's date; weekdays are checked on the way."""
    for bearing in bearings:
        if bearing.mentions:
            _check_weekday(bearing, notes)
    wrong = title if _dates_otherwise(title) else next((b for b in bearings if b.claims and b.elsewhere), None)
    wrong = (
        wrong or _dated_otherwise(bearings, keys) or _posted_before(bearings, keys, days) or _opened_otherwise(bearings)
    )
    wide = next((b for b in (title, *bearings) if b.own and _tells_days(b, title, days) and _is_wider(b, days)), None)
    if wrong:
        said = Candidate(field="date", value=min(wrong.mentions[0].days), evidence=_quote(wrong))
        given = Candidate(field="date", value=days.first, evidence=days.evidence)
        contradict(
            "date", (given, said), notes, subject="dates",
            hint=f"Correct {keys.key('date')}: in the front matter, or the {'title' if wrong is title else 'text'}.",
        )  # fmt: skip
    elif wide:
        notes.doubt(
            "several-days",
            f"The {'title' if wide is title else 'text'} names several days (“{short(wide.mentions[0].text)}”), the front matter one.",
            f"Add dates: [{days.first}, {max(max(m.days) for m in wide.mentions)}], or write one date in the text.",
            field="date",
            evidence=_quote(wide),
        )
    return wrong is None


def _dates_otherwise(title: Bearing) -> bool:
    """Whether the title has one whole date, and it is another day: “Meetup [4th Dec 2019]”. History is no date of it."""
    if not title.elsewhere or title.past or len(title.mentions) > 1 or not _YEAR.search(title.mentions[0].text):
        return False
    return min(abs((one - day).days) for one in title.mentions[0].days for day in title.days) < _LONG_AGO


def _dated_otherwise(bearings: Sequence[Bearing], keys: Keys) -> Bearing | None:
    """The first line that is a whole date, such as those above the days of a programme, where none is the event's.

    In lists stand later meetings, and a date without its weekday may be that of the page.
    """
    if not keys.page.lined or any(bearing.own for bearing in bearings):
        return None
    alone = [bearing for bearing in bearings if bearing.elsewhere and _is_date_alone(bearing)]
    lines = keys.page.body.splitlines() if alone else []
    for bearing in alone:
        at = bearing.sentence.line - keys.page.body_line
        if 0 <= at < len(lines) and not _IN_LIST.match(lines[at]):
            return bearing
    return None


def _posted_before(bearings: Sequence[Bearing], keys: Keys, days: Days) -> Bearing | None:
    """What looks ahead to the one later day, with its weekday, of a post that is dated by the day of its publication."""
    given = keys.entry("start") is not None and keys.key("start") != "date"
    if given or keys.key("date") != "date" or _POSTS.isdisjoint(keys.path.split("/")) or any(b.own for b in bearings):
        return None
    ahead = [b for b in bearings if b.future and not b.past and b.elsewhere and b.mentions[0].weekday is not None]
    later = {day for bearing in ahead for mention in bearing.mentions for day in mention.days}
    return ahead[0] if len(later) == 1 and timedelta(0) < min(later) - days.last <= _SOON else None


def _opened_otherwise(bearings: Sequence[Bearing]) -> Bearing | None:
    """The text's first sentence with a date, where that is whole and has its time, or begins a line before the place:
    “Il 5 maggio 2026 alle ore 9:30 …”, “Le 03.03.20 à Niort”.

    It tells when something is, and nothing in the text is on the event's day. Several such sentences are a series;
    what opens for registration is no event.
    """
    dated = [bearing for bearing in bearings if bearing.mentions]
    if not dated or not _dates_otherwise(dated[0]) or any(bearing.own for bearing in dated):
        return None
    first = dated[0]
    timed = [bearing for bearing in dated if any(one.start for one in times_of(bearing))]
    where = _PLACED.match(first.sentence.text) if not timed else None
    is_told = timed == dated[:1] or (where and where.end() > first.mentions[0].end)
    return first if is_told and not _is_of_something_else(first.sentence) else None


def _is_of_something_else(sentence: Sentence) -> bool:
    """Whether a sentence's day is that of registering, or the one that the event is put off to."""
    off = sentence.language.called_off.search(sentence.text) or sentence.english.called_off.search(sentence.text)
    return off is not None or sentence.language.joining.register.search(sentence.text) is not None


def _is_date_alone(bearing: Bearing) -> bool:
    if not _dates_otherwise(bearing) or bearing.mentions[0].weekday is None:
        return False
    around = bearing.sentence.text.replace(bearing.mentions[0].text, "", 1)
    return not any(c.isalnum() for c in around)


def _tells_days(bearing: Bearing, title: Bearing, days: Days) -> bool:
    """Whether it says when the event is; what will be, from its day on, is taken for it too."""
    if bearing.claims or bearing is title:
        return True
    return bearing.future and not bearing.past and min(min(m.days) for m in bearing.mentions) == days.first


def _is_wider(bearing: Bearing, days: Days) -> bool:
    return any(m.ranged and m.days & bearing.days and not m.days <= set(days.all) for m in bearing.mentions)


def _quote(bearing: Bearing) -> Evidence:
    return Evidence(field="date", text=bearing.sentence.quote, line=bearing.sentence.line, basis="prose")


def _check_weekday(bearing: Bearing, notes: Notes) -> None:
    for mention in bearing.mentions:
        day = next(iter(mention.days))
        if len(mention.days) > 1 or day not in bearing.days or mention.weekday in (None, day.weekday()):
            continue
        notes.doubt(
            "weekday",
            f"“{short(mention.text)}” does not fit: {day} is a {day:%A}.",
            "Correct the weekday or the date in the text, or date: in the front matter.",
            field="date",
            evidence=_quote(bearing),
        )
        return


def _explicit(start: Moment | None, days: Days, zoning: Zoning, notes: Notes) -> _Start | None:
    if start is None or start.clock is None:
        return None
    # A day of its own is the start's in its own offset; the front matter's is the day there.
    day = start.day or days.first
    found = zone_beside_start(start, day, zoning, notes)
    if found is None:
        return None
    zone, basis = found
    exact = start.instant(day, zoning.stated_or_default()[0])
    if start.offset is not None and exact:
        check_offset(start, exact, zone, notes)
    at = exact.astimezone(zone_named(zone)) if exact else instant(day, start.clock, zone)
    return _Start(at=at, end=None, zone=zone, basis=basis, evidence=start.evidence, exact=start.offset is not None)


def _readings(
    told: Sequence[Told], day: date, place: Place, *, zoning: Zoning, notes: Notes, quiet: bool, keys: Keys
) -> list[_Start | _End]:
    """The starts that prose gives, and ends that stand alone. `quiet`: an explicit start settles every doubt."""
    readings: list[_Start | _End] = []
    for one in told:
        if one.clock.unsure:
            if not quiet:
                _report_unclear(one, day, keys, notes)
            continue
        if one.clock.start is None:
            readings.extend([_End(clock=one.clock.end, evidence=one.evidence)] if one.clock.end else [])
            continue
        found = zone_of_told(one, day, one.clock.start, place=place, zoning=zoning, notes=notes, quiet=quiet)
        if found:
            zone, basis = found
            at = instant(day, one.clock.start, zone)
            end = over_midnight(at, instant(day, one.clock.end, zone), zone) if one.clock.end else None
            readings.append(_Start(at=at, end=end, zone=zone, basis=basis, evidence=one.evidence))
    return readings


def _agreed(found: _Start | None, readings: Sequence[_Start | _End], keys: Keys, notes: Notes) -> _Start | None:
    """The start that everything agrees on. An explicit one settles what prose leaves open, but not against all prose."""
    starts = [reading for reading in readings if isinstance(reading, _Start)]
    distinct = list({start.at.timestamp(): start for start in reversed(starts)}.values())[::-1]
    if found and (not distinct or any(_same(found, start) for start in distinct)):
        return found
    if notes.doubts_on("unclear-time") or notes.doubts_on("unreadable-zone") or notes.doubts_on("unreadable-start"):
        return None
    if len(distinct) == 1 and not found:
        return distinct[0]
    if distinct:
        both = [found, *distinct] if found else distinct
        said = [Candidate(field="start", value=start.at, evidence=start.evidence) for start in both]
        hint = _write_start(keys, distinct[0].at.date(), "14:00", note="the right time, in quotes")
        hint = f"Correct the text or {keys.key('start')}: in the front matter." if found else hint
        contradict("start", said, notes, subject="start times", hint=hint)
    return None


def _same(explicit: _Start, told: _Start) -> bool:
    """Equal instants, or equal wall clocks in the prose's zone (in the repeated hour of autumn only those are)."""
    return explicit.at == told.at or explicit.at.astimezone(told.at.tzinfo).replace(
        fold=0, tzinfo=None
    ) == told.at.replace(fold=0, tzinfo=None)


def _prose_ends(chosen: _Start, readings: Sequence[_Start | _End]) -> list[Ending]:
    """The ends of the ranges that begin as chosen, and those that stand alone."""
    ends: list[Ending] = []
    for reading in readings:
        match reading:
            case _Start(end=datetime() as at) if _same(chosen, reading):
                ends.append(Ending(at=at, evidence=reading.evidence))
            case _End(clock=clock):
                at = instant(chosen.at.date(), clock, chosen.zone)
                ends.append(Ending(at=at, evidence=reading.evidence))
            case _:
                pass
    return ends


def _write_start(keys: Keys, day: date, *clocks: str, note: str = "") -> str:
    """The line with a start; where its key has the day, with the day, which would be lost otherwise."""
    key, remark = keys.key("start"), f" ({note})" if note else ""
    if keys.entry("start") is not None and not is_left_open(keys, "start"):
        said = " or ".join(f"{day} {clock}" for clock in clocks)
        return f"Write {key}: {said}{remark.replace(', in quotes', '')} in the front matter."
    said = " or ".join(f'"{clock}"' for clock in clocks)
    return f"Add {key}: {said}{remark} to the front matter."


def _report_unclear(told: Told, day: date, keys: Keys, notes: Notes) -> None:
    start = told.clock.start or told.clock.end or time(0)
    notes.doubt(
        "unclear-time",
        f"“{told.clock.text}” may be in the morning or in the afternoon.",
        _write_start(keys, day, f"{start.hour % 12 + 12:02}:{start.minute:02}", f"{start:%H:%M}"),
        field="start",
        evidence=told.evidence,
    )


def _report_no_time(keys: Keys, days: Days, notes: Notes) -> None:
    if any(d.code in _SEEN or (d.code == "contradiction" and d.field in ("start", "date")) for d in notes.doubts):
        return
    what = "The start is still to be confirmed." if is_left_open(keys, "start") else "No start time is given."
    line = _write_start(keys, days.first, "14:00").removesuffix(".")
    notes.doubt("no-time", what, f"{line}, or {keys.key('all_day')}: true.", field="start", severity="warning")


def _report_ambiguous(chosen: _Start, keys: Keys, notes: Notes) -> None:
    if chosen.exact or not is_ambiguous(chosen.at.date(), chosen.at.time(), chosen.zone):
        return
    notes.doubt(
        "ambiguous-time",
        f"On {chosen.at:%Y-%m-%d} clocks in {chosen.zone} show {chosen.at:%H:%M} twice or never.",
        f"Write the time with its offset: {keys.key('start')}: {chosen.at.isoformat()}.",
        field="start",
        evidence=chosen.evidence,
    )
