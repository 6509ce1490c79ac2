"""A body taken apart into its blocks: paragraphs, list items, headings and labelled lines, each with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from notifier.core.reading.languages.language import Layout

_QUOTE = re.compile(r"^[ \t]{0,8}(?:>[ \t]{0,3}){1,5}")
#: “14. Oktober 2026” at the beginning of a line is the fourteenth item of a list to Markdown, and a date to readers.
_MONTH = (
    r"(?:Jan(?:uar|uary)?|Jän(?:ner)?|Feb(?:ruar|ruary|er)?|März?|Maerz|Mrz|March|Apr(?:il)?|Mai|May|Juni?|June|Juli?|July"
    r"|Aug(?:ust)?|Sept?(?:ember)?|O[kc]t(?:ober)?|Nov(?:ember)?|De[zc](?:ember)?)\b\.?"
    r"(?:,?\s{1,2}\d|\s{0,2}[,:(–-]|\s{0,2}$|\s(?:um|ab|von|at)\b)|\d{1,2}\.\s?(?:\d{4}|\d\d)\b"
)
_MARKER = re.compile(
    rf"^(?:[ \t]{{0,12}}(?:[-*+][ \t]{{1,4}}|\d{{1,2}}[.)][ \t]{{1,4}}(?!(?:{_MONTH})))|[ \t]{{0,3}}\|)"
)
_HEADING = re.compile(r"^[ \t]{0,3}#{1,6}[ \t]{1,4}")
#: “# Title #” (CommonMark 4.2)
_CLOSING = re.compile(r"[ \t]{1,4}#{1,6}[ \t]{0,4}$")
_FENCE = re.compile(r"[ \t]{0,3}(?:```|~~~)")


@dataclass(slots=True)
class Block:
    """Lines that belong together, without the marks that they begin with; `first` counts from the piece's first line."""

    lines: list[str] = field(default_factory=list)
    first: int = 0
    label: str | None = None
    heading: bool = False


def pieces(body: str) -> list[str]:
    """The body parted at its empty lines (two line breaks): no block goes beyond one, and a piece reads the same anywhere.

    Not so where there is code: its blocks hold empty lines.
    """
    return [body] if "```" in body or "~~~" in body else body.split("\n\n")


def blocks_of(piece: str, label: str | None, layout: Layout) -> tuple[list[Block], str | None]:
    """The blocks of a piece and the label that its last heading gives to what comes next; `label` is the last piece's."""
    blocks: list[Block] = []
    block, pending = Block(), label
    for number, line in enumerate(_prose_lines(piece)):
        blank = not line or line.isspace()
        text, heading, item = ("", False, False) if blank else _begun(line)
        own = None if blank else _label_of(line, layout)
        if block.lines and (blank or heading or own or item):
            blocks.append(block)
            block = Block()
        if blank:
            continue
        if not block.lines:
            block.first, block.label, block.heading = number, own or pending, heading
            pending = None
        block.lines.append(text)
        if heading:
            # "### When" labels the paragraph below it.
            pending = layout.labels.get(block.lines[0].strip(" :*?").casefold())
        if heading or line.endswith(("  ", "\\")):
            blocks.append(block)
            block = Block()
    if block.lines:
        blocks.append(block)
    return blocks, pending


def _begun(line: str) -> tuple[str, bool, bool]:
    """A line without what makes it a heading or an item of a list or table, and whether it is one of each."""
    if line[0].isalpha():  # as most do
        return line, False, False
    text = _without(_HEADING, line)
    if text is not line and text.endswith(("#", "# ")):
        text = _CLOSING.sub("", text)
    rest = _without(_MARKER, text)
    return rest, text is not line, rest is not text


def _prose_lines(piece: str) -> Iterator[str]:
    """Lines without quotation marks; those of code blocks are empty."""
    fenced = False
    for raw in piece.split("\n"):
        if raw[:1].isalpha():
            yield "" if fenced else raw
            continue
        fence = bool(_FENCE.match(raw))
        fenced ^= fence
        yield "" if fenced or fence else _without(_QUOTE, raw)


def _without(beginning: re.Pattern[str], line: str) -> str:
    """The line without what it begins with. (A search would look for that all over the line.)"""
    found = beginning.match(line)
    return line[found.end() :] if found else line


def _label_of(line: str, layout: Layout) -> str | None:
    if line.isascii() and ":" not in line and "**" not in line and "__" not in line:
        return None
    plain = _without(_MARKER, line)
    found = layout.label.match(plain.replace("*", "").replace("_", "").strip()) or layout.bold_label.match(plain)
    return layout.labels[next(word for word in found.groups() if word).casefold()] if found else None
