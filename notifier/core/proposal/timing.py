"""Which keys say when: the ways in which a group's keys may be read as date, start and end, best guess first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from notifier.core.proposal.columns import DAYS, TEMPORAL, Column, is_plain_date
from notifier.core.proposal.proposed import Choice
from notifier.core.proposal.vocabulary import EVENT_WORDS, SECTIONS, Role, field_rank, is_time_name, role_of, words
from notifier.core.reading.shape import Pick

#: So many readings are tried on the documents.
MAX_READINGS = 8
#: A key that so many pages have can speak for the group; so many pages show how two keys differ.
_MOST = 0.6
_ENOUGH = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """One reading of the keys: a choice for each of date, start, end, dates, duration."""

    choices: Mapping[str, Choice] = field(default_factory=dict)
    #: The column whose values are the start, where they are dates with times.
    start: Column | None = None
    day: Column | None = None


def temporal(columns: Mapping[str, Column]) -> dict[str, tuple[Role, Column]]:
    """The columns that hold dates and times, with what their names say they tell."""
    found: dict[str, tuple[Role, Column]] = {}
    for path, column in columns.items():
        role = _role(path)
        if role is not None and column.are(*TEMPORAL) >= 0.6:
            found[path] = (role, column)
        elif role is None and "." not in path and "[" not in path and all(map(is_plain_date, column.entries.values())):
            found[path] = ("date", column)  # in a language that isn't known here
    return found


def tells_days(role: Role, column: Column) -> bool:
    """Whether a column says on which day something is; one named for the time may: `zeit: 20.05.2026 18:30`."""
    return role in ("start", "date") or (role == "time" and column.are(*DAYS) >= 0.6)


def _role(path: str) -> Role | None:
    """By its own name; under `dates.` or `when.` also by that: `when.from`, `date.start`."""
    own = role_of(path)
    above = path.rpartition(".")[0]
    if above and role_of(above) in ("publication", "deadline"):
        return role_of(above)
    return own


def timings(columns: Mapping[str, Column]) -> list[Timing]:
    """The readings worth trying; the last one leaves dates to files' names and texts."""
    known = _events_own(temporal(columns))
    # A key named for the time may hold the day too: `zeit: 20.05.2026 18:30`.
    moments = _ranked(known, ("start", "date", "time"), holding=lambda c: c.are("moment") >= 0.2)
    clocks = _ranked(known, ("start", "time", "date"), holding=lambda c: c.are("clock") >= 0.6)
    # Beside a key with the times, some dates may have one too.
    timed = 0.6 if clocks else 0.2
    days = _ranked(known, ("start", "date", "time"), holding=lambda c: c.are(*DAYS) >= 0.6 and c.are("moment") < timed)
    found = [_of_moment(moment, columns, known) for moment in moments]
    found += [_of_day(day, clocks, columns, known) for day in days]
    if not found or len(known) == len(temporal(columns)):  # else `date` would be read of itself
        found.append(Timing(choices=_others(columns)))
    unlike = list({str({k: c.ways for k, c in one.choices.items()}): one for one in reversed(found)}.values())[::-1]
    return unlike[:MAX_READINGS]


def _events_own(known: Mapping[str, tuple[Role, Column]]) -> dict[str, tuple[Role, Column]]:
    """Without the columns that were stamped when the page was written, where another one says when the event is.

    A program writes seconds; and `date` is the page's where a key named for the start has other days.
    """
    whens = {path: column for path, (role, column) in known.items() if role in ("start", "date")}
    starts = [column for path, column in whens.items() if known[path][0] == "start" and column.share >= _MOST]
    written = {path for path, column in whens.items() if _is_stamped(column) or _tells_other_days(path, column, starts)}
    others = [column for path, column in whens.items() if path not in written]
    if not any(column.share >= _MOST and column.are("clock") < _MOST for column in others):
        return dict(known)
    return {path: found for path, found in known.items() if path not in written}


def _is_stamped(column: Column) -> bool:
    return sum(stamp.exact for stamp in column.stamps.values()) * 3 > len(column.stamps)


def _tells_other_days(path: str, column: Column, starts: list[Column]) -> bool:
    return path == "date" and any(_differ(column, start) and not _is_after(column, start) for start in starts)


def _differ(one: Column, other: Column) -> bool:
    """Whether most pages have another day under one key than under the other."""
    days = _pairs(one, other)
    return len(days) >= _ENOUGH and sum(first != second for first, second in days) * 2 > len(days)


def _pairs(one: Column, other: Column) -> list[tuple[date, date]]:
    both = [(one.stamps[n].day, other.stamps[n].day) for n in one.stamps if n in other.stamps]
    return [(first, second) for first, second in both if first and second]


def _is_after(day: Column, start: Column) -> bool:
    """Whether `date` is mostly later than the day beside a time: it is no day of publication, and that one hardly a day."""
    later = [first > second for first, second in _pairs(day, start) if first != second]
    return is_time_name(start.path) and sum(later) * 2 > len(later)


def _ranked(known: Mapping[str, tuple[Role, Column]], roles: tuple[Role, ...], *, holding: object) -> list[Column]:
    matches = [(role, c) for role, c in known.values() if role in roles and callable(holding) and holding(c)]
    matches.sort(key=lambda one: (one[1].path.count(".") + one[1].path.count("["), -_weight(*one), one[1].path))
    return [column for _, column in matches]


def _weight(role: Role, column: Column) -> float:
    """A start is surer than a date, and a meeting's date than the document's; what few have is little worth."""
    named = set(words(column.path)) & EVENT_WORDS
    return (
        column.share * 2
        + (1.0 if role == "start" else 0.0)
        + (0.8 if named else 0.0)
        - (1.0 if role_of(column.path) is None else 0.0)
    )


def _of_moment(start: Column, columns: Mapping[str, Column], known: Mapping[str, tuple[Role, Column]]) -> Timing:
    chosen: dict[str, Choice] = {}
    if start.path not in ("start", "date"):  # a time behind `date` is the start as it is
        chosen["start"] = Choice(ways=(Pick(keys=(start.path,)),), why=f"a date with a time; {start.have()}")
    chosen |= _native_date(start, columns) | _end(known, near=start) | _others(columns)
    return Timing(choices=chosen, start=start, day=start)


def _native_date(chosen: Column, columns: Mapping[str, Column]) -> dict[str, Choice]:
    """The key `date` is read of itself: where it tells another day than the start, that day must not be taken."""
    page = columns.get("date")
    if page is None or page is chosen:
        return {}
    both = [(page.stamps[n].day, chosen.stamps[n].day) for n in page.stamps if n in chosen.stamps]
    other = sum(one != another for one, another in both)
    if not both or other * 10 <= len(both) or _is_after(page, chosen):
        return {}
    why = f"not `date`: in {other} of {len(both)} that is another day, when it was published"
    return {"date": Choice(ways=(Pick(keys=(chosen.path,)),), why=why)}


def _of_day(
    day: Column, clocks: list[Column], columns: Mapping[str, Column], known: Mapping[str, tuple[Role, Column]]
) -> Timing:
    chosen: dict[str, Choice] = {}
    if day.path != "date":
        chosen["date"] = Choice(ways=(Pick(keys=(day.path,)),), why=f"dates; {day.have()}")
    clock = next((c for c in clocks if _beside(c, day)), None)
    if clock is not None:
        if clock.path != "start":
            chosen["start"] = Choice(ways=(Pick(keys=(clock.path,)),), why=f"times of day; {clock.have()}")
    elif "start" in columns and day.path != "start" and columns["start"].are(*TEMPORAL) < 0.6:
        chosen["start"] = Choice(ways=(Pick(keys=(day.path,)),), why="`start` holds no times")
    chosen |= _end(known, near=day) | _others(columns)
    return Timing(choices=chosen, day=day)


def _beside(one: Column, other: Column) -> bool:
    """In the same mapping, or the time at the top."""
    above = one.path.rpartition(".")[0]
    return above in ("", other.path.rpartition(".")[0], *SECTIONS)


def _end(known: Mapping[str, tuple[Role, Column]], *, near: Column) -> dict[str, Choice]:
    ends = [column for role, column in known.values() if role == "end" and _beside(column, near)]
    ends.sort(key=lambda column: (-column.share, column.path))
    clock = next((c for c in ends if c.are("clock") >= 0.6), None)
    whole = next((c for c in ends if c.are(*DAYS) >= 0.6), None)
    if clock and whole and whole.are("moment") < 0.2:
        both = Pick(keys=(whole.path, clock.path), joined=" ")
        return {"end": Choice(ways=(both,), why=f"the day and the time it ends; {clock.have()}")}
    found = whole or clock
    if found is None or found.path == "end":
        return {}
    return {"end": Choice(ways=(Pick(keys=(found.path,)),), why=found.have())}


def _others(columns: Mapping[str, Column]) -> dict[str, Choice]:
    return dict(_lengths(columns))


def _lengths(columns: Mapping[str, Column]) -> Iterator[tuple[str, Choice]]:
    for path, column in columns.items():
        if role_of(path) != "duration" or column.are("mapping", "list", "web", "flag") > 0.1:
            continue
        numbers = [float(entry.raw.replace(",", ".")) for entry in column.entries.values() if _is_number(entry.raw)]
        if numbers and len(numbers) == len(column.entries) and max(numbers) <= 12:
            # Nothing lasts three minutes.
            way = Pick(keys=(path,), match=r"^(\d+)", to="{1}h") if all(n.is_integer() for n in numbers) else None
            if way:
                yield (
                    "duration",
                    Choice(ways=(way,), why=f"hours: {min(numbers):g} to {max(numbers):g}; {column.have()}"),
                )
        elif path != "duration":
            yield "duration", Choice(ways=(Pick(keys=(path,)),), why=column.have())
        return


def _is_number(text: str) -> bool:
    return text.strip().replace(",", ".").replace(".", "", 1).isdigit()


def is_about_time(path: str) -> bool:
    """Whether a key's name makes it a matter of this module."""
    return role_of(path) is not None or is_time_name(path) or field_rank("timezone", path) is not None
