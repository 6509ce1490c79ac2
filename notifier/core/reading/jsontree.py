"""JSON as a tree of entries. Read by a scanner of our own: the library's tells no lines, no exact numbers and no
keys that stand twice, and a deeply nested text ends it.
"""

from __future__ import annotations

import json
import math
import re
from typing import NoReturn

from notifier.core.reading.candidates import Notes
from notifier.core.reading.entries import Entry, Scalar
from notifier.core.reading.limits import Budget, Limits, Refused
from notifier.core.reading.mending import report_twice

# Every repetition is possessive: what it took it doesn't give back, so that all of them are linear.
_SPACE = re.compile(r"[ \t\n\r]*+")
_STRING = re.compile(r'"[^"\\\x00-\x1f]*+(?:\\[^\n][^"\\\x00-\x1f]*+)*"')
_NUMBER = re.compile(r"-?+(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][-+]?[0-9]++)?")
_WORD = re.compile(r"-?+[A-Za-z]++")
_BRACKETS = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*"?+|[{}\[\]]', re.DOTALL)
#: The last three are no JSON, but what many programs write for a number that is none.
_WORDS: dict[str, Scalar] = {
    "true": True, "false": False, "null": None, "NaN": "NaN", "Infinity": "Infinity", "-Infinity": "-Infinity",
}  # fmt: skip
_MAX_DIGITS = 15


def read_json(text: str, *, first_line: int, limits: Limits, basis: str, notes: Notes) -> Entry:
    """The one value in the text, whose first line is `first_line` of the file. Raises `Refused`."""
    tree = _Tree(text, first_line=first_line, limits=limits, basis=basis, notes=notes)
    entry = tree.value(depth=0, line=None)
    if tree.peek():
        tree.refuse("something stands behind its end", "Remove what follows the last bracket.")
    return entry


def end_of_object(text: str) -> int | None:
    """Where the object with which the text begins has ended; None where it never does."""
    depth = 0
    for token in _BRACKETS.finditer(text):
        if token[0] in ("{", "["):
            depth += 1
        elif token[0] in ("}", "]"):
            depth -= 1
            if depth <= 0:
                return token.end()
    return None


class _Tree:
    """One pass over the text; `at` is how far it has come, on line `line`."""

    def __init__(self, text: str, *, first_line: int, limits: Limits, basis: str, notes: Notes) -> None:
        self.text, self.at, self.line = text, 0, first_line
        self.limits, self.basis, self.notes = limits, basis, notes
        self.budget = Budget(limits=limits)

    def peek(self) -> str:
        """The next character that is no white space; empty at the end."""
        end = _SPACE.match(self.text, self.at).end()  # type: ignore[union-attr]  # it matches everywhere
        if end > self.at:
            self.line += self.text.count("\n", self.at, end)
            self.at = end
        return self.text[self.at : self.at + 1]

    def refuse(self, said: str, hint: str) -> NoReturn:
        """The text is not JSON where it has come to."""
        column = self.at - self.text.rfind("\n", 0, self.at)
        raise Refused(f"The {self.limits.subject} is not valid JSON: {said} (column {column}).", hint, self.line)

    def value(self, *, depth: int, line: int | None) -> Entry:
        """The value that begins here; `line` is that of its key, None where it has none."""
        first = self.peek()
        at = self.line if line is None else line
        self.budget.spend(1, depth=depth, line=at)
        match first:
            case "{":
                return Entry(value=self._object(depth + 1), line=at, basis=self.basis)
            case "[":
                return Entry(value=self._items(depth + 1), line=at, basis=self.basis)
            case '"':
                text = self._string()
                return Entry(value=text, line=at, raw=text, basis=self.basis)
            case _:
                return self._literal(at)

    def _object(self, depth: int) -> dict[str, Entry]:
        entries: dict[str, Entry] = {}
        self.at += 1
        while not self._closes("}", first=not entries):
            if self.peek() != '"':
                self.refuse("a key is missing, or not in double quotes", 'Write "key": and the value.')
            line, key = self.line, self._string()
            if self.peek() != ":":
                self.refuse("the colon behind a key is missing", 'Write "key": and the value.')
            self.at += 1
            entry = self.value(depth=depth, line=line)
            if key in entries:
                report_twice(key, entries[key].line, line, notes=self.notes)
            entries[key] = entry
        return entries

    def _items(self, depth: int) -> tuple[Entry, ...]:
        items: list[Entry] = []
        self.at += 1
        while not self._closes("]", first=not items):
            items.append(self.value(depth=depth, line=None))
        return tuple(items)

    def _closes(self, bracket: str, *, first: bool) -> bool:
        """Whether the list or object ends here; else the comma between two values is taken."""
        met = self.peek()
        if met == bracket:
            self.at += 1
            return True
        if first:
            return False
        if met != ",":
            self.refuse(
                f"a comma or {bracket} is missing", f"Put a comma between two values, and {bracket} at the end."
            )
        self.at += 1
        if self.peek() == bracket:
            self.refuse(f"a comma stands before {bracket}", "Remove that comma.")
        return False

    def _string(self) -> str:
        token = _STRING.match(self.text, self.at)
        if token is None:
            self.refuse("a text has no end on its line", r"Put it in double quotes, with \n for each new line.")
        try:
            text = token[0][1:-1] if "\\" not in token[0] else _whole(str(json.loads(token[0])))
        except ValueError:
            self.refuse("a text has an escape that JSON doesn't know", r"Write \\ for a backslash.")
        self.at = token.end()
        return text

    def _literal(self, line: int) -> Entry:
        token = _NUMBER.match(self.text, self.at) or _WORD.match(self.text, self.at)
        if token is None or (token[0][-1:].isalpha() and token[0] not in _WORDS):
            self.refuse("a value is missing, or a text not in double quotes", 'Write it in double quotes: "…".')
        self.at = token.end()
        raw = token[0]
        return Entry(value=_WORDS[raw] if raw in _WORDS else _number(raw), line=line, raw=raw, basis=self.basis)


def _whole(text: str) -> str:
    """Without halves of characters, which an escape may make and nothing can store."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _number(raw: str) -> Scalar:
    """More digits than a float can tell apart are an identifier, and stay text."""
    if "." not in raw and "e" not in raw.lower():
        return int(raw) if len(raw.lstrip("-")) <= _MAX_DIGITS else raw
    number = float(raw)
    return number if math.isfinite(number) else raw
