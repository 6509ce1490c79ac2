"""Where a request comes from, when a web server stands before us: as that server says, where its word is taken."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_FORWARDED = b"x-forwarded-for"
#: Nothing that names an address is longer.
_LONGEST = 64
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
#: Who sends one of these hands on what somebody else asked.
_HANDED_ON = frozenset({
    b"forwarded", b"via", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-forwarded-server", b"x-real-ip",
})  # fmt: skip


def caller(peer: str, forwarded: bytes | None, proxies: tuple[Network, ...]) -> str:
    """Who asks: the other end of the connection, or whom the proxy there names last in `X-Forwarded-For`.

    A proxy is what is on this machine or in `proxies`; of several in a row each is asked for the one before it. What others
    write there is passed over, for everybody can write it.
    """
    if forwarded is None or not _is_proxy(peer, proxies):
        return peer
    named = peer
    for said in reversed(forwarded.split(b",")):
        named = said.strip()[:_LONGEST].decode("latin-1") or named
        if not _is_proxy(named, proxies):
            break
    return named


def caller_of(
    client: tuple[str, int] | None, headers: Sequence[tuple[bytes, bytes]], proxies: tuple[Network, ...]
) -> str:
    """As `caller`, of a request as ASGI has it. "" where it came by no network."""
    said = [value for name, value in headers if name == _FORWARDED]
    return caller(client[0] if client else "", b",".join(said) if said else None, proxies)


def is_near(scope: Mapping[str, Any]) -> bool:
    """Whether whoever asks is on this machine: by its address and by the name it calls us, and for nobody else.

    A proxy on this machine has its address too, and says for whom it asks; a page elsewhere that pretends to be this machine
    makes a browser say its own name.
    """
    peer = (scope.get("client") or ("",))[0]
    names = [value.decode("latin-1").lower() for name, value in scope["headers"] if name == b"host"]
    is_local = peer == "::1" or peer.removeprefix("::ffff:").startswith("127.")
    is_named = len(names) == 1 and without_port(names[0]) in _LOOPBACK
    return is_local and is_named and _HANDED_ON.isdisjoint(name for name, _ in scope["headers"])


def without_port(host: str) -> str:
    """A host as a request names it, without its port."""
    name, mark, port = host.rpartition(":")
    return name if mark and port.isdecimal() else host


# Each proxy is asked about at every request.
@lru_cache(maxsize=4096)
def _is_proxy(address: str, proxies: tuple[Network, ...]) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        found = found.ipv4_mapped or found
    return found.is_loopback or any(found in network for network in proxies)
