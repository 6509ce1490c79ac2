"""Which keys hold title, place, way in, status and the rest: by their names, and by what their values are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from notifier.core.proposal.columns import Column, Kind
from notifier.core.proposal.proposed import Choice
from notifier.core.proposal.timing import is_about_time
from notifier.core.proposal.vocabulary import (
    ACCESS_VALUES,
    EVENT_WORDS,
    HOST_WORDS,
    MODE_VALUES,
    ONLINE_WORDS,
    OTHERS_VALUES,
    OWN_VALUES,
    PUBLISHED_VALUES,
    SECTIONS,
    STATUS_VALUES,
    UNPUBLISHED_VALUES,
    field_rank,
    folded,
    is_house_name,
    place_part,
    words,
)
from notifier.core.reading.entries import Scalar
from notifier.core.reading.shape import Pick

#: A key that only so few have is not worth a line.
FEWEST = 0.05
MAX_TABLE = 12

_KINDS: dict[str, tuple[Kind, ...]] = {
    "title": ("text", "number", "day"),
    "register": ("web",),
    "link": ("web",),
    "timezone": ("text",),
    "all_day": ("flag",),
    "cancelled": ("flag",),
    "draft": ("flag",),
    "category": ("text",),
    "series": ("text",),
    "topics": ("list", "text"),
    "image": ("text", "web"),
    "recurrence": ("text",),
    "same": ("text", "number"),
}
#: A date is no title, though it may be written as a text.
_WORDED = frozenset({"title", "category", "series", "topics", "image", "same", "status", "mode", "access"})
_POSTAL = frozenset({"postal", "post", "zip"})
_NOT_PLACE = frozenset(
    [
        "id",
        "slug",
        "url",
        "link",
        "map",
        "maps",
        "geo",
        "lat",
        "lng",
        "lon",
        "latitude",
        "longitude",
        "phone",
        "tel",
        "email",
        "mail",
        "website",
        "image",
        "photo",
        "icon",
        "uid",
        "capacity",
        "notes",
        "description",
        "value",
        "valor",
        "valeur",
        "code",
        "codigo",
    ]
)


def field_choices(columns: Mapping[str, Column], *, many: bool) -> dict[str, Choice]:
    """Choices for all fields that keys hold under other names than ours, or with other values. `many`: a data file's."""
    top = {path: column for path, column in columns.items() if column.share >= FEWEST}
    chosen: dict[str, Choice] = {}
    for field, kinds in _KINDS.items():
        column = _best(field, top, kinds)
        if column is not None and column.path != field:
            keys = (field, column.path) if field == "title" and field in top else (column.path,)
            chosen[field] = Choice(ways=(Pick(keys=keys),), why=_why(column))
    for found in (_place(top), _flags(top), _status(top), _access(top), _mode(top), _language(top)):
        chosen |= found
    link, register = chosen.get("link"), chosen.get("register")
    if link and register and link.ways == register.ways:
        del chosen["link"]  # one address is one thing
    if many:
        chosen |= _key(top) | _body(top)
    return chosen


def _why(column: Column) -> str:
    said = {"web": "web addresses; ", "flag": "true or false; "}
    return said.get(column.kinds.most_common(1)[0][0], "") + column.have()


def _best(field: str, columns: Mapping[str, Column], kinds: Sequence[Kind]) -> Column | None:
    """The column with the best name whose values are of these kinds; the one of our own name where it fits."""
    ranked: list[tuple[float, int, str]] = []
    for path, column in columns.items():
        rank = field_rank(field, path)
        nested = path.count(".") + 2 * path.count("[") - _is_about_event(path)
        if (
            rank is None
            or nested > 1
            or (field == "link" and _is_of_place(path))
            or column.are(*kinds) < 0.8
            or (field in _WORDED and is_about_time(path))
        ):
            continue
        if _fits(field, column):
            ranked.append((nested * 10 + rank - 3 * column.share, -len(column.entries), path))
    return columns[min(ranked)[2]] if ranked else None


def _is_about_event(path: str) -> bool:
    """Whether it is in a section about the event, which counts as the top: `event.registration.url`."""
    above, dot, _ = path.partition(".")
    return bool(dot) and (above in SECTIONS or set(words(above)) <= EVENT_WORDS)


def _is_of_place(path: str) -> bool:
    """Whether an address is the house's, not the event's: `location.website`."""
    above = path.rpartition(".")[0]
    return bool(above) and place_part(above) == 0


def _fits(field: str, column: Column) -> bool:
    several = len(column.values) > 1
    match field:
        case "title":
            # A day may stand among its words.
            worded = column.are("text", "number") >= 0.5 or any(not text[:1].isdigit() for text in column.values)
            return column.share >= 0.6 and worded and "." not in column.path and "[" not in column.path
        case "category":
            return "." not in column.path and several and len(column.values) <= 20
        case "topics":
            return "." not in column.path and several and column.share >= 0.1
        case "timezone":
            return all("/" in entry.raw or entry.raw.strip() == "UTC" for entry in column.entries.values())
        case "recurrence":
            return all("freq" in value for value in column.values)
        case "image" | "series" | "same":
            return "." not in column.path
        case _:
            return "[" not in column.path


def _place(columns: Mapping[str, Column]) -> dict[str, Choice]:
    whole = _named_place(columns)
    if whole is not None and whole.are("mapping") >= 0.5:
        parts = _parts(whole.path, columns)
        if parts:
            why = f"an address in {len(parts)} parts; {whole.have()}" if len(parts) > 1 else whole.have()
            texts = (Pick(keys=(whole.path,)),) if whole.are("text") > 0 else ()
            return {"place": Choice(ways=(_joined(parts), *texts), why=why)}
        return {}
    around = [c for c in _address(columns) if c is not whole]
    host = _host(columns) if whole is None else None
    if whole is None and host is None and not any((place_part(c.path) or 0) in (1, 2, 4) for c in around):
        return {}
    parts = [column.path for column in (whole, host, *around) if column is not None]
    if parts == ["place"]:
        return {}
    why = f"some say online where others name the {host.path}; {host.have()}" if host else (whole or around[0]).have()
    return {"place": Choice(ways=(_joined(parts),), why=why)}


def _joined(parts: Sequence[str]) -> Pick:
    return Pick(keys=tuple(parts), joined=", ") if len(parts) > 1 else Pick(keys=tuple(parts))


def _named_place(columns: Mapping[str, Column]) -> Column | None:
    found = [
        column
        for path, column in columns.items()
        if place_part(path) == 0 and "[" not in path and is_house_name(path)
        and ("." not in path or (path.count(".") == 1 and _is_about_event(path)))
        # Some write the address of a call where others name a house.
        and (column.are("text", "mapping") >= 0.7 or (column.are("text") > 0 and column.are("text", "web") >= 0.9))
    ]  # fmt: skip
    return max(found, key=lambda column: (column.share, "." not in column.path, column.path == "place"), default=None)


def _is_no_place(path: str) -> bool:
    """Whether a key beside a place's holds something else; a postal code is a place's."""
    said = set(words(path))
    return bool((said - {"code"} if said & _POSTAL else said) & _NOT_PLACE)


def _parts(path: str, columns: Mapping[str, Column]) -> list[str]:
    """The text parts of an address, the house first."""
    inner = [
        column
        for one, column in columns.items()
        if one.startswith(f"{path}.") and not _is_no_place(one) and column.are("text", "number") >= 0.8
        and (place_part(one) is not None)
    ]  # fmt: skip
    return [column.path for column in sorted(inner, key=lambda column: place_part(column.path) or 0)]


def _address(columns: Mapping[str, Column]) -> list[Column]:
    """Street, town and so on at the top, beside the place."""
    found = [
        column
        for path, column in columns.items()
        if "." not in path and "[" not in path and (place_part(path) or 0) > 0 and field_rank("status", path) is None
        and not _is_no_place(path) and column.are("text", "number") >= 0.8
        and any(c.isalnum() for value in column.values for c in value)
    ]  # fmt: skip
    return sorted(found, key=lambda column: place_part(column.path) or 0)


def _host(columns: Mapping[str, Column]) -> Column | None:
    """Who invites is where it is, where some say `online` in its place."""
    for path, column in columns.items():
        if set(words(path)) <= HOST_WORDS and column.are("text") >= 0.8 and set(column.values) & ONLINE_WORDS:
            return column
    return None


def _flags(columns: Mapping[str, Column]) -> dict[str, Choice]:
    published = _best("published", columns, ("flag",))
    if published is None or published.path == "published":
        return {}
    return {"published": Choice(ways=(Pick(keys=(published.path,)),), why=_why(published))}


def _status(columns: Mapping[str, Column]) -> dict[str, Choice]:
    """A status of the event, of its publication, or both."""
    column = _best("status", columns, ("text",))
    if column is None or not _is_list_of_words(column) or "." in column.path:
        return {}
    written = _written_values(column)
    known = {text: STATUS_VALUES[folded(text)] for text in written if folded(text) in STATUS_VALUES}
    publication = {
        text: folded(text) not in UNPUBLISHED_VALUES
        for text in written
        if folded(text) in UNPUBLISHED_VALUES | PUBLISHED_VALUES
    }
    if publication and len(known) + len(publication) == len(written):
        shown = {**publication, **dict.fromkeys(known, True)}
        table = known | dict.fromkeys(publication, "scheduled")
        return {
            "published": _table(column, shown, why=f"says whether it is published; {column.have()}"),
            "status": _table(column, table, why="says nothing against its going ahead"),
        }
    if (
        known
        and len(known) == len(written)
        and (column.path != "status" or any(text.casefold() != v for text, v in known.items()))
    ):
        return {"status": _table(column, known, why=column.have())}
    return {}


def _is_list_of_words(column: Column) -> bool:
    return len(column.values) <= MAX_TABLE and all(len(text) <= 40 for text in _written_values(column))


def _written_values(column: Column) -> list[str]:
    return sorted({text.strip() for entry in column.entries.values() for text in entry.texts() if text.strip()})


def _table(column: Column, table: Mapping[str, Scalar], *, why: str) -> Choice:
    return Choice(ways=(Pick(keys=(column.path,), table=dict(table)),), why=why)


def _access(columns: Mapping[str, Column]) -> dict[str, Choice]:
    return _by_table("access", columns, ACCESS_VALUES)


def _mode(columns: Mapping[str, Column]) -> dict[str, Choice]:
    return _by_table("mode", columns, MODE_VALUES)


def _by_table(field: str, columns: Mapping[str, Column], known: Mapping[str, str]) -> dict[str, Choice]:
    column = _best(field, columns, ("text", "flag"))
    if column is None or not _is_list_of_words(column):
        return {}
    yes = [text for text in _written_values(column) if folded(text) not in ("false", "no")]
    table = {text: known[folded(text)] for text in yes if folded(text) in known}
    if (
        not table
        or len(table) < len(yes)
        or (column.path == field and all(text == value for text, value in table.items()))
    ):
        return {}
    return {field: _table(column, table, why=column.have())}


def _language(columns: Mapping[str, Column]) -> dict[str, Choice]:
    column = _best("language", columns, ("text",))
    if (
        column is None
        or column.path == "language"
        or len(column.values) < 2
        or not all(len(v.split()[0]) <= 3 for v in column.values if v)
    ):
        return {}
    return {"language": Choice(ways=(Pick(keys=(column.path,)),), why=column.have())}


def _key(columns: Mapping[str, Column]) -> dict[str, Choice]:
    """A name of its own for each entry of a data file: without one a corrected title would be a new event."""
    for name in ("uid", "id", "key", "slug"):
        column = columns.get(name)
        if column and column.share == 1 and len(column.values) == column.total and column.are("mapping", "list") == 0:
            why = "each has its own; it must stay when the rest changes"
            return {"key": Choice(ways=(Pick(keys=(name,)),), why=why)}
    return {}


def _body(columns: Mapping[str, Column]) -> dict[str, Choice]:
    """The text of an entry, under a name in another language than English."""
    column = _best("body", columns, ("text",))
    return {} if column is None else {"body": Choice(ways=(Pick(keys=(column.path,)),), why=_why(column))}


def own_categories(columns: Mapping[str, Column], choices: Mapping[str, Choice]) -> frozenset[str]:
    """The values of `category` that mark the organisation's own events, where others mark events of others."""
    chosen = choices.get("category")
    column = columns.get(chosen.ways[0].keys[0] if chosen else "category")
    if column is None or not set(column.values) & OTHERS_VALUES:
        return frozenset()
    return frozenset(text for text in _written_values(column) if folded(text) in OWN_VALUES)


def separators(columns: Mapping[str, Column]) -> Iterator[Column]:
    """The keys that may part events from other pages: few values, and on many pages."""
    for path, column in columns.items():
        last = words(path)
        if "[" in path or "." in path or not last or column.share < 0.3:
            continue
        if last[-1] in _SEPARATORS and 0 < len(column.values) <= 40:
            yield column


_SEPARATORS = frozenset(
    [
        "type",
        "layout",
        "category",
        "categories",
        "tags",
        "tag",
        "kind",
        "section",
        "template",
        "kategorie",
        "kategorien",
        "typ",
        "tipo",
        "categorie",
        "art",
        "schlagworte",
        "posttype",
    ]
)
