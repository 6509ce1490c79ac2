"""The way in: the link by which readers register or join, and whom they write to in order to come.

A newsletter, a survey, a programme or the next meeting's form is not a way into this event.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from notifier.core.event import Evidence
from notifier.core.reading.bearing import Bearing
from notifier.core.reading.candidates import Candidate, Notes
from notifier.core.reading.links import Link
from notifier.core.reading.mapped import Keys
from notifier.core.reading.resolve import resolve

# More links than this in one sentence are a collection, not an invitation.
MAX_LINKS = 50

_REGISTER = re.compile(
    r"\b(?:register(?:ing)?|registration|sign(?:ing)?[ -]?up|book(?:ing)?(?! club)|rsvp|reserve|tickets?|enrol(?:l|ment)?"
    r"|apply to (?:attend|join)|save your (?:place|spot|seat))\b",
    re.IGNORECASE,
)
_INVITES = re.compile(
    r"\b(?:please|you can|click here to|now|here)\b|^(?:register|book|sign up|rsvp|reserve|get|save)\b|\bto (?:attend|join|take part|register)\b",
    re.IGNORECASE,
)
_INTEREST = re.compile(r"\b(?:your|an?|of) interest\b", re.IGNORECASE)
_JOIN = re.compile(
    r"\bjoin (?:the |this |our |us )?(?:on |via |by )?(?:zoom|teams|call|meeting|webinar|session|event|online|link|here)\b",
    re.IGNORECASE,
)
_VAGUE = re.compile(
    r"(?:(?:please|click|follow|use|fill in|complete|via|through|by|on|at|this|the|our|here|link|form|page|now|and|in"
    r"|eventbrite|zoom|luma|meetup|website|online|today|below|google)\W{0,2}){1,8}",
    re.IGNORECASE,
)
_LIST = re.compile(
    r"\b(?:mailing list|newsletter|e-?mail list|subscri\w{2,8}|updates|keep (?:in touch|informed)|stay in touch)\b",
    re.IGNORECASE,
)
_LIST_TARGET = re.compile(
    r"list-manage\.com|mailchi\.mp|eepurl\.com|substack\.com|buttondown|newsletter|subscribe|mailing-?list",
    re.IGNORECASE,
)
_NOT_A_WAY_IN = re.compile(
    r"\b(?:survey|feedback|questionnaire|programme|agenda|slides|recording|donat\w{1,5}|write-?up|blog|minutes|report)\b",
    re.IGNORECASE,
)
_LATER = re.compile(
    r"\b(?:next|future|upcoming|following|other|later)\s(?:\w{1,15}\s)?(?:meetings?|events?|sessions?|workshops?|webinars?|ones?)\b",
    re.IGNORECASE,
)
_REFUSED_LATER = re.compile(
    r"\b(?:next|future)\s(?:\w{1,15}\s)?(?:meetings?|events?|sessions?|workshops?|webinars?)\b", re.IGNORECASE
)
_ATTENDING = re.compile(
    r"\b(?:attend(?:ing|ance)?|join(?:ing)? (?:us|the|this)|join(?:ing)? in|take part|taking part|come along|to come|rsvp"
    r"|register|book|reserve|(?:a|your) (?:place|spot|seat)|for an invit(?:e|ation)|to be invited|confirm your)\b",
    re.IGNORECASE,
)
_BOOKING_HOSTS = (
    "eventbrite.",
    "lu.ma",
    "ti.to",
    "meetup.com",
    "tickettailor.com",
    "ticketsource.",
    "pretix.",
    "trybooking.com",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """How to come. `inviting` is the link whose words ask readers in general to register."""

    join_url: Candidate[str] | None = None
    contact: Candidate[str] | None = None
    inviting: Link | None = None


def read_invitation(keys: Keys, bearings: Sequence[Bearing], notes: Notes) -> Invitation:
    """The one way in, by key, by words or by the address; two different ones are a contradiction and give none."""
    explicit = keys.address("register", "join_url", mail=True)
    bearings = [b for b in bearings if len(b.sentence.links) <= MAX_LINKS]
    links = [(b, link) for b in bearings for link in b.sentence.links if _is_way_in(b, link)]
    prose = [_candidate(link) for _, link in links]
    linked = keys.address("link", "join_url") if is_booking(keys) else None
    url = explicit if explicit and explicit.value.startswith("http") else None
    found = [c for c in (url, *prose, linked if not prose else None) if c]
    join = resolve(
        "join_url", found, notes, subject="registration links",
        hint="Keep one of them in the text and write it in the front matter: register: https://…",
    )  # fmt: skip
    inviting = next((link for b, link in links if join and link.target == join.value and _asks(b, link)), None)
    mail = explicit if explicit and not url else None
    return Invitation(join_url=join, contact=_contact(mail, bearings), inviting=inviting)


def is_booking(keys: Keys) -> bool:
    """Whether the front matter's `link` is itself a ticket page."""
    entry = keys.entry("link")
    return entry is not None and _books(entry.raw)


def _books(address: str) -> bool:
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    zoom = host.endswith("zoom.us") and parts.path.startswith(("/meeting/register/", "/webinar/register/"))
    return zoom or any(host == name or host.startswith(name) or f".{name}" in f".{host}" for name in _BOOKING_HOSTS)


def _is_way_in(bearing: Bearing, link: Link) -> bool:
    text = bearing.sentence.text
    if not link.target.startswith("http") or bearing.elsewhere or (_LATER.search(text) and not bearing.own):
        return False
    if _LIST_TARGET.search(link.target) or _LIST.search(link.text) or _NOT_A_WAY_IN.search(link.text):
        return False
    if _LIST.search(text) and not (_books(link.target) or _ATTENDING_HERE.search(text)):
        return False
    if _REGISTER.search(link.text) or _JOIN.search(link.text):
        return True
    vague = not link.text or _VAGUE.fullmatch(link.text.strip(" .:>→*") + " ")
    return bool(_REGISTER.search(text) and vague) and not _NOT_A_WAY_IN.search(text)


_ATTENDING_HERE = re.compile(r"\b(?:to (?:attend|join) (?:this|the)|attend this)\b", re.IGNORECASE)


def _asks(bearing: Bearing, link: Link) -> bool:
    said = f"{link.text} {bearing.sentence.text}"
    return bool(_REGISTER.search(said) and _INVITES.search(said)) and not _INTEREST.search(link.text)


def _candidate(link: Link) -> Candidate[str]:
    text = f"[{link.text}]({link.target})" if link.text else link.target
    return Candidate(
        field="join_url",
        value=link.target,
        evidence=Evidence(field="join_url", text=text, line=link.line, basis="prose"),
    )


def _contact(explicit: Candidate[str] | None, bearings: Sequence[Bearing]) -> Candidate[str] | None:
    """Whom to write to in order to come; None where two different people are named."""
    if explicit:
        return Candidate(field="contact", value=explicit.value, evidence=explicit.evidence)
    found: dict[str, Evidence] = {}
    for bearing in bearings:
        text = bearing.sentence.text
        if not _ATTENDING.search(text) or _REFUSED_LATER.search(text) or bearing.elsewhere:
            continue
        for link in bearing.sentence.links:
            if link.target.startswith("mailto:"):
                evidence = Evidence(
                    field="contact", text=bearing.sentence.quote, line=bearing.sentence.line, basis="prose"
                )
                found.setdefault(link.target, evidence)
    if len(found) != 1:
        return None
    ((target, evidence),) = found.items()
    return Candidate(field="contact", value=target, evidence=evidence)
