"""Mailchimp's own client behind one door: every reply becomes a success or one `Failed` of a known kind.

The client (3.0.80) returns failures without a body as successes, follows redirects, waits anew for every byte, and lets ids
lead elsewhere. So its transport is replaced, and each reply is judged here by its status.
"""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from importlib.metadata import version
from threading import BoundedSemaphore, Timer
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter

from notifier.edges.mailchimp.sentences import NEW_KEY, Fault, cut_short, refused, said_of, unreached
from notifier.errors import ProviderError

#: A rewritten client of the same name repeats POSTs by itself: with it every send might go out twice.
CLIENT_VERSION = "3.0.80"
LARGEST_REPLY = 4_000_000
#: What a person has to mend there, or in config.yaml, is looked at again so long after.
AGAIN = timedelta(minutes=30)
#: Mailchimp allows ten connections to an account at once, and other tools of its people need some (its fundamentals).
MOST_AT_ONCE = 4
#: `unsent`: no connection came to be, so nothing was asked for. `ambiguous`: it may have been done, or not.
#: `rejected`: Mailchimp itself said no. `bug`: it was never sent, since it could not be written.
Kind = Literal["rejected", "notfound", "auth", "forbidden", "throttled", "unsent", "ambiguous", "bug"]
T = TypeVar("T")

_KEY = re.compile(r"[A-Za-z0-9]+-(?P<centre>[a-z]{2,4}[0-9]{1,3})")
#: The client leaves `/` and `..` in ids as they are: `../lists` would ask for something else.
_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_AT_ONCE = BoundedSemaphore(MOST_AT_ONCE)
_PASSING: frozenset[Kind] = frozenset({"throttled", "unsent", "ambiguous"})


class Failed(ProviderError):
    """What a call came to when it was no success. `said` is the status with Mailchimp's own words, in one line.

    `request` is Mailchimp's name for the request, where it gave one: its support finds it by that.
    """

    def __init__(
        self, kind: Kind, message: str, *, status: int | None = None, said: str = "", request: str = ""
    ) -> None:
        is_passing = kind in _PASSING
        super().__init__(message, permanent=not is_passing, wait=None if is_passing else AGAIN)
        self.kind = kind
        self.status = status
        self.said = said
        self.request = request

    def __reduce__(self) -> tuple[Callable[..., Failed], tuple[object, ...]]:
        return _failed, (self.kind, self.message, self.status, self.said, self.request)


def _failed(kind: Kind, message: str, status: int | None, said: str, request: str) -> Failed:
    return Failed(kind, message, status=status, said=said, request=request)


def is_id(text: str) -> bool:
    """Whether it may stand in the path of a request."""
    return _ID.fullmatch(text) is not None


class Door:
    """The calls of the official client, over our own wire. Every call opens a connection of its own and closes it.

    `unreached` is told when nobody answers at all. `apis` has the client's parts by their own names. `server_time` is the last reply's Date, as it was written.
    Raises ProviderError for a key or an address that can't be right, and where another client is installed.
    """

    def __init__(
        self,
        *,
        key: str,
        base_url: str | None,
        timeout: float,
        unreached: Callable[[Failed], None] | None = None,
    ) -> None:
        centre = _KEY.fullmatch(key)
        if not centre:
            what = (
                "The Mailchimp API key is not one: it should be letters and digits ending in a data centre, like -us21."
            )
            raise ProviderError(f"{what} {NEW_KEY}", permanent=True, wait=AGAIN)
        if (installed := version("mailchimp-marketing")) != CLIENT_VERSION:
            what = f"mailchimp-marketing {installed} is installed, and only {CLIENT_VERSION} is safe."
            raise ProviderError(f"{what} Install the locked requirements again: make run.", permanent=True, wait=AGAIN)
        self.centre = centre["centre"]
        self.root = _checked_root(base_url or f"https://{self.centre}.api.mailchimp.com")
        self.host = urlsplit(self.root).hostname or ""
        self.server_time: str | None = None
        self._key = key
        self._timeout = timeout
        self._unreached = unreached
        self.apis = _apis(self._call_api)

    def _call_api(
        self,
        resource_path: str,
        method: str,
        path_params: Mapping[str, object] | None = None,
        query_params: Sequence[tuple[str, object]] | None = None,
        header_params: Mapping[str, str] | None = None,
        *,
        body: object = None,
        async_req: object = None,
        _request_timeout: object = None,
        **_of_no_use: object,
    ) -> dict[str, Any]:
        """Stands in for the client's own `call_api`, whose signature this is.

        A success without a body (204) is an empty dict. Raises Failed.
        """
        del header_params
        if async_req or _request_timeout:
            raise Failed("bug", "The client ignores async_req and _request_timeout. That is a fault of notifier.")
        path = _path(resource_path, path_params or {})
        query, content = _query(query_params or ()), _written(body)
        with _one_of_few(self._timeout):
            status, headers, reply = self._exchange(method, path, query, content)
        self.server_time = headers.get("Date") or self.server_time
        return self._judged(method, path, status, headers, reply)

    def _exchange(
        self, method: str, path: str, query: Mapping[str, str], content: bytes | None
    ) -> tuple[int, Mapping[str, str], bytes]:
        wire, netloc = _Wire(self._timeout), urlsplit(self.root).netloc
        try:
            return wire.exchange(method, self.root + path, query, content, key=self._key)
        except _TooLarge:
            message = f"The answer of {netloc} was too large. Check base_url."
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            message = unreached(_fault_of(error, late=wire.late), netloc)
        # Only what never had a connection was certainly not asked for.
        failed = Failed("ambiguous" if wire.connected else "unsent", message)
        if self._unreached is not None and (wire.late or not wire.connected):
            self._unreached(failed)
        raise failed from None

    def _judged(self, method: str, path: str, status: int, headers: Mapping[str, str], reply: bytes) -> dict[str, Any]:
        parsed = _parsed(reply)
        if status == 200 and parsed is not None:
            return parsed
        if status == 204 and not reply and method != "GET":
            return {}
        problem = parsed if parsed is not None and parsed.get("status") == status and parsed.get("title") else None
        kind = _kind(status, has_reason=problem is not None, has_words=bool(parsed))
        said = said_of(status, parsed, self._key)
        request = cut_short(str((problem or {}).get("instance") or headers.get("X-Request-Id") or ""), 80)
        raise Failed(kind, refused(kind, status, said, path), status=status, said=said, request=request) from None


def _kind(status: int, *, has_reason: bool, has_words: bool) -> Kind:
    match status:
        case 401:
            return "auth"
        case 403 if has_words:
            return "forbidden"
        case 403 | 429:  # Mailchimp's fundamentals: "you may receive an HTTP 429 or 403 without a JSON body"
            return "throttled"
        case 404 if has_reason:
            return "notfound"
        case _ if 400 <= status < 500 and has_reason:
            return "rejected"
        case _:
            return "ambiguous"


def _apis(call_api: Callable[..., dict[str, Any]]) -> Any:
    from mailchimp_marketing import Client  # noqa: PLC0415 - costs others a tenth of a second

    client = Client()
    client.api_client.call_api = call_api
    return client


def _checked_root(root: str) -> str:
    """The address that all calls start with. The key goes in every request, so only loopback may be plain http."""
    parts = urlsplit(root)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        return root.rstrip("/").removesuffix("/3.0") + "/3.0"
    raise ProviderError(
        f"base_url: {root!r} would show the key to others. Use an https address.", permanent=True, wait=AGAIN
    )


def _path(pattern: str, values: Mapping[str, object]) -> str:
    for value in values.values():
        if not is_id(str(value)):
            raise ProviderError(f"{cut_short(str(value), 60)!r} is not a Mailchimp id.", permanent=True)
    return pattern.format(**values)


def _query(parameters: Sequence[tuple[str, object]]) -> dict[str, str]:
    """A text where the client wants a list becomes its letters, parted by commas; so only lists are taken."""
    query: dict[str, str] = {}
    for name, value in parameters:
        if name in ("fields", "exclude_fields"):
            if not isinstance(value, list):
                raise Failed("bug", f"{name} must be a list. That is a fault of notifier.")
            query[name] = ",".join(value)
        else:
            query[name] = str(value).lower() if isinstance(value, bool) else str(value)
    return query


def _written(body: object) -> bytes | None:
    """The body in JSON before anything is connected; none for none, where the client would send `null`."""
    if body is None:
        return None
    try:
        return json.dumps(body, allow_nan=False, ensure_ascii=False).encode()
    except (TypeError, ValueError) as error:
        raise Failed("bug", f"This can't be written for Mailchimp ({error}). That is a fault of notifier.") from error


def _parsed(body: bytes) -> dict[str, Any] | None:
    try:
        reply = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return reply if isinstance(reply, dict) else None


@contextmanager
def _one_of_few(timeout: float) -> Iterator[None]:
    if not _AT_ONCE.acquire(timeout=timeout):
        raise Failed("unsent", "Too many calls to Mailchimp are under way. It is tried again by itself.")
    try:
        yield
    finally:
        _AT_ONCE.release()


class _TooLarge(Exception):
    """More than anybody would answer."""


class _Wire:
    """One request and one reply, on a connection of its own. Follows nothing, repeats nothing.

    `timeout` is for the whole of it: that of requests starts anew with every byte. `connected` says whether there ever
    was a whole connection, TLS included (before that nothing of a request is written), `late` whether time ran out.
    """

    def __init__(self, timeout: float) -> None:
        self.connected = False
        self.late = False
        self._timeout = timeout
        self._sockets: list[socket.socket] = []

    def exchange(
        self, method: str, url: str, query: Mapping[str, str], content: bytes | None, *, key: str
    ) -> tuple[int, Mapping[str, str], bytes]:
        headers = {"Accept": "application/json, application/problem+json", "User-Agent": "notifier"}
        if content is not None:
            headers["Content-Type"] = "application/json"
        watch = Timer(self._timeout, self._cut)
        watch.daemon = True
        watch.start()
        try:
            with requests.Session() as session:
                # Else a .netrc or a proxy of the machine would decide who gets the key.
                session.trust_env = False
                session.auth = ("notifier", key)
                adapter = _Adapter(self)
                session.mount("https://", adapter)
                session.mount("http://", adapter)
                with session.request(
                    method, url, params=query, data=content, headers=headers, timeout=self._timeout,
                    allow_redirects=False, stream=True,
                ) as reply:  # fmt: skip
                    return reply.status_code, reply.headers, self._body(reply)
        finally:
            watch.cancel()
            for one in self._sockets:
                one.close()

    def opened(self, made: socket.socket) -> socket.socket:
        """Keep a second handle on it: TLS takes the first one's place, and this one still cuts."""
        self._sockets.append(made.dup())
        return made

    def _body(self, reply: requests.Response) -> bytes:
        body = b""
        while piece := reply.raw.read1(65_536, decode_content=True):
            body += piece
            if len(body) > LARGEST_REPLY:
                raise _TooLarge
        # A connection that is cut may look like the end of a reply without a length.
        if self.late:
            raise requests.ReadTimeout
        return body

    def _cut(self) -> None:
        """Time is up: whatever waits for this connection waits no longer."""
        self.late = True
        for one in self._sockets:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


class _Adapter(HTTPAdapter):
    """Opens connections that tell of themselves, so that one can be cut while somebody reads from it."""

    def __init__(self, wire: _Wire) -> None:
        self._wire = wire
        super().__init__(max_retries=0)

    def init_poolmanager(self, *arguments: Any, **named: Any) -> None:
        super().init_poolmanager(*arguments, **named)
        self.poolmanager.pool_classes_by_scheme = _pools_of(self._wire)


def _pools_of(wire: _Wire) -> dict[str, Any]:
    class Plain(urllib3.connection.HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return wire.opened(super()._new_conn())

        def connect(self) -> None:
            super().connect()
            wire.connected = True

    class Secure(urllib3.connection.HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return wire.opened(super()._new_conn())

        def connect(self) -> None:
            super().connect()
            wire.connected = True

    class PlainPool(urllib3.HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(urllib3.HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


def _fault_of(error: Exception, *, late: bool) -> Fault:
    match error:
        case requests.Timeout() | urllib3.exceptions.TimeoutError():
            return "late"
        case _ if late:
            return "late"
        case requests.exceptions.SSLError():
            return "certificate"
        case requests.exceptions.ContentDecodingError() | urllib3.exceptions.DecodeError():
            return "damaged"
        case requests.ConnectionError(args=[urllib3.exceptions.MaxRetryError(), *_]):
            return "unreachable"
        case _:
            return "broken"
