"""An admin says in the console who may read a secret feed; an address is shown once, and who did what stays in the audit."""

from __future__ import annotations

import html
import re
from pathlib import Path
from socket import gethostname

import pytest
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from notifier.app import App
from notifier.core.readership import Token
from notifier.desk import readers
from notifier.web import build
from tests.web.entering import entered
from tests.web.sites import a_client
from tests.web.test_feed_secrets import FEEDS, with_feeds
from tests.web.test_pages import words_of
from tests.web.visiting import ROLES, a_visitor

ADDRESS = re.compile(r"https?://[\w.:-]+(/feeds/private/[\w-]{43}\.ics)")


@pytest.fixture
def secret(site: App) -> App:
    with_feeds(site, FEEDS)
    return site


@pytest.fixture
def admin(secret: App) -> TestClient:
    return a_visitor(secret, "admin", "Kim")


def the_token(app: App) -> Token:
    return next(one for one in app.ticker.wiring.ledger.tokens() if one.revoked_at is None)


def given(client: TestClient, holder: str = "Robin") -> str:
    """The path of an address just made."""
    found = ADDRESS.search(client.post("/readers/team/give", data={"holder": holder}).text)
    assert found
    return found[1]


def test_an_address_that_is_given_opens_the_feed_and_is_shown_that_once(secret: App, admin: TestClient) -> None:
    path = given(admin)
    assert a_client(secret).get(path).status_code == 200
    pages = [
        admin.get(page).text
        for page in ("/feeds", "/readers/team/give", f"/readers/{the_token(secret).id}/replace", "/audit")
    ]
    assert [page for page in pages if path.rpartition("/")[2][:43] in page] == []
    assert "Robin" in pages[0]


def test_it_stands_in_no_address_no_log_and_no_store(secret: App) -> None:
    client = entered(secret)
    with capture_logs() as logged:
        answer = client.post("/readers/team/give", data={"holder": "Robin"})
    found = ADDRESS.search(answer.text)
    assert found
    assert (answer.status_code, answer.headers["cache-control"], answer.headers["referrer-policy"]) == (
        200,
        "no-store",
        "no-referrer",
    )
    assert [entry for entry in logged if found[1] in str(entry) or "Robin" in str(entry)] == []
    kept = b"".join(path.read_bytes() for path in Path(secret.config.parent).rglob("*") if path.is_file())
    assert found[1].rpartition("/")[2][:43].encode() not in kept


def test_the_form_sent_again_gives_nothing_twice(secret: App, admin: TestClient) -> None:
    given(admin)
    again = admin.post("/readers/team/give", data={"holder": "robin"})
    assert (again.status_code, ADDRESS.search(again.text)) == (409, None)
    assert f'<a href="/readers/{the_token(secret).id}/replace">Replace</a>' in again.text
    assert len(secret.ticker.wiring.ledger.tokens()) == 1


def test_a_replaced_address_opens_nothing_and_the_form_sent_again_replaces_nothing(
    secret: App, admin: TestClient
) -> None:
    old = given(admin)
    page = f"/readers/{the_token(secret).id}/replace"
    new = ADDRESS.search(admin.post(page, data={"sure": "yes"}).text)
    assert new
    assert [a_client(secret).get(path).status_code for path in (old, new[1])] == [404, 200]
    again = admin.post(page, data={"sure": "yes"})
    assert (again.status_code, ADDRESS.search(again.text)) == (409, None)
    assert len(secret.ticker.wiring.ledger.tokens()) == 2


def test_a_revoked_address_opens_nothing_and_is_revoked_once(secret: App, admin: TestClient) -> None:
    path, page = given(admin), f"/readers/{the_token(secret).id}/revoke"
    assert "for good" in admin.get(page).text
    assert a_client(secret).get(path).status_code == 200
    assert "opens nothing any more, within a second" in admin.post(page, data={"sure": "yes"}).text
    assert a_client(secret).get(path).status_code == 404
    assert "It was taken back already" in admin.post(page, data={"sure": "yes"}).text
    assert [one.act for one in secret.ticker.wiring.ledger.decided()] == ["give", "revoke"]


def test_the_audit_says_who_did_what_about_which_feed_and_whose_address(secret: App, admin: TestClient) -> None:
    given(admin)
    admin.post(f"/readers/{the_token(secret).id}/replace", data={"sure": "yes"})
    readers.revoke_token(secret, "Robin", by="Lou")
    entries = [words_of(one) for one in re.findall(r"<li>\s*<p class=\"what\">[\s\S]*?</li>", admin.get("/audit").text)]
    here = f"command line on {gethostname()}"
    assert [re.sub(r"\([0-9a-f]{8}\)", "(ID)", entry) for entry in entries] == [
        f"team revoke Thu 26 Nov 09:55 GMT (now) Lou took an address of it back (a secret feed) Robin (ID) {here}",
        "team replace Thu 26 Nov 09:55 GMT (now) Kim gave a new address of it in place of one (a secret feed) Robin (ID)",
        "team give Thu 26 Nov 09:55 GMT (now) Kim gave an address of it (a secret feed) Robin (ID)",
    ]


def test_who_is_no_admin_sees_how_many_hold_one_and_neither_who_nor_a_way_to_it(secret: App) -> None:
    readers.add_token(secret, "team", "Robin", by="Kim")
    one = the_token(secret)
    for role in ROLES[:-1]:
        client = a_visitor(secret, role)
        assert ("1 holder" in client.get("/feeds").text, "Robin" in client.get("/feeds").text) == (True, False)
        for page in ("/readers/team/give", f"/readers/{one.id}/replace", f"/readers/{one.id}/revoke"):
            assert [client.get(page).status_code, client.post(page, data={"holder": "Me"}).status_code] == [403, 403]
    assert secret.ticker.wiring.ledger.tokens() == (one,)


def test_nobody_gives_anything_without_having_logged_in(secret: App) -> None:
    client = a_visitor(secret, None)
    for answer in (client.get("/readers/team/give"), client.post("/readers/team/give", data={"holder": "Me"})):
        assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/login")
    assert secret.ticker.wiring.ledger.tokens() == ()


def test_a_form_of_another_site_gives_nothing(secret: App) -> None:
    client = entered(secret)
    answer = client.post("/readers/team/give", data={"holder": "Me"}, headers={"sec-fetch-site": "cross-site"})
    assert (answer.status_code, secret.ticker.wiring.ledger.tokens()) == (403, ())


def test_what_is_no_secret_feed_and_no_address_is_not_there(admin: TestClient) -> None:
    for path in ("all/give", "nothing/give", "0a0a0a0a/replace", "team/revoke", "team/eat", "..%2fteam/give"):
        answers = admin.get(f"/readers/{path}"), admin.post(f"/readers/{path}", data={"holder": "Me"})
        assert [answer.status_code for answer in answers] == [404, 404]


def test_a_holder_that_is_none_is_told_and_gets_nothing(secret: App, admin: TestClient) -> None:
    for holder in ("", "   ", "x" * 101):
        answer = admin.post("/readers/team/give", data={"holder": holder})
        assert (answer.status_code, "Nothing was done" in answer.text) == (409, True)
    assert secret.ticker.wiring.ledger.tokens() == ()


def test_a_hostile_name_is_shown_as_text_everywhere(secret: App, admin: TestClient) -> None:
    hostile = '"><script>alert(1)</script>\u202e'
    given(admin, hostile)
    for page in ("/feeds", "/audit", f"/readers/{the_token(secret).id}/revoke"):
        text = admin.get(page).text
        assert "<script>alert" not in text
        assert html.escape("<script>alert(1)</script>") in text


def test_a_feed_that_nobody_has_says_how_one_comes_to_it(admin: TestClient) -> None:
    page = admin.get("/feeds").text
    assert 'href="/readers/team/give"' in page
    assert "nobody has one yet" in page


def test_whoever_is_no_console_of_ours_gets_no_form(secret: App) -> None:
    assert TestClient(build(secret), base_url="http://127.0.0.1:8000").post("/readers/team/give").status_code == 405
