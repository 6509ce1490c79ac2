"""Whatever somebody asks for below /feeds/, nothing but what is public, or what their key opens, is given."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from notifier.app import App
from notifier.web.feeds import FeedAnswers

pieces = st.sampled_from([
    "..", ".", "/", "//", "\\", "%2e%2e", "%2f", "%00", "\0", "feeds", "private", "events", "all", "all.ics", ".ics", "ics",
    "config.yaml", "secret_key", "notifier.db", "secret-feeds", "A" * 43, "é", "\u2024", "\r\n", "~", "*", "?", "#", ";a=b",
    "robots.txt", "all-archive", "-archive", " ",
])  # fmt: skip
paths = st.lists(pieces | st.text(max_size=5), max_size=8).map(lambda found: "/feeds/" + "".join(found))
fields = st.lists(st.tuples(st.sampled_from([
    b"accept-encoding", b"if-none-match", b"if-modified-since", b"user-agent", b"x-forwarded-for", b"range", b"cookie", b"host",
]), st.binary(max_size=200)), max_size=12)  # fmt: skip


def answered(app: App, path: str, headers: list[tuple[bytes, bytes]], method: str = "GET") -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "headers": headers, "client": ("127.0.0.1", 1)}
    asyncio.run(FeedAnswers(app)(scope, None, send))
    return sent


@settings(max_examples=150, deadline=None)
@given(path=paths, headers=fields)
def test_no_path_gives_anything_but_a_published_calendar(
    looked_at: App, path: str, headers: list[tuple[bytes, bytes]]
) -> None:
    with capture_logs() as logged:
        start, body = answered(looked_at, path, headers)
    assert logged == []
    assert start["status"] in (200, 304, 404)
    assert start["status"] != 200 or re.fullmatch(r"/feeds/(events/)?[a-z0-9-]+\.ics", path)
    assert b"secret_key" not in body["body"]


@settings(max_examples=100, deadline=None)
@given(headers=fields)
def test_no_field_of_a_request_makes_an_answer_about_a_feed_wrong(
    looked_at: App, headers: list[tuple[bytes, bytes]]
) -> None:
    start, body = answered(looked_at, "/feeds/all.ics", headers)
    assert start["status"] in (200, 304)
    assert (start["status"] == 304) == (body["body"] == b"")
    assert all(name == name.lower() and not set(b"\r\n\0") & set(value) for name, value in start["headers"])


@pytest.mark.parametrize("path", ["/feeds/all.ics", "/feeds/nothing.ics", "/feeds/private/x.ics", "/robots.txt"])
def test_every_answer_runs_nothing_and_tells_nobody_where_it_was(looked_at: App, path: str) -> None:
    named = dict(answered(looked_at, path, [])[0]["headers"])
    assert named[b"x-content-type-options"] == b"nosniff"
    assert named[b"referrer-policy"] == b"no-referrer"
    assert b"script-src 'none'" in named[b"content-security-policy"]
    assert b"set-cookie" not in named


def test_many_ways_of_asking_are_not_all_remembered(looked_at: App) -> None:
    feeds = FeedAnswers(looked_at)

    async def asked() -> None:
        async def send(message: dict[str, Any]) -> None:
            del message

        for number in range(600):
            headers = [(b"if-none-match", b'"%d"' % number + b"x" * (number % 2) * 2000)]
            await feeds({"type": "http", "method": "GET", "path": "/feeds/all.ics", "headers": headers}, None, send)

    asyncio.run(asked())
    [kept] = feeds._ready.values()
    assert len(kept.served._choices) <= 256
    assert all(len(question[2]) < 2000 for question in kept.served._choices)
