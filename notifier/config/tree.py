"""The text of config.yaml as plain values, with the place of each, so that every complaint names line and column.

Only what needs no knowledge of YAML is taken: no anchors, aliases, merge keys or tags. A word that YAML would
turn into something its author can't have meant (10:00, on, 2026-01-01) stays what was written, and is reported.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import yaml

from notifier.errors import Problem, Severity, UserError

Loc = tuple[str | int, ...]
#: The file of a hundred audiences has some thousand values; a bomb has more.
MOST_VALUES = 20_000
DEEPEST = 20

_TAG = "tag:yaml.org,2002:"
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"[-+]?[0-9]{1,17}\.[0-9]{1,17}")
_BASE_60 = re.compile(r"[0-9]{1,6}(:[0-5]?[0-9]){1,3}")
_NO_ANCHORS = (
    "Anchors (&name), aliases (*name) and merge keys (<<) are not used here.",
    "Write the value out; text that begins with & or * goes in quotes.",
)
_TRUE = frozenset({"true", "yes", "on"})


@dataclass(frozen=True, slots=True)
class Misread:
    """A value that YAML reads as something that no key of ours takes. Fits no type, so it is always reported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """What stands at one place of the file. The `key_…` place is that of the key (or of the list's item)."""

    kind: Literal["mapping", "list", "scalar"]
    line: int
    column: int
    key_line: int
    key_column: int
    text: str = ""
    tag: str = ""

    @property
    def misread(self) -> str:
        """The sentence for a plain word that YAML does not read as text; "" when it does."""
        if self.kind != "scalar" or self.tag in ("str", ""):
            return ""
        if self.tag == "null":
            return "is empty."
        word = shown(self.text)
        read_as = "a yes or no" if word.lower() in ("true", "false") else _read_as(self)
        return f'YAML reads {word} as {read_as}. Write "{word}" in quotes.'


@dataclass(slots=True, kw_only=True)
class Tree:
    """The values of a file, where each stands, and what was wrong before any key had a meaning."""

    path: str
    values: object = None
    nodes: dict[Loc, Node] = field(default_factory=dict)
    problems: dict[Loc, Problem] = field(default_factory=dict)

    def get(self, *loc: str | int) -> object:
        """The value at a place, None when there is none or something on the way is of another kind."""
        found = self.values
        for part in loc:
            if isinstance(found, dict):
                found = found.get(part)
            elif isinstance(found, list) and isinstance(part, int):
                found = found[part] if part < len(found) else None
            else:
                return None
        return found

    def mapping(self, *loc: str | int) -> Mapping[str, object]:
        """The mapping at a place, empty when there is none."""
        found = self.get(*loc)
        return found if isinstance(found, dict) else {}

    def items(self, *loc: str | int) -> list[object]:
        """The list at a place, empty when there is none."""
        found = self.get(*loc)
        return found if isinstance(found, list) else []

    def problem(self, loc: Loc, what: str, hint: str = "", *, severity: Severity = "error") -> Problem:
        """A problem at `loc`: at the value if it is a plain one, at the key of a section, else at the parent's key."""
        line, column = self._place(loc)
        return Problem(
            path=self.path, line=line, column=column, field=dotted(loc), what=what, hint=hint, severity=severity
        )

    def at_key(self, loc: Loc, what: str, hint: str = "") -> Problem:
        """A problem with the key itself."""
        node = self.nodes.get(loc)
        line, column = (node.key_line, node.key_column) if node else self._place(loc)
        return Problem(path=self.path, line=line, column=column, field=dotted(loc), what=what, hint=hint)

    def _place(self, loc: Loc) -> tuple[int, int]:
        node = self.nodes.get(loc)
        if node and node.kind == "scalar" and node.tag != "null":
            return node.line, node.column
        while loc and not node:
            loc = loc[:-1]
            node = self.nodes.get(loc)
        return (node.key_line, node.key_column) if node else (1, 1)


def dotted(loc: Loc) -> str | None:
    """`sources.1.folder`: keys joined by dots, items of a list counted from 1 as lines are."""
    return ".".join(str(part + 1) if isinstance(part, int) else shown(part) for part in loc) or None


def shown(text: str) -> str:
    """The user's own words, fit for one line of a terminal."""
    plain = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text[:60])
    return plain + ("…" if len(text) > 60 else "")


def read_tree(text: str, path: str) -> Tree:
    """Read a file's text. Raises UserError where nothing sensible can be read after the mistake."""
    tree = Tree(path=path)
    try:
        loader = yaml.SafeLoader(text)
        tree.values = _Composer(loader, tree).document()
    except yaml.MarkedYAMLError as error:
        raise UserError(_syntax_problem(error, text, path)) from error
    except yaml.reader.ReaderError as error:
        what = f"holds a character that has no place in a text file (code {error.character})."
        place = Problem(
            path=path, line=text.count("\n", 0, error.position) + 1, what=f"The line {what}", hint="Delete it."
        )
        raise UserError(place) from error
    except (ValueError, OverflowError) as error:
        # PyYAML lets these two pass from escapes such as "\UFFFFFFFF" and from absurd %YAML lines.
        what = "The file holds an escape or a % line that means nothing."
        raise UserError(Problem(path=path, what=what, hint="Look for a backslash in double quotes.")) from error
    return tree


class _Composer:
    """Builds values from the parser's events, one by one, so that nothing grows before it has been counted."""

    def __init__(self, loader: Any, tree: Tree) -> None:
        self._loader = loader
        self._tree = tree
        self._count = 0

    def document(self) -> object:
        """The one document of the file; None when it is empty."""
        self._loader.get_event()
        if self._loader.check_event(yaml.StreamEndEvent):
            return None
        self._loader.get_event()
        value = self._value((), None)
        self._loader.get_event()
        if not self._loader.check_event(yaml.StreamEndEvent):
            mark = self._loader.peek_event().start_mark
            self._stop(mark, "A second document begins here.", "Remove the line that is only --- or ... .")
        return value

    def _value(self, loc: Loc, key: yaml.Mark | None) -> object:
        event = self._loader.get_event()
        mark = event.start_mark
        self._bounded(loc, mark)
        self._plain_only(loc, event)
        match event:
            case yaml.AliasEvent():
                return Misread()
            case yaml.ScalarEvent():
                return self._scalar(loc, event, key or mark)
            case yaml.SequenceStartEvent():
                self._note(loc, "list", mark, key or mark)
                return self._list(loc)
            case _:
                self._note(loc, "mapping", mark, key or mark)
                return self._mapping(loc)

    def _bounded(self, loc: Loc, mark: yaml.Mark) -> None:
        self._count += 1
        if len(loc) > DEEPEST:
            self._stop(mark, "The values are nested too deeply.", "config.yaml needs no more than six levels.")
        if self._count > MOST_VALUES:
            self._stop(mark, f"The file holds more than {MOST_VALUES} values.", "Something must have been pasted in.")

    def _plain_only(self, loc: Loc, event: Any) -> None:
        if getattr(event, "anchor", None) is not None:
            self._report(loc, event.start_mark, *_NO_ANCHORS)
        elif getattr(event, "tag", None) is not None:
            what = "Tags (words that begin with !) are not used here."
            self._report(loc, event.start_mark, what, "Text that begins with ! goes in quotes.")

    def _list(self, loc: Loc) -> list[object]:
        values: list[object] = []
        while not self._loader.check_event(yaml.SequenceEndEvent):
            values.append(self._value((*loc, len(values)), None))
        self._loader.get_event()
        return values

    def _mapping(self, loc: Loc) -> dict[str, object]:
        values: dict[str, object] = {}
        lines: dict[str, int] = {}
        while not self._loader.check_event(yaml.MappingEndEvent):
            mark = self._loader.peek_event().start_mark
            name = self._key(loc)
            if name is None:
                self._skip()
                continue
            values[name] = self._value((*loc, name), mark)
            if name in lines:
                what = f"stands twice, in lines {lines[name]} and {mark.line + 1}."
                self._report((*loc, name), mark, what, "Keep one of them.")
            lines.setdefault(name, mark.line + 1)
        self._loader.get_event()
        return values

    def _key(self, loc: Loc) -> str | None:
        if not self._loader.check_event(yaml.ScalarEvent):
            what = "Something other than a word stands where a key belongs."
            mark = self._loader.peek_event().start_mark
            self._report(loc, mark, what, "Text that begins with {, [ or * goes in quotes.")
            self._skip()
            return None
        event = self._loader.get_event()
        here = (*loc, str(event.value))
        self._plain_only(here, event)
        tag = self._tag(event)
        if tag == "merge":
            self._report(here, event.start_mark, *_NO_ANCHORS)
            return None
        if tag not in ("str", "null") and loc[-1:] == ("table",):
            tag = "str"  # What a table looks up is text as the site has it: true, 1, 2026-01-01.
        if tag != "str":
            self._report(here, event.start_mark, _misread_key(event.value, tag), "")
        elif _unprintable(event.value):
            self._report(here, event.start_mark, "holds a control character.", "Delete it.")
        return str(event.value)

    def _skip(self) -> None:
        """Pass over a node that has no place to stand."""
        depth = 0
        while True:
            event = self._loader.get_event()
            self._bounded((), event.start_mark)
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth == 0:
                return

    def _scalar(self, loc: Loc, event: Any, key: yaml.Mark) -> object:
        tag = self._tag(event)
        self._note(loc, "scalar", event.start_mark, key, text=event.value, tag=tag)
        if _unprintable(event.value):
            self._report(loc, event.start_mark, "holds a control character.", "Delete it.")
            return Misread()
        match tag:
            case "str":
                return event.value
            case "null":
                return None
            case "bool":
                return event.value.lower() in _TRUE
            case "int" if _WHOLE.fullmatch(event.value):
                return int(event.value)
            case "float" if _DECIMAL.fullmatch(event.value):
                return float(event.value)
            case _:
                return Misread()

    def _tag(self, event: Any) -> str:
        if event.tag is not None:
            return "str"
        tag = str(self._loader.resolve(yaml.ScalarNode, event.value, event.implicit)).removeprefix(_TAG)
        return "str" if tag == "value" else tag

    def _note(
        self,
        loc: Loc,
        kind: Literal["mapping", "list", "scalar"],
        mark: yaml.Mark,
        key: yaml.Mark,
        *,
        text: str = "",
        tag: str = "",
    ) -> None:
        self._tree.nodes[loc] = Node(
            kind=kind,
            line=mark.line + 1,
            column=mark.column + 1,
            key_line=key.line + 1,
            key_column=key.column + 1,
            text=text,
            tag=tag,
        )

    def _report(self, loc: Loc, mark: yaml.Mark, what: str, hint: str) -> None:
        problem = Problem(
            path=self._tree.path, line=mark.line + 1, column=mark.column + 1, field=dotted(loc), what=what, hint=hint
        )
        self._tree.problems.setdefault(loc, problem)

    def _stop(self, mark: yaml.Mark, what: str, hint: str) -> None:
        place = Problem(path=self._tree.path, line=mark.line + 1, column=mark.column + 1, what=what, hint=hint)
        raise UserError(place)


def _unprintable(text: str) -> bool:
    return any(
        char not in "\n\t" and (char < " " or "\x7f" <= char < "\xa0" or "\ud800" <= char < "\ue000") for char in text
    )


def _read_as(node: Node) -> str:
    if node.tag == "bool":
        return "true" if node.text.lower() in _TRUE else "false"
    if node.tag == "timestamp":
        return "a date"
    if _BASE_60.fullmatch(node.text):
        return str(_base_60(node.text))
    return "a number"


def _misread_key(text: str, tag: str) -> str:
    if tag == "null":
        return 'The key is empty. Write its name before the colon, or "null": in quotes.'
    node = Node(kind="scalar", line=1, column=1, key_line=1, key_column=1, text=text, tag=tag)
    return f'YAML reads {shown(text)}: as {_read_as(node)}. Write "{shown(text)}": in quotes.'


def _base_60(text: str) -> int:
    # YAML 1.1 counts hours, minutes and seconds in sixties: https://yaml.org/type/int.html
    seconds = 0
    for part in text.split(":"):
        seconds = seconds * 60 + int(part)
    return seconds


def _syntax_problem(error: yaml.MarkedYAMLError, text: str, path: str) -> Problem:
    """What YAML says, in words for people. The line itself is never repeated: it may hold a secret."""
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return Problem(path=path, what="The file is not YAML.", hint=_LOOK)
    what, hint = _syntax_sentence(error.problem or "", _indentation(text, mark.line))
    if error.context_mark and "flow" in (error.context or ""):
        what, hint = "A bracket is not closed before this line.", f"It opens in line {error.context_mark.line + 1}."
    elif error.context_mark and (error.context or "") in _BEGAN_EARLIER:
        mark = error.context_mark
    return Problem(path=path, line=mark.line + 1, column=mark.column + 1, what=what, hint=hint)


def _indentation(text: str, line: int) -> str:
    rows = text.splitlines()
    row = rows[line] if line < len(rows) else ""
    return row[: len(row) - len(row.lstrip())]


def _syntax_sentence(problem: str, indentation: str) -> tuple[str, str]:
    if "\t" in indentation:
        return "The line is indented with a tab.", "Indent with spaces."
    known = (sentence for sign, sentence in _SYNTAX.items() if sign in problem)
    return next(known, ("The line breaks the form of YAML.", _LOOK))


_LOOK = "Check its quotes, brackets and indentation, and those of the line above."
#: Here the end of the file, or the next line, is not where the mistake is.
_BEGAN_EARLIER = ("while scanning a quoted scalar", "while scanning a simple key")
_SYNTAX: dict[str, tuple[str, str]] = {
    "mapping values are not allowed": (
        "A second colon stands in the line, or the line is indented too far.",
        'Text that holds ": " goes in quotes.',
    ),
    "cannot start any token": ("The text begins with a sign that has a meaning in YAML.", "Put the text in quotes."),
    "expected alphabetic or numeric character": (
        "The text begins with * or &, which have a meaning in YAML.",
        'Put the text in quotes, for example "*.md".',
    ),
    "expected <block end>": (
        "The line is not indented like its neighbours.",
        "Keys of one section start in one column.",
    ),
    "could not find expected ':'": ("A colon is missing after the key.", "Write key: value."),
    "unexpected end of stream": ("A quotation mark is not closed before the file ends.", "Close it."),
    "unknown escape character": (
        "A backslash in double quotes means something else.",
        "Use single quotes, or write it twice.",
    ),
}
