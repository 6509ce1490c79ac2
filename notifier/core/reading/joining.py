"""The way in: the link by which readers register or join, and whom they write to in order to come.

A newsletter, a survey, a programme or the next meeting's form is not a way into this event.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from notifier.core.event import Evidence
from notifier.core.reading.bearing import NOUN, Bearing
from notifier.core.reading.candidates import Candidate, Notes
from notifier.core.reading.links import Link
from notifier.core.reading.mapped import Keys
from notifier.core.reading.prose import Sentence
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
_TELLS_INTEREST = re.compile(
    r"\b(?:register(?:ing)?|registration|express(?:ing|ions?)?|note|sign(?:ing)? up) (?:of |your |an? ){0,2}interest\b",
    re.IGNORECASE,
)
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
# Words of a link to a page that may be anything: a way in only where the sentence says so and has no other link.
_PAGE = re.compile(
    r"(?:(?:please|visit|see|go to|click|use|via|on|at|the|this|our|their|your|here|event|page|web ?site|web ?page|site)\W{0,2}){1,8}",
    re.IGNORECASE,
)
_TO_REGISTER = re.compile(
    r"\bto (?:register|sign up|rsvp|enrol|book (?:(?:a|your) )?(?:place|spot|seat|tickets?)|reserve (?:a|your) (?:place|spot|seat))\b",
    re.IGNORECASE,
)
_TO_GET_LINK = re.compile(
    r"\bto (?:access|get|receive|obtain) the (?:(?:zoom|teams|meeting|joining|join|call|video|online|access|webinar) )?link\b"
    r"(?! to (?!(?:the|our|this) (?:zoom|call|meeting|session|event|webinar)))",
    re.IGNORECASE,
)
_LARGER = re.compile(
    rf"\bincluding (?:our|this) (?:[\w'-]{{1,20}} ){{0,3}}?{NOUN}\b"
    r"|\b(?:attend(?:ing)?|register(?:ing)? for|book(?:ing)? for|tickets? (?:for|to))\s(?:the\s)?"
    r"(?P<name>(?:[A-Z][\w'&-]{0,20}\s){1,5}?(?:Conference|Summit|Congress|Festival|Convention|Expo|Forum))\b"
)
_RSVP_BY_MAIL = re.compile(r"\brsvp (?:to|by|at)\b", re.IGNORECASE)
# Not "to register as a supplier", "to book a stall".
_TO_COME = re.compile(
    rf"\bto (?:rsvp|sign up|register)(?: your (?:attendance|place)| for (?:this|the|our) {NOUN}| to attend)?"
    r"(?=\s?[,.:;!]|\s?$|\s(?:and|please|e-?mail|contact|write|drop)\b)"
    r"|\bto (?:book|reserve) (?:a|your) (?:place|spot|seat|ticket)\b",
    re.IGNORECASE,
)
_WOULD_LIKE = re.compile(r"\bif you(?:'d| would) like to (?:join|attend|come|take part)\b", re.IGNORECASE)
_CONFIRMS = re.compile(r"\bto (?:confirm|secure|save) (?:a|your) (?:spot|place|seat|attendance)\b", re.IGNORECASE)
_WRITES = re.compile(
    r"\b(?:e-?mail|write to|contact|drop (?:a|us a) (?:line|note)|let \w{1,20} know|rsvp)\b", re.IGNORECASE
)
_CHOSEN = re.compile(
    r"\binvit\w{1,6}|\b(?:speakers?|panellists?|members?|exhibitors?|volunteers?|stalls?|select\w{0,5}|shortlist\w{0,3})\b",
    re.IGNORECASE,
)
_NAME_WORD = re.compile(r"\w+")
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
    """How to come. `inviting` is the link whose words ask readers in general to register, `by_mail` the sentence that
    asks them to do so by mail. `hinting` are the words of a way in that leaves open whether everybody may come: into a
    larger event, or by telling of one's interest.
    """

    join_url: Candidate[str] | None = None
    contact: Candidate[str] | None = None
    inviting: Link | None = None
    by_mail: Sentence | None = None
    hinting: Sentence | None = None


def read_invitation(keys: Keys, bearings: Sequence[Bearing], title: str, notes: Notes) -> Invitation:
    """The one way in, by key, by words or by the address; two different ones are a contradiction and give none."""
    explicit = keys.address("register", "join_url", mail=True)
    dated = frozenset(b.sentence.block for b in bearings if b.own)
    bearings = [b for b in bearings if len(b.sentence.links) <= MAX_LINKS]
    links = [
        (b, link) for b in bearings for link in b.sentence.links if _is_way_in(b, link) or _leads_in(b, link, dated)
    ]
    prose = [_candidate(link) for _, link in links]
    linked = keys.address("link", "join_url") if is_booking(keys) else None
    url = explicit if explicit and explicit.value.startswith("http") else None
    found = [c for c in (url, *prose, linked if not prose else None) if c]
    join = resolve(
        "join_url", found, notes, subject="registration links",
        hint="Keep one of them in the text and write it in the front matter: register: https://…",
    )  # fmt: skip
    chosen = [(b, link) for b, link in links if join and link.target == join.value]
    hints = next((b.sentence for b, link in chosen if _hints(b, link, title)), None)
    inviting = next((link for b, link in chosen if _asks(b, link) and not _hints(b, link, title)), None)
    mail = explicit if explicit and not url else None
    return Invitation(
        join_url=join,
        contact=_contact(mail, bearings),
        inviting=inviting,
        by_mail=None if hints else next((b.sentence for b in bearings if _asks_by_mail(b)), None),
        hinting=hints if hints and not inviting and not _CHOSEN.search(hints.text) else None,
    )


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


def _leads_in(bearing: Bearing, link: Link, dated: frozenset[int]) -> bool:
    """“To register, visit the event page”, or, in the paragraph with the event's date, “to get the link, click here”."""
    text = bearing.sentence.text
    if not link.target.startswith("http") or bearing.elsewhere or (_LATER.search(text) and not bearing.own):
        return False
    if len(bearing.sentence.links) > 1 or _LIST_TARGET.search(link.target) or _LIST.search(text):
        return False
    if not _PAGE.fullmatch(link.text.strip(" .:>→*") + " "):
        return False
    if _TO_REGISTER.search(text) and not _NOT_A_WAY_IN.search(text):
        return True
    return bool(_TO_GET_LINK.search(text)) and bearing.sentence.block in dated


def _hints(bearing: Bearing, link: Link, title: str) -> bool:
    text = bearing.sentence.text
    larger = _LARGER.search(text)
    if larger and not (larger["name"] and _named(larger["name"]) <= _named(title)):
        return True
    return _interest(bearing, link) or bool(_TO_GET_LINK.search(text) and not _REGISTER.search(text))


def _named(text: str) -> set[str]:
    return set(_NAME_WORD.findall(text.casefold())) - {"the"}


def _asks_by_mail(bearing: Bearing) -> bool:
    text = bearing.sentence.text
    if bearing.elsewhere or _REFUSED_LATER.search(text) or _LIST.search(text) or _CHOSEN.search(text):
        return False
    if not any(link.target.startswith("mailto:") for link in bearing.sentence.links):
        return False
    if _WOULD_LIKE.search(text) and _CONFIRMS.search(text) and _WRITES.search(text):
        return True
    return bool(_RSVP_BY_MAIL.search(text) or (_TO_COME.search(text) and _WRITES.search(text)))


_ATTENDING_HERE = re.compile(r"\b(?:to (?:attend|join) (?:this|the)|attend this)\b", re.IGNORECASE)


def _asks(bearing: Bearing, link: Link) -> bool:
    said = f"{link.text} {bearing.sentence.text}"
    return bool(_REGISTER.search(said) and _INVITES.search(said)) and not _interest(bearing, link)


def _interest(bearing: Bearing, link: Link) -> bool:
    """Whether readers are only asked to tell that they are interested: a place may come of it, or not."""
    return bool(_INTEREST.search(link.text) or _TELLS_INTEREST.search(bearing.sentence.text))


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
