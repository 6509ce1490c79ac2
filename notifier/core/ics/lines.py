"""Content lines: values escaped, lines folded, as RFC 5545 says and as icalendar would write them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from icalendar import Event as VEvent
from icalendar.prop import vCalAddress, vText

#: Octets on a line beside the space that begins a continued one.
_FOLD = 74
_ZWJ = "\u200d"
#: The combining class of the sign that makes one letter of two in the scripts of India.
_VIRAMA = 9


class Text(vText):
    r"""TEXT escaped as RFC 5545 3.3.11 says and no more.

    icalendar turns an author's `C:\New` into a line break, and leaves names it doesn't know unescaped.
    """

    def to_ical(self) -> bytes:
        return escaped(self).encode()


def escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def moment(value: date | datetime) -> str:
    """A date, or an instant in UTC, with what stands between its property's name and itself."""
    return f":{value:%Y%m%dT%H%M%SZ}" if isinstance(value, datetime) else f";VALUE=DATE:{value:%Y%m%d}"


def address_line(name: str, address: str, parameters: Mapping[str, str]) -> str:
    """A line that names a person. How a parameter's value is quoted is icalendar's to know."""
    vevent = VEvent()
    vevent.add(name, vCalAddress(address), parameters=dict(parameters))
    return str(vevent.content_line(name, vevent[name]))


def written(lines: Iterable[str]) -> bytes:
    """The lines that are not empty, folded, each with its CRLF."""
    return b"\r\n".join([*(folded(line.encode()) for line in lines if line), b""])


def folded(line: bytes) -> bytes:
    """At most 75 octets on a line (RFC 5545 3.1), no character, no escaped one and no emoji torn apart."""
    if len(line) <= _FOLD:
        return line
    parts: list[bytes] = []
    at = 0
    while len(line) - at > _FOLD:
        end = at + _FOLD
        while line[end] & 0xC0 == 0x80:  # within a character of several octets
            end -= 1
        if line[end] & 0x80:
            end = _before_cluster(line, at, end)
        end -= line[end - 1] in b"\\^"
        parts.append(line[at:end])
        at = end
    return b"\r\n ".join([*parts, line[at:]])


def _before_cluster(line: bytes, start: int, end: int) -> int:
    """A place at or before `end` that readers see as a place between characters; `end` where there is none near."""
    text = line[start:end].decode()
    after = line[end : end + 4].decode(errors="ignore")[0]
    # What goes on for half a line is no writing, and a line must not become empty.
    for at in range(len(text), len(text) // 2, -1):
        if not _is_joined(text[:at], after):
            return start + len(text[:at].encode())
        after = text[at - 1]
    return end


def _is_joined(before: str, after: str) -> bool:
    """Whether the character `after` belongs to what is before it (most of Unicode's annex 29, which is enough here)."""
    if _is_flag(after):
        flags = len(before) - len(before.rstrip("".join(map(chr, range(0x1F1E6, 0x1F200)))))
        return flags % 2 == 1
    is_mark = unicodedata.category(after)[0] == "M" or "\U0001f3fb" <= after <= "\U0001f3ff"
    is_tag = "\U000e0020" <= after <= "\U000e007f"
    binds = before[-1] == _ZWJ or unicodedata.combining(before[-1]) == _VIRAMA
    return after == _ZWJ or binds or is_mark or is_tag


def _is_flag(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"
