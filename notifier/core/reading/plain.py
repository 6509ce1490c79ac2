"""Plain words out of what people and site generators write: no markup, no invisible characters."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from html import unescape
from html.entities import html5

from notifier.core.reading.remnants import without_tags, without_templates

# An escaped mark is the mark itself; a backslash at a line's end breaks the line.
_EMPHASIS = re.compile(
    r"\\(?P<escaped>[\\`*_{}\[\]()#+.!>|<~:-])|\\$|\*\*{0,2}|__{1,2}|``{0,2}|~~|_(?!\w)|_(?<!\w_)", re.MULTILINE
)
_RULE = re.compile(r"^[ \t|:]{0,20}(?:[-=*_+][ \t|:]{0,20}){3,400}$", re.MULTILINE)
_RULES = ("---", "===", "+++", "- -", "* *", "_ _", "***", "___", "-|-", "- | -")
_BRACKETED = re.compile(
    r"\[\^[^\s\[\]]{1,60}\]:?|\[![A-Za-z]{2,20}\][+-]?|!\[\[[^\[\]\n]{1,300}\]\]|^\[(?:\[_TOC_\]|TOC|toc)\]$"
    r"|\[\[(?:[^\[\]|\n]{1,300}\|)?(?P<words>[^\[\]|\n]{1,300})\]\]",
    re.MULTILINE,
)
_COLONS = re.compile(
    r"(?<![\w:]):(?:[a-z][a-z0-9_+-]{1,40}|[+-]1):(?![\w:])|^[ \t]{0,9}:{3,9}[ \t]{0,9}[a-z]{0,20}", re.MULTILINE
)
# With their semicolon only: `AT&T`, `?a=1&copy=2` hold none.
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
# What any markup has, so that most texts need no closer look.
# One set of characters first: a search for it passes over a text quickly, and one for alternatives does not.
_MARKS = re.compile(r"[\\*_`~\[\]{}<>&%\x00:=+-]")
_MARKED = re.compile(r"[\\*_`~\[\]{}<>&%\x00]|:[^:]{0,60}:|---|===|\+\+\+|- -|-\|-|- \| -")
# Controls, formatting (bidi marks, zero-width), surrogates, private use: never part of a title.
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
#: Invisible, but part of what is seen: joiners within an emoji or a word of a script that needs them, and the letters of the
#: three flags that have some (https://www.unicode.org/reports/tr51/#Emoji_ZWJ_Sequences). Between ASCII letters they only hide.
_JOINERS = "\u200c\u200d"
_LONELY = re.compile(rf"(?<![^\x00-\x7f\s{_JOINERS}])[{_JOINERS}]|[{_JOINERS}](?![^\x00-\x7f\s{_JOINERS}])")
_LEFT = f"\n\t{_JOINERS}"
_REGIONS = "|".join("".join(chr(0xE0000 + ord(letter)) for letter in region) for region in ("gbeng", "gbsct", "gbwls"))
_FLAG = re.compile(rf"(\U0001f3f4(?:{_REGIONS})\U000e007f)")
_HOLLOW = re.compile(r"(?:https?://|/)[^\s{<]{0,2000}[{<]|(?:\{\{|<%)[^{}<>]{0,300}(?:\}\}|%>)/", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
#: Longer values are hardly met again, and are not remembered.
_MEMORABLE = 200
_STRAIGHT = (("\u2019", "'"), ("\u2018", "'"), ("\u00a0", " "), ("\u202f", " "))


def visible(text: str) -> str:
    """One line of text without tags, template remnants, control, bidi, zero-width or other invisible characters."""
    return _remembered(text) if len(text) <= _MEMORABLE else _visible(text)


def _visible(text: str) -> str:
    text = without_invisible(text)
    if not _is_marked(text):
        return " ".join(text.split())
    if _HOLLOW.match(text):
        # An address with a hole in it must not become another address: it is left for who reads it to refuse.
        return " ".join(text.split())
    text = without_tags(without_templates(text))
    if "&" in text:
        text = _decoded(text)
    return " ".join(without_invisible(text).split())


# A site's documents have most values of their keys in common, and each is asked for several times.
_remembered = lru_cache(maxsize=4_096)(_visible)


def _is_marked(text: str) -> bool:
    """Whether there is anything in it that may be markup."""
    mark = _MARKS.search(text)
    if mark is not None and _MARKED.search(text, mark.start()) is not None:
        return True
    return "import" in text or "export" in text


def without_invisible(text: str) -> str:
    """The text without invisible characters but line breaks and tabs; other breaks of lines become spaces."""
    if text.isprintable() or text.replace("\n", "").isprintable():
        return text
    if text.isascii():
        return text if _CONTROL.search(text) is None else text.translate(_odd(text))
    odd = _odd(text)
    # The flags stand at every second place.
    pieces = _FLAG.split(text)
    kept = "".join(piece if place % 2 else piece.translate(odd) for place, piece in enumerate(pieces))
    return kept if kept.isprintable() else _LONELY.sub("", kept)


def _odd(text: str) -> dict[int, str]:
    """What to put for each character that isn't printable: there are few different ones, however long the text."""
    odd = (c for c in set(text) if not c.isprintable() and c not in _LEFT and unicodedata.category(c) in _INVISIBLE)
    return {ord(c): " " if c.isspace() else "" for c in odd}


def without_markup(text: str) -> str:
    """The text without emphasis, tags, template and kramdown remnants. Line breaks stay."""
    if not _is_marked(text):
        return text
    text = without_tags(without_templates(text))
    if "[" in text:
        text = _BRACKETED.sub(_words_of, text)
    if text.count(":") > 1:
        text = _COLONS.sub("", text)
    if any(mark in text for mark in _RULES):
        text = _RULE.sub("", text)
    text = _EMPHASIS.sub(_escaped_of, text)
    return (_decoded(text) if "&" in text else text).replace("\x00", "")


def _escaped_of(match: re.Match[str]) -> str:
    return match["escaped"] or ""


def _words_of(match: re.Match[str]) -> str:
    return match["words"] or ""


def _decoded(text: str) -> str:
    return _ENTITY.sub(_character, text)


def _character(entity: re.Match[str]) -> str:
    """By its whole name: `&notaname;` is no `&not` and the rest."""
    said = entity[0]
    character = unescape(said) if said[1] == "#" else html5.get(said[1:], said)
    return " " if character in "\u00a0\n\t" else character


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
    if not text.isascii():
        for curly, straight in _STRAIGHT:
            text = text.replace(curly, straight)
    return without_invisible(text).replace("\t", " ")
