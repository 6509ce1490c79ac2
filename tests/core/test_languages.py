"""Every language says everything, and nothing in a mail is said past the tables."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from jinja2 import Environment, nodes

from notifier.core.languages import SHIPPED, Text, in_english, is_shipped, language_of
from notifier.core.wording import clock_lines, day_and_month, month_and_year, when_long, when_short
from tests.builders import LONDON, a_time, all_day, an_event
from tests.templates_on_disk import ROOT, the_templates

CORE = ROOT.parent / "notifier" / "core"
ENGLISH = language_of("en").texts
#: Notices to staff are English.
MAILS = {name: text for name, text in the_templates().texts.items() if not name.startswith(("staff/", "stalled/"))}
OTHERS = sorted(SHIPPED.keys() - {"en"})
_TAG = re.compile(r"<style>.*?</style>|<!--.*?-->|<[^<>]*>", re.DOTALL)
BERLIN, VIENNA = "Europe/Berlin", "Europe/Vienna"


def forms(text: Text) -> list[str]:
    return [text] if isinstance(text, str) else list(text.values())


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("code", OTHERS)
def test_a_language_has_every_sentence_and_no_other(code: str) -> None:
    assert language_of(code).texts.keys() == ENGLISH.keys()


@pytest.mark.parametrize("code", sorted(SHIPPED))
def test_every_translation_has_the_values_of_its_sentence(code: str) -> None:
    found = {sentence: forms(text) for sentence, text in language_of(code).texts.items()}

    assert [one for one, texts in found.items() if any(places(text) != places(one) or not text for text in texts)] == []


@pytest.mark.parametrize("code", sorted(SHIPPED))
def test_what_differs_by_a_number_has_a_form_for_each(code: str) -> None:
    spoken = language_of(code)
    wanted = {spoken.forms.plural(number) for number in range(1000)}

    found = {one: text for one, text in spoken.texts.items() if not isinstance(text, str)}
    assert {one: text.keys() for one, text in found.items()} == dict.fromkeys(found, wanted)


def said_by(text: str) -> set[str]:
    """The sentences that a template says by `_`."""
    calls = Environment(autoescape=True).parse(text).find_all(nodes.Call)
    return {
        one.args[0].value
        for one in calls
        if isinstance(one.node, nodes.Name) and one.node.name == "_" and isinstance(one.args[0], nodes.Const)
    }


def sentences_of(path: Path) -> set[str]:
    """All texts that stand in a module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {one.value for one in ast.walk(tree) if isinstance(one, ast.Constant) and isinstance(one.value, str)}


def said_in(path: Path) -> set[str]:
    """The sentences that a module says by `say`, as far as they stand there."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = (
        one for one in ast.walk(tree) if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute | ast.Name)
    )
    named = (one for one in calls if getattr(one.func, "attr", getattr(one.func, "id", "")) == "say")
    constants = (
        inner for one in named if one.args for inner in ast.walk(one.args[0]) if isinstance(inner, ast.Constant)
    )
    return {one.value for one in constants if isinstance(one.value, str)}


@pytest.mark.parametrize("name", MAILS)
def test_every_sentence_that_a_template_says_is_in_the_tables(name: str) -> None:
    assert said_by(MAILS[name]) - ENGLISH.keys() == set()


def test_every_sentence_that_a_module_says_is_in_the_tables() -> None:
    said = {sentence for path in CORE.glob("*.py") for sentence in said_in(path)}

    assert said
    assert said - ENGLISH.keys() == set()


def test_every_sentence_of_the_tables_is_said_somewhere() -> None:
    known = {text for path in CORE.glob("*.py") for text in sentences_of(path)}
    known |= {sentence for text in MAILS.values() for sentence in said_by(text)}

    assert ENGLISH.keys() - known == set()


def fixed_words(text: str) -> Iterator[str]:
    """What of a template readers would see in every language: its own text, and texts in what is filled in."""
    tree = Environment(autoescape=True).parse(text)
    shown = "\0".join(one.data for one in tree.find_all(nodes.TemplateData))
    yield from re.findall(r"[^\W\d_]+", _TAG.sub(" ", shown.replace("\0", "")))
    said = said_by(text)
    for one in tree.find_all(nodes.Const):
        if isinstance(one.value, str) and re.search(r"[A-Z]|\w \w", one.value) and one.value not in said:
            yield one.value


@pytest.mark.parametrize("name", MAILS)
def test_a_shipped_template_has_no_words_of_its_own(name: str) -> None:
    assert list(fixed_words(MAILS[name])) == []


def test_a_template_with_words_of_its_own_would_be_found() -> None:
    text = '<p class="Note">Bring {{ _("Contact") }}</p>{{ "A mug" if x == "location" else "" }}'

    assert list(fixed_words(text)) == ["Bring", "A mug"]


def test_a_sentence_that_no_table_has_is_an_error_to_the_program_and_stays_as_it_is_for_a_sites_template() -> None:
    assert language_of("de").said("Bring a mug, {name}.", name="Ada") == "Bring a mug, Ada."
    with pytest.raises(KeyError):
        language_of("en").say("Bring a mug.")


def test_a_region_is_written_in_its_language_and_an_unknown_language_in_english() -> None:
    codes = ("en", "en-US", "en_GB", "de", "de-AT", "de-XX", "DE", "fr", "")

    assert [language_of(code).code for code in codes] == [
        "en", "en-US", "en-GB", "de", "de-AT", "de-XX", "de", "en", "en",
    ]  # fmt: skip
    assert [is_shipped(code) for code in ("de-CH", "en-US", "fr", "d")] == [True, True, False, False]
    assert (in_english("en-US"), in_english("de")) == ("en-US", "en")


def in_zone(zone: str, start: str, **more: Any) -> dict[str, Any]:
    return {"when": a_time(start, zone=zone, **more), "zone": zone, "mode": "in-person"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            in_zone(BERLIN, "2026-12-09 14:00", ends="15:15"),
            "Mittwoch, 9. Dezember 2026, 14:00–15:15 Uhr (MEZ, Berliner Zeit)",
        ),
        (in_zone(BERLIN, "2026-07-09 09:30"), "Donnerstag, 9. Juli 2026, 09:30 Uhr (MESZ, Berliner Zeit)"),
        (in_zone(VIENNA, "2026-12-09 12:00"), "Mittwoch, 9. Dezember 2026, 12:00 Uhr (MEZ, Wiener Zeit)"),
        (in_zone("Asia/Singapore", "2026-12-09 20:00"), "Mittwoch, 9. Dezember 2026, 20:00 Uhr (UTC+8, Ortszeit Singapur)"),
        (in_zone("UTC", "2026-12-09 20:00"), "Mittwoch, 9. Dezember 2026, 20:00 Uhr (UTC)"),
        (
            in_zone(BERLIN, "2026-12-09 22:00", ends="2026-12-10 00:00"),
            "Mittwoch, 9. Dezember 2026, 22:00 Uhr – Donnerstag, 10. Dezember 2026, 00:00 Uhr (MEZ, Berliner Zeit)",
        ),
        (
            in_zone(BERLIN, "2026-10-25 00:30", ends="03:30"),
            "Sonntag, 25. Oktober 2026, 00:30 Uhr MESZ – 03:30 Uhr MEZ (Berliner Zeit)",
        ),
        ({}, "Mittwoch, 9. Dezember 2026, 14:00–15:15 Uhr (GMT, Londoner Zeit)"),
        ({"when": all_day("2026-12-09", "2026-12-11")}, "Mittwoch, 9. – Freitag, 11. Dezember 2026"),
        ({"when": all_day("2026-09-30", "2026-10-02")}, "Mittwoch, 30. September – Freitag, 2. Oktober 2026"),
        ({"when": all_day("2026-12-30", "2027-01-02")}, "Mittwoch, 30. Dezember 2026 – Samstag, 2. Januar 2027"),
        ({"when": None}, "Ohne Datum"),
    ],
)  # fmt: skip
def test_a_time_in_german(changes: dict[str, Any], words: str) -> None:
    assert when_long(an_event(**changes), LONDON, "de") == words


def test_the_short_forms_in_german() -> None:
    event = an_event(**in_zone(BERLIN, "2026-12-09 14:00", ends="15:15"))

    assert when_short(event, BERLIN, "de") == "Mi., 9. Dez., 14:00 Uhr MEZ"
    assert clock_lines(event, BERLIN, "de") == ("14:00–15:15 Uhr (MEZ, Berliner Zeit)",)
    assert day_and_month(date(2026, 12, 9), "de") == "9. Dezember"
    assert (month_and_year(date(2027, 1, 9), "de"), month_and_year(date(2027, 1, 9), "de-AT")) == (
        "Januar 2027", "Jänner 2027",
    )  # fmt: skip


def test_in_german_too_a_time_is_not_broken_across_lines() -> None:
    clocks = language_of("de").forms.clocks
    text = "Mittwoch, 9. Dezember 2026, 14:00–15:15 Uhr (MEZ, Berliner Zeit); 8:00 (Ortszeit New York)"

    assert clocks.findall(text) == ["9. ", "14:00–15:15 Uhr", "Berliner Zeit", "Ortszeit New York"]
