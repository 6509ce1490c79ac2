"""The way in: the link by which readers register or join, and whom they write to in order to come.

A newsletter, a survey, a programme or the next meeting's form is not a way into this event.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from notifier.core.event import Evidence
from notifier.core.reading.bearing import Bearing
from notifier.core.reading.candidates import Candidate, Notes
from notifier.core.reading.languages.worldwide import BOOKING_HOSTS, LIST_TARGET
from notifier.core.reading.links import Link, mail_address
from notifier.core.reading.mapped import Keys
from notifier.core.reading.prose import Sentence
from notifier.core.reading.recording import MAX_LINKS, is_recording
from notifier.core.reading.resolve import resolve

#: What the address of a ticket page holds, in small letters.
_BOOKING = re.compile("|".join(map(re.escape, ("zoom.us", *BOOKING_HOSTS))))
_NAME_WORD = re.compile(r"\w+")


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
    # What follows is about links, and most sentences have none.
    bearings = [b for b in bearings if 0 < len(b.sentence.links) <= MAX_LINKS]
    links = [(b, link) for b in bearings for link in _ways_in(b, dated)]
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
        contact=_stated_contact(keys) or _contact(mail, bearings),
        inviting=inviting,
        by_mail=None if hints else next((b.sentence for b in bearings if _asks_by_mail(b)), None),
        hinting=hints if hints and not inviting and not hints.language.writing.chosen.search(hints.text) else None,
    )


def is_booking(keys: Keys) -> bool:
    """Whether the front matter's `link` is itself a ticket page."""
    entry = keys.entry("link")
    return entry is not None and _books(entry.raw)


def _books(address: str) -> bool:
    # Most hold no ticket seller's name and need not be taken apart.
    if address.isprintable() and _BOOKING.search(address.lower()) is None:
        return False
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    zoom = host.endswith("zoom.us") and parts.path.startswith(("/meeting/register/", "/webinar/register/"))
    return zoom or any(host == name or host.startswith(name) or f".{name}" in f".{host}" for name in BOOKING_HOSTS)


def _is_front_door(address: str) -> bool:
    """The home page of a ticket seller is no event's."""
    return _books(address) and urlsplit(address).path in ("", "/") and not urlsplit(address).query


def _ways_in(bearing: Bearing, dated: frozenset[int]) -> Iterator[Link]:
    """The links of a sentence by which readers come to this event."""
    sentence = bearing.sentence
    if bearing.elsewhere or (not bearing.own and sentence.language.joining.later.search(sentence.text)):
        return
    for link in sentence.links:
        if not link.target.startswith("http"):
            continue
        if (_is_way_in(sentence, link) or _leads_in(sentence, link, dated)) and not is_recording(bearing, link):
            yield link


# In both of these what speaks for a link comes first: hardly any has it, and of most links nothing else is asked.
def _is_way_in(sentence: Sentence, link: Link) -> bool:
    text, said = sentence.text, sentence.language.joining
    # An address as its own words says nothing: https://example.org/book may be one to read.
    told = "" if link.text.lower().startswith(("http://", "https://", "www.")) else link.text
    if not (said.register.search(told) or said.join.search(told)) and not _is_led_to(sentence, told):
        return False
    if LIST_TARGET.search(link.target) or said.listing.search(link.text) or said.no_way_in.search(link.text):
        return False
    if _is_front_door(link.target):
        return False
    return not said.listing.search(text) or bool(
        _books(link.target) or sentence.language.writing.attending_here.search(text)
    )


def _is_led_to(sentence: Sentence, told: str) -> bool:
    """Whether the sentence asks to register, and the link's own words say no more than “here”."""
    text, said = sentence.text, sentence.language.joining
    if not said.register.search(text) or said.no_way_in.search(text):
        return False
    return not told or said.vague.fullmatch(told.strip(" .:>→*") + " ") is not None


def _leads_in(sentence: Sentence, link: Link, dated: frozenset[int]) -> bool:
    """“To register, visit the event page”, or, in the paragraph with the event's date, “to get the link, click here”."""
    text, said = sentence.text, sentence.language.joining
    asks = said.to_register.search(text) is not None and not said.no_way_in.search(text)
    if not asks and not (sentence.block in dated and said.to_get_link.search(text)):
        return False
    if len(sentence.links) > 1 or LIST_TARGET.search(link.target) or said.listing.search(text):
        return False
    return said.page.fullmatch(link.text.strip(" .:>→*") + " ") is not None


def _hints(bearing: Bearing, link: Link, title: str) -> bool:
    text, said = bearing.sentence.text, bearing.sentence.language.joining
    larger = said.larger.search(text)
    if larger and not (larger["name"] and _named(larger["name"]) <= _named(title)):
        return True
    return _interest(bearing, link) or bool(said.to_get_link.search(text) and not said.register.search(text))


def _named(text: str) -> set[str]:
    return set(_NAME_WORD.findall(text.casefold())) - {"the"}


def _asks_by_mail(bearing: Bearing) -> bool:
    if not any(link.target.startswith("mailto:") for link in bearing.sentence.links):
        return False
    text, said, mail = bearing.sentence.text, bearing.sentence.language.joining, bearing.sentence.language.writing
    if bearing.elsewhere or said.refused_later.search(text) or said.listing.search(text) or mail.chosen.search(text):
        return False
    if mail.would_like.search(text) and mail.confirms.search(text) and mail.writes.search(text):
        return True
    return bool(mail.rsvp_by_mail.search(text) or (mail.to_come.search(text) and mail.writes.search(text)))


def _asks(bearing: Bearing, link: Link) -> bool:
    text, said = f"{link.text} {bearing.sentence.text}", bearing.sentence.language.joining
    return bool(said.register.search(text) and said.invites.search(text)) and not _interest(bearing, link)


def _interest(bearing: Bearing, link: Link) -> bool:
    """Whether readers are only asked to tell that they are interested: a place may come of it, or not."""
    said = bearing.sentence.language.joining
    return bool(said.interest.search(link.text) or said.tells_interest.search(bearing.sentence.text))


def _candidate(link: Link) -> Candidate[str]:
    evidence = Evidence(field="join_url", text=link.quote, line=link.line, basis="prose")
    return Candidate(field="join_url", value=link.target, evidence=evidence)


def _stated_contact(keys: Keys) -> Candidate[str] | None:
    """The `contact` key: a mail address, with or without `mailto:`, or a page."""
    said = keys.text("contact", "contact")
    if said is None or "@" not in said.value or said.value.lower().startswith(("mailto:", "http://", "https://")):
        return keys.address("contact", "contact", mail=True)
    clean = mail_address(f"mailto:{said.value}")
    if clean is None:
        keys.wrong("contact", f"{keys.key('contact')} is not a mail address.", "Write one, as in events@example.org.")
        return None
    return replace(said, value=clean)


def _contact(explicit: Candidate[str] | None, bearings: Sequence[Bearing]) -> Candidate[str] | None:
    """Whom to write to in order to come; None where two different people are named."""
    if explicit:
        return Candidate(field="contact", value=explicit.value, evidence=explicit.evidence)
    found: dict[str, Evidence] = {}
    for bearing in bearings:
        text, said = bearing.sentence.text, bearing.sentence.language.joining
        if (
            not bearing.sentence.language.writing.attending.search(text)
            or said.refused_later.search(text)
            or bearing.elsewhere
        ):
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
