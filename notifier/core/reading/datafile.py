"""Events that stand in data files: which lists and mappings of a YAML, JSON or TOML file hold them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from notifier.core.event import Document
from notifier.core.reading.candidates import Notes
from notifier.core.reading.entries import Entry, Page
from notifier.core.reading.jsontree import read_json
from notifier.core.reading.limits import DATAFILE, Refused, text_of
from notifier.core.reading.mending import MAX_TOLD, report_stray
from notifier.core.reading.picking import at_path
from notifier.core.reading.plain import cut, visible
from notifier.core.reading.tomltree import read_toml
from notifier.core.reading.yamltree import read_yaml

_BASIS = "data"
_SYNTAXES = {"yml": "yaml", "yaml": "yaml", "json": "json", "toml": "toml"}
#: Of a file whose name doesn't tell: a first line that only TOML has.
_TOML_LINE = re.compile(r"\[{1,2}[ \t]*[A-Za-z][\w. -]{0,80}\]{1,2}[ \t]*(?:#|$)|[A-Za-z][\w.-]{0,80}[ \t]*=")
#: A date in any language: what tells an event from a file that holds events.
_DATE = re.compile(
    r"\b(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./]\d{1,2}[./]\d{4}"
    r"|\d{1,2}\.?(?: de)? [^\W\d]{3,12}\.?,?(?: de)? \d{4}|[^\W\d]{3,12}\.? \d{1,2},? \d{4})"
)

Found = tuple[str | None, Entry]


def is_datafile(path: str) -> bool:
    """Whether the path ends as a data file's does."""
    return _ending(path) in _SYNTAXES


def read_roots(document: Document, notes: Notes) -> list[Entry] | None:
    """What the file holds: one value, or one for each YAML document; None, with a problem noted, if unreadable."""
    try:
        content = text_of(document.data, DATAFILE)
        roots = _roots(content.text, _syntax(document.path, content.text), notes)
    except Refused as refused:
        notes.problem(refused.what, refused.hint, line=refused.line)
        return None
    if content.stray is not None:
        report_stray(content.stray, notes=notes)
    return roots


def read_listed(document: Document, lists: Sequence[str], notes: Notes) -> tuple[Page, ...] | None:
    """A page for each event of the file's lists and mappings; None, with a problem noted, where there is none to read.

    Without `lists`, the whole file is a list, a mapping in which every value is a mapping, a mapping that holds
    lists of mappings, or one event.
    """
    roots = read_roots(document, notes)
    if roots is None:
        return None
    roots = [root for root in roots if not root.is_empty]
    found = _at(roots, lists, notes) if lists and roots else [event for root in roots for event in _all(root)]
    return None if found is None else tuple(_pages(found, notes))


def _ending(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[2].lower()


def _syntax(path: str, text: str) -> str:
    known = _SYNTAXES.get(_ending(path))
    if known is not None:
        return known
    lines = (line.strip() for line in text.split("\n", 50)[:50])
    first = next((line for line in lines if line and not line.startswith("#")), "")
    if _TOML_LINE.match(first):
        return "toml"
    return "json" if first[:1] in ("{", "[") else "yaml"


def _roots(text: str, syntax: str, notes: Notes) -> list[Entry]:
    if not text.strip():
        return []
    match syntax:
        case "json":
            return [read_json(text, first_line=1, limits=DATAFILE, basis=_BASIS, notes=notes)]
        case "toml":
            return [read_toml(text, first_line=1, limits=DATAFILE, basis=_BASIS)]
        case _:
            return read_yaml(text, first_line=1, limits=DATAFILE, basis=_BASIS, notes=notes)


def _all(root: Entry) -> Iterator[Found]:
    match root.value:
        case tuple():
            yield from ((None, item) for item in root.value)
        case Mapping():
            yield from _in_mapping(root, root.value)
        case _:
            yield None, root


def _in_mapping(root: Entry, mapping: Mapping[str, Entry]) -> Iterator[Found]:
    # An entry that is still empty is no reason to take the whole file for one event.
    if all(entry.value is None or isinstance(entry.value, Mapping) for entry in mapping.values()):
        yield from mapping.items()
        return
    items = [(None, item) for entry in mapping.values() if _lists_mappings(entry) for item in _items(entry)]
    # An event may list its speakers; what has a date is the event, and they have none.
    if items and (not _tells_date(root) or any(_tells_date(item) for _, item in items)):
        yield from items
    else:
        yield None, root


def _items(entry: Entry) -> tuple[Entry, ...]:
    return entry.value if isinstance(entry.value, tuple) else ()


def _lists_mappings(entry: Entry) -> bool:
    return any(isinstance(item.value, Mapping) for item in _items(entry))


def _tells_date(entry: Entry) -> bool:
    values = entry.value.values() if isinstance(entry.value, Mapping) else ()
    return any(_DATE.search(value.raw[:80]) for value in values)


def _at(roots: Sequence[Entry], lists: Sequence[str], notes: Notes) -> list[Found] | None:
    """The events under these key paths; None where there are none of the paths at all."""
    found: list[Found] = []
    missing: list[str] = []
    for path in lists:
        reached = [entry for root in roots for entry in _reached(root, path)]
        found += [event for entry in reached for event in _under(entry, path)]
        if not reached:
            missing.append(path)
    for path in missing:
        notes.problem(
            f"There is no list {path} in this file; {_held(roots)}.",
            "Write the list, or correct `lists` of this group in config.yaml.",
            field=path,
        )
    return None if len(missing) == len(lists) else found


def _reached(root: Entry, path: str) -> Iterator[Entry]:
    if isinstance(root.value, Mapping):
        return at_path(root.value, path)
    # A path may begin with the items of a list ([].events), which at_path reaches below a key.
    return at_path({"file": root}, f"file{path}" if path.startswith("[") else f"file.{path}")


def _held(roots: Sequence[Entry]) -> str:
    keys = dict.fromkeys(key for root in roots if isinstance(root.value, Mapping) for key in root.value)
    if not keys:
        return "it is a list itself"
    shown = [cut(visible(key), limit=40) for key in list(keys)[:10]]
    return f"it has the keys {', '.join(shown)}{' and more' if len(keys) > len(shown) else ''}"


def _under(entry: Entry, path: str) -> Iterator[Found]:
    match entry.value:
        case tuple():
            yield from ((None, item) for item in entry.value)
        case Mapping() if entry.value and not path.endswith("]") and not _is_event(entry, entry.value):
            yield from entry.value.items()
        case None:
            pass
        case _:
            yield None, entry


def _is_event(entry: Entry, mapping: Mapping[str, Entry]) -> bool:
    return _tells_date(entry) or not any(isinstance(value.value, Mapping) for value in mapping.values())


def _pages(found: Sequence[Found], notes: Notes) -> Iterator[Page]:
    told = 0
    for key, entry in found:
        if isinstance(entry.value, Mapping):
            yield Page(entries=entry.value, key=key)
            continue
        told += 1
        if told <= MAX_TOLD:
            said = f"The entry {cut(visible(key), limit=60)}" if key is not None else "An entry of the list"
            notes.problem(
                f"{said} is not an event with keys and values ({_kind(entry)}).",
                "Write its keys below one another, as in title: … and date: ….",
                line=entry.line,
            )


def _kind(entry: Entry) -> str:
    match entry.value:
        case tuple():
            return "it is a list"
        case None:
            return "it is empty"
        case _:
            return f"it is “{cut(visible(entry.raw), limit=60)}”"
