"""The mail servers on both sides of Mailman: the one that we are given, which speaks LMTP with it, and its members' mailboxes.

The first is what Postfix is before a real Mailman: it asks Mailman about each address before it says yes, and gives its answers
on word for word.
"""

from __future__ import annotations

import asyncio
import smtplib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from typing import Literal, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.web.served import free_port

_TIMEOUT = 30.0
_HIGHEST = 50_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A mail in a member's mailbox, byte for byte as it came."""

    member: str
    content: bytes

    @property
    def mail(self) -> EmailMessage:
        return message_from_bytes(self.content, policy=SMTP_POLICY)


@dataclass(slots=True)
class Mailboxes:
    """Where Mailman's mails end, oldest first."""

    copies: list[Copy] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = cast("bytes", envelope.content)
        self.copies += [Copy(member=member, content=content) for member in envelope.rcpt_tos]
        return "250 In the mailbox"

    def of(self, message_id: str) -> list[Copy]:
        return [copy for copy in self.copies if copy.mail["Message-ID"] == message_id]


@dataclass(slots=True, kw_only=True)
class Door:
    """What mails are given to. `lmtp` is Mailman's port. `given` are the bytes of each message that came, oldest first.

    `stroke` is done once, when a message has come and not been answered: before it is given to Mailman, or after.
    """

    lmtp: int = 0
    given: list[bytes] = field(default_factory=list)
    stroke: tuple[Literal["before", "after"], Callable[[], object]] | None = None

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        answer = await asyncio.to_thread(self._asked, envelope.mail_from or "", address)
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = cast("bytes", envelope.content)
        self.given.append(content)
        return await asyncio.to_thread(self._taken, envelope.mail_from or "", envelope.rcpt_tos[0], content)

    def _asked(self, sender: str, address: str) -> str:
        with smtplib.LMTP("127.0.0.1", self.lmtp, "localhost", timeout=_TIMEOUT) as mailman:
            mailman.ehlo()
            mailman.mail(sender)
            return _words(*mailman.rcpt(address))

    def _taken(self, sender: str, address: str, content: bytes) -> str:
        when, stroke = self.stroke or ("", None)
        self.stroke = None
        if stroke is not None and when == "before":
            stroke()
            return "451 4.3.0 Nothing was passed on"
        with smtplib.LMTP("127.0.0.1", self.lmtp, "localhost", timeout=_TIMEOUT) as mailman:
            mailman.ehlo()
            mailman.mail(sender)
            mailman.rcpt(address)
            answer = _words(*mailman.data(content))
        if stroke is not None:
            stroke()
        return answer


def _words(code: int, text: bytes) -> str:
    return f"{code} {text.decode('utf-8', 'replace')}"


@contextmanager
def listening(takes: Door | Mailboxes) -> Iterator[int]:
    """A mail server on loopback that gives what it is given to `takes`; its port."""
    port = free_port()
    controller = Controller(
        takes, hostname="127.0.0.1", port=port, server_hostname="localhost", data_size_limit=_HIGHEST
    )
    controller.start()
    try:
        yield port
    finally:
        controller.stop()
