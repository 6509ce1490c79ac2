"""Whether bytes are the lines of a calendar of ours: found by other means than those that wrote them."""

from __future__ import annotations

import re

_LONGEST_LINE = 75
_CONTROLS = bytes(sign for sign in (*range(32), 127) if sign not in b"\r\n")
#: C1 controls, separators of lines, the signs that turn text round, the byte order mark. Apart, each is found fast.
_INVISIBLE = tuple(
    map(re.compile, (rb"\xc2[\x80-\x9f]", rb"\xe2\x80[\xa8-\xae]", rb"\xe2\x81[\xa6-\xa9]", rb"\xef\xbb\xbf"))
)
#: A text with its backslashes, semicolons and commas escaped.
_TEXT = rb"[^\\,;\r]*(?:\\[\\,;n][^\\,;\r]*)*"
_TEXTS = rb"%s(?:,%s)*" % (_TEXT, _TEXT)
_ADDRESS, _STAMP, _WORD = rb"https?://[!-~]+", rb"\d{8}T\d{6}Z", rb"[A-Z]+"
_TIME = rb"(?::%s|;VALUE=DATE:\d{8})" % _STAMP


def _form(*lines: tuple[bytes, bytes, bool]) -> re.Pattern[bytes]:
    """Lines with these names and values, in this order, each once; the last part says which there must be."""
    return re.compile(b"".join(b"(?:%s%s\r\n)%s" % (name, value, b"" if must else b"?") for name, value, must in lines))


_HEAD = _form(
    (b"BEGIN:", b"VCALENDAR", True),
    (b"VERSION:", rb"2\.0", True),
    (b"PRODID:", _TEXT, True),
    (b"CALSCALE:", b"GREGORIAN", True),
    (b"DESCRIPTION:", _TEXT, False),
    (b"X-WR-CALDESC:", _TEXT, False),
    (b"NAME:", _TEXT, True),
    (b"X-WR-CALNAME:", _TEXT, True),
    (b"COLOR:", rb"[a-z]+", False),
    (b"LAST-MODIFIED:", _STAMP, False),
    (b"REFRESH-INTERVAL;VALUE=DURATION:", rb"PT\d+H", True),
    (b"SOURCE;VALUE=URI:", _ADDRESS, False),
    (b"X-PUBLISHED-TTL:", rb"PT\d+H", True),
    (b"X-WR-TIMEZONE:", _TEXT, True),
)
_ENTRY = _form(
    (b"SUMMARY:", _TEXT, True),
    (b"DTSTART", _TIME, True),
    (b"DTEND", _TIME, True),
    (b"DTSTAMP:", _STAMP, True),
    (b"UID:", b"(?P<uid>%s)" % _TEXT, True),
    (b"SEQUENCE:", rb"\d{1,10}", True),
    (b"CATEGORIES:", _TEXTS, False),
    (b"CLASS:", _WORD, True),
    (b"CONFERENCE", rb"(?:;[A-Z]+=[A-Za-z ]+)+:%s" % _ADDRESS, False),
    (b"CREATED:", _STAMP, True),
    (b"DESCRIPTION:", _TEXT, False),
    (b"LAST-MODIFIED:", _STAMP, True),
    (b"LOCATION:", _TEXT, False),
    (b"STATUS:", _WORD, True),
    (b"TRANSP:", _WORD, True),
    (b"URL:", _ADDRESS, False),
    (b"X-MICROSOFT-CDO-BUSYSTATUS:", _WORD, False),
    (b"END:", b"VEVENT", True),
)


def unfolded(text: bytes) -> bytes:
    return text.replace(b"\r\n ", b"")


def flaw_of_lines(text: bytes) -> str | None:
    """What is wrong with lines: each ends in CRLF, is UTF-8 of at most 75 octets, and has no controls."""
    lines = text.split(b"\r\n")
    if not text.count(b"\r") == text.count(b"\n") == len(lines) - 1:
        return "a line ends in something else than CR and LF"
    if max(map(len, lines)) > _LONGEST_LINE or b"\r\n\r\n" in text:
        return "a line is empty, or longer than 75 octets"
    try:
        text.decode()
    except UnicodeDecodeError:
        return "its text is not UTF-8"
    if len(text.translate(None, _CONTROLS)) != len(text) or any(sign.search(text) for sign in _INVISIBLE):
        return "a text holds a control character"
    return None


def is_head(text: bytes) -> bool:
    """Whether unfolded lines are what stands before a feed's entries, with every value escaped."""
    return _HEAD.fullmatch(text) is not None


def uid_of(text: bytes) -> bytes | None:
    """The uid, as it is written, of an entry's unfolded lines without the first; None where they aren't an entry's.

    An entry's are those that we write, each once and in its order, with every value escaped.
    """
    found = _ENTRY.fullmatch(text)
    return found["uid"] if found else None
