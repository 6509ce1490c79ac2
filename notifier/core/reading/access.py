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
from notifier.core.reading.resolve import contradict, short

_VALUES: dict[str, Access] = {"open": "open", "members": "members", "invitation": "invitation"}
_TOKEN = re.compile(r"[A-Za-z']{2,24}")
_INVITES = ("invitation", "invite", "invited", "invitations", "invites")
_GUESTS = r"invited (?:guests|participants|attendees|people|organisations|stakeholders|experts)"
_NOT_OPEN = re.compile(
    r"\b(?:not|isn't) an open\b|\bnot open to (?:the (?:general )?public|all|everyone|anyone)\b"
    rf"|\bthis (?:is a |{NOUN} is )(?:closed|private)\b|\bby (?:personal|private|special) invitation\b"
    rf"|\bby invite\b(?! links?\b)|\b(?:this|it|{NOUN}) is (?:only |strictly )?(?:for|open to|limited to|restricted to) {_GUESTS}\b"
    rf"|\b(?:only (?:for|to)|open to|limited to|restricted to) {_GUESTS}\b|\b{_GUESTS} only\b"
    r"|\brequest an invit(?:e|ation)\b(?! to (?:our|the) (?:slack|discord|group|channel|forum|list)\b)",
    re.IGNORECASE,
)
_MEMBERS = re.compile(
    r"\bonly (?:open )?(?:to|for) (?:our )?members\b|\b(?:is|are) (?:only )?(?:open|restricted|limited) (?:only )?to (?:all )?(?:our )?members\b"
    r"(?! of the public)|\bopen to (?:our )?members only\b",
    re.IGNORECASE,
)
_WIDER = re.compile(r"\bnon-? ?members\b|\bnot (?:only|just)\b", re.IGNORECASE)
_NEGATION = re.compile(
    r"(?:\bnot|n't|\bno longer|\bnever|\bno need for an?|\bno)\s(?:an?\s|by\s|strictly\s)?$", re.IGNORECASE
)
_PUBLIC = rf"(?:free |open )?public {NOUN}"
# Not "open to all members", "open to everyone who has been invited".
_ALL = (
    r"(?:all|everyone|anyone|the (?:general )?public)\b(?! (?:of )?(?:the |our |its |their |registered |current |paid-up ){0,2}"
    r"(?:members|staff|students|pupils|employees|partners|alumni|subscribers|supporters|delegates|trustees|volunteers|fellows|grantees)\b)"
    r"(?! (?:who|that) (?:has|have|is|are|was|were)\b)"
)
_WELCOME = re.compile(
    r"\b(?:all|everyone|everybody|anyone)(?: is| are)? welcome(?=\s{0,2}(?:[.!,;)]|to (?:attend|join|come)|$))"
    rf"|\b(?:{NOUN}|it|this) is (?:free and )?open to {_ALL}",
    re.IGNORECASE,
)
# "Free to attend", but not "free to attend for members" or "… if you work in health".
_FREE = (
    rf"\b(?:{NOUN}|it|this|attendance|admission|entry) is free to (?:attend|join|all|everyone)"
    r"(?=\s{0,2}(?:[.!;)]|$)|,? (?:and|but) (?:open|all|everyone|anyone|booking|registration|places|you|please)\b)"
)
_OPEN = re.compile(
    rf"{_FREE}|\b(?:anyone|everyone|everybody) (?:can|may) (?:attend|come|join|take part)(?=\s{{0,2}}(?:[.!,;)]|$)| us\b(?! as\b))"
    rf"|\b(?:this|our) {_PUBLIC}\b|\b(?:this|the|our|it)(?: {NOUN})? (?:is|will be) an? {_PUBLIC}\b"
    rf"|^(?:this|the|our) {NOUN} will (?:convene|bring together|gather) [^.;]{{1,160}}? for an? {_PUBLIC}\b"
    r"|^(?:free and )?open to (?:all|everyone|anyone|the (?:general )?public)(?=\s{0,2}(?:[.!,;)]|$))"
    rf"|\b(?:this|our|is an?|will be an?) free and open {NOUN}\b|\bmembers of the public (?:are welcome|may attend|can attend)\b",
    re.IGNORECASE,
)
_OTHER = re.compile(r"\b(?:next|future|previous|last|earlier|past|ahead of|followed by|before|later)\b", re.IGNORECASE)
_SELECTS = re.compile(
    r"\bwe(?:'ll| will) (?:select|choose|shortlist)\b|\b(?:selected|shortlisted) (?:participants|applicants|people)\b"
    r"|\bsuccessful applicants\b|\bselection process\b",
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
    welcome = next((found for sentence in sentences if (found := _welcome(sentence))), None)
    return welcome or _invited(invitation) or _hinted(sentences, invitation, notes)


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
    text = sentence.text
    found = _WELCOME.search(text) or (None if _OTHER.search(text) else _OPEN.search(text))
    if not found or _NEGATION.search(text[: found.start()]):
        return None
    return _said("open", sentence)


def _invited(invitation: Invitation) -> Candidate[Access] | None:
    """Readers are asked to register: the event is open. A link that merely exists says nothing."""
    link, sentence = invitation.inviting, invitation.by_mail
    if link:
        evidence = Evidence(field="access", text=link.text, line=link.line, basis="inferred")
    elif sentence:
        evidence = Evidence(field="access", text=sentence.quote, line=sentence.line, basis="inferred")
    else:
        return None
    return Candidate(field="access", value="open", evidence=evidence)


def _hinted(sentences: Sequence[Sentence], invitation: Invitation, notes: Notes) -> Candidate[Access] | None:
    """Words that make it likely, but not certain, that everybody may come: taken, but for a person to confirm."""
    sentence = invitation.hinting
    if sentence is None or any(_SELECTS.search(other.text) for other in sentences):
        return None
    evidence = Evidence(field="access", text=sentence.quote, line=sentence.line, basis="inferred")
    notes.doubt(
        "access-inferred",
        f"It is read as open because of “{short(sentence.quote)}”; the text doesn't say that everybody may come.",
        "Add access: open (or members, or invitation) to the front matter.",
        field="access",
        evidence=evidence,
        severity="warning",
    )
    return Candidate(field="access", value="open", evidence=evidence)


def _said(value: Access, sentence: Sentence) -> Candidate[Access]:
    evidence = Evidence(field="access", text=sentence.quote, line=sentence.line, basis="prose")
    return Candidate(field="access", value=value, evidence=evidence)
