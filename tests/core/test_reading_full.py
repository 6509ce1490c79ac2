"""Nobody can register any more: what says so, what only sounds like it, and that it is never mailed to everybody."""

from __future__ import annotations

from dataclasses import replace

import pytest

from notifier.core.clearance import clear
from notifier.core.event import Document, Event
from notifier.core.reading import read_document
from notifier.core.reading.shape import Shape
from tests.builders import an_event, at

SHAPE = Shape(source="site", site_url="https://example.org", timezone="Europe/London")
NOW = at("2026-11-26 09:00")


def read(body: str, *, front: str = "", title: str = "Winter workshop", language: str = "en") -> Event:
    data = f'---\ntitle: "{title}"\ndate: 2026-12-09\n{front}---\n{body}\n'.encode()
    shape = replace(SHAPE, languages=(language,))
    (event,) = read_document(Document(source="site", path="talk.md", data=data, revision="1"), shape).events
    return event


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Registration is now closed."),
        ("en", "**UPDATE: This workshop is FULL**"),
        ("en", "This workshop is fully booked, but there is a waiting list."),
        ("en", "The event has sold out."),
        ("en", "We are at capacity."),
        ("en", "All places have been taken."),
        ("en", "There are no places left."),
        ("en", "Sold out! See you on the day."),
        ("en", "Bookings have closed."),
        ("de", "Die Anmeldung ist leider geschlossen."),
        ("de", "Der Workshop ist bereits ausgebucht."),
        ("de", "Alle Plätze sind vergeben."),
        ("fr", "Les inscriptions sont closes."),
        ("fr", "Cet atelier est complet."),
        ("es", "Las inscripciones están cerradas."),
        ("es", "Aforo completo: no quedan plazas para el taller."),
        ("it", "Le iscrizioni sono chiuse."),
        ("it", "Posti esauriti: non ci sono più posti."),
    ],
)
def test_words_that_say_nobody_can_register_any_more(language: str, words: str) -> None:
    event = read(f"{words}\n\n2026-12-09", language=language)

    assert event.full
    assert event.evidence["full"].basis == "prose"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Registration closes on 3 December."),
        ("en", "If this workshop is full, ask for the waiting list."),
        ("en", "Registration will be closed when the event is full."),
        ("en", "The last workshop was fully booked."),
        ("en", "Our previous event sold out within a day."),
        ("en", "Book now, this event is nearly full."),
        ("en", "A full programme is below."),
        ("en", "Registration is not closed yet."),
        ("en", "This is a full day of talks."),
        ("en", "The full workshop is free."),
        ("en", "Hurry before it's sold out."),
        ("de", "Die Anmeldung ist bis zum 3. Dezember offen."),
        ("fr", "Le programme est complet et sera distribué sur place avec la liste des personnes."),
        ("de", "Wenn der Workshop ausgebucht ist, gibt es eine Warteliste für alle, die noch kommen möchten."),
    ],
)
def test_words_that_only_sound_like_it(language: str, words: str) -> None:
    assert not read(f"{words}\n\n2026-12-09", language=language).full


@pytest.mark.parametrize("title", ["[FULL] Winter workshop", "Winter workshop (sold out)", "AUSGEBUCHT: Lesekreis"])
def test_a_title_says_it_in_brackets_or_in_front(title: str) -> None:
    assert read("We meet.", title=title).full


def test_a_title_with_the_word_in_it_does_not() -> None:
    assert not read("We meet.", title="The full stack: a workshop").full


@pytest.mark.parametrize(("front", "full"), [("full: true\n", True), ("full: false\n", False)])
def test_a_key_says_it_against_all_words(front: str, full: bool) -> None:
    assert read("This workshop is full.", front=front).full is full


def test_a_sentence_about_another_day_says_nothing() -> None:
    assert not read("The workshop on 2 December 2026 is now full. On 9 December 2026 at 2pm we meet again.").full


@pytest.mark.parametrize(("public", "verdict"), [(True, "never"), (False, "auto")])
def test_it_is_never_mailed_to_everybody_but_may_be_to_those_who_come(public: bool, verdict: str) -> None:
    found = clear(an_event(full=True), public=public, now=NOW, zone="Europe/London")

    assert found.verdict == verdict
    if public:
        assert [reason.code for reason in found.reasons] == ["registration-closed"]
