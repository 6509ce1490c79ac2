"""Several conversations in one thread: each has its turn when its server has said something, and none waits for another's.

A thread for each would cost more than what it does: a letter is a handful of calls, and every one would hand over the interpreter.
"""

from __future__ import annotations

import selectors
import socket
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Event, Thread
from time import monotonic

from notifier.edges.smtp.talk import Steps, Talk, Wait

#: Whether there is more to do is looked up so often while a conversation waits for that.
_PAUSE = 0.01
_EVENTS = {"read": selectors.EVENT_READ, "write": selectors.EVENT_WRITE, "work": 0}


@dataclass(slots=True, eq=False)
class _Turn:
    """A conversation and how it stands. `watched` is for what its connection is watched, `until` when its wait is over."""

    talk: Talk
    steps: Steps[None]
    number: int
    watched: int = 0
    until: float = 0.0
    is_over: Event = field(default_factory=Event)
    error: BaseException | None = None


class Turns:
    """The thread, and those whose turns it gives."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._bell, self._rope = socket.socketpair()
        self._bell.settimeout(0)
        self._selector.register(self._bell, selectors.EVENT_READ)
        self._new: SimpleQueue[_Turn] = SimpleQueue()
        self._all: dict[int, _Turn] = {}
        self._is_closing = False
        #: Why no more turns are given.
        self._failure: BaseException | None = None
        self._thread = Thread(target=self._run, name="letters", daemon=True)
        self._thread.start()

    def go_through(self, talk: Talk, steps: Steps[None]) -> None:
        """Have the steps made, and wait until they are; raises what they raise. For any thread but the one that makes them."""
        turn = _Turn(talk, steps, talk.socket.fileno())
        self._new.put(turn)
        self._rope.send(b".")
        # In this order: whoever came too late to be told of it sees it here.
        if self._failure is not None:
            raise self._failure
        turn.is_over.wait()
        if turn.error is not None:
            raise turn.error

    def close(self) -> None:
        """To be called once nobody waits any more."""
        self._is_closing = True
        self._rope.send(b".")
        self._thread.join()
        for one in (self._selector, self._bell, self._rope):
            one.close()

    def _run(self) -> None:
        try:
            while not self._is_closing:
                self._once()
        except BaseException as error:  # noqa: BLE001 - it is raised again in the thread that waits for it
            self._failure = error
            for turn in [*self._all.values(), *self._arrived()]:
                turn.error = error
                turn.is_over.set()

    def _once(self) -> None:
        ready = self._selector.select(self._longest())
        for key, _ in ready:
            if key.data is None:
                with suppress(BlockingIOError):
                    self._bell.recv(64)
            else:
                self._go_on(key.data)
        for turn in self._arrived():
            self._all[turn.number] = turn
            self._go_on(turn)
        now = monotonic()
        for turn in [one for one in self._all.values() if not one.watched or one.until <= now]:
            self._go_on(turn, None if not turn.watched else TimeoutError())

    def _arrived(self) -> list[_Turn]:
        found: list[_Turn] = []
        with suppress(Empty):
            while True:
                found.append(self._new.get_nowait())
        return found

    def _longest(self) -> float | None:
        """Until when nothing has to be done unless a server says something."""
        if not self._all:
            return None
        now = monotonic()
        return max(min(one.until - now if one.watched else _PAUSE for one in self._all.values()), 0)

    def _go_on(self, turn: _Turn, how: BaseException | None = None) -> None:
        try:
            wait = turn.steps.throw(how) if how is not None else next(turn.steps)
            try:
                self._watch(turn, wait)
            except (OSError, ValueError, KeyError) as error:
                # It knows what that means for its letters, and the others go on.
                turn.steps.throw(OSError(str(error)))
        except StopIteration:
            self._end(turn, None)
        except BaseException as error:  # noqa: BLE001 - it is raised again in the thread that waits for it
            self._end(turn, error)

    def _watch(self, turn: _Turn, wait: Wait) -> None:
        events = _EVENTS[wait]
        turn.until = turn.talk.deadline()
        if events == turn.watched:
            return
        # What its server says while it has nothing to do would only wake us, again and again.
        if not events:
            self._selector.unregister(turn.number)
        elif turn.watched:
            self._selector.modify(turn.number, events, turn)
        else:
            self._selector.register(turn.number, events, turn)
        turn.watched = events

    def _end(self, turn: _Turn, error: BaseException | None) -> None:
        with suppress(KeyError, ValueError):
            self._selector.unregister(turn.number)
        del self._all[turn.number]
        turn.error = error
        turn.is_over.set()
