"""What is mended in a file because it can be meant in one way only; each mending is a warning with its line."""

from __future__ import annotations

import re
from collections.abc import Callable

import yaml

from notifier.core.reading.candidates import Notes
from notifier.core.reading.entries import Entry

#: Of one file, no more mistakes of one sort are told.
MAX_TOLD = 20

# Line ends in YAML 1.1, ordinary characters in 1.2 and JSON, and invisible in an editor: a pasted space, in effect.
_SEPARATOR = re.compile("[\x85\u2028\u2029]")
_WIDE_INDENT = re.compile("^[ \t\u00a0]*\u00a0[ \t\u00a0]*", re.MULTILINE)
_TAB_INDENT = re.compile(r"^ *\t[ \t]*", re.MULTILINE)
_SPACED = dict.fromkeys(map(ord, "\x85\u2028\u2029\u00a0"), " ")
_TAB_WIDTHS = (2, 4, 8)


def without_separators(text: str, *, first_line: int, notes: Notes) -> str:
    """Invisible line separators, and no-break spaces that indent, as plain spaces."""
    if text.isascii():
        return text
    for pattern, what in (
        (_SEPARATOR, "holds an invisible line separator, which was read as a space"),
        (_WIDE_INDENT, "is indented with no-break spaces, which were read as spaces"),
    ):
        found = pattern.search(text)
        if found is not None:
            line = first_line + text.count("\n", 0, found.start())
            notes.problem(f"Line {line} {what}.", "Put a plain space in its place.", line=line, severity="warning")
            text = pattern.sub(_spaced, text)
    return text


def _spaced(found: re.Match[str]) -> str:
    return found[0].translate(_SPACED)


def tab_readings(
    text: str, attempt: Callable[[str, Notes], list[Entry] | None], *, first_line: int, notes: Notes
) -> list[Entry] | None:
    """A text that is indented with tabs, where all widths of a tab that can be read give one and the same content."""
    tab = _TAB_INDENT.search(text)
    if tab is None:
        return None
    kept: tuple[list[Entry], Notes] | None = None
    for width in _TAB_WIDTHS:
        own = Notes(path=notes.path)
        entries = attempt(_expanded(text, width), own)
        if entries is None:
            continue
        if kept is not None and kept[0] != entries:
            return None
        kept = (entries, own)
    if kept is None:
        return None
    line = first_line + text.count("\n", 0, tab.start())
    what = f"Line {line} is indented with a tab, which YAML doesn't allow; it was read as spaces."
    notes.problem(what, "Indent with spaces.", line=line, severity="warning")
    notes.problems += kept[1].problems
    return kept[0]


def _expanded(text: str, width: int) -> str:
    return _TAB_INDENT.sub(lambda indent: indent[0].expandtabs(width), text)


def without_odd_escapes(text: str, error: yaml.YAMLError, *, first_line: int, notes: Notes) -> str | None:
    """The text with one backslash that escapes nothing as an ordinary one; None where the error is another."""
    mark = getattr(error, "problem_mark", None)
    if mark is None or "unknown escape character" not in str(getattr(error, "problem", "")):
        return None
    lines = text.split("\n")
    line = lines[mark.line] if mark.line < len(lines) else ""
    at = line.rfind("\\", 0, mark.column + 1)
    if at < 0:
        return None
    lines[mark.line] = f"{line[:at]}\\{line[at:]}"
    number = first_line + mark.line
    notes.problem(
        f"Line {number} has a backslash that YAML doesn't know (“{line[at : at + 2]}”); it was read as an ordinary one.",
        "Write it twice, or put the text in single quotes.",
        line=number,
        severity="warning",
    )
    return "\n".join(lines)


def report_stray(line: int, *, notes: Notes) -> None:
    """Say that a line has a carriage return where none belongs."""
    notes.problem(
        f"Line {line} has a stray carriage return, which was read as part of a line end.",
        "Save the file with one kind of line ends (LF, or CRLF throughout).",
        line=line,
        severity="warning",
    )


def report_twice(key: str, first: int | None, second: int | None, *, notes: Notes) -> None:
    """Say that a key stands twice in one mapping."""
    if len(notes.problems) >= MAX_TOLD:
        return
    where = f"line {first}" if first == second else f"lines {first} and {second}"
    notes.problem(
        f"The key {key} stands twice, in {where}; the last one counts.",
        f"Join the two into one {key}.",
        field=key,
        line=second,
        severity="warning",
    )
