"""The body of a document as sentences, each with its line, its links and the label before it ("When:").

Every pattern is bounded, so reading takes linear time whatever the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from notifier.core.reading.links import Link, linked
from notifier.core.reading.plain import cut, words

MAX_PROSE = 200_000

_LABELS = {
    "when": "when", "date": "when", "dates": "when", "date and time": "when", "time": "when", "day": "when",
    "where": "where", "location": "where", "venue": "where", "place": "where",
}  # fmt: skip
_LABEL = re.compile(
    r"(date and time|dates?|day|time|when|where|location|venue|place)\s{0,2}([:–])\s{0,3}", re.IGNORECASE
)
_BOLD_LABEL = re.compile(
    r"\s{0,3}(?:\*\*|__)(when|date|time|where|location|venue)\s{0,2}:?\s{0,2}(?:\*\*|__)\s{0,2}:?", re.IGNORECASE
)
_QUOTE = re.compile(r"^[ \t]{0,8}(?:>[ \t]{0,3}){1,5}")
_MARKER = re.compile(r"^(?:[ \t]{0,12}(?:[-*+]|\d{1,2}[.)])[ \t]{1,4}|[ \t]{0,3}\|)")
_HEADING = re.compile(r"^[ \t]{0,3}#{1,6}[ \t]{1,4}")
_FENCE = re.compile(r"[ \t]{0,3}(?:```|~~~)")
# A full stop after one of these does not end a sentence.
_ABBREVIATED = re.compile(
    r"(?:\b(?:a\.m|p\.m|Dr|Mr|Mrs|Ms|Prof|St|No|e\.g|i\.e|approx|Mon|Tues?|Weds?|Thurs?|Thu|Fri|Sat|Sun"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|[A-Z]))\.$"
)
_STOP = re.compile(r"[.!?][)\"'\]]{0,2}\s{1,3}(?=[^\s])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence in plain words. `label` is `when` or `where` on a line that begins so."""

    text: str
    line: int
    links: tuple[Link, ...] = ()
    label: str | None = None
    block: int = 0

    @property
    def quote(self) -> str:
        """The sentence as evidence: on one line, at most 300 characters."""
        return cut(" ".join(self.text.split()))


@dataclass(slots=True)
class _Block:
    lines: list[str] = field(default_factory=list)
    first: int = 0
    label: str | None = None
    heading: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """All sentences in order; `opening` is the first paragraph, `heading` the first heading."""

    sentences: tuple[Sentence, ...] = ()
    opening: str = ""
    heading: str | None = None
    complete: bool = True


def read_prose(body: str, *, first_line: int, site_url: str) -> Prose:
    """The body's sentences. Text beyond the first 200,000 characters is not read; `complete` says so."""
    blocks = list(_blocks(_without_comments(body[:MAX_PROSE]), first_line))
    sentences: list[Sentence] = []
    for number, block in enumerate(blocks):
        sentences.extend(_sentences(block, number, site_url))
    texts = [(block, linked("\n".join(block.lines), block.first, site_url)[0]) for block in blocks[:40]]
    headings = [text for block, text in texts if block.heading and text.strip()]
    openings = [text for block, text in texts if not block.heading and text.strip()]
    return Prose(
        sentences=tuple(sentences),
        opening=(openings or headings or [""])[0],
        heading=headings[0] if headings else None,
        complete=len(body) <= MAX_PROSE,
    )


def _without_comments(body: str) -> str:
    """HTML comments out, line breaks kept. By hand: a lazy pattern is quadratic on unclosed comments."""
    kept: list[str] = []
    at = 0
    while (start := body.find("<!--", at)) >= 0 and (end := body.find("-->", start)) >= 0:
        kept.append(body[at:start])
        kept.append("\n" * body.count("\n", start, end))
        at = end + 3
    return "".join([*kept, body[at:]])


def _blocks(body: str, first_line: int) -> Iterator[_Block]:
    """Paragraphs, list items, headings and labelled lines, each with its first line's number."""
    block = _Block()
    pending: str | None = None
    for number, line in _prose_lines(body, first_line):
        heading = bool(_HEADING.match(line))
        label = _label_of(line)
        if block.lines and (not line.strip() or heading or label or _MARKER.match(line)):
            yield block
            block = _Block()
        if not line.strip():
            continue
        if not block.lines:
            block.first, block.label, block.heading = number, label or pending, heading
            pending = None
        block.lines.append(_MARKER.sub("", _HEADING.sub("", line)))
        if heading:
            # "### When" labels the paragraph below it.
            pending = _LABELS.get(block.lines[0].strip(" :*").casefold())
        if heading or line.endswith(("  ", "\\")):
            yield block
            block = _Block()
    if block.lines:
        yield block


def _prose_lines(body: str, first_line: int) -> Iterator[tuple[int, str]]:
    """Lines without quotation marks; those of code blocks are empty."""
    fenced = False
    for number, raw in enumerate(body.split("\n"), start=first_line):
        fence = bool(_FENCE.match(raw))
        fenced ^= fence
        yield number, "" if fenced or fence else _QUOTE.sub("", raw)


def _label_of(line: str) -> str | None:
    plain = _MARKER.sub("", line)
    found = _LABEL.match(plain.replace("*", "").replace("_", "").strip()) or _BOLD_LABEL.match(plain)
    return _LABELS[found[1].casefold()] if found else None


def _sentences(block: _Block, number: int, site_url: str) -> Iterator[Sentence]:
    text, links = linked("\n".join(block.lines), block.first, site_url)
    start = 0
    for end in (*_ends(text), len(text)):
        part = text[start:end]
        if part.strip():
            yield Sentence(
                text=words(part).strip(),
                line=block.first + text.count("\n", 0, start + len(part) - len(part.lstrip())),
                links=tuple(link for link in links if start <= link.start < end),
                # Only the first sentence: "When: 3 May. Register by 1 May." has its label on one date.
                label=None if block.heading or start else block.label,
                block=number,
            )
        start = end


def _ends(text: str) -> Iterator[int]:
    for stop in _STOP.finditer(text):
        before = text[max(0, stop.start() - 12) : stop.start() + 1]
        after = text[stop.end() : stop.end() + 1]
        if not _ABBREVIATED.search(before) and not after.islower():
            yield stop.end()
