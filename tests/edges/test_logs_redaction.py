"""Whatever a secret stands in, no line of the log has it: the forms in which this program and its libraries write them."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.leaving import leaving_url
from notifier.core.posting import new_secret
from notifier.edges.logs import HIDDEN, configure, redact, redacted

pytestmark = pytest.mark.usefixtures("logging_as_before")

#: What people have as passwords, the signs among them that end a word elsewhere.
_SIGNS = "abcXYZ0189-_.~!$*+%/@:?=#|^"
#: Long enough that none is in the rest of a line by chance.
passwords = st.text(st.sampled_from(_SIGNS), min_size=6, max_size=40).map(lambda text: f"zq{text}qz")
#: As `secrets.token_urlsafe(32)` makes them: cookies, feed tokens, links.
tokens = st.integers(0).map(
    lambda seed: base64.urlsafe_b64encode(hashlib.sha256(str(seed).encode()).digest()).decode().rstrip("=")
)

FORMS: dict[str, tuple[st.SearchStrategy[str], Callable[[str], str]]] = {
    "a database's address": (passwords, lambda secret: f"postgresql://notifier:{secret}@db.example.org:5432/notifier"),
    "with its driver": (passwords, lambda secret: f"can't connect to postgresql+psycopg://u:{secret}@[::1]/n now"),
    "in the query": (passwords, lambda secret: f"postgresql://db.example.org/n?user=u&password={secret}"),
    "both": (passwords, lambda secret: f"(postgresql://u:{secret}@h.example.org/n?password={secret}&x=1)"),
    "as libpq has it": (tokens, lambda secret: f"host=db.example.org user=u password={secret} dbname=n"),
    "in quotes": (tokens, lambda secret: f"connect(host='h', password='{secret}', port=5)"),
    "of the environment": (tokens, lambda secret: f"PGPASSWORD={secret} notifier run"),
    "in JSON": (tokens, lambda secret: json.dumps({"client_secret": secret, "n": 1})),
    "in the repr of a mapping": (tokens, lambda secret: repr({"api_key": secret})),
    "a bearer": (tokens, lambda secret: f"Authorization: Bearer {secret}"),
    "another scheme": (passwords, lambda secret: f"GET /\nAuthorization: Token {secret}\nAccept: */*"),
    "a cookie": (tokens, lambda secret: f"Cookie: a=b; __Host-notifier={secret}"),
    "an API token": (tokens, lambda secret: f"refused notifier_{secret}."),
    "a secret feed": (tokens, lambda secret: f"GET /feeds/private/{secret}.ics 404"),
    "its whole address": (tokens, lambda secret: f"<https://www.example.org/feeds/private/{secret}.ics>"),
    "a cut token of a feed": (tokens, lambda secret: f"/feeds/private/{secret[:20]}"),
    "a link to leave": (tokens, lambda secret: f"POST /leave/newsletter/{secret} 200"),
    "a link of welcome": (tokens, lambda secret: f"http://127.0.0.1:8000/welcome/{secret}"),
    "by itself": (tokens, lambda secret: f"no session {secret} is there"),
    "a query": (passwords, lambda secret: f"https://hooks.example.org/in?key={secret}"),
    "a Sentry DSN": (tokens, lambda secret: f"https://{secret}@o1.ingest.example.org/1 answered 403"),
    "an address": (tokens, lambda secret: f"550 <{secret}@mail.example.org> is unknown"),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@given(found=st.data())
def test_no_form_of_a_secret_is_logged(form: str, found: st.DataObject) -> None:
    made, written = FORMS[form]
    secret = found.draw(made)
    text = redacted(written(secret))
    assert secret not in text
    assert HIDDEN in text


@given(form=st.sampled_from(sorted(FORMS)), secret=tokens, wraps=st.lists(st.integers(0, 4), max_size=5))
def test_no_secret_is_logged_however_deep_it_lies(form: str, secret: str, wraps: list[int]) -> None:
    value: Any = FORMS[form][1](secret)
    around: list[Callable[[Any], Any]] = [
        lambda inner: [1, inner],
        lambda inner: (inner, None),
        lambda inner: {"why": inner, "n": 2},
        lambda inner: {str(inner): True},
        ValueError,
    ]
    for number in wraps:
        value = around[number](value)
    assert secret not in json.dumps(redact(None, "info", {"event": "tick_failed", "why": value}))


@given(form=st.sampled_from(sorted(FORMS)), secret=tokens, as_json=st.booleans())
def test_no_secret_of_an_exception_or_of_what_led_to_it_is_logged(form: str, secret: str, as_json: bool) -> None:
    stream = io.StringIO()
    configure(stream=stream, json=as_json)
    text = FORMS[form][1](secret)
    try:
        try:
            raise KeyError(text)
        except KeyError as cause:
            raise ValueError(f"could not: {text}") from cause
    except ValueError:
        structlog.get_logger().exception("tick_broke")
    assert secret not in stream.getvalue()
    assert "ValueError" in stream.getvalue()


@given(
    secret=passwords, name=st.sampled_from(["dsn", "PGPASSWORD", "db_pwd", "passphrase", "private_key", "credentials"])
)
def test_what_is_named_as_a_secret_is_hidden_in_whatever_it_lies(secret: str, name: str) -> None:
    assert redacted({"database": [{name: {"value": secret}}]}) == {"database": [{name: HIDDEN}]}


@given(key=st.binary(min_size=16, max_size=32), random=st.binary(min_size=24, max_size=64))
def test_what_this_program_makes_is_hidden_as_it_makes_it(key: bytes, random: bytes) -> None:
    url = leaving_url("https://www.example.org", "newsletter", "0f" * 16, key)
    assert redacted(f"POST {url}") == f"POST https://www.example.org/leave/newsletter/{HIDDEN}"
    assert redacted(f"secret {new_secret(random)}") == f"secret {HIDDEN}"


@pytest.mark.parametrize(
    "text",
    [
        "providers.letters.password: The environment variable LETTERS is not set.",
        "secret_key: needs exactly one of env and file.",
        "_events/2026-10-14-a-plain-announcement-of-a-meeting-x.md:3: start: is no time.",
        "https://www.example.org/events/one",
        "/feeds/all.ics",
        "/leave/newsletter",
        "sqlite:////srv/notifier/notifier.db",
        "deadbeef" * 8,
        "tick_finished in 3 s: 4 tokens are known",
    ],
)  # fmt: skip
def test_what_says_no_secret_is_logged_as_it_is(text: str) -> None:
    assert redacted(text) == text
