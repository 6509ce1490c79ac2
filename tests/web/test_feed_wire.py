"""The short way that most requests for feeds go gives the answers of the long one, in their order, whoever asks how."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.app import App
from notifier.edges.memory_ledger import MemoryLedger
from notifier.web.feeds import FeedAnswers
from notifier.web.readers import Readership
from tests.web.served import Place, answers, request, said, serving

ALL = "/feeds/all.ics"
Answered = tuple[int, dict[str, str], bytes]


@pytest.fixture(scope="module")
def place(looked_at: App) -> Iterator[Place]:
    with serving(looked_at) as place:
        # The first request reads what is published; the short way begins with the second.
        said(place, request(ALL))
        yield place


def the_long_way(app: App, path: str, fields: list[tuple[str, str]], method: str = "GET") -> Answered:
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    headers = [(name.lower().encode("latin-1"), value.strip(" \t").encode("latin-1")) for name, value in fields]
    scope = {"type": "http", "method": method, "path": path, "headers": headers, "client": ("127.0.0.1", 1)}
    asyncio.run(FeedAnswers(app)(scope, None, send))
    named = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], named, sent[1]["body"]


def a_tag(app: App, coding: str = "identity") -> str:
    return the_long_way(app, ALL, [("accept-encoding", coding)])[1]["etag"]


@pytest.mark.parametrize(
    "fields",
    [
        [],
        [("Accept-Encoding", "gzip")],
        [("ACCEPT-ENCODING", "gzip;q=0")],
        [("If-None-Match", "*"), ("Accept-Encoding", "br, gzip")],
        [("If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT")],
        [("If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT"), ("If-None-Match", '"other"')],
        [("User-Agent", "Microsoft Office/16.0 (Microsoft Outlook 16.0)"), ("Accept-Encoding", "gzip")],
        [("Accept-Encoding", "br"), ("Accept-Encoding", "gzip")],
        [("If-None-Match", '"a"'), ("If-None-Match", "*")],
        [("Content-Length", "0")],
        [("X-Forwarded-For", "198.51.100.1")],
        [("Connection", "keep-alive")],
    ],
)
def test_both_ways_give_the_same_answer(place: Place, looked_at: App, fields: list[tuple[str, str]]) -> None:
    [answer] = answers(said(place, request(ALL, fields)))
    assert answer == the_long_way(looked_at, ALL, fields)


@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_who_has_it_is_told_so_on_both_ways(place: Place, looked_at: App, coding: str) -> None:
    fields = [("If-None-Match", f"W/{a_tag(looked_at, coding)}"), ("Accept-Encoding", "gzip")]
    [answer] = answers(said(place, request(ALL, fields)))
    assert answer == the_long_way(looked_at, ALL, fields)
    assert answer[0] == 304


text = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f"), max_size=40)
values = text | st.sampled_from(["gzip", "gzip;q=0", "gzip, br", "*", '"x"', "Fri, 01 Jan 2100 00:00:00 GMT"])
names = st.sampled_from([
    "Accept-Encoding", "If-None-Match", "If-Modified-Since", "User-Agent", "X-Forwarded-For", "Accept", "Cookie", "Range",
])  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(fields=st.lists(st.tuples(names, values), max_size=8))
def test_whatever_is_asked_both_ways_give_the_same_answer(
    place: Place, looked_at: App, fields: list[tuple[str, str]]
) -> None:
    [answer] = answers(said(place, request(ALL, fields)))
    assert answer == the_long_way(looked_at, ALL, fields)


def test_of_many_requests_at_once_each_gets_its_answer_in_order(place: Place) -> None:
    paths = [ALL, "/feeds/nothing.ics", ALL, f"{ALL}?a=b", "/robots.txt", ALL, ALL, "/events", ALL]
    found = answers(said(place, b"".join(map(request, paths))))
    assert [status for status, _, _ in found] == [200, 404, 200, 200, 200, 200, 200, 400, 200]
    assert [body[:15] == b"BEGIN:VCALENDAR" for _, _, body in found] == [
        True,
        False,
        True,
        True,
        False,
        True,
        True,
        False,
        True,
    ]


@pytest.mark.parametrize("pieces", [2, 3, 7, 50, 1000])
def test_a_request_may_come_in_any_pieces(place: Place, pieces: int) -> None:
    sent = request(ALL, [("Accept-Encoding", "gzip")]) + request("/feeds/nothing.ics") + request(ALL)
    assert [status for status, _, _ in answers(said(place, sent, pieces=pieces))] == [200, 404, 200]


def test_head_has_no_body_on_the_wire(place: Place) -> None:
    sent = request(ALL, method="HEAD") + request(ALL)
    found = answers(said(place, sent), heads=1)
    assert found[0][1] == found[1][1]
    assert (found[0][2], len(found[1][2])) == (b"", int(found[1][1]["content-length"]))


def test_a_reader_that_does_not_take_its_answers_holds_nothing_up(place: Place) -> None:
    many = 400
    with socket.create_connection(place, timeout=30) as slow:
        slow.sendall(request(ALL) * many)
        assert answers(said(place, request(ALL)))[0][0] == 200
        slow.sendall(b"GET /feeds/last HTTP/1.1\r\nConnection: close\r\n\r\n")
        taken = b"".join(iter(lambda: slow.recv(65536), b""))
    assert [status for status, _, _ in answers(taken)] == [200] * many


def test_a_connection_that_nobody_uses_is_closed_and_one_in_use_is_not(looked_at: App) -> None:
    with serving(looked_at, idle_seconds=1) as place:
        said(place, request(ALL))
        with socket.create_connection(place, timeout=30) as used, socket.create_connection(place, timeout=30) as begun:
            for _ in range(5):
                used.sendall(request(ALL, [("If-None-Match", "*")]))
                assert used.recv(65536).startswith(b"HTTP/1.1 304 ")
                threading.Event().wait(0.4)
            begun.sendall(request(ALL, [("If-None-Match", "*")]) + b"GET /feeds/")
            assert begun.recv(65536).startswith(b"HTTP/1.1 304 ")
            assert used.recv(65536) == b""
            threading.Event().wait(1.2)
            begun.sendall(b"all.ics HTTP/1.1\r\nIf-None-Match: *\r\n\r\n")
            assert begun.recv(65536).startswith(b"HTTP/1.1 304 ")
            assert begun.recv(65536) == b""


def test_a_tick_that_changes_a_feed_changes_the_answer_on_the_wire(site: App) -> None:
    site.tick()
    with serving(site) as place:
        said(place, request(ALL))
        [before] = answers(said(place, request(ALL)))
        path = next((site.config.parent / "_events").glob("*open-studio.md"))
        path.write_text(path.read_text(encoding="utf-8").replace("bring a map", "bring two maps"), encoding="utf-8")
        site.tick()
        [after] = answers(said(place, request(ALL, [("If-None-Match", before[1]["etag"])])))
    assert (after[0], b"bring two maps" in after[2].replace(b"\r\n ", b"")) == (200, True)


def test_a_feed_that_became_secret_is_gone_before_the_next_tick(site: App) -> None:
    site.tick()
    with serving(site) as place:
        assert [status for status, _, _ in answers(said(place, request(ALL) * 3))] == [200] * 3
        config = site.config.read_text(encoding="utf-8")
        site.config.write_text(config.replace("\n  all:\n", "\n  all:\n    secret: true\n"), encoding="utf-8")
        site.refresh()
        assert [status for status, _, _ in answers(said(place, request(ALL) * 3))] == [404] * 3


def test_readers_are_counted_on_the_short_way_too(looked_at: App) -> None:
    readership, ledger = Readership(), MemoryLedger()
    with serving(looked_at, readership) as place:
        for agent in ("App/1", "App/2", "App/1"):
            said(place, request(ALL, [("User-Agent", agent), ("X-Forwarded-For", "192.0.2.1")]) * 2)
    readership.flush(ledger, looked_at.clock.now(), at_the_end=True)
    assert [(poll.feed, poll.readers) for poll in ledger.polls(date.min)] == [("all", 2)]


BOMBS = [
    b"GET /feeds/all.ics HTTP/1.1\r\n" + b"X: y\r\n" * 50_000,
    b"GET /feeds/all.ics HTTP/1.1\r\nX: " + b"y" * 500_000 + b"\r\n\r\n",
    b"GET /feeds/" + b"a" * 200_000 + b".ics HTTP/1.1\r\n\r\n",
    b"GET /feeds/private/" + b"A" * 200_000 + b".ics HTTP/1.1\r\n\r\n",
    b"GET /feeds/all.ics HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n",
    b"GET /feeds/all.ics HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"GET /feeds/all.ics HTTP/9.9\r\n\r\n",
    b"GET /feeds/all.ics\r\n\r\n",
    b"G\x00T /feeds/all.ics HTTP/1.1\r\n\r\n",
    b"GET /feeds/all.ics HTTP/1.1\r\n Folded: x\r\n\r\n",
    b"GET /feeds/all.ics HTTP/1.1\r\nIf-None-Match: " + b'"x",' * 20_000 + b"\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
]


@pytest.mark.parametrize("bomb", BOMBS, ids=range(len(BOMBS)))
def test_whatever_somebody_sends_others_are_answered(place: Place, bomb: bytes) -> None:
    with socket.create_connection(place, timeout=30) as wire:
        with suppress(OSError):
            wire.sendall(bomb)
        assert answers(said(place, request(ALL)))[0][0] == 200


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 3))
def test_noise_after_a_request_never_makes_another_answer_wrong(place: Place, noise: bytes, requests: int) -> None:
    whole = said(place, request(ALL))
    with socket.create_connection(place, timeout=30) as wire:
        wire.sendall(request(ALL) * requests + noise)
        wire.shutdown(socket.SHUT_WR)
        try:
            taken = b"".join(iter(lambda: wire.recv(65536), b""))
        except ConnectionResetError:
            return
    body = answers(whole)[0][2]
    assert taken.count(body) <= requests + noise.count(b"/feeds/all.ics")
