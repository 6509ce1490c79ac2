"""A reply as bytes on a connection, and everything that can be wrong about them."""

from __future__ import annotations

import json
import os
import socket
import struct
import threading
from contextlib import suppress
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from tests.mailchimp.faults import Fault

JSON = "application/json; charset=utf-8"
PROBLEM = "application/problem+json; charset=utf-8"
_PAGE = b"<html><head><title>Request Blocked</title></head><body><h1>Service Unavailable</h1></body></html>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    status: int
    content_type: str | None
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()

    def to_bytes(self, *, closing: bool) -> bytes:
        phrase = HTTPStatus(self.status).phrase
        lines = [f"HTTP/1.1 {self.status} {phrase}", *(f"{name}: {value}" for name, value in self.headers)]
        if self.content_type:
            lines.append(f"Content-Type: {self.content_type}")
        if self.status not in {204, 304}:
            lines.append(f"Content-Length: {len(self.body)}")
        lines.append("Connection: close" if closing else "Connection: keep-alive")
        return "\r\n".join([*lines, "", ""]).encode() + self.body


def reply(status: int, document: Any, headers: tuple[tuple[str, str], ...]) -> Reply:
    """204 says that it is JSON, and has none [rep]."""
    body = b"" if document is None else json.dumps(document).encode()
    described = (*headers, ("Link", '<https://us21.api.mailchimp.com/schema/3.0/>; rel="describedBy"'))
    return Reply(status=status, content_type=PROBLEM if status >= 400 else JSON, body=body, headers=described)


def problem(*, status: int, title: str, detail: str, instance: str, errors: list[dict[str, str]] | None = None) -> dict[str, Any]:  # fmt: skip
    """[rep] `errors` is not in the description."""
    kind = "https://mailchimp.com/developer/marketing/docs/errors/"
    said = {"type": kind, "title": title, "status": status, "detail": detail, "instance": instance}
    return said | ({"errors": errors} if errors else {})


def said(fault: Fault, usual: Reply, *, instance: str) -> Reply:
    """The reply of `fault.status` in the fault's form."""
    match fault.reply:
        case "problem":
            document = problem(status=fault.status, title=fault.title, detail=fault.detail, instance=instance)
            return reply(fault.status, document, usual.headers[:4])
        case "html":
            return replace(usual, status=fault.status, content_type="text/html", body=_PAGE)
        case "untyped":
            return replace(usual, status=fault.status, content_type=None, body=b'{"title": "No"}')
        case "json":
            return replace(usual, status=fault.status, content_type=JSON, body=b"{}")
        case "redirect":
            where = (*usual.headers, ("Location", fault.location))
            return replace(usual, status=302, content_type=None, body=b"", headers=where)
        case _:
            return replace(usual, status=fault.status, content_type=None, body=b"")


def mangled(fault: Fault, usual: Reply) -> Reply:
    """The true reply with other bytes. What is not about the bytes, drip and flood, is done while they are written."""
    # A reply without a body has nothing to spoil: then a body is there that shouldn't be.
    body = usual.body or b'{"id": "", "status": ""}'
    status = 200 if usual.status == 204 else usual.status
    bodies = {
        "truncated": body, "broken": body[: max(1, len(body) // 2)], "list": b"[]", "null": b"null", "object": b"{}",
        "plain": b"OK", "drip": body, "flood": body,
    }  # fmt: skip
    content_type = "text/plain" if fault.reply == "plain" else usual.content_type
    return replace(usual, status=status, content_type=content_type, body=bodies[fault.reply])


@dataclass(slots=True)
class Wire:
    """One connection. Whatever is written may fail: the client has left."""

    connection: socket.socket
    closing: threading.Event

    def write(self, said: Reply, *, closing: bool) -> None:
        self.connection.sendall(said.to_bytes(closing=closing))

    def truncate(self, said: Reply) -> None:
        """The length of it all, half of it, and the end."""
        whole = said.to_bytes(closing=True)
        self.connection.sendall(whole[: len(whole) - max(1, len(said.body) // 2)])

    def drip(self, said: Reply, pause: float) -> None:
        for byte in said.to_bytes(closing=True):
            if self.closing.wait(pause):
                return
            self.connection.sendall(bytes([byte]))

    def flood(self, said: Reply, size: int) -> None:
        """As many spaces behind it: still JSON, and far too long."""
        head = replace(said, body=said.body.ljust(size)).to_bytes(closing=True)
        self.connection.sendall(head)

    def reset(self) -> None:
        """RST: what the client has sent or is to read is lost."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        with suppress(OSError):
            os.close(self.connection.detach())

    def stay_silent(self) -> None:
        """Until the client leaves."""
        self.connection.settimeout(0.05)
        while not self.closing.is_set():
            try:
                if not self.connection.recv(65_536):
                    return
            except TimeoutError:
                continue
