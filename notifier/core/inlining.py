"""A page's styles written into its tags, as mail programs want them; of all pages of one shape only once.

What authors wrote stands between tags and in addresses, and no style depends on it. So a page is read without it, and
what becomes of that is remembered: the next page of that shape, whoever wrote it, is filled in. Within a shape the
blocks of a digest may come in any number and order.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Hashable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import count
from typing import cast

from css_inline import CSSInliner

from notifier.core.plain import clean_text

_INLINER = CSSInliner(
    keep_style_tags=True, remove_inlined_selectors=True, keep_at_rules=True, load_remote_stylesheets=False
)
#: What is left out of a shape, with the signs around it: a text, and an address.
_WORDS = re.compile(r'(>\s*[^<>\s][^<>]*<| href="[^"<>]*")')
#: What is not written back as it was read, of all words, and of addresses. Quotes of a text are.
_UNLIKE, _UNLIKE_ADDRESS = re.compile("&(?!amp;|lt;|gt;|#34;|#39;)"), re.compile(' href="[^"]*&(?:lt|gt|#34);')
#: Signs that stand for words in a shape, between words, and what else no page that is filled in has.
_GAP, _BETWEEN, _ODD = "\0", "\1", "\r"
#: Where words are no text, or are not kept as they stand.
_UNFIT = re.compile(
    r"<(?:style|script|title|textarea|pre|listing|xmp|iframe|no\w+|svg|math|template|select|plaintext|frameset)\b",
    re.IGNORECASE,
)
#: Selectors that ask where an element stands among others; and those that ask for its address.
_BY_PLACE = re.compile(r"[+~]|:(?:nth|first|last|only|empty|has|not|is|where)\b", re.IGNORECASE)
_BY_ADDRESS = re.compile(r"\[\s*href", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)\b[^<>]*>")
#: What may stand in a block, within what: blocks in a `div` or in nothing, phrases in everything.
_BLOCKS = frozenset({"div", "h1", "h2", "h3", "h4", "p"})
_PHRASES = frozenset({"a", "b", "br", "del", "em", "i", "span", "strong"})
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_MARK, _TOKEN = "<!--zq-->", re.compile(r'>zq\d+x<| href="zq\d+x"')
_ADDRESS = re.compile(r' href="zq\d+x"')
#: The frames of a page in their order.
Shape = tuple[str, ...]
#: The tags of an element and of those around it in its block, from without.
Element = tuple[str, ...]
_NOTHING = frozenset[Element]()


def inlined(html: str) -> str:
    """The page with its styles in its tags, cleaned, one line end behind it."""
    return (_filled(html) or _plainly(html)).strip() + "\n"


def _plainly(html: str) -> str:
    page = _INLINER.inline(html)
    # Piece by piece where this sign is, of which and the end of the tag before it NFC makes one sign.
    return "".join(map(clean_text, re.split("(?<=>)", page))) if "\u0338" in page else clean_text(page)


def _filled(html: str) -> str | None:
    """The page by its shape; None for one that has to be read as it is."""
    head, _, body = html.partition("<body")
    before, _, titled = head.partition("<title>")
    title, ends, behind = titled.partition("</title>")
    if not body or not ends or "<" in title or ">" in title or _GAP in html or _BETWEEN in html or _ODD in html:
        return None
    parts, words = list[str](), [f">{title}<"]
    for part in body.split("<div"):
        found = _WORDS.split(part)
        words += found[1::2]
        parts.append(f"<div{_GAP.join(found[::2])}")
    said = _BETWEEN.join(words)
    if not _is_plain(said):
        return None
    parts[0] = f"{before}<title{_GAP}/title>{behind}<body{parts[0].removeprefix('<div')}"
    written = _written(parts)
    said = said.replace("\u00a0", "&nbsp;").replace("&#34;", '"').replace("&#39;", "'")
    return None if written is None else "".join(written) % tuple(said.split(_BETWEEN))


def _is_plain(said: str) -> bool:
    """Whether these words are clean, and are written back as they are but for quotes and spaces."""
    if _UNLIKE.search(said) or (("&lt;" in said or "&gt;" in said or "&#34;" in said) and _UNLIKE_ADDRESS.search(said)):
        return False
    lines = said.replace(_BETWEEN, "\n")
    return clean_text(lines) == lines


def _written(parts: Sequence[str]) -> list[str] | None:
    """What becomes of the parts of a page, `%s` for their words; None where that can't be told."""
    # A frame is whatever is no block, and of the blocks behind each frame it only matters which elements there are.
    frames, behind, order = [parts[0]], [_NOTHING], list[tuple[int, str | None]]()
    is_free = not _asks_for_place(parts[0])
    for part in parts[1:]:
        elements = _elements(part) if is_free else None
        if elements is None:
            frames.append(part)
            behind.append(_NOTHING)
        else:
            behind[-1] |= elements
        order.append((len(frames) - 1, None if elements is None else part))
    shape, elements_behind = _kept(tuple(frames)), tuple(behind)
    if any([_is_new((shape, elements_behind)), *(_is_new((shape, *one)) for one in order if one[1] is not None)]):
        return None
    fixed = _frames(shape, elements_behind)
    if fixed is None:
        return None
    written = [fixed[0], *(fixed[place] if part is None else _block(shape, place, part) for place, part in order)]
    return None if None in written else cast("list[str]", written)


@lru_cache(maxsize=64)
def _kept(shape: Shape) -> Shape:
    """The first of all that are equal to it, so that whatever is remembered with it holds the same one."""
    return shape


def _is_new(what: Hashable) -> bool:
    """Whether this is met for the first time. To read it without its words too is worth it only if it comes again."""
    met = _met(what)
    met.append(True)
    return len(met) == 1


@lru_cache(maxsize=1024)
def _met(_what: Hashable) -> deque[bool]:
    return deque(maxlen=2)


@lru_cache(maxsize=16)
def _asks_for_place(start: str) -> bool:
    return bool(_BY_PLACE.search(start))


@lru_cache(maxsize=1024)
def _elements(part: str) -> frozenset[Element] | None:
    """The elements of a block; None for what does not end all that it begins, or means another thing elsewhere."""
    html, within, found = _with_tokens(part, count()), list[tuple[str, str]](), set[Element]()
    tags = list(_TAG.finditer(html))
    if len(tags) != html.count("<"):
        return None
    for tag in tags:
        name, whole = tag[2], _ADDRESS.sub(' href="#"', tag[0])
        if tag[1]:
            if not within or within.pop()[0] != name:
                return None
            continue
        if name in _BLOCKS and within and within[-1][0] != "div":
            return None
        if name not in _BLOCKS | _PHRASES or (name in [one for one, _ in within] and name != "span"):
            return None
        found.add((*(one for _, one in within), whole))
        if name != "br":
            within.append((name, whole))
    return None if within else frozenset(found)


@lru_cache(maxsize=64)
def _frames(shape: Shape, behind: tuple[frozenset[Element], ...]) -> tuple[str, ...] | None:
    """What becomes of the frames where these elements are behind them, on which it depends what is left of the style sheet."""
    found = _read([piece for frame, elements in zip(shape, behind, strict=True) for piece in (frame, _bare(elements))])
    return None if found is None else tuple(found[::2])


@lru_cache(maxsize=512)
def _block(shape: Shape, place: int, part: str) -> str | None:
    """What becomes of a block behind the frame at this place. It is read twice, to see that the next one is like the first."""
    found = _read([*shape[: place + 1], part, part, *shape[place + 1 :]])
    return found[place + 1] if found is not None and found[place + 1] == found[place + 2] else None


def _bare(elements: Iterable[Element]) -> str:
    """Nothing but these elements, as a part of a page."""
    return "".join("".join(one) + "".join(map(_end, reversed(one))) for one in sorted(elements))


def _end(tag: str) -> str:
    name = re.split(r"[\s/>]", tag[1:], maxsplit=1)[0]
    return "" if name == "br" else f"</{name}>"


def _read(parts: Sequence[str]) -> list[str] | None:
    """What becomes of the parts of a page, `%s` for their words; None where these can't be told from the rest."""
    numbers = count()
    made = [_with_tokens(part, numbers) for part in parts]
    html = _MARK.join(made)
    if not _is_fit(html, made):
        return None
    found = _plainly(html).split(_MARK)
    if list(map(_TOKEN.findall, found)) != list(map(_TOKEN.findall, made)):
        return None
    return [_TOKEN.sub("%s", one.replace("%", "%%")) for one in found]


def _is_fit(html: str, parts: Iterable[str]) -> bool:
    head, _, body = html.partition("<body")
    if _BY_ADDRESS.search(head) or _UNFIT.search(body):
        return False
    if any(one.count("<!--") != one.count("-->") for one in parts):
        return False
    return not any(_TOKEN.search(comment) for comment in _COMMENT.findall(body))


def _with_tokens(part: str, numbers: Iterator[int]) -> str:
    first, *others = part.split(_GAP)
    filled = [first]
    for piece in others:
        # Behind an address its tag goes on or ends, if only with the words that follow; behind a text another begins.
        is_address = not piece or piece.startswith((">", "/>", " ", "\n", "\t"))
        token = f"zq{next(numbers)}x"
        filled += (f' href="{token}"' if is_address else f">{token}<", piece)
    return "".join(filled)
