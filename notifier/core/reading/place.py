"""Where it is: online, in person or both, and the place's name. Passing mentions of Zoom or a city say nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from notifier.core.event import Evidence, Mode
from notifier.core.reading.bearing import NOUN, Bearing
from notifier.core.reading.candidates import Candidate
from notifier.core.reading.mapped import Keys
from notifier.core.reading.plain import cut, visible
from notifier.core.reading.prose import Prose
from notifier.core.reading.resolve import short
from notifier.core.reading.venues import may_be_online, told_place

_ONLINE_WORD = r"(?:zoom|(?:ms |microsoft )?teams|google meet|jitsi|webex|online|on-line|virtual(?:ly)?|webinar)"
_ONLINE = re.compile(
    rf"\b(?:on|via|over|by|through) (?:zoom|(?:ms |microsoft )?teams|google meet|jitsi|webex)\b|\bzoom[ -](?:call|hosted|meeting|link)\b"
    rf"|\b(?:online|virtual)\s(?:[\w-]{{1,20}}\s){{0,3}}?{NOUN}\b|\bwebinar\b|,\sonline,|\b(?:be|held|place|meet|meeting|run|you) (?:online|virtually)\b",
    re.IGNORECASE,
)
_HYBRID = re.compile(
    rf"\bhybrid\s(?:{NOUN})\b|\b(?:online and in[- ]person|in[- ]person and online|in person or online|online or in[- ]person)\b",
    re.IGNORECASE,
)
_IN_PERSON = re.compile(
    rf"\bin[- ]person\s(?:[\w-]{{1,20}}\s){{0,3}}?(?:{NOUN}|hour)\b|\b(?:be|held|place|meet|meeting) in[- ]person\b",
    re.IGNORECASE,
)
_THIS = re.compile(rf"\b(?:this|an?|our|the)\s(?:[\w-]{{1,20}}\s){{0,5}}?{NOUN}\b", re.IGNORECASE)
_ONLY_ONLINE = re.compile(
    rf"\W{{0,3}}(?:(?:on|via|an?|event|meeting|link|call|{_ONLINE_WORD})\W{{0,3}}){{1,5}}", re.IGNORECASE
)
_LABEL = re.compile(r"^\W{0,4}(?:where|location|venue|place)\W{0,4}[:–]?\s{0,3}", re.IGNORECASE)
_MEETING_HOSTS = ("zoom.us", "teams.microsoft.com", "meet.google.com", "webex.com")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The mode and the place; None where the text doesn't say."""

    mode: Candidate[Mode] | None = None
    location: Candidate[str] | None = None


def read_place(
    keys: Keys, prose: Prose, bearings: Sequence[Bearing], join: Candidate[str] | None, title: Candidate[str]
) -> Place:
    """What is stated (a `place` key, a "Where:" line) first, then the announcing words, the join link's host, a venue."""
    stated = keys.text("place", "location") or _labelled(prose)
    if stated:
        return _stated(stated)
    mode = _said(bearings, title) or _inferred(join)
    if mode is None and may_be_online([title.value, *(sentence.text for sentence in prose.sentences)]):
        return Place()
    location = told_place(bearings) if mode is None or mode.value != "online" else None
    if location and mode is None:
        evidence = replace(location.evidence, field="mode", basis="inferred")
        mode = Candidate(field="mode", value="in-person", evidence=evidence)
    return Place(mode=mode, location=location)


def _labelled(prose: Prose) -> Candidate[str] | None:
    for sentence in prose.sentences:
        if sentence.label == "where" and (label := _LABEL.match(sentence.text)):
            value = visible(sentence.text[label.end() :]).rstrip(" .;")
            if value:
                evidence = Evidence(field="location", text=sentence.quote, line=sentence.line, basis="prose")
                return Candidate(field="location", value=cut(value), evidence=evidence)
    return None


def _stated(found: Candidate[str]) -> Place:
    def mode(value: Mode) -> Candidate[Mode]:
        evidence = Evidence(
            field="mode", text=found.evidence.text, line=found.evidence.line, basis=found.evidence.basis
        )
        return Candidate(field="mode", value=value, evidence=evidence)

    if _ONLY_ONLINE.fullmatch(found.value) or found.value.lower().startswith(("http://", "https://")):
        return Place(mode=mode("online"))
    if _HYBRID.search(found.value) or re.search(
        rf"\b(?:and|or|also|\+|&) {_ONLINE_WORD}\b|\bhybrid\b", found.value, re.IGNORECASE
    ):
        return Place(mode=mode("hybrid"), location=found)
    return Place(mode=mode("in-person"), location=found)


def _said(bearings: Sequence[Bearing], title: Candidate[str]) -> Candidate[Mode] | None:
    """The mode by the words of the title, the opening, or a sentence that announces or dates the event."""
    texts = [(title.value, title.evidence.line, title.evidence.basis)]
    for bearing in bearings:
        sentence = bearing.sentence
        telling = bearing.own or bearing.claims or bearing.future or sentence.block <= 1 or _THIS.search(sentence.text)
        if telling and not bearing.elsewhere and not _elsewhen(sentence.text):
            texts.append((sentence.text, sentence.line, "prose"))
    seen: dict[Mode, Evidence] = {}
    for text, line, basis in texts:
        if found := _mode_of(text):
            seen.setdefault(found, Evidence(field="mode", text=short(text, limit=300), line=line, basis=basis))
    if "hybrid" in seen or len(seen) == 1:
        value: Mode = "hybrid" if "hybrid" in seen else next(iter(seen))
        return Candidate(field="mode", value=value, evidence=seen[value])
    return None


def _elsewhen(text: str) -> bool:
    return bool(re.search(r"\b(?:previous|last|next|future|earlier|past|to date|was an online)\b", text, re.IGNORECASE))


def _mode_of(text: str) -> Mode | None:
    if _HYBRID.search(text):
        return "hybrid"
    if _ONLINE.search(text):
        return "online"
    return "in-person" if _IN_PERSON.search(text) else None


def _inferred(join: Candidate[str] | None) -> Candidate[Mode] | None:
    host = urlsplit(join.value).hostname or "" if join else ""
    if join is None or not any(host == name or host.endswith(f".{name}") for name in _MEETING_HOSTS):
        return None
    evidence = Evidence(field="mode", text=join.value, line=join.evidence.line, basis="inferred")
    return Candidate(field="mode", value="online", evidence=evidence)
