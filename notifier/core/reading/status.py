"""Whether an event goes ahead, is called off, or is told of as over."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from notifier.core.event import Evidence, Status
from notifier.core.reading.bearing import Bearing, looks_ahead, looks_back
from notifier.core.reading.candidates import Candidate, Notes
from notifier.core.reading.languages.worldwide import CANCELLED, POSTPONED
from notifier.core.reading.mapped import Keys
from notifier.core.reading.resolve import contradict
from notifier.core.reading.stating import line_of

_VALUES: dict[str, Status] = {
    "scheduled": "scheduled", "confirmed": "scheduled", "tentative": "tentative", "cancelled": "cancelled",
    "canceled": "cancelled", "postponed": "postponed", "past": "past",
}  # fmt: skip
_WORD = rf"({'|'.join((*CANCELLED, *POSTPONED))})"
_PREFIX = re.compile(rf"^[\[(*!\s]{{0,4}}{_WORD}(?:\s?[:\])!*]+|\s[-–—]+)[\s:–—-]{{0,4}}", re.IGNORECASE)
_SUFFIX = re.compile(rf"\s{{1,3}}(?:[\[(]\s?{_WORD}\s?[\])]|[-–—:]\s{{1,3}}{_WORD})[!.]{{0,3}}$", re.IGNORECASE)

#: A sentence that is nothing but that: "Cancelled!", "Abgesagt wegen Krankheit."
_BARE = re.compile(
    rf"^\W{{0,4}}(?:(?P<cancelled>{'|'.join(CANCELLED)})|(?P<postponed>{'|'.join(POSTPONED)}))"
    r"(?:\W{0,4}$|[!:]|\s(?:due to|because of|owing to|wegen|aufgrund|en raison|pour cause|por|a causa|per)\b)",
    re.IGNORECASE,
)
#: What stands before the day that something is put off to, in any of the languages.
_TO = re.compile(r"\b(?:to|until|till|auf|bis|aux?|al|a|hasta)\s(?:[\w']{1,12}\.?,?\s){0,2}$", re.IGNORECASE)
#: Between what is called off and its condition stands nothing that begins another thought.
_DIRECTLY = re.compile(
    r"\s{1,2}(?:(?!and\b|but\b|und\b|aber\b|et\b|mais\b|y\b|pero\b|e\b|ma\b)\w{1,12}\s){0,2}", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """A title without the words that call the event off, and what those said."""

    text: str
    status: Candidate[Status] | None


def read_title(found: Candidate[str]) -> Title:
    """Take the calling-off words out: “CANCELLED: Spring fair” is the spring fair, cancelled."""
    match = _PREFIX.search(found.value) or _SUFFIX.search(found.value)
    rest = found.value[: match.start()] + found.value[match.end() :] if match else found.value
    if not match or not rest.strip():
        return Title(text=found.value, status=None)
    word = next(group for group in match.groups() if group)
    evidence = Evidence(field="status", text=found.value, line=found.evidence.line, basis=found.evidence.basis)
    value: Status = "postponed" if word.casefold() in POSTPONED else "cancelled"
    return Title(text=rest.strip(), status=Candidate(field="status", value=value, evidence=evidence))


def read_status(
    keys: Keys, title: Title, bearings: Sequence[Bearing], notes: Notes, *, invites: bool
) -> Candidate[Status] | None:
    """The status; None means that nothing speaks against `scheduled`. `invites`: readers are asked to register."""
    stated = _stated(keys, notes)
    called_off = title.status
    if stated and called_off and stated.value != called_off.value:
        contradict("status", (stated, called_off), notes, subject="statuses", hint="Correct status: or the title.")
        return called_off
    ahead, back = looks_ahead(bearings), looks_back(bearings)
    found = stated or called_off or _over(keys, back, notes, announces=ahead is not None or invites)
    if found is None:
        found = _called_off_in_text(keys, bearings, notes)
    if found is None or found.value not in ("past", "cancelled"):
        _check_upcoming(keys, ahead, notes, invites=invites)
    return found


def _stated(keys: Keys, notes: Notes) -> Candidate[Status] | None:
    found = keys.text("status", "status")
    if found is None:
        if keys.flag("cancelled"):
            return Candidate(field="status", value="cancelled", evidence=keys.evidence_of("cancelled", "status"))
        return None
    value = _VALUES.get(found.value.casefold())
    if value is None:
        notes.doubt(
            "unreadable-status",
            f"“{found.value}” is not a status.",
            "Write status: scheduled, tentative, cancelled, postponed or past.",
            field="status",
            evidence=found.evidence,
        )
        return None
    return Candidate(field="status", value=value, evidence=found.evidence)


def _over(keys: Keys, back: Bearing | None, notes: Notes, *, announces: bool) -> Candidate[Status] | None:
    """A write-up: the key says so or the text looks back. A key against an announcing text is a contradiction."""
    writeup = keys.flag("writeup")
    if back is not None:
        evidence = Evidence(field="status", text=back.sentence.quote, line=back.sentence.line, basis="prose")
        _check_past(keys, notes)
        return Candidate(field="status", value="past", evidence=evidence)
    if not writeup:
        return None
    evidence = keys.evidence_of("writeup", "status")
    if announces:
        notes.doubt(
            "contradiction",
            "The front matter says writeup: true, but the text announces the event.",
            "Write writeup: false until the text tells what happened.",
            field="status",
            evidence=evidence,
        )
        return None
    _check_past(keys, notes)
    return Candidate(field="status", value="past", evidence=evidence)


def _check_past(keys: Keys, notes: Notes) -> None:
    if keys.flag("upcoming"):
        notes.problem(
            "The front matter says upcoming: true, but the document tells of the event as over.",
            f"Write {keys.key('upcoming')}: false.",
            field=keys.key("upcoming"),
            line=keys.line("upcoming"),
            severity="warning",
            write=line_of(keys, "upcoming", "false"),
        )


def _check_upcoming(keys: Keys, ahead: Bearing | None, notes: Notes, *, invites: bool) -> None:
    if keys.flag("upcoming") is not False or not (ahead or invites):
        return
    said = f" (“{' '.join(ahead.sentence.text.split())[:60]}…”)" if ahead else ""
    notes.doubt(
        "upcoming-false",
        f"The front matter says upcoming: false, but the text announces the event{said}.",
        "Write upcoming: true, or take the event off by status: cancelled.",
        field="upcoming",
        evidence=keys.evidence_of("upcoming", "upcoming"),
        severity="warning",
    )


def _called_off_in_text(keys: Keys, bearings: Sequence[Bearing], notes: Notes) -> Candidate[Status] | None:
    """What the text says of it, with a doubt: nobody is asked to come, and a person says whether it is all of it."""
    for bearing in bearings:
        match = _called_off(bearing)
        if match and not _is_conditional(bearing, match) and _is_about_it(bearing, is_put_off=bool(match["postponed"])):
            status: Status = "postponed" if match["postponed"] else "cancelled"
            sentence = bearing.sentence
            evidence = Evidence(field="status", text=sentence.quote, line=sentence.line, basis="prose")
            notes.doubt(
                "called-off-in-text",
                f"The text says “{match[0]}”, the front matter does not.",
                f"Add {keys.key('status')}: {status} to the front matter.",
                field="status",
                evidence=evidence,
                write=line_of(keys, "status", status),
            )
            return Candidate(field="status", value=status, evidence=evidence)
    return None


def _called_off(bearing: Bearing) -> re.Match[str] | None:
    """English words call an event off in a text of any language."""
    sentence = bearing.sentence
    return (
        (sentence.language.called_off.search(sentence.text) if "called_off" in sentence.said else None)
        or sentence.english.called_off.search(sentence.text)
        or _BARE.match(sentence.text)
    )


def _is_conditional(bearing: Bearing, called_off: re.Match[str]) -> bool:
    """“If it rains, the picnic is cancelled” calls nothing off; “It is cancelled, and if we find a room …” does."""
    sentence = bearing.sentence
    conditions = [
        found for words in (sentence.language, sentence.english) for found in words.conditional.finditer(sentence.text)
    ]
    end = called_off.end()
    return any(
        found.start() < end or _DIRECTLY.fullmatch(sentence.text, end, found.start()) is not None
        for found in conditions
    )


def _is_about_it(bearing: Bearing, *, is_put_off: bool) -> bool:
    """Whether what a sentence calls off is the event on its day.

    What was put off to the event's own day takes place on it. What is put off to a later one no longer does, though the
    sentence names no day of the event.
    """
    others, to = bearing.mentions, bearing.mentions[-1] if bearing.mentions else None
    if is_put_off and to is not None and to.ranged:
        # "from 10 April to 24 April"
        return bearing.own and max(to.days) not in bearing.days
    if not is_put_off or to is None or not _TO.search(bearing.sentence.text[: to.start]):
        return not bearing.elsewhere
    if to.days & bearing.days:
        return False
    is_later = min(to.days) > max(bearing.days)
    return bearing.own or (is_later and all(one is to for one in others))
