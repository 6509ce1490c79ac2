"""What holds for every request and every answer, whichever page it is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from typing import Any

from notifier.errors import UserError

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
#: Bytes of a form, which is read whole before any page sees it.
LARGEST_FORM = 65_536

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
_READING = ("GET", "HEAD")
_FORM = b"application/x-www-form-urlencoded"
_REFUSALS = {
    HTTPStatus.METHOD_NOT_ALLOWED: "This page can only be read: use GET or HEAD.",
    HTTPStatus.FORBIDDEN: "This came from another site, or from no page at all, so nothing was done. Use the form of the page itself.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "Only the forms of these pages are understood. Nothing was done.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "This is more than any form of these pages holds. Nothing was done.",
    HTTPStatus.SERVICE_UNAVAILABLE: "The ledger can't be read now. Nothing was done. The log says more.",
}


def guarded(
    application: Application,
    *,
    takes: Callable[[str, str], bool] = lambda _method, _path: False,
    may_post: Callable[[str], Awaitable[bool]] | None = None,
    public_url: Callable[[], str] = lambda: "",
) -> Application:
    """The application with the security fields on all answers that don't set their own, and no more than reading allowed

    - where `takes` says so of a method and a path: whoever answers there asks for a signature, or for a link that is one;
    - and for forms, where `may_post` allows them: of this very site (`public_url` is what browsers call it), small, whole.

    So forms carry no token: what another site makes a browser send says where it comes from
    (https://www.w3.org/TR/fetch-metadata/), and a browser that says nothing of it is refused.
    """

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return

        async def answer(message: Message) -> None:
            await send(_with_fields(message))

        method, path = scope["method"], scope["path"]
        if method in _READING or takes(method, path):
            await application(scope, receive, answer)
            return
        refusal = await _refusal(scope, may_post, public_url())
        if refusal is not None:
            await refuse(send, refusal)
            return
        try:
            body = await whole_body(receive, LARGEST_FORM)
        except TooLargeError:
            await refuse(send, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        if body is not None:
            await application(scope, _replayed(body, receive), answer)

    return guard


async def refuse(send: Send, status: HTTPStatus) -> None:
    """Answer with a sentence and nothing else, the security fields included."""
    body = f"{_REFUSALS[status]}\n".encode()
    fields = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
    ]
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        fields.append((b"allow", b"GET, HEAD"))
    await send(_with_fields({"type": "http.response.start", "status": int(status), "headers": fields}))
    await send({"type": "http.response.body", "body": body})


def is_of_this_site(scope: Scope, public_url: str) -> bool:
    """Whether a browser sent this from a page of ours. By its own word; without one, by where it says the page is from."""
    sites = _all(scope, b"sec-fetch-site")
    if sites:
        return set(sites) == {b"same-origin"}
    return _all(scope, b"origin") == [own_origin(scope, public_url).encode()]


def own_origin(scope: Scope, public_url: str) -> str:
    """What browsers call this site, by the name that they asked for. A proxy in front of it speaks https, and we don't see that."""
    host = b"".join(_all(scope, b"host")).decode("latin-1").lower()
    return f"https://{host}" if is_public(host, public_url) else f"{scope.get('scheme', 'http')}://{host}"


def is_public(host: str, public_url: str) -> bool:
    """Whether this is the host of an https `public_url`, so that what is sent to it is encrypted on its way."""
    return bool(host) and public_url.lower().startswith("https://") and host == public_host(public_url)


def public_host(public_url: str) -> str:
    """The host of an address, with its port where it names one."""
    return public_url.partition("://")[2].partition("/")[0].lower()


def _all(scope: Scope, name: bytes) -> list[bytes]:
    return [value.strip().lower() for field, value in scope["headers"] if field == name]


async def _refusal(
    scope: Scope, may_post: Callable[[str], Awaitable[bool]] | None, public_url: str
) -> HTTPStatus | None:
    if scope["method"] != "POST" or may_post is None:
        return HTTPStatus.METHOD_NOT_ALLOWED
    try:
        if not await may_post(scope["path"]):
            return HTTPStatus.METHOD_NOT_ALLOWED
    except UserError:
        return HTTPStatus.SERVICE_UNAVAILABLE
    if not is_of_this_site(scope, public_url):
        return HTTPStatus.FORBIDDEN
    if [kind.partition(b";")[0].strip() for kind in _all(scope, b"content-type")] != [_FORM]:
        return HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    return None


class TooLargeError(Exception):
    """More was sent than whoever answers has a use for."""


async def whole_body(receive: Receive, largest: int) -> bytes | None:
    """The whole body, whatever its length was said to be; None when the caller is gone: nobody waits for an answer.

    Raises TooLargeError as soon as it is more than `largest` bytes.
    """
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message.get("body", b"")
        if len(body) > largest:
            raise TooLargeError
        if not message.get("more_body", False):
            return bytes(body)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """The body once more, for whoever answers."""
    parts = [body]

    async def again() -> Message:
        if parts:
            return {"type": "http.request", "body": parts.pop(), "more_body": False}
        return await receive()

    return again


def _with_fields(message: Message) -> Message:
    if message["type"] != "http.response.start":
        return message
    named = {name for name, _ in message["headers"]}
    added = [(name, value) for name, value in _ALWAYS.items() if name not in named]
    return {**message, "headers": [*message["headers"], *added]}
