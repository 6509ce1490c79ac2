"""What sites in French, Spanish and Italian, and files of many events, write in ways that no other test has."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from notifier.core.event import AllDay, Document, Event, Timed
from notifier.core.reading import read_document
from notifier.core.reading.document import Reading
from notifier.core.reading.labelled import MAX_SECTIONS
from notifier.core.reading.shape import Format, Pick, Shape

ZONES = {"fr": "Europe/Paris", "es": "Europe/Madrid", "it": "Europe/Rome", "en": "Europe/London"}


def reading(
    text: str,
    *,
    language: str,
    fields: Mapping[str, tuple[Pick, ...]] | None = None,
    path: str = "talk.md",
    written: Format = "front-matter",
    lists: tuple[str, ...] = (),
) -> Reading:
    shape = Shape(
        source="site", site_url="https://example.org", timezone=ZONES[language], languages=(language,), format=written,
        fields=fields or {}, lists=lists,
    )  # fmt: skip
    return read_document(Document(source="site", path=path, data=text.encode(), revision="1"), shape)


def event(front: str, body: str = "", *, language: str) -> Event:
    (found,) = reading(f"---\ntitle: T\n{front}\n---\n{body}\n", language=language).events
    return found


def times(found: Event) -> tuple[str, str | None]:
    match found.when:
        case Timed(starts_at=start, ends_at=end):
            return f"{start:%Y-%m-%d %H:%M}", f"{end:%Y-%m-%d %H:%M}" if end else None
        case AllDay(first=first, last=last):
            return str(first), str(last)
        case None:
            return "", None


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("it", "Tutti sono invitati a partecipare alla camminata."),
        ("it", "I soci sono convocati in assemblea."),
        ("fr", "Réservez aux membres de votre famille une place au chaud."),
    ],
)
def test_words_that_only_look_like_only_close_no_event(language: str, words: str) -> None:
    assert event("date: 2026-10-14", words, language=language).access not in ("invitation", "members")


def test_a_slip_in_only_still_closes_an_event() -> None:
    assert event("date: 2026-10-14", "Ingresso sollo su invito.", language="it").access == "invitation"


@pytest.mark.parametrize(
    "date", ["Martes 10 De Noviembre, 2026", "MARTES 10 DE NOVIEMBRE DE 2026", "10 De noviembre De 2026"]
)
def test_small_words_in_a_date_may_have_capitals(date: str) -> None:
    assert times(event(f"date: {date}", language="es")) == ("2026-11-10", "2026-11-10")


def test_an_end_that_names_a_later_day_is_not_outdone_by_a_time_in_the_text() -> None:
    body = "## Programma\n\n- Sabato 13 giugno\nfino alle ore 14: ritrovo e sistemazione.\n"

    found = event("date: 2026-06-13\nstart: '10:00'\nend: 2026-06-14", body, language="it")

    assert times(found) == ("2026-06-13 10:00", None)


def test_an_end_on_the_day_of_the_start_says_nothing_and_is_no_mistake() -> None:
    found = reading("---\ntitle: T\ndate: 2026-06-13 18:30\nend: 2026-06-13\n---\n", language="it")

    assert times(found.events[0]) == ("2026-06-13 18:30", None)
    assert found.problems == ()


def test_what_to_write_names_the_sites_key_and_never_loses_the_day_it_holds() -> None:
    fields = {"date": (Pick(keys=("event.date",)),), "start": (Pick(keys=("event.date",)),)}

    found = reading("---\ntitle: T\nevent:\n  date: 2026-06-13\n---\n", language="fr", fields=fields)

    assert [problem.hint for problem in found.problems] == [
        "Write event.date: 2026-06-13 14:00 in the front matter, or all_day: true."
    ]


def test_a_problem_of_an_entry_has_its_line_and_speaks_of_the_entry() -> None:
    text = "- title: One\n  date: 2026-10-07 18:00\n- title: Two\n  date: 2026-10-24\n"

    found = reading(text, language="it", path="_data/eventi.yml", written="data")

    assert [(p.line, p.hint) for p in found.problems] == [(3, 'Add start: "14:00" to the entry, or all_day: true.')]


@pytest.mark.parametrize(
    ("front", "path"),
    [
        ("date: 2026-06-18\nevent_date: 2026-07-03 19:00", "_meetups/2026-06-18-dojo.md"),
        ("event_date: 2026-07-03 19:00", "_posts/2026-06-18-dojo.md"),
    ],
)
def test_a_file_named_by_its_day_of_publication_is_named_right(front: str, path: str) -> None:
    fields = {"date": (Pick(keys=("event_date",)),), "start": (Pick(keys=("event_date",)),)}

    found = reading(f"---\ntitle: T\n{front}\n---\n", language="fr", fields=fields, path=path)

    assert times(found.events[0]) == ("2026-07-03 19:00", None)
    assert found.problems == ()


def test_the_day_of_publication_in_a_files_name_never_becomes_the_events() -> None:
    fields = {"date": (Pick(keys=("event_date",)),)}

    found = reading("---\ntitle: T\n---\n", language="fr", fields=fields, path="_posts/2026-06-18-dojo.md")

    assert found.events[0].when is None


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ("📅 **Jeudi 14 octobre 2026 à 19h**\n📍 **Maison des Tilleuls — Villebourg**\n🎤 **Invitée : Ana**", "Maison des Tilleuls — Villebourg"),
        ("📍 Lieu : **Les Tilleuls**, 7 rue Neuve, 86000 Villebourg\nComme toujours, la soirée est ouverte aux curieuses et aux curieux.", "Les Tilleuls, 7 rue Neuve, 86000 Villebourg"),
        ("Lieu : Les Tilleuls\n7 rue Neuve\n86000 Villebourg", "Les Tilleuls 7 rue Neuve 86000 Villebourg"),
        ("Lieu : Les Tilleuls,\nSalle Haute", "Les Tilleuls, Salle Haute"),
        ("Lieu : Université de Villebourg, bâtiment Marie Exemple, amphithéâtre\nGrande Salle, Villebourg", "Université de Villebourg, bâtiment Marie Exemple, amphithéâtre Grande Salle, Villebourg"),
        ("📍 Les Tilleuls (7 rue Neuve)\\*", "Les Tilleuls (7 rue Neuve)"),
    ],
)  # fmt: skip
def test_a_place_ends_where_its_lines_do(body: str, place: str) -> None:
    assert event("date: 2026-10-14", body, language="fr").location == place


@pytest.mark.parametrize(
    ("language", "place"),
    [("es", "Online, desde Villanueva para el mundo"), ("fr", "En ligne, Villebourg"), ("en", "Online - Leeds")],
)
def test_a_place_that_begins_with_online_is_not_taken_for_one_in_person(language: str, place: str) -> None:
    found = event(f"date: 2026-10-14\nplace: {place}", language=language)

    assert (found.mode, found.location) == ("unknown", place)


@pytest.mark.parametrize(
    ("hours", "end"),
    [
        ("18h - 01h", "2026-10-15 01:00"),
        ("18h - 03h", "2026-10-15 03:00"),
        ("14h - 03h", None),
        ("16:00 - 15:00", None),
        ("12:00 - 01:00", None),
    ],
)
def test_a_range_into_the_small_hours_ends_on_the_next_day(hours: str, end: str | None) -> None:
    assert times(event(f"date: 2026-10-14\nstart: {hours}", language="fr"))[1] == end


@pytest.mark.parametrize(
    ("written", "start"),
    [
        ("Feb 9 2027, 21:00 UTC (4pm ET)", "2027-02-09 21:00"),
        ("9 February 2027, 18:00 CET / 17:00 UTC / 12:00 EST", "2027-02-09 18:00"),
        ("9 February 2027, 18:00 CET (17:00 UTC)", "2027-02-09 18:00"),
        ("Feb 9 2027, 21:00 UTC (5pm ET)", ""),
    ],
)
def test_one_time_on_the_clocks_of_several_places_is_read_where_they_agree(written: str, start: str) -> None:
    assert times(event(f"date: {written}", language="en"))[0] == start


def test_an_end_told_in_the_text_has_the_texts_words_as_its_evidence() -> None:
    found = event("date: 2026-10-14 19:00", "📅 **Mercredi 14 octobre 2026**\n⏰ 19h00 – 20h30", language="fr")

    assert times(found) == ("2026-10-14 19:00", "2026-10-14 20:30")
    assert (found.evidence["end"].line, found.evidence["end"].basis) == (6, "prose")


def test_two_times_in_one_sentence_are_told_apart_in_the_message() -> None:
    body = "La formation a lieu le 14 octobre 2026 de 9.00 h à 12.00 h et de 13.00 h à 16.00 h."

    found = reading(f"---\ntitle: T\ndate: 2026-10-14\n---\n{body}\n", language="fr")

    assert found.problems[0].what.startswith(
        "The document gives different start times: 09:00 and 13:00 in “La formation"
    )


AGENDA = """# Agenda

Nos rendez-vous.

## Atelier : Apprendre à coudre
**Type :** Atelier
**Date :** Mercredi 14 octobre 2026 de 19h00 à 21h00
**Lieu :** Maison des Tilleuls, 7 rue Neuve
**Description :** Pour débuter.

---

## Atelier : Réparer son vélo
**Type :** Permanence
**Date :** Jeudi 15 octobre 2026 de 10h00 à 11h00
**Lieu :** Place du Marché
**Description :** Avec ses outils.
"""


def test_a_labelled_text_may_hold_an_event_under_each_heading() -> None:
    fields = {"place": (Pick(keys=("Lieu",)),), "title": (Pick(keys=("Atelier",)),)}

    found = reading(AGENDA, language="fr", fields=fields, path="agenda.md", written="labelled", lists=("##",))

    assert [(one.path, one.title, times(one), one.location) for one in found.events] == [
        (
            "agenda.md#apprendre-a-coudre",
            "Apprendre à coudre",
            ("2026-10-14 19:00", "2026-10-14 21:00"),
            "Maison des Tilleuls, 7 rue Neuve",
        ),
        ("agenda.md#reparer-son-velo", "Réparer son vélo", ("2026-10-15 10:00", "2026-10-15 11:00"), "Place du Marché"),
    ]
    assert found.problems == ()


def test_a_heading_without_labels_below_it_is_no_event() -> None:
    text = AGENDA + "\n## Contact\n\nÉcrivez-nous.\n"

    found = reading(text, language="fr", path="agenda.md", written="labelled", lists=("##",))

    assert len(found.events) == 2


def test_a_text_of_more_sections_than_anybody_reads_is_cut_with_a_problem() -> None:
    text = "# A\nDate : 14 octobre 2026\n" * (MAX_SECTIONS + 5)

    found = reading(text, language="fr", path="agenda.md", written="labelled", lists=("#",))

    assert len(found.events) == MAX_SECTIONS
    assert found.problems[0].what == f"It has {MAX_SECTIONS + 5} headings; only the first {MAX_SECTIONS} are read."


def test_labels_of_several_events_are_reported_once() -> None:
    found = reading(AGENDA.replace("## Atelier", "# Atelier").partition("\n\n")[2], language="fr", written="labelled")

    said = [problem.what for problem in found.problems if "more than once" in problem.what]
    assert said == ["5 labels stand more than once (Atelier in lines 3 and 11); the first ones count."]


def test_a_label_may_stand_in_the_first_heading() -> None:
    fields = {"title": (Pick(keys=("Atelier",)),)}

    (one,) = reading(
        "# Atelier : Coudre\nDate : 14 octobre 2026 à 19h\n", language="fr", fields=fields, written="labelled"
    ).events

    assert (one.title, times(one)[0]) == ("Coudre", "2026-10-14 19:00")


def test_an_end_with_its_day_settles_a_range_that_seems_to_end_before_it_begins() -> None:
    found = reading("---\ntitle: T\ndate: 2026-10-14\nstart: 14h - 03h\nend: 2026-10-15 03:00\n---\n", language="fr")

    assert (times(found.events[0]), found.problems) == (("2026-10-14 14:00", "2026-10-15 03:00"), ())


def test_utc_with_a_nought_is_utc() -> None:
    assert times(event("date: Samedi 7 novembre 2026 de 10h00 à 11h30 (UTC 0)", language="fr"))[0] != ""


def test_a_start_that_is_neither_day_nor_time_is_quoted_where_there_is_no_date() -> None:
    found = reading("---\ntitle: T\nstart: Giugno — Agosto, partite settimanali\n---\n", language="it")

    assert found.events[0].when is None
    assert "partite settimanali” " in found.problems[0].what


def test_a_date_with_an_unclear_time_is_not_called_no_date_of_the_calendar() -> None:
    found = reading("---\ntitle: T\ndate: 14 ottobre 2026, 19:00 circa e poi\n---\n", language="it")

    assert found.problems[0].what.endswith("is not a date with a time that can be read without a doubt.")
