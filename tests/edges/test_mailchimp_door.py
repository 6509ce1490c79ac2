"""Every trap of the official client, against a server that says exactly those bytes."""

from __future__ import annotations

import pickle
import socket
import threading
from collections.abc import Callable, Iterator
from time import monotonic
from typing import Any

import pytest

from notifier.edges.mailchimp.door import MOST_AT_ONCE, Door, Failed
from notifier.errors import ProviderError
from tests.edges.raw_server import Answer, RawServer, raw_server, resets, says

KEY = "0123456789abcdef0123456789abcdef-us21"
JSON = "Content-Type: application/json; charset=utf-8"
PROBLEM = "Content-Type: application/problem+json; charset=utf-8"


@pytest.fixture
def server() -> Iterator[RawServer]:
    with raw_server() as made:
        yield made


def a_door(url: str, timeout: float = 5.0) -> Door:
    return Door(key=KEY, base_url=url, timeout=timeout)


def problem(status: int, title: str = "Oh no", **more: str) -> bytes:
    words = "".join(f', "{name}": "{value}"' for name, value in more.items())
    return f'{{"type": "about:blank", "title": "{title}", "status": {status}{words}}}'.encode()


def failure(call: Callable[[], Any]) -> Failed:
    with pytest.raises(Failed) as caught:
        call()
    assert KEY not in f"{caught.value} {caught.value!r} {caught.value.__cause__!r}"
    return caught.value


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        pytest.param(says("401 Unauthorized\n" + PROBLEM, problem(401)), "auth", id="401"),
        pytest.param(says("401 Unauthorized"), "auth", id="401 bare"),
        pytest.param(says("403 Forbidden\n" + PROBLEM, problem(403)), "forbidden", id="403"),
        pytest.param(says("403 Forbidden"), "throttled", id="403 bare"),
        pytest.param(says("403 Forbidden\nContent-Type: text/html", b"<h1>Denied</h1>"), "throttled", id="403 page"),
        pytest.param(says("429 Too Many"), "throttled", id="429 bare"),
        pytest.param(says("429 Too Many\n" + PROBLEM, problem(429)), "throttled", id="429"),
        pytest.param(says("404 Not Found\n" + PROBLEM, problem(404)), "notfound", id="404"),
        pytest.param(says("404 Not Found\nContent-Type: text/html", b"<h1>404</h1>"), "ambiguous", id="404 page"),
        pytest.param(says("400 Bad\n" + PROBLEM, problem(400)), "rejected", id="400"),
        pytest.param(says("400 Bad\n" + JSON, b"{}"), "ambiguous", id="400 without words"),
        pytest.param(says("400 Bad\n" + PROBLEM, problem(422)), "ambiguous", id="400 that says 422"),
        pytest.param(says("409 Conflict\n" + PROBLEM, problem(409)), "rejected", id="409"),
        pytest.param(says("500 Oops"), "ambiguous", id="500 bare"),
        pytest.param(says("500 Oops\n" + JSON, b"{}"), "ambiguous", id="500 with an empty object"),
        pytest.param(says("500 Oops\n" + PROBLEM, problem(500)), "ambiguous", id="500"),
        pytest.param(says("503 Busy\nContent-Type: text/html", b"<h1>Blocked</h1>"), "ambiguous", id="503 page"),
        pytest.param(says("302 Found\nLocation: /3.0/ping"), "ambiguous", id="302"),
        pytest.param(says("307 Again\nLocation: /3.0/ping"), "ambiguous", id="307"),
        pytest.param(says("200 OK\n" + JSON, b"[]"), "ambiguous", id="200 with a list"),
        pytest.param(says("200 OK\n" + JSON, b'{"id": "'), "ambiguous", id="200 with broken JSON"),
        pytest.param(says("200 OK\n" + JSON, b"null"), "ambiguous", id="200 with null"),
        pytest.param(says("200 OK"), "ambiguous", id="200 without a body"),
        pytest.param(says("202 Accepted\n" + JSON, b"{}"), "ambiguous", id="202"),
        pytest.param(resets, "ambiguous", id="reset"),
        pytest.param(lambda connection: None, "ambiguous", id="closed without a word"),
        pytest.param(says("200 OK\n" + JSON + "\nContent-Length: 99", b'{"id"', length=False), "ambiguous", id="cut"),
        pytest.param(lambda connection: connection.sendall(b"hello\r\n\r\n"), "ambiguous", id="no HTTP"),
        pytest.param(says("200 OK\nContent-Encoding: gzip\n" + JSON, b"no gzip"), "ambiguous", id="damaged"),
    ],
)
def test_a_send_that_was_not_answered_with_204_is_never_a_success(server: RawServer, answer: Answer, kind: str) -> None:
    server.answer = answer
    error = failure(lambda: a_door(server.url).apis.campaigns.send("abc"))
    assert error.kind == kind
    assert len(server.asked) == 1


def test_a_send_that_was_taken_is_answered_with_204(server: RawServer) -> None:
    server.answer = says("204 No Content\n" + JSON)
    assert a_door(server.url).apis.campaigns.send("abc") == {}


def test_nothing_is_no_answer_to_a_question(server: RawServer) -> None:
    server.answer = says("204 No Content\n" + JSON)
    assert failure(a_door(server.url).apis.ping.get).kind == "ambiguous"


def test_an_act_without_a_body_sends_none(server: RawServer) -> None:
    server.answer = says("204 No Content\n" + JSON)
    a_door(server.url).apis.campaigns.send("abc")
    [request] = server.asked
    assert request.startswith(b"POST /3.0/campaigns/abc/actions/send HTTP/1.1\r\n")
    assert request.endswith(b"\r\n\r\n")
    assert b"Content-Type" not in request


def test_what_was_never_connected_was_certainly_not_asked_for() -> None:
    error = failure(lambda: a_door("http://127.0.0.1:9").apis.campaigns.send("abc"))
    assert (error.kind, error.permanent) == ("unsent", False)


def test_without_a_right_certificate_nothing_was_asked_for(server: RawServer) -> None:
    error = failure(lambda: a_door(server.url.replace("http:", "https:")).apis.campaigns.send("abc"))
    assert error.kind == "unsent"
    assert all(b"abc" not in request for request in server.asked)


def drips(server: RawServer, head: bytes) -> Answer:
    def answer(connection: socket.socket) -> None:
        connection.sendall(head)
        while not server.over.wait(0.05):
            connection.sendall(b" ")

    return answer


@pytest.mark.parametrize(
    "head", [b"", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\n\r\n"], ids=["status", "headers", "body"]
)
def test_a_dripping_answer_ends_with_the_time_for_the_whole_call(server: RawServer, head: bytes) -> None:
    server.answer, began = drips(server, head), monotonic()
    error = failure(lambda: a_door(server.url, timeout=0.3).apis.campaigns.send("abc"))
    assert (error.kind, "did not answer in time" in error.message) == ("ambiguous", True)
    assert monotonic() - began < 2


def test_an_answer_of_fifty_megabytes_is_not_read_to_its_end(server: RawServer) -> None:
    sent = 0

    def answer(connection: socket.socket) -> None:
        nonlocal sent
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 50000000\r\n\r\n")
        for _ in range(50):
            connection.sendall(b" " * 1_000_000)
            sent += 1_000_000

    server.answer = answer
    error = failure(a_door(server.url).apis.ping.get)
    assert (error.kind, "too large" in error.message) == ("ambiguous", True)
    assert sent < 30_000_000


@pytest.mark.parametrize("campaign_id", ["../lists", "a/b", "", "a b", "é", "a" * 101, "..", "a?b", "a#b"])
def test_an_id_that_would_lead_elsewhere_is_never_asked_for(server: RawServer, campaign_id: str) -> None:
    with pytest.raises(ProviderError, match="is not a Mailchimp id"):
        a_door(server.url).apis.campaigns.send(campaign_id)
    assert server.asked == []


@pytest.mark.parametrize(
    "body",
    [{"a": float("nan")}, {"a": b"bytes"}, {"a": "\ud800"}, {"a": object()}],
    ids=["nan", "bytes", "half", "object"],
)
def test_what_cannot_be_written_is_never_sent(server: RawServer, body: dict[str, object]) -> None:
    error = failure(lambda: a_door(server.url).apis.campaigns.create(body))
    assert error.kind == "bug"
    assert server.asked == []


@pytest.mark.parametrize(
    "wrong", [{"fields": "id"}, {"async_req": True}, {"_request_timeout": 1}], ids=["fields", "async", "timeout"]
)
def test_what_the_client_takes_and_does_not_heed_is_refused(server: RawServer, wrong: dict[str, Any]) -> None:
    assert failure(lambda: a_door(server.url).apis.campaigns.get("abc", **wrong)).kind == "bug"
    assert server.asked == []


def test_fields_are_asked_for_by_their_names(server: RawServer) -> None:
    server.answer = says("200 OK\n" + JSON, b'{"id": "abc"}')
    assert a_door(server.url).apis.campaigns.get("abc", fields=["id", "settings.title"]) == {"id": "abc"}
    assert server.asked[0].startswith(b"GET /3.0/campaigns/abc?fields=id%2Csettings.title HTTP/1.1\r\n")


def test_every_call_is_a_connection_of_its_own(server: RawServer) -> None:
    server.answer, door = says("204 No Content"), a_door(server.url)
    for _ in range(3):
        door.apis.campaigns.send("abc")
    assert len(server.asked) == 3


def test_no_more_than_a_few_calls_are_under_way_in_the_whole_process(server: RawServer) -> None:
    inside, most = threading.Semaphore(0), []

    def answer(connection: socket.socket) -> None:
        inside.release()
        most.append(inside._value)
        threading.Event().wait(0.05)
        inside.acquire()
        says("204 No Content")(connection)

    server.answer = answer
    doors = [a_door(server.url) for _ in range(12)]
    threads = [threading.Thread(target=door.apis.campaigns.send, args=("abc",)) for door in doors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(server.asked), max(most) <= MOST_AT_ONCE) == (12, True)


def test_a_proxy_of_the_machine_does_not_get_the_key(server: RawServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", server.url)
    assert failure(a_door("http://localhost:9").apis.ping.get).kind == "unsent"
    assert server.asked == []


def test_a_failure_names_the_request_and_what_was_wrong_with_it(server: RawServer) -> None:
    body = b'{"title": "Invalid Resource", "status": 400, "detail": "See errors.", "instance": "1234-abcd", "errors": [{"field": "recipients", "message": "Schema describes object"}]}'
    server.answer = says("400 Bad\n" + PROBLEM, body)
    error = failure(lambda: a_door(server.url).apis.campaigns.create({}))
    assert error.said == "400 Invalid Resource: See errors.: recipients Schema describes object"
    assert error.request == "1234-abcd"


def test_a_failure_travels_between_processes(server: RawServer) -> None:
    server.answer = says("429 Too Many")
    error = failure(a_door(server.url).apis.ping.get)
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - written a moment ago
    assert (again.kind, again.message, again.status) == (error.kind, error.message, 429)


def test_the_name_of_a_domain_is_not_taken_for_that_of_a_server(server: RawServer) -> None:
    server.answer = says("200 OK\n" + JSON, b'{"domain": "x"}')
    with pytest.raises(ProviderError, match="is not a Mailchimp id"):
        a_door(server.url).apis.verifiedDomains.get_domain("server.example.org")
    assert a_door("https://server.example.org").host == "server.example.org"
