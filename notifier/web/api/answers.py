"""What is answered: JSON, and what went wrong as a problem (RFC 9457), in the sentences that people get everywhere else."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from notifier.core.records import Record
from notifier.errors import Problem, UserError
from notifier.web.guard import Send

_JSON, _PROBLEM = b"application/json", b"application/problem+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer. `body` is JSON already, where what is said stays the same for a while."""

    record: Record = field(default_factory=dict)
    body: bytes | None = None
    status: HTTPStatus = HTTPStatus.OK
    fields: Mapping[str, str] = field(default_factory=dict)


class Refused(Exception):
    """Nothing was done. `more` are members of the problem beside those that every one has."""

    def __init__(
        self,
        status: HTTPStatus,
        detail: str,
        *,
        fields: Mapping[str, str] | None = None,
        more: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail
        self.fields, self.more = dict(fields or {}), dict(more or {})


def refused(error: UserError, status: HTTPStatus) -> Refused:
    """What a person would be told, each complaint with what it is about."""
    if not error.problems:
        return Refused(status, error.message)
    said = " ".join(f"{one.what} {one.hint}".strip() for one in error.problems)
    return Refused(status, said, more={"problems": [wrong(one) for one in error.problems]})


def moved_since(changed: Sequence[str]) -> Refused:
    """It is not what was looked at any more: the names of what is otherwise."""
    return Refused(
        HTTPStatus.CONFLICT,
        f"Since that mark, something changed: {', '.join(changed)}. Nothing was decided. Look at it again.",
    )


def wrong(problem: Problem) -> Record:
    """One thing that is wrong; `field` is what was sent that it is about."""
    return {"field": problem.field or problem.path, "what": problem.what, "hint": problem.hint}


def written(record: object) -> bytes:
    """As JSON. Escapes keep half a character that an author wrote, which has no UTF-8."""
    return json.dumps(record).encode()


def reply_of(refusal: Refused) -> Reply:
    """The problem as an answer."""
    status = HTTPStatus(refusal.status)
    record = {"type": "about:blank", "title": status.phrase, "status": int(status), "detail": refusal.detail}
    return Reply(record={**record, **refusal.more}, status=status, fields=refusal.fields)


async def answered(send: Send, reply: Reply, *, only_head: bool) -> None:
    """Send it; to a HEAD its fields alone."""
    body = written(reply.record) if reply.body is None else reply.body
    kind = _JSON if reply.status < HTTPStatus.BAD_REQUEST else _PROBLEM
    own = [(name.lower().encode(), text.encode("latin-1")) for name, text in reply.fields.items()]
    fields = [(b"content-type", kind), (b"content-length", str(len(body)).encode()), *own]
    await send({"type": "http.response.start", "status": int(reply.status), "headers": fields})
    await send({"type": "http.response.body", "body": b"" if only_head else body})
