"""A calendar as it goes out over HTTP: both forms of its bytes, their tags and every answer about them, made once."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus

Fields = tuple[tuple[bytes, bytes], ...]
#: What a request says, by lower-case name, fields of one name joined.
Asked = Mapping[bytes, bytes]
#: What of it an answer hangs on: User-Agent, Accept-Encoding, If-None-Match and If-Modified-Since.
_Question = tuple[bytes, bytes, bytes, bytes]

#: What makes a browser show a file rather than guess what it is, run nothing in it, and tell nobody where it was.
SAFE: Fields = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; script-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
)
#: Anybody may keep it for a quarter of an hour. A calendar on another website may show it, unlike the pages.
PUBLIC: Fields = (
    (b"cache-control", b"public, max-age=900, must-revalidate"),
    (b"cross-origin-resource-policy", b"cross-origin"),
)
#: Its reader alone may keep it, and asks each time whether that is still right: with no-store it could not even ask.
PRIVATE: Fields = (
    (b"cache-control", b"private, no-cache"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-robots-tag", b"noindex"),
)
#: Programs that get it unpacked although they ask for gzip: Outlook showed nothing until a server stopped packing
#: (https://github.com/markuspoerschke/iCal/issues/541), and nobody would know why. `Vary` leaves them out: a cache that
#: gives them what they asked for is right too, and would keep a copy for each version of each program.
UNPACKED = (b"Microsoft Outlook", b"Microsoft Office", b"Microsoft Exchange")

#: So many ways of asking are remembered with their answer: all readers that use one program ask alike.
_MOST_CHOICES = 256
_LONGEST_QUESTION = 1_000
_BEGIN, _END = b"BEGIN:VCALENDAR\r\n", b"END:VCALENDAR\r\n"
_TAG = re.compile(rb'(?:W/)?("[^"]*")')
_REFUSED = re.compile(rb"\s*q\s*=\s*0(\.0{0,3})?\s*", re.IGNORECASE)
_CHANGED = re.compile(rb"\r\nLAST-MODIFIED:(\d{8}T\d{6}Z)\r\n", re.ASCII)
#: RFC 9110 5.6.7: the form that is written, and the two of old that are still read.
_DAYS, _LONG_DAYS = "Mon|Tue|Wed|Thu|Fri|Sat|Sun", "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH, _CLOCK = f"(?P<month>{'|'.join(_MONTHS)})", r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)"
_DATES = tuple(
    re.compile(form.encode(), re.ASCII)
    for form in (
        rf"(?:{_DAYS}), (?P<day>\d\d) {_MONTH} (?P<year>\d{{4}}) {_CLOCK} GMT",
        rf"(?:{_LONG_DAYS}), (?P<day>\d\d)-{_MONTH}-(?P<year>\d\d) {_CLOCK} GMT",
        rf"(?:{_DAYS}) {_MONTH} (?P<day>[ \d]\d) {_CLOCK} (?P<year>\d{{4}})",
    )
)


@dataclass(slots=True, kw_only=True)
class Answer:
    """An answer as it goes out, again and again, to every reader that asks for the same."""

    status: HTTPStatus
    fields: Fields
    body: bytes = b""
    _wired: tuple[object, bytes] = (None, b"")

    def on_the_wire(self, shared: list[tuple[bytes, bytes]]) -> bytes:
        """The whole answer to a GET. `shared` are fields of every answer; the list is another when they change."""
        if self._wired[0] is not shared:
            lines = [f"HTTP/1.1 {self.status.value} {self.status.phrase}".encode()]
            lines += [name + b": " + value for name, value in (*shared, *self.fields)]
            self._wired = (shared, b"\r\n".join((*lines, b"", self.body)))
        return self._wired[1]


@dataclass(slots=True, kw_only=True)
class Served:
    """A calendar with everything that answering a request for it needs. `modified_at`: what If-Modified-Since is told by."""

    body: bytes
    modified_at: datetime | None
    plain: Answer
    packed: Answer
    #: By the tag that its reader holds.
    held: Mapping[bytes, Answer]
    _choices: dict[_Question, Answer] = field(default_factory=dict)

    def answer(self, asked: Asked) -> Answer:
        """What to say to a GET with these fields."""
        get = asked.get
        question = (
            get(b"user-agent", b""), get(b"accept-encoding", b""),
            get(b"if-none-match", b""), get(b"if-modified-since", b""),
        )  # fmt: skip
        known = self._choices.get(question)
        if known is not None:
            return known
        chosen = self._chosen(question)
        if sum(map(len, question)) <= _LONGEST_QUESTION:
            if len(self._choices) >= _MOST_CHOICES:
                self._choices.clear()
            self._choices[question] = chosen
        return chosen

    def _chosen(self, question: _Question) -> Answer:
        agent, encoding, none_match, since = question
        unpacked = any(mark in agent for mark in UNPACKED)
        chosen = self.packed if accepts_gzip(encoding) and not unpacked else self.plain
        tag = dict(chosen.fields)[b"etag"]
        if none_match:
            # Whatever else is asked: the tag is the surer word (RFC 9110 13.1.3).
            return self._held_by(none_match, tag) or chosen
        known_at = http_date(since) if self.modified_at is not None else None
        if known_at is not None and self.modified_at is not None and known_at >= self.modified_at:
            return self.held[tag]
        return chosen

    def _held_by(self, none_match: bytes, tag: bytes) -> Answer | None:
        """In whichever form the reader holds it; weak or strong is the same here (RFC 9110 13.1.2)."""
        if none_match.strip() == b"*":
            return self.held[tag]
        return next((self.held[found] for found in _TAG.findall(none_match) if found in self.held), None)


def is_whole(body: bytes) -> bool:
    """Whether a file begins and ends as a calendar does; a torn one would make readers delete what they have."""
    return body.startswith(_BEGIN) and body.endswith(_END)


def prepare(body: bytes, disposition: str, fields: Fields = PUBLIC, *, before: Served | None = None) -> Served:
    """A calendar's bytes with all answers about them. `before` is what was served under this name until now."""
    digest = hashlib.sha256(body).hexdigest()[:32]
    modified_at = _last_change(body, before)
    dated = ((b"last-modified", _written(modified_at)),) if modified_at else ()
    # A strong tag stands for exact bytes (RFC 9110 8.8.1), so each form has its own.
    tags = {form: (b"etag", f'"{digest}{form}"'.encode()) for form in ("", "-gzip")}
    # A cache needs no more with a 304 than what would else differ (RFC 9110 15.4.5).
    kept = (*fields, (b"vary", b"Accept-Encoding"), *dated)
    whole = (
        (b"content-type", b"text/calendar; charset=utf-8"),
        (b"content-disposition", disposition.encode("ascii")),
        *kept,
        *SAFE,
    )
    # Without a time in it the same bytes always pack to the same bytes.
    packed = gzip.compress(body, mtime=0)
    return Served(
        body=body,
        modified_at=modified_at,
        plain=Answer(status=HTTPStatus.OK, fields=(*whole, tags[""], _length(body)), body=body),
        packed=Answer(
            status=HTTPStatus.OK,
            fields=(*whole, tags["-gzip"], _length(packed), (b"content-encoding", b"gzip")),
            body=packed,
        ),
        held={tag[1]: Answer(status=HTTPStatus.NOT_MODIFIED, fields=(*kept, tag)) for tag in tags.values()},
    )


def sentence(status: HTTPStatus, text: str, *fields: tuple[bytes, bytes]) -> Answer:
    """An answer without a calendar: one sentence for whoever looks."""
    body = f"{text}\n".encode()
    own = {name for name, _ in fields}
    plain = ((b"content-type", b"text/plain; charset=utf-8"), _length(body), (b"cache-control", b"no-store"))
    return Answer(status=status, fields=(*(one for one in plain if one[0] not in own), *fields, *SAFE), body=body)


def accepts_gzip(header: bytes) -> bool:
    """Whether gzip is asked for by name and not refused with q=0 (RFC 9110 12.5.3)."""
    for part in header.lower().split(b","):
        coding, _, weight = part.strip().partition(b";")
        if coding.strip() == b"gzip":
            return not _REFUSED.fullmatch(weight)
    return False


def http_date(text: bytes) -> datetime | None:
    """The instant of an HTTP date in any of its three forms (RFC 9110 5.6.7); None for anything else."""
    found = next((match for form in _DATES if (match := form.fullmatch(text.strip(b" \t")))), None)
    if found is None:
        return None
    part = {name: value.decode() for name, value in found.groupdict().items()}
    year = int(part["year"])
    if len(part["year"]) == 2:
        # What is more than fifty years ahead was meant as past; this was written in the first half of the century.
        year += 2000 if year < 75 else 1900
    month = _MONTHS.index(part["month"]) + 1
    try:
        # A leap second may be asked about, and no datetime has one.
        second = int(part["second"].replace("60", "59"))
        return datetime(year, month, int(part["day"]), int(part["hour"]), int(part["minute"]), second, tzinfo=UTC)
    except ValueError:
        return None


def _last_change(body: bytes, before: Served | None) -> datetime | None:
    """When a calendar last changed, as it says itself before its first entry: the same on every machine.

    None where it doesn't say, and where it became another one without a later date (an entry went, the title is another):
    who asks by the date alone would be told that nothing changed.
    """
    head = body[: body.find(b"\r\nBEGIN:V", len(_BEGIN)) + 2]
    found = _CHANGED.search(head)
    try:
        said = datetime.strptime(found[1].decode(), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) if found else None
    except ValueError:
        return None
    if said is None or before is None or before.body == body:
        return said
    last = before.modified_at or _last_change(before.body, None)
    return said if last is None or said > last else None


def _written(at: datetime) -> bytes:
    day, month = _DAYS.split("|")[at.weekday()], _MONTHS[at.month - 1]
    return f"{day}, {at.day:02} {month} {at.year:04} {at:%H:%M:%S} GMT".encode()


def _length(body: bytes) -> tuple[bytes, bytes]:
    return (b"content-length", str(len(body)).encode())
