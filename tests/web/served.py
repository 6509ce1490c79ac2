"""A server of a site inside the test's process, on a real socket, and requests to it as bytes."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

from notifier.app import App
from notifier.web.feeds import FeedAnswers
from notifier.web.readers import Readership
from notifier.web.server import _config, _Server, listen

Place = tuple[str, int]


@contextmanager
def serving(app: App, readership: Readership | None = None, *, idle_seconds: int | None = None) -> Iterator[Place]:
    """Where a site is served, while inside. `idle_seconds`: connections that nobody uses are closed after so long."""
    with closing(listen("127.0.0.1", 0)) as listener:
        config = _config(app, "127.0.0.1", FeedAnswers(app, readership))
        config.timeout_keep_alive = config.timeout_keep_alive if idle_seconds is None else idle_seconds
        server = _Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield listener.getsockname()[:2]
        finally:
            server.should_exit = True
            thread.join()


def free_port() -> int:
    with listen("127.0.0.1", 0) as probe:
        port: int = probe.getsockname()[1]
    return port


def request(path: str, fields: list[tuple[str, str]] | None = None, *, method: str = "GET") -> bytes:
    """A request as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", "Host: example.org", *(f"{name}: {value}" for name, value in fields or [])]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def said(place: Place, sent: bytes, *, pieces: int = 1) -> bytes:
    """All that is answered to some bytes until the server closes, which the last request asks for."""
    last = b"GET /feeds/last HTTP/1.1\r\nConnection: close\r\n\r\n"
    with socket.create_connection(place, timeout=30) as wire:
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        size = max(1, len(sent) // pieces)
        for start in range(0, len(sent), size):
            wire.sendall(sent[start : start + size])
        wire.sendall(last)
        return b"".join(iter(lambda: wire.recv(65536), b""))


def answers(said: bytes, *, heads: int = 0) -> list[tuple[int, dict[str, str], bytes]]:
    """Every answer in what was said but the last, without their dates. The first `heads` have no body."""
    found: list[tuple[int, dict[str, str], bytes]] = []
    while said:
        head, _, said = said.partition(b"\r\n\r\n")
        line, *lines = head.decode("latin-1").split("\r\n")
        fields = dict(one.split(": ", 1) for one in lines)
        fields.pop("date", None)
        has_body = int(line.split()[1]) != 304 and len(found) >= heads
        length = int(fields.get("content-length", "0")) if has_body else 0
        found.append((int(line.split()[1]), fields, said[:length]))
        said = said[length:]
    return found[:-1]
