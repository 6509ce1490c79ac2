"""The front matter of one document: found by us, parsed by python-frontmatter with a reader of our own.

python-frontmatter gives `{}` without a word for a BOM, a missing closing fence or a list, and it knows neither
TOML without a library that is no longer kept nor JSON that is indented; so the reader finds the fences too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import frontmatter
from frontmatter.default_handlers import BaseHandler

from notifier.core.event import Document
from notifier.core.reading.candidates import Notes
from notifier.core.reading.entries import Entry, Page
from notifier.core.reading.jsontree import end_of_object, read_json
from notifier.core.reading.limits import FRONT_MATTER, Refused, text_of
from notifier.core.reading.mending import report_stray
from notifier.core.reading.tomltree import read_toml
from notifier.core.reading.yamltree import read_yaml

Syntax = Literal["yaml", "toml", "json"]

_BASIS = "front matter"
#: By the first line: the syntax and the lines that may end it, as Jekyll, Hugo, Eleventy and Middleman have them.
_FENCES: dict[str, tuple[Syntax, tuple[str, ...]]] = {
    "---": ("yaml", ("---", "...")),
    "---yaml": ("yaml", ("---",)),
    "---yml": ("yaml", ("---",)),
    "---toml": ("toml", ("---",)),
    "---json": ("json", ("---",)),
    "+++": ("toml", ("+++",)),
    ";;;": ("json", (";;;",)),
}
_CLOSINGS = {
    closings: re.compile(rf"\n(?:{'|'.join(map(re.escape, closings))})[ \t]*(?=\n|\Z)")
    for _, closings in _FENCES.values()
}
#: An object, and not the tag of a template (`{% include … %}`, `{{ … }}`).
_OBJECT = re.compile(r'\{[ \t]*(?:["}\n]|\Z)')


def read_page(document: Document, notes: Notes) -> Page | None:
    """The document's front matter and body; None, with a problem noted, where it can't be understood."""
    try:
        content = text_of(document.data, FRONT_MATTER)
        if not begins(content.text):
            raise Refused(*_no_opening(content.text))
        reader = Fenced(notes)
        entries, body = frontmatter.parse(content.text, handler=reader)
    except Refused as refused:
        notes.problem(refused.what, refused.hint, line=refused.line)
        return None
    if content.stray is not None and content.stray < reader.body_line:
        report_stray(content.stray, notes=notes)
    kept = {key: entry for key, entry in entries.items() if isinstance(entry, Entry)}
    return Page(entries=kept, body=body, body_line=reader.body_line)


def begins(text: str) -> bool:
    """Whether the text begins with front matter of any syntax."""
    return _first_line(text) in _FENCES or _OBJECT.match(text) is not None


def _first_line(text: str) -> str:
    end = text.find("\n")
    return (text if end < 0 else text[:end]).rstrip(" \t")


def _no_opening(text: str) -> tuple[str, str, int]:
    first = next((line for line in text.split("\n", 20)[:20] if line.strip()), "").lstrip()
    for fence in ("---", "+++"):
        if first.startswith(fence):
            return (
                f"This looks like front matter but was not read: the first line of the file is not exactly {fence}.",
                f"Let the file begin with a line that is {fence} and nothing else.",
                1,
            )
    return ("The file has no front matter.", "Begin it with ---, title: and date: lines, and ---.", 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """What stands between the fences, which line of the file it begins on, and what is behind it."""

    syntax: Syntax
    text: str
    first_line: int
    rest: str
    rest_line: int


class Fenced(BaseHandler):
    """Front matter of any syntax for `frontmatter.parse`, as entries with their lines.

    `body_line` is the line on which the body begins, once it was split.
    """

    def __init__(self, notes: Notes) -> None:
        super().__init__(_OBJECT, "---", "---")
        self.notes = notes
        self.syntax: Syntax = "yaml"
        self.first_line = 2
        self.body_line = 1

    def split(self, text: str) -> tuple[str, str]:
        block = _fenced(text) or _object(text)
        self.syntax, self.first_line = block.syntax, block.first_line
        # frontmatter.parse strips the body, so its first line is the first one with something on it.
        blank = len(block.rest) - len(block.rest.lstrip())
        self.body_line = block.rest_line + block.rest.count("\n", 0, blank)
        return block.text, block.rest

    def load(self, fm: str) -> dict[str, object]:
        match self.syntax:
            case "yaml":
                roots = read_yaml(fm, first_line=self.first_line, limits=FRONT_MATTER, basis=_BASIS, notes=self.notes)
                return dict(self._keys(roots))
            case "toml":
                table = read_toml(fm, first_line=self.first_line, limits=FRONT_MATTER, basis=_BASIS)
                return dict(self._keys([table]))
            case "json":
                # Middleman leaves the outer brackets to the fences.
                text = fm if fm.lstrip()[:1] == "{" else f"{{{fm}}}"
                root = read_json(text, first_line=self.first_line, limits=FRONT_MATTER, basis=_BASIS, notes=self.notes)
                return dict(self._keys([root]))

    def _keys(self, roots: list[Entry]) -> Mapping[str, Entry]:
        if not roots:
            return {}
        if len(roots) > 1:
            raise Refused(
                "The front matter is not valid YAML: it holds several documents.",
                "Write all keys between two lines with ---.",
                roots[1].line,
            )
        if not isinstance(roots[0].value, Mapping):
            raise Refused(
                "The front matter is not a list of keys and values.",
                "Write one `key: value` a line, as in title: …",
                self.first_line,
            )
        return roots[0].value


def _fenced(text: str) -> _Block | None:
    opening = _first_line(text)
    if opening not in _FENCES:
        return None
    syntax, closings = _FENCES[opening]
    start = text.find("\n")
    end = _CLOSINGS[closings].search(text, start) if start >= 0 else None
    if end is None:
        raise Refused(
            f"This looks like front matter but was not read: no line {closings[0]} ends it.",
            f"Add a line with {closings[0]} after the last key.",
            1,
        )
    return _Block(
        syntax=syntax,
        text=text[start + 1 : end.start()],
        first_line=2,
        rest=text[end.end() + 1 :],
        rest_line=text.count("\n", 0, end.start() + 1) + 2,
    )


def _object(text: str) -> _Block:
    end = end_of_object(text)
    if end is None:
        raise Refused(
            "This looks like front matter but was not read: no } ends it.", "Add a line with } after the last key.", 1
        )
    line = 1 + text.count("\n", 0, end)
    return _Block(syntax="json", text=text[:end], first_line=1, rest=text[end:], rest_line=line)
