"""A message as an RFC 5322 file: the same bytes for the same message, and no header that the caller didn't mean."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from email.errors import HeaderParseError, MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from notifier.core.message import Message
from notifier.core.plain import one_line
from notifier.errors import UserError

CALENDAR_FILE = "invite.ics"


def eml(
    message: Message, *, sender: tuple[str, str], recipient: tuple[str, str], key: str, domain: str, at: datetime
) -> bytes:
    """mixed(alternative(text, html, calendar), invite.ics), with CRLF. `sender` and `recipient` are (name, address).

    The Message-ID comes from the delivery's key, so that one delivery is one message wherever it turns up.
    """
    mail = EmailMessage(policy=SMTP)
    digest = hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()[:32]
    mail["From"] = _address(*sender)
    mail["To"] = _address(*recipient)
    mail["Subject"] = one_line(message.subject)
    mail["Date"] = at
    mail["Message-ID"] = f"<{digest}@{one_line(domain)}>"
    _fill(mail, message)
    for number, part in enumerate(_multiparts(mail)):
        part.set_boundary(f"=-{digest}-{number}-=")
    return mail.as_bytes()


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
        return Address(display_name=one_line(name), addr_spec=one_line(address))
    except (ValueError, HeaderParseError, MessageError, IndexError) as error:
        raise UserError(
            f"{one_line(address)!r} is not an e-mail address.", "Correct `from: {name, address}` of the audience."
        ) from error


def _utf8(text: str) -> str:
    return text.encode(errors="replace").decode()
