"""Where what happened can be watched or heard afterwards: a key, or a link that says so.

A host of videos proves nothing: it may be a trailer, or how one joins.
"""

from __future__ import annotations

from collections.abc import Sequence

from notifier.core.event import Evidence
from notifier.core.reading.bearing import Bearing
from notifier.core.reading.candidates import Candidate
from notifier.core.reading.languages.language import Watching
from notifier.core.reading.languages.narrowing import NEVER
from notifier.core.reading.links import Link
from notifier.core.reading.mapped import Keys
from notifier.core.reading.plain import words
from notifier.core.reading.vague import is_open

#: More links than this in one sentence are a collection.
MAX_LINKS = 50
_WEB = ("https://", "http://")
_FIELD = "recording_url"


def read_recording(keys: Keys, bearings: Sequence[Bearing]) -> Candidate[str] | None:
    """The recording by key, else the one that the sentences link to; None where they link to several."""
    stated = _stated(keys)
    if stated is not None:
        return stated
    found: dict[str, Candidate[str]] = {}
    before: Bearing | None = None
    for bearing in bearings:
        for link in bearing.sentence.links if len(bearing.sentence.links) <= MAX_LINKS else ():
            if is_recording(bearing, link) or _is_headed(before, bearing, link):
                evidence = Evidence(field=_FIELD, text=link.quote, line=link.line, basis="prose")
                found.setdefault(link.target, Candidate(field=_FIELD, value=link.target, evidence=evidence))
        before = bearing
    return next(iter(found.values())) if len(found) == 1 else None


def is_recording(bearing: Bearing, link: Link) -> bool:
    """Whether the link's words, or its sentence's, say that a recording of this event is there now."""
    if not link.target.startswith("http") or bearing.elsewhere or len(bearing.sentence.links) > MAX_LINKS:
        return False
    sentence = bearing.sentence
    # English words tell of recordings in a text of any language.
    tables = (sentence.language.watching, sentence.english.watching)
    if not _may_tell(tables[0]) and not _may_tell(tables[1]):
        return False
    text, said = sentence.text, words(link.text).strip()
    # In this order: hardly any link tells of one, and what speaks against it is looked for in all of the sentence.
    tells = any(_tells(table, bearing, text, said) for table in tables)
    return tells and not any(table.unless.search(text) for table in tables)


def _may_tell(table: Watching) -> bool:
    """Whether, of the words that tell of a recording, a sentence and its links hold any; see `narrowed`."""
    return table.link is not NEVER or table.label is not NEVER or table.told is not NEVER


def _tells(table: Watching, bearing: Bearing, text: str, said: str) -> bool:
    if table.link.fullmatch(said):
        return True
    if _links(bearing) > 1:
        return False
    if table.label.match(text):
        return True
    return _is_vague(table, said) and table.told.search(text) is not None


def _is_headed(before: Bearing | None, bearing: Bearing, link: Link) -> bool:
    """Below a heading, or a line of its own, that says “Recording”: one link with words that say nothing else."""
    if before is None or before.sentence.block + 1 != bearing.sentence.block or before.sentence.links:
        return False
    table, text = before.language.watching, bearing.sentence.text
    # First what hardly any line is.
    if not table.label.fullmatch(before.sentence.text):
        return False
    if bearing.elsewhere or _links(bearing) != 1 or not link.target.startswith("http"):
        return False
    if table.unless.search(before.sentence.text) or bearing.language.watching.unless.search(text):
        return False
    return _is_vague(bearing.language.watching, words(link.text).strip())


def _is_vague(table: Watching, said: str) -> bool:
    return not said or said.lower().startswith((*_WEB, "www.")) or table.vague.fullmatch(said) is not None


def _links(bearing: Bearing) -> int:
    return sum(link.target.startswith("http") for link in bearing.sentence.links)


def _stated(keys: Keys) -> Candidate[str] | None:
    """The key `recording`, or where a site says nothing of it also `recording_url` and `video`."""
    for name in ("recording", "recording_url"):
        entry = keys.entry(name)
        # “Recording: will follow”, and a yes or no for whether it will be recorded, are no addresses and no mistakes.
        if entry is None or isinstance(entry.value, bool) or (entry.raw and is_open(entry.raw)):
            continue
        if entry.basis == "label" and not entry.raw.lower().startswith(_WEB):
            continue
        return keys.address(name, _FIELD)
    video = keys.entry("video")
    # Themes keep a player's number or its settings under this name.
    return keys.address("video", _FIELD) if video is not None and video.raw.lower().startswith(_WEB) else None
