"""Where an address in a mail leads, and what is wrong with it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import SplitResult, urlsplit

from notifier.core.plain import ascii_host

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,40}):")
#: Schemes that mail programs follow.
_FOLLOWED = frozenset({"http", "https", "mailto", "tel", "webcal", "webcals"})
_WEB = frozenset({"http", "https", "webcal", "webcals"})
#: Names that no public name server answers for (RFC 2606, 6761, 6762, 8375, and what networks at home and at work use).
_PRIVATE_ENDS = frozenset({
    "corp", "home", "internal", "intranet", "invalid", "lan", "local", "localdomain", "localhost", "private", "test",
    "home.arpa", "onion",
})  # fmt: skip
_NUMBER = re.compile(r"0x[0-9a-f]{0,8}|[0-9]{1,11}", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with an address, as the end of a sentence that begins with it. `private`: readers can't reach its host."""

    what: str
    hint: str
    private: bool = False
    mild: bool = False


_ABSOLUTE = "Write it whole, from https:// on."
_SHAPE = "Correct it where it is written: in the event's file, in config.yaml, or in the template."
_PUBLIC = (
    "Readers are elsewhere: give an address that everybody reaches, or set `public_url` under `site` in config.yaml."
)


# The same addresses stand in both parts of a mail, and in many mails.
@lru_cache(maxsize=2048)
def address_fault(address: str) -> Fault | None:
    """What keeps readers from following an address; None where nothing is known to."""
    text = address.strip()
    if not text or text == "#":
        return Fault(what="leads nowhere", hint="Give it an address, or take the link out of the template.")
    if re.search(r"[\s\\<>\"]|[\x00-\x1f\x7f]", text):
        return Fault(what="has a space or a sign in it that no address can have", hint=_SHAPE)
    scheme = _SCHEME.match(text)
    if scheme is None:
        return Fault(
            what="is no whole address: in a mail there is no page that it could be relative to", hint=_ABSOLUTE
        )
    name = scheme[1].lower()
    if name not in _FOLLOWED:
        return Fault(what=f"begins with {name}:, which mail programs don't follow", hint="Use an https address.")
    if name not in _WEB:
        return _other_fault(name, text)
    return _web_fault(name, text)


def _other_fault(name: str, text: str) -> Fault | None:
    target = text.partition(":")[2].partition("?")[0]
    is_whole = re.fullmatch(r"[^@]+@[^@]+", target) if name == "mailto" else any(map(str.isdigit, target))
    return None if is_whole else Fault(what=f"names nobody after {name}:", hint=_SHAPE)


def _web_fault(name: str, text: str) -> Fault | None:
    parts = _split(text)
    host = host_of(text)
    # `https://https://…` has the host "https".
    if parts is None or not host or host in _FOLLOWED:
        return Fault(what="is malformed, so it leads nowhere", hint=_SHAPE)
    if "@" in parts.netloc:
        return Fault(what="hides its host behind a user's name", hint=_SHAPE)
    if is_private(host):
        return Fault(what=f"leads to {host}, which only some computers reach", hint=_PUBLIC, private=True)
    if name == "http":
        return Fault(what="is not encrypted", hint="If the site answers to https:// as well, use that.", mild=True)
    return None


def _split(text: str) -> SplitResult | None:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return None
    return parts if text[text.index(":") : text.index(":") + 3] == "://" else None


def host_of(address: str) -> str:
    """The host of a web address in lower-case ASCII, as a browser would look it up; "" where there is none."""
    parts = _split(address) if _SCHEME.match(address) else None
    if parts is None:
        return ""
    try:
        # IDNA folds full-width digits and dots, as browsers do: １２７.0.0.1 is 127.0.0.1.
        return ascii_host(parts.hostname or "").lower().rstrip(".")
    except (ValueError, UnicodeError):
        return ""


def is_private(host: str) -> bool:
    """Whether a host, as `host_of` gives it, can't be reached from everywhere: a number of a private network, or such a name."""
    number = _number(host)
    if number is not None:
        mapped = number.ipv4_mapped if isinstance(number, IPv6Address) else None
        return not (mapped or number).is_global or number.is_multicast
    labels = host.split(".")
    return len(labels) == 1 or labels[-1] in _PRIVATE_ENDS or ".".join(labels[-2:]) in _PRIVATE_ENDS


def _number(host: str) -> IPv4Address | IPv6Address | None:
    """The number that a browser takes a host for: `2130706433`, `0x7f.1` and `127.1` are all 127.0.0.1 (WHATWG URL 3.5)."""
    try:
        return ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        pass
    parts = host.split(".")
    if len(parts) > 4 or not all(map(_NUMBER.fullmatch, parts)):
        return None
    try:
        values = [_value(part) for part in parts]
        *first, last = values
        total = last + sum(value << 8 * (3 - place) for place, value in enumerate(first))
        return IPv4Address(total)
    except ValueError:
        return None


def _value(part: str) -> int:
    if part[:2].lower() == "0x":
        return int(part[2:] or "0", 16)
    return int(part, 8) if part.startswith("0") and len(part) > 1 else int(part)
