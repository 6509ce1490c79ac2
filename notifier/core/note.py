"""A person's own text, written in Markdown, as templates show it: as safe HTML, as plain text, and in a few words."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import nh3
from markdown_it.token import Token
from markupsafe import Markup

from notifier.core.markdown import markdown_html, markdown_tokens, words_of_line
from notifier.core.marks import unmarked
from notifier.core.note_text import note_text
from notifier.core.plain import clean_text
from notifier.core.reading.plain import without_invisible
from notifier.errors import UserError

#: Characters of a note. Ten pages, and a mail of them is still far below what Gmail shows.
MOST_SIGNS = 20_000
TAGS = frozenset({
    "a", "blockquote", "br", "code", "em", "h2", "h3", "h4", "hr", "li", "ol", "p", "pre", "strong", "ul",
})  # fmt: skip
#: A list that begins with another number than one says so, or the two parts of a mail would differ.
ATTRIBUTES = {"*": set[str](), "a": {"href"}, "ol": {"start"}}
SCHEMES = frozenset({"http", "https", "mailto"})
#: What the parser makes holds nothing else; this is the second lock on the same door.
_CLEANER = nh3.Cleaner(
    tags=set(TAGS), attributes=ATTRIBUTES, url_schemes=set(SCHEMES), url_relative="deny", clean_content_tags=set(),
    link_rel="noopener noreferrer",
)  # fmt: skip
_NOTHING = Markup("")
_UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """The text as `html`, which is safe and needs no escape, and as `text`; `brief` are its words on one line.

    False where there is nothing that anybody could read.
    """

    html: Markup = _NOTHING
    text: str = ""
    brief: str = ""

    def __bool__(self) -> bool:
        return bool(self.brief)


NO_NOTE = Note()


def note_of(written: str, *, base: str = "") -> Note:
    """The note that was written. `base` is the address that relative links go out from; without one they are no links.

    Marks to fill in are kept apart, as everywhere. Raises UserError for what is too long or nested too deep.
    """
    if len(written) > MOST_SIGNS:
        raise UserError(
            f"This text has {len(written):,} characters, and a mail's text may have {MOST_SIGNS:,}.",
            "Shorten it, or put it on a page and link to it.",
        )
    tokens = markdown_tokens(without_invisible(clean_text(written)), base=base)
    brief = " ".join(_words(tokens).split())
    if not any(unicodedata.category(sign) not in _UNSEEN for sign in brief):
        return NO_NOTE
    return Note(
        html=Markup(_CLEANER.clean(markdown_html(tokens, base=base)).strip()),  # noqa: S704 - cleaned in this very line
        text=unmarked(clean_text(note_text(tokens))),
        brief=unmarked(clean_text(brief)),
    )


def _words(tokens: Sequence[Token]) -> str:
    return "\n".join(
        token.content if token.type == "fence" else words_of_line(token.children or [])
        for token in tokens
        if token.type in ("fence", "inline")
    )
