"""The front matter of one document: found by us, parsed by python-frontmatter with a reader of our own.

python-frontmatter gives `{}` without a word for a BOM, a missing closing fence or a list, so the fence is
found before it is asked; and YAML 1.1 would turn `start: 20:00` into 1200, so numbers are plain here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, cast

import frontmatter
import yaml
from frontmatter.default_handlers import BaseHandler

from notifier.core.event import Document
from notifier.core.reading.candidates import Notes
from notifier.core.reading.entries import Entry, Page, Scalar

MAX_BYTES = 1_000_000
MAX_ALIASES = 20
MAX_DEPTH = 20
MAX_NODES = 10_000

_OPENING = re.compile(r"---[ \t]*")
_CLOSING = re.compile(r"(?:---|\.\.\.)[ \t]*")


class _Refused(Exception):
    """The document can't be read; carries the words for its author."""

    def __init__(self, what: str, hint: str, line: int | None = None) -> None:
        super().__init__(what)
        self.what, self.hint, self.line = what, hint, line


def read_page(document: Document, notes: Notes) -> Page | None:
    """The document's front matter and body; None, with a problem noted, where it can't be understood."""
    try:
        text = _text_of(document.data)
        closing = _closing_fence(text)
        reader = FencedYaml(notes)
        entries, body = frontmatter.parse(text, handler=reader)
    except _Refused as refused:
        notes.problem(refused.what, refused.hint, line=refused.line)
        return None
    kept = {key: entry for key, entry in entries.items() if isinstance(entry, Entry)}
    return Page(entries=kept, body=body, body_line=closing + 2 + _leading_breaks(text.split("\n")[closing + 1 :]))


def _leading_breaks(lines: list[str]) -> int:
    # frontmatter.parse strips the body, so its first line is the first one with something on it.
    return next((index for index, line in enumerate(lines) if line.strip()), 0)


def _text_of(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise _Refused(
            f"The file has {len(data) / 1_000_000:.1f} MB; an event file may have 1 MB at most.",
            "Keep pictures and long texts in files of their own, or exclude this file in config.yaml.",
        )
    if b"\x00" in data:
        raise _Refused("The file is not text (it holds zero bytes).", "Save it as UTF-8 text, or add it to `exclude`.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _Refused(f"Line {line} is not UTF-8 text.", "Save the file with the encoding UTF-8.", line) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _closing_fence(text: str) -> int:
    """The index of the line that closes the front matter; the first line opens it."""
    lines = text.split("\n")
    if not _OPENING.fullmatch(lines[0]):
        raise _Refused(*_no_opening(text))
    for index, line in enumerate(lines[1:], start=1):
        if _CLOSING.fullmatch(line):
            return index
    raise _Refused(
        "This looks like front matter but was not read: no line --- ends it.",
        "Add a line with --- after the last key.",
        1,
    )


def _no_opening(text: str) -> tuple[str, str, int]:
    first = next((line for line in text.split("\n", 20)[:20] if line.strip()), "")
    if first.startswith("+++"):
        return (
            "This looks like TOML front matter but was not read.",
            "Write it as YAML between two lines with ---.",
            1,
        )
    if first.lstrip().startswith("---"):
        return (
            "This looks like front matter but was not read: the first line of the file is not exactly ---.",
            "Let the file begin with a line that is --- and nothing else.",
            1,
        )
    return ("The file has no front matter.", "Begin it with ---, title: and date: lines, and ---.", 1)


class _Loader(yaml.CSafeLoader):
    """Scalars are true/false, null, plain decimal numbers or text. Dates and 20:00 stay text."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag.rpartition(":")[2] in {"bool", "null"}]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"[-+]?[0-9]{1,15}$"), list("-+0123456789"))
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"[-+]?[0-9]{1,15}\.[0-9]{1,15}$"), list("-+0123456789")
)
_TRUE = frozenset({"true", "yes", "on"})


@dataclass(slots=True, kw_only=True)
class _Budget:
    """How much of a document has been built: an alias may repeat a node, so nodes are counted as they are used."""

    nodes: int = 0

    def spend(self, depth: int, line: int) -> None:
        self.nodes += 1
        if depth > MAX_DEPTH or self.nodes > MAX_NODES:
            raise _too_deep(line)


class FencedYaml(BaseHandler):
    """YAML between fences for `frontmatter.parse`: keeps each key's line and reports keys that stand twice."""

    def __init__(self, notes: Notes) -> None:
        super().__init__(_OPENING, "---", "---")
        self.notes = notes

    def split(self, text: str) -> tuple[str, str]:
        lines = text.split("\n")
        closing = _closing_fence(text)
        return "\n".join(lines[1:closing]), "\n".join(lines[closing + 1 :])

    def load(self, fm: str) -> dict[str, Any]:
        try:
            _guard(fm)
            loader = _Loader(fm)
            try:
                root = loader.get_single_node()
            finally:
                loader.dispose()
        except yaml.YAMLError as error:
            raise _refusal(error, fm) from error
        if root is None:
            return {}
        if not isinstance(root, yaml.MappingNode):
            raise _Refused(
                "The front matter is not a list of keys and values.", "Write one `key: value` a line, as in title: …", 2
            )
        return self._entries(root)

    def _entries(self, root: yaml.MappingNode) -> dict[str, Any]:
        entries: dict[str, Any] = {}
        budget = _Budget()
        for key_node, node in root.value:
            line = key_node.start_mark.line + 2
            if not isinstance(key_node, yaml.ScalarNode):
                self.notes.problem("A key of the front matter is not plain text.", "Write `key: value`.", line=line)
                continue
            key = str(key_node.value)
            if key in entries and len(self.notes.problems) < 20:
                self._twice(key, entries[key].line, line)
            entries[key] = replace(_built(node, 0, budget), line=line)
        return entries

    def _twice(self, key: str, first: int, second: int) -> None:
        self.notes.problem(
            f"The key {key} stands twice, in lines {first} and {second}; the last one counts.",
            f"Join the two into one {key}.",
            field=key,
            line=second,
            severity="warning",
        )


def _guard(text: str) -> None:
    """Refuse nesting and aliases beyond bounds, on the flat stream of events: nothing is built yet."""
    depth = aliases = 0
    for event in _events(text):
        line = event.start_mark.line + 2 if event.start_mark else 2
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.AliasEvent):
            aliases += 1
        if depth > MAX_DEPTH:
            raise _too_deep(line)
        if aliases > MAX_ALIASES:
            raise _Refused("The front matter repeats too much with * aliases.", "Write the values out.", line)


def _events(text: str) -> Iterator[yaml.Event]:
    loader = _Loader(text)
    try:
        while loader.check_event():
            yield cast("yaml.Event", loader.get_event())  # check_event has seen one
    finally:
        loader.dispose()


def _too_deep(line: int) -> _Refused:
    return _Refused("The front matter is nested too deeply or is too long.", "Keep it to simple keys and lists.", line)


def _built(node: yaml.Node, depth: int, budget: _Budget) -> Entry:
    line = node.start_mark.line + 2
    budget.spend(depth, line)
    match node:
        case yaml.SequenceNode():
            return Entry(value=tuple(_built(item, depth + 1, budget) for item in node.value), line=line)
        case yaml.MappingNode():
            inner = {
                str(key.value) if isinstance(key, yaml.ScalarNode) else "": _built(item, depth + 1, budget)
                for key, item in node.value
            }
            return Entry(value=inner, line=line)
        case _:
            text = str(node.value)
            return Entry(value=_scalar(text, str(node.tag).rpartition(":")[2]), line=line, raw=text)


def _scalar(text: str, kind: str) -> Scalar:
    # An explicit tag (!!int "x") does not bring a resolver's pattern with it, so the text is looked at again.
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() in _TRUE
    if kind == "int" and re.fullmatch(r"[-+]?[0-9]{1,15}", text):
        return int(text)
    if kind == "float" and re.fullmatch(r"[-+]?[0-9]{1,15}\.[0-9]{1,15}", text):
        return float(text)
    return text


def _refusal(error: yaml.YAMLError, text: str) -> _Refused:
    mark = getattr(error, "problem_mark", None)
    said = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "it can't be parsed")
    line = mark.line + 2 if mark is not None else None
    column = f" (column {mark.column + 1})" if mark is not None else ""
    hint = "Mend that line; a value with special characters is safest in double quotes."
    if "mapping values" in said:
        hint = 'Put a value that holds a colon in quotes: title: "First: second".'
    elif mark is not None and any("\t" in line for line in text.split("\n")[mark.line : mark.line + 1]):
        hint = "Indent with spaces, not with tabs."
    return _Refused(f"The front matter is not valid YAML: {said}{column}.", hint, line)
