"""The page on which staff write a note above one mail: exactly what they looked at, once, and with their name."""

from __future__ import annotations

import html
import re

import pytest

from notifier.app import App
from notifier.core.delivery import Delivery
from notifier.core.person import Role
from tests.web.test_pages import words_of
from tests.web.visiting import ROLES, a_visitor, fields_of, page_of, pressed, put

WORDS = "Bring **boots**."


@pytest.fixture
def ticked(site: App) -> App:
    site.tick()
    return site


def planned(site: App) -> Delivery:
    return site.ticker.wiring.ledger.rows("planned")[-1]


def notes(site: App, row: Delivery) -> list[tuple[str, str]]:
    return [(one.by, one.note) for one in site.ticker.wiring.ledger.decided(row.key)]


def written_in(page: str) -> str:
    found = re.search(r"<textarea id=\"text\"[^>]*>\n(.*?)</textarea>", page, re.DOTALL)
    assert found is not None
    return html.unescape(found[1])


def test_a_sender_looks_at_the_mail_with_the_note_and_then_saves_exactly_that(ticked: App) -> None:
    row, anna = planned(ticked), a_visitor(ticked)
    place = f"{page_of(row)}/note"
    assert f'href="{place}"' in anna.get(page_of(row)).text

    looked = anna.post(place, data={**fields_of(anna.get(place).text), "text": WORDS, "do": "look"})

    frame = re.search(r'<iframe class="looks" src="([^"]+)"', looked.text)
    assert frame is not None
    assert "<strong>boots</strong>" in anna.get(frame[1]).text
    assert (written_in(looked.text), notes(ticked, row)) == (WORDS, [])
    saved = anna.post(place, data={**fields_of(looked.text), "text": WORDS, "do": "save"})
    assert (saved.status_code, notes(ticked, row)) == (303, [("Anna", WORDS)])
    assert "Anna changed its note on" in words_of(anna.get(saved.headers["location"]).text)
    assert "<strong>boots</strong>" in anna.get(f"{page_of(row)}/message.html").text
    assert "changed its note" in words_of(anna.get("/audit").text)


def test_saved_twice_is_saved_once_and_an_empty_note_is_none(ticked: App) -> None:
    row, anna = planned(ticked), a_visitor(ticked)
    place = f"{page_of(row)}/note"
    form = {**fields_of(anna.get(place).text), "text": WORDS, "do": "save"}

    assert [anna.post(place, data=form).status_code for _ in range(2)] == [303, 303]
    assert notes(ticked, row) == [("Anna", WORDS)]
    assert pressed(anna, place, text=" ", do="save") == 303
    assert ticked.ticker.wiring.ledger.snapshot().note(row.key) == ""


def test_of_two_who_write_at_once_the_second_sees_it_and_keeps_their_words(ticked: App) -> None:
    row, anna, ben = planned(ticked), a_visitor(ticked), a_visitor(ticked, name="Ben")
    place = f"{page_of(row)}/note"
    seen = fields_of(ben.get(place).text)
    pressed(anna, place, text=WORDS, do="save")

    refused = ben.post(place, data={**seen, "text": "Of <b>Ben</b>.", "do": "save"})

    assert (refused.status_code, notes(ticked, row)) == (409, [("Anna", WORDS)])
    assert "It changed while you wrote, so nothing was saved" in words_of(refused.text)
    assert written_in(refused.text) == "Of <b>Ben</b>."
    assert ben.post(place, data={**fields_of(refused.text), "text": "Both.", "do": "save"}).status_code == 303


def test_a_row_that_was_drafted_meanwhile_takes_no_note_and_the_words_are_still_there(ticked: App) -> None:
    row, anna = planned(ticked), a_visitor(ticked)
    place = f"{page_of(row)}/note"
    form = {**fields_of(anna.get(place).text), "text": WORDS, "do": "save"}
    put(ticked, row, "drafted")

    refused = anna.post(place, data=form)

    assert (refused.status_code, notes(ticked, row), written_in(refused.text)) == (409, [], WORDS)
    assert "its note can’t be changed" in words_of(refused.text).replace("'", "’")
    assert place not in anna.get(page_of(row)).text


@pytest.mark.parametrize("role", ROLES[:2])
def test_who_may_let_nothing_go_may_write_nothing_into_it(ticked: App, role: Role) -> None:
    row, visitor = planned(ticked), a_visitor(ticked, role)
    place = f"{page_of(row)}/note"

    answers = (visitor.get(place), visitor.post(place, data={"text": WORDS, "do": "save"}))

    assert [one.status_code for one in answers] == [403, 403]
    assert (notes(ticked, row), place in visitor.get(page_of(row)).text) == ([], False)


def test_a_note_that_is_too_long_is_said_to_be_and_comes_back(ticked: App) -> None:
    row, anna = planned(ticked), a_visitor(ticked)
    place, long = f"{page_of(row)}/note", "a" * 2001

    refused = anna.post(place, data={**fields_of(anna.get(place).text), "text": long, "do": "save"})

    assert (refused.status_code, written_in(refused.text), notes(ticked, row)) == (409, long, [])
    assert "2,001 signs" in words_of(refused.text)
