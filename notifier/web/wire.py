"""Feeds answered where a request is parsed, before anything is built for it: most of what a server does all day.

Whatever is unusual about a request (a body, a query, fields said twice, a slow reader, an address that has to be looked
up) goes the long way, through the ASGI application, which gives the same answers.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from notifier.web.feeds import FeedAnswers

#: Who says one of these wants more than an answer.
_UNUSUAL = frozenset({b"connection", b"content-length", b"transfer-encoding", b"expect", b"upgrade"})


class FeedProtocol(HttpToolsProtocol):
    """uvicorn's protocol, with a short way for feeds. One for each connection."""

    def __init__(self, *args: Any, feeds: FeedAnswers, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._feeds = feeds
        self._short: bytes | None = None
        self._begun = False
        self._answered_at = 0.0
        self._idle: asyncio.TimerHandle | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        if self._idle is not None:
            self._idle.cancel()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        # What the long way needs besides is made once that is taken.
        self.url, self.headers, self._begun = b"", [], True

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        self._short = self._answer()
        if self._short is None:
            url, headers = self.url, self.headers
            super().on_message_begin()
            super().on_url(url)
            for name, value in headers:
                super().on_header(name, value)
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        if self._short is None:
            super().on_body(body)

    def on_message_complete(self) -> None:
        if self._short is None:
            super().on_message_complete()
            return
        self.transport.write(self._short)
        self._short, self._begun = None, False
        self.server_state.total_requests += 1
        self._answered_at = self.loop.time()
        if self._idle is None:
            self._idle = self.loop.call_later(self.timeout_keep_alive, self._look_if_idle)

    def _answer(self) -> bytes | None:
        """The whole answer, where this is a plain request for a feed that is ready, and no answer before it is under way."""
        if not self.url.startswith(b"/feeds/") or self.parser.get_method() != b"GET":
            return None
        before: RequestResponseCycle | None = self.cycle
        if self.flow.write_paused or (before is not None and not before.response_complete):
            return None
        asked = dict(self.headers)
        if len(asked) != len(self.headers) or not _UNUSUAL.isdisjoint(asked) or not self.parser.should_keep_alive():
            return None
        answer = self._feeds.ready(self.url, asked, self.client[0] if self.client else "")
        return answer.on_the_wire(self.server_state.default_headers) if answer is not None else None

    def _look_if_idle(self) -> None:
        """Close what nobody uses, as the long way does; one look now and then costs less than a timer for each answer."""
        self._idle = None
        if self._begun or self.timeout_keep_alive_task is not None:
            # A request is under way, or the long way was the last: it has a timer of its own.
            return
        left = self._answered_at + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self._idle = self.loop.call_later(left, self._look_if_idle)
        else:
            self.timeout_keep_alive_handler()
