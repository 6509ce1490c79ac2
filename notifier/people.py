"""Who gets the mails that go to each person: a part of the ports, which are too long to hold in the head with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from notifier.core.recipient import Member, Recipient, RecipientStatus, Result, Tally


class Roster(Protocol):
    """Who belongs to the audiences that are kept here, and who has left them. People are named by `core.recipient.digest_of`."""

    def members(self, audience: str) -> Sequence[Member]:
        """Those of the ledger's own table, in the order in which they were put there; those who left are not among them."""
        ...

    def each_member(self, audience: str) -> Iterator[Member]:
        """The same, of one moment, read while they are gone through. Until that is done this thread asks the ledger for nothing else."""
        ...

    def put_members(self, audience: str, members: Sequence[Member], at: datetime) -> None:
        """These are the audience now, in one transaction; others are no longer in it. Of two spellings of one address the last counts."""
        ...

    def last_put(self, audience: str) -> datetime | None:
        """When its members were last put there; None where none are kept."""
        ...

    def leave(self, audience: str, digest: str, at: datetime, *, why: str) -> bool:
        """Nothing more is sent to them as one of this audience, wherever its members stand. False when they had left before."""
        ...

    def come_back(self, audience: str, digest: str) -> bool:
        """They want to be mailed again. False when they had not left."""
        ...

    def left(self, audience: str) -> Mapping[str, tuple[datetime, str]]:
        """Who has left it, when and why, by digest."""
        ...

    def erase(self, address: str, audiences: Sequence[str]) -> int:
        """Forget an address wherever it is kept (members, recipients), by these audiences or others; returns in how many places.

        What became of their mails stays, under their digest, and so does that they have left these audiences.
        """
        ...


class Recipients(Protocol):
    """One delivery's recipients: each is claimed, and that is on disk, before anything is given away for them."""

    def enrol(self, key: str, recipients: Iterable[Recipient], at: datetime) -> bool:
        """These are the delivery's recipients, by number. Replaces earlier ones of which all are still waiting with no attempt made.

        They are gone through once, within the transaction that keeps them, and never held all at once: `each_member` may be what
        they come from. False, and nothing read or written, where one of the earlier has been claimed: the list stays as it was.
        """
        ...

    def claim(self, key: str, most: int, *, claim: str, at: datetime) -> Sequence[Recipient]:
        """Up to `most` waiting ones whose `retry_at` has come, by number, now `claimed` by `claim` with one attempt more.

        Committed when this returns. Two callers never get the same one.
        """
        ...

    def conclude(self, key: str, results: Sequence[Result], *, claim: str | None, at: datetime) -> int:
        """Write down, in one transaction, what became of those that `claim` holds (None: whoever holds them); returns how many.

        One that isn't claimed so any more stays as it is. `unknown` ones may be concluded too: a person has looked.
        """
        ...

    def tally(self, key: str) -> Tally: ...

    def recipients(self, key: str, *statuses: RecipientStatus) -> Sequence[Recipient]:
        """Those in these states (all when none is named), by number."""
        ...

    def erase_recipients(self, before: datetime) -> int:
        """Forget the addresses and names of deliveries that were enrolled before then; what became of each stays. Returns how many."""
        ...
