"""What happens beside handing over, as `ports` has all else: capabilities that a provider, or a ledger, may have."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from notifier.core.byhand import ByHand
from notifier.core.delivery import Decision, Delivery
from notifier.core.lease import Lease, Mark
from notifier.core.posting import HookState, Moved, Outcome, Post
from notifier.core.reach import Reach


class Seeing(Protocol):
    """Who looks on while a tick works, to count and to time it. It changes nothing, and does not raise."""

    def part(self, name: str, provider: str = "") -> AbstractContextManager[Callable[[str], None]]:
        """Around a part of a tick, or around one call to a provider. What it gives is told what came of it, in a word."""
        ...


class Unseen:
    """Nobody looks on."""

    def part(self, name: str, provider: str = "") -> AbstractContextManager[Callable[[str], None]]:
        return nullcontext(_unheard)


def _unheard(_result: str) -> None:
    return


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


@runtime_checkable
class Timekeeping(Protocol):
    """A ledger at a server, whose clock all instances can see."""

    def clock(self) -> datetime | None:
        """The time there, aware; None where there is no clock but our own."""
        ...


@runtime_checkable
class Posting(Protocol):
    """A ledger that remembers what other programs are still to be told of its rows' history. They are webhooks, by name."""

    def begin_hooks(self, hooks: Mapping[str, str], at: datetime) -> None:
        """These are the webhooks now, each with the digest of its address.

        One that is new, or has another address, begins at this moment: it is told nothing of before. What waited for others is dropped.
        """
        ...

    def begin_again(self, hook: str, at: datetime, *, said: Decision | None = None) -> bool:
        """One whose receiver wanted no more is told of what moves from now on; False where it is none of those.

        `said` is kept with it, in the same transaction: who did that. Here and below.
        """
        ...

    def try_again(self, hook: str, at: datetime, *, said: Decision | None = None) -> int:
        """What waits for a later attempt is due now, and what was given up is tried anew; how many these are.

        0, and nothing kept, where there is nothing of either, or its receiver wants no more.
        """
        ...

    def hooks(self) -> Sequence[HookState]: ...

    def untaken(self, hook: str, most: int) -> Sequence[Moved]:
        """The first moves that were not yet looked at for this webhook, in their order."""
        ...

    def take_up(self, hook: str, found: Sequence[Post], *, until: int, after: int) -> bool:
        """Keep what it is to be told of the moves after the number `after`, `until` included.

        False, and nothing kept, where another process has looked at them.
        """
        ...

    def claim_post(self, hook: str, at: datetime) -> Post | None:
        """One that is due, with this attempt counted: committed when this returns, so that nobody else has it before it is due again."""
        ...

    def conclude_post(self, post: Post, outcome: Outcome, at: datetime, *, said: str = "") -> None:
        """What came of a claimed one; `said` is what it failed with. After a success all that waits is due."""
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


@runtime_checkable
class Fencing(Protocol):
    """A provider that keeps a mark of the ledger which sends through it, so that a copy of that ledger can be told from it."""

    def mark(self) -> Mark | None:
        """What stands there; None where nothing does. Raises ProviderError where it can't be read."""
        ...

    def put_mark(self, mark: Mark) -> None:
        """Write it there, in the place of what stands there. Where there is no place yet, nothing. Raises ProviderError."""
        ...

    def is_near(self) -> bool:
        """Whether asking costs next to nothing, so that it may be asked each time."""
        ...


@runtime_checkable
class Leasing(Protocol):
    """A ledger that may be copied, and knows in which state it was taken up."""

    def lease(self) -> Lease | None:
        """What it knows of itself; None of one that nobody can copy."""
        ...

    def raise_lease(
        self, before: Lease, at: datetime, *, by: str = "", above: int = 0, stopped: str = ""
    ) -> Lease | None:
        """Take it up anew, here, under a new nonce; None where another process has done so since `before`.

        Its number is above that one too. `stopped` says why nothing is sent from it all the same.
        """
        ...

    def stop(self, before: Lease, why: str, at: datetime) -> bool:
        """Let nothing be sent from it until a person takes it over; "" lets it again. False where it was taken up since `before`."""
        ...


class Held(Protocol):
    """A name that this process alone holds: until it lets go, dies, is cut off from the ledger, or stands still for minutes."""

    def put(self, record: str, letter: bytes | None = None, *, also: Callable[[object], None] | None = None) -> None:
        """Keep it under the name, with the letter where one is given; committed when this returns.

        `also` is called in the same transaction, which it is given: what it writes there is kept together with it, or not at all.

        Raises UserError, with nothing kept, once the name isn't held any more.
        """
        ...

    def check(self) -> None:
        """Raise UserError where the name may not be held any more. Costs nothing: nobody is asked."""
        ...


class Shelf(Protocol):
    """The spool of one provider where several instances share it: records and letters by name, and who holds one.

    All raise UserError where the ledger can't be asked.
    """

    #: Where it is, as people know it.
    place: str

    def record(self, name: str) -> str | None: ...

    def letter(self, name: str) -> bytes | None: ...

    def records(self) -> Mapping[str, str]:
        """All there are, by name."""
        ...

    def hold(self, name: str) -> AbstractContextManager[Held]:
        """Hold a name, whether or not there is anything under it; others wait."""
        ...

    def is_held(self, name: str) -> bool:
        """Whether a process of any machine holds it now."""
        ...

    def note_round(self, claim: str, machine: str, at: datetime) -> None:
        """Who is claimed so from now on is given their letter by this machine, which alone knows how far it came."""
        ...

    def round(self, claim: str) -> tuple[str, datetime] | None:
        """Which machine that is, and since when; None where nothing is known of the claim."""
        ...

    def forget_round(self, claim: str) -> None: ...

    def alone(self, name: str) -> AbstractContextManager[object | None]:
        """A transaction for what one at a time may do; None where another is at it now, of whatever machine."""
        ...

    def spend(self, rate: int, most: int, at: datetime) -> int:
        """Count these as leaving then, as far as with them no more than `rate` leave within a minute; returns how many."""
        ...

    def unspend(self, number: int) -> None:
        """So many of those that were counted last did not leave."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What came of one batch: after how long it is to come again (None: done), and why nobody could be given anything.

    `refused`: the server takes this mail for nobody, so it is of no use to go on. `trouble`: it takes nothing at the moment.
    """

    again: timedelta | None = None
    trouble: str = ""
    refused: str = ""


@runtime_checkable
class Sharing(Protocol):
    """A provider whose mails to each person may be given away by several processes at once, a batch at a time.

    Where others do the batches, `send` gives nobody anything: it only sees that there are enough of them.
    """

    def give(self, key: str, digest: str, at: datetime) -> Share:
        """Give the letter of this digest to some of those who still wait for it. To nobody where it is another by now.

        Raises ProviderError and UserError where that could not be begun.
        """
        ...


@runtime_checkable
class Spooling(Protocol):
    """A ledger that may also keep the spools of mail servers."""

    def shelf(self, provider: str) -> Shelf | None:
        """The shelf of a provider; None where one machine has the ledger for itself, and its folder is as good."""
        ...
