"""What a sentence calls off: this event, another one, or only the day that it was to be on before."""

from __future__ import annotations

import pytest

from notifier.core.event import Document, Event
from notifier.core.reading import read_document
from notifier.core.reading.shape import Shape
from tests.core.test_reading_unseen_english import read as unseen

BODY = {
    "en": "We look forward to it, and there will be tea.", "de": "Wir freuen uns auf euch, und danach gibt es Tee.",
    "fr": "Nous vous attendons avec plaisir, et il y aura du thé.", "es": "Os esperamos a todas horas con el té.",
    "it": "Vi aspettiamo con piacere, e ci sarà del tè per chi viene.",
}  # fmt: skip


def event(text: str, *, language: str = "en", day: str = "2025-04-10") -> Event:
    shape = Shape(
        source="site", site_url="https://example.org", timezone="Europe/Berlin", languages=tuple({language: 0, "en": 0})
    )
    data = f"---\ntitle: Spring evening\ndate: {day}\nstart: '19:30'\n---\n{text}\n\n{BODY[language]}\n".encode()
    (found,) = read_document(Document(source="site", path="evening.md", data=data, revision="1"), shape).events
    return found


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The reading on 10 April is cancelled."), ("en", "Sorry to say that the concert is cancelled."), ("en", "Our walk has been called off."),
        ("en", "**Cancelled due to illness.**"), ("en", "Cancelled!"), ("de", "Die Probe am 10. April entfällt leider."),
        ("de", "Der Gottesdienst muss leider entfallen."), ("de", "Abgesagt!"), ("de", "Entfällt wegen Krankheit."),
    ],
)  # fmt: skip
def test_what_people_call_their_evenings_is_called_off_with_them(language: str, text: str) -> None:
    found = event(text, language=language)

    assert (found.status, [doubt.code for doubt in found.doubts]) == ("cancelled", ["called-off-in-text"])


@pytest.mark.parametrize(
    "text",
    [
        "The reading on 3 March was cancelled.", "Trains are cancelled that night.", "Cancelled tickets are paid back.",
        "The walk is not cancelled.", "The walk on 3 March was postponed to 20 March.", "The walk on 24 April is postponed to 8 May.",
    ],
)  # fmt: skip
def test_what_is_about_something_else_calls_nothing_off(text: str) -> None:
    assert event(text).status == "scheduled"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Die Lesung kann leider nicht stattfinden."), ("de", "Das Fest findet am 10. April leider nicht statt."),
        ("fr", "La réunion n'aura pas lieu."), ("fr", "Le concert ne pourra malheureusement pas avoir lieu."),
        ("es", "La charla no se celebrará."), ("it", "L'incontro del 10 aprile non si terrà."),
    ],
)  # fmt: skip
def test_what_does_not_take_place_is_called_off(language: str, text: str) -> None:
    assert event(text, language=language).status == "cancelled"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Das Fest findet nicht im Garten statt."), ("fr", "La réunion n'aura pas lieu à la mairie, mais au café."),
        ("es", "La charla no se celebrará en la biblioteca."), ("it", "L'incontro non si terrà in biblioteca, ma nel parco."),
    ],
)  # fmt: skip
def test_what_takes_place_elsewhere_is_not_called_off(language: str, text: str) -> None:
    assert event(text, language=language).status == "scheduled"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Bei starkem Regen wird die Wanderung abgesagt."), ("de", "Bei Unwetterwarnungen kann der Umzug abgesagt werden."),
        ("de", "Das Turnier fällt bei schlechtem Wetter aus."), ("de", "Wenn es regnet, muss der Ausflug leider entfallen."),
        ("de", "Sollte es gewittern, wird das Fest verschoben."), ("de", "Bei zu wenigen Anmeldungen muss der Kurs entfallen."),
        ("fr", "En cas d'orage, la visite est annulée."), ("fr", "S'il pleut, le concert sera reporté."),
        ("fr", "La fête est annulée si la météo est mauvaise."), ("es", "En caso de lluvia, el concierto se cancela."),
        ("es", "Si llueve, la visita queda suspendida."), ("it", "In caso di maltempo la visita è annullata."),
        ("it", "Se piove, il concerto è rinviato."), ("en", "If it rains, the picnic is cancelled."),
        ("de", "In case of rain the picnic is cancelled."),
    ],
)  # fmt: skip
def test_what_is_called_off_only_in_some_weather_takes_place(language: str, text: str) -> None:
    found = event(text, language=language)

    assert (found.status, found.doubts) == ("scheduled", ())


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Die Wanderung ist wegen Unwetter abgesagt."), ("de", "Der Kurs kann nicht stattfinden und ist abgesagt."),
        ("de", "Falls ihr Karten habt: Das Konzert ist abgesagt."), ("de", "Wenn auch schweren Herzens: Die Lesung ist abgesagt."),
        ("fr", "S'il vous plaît, notez que la réunion est annulée."), ("es", "La reunión ha sido cancelada."),
        ("it", "La visita è stata annullata."), ("en", "If you have a ticket: the concert is cancelled."),
    ],
)  # fmt: skip
def test_other_conditions_beside_it_leave_it_called_off(language: str, text: str) -> None:
    assert event(text, language=language).status == "cancelled"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The workshop is postponed to 24 April 2025, 7.30pm."), ("en", "The reading on 10 April is postponed until Thursday 24 April 2025."),
        ("en", "The reading has been postponed from 10 April to 24 April."), ("de", "Die Lesung wird verschoben auf den 24. April 2025."),
        ("de", "Die Lesung wird vom 10. auf den 24. April 2025 verschoben."),
    ],
)  # fmt: skip
def test_what_is_put_off_to_a_day_takes_place_on_that_day_and_on_no_other(language: str, text: str) -> None:
    before, after = event(text, language=language), event(text, language=language, day="2025-04-24")

    assert (before.status, [doubt.code for doubt in before.doubts]) == ("postponed", ["called-off-in-text"])
    assert (after.status, after.doubts) == ("scheduled", ())


@pytest.mark.parametrize(
    "words",
    [
        "This meeting has been cancelled, and if things improve we will meet in spring.",
        "The meeting is cancelled; if possible we will set a new date.", "This meeting is cancelled and unless we find a room there is none.",
        "This meeting is cancelled: in case of questions write to us.",
    ],
)  # fmt: skip
def test_a_condition_of_something_else_leaves_it_called_off(words: str) -> None:
    assert unseen("date: 2026-10-14\ntime: '19:00'", words).status == "cancelled"


@pytest.mark.parametrize(
    "words",
    [
        "The meeting is cancelled if it rains.",
        "If it rains, the meeting is cancelled.",
        "This meeting is cancelled only if it rains.",
    ],
)
def test_a_condition_before_it_or_right_behind_it_calls_nothing_off(words: str) -> None:
    assert unseen("date: 2026-10-14\ntime: '19:00'", words).status == "scheduled"
