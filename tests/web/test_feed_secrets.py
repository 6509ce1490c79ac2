"""Secret feeds over HTTP: a token opens one feed, until it is revoked, and nothing tells a stranger that there is any."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from notifier.app import App
from notifier.core.readership import Token
from notifier.tick import Ticker
from notifier.web.tokens import KnownTokens
from tests.web.sites import NOW, a_client, a_site

TOKEN = base64.urlsafe_b64encode(bytes(range(200, 232))).decode().rstrip("=")
OTHER = base64.urlsafe_b64encode(bytes(range(32))).decode().rstrip("=")
FEEDS = "  all: {title: All}\n  team: {title: Team, secret: true}\n"


def address(token: str) -> str:
    return f"/feeds/private/{token}.ics"


def a_token(token: str = TOKEN, *, name: str = "one", feed: str = "team") -> Token:
    digest = hashlib.sha256(token.encode()).hexdigest()
    return Token(id=name, feed=feed, holder="Ann Example", digest=digest, made_at=NOW)


def with_feeds(app: App, feeds: str) -> None:
    text = app.config.read_text(encoding="utf-8")
    head = text[: text.index("\nfeeds:")]
    app.config.write_text(f"{head}\nfeeds:\n{feeds}\nsending: {{live: false}}\n", encoding="utf-8")
    app.refresh()
    app.tick()


@pytest.fixture
def secret(tmp_path: Path) -> Iterator[App]:
    """A site with a secret feed, ticked, and a token to it."""
    app = a_site(tmp_path)
    with_feeds(app, FEEDS)
    app.ticker.wiring.ledger.add_token(a_token())
    yield app
    app.close()


def test_a_token_opens_its_feed_for_its_holder_alone(secret: App) -> None:
    answer = a_client(secret).get(address(TOKEN), headers={"accept-encoding": "identity"})
    assert answer.content == (secret.config.parent / "secret-feeds" / "team.ics").read_bytes()
    assert answer.headers["cache-control"] == "private, no-cache"
    assert answer.headers["x-robots-tag"] == "noindex"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert "team" not in str(answer.headers)
    assert "set-cookie" not in answer.headers


def test_a_holder_who_has_it_is_told_so(secret: App) -> None:
    client = a_client(secret)
    tag = client.get(address(TOKEN)).headers["etag"]
    answer = client.get(address(TOKEN), headers={"if-none-match": tag})
    assert (answer.status_code, answer.headers["cache-control"]) == (304, "private, no-cache")
    assert client.head(address(TOKEN)).content == b""


def test_what_opens_nothing_looks_like_what_was_never_there(secret: App) -> None:
    client = a_client(secret)
    nothing = client.get("/feeds/nothing.ics")
    for path in (
        address(OTHER),
        address(TOKEN[:-1]),
        address(TOKEN + "A"),
        address("team"),
        address("."),
        "/feeds/private/",
    ):
        answer = client.get(path)
        assert (answer.status_code, answer.text, dict(answer.headers)) == (404, nothing.text, dict(nothing.headers))


def test_a_revoked_token_opens_nothing_from_then_on(secret: App) -> None:
    client = a_client(secret)
    assert client.get(address(TOKEN)).status_code == 200
    secret.ticker.wiring.ledger.revoke_token("one", NOW)
    # Each request of this client has a loop of its own, and a loop's time goes on.
    asyncio.run(asyncio.sleep(1.1))
    assert client.get(address(TOKEN)).status_code == 404


def test_a_new_token_opens_its_feed_within_a_second_and_the_one_before_does_not(secret: App) -> None:
    client = a_client(secret)
    assert client.get(address(OTHER)).status_code == 404
    secret.ticker.wiring.ledger.add_token(a_token(OTHER, name="two"), instead_of="one")
    asyncio.run(asyncio.sleep(1.1))
    assert [client.get(address(token)).status_code for token in (OTHER, TOKEN)] == [200, 404]


@pytest.mark.parametrize("feeds", ["  all: {title: All}\n", "  all: {title: All}\n  team: {title: Team}\n"])
def test_a_token_to_a_feed_that_is_gone_or_public_opens_nothing(secret: App, feeds: str) -> None:
    with_feeds(secret, feeds)
    assert a_client(secret).get(address(TOKEN)).status_code == 404


def test_a_secret_feed_that_is_torn_is_unavailable(secret: App) -> None:
    (secret.config.parent / "secret-feeds" / "team.ics").write_bytes(b"BEGIN:VCALENDAR\r\n")
    assert a_client(secret).get(address(TOKEN)).status_code == 503


def test_while_the_ledger_can_not_be_read_no_token_opens_anything_and_nobody_loses_anything(secret: App) -> None:
    client = a_client(secret)
    (secret.config.parent / "notifier.db").unlink()
    assert [client.get(address(token)).status_code for token in (TOKEN, OTHER)] == [503, 503]


class Counted:
    """A ledger that counts how often its tokens were asked for, and answers what the real one does."""

    def __init__(self, app: App) -> None:
        self.times = 0
        self._ledger = app.ticker.wiring.ledger

    def tokens(self) -> object:
        self.times += 1
        return self._ledger.tokens()

    def close(self) -> None:
        self._ledger.close()


def test_however_many_tokens_are_tried_the_ledger_is_asked_once_a_second(secret: App) -> None:
    counted = Counted(secret)
    secret.ticker = Ticker(replace(secret.ticker.wiring, ledger=counted))  # type: ignore[arg-type]  # of a ledger so much is asked

    async def tried(known: KnownTokens) -> list[str | None]:
        return await asyncio.gather(*(known.feed_of(f"{number:043}") for number in range(200)), known.feed_of(TOKEN))

    assert asyncio.run(tried(KnownTokens(secret))) == [None] * 200 + ["team"]
    assert counted.times == 1


def test_no_token_reaches_the_log(secret: App) -> None:
    client = a_client(secret)
    with capture_logs() as logged:
        client.get(address(TOKEN))
        client.get(address(OTHER))
        (secret.config.parent / "secret-feeds" / "team.ics").unlink()
        secret.tick()
        (secret.config.parent / "notifier.db").unlink()
        client.get(address(TOKEN))
    assert [entry for entry in logged if TOKEN in str(entry) or OTHER in str(entry)] == []


def test_the_private_folder_can_not_be_listed_or_climbed_out_of(client: TestClient) -> None:
    for path in ("/feeds/private", "/feeds/private/", "/feeds/private/../all.ics", "/feeds/private/%2e%2e/all.ics"):
        assert client.get(path).status_code in (404, 200)
        assert "team" not in client.get(path).text


def test_later_days_do_not_bring_a_token_back(secret: App) -> None:
    ledger = secret.ticker.wiring.ledger
    ledger.revoke_token("one", NOW + timedelta(days=1))
    assert a_client(secret).get(address(TOKEN)).status_code == 404
