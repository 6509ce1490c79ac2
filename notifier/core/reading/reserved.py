"""English words that keep an event for some: beside them a link to register does not mean that everybody may come.

They are looked for in texts of all languages, as closing words are; what other languages say is in `Opening.to_some`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from notifier.core.event import Access
from notifier.core.reading.prose import Prose, Sentence

_WHO = (
    r"(?:staff|students?|employees|colleagues|partners?|fellows|grantees|trustees|alumni|alumnae|delegates|committee|board|faculty"
    r"|postdocs|undergraduates|postgraduates|researchers|residents|volunteers|leaders|organi[sz]ers|maintainers|subscribers|parents"
    r"|pupils|teachers|women|customers|clients|sponsors|speakers|guests|participants|attendees|members)"
)
#: One of these stands in every text that keeps an event for some.
_GATE = (
    "only", "member", "limited", "restricted", "reserv", "exclusiv", "applic", "apply for a", "private", "internal", "closed", "staff",
    "must be", "invit", "waiting list", "waitlist", "wait list", "on the list", "be added to", "for women", "maintainers", "fellows",
    "grantees", "for current",
)  # fmt: skip
_RESERVED = re.compile(
    rf"\b{_WHO}(?:(?: and|,| &) (?:[\w'-]{{1,20}} )?{_WHO}){{0,3}} only\b"
    r"|\bonly (?:open |available |accessible )?(?:to|for) (?!(?:everyone|everybody|anyone|all|an?|one|two)\b|[\W\d])"
    r"|\b(?:open|available|accessible) only (?:to|for) (?![\W\d])"
    r"|\b(?:limited|restricted|confined) to (?!(?:the first|an?|one|two|three|around|about|just|approximately)\b|[\W\d])(?=[a-z])"
    r"|\b(?:reserved|exclusive|exclusively) (?:to|for) (?=\w)"
    r"|\b(?:by|on) application\b|\bsuccessful applicants\b|\bapply for an? (?:place|spot|seat|invit)"
    rf"|\b(?:is|are) for (?:current |existing |our |all )?{_WHO}\b|\bfor (?:current|existing|registered|enrolled|our) {_WHO}\b"
    r"|\b(?:private|internal|closed|all-staff|staff|partner) (?:event|meeting|function|session|call|party|workshop|dinner)\b"
    r"|\bmust be (?:an? |on |invited|registered with|enrolled|currently )|\bmember(?:ship)? account\b"
    r"|\b(?:would|'d) like an? invit(?:e|ation)\b|\b(?:waiting|wait) ?list only\b|\bon the (?:guest )?list (?:will|can|may)\b"
    r"|\bmembers (?:and|&) (?:their )?guests\b|\bnot a member\b|\bto be added to (?:the|our) (?:group|list|call|meeting)\b",
    re.IGNORECASE,
)
_MEMBERS = re.compile(
    r"\b(?:must|need to|have to|required to) be (?:an? )?(?:[\w'-]{1,20} ){0,2}members?\b"
    r"|\b(?:reserved|exclusive(?:ly)?|restricted|limited) (?:to|for) (?:[\w'-]{1,20} ){0,2}members\b(?! of the public)"
    r"|\bopen to (?:all |our |current |paid-up |registered ){1,3}members\b(?! of the (?:[\w-]{1,20} )?(?:public|community))"
    r"(?! (?:and|or|&) (?:the )?(?:general )?public)"
    r"|\bmembership (?:is )?required\b|\bmembers (?:and|&) (?:their )?guests only\b"
    r"|\bmembers of (?:[\w'-]{1,20} ){1,3}only\b|\bfor (?:card-carrying|paid-up|registered) members\b",
    re.IGNORECASE,
)
_INVITED = re.compile(r"\b(?:attendees|guests|participants|you) must be invited\b", re.IGNORECASE)
_WIDER = re.compile(r"\bnon-? ?members\b|\bnot (?:only|just)\b", re.IGNORECASE)
_BEFORE = re.compile(r"(?:\bnot|n't|\bno need to|\bno longer)\s(?:\w{1,10}\s){0,2}$", re.IGNORECASE)


class Reserved(NamedTuple):
    """The sentence that keeps an event for some; `access` is for whom, where that is sure."""

    sentence: Sentence
    access: Access | None


def reserving(heading: Sentence, prose: Prose, body: str) -> Reserved | None:
    """The first sentence, the title among them, with such words."""
    folded = f"{heading.text}\n{body}".lower()
    said = tuple(word for word in _GATE if word in folded)
    return _first((heading, *prose.sentences), said) if said else None


def _first(sentences: Iterable[Sentence], said: tuple[str, ...]) -> Reserved | None:
    """Only sentences with one of the words that were found at all are looked at closely."""
    for sentence in sentences:
        folded = sentence.text.lower()
        if any(word in folded for word in said) and (found := _reserved(sentence)):
            return found
    return None


def _reserved(sentence: Sentence) -> Reserved | None:
    ways: tuple[tuple[re.Pattern[str], Access | None], ...] = (
        (_INVITED, "invitation"), (_MEMBERS, "members"), (_RESERVED, None),
    )  # fmt: skip
    if _WIDER.search(sentence.text):
        return None
    return next((Reserved(sentence, access) for way, access in ways if _says(way, sentence.text)), None)


def _says(way: re.Pattern[str], text: str) -> bool:
    found = way.search(text)
    return found is not None and _BEFORE.search(text[max(0, found.start() - 40) : found.start()]) is None
