"""Pages as readers see them: Mailchimp may write the markup anew, move styles about, and put a footer of its own below."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from html import unescape

from notifier.core.preflight.markup import page_of

#: Between what is read and what is followed.
_LINKS = "\0"
#: What stands for something else in Mailchimp, wherever a text has it. Fields that subscribers fill in are among them.
_MARK = re.compile(r"\*\|([^|]{1,100})\|\*")
_BLOCK = re.compile(
    r"<!--\s*(svc:[0-9a-f]{20}) begins ([0-9a-f]{12}) ([0-9a-f]{12}) ([0-9a-f]{12})\s*-->(.*?)<!--\s*\1 ends\s*-->",
    re.DOTALL,
)
#: Ours, and those of the footer that Mailchimp itself puts below.
_OF_FOOTERS = frozenset(
    {
        "UNSUB", "LIST:ADDRESS", "HTML:LIST_ADDRESS_HTML", "LIST:COMPANY", "LIST:NAME", "LIST:DESCRIPTION", "ARCHIVE",
        "UPDATE_PROFILE", "FORWARD", "REWARDS", "MC_PREVIEW_TEXT", "CURRENT_YEAR", "ABOUT_LIST",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """The part of a page that is ours, as it is now.

    `page` and `settings` stand for what it and the campaign's settings said when we put it there, `wanted` for the message
    and the readers that it was made for.
    """

    page: str
    settings: str
    wanted: str
    html: str
    outside: str


def block_in(html: str, marker: str) -> Block | None:
    """Our part of a page; None where its comments did not survive."""
    for found in _BLOCK.finditer(html):
        if found[1] == marker:
            outside = html[: found.start()] + html[found.end() :]
            return Block(page=found[2], settings=found[3], wanted=found[4], html=found[5], outside=outside)
    return None


def readable(html: str) -> str:
    """Everything that is to be read in a page, without any space, and then all that is to be followed: two pages that say the
    same are the same.
    """
    page = page_of(html)
    if page.too_deep:
        return "".join(html.split())
    texts = "".join("".join(run.text for run in page.seen()).split())
    links = [one.attributes.get(name) for one in page.elements for name in ("href", "src") if one.name != "link"]
    followed = "".join(f"<{link}>" for link in links if link)
    return texts + _LINKS + followed if texts or followed else ""


def holds(whole: str, part: str) -> bool:
    """Whether what is readable in one page holds all that is in another."""
    texts, _, links = whole.partition(_LINKS)
    some_texts, _, some_links = part.partition(_LINKS)
    return some_texts in texts and some_links in links


def is_bare(outside: str) -> bool:
    """Whether nothing is to be read in a page beside our part of it, but for a footer or badge of Mailchimp's own."""
    said = readable(outside)
    return not said or any(mark[1] in _OF_FOOTERS for mark in _MARK.finditer(said)) or "mailchimp.com" in said


def squeezed(text: str) -> str:
    return "".join(unescape(text).split())


def stands_for(*parts: str) -> str:
    """Twelve hex digits for some texts."""
    return hashlib.sha256("\0".join(parts).encode(errors="surrogatepass")).hexdigest()[:12]


def live_marks(*texts: str) -> list[str]:
    """The marks that Mailchimp would fill in, and that no footer has. Those in disguise too."""
    found: dict[str, None] = {}
    for text in texts:
        for one in (text, unescape(text)):
            found |= dict.fromkeys(mark[0] for mark in _MARK.finditer(one) if mark[1].strip() not in _OF_FOOTERS)
    return list(found)
