"""The value of a field by configuration: a key, the first of several, a pattern, a table, another file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

import re2

from notifier.core.reading.entries import Entry, Page, Scalar
from notifier.core.reading.library import Library
from notifier.core.reading.shape import Pick, Reference

#: A pattern looks at no more of a text than prose reading does.
MAX_SEARCHED = 200_000

_STEP = re.compile(r"([^.\[\]]{1,200})|\[(-?\d{1,4})?\]")
_NO = frozenset({"", "false", "no", "off", "0", "null", "~", "none"})
_PLACE = re.compile(r"\{(\w{1,40})\}")


def pick(ways: tuple[Pick, ...], page: Page, *, path: str, library: Library) -> Entry | None:
    """What the first of these ways finds that finds anything; its `name` and `basis` say where."""
    for way in ways:
        found = _found(way, page, path, library)
        if found is not None and not found.is_empty:
            return found
    return None


def missed(ways: tuple[Pick, ...], page: Page, *, path: str) -> Iterator[tuple[Entry, Pick]]:
    """The values that were there but led nowhere: no entry in the table, no such place in the other file.

    What says no (`false`, `0`) is an answer, and needs no entry in a table.
    """
    for way in ways:
        start = _start(way, page, path) if way.table is not None or way.reference is not None else None
        items = start.value if start is not None and isinstance(start.value, tuple) else (start,)
        single = items[0] if len(items) == 1 else None
        if start is None or single is None or single.is_empty or single.raw.strip().casefold() in _NO:
            continue
        if way.match is None or _searched(way.match, single.raw):
            yield replace(single, name=start.name), way


def at_path(entries: Mapping[str, Entry], path: str) -> Iterator[Entry]:
    """The entries under a key path; a key that is written so, dots included, comes first."""
    if path in entries:
        yield entries[path]
        return
    steps = _steps(path)
    if len(steps) < 2 and (not steps or steps[0][0] == path):
        return  # a plain key, as most are, that isn't there
    reached = [Entry(value=entries)]
    for step in steps:
        reached = [inner for entry in reached for inner in _inner(entry, step)]
    yield from reached


@lru_cache(maxsize=1_024)
def _steps(path: str) -> tuple[tuple[str | None, int | None], ...]:
    """Each step of a path: a key, or the number of an item; all items where there is neither."""
    return tuple((step[1], int(step[2]) if step[2] else None) for step in _STEP.finditer(path))


def _inner(entry: Entry, step: tuple[str | None, int | None]) -> Iterator[Entry]:
    value, (key, number) = entry.value, step
    if key is not None:
        if isinstance(value, Mapping) and key in value:
            yield value[key]
    elif isinstance(value, tuple):
        if number is None:
            yield from value
        elif -len(value) <= number < len(value):
            yield value[number]


def _found(way: Pick, page: Page, path: str, library: Library) -> Entry | None:
    start = _start(way, page, path)
    if start is None:
        return None
    if isinstance(start.value, tuple) and (way.match or way.table or way.reference or way.value is not None):
        each = [done for item in start.value if (done := _worked(way, replace(item, basis=start.basis), library))]
        return replace(start, value=tuple(each)) if each else None
    return _worked(way, start, library)


def _start(way: Pick, page: Page, path: str) -> Entry | None:
    if way.keys:
        return _joined(way, page) if way.joined is not None else _first(way, page)
    if way.body is not None:
        match = _searched(way.body, page.body)
        if not match:
            return None
        line = page.body_line + (page.body.count("\n", 0, match.start()) if page.lined else 0)
        return _text(_part(match, way.to if way.match is None else None), name="", line=line, basis="prose")
    if way.path is not None:
        match = _searched(way.path, path)
        return _text(_part(match, way.to if way.match is None else None), name="", basis="path") if match else None
    return Entry(value=way.value, raw=_written(way.value), basis="default")


def _first(way: Pick, page: Page) -> Entry | None:
    for key in way.keys:
        reached = [entry for entry in at_path(page.entries, key) if not entry.is_empty]
        if len(reached) == 1 and "[]" not in key:
            return reached[0].named(key)
        if reached:
            flat = [item for entry in reached for item in (entry.value if isinstance(entry.value, tuple) else (entry,))]
            return Entry(value=tuple(flat), line=reached[0].line, name=key)
    return None


def _joined(way: Pick, page: Page) -> Entry | None:
    reached = [(key, entry) for key in way.keys for entry in at_path(page.entries, key)]
    texts = [(key, entry, text.strip(" \t\r\n,;")) for key, entry in reached for text in entry.texts()]
    kept = [(key, entry, text) for key, entry, text in texts if text]
    if not kept:
        return None
    parts = list(dict.fromkeys(text for _, _, text in kept))
    return _text((way.joined or "").join(parts), name=kept[0][0], line=kept[0][1].line)


def _worked(way: Pick, entry: Entry, library: Library) -> Entry | None:
    """The steps after the value was found: match, table, reference, constant, layout."""
    found: Entry | None = entry
    if way.match is not None:
        match = _searched(way.match, entry.raw)
        found = replace(entry, value=(text := _part(match, way.to)), raw=text) if match else None
    if found is not None and way.table is not None:
        found = _looked_up(way.table, found)
    if found is not None and way.reference is not None:
        found = _referred(way.reference, found, library)
    if found is not None and way.value is not None and found.basis != "default":
        found = replace(found, value=way.value, raw=_written(way.value))
    return found if found is None or found is entry else replace(found, text_line=None)


def _looked_up(table: Mapping[str, Scalar], entry: Entry) -> Entry | None:
    said = entry.raw.strip().casefold()
    for key, value in table.items():
        if key.casefold() == said:
            return replace(entry, value=value, raw=_written(value))
    if "*" not in table:
        return None
    return replace(entry, value=table["*"], raw=_written(table["*"]))


def _referred(reference: Reference, entry: Entry, library: Library) -> Entry | None:
    value = entry.raw.strip().strip("/")
    path = reference.file.replace("{value}", value).strip("/")
    there = library.files.get(path)
    if there is None:
        return None
    item = there if "{value}" in reference.file else _item(there, reference.entry, value)
    if item is None or not isinstance(item.value, Mapping):
        return None if item is None or item.is_empty else replace(item, line=entry.line, name=entry.name)
    read = Pick(keys=reference.read or ("title", "name"), joined=reference.joined)
    if not reference.read:
        read = replace(read, joined=None)
    found = pick((read,), Page(entries=item.value), path=path, library=library)
    return replace(found, line=entry.line, name=entry.name) if found else None


def _item(there: Entry, key: str | None, value: str) -> Entry | None:
    if isinstance(there.value, Mapping):
        return there.value.get(value)
    if not isinstance(there.value, tuple):
        return None
    for item in there.value:
        named = item.value.get(key or "id") if isinstance(item.value, Mapping) else None
        if named is not None and named.raw.strip() == value:
            return item
    return None


def _part(match: Any, to: str | None) -> str:
    """The text that a match stands for."""
    if to is not None:
        return _PLACE.sub(lambda place: _group(match, place[1]), to)
    groups = match.groupdict()
    if "value" in groups:
        return str(groups["value"] or "")
    return str(next((group for group in match.groups() if group is not None), match.group()))


def _group(match: Any, name: str) -> str:
    try:
        return str(match.group(int(name) if name.isdigit() else name) or "")
    except (IndexError, KeyError):
        return ""


def _text(text: str, *, name: str, line: int | None = None, basis: str = "front matter") -> Entry:
    return Entry(value=text, raw=text, line=line, name=name, basis=basis)


def _written(value: Scalar) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _searched(pattern: str, text: str) -> Any:
    text = text[:MAX_SEARCHED]
    try:
        return compiled(pattern).search(text)
    except UnicodeEncodeError:  # half a character, from an escape in JSON
        return compiled(pattern).search(text.encode(errors="replace").decode())


@lru_cache(maxsize=512)
def compiled(pattern: str) -> Any:
    """A pattern of config.yaml, in google-re2: its time is linear in the text. Raises `re2.error`."""
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 4 << 20
    return re2.compile(pattern, options)
