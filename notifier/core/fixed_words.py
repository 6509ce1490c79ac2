"""Words in templates that are true on one day only: written there they are said on every day."""

from __future__ import annotations

import re
from collections.abc import Iterator

from notifier.core.templates import Templates, parts_of, problem_at
from notifier.errors import Problem

#: Stands where a tag or a statement was, behind which a sentence may begin.
_GAP = "\0"
#: Of every shipped language. German's morning has a capital, its tomorrow only at the beginning of a sentence.
_PASSING = re.compile(
    r"\b(?i:today|tomorrow|heute|übermorgen)\b|(?<!\bguten )(?<!\bGuten )\bmorgen\b"
    rf"|(?:\A|[.!?:–—]|\n[^\S\n]*\n|{_GAP})\s*(?P<first>Morgen)\b"
)
#: What stands for what Jinja fills in, and for what it does.
_GAPS = {"variable_end": " ", "block_end": _GAP, "comment_end": _GAP}
#: What is no text: comments, style sheets, and tags with their attributes.
_NO_TEXT = re.compile(r"<!--.*?-->|<style\b.*?</style\s*>|<[^<>]*>", re.DOTALL | re.IGNORECASE)


def passing_words(templates: Templates) -> Iterator[Problem]:
    """Each such word that is fixed text of a template, at its line; those within Jinja's own marks are not."""
    for name in sorted(templates.texts):
        text = _fixed(templates, name)
        text = _NO_TEXT.sub(_blank, text) if name.endswith("html.j2") else text
        found = ((_line(text, one), one["first"] or one[0]) for one in _PASSING.finditer(text))
        for line, word in dict.fromkeys(found):
            yield problem_at(
                templates, name, line, f"“{word}” stands here on every day, whenever the mail goes out.",
                "Write {{ when(event) }}, which says it while it is true, or name the day.",
            )  # fmt: skip


def _line(text: str, found: re.Match[str]) -> int:
    return text.count("\n", 0, found.start("first" if found["first"] else 0)) + 1


def _fixed(templates: Templates, name: str) -> str:
    """The fixed text of a template, each line where it stands in the file; nothing of one that can't be parsed."""
    parts, at = list[str](), 1
    for line, kind, value in parts_of(templates, name):
        if kind == "data":
            parts += ["\n" * (line - at), value]
            at = max(at, line) + value.count("\n")
        elif kind in _GAPS:
            parts.append(_GAPS[kind])
    return "".join(parts)


def _blank(tag: re.Match[str]) -> str:
    # Its lines stay, so that the others keep their numbers.
    return _GAP + "\n" * tag[0].count("\n")
