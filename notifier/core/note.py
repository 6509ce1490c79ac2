"""A person's own plain text as templates show it: paragraphs of lines, in which web addresses are links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from notifier.core.plain import clean_text, http_url

_ADDRESS = re.compile(r"https?://[^\s<>\"“”]+", re.IGNORECASE)
_ENDS = ".,;:!?'’…*_"
_PAIRS = {")": "(", "]": "[", "}": "{"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Some words, and where they lead: "" for most."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the writer's, whole as `text` and in pieces."""

    text: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """Lines with no empty one between them."""

    lines: tuple[Line, ...]


def note_paragraphs(note: str) -> tuple[Paragraph, ...]:
    """The paragraphs of a text, its line breaks kept. Only http and https addresses become links."""
    blocks = re.split(r"\n\s*\n", clean_text(note))
    lines = ([" ".join(line.split()) for line in block.split("\n") if line.strip()] for block in blocks)
    return tuple(Paragraph(lines=tuple(_line(line) for line in block)) for block in lines if block)


def _line(text: str) -> Line:
    return Line(text=text, pieces=tuple(_pieces(text)))


def _pieces(text: str) -> Iterator[Piece]:
    at = 0
    for found in _ADDRESS.finditer(text):
        address = _without_end(found[0])
        url = http_url(address)
        if url is None:
            continue
        if found.start() > at:
            yield Piece(text=text[at : found.start()])
        yield Piece(text=address, url=url)
        at = found.start() + len(address)
    if at < len(text):
        yield Piece(text=text[at:])


def _without_end(address: str) -> str:
    """The address without what ends the sentence around it; a bracket stays where the address has opened it."""
    while _ends_sentence(address):
        address = address[:-1]
    return address


def _ends_sentence(address: str) -> bool:
    last = address[-1]
    opened = _PAIRS.get(last)
    return last in _ENDS if opened is None else address.count(opened) < address.count(last)
