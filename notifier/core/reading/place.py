"""Where it is: online, in person or both, and the place's name. Passing mentions of Zoom or a city say nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from notifier.core.event import Evidence, Mode
from notifier.core.reading.bearing import Bearing
from notifier.core.reading.candidates import Candidate
from notifier.core.reading.languages import Language
from notifier.core.reading.languages.signs import Signs
from notifier.core.reading.languages.worldwide import MAP_HOSTS, MEETING_HOSTS, NO_PLACE
from notifier.core.reading.mapped import Keys
from notifier.core.reading.plain import cut, visible
from notifier.core.reading.prose import Prose
from notifier.core.reading.resolve import short
from notifier.core.reading.vague import is_nowhere
from notifier.core.reading.venues import may_be_online, told_place


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The mode and the place; None where the text doesn't say."""

    mode: Candidate[Mode] | None = None
    location: Candidate[str] | None = None


def read_place(
    keys: Keys, prose: Prose, bearings: Sequence[Bearing], join: Candidate[str] | None, title: Candidate[str]
) -> Place:
    """What is stated (keys, a "Where:" line) first, then the announcing words, the join link's host, a venue."""
    found = _read_place(keys, prose, bearings, join, title)
    mode = _stated_mode(keys)
    if mode is None:
        return found
    return Place(mode=mode, location=found.location if mode.value != "online" else None)


#: An address has no more lines than this; a wrapped one is so wide, and has so few words left.
_MOST_LINES = 6
_WIDE = 60
_FEW_WORDS = 8
_AT_HOUR = re.compile(r",?\s(?:um|ab|at|à|a las|alle|ore)\s\d{1,2}(?:[:.h]\d\d)?\s?(?:uhr|h|hs|[ap]m)?$", re.IGNORECASE)
_REST = re.compile(r"\s{0,2}[,;(–—]|\s-\s")

_MODES: dict[str, Mode] = {
    "online": "online", "virtual": "online", "remote": "online", "in-person": "in-person", "in person": "in-person",
    "offline": "in-person", "onsite": "in-person", "hybrid": "hybrid",
}  # fmt: skip

_NUMBER = re.compile(r"\d{5,20}")
_ADDRESS = re.compile(r"\s{0,2}[:(\[<]?\s{0,2}https?://[^\s)>\]]{1,500}[)>\]]?")
#: Without words of one of these a sentence tells no mode.
_MODE_SIGNS: Signs = frozenset({"places.hybrid", "places.online", "places.in_person"})


def _stated_mode(keys: Keys) -> Candidate[Mode] | None:
    """The `mode` key; `online: true` may be mapped to it by a table, and other words say nothing."""
    said = keys.text("mode", "mode")
    if said is None:
        return None
    value = _MODES.get(said.value.casefold())
    if value is None:
        keys.wrong(
            "mode",
            f"“{said.value}” is not a way to meet.",
            f"Write {keys.key('mode')}: online, {keys.key('mode')}: in-person or {keys.key('mode')}: hybrid.",
        )
        return None
    return Candidate(field="mode", value=value, evidence=said.evidence)


def _read_place(
    keys: Keys, prose: Prose, bearings: Sequence[Bearing], join: Candidate[str] | None, title: Candidate[str]
) -> Place:
    stated = keys.text("place", "location")
    if stated and (is_nowhere(stated.value) or _is_number(stated, keys)):
        stated = None
    by_default = stated if stated and stated.evidence.basis == "default" else None
    if stated := _labelled(prose) if by_default or not stated else stated:
        return _stated(stated, keys.language)
    told = _told_place(prose, bearings, join, title, keys.language)
    # A default of config.yaml stands where nothing is said.
    return _stated(by_default, keys.language) if by_default and told == Place() else told


def _is_number(stated: Candidate[str], keys: Keys) -> bool:
    """Whether it is what another program knows the place by; no house is called so."""
    if not _NUMBER.fullmatch(stated.value):
        return False
    keys.wrong(
        "place",
        f"“{stated.value}” is a number, not the name of a place.",
        f"Write {keys.key('place')}: with its name, or say in config.yaml in which file that stands (fields: place: file:).",
    )
    return True


def _told_place(
    prose: Prose,
    bearings: Sequence[Bearing],
    join: Candidate[str] | None,
    title: Candidate[str],
    language: Language,
) -> Place:
    mode = _said(bearings, title, language) or _inferred(join)
    if mode is None and (language.places.not_in_person.search(title.value) or prose.once(may_be_online)):
        return Place()
    location = told_place(bearings) if mode is None or mode.value != "online" else None
    if location and mode is None:
        evidence = replace(location.evidence, field="mode", basis="inferred")
        mode = Candidate(field="mode", value="in-person", evidence=evidence)
    return Place(mode=mode, location=location)


def _labelled(prose: Prose) -> Candidate[str] | None:
    for sentence in prose.sentences:
        if sentence.label == "where" and (label := sentence.language.layout.place_label.match(sentence.text)):
            value = visible(_address_in(sentence.text[label.end() :])).rstrip(" .;*†‡")
            if value and not is_nowhere(value):
                evidence = Evidence(field="location", text=sentence.quote, line=sentence.line, basis="prose")
                return Candidate(field="location", value=cut(value), evidence=evidence)
    return None


def _address_in(text: str) -> str:
    """What a label gives: its line, and those below it that go on with the address.

    The next line may be a paragraph of its own, or begin with a mark such as 🎤.
    """
    lines = text.split("\n")
    kept = lines[:1]
    for number, line in enumerate(lines[1:_MOST_LINES], start=1):
        begins, before = line.strip()[:1], kept[-1].rstrip()
        goes_on = begins.islower() or begins.isdigit() or begins == "(" or before.endswith((",", "-", "–", "&"))
        if (
            not begins
            or unicodedata.category(begins) in ("So", "Sk")
            or not (goes_on or _may_be_wrapped(lines, number))
        ):
            break
        kept.append(line)
    return "\n".join(kept)


def _may_be_wrapped(lines: Sequence[str], number: int) -> bool:
    """Whether the line before is as long as a wrapped one, and what follows is too short for a sentence."""
    return len(lines[number - 1]) >= _WIDE and len(" ".join(lines[number:]).split()) <= _FEW_WORDS


def _stated(found: Candidate[str], language: Language) -> Place:
    def mode(value: Mode) -> Candidate[Mode]:
        evidence = Evidence(
            field="mode", text=found.evidence.text, line=found.evidence.line, basis=found.evidence.basis
        )
        return Candidate(field="mode", value=value, evidence=evidence)

    places, value = language.places, found.value
    address = value.lower().partition("://")[2] if value.lower().startswith(("http://", "https://")) else ""
    on_map = address.removeprefix("www.").startswith(MAP_HOSTS)
    plain = _AT_HOUR.sub("", _ADDRESS.sub("", value) if "://" in value else value)  # “Zoom um 20 Uhr”
    if (address and not on_map) or places.only_online.fullmatch(plain) or NO_PLACE.fullmatch(plain):
        return Place(mode=mode("online"))
    if said := _MODES.get(value.casefold()):
        return Place(mode=mode(said))
    if places.hybrid.search(found.value) or places.also_online.search(found.value):
        return Place(mode=mode("hybrid"), location=found)
    head, *rest = _REST.split(value, maxsplit=1)
    if rest and (places.only_online.fullmatch(head) or NO_PLACE.fullmatch(head)):
        return Place(location=found)  # “Online, Leeds” may be both
    return Place(mode=mode("in-person"), location=found)


def _said(bearings: Sequence[Bearing], title: Candidate[str], language: Language) -> Candidate[Mode] | None:
    """The mode by the words of the title, the opening, or a sentence that announces or dates the event."""
    texts = [(title.value, title.evidence.line, title.evidence.basis, language)]
    for bearing in bearings:
        sentence, places = bearing.sentence, bearing.sentence.language.places
        if _MODE_SIGNS.isdisjoint(sentence.said):
            continue
        telling = bearing.own or bearing.claims or bearing.future or sentence.block <= 1
        if not (telling or places.this.search(sentence.text)):
            continue
        if not bearing.elsewhere and not places.elsewhen.search(sentence.text):
            texts.append((sentence.text, sentence.line, "prose", sentence.language))
    seen: dict[Mode, Evidence] = {}
    for text, line, basis, read_in in texts:
        if found := _mode_of(text, read_in):
            seen.setdefault(found, Evidence(field="mode", text=short(text, limit=300), line=line, basis=basis))
    if "hybrid" in seen or len(seen) == 1:
        value: Mode = "hybrid" if "hybrid" in seen else next(iter(seen))
        return Candidate(field="mode", value=value, evidence=seen[value])
    return None


def _mode_of(text: str, language: Language) -> Mode | None:
    places = language.places
    if places.hybrid.search(text):
        return "hybrid"
    if places.online.search(text):
        return "online"
    return "in-person" if places.in_person.search(text) else None


def _inferred(join: Candidate[str] | None) -> Candidate[Mode] | None:
    host = urlsplit(join.value).hostname or "" if join else ""
    if join is None or not any(host == name or host.endswith(f".{name}") for name in MEETING_HOSTS):
        return None
    evidence = Evidence(field="mode", text=join.value, line=join.evidence.line, basis="inferred")
    return Candidate(field="mode", value="online", evidence=evidence)
