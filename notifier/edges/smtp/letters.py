"""One message for many: its bytes are cut once where they differ from person to person, and each gets their own parts.

What comes out is what `eml` gives for that person, byte for byte (a property test), in a hundredth of the time.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.policy import SMTP
from functools import lru_cache
from html import escape
from typing import cast

from notifier.core.ics import NOBODY, around_attendee, attendee_line, for_attendee
from notifier.core.leaving import SLOT
from notifier.core.message import Message
from notifier.edges.eml import CALENDAR_FILE, eml, message_id, quoted_address, to_line

#: RFC 3834 5: nobody's holiday notice should answer it. There is no Precedence: the list's server writes its own.
AUTOMATIC: Mapping[str, str] = {"Auto-Submitted": "auto-generated"}
#: Of base64, and how many octets are written there.
_LONGEST_PIECE, _OCTETS_A_LINE = 76, 57
_TO = re.compile(rb"^To: [^\r]*\r\n(?:[ \t][^\r]*\r\n)*", re.MULTILINE)
_MESSAGE_ID = re.compile(rb"^Message-ID: [^\r]*\r\n(?:[ \t][^\r]*\r\n)*", re.MULTILINE)
_FROM = re.compile(rb"(?=^From: )", re.MULTILINE)
_LINE_BEGINS_WITH_DOT = re.compile(rb"^\.", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """For whom a letter is: their address and name, their digest, and where they leave (None: nowhere of ours).

    `with_one_click`: that is a page of ours that takes a POST for their word (RFC 8058).
    """

    address: str
    name: str
    digest: str
    leave: str | None = None
    with_one_click: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What all letters of a delivery have in common beside the message."""

    key: str
    domain: str
    sender: tuple[str, str]
    at: datetime


def letter_for(reader: Reader, message: Message, origin: Origin) -> bytes:
    """The letter of one person, written out: what a cut one has to equal. Raises UserError or ValueError for an address that is none."""
    calendar = message.calendar
    if calendar is not None and message.method != "PUBLISH":
        calendar = for_attendee(calendar, reader.name, reader.address)
    own = Message(
        subject=message.subject, preheader=message.preheader, html=message.html, text=message.text,
        calendar=calendar, method=message.method,
    )  # fmt: skip
    return eml(
        own, sender=origin.sender, recipient=(reader.name, reader.address), key=origin.key, domain=origin.domain,
        at=origin.at, reader=reader.digest, leave=reader.leave or SLOT, headers={**AUTOMATIC, **leaving_headers(reader)},
    )  # fmt: skip


def letter_for_all(message: Message, origin: Origin) -> bytes:
    """What is cut: the letter of nobody, with the message's slots as they are."""
    return eml(
        message, sender=origin.sender, recipient=NOBODY, key=origin.key, domain=origin.domain, at=origin.at,
        headers=AUTOMATIC,
    )  # fmt: skip


def leaving_headers(reader: Reader) -> dict[str, str]:
    """How a mail program lets its reader leave (RFC 2369, RFC 8058)."""
    if reader.leave is None:
        return {}
    headers = {"List-Unsubscribe": f"<{reader.leave}>"}
    if reader.with_one_click and reader.leave.startswith("https:"):
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def stuffed(letter: bytes) -> bytes:
    """As a mail server is told it (RFC 5321 4.5.2), without the line that ends it."""
    return _LINE_BEGINS_WITH_DOT.sub(b"..", letter)


#: Writes what one person has in one place.
Part = Callable[[Reader], bytes]


class Letters:
    """The letter of nobody, cut. `wire` says that it is to be as a mail server is told it."""

    def __init__(self, letter: bytes, *, key: str, domain: str, wire: bool = False) -> None:
        self._key, self._domain = key, domain
        calendar = _invitation(letter)
        self._calendar = _Invitation(calendar) if calendar is not None else None
        places = self._places(stuffed(letter) if wire else letter)
        self._fixed, self._own = _cut(stuffed(letter) if wire else letter, places)

    def of(self, reader: Reader) -> bytes:
        """Their letter. Raises UserError or ValueError for an address that none can go to."""
        calendar = self._calendar.of(reader) if self._calendar is not None else b""
        pieces = [self._fixed[0]]
        for part, fixed in zip(self._own, self._fixed[1:], strict=True):
            pieces += (calendar if part is None else part(reader), fixed)
        return b"".join(pieces)

    def _places(self, letter: bytes) -> list[tuple[int, int, Part | None]]:
        """Where the letter differs, in order. What stands there for the calendar (None) is the same in each of its places."""
        head_ends = letter.index(b"\r\n\r\n") + 2
        found: list[tuple[int, int, Part | None]] = []
        for pattern, part in ((_FROM, _leaving), (_TO, _to), (_MESSAGE_ID, self._message_id)):
            place = pattern.search(letter, 0, head_ends)
            if place is None:
                raise ValueError("This is no letter that could be cut.")
            found.append((*place.span(), part))
        text_ends = letter.find(b"-=\r\nContent-Type: text/html", head_ends)
        for place in re.finditer(re.escape(_quoted(SLOT)), letter[head_ends:]):
            begin, end = place.start() + head_ends, place.end() + head_ends
            found.append((begin, end, _leave_in_text if begin < text_ends else _leave_in_html))
        if self._calendar is not None:
            own = re.escape(_in_lines(self._calendar.whole))
            found += [(*place.span(), None) for place in re.finditer(own, letter)]
        return sorted(found, key=lambda place: place[:2])

    def _message_id(self, reader: Reader) -> bytes:
        return f"Message-ID: {message_id(self._key, self._domain, reader.digest)}\r\n".encode()


class _Invitation:
    """A calendar file in base64, of which only the lines about the attendee are written for each."""

    def __init__(self, whole: bytes) -> None:
        self.whole = whole
        before, self._after = around_attendee(whole)
        even = len(before) - len(before) % _OCTETS_A_LINE
        self._begin, self._before = _in_lines(before[:even]), before[even:]
        self._ends: dict[int, bytes] = {}

    def of(self, reader: Reader) -> bytes:
        own = self._before + attendee_line(reader.name, reader.address)
        # What comes after is the same text, in one of as many shapes as a line has octets.
        shift = -len(own) % _OCTETS_A_LINE
        if shift not in self._ends:
            self._ends[shift] = _in_lines(self._after[shift:])
        return self._begin + _in_lines(own + self._after[:shift]) + self._ends[shift]


def _to(reader: Reader) -> bytes:
    return to_line(reader.name, reader.address)


def _leaving(reader: Reader) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in leaving_headers(reader).items()).encode()


def _leave_in_text(reader: Reader) -> bytes:
    return _quoted(reader.leave or SLOT)


def _leave_in_html(reader: Reader) -> bytes:
    return _quoted(escape(reader.leave or SLOT))


@lru_cache(maxsize=8)
def _quoted(address: str) -> bytes:
    return quoted_address(address).replace("\n", "\r\n").encode()


def _invitation(letter: bytes) -> bytes | None:
    """The calendar file that invites nobody yet; None where there is none, or one that is for everybody."""
    mail = message_from_bytes(letter, policy=SMTP)
    methods = {part.get_param("method") for part in mail.walk() if part.get_content_type() == "text/calendar"}
    if not methods & {"REQUEST", "CANCEL"}:
        return None
    [file] = (part for part in mail.walk() if part.get_filename() == CALENDAR_FILE)
    return cast("bytes", file.get_payload(decode=True))


def _in_lines(content: bytes) -> bytes:
    """The content in base64, as parts of a mail have it."""
    whole = b64encode(content)
    lines = [whole[begin : begin + _LONGEST_PIECE] for begin in range(0, len(whole), _LONGEST_PIECE)]
    return b"\r\n".join([*lines, b""])


def _cut(letter: bytes, places: list[tuple[int, int, Part | None]]) -> tuple[list[bytes], list[Part | None]]:
    fixed, at = [], 0
    for begin, end, _ in places:
        fixed.append(letter[at:begin])
        at = end
    return [*fixed, letter[at:]], [part for _, _, part in places]
