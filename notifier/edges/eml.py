"""A message as an RFC 5322 file: the same bytes for the same message, and no header that the caller didn't mean."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from email import message_from_bytes, quoprimime
from email.errors import HeaderParseError, MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from functools import lru_cache
from html import escape
from string import ascii_letters, digits
from typing import cast

from notifier.core.leaving import SLOT
from notifier.core.message import Message
from notifier.core.plain import one_line
from notifier.errors import UserError

CALENDAR_FILE = "invite.ics"

#: RFC 2045 6.7: a line of quoted-printable, with what says that it goes on.
_LONGEST_QUOTED = 76
_QUOTED_LINE = re.compile(r"[^=]{1,72}|(?:=3D){1,24}")
_BEFORE_SUBJECT = b"\r\nSubject:"
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*", re.ASCII)
#: Names that may stand in a header as they are, and such as have nothing in them but letters of any script.
_WORDS = re.compile(rf"(?!.*=\?){_ATOM}(?: {_ATOM})*", re.ASCII)
_LETTERS = re.compile(r"[^\W_]+(?:[ .'’-]{1,2}[^\W_]+)*\.?")
_AS_IT_IS = frozenset(f"{ascii_letters}{digits} ")
#: What fits on a line after `To: `, and an encoded word (RFC 2047 2).
_LONGEST_MAILBOX, _LONGEST_WORD = 74, 73
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
    reader: str = "",
    leave: str = SLOT,
) -> bytes:
    """mixed(alternative(text, html, calendar), invite.ics), with CRLF. `sender` and `recipient` are (name, address).

    The Message-ID comes from the delivery's key, so that one delivery is one message wherever it turns up; with the
    `reader`, a person's digest, it is theirs. `leave` is the address, in ASCII, that comes where the message has its
    slot for it. `headers` stand before all others, each on one line of printable ASCII. Only where an address is not
    ASCII is the message not either.
    """
    is_plain = _local(sender[1]).isascii() and _local(recipient[1]).isascii()
    mail = EmailMessage(policy=SMTP if is_plain else SMTPUTF8)
    mail["From"] = _address(*sender)
    mail["Subject"] = _undecoded(message.subject)
    mail["Date"] = at
    mail["Message-ID"] = message_id(key, domain, reader)
    _fill(mail, message, leave)
    for number, part in enumerate(_multiparts(mail)):
        part.set_boundary(f"=-{_digest(key)}-{number}-=")
    return _written(headers or {}) + mail.as_bytes().replace(
        _BEFORE_SUBJECT, b"\r\n" + to_line(*recipient) + b"Subject:", 1
    )


def message_id(key: str, domain: str, reader: str = "") -> str:
    """The Message-ID of a delivery, in its angle brackets; for the `reader`, a person's digest, that of theirs."""
    whose = f"{key}\0{reader}" if reader else key
    return f"<{_digest(whose)}@{one_line(domain)}>"


def to_line(name: str, address: str) -> bytes:
    """The header To, with the end of its line. Raises UserError for an address that is none."""
    plain, name = ascii_domain(address), one_line(name)
    if _ADDRESS.fullmatch(plain) and (mailbox := _mailbox(name, plain)):
        return f"To: {mailbox}\r\n".encode()
    # The standard library can do all of it, and takes a hundred times as long.
    mail = EmailMessage(policy=SMTP if _local(plain).isascii() else SMTPUTF8)
    mail["To"] = _address(name, address)
    return mail.as_bytes().removesuffix(b"\r\n")


def quoted_address(address: str) -> str:
    """An address in quoted-printable, beginning a line: so it can be put in the place of another in a finished message."""
    lines = _QUOTED_LINE.findall(address.replace("=", "=3D"))
    # A mail server would double a dot that begins a line.
    return "=\n".join(f"=2E{line[1:]}" if line.startswith(".") else line for line in lines)


def ascii_domain(address: str) -> str:
    """The address with its domain as the DNS knows it (`xn--…`); as it is where that can't be written so."""
    local, _, domain = one_line(address).rpartition("@")
    try:
        return f"{local}@{_in_dns(domain)}" if local else address
    except UnicodeError:
        return address


@lru_cache(maxsize=1024)
def _in_dns(domain: str) -> str:
    return domain.encode("idna").decode()


def _mailbox(name: str, address: str) -> str | None:
    """The person as a header names them, where that is short and simple (RFC 5322 3.4, RFC 2047 5)."""
    if not name:
        return address if len(address) <= _LONGEST_MAILBOX else None
    if _WORDS.fullmatch(name):
        written = name
    elif not name.isascii() and _LETTERS.fullmatch(name):
        octets = "".join(chr(one) if chr(one) in _AS_IT_IS else f"={one:02X}" for one in name.encode())
        written = f"=?utf-8?q?{octets.replace(' ', '_')}?="
    else:
        return None
    if len(written) > _LONGEST_WORD:
        return None
    between = " " if len(written) + len(address) + 3 <= _LONGEST_MAILBOX else "\r\n "
    return f"{written}{between}<{address}>" if len(address) < _LONGEST_MAILBOX else None


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


def _fill(mail: EmailMessage, message: Message, leave: str) -> None:
    mail.set_content(_utf8(message.text), cte="quoted-printable")
    mail.add_alternative(_utf8(message.html), subtype="html", cte="quoted-printable")
    text, html = mail.iter_parts()
    text.set_payload(_quoted(message.text, leave))
    html.set_payload(_quoted(message.html, escape(leave)))
    if message.calendar is None:
        return
    # Outlook and Gmail need the method in the header, and it must be the one in the file (RFC 6047 2.4).
    calendar = message.calendar.decode()
    mail.add_alternative(calendar, subtype="calendar", params={"method": message.method}, cte="base64")
    mail.add_attachment(message.calendar, maintype="application", subtype="ics", filename=CALENDAR_FILE)


def _multiparts(mail: EmailMessage) -> Iterator[EmailMessage]:
    return (part for part in mail.walk() if part.is_multipart())


def _undecoded(text: str) -> str:
    """The text on one line, without what the standard library would take for an encoded word.

    It decodes one in what it is given, and writes the line breaks in it as they are: `=?utf-8?q?=0D=0ABcc:_x?=` became a header.
    """
    return one_line(text).replace("=?", "= ?")


def _address(name: str, address: str) -> Address:
    try:
        plain = ascii_domain(address)
        if not _local(plain).isascii():
            return Address(display_name=_undecoded(name), username=_local(plain), domain=plain.rpartition("@")[2])
        return Address(display_name=_undecoded(name), addr_spec=one_line(plain))
    except (ValueError, HeaderParseError, MessageError, IndexError) as error:
        raise UserError(
            f"{one_line(address)!r} is not an e-mail address.", "Correct `from: {name, address}` of the audience."
        ) from error


def _quoted(text: str, leave: str) -> str:
    """The text in quoted-printable, with the address `leave` in its slots, each on lines of its own there."""
    octets = b"\n".join(text.encode(errors="replace").splitlines()) + b"\n"
    before, *others = (piece.decode("latin-1") for piece in octets.split(SLOT.encode()))
    quoted = quoprimime.body_encode(before, _LONGEST_QUOTED)
    for piece in others:
        begins = "" if not quoted or quoted.endswith("\n") else "=\n"
        goes_on = "" if piece.startswith("\n") else "=\n"
        quoted += begins + quoted_address(leave) + goes_on + quoprimime.body_encode(piece, _LONGEST_QUOTED)
    return quoted


def _utf8(text: str) -> str:
    return text.encode(errors="replace").decode()


def part_of(content: bytes, kind: str) -> bytes | None:
    """The first part of a message that is of this kind (`text/html`), decoded, its lines ended as here; None where there is none."""
    mail = message_from_bytes(content, policy=SMTP)
    for part in mail.walk():
        if part.get_content_type() == kind:
            found = cast("bytes", part.get_payload(decode=True))
            return found.replace(b"\r\n", b"\n") if part.get_content_maintype() == "text" else found
    return None
