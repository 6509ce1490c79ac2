"""The people of an audience that is kept here, and what became of one delivery for each of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from notifier.core.plain import one_line

#: `unknown`: it was given to the mail server, and whether that took it nobody knows. It is never given again by itself.
RecipientStatus = Literal["waiting", "claimed", "taken", "refused", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One person of an audience: an address as they write it, and what else is known of them. `timezone` is an IANA name."""

    address: str
    name: str = ""
    timezone: str | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """One person of one delivery. `number` is their place in it, from 0; `digest` that of `digest_of`.

    `address` and `name` are "" once they were erased. `said` is the mail server's last word, in one line. `claim` names
    who has claimed it, `retry_at` when a waiting one may be tried again.
    """

    number: int
    digest: str
    address: str
    name: str = ""
    status: RecipientStatus = "waiting"
    attempts: int = 0
    said: str = ""
    claim: str | None = None
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of one claimed recipient. `waiting`: certainly not taken, and to be tried again from `retry_at` on."""

    number: int
    status: Literal["waiting", "taken", "refused", "unknown"]
    said: str = ""
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many recipients of a delivery stand where. `next_at` is the earliest at which a waiting one may be tried.

    It is None where none waits, or where one may be tried at once.
    """

    waiting: int = 0
    claimed: int = 0
    taken: int = 0
    refused: int = 0
    unknown: int = 0
    next_at: datetime | None = None

    @property
    def total(self) -> int:
        return self.waiting + self.claimed + self.taken + self.refused + self.unknown

    @property
    def words(self) -> str:
        """As people read it: "997 of 1,000 taken, 2 refused, 1 in doubt"."""
        parts = {"refused": self.refused, "in doubt": self.unknown, "still to go": self.waiting + self.claimed}
        others = [f"{number:,} {what}" for what, number in parts.items() if number]
        return ", ".join([f"{self.taken:,} of {self.total:,} taken", *others])


class Seen:
    """Who was seen so far, by `digest_of`, in some twenty bytes each: a million in a set would take a hundred megabytes."""

    def __init__(self) -> None:
        # By how a digest begins; the rest of it, one after the other.
        self._rests: dict[str, bytearray] = {}

    def add(self, digest: str) -> bool:
        """Whether they had not been seen before."""
        rest, others = bytes.fromhex(digest)[1:], self._rests.setdefault(digest[:3], bytearray())
        place = others.find(rest)
        while place > 0 and place % len(rest):
            # The end of one and the beginning of the next are nobody.
            place = others.find(rest, place + 1)
        if place < 0:
            others += rest
        return place < 0


def plain_address(address: str) -> str:
    """What two spellings of one address have in common: no space around it, no capitals."""
    return one_line(address).strip().casefold()


def digest_of(audience: str, address: str) -> str:
    """Stands for a person of an audience where their address must not be kept: 32 hex digits, the same for ever.

    Who has left is remembered by it, so that a list that is imported again doesn't bring them back.
    """
    text = f"{audience}\0{plain_address(address)}"
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:32]
