"""The body of a document as sentences, each with its line, its links and the label before it ("When:").

Every pattern is bounded, so reading takes linear time whatever the text.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import NamedTuple, TypeVar, cast

from notifier.core.reading.blocks import Block, blocks_of, pieces
from notifier.core.reading.entries import Page
from notifier.core.reading.languages import ENGLISH, Language
from notifier.core.reading.languages.language import Layout
from notifier.core.reading.languages.narrowing import narrowed
from notifier.core.reading.languages.signs import Signs, signs_in
from notifier.core.reading.links import Link, linked, prepared
from notifier.core.reading.plain import cut, words
from notifier.core.values import record

MAX_PROSE = 200_000
#: Longer pieces and paragraphs are hardly met again, and are not remembered.
_MEMORABLE, _SHORT = 2_000, 600
#: The first heading and the first paragraph are looked for in so many blocks.
_OPENINGS = 40
Answer = TypeVar("Answer")

# A letter and its accent, written apart as some machines do.
_APART = re.compile("[A-Za-z][\u0300-\u0304\u0306-\u030c\u0327]")
_STOP = re.compile(r"[.!?][)\"'\]]{0,2}\s{1,3}(?=[^\s])")


@record(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence in plain words. `label` is `when` or `where` on a line that begins so; see `Page` for `lined`.

    `language`, and `english` for what English words say in any text, hold at least the patterns that can match in it;
    `said` are those that every sentence is asked for and that do.
    """

    text: str
    line: int
    said: Signs
    links: tuple[Link, ...] = ()
    label: str | None = None
    block: int = 0
    language: Language = ENGLISH
    english: Language = ENGLISH
    lined: bool = True

    def line_at(self, place: int) -> int:
        """The line of a place in its text."""
        return self.line + (self.text.count("\n", 0, place) if self.lined else 0)

    @property
    def quote(self) -> str:
        """The sentence as evidence: on one line, at most 300 characters."""
        return cut(" ".join(self.text.split()))


@record(frozen=True, slots=True, kw_only=True)
class Prose:
    """All sentences in order; `opening` is the first paragraph, `heading` the first heading."""

    sentences: tuple[Sentence, ...] = ()
    opening: str = ""
    heading: str | None = None
    complete: bool = True
    _answers: dict[object, tuple[tuple[object, ...], object]] = field(default_factory=dict, compare=False, repr=False)

    def once(self, ask: Callable[..., Answer], *about: object) -> Answer:
        """What `ask` answers of all sentences, asked anew only about something else than the last time.

        The sessions of a list share a text of any length.
        """
        said = self._answers.get(ask)
        if said is None or said[0] != about:
            said = self._answers[ask] = (about, ask(self.sentences, *about))
        return cast("Answer", said[1])


@dataclass(slots=True, kw_only=True)
class LastProse:
    """The text that was read last, and its sentences: the sessions of a list have one in common."""

    _of: tuple[object, ...] = ()
    _prose: Prose = field(default_factory=Prose)

    def of(self, page: Page, *, site_url: str, language: Language) -> Prose:
        """The sentences of the page's text."""
        of = (page.body, page.body_line, page.lined, site_url, language.code)
        if self._of != of:
            self._prose = read_prose(
                page.body, first_line=page.body_line, site_url=site_url, language=language, lined=page.lined
            )
            self._of = of
        return self._prose


def sentence_of(text: str, *, line: int, language: Language) -> Sentence:
    """A text that stands for itself, such as a title, as one sentence."""
    narrow = narrowed(language, text)
    english = narrow if language is ENGLISH else narrowed(ENGLISH, text)
    return Sentence(text=text, line=line, language=narrow, english=english, said=signs_in(text, narrow, english))


def read_prose(body: str, *, first_line: int, site_url: str, language: Language = ENGLISH, lined: bool = True) -> Prose:
    """The body's sentences. Text beyond the first 200,000 characters is not read; `complete` says so."""
    text = body[:MAX_PROSE]
    if not text.isascii():
        text = _APART.sub(lambda apart: unicodedata.normalize("NFC", apart[0]), text)
    sentences: list[Sentence] = []
    shown: list[_Told] = []
    number, line, label = 0, first_line, None
    for piece in pieces(prepared(text)):
        blocks, label = (_remembered if len(piece) <= _MEMORABLE else _read)(piece, label, site_url, language)
        for block in blocks:
            sentences.extend(_sentences(block, number, line))
            number += 1
        shown += blocks[: max(0, _OPENINGS - len(shown))]
        line += piece.count("\n") + 2
    headings = [block.text for block in shown if block.heading and block.text.strip()]
    openings = [block.text for block in shown if not block.heading and block.text.strip()]
    return Prose(
        sentences=tuple(sentences if lined else (_on_one_line(sentence, first_line) for sentence in sentences)),
        opening=(openings or headings or [""])[0],
        heading=headings[0] if headings else None,
        complete=len(body) <= MAX_PROSE,
    )


def _on_one_line(sentence: Sentence, line: int) -> Sentence:
    links = tuple(replace(link, line=line) for link in sentence.links)
    return replace(sentence, line=line, links=links, lined=False)


class _Told(NamedTuple):
    """A block of a piece with its plain text and its sentences, wherever the piece stands."""

    line: int
    label: str | None
    heading: bool
    text: str
    parts: tuple[_Part, ...]


def _read(piece: str, label: str | None, site_url: str, language: Language) -> tuple[tuple[_Told, ...], str | None]:
    """The blocks of a piece, and the label that it gives to what comes next; see `blocks_of`."""
    blocks, label = blocks_of(piece, label, language.layout)
    return tuple(_told(block, site_url, language) for block in blocks), label


# A site's documents have texts in common, and a document's next version has most of this one's.
_remembered = lru_cache(maxsize=8_192)(_read)


def _told(block: Block, site_url: str, language: Language) -> _Told:
    raw = "\n".join(block.lines)
    text, parts = (_known if len(raw) <= _SHORT else _parsed)(raw, site_url, language)
    return _Told(line=block.first, label=block.label, heading=block.heading, text=text, parts=parts)


def _sentences(block: _Told, number: int, line: int) -> Iterator[Sentence]:
    first = line + block.line
    for part in block.parts:
        links = tuple([_moved(link, first) for link in part.links]) if part.links else ()
        yield Sentence(
            text=part.text,
            line=first + part.line,
            links=links,
            # Only the first sentence: "When: 3 May. Register by 1 May." has its label on one date.
            label=block.label if part.leads and not block.heading else None,
            block=number,
            language=part.language,
            english=part.english,
            said=part.said,
        )


def _moved(link: Link, lines: int) -> Link:
    return Link(text=link.text, target=link.target, line=link.line + lines, start=link.start)


class _Part(NamedTuple):
    """A sentence of a paragraph wherever that stands: lines count from its first. `leads`: nothing stands before it."""

    text: str
    line: int
    links: tuple[Link, ...]
    leads: bool
    language: Language
    english: Language
    said: Signs


def _parsed(raw: str, site_url: str, language: Language) -> tuple[str, tuple[_Part, ...]]:
    """A paragraph as plain text and as its sentences."""
    text, links = linked(raw, 0, site_url)
    return text, tuple(_parts(text, links, language))


# Of a list or a programme some lines are new, and others are not.
_known = lru_cache(maxsize=2_048)(_parsed)


def _parts(text: str, links: tuple[Link, ...], language: Language) -> Iterator[_Part]:
    # All go on from where they are: a paragraph may have thousands of sentences and of links.
    places = [link.start for link in links]
    start = line = counted = 0
    for end in (*_ends(text, language.layout), len(text)):
        part = text[start:end]
        # A paragraph that is nothing but an address says what the heading above it says.
        if (part and not part.isspace()) or (links and not start and end == len(text)):
            begin = start + len(part) - len(part.lstrip())
            if begin > counted:
                line, counted = line + text.count("\n", counted, begin), begin
            said = words(part).strip()
            # A bare address leaves no words, so one that ends the text stands behind its last letter.
            last = bisect_left(places, end) if end < len(text) else len(links)
            inside = links[bisect_left(places, start) : last] if links else ()
            narrow = _narrowed(said, inside, language)
            english = narrow if language is ENGLISH else narrowed(ENGLISH, said)
            yield _Part(
                text=said,
                line=line,
                links=inside,
                leads=not start,
                language=narrow,
                english=english,
                said=signs_in(said, narrow, english),
            )
        start = end


def _narrowed(text: str, links: tuple[Link, ...], language: Language) -> Language:
    """The language for a sentence and the words of its links, which may go beyond its end."""
    if links:
        text = " ".join((text, *(way for link in links for way in (link.text, words(link.text)))))
    return narrowed(language, text)


def _ends(text: str, layout: Layout) -> Iterator[int]:
    """Where sentences end but the last."""
    for stop in _STOP.finditer(text):
        before = text[max(0, stop.start() - 12) : stop.start() + 1]
        after = text[stop.end() : stop.end() + 1]
        if not layout.abbreviated.search(before) and not after.islower():
            yield stop.end()
