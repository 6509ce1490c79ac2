"""A note's tokens as plain text: lists, quotes and headings as people write them in mails, links with their addresses."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from notifier.core.markdown import words_of_line
from notifier.core.plain import http_url

_WIDTH, _LEAST_WIDTH = 76, 30
_CODE = "    "


def note_text(tokens: Sequence[Token]) -> str:
    """The text in lines of at most 76 characters; addresses and lines of code stay whole."""
    return "\n".join(_blocks(SyntaxTreeNode(tokens).children, _WIDTH))


def _blocks(nodes: Iterable[SyntaxTreeNode], width: int, *, apart: bool = True) -> list[str]:
    lines: list[str] = []
    for node in nodes:
        block = _block(node, width)
        if block:
            lines += ["", *block] if lines and apart else block
    return lines


def _block(node: SyntaxTreeNode, width: int) -> list[str]:
    match node.type:
        case "paragraph":
            return _prose(node, width)
        case "heading":
            lines = _prose(node, width)
            return [*lines, ("=" if node.tag == "h2" else "-") * max(map(len, lines))] if lines else []
        case "bullet_list" | "ordered_list":
            return _list(node, width)
        case "blockquote":
            return [f"> {line}".rstrip() for line in _blocks(node.children, width - 2)]
        case "fence":
            return [f"{_CODE}{line}".rstrip() for line in node.content.rstrip("\n").split("\n")]
        case _:
            return ["---"]


def _list(node: SyntaxTreeNode, width: int) -> list[str]:
    """Items one below the other, or with a blank line between them where their writer left one."""
    is_loose = any(not child.hidden for item in node.children for child in item.children if child.type == "paragraph")
    number = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else None
    lines: list[str] = []
    for at, item in enumerate(node.children):
        mark = "- " if number is None else f"{number + at}. "
        first, *others = _blocks(item.children, width - len(mark), apart=is_loose) or [""]
        space = " " * len(mark)
        block = [(mark + first).rstrip(), *((space + line).rstrip() for line in others)]
        lines += ["", *block] if lines and is_loose else block
    return lines


def _prose(node: SyntaxTreeNode, width: int) -> list[str]:
    text = "".join(_said(child) for inline in node.children for child in inline.children)
    wrapped = (
        textwrap.wrap(" ".join(line.split()), max(width, _LEAST_WIDTH), break_long_words=False, break_on_hyphens=False)
        for line in text.split("\n")
    )
    return [line for lines in wrapped for line in lines]


def _said(node: SyntaxTreeNode) -> str:
    """Inline words, with the address behind those of a link that are another."""
    if node.children:
        words = "".join(map(_said, node.children))
        return f"{words}{_behind(words, str(node.attrs['href']))}" if node.type == "link" else words
    return words_of_line([node.token]) if node.token else ""


def _behind(words: str, url: str) -> str:
    address, shown = url.removeprefix("mailto:"), " ".join(words.split())
    return "" if shown in (address, url) or http_url(shown) == url else f" ({address})"
