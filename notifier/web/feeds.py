"""Feeds over HTTP: a plain ASGI function in front of the framework, because calendars ask all day long.

Never an empty or a wrong body: a calendar program would delete everything that it had.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from starlette.concurrency import run_in_threadpool

from notifier.app import App
from notifier.errors import UserError
from notifier.tick import Report

_PREFIX = "/feeds/"
_ADDRESS = re.compile(r"/feeds/([a-z0-9-]{1,100})\.ics", re.ASCII)
_TAG = re.compile(r'(?:W/)?("[^"]*")')
#: What makes a browser show a file rather than guess what it is.
_PLAIN = (b"content-type", b"text/plain; charset=utf-8")
_NOSNIFF = (b"x-content-type-options", b"nosniff")

Fields = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A feed as it goes out: both forms of the body and their tags, made once for the same bytes."""

    body: bytes
    packed: bytes
    tag: str
    packed_tag: str
    fields: tuple[tuple[bytes, bytes], ...]


def prepare(name: str, body: bytes) -> Served:
    """A feed's bytes with everything that answering a request needs."""
    digest = hashlib.sha256(body).hexdigest()[:32]
    return Served(
        body=body,
        # Without a time in it the same bytes always pack to the same bytes.
        packed=gzip.compress(body, mtime=0),
        tag=f'"{digest}"',
        # A strong tag stands for exact bytes (RFC 9110 8.8.1), so each form has its own.
        packed_tag=f'"{digest}-gzip"',
        fields=(
            (b"content-type", b"text/calendar; charset=utf-8"),
            (b"content-disposition", f'inline; filename="{name}.ics"'.encode()),
            (b"cache-control", b"public, max-age=900, must-revalidate"),
            (b"vary", b"Accept-Encoding"),
            # Public, unlike the pages: a calendar on another website may fetch it.
            (b"cross-origin-resource-policy", b"cross-origin"),
            _NOSNIFF,
        ),
    )


class FeedAnswers:
    """The ASGI application for everything below /feeds/."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._served: dict[str, tuple[Report | None, Served]] = {}

    def takes(self, path: str) -> bool:
        """Whether a request is ours to answer. `/feeds` itself is a page."""
        return path.startswith(_PREFIX)

    async def __call__(self, scope: Mapping[str, Any], receive: Any, send: Any) -> None:
        del receive
        whole = scope["method"] != "HEAD"
        name = self._name(scope["path"])
        if name is None:
            await _sentence(
                send, HTTPStatus.NOT_FOUND, "There is no feed of this name. /feeds lists them.", whole=whole
            )
            return
        served = await self._current(name)
        if served is None:
            text = "This feed isn't published yet. It is after the next successful tick."
            await _sentence(send, HTTPStatus.SERVICE_UNAVAILABLE, text, whole=whole)
            return
        await _answer(send, served, _fields(scope["headers"]), whole=whole)

    def _name(self, path: str) -> str | None:
        found = _ADDRESS.fullmatch(path)
        public = {feed.name for feed in self._app.settings.rules.feeds if not feed.secret}
        return found[1] if found and found[1] in public else None

    async def _current(self, name: str) -> Served | None:
        """What is published. It is read again once a tick, because only ticks publish; the last good one is kept."""
        report = self._app.latest
        known = self._served.get(name)
        if known is not None and known[0] is report:
            return known[1]
        body = await run_in_threadpool(self._published, name)
        if not body:
            return known[1] if known else None
        served = known[1] if known and known[1].body == body else await run_in_threadpool(prepare, name, body)
        self._served[name] = (report, served)
        return served

    def _published(self, name: str) -> bytes | None:
        try:
            return self._app.ticker.wiring.publisher.read(f"{name}.ics")
        except UserError:
            return None


async def _answer(send: Any, served: Served, asked: Mapping[bytes, bytes], *, whole: bool) -> None:
    packed = _accepts_gzip(asked.get(b"accept-encoding", b"").decode("latin-1"))
    tag, body = (served.packed_tag, served.packed) if packed else (served.tag, served.body)
    held = _held(asked.get(b"if-none-match", b"").decode("latin-1"), served, tag)
    if held is not None:
        await _reply(send, HTTPStatus.NOT_MODIFIED, [*served.fields, (b"etag", held.encode())], b"")
        return
    fields = [*served.fields, (b"etag", tag.encode()), (b"content-length", str(len(body)).encode())]
    if packed:
        fields.append((b"content-encoding", b"gzip"))
    await _reply(send, HTTPStatus.OK, fields, body if whole else b"")


def _held(header: str, served: Served, tag: str) -> str | None:
    """The tag of ours that the reader already holds, in whichever form; weak or strong is the same here (RFC 9110 13.1.2)."""
    if not header:
        return None
    if header.strip() == "*":
        return tag
    return next((found for found in _TAG.findall(header) if found in (served.tag, served.packed_tag)), None)


def _accepts_gzip(header: str) -> bool:
    """Whether gzip is asked for by name and not refused with q=0 (RFC 9110 12.5.3)."""
    for part in header.lower().split(","):
        coding, _, weight = part.strip().partition(";")
        if coding.strip() == "gzip":
            return not re.fullmatch(r"\s*q\s*=\s*0(\.0{0,3})?\s*", weight)
    return False


def _fields(headers: Iterable[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """The request's header fields, those of one name joined."""
    joined: dict[bytes, bytes] = {}
    for name, value in headers:
        joined[name] = joined[name] + b", " + value if name in joined else value
    return joined


async def _sentence(send: Any, status: HTTPStatus, text: str, *, whole: bool) -> None:
    body = f"{text}\n".encode()
    fields = [_PLAIN, _NOSNIFF, (b"content-length", str(len(body)).encode()), (b"cache-control", b"no-store")]
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        fields.append((b"retry-after", b"60"))
    await _reply(send, status, fields, body if whole else b"")


async def _reply(send: Any, status: HTTPStatus, fields: Fields, body: bytes) -> None:
    await send({"type": "http.response.start", "status": int(status), "headers": fields})
    await send({"type": "http.response.body", "body": body})
