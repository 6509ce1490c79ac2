"""Mails that people made and sent at a provider by themselves, and whether one is about an event that we would write about too.

Of a mail's text only digests of its links are kept. Any link of an event is enough: a person who is asked once too often is
better off than a reader who is mailed twice.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import unescape
from typing import Literal
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from notifier.core.event import Event, Reason
from notifier.core.links import event_file_name
from notifier.core.plain import ascii_host, cut, one_line
from notifier.core.rule import Site
from notifier.core.zones import moment

#: The code of the reason for asking a person.
SENT_BY_HAND = "sent-by-hand"
#: What people sent, or will send, this near to when ours is due is the same news to the same readers.
NEAR = timedelta(days=3)
#: So long it is remembered: nothing of ours that is due near it is of use later.
REMEMBERED = timedelta(days=60)
#: Of a mail with more links than anybody would write the rest is not looked at.
MOST_LINKS = 2000
_LONGEST_NAME = 80
_ADDRESS = re.compile(r"https?://[^\s\"'<>`\\^{}]{1,2000}", re.IGNORECASE)
#: Ends a sentence, or what the address stands in, rather than the address.
_TRAILING = ".,;:!?)]*_|"
#: Says where a reader came from, and not what is shown.
_TRACKING = re.compile(
    r"utm_.*|mc_[ce]id|mc_tc|fbclid|gclid|gbraid|wbraid|dclid|msclkid|yclid|igshid|mkt_tok|_hs(enc|mi)|pk_.*|mtm_.*",
    re.IGNORECASE,
)
_INDEX = re.compile(r"/index\.(html?|php)$", re.IGNORECASE)
_PORTS = {None, 80, 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class ByHand:
    """A mail that a person made at a provider, sent there or scheduled there for `at`. `id` is the provider's own for it.

    `service` is what people call the provider, `place` where a person sees the mail. `audiences` are those of ours that
    belong to its list, `links` the digests of its links (`links_in`).
    """

    provider: str
    id: str
    service: str
    name: str
    place: str
    state: Literal["sent", "scheduled"]
    at: datetime
    audiences: frozenset[str]
    links: frozenset[str]


def links_in(*texts: str) -> frozenset[str]:
    """The digests of all addresses in pages, texts and subjects, whatever they stand in."""
    found: dict[str, None] = {}
    for text in texts:
        for one in _ADDRESS.finditer(unescape(text)):
            if len(found) >= MOST_LINKS:
                return frozenset(found)
            # Its last sign may be its own, or end a sentence.
            both = map(digest_of_link, {one[0], one[0].rstrip(_TRAILING)})
            found |= {digest: None for digest in both if digest}
    return frozenset(found)


def digest_of_link(address: str) -> str | None:
    """Sixteen hex digits for what an address shows, however it is written and whatever tracking hangs on it; None for none."""
    plain = _plain(address)
    return None if plain is None else hashlib.sha256(plain.encode(errors="surrogatepass")).hexdigest()[:16]


def links_of(event: Event, site: Site) -> frozenset[str]:
    """The digests of all addresses that are the event's own. A site's front page is nobody's own."""
    page = f"{site.public_url}/events/{quote(event.uid, safe='@', errors='surrogatepass')}"
    file = f"{site.public_url}/feeds/events/{event_file_name(event.uid)}.ics"
    own = filter(None, (event.url, event.info_url, event.join_url, page, file))
    fronts = {digest_of_link(front) for front in (site.url, site.public_url)}
    return frozenset(digest for one in own if (digest := digest_of_link(one)) and digest not in fronts)


def about_it(event: Event, mails: Collection[ByHand], site: Site, *, audience: str, due: datetime) -> Iterator[ByHand]:
    """Those of the mails that told this audience of the event, or will, near to when ours is due; in the order of their times."""
    near = [one for one in mails if audience in one.audiences and abs(one.at - due) <= NEAR]
    if not near:
        return
    links = links_of(event, site)
    yield from sorted((one for one in near if not links.isdisjoint(one.links)), key=lambda one: (one.at, one.id))


def reason_of(mail: ByHand, zone: str) -> Reason:
    """Why a person is asked. Its text ends in the mail's place."""
    does = "sent" if mail.state == "sent" else "is to send"
    name = cut(one_line(mail.name), _LONGEST_NAME) or "without a name"
    text = f"{mail.service} {does} a campaign about this event on {moment(mail.at, zone)}: “{name}”, {mail.place}"
    return Reason(code=SENT_BY_HAND, text=text)


def places_in(reasons: Iterable[Reason]) -> frozenset[str]:
    """The mails that these reasons are about, each by twelve hex digits, whether they were sent meanwhile or not."""
    ends = (reason.text.rpartition(" ")[2] for reason in reasons if reason.code == SENT_BY_HAND)
    return frozenset(hashlib.sha256(end.encode(errors="surrogatepass")).hexdigest()[:12] for end in ends)


def _plain(address: str) -> str | None:
    try:
        parts = urlsplit(address.strip())
        host, port = ascii_host((parts.hostname or "").rstrip(".")).lower().removeprefix("www."), parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not host:
        return None
    path = quote(unquote(_INDEX.sub("/", parts.path)).rstrip("/"), errors="surrogatepass")
    query = urlencode(sorted(_told(parts.query)), errors="surrogatepass")
    return f"{host}{'' if port in _PORTS else f':{port}'}{path}?{query}"


def _told(query: str) -> Iterator[tuple[str, str]]:
    """What of a query says what is shown. What the provider fills in for each reader is none of that."""
    for name, value in parse_qsl(query, keep_blank_values=True, errors="surrogateescape", max_num_fields=None):
        if not _TRACKING.fullmatch(name) and "*" not in value:
            yield name, value
