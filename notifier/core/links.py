"""Links that add an event to a calendar on the web, and links that subscribe to a feed."""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import overload
from urllib.parse import quote

from notifier.core.entry import Span, calendar_title, describe, place_of, span_of
from notifier.core.event import Event
from notifier.core.languages import language_of
from notifier.core.plain import http_url, one_line
from notifier.core.rule import Site

#: Longer addresses are cut or refused by some browsers and mail programs.
_MAX_LENGTH = 1990
_MAX_TITLE, _MAX_PLACE, _MAX_TAIL = 480, 300, 400

_GOOGLE = "https://calendar.google.com/calendar/render"
_OUTLOOK = (("Outlook.com", "https://outlook.live.com"), ("Office 365", "https://outlook.office.com"))
_YAHOO = "https://calendar.yahoo.com/"
#: Each octet as it stands in an address.
_OCTETS = [quote(bytes([octet]), safe="") for octet in range(256)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link and the name that people know its service by."""

    label: str
    url: str


class Asked(Sequence[Link]):
    """Links that are made when somebody asks for one: most mails show none of an event."""

    __slots__ = ("_made", "_make")

    def __init__(self, make: Callable[[], tuple[Link, ...]]) -> None:
        self._make = make
        self._made: tuple[Link, ...] | None = None

    def __len__(self) -> int:
        return len(self._all())

    @overload
    def __getitem__(self, place: int) -> Link: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Link]: ...
    def __getitem__(self, place: int | slice) -> Link | Sequence[Link]:
        return self._all()[place]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Asked) and self._all() == other._all()

    def __hash__(self) -> int:
        return hash(self._all())

    def __repr__(self) -> str:
        return repr(self._all())

    def _all(self) -> tuple[Link, ...]:
        if self._made is None:
            self._made = self._make()
        return self._made


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    title: str
    place: str
    text: str
    tail: str
    zone: str | None


def add_links(event: Event, site: Site, *, file_url: str | None = None) -> tuple[Link, ...]:
    """One link for each service that can show this event truthfully; none for one taken back or without a usable date.

    The event is taken as it is: for a public audience pass its `public_view`. `file_url` is where its file can be
    had, for the calendars that no service's link opens; it stays https, since webcal: would subscribe to it.
    """
    span = span_of(event.when)
    if span is None or not event.published:
        return ()
    words = _words(event, site)
    links = [Link(label="Google", url=_google(span, words))]
    links += [Link(label=label, url=_outlook(host, span, words)) for label, host in _OUTLOOK]
    # Yahoo's all-day form knows a single day only.
    if span.days <= 1:
        links.append(Link(label="Yahoo", url=_yahoo(span, words)))
    if file := http_url(file_url):
        links.append(Link(label=language_of(site.language).say("Apple and others"), url=file))
    return tuple(links)


def event_file_name(uid: str) -> str:
    """What the file of one event is called, without its ending: a-z and 2-7 only, and another for each uid.

    A digest, because a uid may be an author's own and hold anything.
    """
    digest = hashlib.sha256(uid.encode(errors="surrogatepass")).digest()
    return base64.b32encode(digest).decode().lower()[:26]


def subscribe_links(feed_url: str, name: str, language: str = "en") -> tuple[Link, ...]:
    """Links that subscribe to a feed; always show the feed's own address beside them, to copy."""
    address = http_url(feed_url)
    if address is None:
        return ()
    # Google takes webcal:, not https:; iOS refuses webcals:.
    webcal = "webcal://" + address.split("://", 1)[1]
    outlook = f"/calendar/0/addfromweb?url={_encoded(address)}&name={_encoded(one_line(name))}"
    return (
        Link(label="Google", url=f"https://calendar.google.com/calendar/r?cid={_encoded(webcal)}"),
        Link(label=language_of(language).say("Apple and others"), url=webcal),
        *(Link(label=label, url=host + outlook) for label, host in _OUTLOOK),
    )


def _words(event: Event, site: Site) -> _Words:
    tail = http_url(event.url) or ""
    text = describe(site, event)
    return _Words(
        title=_cut(calendar_title(event, site.language), _MAX_TITLE, _encoded),
        place=_cut(place_of(event, site.language), _MAX_PLACE, _encoded),
        text=text.removesuffix(tail).rstrip() if tail else text,
        tail=tail if len(_encoded(tail)) <= _MAX_TAIL else "",
        zone=event.zone,
    )


def _google(span: Span, words: _Words) -> str:
    start, end = _compact(span.start), _compact(span.end)
    # With a zone, Android shifts whole days.
    zone = f"&ctz={quote(words.zone, safe='/')}" if words.zone and not span.all_day else ""
    head = f"{_GOOGLE}?action=TEMPLATE&text={_encoded(words.title)}&dates={start}/{end}"
    return _with_text(f"{head}&location={_encoded(words.place)}{zone}&details=", words, _encoded_html)


def _outlook(host: str, span: Span, words: _Words) -> str:
    head = (
        f"{host}/calendar/deeplink/compose?path=/calendar/action/compose&rru=addevent"
        f"&subject={_encoded(words.title)}&startdt={_extended(span.start)}&enddt={_extended(span.end)}"
        f"&location={_encoded(words.place)}"
    )
    return _with_text(f"{head}{'&allday=true' if span.all_day else ''}&body=", words, _encoded_html)


def _yahoo(span: Span, words: _Words) -> str:
    end = "&dur=allday" if span.all_day else f"&ET={_compact(span.end)}"
    head = f"{_YAHOO}?v=60&TITLE={_encoded(words.title)}&ST={_compact(span.start)}{end}"
    return _with_text(f"{head}&in_loc={_encoded(words.place)}&DESC=", words, _encoded)


def _with_text(head: str, words: _Words, encode: Callable[[str], str]) -> str:
    """The address with as much of the description as fits, ended at a word, and the event's own address last."""
    tail = encode(f"\n\n{words.tail}") if words.tail else ""
    return head + encode(_cut(words.text, _MAX_LENGTH - len(head) - len(tail), encode)) + tail


def _cut(text: str, room: int, encode: Callable[[str], str]) -> str:
    """The longest beginning of the text whose encoded form, with "…", has at most `room` characters."""
    if len(encode(text)) <= room:
        return text
    fits, beyond = 0, len(text)
    while beyond - fits > 1:
        middle = (fits + beyond) // 2
        fits, beyond = (middle, beyond) if len(encode(text[:middle] + "…")) <= room else (fits, middle)
    head = text[:fits]
    word_end = max(head.rfind(" "), head.rfind("\n"))
    return (head[:word_end] if word_end > 0 else head).rstrip() + "…" if fits else ""


# The same title, place and description go to several services.
@lru_cache(maxsize=64)
def _encoded(text: str) -> str:
    """As `quote(text, safe="")` writes it, in less than half its time."""
    return "".join(map(_OCTETS.__getitem__, text.encode()))


def _encoded_html(text: str) -> str:
    """Google and Outlook read the description as HTML."""
    return _encoded(html.escape(text, quote=False).replace("\n", "<br>"))


def _compact(moment: date | datetime) -> str:
    if isinstance(moment, datetime):
        return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    return moment.strftime("%Y%m%d")


def _extended(moment: date | datetime) -> str:
    if isinstance(moment, datetime):
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return moment.isoformat()
