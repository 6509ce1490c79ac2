"""The API over HTTP: connections, how many requests at once, and the replies that are true or not."""

from __future__ import annotations

import sys
from datetime import timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.mailchimp import wire
from tests.mailchimp.carrying import Exchange, Service, act, hold, look_at, objection, outcome
from tests.mailchimp.faults import CUT, MANGLED, Fault

PREFIX = "/3.0"


class Api(BaseHTTPRequestHandler):
    """One connection. Replies are written by `Wire`, in one piece, so that no packet waits for another."""

    protocol_version = "HTTP/1.1"
    timeout = 30
    service: Service

    def do_GET(self) -> None:
        self._take()

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815 - http.server's words

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's word
        """Quiet."""

    def _take(self) -> None:
        service, exchange = self.service, self._exchange()
        if service.deaf:
            self.close_connection = True
            return
        with service.lock:
            service.running += 1
            if exchange.epoch == service.epoch:
                look_at(service, exchange)
            is_too_many = service.running > service.account.knobs.concurrency
        try:
            self._throttle(exchange) if is_too_many else self._answer(exchange)
        except OSError:
            # The client has left, as one does whose patience is tested.
            self.close_connection = True
        finally:
            with service.lock:
                service.running -= 1

    def _exchange(self) -> Exchange:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts, service = urlsplit(self.path), self.service
        path = parts.path.removeprefix(PREFIX) if parts.path.startswith(PREFIX) else f"!{parts.path}"
        with service.lock:
            exchange = Exchange(
                number=len(service.requests) + 1, method=self.command, path=path or "/",
                query=dict(parse_qsl(parts.query, keep_blank_values=True)), raw=raw,
                content_type=self.headers.get("Content-Type") or "", authorization=self.headers.get("Authorization") or "",
                epoch=service.epoch,
            )  # fmt: skip
            exchange.fault = service.faults.take(exchange.method, exchange.path)
            exchange.note.update(self._noted(exchange))
            service.requests.append(exchange.note)
        return exchange

    def _noted(self, exchange: Exchange) -> dict[str, Any]:
        fault = exchange.fault
        return {
            "number": exchange.number, "at": self.service.clock.now().isoformat(), "method": exchange.method,
            "path": exchange.path, "query": exchange.query, "body": exchange.raw.decode("utf-8", "replace"),
            "fault": (fault.name or f"{fault.reply} {fault.when}") if fault else "", "carried_out": False, "status": None,
            "connection": "{}:{}".format(*self.client_address[:2]), "user_agent": self.headers.get("User-Agent") or "",
            "authorization": exchange.authorization.partition(" ")[0],
        }  # fmt: skip

    def _throttle(self, exchange: Exchange) -> None:
        knobs = self.service.account.knobs
        fault = Fault(
            reply="problem" if knobs.throttle_body == "problem" else "empty", status=knobs.throttle_status,
            title="Too Many Requests", detail="You have exceeded the limit of 10 simultaneous connections.",
        )  # fmt: skip
        self._write(exchange, wire.said(fault, self._reply(exchange, 204, None), instance=exchange.instance))

    def _answer(self, exchange: Exchange) -> None:
        fault = exchange.fault or Fault()
        if fault.when == "before":
            self._meanwhile(exchange, fault)
        exchange.objection = objection(self.service, exchange)
        answer = outcome(self.service, exchange)
        if fault.when == "after":
            self._meanwhile(exchange, fault)
        usual = self._reply(exchange, answer.status if answer else 204, answer.document if answer else None)
        self._reply_as(exchange, fault, usual)

    def _meanwhile(self, exchange: Exchange, fault: Fault) -> None:
        act(self.service, exchange, fault)
        if fault.hold:
            hold(self.service, exchange)
        if fault.delay:
            self.service.closing.wait(fault.delay)

    def _reply_as(self, exchange: Exchange, fault: Fault, usual: wire.Reply) -> None:
        if fault.reply in CUT:
            self._cut(fault)
        elif fault.reply in MANGLED:
            self._mangle(exchange, fault, wire.mangled(fault, usual))
        else:
            is_usual = fault.reply == "usual"
            self._write(exchange, usual if is_usual else wire.said(fault, usual, instance=exchange.instance))

    def _cut(self, fault: Fault) -> None:
        self.close_connection = True
        wires = wire.Wire(self.connection, self.service.closing)
        if fault.reply == "rst":
            wires.reset()
        elif fault.reply == "silence":
            wires.stay_silent()

    def _mangle(self, exchange: Exchange, fault: Fault, said: wire.Reply) -> None:
        wires = wire.Wire(self.connection, self.service.closing)
        self.close_connection = fault.reply in {"truncated", "drip", "flood"}
        if fault.reply == "truncated":
            wires.truncate(said)
        elif fault.reply == "drip":
            wires.drip(said, fault.pause)
        elif fault.reply == "flood":
            wires.flood(said, fault.size)
        else:
            self._write(exchange, said)

    def _write(self, exchange: Exchange, said: wire.Reply) -> None:
        exchange.note["status"] = said.status
        wire.Wire(self.connection, self.service.closing).write(said, closing=self.close_connection)

    def _reply(self, exchange: Exchange, status: int, document: Any) -> wire.Reply:
        now = self.service.clock.now() + timedelta(seconds=self.service.account.knobs.clock_skew)
        headers = (
            ("Server", "openresty"), ("Date", format_datetime(now, usegmt=True)),
            ("X-Request-Id", exchange.instance), ("Vary", "Accept-Encoding"),
        )  # fmt: skip
        return wire.reply(status, document, headers)


class ApiServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], service: Service) -> None:
        super().__init__(address, type("BoundApi", (Api,), {"service": service}), bind_and_activate=True)
        self.timeout = 0.02

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that leaves in the middle is none of our trouble; anything else is seen."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # as socketserver gives it


def listen(server: ApiServer, service: Service) -> None:
    """Take connections until the service closes; while it is deaf, its port is closed."""
    address = server.server_address
    while not service.closing.is_set():
        if service.deaf:
            server.socket.close()
            service.closing.wait(0.01)
        elif server.socket.fileno() < 0:
            server = ApiServer((str(address[0]), int(address[1])), service)
        else:
            server.handle_request()
