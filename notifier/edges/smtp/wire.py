"""One conversation with a mail server (RFC 5321), step by step, so that it is known at which step it ended.

No wait is longer than the server's `timeout`, and no conversation longer than `WHOLE` of them, however slowly bytes drip.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Literal

from notifier.edges.smtp.words import Stage, lost, nothing_to_say, plain, refused
from notifier.errors import UserError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

#: How many timeouts a whole conversation may take.
WHOLE = 4
#: A server that was asked to end the conversation is not waited for longer; what it was given is settled by then.
_FAREWELL = 5.0
LARGEST_REPLIES = 1_000_000
#: Of a line of an answer, as the standard library has it.
LONGEST_REPLY = 8192
#: So much is handed to the network at once; each piece has its own timeout.
PIECE = 65_536
_LONGEST_LINE = 998  # RFC 5321 4.5.3.1.6, without its CRLF
#: Codes that are about the connection or the login, whatever command they answer (RFC 4954 6, RFC 3207 4).
_ABOUT_LOGIN = frozenset({530, 534, 535, 538})


class NotTaken(Exception):
    """The server certainly has nothing. `for_good`: it refused this message, and will again.

    `of_server`: its trouble is not about one message, so the next would fare no better now.
    """

    def __init__(self, what: str, hint: str, *, for_good: bool = False, of_server: bool = False) -> None:
        super().__init__(f"{what} {hint}".strip())
        self.what, self.hint = what, hint
        self.for_good, self.of_server = for_good, of_server


class InDoubt(Exception):
    """The server was given the message, and whether it took it nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A mail server, and how to be let in. The password is asked for when it is used, and shown nowhere."""

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    username: str | None = None
    password: Callable[[], str] | None = field(default=None, repr=False)
    timeout: float = 30.0

    @property
    def place(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """From where to where a message goes: addresses alone."""

    sender: str
    recipient: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server said, as a code and one plain line."""

    code: int
    text: str

    def __str__(self) -> str:
        return f"{self.code} {self.text}".strip()

    @property
    def is_yes(self) -> bool:
        return self.code // 100 == 2


def unfit(message: bytes) -> str | None:
    """What of these bytes a mail server could take for something else, in words; None where they may be sent as they are."""
    if re.search(rb"\r(?!\n)|(?<!\r)\n|\0", message) or not message.endswith(b"\r\n"):
        return "It has a line that doesn't end as lines of mails do."
    if max(map(len, message.split(b"\r\n"))) > _LONGEST_LINE:
        return f"It has a line of more than {_LONGEST_LINE} characters."
    return None


def needs_utf8(envelope: Envelope, message: bytes) -> bool:
    """Whether only a server that knows SMTPUTF8 (RFC 6531) can take it: an address is not ASCII."""
    return not (envelope.sender.isascii() and envelope.recipient.isascii() and message.isascii())


@contextmanager
def conversation(server: Server) -> Iterator[Connection]:
    """A server that has let us in. Raises NotTaken where it doesn't; the farewell never fails."""
    connection = Connection(server)
    try:
        connection.begin()
        yield connection
    except InDoubt:
        # No further word: within a message it would be taken for its text.
        raise
    except NotTaken:
        connection.leave()
        raise
    else:
        connection.leave()
    finally:
        connection.close()


class Connection(smtplib.SMTP):
    """The standard library's client, with bounded waits and one reading of every answer.

    Its own `sendmail` doesn't tell whether a connection was lost before or after the message was given away.
    """

    def __init__(self, server: Server) -> None:
        # A name of this machine is not asked for: that can take long, and says nothing a server could check.
        super().__init__(local_hostname="localhost")
        self.server = server
        self.encryption = ""
        self._until = monotonic() + WHOLE * server.timeout
        self._patience = server.timeout
        self._secrets: Sequence[str] = ()

    def begin(self) -> None:
        """Connect, encrypt, log in."""
        self._connect()
        if self.server.security == "tls":
            self._encrypt()
        self._expect("greeting", self.answer("greeting"), 220)
        self._greet()
        if self.server.security == "starttls":
            self._start_tls()
            self._greet()
        if self.server.username is not None:
            self._log_in(self.server.username)

    def address(self, envelope: Envelope, message: bytes) -> None:
        """Say from whom and to whom. Until `give` the server has nothing."""
        options = [f"SIZE={len(message)}"] if self.has_extn("size") else []
        if needs_utf8(envelope, message):
            if not self.has_extn("smtputf8"):
                raise NotTaken(*nothing_to_say("utf8", self.server.place), for_good=True)
            options += ["SMTPUTF8", "BODY=8BITMIME"]
            self.command_encoding = "utf-8"
        self.judge("mail", self._ask("mail", " ".join((f"MAIL FROM:<{envelope.sender}>", *options))))
        self.judge("rcpt", self._ask("rcpt", f"RCPT TO:<{envelope.recipient}>"))

    def give(self, message: bytes) -> Reply:
        """Give the message away; the server's answer that it took it. Raises InDoubt where none came."""
        self._expect("data", self._ask("data", "DATA"), 354)
        try:
            self.send(re.sub(rb"(?m)^\.", b"..", message))  # RFC 5321 4.5.2
            self.send(b".\r\n")
            # This answer gets all the time that is left: cut off now, nobody would know.
            self._patience = WHOLE * self.server.timeout
            reply = self.reply(*self.getreply())
        except (smtplib.SMTPException, OSError) as error:
            raise InDoubt(lost("content", error, self.server.place, self.server.timeout)[0]) from None
        if reply.code // 100 not in (2, 4, 5):
            raise InDoubt(f"{self.server.place} answered something that is no answer ({reply}).")
        self.judge("content", reply)
        return reply

    def handed_on(self) -> tuple[socket.socket, bytes]:
        """What it is made of, for somebody else to talk over it, and what was heard and not asked for."""
        return self._socket(), self.file.pending if isinstance(self.file, _Lines) else b""

    def take_leave_in_time(self) -> None:
        """However long somebody else has talked over it, there is time for a farewell."""
        self._until = monotonic() + _FAREWELL

    def rest(self) -> None:
        """Do nothing, and see that the server answers."""
        self.judge("noop", self._ask("noop", "NOOP"))

    def leave(self) -> None:
        """Take leave, if anybody is still there."""
        self._patience = min(_FAREWELL, self.server.timeout)
        with suppress(smtplib.SMTPException, OSError):
            self.docmd("QUIT")

    def _connect(self) -> None:
        server, failure = self.server, OSError()
        try:
            # Which of its addresses answers is not known before. The resolver has its own time limit.
            for family, kind, protocol, _, address in socket.getaddrinfo(
                server.host, server.port, 0, socket.SOCK_STREAM
            ):
                self.sock = socket.socket(family, kind, protocol)
                # What is said is said whole: waiting for more to go with it would only cost time.
                self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                try:
                    self._hurry()
                    self.sock.connect(address)
                except OSError as error:
                    self.sock.close()
                    self.sock, failure = None, error
                else:
                    own = self.sock.getsockname()[0]
                    self.local_hostname = f"[IPv6:{own}]" if ":" in own else f"[{own}]"  # RFC 5321 4.1.3
                    return
        except OSError as error:
            failure = error
        raise NotTaken(*lost("connect", failure, server.place, server.timeout), of_server=True) from None

    def _greet(self) -> None:
        try:
            code, text = self.ehlo()
        except (smtplib.SMTPException, OSError) as error:
            raise self.lost("ehlo", error) from None
        self._expect("ehlo", self.reply(code, text), 250)

    def _start_tls(self) -> None:
        if not self.has_extn("starttls"):
            raise NotTaken(*nothing_to_say("starttls", self.server.place), of_server=True)
        self._expect("starttls", self._ask("starttls", "STARTTLS"), 220)
        if isinstance(self.file, _Lines) and self.file.pending:
            # Whoever writes before the encryption would be heard after it (CVE-2011-0411).
            raise NotTaken(*nothing_to_say("injected", self.server.place), of_server=True)
        self._encrypt()

    def _encrypt(self) -> None:
        plain_socket = self.sock
        if plain_socket is None:
            raise self.lost("tls", ConnectionError())
        try:
            self._hurry()
            context = ssl.create_default_context()
            wrapped = context.wrap_socket(plain_socket, server_hostname=self.server.host)
        except (OSError, ValueError) as error:
            raise self.lost("tls", error) from None
        self.sock, self.file, self.encryption = wrapped, None, wrapped.version() or ""
        self.esmtp_features, self.does_esmtp, self.ehlo_resp = {}, False, None

    def _log_in(self, username: str) -> None:
        if not self.encryption:
            raise NotTaken(*nothing_to_say("clear", self.server.place), of_server=True)
        password = self._password()
        both = _base64(f"\0{username}\0{password}")
        self._secrets = [both, _base64(password), password]
        offered = self.esmtp_features.get("auth", "").upper().split()
        if "PLAIN" in offered:
            reply = self._ask("auth", f"AUTH PLAIN {both}")
        elif "LOGIN" in offered:
            reply = self._ask("auth", f"AUTH LOGIN {_base64(username)}")
            if reply.code == 334:
                reply = self._ask("auth", _base64(password))
        else:
            raise NotTaken(*nothing_to_say("auth", self.server.place), of_server=True)
        if reply.code not in (235, 503):  # 503: let in already
            raise NotTaken(*refused("auth", str(reply), self.server.place), of_server=True)

    def _password(self) -> str:
        if self.server.password is None:
            return ""
        try:
            return self.server.password()
        except UserError as error:
            raise NotTaken(error.message, "", of_server=True) from None

    def _ask(self, stage: Stage, command: str) -> Reply:
        try:
            self.putcmd(command)
        except (smtplib.SMTPException, OSError) as error:
            raise self.lost(stage, error) from None
        except ValueError:
            # A line break, or a sign that commands don't have. The error would hold the command, and it the password.
            raise NotTaken(*nothing_to_say("command", self.server.place), for_good=True) from None
        return self.answer(stage)

    def answer(self, stage: Stage) -> Reply:
        """What it says next. Raises NotTaken where nothing came."""
        try:
            return self.reply(*self.getreply())
        except (smtplib.SMTPException, OSError) as error:
            raise self.lost(stage, error) from None

    def _expect(self, stage: Stage, reply: Reply, code: int) -> None:
        if reply.code == code:
            return
        if stage == "data":
            self.judge(stage, reply)
        raise NotTaken(*refused(stage, str(reply), self.server.place), of_server=stage != "data")

    def judge(self, stage: Stage, reply: Reply) -> None:
        """Raise NotTaken for anything but a yes. A refusal of 5 is for good, of 4 for now; what is neither is no answer."""
        if reply.is_yes:
            return
        about_login = reply.code in _ABOUT_LOGIN
        words = refused("auth" if about_login else stage, str(reply), self.server.place)
        raise NotTaken(
            *words,
            for_good=reply.code // 100 == 5 and not about_login,
            of_server=about_login or reply.code == 421,  # it is closing, for whatever is said
        )

    def lost(self, stage: Stage, error: Exception) -> NotTaken:
        return NotTaken(*lost(stage, error, self.server.place, self.server.timeout), of_server=True)

    def reply(self, code: int, octets: bytes) -> Reply:
        """What it said, as it may be shown."""
        text = octets.decode("utf-8", "replace")
        for secret in filter(None, self._secrets):
            text = text.replace(secret, "…")
        return Reply(code, plain(text))

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None:
            self.file = _Lines(self._receive)
        return super().getreply()

    def send(self, s: ReadableBuffer | str) -> None:
        octets = s.encode(self.command_encoding) if isinstance(s, str) else bytes(s)
        try:
            for begin in range(0, len(octets), PIECE):
                self._hurry()
                self._socket().sendall(octets[begin : begin + PIECE])
        except OSError as error:
            self.close()
            raise smtplib.SMTPServerDisconnected("It was lost while something was said.") from error

    def _receive(self) -> bytes:
        self._hurry()
        return self._socket().recv(PIECE)

    def _hurry(self) -> None:
        """Let the next wait be no longer than it may be, nor than what is left of the whole."""
        left = min(self._patience, self._until - monotonic())
        if left <= 0:
            raise TimeoutError
        self._socket().settimeout(left)

    def _socket(self) -> socket.socket:
        if self.sock is None:
            raise ConnectionError
        return self.sock


class _Lines:
    """A server's lines. One that is not whole is none: a `25` may have been going to be anything."""

    def __init__(self, receive: Callable[[], bytes]) -> None:
        self.pending = b""
        self._receive = receive
        self.taken = 0

    def readline(self, most: int) -> bytes:
        while b"\n" not in self.pending and len(self.pending) < most:
            piece = self._receive()
            self.taken += len(piece)
            if not piece or self.taken > LARGEST_REPLIES:
                raise ConnectionError
            self.pending += piece
        line, end, self.pending = self.pending.partition(b"\n")
        return line + end

    def close(self) -> None:
        """There is nothing of its own to close."""


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode()
