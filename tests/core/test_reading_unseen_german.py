"""What the files of German associations, parishes and meetings say, in the shapes that they are found in."""

from __future__ import annotations

import pytest

from notifier.core.event import Document, Event
from notifier.core.reading import Reading, read_document
from notifier.core.reading.shape import Pick, Shape

FIELDS = {"date": (Pick(keys=("beginn",)),), "start": (Pick(keys=("beginn",)),), "place": (Pick(keys=("ort",)),)}
SHAPE = Shape(
    source="site", site_url="https://example.org", timezone="Europe/Berlin", languages=("de", "en"), fields=FIELDS
)


def reading(front: str, body: str = "", *, shape: Shape = SHAPE, path: str = "content/termine/fest.md") -> Reading:
    data = f"---\n{front}\n---\n{body}\n".encode()
    return read_document(Document(source="site", path=path, data=data, revision="1"), shape)


def read(front: str, body: str = "", *, shape: Shape = SHAPE) -> Event:
    (event,) = reading(f"titel: Fest\ntitle: Fest\nbeginn: 2026-10-14T19:30:00\n{front}", body, shape=shape).events
    return event


@pytest.mark.parametrize(
    "value",
    ["unbekannt", "noch offen", "TBA", "Ort folgt", "wird noch bekannt gegeben", "none", "n/a", "'-'", "Ort: noch nicht bekannt"],
)  # fmt: skip
def test_a_place_that_is_not_known_yet_is_no_place(value: str) -> None:
    event = read(f'ort: "{value}"'.replace("\"'", "'").replace("'\"", "'"))

    assert (event.location, event.mode) == (None, "unknown")


@pytest.mark.parametrize(
    "value", ["TelCo", "Telko", "remote", "Remote (Zoom)", "Videokonferenz", "BigBlueButton", "Discord", "per Telefon"]
)
def test_a_way_to_meet_over_the_net_is_no_place(value: str) -> None:
    event = read(f"ort: {value}")

    assert (event.location, event.mode) == (None, "online")


@pytest.mark.parametrize(
    "value",
    ["Vereinsheim (Ort folgt)", "Remote Street 5", "Café Online Eck", "Ohnewald", "Meeting Room", "The Event Room"],
)
def test_a_name_with_such_words_in_it_stays_a_place(value: str) -> None:
    event = read(f'ort: "{value}"')

    assert (event.location, event.mode) == (value, "in-person")


def test_a_place_that_is_a_map_is_in_person() -> None:
    event = read("ort: https://www.openstreetmap.org/way/12345")

    assert event.mode == "in-person"


def test_a_title_with_another_whole_date_contradicts_the_key() -> None:
    (event,) = reading("title: Stammtisch am 15. Oktober 2026\nbeginn: 2026-10-14T19:30:00").events

    (doubt,) = [doubt for doubt in event.doubts if doubt.code == "contradiction"]
    assert "15. Oktober 2026" in doubt.text
    assert "beginn:" in doubt.text


@pytest.mark.parametrize(
    "title", ["Stammtisch am 14. Oktober 2026", "Programm 2026", "Rückblick auf 1989", "Lesung: Der 9. November 1918"]
)
def test_a_title_with_the_same_date_or_none_contradicts_nothing(title: str) -> None:
    (event,) = reading(f'title: "{title}"\nbeginn: 2026-10-14T19:30:00').events

    assert "contradiction" not in {doubt.code for doubt in event.doubts}


def test_what_to_write_is_said_with_the_site_s_own_key() -> None:
    (problem,) = [one for one in reading("title: Fest").problems if one.what == "No date is given."]

    assert problem.hint == "Add beginn: 2026-12-09 (year-month-day) to the front matter."


def test_of_several_keys_the_one_that_is_there_is_named() -> None:
    ways = {"date": (Pick(keys=("event_date",)), Pick(keys=("startdatum",)), Pick(keys=("date",)))}
    shape = Shape(
        source="site", site_url="https://example.org", timezone="Europe/Berlin", languages=("de",), fields=ways
    )

    (wrong,) = reading("title: Fest\nstartdatum: Samstag", shape=shape).problems
    (none,) = reading("title: Fest", shape=shape).problems

    assert "startdatum: 2026-12-09" in wrong.hint
    assert "Add date: 2026-12-09" in none.hint


PROGRAMME = "## Programm\n\n**Samstag, 24. Oktober 2026**\n\nFestbetrieb\n\n**Sonntag, 25. Oktober 2026**\n\nAusklang\n"


def test_a_programme_on_other_days_contradicts_the_key() -> None:
    (doubt,) = [doubt for doubt in read("", PROGRAMME).doubts if doubt.code == "contradiction"]

    assert "Samstag, 24. Oktober 2026" in doubt.text


@pytest.mark.parametrize(
    "body",
    [
        "**Mittwoch, 14. Oktober 2026**\n\nBeginn\n\n**Samstag, 24. Oktober 2026**\n\nAusklang",
        "Weitere Termine:\n\n- Mittwoch, 11. November 2026\n- Mittwoch, 9. Dezember 2026",
        "1. Mittwoch, 11. November 2026",
        "| Mittwoch, 11. November 2026 |",
        "11. November 2026",
        "Donnerstag, 9. November 1989",
    ],
)
def test_days_of_a_programme_or_of_later_meetings_contradict_nothing(body: str) -> None:
    assert "contradiction" not in {doubt.code for doubt in read("", body).doubts}
