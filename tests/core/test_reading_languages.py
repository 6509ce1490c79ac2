"""Dates, times and zones in German, French, Spanish and Italian, and what English gained with them."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from notifier.core.reading.dates import dates_in
from notifier.core.reading.languages import CODES, ENGLISH, Language, language_named
from notifier.core.reading.times import clock_of, times_in
from notifier.core.reading.zonewords import meant, zone_beside, zone_of_place

NEAR = date(2027, 3, 1)
OTHERS = tuple(code for code in CODES if code != "en")
MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
}
SHORT_MONTHS = {
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec",
    "de": "Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez.",
    "fr": "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
    "es": "ene. feb. mar. abr. may. jun. jul. ago. sept. oct. nov. dic.",
    "it": "gen feb mar apr mag giu lug ago set ott nov dic",
}
WEEKDAYS = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "de": "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "es": "lunes martes miércoles jueves viernes sábado domingo",
    "it": "lunedì martedì mercoledì giovedì venerdì sabato domenica",
}
SHORT_WEEKDAYS = {
    "en": "Mon Tues Weds Thurs Fri Sat Sun", "de": "Mo. Di. Mi. Do. Fr. Sa. So.", "fr": "lun. mar. mer. jeu. ven. sam. dim.",
    "es": "lun. mar. mié. jue. vie. sáb. dom.", "it": "lun mar mer gio ven sab dom",
}  # fmt: skip
DATES = {
    "en": ("On {W} {d} {M} {y}", "{w} {d} {m} {y}", "the {d} of {M}, {y}", "{M} {d}, {y}"),
    "de": ("am {W}, {d}. {M} {y}", "{w}, {d}. {m} {y}", "{W}, den {d}. {M} {y}", "am {d}.{n}.{y}", "{d}. {n}. {y}", "{d}.{n}.{yy}"),
    "fr": ("le {W} {d} {M} {y}", "{w} {d} {m} {y}", "le {d} {M} {y}", "le {d}/{n}/{y}", "{W} {d}/{n}/{y}"),
    "es": ("el {W} {d} de {M} de {y}", "{w} {d} {m} {y}", "{W}, {d} de {M} del {y}", "{d}/{n}/{y}", "el día {d} de {M} de {y}"),
    "it": ("{W} {d} {M} {y}", "{w} {d} {m} {y}", "il {d} {M} {y}", "l'{d} {M} {y}", "{d}/{n}/{y}", "{d}.{n}.{y}"),
}  # fmt: skip
RANGES = {
    "en": ("{a} – {b} {M} {y}", "{a} to {b} {M} {y}"),
    "de": ("vom {a}. bis {b}. {M} {y}", "{a}.–{b}. {M} {y}", "vom {a}. bis zum {b}. {M} {y}", "{a}.–{b}.{n}.{y}", "{a}.{n}. bis {b}.{n}.{y}"),
    "fr": ("du {a} au {b} {M} {y}", "{a}-{b} {M} {y}", "du {a} au {b}/{n}/{y}", "du {a}/{n} au {b}/{n}/{y}"),
    "es": ("del {a} al {b} de {M} de {y}", "{a}-{b} de {M} de {y}", "del {a} al {b}/{n}/{y}"),
    "it": ("dal {a} al {b} {M} {y}", "{a}-{b} {M} {y}", "dall'{a} al {b} {M} {y}", "dal {a} al {b}/{n}/{y}"),
}  # fmt: skip
TIMES = {
    "en": ("at {H}:{M}", "from {H}:{M}", "@ {H}.{M}"),
    "de": ("um {H}:{M} Uhr", "{H}.{M} Uhr", "ab {H}:{M}", "Beginn: {H}.{M}", "{H}:{M}h"),
    "fr": ("à {h}h{M}", "dès {h} h {M}", "à {H}:{M}", "{h}H{M}"),
    "es": ("a las {H}:{M}", "{H}.{M} h", "{h}:{M} horas", "desde las {H}:{M}"),
    "it": ("alle {H}:{M}", "ore {H}.{M}", "alle ore {H},{M}", "h {H}:{M}", "dalle {H}.{M}"),
}
SPANS = {
    "en": ("{H}:{M} to {J}:{N}", "{H}:{M}–{J}:{N}"),
    "de": ("{H}:{M} bis {J}:{N} Uhr", "von {H}.{M} bis {J}.{N} Uhr", "{H}:{M}–{J}:{N}", "{H}:{M} Uhr - {J}:{N} Uhr"),
    "fr": ("de {H}h{M} à {J}h{N}", "{H}h{M}-{J}h{N}", "de {H}:{M} à {J}:{N}", "de {H} h {M} à {J} h {N}"),
    "es": (
        "de {H}:{M} a {J}:{N}",
        "de {H}.{M} a {J}.{N} h",
        "desde las {H}:{M} hasta las {J}:{N}",
        "{H}:{M} - {J}:{N} h",
    ),
    "it": (
        "dalle {H}:{M} alle {J}:{N}",
        "ore {H}.{M} - {J}.{N}",
        "dalle ore {H},{M} alle ore {J},{N}",
        "{H}:{M}–{J}:{N}",
    ),
}


def table(code: str) -> Language:
    found = language_named(code)
    assert found is not None
    return found


def written(code: str, way: str, day: date, **more: int) -> str:
    return way.format(
        W=WEEKDAYS[code].split()[day.weekday()], w=SHORT_WEEKDAYS[code].split()[day.weekday()], d=day.day,
        M=MONTHS[code].split()[day.month - 1], m=SHORT_MONTHS[code].split()[day.month - 1], n=day.month, y=day.year,
        yy=f"{day.year % 100:02}", **more,
    )  # fmt: skip


@pytest.mark.parametrize("code", CODES)
@given(day=st.dates(date(2001, 1, 1), date(2099, 12, 31)), data=st.data())
def test_a_date_written_as_people_do_is_read_back_exactly(code: str, day: date, data: st.DataObject) -> None:
    text = written(code, data.draw(st.sampled_from(DATES[code])), day)

    (mention,) = dates_in(text, near=NEAR, language=table(code))

    assert mention.days == {day}
    assert mention.weekday in (None, day.weekday())


@pytest.mark.parametrize("code", CODES)
@given(day=st.dates(date(2026, 9, 1), date(2027, 8, 30)), data=st.data())
def test_without_a_year_the_nearest_one_is_meant(code: str, day: date, data: st.DataObject) -> None:
    ways = [way for way in DATES[code] if "M}" in way]
    text = written(code, data.draw(st.sampled_from(ways)), day)
    for tail in (f", {day.year}", f" de {day.year}", f" del {day.year}", f" {day.year}"):
        text = text.removesuffix(tail)

    (mention,) = dates_in(text, near=NEAR, language=table(code))

    assert mention.days == {day}


@pytest.mark.parametrize("code", CODES)
@given(last=st.dates(date(2001, 1, 1), date(2099, 12, 31)), length=st.integers(1, 20), data=st.data())
def test_a_range_of_days_is_read_back_with_every_day(code: str, last: date, length: int, data: st.DataObject) -> None:
    first = max(last - timedelta(days=length), last.replace(day=1))
    if first == last:
        return
    text = written(code, data.draw(st.sampled_from(RANGES[code])), last, a=first.day, b=last.day)

    (mention,) = dates_in(text, near=NEAR, language=table(code))

    assert sorted(mention.days) == [first + timedelta(days=n) for n in range((last - first).days + 1)]
    assert mention.ranged


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "30 November – 2 December 2029"), ("de", "30. November bis 2. Dezember 2029"), ("de", "30.11. bis 2.12.2029"),
        ("fr", "du 30 novembre au 2 décembre 2029"), ("es", "del 30 de noviembre al 2 de diciembre de 2029"),
        ("it", "dal 30 novembre al 2 dicembre 2029"),
    ],
)  # fmt: skip
def test_a_year_at_the_end_of_a_range_is_for_both_of_its_months(code: str, text: str) -> None:
    (mention,) = dates_in(text, near=NEAR, language=table(code))

    assert sorted(mention.days) == [date(2029, 11, 30), date(2029, 12, 1), date(2029, 12, 2)]


@pytest.mark.parametrize(
    ("code", "text", "days"),
    [
        ("de", "am 5.3. um 19 Uhr", [5]), ("de", "So, 7.3., 10 Uhr", [7]), ("de", "22. und 23. März", [22, 23]),
        ("de", "3., 10. und 17. März", [3, 10, 17]), ("de", "Mittwochabend, 3. März", [3]), ("de", "1. Mrz. 2027", [1]),
        ("fr", "1er mars", [1]), ("fr", "les 22 et 23 mars", [22, 23]), ("fr", "mercredi 03/03", [3]), ("fr", "mercredi soir 3 mars", [3]),
        ("es", "1.º de marzo", [1]), ("es", "el 22 y el 23 de marzo", [22, 23]), ("es", "miercoles 3 de marzo", [3]),
        ("it", "il 1° marzo", [1]), ("it", "mercoledi' 3 marzo", [3]), ("it", "l'11 e il 12 marzo", [11, 12]),
        ("de", "Raum 3, 5. März", [5]), ("fr", "salle 3, 5 mars", [5]), ("de", "March 5, 2027", [5]), ("it", "5th March 2027", [5]),
        ("de", "Version 2.15. und § 5.3.", []), ("fr", "3/4 des places", []), ("de", "Im August 5 Treffen", []), ("de", "19.30 Uhr", []),
        ("fr", "01.23.45.67.89", []), ("es", "de 18 a 20 h", []), ("it", "dalle 18 alle 20", []),
    ],
)  # fmt: skip
def test_the_ways_of_each_language_are_known_and_numbers_are_no_dates(code: str, text: str, days: list[int]) -> None:
    found = {day for mention in dates_in(text, near=NEAR, language=table(code)) for day in mention.days}

    assert sorted(found) == [date(2027, 3, day) for day in days]


@pytest.mark.parametrize("code", OTHERS)
def test_numbers_are_day_first_and_only_english_leaves_a_doubt(code: str) -> None:
    (mention,) = dates_in("04/05/2026", near=NEAR, language=table(code))
    (open_order,) = dates_in("04/05/2026", near=NEAR)
    (stated,) = dates_in("04/05/2026", near=NEAR, order="month-first")

    assert mention.days == {date(2026, 5, 4)}
    assert open_order.days == {date(2026, 5, 4), date(2026, 4, 5)}
    assert stated.days == {date(2026, 4, 5)}


@pytest.mark.parametrize("own", CODES)
@pytest.mark.parametrize("other", CODES)
def test_no_name_of_a_month_or_weekday_means_another_one_elsewhere(own: str, other: str) -> None:
    one, two = table(own).calendar, table(other).calendar
    months = {name for name in one.months.keys() & two.months.keys() if one.months[name] != two.months[name]}
    weekdays = {name for name in one.weekdays.keys() & two.weekdays.keys() if one.weekdays[name] != two.weekdays[name]}

    assert (months, weekdays) == (set(), set())


@pytest.mark.parametrize("own", CODES)
@pytest.mark.parametrize("other", CODES)
@given(day=st.dates(date(2001, 1, 1), date(2099, 12, 31)), data=st.data())
def test_a_date_in_words_is_never_another_day_in_another_language(
    own: str, other: str, day: date, data: st.DataObject
) -> None:
    ways = [way for way in DATES[own] if "{M}" in way or "{m}" in way]
    text = written(own, data.draw(st.sampled_from(ways)), day)

    found = dates_in(text, near=day, language=table(other))

    assert all(day in mention.days for mention in found)


def clock(way: str, at: time, until: time = time(0)) -> str:
    return way.format(H=f"{at.hour:02}", h=at.hour, M=f"{at.minute:02}", J=f"{until.hour:02}", N=f"{until.minute:02}")


@pytest.mark.parametrize("code", CODES)
@given(hour=st.integers(0, 23), minute=st.integers(0, 59), data=st.data())
def test_a_time_written_as_people_do_is_read_back_exactly(
    code: str, hour: int, minute: int, data: st.DataObject
) -> None:
    text = clock(data.draw(st.sampled_from(TIMES[code])), time(hour, minute))

    (found,) = times_in(text, language=table(code))

    assert (found.start, found.end, found.unsure) == (time(hour, minute), None, False)


@pytest.mark.parametrize("code", CODES)
@given(first=st.integers(0, 1438), length=st.integers(1, 600), data=st.data())
def test_a_start_and_an_end_are_read_back_exactly(code: str, first: int, length: int, data: st.DataObject) -> None:
    last = min(first + length, 1439)
    at, until = time(first // 60, first % 60), time(last // 60, last % 60)

    (found,) = times_in(clock(data.draw(st.sampled_from(SPANS[code])), at, until), language=table(code))

    assert (found.start, found.end, found.unsure) == (at, until, False)


@pytest.mark.parametrize(
    ("code", "text", "start", "end"),
    [
        ("de", "um 19 Uhr", 19.0, None), ("de", "19–21 Uhr", 19.0, 21.0), ("de", "von 9 bis 17 Uhr", 9.0, 17.0), ("de", "7 Uhr abends", 19.0, None),
        ("de", "halb acht abends", 19.5, None), ("de", "Viertel vor acht abends", 19.75, None), ("de", "12 Uhr mittags", 12.0, None),
        ("de", "bis 21 Uhr", None, 21.0), ("de", "Einlass 18 Uhr, Beginn 19 Uhr", 19.0, None), ("de", "18 Uhr Einlass, 19 Uhr Beginn", 19.0, None),
        ("de", "19 Uhr (Anmeldung erforderlich)", 19.0, None), ("de", "Mitternacht", 0.0, None),
        ("fr", "à 18h", 18.0, None), ("fr", "18 heures", 18.0, None), ("fr", "de 18 à 20 h", 18.0, 20.0), ("fr", "jeudi 5 à 18h", 18.0, None),
        ("fr", "midi", 12.0, None), ("fr", "7h30 du soir", 19.5, None), ("fr", "huit heures et demie du soir", 20.5, None), ("fr", "jusqu'à 20h", None, 20.0),
        ("fr", "18 heures et demie", 18.5, None), ("fr", "ouverture des portes à 18h, début à 19h", 19.0, None),
        ("es", "de 18 a 20 h", 18.0, 20.0), ("es", "a las 7 de la tarde", 19.0, None), ("es", "a las siete y media de la tarde", 19.5, None),
        ("es", "6 p. m.", 18.0, None), ("es", "el jueves 5 a las 18 h", 18.0, None), ("es", "12 del mediodía", 12.0, None), ("es", "9:30 h", 9.5, None),
        ("es", "apertura de puertas a las 18 h, concierto a las 19 h", 19.0, None), ("es", "hasta las 20 h", None, 20.0), ("es", "9 de la noche", 21.0, None),
        ("it", "alle 18", 18.0, None), ("it", "dalle 18 alle 20", 18.0, 20.0), ("it", "alle 7 di sera", 19.0, None), ("it", "alle sette e mezza di sera", 19.5, None),
        ("it", "a mezzogiorno", 12.0, None), ("it", "apertura porte ore 18, inizio ore 19", 19.0, None), ("it", "fino alle 20", None, 20.0),
        ("en", "from 6:00pm to 8:00pm (meeting start at 6:30pm)", 18.0, 20.0), ("en", "6:30pm - doors open 6pm", 18.5, None), ("en", "half past six in the evening", 18.5, None),
        ("en", "7 for 7:30pm", 19.5, None), ("en", "7pm for 7.30pm", 19.5, None), ("en", "doors 6pm, 6:30pm start", 18.5, None), ("en", "6pm doors, 7pm start", 19.0, None),
        ("en", "🕐 18:00", 18.0, None), ("en", "quarter to 7pm", 18.75, None), ("en", "arrive by 8:45 for 9:00 start", 9.0, None),
    ],
)  # fmt: skip
def test_a_time_reads_as_its_language_means_it(code: str, text: str, start: float | None, end: float | None) -> None:
    (found,) = times_in(text, language=table(code))

    assert found.unsure is False
    assert [at and at.hour + at.minute / 60 for at in (found.start, found.end)] == [start, end]


def test_a_start_behind_the_arrival_keeps_its_own_end() -> None:
    start, end = times_in("10:30 (for start at 11:00) - 16:30")

    assert (start.start, end.end) == (time(11), time(16, 30))


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("de", "halb acht"), ("de", "um 7 Uhr"), ("de", "von 5 bis 7 Uhr"), ("fr", "à sept heures et demie"), ("fr", "à 7 h"), ("es", "a las 7"),
        ("es", "a las 9:30"), ("es", "a las siete y media"), ("es", "a las 8 en la plaza"), ("it", "alle 8"), ("it", "alle sette e mezza"), ("en", "half past six"),
    ],
)  # fmt: skip
def test_a_time_that_may_be_morning_or_evening_is_unsure_in_every_language(code: str, text: str) -> None:
    assert [found.unsure for found in times_in(text, language=table(code))] == [True]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("de", "bis spätestens 18 Uhr anmelden"), ("de", "Anmeldeschluss: 18 Uhr"), ("de", "10 bis 12 Personen"), ("de", "Version 2.15"), ("de", "12,50 Euro"),
        ("fr", "inscription avant 18h"), ("fr", "à 20 personnes"), ("fr", "dans une heure"), ("fr", "accueil dès 18h30"), ("fr", "de 18 à 20 ans"),
        ("es", "a las 18 personas"), ("es", "plazo hasta el viernes a las 14 h"), ("es", "de 18 a 20 años"), ("es", "por las dos mujeres"),
        ("it", "alle 18 persone"), ("it", "entro le 18"), ("it", "alle sette donne"), ("it", "dal 18 al 20"), ("it", "apertura porte ore 18"),
    ],
)  # fmt: skip
def test_what_is_no_time_of_the_event_is_left_out_in_every_language(code: str, text: str) -> None:
    found = list(times_in(text, language=table(code)))

    assert [one for one in found if one.start and not one.unsure] == []


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        ("de", "19 Uhr", time(19)), ("de", "19.30 Uhr", time(19, 30)), ("de", "7.30 Uhr", time(7, 30)), ("de", "7 Uhr", None), ("de", "7 Uhr abends", time(19)),
        ("fr", "18h30", time(18, 30)), ("fr", "18 h", time(18)), ("fr", "midi", time(12)), ("fr", "7 h", None), ("es", "18:30 h", time(18, 30)),
        ("es", "6 de la tarde", time(18)), ("es", "18", None), ("it", "18,30", time(18, 30)), ("it", "18", None), ("it", "bald", None),
    ],
)  # fmt: skip
def test_an_explicit_time_of_another_language_is_read_only_without_a_doubt(
    code: str, text: str, expected: time | None
) -> None:
    assert clock_of(text, language=table(code)) == expected


@pytest.mark.parametrize(
    ("code", "text", "zone"),
    [
        ("de", "19 Uhr MEZ", "Europe/Berlin"), ("de", "19 Uhr (deutscher Zeit)", "Europe/Berlin"), ("de", "19 Uhr Ortszeit", None), ("de", "19 Uhr Kölner Zeit", None),
        ("fr", "19h00 heure de Paris", "Europe/Paris"), ("fr", "19h00 heure locale", None), ("fr", "19h00 (heure de Dakar)", None), ("es", "19:00h hora peninsular", "Europe/Madrid"),
        ("es", "19:00h hora local", None), ("it", "h 19:00 ora italiana", "Europe/Rome"), ("it", "h 19:00 (ora locale)", None), ("it", "h 19:00 CET", "Europe/Paris"),
    ],
)  # fmt: skip
def test_words_for_a_zone_name_one_or_leave_it_open(code: str, text: str, zone: str | None) -> None:
    (found,) = times_in(text, language=table(code))

    word = zone_beside(text, found.until, language=table(code))

    assert word is not None
    assert meant(word, date(2027, 12, 9), time(19), "Europe/London") == zone


def test_letters_in_another_language_mean_the_sites_own_zone_where_they_fit_it() -> None:
    word = zone_beside("19 Uhr MEZ", 6, language=table("de"))

    assert word is not None
    assert meant(word, date(2027, 12, 9), time(19), "Europe/Vienna") == "Europe/Vienna"


def test_cities_are_known_by_their_names_in_the_language_of_the_text() -> None:
    assert zone_of_place("in Wien", passing=True, language=table("de")) == ("Europe/Vienna", "Wien")
    assert zone_of_place("à Genève", passing=True, language=table("fr")) == ("Europe/Zurich", "Genève")
    assert zone_of_place("nuestros amigos de Bogotá", passing=True, language=table("es")) is None


@pytest.mark.parametrize("code", CODES)
@given(text=st.text(st.sampled_from("0123456789 .:–-/,hHaleorsUmàäé'()pm"), max_size=60))
@example(text="25:99 Uhr 99.99.9999 0h")
def test_reading_dates_and_times_never_raises(code: str, text: str) -> None:
    dates, times = dates_in(text, near=NEAR, language=table(code)), times_in(text, language=table(code))

    assert all(said.strip() for said in (*(one.text for one in dates), *(one.text for one in times)))


def test_an_unknown_language_has_no_table_and_regions_share_one() -> None:
    assert [language_named(code) for code in ("nl", "", "xx-YY")] == [None, None, None]
    assert language_named("en-GB") is ENGLISH
    assert language_named("DE_at") is table("de")
