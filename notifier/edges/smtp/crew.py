"""One round of giving letters away: recipients are claimed here, and given away over several connections.

A thread opens each connection and closes it; while letters are given away it sleeps, and one other thread gives them all.

Whoever is claimed leaves here with a result, whatever happens to the connections; only a killed process leaves some behind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Event, Thread
from time import monotonic
from typing import TypeVar

from notifier.core.recipient import Recipient
from notifier.edges.smtp.journal import Ended, Journal
from notifier.edges.smtp.stream import Parcel, RefusedSender, Stream
from notifier.edges.smtp.talk import Steps, Talk
from notifier.edges.smtp.turns import Turns
from notifier.edges.smtp.wire import InDoubt, NotTaken, Server, conversation
from notifier.errors import UserError

#: How many are claimed at once, and written down at once: a commit costs as much as a hundred mails.
BATCH = 250
#: A round ends after so many seconds, but for what is under way then: other deliveries wait for it.
LONGEST_ROUND = 20.0
#: Another connection is opened while so many wait for each that there is.
_ENOUGH_FOR_ANOTHER = 5
#: What has come of some is written down after so many seconds at the latest.
_LAG = 0.2

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What came of one claimed recipient. `was_tried` False: nothing was said to the server for them."""

    recipient: Recipient
    status: Ended
    said: str = ""
    was_tried: bool = True


@dataclass(slots=True, kw_only=True)
class Crew:
    """Gives letters to `server` over at most `connections`, the first alone until something was taken.

    `letter` makes a recipient's parcel; it raises UserError or ValueError where none can be made.
    """

    server: Server
    connections: int
    letter: Callable[[Recipient], Parcel]
    journal: Journal
    longest: float = LONGEST_ROUND
    #: Whether a server that offers it is told several things at once. Not every one can be that says so.
    is_pipelined: bool = True
    #: What kept the server from taking anything more.
    trouble: NotTaken | None = None
    has_taken: bool = False
    to_do: SimpleQueue[Recipient] = field(default_factory=SimpleQueue)
    done: SimpleQueue[Ending] = field(default_factory=SimpleQueue)
    many_done: Event = field(default_factory=Event)
    _stop: Event = field(default_factory=Event)
    _threads: list[Thread] = field(default_factory=list)
    _turns: Turns = field(default_factory=Turns)
    _failure: BaseException | None = None

    def run(self, claim: Callable[[int], Sequence[Recipient]], conclude: Callable[[Sequence[Ending]], None]) -> None:
        """Go on until nobody is left to `claim` (at most so many; nobody: that is all), or time or the server's patience is over."""
        until, under_way, is_all = monotonic() + self.longest, 0, False
        try:
            while True:
                if not is_all and not self._is_over(until) and self.to_do.qsize() < BATCH:
                    under_way += (claimed := self._put(claim(BATCH)))
                    is_all = not claimed
                if self._is_over(until):
                    self._stop.set()
                    is_all = True
                    under_way -= self._take_back(conclude)
                if not under_way or self._failure is not None:
                    break
                self._hire()
                endings = self._some(under_way if is_all else BATCH)
                under_way -= len(endings)
                if endings:
                    conclude(endings)
        finally:
            self._stop.set()
            for thread in self._threads:
                thread.join()
            self._turns.close()
        if self._failure is not None:
            raise self._failure

    def _is_over(self, until: float) -> bool:
        gone = bool(self._threads) and not any(thread.is_alive() for thread in self._threads)
        return self._stop.is_set() or gone or monotonic() > until

    def _put(self, claimed: Iterable[Recipient]) -> int:
        number = 0
        for recipient in claimed:
            self.to_do.put(recipient)
            number += 1
        return number

    def _take_back(self, conclude: Callable[[Sequence[Ending]], None]) -> int:
        """Let go of those for whom nothing was begun."""
        endings = [Ending(recipient=one, status="waiting", was_tried=False) for one in _all_in(self.to_do)]
        if endings:
            conclude(endings)
        return len(endings)

    def _hire(self) -> None:
        there = len(self._threads)
        if there == 0 or (
            self.has_taken and there < self.connections and self.to_do.qsize() > there * _ENOUGH_FOR_ANOTHER
        ):
            thread = Thread(target=self._work, name=f"letters-{there}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def _some(self, most: int) -> list[Ending]:
        """What came of some: many at once where many come, and soon where few do."""
        # Woken for each, this thread would take the others' time.
        if self.done.qsize() < most:
            self.many_done.clear()
            self.many_done.wait(_LAG)
        return _all_in(self.done)

    def _work(self) -> None:
        try:
            while not self._stop.is_set() and self._one_connection():
                pass
        except BaseException as error:  # noqa: BLE001 - a thread's failure is raised again where it is waited for
            self._failure = error
            self._stop.set()

    def _one_connection(self) -> bool:
        """Give away as much as one connection takes; whether another one may take more."""
        given = _Given(self)
        stream: Stream | None = None
        try:
            with conversation(self.server) as connection:
                talk = Talk(connection)
                stream = Stream(talk, given, pipelined=self.is_pipelined)
                try:
                    self._turns.go_through(talk, self._feed(stream, given))
                finally:
                    connection.take_leave_in_time()
            return False
        except (NotTaken, InDoubt, OSError) as error:
            is_muddled = stream is not None and stream.is_muddled and isinstance(error, NotTaken)
            for parcel in stream.left_over if stream is not None and is_muddled else ():
                self.to_do.put(given.people.pop(parcel.number))
            given.let_go(str(error))
            self.is_pipelined = self.is_pipelined and not is_muddled
            may_go_on = isinstance(error, NotTaken) and not isinstance(error, RefusedSender)
            # Many servers take only so many on one connection.
            if may_go_on and (is_muddled or (stream is not None and stream.has_given)):
                return True
            self.trouble = error if isinstance(error, NotTaken) else NotTaken(str(error), "", of_server=True)
            return False

    def _feed(self, stream: Stream, given: _Given) -> Steps[None]:
        while not self._stop.is_set():
            try:
                recipient = self.to_do.get_nowait()
            except Empty:
                yield from stream.finish()
                yield "work"
                continue
            given.people[recipient.number] = recipient
            try:
                parcel = self.letter(recipient)
            except (UserError, ValueError) as error:
                given.ended(recipient.number, "refused", str(error))
                continue
            yield from stream.give(parcel)
        yield from stream.finish()


@dataclass(slots=True)
class _Given:
    """What one connection was given, told to the journal and to the round."""

    crew: Crew
    people: dict[int, Recipient] = field(default_factory=dict)
    under_way: set[int] = field(default_factory=set)

    def begun(self, number: int) -> None:
        self.crew.journal.begun(number)
        self.under_way.add(number)

    def let_go(self, said: str) -> None:
        """The connection is over: of whoever is left nothing more will be heard."""
        for number in list(self.people):
            self.ended(number, "unknown" if number in self.under_way else "waiting", said)

    def ended(self, number: int, status: Ended, said: str) -> None:
        recipient = self.people.pop(number)
        self.under_way.discard(number)
        # The round knows it all the same; if it is killed before that is kept, it is in doubt.
        with suppress(OSError):
            self.crew.journal.ended(number, status, said)
        self.crew.done.put(Ending(recipient=recipient, status=status, said=said))
        if not self.crew.has_taken or self.crew.done.qsize() >= BATCH or self.crew.to_do.empty():
            self.crew.many_done.set()
        self.crew.has_taken = self.crew.has_taken or status == "taken"


def _all_in(ready: SimpleQueue[_Item]) -> list[_Item]:
    found: list[_Item] = []
    while True:
        try:
            found.append(ready.get_nowait())
        except Empty:
            return found
