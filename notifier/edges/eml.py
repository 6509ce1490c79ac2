"""A message as an RFC 5322 file: the same bytes for the same message, and no header that the caller didn't mean."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from email.errors import HeaderParseError, MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8

from notifier.core.message import Message
from notifier.core.plain import one_line
from notifier.errors import UserError

CALENDAR_FILE = "invite.ics"

_HEADER = re.compile(r"[!-~](?:[ -~]{0,800}[!-~])?")


def eml(
    message: Message,
    *,
    sender: tuple[str, str],
    recipient: tuple[str, str],
    key: str,
    domain: str,
    at: datetime,
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """mixed(alternative(text, html, calendar), invite.ics), with CRLF. `sender` and `recipient` are (name, address).

    The Message-ID comes from the delivery's key, so that one delivery is one message wherever it turns up. `headers`
    stand before all others, each on one line of printable ASCII. Only where an address is not ASCII is the message not either.
    """
    is_plain = _local(sender[1]).isascii() and _local(recipient[1]).isascii()
    mail = EmailMessage(policy=SMTP if is_plain else SMTPUTF8)
    mail["From"] = _address(*sender)
    mail["To"] = _address(*recipient)
    mail["Subject"] = one_line(message.subject)
    mail["Date"] = at
    mail["Message-ID"] = message_id(key, domain)
    _fill(mail, message)
    for number, part in enumerate(_multiparts(mail)):
        part.set_boundary(f"=-{_digest(key)}-{number}-=")
    return _written(headers or {}) + mail.as_bytes()


def message_id(key: str, domain: str) -> str:
    """The Message-ID of a delivery, in its angle brackets."""
    return f"<{_digest(key)}@{one_line(domain)}>"


def ascii_domain(address: str) -> str:
    """The address with its domain as the DNS knows it (`xn--…`); as it is where that can't be written so."""
    local, _, domain = one_line(address).rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode()}" if local else address
    except UnicodeError:
        return address


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()[:32]


def _local(address: str) -> str:
    return address.rpartition("@")[0]


def _written(headers: Mapping[str, str]) -> bytes:
    """Headers that the standard library would fold, or write as encoded words, in the middle of an address."""
    for name, value in headers.items():
        if not _HEADER.fullmatch(value):
            raise UserError(f"{one_line(value)!r} can't stand in the header {name}.", "Write it in ASCII, on one line.")
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode()


def _fill(mail: EmailMessage, message: Message) -> None:
    mail.set_content(_utf8(message.text), cte="quoted-printable")
    mail.add_alternative(_utf8(message.html), subtype="html", cte="quoted-printable")
    if message.calendar is None:
        return
    # Outlook and Gmail need the method in the header, and it must be the one in the file (RFC 6047 2.4).
    calendar = message.calendar.decode()
    mail.add_alternative(calendar, subtype="calendar", params={"method": "PUBLISH"}, cte="base64")
    mail.add_attachment(message.calendar, maintype="application", subtype="ics", filename=CALENDAR_FILE)


def _multiparts(mail: EmailMessage) -> Iterator[EmailMessage]:
    return (part for part in mail.walk() if part.is_multipart())


def _address(name: str, address: str) -> Address:
    try:
        plain = ascii_domain(address)
        if not _local(plain).isascii():
            return Address(display_name=one_line(name), username=_local(plain), domain=plain.rpartition("@")[2])
        return Address(display_name=one_line(name), addr_spec=one_line(plain))
    except (ValueError, HeaderParseError, MessageError, IndexError) as error:
        raise UserError(
            f"{one_line(address)!r} is not an e-mail address.", "Correct `from: {name, address}` of the audience."
        ) from error


def _utf8(text: str) -> str:
    return text.encode(errors="replace").decode()
