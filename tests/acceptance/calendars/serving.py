"""Calendars over loopback HTTP, as a web server of files would hand them out, with a list of who asked for what."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


@dataclass(slots=True, kw_only=True)
class Shelf:
    """What is served, by path without the first slash; it may change while it is. `asked` has method, path and answer."""

    address: str
    bodies: dict[str, bytes]
    asked: list[tuple[str, str, int]] = field(default_factory=list)


@contextmanager
def serving(bodies: Mapping[str, bytes]) -> Iterator[Shelf]:
    """While inside, the bodies are served at the shelf's address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    shelf = Shelf(address=f"http://127.0.0.1:{server.server_address[1]}", bodies=dict(bodies))

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = shelf.bodies.get(self.path.lstrip("/"))
            tag = f'"{hashlib.sha256(body or b"").hexdigest()[:16]}"'
            status = 404 if body is None else 304 if self.headers["If-None-Match"] == tag else 200
            shelf.asked.append(("GET", self.path, status))
            sent = (body or b"") if status == 200 else b""
            self.send_response(status)
            self.send_header("Content-Type", "text/calendar; charset=utf-8")
            self.send_header("ETag", tag)
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, format: str, *words: object) -> None:  # noqa: A002 - the base class's word
            """Silence: `asked` has it."""

    server.RequestHandlerClass = Answer
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield shelf
    finally:
        server.shutdown()
        server.server_close()
