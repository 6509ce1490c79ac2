"""A page about the event that is no way in: the gathering that somebody speaks at, or "more details here"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from notifier.core.event import Evidence
from notifier.core.reading.bearing import Bearing
from notifier.core.reading.candidates import Candidate
from notifier.core.reading.joining import MAX_LINKS
from notifier.core.reading.links import Link
from notifier.core.reading.plain import words

_GATHERING = r"(?:conference|summit|symposium|congress|festival|forum|convention|webinar|seminar|workshop|event|meeting|round ?table)"
_NAMES_GATHERING = re.compile(rf"\b{_GATHERING}\b(?:\W{{1,3}}\d{{4}})?\W{{0,3}}$", re.IGNORECASE)
_OF_OTHERS = r"(?:the\s|this\s|[A-Z][\w'& ]{0,50}'s\s){0,2}"
_SPEAKS_AT = re.compile(
    r"(?i:\b(?:speak|speaking|speaker|keynote|present|presenting|panel|talk|workshop|session|take part|taking part"
    rf"|exhibiting|appearing)\sat|\bsave the dat[ea] for)\s{_OF_OTHERS}$"
)
# These words say of what: the event they stand with, so only in a paragraph of their own or beside its date.
_BARE_DETAILS = re.compile(
    r"\W{0,3}(?:more|further|full|all) details(?: (?:are|can be))?(?: available| found)?(?: (?:here|online))?\W{0,3}",
    re.IGNORECASE,
)
_DETAILS = re.compile(
    rf"\W{{0,3}}(?:find out more|(?:more|further|full) (?:details|information)|read more|details)(?: (?:on|about|at))?"
    rf" (?:this|the|our) {_GATHERING}(?:'s)?(?: page| website| site)?(?: here)?\W{{0,3}}"
    rf"|\W{{0,3}}(?:visit |see |on )?(?:the|this|our) {_GATHERING}(?:'s)? (?:page|website|site)\W{{0,3}}",
    re.IGNORECASE,
)
_OTHERWISE = re.compile(
    r"\b(?:next|future|previous(?:ly)?|last|earlier|past|building on|following (?:a|the|our))\b(?!\s(?:week|month)\b)",
    re.IGNORECASE,
)


def told_page(bearings: Sequence[Bearing]) -> Candidate[str] | None:
    """The one page about this event that its sentences link to; None where there are several."""
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
    text, said = bearing.sentence.text, words(link.text)
    if bearing.elsewhere or bearing.past or not said or _OTHERWISE.search(text):
        return False
    if _DETAILS.fullmatch(said) or (bare and _BARE_DETAILS.fullmatch(said)):
        return True
    return bool(_NAMES_GATHERING.search(said)) and _spoken_at(bearing, said)


def _spoken_at(bearing: Bearing, said: str) -> bool:
    text = bearing.sentence.text
    at = text.find(said)
    before = _SPEAKS_AT.search(text[max(0, at - 100) : max(0, at)])
    return before is not None and (bearing.own or bearing.future or "save" in before[0].casefold())


def _candidate(link: Link) -> Candidate[str]:
    evidence = Evidence(field="info_url", text=f"[{link.text}]({link.target})", line=link.line, basis="prose")
    return Candidate(field="info_url", value=link.target, evidence=evidence)
