"""The control plane: another port, on which a test turns knobs, plants faults, acts as staff, and asks what was sent."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.mailchimp import faults, letter, screen, staff, views
from tests.mailchimp.carrying import Service
from tests.mailchimp.knobs import Knobs, turned
from tests.mailchimp.records import Sent
from tests.mailchimp.refusal import Refused
from tests.mailchimp.world import described, new_account

Wanted = dict[str, Any]


def asked(service: Service, verb: str, wanted: Wanted) -> Any:
    """One question or order. Raises ValueError for one that isn't, Refused for an act that the web app refuses."""
    if verb not in _VERBS:
        raise ValueError(f"{verb} is nothing to ask for. There are: {', '.join(sorted(_VERBS))}.")
    with service.lock:
        now = service.settled()
        return _VERBS[verb](service, wanted, now)


def _fault(service: Service, wanted: Wanted, now: datetime) -> None:
    service.faults.add(faults.fault(wanted))


def _clear_faults(service: Service, wanted: Wanted, now: datetime) -> None:
    service.faults.clear()


def _set(service: Service, wanted: Wanted, now: datetime) -> None:
    service.account.knobs = turned(service.account.knobs, wanted)


def _staff(service: Service, wanted: Wanted, now: datetime) -> Any:
    return staff.do(service.account, wanted.pop("act"), wanted, now)


def _advance(service: Service, wanted: Wanted, now: datetime) -> str:
    service.clock.advance(wanted["seconds"])
    return service.settled().isoformat()


def _clock(service: Service, wanted: Wanted, now: datetime) -> str:
    """Tells the time; sets it where `at` is given."""
    if "at" in wanted:
        service.clock.set(datetime.fromisoformat(wanted["at"]))
    return service.settled().isoformat()


def _outbox(service: Service, wanted: Wanted, now: datetime) -> list[Wanted]:
    return [_shown(service, one) for one in service.account.outbox]


def _shown(service: Service, one: Sent) -> Wanted:
    settings = one.settings
    shown = {
        "number": one.number, "campaign_id": one.campaign_id, "at": one.at.isoformat(), "by": one.by,
        "list_id": one.list_id, "segment_opts": dict(one.segment) if one.segment else None,
        "recipients": [person.email for person in one.people], "cancelled": one.cancelled,
        "title": settings.get("title", ""), "subject": settings.get("subject_line", ""),
        "preview": settings.get("preview_text", ""), "from_name": settings.get("from_name", ""),
        "reply_to": settings.get("reply_to", ""), "html": one.html, "plain_text": one.plain_text,
    }  # fmt: skip
    return shown | {"as_read": _as_read(service, one)}


def _as_read(service: Service, one: Sent) -> Wanted | None:
    """What the first of them reads, merge tags and conditions decided."""
    if not one.people:
        return None
    texts = {"subject": one.settings.get("subject_line", ""), "html": one.html, "plain_text": one.plain_text,
             "from_name": one.settings.get("from_name", "")}  # fmt: skip
    name = service.account.lists[one.list_id].name
    return {part: letter.merged(text, person=one.people[0], list_name=name, subject=texts["subject"]) for part, text in texts.items()}  # fmt: skip


def _tests(service: Service, wanted: Wanted, now: datetime) -> list[Wanted]:
    return [
        {"campaign_id": one.campaign_id, "at": one.at.isoformat(), "addresses": list(one.addresses), "kind": one.kind,
         "subject": one.subject, "html": one.content.html, "plain_text": one.content.plain_text}
        for one in service.account.test_mails
    ]  # fmt: skip


def _campaigns(service: Service, wanted: Wanted, now: datetime) -> list[Wanted]:
    """All that are there, as they are, without any lag; with their content and who made them."""
    there = [life.now for life in service.account.lives.values() if life.now]
    return [
        views.campaign(service.account, one, now) | {"content": views.content(one), "made_by": one.by} for one in there
    ]


def _violations(service: Service, wanted: Wanted, now: datetime) -> Wanted:
    return {"contract": service.contract.state, "found": service.violations}


def _hooks(service: Service, wanted: Wanted, now: datetime) -> list[Wanted]:
    return service.rung


def _release(service: Service, wanted: Wanted, now: datetime) -> None:
    service.release()


def _reset(service: Service, wanted: Wanted, now: datetime) -> Wanted:
    """A new account: `start`, `seed`, `members` and knobs. What still runs belongs to the old one."""
    start = datetime.fromisoformat(wanted.pop("start"))
    seed, members = wanted.pop("seed"), wanted.pop("members")
    service.reset(new_account(seed=seed, knobs=turned(Knobs(), wanted), now=start, members=members), start)
    return described(service.account)


def _deaf(service: Service, wanted: Wanted, now: datetime) -> None:
    """Refuse connections, or take them again."""
    service.deaf = wanted["deaf"]


def _world(service: Service, wanted: Wanted, now: datetime) -> Wanted:
    return described(service.account)


_VERBS: dict[str, Callable[[Service, Wanted, datetime], Any]] = {
    "fault": _fault, "clear_faults": _clear_faults, "set": _set, "staff": _staff, "advance": _advance, "clock": _clock,
    "outbox": _outbox, "tests": _tests, "campaigns": _campaigns, "violations": _violations, "webhooks": _hooks,
    "release": _release, "world": _world, "reset": _reset, "deaf": _deaf,
    "held": lambda service, wanted, now: service.held,
    "requests": lambda service, wanted, now: service.requests,
    "knobs": lambda service, wanted, now: {name: getattr(service.account.knobs, name) for name in service.account.knobs.__slots__},
}  # fmt: skip


class Plane(BaseHTTPRequestHandler):
    """POST /VERB with a JSON object; 200 with JSON, 409 with the refusal, 400 with what is wrong.

    GET / is what a person sees in the web app, GET /CAMPAIGN a campaign's page.
    """

    protocol_version = "HTTP/1.1"
    service: Service

    def do_GET(self) -> None:
        wanted = self.path.strip("/")
        try:
            with self.service.lock:
                account, now = self.service.account, self.service.settled()
                status, said = 200, screen.page(account, wanted) if wanted else screen.overview(account, now)
        except Refused as refused:
            status, said = 404, str(refused)
        self._write(status, said.encode(), kind="text/html" if wanted else "text/plain")

    def do_POST(self) -> None:
        wanted = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
        try:
            status, said = 200, asked(self.service, self.path.strip("/"), wanted)
        except Refused as refused:
            status, said = 409, {"refused": str(refused)}
        except (ValueError, KeyError, TypeError) as error:
            status, said = 400, {"wrong": f"{type(error).__name__}: {error}"}
        self._write(status, f"{json.dumps(said)}\n".encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's word
        """Quiet."""

    def _write(self, status: int, body: bytes, *, kind: str = "application/json") -> None:
        kept = f"Content-Type: {kind}; charset=utf-8\r\nContent-Length: {len(body)}"
        head = f"HTTP/1.1 {status} Said\r\n{kept}\r\n\r\n"
        self.wfile.write(head.encode() + body)


class PlaneServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], service: Service) -> None:
        super().__init__(address, type("BoundPlane", (Plane,), {"service": service}))
