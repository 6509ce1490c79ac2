"""The part of Markdown that a mail's writer may use, read into tokens that hold nothing but what a mail may show.

CommonMark without HTML, pictures, tables, indented code, underlined headings and references: what is not understood stays
the words that were written. Line breaks stay, for letters have them; web addresses are links without more ado.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from urllib.parse import urljoin

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from notifier.core.marks import unmarked
from notifier.core.plain import clean_text, contact_url, http_url
from notifier.core.reading.plain import without_invisible
from notifier.errors import UserError

#: Lists and quotes in one another. Much deeper the parser would leave words out, and nobody reads it.
MOST_DEEP = 6
#: Only block rules count it, which take two levels for a list.
_MOST_LEVELS = 4 * MOST_DEEP
_LEAST_HEADING, _MOST_HEADING = 2, 4
_OPENING = frozenset({"blockquote_open", "bullet_list_open", "ordered_list_open"})
#: Bounded, so that what turns out to be no address costs no more, however often it is tried.
_ADDRESS = re.compile(r"https?://[^\s<>\"“”]{1,2000}", re.IGNORECASE)
_SCHEME = re.compile(r"(?:^|[\W_])(https?)$", re.IGNORECASE)
_ENDS = ".,;:!?'’…*_"
_PAIRS = {")": "(", "]": "[", "}": "{"}
#: What can't be the name of a host that lacks its https://: a folder, or a path that says so.
_RELATIVE = re.compile(r"(?:\.{0,2}/|\?)\S*|[^\s.:/?#\\]+(?:[/?#]\S*)?")

_LANGUAGE = re.compile(r"[A-Za-z][\w+#.-]{0,20}")


def markdown_tokens(text: str, *, base: str) -> list[Token]:
    """The tokens of a text. `base` is the address that relative links go out from; without one they are no links.

    Raises UserError for what is nested too deep.
    """
    tokens = _parser(base).parse(text)
    _refuse_deep(tokens)
    level = _LEAST_HEADING - 1
    for token in tokens:
        match token.type:
            case "heading_open":
                # One level more at a time, or those who hear a mail's outline would miss one.
                level = min(int(token.tag[1:]) + 1, level + 1, _MOST_HEADING)
                token.tag = f"h{level}"
            case "heading_close":
                token.tag = f"h{level}"
            case "inline":
                token.children = list(_shown(token.children or []))
            case "fence":
                token.content, token.info = unmarked(without_invisible(clean_text(_code(token)))), ""
            case _:
                pass
    return tokens


def _code(fence: Token) -> str:
    """The lines of a fence, with what stands behind its mark unless that names a language."""
    said = fence.info.strip()
    return (
        fence.content
        if not said or (_LANGUAGE.fullmatch(said) and fence.content.strip())
        else f"{said}\n{fence.content}"
    )


def markdown_html(tokens: Sequence[Token], *, base: str) -> str:
    """The tokens as HTML, to be cleaned once more."""
    parser = _parser(base)
    return str(parser.renderer.render(tokens, parser.options, {}))


def words_of_line(children: Sequence[Token]) -> str:
    """The words of inline tokens, with their line breaks and without their marks."""
    return "".join(map(_words, children))


class _Parser(MarkdownIt):
    """The parser for notes of one base."""

    def __init__(self, base: str) -> None:
        super().__init__("commonmark", {"html": False, "breaks": True, "maxNesting": _MOST_LEVELS})
        self.disable(["code", "html_block", "lheading", "reference", "html_inline"])
        self.inline.ruler.after("newline", "bare_address", _bare_address)
        self.inline.ruler.after("newline", "star_of_mark", _star_of_mark)
        self._base = base

    def normalizeLink(self, url: str) -> str:  # noqa: N802 - the parser calls it so
        return unmarked(_link(url, self._base) or "")

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the parser calls it so
        return bool(url)

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802 - the parser calls it so
        return link


@lru_cache(maxsize=8)
def _parser(base: str) -> _Parser:
    return _Parser(base)


def _link(address: str, base: str) -> str | None:
    """Where a link leads: to the web or a mailbox. None for anything else, and for what could be meant in two ways."""
    found = http_url(address)
    if found is not None or ":" in address.partition("/")[0]:
        return found or contact_url(address)
    if not base or not _RELATIVE.fullmatch(address):
        return None
    try:
        return http_url(urljoin(base, address))
    except ValueError:
        return None


def _bare_address(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - the parser hands it over so
    """An address of the web in the middle of a text, tried at its colon as the parser stops at no letter."""
    if silent or state.linkLevel > 0 or not state.src.startswith("://", state.pos):
        return False
    scheme = _SCHEME.search(state.pending[-6:])
    found = scheme and _ADDRESS.match(state.src, state.pos - len(scheme[1]), state.posMax)
    if not scheme or not found:
        return False
    address = _without_end(found[0])
    url = http_url(address)
    if url is None:
        return False
    state.pending = state.pending[: -len(scheme[1])]
    state.push("link_open", "a", 1).attrs = {"href": unmarked(url)}
    state.push("text", "", 0).content = address
    state.push("link_close", "a", -1)
    state.pos += len(address) - len(scheme[1])
    return True


def _star_of_mark(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - the parser hands it over so
    """A star of `*|FNAME|*` emphasises nothing: readers see what was written, as in a title."""
    at = state.pos
    if state.src[at] != "*" or "|" not in (state.src[at + 1 : at + 2], state.src[max(at - 1, 0) : at]):
        return False
    if not silent:
        state.pending += "*"
    state.pos += 1
    return True


def _without_end(address: str) -> str:
    """The address without what ends the sentence around it; a bracket stays where the address has opened it."""
    while _ends_sentence(address):
        address = address[:-1]
    return address


def _ends_sentence(address: str) -> bool:
    last = address[-1]
    opened = _PAIRS.get(last)
    return last in _ENDS if opened is None else address.count(opened) < address.count(last)


def _refuse_deep(tokens: Sequence[Token]) -> None:
    deep = 0
    for token in tokens:
        deep += token.nesting if token.type in _OPENING or token.type.replace("close", "open") in _OPENING else 0
        if deep > MOST_DEEP:
            raise UserError(
                f"This text has lists and quotes more than {MOST_DEEP} deep in one another.",
                "Begin fewer marks (`>`, `-`, `1.`) on one line.",
            )


def _shown(children: Sequence[Token]) -> Iterator[Token]:
    """The same inline tokens, made fit: clean words, no picture, no link without words, nothing emphasised twice."""
    return _with_named_links(_without_pictures(map(_cleaned, _emphasised_once(children))))


def _cleaned(token: Token) -> Token:
    if token.type in ("text", "code_inline"):
        token.content = _clean(token.content)
    return token


def _emphasised_once(tokens: Iterable[Token]) -> Iterator[Token]:
    """Emphasis within the same emphasis shows nothing, and what is nested a thousand deep breaks other programs."""
    opened = Counter[str]()
    for token in tokens:
        if token.tag not in ("em", "strong"):
            yield token
            continue
        before = opened[token.tag]
        opened[token.tag] += token.nesting
        if 0 in (before, opened[token.tag]):
            yield token


def _without_pictures(tokens: Iterable[Token]) -> Iterator[Token]:
    """A link in the place of each picture, or its words alone within another link."""
    in_link = False
    for token in tokens:
        in_link = in_link if token.tag != "a" else token.nesting > 0
        if token.type != "image":
            yield token
        elif in_link or not token.attrs.get("src"):
            yield _text(_words(token))
        else:
            yield from _instead_of_picture(token)


def _with_named_links(tokens: Iterable[Token]) -> Iterator[Token]:
    """No link that leads nowhere, and none that says nothing."""
    link: Token | None = None
    said = ""
    for token in tokens:
        said += _words(token)
        match token.type:
            case "link_open":
                address = str(token.attrs.get("href", ""))
                # A title is lost on paper, on phones, and on those who listen.
                token.attrs = {"href": address}
                link, said = (token if address else None), ""
                yield from [token] if link else []
            case "link_close":
                yield from [_named(link)] if link and not said.strip() else []
                yield from [token] if link else []
            case _:
                yield token


def _instead_of_picture(picture: Token) -> Iterator[Token]:
    """Nobody has to load it, and its words are there for everybody."""
    yield Token("link_open", "a", 1, attrs={"href": picture.attrs["src"]})
    yield _text(_words(picture))
    yield Token("link_close", "a", -1)


def _named(link: Token) -> Token:
    """Words for a link that has none: where it leads."""
    return _text(str(link.attrs["href"]).removeprefix("mailto:"))


def _text(words: str) -> Token:
    return Token("text", "", 0, content=_clean(words))


def _clean(words: str) -> str:
    return unmarked(without_invisible(clean_text(words)).replace("\n", " "))


def _words(token: Token) -> str:
    match token.type:
        case "text" | "code_inline":
            return token.content
        case "softbreak" | "hardbreak":
            return "\n"
        case "image":
            return words_of_line(token.children or [])
        case _:
            return ""
