"""A first password by a link, and one's own account."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from notifier.app import App
from notifier.core.delivery import person_key
from notifier.core.throttling import FREE
from notifier.desk import people
from tests.web.entering import PASSWORD, at_console, begin, entered, later, log_in, with_person
from tests.web.test_login import alerts

NEW = "staple staple staple"
CHOSEN = {"password": NEW, "again": NEW}


def first_link(site: App) -> str:
    made = people.first_link(site)
    assert made is not None
    return made.path


def test_the_first_account_is_made_by_the_link_and_is_an_admins(site: App) -> None:
    client, path = at_console(site), first_link(site)
    assert 'autocomplete="new-password"' in client.get(path).text
    answer = client.post(path, data={"name": " Anna\tExample ", **CHOSEN})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert client.get("/account").status_code == 200
    [person] = site.ticker.wiring.ledger.people()
    assert (person.name, person.role) == ("Anna Example", "admin")
    assert log_in(at_console(site), "anna example", NEW) == 303


def renewals(site: App) -> list[tuple[str, str, str]]:
    said = site.ticker.wiring.ledger.decided()
    return [(one.key, one.by, one.note) for one in said if one.act == "renew"]


def test_who_set_a_password_stands_in_the_audit_by_what_and_without_it(site: App) -> None:
    client = at_console(site)
    client.post(first_link(site), data={"name": "Anna", **CHOSEN})
    client.post("/account/password", data={"old": NEW, "password": PASSWORD, "again": PASSWORD})
    client.post("/account/password", data={"old": NEW, "password": PASSWORD, "again": PASSWORD})
    at_console(site).post(people.link(site, "anna", by="Kim").path, data=CHOSEN)
    key = person_key("Anna")
    assert renewals(site) == [
        (key, "Anna", "by the link of the first account"), (key, "Anna", ""), (key, "Anna", "by a link")
    ]  # fmt: skip
    assert log_in(client, password=NEW) == 303
    page = client.get("/audit").text
    assert ("set a new password" in page, NEW in page, PASSWORD in page) == (True, False, False)
    assert len(renewals(site)) == 3


def test_looking_at_a_link_changes_nothing(site: App) -> None:
    client, path = at_console(site), first_link(site)
    assert [client.get(path).status_code for _ in range(3)] == [200] * 3
    assert client.head(path).status_code == 200
    assert not site.ticker.wiring.ledger.has_people()


def test_a_link_works_once(site: App) -> None:
    path = first_link(site)
    assert at_console(site).post(path, data={"name": "Anna", **CHOSEN}).status_code == 303
    again = at_console(site).post(path, data={"name": "Mallory", **CHOSEN})
    assert again.status_code == at_console(site).get(path).status_code == 404
    assert "This link opens nothing" in again.text
    assert [one.name for one in site.ticker.wiring.ledger.people()] == ["Anna"]


def test_a_first_account_made_elsewhere_closes_the_link(site: App) -> None:
    client, path = at_console(site), first_link(site)
    people.add(site, "Anna", "admin", by="Kim")
    assert client.get(path).status_code == 404
    assert client.post(path, data={"name": "Mallory", **CHOSEN}).status_code == 404
    assert people.first_link(site) is None


@pytest.mark.parametrize(("wait", "code"), [(timedelta(minutes=59), 200), (timedelta(hours=1), 404)])
def test_the_link_that_a_terminal_showed_works_for_an_hour(site: App, wait: timedelta, code: int) -> None:
    client, path = at_console(site), first_link(site)
    later(site, wait)
    assert client.get(path).status_code == code


def test_a_new_start_makes_the_link_of_the_last_one_worthless(site: App) -> None:
    client, before, after = at_console(site), first_link(site), first_link(site)
    assert (client.get(before).status_code, client.get(after).status_code) == (404, 200)


@pytest.mark.parametrize("secret", ["x", "x" * 43, "x" * 5000, "%2e%2e%2f", "%00", "a/b", "é"])
def test_a_link_that_nobody_made_opens_nothing_and_shows_nothing_of_the_site(site: App, secret: str) -> None:
    with_person(site)
    for answer in (
        at_console(site).get(f"/welcome/{secret}"),
        at_console(site).post(f"/welcome/{secret}", data=CHOSEN),
    ):
        assert answer.status_code == 404
        assert "Not live" not in answer.text


WRONG = [
    ({"name": ""}, [("name", "Write a name: it stands beside everything that you decide.")]),
    ({"name": "n" * 61}, [("name", "This name has 61 characters; 60 is the most.")]),
    ({"password": "elevenchars", "again": "elevenchars"}, [("password", "This is too short: use 12 characters or more.")]),
    ({"password": "p" * 1001, "again": "p" * 1001}, [("password", "Use 1,000 characters or less.")]),
    ({"again": NEW.upper()}, [("password", "The two are not the same.")]),
]  # fmt: skip


@pytest.mark.parametrize(("changed", "said"), WRONG)
def test_what_is_wrong_with_a_choice_is_said_beside_its_field(
    site: App, changed: dict[str, str], said: list[tuple[str, str]]
) -> None:
    path = first_link(site)
    answer = at_console(site).post(path, data={"name": "Anna", **CHOSEN, **changed})
    assert (answer.status_code, alerts(answer.text)) == (422, said)
    assert ('value="Anna"' in answer.text) is ("name" not in changed)
    assert NEW not in answer.text
    assert not site.ticker.wiring.ledger.has_people()


def test_script_in_a_name_is_text_everywhere(site: App) -> None:
    client = at_console(site)
    assert client.post(first_link(site), data={"name": '"><script>alert(1)</script>', **CHOSEN}).status_code == 303
    pages = [client.get(page).text for page in ("/", "/account", "/outbox")]
    made = people.link(site, '"><script>alert(1)</script>', by="Kim")
    pages.append(at_console(site).get(made.path).text)
    assert [page for page in pages if "<script" in page or "&lt;script&gt;" not in page] == []


def test_a_link_for_somebody_sets_their_password_and_logs_others_out(site: App) -> None:
    thief, owner = entered(site), at_console(site)
    made = people.link(site, "Anna", by="Kim")
    assert "log in as Anna" in owner.get(made.path).text
    assert owner.post(made.path, data={"name": "Mallory", **CHOSEN}).status_code == 303
    assert owner.get("/account").status_code == 200
    assert thief.get("/account").status_code == 303
    assert log_in(at_console(site), password=PASSWORD) == 403


def test_the_link_of_who_is_disabled_meanwhile_opens_nothing(site: App) -> None:
    with_person(site, "Ben")
    with_person(site)
    made = people.link(site, "Anna", by="Kim")
    people.disable(site, "Anna", by="Kim")
    assert at_console(site).post(made.path, data=CHOSEN).status_code == 404


def a_second(site: App) -> TestClient:
    other = at_console(site)
    begin(site, other, secret="y" * 43)
    return other


def test_ones_own_browsers_are_listed_this_one_first(site: App) -> None:
    client = entered(site)
    later(site, timedelta(hours=1))
    a_second(site)
    page = client.get("/account").text
    assert len(re.findall(r"Firefox on Linux <span|Firefox on Linux</p>", page)) == 2
    assert page.index("this browser") < page.index('name="which"')
    assert "(1 h ago)" in page


def test_a_browser_is_logged_out_from_another(site: App) -> None:
    client = entered(site)
    other = a_second(site)
    [which] = re.findall(r'name="which" value="([0-9a-f]{16})"', client.get("/account").text)
    answer = client.post("/account/sessions", data={"which": which})
    assert (answer.status_code, answer.headers["location"]) == (303, "/account?done=ended")
    assert (other.get("/").status_code, client.get("/").status_code) == (303, 200)
    assert "That browser is logged out." in client.get("/account?done=ended").text


def test_all_others_are_logged_out_at_once(site: App) -> None:
    client = entered(site)
    other = a_second(site)
    assert client.post("/account/sessions", data={"which": "others"}).status_code == 303
    assert (other.get("/").status_code, client.get("/").status_code) == (303, 200)


@pytest.mark.parametrize("which", ["", "0" * 16, "f" * 64, "others "])
def test_nobody_logs_out_somebody_else(site: App, which: str) -> None:
    with_person(site, "Ben")
    client, ben = entered(site), at_console(site)
    begin(site, ben, "Ben")
    [session] = site.ticker.wiring.ledger.sessions("Ben")
    for named in (which, session.id, session.digest):
        assert client.post("/account/sessions", data={"which": named}).status_code == 303
    assert ben.get("/account").status_code == 200


def test_a_new_password_asks_for_the_old_one_and_logs_out_everywhere_else(site: App) -> None:
    client = entered(site)
    other = a_second(site)
    answer = client.post("/account/password", data={"old": PASSWORD, **CHOSEN})
    assert (answer.status_code, answer.headers["location"]) == (303, "/account?done=password")
    assert (other.get("/").status_code, client.get("/").status_code) == (303, 200)
    assert [log_in(at_console(site), password=word) for word in (PASSWORD, NEW)] == [403, 303]


def test_without_the_old_password_nothing_changes_and_guessing_it_waits(site: App) -> None:
    client = entered(site)
    codes = [client.post("/account/password", data={"old": "x", **CHOSEN}).status_code for _ in range(FREE + 1)]
    assert codes == [422] * FREE + [429]
    answer = client.post("/account/password", data={"old": PASSWORD, **CHOSEN})
    assert (answer.headers["retry-after"], alerts(answer.text)[0][0]) == ("1", "old")
    assert log_in(at_console(site)) == 303


def test_a_new_password_that_is_too_short_is_told_before_the_old_one_is_asked_for(site: App) -> None:
    answer = entered(site).post("/account/password", data={"old": PASSWORD, "password": "short", "again": "short"})
    assert (answer.status_code, [field for field, _ in alerts(answer.text)]) == (422, ["password"])


def test_an_accent_may_be_typed_in_either_way(site: App) -> None:
    client = entered(site)
    composed, apart = "caf\u00e9 caf\u00e9 caf\u00e9", "cafe\u0301 cafe\u0301 cafe\u0301"
    data = {"old": PASSWORD, "password": composed, "again": apart}
    assert client.post("/account/password", data=data).status_code == 303
    assert log_in(at_console(site), password=apart) == 303
