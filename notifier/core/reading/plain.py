"""Plain words out of what people and site generators write: no markup, no invisible characters."""

from __future__ import annotations

import re
import unicodedata

# Liquid, Jekyll and Hugo remnants; kramdown attribute lists; HTML tags. All bounded, so linear.
_TEMPLATES = re.compile(r"\{\{[^{}]{0,200}\}\}|\{%[^{}]{0,200}%\}|\{:[^{}\n]{0,200}\}|\{#[^{}\n]{0,200}\}")
_TAGS = re.compile(r"</?[A-Za-z][^<>]{0,800}>")
_EMPHASIS = re.compile(r"\*{1,3}|_{2,3}|`{1,3}|~~|(?<!\w)_|_(?!\w)")
_ESCAPES = re.compile(r"\\([\\`*_{}\[\]()#+.!>|-])")
_ENTITIES = {"&amp;": "&", "&nbsp;": " ", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&ndash;": "–"}
# Controls, formatting (bidi marks, zero-width), surrogates, private use: never part of a title.
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def visible(text: str) -> str:
    """One line of text without control, bidi, zero-width or other invisible characters."""
    kept = "".join(c if unicodedata.category(c) not in _INVISIBLE else (" " if c in "\n\t\r" else "") for c in text)
    return " ".join(kept.split())


def without_markup(text: str) -> str:
    """The text without emphasis, tags, template and kramdown remnants. Line breaks stay."""
    text = _TAGS.sub("", _TEMPLATES.sub("", text))
    text = _ESCAPES.sub(r"\1", _EMPHASIS.sub("", text))
    for entity, character in _ENTITIES.items():
        text = text.replace(entity, character)
    return text


def cut(text: str, *, limit: int = 300) -> str:
    """At most `limit` characters, ended at a word."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    if not text[limit - 1].isspace() and " " in head[limit // 2 :]:
        head = head.rsplit(" ", 1)[0]
    return head.rstrip(" ,;:–-") + "…"


def words(text: str) -> str:
    """The text as patterns want it: straight apostrophes, no invisible characters but line breaks and spaces."""
    straight = text.replace("\u2019", "'").replace("\u2018", "'").replace("\u00a0", " ").replace("\u202f", " ")
    return "".join(c for c in straight if c == "\n" or unicodedata.category(c) not in _INVISIBLE)
