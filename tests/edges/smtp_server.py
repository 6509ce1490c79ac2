"""A mail server on loopback that does what it is told at any step: answer, refuse, fall silent, drip, talk nonsense, hang up.

`faults[step]` is what it does instead of the usual at that step, every time; `refusals[address]` what it says to that one. The steps, in order: banner, ehlo, starttls,
auth, mail, rcpt, data, half (of the content), dot (before it takes the message), taken (after it), quit.
"""

from __future__ import annotations

import socket
import socketserver
import ssl
import threading
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Literal

Step = Literal["banner", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "half", "dot", "taken", "quit"]
#: `drop`, `stall`, `drip`, `flood`, `cut` (in the middle of the usual answer), a key of `_REFUSALS`, an answer of its own, or something to do: it goes on as usual if
#: that comes to something true, else it falls silent.
Fault = str | Callable[[], object]

#: `split`: a byte at a time; `glued`: nothing before it has to listen; `deaf`: what came before it answered is thrown away.
Manner = Literal["plain", "split", "glued", "deaf"]

_REFUSALS = {
    "nonsense": "Hello there, what a lovely day",
    "4xx": "451 4.7.1 Please come back later",
    "5xx": "554 5.7.1 Not here",
}

_STEPS: dict[str, Step] = {
    "EHLO": "ehlo", "STARTTLS": "starttls", "AUTH": "auth", "MAIL": "mail", "RCPT": "rcpt", "DATA": "data", "QUIT": "quit",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that the server took: its envelope, its bytes without dot-stuffing, and how it came."""

    sender: str
    recipient: str
    content: bytes
    is_encrypted: bool
    login: str

    @property
    def mail(self) -> EmailMessage:
        return message_from_bytes(self.content, policy=SMTP)


@dataclass
class MailServer:
    """What it heard, what it took, and what it does."""

    port: int = 0
    context: ssl.SSLContext | None = None
    is_implicit: bool = False
    offers: tuple[str, ...] = ("SIZE 10000000", "8BITMIME", "AUTH PLAIN LOGIN")
    login: str = "\0events\0correct-hörse"
    faults: dict[Step, Fault] = field(default_factory=dict)
    refusals: dict[str, str] = field(default_factory=dict)
    #: What it says beyond the usual at a step, in the same breath.
    extras: dict[Step, str] = field(default_factory=dict)
    #: It asks for letters to nobody too; what it was given then.
    asks_anyway: bool = False
    to_nobody: list[bytes] = field(default_factory=list)
    manner: Manner = "plain"
    taken: list[Taken] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    connections: int = 0
    closing: threading.Event = field(default_factory=threading.Event)


@contextmanager
def running(server: MailServer) -> Iterator[MailServer]:
    class Talking(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            server.connections += 1
            with suppress(OSError, _HungUpError):
                _Talk(server, self.request).run()

    class Listening(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True
        block_on_close = True

    with Listening(("127.0.0.1", 0), Talking) as listening:
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        server.port = listening.server_address[1]
        try:
            yield server
        finally:
            server.closing.set()
            listening.shutdown()
            thread.join()


class _HungUpError(Exception):
    """The conversation is over."""


class _Talk:
    def __init__(self, server: MailServer, connection: socket.socket) -> None:
        self.server, self.socket = server, connection
        self.socket.settimeout(20)
        # As servers do that answer several commands at once.
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.pending = self.unsaid = b""
        self.sender = self.recipient = self.login = ""
        self.is_encrypted = False

    def run(self) -> None:
        try:
            if self.server.is_implicit:
                self._encrypt()
            self._at("banner", "220 mail.example.org ESMTP")
            while True:
                line = self._line()
                self.server.heard.append(line)
                self._answer(line.partition(" ")[0].upper(), line)
        finally:
            self.socket.close()

    def _answer(self, word: str, line: str) -> None:
        match word:
            case "EHLO":
                can_encrypt = self.server.context and not self.is_encrypted
                offers = (*self.server.offers, *(("STARTTLS",) if can_encrypt else ()))
                self._at("ehlo", "\r\n".join(("250-mail.example.org", *(f"250-{one}" for one in offers), "250 HELP")))
            case "STARTTLS":
                self._at("starttls", "220 Go ahead")
                self._encrypt()
            case "AUTH":
                self._at("auth", self._logged_in(line))
            case "MAIL" | "RCPT":
                address = line.partition("<")[2].partition(">")[0]
                self.sender, self.recipient = (address, "") if word == "MAIL" else (self.sender, address)
                self._at(_STEPS[word], self.server.refusals.get(self.recipient, "250 2.1.0 Fine"))
            case "DATA" if not self.recipient or self.recipient in self.server.refusals:
                self._refuse_all()
            case "DATA":
                self._at("data", "354 Go on")
                self._take()
            case "QUIT":
                self._at("quit", "221 Bye")
                raise _HungUpError
            case _:
                self._say("250 Fine")

    def _logged_in(self, line: str) -> str:
        _, kind, *rest = line.split(" ")
        if kind == "PLAIN":
            said = b64decode(rest[0]).decode()
        else:
            self._say("334 UGFzc3dvcmQ6")
            said = f"\0{b64decode(rest[0]).decode()}\0{b64decode(self._line()).decode()}"
        if said != self.server.login:
            return f"535 5.7.8 No: {rest[0]} {said}"
        self.login = said.split("\0")[1]
        return "235 2.7.0 Welcome"

    def _refuse_all(self) -> None:
        if self.recipient and self.server.asks_anyway:
            self._say("354 Go on")
            self.server.to_nobody.append(self._content())
        self._say("554 5.5.1 No valid recipients")

    def _take(self) -> None:
        content = self._content()
        self._at("dot")
        self.server.taken.append(Taken(self.sender, self.recipient, content, self.is_encrypted, self.login))
        self._at("taken", "250 2.0.0 Queued as 4711")

    def _content(self) -> bytes:
        lines: list[bytes] = []
        while (line := self._raw_line()) != b".\r\n":
            lines.append(line.removeprefix(b"."))
            if len(lines) == 12:
                self._at("half")
        return b"".join(lines)

    def _at(self, step: Step, usual: str = "") -> None:
        fault = self.server.faults.get(step)
        usual = "\r\n".join(filter(None, (usual, self.server.extras.get(step))))
        match fault:
            case None:
                self._say(usual)
            case "drop":
                raise _HungUpError
            case "stall":
                self._wait_until_left()
            case "drip" | "flood":
                self._pour(fault)
            case "cut":
                self.socket.sendall(usual[:8].encode())
                raise _HungUpError
            case str():
                self._refuse(_REFUSALS.get(fault, fault))
            case _ if fault():
                self._say(usual)
            case _:
                self._wait_until_left()

    def _refuse(self, text: str) -> None:
        self._say(text)
        while (line := self._line()) != "QUIT":
            self.server.heard.append(line)
        raise _HungUpError

    def _pour(self, how: str) -> None:
        pause, words = (0.02, b"2") if how == "drip" else (0, b"250-And another thing\r\n" * 500)
        while not self.server.closing.wait(pause):
            self.socket.sendall(words)

    def _wait_until_left(self) -> None:
        while self.socket.recv(65_536):
            pass
        raise _HungUpError

    def _encrypt(self) -> None:
        assert self.server.context is not None
        self._come_out()
        self.socket = self.server.context.wrap_socket(self.socket, server_side=True)
        self.is_encrypted, self.pending = True, b""

    def _say(self, text: str) -> None:
        octets = text.encode() + b"\r\n" if text else b""
        match self.server.manner:
            case "plain":
                self.socket.sendall(octets)
            case "split":
                for octet in octets:
                    self.socket.sendall(bytes([octet]))
            case "glued":
                self.unsaid += octets
            case "deaf":
                self.pending = b"" if octets else self.pending
                self.socket.sendall(octets)

    def _come_out(self) -> None:
        said, self.unsaid = self.unsaid, b""
        self.socket.sendall(said)

    def _line(self) -> str:
        return self._raw_line().decode().rstrip("\r\n")

    def _raw_line(self) -> bytes:
        while b"\n" not in self.pending:
            self._come_out()
            piece = self.socket.recv(65_536)
            if not piece:
                raise _HungUpError
            self.pending += piece
        line, end, self.pending = self.pending.partition(b"\n")
        return line + end
