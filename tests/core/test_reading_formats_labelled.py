"""Markdown without front matter: its title, its labelled lines, and the text that stays."""

from __future__ import annotations

import pytest

from notifier.core.event import Document
from notifier.core.reading.candidates import Notes
from notifier.core.reading.entries import Page
from notifier.core.reading.formats import read_pages
from notifier.errors import Problem


def page(text: str) -> tuple[Page, list[Problem]]:
    notes = Notes(path="a.md")
    found = read_pages(Document(source="site", path="a.md", data=text.encode(), revision="1"), "labelled", (), notes)
    assert found is not None
    return found[0], notes.problems


def values(text: str) -> dict[str, object]:
    return {key: entry.plain() for key, entry in page(text)[0].entries.items()}


@pytest.mark.parametrize("heading", ["# Open day", "\n# Open *day* #", "Open day\n========", "# **Open day**"])
def test_the_heading_is_the_title_and_no_part_of_the_text(heading: str) -> None:
    found, problems = page(f"{heading}\n\nCome along.\n")

    assert (found.entries["title"].plain(), found.body, problems) == ("Open day", "Come along.", [])


def test_a_text_without_a_heading_has_no_title() -> None:
    assert values("Come along.\n\n## Programme\n") == {}


@pytest.mark.parametrize(
    "line",
    [
        "**Date:** 5 May", "**Date**: 5 May", "__Date:__ 5 May", "*Date*: 5 May", "**Date** – 5 May", "Date: 5 May",
        "- *Date*: 5 May", "* Date: 5 May", "1. **Date:** 5 May", "> **Date:** 5 May", "**Date: 5 May**", "📅 Date: 5 May",
        "🗓️ **Date:** 5 May", "Date: **5 May**", "Date: 5 May\\", "Date : 5 May", "| Date | 5 May |", "| **Date** | 5 May |",
        "<strong>Date:</strong> 5 May<br>", "<li><b>Date</b>: 5 May</li>", "<dt>Date</dt><dd>5 May</dd>",
        "<dt>Date</dt>\n<dd>\n5 May</dd>", "Date\n: 5 May", "**Date:**\n5 May", "Date:\n\n- 5 May",
    ],
)  # fmt: skip
def test_a_labelled_line_is_an_entry_with_its_line(line: str) -> None:
    found, _ = page(f"# Open day\n\n{line}\n")

    assert (found.entries["date"].plain(), found.entries["date"].line) == ("5 May", 3)


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("**Uhrzeit:** 18 Uhr", "uhrzeit"), ("**Début :** 18 h", "début"), ("Lieu\u00a0: salle", "lieu"),
        ("**¿Dónde?:** sala", "dónde"), ("Cuándo: hoy", "cuándo"), ("**Dove:** sala", "dove"), ("日時：5月5日", "日時"),
        ("Date & Time: x", "date_&_time"), ("Nur für: Mitglieder", "nur_für"), ("Doors Open: 18:00", "doors_open"),
    ],
)  # fmt: skip
def test_any_words_may_be_a_label_in_lower_case_with_lines_for_spaces(line: str, key: str) -> None:
    assert key in values(f"# Open day\n{line}\n")


def test_a_label_is_found_as_its_author_wrote_it_too() -> None:
    found, _ = page("# Open day\nDoors Open: 18:00\n")

    assert found.entries["Doors Open"] is found.entries["doors_open"]
    assert (found.entries["doors_open"].name, found.entries["doors_open"].basis) == ("Doors Open", "label")
    assert (len(found.entries), "Nothing" in found.entries) == (2, False)


@pytest.mark.parametrize(
    "line",
    [
        "- 18:00: Welcome", "https://example.org: y", "We are happy to say this: come", "[Date: x](https://example.org)",
        "Date:", "```\nDate: x\n```", "Come at 18:00", "a:b", "|---|---|", "| Date | Time | Place |", "{% x: y %}", "Date:\n## Next",
    ],
)  # fmt: skip
def test_what_is_no_label_is_none(line: str) -> None:
    assert values(f"# Open day\n\n{line}\n") == {"title": "Open day"}


def test_a_table_with_labels_along_its_top_is_left_to_the_prose() -> None:
    assert values("# Open day\n\n| Wo | Wann |\n|---|---|\n| Halle | 5. Mai |\n") == {"title": "Open day"}


def test_a_table_with_labels_down_its_side_is_read() -> None:
    found = values("# Open day\n\n| | |\n|:--|--:|\n| Wo | Halle |\n| Wann | 5. Mai |\n")

    assert found == {"title": "Open day", "wo": "Halle", "wann": "5. Mai"}


def test_a_list_below_a_label_is_its_values() -> None:
    assert values("# Open day\nTage:\n\n- 5. Mai\n- 6. Mai\n\nText\n")["tage"] == ["5. Mai", "6. Mai"]


def test_the_words_of_a_link_are_the_value_and_its_address_has_a_key_of_its_own() -> None:
    found = values("# Open day\nOrt: [Alte Halle](https://example.org/h)\nAnmeldung: <https://example.org/a>\n")

    assert (found["ort"], found["ort_link"]) == ("Alte Halle", "https://example.org/h")
    assert found["anmeldung_link"] == "https://example.org/a"


def test_of_two_addresses_in_one_line_none_is_chosen() -> None:
    found = values("# T\nOrt: [a](https://example.org/a) or [b](https://example.org/b)\n")

    assert found == {"title": "T", "ort": "a or b"}


def test_our_own_names_of_addresses_have_the_address() -> None:
    assert values("# T\nRegister: [here](https://example.org/a)\n")["register"] == "https://example.org/a"


def test_the_labelled_lines_stay_in_the_text_for_those_who_read_prose() -> None:
    found, _ = page("# Open day\n\nCome along.\n\nZielgruppe: nur Mitglieder\n")

    assert (found.body, found.body_line) == ("Come along.\n\nZielgruppe: nur Mitglieder", 3)


def test_the_first_of_two_labels_counts_and_another_value_is_a_warning() -> None:
    found, problems = page("# T\nDate: 5 May\nPlace: Hall\nDate: 6 May\nPlace: Hall\n")

    assert found.entries["date"].plain() == "5 May"
    assert [(str(problem), problem.severity) for problem in problems] == [
        ("a.md:4: date: Date stands twice, in lines 2 and 4; the first one counts. Leave one of them.", "warning")
    ]


def test_labels_far_below_the_top_are_prose() -> None:
    text = "\n".join(["# T", *["Text."] * 80, "Date: 5 May"])

    assert values(text) == {"title": "T"}


def test_front_matter_counts_too_and_wins() -> None:
    found, _ = page("---\ntitle: Fair\ndate: 2026-05-05\n---\n# Programme\nDate: 5 May\nPlace: Hall\n")

    assert {key: entry.plain() for key, entry in found.entries.items()} == {
        "title": "Fair", "date": "2026-05-05", "place": "Hall",
    }  # fmt: skip
    assert (found.entries["place"].line, found.body_line, found.body[:11]) == (7, 5, "# Programme")


def test_front_matter_without_a_title_has_that_of_the_heading() -> None:
    found, _ = page("---\ndate: 2026-05-05\n---\n\n# Fair\n\nText\n")

    assert (found.entries["title"].plain(), found.entries["title"].line, found.body_line) == ("Fair", 5, 7)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            b"---\ntitle: x\n",
            ("a.md:1: This looks like front matter but was not read: no line --- ends it. "
            "Add a line with --- after the last key."),
        ),
        (b"# Caf\xe9\n", "a.md:1: Line 1 is not UTF-8 text. Save the file with the encoding UTF-8."),
    ],
    ids=["broken front matter", "no UTF-8"],
)  # fmt: skip
def test_what_cannot_be_read_is_one_problem(content: bytes, said: str) -> None:
    notes = Notes(path="a.md")

    found = read_pages(Document(source="site", path="a.md", data=content, revision="1"), "labelled", (), notes)

    assert found is None
    assert [str(problem) for problem in notes.problems] == [said]


def test_a_stray_carriage_return_is_told() -> None:
    assert [problem.line for problem in page("# T\r\r\nDate: x\r\r\n")[1]] == [1]
