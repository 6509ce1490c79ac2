"""The whole outside world, on one page. No library's type crosses it; no call sleeps.

Foreign exceptions are translated at the edge: `UserError` where a person has to mend something,
`ProviderError` where a provider could not do what it was asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal, Protocol, runtime_checkable

from notifier.accounts import Accounts, ApiTokens, SignOns, Tokens
from notifier.beside import Feedback
from notifier.core.delivery import Decision, Delivery, DeliveryStatus, Memory, Observation, Outcome, Told
from notifier.core.event import Document, Event, Reason
from notifier.core.facts import Facts
from notifier.core.message import Message
from notifier.core.one_off import OneOff
from notifier.core.plan import Plan
from notifier.core.readership import Poll
from notifier.core.reading import Library, Reading
from notifier.core.reading.shape import Shape
from notifier.core.rule import Audience
from notifier.errors import Problem
from notifier.people import Recipients, Roster


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Everything a source holds now. `problems` are files that are there but could not be read.

    `unreadable` are the paths of those files: they have not vanished. `renames` is the repository's own word on what
    moved since the revision that was asked for: the old path of a new one. `keeps_revisions`: `revision` may be asked
    for again, in another process too (a repository's commit).
    """

    documents: tuple[Document, ...]
    revision: str
    problems: tuple[Problem, ...] = ()
    unreadable: frozenset[str] = frozenset()
    renames: Mapping[str, str] = field(default_factory=dict)
    keeps_revisions: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of `doctor`: what was looked at, whether it is well, what was found, what to do."""

    subject: str
    ok: bool
    text: str
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a provider can do. `certain`: its `absent` proves that nothing went out. `reaches_people`: not a folder.

    `only_subjects`: of a message it looks at the subject alone, so nothing more of it need be written.
    `attaches`: a mail through it can have a calendar file; else none is written, and no mail speaks of one.
    `by_hand`: a person sends the drafts there, nobody knows when, so that they name absolute times only.
    `adds_unsubscribe`: readers are told how to leave by it, or by the list behind it; else each message has to tell them.
    `only_here`: what it was given is written down on this machine, and nowhere else can be asked for it.
    """

    sends: bool
    certain: bool
    reaches_people: bool
    only_subjects: bool = False
    adds_unsubscribe: bool = True
    by_hand: bool = False
    attaches: bool = True
    only_here: bool = False


class Source(Protocol):
    """Where documents come from."""

    name: str

    def read(self, known: Mapping[str, Document], since: str | None = None) -> Snapshot:
        """Everything there is now. `known` documents by path may be returned again when unchanged.

        `since` is the revision from which renames are told, where the source can tell.
        Raises UserError when the source as a whole can't be read: then nothing has vanished.
        """
        ...


class Readers(Protocol):
    """Who understands many documents at once."""

    def read(self, documents: Sequence[tuple[Document, Shape]], library: Library) -> Iterator[Reading]:
        """What each of them gives, in their order: the same as `core.reading.read_document` gives. Never raises."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """One step of a history. `at` is when it came to be what everybody sees, never before the one before it.

    `authored_at` is when its author wrote it, which may be long before.
    """

    id: str
    at: datetime
    authored_at: datetime
    subject: str


class History(Source, Protocol):
    """A source that can stand at any of its past revisions."""

    def commits(self, since: datetime | None = None, until: datetime | None = None) -> Sequence[Commit]:
        """The commits of its branch, oldest first, from `since` to `until`, both included."""
        ...

    def stand_at(self, commit_id: str) -> None:
        """What is read from now on is as it was then."""
        ...


class Provider(Protocol):
    """Who hands messages over. It observes and acts; `core.delivery.next_step` decides."""

    name: str

    def capabilities(self) -> Capabilities: ...

    def resolve(self, audience: Audience) -> int | None:
        """How many people the audience is now; None where the provider can't know."""
        ...

    def find(self, key: str) -> Observation:
        """What the provider holds under this key. Asked before every act."""
        ...

    def draft(
        self, delivery: Delivery, message: Message, audience: Audience, at: datetime, *, events: Sequence[Event] = ()
    ) -> str:
        """Prepare the message about `events` without sending it; returns the draft's id.

        Twice for one key: one draft, the later one.
        """
        ...

    def check(self, draft_id: str) -> Sequence[Problem]:
        """What is wrong with the draft as the provider holds it; empty when it may be sent."""
        ...

    def send(self, draft_id: str, key: str, at: datetime) -> Outcome:
        """Hand over. Never repeated unless `find` has proved that nothing was taken."""
        ...

    def test(self, message: Message, addresses: Sequence[str]) -> Outcome: ...

    def doctor(self, audiences: Sequence[Audience]) -> Sequence[Finding]: ...


class Keeper(Protocol):
    """A provider that keeps what it delivered, so that it can be looked at again (the outbox)."""

    def kept(self, key: str, name: str) -> bytes | None:
        """The file `name` (`message.html`, `message.txt`, `message.eml`, `invite.ics`) of a delivery, or None."""
        ...


@runtime_checkable
class Recalling(Protocol):
    """A provider that itself remembers what is in doubt, since nobody else can be asked (a mail server)."""

    def not_taken(self, key: str, at: datetime) -> None:
        """A person has looked, and nothing went out under this key: it may be handed over again. Twice: once.

        Raises ProviderError where that can't be remembered.
        """
        ...


@runtime_checkable
class Following(Protocol):
    """A provider whose drafts have ids of its own, which is helped by knowing them when it looks."""

    def follow(self, key: str, draft_id: str | None) -> Observation:
        """As `find`; `draft_id` is what was noted of the delivery. What was noted and is gone is `removed`."""
        ...

    def discard(self, key: str, draft_id: str) -> str:
        """Delete a draft that is not to go out, so that nobody sends it by hand. Twice: once.

        Returns what is to be said of one that had to stay, "" where none is left.
        """
        ...


class Claim(Protocol):
    """A row that is held by one instance, and by no other."""

    def holds(self) -> bool:
        """Whether it is still held. Asked right before what can't be taken back: a process may have stood still for long."""
        ...


class Deliveries(Protocol):
    """The rows of the ledger, and the only ways to change them."""

    def claimed(self, key: str) -> AbstractContextManager[Claim | None]:
        """Hold a row while a provider is asked about it; None where another instance holds it.

        It ends with the block or with the process, whatever becomes of that, and once the process has stood still for some minutes.
        """
        ...

    def rows(self, *statuses: DeliveryStatus) -> Sequence[Delivery]:
        """Rows in these states (all rows when none is named), ordered by due_at, then key."""
        ...

    def record(self, plan: Plan) -> bool:
        """Record a plan and its window's end in one transaction.

        False, and nothing written, when another tick has recorded a window since the plan's memory was taken.
        Rows that are no longer plannable are left as they are.
        """
        ...

    def move(
        self,
        row: Delivery,
        to: DeliveryStatus,
        *,
        at: datetime,
        reasons: Sequence[Reason] | None = None,
        draft_id: str | None = None,
        retry_at: datetime | None = None,
        sent_at: datetime | None = None,
        attempt: bool = False,
        told: Sequence[Told] = (),
        facts: Sequence[Facts] | None = None,
    ) -> Delivery | None:
        """Compare-and-set: move the row if it still has `row`'s status and attempts; None when it hasn't.

        `draft_id` and `retry_at` are written as given, None included (what was there is cleared); `reasons`
        None leaves them, and so with `sent_at` and `facts`. `attempt` counts one more. `at` is when, for the row's history.
        `told` is written in the same transaction.
        """
        ...


class Decisions(Protocol):
    """What people decided. Nothing is ever removed."""

    def decide(
        self,
        decision: Decision,
        row: Delivery | None = None,
        to: DeliveryStatus | None = None,
        *,
        reasons: Sequence[Reason] = (),
        sent_at: datetime | None = None,
        told: Sequence[Told] = (),
        after: Decision | Literal["whatever"] | None = "whatever",
    ) -> bool:
        """Record a decision; with `row` and `to`, move the row in the same transaction, compare-and-set as `move` does.

        False, and nothing recorded, when the row has moved meanwhile, or when what stands about its key (`core.keeping.kin`)
        is no longer `after`; None: nothing stood.
        """
        ...

    def decided(self, key: str | None = None) -> Sequence[Decision]:
        """All decisions, or those about one key, oldest first."""
        ...


class Sends(Protocol):
    """What people asked to be sent once, which the plan then decides about. Nothing is ever removed."""

    def ask(self, one_off: OneOff, said: Decision | None = None) -> bool:
        """Keep it, and with it in one transaction what whoever asked said: their approval, or that they ask. It is in `snapshot` then.

        False, and nothing kept, where there is one of its key: asked twice is asked once.
        """
        ...


class Remembering(Protocol):
    """The ledger's memory of events, what was told, and the window."""

    def snapshot(self) -> Memory: ...

    def version(self) -> tuple[datetime | None, int]:
        """The window's end and a number that rises with every move of a row, every decision and every one-off, whoever makes it.

        Cheap to ask.
        """
        ...


class Polls(Protocol):
    """How often calendars ask for feeds."""

    def note_polls(self, polls: Sequence[Poll]) -> None:
        """Keep these counts: of two countings of a day, feed and family the greater. Days a month before are dropped."""
        ...

    def polls(self, since: date) -> Sequence[Poll]:
        """The counts from that day (UTC) on, in order."""
        ...


class Ledger(
    Deliveries,
    Decisions,
    Sends,
    Remembering,
    Feedback,
    Tokens,
    Polls,
    Roster,
    Recipients,
    Accounts,
    ApiTokens,
    SignOns,
    Protocol,
):
    """Where everything that must survive a crash is kept."""

    def doctor(self) -> Sequence[Finding]: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A batch of one delivery, for whoever works: the provider that gives it away, the key, and the `digest` of the letter.

    Who gets it is not in it: of those who still wait, whoever does the batch claims some.
    """

    provider: str
    key: str
    digest: str


class Tasks(Protocol):
    """Batches that are given away later, by threads of this process or by workers on any machine.

    A batch may come twice, late or never: what is still to be done is what the ledger's rows say, and never what a batch says.
    """

    #: How many recipients one has at most; None: as many as its time allows.
    most: int | None
    #: Whether batches are done by others than who defers them.
    elsewhere: bool

    def task(self, act: Callable[[Batch], timedelta | None]) -> None:
        """What is done for a batch. It returns after how long the batch is to come again, None for done."""
        ...

    def defer(self, batch: Batch, number: int, transaction: object = None) -> None:
        """Have so many of them done. In a `transaction` of the ledger they are there once it is committed, or not at all."""
        ...

    def deferred(self, batch: Batch, transaction: object = None) -> int:
        """How many of them are there, those that are being done among them."""
        ...

    def rescue(self) -> int:
        """Let the batches of who died, or stands still, be done by others; returns how many these were."""
        ...

    def work(self, is_over: Callable[[], bool]) -> None:
        """Do batches until it `is_over`, or, where only we have any, until none is left. What was begun is finished."""
        ...


class Publisher(Protocol):
    """Where feeds go."""

    def publish(self, name: str, data: bytes) -> bool:
        """Put `data` at `name` atomically; returns whether it changed. Raises UserError when it can't."""
        ...

    def read(self, name: str) -> bytes | None:
        """The published bytes, or None."""
        ...

    def withdraw(self, name: str) -> bool:
        """Let nothing be published at `name` any more; returns whether there was something. Raises UserError when it can't."""
        ...


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware, in UTC."""
        ...
