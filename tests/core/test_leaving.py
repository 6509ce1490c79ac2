"""The link by which one person leaves: nobody else's, nobody's to make up, and good for ever."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.leaving import SLOT, has_left, leaver, leaving_url, names_of, without_slot
from notifier.core.recipient import digest_of
from tests.builders import an_audience

KEY = b"a key of a test"
DIGEST = digest_of("choir", "kim@example.org")
LEFT_AT = datetime(2026, 12, 1, tzinfo=UTC)
digests = st.binary(min_size=16, max_size=16).map(bytes.hex)
names = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=64)
#: As in files: HMAC takes a key and the same with zeros behind it for one.
keys = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=80).map(str.encode)


def token(audience: str = "choir", digest: str = DIGEST, key: bytes = KEY) -> str:
    return leaving_url("https://events.example.org", audience, digest, key).rpartition("/")[2]


def test_a_link_names_the_audience_and_no_address() -> None:
    link = leaving_url("https://events.example.org/", "choir", DIGEST, KEY)

    assert link.startswith("https://events.example.org/leave/choir/")
    assert len(link.rpartition("/")[2]) == 43
    assert "kim" not in link


def test_a_link_in_an_old_mail_is_the_one_that_is_written_today() -> None:
    assert token() == "oauPhOzJo-TJ7tsb3EOyUDSLVMn9RnIQlhUj7VOlqLY"


@given(digests, names, keys)
def test_whoever_follows_their_link_is_known_by_it(digest: str, name: str, key: bytes) -> None:
    assert leaver(name, token(name, digest, key), key) == digest


@given(digests, names, names, keys, keys)
def test_a_link_of_another_audience_or_key_is_nobodys(
    digest: str, name: str, other: str, key: bytes, another: bytes
) -> None:
    known = token(name, digest, key)

    assert leaver(other, known, key) == (digest if other == name else None)
    assert leaver(name, known, another) == (digest if another == key else None)


@given(digests, st.integers(0, 42), st.characters())
def test_a_link_with_one_sign_changed_is_nobodys(digest: str, place: int, sign: str) -> None:
    known = token(digest=digest)
    changed = known[:place] + sign + known[place + 1 :]

    assert leaver("choir", changed, KEY) == (digest if changed == known else None)


@given(st.one_of(st.text(), st.binary(max_size=60).map(lambda raw: base64.urlsafe_b64encode(raw).decode())))
def test_whatever_else_is_tried_is_nobodys(text: str) -> None:
    assert leaver("choir", text, KEY) is None


@pytest.mark.parametrize("spoilt", [f"{token()}=", f" {token()}", f"{token()}\n", token()[:-1], f"{token()}A", ""])
def test_a_token_is_spelt_in_one_way_only(spoilt: str) -> None:
    assert leaver("choir", spoilt, KEY) is None


def test_links_are_never_signed_with_nothing() -> None:
    with pytest.raises(ValueError, match="empty key"):
        leaving_url("https://events.example.org", "choir", DIGEST, b"")


@pytest.mark.parametrize("text", ["kim@example.org", "", DIGEST.upper(), DIGEST[:-1]])
def test_only_a_digest_stands_in_a_link(text: str) -> None:
    with pytest.raises(ValueError, match="is not a digest"):
        leaving_url("https://events.example.org", "choir", text, KEY)


def test_who_left_under_a_name_that_the_audience_had_has_left_it() -> None:
    choir = an_audience(name="choir", formerly=("singers", "voices"))
    left = {"singers": {digest_of("singers", "kim@example.org"): (LEFT_AT, "one-click")}, "choir": {}}

    assert names_of(choir) == ("choir", "singers", "voices")
    assert has_left(choir, "Kim@Example.org", left)
    assert not has_left(choir, "lee@example.org", left)
    assert not has_left(an_audience(name="choir"), "kim@example.org", left)


@given(st.text(), st.text())
def test_no_slot_is_left_in_what_is_scrubbed(before: str, after: str) -> None:
    assert SLOT not in without_slot(f"{before}{SLOT}{SLOT}{after}")
