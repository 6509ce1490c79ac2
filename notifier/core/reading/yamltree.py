"""YAML as a tree of entries, built in one pass over the parser's events: lines, exact texts, limits.

YAML 1.1 (Jekyll, Hugo's older files) and 1.2 (Eleventy, Astro) read some scalars differently, so none of those is
interpreted: dates, `20:00`, `0x1F`, `1_000` and `1e3` are text. `yes`, `no`, `on` and `off` are true and false by
value, and every scalar keeps its text, so that the country code in `[de, no]` is still “no”.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import yaml
from yaml.cyaml import CParser  # type: ignore[attr-defined]  # the stubs leave out that it is imported there

from notifier.core.reading.candidates import Notes
from notifier.core.reading.entries import Entry, Scalar
from notifier.core.reading.limits import Budget, Limits, Refused, too_much
from notifier.core.reading.mending import (
    MAX_TOLD,
    report_twice,
    tab_readings,
    without_odd_escapes,
    without_separators,
)
from notifier.core.reading.yamlplain import meaning, read_plainly

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_MERGE = "<<"
#: A text that is repeated is read every time: so many characters of it count as a value.
_AS_ONE = 10


def read_yaml(text: str, *, first_line: int, limits: Limits, basis: str, notes: Notes) -> list[Entry]:
    """The roots of all YAML documents in the text, whose first line is `first_line` of the file. Raises `Refused`."""
    text = without_separators(text, first_line=first_line, notes=notes)
    if (plain := read_plainly(text, first_line=first_line, basis=basis)) is not None:
        return [plain]

    def read(text: str, notes: Notes) -> list[Entry]:
        return list(_Tree(text, first_line=first_line, limits=limits, basis=basis, notes=notes).roots())

    for _ in range(MAX_TOLD):
        own = Notes(path=notes.path)
        try:
            roots = read(text, own)
        except yaml.YAMLError as error:
            mended = without_odd_escapes(text, error, first_line=first_line, notes=notes)
            if mended is None:
                return _with_tabs(text, error, read, first_line=first_line, limits=limits, notes=notes)
            text = mended
        else:
            notes.problems += own.problems
            return roots
    raise Refused(
        "The front matter has many backslashes that YAML doesn't know.", "Put its texts in single quotes.", first_line
    )


def _with_tabs(
    text: str,
    error: yaml.YAMLError,
    read: Callable[[str, Notes], list[Entry]],
    *,
    first_line: int,
    limits: Limits,
    notes: Notes,
) -> list[Entry]:
    mended = tab_readings(text, _attempt(read), first_line=first_line, notes=notes)
    if mended is None:
        raise _refusal(error, text, first_line=first_line, limits=limits) from error
    return mended


def _attempt(read: Callable[[str, Notes], list[Entry]]) -> Callable[[str, Notes], list[Entry] | None]:
    def attempt(text: str, notes: Notes) -> list[Entry] | None:
        try:
            return read(text, notes)
        except yaml.YAMLError:
            return None

    return attempt


@dataclass(slots=True, kw_only=True)
class _Anchored:
    entry: Entry
    nodes: int


class _Tree:
    """One pass over the events of a text."""

    def __init__(self, text: str, *, first_line: int, limits: Limits, basis: str, notes: Notes) -> None:
        self._next: Callable[[], Any] = CParser(text).get_event
        self._first, self._limits, self._basis, self._notes = first_line, limits, basis, notes
        self._budget = Budget(limits=limits)
        # None while what an anchor names is not complete: an alias to it there would have no end.
        self._anchors: dict[str, _Anchored | None] = {}
        self._aliases = self._length = 0

    def roots(self) -> Iterator[Entry]:
        self._next()  # the start of the stream
        while isinstance(self._next(), yaml.DocumentStartEvent):
            self._anchors = {}
            yield self._node(self._next(), depth=0, line=None)
            self._next()  # the end of the document

    def _node(self, event: Any, *, depth: int, line: int | None) -> Entry:
        """The value that begins with this event; `line` is that of its key, None where it has none."""
        begins = event.start_mark.line + self._first
        at = begins if line is None else line
        budget = self._budget
        before, length = budget.nodes, self._length
        # Not `spend`, which is called for what is rare: this is done for each value of each file.
        budget.nodes += 1
        if budget.nodes > self._limits.nodes or depth > self._limits.depth:
            raise too_much(self._limits, at)
        if event.anchor is not None and not isinstance(event, yaml.AliasEvent):
            self._anchors[event.anchor] = None
        match event:
            case yaml.ScalarEvent():
                value = meaning(event.value) if event.implicit[0] else _tagged(event.value, event.tag)
                # Behind a `|` each line of the text is one of the file; what is folded or quoted has others.
                first = begins + 1 if event.style == "|" else None
                entry = Entry(value=value, line=at, raw=event.value, basis=self._basis, text_line=first)
                self._length += len(event.value)
            case yaml.MappingStartEvent():
                entry = Entry(value=self._mapping(depth + 1), line=at, basis=self._basis)
            case yaml.SequenceStartEvent():
                entry = Entry(value=self._items(depth + 1), line=at, basis=self._basis)
            case _:
                return self._repeated(event, depth=depth, line=at)
        if event.anchor is not None:
            nodes = budget.nodes - before + (self._length - length) // _AS_ONE
            self._anchors[event.anchor] = _Anchored(entry=entry, nodes=nodes)
        return entry

    def _items(self, depth: int) -> tuple[Entry, ...]:
        items: list[Entry] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            items.append(self._node(event, depth=depth, line=None))
        return tuple(items)

    def _mapping(self, depth: int) -> dict[str, Entry]:
        entries: dict[str, Entry] = {}
        merged: list[Entry] = []
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            line = event.start_mark.line + self._first
            if not isinstance(event, yaml.ScalarEvent):
                self._odd_key(event, depth=depth, line=line)
                continue
            key = event.value
            if event.anchor is not None:
                self._anchors[event.anchor] = _Anchored(entry=Entry(value=key, line=line, raw=key), nodes=1)
            entry = self._node(self._next(), depth=depth, line=line)
            if key == _MERGE and event.implicit[0] and _is_mergeable(entry):
                merged.append(entry)
                continue
            if key in entries:
                report_twice(key, entries[key].line, line, notes=self._notes)
            entries[key] = entry
        return self._merge(merged, entries) if merged else entries

    def _merge(self, merged: list[Entry], own: dict[str, Entry]) -> dict[str, Entry]:
        """YAML 1.1's merge key: what the mapping says itself wins, then the first that was merged in."""
        entries: dict[str, Entry] = {}
        for entry in merged:
            for part in entry.value if isinstance(entry.value, tuple) else (entry,):
                if isinstance(part.value, Mapping):
                    self._budget.spend(len(part.value), depth=0, line=entry.line)
                    for key, value in part.value.items():
                        entries.setdefault(key, value)
        return {**entries, **own}

    def _odd_key(self, event: Any, *, depth: int, line: int) -> None:
        """A key that is a list, a mapping or an alias: said, and left out with its value."""
        self._node(event, depth=depth, line=line)
        self._node(self._next(), depth=depth, line=line)
        if len(self._notes.problems) < MAX_TOLD:
            what = f"A key of the {self._limits.subject} is not plain text."
            self._notes.problem(what, "Write `key: value`.", line=line)

    def _repeated(self, event: Any, *, depth: int, line: int) -> Entry:
        self._aliases += 1
        if self._aliases > self._limits.aliases:
            raise Refused(f"The {self._limits.subject} repeats too much with * aliases.", "Write the values out.", line)
        if event.anchor not in self._anchors:
            raise Refused(
                f"The {self._limits.subject} is not valid YAML: *{event.anchor} stands for nothing before it.",
                "Put a text that begins with * in quotes.",
                line,
            )
        known = self._anchors[event.anchor]
        if known is None:
            what = f"The {self._limits.subject} is nested too deeply: *{event.anchor} stands inside what it repeats."
            raise Refused(what, "Write the values out.", line)
        self._budget.spend(known.nodes - 1, depth=depth + _height(known.entry), line=line)
        return replace(known.entry, line=line)


def _is_mergeable(entry: Entry) -> bool:
    parts = entry.value if isinstance(entry.value, tuple) else (entry,)
    return all(isinstance(part.value, Mapping) for part in parts)


def _height(entry: Entry) -> int:
    """How many levels are below; no deeper than the limit, for it was built within it."""
    match entry.value:
        case tuple():
            return 1 + max(map(_height, entry.value), default=-1)
        case Mapping():
            return 1 + max(map(_height, entry.value.values()), default=-1)
        case _:
            return 0


def _tagged(text: str, tag: str | None) -> Scalar:
    """A quoted text, or one with an explicit tag (`!!int "5"`): what it is not stays text."""
    kind = (tag or "").rpartition(":")[2]
    if kind == "null":
        return None
    meant = meaning(text) if kind in ("bool", "int", "float") else text
    fits = {"bool": bool, "int": int, "float": float}.get(kind)
    return meant if fits is not None and type(meant) is fits else text


def _refusal(error: yaml.YAMLError, text: str, *, first_line: int, limits: Limits) -> Refused:
    if (odd := _UNPRINTABLE.search(text)) is not None:
        line = first_line + text.count("\n", 0, odd.start())
        return Refused(f"Line {line} holds a control character (U+{ord(odd[0]):04X}).", "Delete that character.", line)
    mark = getattr(error, "problem_mark", None)
    said = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "it can't be parsed")
    if "nesting depth" in said:
        return too_much(limits, mark.line + first_line if mark is not None else None)
    wrong = f"The {limits.subject} is not valid YAML: {said}"
    hint = "Mend that line; a value with special characters is safest in double quotes."
    if "mapping values" in said:
        hint = 'Put a value that holds a colon in quotes: title: "First: second".'
    if mark is None:
        return Refused(f"{wrong}.", hint)
    if any("\t" in line for line in text.split("\n")[mark.line : mark.line + 1]):
        hint = "Indent with spaces, not with tabs."
    # The parser may stand behind the last line.
    return Refused(f"{wrong} (column {mark.column + 1}).", hint, min(mark.line, text.count("\n")) + first_line)
