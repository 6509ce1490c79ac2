"""Counts wrong passwords, so that nobody guesses one, and nobody keeps another out by guessing.

A browser in which a person has logged in before has a count of its own for them: strangers that try their name don't
slow it down. It is all kept in memory, and bounded: what strangers do must not make the ledger write.
"""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from notifier.core.person import digest_of
from notifier.core.throttling import Tries, after_try, left_to_wait

#: Names that nobody has, and addresses: so many are told apart.
MOST_STRANGERS = 10_000
#: A household or an office has one of these (RFC 6177).
_IPV6_NETWORK = 64


@dataclass(frozen=True, slots=True)
class Place:
    """Where tries are counted. `is_kept`: there are only as many of these as accounts and their browsers."""

    name: str
    is_kept: bool = False


def places(name: str, *, is_known: bool, device: str | None, address: str | None) -> tuple[Place, ...]:
    """Where a try for a folded name counts. `device` is the digest of a browser's cookie that is known as this person's.

    Everybody behind a proxy on this machine seems to come from it, so that address says nothing.
    """
    key = digest_of(name)
    if device is not None:
        return (Place(f"device {device} {key}", is_kept=True),)
    network = network_of(address)
    return (Place(f"name {key}", is_kept=is_known), *([Place(f"network {network}")] if network else []))


class Throttle:
    """For one thread: that of the server's loop."""

    def __init__(self, most: int = MOST_STRANGERS) -> None:
        self._most = most
        self._kept: dict[str, Tries] = {}
        self._strangers: OrderedDict[str, Tries] = OrderedDict()

    def admit(self, at: Iterable[Place], now: datetime) -> timedelta:
        """How long a try has to wait; zero lets it in, and counts it at once: several at a time gain nothing by that."""
        places = tuple(at)
        wait = max((left_to_wait(self._of(place), now) for place in places), default=timedelta(0))
        if wait > timedelta(0):
            return wait
        for place in places:
            self._put(place, after_try(self._of(place), now))
        return wait

    def forget(self, at: Iterable[Place]) -> None:
        """It was the right password."""
        for place in at:
            self._kept.pop(place.name, None)
            self._strangers.pop(place.name, None)

    def _of(self, place: Place) -> Tries | None:
        return self._kept.get(place.name) if place.is_kept else self._strangers.get(place.name)

    def _put(self, place: Place, tries: Tries) -> None:
        if place.is_kept:
            self._kept[place.name] = tries
            return
        self._strangers[place.name] = tries
        self._strangers.move_to_end(place.name)
        if len(self._strangers) > self._most:
            self._strangers.popitem(last=False)


def network_of(address: str | None) -> str | None:
    """Where it comes from, as far as that tells callers apart; None on this machine, where a proxy may stand before all."""
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv6Address):
        found = found.ipv4_mapped or found
    if found.is_loopback:
        return None
    if found.version == 4:
        return str(found)
    return str(ipaddress.ip_network((found, _IPV6_NETWORK), strict=False))
