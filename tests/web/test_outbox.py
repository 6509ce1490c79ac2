"""The list of deliveries is chosen by plain forms, and keeps what was chosen from page to page."""

from __future__ import annotations

import html
import re

import pytest
from starlette.testclient import TestClient

from notifier.app import App
from notifier.web.outbox import PAGE
from tests.web.sites import a_client
from tests.web.test_months import written
from tests.web.test_pages import words_of


def keys(client: TestClient, query: str) -> set[str]:
    return set(re.findall(r'<p class="what"><a href="(/outbox/\w+)"', client.get(f"/outbox?{query}").text))


def test_kind_audience_and_days_choose_and_all_of_them_have_to_fit(client: TestClient) -> None:
    every = keys(client, "")
    parts = [keys(client, f"kind={kind}") for kind in ("reminder", "announcement", "change")]
    assert every == set().union(*parts)
    assert keys(client, "audience=newsletter") == every
    assert keys(client, "audience=nobody") == set()
    before, after = keys(client, "to=2026-11-29"), keys(client, "from=2026-11-30")
    assert (before | after, before & after) == (every, set())
    assert keys(client, "from=2026-11-30&to=2026-11-30&kind=reminder&status=planned") < keys(client, "kind=reminder")


def test_the_numbers_beside_each_status_are_of_what_is_chosen(client: TestClient) -> None:
    page = client.get("/outbox?to=2026-11-29&status=sent").text
    number = re.search(r'href="/outbox\?to=2026-11-29">all (\d+)<', page)
    assert number
    assert int(number[1]) == len(keys(client, "to=2026-11-29"))
    assert 'href="/outbox?status=sent&amp;to=2026-11-29" aria-current="true"' in page


@pytest.mark.parametrize(("query", "status", "said"), [
    ("from=soon", 400, "That is no day"), ("to=2026-02-30", 400, "That is no day"), ("kind=spam", 404, "no such kind"),
    ("status=lost", 404, "no such status"), ("audience=nobody", 200, "No mail is like that."), ("page=99", 200, "This page of the list is empty"),
    ("page=%C2%B2", 200, ""), ("from=0001-01-01&to=9999-12-31", 200, ""), ("audience=%3Cscript%3Ealert(1)", 200, "No mail is like that."),
])  # fmt: skip
def test_what_is_asked_for_wrongly_is_told_in_a_sentence(
    client: TestClient, query: str, status: int, said: str
) -> None:
    answer = client.get(f"/outbox?{query}")
    assert (answer.status_code, said in words_of(answer.text), "<script>alert" in answer.text) == (status, True, False)


def test_the_pages_of_a_long_list_keep_what_was_chosen(site: App) -> None:
    for number in range(PAGE):
        written(
            site,
            f"n{number:03}",
            f"title: Gathering {number}",
            "date: 2026-12-19",
            'start: "10:00"',
            'end: "11:00"',
            "access: open",
        )
    site.tick()
    client, query = a_client(site), "kind=reminder&audience=newsletter"
    (further,) = re.findall(r'<a href="([^"]+)" rel="next"', client.get(f"/outbox?{query}").text)
    address = html.unescape(further)
    assert "kind=reminder&audience=newsletter&page=2" in address
    first, second = keys(client, query), keys(client, address.partition("?")[2])
    assert (len(first), first & second, bool(second)) == (PAGE, set(), True)


def test_a_long_list_of_events_is_turned_page_by_page(site: App) -> None:
    for number in range(PAGE + 30):
        written(site, f"n{number:03}", f"title: Gathering {number:03}", "date: 2026-12-19")
        written(site, f"o{number:03}", f"title: Bygone {number:03}", "date: 2026-10-19")
    site.tick()
    client = a_client(site)
    pages = [client.get(f"/events?{query}").text for query in ("", "page=2", "over=2", "page=9", "over=²")]
    first, second, older, empty, _ = pages
    titles = [set(re.findall(r">((?:Gathering|Bygone) \d+)<", page)) for page in pages]
    assert {f"Gathering {number:03}" for number in range(PAGE + 30)} <= titles[0] | titles[1]
    assert {f"Bygone {number:03}" for number in range(PAGE + 30)} <= titles[0] | titles[2]
    assert max(page.count('<p class="from">') for page in pages) <= 2 * PAGE
    assert ('rel="next"' in first, 'rel="prev"' in second, "<details open>" in older) == (True, True, True)
    assert "This page of the list is empty" in empty
