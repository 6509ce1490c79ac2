"""Feeds over HTTP: what calendar programs need, and never an empty or a wrong body."""

from __future__ import annotations

import gzip

import pytest
from starlette.testclient import TestClient

from notifier.app import App
from notifier.web.feeds import prepare
from tests.web.sites import a_client

ALL = "/feeds/all.ics"
PLAIN = {"accept-encoding": "identity"}


def published(site: App, name: str = "all.ics") -> bytes:
    return (site.config.parent / "feeds" / name).read_bytes()


def test_a_feed_is_exactly_what_was_published(client: TestClient, looked_at: App) -> None:
    answer = client.get(ALL, headers=PLAIN)
    assert answer.content == published(looked_at)
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["content-disposition"] == 'inline; filename="all.ics"'
    assert answer.headers["cache-control"] == "public, max-age=900, must-revalidate"
    assert answer.headers["content-length"] == str(len(published(looked_at)))
    assert "content-encoding" not in answer.headers


def test_head_says_the_same_without_a_body(client: TestClient) -> None:
    whole, head = client.get(ALL, headers=PLAIN), client.head(ALL, headers=PLAIN)
    assert head.content == b""
    assert dict(head.headers) == dict(whole.headers)


@pytest.mark.parametrize("asked", ["gzip", "deflate, gzip", "br;q=1, GZIP;q=0.5"])
def test_a_reader_that_asks_for_gzip_gets_it(client: TestClient, looked_at: App, asked: str) -> None:
    answer = client.get(ALL, headers={"accept-encoding": asked})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.content == published(looked_at)
    assert int(answer.headers["content-length"]) < len(published(looked_at))


@pytest.mark.parametrize("asked", ["identity", "br", "gzip;q=0", "gzip; q=0.000", "", "*"])
def test_a_reader_that_does_not_ask_for_gzip_does_not_get_it(client: TestClient, asked: str) -> None:
    answer = client.get(ALL, headers={"accept-encoding": asked})
    assert "content-encoding" not in answer.headers
    assert answer.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize("coding", ["identity", "gzip"])
@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "*"])
def test_a_reader_that_has_it_is_told_so(client: TestClient, coding: str, form: str) -> None:
    tag = client.get(ALL, headers={"accept-encoding": coding}).headers["etag"]
    answer = client.get(ALL, headers={"accept-encoding": coding, "if-none-match": form.format(tag)})
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == tag
    assert "content-length" not in answer.headers


def test_the_packed_and_the_plain_form_have_tags_of_their_own(client: TestClient) -> None:
    tags = {client.get(ALL, headers={"accept-encoding": coding}).headers["etag"] for coding in ("identity", "gzip")}
    assert len(tags) == 2


@pytest.mark.parametrize("tag", ['"other"', "not a tag", '""', 'W/"x", "y"'])
def test_a_reader_that_has_another_gets_this_one(client: TestClient, looked_at: App, tag: str) -> None:
    answer = client.get(ALL, headers=PLAIN | {"if-none-match": tag})
    assert (answer.status_code, answer.content) == (200, published(looked_at))


def test_a_query_changes_nothing(client: TestClient, looked_at: App) -> None:
    assert client.get(f"{ALL}?utm_source=x", headers=PLAIN).content == published(looked_at)


def test_calendars_reach_a_feed_by_any_name_of_the_server(client: TestClient) -> None:
    assert client.get(ALL, headers={"host": "www.example.org"}).status_code == 200


def test_a_feed_that_is_not_configured_is_not_there(client: TestClient) -> None:
    answer = client.get("/feeds/nothing.ics")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/plain; charset=utf-8")
    assert answer.text == "There is no feed of this name. /feeds lists them.\n"


def without_feeds(site: App) -> TestClient:
    for path in (site.config.parent / "feeds").iterdir():
        path.unlink()
    return a_client(site)


def test_a_feed_that_is_not_published_yet_is_unavailable_and_not_empty(site: App) -> None:
    answer = without_feeds(site).get(ALL)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "60"
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"


def test_a_feed_that_was_cut_to_nothing_is_unavailable_and_not_empty(site: App) -> None:
    (site.config.parent / "feeds" / "all.ics").write_bytes(b"")
    assert a_client(site).get(ALL).status_code == 503


def test_what_an_earlier_run_published_is_served_before_the_first_tick(site: App) -> None:
    assert a_client(site).get(ALL, headers=PLAIN).content == published(site)


def test_a_feed_that_disappears_keeps_its_last_good_state(site: App) -> None:
    client, good = a_client(site), published(site)
    client.get(ALL)
    without_feeds(site)
    site.tick()
    assert client.get(ALL, headers=PLAIN).content == good


def test_a_tick_that_changes_a_feed_changes_the_answer_and_its_tag(site: App) -> None:
    client = a_client(site)
    site.tick()
    before = client.get(ALL).headers["etag"]
    path = next((site.config.parent / "_events").glob("*open-studio.md"))
    path.write_text(path.read_text(encoding="utf-8").replace("bring a map", "bring two maps"), encoding="utf-8")
    site.tick()
    answer = client.get(ALL, headers={"if-none-match": before})
    assert answer.status_code == 200
    assert b"bring two maps" in answer.content


def test_the_same_bytes_always_pack_to_the_same_bytes() -> None:
    one, other = prepare("all", b"BEGIN:VCALENDAR\r\n"), prepare("all", b"BEGIN:VCALENDAR\r\n")
    assert one == other
    assert gzip.decompress(one.packed) == one.body
