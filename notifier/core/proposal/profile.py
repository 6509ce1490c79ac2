"""Whether a family of files holds events, and which of its pages are events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from notifier.core.proposal.columns import Column, columns_of
from notifier.core.proposal.families import Family, literal
from notifier.core.proposal.fields import field_choices, separators
from notifier.core.proposal.proposed import Choice
from notifier.core.proposal.timing import Timing, tells_days, temporal, timings
from notifier.core.proposal.vocabulary import EVENT_WORDS, folded, role_of, words
from notifier.core.reading.dates import date_in_name
from notifier.core.reading.entries import Page
from notifier.core.reading.pages import stem_of
from notifier.core.reading.picking import at_path
from notifier.core.reading.shape import Pick


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A family that may hold events: its columns, the choices that names and values suggest, the readings of its times."""

    family: Family
    columns: Mapping[str, Column]
    choices: Mapping[str, Choice]
    timings: tuple[Timing, ...]
    only: Mapping[str, frozenset[str]] = field(default_factory=dict)
    only_why: str = ""
    sessions: str | None = None


def profile_of(family: Family) -> Profile | str | None:
    """The profile of a family that may hold events; else why it doesn't, or None where nobody would ask."""
    family = _without_asides(family)
    if not family.pages:
        return None
    columns = columns_of(family.pages)
    only, why = _narrowing(family, columns)
    if only:
        family = _narrowed(family, columns, only)
        columns = columns_of(family.pages)
    sessions = _sessions(columns)
    if sessions:
        family = _by_session(family, sessions)
        columns = columns_of(family.pages)
    if not _may_hold_events(family, columns, narrowed=bool(only)):
        return _turned_down(family, columns)
    return Profile(
        family=family,
        columns=columns,
        choices=field_choices(columns, many=family.format == "data"),
        timings=_timings(family, columns),
        only=only,
        only_why=why,
        sessions=sessions,
    )


def _timings(family: Family, columns: Mapping[str, Column]) -> tuple[Timing, ...]:
    """The readings of the keys; before the one that leaves dates to texts, that by the files' names where all have one."""
    *keyed, rest = timings(columns)
    named = sum(date_in_name(stem_of(one.path)) is not None for one in family.documents)
    if family.format == "data" or family.is_blog or named < 0.9 * len(family.documents) or _dated(columns):
        return (*keyed, rest)
    way = Pick(path=r"(\d{4}-\d\d-\d\d)(?:[-_.][^/]*)?$")
    choice = Choice(ways=(way,), why=f"no key has the date; the names of {named} files begin with it")
    return (*keyed, Timing(choices={**rest.choices, "date": choice}), rest)


def _sessions(columns: Mapping[str, Column]) -> str | None:
    """The key whose items have the dates, where the pages themselves have none."""
    dated = {path: column for path, (role, column) in temporal(columns).items() if tells_days(role, column)}
    if any("[" not in path and column.share >= 0.2 for path, column in dated.items()):
        return None
    inner = [path for path, column in dated.items() if column.share >= 0.5 and path.count("[0].") == 1]
    return inner[0].partition("[0].")[0] if inner else None


def _by_session(family: Family, sessions: str) -> Family:
    """A page for each session, which has what the page says and its own."""
    pages: list[Page] = []
    owners: list[int] = []
    for page, owner in zip(family.pages, family.owners, strict=True):
        listed = next(iter(at_path(page.entries, sessions)), None)
        items = listed.value if listed is not None and isinstance(listed.value, tuple) else ()
        rest = {key: entry for key, entry in page.entries.items() if key != sessions}
        for item in items:
            if isinstance(item.value, Mapping):
                pages.append(replace(page, entries={**rest, **item.value}))
                owners.append(owner)
    return replace(family, pages=tuple(pages), owners=tuple(owners))


def _without_asides(family: Family) -> Family:
    if not family.exclude:
        return family
    aside = {n for n, one in enumerate(family.documents) if _is_aside(one.path, family.exclude)}
    return _kept(family, [n for n, owner in enumerate(family.owners) if owner not in aside])


def _is_aside(path: str, exclude: tuple[str, ...]) -> bool:
    return any(
        literal(path) == one or ("**/" in one and path.rpartition("/")[2] == one.rpartition("/")[2]) for one in exclude
    )


def _kept(family: Family, numbers: list[int]) -> Family:
    owners = sorted({family.owners[n] for n in numbers})
    place = {owner: new for new, owner in enumerate(owners)}
    return replace(
        family,
        documents=tuple(family.documents[owner] for owner in owners),
        pages=tuple(family.pages[n] for n in numbers),
        owners=tuple(place[family.owners[n]] for n in numbers),
    )


def _narrowing(family: Family, columns: Mapping[str, Column]) -> tuple[dict[str, frozenset[str]], str]:
    """The key that parts events from other pages: by a value that says `event`, or by what has dates."""
    dated = _dated(columns)
    for column, having in _by_value(columns):
        if len(having) == len(family.pages) and not family.is_blog:
            return {}, ""
        if family.is_named and not dated - having <= set():
            continue
        return _only(column, having), f"{len(having)} of {len(family.pages)} pages"
    if not family.is_named or not dated or len(dated) > 0.9 * len(family.pages):
        return {}, ""
    for column in separators(columns):
        values = {value for value in column.values if _having(column, {value}) <= dated}
        if values and len(values) <= 4 and _having(column, values) == dated:
            return _only(column, dated), f"what has dates: {len(dated)} of {len(family.pages)} pages"
    return {}, ""


def _by_value(columns: Mapping[str, Column]) -> list[tuple[Column, set[int]]]:
    """The keys with a value that says `event` and the pages that have it: what most pages have first."""
    found = [
        (column, _having(column, {value for value in column.values if set(words(value)) & EVENT_WORDS}))
        for column in separators(columns)
    ]
    return sorted((one for one in found if one[1]), key=lambda one: (-len(one[1]), len(one[0].values), one[0].path))


def _having(column: Column, values: set[str]) -> set[int]:
    return {n for n, entry in column.entries.items() if any(folded(text) in values for text in entry.texts())}


def _only(column: Column, pages: set[int]) -> dict[str, frozenset[str]]:
    said = [{text.strip().casefold() for text in column.entries[n].texts()} for n in pages]
    shared = set.intersection(*said) if said else set()
    named = {text for text in shared if set(words(text)) & EVENT_WORDS}
    values = named or {text for texts in said for text in texts if set(words(text)) & EVENT_WORDS or len(texts) == 1}
    return {column.path: frozenset(values)}


def _narrowed(family: Family, columns: Mapping[str, Column], only: Mapping[str, frozenset[str]]) -> Family:
    wanted = [
        n
        for n in range(len(family.pages))
        if all(
            n in columns[key].entries
            and any(text.strip().casefold() in values for text in columns[key].entries[n].texts())
            for key, values in only.items()
        )
    ]
    return _kept(family, wanted)


def _dated(columns: Mapping[str, Column]) -> set[int]:
    """The pages that have an event's date under some key."""
    return {
        n
        for role, column in temporal(columns).values()
        if tells_days(role, column) and column.are("clock") < 0.6
        for n in column.entries
    }


def _may_hold_events(family: Family, columns: Mapping[str, Column], *, narrowed: bool) -> bool:
    total = len(family.pages)
    dated = len(_dated(columns)) >= 0.4 * total
    signs = _signs(columns) + (1 if narrowed else 0)
    if family.is_blog:
        return narrowed and dated and signs >= 2
    if family.is_named and not family.is_weakly_named:
        named = sum(date_in_name(stem_of(one.path)) is not None for one in family.documents)
        return dated or named * 2 >= total or _is_told(family)
    return dated and signs >= (1 if family.is_weakly_named else 2)


def _is_told(family: Family) -> bool:
    """Texts in a folder of events may tell their dates themselves."""
    return family.format != "data" and any(any(c.isdigit() for c in page.body[:2000]) for page in family.pages)


def _signs(columns: Mapping[str, Column]) -> int:
    """How much beside a date speaks of an event: a time, an end, a place, a way in, a start by name; an author speaks against it."""
    known = [(role, column) for role, column in temporal(columns).values() if column.share >= 0.3]
    choices = field_choices(columns, many=False)
    place = "place" in choices or ((column := columns.get("place")) is not None and column.share >= 0.2)
    signs = [
        any(role == "start" for role, _ in known),
        any(
            role in ("start", "date", "time") and column.are("moment", "clock") >= 0.5 and not _exact(column)
            for role, column in known
        ),
        any(role == "end" for role, _ in known),
        any(role == "date" and len(words(column.path)) > 1 and role_of(column.path) for role, column in known),
        place,
        "register" in choices or "register" in columns,
        "cancelled" in choices or "recurrence" in choices or "rrule" in columns,
    ]
    return sum(signs) - ("author" in columns and not place)


def _exact(column: Column) -> bool:
    """Times with seconds were stamped by a program."""
    return sum(stamp.exact for stamp in column.stamps.values()) * 3 > len(column.stamps)


def _turned_down(family: Family, columns: Mapping[str, Column]) -> str | None:
    files = ", ".join(family.files)
    if not _dated(columns) and not family.is_named:
        return None
    if not _dated(columns):
        return f"{files}: no key of its {len(family.pages)} pages holds a date."
    what = "look like articles" if family.is_blog or "author" in columns else "have dates"
    return f"{files}: {len(family.pages)} pages {what}, but no key says where, at what time or how to come."
