"""The manifest of a folder of calendars: exact, and refused rather than guessed."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.manifest import Listing, Manifest, adopted, is_ours, later, outrun, read_manifest
from notifier.errors import UserError
from tests.builders import UID, a_seen_event, at

NOW = at("2026-12-01 09:00")
ONE = timedelta(seconds=1)
MANIFEST = Manifest(
    site="example",
    feeds=(Listing(name="all", file="all.ics", sha256="0" * 64, events=2),),
    revisions={UID: (3, NOW), "own “uid”": (0, NOW)},
    files=frozenset({"all.ics", "events/abc.ics", "subscribe-all.html"}),
)


def changed(**fields: Any) -> bytes:
    return json.dumps(json.loads(MANIFEST.as_bytes()) | fields).encode()


def refusal(data: bytes, site: str = "example") -> str:
    with pytest.raises(UserError) as raised:
        read_manifest(data, site, "out/manifest.json")
    return raised.value.message


def test_what_is_read_is_what_was_written() -> None:
    assert read_manifest(MANIFEST.as_bytes(), "example", "out/manifest.json") == MANIFEST


def test_an_empty_one_is_read_too() -> None:
    empty = Manifest(site="example")
    assert read_manifest(empty.as_bytes(), "example", "out/manifest.json") == empty


def test_no_order_of_sets_and_mappings_is_seen_in_the_bytes() -> None:
    turned = Manifest(
        site="example",
        feeds=MANIFEST.feeds,
        revisions={uid: MANIFEST.revisions[uid] for uid in sorted(MANIFEST.revisions, reverse=True)},
        files=frozenset(sorted(MANIFEST.files, reverse=True)),
    )
    assert turned.as_bytes() == MANIFEST.as_bytes()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"name": "An app", "icons": []}',
        MANIFEST.as_bytes()[:-20],
        changed(feeds={}),
        changed(feeds=[1]),
        changed(feeds=[{"name": "all", "file": "../all.ics", "sha256": "0" * 64, "events": 1}]),
        changed(feeds=[{"name": "all", "file": "all.ics", "sha256": "none", "events": 1}]),
        changed(revisions=[]),
        changed(revisions={UID: [1]}),
        changed(revisions={UID: [-1, "2026-12-01T09:00:00Z"]}),
        changed(revisions={UID: [True, "2026-12-01T09:00:00Z"]}),
        changed(revisions={UID: [2**31, "2026-12-01T09:00:00Z"]}),
        changed(revisions={UID: [1, "2026-12-01T09:00:00"]}),
        changed(revisions={UID: [1, "soon"]}),
        changed(files=["../../etc/passwd.ics"]),
        changed(files=["events/deep/one.ics"]),
        changed(files=["index.php"]),
        changed(site=1),
    ],
)
def test_a_broken_one_is_refused_with_what_to_do(data: bytes) -> None:
    assert refusal(data) == (
        "out/manifest.json: is not a manifest as notifier writes it, so nothing was written. "
        "Put back the one that was there; if there was none of notifier's, move this file away."
    )


@given(
    st.binary(max_size=200)
    | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps).map(str.encode)
)
def test_no_bytes_are_more_than_a_refusal(data: bytes) -> None:
    assert refusal(data).startswith("out/manifest.json: ")


def test_a_newer_one_is_left_to_a_newer_notifier() -> None:
    assert "Use the newer notifier that wrote it." in refusal(changed(version=2))


def test_one_of_another_site_is_refused_with_both_names() -> None:
    said = refusal(MANIFEST.as_bytes(), site="other")
    assert "of the site 'example', and site.id is 'other'" in said
    assert "Give each site a folder of its own" in said


@pytest.mark.parametrize(
    ("sequence", "changed_at", "is_behind"),
    [
        pytest.param(3, NOW, False, id="the same"),
        pytest.param(4, NOW + ONE, False, id="later"),
        pytest.param(2, NOW + ONE, True, id="a lower number"),
        pytest.param(4, NOW - ONE, True, id="an earlier time"),
    ],
)
def test_the_ledger_is_behind_where_either_would_fall(sequence: int, changed_at: Any, is_behind: bool) -> None:
    seen = {UID: a_seen_event(sequence=sequence, changed_at=changed_at)}
    assert outrun(MANIFEST, seen) == ({UID: (3, NOW)} if is_behind else {})


def test_an_event_that_the_ledger_does_not_know_says_nothing_about_it() -> None:
    assert outrun(MANIFEST, {}) == {}


@pytest.mark.parametrize(("sequence", "days"), [(0, -9), (0, 9), (7, -9), (7, 9)])
def test_what_is_adopted_comes_after_both(sequence: int, days: int) -> None:
    old = a_seen_event(sequence=sequence, changed_at=NOW + timedelta(days=days))
    new = adopted(old, (3, NOW))
    assert (new.sequence, new.changed_at) == (max(sequence, 3), max(old.changed_at, NOW + ONE))
    assert outrun(MANIFEST, {UID: new}) == {}
    assert adopted(new, (3, NOW)) == new


def test_of_two_revisions_number_and_time_are_each_the_greater() -> None:
    assert later((3, NOW), (2, NOW + ONE)) == (3, NOW + ONE)


@pytest.mark.parametrize("data", [b"", b"BEGIN:VCALENDAR\r\nPRODID:-//Other//EN\r\n", b"<html>", b" " * 2000])
def test_a_file_that_does_not_say_that_it_is_ours_is_not(data: bytes) -> None:
    assert not is_ours(data)
