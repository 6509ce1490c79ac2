"""What holds for every request and every answer, whichever page it is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

#: Everything comes from this server; nothing runs; nobody frames it. Pico draws its arrows with data: images.
PAGE_POLICY = (
    "default-src 'self'; script-src 'none'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
#: A message is other people's words: no origin of its own, no script, no requests; its links lead nowhere.
MESSAGE_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"

_ALWAYS = {
    b"content-security-policy": PAGE_POLICY.encode(),
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=()",
    b"cache-control": b"no-store",
}
_ONLY_READING = b"This page can only be read: use GET or HEAD.\n"


def guarded(
    application: Application, *, takes: Callable[[str, str], bool] = lambda _method, _path: False
) -> Application:
    """The application with only reading allowed, and the security fields on all answers that don't set their own.

    `takes` says of a method and a path whether more is allowed there: whoever answers asks for a signature.
    """

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if scope["method"] not in ("GET", "HEAD") and not takes(scope["method"], scope["path"]):
            await _refuse(send)
            return
        await application(scope, receive, lambda message: send(_with_fields(message)))

    return guard


def _with_fields(message: Message) -> Message:
    if message["type"] != "http.response.start":
        return message
    named = {name for name, _ in message["headers"]}
    added = [(name, value) for name, value in _ALWAYS.items() if name not in named]
    return {**message, "headers": [*message["headers"], *added]}


async def _refuse(send: Send) -> None:
    fields = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(_ONLY_READING)).encode()),
        (b"allow", b"GET, HEAD"),
    ]
    await send(_with_fields({"type": "http.response.start", "status": 405, "headers": fields}))
    await send({"type": "http.response.body", "body": _ONLY_READING})
