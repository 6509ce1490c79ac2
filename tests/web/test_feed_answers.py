"""Feeds over HTTP: what calendar programs need, and never an empty or a wrong body."""

from __future__ import annotations

import gzip
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.robotparser import RobotFileParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from notifier.app import App
from notifier.edges.clock import FixedClock
from notifier.web import build
from notifier.web.feeds import FeedAnswers
from notifier.web.served import http_date, prepare
from tests.web.sites import NOW, a_client

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


@pytest.mark.parametrize(
    "body",
    [b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", b"<html>", b"END:VCALENDAR\r\n", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR"],
)
def test_a_torn_or_foreign_file_is_unavailable(site: App, body: bytes) -> None:
    (site.config.parent / "feeds" / "all.ics").write_bytes(body)
    assert a_client(site).get(ALL).status_code == 503


def test_a_file_that_is_torn_later_keeps_its_last_good_state(site: App) -> None:
    site.tick()
    client, good = a_client(site), published(site)
    client.get(ALL)
    site.clock = FixedClock(NOW + timedelta(minutes=1))
    site.tick()
    (site.config.parent / "feeds" / "all.ics").write_bytes(good[:5000])
    assert client.get(ALL, headers=PLAIN).content == good


def test_what_outlook_asks_for_packed_it_gets_unpacked(client: TestClient) -> None:
    outlook = "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17328; Pro)"
    answer = client.get(ALL, headers={"accept-encoding": "gzip, deflate", "user-agent": outlook})
    assert (answer.status_code, answer.headers.get("content-encoding")) == (200, None)


A = b"BEGIN:VCALENDAR\r\nNAME:A\r\nLAST-MODIFIED:20261101T101112Z\r\nBEGIN:VEVENT\r\nLAST-MODIFIED:20261101T101112Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
WRITTEN = "Sun, 01 Nov 2026 10:11:12 GMT"


@pytest.fixture
def dated(site: App) -> TestClient:
    (site.config.parent / "feeds" / "all.ics").write_bytes(A)
    return a_client(site)


def test_a_calendar_says_when_it_last_changed_and_says_so_on_every_machine(dated: TestClient) -> None:
    assert dated.get(ALL).headers["last-modified"] == dated.head(ALL).headers["last-modified"] == WRITTEN


def test_a_calendar_that_does_not_say_when_it_changed_has_no_date(site: App) -> None:
    (site.config.parent / "feeds" / "all.ics").write_bytes(
        A.replace(b"LAST-MODIFIED:20261101T101112Z\r\nBEGIN", b"BEGIN")
    )
    assert "last-modified" not in a_client(site).get(ALL).headers


@pytest.mark.parametrize(
    ("since", "status"),
    [
        (WRITTEN, 304),
        ("Sunday, 01-Nov-26 10:11:12 GMT", 304),
        ("Sun Nov  1 10:11:12 2026", 304),
        ("Mon, 02 Nov 2026 00:00:00 GMT", 304),
        ("Sun, 01 Nov 2026 10:11:11 GMT", 200),
        ("Sunday, 01-Nov-94 10:11:12 GMT", 200),
        ("Sun, 01 Nov 2026 10:11:12 +0000", 200),
        ("Sun, 1 Nov 2026 10:11:12 GMT", 200),
        ("Sun, 01 nov 2026 10:11:12 GMT", 200),
        ("Tue, 31 Nov 2026 10:11:12 GMT", 200),
        ("2026-11-01T10:11:12Z", 200),
        ("9" * 5000, 200),
        ("", 200),
    ],
)
def test_who_has_it_by_its_date_is_told_so_and_a_bad_date_says_nothing(
    dated: TestClient, since: str, status: int
) -> None:
    assert dated.get(ALL, headers={"if-modified-since": since}).status_code == status


def test_the_tag_is_a_surer_word_than_the_date(dated: TestClient) -> None:
    assert dated.get(ALL, headers={"if-modified-since": WRITTEN, "if-none-match": '"other"'}).status_code == 200


def test_what_changed_without_a_later_date_is_not_told_by_its_date() -> None:
    before = prepare(A, "inline")
    after = prepare(A.replace(b"NAME:A", b"NAME:B"), "inline", before=before)
    assert after.answer({b"if-modified-since": WRITTEN.encode()}).status == 200
    later = prepare(A.replace(b"20261101T101112Z", b"20261102T101112Z"), "inline", before=after)
    assert later.answer({b"if-modified-since": b"Mon, 02 Nov 2026 10:11:12 GMT"}).status == 304


def test_a_304_says_what_a_cache_needs_and_no_more(dated: TestClient) -> None:
    answer = dated.get(ALL, headers={"if-none-match": dated.get(ALL).headers["etag"]})
    assert set(answer.headers) == {"cache-control", "cross-origin-resource-policy", "vary", "last-modified", "etag"}


@given(
    st.text(max_size=60) | st.from_regex(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT", fullmatch=True)
)
def test_no_text_breaks_the_reading_of_dates(text: str) -> None:
    found = http_date(text.encode("utf-8", "replace"))
    assert found is None or found.tzinfo is not None


@given(st.datetimes(datetime(1970, 1, 1), datetime(2999, 1, 1)))
def test_a_date_that_is_written_is_read_back(moment: datetime) -> None:
    moment = moment.replace(microsecond=0, tzinfo=UTC)
    assert http_date(format_datetime(moment, usegmt=True).encode()) == moment


def configured(site: App, feeds: str) -> App:
    """The site with these feeds in place of its own, ticked."""
    text = site.config.read_text(encoding="utf-8")
    head = text[: text.index("\nfeeds:")]
    site.config.write_text(f"{head}\nfeeds:\n{feeds}\nsending: {{live: false}}\n", encoding="utf-8")
    site.refresh()
    site.tick()
    return site


MOVED = "  everything: {title: All, formerly: [all, before]}\n  team: {title: Team, secret: true, formerly: [staff]}\n"


@pytest.mark.parametrize("old", ["all", "before"])
def test_an_old_address_leads_to_the_new_one(site: App, old: str) -> None:
    client = a_client(configured(site, MOVED))
    for answer in (client.get(f"/feeds/{old}.ics"), client.head(f"/feeds/{old}.ics")):
        assert (answer.status_code, answer.headers["location"]) == (301, "/feeds/everything.ics")
    assert client.get(f"/feeds/{old}-archive.ics").headers["location"] == "/feeds/everything-archive.ics"
    assert client.get("/feeds/everything.ics").status_code == 200


@pytest.mark.parametrize("name", ["team", "staff", "team-archive", "staff-archive", "secret-feeds", "private"])
def test_of_a_secret_feed_there_is_nothing_at_any_public_address(site: App, name: str) -> None:
    assert a_client(configured(site, MOVED)).get(f"/feeds/{name}.ics").status_code == 404


def test_an_archive_is_there_once_something_is_in_it(site: App) -> None:
    client = a_client(site)
    assert client.get("/feeds/all-archive.ics").status_code == 404
    (site.config.parent / "feeds" / "all-archive.ics").write_bytes(A)
    answer = client.get("/feeds/all-archive.ics", headers=PLAIN)
    assert (answer.content, answer.headers["content-disposition"]) == (A, 'inline; filename="all-archive.ics"')


def test_what_a_tick_published_before_it_failed_is_served_within_a_minute(site: App) -> None:
    feeds = FeedAnswers(site)
    client = TestClient(build(site, feeds=feeds), base_url="http://127.0.0.1:8000")
    client.get(ALL)
    (site.config.parent / "feeds" / "all.ics").write_bytes(A)
    assert client.get(ALL, headers=PLAIN).content != A
    feeds._public.kept["all"] = replace(feeds._public.kept["all"], until=time.monotonic())
    assert client.get(ALL, headers=PLAIN).content == A


def test_an_archive_that_was_withdrawn_is_gone(site: App) -> None:
    site.tick()
    path, client = site.config.parent / "feeds" / "all-archive.ics", a_client(site)
    path.write_bytes(A)
    assert client.get("/feeds/all-archive.ics").status_code == 200
    path.unlink()
    site.tick()
    assert client.get("/feeds/all-archive.ics").status_code == 404


def test_what_was_public_before_a_feed_was_secret_is_no_last_good_state(site: App) -> None:
    client = a_client(configured(site, "  all: {title: All}\n"))
    assert client.get(ALL).status_code == 200
    configured(site, "  all: {title: All, secret: true}\n")
    assert client.get(ALL).status_code == 404
    configured(site, "  all: {title: All}\n")
    (site.config.parent / "feeds" / "all.ics").unlink()
    site.tick()
    assert client.get(ALL).status_code == 503


def test_robots_may_read_feeds_and_nothing_else(client: TestClient) -> None:
    answer, rules = client.get("/robots.txt"), RobotFileParser()
    rules.parse(answer.text.splitlines())
    for agent in ("Google-Calendar-Importer", "Anybot/1.0"):
        assert rules.can_fetch(agent, ALL)
        assert rules.can_fetch(agent, "/feeds/events/abc.ics")
        assert not rules.can_fetch("Anybot/1.0", "/events")
    assert not rules.can_fetch("Anybot/1.0", "/feeds/private/abc.ics")
    # It asks before it reads, and holders of a secret feed may use it.
    assert rules.can_fetch("Google-Calendar-Importer", "/feeds/private/abc.ics")


def test_a_bug_in_answering_is_told_without_the_address(site: App) -> None:
    app = a_client(site)
    site.settings = None  # type: ignore[assignment]  # wrong on purpose
    with capture_logs() as logged:
        answer = app.get("/feeds/private/" + "s" * 43 + ".ics")
        other = app.get("/feeds/hidden-name.ics")
    assert (answer.status_code, other.status_code) == (500, 500)
    assert [entry["event"] for entry in logged] == ["feed_failed", "feed_failed"]
    assert "sss" not in str(logged)
    assert "hidden-name" not in str(logged)


def test_the_same_bytes_always_pack_to_the_same_bytes() -> None:
    one, other = prepare(A, "inline"), prepare(A, "inline")
    assert one == other
    assert gzip.decompress(one.packed.body) == one.body
