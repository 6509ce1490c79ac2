"""What nobody may do to the console, and what it never gives away."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from notifier.app import App
from tests.web.sites import a_client, address_of

PAGES = (
    "/",
    "/events",
    "/outbox",
    "/feeds",
    "/healthz",
    "/readyz",
    "/metrics",
    "/nowhere",
    "/static/console.css",
    "/feeds/all.ics",
)
SCRIPT = "<script>alert(1)</script>"


@pytest.mark.parametrize("page", PAGES)
def test_every_answer_forbids_script_framing_sniffing_and_referrers(client: TestClient, page: str) -> None:
    fields = client.get(page).headers
    assert "script-src 'none'" in fields["content-security-policy"]
    assert "frame-ancestors 'none'" in fields["content-security-policy"]
    assert fields["x-content-type-options"] == "nosniff"
    assert fields["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in fields


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
def test_nothing_but_reading_is_allowed(client: TestClient, page: str, method: str) -> None:
    answer = client.request(method, page)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"
    assert "content-security-policy" in answer.headers


@pytest.mark.parametrize("page", ["/", "/events", "/healthz"])
def test_head_is_as_good_as_get(client: TestClient, page: str) -> None:
    assert client.head(page).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example.com", "127.0.0.1.evil.example.com", "localhost.evil.example.com", "evil.example.com:8000", "", "a b",
     "127.0.0.1@evil.example.com", "[::1", "127.0.0.2", "localhost,evil.example.com"],
)  # fmt: skip
def test_a_page_that_pretends_to_be_the_console_is_refused(client: TestClient, host: str) -> None:
    answer = client.get("/", headers={"host": host})
    assert answer.status_code == 400
    assert "Shared streets" not in answer.text


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:1", "[::1]:8000", "LOCALHOST"])
def test_the_console_answers_by_every_name_of_this_machine(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/feeds/../config.yaml", "/feeds/%2e%2e%2fconfig.yaml", "/feeds/..%2f..%2fsecret_key", "/feeds/all.ics%00",
     "/feeds/all.ics/", "/feeds/ALL.ics", "/feeds//all.ics", "/feeds/all", "/feeds/all.ics%0a", "/feeds/%ff.ics",
     "/feeds/.ics", "/feeds/all.html", "/static/../console.py", "/static/%2e%2e/console.py", "/static/..%2fconsole.py",
     "/outbox/../config.yaml", "/outbox/..%2f..%2fconfig.yaml", "/outbox/%2e%2e%2f", "/outbox/zzzzzzzzzzzz",
     "/outbox/0123456789ab", "/outbox/0123456789ab/message.html", "/events/..%2f..%2fsecret_key", "/preview/nobody",
     "http://127.0.0.1:8000//evil.example.com/", "/%2f%2fevil.example.com"],
)  # fmt: skip
def test_a_path_that_is_none_of_ours_shows_nothing(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "BEGIN:VCALENDAR" not in answer.text


@pytest.mark.parametrize("name", ["delivery.json", "..%2fdelivery.json", "%2e%2e", "message.HTML", "message.html.bak"])
def test_only_the_four_files_of_a_message_can_be_had(client: TestClient, name: str) -> None:
    address = address_of(client, "/outbox?status=sent", "Shared streets: community call")
    assert client.get(f"{address}/{name}").status_code == 404


def test_a_message_is_framed_without_origin_script_and_requests(client: TestClient) -> None:
    address = address_of(client, "/outbox?status=sent", "Shared streets: community call")
    policy = client.get(f"{address}/message.html").headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none';")
    assert "script" not in policy
    assert re.search(r"<iframe [^>]*\bsandbox\b(?!=)", client.get(address).text)


#: A tag never shows, but written so it is the words of a title, and has to be written so again wherever it shows.
WRITTEN_OUT = "&lt;script&gt;alert(1)&lt;/script&gt;"


def a_hostile_event() -> str:
    return (
        f"---\ntitle: 'Fair {SCRIPT} {WRITTEN_OUT}'\ndate: 2026-12-09\nstart: '14:00'\ncategory: organising\nplace: 'Hall {WRITTEN_OUT}'\n"
        f"uid: '\"><img src=x onerror=alert(1)>/../{SCRIPT}'\nregister: 'javascript:alert(1)'\nseries: '{WRITTEN_OUT}'\n"
        f"topics: ['{WRITTEN_OUT}']\naccess: '{SCRIPT}'\n---\nOn Thursday 10 December 2026 {SCRIPT}\n"
    )


def test_script_in_a_file_is_shown_as_text_everywhere(site: App) -> None:
    (site.config.parent / "_events" / "2026-12-09-hostile.md").write_text(a_hostile_event(), encoding="utf-8")
    site.tick()
    client = a_client(site)
    linked = set(re.findall(r'href="(/(?:events|outbox)/[^"]+)"', client.get("/").text + client.get("/events").text))
    pages = [client.get(address).text for address in ("/", "/events", "/outbox", *linked)]
    assert sum("&lt;script&gt;alert(1)" in page for page in pages) >= 4
    assert [page for page in pages if "<script" in page or "<img" in page or 'href="javascript:' in page] == []


def test_every_link_of_the_pages_leads_to_a_page_or_away_with_a_scheme_that_is_safe(client: TestClient) -> None:
    pages = [client.get(page).text for page in ("/", "/events", "/outbox", "/feeds")]
    links = {link for page in pages for link in re.findall(r'href="([^"]+)"', page)}
    ours = {link for link in links if link.startswith("/")}
    assert {client.get(link).status_code for link in ours} == {200}
    assert all(re.match(r"#|https://|webcal://", link) for link in links - ours)


def test_a_page_number_longer_than_any_outbox_is_the_first_page(client: TestClient) -> None:
    assert client.get(f"/outbox?page={'9' * 5000}").status_code == 200
