"""Saying and hearing over an open connection, a step at a time: where it would wait it says for what, and others go on.

What a server says is bounded: a line, all that it says for one letter, and the time of each wait and of the whole.
"""

from __future__ import annotations

import ssl
from collections.abc import Generator
from time import monotonic
from typing import Literal, TypeVar

from notifier.edges.smtp.wire import LARGEST_REPLIES, LONGEST_REPLY, PIECE, WHOLE, Connection, NotTaken, Reply
from notifier.edges.smtp.words import Stage, nothing_to_say, refused

#: For what a conversation waits: that the server says something, that it takes something, or that there is more to do.
Wait = Literal["read", "write", "work"]
_Result = TypeVar("_Result")
#: What a conversation does between its waits. What is thrown into it is how the wait ended.
Steps = Generator[Wait, None, _Result]

_AT_ONCE = 16_384
#: So many replies that came before are remembered as they were understood: most servers say few different ones.
_REMEMBERED = 64


class Talk:
    """A connection that has been let in, from here on without waiting. What it can't say or hear raises NotTaken."""

    def __init__(self, connection: Connection) -> None:
        self.connection, self.server = connection, connection.server
        self.socket, self._heard = connection.handed_on()
        self.socket.settimeout(0)
        self._lines: list[bytes] = []
        self._known: dict[bytes, Reply] = {}
        self._taken = 0
        #: It said more than it was asked; it said nothing in time.
        self.said_more = self.is_silent = False
        self._patience = self._most = self.server.timeout
        self._until = monotonic()
        self.take_time()

    def take_time(self) -> None:
        """Another message begins, and has as much time as the first."""
        self._until, self._patience, self._taken = monotonic() + WHOLE * self._most, self._most, 0

    def wait_long(self) -> None:
        """The next answer gets all the time that is left: cut off now, nobody would know."""
        self._patience = WHOLE * self._most

    def wait_usually(self) -> None:
        self._patience = self._most

    def deadline(self) -> float:
        """When a wait that begins now is over."""
        return min(monotonic() + self._patience, self._until)

    def listen(self, stage: Stage) -> None:
        """Raise NotTaken where it has left, or said more than it was asked: what comes next would be taken for another answer."""
        try:
            if not (self._heard or self._lines):
                self._hear()
            reply = self._next()
        except OSError as error:
            self.connection.close()
            raise self.connection.lost(stage, error) from None
        if not (reply or self._heard or self._lines):
            return
        self.connection.close()
        if reply is not None and reply.code == 421:
            # That it closes it may say at any time (RFC 5321 3.8).
            raise NotTaken(*refused(stage, str(reply), self.server.place), of_server=True)
        self.said_more = True
        raise NotTaken(*nothing_to_say("unasked", self.server.place), of_server=True)

    def say(self, stage: Stage, octets: bytes) -> Steps[None]:
        """Say it as it is. Raises NotTaken where it can't be said whole; some of it may have arrived."""
        try:
            sent = self._send(octets[:PIECE])
            while isinstance(sent, str) or sent < len(octets):
                if isinstance(sent, str):
                    yield sent
                else:
                    octets = octets[sent:]
                sent = self._send(octets[:PIECE])
        except OSError as error:
            # A part of a message is no message, as long as nothing follows it.
            self.connection.close()
            raise self.connection.lost(stage, error) from None

    def answer(self, stage: Stage) -> Steps[Reply]:
        """What it says next. Raises NotTaken where nothing came, and InDoubt never: whose answer it is the caller knows."""
        try:
            wait: Wait = "read"
            while (reply := self._next()) is None:
                if not (isinstance(self.socket, ssl.SSLSocket) and self.socket.pending()):
                    yield wait
                wait = self._hear()
        except OSError as error:
            self.is_silent = isinstance(error, TimeoutError)
            self.connection.close()
            raise self.connection.lost(stage, error) from None
        return reply

    def _send(self, octets: bytes) -> int | Wait:
        """How many octets went, or for what it has to wait first."""
        try:
            return self.socket.send(octets)
        except (BlockingIOError, ssl.SSLWantWriteError):
            return "write"
        except ssl.SSLWantReadError:
            return "read"

    def _hear(self) -> Wait:
        """Take what is there; for what it has to wait where that is not enough."""
        try:
            piece = self.socket.recv(_AT_ONCE)
        except (BlockingIOError, ssl.SSLWantReadError):
            return "read"
        except ssl.SSLWantWriteError:
            return "write"
        self._taken += len(piece)
        if not piece or self._taken > LARGEST_REPLIES:
            raise ConnectionError
        self._heard += piece
        return "read"

    def _next(self) -> Reply | None:
        """The next answer, once all of its lines are there (RFC 5321 4.2.1)."""
        while True:
            line, end, rest = self._heard.partition(b"\n")
            if len(line) > LONGEST_REPLY:
                raise ConnectionError
            if not end:
                return None
            self._heard = rest
            if not self._lines and (known := self._known.get(line)) is not None:
                return known
            self._lines.append(line)
            if line[3:4] != b"-" or not line[:3].isdigit():
                return self._understood()

    def _understood(self) -> Reply:
        lines, self._lines = self._lines, []
        number = lines[-1][:3]
        text = b"\n".join(line[4:].strip(b" \t\r\n") for line in lines)
        reply = self.connection.reply(int(number) if number.isdigit() else -1, text)
        if len(lines) == 1:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[lines[0]] = reply
        return reply
