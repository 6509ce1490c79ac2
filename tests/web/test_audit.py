"""Every decision stands in one list, with who, when and about what, and stays there."""

from __future__ import annotations

import re
from datetime import timedelta
from socket import gethostname

import pytest

from notifier import desk
from notifier.app import App
from notifier.core.delivery import Decision
from notifier.desk import people
from notifier.desk.api_tokens import add_api_token, revoke_api_token
from notifier.edges.clock import FixedClock
from notifier.web.audit import PAGE
from tests.web.sites import NOW, a_client
from tests.web.test_pages import words_of
from tests.web.visiting import ROLES, a_visitor, page_of


@pytest.fixture
def decided(site: App) -> App:
    """Anna held one yesterday, Ben released it today and then stopped everything."""
    site.tick()
    row = site.ticker.wiring.ledger.rows("planned")[0]
    desk.hold(site, row.key, by="Anna", note="The <hall> isn't sure.")
    site.clock = FixedClock(NOW + timedelta(days=1))
    desk.release(site, row.key, by="Ben")
    desk.pause(site, by="Ben")
    return site


HERE = f"command line on {gethostname()}"


def listed(page: str) -> list[str]:
    return [words_of(one) for one in re.findall(r"<li>\s*<p class=\"what\">[\s\S]*?</li>", page)]


def test_the_newest_decision_stands_first_with_who_when_and_about_what(decided: App) -> None:
    entries = listed(a_client(decided).get("/audit").text)
    assert [entry.split()[0] for entry in entries] == ["Everything", "Reading", "Reading"]
    assert entries[0] == "Everything pause Fri 27 Nov 09:55 GMT (now) Ben paused everything (all mails) " + HERE
    assert entries[2] == (
        "Reading your street: a workshop for beginners hold Thu 26 Nov 09:55 GMT (1 day ago) Anna held it "
        "(reminder to newsletter, rule reminder-week) The <hall> isn't sure. " + HERE
    )


def test_each_leads_to_the_delivery_that_it_is_about(decided: App) -> None:
    row = decided.ticker.wiring.ledger.rows("planned")[0]
    assert f'<a href="{page_of(row)}">' in a_client(decided).get("/audit").text


@pytest.mark.parametrize(("query", "found"), [
    ("", 3), ("by=Anna", 1), ("by=Ben", 2), ("act=hold", 1), ("act=pause&by=Ben", 1), ("act=pause&by=Anna", 0), ("by=Nobody", 0),
])  # fmt: skip
def test_it_is_chosen_by_person_and_by_act(decided: App, query: str, found: int) -> None:
    page = a_client(decided).get(f"/audit?{query}").text
    assert len(listed(page)) == found
    assert ("No decision is like that." in page) == (found == 0)


def test_what_is_done_about_people_and_programs_stands_there_too(decided: App) -> None:
    people.add(decided, "Anna Example", "sender", by="Kim")
    people.admit(decided, "Anna Example", "anna@example.org", by="Kim")
    add_api_token(decided, "Anna Example", "deploy", "viewer", by="Kim")
    revoke_api_token(decided, "deploy", by="Lou")
    people.dismiss(decided, "Anna Example", by="Lou")
    page = a_visitor(decided, "viewer").get("/audit").text
    entries = listed(page)[:5]
    assert [entry.split(" Fri")[0] for entry in entries] == [
        "Anna Example dismiss", "deploy end", "deploy issue", "Anna Example admit", "Anna Example invite"
    ]  # fmt: skip
    assert "Lou ended it (an API token) in the name of Anna Example" in entries[1]
    assert "Kim made it (an API token) viewer, in the name of Anna Example, until" in entries[2]
    assert "Kim lets them log in by OpenID Connect too (a person)" in entries[3]
    assert "anna@example.org" not in page
    assert len(listed(a_visitor(decided, "viewer").get("/audit?act=issue").text)) == 1


def test_an_act_that_there_is_not_is_not_there(decided: App) -> None:
    assert a_client(decided).get("/audit?act=destroy").status_code == 404


def test_a_decision_about_what_has_no_row_is_told_by_its_key(decided: App) -> None:
    ledger = decided.ticker.wiring.ledger
    ledger.decide(Decision(key="reminder/none/of/it", act="skip", by="Kim", at=NOW))
    assert "reminder/none/of/it skip" in words_of(a_client(decided).get("/audit?by=Kim").text)


def test_a_long_list_is_turned_page_by_page_with_what_was_chosen(decided: App) -> None:
    for number in range(PAGE + 5):
        decided.ticker.wiring.ledger.decide(
            Decision(key=f"reminder/a/{number}/b", act="skip", by="Kim & Co", at=NOW + timedelta(minutes=number))
        )
    client = a_client(decided)
    first = client.get("/audit", params={"by": "Kim & Co"}).text
    (older,) = re.findall(r'href="([^"]+)" rel="next"', first)
    assert len(listed(first)) == PAGE
    assert len(listed(client.get(older.replace("&amp;", "&")).text)) == 5


@pytest.mark.parametrize("number", ["0", "-1", "99", "x", "²", "9" * 40])
def test_a_page_number_out_of_bounds_breaks_nothing(decided: App, number: str) -> None:
    assert a_client(decided).get("/audit", params={"page": number}).status_code == 200


def test_everybody_may_look_and_nobody_may_change_anything(decided: App) -> None:
    before = decided.ticker.wiring.ledger.decided()
    for role in ROLES:
        client = a_visitor(decided, role)
        assert client.get("/audit").status_code == 200
        assert {client.request(method, "/audit").status_code for method in ("POST", "PUT", "PATCH", "DELETE")} == {405}
    assert decided.ticker.wiring.ledger.decided() == before


def test_where_nobody_decided_anything_that_is_said(site: App) -> None:
    assert "Nobody has decided anything yet." in a_client(site).get("/audit").text
