"""What happens at providers beside what we ask for, as `ports` has all else: capabilities that a provider may have."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol, runtime_checkable

from notifier.core.byhand import ByHand
from notifier.core.delivery import Delivery
from notifier.core.reach import Reach


@runtime_checkable
class Noticing(Protocol):
    """A provider where people also make and send mails by themselves."""

    def made_by_hand(self, since: datetime, *, known: Sequence[ByHand], ours: Collection[str]) -> Sequence[ByHand]:
        """What people sent to audiences of ours, or scheduled, since then, and what is `known` of before.

        Each is read once; those whose ids are `ours` are none. What can't be read yet is left for the next time.
        Raises ProviderError where nothing can be told: then what is known stands.
        """
        ...


@runtime_checkable
class Counting(Protocol):
    """A provider that counts what became of its mails."""

    def reach(self, draft_id: str, at: datetime) -> Reach | None:
        """The numbers of what was sent under this id, as they are now; None while there are none.

        Raises ProviderError where they can't be had.
        """
        ...


@runtime_checkable
class Tidying(Protocol):
    """A provider where drafts of ours may be left over."""

    def tidy(self, rows: Sequence[Delivery], *, named: Collection[str], at: datetime) -> Sequence[str]:
        """Delete a few drafts of these deliveries that nobody needs, each after a last look at it; a sentence about each.

        Never one of the ids that are `named`, nor what is younger than a day, nor what a person may have had a hand in.
        Raises ProviderError where that can't be done.
        """
        ...


class Feedback(Protocol):
    """What happened at providers beside what we asked for."""

    def note_by_hand(self, provider: str, mails: Sequence[ByHand]) -> bool:
        """These are the mails that people made there by themselves, instead of those kept before; whether that is news."""
        ...

    def note_reach(self, key: str, reach: Reach) -> None:
        """Keep the numbers of a delivery, instead of earlier ones. Twice, or late: the newest count."""
        ...

    def reaches(self) -> Mapping[str, Reach]:
        """The numbers of all deliveries that have any, by key."""
        ...
