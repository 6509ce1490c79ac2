"""How a request finds what answers it, and what every answer has in common: pages, fields, moments."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from tests.mailchimp.account import Account
from tests.mailchimp.refusal import Complaint, forbidden, invalid, not_found


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request: its path below /3.0, its parameters, its body, and when it is carried out."""

    method: str
    path: str
    query: Mapping[str, str]
    body: Any
    now: datetime
    ids: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    document: Any = None


Endpoint = Callable[[Account, Asked], Answer]
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
#: (method, path as the schema writes it) and what answers it.
ROUTES: dict[tuple[str, str], Endpoint] = {}


def route(method: str, path: str) -> Callable[[Endpoint], Endpoint]:
    def keep(endpoint: Endpoint) -> Endpoint:
        ROUTES[method, path] = endpoint
        return endpoint

    return keep


def matched(method: str, path: str) -> tuple[str, tuple[str, ...]] | None:
    """The path as the schema writes it, with the ids in this one."""
    for verb, pattern in ROUTES:
        found = re.fullmatch(re.sub(r"\{[a-z_]+\}", "([^/]+)", pattern), path)
        if verb == method and found:
            return pattern, found.groups()
    return None


def answered(account: Account, asked: Asked) -> Answer:
    """Raises Refused. The account was settled before."""
    found = matched(asked.method, asked.path)
    if not found:
        raise not_found()
    if account.knobs.role == "viewer" and asked.method != "GET":
        raise forbidden("Your role does not allow this.")
    pattern, ids = found
    answer = ROUTES[asked.method, pattern](account, replace(asked, ids=ids))
    return Answer(answer.status, _filtered(answer.document, asked.query))


def _filtered(document: Any, query: Mapping[str, str]) -> Any:
    if not isinstance(document, dict):
        return document
    if fields := query.get("fields"):
        document = _only(document, [one.split(".") for one in fields.split(",")])
    if left_out := query.get("exclude_fields"):
        document = _without(document, [one.split(".") for one in left_out.split(",")])
    return document


def _only(value: Any, paths: list[list[str]]) -> Any:
    if isinstance(value, list):
        return [_only(one, paths) for one in value]
    if not isinstance(value, dict) or [] in paths:
        return value
    wanted = {path[0] for path in paths}
    return {name: _only(inner, [path[1:] for path in paths if path[0] == name]) for name, inner in value.items() if name in wanted}  # fmt: skip


def _without(value: Any, paths: list[list[str]]) -> Any:
    if isinstance(value, list):
        return [_without(one, paths) for one in value]
    if not isinstance(value, dict):
        return value
    gone = {path[0] for path in paths if len(path) == 1}
    return {name: _without(inner, [path[1:] for path in paths if path[0] == name and path[1:]])
            for name, inner in value.items() if name not in gone}  # fmt: skip


def page(asked: Asked) -> dict[str, int]:
    """[spec] 10 of them, at most 1000."""
    try:
        count, offset = int(asked.query.get("count", "10")), int(asked.query.get("offset", "0"))
    except ValueError:
        raise invalid(Complaint("count", "This value should be of type integer.")) from None
    if not 0 <= count <= 1000 or offset < 0:
        raise invalid(Complaint("count", "This value should be between 0 and 1000."))
    return {"count": count, "offset": offset}


def moment(asked: Asked, name: str) -> datetime | None:
    if name not in asked.query:
        return None
    try:
        found = datetime.fromisoformat(asked.query[name])
    except ValueError:
        raise invalid(Complaint(name, "This value should be an ISO 8601 date.")) from None
    return found if found.tzinfo else found.replace(tzinfo=asked.now.tzinfo)
