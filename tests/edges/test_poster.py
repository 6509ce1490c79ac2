"""Posts reach the host they are for and nobody else, and no answer holds them up or is repeated."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread
from time import monotonic

import pytest
import trustme

from notifier.edges.poster import post
from notifier.errors import ProviderError
from tests.edges.raw_server import Answer, RawServer, raw_server, request_of, resets, says

HUSH = "hush"


@pytest.fixture
def server() -> Iterator[RawServer]:
    with raw_server() as made:
        yield made


def said(url: str, *, timeout: float = 5.0) -> str:
    with pytest.raises(ProviderError) as failed:
        post(f"{url}/in?key={HUSH}", "{}", {}, timeout=timeout)
    assert failed.value.__cause__ is None
    assert HUSH not in failed.value.message
    return failed.value.message


def test_it_posts_the_body_and_fields_to_the_whole_address(server: RawServer) -> None:
    server.answer = says("202 Accepted", b"x" * 10)
    assert post(f"{server.url}/in?key={HUSH}", '{"a":1}', {"webhook-id": "msg_1"}) == 202
    head, _, body = server.asked[0].decode().partition("\r\n\r\n")
    assert head.startswith(f"POST /in?key={HUSH} HTTP/1.1\r\n")
    assert f"\r\nHost: {server.url.removeprefix('http://')}\r\n" in head
    assert "\r\nwebhook-id: msg_1" in head
    assert "\r\nContent-Type: application/json\r\n" in head
    assert body == '{"a":1}'


def test_an_address_without_a_path_is_posted_to_its_root(server: RawServer) -> None:
    server.answer = says("200 OK")
    assert post(server.url, "{}", {}) == 200
    assert server.asked[0].startswith(b"POST / HTTP/1.1")


def test_a_redirect_is_not_followed(server: RawServer) -> None:
    server.answer = says(f"307 Go\nLocation: {server.url}/elsewhere")
    assert post(f"{server.url}/in", "{}", {}) == 307
    assert len(server.asked) == 1


def test_no_proxy_of_the_environment_is_asked(server: RawServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    server.answer = says("200 OK")
    assert post(server.url, "{}", {}) == 200


def floods(connection: socket.socket) -> None:
    with suppress(OSError):
        while True:
            connection.sendall(b"x-more: " + b"y" * 60_000 + b"\r\n")


def _unended(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    floods(connection)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (resets, "hung up without an answer."),
        (lambda connection: None, "hung up without an answer."),
        (lambda connection: connection.sendall(b"SSH-2.0-hush\r\n"), "answered something other than HTTP."),
        (lambda connection: connection.sendall(b"HTTP/1.1 abc hush\r\n\r\n"), "answered something other than HTTP."),
        (floods, "answered something other than HTTP."),
        (_unended, "answered something other than HTTP."),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_said_in_our_own_words(server: RawServer, answer: Answer, words: str) -> None:
    server.answer = answer
    assert said(server.url) == f"{server.url.removeprefix('http://')} {words}"


def test_of_an_endless_answer_nothing_but_the_status_is_read(server: RawServer) -> None:
    def endless(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 500 No\r\n\r\n")
        floods(connection)

    server.answer = endless
    assert post(server.url, "{}", {}) == 500


def test_a_receiver_that_drips_is_left_when_the_time_is_over(server: RawServer) -> None:
    def drips(connection: socket.socket) -> None:
        while not server.over.wait(0.02):
            connection.sendall(b"H")

    server.answer = drips
    began = monotonic()
    assert said(server.url, timeout=0.3).endswith("did not answer in time.")
    assert monotonic() - began < 3


def test_nobody_at_home_is_said(server: RawServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert said(f"http://127.0.0.1:{port}") == f"127.0.0.1:{port} takes no connection."


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def known(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority.cert_pem.write_to_path(str(tmp_path / "known.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "known.pem"))


def encrypted(server: RawServer, by: trustme.CA, name: str, answered: list[bytes]) -> None:
    """Let the server speak TLS with a certificate for this name."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    by.issue_cert(name).configure_cert(context)
    listener = socket.create_server(("127.0.0.1", 0))
    server.url = f"https://127.0.0.1:{listener.getsockname()[1]}"

    def serve() -> None:
        with listener, suppress(OSError), context.wrap_socket(listener.accept()[0], server_side=True) as line:
            answered.append(request_of(line))
            line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    Thread(target=serve, daemon=True).start()


@pytest.mark.usefixtures("known")
def test_over_tls_it_arrives(server: RawServer, authority: trustme.CA) -> None:
    encrypted(server, authority, "127.0.0.1", [])
    assert post(server.url, "{}", {}) == 200


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("is_stranger", [True, False], ids=["unknown authority", "another host"])
def test_nothing_is_posted_to_whom_the_certificate_does_not_fit(
    server: RawServer, authority: trustme.CA, is_stranger: bool
) -> None:
    answered: list[bytes] = []
    encrypted(
        server, trustme.CA() if is_stranger else authority, "127.0.0.1" if is_stranger else "example.org", answered
    )
    assert "The certificate of 127.0.0.1:" in said(server.url)
    assert answered == []
