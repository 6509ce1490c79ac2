"""What staff look for is found whatever its case and accents, in bounded work, and what is not found is said."""

from __future__ import annotations

import time

import pytest
from starlette.testclient import TestClient

from notifier import desk
from notifier.app import App
from notifier.core.delivery import Decision
from notifier.web.searching import LISTED, LONGEST, folded
from tests.web.sites import NOW, a_client
from tests.web.test_months import written
from tests.web.test_pages import section, words_of


def found(client: TestClient, asked: str) -> str:
    answer = client.get("/search", params={"q": asked})
    assert answer.status_code == 200
    return answer.text


@pytest.fixture
def filled(site: App) -> App:
    written(site, "cafe", "title: 'Café Łódź: Straße & Øst'", "date: 2026-12-20", "place: Großer Saal")
    site.tick()
    return site


def test_an_event_is_found_by_any_of_its_words_however_they_are_typed(filled: App) -> None:
    client = a_client(filled)
    for asked in (
        "café", "CAFE", "lodz", "STRASSE", "straße", "ost", "grosser saal", "saal cafe", "  cafe  \t saal ", "12-01-cafe",
        "Cafe\u0301",
    ):  # fmt: skip
        assert "Café Łódź: Straße & Øst" in section(found(client, asked), "found-events"), asked


@pytest.mark.parametrize(("asked", "where"), [
    ("reading street", "found-mails"), ("newsletter reminder", "found-mails"), ("example commons", "found-feeds"), ("kim street", "found-said"),
])  # fmt: skip
def test_mails_feeds_and_decisions_are_found_too(site: App, asked: str, where: str) -> None:
    site.tick()
    row = site.ticker.wiring.ledger.rows("planned")[0]
    desk.hold(site, row.key, by="Kim", note="The street is dug up.")
    assert section(found(a_client(site), asked), where)


def test_all_words_have_to_be_there(client: TestClient) -> None:
    assert "found-events" in found(client, "street workshop")
    assert "Nothing has all of these words." in words_of(found(client, "street zebra"))


def test_a_title_that_begins_so_stands_before_one_that_only_has_it(site: App) -> None:
    written(site, "b", "title: Bread of the sun", "date: 2026-11-28")
    written(site, "a", "title: Sun and bread", "date: 2027-06-30")
    site.tick()
    text = section(found(a_client(site), "sun"), "found-events")
    assert text.index("Sun and bread") < text.index("Bread of the sun")


def test_where_nothing_is_found_it_says_what_was_looked_at(client: TestClient, looked_at: App) -> None:
    text = words_of(found(client, "zebra"))
    assert "Nothing has it." in text
    assert f"{len(looked_at.ticker.wiring.ledger.rows())} mails (subject, kind, audience, rule, key)" in text


def test_without_a_word_it_says_what_can_be_looked_for(client: TestClient) -> None:
    for asked in ("", "   ", "\u0301"):
        assert "Write a word or a part of one" in found(client, asked)


def test_more_than_can_be_looked_for_is_refused_in_a_sentence(client: TestClient) -> None:
    answer = client.get("/search", params={"q": "x" * (LONGEST + 1)})
    assert (answer.status_code, "at most 100 can be looked for" in answer.text) == (400, True)


@pytest.mark.parametrize(
    "asked", ['"><script>alert(1)</script>', "{{ 7*7 }}", "%", "a\x00b", "\ud7ff", "\u202e", ".*", "(((("]
)
def test_a_hostile_question_is_text(client: TestClient, asked: str) -> None:
    page = found(client, asked)
    assert "<script>alert" not in page
    assert "49" not in page.partition("<h1>")[2].partition("</form>")[0]


def test_of_many_the_first_are_shown_and_the_others_counted(site: App) -> None:
    site.tick()
    for number in range(LISTED + 3):
        site.ticker.wiring.ledger.decide(Decision(key=f"reminder/a/{number}/b", act="skip", by="Zoë", at=NOW))
    page = found(a_client(site), "zoe")
    assert section(page, "found-said").count("skip") <= 2 * LISTED
    assert "3 more have it too." in words_of(page)


def test_the_time_it_takes_grows_no_faster_than_what_is_looked_through() -> None:
    def seconds(length: int) -> float:
        text, before = "\u0301a" * length, time.perf_counter()
        folded(text)
        return time.perf_counter() - before

    seconds(10_000)
    assert seconds(400_000) < 40 * 6 * max(seconds(10_000), 0.0005)
