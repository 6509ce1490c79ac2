"""An admin says in the console who may log in; a link is shown once, and who did what stays in the audit."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from notifier.app import App
from notifier.core.delivery import Decision, person_key
from notifier.core.person import Person, digest_of, folded
from notifier.desk import people
from tests.cli.running import run
from tests.web.entering import at_console, begin, entered, with_person
from tests.web.test_pages import words_of
from tests.web.visiting import ROLES, a_visitor

LINK = re.compile(r"https?://[\w.:-]+/welcome/([\w-]{43})")
#: What a button sends that says nothing of its own.
SURE = {"sure": "yes"}


@pytest.fixture
def admin(site: App) -> TestClient:
    with_person(site, "Kim")
    return a_visitor(site, "admin", "Kim")


def the_person(app: App, name: str) -> Person:
    return next(one for one in app.ticker.wiring.ledger.people() if one.name == name)


def page_of(name: str, act: str) -> str:
    return f"/people/{digest_of(folded(name))[:16]}/{act}"


def added(client: TestClient, name: str = "Robin", role: str = "editor") -> str:
    """What opens the account just made."""
    found = LINK.search(client.post("/people/add", data={"name": name, "role": role}).text)
    assert found
    return found[1]


def acts(app: App, name: str) -> list[tuple[str, str, str]]:
    return [(one.act, one.by, one.note) for one in app.ticker.wiring.ledger.decided(person_key(name))]


def test_somebody_new_sets_a_password_by_the_link_that_is_shown_that_once(site: App, admin: TestClient) -> None:
    secret = added(admin)
    assert at_console(site).get(f"/welcome/{secret}").status_code == 200
    pages = [admin.get(page).text for page in ("/people", page_of("Robin", "link"), "/audit")]
    assert [page for page in pages if secret in page] == []
    assert "Robin editor since" in words_of(pages[0])
    assert acts(site, "Robin") == [("invite", "Kim", "new, as editor")]


def test_a_link_stands_in_no_address_no_log_and_no_store(site: App) -> None:
    client = entered(site)
    with capture_logs() as logged:
        answer = client.post("/people/add", data={"name": "Robin", "role": "viewer"})
    found = LINK.search(answer.text)
    assert found
    assert (answer.status_code, answer.headers["cache-control"], answer.headers["referrer-policy"]) == (
        200,
        "no-store",
        "no-referrer",
    )
    assert [entry for entry in logged if found[1] in str(entry) or "Robin" in str(entry)] == []
    kept = b"".join(path.read_bytes() for path in Path(site.config.parent).rglob("*") if path.is_file())
    assert found[1].encode() not in kept


def test_the_form_sent_again_makes_nobody_twice_and_leads_to_a_new_link(site: App, admin: TestClient) -> None:
    secret = added(admin)
    again = admin.post("/people/add", data={"name": "ROBIN", "role": "admin"})
    assert (again.status_code, LINK.search(again.text)) == (409, None)
    assert f'href="{page_of("Robin", "link")}"' in again.text
    assert (the_person(site, "Robin").role, len(acts(site, "Robin"))) == ("editor", 1)
    assert at_console(site).get(f"/welcome/{secret}").status_code == 200


def test_a_new_link_takes_the_place_of_the_one_before(site: App, admin: TestClient) -> None:
    before = added(admin)
    assert "opens nothing any more" in admin.get(page_of("Robin", "link")).text
    found = LINK.search(admin.post(page_of("Robin", "link"), data=SURE).text)
    assert found
    answers = [at_console(site).get(f"/welcome/{secret}").status_code for secret in (before, found[1])]
    assert (answers[0] != 200, answers[1]) == (True, 200)
    assert acts(site, "Robin")[1:] == [("invite", "Kim", "")]


def test_a_role_is_changed_once_and_the_same_again_is_nothing(site: App, admin: TestClient) -> None:
    added(admin)
    for said in ("Robin is approver now.", "Robin is approver already."):
        assert said in admin.post(page_of("Robin", "role"), data={"role": "approver"}).text
    assert the_person(site, "Robin").role == "approver"
    assert acts(site, "Robin")[1:] == [("rank", "Kim", "approver, before that editor")]


def test_who_is_disabled_is_logged_out_at_once_and_let_in_again_by_one_press(site: App, admin: TestClient) -> None:
    with_person(site, "Robin", "sender")
    client = at_console(site)
    begin(site, client, "Robin")
    assert client.get("/account").status_code == 200
    assert "Disabled: Robin, who is logged out everywhere." in admin.post(page_of("Robin", "disable"), data=SURE).text
    assert client.get("/account").status_code == 303
    assert "Robin was disabled already." in admin.post(page_of("Robin", "disable"), data=SURE).text
    assert "a link would open nothing" in admin.get(page_of("Robin", "link")).text
    assert LINK.search(admin.post(page_of("Robin", "link"), data=SURE).text) is None
    assert "may log in again as sender" in admin.post(page_of("Robin", "enable"), data=SURE).text
    assert [act for act, _, _ in acts(site, "Robin")] == ["disable", "enable"]


def test_the_last_admin_can_be_neither_disabled_nor_lowered(site: App, admin: TestClient) -> None:
    for act, fields in (("disable", SURE), ("role", {"role": "approver"})):
        assert "Make somebody else admin first." in admin.get(page_of("Kim", act)).text
        answer = admin.post(page_of("Kim", act), data=fields)
        assert (answer.status_code, "Kim is the last admin" in answer.text) == (409, True)
    assert (the_person(site, "Kim").role, the_person(site, "Kim").disabled_at, acts(site, "Kim")) == ("admin", None, [])
    assert f'href="{page_of("Kim", "disable")}"' not in admin.get("/people").text


def test_what_is_no_role_and_no_name_changes_nothing(site: App, admin: TestClient) -> None:
    with_person(site, "Robin", "viewer")
    for page, fields in (
        ("/people/add", {"name": "Lou", "role": "emperor"}), ("/people/add", {"name": " ", "role": "viewer"}),
        ("/people/add", {"name": "x" * 61, "role": "viewer"}), ("/people/add", {"name": "Lou"}),
        (page_of("Robin", "role"), {"role": "emperor"}), (page_of("Robin", "role"), SURE),
    ):  # fmt: skip
        answer = admin.post(page, data=fields)
        assert (answer.status_code, "Nothing was done" in answer.text) == (409, True)
    assert [one.role for one in people.people(site)] == ["admin", "viewer"]


def test_only_an_admin_comes_to_any_of_it(site: App, admin: TestClient) -> None:
    added(admin)
    for role in ROLES[:-1]:
        client = a_visitor(site, role)
        for page in ("/people", page_of("Robin", "role"), page_of("Robin", "link"), page_of("Robin", "disable")):
            assert client.get(page).status_code == 403
        for page in ("/people/add", page_of("Robin", "role"), page_of("Robin", "link"), page_of("Robin", "disable")):
            assert client.post(page, data={"name": "Me", "role": "admin"}).status_code == 403
    stranger = a_visitor(site, None)
    assert [stranger.get("/people").status_code, stranger.post("/people/add", data=SURE).status_code] == [303, 303]
    assert (len(site.ticker.wiring.ledger.people()), len(acts(site, "Robin"))) == (2, 1)


def test_a_form_of_another_site_lets_nobody_in(site: App) -> None:
    client = entered(site)
    fields = {"name": "Me", "role": "admin"}
    answer = client.post("/people/add", data=fields, headers={"sec-fetch-site": "cross-site"})
    assert (answer.status_code, len(site.ticker.wiring.ledger.people())) == (403, 1)


def test_whom_there_isnt_and_what_cant_be_done_is_not_there(site: App, admin: TestClient) -> None:
    for path in (page_of("Nobody", "role"), page_of("Kim", "eat"), "/people/Kim/role"):
        assert [admin.get(path).status_code, admin.post(path, data={"role": "viewer"}).status_code] == [404, 404]


def test_an_account_page_leads_there_for_admins_alone(site: App) -> None:
    assert 'href="/people"' in entered(site).get("/account").text
    assert 'href="/people"' not in entered(site, "Lou", "approver").get("/account").text


def test_a_hostile_name_is_shown_as_text_everywhere(admin: TestClient) -> None:
    hostile = '"><script>alert(1)</script>'
    added(admin, hostile)
    for page in ("/people", "/audit", *(page_of(hostile, act) for act in ("role", "link", "disable", "enable"))):
        text = admin.get(page).text
        assert "<script>alert" not in text
        assert html.escape("<script>alert(1)</script>") in text


def test_the_audit_leads_from_what_was_done_by_command_to_the_page(site: App, admin: TestClient) -> None:
    folder = Path(site.config.parent)
    run("users", "add", "Robin", "--role", "viewer", "--by", "Lou", folder=folder)
    run("users", "role", "Robin", "sender", "--by", "Lou", folder=folder)
    run("users", "disable", "Robin", "--by", "Lou", folder=folder)
    assert [(act, by) for act, by, _ in acts(site, "Robin")] == [("invite", "Lou"), ("rank", "Lou"), ("disable", "Lou")]
    page = admin.get("/audit").text
    assert ('href="/people"' in page, "Lou lets them in no more" in words_of(page)) == (True, True)


def test_what_the_ledger_refuses_leaves_no_word_of_it(site: App, admin: TestClient) -> None:
    with_person(site, "Robin", "viewer")
    ledger, at = site.ticker.wiring.ledger, site.clock.now()
    assert people.enable(site, "Robin", by="Kim").is_new is False
    said = Decision(key=person_key("Kim"), act="disable", by="Kim", at=at)
    assert ledger.disable("Kim", at, said=said) is False
    assert ledger.change_role("Kim", "viewer", said=said) is False
    assert ledger.add_person(the_person(site, "Robin"), said=said) is False
    assert ledger.decided() == ()
