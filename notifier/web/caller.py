"""Where a request comes from, when a web server stands before us: as that server says, where its word is taken."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from functools import lru_cache

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_FORWARDED = b"x-forwarded-for"
#: Nothing that names an address is longer.
_LONGEST = 64


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
