"""Whether the ways to a field's value make sense: what they begin with, their patterns, tables, files and layouts.

Runs over the plain values of the file, so that every mistake shows at once, whatever else is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping
from typing import Any

import re2

from notifier.config.field_models import Way
from notifier.config.layouts import layout_problem
from notifier.config.meanings import meaning_problem
from notifier.config.tree import Loc, Tree, shown
from notifier.core.reading.picking import compiled
from notifier.errors import Problem

Found = Iterator[tuple[Loc, Problem]]
Section = Mapping[str, Any]

_STARTS = ("from", "join", "body", "path")
_KEYS = {field.alias or name for name, field in Way.model_fields.items()}
_NEED_START = ("match", "table", "file", "format", "default")
_TIMED = ("date", "dates", "start", "end")
_STEP = r"(?:[^.\[\]]{1,200}|[^.\[\]]{1,200} \[[^\[\]]{1,80}\])(?:\[(?:-?\d{1,4})?\])*"
_PATH = re.compile(rf"{_STEP}(?:\.{_STEP}){{0,19}}")
_PATH_HINT = "Write, for example: title, location.city, talks[0].title or speakers[].name."
_PAGE_HINT = "A page pattern holds {stem}, the file's name without its ending, or {path}, {key} or a key in braces."
_NO_LOOKING = "Patterns are those of google-re2: look-ahead and back-references are not supported."
#: What google-re2 says before the part that it refuses.
_REFUSALS = {
    "invalid perl operator: ": "{} is not understood",
    "missing ): ": "a bracket ( is not closed",
    "unexpected ): ": "a bracket ) was never opened",
    "missing ]: ": "a bracket [ is not closed",
    "no argument for repetition operator: ": "{} has nothing to repeat",
    "bad repetition operator: ": "{} repeats a repetition",
    "invalid repetition size: ": "{} is no number of times from 0 to 1000",
    "invalid escape sequence: ": "{} means nothing",
    "invalid character class range: ": "{} is no set of characters",
    "invalid named capture group: ": "{} is no named group",
    "trailing \\": "it ends with a single backslash",
    "pattern too large": "it is too large",
}


def is_page(text: str) -> bool:
    """Whether a way to `url` is a pattern of page addresses rather than a key."""
    return text.startswith(("/", "http://", "https://"))


def way_checks(tree: Tree, loc: Loc) -> Found:
    """What is wrong with the ways to one field's value; the field's name is the last part of `loc`."""
    value = tree.get(*loc)
    ways = [((*loc, number), way) for number, way in enumerate(value)] if isinstance(value, list) else [(loc, value)]
    for at, way in ways:
        if isinstance(way, str):
            yield from _text(tree, at, way, str(loc[-1]))
        elif isinstance(way, dict):
            yield from _way(tree, at, way, str(loc[-1]))
    yield from _unreached(tree, ways)


def is_key_path(text: str) -> bool:
    """Whether a text can lead to a value: keys with dots between them, items in square brackets."""
    return _PATH.fullmatch(text.strip()) is not None


def path_checks(tree: Tree, loc: Loc) -> Found:
    """What is wrong with a path of the site's keys, or a list of them."""
    value = tree.get(*loc)
    for at, text in [((*loc, n), item) for n, item in enumerate(value)] if isinstance(value, list) else [(loc, value)]:
        if isinstance(text, str) and text.strip() and not is_key_path(text):
            yield at, tree.problem(at, f"{shown(text)!r} is no path of keys.", _PATH_HINT)


def _text(tree: Tree, loc: Loc, text: str, field: str) -> Found:
    if field == "url" and (is_page(text) or re.search(r"[{}]", text)):
        yield from _page(tree, loc, text)
    elif text.startswith(("http://", "https://", "mailto:")):
        hint = "For an address that is the same for every event write {value: ADDRESS}."
        yield loc, tree.problem(loc, "is an address, where a key of the site belongs.", hint)
    else:
        yield from path_checks(tree, loc)


def _page(tree: Tree, loc: Loc, page: str) -> Found:
    places = re.findall(r"\{([^{}]{0,200})\}", page)
    rest = re.sub(r"\{[^{}]{0,200}\}", "", page)
    if not is_page(page):
        yield loc, tree.problem(loc, "must begin with / or https://.", f"Write /{shown(page)}, or the whole address.")
    elif not places or re.search(r"[{}]", rest) or not all(is_key_path(place) for place in places):
        yield loc, tree.problem(loc, f"{shown(page)!r} is no page pattern.", _PAGE_HINT)


def _unreached(tree: Tree, ways: list[tuple[Loc, Any]]) -> Found:
    """A way that always finds something leaves nothing to those behind it."""
    for at, way in ways[:-1]:
        if isinstance(way, str) and is_page(way) and at[-2] == "url":
            yield at, tree.problem(at, "must be the last of the list: every event has this address.", "Move it down.")
        if not isinstance(way, dict):
            continue
        constant = way.get("value") is not None and not _begins(way)
        for key in [key for key in ("default", "value") if way.get(key) is not None and (key == "default" or constant)]:
            what = "must be in the last way: those behind it are never used."
            yield (*at, key), tree.problem((*at, key), what, "Move it down.")


def _begins(way: Section) -> list[str]:
    return [key for key in _STARTS if way.get(key) is not None]


def _way(tree: Tree, loc: Loc, way: Section, field: str) -> Found:
    yield from _start(tree, loc, way)
    for key in ("from", "join", "read"):
        yield from path_checks(tree, (*loc, key))
    groups = None
    for key in ("body", "path", "match"):
        if isinstance(way.get(key), str):
            # The last of them is what `to` is about.
            groups = yield from _pattern(tree, (*loc, key), way[key])
    yield from _to(tree, loc, way, groups)
    yield from _file(tree, loc, way)
    yield from _alone(tree, loc, way)
    yield from _layout(tree, (*loc, "format"), way.get("format"), field)
    for key in ("value", "default"):
        yield from _meaning(tree, (*loc, key), way.get(key), field)
    for said in tree.mapping(*loc, "table"):
        yield from _meaning(tree, (*loc, "table", said), tree.get(*loc, "table", said), field)


def _start(tree: Tree, loc: Loc, way: Section) -> Found:
    begins = _begins(way)
    if len(begins) > 1:
        what = f"has {' and '.join(begins)}, which exclude each other."
        yield loc, tree.problem(loc, what, "Keep one; several ways to a value are a list.")
        return
    if begins:
        return
    needy = [key for key in _NEED_START if way.get(key) is not None]
    for key in needy:
        hint = "Write from: and the site's key before it."
        yield (*loc, key), tree.problem((*loc, key), "has no value to work on.", hint)
    if not needy and way.get("value") is None and set(way) <= _KEYS:
        yield loc, tree.problem(loc, "names no key.", "Write from: and the site's key, or value: for a fixed value.")


def _alone(tree: Tree, loc: Loc, way: Section) -> Found:
    """Keys that do nothing beside, or without, another."""
    for key, needed in (("with", ("join", "read")), ("entry", ("file",)), ("read", ("file",))):
        if way.get(key) is not None and all(way.get(other) is None for other in needed):
            yield (*loc, key), tree.problem((*loc, key), f"means nothing without {' or '.join(needed)}.", "Delete it.")
    if way.get("value") is None or not _begins(way):
        return
    for key in ("to", "table", "file", "format"):
        if way.get(key) is not None:
            what = "is never used: value stands for whatever was found."
            yield (*loc, key), tree.problem((*loc, key), what, "Delete one of them.")


def _pattern(tree: Tree, loc: Loc, text: str) -> Generator[tuple[Loc, Problem], None, list[str] | None]:
    """Yields what is wrong with a pattern, and returns the names and numbers of its groups."""
    try:
        pattern = compiled(text)
    except re2.error as error:
        said = error.args[0] if error.args else b""
        reason = _reason(said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said))
        yield loc, tree.problem(loc, f"{shown(text)} is no pattern: {reason}.", _NO_LOOKING)
        return None
    return [*pattern.groupindex, *(str(number) for number in range(pattern.groups + 1))]


def _reason(said: str) -> str:
    known = (words.format(shown(said.removeprefix(sign))) for sign, words in _REFUSALS.items() if said.startswith(sign))
    return next(known, "it is not understood")


def _to(tree: Tree, loc: Loc, way: Section, groups: list[str] | None) -> Found:
    to, place = way.get("to"), (*loc, "to")
    if not isinstance(to, str):
        return
    if all(way.get(key) is None for key in ("match", "body", "path")):
        yield place, tree.problem(place, "has no pattern whose groups it could use.", "Write match: beside it.")
        return
    names = re.findall(r"\{([^{}]*)\}", to)
    if not names:
        hint = "Write {1} or {name} in it, or value: for a text that is always the same."
        yield place, tree.problem(place, "uses no group of the pattern.", hint)
    unknown = [name for name in names if groups is not None and name not in groups]
    if unknown and groups is not None:
        others = [group for group in groups if group != "0"]
        hint = f"It has: {', '.join(shown(name) for name in others)}." if others else "Put what you want in brackets."
        yield place, tree.problem(place, f"The pattern has no group {shown(unknown[0])}.", hint)


def _file(tree: Tree, loc: Loc, way: Section) -> Found:
    file, place = way.get("file"), (*loc, "file")
    if not isinstance(file, str) or not file.strip():
        return
    parts = file.split("/")
    if file.startswith(("/", "~")) or ".." in parts or "\\" in file or re.match(r"[A-Za-z]:", file):
        hint = "Write it relative to that folder: _data/venues.yml."
        yield place, tree.problem(place, f"{shown(file)!r} leaves the source's folder.", hint)
    elif re.search(r"[*?{}\[\]]", file.replace("{value}", "")):
        hint = "Write its name; {value} stands for the value that was found."
        yield place, tree.problem(place, f"{shown(file)!r} is no file's name.", hint)
    elif "." not in parts[-1].replace("{value}", ""):
        yield place, tree.problem(place, f"{shown(file)!r} lacks the file's ending.", "Write, for example: {value}.md.")
    if "{value}" in file and way.get("entry") is not None:
        what = "means nothing where the file's name holds {value}."
        yield (*loc, "entry"), tree.problem((*loc, "entry"), what, "Delete it: the file is the entry.")


def _layout(tree: Tree, loc: Loc, layout: Any, field: str) -> Found:
    if layout is not None and field not in _TIMED:
        what = f"has no place in {field}: only {', '.join(_TIMED)} are written in a layout."
        yield loc, tree.problem(loc, what, "Delete it.")
    elif isinstance(layout, str) and (problem := layout_problem(layout.strip(), field)):
        yield loc, tree.problem(loc, *problem)


def _meaning(tree: Tree, loc: Loc, value: Any, field: str) -> Found:
    if isinstance(value, str | bool | int | float) and (problem := meaning_problem(value, field)):
        yield loc, tree.problem(loc, *problem)
