"""People in dictionaries: who belongs to audiences, who has left them, and the recipients of deliveries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from notifier.core.enrolling import (
    TWICE,
    claimed,
    concluded,
    erased,
    is_person,
    may_be_claimed,
    may_be_concluded,
    may_be_enrolled_anew,
    put_together,
    to_enrol,
)
from notifier.core.keeping import plain_text
from notifier.core.recipient import Member, Recipient, RecipientStatus, Result, Tally, digest_of
from notifier.core.zones import in_utc


class MemoryPeople:
    """`ports.Roster` and `ports.Recipients`, for a ledger that forgets."""

    def __init__(self) -> None:
        self._members: dict[str, tuple[datetime, dict[str, Member]]] = {}
        self._left: dict[str, dict[str, tuple[datetime, str]]] = {}
        self._enrolled_at: dict[str, datetime] = {}
        self._recipients: dict[str, dict[int, Recipient]] = {}

    def members(self, audience: str) -> tuple[Member, ...]:
        _, kept = self._members.get(audience, (None, {}))
        return tuple(member for digest, member in kept.items() if digest not in self._left.get(audience, {}))

    def each_member(self, audience: str) -> Iterator[Member]:
        return iter(self.members(audience))

    def put_members(self, audience: str, members: Sequence[Member], at: datetime) -> None:
        self._members[audience] = in_utc(at), put_together(audience, members)

    def last_put(self, audience: str) -> datetime | None:
        at, kept = self._members.get(audience, (None, {}))
        return at if kept else None

    def leave(self, audience: str, digest: str, at: datetime, *, why: str) -> bool:
        left = self._left.setdefault(audience, {})
        if digest in left:
            return False
        left[digest] = in_utc(at), plain_text(why)
        return True

    def come_back(self, audience: str, digest: str) -> bool:
        return self._left.get(audience, {}).pop(digest, None) is not None

    def left(self, audience: str) -> Mapping[str, tuple[datetime, str]]:
        left = self._left.get(audience, {})
        return {digest: left[digest] for digest in sorted(left, key=lambda one: (left[one][0], one))}

    def erase(self, address: str, audiences: Sequence[str]) -> int:
        digests = {digest_of(name, address) for name in audiences}
        found = 0
        for _, kept in self._members.values():
            meant = [digest for digest, one in kept.items() if is_person(digest, one.address, address, digests)]
            found += len([kept.pop(digest) for digest in meant])
        return found + self._erase(lambda _, one: is_person(one.digest, one.address, address, digests))

    def enrol(self, key: str, recipients: Iterable[Recipient], at: datetime) -> bool:
        if not may_be_enrolled_anew(self._recipients.get(key, {}).values()):
            return False
        at, given = in_utc(at), {one.number: one for one in to_enrol(recipients)}
        if len({one.digest for one in given.values()}) != len(given):
            raise ValueError(TWICE)
        self._enrolled_at[key], self._recipients[key] = at, given
        return True

    def claim(self, key: str, most: int, *, claim: str, at: datetime) -> tuple[Recipient, ...]:
        kept, at = self._recipients.get(key, {}), in_utc(at)
        found = [claimed(one, claim) for one in kept.values() if may_be_claimed(one, at)][: max(most, 0)]
        kept.update({one.number: one for one in found})
        return tuple(found)

    def conclude(self, key: str, results: Sequence[Result], *, claim: str | None, at: datetime) -> int:
        in_utc(at)
        kept, wanted = self._recipients.get(key, {}), {result.number: result for result in results}
        held = [kept[number] for number in wanted if number in kept and may_be_concluded(kept[number], claim)]
        kept.update({one.number: concluded(one, wanted[one.number]) for one in held})
        return len(held)

    def tally(self, key: str) -> Tally:
        kept = self._recipients.get(key, {}).values()
        waiting = [one.retry_at for one in kept if one.status == "waiting"]
        times = [at for at in waiting if at is not None]
        counts: Counter[str] = Counter(one.status for one in kept)
        return Tally(**counts, next_at=min(times) if times and len(times) == len(waiting) else None)

    def recipients(self, key: str, *statuses: RecipientStatus) -> tuple[Recipient, ...]:
        return tuple(one for one in self._recipients.get(key, {}).values() if not statuses or one.status in statuses)

    def erase_recipients(self, before: datetime) -> int:
        old = {key for key, at in self._enrolled_at.items() if at < in_utc(before)}
        return self._erase(lambda key, _: key in old)

    def _erase(self, is_meant: Callable[[str, Recipient], bool]) -> int:
        found = [
            (kept, one)
            for key, kept in self._recipients.items()
            for one in kept.values()
            if is_meant(key, one) and (one.address or one.name)
        ]
        for kept, one in found:
            kept[one.number] = erased(one)
        return len(found)
