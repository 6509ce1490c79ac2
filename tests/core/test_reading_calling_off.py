"""What a sentence calls off: this event, another one, or only the day that it was to be on before."""

from __future__ import annotations

import pytest

from notifier.core.event import Document, Event
from notifier.core.reading import read_document
from notifier.core.reading.shape import Shape

BODY = {"en": "We look forward to it, and there will be tea.", "de": "Wir freuen uns auf euch, und danach gibt es Tee."}


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
        ("en", "The workshop is postponed to 24 April 2025, 7.30pm."), ("en", "The reading on 10 April is postponed until Thursday 24 April 2025."),
        ("en", "The reading has been postponed from 10 April to 24 April."), ("de", "Die Lesung wird verschoben auf den 24. April 2025."),
        ("de", "Die Lesung wird vom 10. auf den 24. April 2025 verschoben."),
    ],
)  # fmt: skip
def test_what_is_put_off_to_a_day_takes_place_on_that_day_and_on_no_other(language: str, text: str) -> None:
    before, after = event(text, language=language), event(text, language=language, day="2025-04-24")

    assert (before.status, [doubt.code for doubt in before.doubts]) == ("postponed", ["called-off-in-text"])
    assert (after.status, after.doubts) == ("scheduled", ())
