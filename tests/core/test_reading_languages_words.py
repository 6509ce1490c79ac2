"""Who may come, what goes ahead, how people meet and how they join, in German, French, Spanish and Italian."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.event import AllDay, Document, Event, Timed
from notifier.core.reading import read_document
from notifier.core.reading.languages import CODES, language_of
from notifier.core.reading.shape import Pick, Shape

SHAPE = Shape(source="site", site_url="https://example.org", timezone="Europe/Vienna", languages=CODES)
#: Far above what these take, far below what a quadratic pattern would take.
SECONDS = 20.0
# A line of each language, so that a short text is known to be in it.
SAID = {
    "en": "",
    "de": "Wir freuen uns auf euch und auf einen schönen Abend mit Gesprächen.",
    "fr": "Nous sommes une petite équipe et nous vous racontons nos projets avec plaisir.",
    "es": "Somos un grupo pequeño y los proyectos son para las personas del barrio.",
    "it": "Siamo un piccolo gruppo e i progetti sono per gli abitanti della nostra zona.",
}
ON = {
    "en": "On 9 December at 7pm we will meet.", "de": "Am 9. Dezember um 19 Uhr treffen wir uns.",
    "fr": "Le 9 décembre à 19h nous nous retrouvons.", "es": "El 9 de diciembre a las 19:00 nos reuniremos.",
    "it": "Il 9 dicembre alle 19:00 ci incontreremo.",
}  # fmt: skip


def event(code: str, text: str, *, title: str = "Talk", shape: Shape = SHAPE, front: str = "") -> Event:
    data = f"---\ntitle: {title}\ndate: 2026-12-09\n{front}---\n\n{SAID[code]}\n\n{text}\n".encode()
    (only,) = read_document(Document(source="site", path="2026-12-09-talk.md", data=data, revision="1"), shape).events
    return only


@pytest.mark.parametrize(
    ("code", "text", "access"),
    [
        ("de", "Die Teilnahme ist nur auf Einladung möglich.", "invitation"), ("de", "Nur mit Einladng!", "invitation"), ("de", "Dies ist eine geschlossene Veranstaltung.", "invitation"),
        ("de", "Nur für geladene Gäste.", "invitation"), ("de", "Das Treffen ist nicht öffentlich.", "invitation"), ("de", "Nur für Mitglieder.", "members"),
        ("de", "Der Abend ist ausschließlich für unsere Vereinsmitglieder.", "members"), ("de", "Nur für Mitgleider, der Eintritt ist kostenlos.", "members"),
        ("de", "Die Teilnahme ist Mitgliedern vorbehalten.", "members"), ("de", "This evening is by invitation only.", "invitation"),
        ("fr", "Sur invitation uniquement.", "invitation"), ("fr", "Uniquement sur invitaton.", "invitation"), ("fr", "La rencontre est sur invitation.", "invitation"),
        ("fr", "Réservé aux personnes invitées.", "invitation"), ("fr", "Une réunion à huis clos.", "invitation"), ("fr", "Réservé aux membres.", "members"),
        ("fr", "L'assemblée est réservée aux adhérents.", "members"), ("fr", "Réservé aux membress de l'association.", "members"), ("fr", "Exclusivement pour nos membres.", "members"),
        ("es", "Solo por invitación.", "invitation"), ("es", "Únicamente con invitacion.", "invitation"), ("es", "Es una reunión privada.", "invitation"),
        ("es", "Por invitación.", "invitation"), ("es", "Sólo para socios.", "members"), ("es", "Exclusivo para socias y socios.", "members"), ("es", "Reservado a los miembros.", "members"),
        ("it", "Solo su invito.", "invitation"), ("it", "L'incontro è esclusivamente su invitto.", "invitation"), ("it", "Un evento privato.", "invitation"),
        ("it", "Riservato ai soci.", "members"), ("it", "Riservata ai nostri soci.", "members"), ("it", "Soltanto per i membri.", "members"),
    ],
)  # fmt: skip
def test_closing_words_close_an_event_slips_of_the_pen_and_all(code: str, text: str, access: str) -> None:
    assert event(code, f"{ON[code]} {text}").access == access


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("de", "Nicht nur für Mitglieder."), ("de", "Auf Einladung des Vereins spricht Prof. Beispiel."), ("de", "Keine geschlossene Veranstaltung."),
        ("de", "Ermäßigung nur für Mitglieder."), ("de", "Wir haben nur noch wenige Plätze."), ("fr", "Il n'est pas réservé aux membres."),
        ("fr", "Sur invitation de la mairie, une autrice lira."), ("fr", "Le tarif réduit est réservé aux membres."), ("fr", "Pour réserver, nos membres ont un code."),
        ("es", "No solo para socios."), ("es", "Por invitación del ayuntamiento habla una autora."), ("es", "Descuento solo para socios."),
        ("it", "Non solo per i soci."), ("it", "Su invito del comune parlerà un'autrice."), ("it", "Sconto riservato ai soci."),
    ],
)  # fmt: skip
def test_words_that_only_sound_like_closing_ones_say_nothing(code: str, text: str) -> None:
    assert event(code, f"{ON[code]} {text}").access == "unknown"


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("de", "Eintritt frei, alle sind herzlich willkommen."), ("de", "Offen für alle!"), ("de", "Das Treffen steht allen offen."),
        ("fr", "Ouvert à tous."), ("fr", "L'atelier est ouvert à tous et gratuit."), ("fr", "Tout le monde est le bienvenu."), ("fr", "Entrée libre."),
        ("es", "Abierto a todo el público."), ("es", "Entrada libre hasta completar aforo."), ("es", "Todas las personas son bienvenidas."),
        ("it", "Aperto a tutti."), ("it", "Ingresso libero fino a esaurimento posti."), ("it", "Tutte e tutti benvenuti!"),
    ],
)  # fmt: skip
def test_an_event_is_open_where_the_text_says_that_all_may_come(code: str, text: str) -> None:
    assert event(code, f"{ON[code]} {text}").access == "open"


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("de", "Eintritt frei."), ("de", "Offen für alle Mitglieder."), ("de", "Alle willkommen, die eingeladen sind."), ("de", "Nicht offen für alle."), ("de", "Willkommen auf unserer Seite!"),
        ("fr", "Ouvert à tous les adhérents de la région."), ("fr", "Bienvenue à tous !"), ("fr", "Gratuit."), ("fr", "La prochaine réunion : entrée libre."),
        ("es", "Abierto a todos los socios."), ("es", "Bienvenidos a todos."), ("es", "Gratis."), ("es", "Abierto a todos, los socios primero."),
        ("it", "Aperto a tutti i soci."), ("it", "Benvenuti sul nostro sito!"), ("it", "Gratuito."), ("it", "Aperto a tutti, i soci prima."),
    ],
)  # fmt: skip
def test_what_does_not_surely_say_that_all_may_come_leaves_it_unknown(code: str, text: str) -> None:
    assert event(code, f"{ON[code]} {text}").access in ("unknown", "members")


@pytest.mark.parametrize(
    ("title", "rest", "status"),
    [
        ("ABGESAGT: Lesung", "Lesung", "cancelled"), ("Lesung (abgesagt)", "Lesung", "cancelled"), ("Verschoben – Lesung", "Lesung", "postponed"),
        ("Fällt aus: Lesung", "Lesung", "cancelled"), ("[Annulé] Atelier", "Atelier", "cancelled"), ("Atelier - REPORTÉ", "Atelier", "postponed"),
        ("CANCELADO: Taller", "Taller", "cancelled"), ("Taller (aplazado)", "Taller", "postponed"), ("ANNULLATO – Incontro", "Incontro", "cancelled"),
        ("Incontro (rinviato)", "Incontro", "postponed"), ("Postponed: Talk", "Talk", "postponed"),
    ],
)  # fmt: skip
def test_a_title_may_call_its_event_off_in_every_language(title: str, rest: str, status: str) -> None:
    found = event("en", ON["en"], title=f'"{title}"')

    assert (found.title, found.status) == (rest, status)


@pytest.mark.parametrize(
    "title",
    ["Nicht abgesagt", "Warum Konzerte abgesagt werden", "Le vol annulé", "Abgesagt", "El partido aplazado de 1926"],
)
def test_a_title_with_such_a_word_in_it_is_a_title(title: str) -> None:
    found = event("en", ON["en"], title=f'"{title}"')

    assert (found.title, found.status) == (title, "scheduled")


@pytest.mark.parametrize(
    ("code", "text", "off"),
    [
        ("de", "Die Lesung am 9. Dezember fällt leider aus.", True), ("de", "Das Treffen wird verschoben.", True), ("de", "Leider müssen wir den Abend absagen.", True),
        ("de", "Das Treffen wird nicht abgesagt.", False), ("de", "Die Lesung fällt nicht aus.", False), ("fr", "L'atelier est malheureusement annulé.", True),
        ("fr", "La rencontre du 9 décembre a été reportée.", True), ("fr", "L'atelier n'est pas annulé.", False), ("es", "El taller ha sido cancelado.", True),
        ("es", "La charla del 9 de diciembre queda aplazada.", True), ("es", "El taller no se cancela.", False), ("it", "L'incontro è stato annullato.", True),
        ("it", "La serata del 9 dicembre è rinviata.", True), ("it", "L'incontro non è annullato.", False), ("de", "This meeting has been cancelled.", True),
    ],
)  # fmt: skip
def test_a_sentence_that_calls_the_event_off_is_a_doubt_and_its_denial_is_none(code: str, text: str, off: bool) -> None:
    found = event(code, f"{ON[code]} {text}")

    assert ("called-off-in-text" in [doubt.code for doubt in found.doubts]) is off
    assert (found.status in ("cancelled", "postponed")) is off


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("de", "Am 9. Dezember fand unser Abend statt. Wir haben viel gelernt und diskutiert."), ("fr", "La soirée a eu lieu le 9 décembre."), ("fr", "Le 9 décembre, nous avons accueilli vingt personnes."),
        ("es", "El taller tuvo lugar el 9 de diciembre."), ("es", "El encuentro se celebró el 9 de diciembre."), ("it", "La serata si è tenuta il 9 dicembre."),
        ("it", "Il 9 dicembre abbiamo ospitato venti persone."),
    ],
)  # fmt: skip
def test_a_text_that_looks_back_tells_of_a_past_event(code: str, text: str) -> None:
    assert event(code, text).status == "past"


@pytest.mark.parametrize("code", CODES)
def test_an_announcement_gives_its_time_and_is_no_contradiction(code: str) -> None:
    found = event(code, ON[code])

    assert isinstance(found.when, Timed)
    assert (found.when.starts_at.hour, found.when.ends_at, found.doubts) == (19, None, ())


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("de", "Wir treffen uns am 10. Dezember um 19 Uhr."), ("fr", "Notre atelier aura lieu le 10 décembre à 19h."), ("es", "Nuestro taller se celebrará el 10 de diciembre a las 19:00."),
        ("it", "Il nostro incontro si terrà il 10 dicembre alle 19:00."),
    ],
)  # fmt: skip
def test_an_announcement_for_another_day_is_a_contradiction(code: str, text: str) -> None:
    found = event(code, text)

    assert isinstance(found.when, AllDay)
    assert "contradiction" in [doubt.code for doubt in found.doubts]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("de", "Das nächste Treffen findet am 10. Januar um 18 Uhr statt."), ("fr", "La prochaine rencontre aura lieu le 10 janvier à 18h."),
        ("es", "La próxima charla será el 10 de enero a las 18:00."), ("it", "Il prossimo incontro si terrà il 10 gennaio alle 18:00."),
    ],
)  # fmt: skip
def test_the_next_meetings_date_says_nothing_about_this_one(code: str, text: str) -> None:
    found = event(code, f"{ON[code]} {text}")

    assert isinstance(found.when, Timed)
    assert (found.when.starts_at.day, found.when.starts_at.hour, found.doubts) == (9, 19, ())


@pytest.mark.parametrize(
    ("code", "text", "mode"),
    [
        ("de", "Am 9. Dezember um 19 Uhr treffen wir uns per Zoom.", "online"), ("de", "Das Online-Seminar am 9. Dezember um 19 Uhr.", "online"), ("de", "Am 9. Dezember um 19 Uhr in Präsenz und online.", "hybrid"),
        ("de", "Am 9. Dezember um 19 Uhr treffen wir uns in Präsenz.", "in-person"), ("de", "Am 9. Dezember um 19 Uhr; Anmeldung online bis Mittwoch.", "unknown"),
        ("fr", "Le 9 décembre à 19h, réunion en ligne.", "online"), ("fr", "Le 9 décembre à 19h en présentiel et en visio.", "hybrid"), ("fr", "Le 9 décembre à 19h en présentiel.", "in-person"),
        ("es", "El 9 de diciembre a las 19:00 nos vemos por Zoom.", "online"), ("es", "Encuentro híbrido el 9 de diciembre a las 19:00.", "hybrid"), ("es", "Taller presencial el 9 de diciembre a las 19:00.", "in-person"),
        ("it", "Il 9 dicembre alle 19:00 ci incontriamo su Zoom.", "online"), ("it", "Il 9 dicembre alle 19:00 in presenza e online.", "hybrid"), ("it", "Il 9 dicembre alle 19:00 in presenza.", "in-person"),
    ],
)  # fmt: skip
def test_the_words_for_how_people_meet_are_known(code: str, text: str, mode: str) -> None:
    assert event(code, text).mode == mode


@pytest.mark.parametrize(
    ("code", "text", "place"),
    [
        ("de", "**Wann:** 9.12.2026, 19 Uhr\n**Wo:** Kulturhaus Beispiel", "Kulturhaus Beispiel"), ("fr", "**Quand :** 9/12/2026 à 19h\n**Où :** Salle des fêtes", "Salle des fêtes"),
        ("es", "Cuándo: 9/12/2026, 19:00 h\nDónde: Casa Ejemplo", "Casa Ejemplo"), ("it", "Data: 9/12/2026\nOra: 19.00\nLuogo: Circolo Esempio", "Circolo Esempio"),
        ("en", "📅 9 December\n🕐 19:00\n📍 Example Hall", "Example Hall"),
    ],
)  # fmt: skip
def test_labelled_lines_give_time_and_place(code: str, text: str, place: str) -> None:
    found = event(code, text)

    assert isinstance(found.when, Timed)
    assert (found.when.starts_at.hour, found.location) == (19, place)


@pytest.mark.parametrize(
    ("code", "invites", "others"),
    [
        ("de", "Bitte [hier anmelden](https://t.example.org/).", "[Newsletter](https://n.example.org/) und [Programm](https://p.example.org/)"),
        ("fr", "[Inscrivez-vous ici](https://t.example.org/).", "[infolettre](https://n.example.org/) et [programme](https://p.example.org/)"),
        ("es", "[Inscríbete aquí](https://t.example.org/).", "[boletín](https://n.example.org/) y [programa](https://p.example.org/)"),
        ("it", "[Iscriviti qui](https://t.example.org/).", "[newsletter](https://n.example.org/) e [programma](https://p.example.org/)"),
    ],
)  # fmt: skip
def test_the_way_in_is_told_from_other_links_and_asks_everybody(code: str, invites: str, others: str) -> None:
    found = event(code, f"{ON[code]} {invites}\n\n{others}")

    assert (found.join_url, found.access) == ("https://t.example.org/", "open")


@pytest.mark.parametrize("code", CODES)
def test_letters_and_accents_written_apart_are_read_as_one(code: str) -> None:
    apart = {"fr": "de\u0301cembre", "en": "December", "de": "Dezember", "es": "diciembre", "it": "dicembre"}[code]
    found = event(code, ON[code].replace("décembre", apart))

    assert isinstance(found.when, Timed)


@pytest.mark.parametrize("code", CODES)
def test_the_language_of_a_text_is_told_by_its_small_words(code: str) -> None:
    assert language_of(f"{SAID[code]} {ON[code]}", ("en", *CODES)).code == code


def test_a_short_or_mixed_text_is_in_the_preferred_language() -> None:
    assert language_of("Stammtisch, 19 Uhr", ("en", "de")).code == "en"
    assert (
        language_of("The talk is about the words der, die and das and the way they are used.", ("en", "de")).code
        == "en"
    )
    assert language_of("", ("fr", "en")).code == "fr"
    assert language_of("Wir freuen uns auf euch und auf den Abend.", ("en", "fr")).code == "en"
    assert language_of("Anything", ("nl", "xx")).code == "en"


def test_a_mapped_language_is_stronger_than_the_words() -> None:
    shape = replace(SHAPE, fields={"language": (Pick(keys=("lang",)),)})

    found = event("en", "Mi., 9.12., 19 Uhr", shape=shape, front="lang: de-AT\n")

    assert isinstance(found.when, Timed)


@given(st.text(max_size=200), st.lists(st.sampled_from([*CODES, "nl", "", "DE_at"]), max_size=4))
def test_telling_a_language_never_raises(text: str, codes: list[str]) -> None:
    assert language_of(text, codes).code in CODES


@pytest.mark.parametrize("code", CODES)
@given(st.lists(st.sampled_from(["am", "9.", "Dezember", "le", "décembre", "el", "de", "diciembre", "il", "dicembre", "um", "19", "Uhr", "18h30", "a", "las", "alle", "ore", "bis", "à", "nur", "für", "réservé", "aux", "solo", "su", "invito", "nous", "si", "terrà", "findet", "statt", ".", ":", "-", "\n", "Wann:", "[hier](https://example.org)"]), max_size=40))  # fmt: skip
def test_reading_never_raises_on_words_of_any_language(code: str, said: list[str]) -> None:
    assert event("en", " ".join(said), shape=replace(SHAPE, languages=(code,))).title == "Talk"


@pytest.mark.parametrize(
    ("code", "unit"),
    [
        ("de", "am 9. Dezember bis "), ("de", "unsere a "), ("de", "findet die Lesung "), ("de", "nur für "), ("de", "a-"), ("de", "22.–24.11."),
        ("fr", "le 9 décembre à "), ("fr", "nous nous retrouvons à la maison de "), ("fr", "l'assemblée n'est "), ("fr", "réservé aux "), ("fr", "18h à "),
        ("es", "el 9 de diciembre al "), ("es", "tendrá lugar en la biblioteca de a "), ("es", "solo para "), ("es", "a las siete y "),
        ("it", "il 9 dicembre al "), ("it", "si terrà presso la biblioteca di a "), ("it", "solo su "), ("it", "dalle 18 alle "), ("en", "half past 6 for "), ("en", "e\u0301"),
    ],
)  # fmt: skip
def test_a_long_text_of_the_same_is_read_in_linear_time(code: str, unit: str) -> None:
    data = f"---\ntitle: Talk\ndate: 2026-12-09\n---\n{unit * (250_000 // len(unit))}".encode()
    started = time.perf_counter()

    read_document(
        Document(source="site", path="2026-12-09-talk.md", data=data, revision="1"), replace(SHAPE, languages=(code,))
    )

    assert time.perf_counter() - started < SECONDS
