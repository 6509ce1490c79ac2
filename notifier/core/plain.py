"""Authors' text made fit for one line, for several lines, or for a link. Nothing else is trusted to be clean."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from functools import lru_cache
from itertools import accumulate
from urllib.parse import quote, urlsplit, urlunsplit

# CR, NEL, VT, FF and the two Unicode separators end a line for some readers and not for others.
_BREAKS = str.maketrans(dict.fromkeys("\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029", "\n") | {"\t": " "})
# Controls, the byte order mark, noncharacters, and the overrides and isolates that reorder what is shown around them.
_UNWANTED = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
#: Bytes of text that needs no second look, and other signs that need none: no control, and nothing that NFC changes or joins
#: to what stands before it.
_ASCII = bytes([0x0A, *range(0x20, 0x7F)])
_SETTLED = re.compile("[\u00a0-\u00ac\u00ae-\u02ff\u2010-\u2027\u2030-\u205e\u2060]*")
_URL_SAFE = "/?#[]@!$&'()*+,;=:%~-._"
#: An address that is well as it is, like most. A part of a host's name has 63 signs at most.
_PLAIN_URL = re.compile(
    r"https?://[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*(?:/[A-Za-z0-9/_.%~-]*(?:\?[A-Za-z0-9/_.%~=&+-]+)?)?", re.ASCII
)


def clean_text(text: str) -> str:
    """The text in NFC with LF line breaks, without control characters, bidi overrides and lone surrogates."""
    if text.isascii() and text.isprintable():
        return text  # nearly all texts, and what is looked for below takes a while
    rest = text.encode(errors="surrogatepass").translate(None, _ASCII)
    if _SETTLED.fullmatch(rest.decode(errors="replace")):
        return text
    plain = text.replace("\n", "")
    if plain.replace("\u00a0", "").replace("\u2060", "").isprintable():
        return unicodedata.normalize("NFC", text)  # what is not wanted is never printable
    lines = text.replace("\r\n", "\n").translate(_BREAKS)
    kept = _SURROGATE.sub("\ufffd", _UNWANTED.sub("", lines))
    return unicodedata.normalize("NFC", kept)


def one_line(text: str) -> str:
    """The cleaned text on one line, with single spaces and none at the ends."""
    return " ".join(clean_text(text).split())


def cut(text: str, units: int) -> str:
    """At most `units` UTF-16 units of the text, ended at a word and with "…" where something was left out."""
    if _units(text) <= units:
        return text
    # No sign is less than one unit.
    head = text[: bisect_right(list(accumulate(map(_units, text[:units]))), units - 1)]
    word_end = head.rfind(" ")
    return (head[:word_end] if word_end > len(head) // 2 else head).rstrip() + "…"


# An event's addresses are asked for several times while it is written.
@lru_cache(maxsize=512)
def http_url(text: str | None) -> str | None:
    """The absolute http(s) address in ASCII, percent-encoded; None for any other scheme, shape or trick.

    An address with a user's name in it is none of ours: it makes one host look like another.
    """
    address = (text or "").strip()
    if _PLAIN_URL.fullmatch(address):
        return address
    if not address or address != clean_text(address) or "\n" in address or "\\" in address:
        return None
    try:
        parts = urlsplit(address)
        host = ascii_host(parts.hostname or "")
        port = f":{parts.port}" if parts.port is not None else ""
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc:
        return None
    path, query, fragment = (quote(part, safe=_URL_SAFE) for part in (parts.path, parts.query, parts.fragment))
    return urlunsplit((parts.scheme, host + port, path, query, fragment))


def contact_url(text: str | None) -> str | None:
    """A `mailto:` address without extra headers, or an http(s) address; None for anything else."""
    address = one_line(text or "")
    if not address.lower().startswith("mailto:"):
        return http_url(text)
    mailbox = address[len("mailto:") :].split("?")[0]
    local, _, domain = mailbox.partition("@")
    simple = local and domain and not set(mailbox) & set(" \"<>,;:\\()[]&'%")
    return f"mailto:{mailbox}" if simple and mailbox.isascii() and mailbox.count("@") == 1 else None


def _units(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


@lru_cache(maxsize=512)
def ascii_host(host: str) -> str:
    """The name of a host in ASCII, "" for what is none. Raises ValueError for what IDNA can't write."""
    if ":" in host:
        return f"[{host}]"
    name = host.encode("idna").decode() if host else ""
    known = set("abcdefghijklmnopqrstuvwxyz0123456789-._")
    return name if set(name.lower()) <= known else ""
