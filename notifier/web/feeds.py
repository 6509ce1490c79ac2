"""Feeds over HTTP: a plain ASGI function in front of the framework, because calendars ask all day long.

Never an empty or a wrong body: a calendar program would delete everything that it had. What was asked for, and by
whom, reaches no log: the address of a secret feed is the secret.
"""

from __future__ import annotations

import asyncio
import re
import time
import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import product
from typing import Any

import structlog
from starlette.concurrency import run_in_threadpool

from notifier.app import App
from notifier.config import Settings
from notifier.core.rule import Feed
from notifier.core.span import ARCHIVE
from notifier.errors import UserError
from notifier.ports import Publisher
from notifier.tick import Report
from notifier.web.caller import caller
from notifier.web.downloads import Downloads
from notifier.web.readers import Readership
from notifier.web.served import PRIVATE, PUBLIC, Answer, Asked, Served, is_whole, prepare, sentence
from notifier.web.tokens import KnownTokens

_PREFIX = "/feeds/"
_ADDRESS = re.compile(r"/feeds/([a-z0-9-]{1,100})\.ics", re.ASCII)
_EVENT = re.compile(r"/feeds/events/([a-z0-9-]{1,64})\.ics", re.ASCII)
_SECRET = re.compile(r"/feeds/private/([A-Za-z0-9_-]{43})\.ics", re.ASCII)
_ROBOTS = "/robots.txt"
#: In seconds.
_READ_AGAIN = 60.0

NOT_HERE = sentence(HTTPStatus.NOT_FOUND, "There is no feed of this name. /feeds lists them.")
NOT_YET = sentence(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "This feed isn't published yet. It is after the next successful tick.",
    (b"retry-after", b"60"),
)
BROKEN = sentence(
    HTTPStatus.INTERNAL_SERVER_ERROR, "This is a bug in notifier, and its log says more.", (b"retry-after", b"60")
)
#: Google asks here before it reads a feed; it is let in by name, for it must read secret ones too and lists none of them
#: (their answers say noindex). Of two rules the longer one wins (RFC 9309 2.2.2), in old readers the first.
ROBOTS = sentence(
    HTTPStatus.OK,
    "User-agent: Google-Calendar-Importer\nAllow: /feeds/\n\n"
    "User-agent: *\nDisallow: /feeds/private/\nAllow: /feeds/\nAllow: /subscribe\nDisallow: /",
    (b"cache-control", b"public, max-age=86400"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """A calendar as it was read after a report; a tick that fails after it published makes none, so not for ever."""

    name: str
    report: Report | None
    until: float
    served: Served

    def holds(self, report: Report | None) -> bool:
        return self.report is report and time.monotonic() < self.until


@dataclass(slots=True, kw_only=True)
class _Shelf:
    """What is served from one folder, by the name of the file, each with the report after which it was read."""

    disposition: Callable[[str], str]
    fields: tuple[tuple[bytes, bytes], ...]
    kept: dict[str, _Kept] = field(default_factory=dict)
    reading: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def current(self, name: str, publisher: Publisher, report: Report | None) -> _Kept | None:
        """What is published. It is read again after each tick, because only ticks publish; the last good one is kept."""
        async with self.reading:
            # Others may have waited for it together; the first of them reads it.
            known = self.kept.get(name)
            if known is not None and known.holds(report):
                return known
            until = time.monotonic() + _READ_AGAIN
            served = await run_in_threadpool(self._read, name, publisher, known.served if known else None)
            if served is None:
                self.kept.pop(name, None)
                return None
            self.kept[name] = _Kept(name=name, report=report, until=until, served=served)
            return self.kept[name]

    def forget_all_but(self, names: frozenset[str]) -> None:
        """What is for others now, or for nobody, is not the last good state of anything."""
        self.kept = {name: kept for name, kept in self.kept.items() if name in names}

    def _read(self, name: str, publisher: Publisher, before: Served | None) -> Served | None:
        try:
            body = publisher.read(f"{name}.ics")
        except UserError:
            return before
        if body is None and name.endswith(ARCHIVE):
            # It was withdrawn, for nothing is in it any more.
            return None
        if body is None or not is_whole(body) or (before is not None and before.body == body):
            return before
        return prepare(body, self.disposition(name), self.fields, before=before)


class FeedAnswers:
    """The ASGI application for everything below /feeds/, and for /robots.txt."""

    def __init__(self, app: App, readership: Readership | None = None) -> None:
        self._app = app
        self._readership = readership or Readership()
        self._tokens = KnownTokens(app)
        self._downloads = Downloads(app)
        self._public = _Shelf(disposition=lambda name: f'inline; filename="{name}.ics"', fields=PUBLIC)
        # The name of a secret feed is nobody's business either.
        self._private = _Shelf(disposition=lambda _name: 'inline; filename="calendar.ics"', fields=PRIVATE)
        self._settings: Settings | None = None
        self._ready: dict[bytes, _Kept] = {}
        self._log = structlog.get_logger()

    def takes(self, method: str, path: str) -> bool:
        """Whether a request is ours to answer. `/feeds` itself is a page."""
        return method in ("GET", "HEAD") and (path.startswith(_PREFIX) or path == _ROBOTS)

    async def __call__(self, scope: Mapping[str, Any], receive: Any, send: Any) -> None:
        del receive
        try:
            answer = await self._answer(scope)
        except Exception as error:  # noqa: BLE001 - one request: the next one must be answered whatever happens
            # Neither the error's own words nor the values around it: they may hold the address.
            places = [
                f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)
            ]
            self._log.error("feed_failed", error=type(error).__name__, places=places)
            answer = BROKEN
        await send({"type": "http.response.start", "status": int(answer.status), "headers": list(answer.fields)})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else answer.body})

    def ready(self, address: bytes, asked: Asked, peer: str) -> Answer | None:
        """The answer to a GET of an address as it stands in a request, where nothing has to be read for it first."""
        kept = self._ready.get(address)
        if kept is None or self._settings is not self._app.settings or not kept.holds(self._app.latest):
            return None
        self._readership.note(kept.name, self._whence(peer, asked), asked, self._app.clock.now())
        return kept.served.answer(asked)

    async def _answer(self, scope: Mapping[str, Any]) -> Answer:
        path: str = scope["path"]
        if path == _ROBOTS:
            return ROBOTS
        self._take_settings()
        asked = joined(scope["headers"])
        if found := _ADDRESS.fullmatch(path):
            return await self._feed(found[1], asked, scope)
        if found := _EVENT.fullmatch(path):
            event = await self._downloads.event(found[1])
            return event.answer(asked) if event is not None else NOT_HERE
        if found := _SECRET.fullmatch(path):
            return await self._secret(found[1], asked, scope)
        return NOT_HERE

    async def _feed(self, name: str, asked: Asked, scope: Mapping[str, Any]) -> Answer:
        settings, path = self._settings, str(scope["path"])
        feed, is_archive = self._named(name)
        if feed is None:
            return self._moved(name)
        kept = await self._public.current(name, self._app.ticker.wiring.publisher, self._app.latest)
        if kept is None:
            # There is an archive only once something is in it.
            return NOT_HERE if is_archive else NOT_YET
        if not is_archive:
            if settings is self._settings:
                # It is as public as it was when this request began.
                self._ready[path.encode()] = kept
            self._note(name, asked, scope)
        return kept.served.answer(asked)

    async def _secret(self, token: str, asked: Asked, scope: Mapping[str, Any]) -> Answer:
        """To who has no token that opens anything it looks as if there were nothing."""
        try:
            name = await self._tokens.feed_of(token)
        except UserError:
            # Whether it still opens anything can't be told now, and readers keep what they have.
            return NOT_YET
        if name not in {feed.name for feed in self._app.settings.rules.feeds if feed.secret}:
            return NOT_HERE
        kept = await self._private.current(name, self._app.ticker.wiring.secrets, self._app.latest)
        if kept is None:
            return NOT_YET
        self._note(name, asked, scope)
        return kept.served.answer(asked)

    def _take_settings(self) -> None:
        settings = self._app.settings
        if settings is self._settings:
            return
        self._settings, self._ready = settings, {}
        public, secret = (
            frozenset(feed.name for feed in settings.rules.feeds if feed.secret is kind) for kind in (False, True)
        )
        self._public.forget_all_but(public | {f"{name}{ARCHIVE}" for name in public})
        self._private.forget_all_but(secret)

    def _named(self, name: str) -> tuple[Feed | None, bool]:
        """The public feed that this names, or whose archive it names."""
        public = {feed.name: feed for feed in self._app.settings.rules.feeds if not feed.secret}
        if name in public:
            return public[name], False
        return public.get(name.removesuffix(ARCHIVE)) if name.endswith(ARCHIVE) else None, True

    def _moved(self, name: str) -> Answer:
        """Where a feed is now that had this name before: for ever, for some programs ask for years."""
        public = [feed for feed in self._app.settings.rules.feeds if not feed.secret]
        for feed, suffix in product(public, ("", ARCHIVE)):
            if name.endswith(suffix) and name.removesuffix(suffix) in feed.formerly:
                place = f"{_PREFIX}{feed.name}{suffix}.ics"
                fields = ((b"location", place.encode()), (b"cache-control", b"public, max-age=86400"))
                return sentence(HTTPStatus.MOVED_PERMANENTLY, f"This feed is at {place} now.", *fields)
        return NOT_HERE

    def _note(self, name: str, asked: Asked, scope: Mapping[str, Any]) -> None:
        if scope["method"] == "GET":
            peer = self._whence((scope.get("client") or ("",))[0], asked)
            self._readership.note(name, peer, asked, self._app.clock.now())

    def _whence(self, peer: str, asked: Asked) -> str:
        return caller(peer, asked.get(b"x-forwarded-for"), self._app.settings.proxies)


def joined(headers: Iterable[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """The request's header fields, those of one name joined."""
    fields: dict[bytes, bytes] = {}
    for name, value in headers:
        fields[name] = fields[name] + b", " + value if name in fields else value
    return fields
