"""A page about the event that is no way in: the gathering that somebody speaks at, or "more details here"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from notifier.core.event import Evidence
from notifier.core.reading.bearing import Bearing
from notifier.core.reading.candidates import Candidate
from notifier.core.reading.links import Link
from notifier.core.reading.plain import words
from notifier.core.reading.recording import MAX_LINKS


def told_page(bearings: Sequence[Bearing]) -> Candidate[str] | None:
    """The one page about this event that its sentences link to; None where there are several."""
    if not any(bearing.sentence.links for bearing in bearings):
        return None
    found: dict[str, Candidate[str]] = {}
    shared = Counter(bearing.sentence.block for bearing in bearings)
    dated = {bearing.sentence.block for bearing in bearings if bearing.own}
    for bearing in bearings:
        for link in bearing.sentence.links if len(bearing.sentence.links) <= MAX_LINKS else ():
            if link.target.startswith("http") and _is_about(
                bearing, link, bare=shared[bearing.sentence.block] == 1 or bearing.sentence.block in dated
            ):
                found.setdefault(link.target, _candidate(link))
    return next(iter(found.values())) if len(found) == 1 else None


def _is_about(bearing: Bearing, link: Link, *, bare: bool) -> bool:
    said, about = words(link.text), bearing.sentence.language.about
    if bearing.elsewhere or bearing.past or not said:
        return False
    # Bare words say of what: the event they stand with, so only in a paragraph of their own or beside its date.
    tells = about.details.fullmatch(said) or (bare and about.bare_details.fullmatch(said))
    if not tells and not (about.names_gathering.search(said) and _spoken_at(bearing, said)):
        return False
    return about.otherwise.search(bearing.sentence.text) is None


def _spoken_at(bearing: Bearing, said: str) -> bool:
    text, about = bearing.sentence.text, bearing.sentence.language.about
    at = text.find(said)
    before = about.speaking.search(text[max(0, at - 100) : max(0, at)])
    return before is not None and (bearing.own or bearing.future or bool(about.saves.search(before[0])))


def _candidate(link: Link) -> Candidate[str]:
    evidence = Evidence(field="info_url", text=link.quote, line=link.line, basis="prose")
    return Candidate(field="info_url", value=link.target, evidence=evidence)
