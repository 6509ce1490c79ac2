"""What clubs, choirs and parishes of several languages write: to their members, of their days, for whole days."""

from __future__ import annotations

from datetime import date

import pytest

from notifier.core.event import AllDay, Document, Event, Timed
from notifier.core.reading import read_document
from notifier.core.reading.shape import Shape

ZONES = {"de": "Europe/Berlin", "fr": "Europe/Paris", "es": "Europe/Madrid", "it": "Europe/Rome", "en": "Europe/London"}

DAY = date(2026, 10, 14)


def read(body: str, *, language: str = "de", when: str = "date: 2026-10-14T19:30:00", title: str = "Treffen") -> Event:
    shape = Shape(
        source="site", site_url="https://example.org", timezone=ZONES[language], languages=tuple({language: 0, "en": 0})
    )
    data = f'---\ntitle: "{title}"\n{when}\n---\n{body}\n'.encode()
    (event,) = read_document(Document(source="site", path="events/fest.md", data=data, revision="1"), shape).events
    return event


def codes(event: Event) -> list[str]:
    return [doubt.code for doubt in event.doubts]


REGISTER = {
    "de": "[Jetzt anmelden](https://example.org/a/anmeldung)", "fr": "[Inscrivez-vous ici](https://example.org/a/inscription)",
    "es": "[Inscríbete aquí](https://example.org/a/inscripcion)", "it": "[Iscriviti qui](https://example.org/a/iscrizione)",
    "en": "[Register here](https://example.org/a/register)",
}  # fmt: skip


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", "Der Vorstand lädt alle Mitglieder herzlich in das Gasthaus ein."), ("de", "Wir laden unsere Vereinsmitglieder ein."),
        ("de", "Liebe Mitglieder!"), ("fr", "Le bureau invite tous les adhérents à la soirée."), ("fr", "Chers membres,"),
        ("es", "La junta invita a todos los socios a la cena."), ("it", "Il consiglio invita tutti i soci alla cena."),
        ("en", "The board invites all members to the dinner."),
    ],
)  # fmt: skip
def test_what_is_told_to_members_is_not_open_because_they_register(language: str, words: str) -> None:
    event = read(f"{words}\n\n{REGISTER[language]}", language=language)

    assert (event.access, event.join_url is not None) == ("unknown", True)


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("de", "Mitgliederversammlung"), ("de", "Jahreshauptversammlung 2026"), ("fr", "Assemblée générale"),
        ("es", "Asamblea general"), ("it", "Assemblea dei soci"), ("en", "Annual General Meeting"),
    ],
)  # fmt: skip
def test_a_meeting_of_members_is_not_open_because_they_register(language: str, title: str) -> None:
    assert read(REGISTER[language], language=language, title=title).access == "unknown"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", "Wir laden alle Mitglieder und Gäste ein."), ("fr", "Nous invitons tous les membres et leurs amis."),
        ("es", "Invitamos a todos los socios y amigos."), ("it", "Invitiamo tutti i soci e gli amici."),
        ("de", "Unsere Mitglieder singen."),
    ],
)  # fmt: skip
def test_guests_beside_members_may_register_too(language: str, words: str) -> None:
    assert read(f"{words}\n\n{REGISTER[language]}", language=language).access == "open"


def test_a_meeting_of_members_is_open_where_it_says_so() -> None:
    assert read("Alle sind herzlich willkommen.", title="Jahreshauptversammlung").access == "open"


def test_the_first_of_numbered_labels_says_when() -> None:
    event = read("**Termin 1:** Dienstag, 20.10.26, 20 Uhr  \n**Termin 2:** Samstag, 24.10.26, 20 Uhr")

    assert codes(event) == ["contradiction"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", "Das nächste Treffen findet am\n__15. Oktober 2026__\num\n__19:00 Uhr__\nstatt."),
        ("it", "Il 15 ottobre 2026 alle ore 9:30 presso l'Auditorium, con un ospite."),
        ("fr", "Jeudi 15 octobre 2026 à 20h30 au cinéma, suivi d'un verre."), ("es", "Jueves 15 de octubre de 2026, 18:30 h, en la biblioteca."),
    ],
)  # fmt: skip
def test_a_text_that_opens_with_another_day_and_its_time_contradicts_the_key(language: str, words: str) -> None:
    event = read(words, language=language)

    assert (event.when, codes(event)[:1]) == (AllDay(first=DAY, last=DAY), ["contradiction"])


@pytest.mark.parametrize(
    "words",
    [
        "Die Anmeldung öffnet am 1. September 2026 um 10 Uhr.",
        "Das Treffen ist am 14. Oktober 2026. Das nächste ist am 15. November 2026 um 19 Uhr.",
        "Am 9. November 1989 um 18:53 Uhr fiel ein Satz.",
        "Teil 1 am 7. Oktober 2026 um 19 Uhr.\n\nTeil 3 am 21. Oktober 2026 um 19 Uhr.",
        "Am 15. Oktober 2026 jährt sich ihr Geburtstag.",
    ],
)
def test_a_text_that_names_other_days_by_the_way_contradicts_nothing(words: str) -> None:
    assert "contradiction" not in codes(read(words))


@pytest.mark.parametrize(
    ("start", "end", "last"),
    [
        ("2026-10-14T00:00:00Z", "2026-10-14T23:59:59Z", 14), ("2026-10-14T00:00:00Z", "2026-10-15T23:59:00.000Z", 15),
        ("2026-10-13T22:00:00Z", "2026-10-14T21:59:59Z", 14), ("2026-10-14T00:00:00", "2026-10-15T23:59:59", 15),
    ],
)  # fmt: skip
def test_the_last_second_of_a_day_is_of_that_day_on_all_clocks(start: str, end: str, last: int) -> None:
    assert read("", when=f"date: {start}\nend: {end}").when == AllDay(first=DAY, last=DAY.replace(day=last))


def test_the_last_second_of_the_keys_day_is_no_end_of_what_the_text_times() -> None:
    event = read(
        "Wir treffen uns am 14. Oktober 2026 um 19:45 Uhr.", when="date: 2026-10-14T00:00:00\nend: 2026-10-14T23:59:59"
    )

    assert isinstance(event.when, Timed)
    assert (event.when.starts_at.hour, event.when.ends_at) == (19, None)


@pytest.mark.parametrize(
    ("written", "hour"), [("2026-10-14T9:00:00+02:00", 9), ("2026-10-14T9:30", 9), ("2026-10-14T7:15:00+02:00", 7)]
)
def test_an_hour_behind_a_t_may_have_one_digit(written: str, hour: int) -> None:
    event = read("", when=f"date: '{written}'")

    assert isinstance(event.when, Timed)
    assert event.when.starts_at.hour == hour


def test_an_early_hour_of_one_digit_and_nothing_else_leaves_a_doubt() -> None:
    assert codes(read("", when="date: '2026-10-14T2:00'")) == ["unreadable-start"]


def test_a_date_with_seconds_is_when_a_page_was_made_and_gives_no_start() -> None:
    event = read("Wir freuen uns auf euch.", when="date: 2026-10-14T11:57:32+02:00")

    assert event.when == AllDay(first=DAY, last=DAY)
    assert [doubt.code for doubt in event.doubts] == ["written-at"]


def test_a_time_in_the_text_stands_beside_a_date_with_seconds() -> None:
    event = read("Wir treffen uns am 14. Oktober 2026 um 19:45 Uhr.", when="date: 2026-10-14T11:57:32+02:00")

    assert isinstance(event.when, Timed)
    assert (event.when.starts_at.hour, [doubt.code for doubt in event.doubts]) == (19, ["written-at"])


def test_a_start_key_with_seconds_is_taken_at_its_word() -> None:
    event = read("", when="date: 2026-10-14\nstart: 2026-10-14T19:30:10")

    assert isinstance(event.when, Timed)


def test_a_quarter_of_an_hour_with_seconds_is_asked_about_under_the_key_of_the_page() -> None:
    page = read("", when="date: 2026-10-14T19:30:27.112+02:00")
    assert (page.when, [doubt.code for doubt in page.doubts]) == (AllDay(first=DAY, last=DAY), ["written-at"])


@pytest.mark.parametrize(
    ("language", "place"),
    [
        ("de", "Der Startpunkt des Rundgangs kommt per E-Mail"), ("de", "Ort wird nach Anmeldung mitgeteilt"),
        ("de", "Die Adresse folgt nach der Anmeldung"), ("de", "Ausrichter noch unbekannt"), ("fr", "Lieu communiqué après inscription"),
        ("es", "El lugar se comunicará por correo"), ("it", "La sede verrà comunicata agli iscritti"),
    ],
)  # fmt: skip
def test_a_place_that_is_told_later_is_no_place(language: str, place: str) -> None:
    event = read("", language=language, when=f'date: 2026-10-14T19:30:00\nplace: "{place}"')

    assert (event.location, event.mode) == (None, "unknown")


@pytest.mark.parametrize(
    "place", ["Haus der Musik (Saal wird noch bekannt gegeben)", "Gasthof Zur Post", "Kommt-Herein-Café"]
)
def test_a_place_with_a_room_that_is_told_later_stays(place: str) -> None:
    assert read("", when=f'date: 2026-10-14T19:30:00\nplace: "{place}"').location == place


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", "Ein Abend, offen für alle: Spiele und Tee."), ("fr", "Entrée libre - Attention, places limitées."),
        ("it", "Incontro aperto a tutti: chiacchierata libera."), ("es", "Encuentro abierto a todos: charlas y café."),
    ],
)  # fmt: skip
def test_what_is_open_to_all_may_go_on_behind_a_colon_or_a_dash(language: str, words: str) -> None:
    assert read(words, language=language).access == "open"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", "Offen für alle: Mitglieder und solche, die es werden wollen."), ("it", "Aperto a tutti - soci e iscritti."),
        ("fr", "Ouvert à tous : membres et anciens membres."), ("es", "Abierto a todos: socios y afiliados."),
    ],
)  # fmt: skip
def test_all_of_the_members_are_not_all(language: str, words: str) -> None:
    assert read(words, language=language).access == "unknown"


def test_the_day_to_fall_back_on_contradicts_nothing() -> None:
    event = read("", title="Sportfest (Ausweichtermin bei schlechtem Wetter 21.10.2026)")

    assert event.doubts == ()


@pytest.mark.parametrize(
    ("language", "title", "hours"),
    [
        ("de", "Hauptversammlung des Vereins um 20:00 Uhr", (20, None)), ("fr", "Concert à 20h30", (20, None)),
        ("de", "Erster Schultag (Unterricht von 07:45 bis 11:15 Uhr)", (7, 11)), ("it", "Concerto, ore 21:15", (21, None)),
    ],
)  # fmt: skip
def test_a_title_may_tell_the_time(language: str, title: str, hours: tuple[int, int | None]) -> None:
    event = read("", language=language, title=title, when="date: 2026-10-14")

    assert isinstance(event.when, Timed)
    assert (event.when.starts_at.hour, event.when.ends_at and event.when.ends_at.hour) == hours


@pytest.mark.parametrize(
    "title",
    ["24h-Lauf", "Fünf-Uhr-Tee", "Letzter Schultag (Betreuung bis 14:00 Uhr)", "Film: 12 Uhr mittags", "Bus um 8:00 Uhr, Fest um 15:00 Uhr"],
)  # fmt: skip
def test_other_numbers_in_a_title_are_no_time(title: str) -> None:
    assert read("", title=title, when="date: 2026-10-14").when == AllDay(first=DAY, last=DAY)


def test_the_time_in_the_text_beats_the_titles() -> None:
    event = read("Am 14. Oktober 2026 um 19:30 Uhr.", title="Tatort um 20:15 Uhr", when="date: 2026-10-14")

    assert isinstance(event.when, Timed)
    assert event.when.starts_at.hour == 19


@pytest.mark.parametrize(
    ("language", "words", "hours"),
    [
        ("fr", "Mercredi 14 octobre 2026 - SOIRÉE 2 CONCERTS (12 € / 8 €) - 20H30", (20, None)),
        ("de", "Mittwoch, 14. Oktober 2026 – Vereinsheim – 19:30 Uhr", (19, None)),
        ("de", "14. Oktober 2026, 19:30 Uhr – 21:00 Uhr", (19, 21)),
    ],
)
def test_a_dash_before_a_time_may_part_what_a_line_says(
    language: str, words: str, hours: tuple[int, int | None]
) -> None:
    event = read(words, language=language, when="date: 2026-10-14")

    assert isinstance(event.when, Timed)
    assert (event.when.starts_at.hour, event.when.ends_at and event.when.ends_at.hour) == hours


@pytest.mark.parametrize(
    "words", ["14. Oktober 2026, 19:30 Uhr", "14. 10. 2026, 19:30 Uhr", "1. Mai Ling\n2. Am 14.10.2026 um 19:30 Uhr"]
)
def test_a_date_at_the_beginning_of_a_line_is_no_item_of_a_list(words: str) -> None:
    event = read(words, when="date: 2026-10-14")

    assert isinstance(event.when, Timed)
    assert event.when.starts_at.hour == 19


@pytest.mark.parametrize("place", ["Zoom Meeting um 20 Uhr", "online, ab 19:30 Uhr", "Zoom à 20h"])
def test_an_hour_beside_a_way_to_meet_over_the_net_is_no_place(place: str) -> None:
    event = read("", when=f'date: 2026-10-14\nplace: "{place}"')

    assert (event.location, event.mode) == (None, "online")


def test_the_marks_that_close_a_heading_are_no_part_of_it() -> None:
    shape = Shape(
        source="site", site_url="https://example.org", timezone="Europe/Berlin", languages=("de",), format="labelled"
    )
    data = b"# Kreative Methoden #\n\n**Datum:** 14. Oktober 2026\n"
    (event,) = read_document(Document(source="site", path="fest.md", data=data, revision="1"), shape).events

    assert event.title == "Kreative Methoden"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fr", "Le 12.10.26 à la mairie, présenté par une amie de tous."), ("fr", "Le 13.10.2026 sur Jitsi, avec vous et les autres."),
        ("de", "Am 13.10.2026 im Vereinsheim, mit Kuchen und Tee für alle."),
    ],
)  # fmt: skip
def test_a_text_that_opens_with_another_day_and_the_place_contradicts_the_key(language: str, words: str) -> None:
    assert codes(read(words, language=language))[:1] == ["contradiction"]


def test_a_text_that_opens_with_another_day_and_what_happened_contradicts_nothing() -> None:
    assert codes(read("Am 13.10.2026 jährt sich der Geburtstag der Stadt.")) == []


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", "Für Mitglieder des Vereins."), ("de", "Offen nur für Studierende der Hochschule."), ("de", "Nur für Eltern der Klasse 4."),
        ("de", "Helferfest für alle, die geholfen haben."), ("de", "Der Abend richtet sich an aktive Mitglieder."),
        ("de", "Ein Termin für Mitarbeitende, nur intern."), ("fr", "Pour les adhérents de l'association."),
        ("fr", "Le forum est réservé aux élèves de l'école."), ("fr", "Réunion réservée au bureau."), ("es", "Actividad para socios."),
        ("es", "Reservado para personal de la universidad."), ("es", "Solo para estudiantes del centro."),
        ("it", "Ingresso con tessera."), ("it", "L'incontro è rivolto ai soci."), ("it", "Riservato agli studenti."),
    ],
)  # fmt: skip
def test_what_is_for_some_people_is_not_open_because_they_register(language: str, words: str) -> None:
    assert read(f"{words}\n\n{REGISTER[language]}", language=language).access in ("unknown", "members")


@pytest.mark.parametrize(
    ("language", "words", "access"),
    [
        ("de", "Auf Einladung.", "invitation"), ("de", "Privatveranstaltung.", "invitation"), ("de", "Vereinsintern.", "members"),
        ("de", "Die Teilnahme ist auf Mitglieder beschränkt.", "members"), ("de", "Exklusiv für unsere Fördermitglieder.", "members"),
        ("es", "No abierto al público.", "invitation"),
    ],
)  # fmt: skip
def test_these_words_close_an_event_too(language: str, words: str, access: str) -> None:
    assert read(f"{words}\n\n{REGISTER[language]}", language=language).access == access


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", "Eintritt 5 €, für Mitglieder frei."), ("de", "Für Mitglieder kostenlos."), ("de", "Nur für kurze Zeit in der Stadt!"),
        ("de", "Auf Einladung der Stadt spricht eine Forscherin."), ("fr", "Pour les adhérents 6 €, 10 € pour les autres."),
        ("es", "Para socios es gratis, para los demás 5 €."), ("it", "Sconto ai soci."),
    ],
)  # fmt: skip
def test_a_price_for_members_leaves_an_event_open_to_those_who_register(language: str, words: str) -> None:
    assert read(f"{words}\n\n{REGISTER[language]}", language=language).access == "open"


@pytest.mark.parametrize(
    ("language", "words", "hours"),
    [
        ("it", "ore 21", (21, None)), ("it", "alle 21", (21, None)), ("it", "dalle 18 alle 20", (18, 20)),
        ("it", "dalle ore 9.30 alle 13", (9, 13)), ("es", "de 18 a 20 h", (18, 20)), ("de", "um 19 Uhr", (19, None)),
    ],
)  # fmt: skip
def test_a_time_may_need_its_small_words(language: str, words: str, hours: tuple[int, int | None]) -> None:
    event = read("", language=language, when=f'date: 2026-10-14\nstart: "{words}"')

    assert isinstance(event.when, Timed)
    assert (event.when.starts_at.hour, event.when.ends_at and event.when.ends_at.hour) == hours


@pytest.mark.parametrize(
    ("language", "words"), [("es", "de 10 a 12"), ("it", "18-20"), ("de", "10-12 & 14-16 Uhr"), ("de", "19:00/20:00")]
)
def test_numbers_that_may_be_other_times_leave_a_doubt(language: str, words: str) -> None:
    event = read("", language=language, when=f'date: 2026-10-14\nstart: "{words}"')

    assert (event.when, codes(event)) == (AllDay(first=DAY, last=DAY), ["unreadable-start"])


@pytest.mark.parametrize(
    ("language", "words"), [("de", "ganztägig"), ("fr", "toute la journée"), ("es", "todo el día"), ("it", "tutto il giorno")]
)  # fmt: skip
def test_a_start_may_say_that_it_is_the_whole_day(language: str, words: str) -> None:
    event = read("", language=language, when=f'date: 2026-10-14\nstart: "{words}"')

    assert (event.when, event.doubts) == (AllDay(first=DAY, last=DAY), ())
