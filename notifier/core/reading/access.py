"""Who may come. Closing words beat everything, misspelt or not; without clear evidence the answer is `unknown`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from rapidfuzz import fuzz

from notifier.core.event import Access, Evidence
from notifier.core.reading.candidates import Candidate, Notes
from notifier.core.reading.joining import Invitation
from notifier.core.reading.languages.guests import LONG_SLIP, guest, is_near, names_guests
from notifier.core.reading.languages.language import Admission, Slips
from notifier.core.reading.mapped import Keys
from notifier.core.reading.prose import Prose, Sentence
from notifier.core.reading.reserved import Reserved, reserving
from notifier.core.reading.resolve import contradict, short
from notifier.core.reading.stating import line_of

_VALUES: dict[str, Access] = {"open": "open", "members": "members", "invitation": "invitation"}
_ONLY_SLIP = 75
#: So many small words may stand between "only" and "members".
_BETWEEN = 3
_PAUSE = re.compile(r"[.,;:!?()]")


def read_access(
    keys: Keys, heading: Sentence, prose: Prose, invitation: Invitation, notes: Notes
) -> Candidate[Access] | None:
    """Who may come, or None where nothing clear says so; a heading may say it too. `access: open` against closing words stays closed."""
    stated, unreadable = _stated(keys, notes)
    closing = _closed_by((heading,)) or prose.once(_closed_by)
    if stated and stated.evidence.basis == "default" and closing:
        return closing
    if stated and closing and stated.value == "open":
        contradict(
            "access", (stated, closing), notes, subject="answers to who may come",
            hint="Take the closing words out of the text, or write access: invitation (or members).",
        )  # fmt: skip
        return closing
    if stated or closing:
        return stated or closing
    return None if unreadable else _told(keys, heading, prose, invitation, notes)


def _told(
    keys: Keys, heading: Sentence, prose: Prose, invitation: Invitation, notes: Notes
) -> Candidate[Access] | None:
    """Who may come, where no key and no closing word says it."""
    if welcome := _welcome(heading) or prose.once(_welcomed_by):
        return welcome
    found = _invited(invitation)
    if found and (kept := reserving(heading, prose, keys.page.body)):
        return _kept(kept, keys, notes)
    if _calls_some((heading,)) or prose.once(_calls_some):
        return None  # that some people register says nothing of others
    return found or _hinted(keys, heading, prose, invitation, notes)


def _kept(kept: Reserved, keys: Keys, notes: Notes) -> Candidate[Access] | None:
    """For whom it is kept beside a link to register; that it is asked where that isn't sure."""
    if kept.access is None:
        _report_reserved(kept.sentence, keys, notes)
        return None
    return _said(kept.access, kept.sentence)


def _report_reserved(kept: Sentence, keys: Keys, notes: Notes) -> None:
    notes.doubt(
        "access-inferred",
        f"“{short(kept.quote)}” may leave some readers out.",
        f"Add {keys.key('access')}: open (or members, or invitation) to the front matter.",
        field="access",
        evidence=Evidence(field="access", text=kept.quote, line=kept.line, basis="prose"),
        severity="warning",
    )


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


def _closed_by(sentences: Sequence[Sentence]) -> Candidate[Access] | None:
    return next((found for sentence in sentences if (found := _closing(sentence))), None)


def _welcomed_by(sentences: Sequence[Sentence]) -> Candidate[Access] | None:
    return next((found for sentence in sentences if (found := _welcome(sentence))), None)


def _selects(sentences: Sequence[Sentence]) -> bool:
    return any("opening.selects" in sentence.said for sentence in sentences)


def _calls_some(sentences: Sequence[Sentence]) -> bool:
    return any(sentence.language.opening.to_some.search(sentence.text) for sentence in sentences)


def _closing(sentence: Sentence) -> Candidate[Access] | None:
    """English words close an event in a text of any language."""
    if "closing" not in sentence.said:
        return None
    own, english = sentence.language.admission, sentence.english.admission
    kind = _closed(sentence.text, own) or (_closed(sentence.text, english) if english is not own else None)
    return _said(kind, sentence) if kind else None


def _closed(text: str, words: Admission) -> Access | None:
    def denied(at: int) -> bool:
        return words.negation.search(text[max(0, at - 60) : at]) is not None

    if (found := words.not_open.search(text)) and not denied(found.start()):
        return "invitation"
    if (found := words.members_only.search(text)) and not words.wider.search(text) and not denied(found.start()):
        return "members"
    if not names_guests(text, words.slips):
        return None
    tokens = list(words.slips.token.finditer(text))
    for at, token in enumerate(tokens):
        kind = _only_behind(tokens, at, words) or _only_before(tokens, at, text, words) or _by(tokens, at, text, words)
        if kind and not denied(token.start()) and not (kind == "members" and words.wider.search(text)):
            return kind
    return None


def _only_behind(tokens: Sequence[re.Match[str]], at: int, words: Admission) -> Access | None:
    """“invitation only”, “invite-only”, “members only”, each within a slip or two of the pen."""
    if at + 1 == len(tokens) or tokens[at + 1].start() - tokens[at].end() > 3:
        return None
    return (
        guest(tokens[at][0].casefold(), words.slips)
        if _means_only(tokens[at + 1][0], words.slips.only_after, words.slips)
        else None
    )


def _only_before(tokens: Sequence[re.Match[str]], at: int, text: str, words: Admission) -> Access | None:
    """“nur für Mitglieder”, “réservé aux membres”, with slips of the pen too."""
    if not words.slips.only_before or not _means_only(tokens[at][0], words.slips.only_before, words.slips):
        return None
    for before, token in pairwise(tokens[at : at + 2 + _BETWEEN]):
        if _PAUSE.search(text[before.end() : token.start()]):
            return None
        word = token[0].casefold()
        if kind := guest(word, words.slips):
            return kind
        if word not in words.slips.between:
            return None
    return None


def _by(tokens: Sequence[re.Match[str]], at: int, text: str, words: Admission) -> Access | None:
    """“by invitation”, but not “sur invitation de la mairie”."""
    if at + 1 == len(tokens) or tokens[at][0].casefold() not in words.slips.by:
        return None
    second = tokens[at + 1]
    if not text[tokens[at].end() : second.start()].isspace() or not is_near(
        second[0], words.slips.invitation, LONG_SLIP
    ):
        return None
    behind = tokens[at + 2][0].casefold() if at + 2 < len(tokens) else ""
    return None if behind in words.slips.of else "invitation"


def _means_only(word: str, only: Sequence[str], slips: Slips) -> bool:
    said = word.casefold()
    return said not in slips.unlike and any(
        said[0] == other[0] and fuzz.ratio(said, other) >= (LONG_SLIP if len(other) > 5 else _ONLY_SLIP)
        for other in only
    )


def _welcome(sentence: Sentence) -> Candidate[Access] | None:
    if "opening.welcome" not in sentence.said and "opening.open" not in sentence.said:
        return None
    text, words = sentence.text, sentence.language.opening
    found = words.welcome.search(text) or (None if words.other.search(text) else words.open.search(text))
    if not found or sentence.language.admission.negation.search(text[max(0, found.start() - 60) : found.start()]):
        return None
    return _said("open", sentence)


def _invited(invitation: Invitation) -> Candidate[Access] | None:
    """Readers are asked to register: the event is open. A link that merely exists says nothing."""
    link, sentence = invitation.inviting, invitation.by_mail
    if link:
        evidence = Evidence(field="access", text=link.said, line=link.line, basis="inferred")
    elif sentence:
        evidence = Evidence(field="access", text=sentence.quote, line=sentence.line, basis="inferred")
    else:
        return None
    return Candidate(field="access", value="open", evidence=evidence)


def _hinted(
    keys: Keys, heading: Sentence, prose: Prose, invitation: Invitation, notes: Notes
) -> Candidate[Access] | None:
    """Words that make it likely, but not certain, that everybody may come: taken, but for a person to confirm."""
    sentence = invitation.hinting
    if sentence is None or _selects((heading,)) or prose.once(_selects):
        return None
    evidence = Evidence(field="access", text=sentence.quote, line=sentence.line, basis="inferred")
    notes.doubt(
        "access-inferred",
        f"It is read as open because of “{short(sentence.quote)}”; the text doesn't say that everybody may come.",
        f"Add {keys.key('access')}: open (or members, or invitation) to the front matter.",
        field="access",
        evidence=evidence,
        severity="warning",
        write=line_of(keys, "access", "open"),
    )
    return Candidate(field="access", value="open", evidence=evidence)


def _said(value: Access, sentence: Sentence) -> Candidate[Access]:
    evidence = Evidence(field="access", text=sentence.quote, line=sentence.line, basis="prose")
    return Candidate(field="access", value=value, evidence=evidence)
