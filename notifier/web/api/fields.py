"""What may be sent: each field once, for the check and for the document that describes it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, Literal
from urllib.parse import parse_qsl

from notifier.errors import Problem
from notifier.web.api.answers import Refused, wrong
from notifier.web.guard import Receive, Scope, TooLargeError, whole_body

#: Bytes of a body, as of a form at the console.
LARGEST = 65_536
MOST_EVENTS = 50
_MOST_FIELDS = 20
_FURTHEST = timedelta(days=366)
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(:\d\d(\.\d{1,6})?)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
#: Breaks and tabs are text; other controls, and half characters, are not.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
Kind = Literal["text", "texts", "time", "count"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """`most` are signs of a text (of each, where there are several), or the highest count."""

    name: str
    kind: Kind
    meaning: str
    most: int = 0
    choice: tuple[str, ...] = ()
    is_needed: bool = False

    def schema(self) -> dict[str, Any]:
        """As OpenAPI has it."""
        items = {"type": "string", "minLength": 1, "maxLength": self.most}
        shapes: dict[Kind, dict[str, Any]] = {
            "text": {"type": "string", "maxLength": self.most, "minLength": int(self.is_needed)},
            "texts": {"type": "array", "maxItems": MOST_EVENTS, "items": items},
            "time": {"type": "string", "format": "date-time"},
            "count": {"type": "integer", "minimum": 1, "maximum": self.most},
        }
        shape = {"type": "string", "enum": list(self.choice)} if self.choice else shapes[self.kind]
        return {**shape, "description": self.meaning}

    def complaint(self, value: object) -> str | None:
        """What is wrong with it, in a sentence; None where nothing is."""
        match self.kind, value:
            case "text", str() if self.choice:
                return None if value in self.choice else f"Write one of: {', '.join(self.choice)}."
            case "text", str():
                return _too_much(value, self.most) or ("Write something." if self.is_needed and not value else None)
            case "texts", _:
                return _wrong_texts(value, self.most)
            case "time", _:
                is_time = isinstance(value, str) and _time_of(value) is not None
                return None if is_time else "Write a time with its offset, such as 2026-12-09T14:00:00Z."
            case "count", _:
                is_count = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= self.most
                return None if is_count else f"Write a whole number from 1 to {self.most}."
            case _:
                return "Write a text."


def time_of(value: str | None, now: datetime, *, name: str = "at") -> datetime | None:
    """When that is. Raises Refused for a time that is too far away to be meant."""
    at = _time_of(value) if value is not None else None
    if at is None or at <= now + _FURTHEST:
        return at
    raise complained([Problem(path=name, what="That is more than a year ahead.", hint="Give a nearer time, or none.")])


def checked(fields: Sequence[Field], sent: Mapping[str, object]) -> None:
    """Raise Refused with everything that is wrong with what was sent."""
    known = {one.name: one for one in fields}
    found = [
        Problem(path=_shown(name), what="There is no such field.", hint=_listed(known))
        for name in sent
        if name not in known
    ]
    found += [
        Problem(path=one.name, what="This is missing.") for one in fields if one.is_needed and one.name not in sent
    ]
    said = ((name, known[name].complaint(value)) for name, value in sent.items() if name in known)
    found += [Problem(path=name, what=what) for name, what in said if what is not None]
    if found:
        raise complained(found)


def complained(found: Iterable[Problem]) -> Refused:
    """What was sent is understood, and wrong."""
    every = list(found)
    said = " ".join(f"{one.path}: {one.what} {one.hint}".strip() for one in every)
    return Refused(HTTPStatus.UNPROCESSABLE_ENTITY, said, more={"problems": [wrong(one) for one in every]})


def query_of(scope: Scope, fields: Sequence[Field]) -> dict[str, Any]:
    """What the address says after its `?`, checked. Raises Refused."""
    try:
        text = scope.get("query_string", b"").decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError:
        raise complained([Problem(path="query", what="This can't be read.", hint="Write it as name=value&…")]) from None
    counts = {one.name for one in fields if one.kind == "count"}
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise complained([Problem(path=_shown(name), what="This is there twice.", hint="Write it once.")])
        found[name] = int(value) if name in counts and re.fullmatch(r"[0-9]{1,9}", value) else value
    checked(fields, found)
    return found


async def body_of(scope: Scope, receive: Receive, fields: Sequence[Field]) -> dict[str, Any]:
    """The object that was sent, checked; an empty one for an empty body. Raises Refused."""
    body = await _whole(receive)
    kinds = [
        value.decode("latin-1").partition(";")[0].strip().lower()
        for name, value in scope["headers"]
        if name == b"content-type"
    ]
    if kinds != ["application/json"] and (body or kinds):
        raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Send JSON, and say so: `Content-Type: application/json`.")
    found = _object(body) if body else {}
    if not isinstance(found, dict):
        raise Refused(HTTPStatus.BAD_REQUEST, "The body is no JSON object. Send one, such as {}.")
    checked(fields, found)
    return found


def _object(body: bytes) -> object:
    try:
        return json.loads(body.decode(), object_pairs_hook=_once_each, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Refused(
            HTTPStatus.BAD_REQUEST, "The body is no JSON. Send one object in UTF-8, each name once."
        ) from None


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


def _no_number(_text: str) -> object:
    raise ValueError


async def _whole(receive: Receive) -> bytes:
    try:
        body = await whole_body(receive, LARGEST)
    except TooLargeError:
        raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"Send at most {LARGEST:,} bytes.") from None
    if body is None:
        raise Refused(HTTPStatus.BAD_REQUEST, "The body did not come whole. Send it again.")
    return body


def _time_of(value: str) -> datetime | None:
    if not _TIME.fullmatch(value):
        return None
    try:
        at = datetime.fromisoformat(value.upper())
        return at.astimezone(UTC) if 2000 <= at.year <= 9000 else None
    except ValueError:
        return None


def _wrong_texts(value: object, most: int) -> str | None:
    if (
        not isinstance(value, list)
        or len(value) > MOST_EVENTS
        or not all(isinstance(one, str) and one for one in value)
    ):
        return f"Write a list of at most {MOST_EVENTS} texts."
    return next(filter(None, (_too_much(one, most) for one in value)), None)


def _too_much(text: str, most: int) -> str | None:
    if len(text) > most:
        return f"This has {len(text):,} signs, and {most:,} is the most."
    return "This has a sign that no mail can show." if _UNWRITABLE.search(text) else None


def _shown(name: str) -> str:
    """What somebody sent as a name, no longer than a name is."""
    return name if len(name) <= 60 else f"{name[:60]}…"


def _listed(known: Mapping[str, Field]) -> str:
    return f"There are: {', '.join(known)}." if known else "There is none."
