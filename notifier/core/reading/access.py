"""Who may come. Closing words beat everything, misspelt or not; without clear evidence the answer is `unknown`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from rapidfuzz import fuzz

from notifier.core.event import Access, Evidence
from notifier.core.reading.bearing import NOUN
from notifier.core.reading.candidates import Candidate, Notes
from notifier.core.reading.joining import Invitation
from notifier.core.reading.mapped import Keys
from notifier.core.reading.prose import Sentence
from notifier.core.reading.resolve import contradict

_VALUES: dict[str, Access] = {"open": "open", "members": "members", "invitation": "invitation"}
_TOKEN = re.compile(r"[A-Za-z']{2,24}")
_INVITES = ("invitation", "invite", "invited", "invitations", "invites")
_NOT_OPEN = re.compile(
    r"\b(?:not|isn't) an open\b|\bnot open to (?:the (?:general )?public|all|everyone|anyone)\b"
    rf"|\bthis (?:is a |{NOUN} is )(?:closed|private)\b|\bby (?:personal|private|special) invitation\b",
    re.IGNORECASE,
)
_MEMBERS = re.compile(
    r"\bonly (?:open )?(?:to|for) (?:our )?members\b|\b(?:is|are) (?:only )?(?:open|restricted|limited) (?:only )?to (?:our )?members\b"
    r"(?! of the public)|\bopen to (?:our )?members only\b",
    re.IGNORECASE,
)
_WIDER = re.compile(r"\bnon-? ?members\b|\bnot (?:only|just)\b", re.IGNORECASE)
_NEGATION = re.compile(
    r"(?:\bnot|n't|\bno longer|\bnever|\bno need for an?|\bno)\s(?:an?\s|by\s|strictly\s)?$", re.IGNORECASE
)
_WELCOME = re.compile(
    r"\b(?:all|everyone|everybody|anyone)(?: is| are)? welcome(?=\s{0,2}(?:[.!,;)]|to (?:attend|join|come)|$))"
    rf"|\b(?:{NOUN}|it|this) is (?:free and )?open to (?:all|everyone|anyone|the public)\b",
    re.IGNORECASE,
)


def read_access(
    keys: Keys, sentences: Sequence[Sentence], invitation: Invitation, notes: Notes
) -> Candidate[Access] | None:
    """Who may come, or None where nothing clear says so. `access: open` against closing words stays closed."""
    stated, unreadable = _stated(keys, notes)
    closing = next((found for sentence in sentences if (found := _closing(sentence))), None)
    if stated and closing and stated.value == "open":
        contradict(
            "access", (stated, closing), notes, subject="answers to who may come",
            hint="Take the closing words out of the text, or write access: invitation (or members).",
        )  # fmt: skip
        return closing
    if stated or closing:
        return stated or closing
    if unreadable:
        return None
    return next((found for sentence in sentences if (found := _welcome(sentence))), None) or _invited(invitation)


def _stated(keys: Keys, notes: Notes) -> tuple[Candidate[Access] | None, bool]:
    found = keys.text("access", "access")
    if found is None:
        return None, keys.entry("access") is not None
    value = _VALUES.get(found.value.casefold())
    if value is None:
        notes.doubt(
            "unreadable-access",
            f"“{found.value}” is not an access.",
            "Write access: open, access: members or access: invitation.",
            field="access",
            evidence=found.evidence,
        )
        return None, True
    return Candidate(field="access", value=value, evidence=found.evidence), False


def _closing(sentence: Sentence) -> Candidate[Access] | None:
    text = sentence.text
    if (found := _NOT_OPEN.search(text)) and not _NEGATION.search(text[: found.start()]):
        return _said("invitation", sentence)
    if (found := _MEMBERS.search(text)) and not _WIDER.search(text) and not _NEGATION.search(text[: found.start()]):
        return _said("members", sentence)
    tokens = list(_TOKEN.finditer(text))
    for first, second in pairwise(tokens):
        kind = _only(first[0].casefold(), second[0].casefold(), text[first.end() : second.start()])
        if kind and not _NEGATION.search(text[: first.start()]) and not (kind == "members" and _WIDER.search(text)):
            return _said(kind, sentence)
    return None


def _only(first: str, second: str, gap: str) -> Access | None:
    """“invitation only”, “invite-only”, “by invitation”, “members only”, each within a slip or two of the pen."""
    if first == "by" and gap.isspace() and second.startswith("inv") and fuzz.ratio(second, "invitation") >= 85:
        return "invitation"
    if len(gap) > 3 or not second.startswith("o") or fuzz.ratio(second, "only") < 75:
        return None
    if first.startswith("inv") and any(fuzz.ratio(first, word) >= 80 for word in _INVITES):
        return "invitation"
    return "members" if fuzz.ratio(first, "members") >= 85 or first == "member" else None


def _welcome(sentence: Sentence) -> Candidate[Access] | None:
    found = _WELCOME.search(sentence.text)
    if not found or _NEGATION.search(sentence.text[: found.start()]):
        return None
    return _said("open", sentence)


def _invited(invitation: Invitation) -> Candidate[Access] | None:
    """Readers are asked to register: the event is open. A link that merely exists says nothing."""
    link = invitation.inviting
    if link is None:
        return None
    evidence = Evidence(field="access", text=link.text, line=link.line, basis="inferred")
    return Candidate(field="access", value="open", evidence=evidence)


def _said(value: Access, sentence: Sentence) -> Candidate[Access]:
    evidence = Evidence(field="access", text=sentence.quote, line=sentence.line, basis="prose")
    return Candidate(field="access", value=value, evidence=evidence)
