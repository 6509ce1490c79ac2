"""A request on its way through the account: who may ask, what is carried out, what is checked, and what goes wrong.

One lock lets one request at a time touch the account; whatever waits, waits outside it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.mailchimp import campaign_endpoints, endpoints, staff, wire
from tests.mailchimp.account import Account
from tests.mailchimp.calling import answers
from tests.mailchimp.clock import VirtualClock
from tests.mailchimp.contract import Contract
from tests.mailchimp.faults import Fault, Faults
from tests.mailchimp.refusal import Complaint, Refused, bad_request, invalid, not_allowed, not_found
from tests.mailchimp.routing import METHODS, Answer, Asked, answered, matched

#: Importing them is what fills the routes.
ENDPOINTS = (campaign_endpoints, endpoints)


@dataclass(slots=True)
class Service:
    """All that the API and the control plane share. Whoever touches the account holds `lock` and has settled it."""

    account: Account
    clock: VirtualClock
    contract: Contract
    lenient: Contract
    api_key: str
    lock: threading.RLock = field(default_factory=threading.RLock)
    faults: Faults = field(default_factory=Faults)
    requests: list[dict[str, Any]] = field(default_factory=list)
    violations: list[dict[str, Any]] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)
    held: list[int] = field(default_factory=list)
    rung: list[dict[str, Any]] = field(default_factory=list)
    running: int = 0
    deaf: bool = False
    #: Counts accounts: a request that came to an old one must not touch the new one.
    epoch: int = 0

    def reset(self, account: Account, start: datetime) -> None:
        """A new account, and nothing of what was before. Call with the lock."""
        self.account, self.faults = account, Faults()
        self.requests, self.violations, self.rung, self.held = [], [], [], []
        self.epoch += 1
        self.release()
        self.clock.set(start)

    def release(self) -> None:
        """Let all go that are held now."""
        self.released.set()
        self.released = threading.Event()

    def settled(self) -> datetime:
        now = self.clock.now()
        self.account.settle(now)
        return now


@dataclass(slots=True)
class Exchange:
    """One request as it came."""

    number: int
    method: str
    path: str
    query: dict[str, str]
    raw: bytes
    content_type: str
    authorization: str
    epoch: int
    fault: Fault | None = None
    objection: Refused | None = None
    note: dict[str, Any] = field(default_factory=dict)

    @property
    def instance(self) -> str:
        digest = hashlib.sha256(f"{self.number}:{self.method}:{self.path}".encode()).hexdigest()
        return f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:32]}"


def _key(authorization: str) -> str:
    """The password of Basic, the token of Bearer."""
    scheme, _, rest = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    with suppress(ValueError):
        return base64.b64decode(rest, validate=True).decode().partition(":")[2]
    return ""


def _refuse_strangers(service: Service, exchange: Exchange) -> None:
    """[doc] the two sentences."""
    if not exchange.authorization:
        raise Refused(401, "API Key Missing", "Your request did not include an API key.")
    if _key(exchange.authorization) != service.api_key or service.account.knobs.revoked:
        wrong = "Your API key may be invalid, or you've attempted to access the wrong datacenter."
        raise Refused(401, "API Key Invalid", wrong)
    if service.account.knobs.disabled:
        raise Refused(403, "User Disabled", "This account has been deactivated.")


def _no_constant(name: str) -> float:
    raise ValueError(name)


def _read(exchange: Exchange) -> Any:
    if not exchange.raw:
        return None
    try:
        return json.loads(exchange.raw, parse_constant=_no_constant)
    except ValueError:
        raise Refused(400, "JSON Parse Error", "We encountered an unspecified JSON parsing error.") from None


def carried_out(service: Service, exchange: Exchange) -> Answer:
    """What the account says, refusals included; checked against the description either way. Call with the lock."""
    exchange.note["carried_out"] = True
    found = matched(exchange.method, exchange.path)
    pattern = found[0] if found else None
    try:
        answer = _answered(service, exchange, pattern)
    except Refused as refused:
        answer = _refusal(refused, exchange)
    is_part = bool({"fields", "exclude_fields"} & set(exchange.query))
    wrong = service.contract.reply(
        exchange.method, pattern, status=answer.status, document=answer.document, is_part=is_part
    )
    _record(service, exchange, "reply", wrong)
    return answer


def _answered(service: Service, exchange: Exchange, pattern: str | None) -> Answer:
    now = service.settled()
    _refuse_strangers(service, exchange)
    body = _read(exchange)
    _check(service, exchange, pattern, body)
    asked = Asked(method=exchange.method, path=exchange.path, query=exchange.query, body=body, now=now)
    try:
        return answered(service.account, asked)
    except (KeyError, TypeError, AttributeError):
        # Without the description, nothing has looked at the body before.
        if service.contract.is_checking:
            raise
        raise invalid(Complaint("", "The body is not what this path takes.")) from None


def _refusal(refused: Refused, exchange: Exchange) -> Answer:
    errors = [{"field": one.field, "message": one.message} for one in refused.complaints]
    document = wire.problem(
        status=refused.status, title=refused.title, detail=refused.detail, instance=exchange.instance, errors=errors
    )
    return Answer(refused.status, document)


def _check(service: Service, exchange: Exchange, pattern: str | None, body: Any) -> None:
    """Refuse what is not there, and a body that departs from the description, as Mailchimp would."""
    if exchange.objection:
        raise exchange.objection
    if pattern is None:
        others = {method for method in METHODS if matched(method, exchange.path)}
        raise not_allowed(sorted(others)) if others else not_found()
    refusing = service.lenient if service.account.knobs.unknown_fields == "ignored" else service.contract
    refused = refusing.request(exchange.method, pattern, query={}, body=body) if refusing.is_checking else []
    if in_body := [one for one in refused if one.startswith("body")]:
        places = [one.partition(": ") for one in in_body]
        raise invalid(*(Complaint(place.removeprefix("body").lstrip("."), what) for place, _, what in places))
    if body is None and exchange.method in {"PUT", "PATCH"}:
        raise bad_request("The request has no body.")


def look_at(service: Service, exchange: Exchange) -> None:
    """Keep every departure of the request from the description, whatever becomes of it. Call with the lock."""
    contract, pattern = service.contract, service.contract.matched(exchange.path)
    if pattern is None:
        found = [f"{exchange.path} is no path of the description."] if contract.is_checking else []
        return _record(service, exchange, "request", found)
    try:
        body = _read(exchange)
    except Refused as refused:
        return _record(service, exchange, "request", [f"body: {refused.title}."])
    found = contract.request(exchange.method, pattern, query=exchange.query, body=body)
    if body is not None and not exchange.content_type.startswith("application/json"):
        found.append(f"header.Content-Type: {exchange.content_type!r} is not application/json.")
    return _record(service, exchange, "request", found)


def _record(service: Service, exchange: Exchange, of: str, found: list[str]) -> None:
    for what in found:
        service.violations.append({"request": exchange.number, "method": exchange.method, "path": exchange.path, "of": of, "what": what})  # fmt: skip


def act(service: Service, exchange: Exchange, fault: Fault) -> None:
    """The staff's act of a fault. What the web app refuses is noted with the request."""
    if fault.act is None or exchange.epoch != service.epoch:
        return
    wishes = {name: _named(value, exchange) for name, value in fault.act.items() if name != "act"}
    with service.lock:
        try:
            staff.do(service.account, fault.act["act"], wishes, service.settled())
        except Refused as refused:
            exchange.note["act_refused"] = str(refused)


def _named(value: Any, exchange: Exchange) -> Any:
    parts = exchange.path.split("/")
    return parts[2] if value == "CAMPAIGN" and len(parts) > 2 else value


def hold(service: Service, exchange: Exchange) -> None:
    """Keep this request until the control plane lets all go."""
    held, released = service.held, service.released
    held.append(exchange.number)
    while not released.wait(0.02) and not service.closing.is_set():
        pass
    held.remove(exchange.number)


def objection(service: Service, exchange: Exchange) -> Refused | None:
    """[doc] A webhook's address has to answer before it is kept. Asked outside the lock: it may be slow, or ours."""
    if (
        exchange.method != "POST"
        or not exchange.path.endswith("/webhooks")
        or not service.account.knobs.webhook_validates
    ):
        return None
    try:
        url = str(json.loads(exchange.raw).get("url", ""))
    except (ValueError, AttributeError):
        return None
    if not url.startswith(("http://", "https://")) or answers(url):
        return None
    return invalid(Complaint("url", "We couldn't connect to the WebHook URL."))


def outcome(service: Service, exchange: Exchange) -> Answer | None:
    """Carry it out as its fault allows. None: nothing was carried out, or not yet."""
    fault = exchange.fault or Fault()
    with service.lock:
        if exchange.epoch != service.epoch:
            return None
        if fault.carries_out:
            return [carried_out(service, exchange) for _ in range(1 + fault.repeat)][-1]
        if fault.commit_after:
            due = service.settled() + timedelta(seconds=fault.commit_after)
            service.account.later(due, lambda _: carried_out(service, exchange))
    return None
