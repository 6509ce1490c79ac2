"""TOML as a tree of entries: values by the standard library, lines by a scan of the same text.

The scan comes first. It also refuses what the library would be slow or end with: a key of thousands of parts
(quadratic there) and values nested beyond bounds (a `RecursionError` there).
"""

from __future__ import annotations

import math
import re
import tomllib
from datetime import date, datetime, time
from typing import Any

from notifier.core.reading.entries import Entry, Scalar
from notifier.core.reading.limits import Budget, Limits, Refused, too_much

Path = tuple[str | int, ...]

# Possessive throughout, and each matches wherever it begins: the scan is linear. What is malformed the library tells.
_TOKEN = re.compile(
    r'(?P<text>"""[^"\\]*+(?:(?:\\.|"{1,2}(?!"))[^"\\]*+)*(?:"{3,5}|\\?\Z)|"[^"\\\n]*+(?:\\.[^"\\\n]*+)*"?+'
    r"|'''[^']*+(?:'{1,2}(?!')[^']*+)*(?:'{3,5}|\Z)|'[^'\n]*+'?+)"
    r"|(?P<remark>\#[^\n]*+)|(?P<bare>[^\s\"'\#\[\]{},=]++)|(?P<mark>[\n\[\]{},=])",
    re.DOTALL,
)
_PART = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')"""
_STATEMENT = re.compile(rf"(\[{{0,2}})[ \t]*+({_PART}(?:[ \t]*+\.[ \t]*+{_PART})*)")
_PARTS = re.compile(_PART)
_WHERE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_MAX_DIGITS = 15
_LINED = ('"""', "'''")
#: For each value: its key, the equals sign, itself, a line end; a table of one key adds the most, five brackets and ends.
_MAX_TOKENS = 6


class _Decimal(str):
    """A number with a fraction or an exponent, as written."""

    __slots__ = ()


def read_toml(text: str, *, first_line: int, limits: Limits, basis: str) -> Entry:
    """The table in the text, whose first line is `first_line` of the file. Raises `Refused`."""
    scan = _Lines(text, first_line=first_line, limits=limits)
    lines = scan.found
    try:
        # With a last line end it tells the line of what is not closed.
        table = tomllib.loads(f"{text}\n", parse_float=_Decimal)
    except ValueError as error:  # its limit on the digits of a number is no TOMLDecodeError
        raise _refusal(error, first_line=first_line, limits=limits) from error
    budget = Budget(limits=limits)

    def tree(value: Any, path: Path, line: int | None) -> Entry:
        line = lines.get(path, line)
        budget.spend(1, depth=len(path), line=line)
        match value:
            case dict():
                inner = {key: tree(item, (*path, key), line) for key, item in value.items()}
                return Entry(value=inner, line=line, basis=basis)
            case list():
                items = tuple(tree(item, (*path, number), line) for number, item in enumerate(value))
                return Entry(value=items, line=line, basis=basis)
            case _:
                meant, raw = _scalar(value)
                return Entry(value=meant, line=line, raw=raw, basis=basis, text_line=scan.texts.get(path))

    return Entry(value={key: tree(item, (key,), None) for key, item in table.items()}, line=first_line, basis=basis)


def _scalar(value: object) -> tuple[Scalar, str]:
    match value:
        case bool():
            return value, "true" if value else "false"
        case _Decimal():
            number = float(value)
            return (number if math.isfinite(number) else str(value)), str(value)
        case int():
            # Only a hexadecimal can be long beyond what is written out as decimals.
            raw = str(value) if value.bit_length() < 8192 else hex(value)
            return (value if len(raw.lstrip("-")) <= _MAX_DIGITS else raw), raw
        case datetime() | date() | time():
            return value.isoformat(), value.isoformat()
        case _:
            return str(value), str(value)


def _refusal(error: ValueError, *, first_line: int, limits: Limits) -> Refused:
    where = _WHERE.search(str(error))
    said = str(error)[: where.start()] if where else str(error)
    line = int(where[1]) + first_line - 1 if where and where[1] else None
    column = f" (column {where[2]})" if where and where[2] else ""
    hint = "Mend that line; a text stands in double quotes, a date as 2026-05-05."
    if said.startswith(("Cannot overwrite", "Cannot declare", "Cannot mutate")):
        hint = "Write each key and each [table] once; join the two."
    return Refused(f"The {limits.subject} is not valid TOML: {said}{column}.", hint, line)


class _Lines:
    """The lines of keys, tables and items of arrays; what stands in an inline table is on its line.

    `texts` are the lines on which texts of several lines begin, where each of their lines is one of the file.

    A scan, not a parse: of a text that is no TOML it finds something, and the parser refuses it.
    """

    def __init__(self, text: str, *, first_line: int, limits: Limits) -> None:
        self.found: dict[Path, int] = {}
        self.texts: dict[Path, int] = {}
        self._text, self._line, self._limits = text, first_line, limits
        self._table: Path = ()
        self._tables: dict[Path, int] = {}
        self._target: Path | None = None
        # The open brackets: where in the tree an array is, and how many items it had; None: an inline table.
        self._open: list[tuple[Path, int] | None] = []
        self._fresh, self._awaits, self._dots = True, False, 0
        for number, token in enumerate(_TOKEN.finditer(text)):
            if number > _MAX_TOKENS * limits.nodes:
                raise too_much(limits, self._line)
            self._take(token)

    def _take(self, token: re.Match[str]) -> None:
        if token["remark"] is not None:
            return
        mark = token["mark"]
        if mark == "\n":
            self._line += 1
            if not self._open:
                self._fresh, self._awaits, self._target, self._dots = True, False, None, 0
            return
        if self._fresh:
            self._fresh = False
            self._state(token.start())
        if mark is None:
            self._word(token)
        else:
            self._bracket(mark)

    def _state(self, start: int) -> None:
        """A line begins: `[table]`, `[[tables]]` or `key =`."""
        statement = _STATEMENT.match(self._text, start)
        if statement is None:
            return
        parts = [part.strip("\"'") for part in _PARTS.findall(statement[2])]
        if len(parts) > self._limits.depth:
            raise too_much(self._limits, self._line)
        if statement[1]:
            self._table = self._reached((), parts, opens=statement[1] == "[[")
        else:
            self._target = self._reached(self._table, parts, opens=False)

    def _reached(self, path: Path, parts: list[str], *, opens: bool) -> Path:
        for number, part in enumerate(parts, start=1):
            path = (*path, part)
            self.found.setdefault(path, self._line)
            if opens and number == len(parts):
                self._tables[path] = self._tables.get(path, -1) + 1
            if path in self._tables:
                path = (*path, self._tables[path])
                self.found.setdefault(path, self._line)
        return path

    def _word(self, token: re.Match[str]) -> None:
        self._item()
        self._dots += (token["bare"] or "").count(".")
        if self._dots > self._limits.depth:
            raise too_much(self._limits, self._line)
        text = token["text"] or ""
        if self._target is not None and text[:3] in _LINED and ("\\" not in text or text[0] == "'"):
            self.texts[self._target] = self._line + text.startswith("\n", 3)
        self._line += text.count("\n")

    def _item(self) -> None:
        """A value begins; in an array it is its next item."""
        if self._awaits and self._open and self._open[-1] is not None:
            path, number = self._open[-1]
            self.found[(*path, number)] = self._line
            self._target = (*path, number)
        self._awaits = False

    def _bracket(self, mark: str) -> None:
        self._dots = 0
        match mark:
            case "[" | "{":
                self._item()
                known = mark == "[" and self._target is not None and None not in self._open
                self._open.append((self._target, 0) if known and self._target is not None else None)
                self._awaits = True
                if len(self._open) > self._limits.depth:
                    raise too_much(self._limits, self._line)
            case "]" | "}":
                del self._open[-1:]
            case "," if self._open and (top := self._open[-1]) is not None:
                self._open[-1] = (top[0], top[1] + 1)
                self._awaits = True
            case _:
                pass
