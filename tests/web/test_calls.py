"""Calls from Mailchimp: a hint to read there soon. Forged, repeated or odd ones do nothing more, and no secret is told."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from notifier.app import App, open_app
from notifier.cli.checkup import _calls
from notifier.core.calls import call_secret, call_url, is_call_of, is_call_signed
from notifier.edges.clock import FixedClock
from tests.builders import at
from tests.web.sites import a_client

NOW = at("2026-12-07 10:00")
KEY, SIGNING = "a key that only this machine has", "what Mailchimp showed once"
FORM = urlencode(
    {"type": "campaign", "fired_at": "2026-12-07 10:00:00", "data[id]": "a1", "data[status]": "sent"}
).encode()
CONFIG = """\
site: {id: example, name: Example, domain: example.org, url: https://www.example.org,
  public_url: https://events.example.org, postal_address: "1 Example Street"}
sources: [{name: open, folder: ., events: [{files: none.md}]}]
providers:
  chimp: {type: mailchimp, api_key: {file: key}, base_url: "http://127.0.0.1:9"}
  signed: {type: mailchimp, api_key: {file: key}, base_url: "http://127.0.0.1:9", webhook: {file: signing}}
  folder: {type: outbox, folder: out}
audiences: {choir: {provider: chimp, list: 1a2b3c4d5e}, board: {provider: signed, list: 2b2b3c4d5e}}
secret_key: {file: key}
"""


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    for name, text in (("config.yaml", CONFIG), ("key", KEY), ("signing", SIGNING)):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o600)
    app = open_app(tmp_path / "config.yaml", clock=FixedClock(NOW))
    yield app
    app.close()


@pytest.fixture
def woken(app: App) -> list[bool]:
    found: list[bool] = []
    app.wake = lambda: found.append(True)
    return found


def path(name: str = "chimp", key: str = KEY) -> str:
    return call_url("", name, key.encode())


def signed(body: bytes, secret: str = SIGNING, stamp: str = "1796637600") -> dict[str, str]:
    digest = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {"X-Mailchimp-Signature": f"t={stamp},v1={digest}"}


def called(app: App) -> set[str]:
    return set(app.ticker.lookout._called)


def test_a_call_lets_the_provider_be_read_at_the_next_tick_and_that_come_soon(app: App, woken: list[bool]) -> None:
    answer = a_client(app, host="events.example.org").post(path(), content=FORM)
    assert (answer.status_code, woken, called(app)) == (200, [True], {"chimp"})
    assert "content-security-policy" in answer.headers


def test_mailchimp_may_look_whether_the_address_is_there(app: App, woken: list[bool]) -> None:
    client = a_client(app)
    assert [client.get(path()).status_code, client.head(path()).status_code, woken] == [200, 200, []]
    assert client.head(path()).content == b""


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "wrong",
    [path(key="another key"), path("signed").replace("signed", "chimp"), "/hooks/mailchimp/chimp", "/hooks/mailchimp/chimp/",
     path("folder"), path("nobody"), path() + "/", path()[:-1], "/hooks/mailchimp/", path().replace("/chimp/", "/chimp%0a/")],
)  # fmt: skip
def test_without_the_right_secret_there_is_nothing(app: App, woken: list[bool], method: str, wrong: str) -> None:
    answer = a_client(app).request(method, wrong, content=FORM if method == "POST" else None)
    assert (answer.status_code, woken, called(app)) == (404, [], set())


def test_where_a_secret_for_signing_is_set_only_what_is_signed_is_taken(app: App, woken: list[bool]) -> None:
    client = a_client(app)
    for headers in ({}, signed(FORM, "another"), signed(b"else"), {"X-Mailchimp-Signature": "t=1,v1="}):
        assert client.post(path("signed"), content=FORM, headers=headers).status_code == 403
    assert called(app) == set()
    assert client.post(path("signed"), content=FORM, headers=signed(FORM)).status_code == 200
    assert (called(app), woken) == ({"signed"}, [True])


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff\xfe", b"type=subscribe", b"type", b"{}", b"&" * 5000, urlencode({"data[type]": "campaign"}).encode()],
)
def test_what_says_nothing_about_a_campaign_is_answered_and_forgotten(app: App, woken: list[bool], body: bytes) -> None:
    assert a_client(app).post(path(), content=body).status_code == 200
    assert (called(app), woken) == (set(), [])


@pytest.mark.parametrize("size", [65_537, 3_000_000])
def test_a_body_without_end_is_not_read_to_its_end(app: App, woken: list[bool], size: int) -> None:
    assert a_client(app).post(path(), content=FORM + b"&x=" + b"x" * size).status_code == 413
    assert woken == []


def test_however_many_come_ticks_are_not_hurried_more_than_twice_a_minute(app: App, woken: list[bool]) -> None:
    client = a_client(app)
    assert {client.post(path(), content=FORM).status_code for _ in range(50)} == {200}
    assert woken == [True]
    app.clock = FixedClock(NOW + timedelta(seconds=31))
    client.post(path(), content=FORM)
    assert woken == [True, True]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
def test_nothing_else_is_let_through(app: App, method: str) -> None:
    assert a_client(app).request(method, path()).status_code == 405


@pytest.mark.parametrize("name", ["chimp", "signed"])
def test_no_secret_reaches_the_log(app: App, name: str) -> None:
    client = a_client(app)
    with capture_logs() as logs:
        client.post(path(name), content=FORM)
        client.post(path(name), content=FORM, headers=signed(FORM))
        (app.config.parent / "key").chmod(0o644)
        assert client.post(path(name), content=FORM).status_code == 503
    told = repr(logs)
    assert [secret for secret in (KEY, SIGNING, call_secret(name, KEY.encode())) if secret in told] == []
    assert "call_taken" in told


def test_the_address_is_another_for_each_provider_and_key_and_always_the_same() -> None:
    found = {call_secret(name, key) for name in ("a", "b") for key in (b"x", b"y")}
    assert len(found) == 4
    assert call_secret("a", b"x") in found


def test_with_no_key_no_address_is_right() -> None:
    with pytest.raises(ValueError, match="empty key"):
        call_secret("a", b"")
    assert not is_call_of("a", "", b"")


@given(signature=st.text(max_size=90), secret=st.binary(min_size=1, max_size=8))
def test_no_made_up_signature_is_right(signature: str, secret: bytes) -> None:
    assert not is_call_signed(signature, b"body", secret)
    assert not is_call_signed(signature, b"body", b"")


def test_doctor_says_which_address_to_enter_and_where(app: App) -> None:
    one, other = _calls(app)
    assert f"https://events.example.org{path()}" in one.text
    assert ("signed" in other.text, one.ok, other.ok) == (True, True, True)
    assert "Webhooks" in one.hint
