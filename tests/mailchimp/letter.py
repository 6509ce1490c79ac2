"""What Mailchimp does to content: plain text out of HTML, the compulsory footer, merge tags, tidying."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape, unescape
from html.parser import HTMLParser

from tests.mailchimp.people import Person

_UNSUB = re.compile(r"\*\|(LIST:)?UNSUB(_[A-Z]+)?\|\*")
_COMMENT = re.compile(r"<!--(?!\[if).*?-->", re.DOTALL)
_TAG = re.compile(r"\*\|([A-Z0-9_:]{1,40})\|\*")
_IF = re.compile(r"\*\|IF:(?P<name>[A-Z0-9]+)(=(?P<value>[^|]*))?\|\*(?P<then>.*?)"
                 r"(\*\|ELSE:?\|\*(?P<other>.*?))?\*\|END:IF\|\*", re.DOTALL)  # fmt: skip

#: [doc] Grey, and with everything the law asks for. The tags in it are live.
FOOTER = (
    '<center><table id="canspamBarWrapper" bgcolor="#FFFFFF"><tr><td>This email was sent to *|EMAIL|* '
    '<a href="*|ABOUT_LIST|*">why did I get this?</a> <a href="*|UNSUB|*">unsubscribe from this list</a> '
    '<a href="*|UPDATE_PROFILE|*">update subscription preferences</a> '
    "*|LIST:ADDRESSLINE|*</td></tr></table></center>"
)
#: [doc] The badge of a free account.
BADGE = "<center>*|REWARDS|*</center>"


def has_unsubscribe(text: str) -> bool:
    """[doc] A tag inside a comment is not seen."""
    return bool(_UNSUB.search(re.sub(r"<!--.*?(-->|$)", "", text, flags=re.DOTALL)))


def footed(html: str, *, free: bool) -> str:
    """With the footer that Mailchimp adds where ours leaves out the way to unsubscribe."""
    added = ("" if has_unsubscribe(html) else FOOTER) + (BADGE if free and BADGE not in html else "")
    if not added:
        return html
    at = html.lower().rfind("</body>")
    return html + added if at < 0 else html[:at] + added + html[at:]


def plain(html: str) -> str:
    """[spec] Left out, it is made from the HTML."""
    reading = _Reading()
    reading.feed(html)
    return re.sub(r"\n\s*\n+", "\n\n", "".join(reading.words)).strip()


def without_comments(html: str) -> str:
    return _COMMENT.sub("", html)


def tidied(html: str) -> str:
    """[?] The same document in other bytes: lower case, double quotes, single spaces, html and body around it."""
    tidying = _Tidying()
    tidying.feed(html)
    inside = re.sub(r"[ \t\r\n]+", " ", "".join(tidying.parts)).strip()
    return inside if "<body" in inside else f"<html><head></head><body>{inside}</body></html>"


def merged(text: str, *, person: Person, list_name: str, subject: str) -> str:
    """As one person reads it: conditions decided, tags filled; a tag that nobody knows stays [?]."""
    values = {
        "EMAIL": person.email, "FNAME": person.first_name, "LNAME": person.last_name, "LIST:NAME": list_name,
        "LIST:COMPANY": "Example Circle", "LIST:ADDRESS": "1 Example Street, Exampleton",
        "LIST:ADDRESSLINE": "1 Example Street, Exampleton", "HTML:LIST_ADDRESS_HTML": "1 Example Street<br>Exampleton",
        "UNSUB": f"https://example.org/unsubscribe?u={person.id}", "MC:SUBJECT": subject, "ARCHIVE": "https://example.org/archive",
        "REWARDS": "Mailchimp", "ABOUT_LIST": "https://example.org/about", "UPDATE_PROFILE": "https://example.org/profile",
        "CURRENT_YEAR": "2026", "MC_PREVIEW_TEXT": "",
    }  # fmt: skip
    decided = _IF.sub(lambda found: _chosen(found, values), text)
    return _TAG.sub(lambda found: values.get(found[1], found[0]), decided)


def _chosen(found: re.Match[str], values: Mapping[str, str]) -> str:
    value = values.get(found["name"], "")
    holds = value == found["value"] if found["value"] is not None else bool(value)
    return found["then"] if holds else (found["other"] or "")


class _Reading(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in {"style", "script", "title"}
        self.words.append("\n" if tag in {"p", "br", "div", "tr", "li", "h1", "h2", "h3"} else "")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in {"style", "script", "title"}

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.words.append(data)


class _Tidying(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.parts: list[str] = []

    def handle_decl(self, decl: str) -> None:
        self.parts.append(f"<!{decl}>")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        written = "".join(f' {name}="{escape(value or "", quote=True)}"' for name, value in attrs)
        self.parts.append(f"<{tag}{written}>")

    def handle_endtag(self, tag: str) -> None:
        self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def handle_entityref(self, name: str) -> None:
        self.parts.append(_as_character(f"&{name};"))

    def handle_charref(self, name: str) -> None:
        self.parts.append(_as_character(f"&#{name};"))

    def handle_comment(self, data: str) -> None:
        self.parts.append(f"<!--{data}-->")


def _as_character(written: str) -> str:
    """Numbers and names become the character, but for those that would become markup."""
    character = unescape(written)
    return written if character in {"<", ">", "&", '"'} else character
