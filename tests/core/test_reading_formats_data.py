"""Data files: which of their entries are events, and what is said about the others."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from notifier.core.event import Document
from notifier.core.reading.candidates import Notes
from notifier.core.reading.entries import Page
from notifier.core.reading.formats import read_pages


def read(text: str, *lists: str, path: str = "events.yml") -> tuple[tuple[Page, ...] | None, list[str]]:
    notes = Notes(path=path)
    document = Document(source="site", path=path, data=text.encode(), revision="1")
    return read_pages(document, "data", lists, notes), [str(problem) for problem in notes.problems]


def titles(text: str, *lists: str, path: str = "events.yml") -> list[object]:
    pages, _ = read(text, *lists, path=path)
    assert pages is not None
    return [page.entries["title"].plain() for page in pages]


def test_the_whole_file_may_be_a_list_of_events() -> None:
    assert titles("- title: a\n- title: b\n") == ["a", "b"]


def test_a_line_of_three_dashes_may_begin_it() -> None:
    assert titles("---\n- title: a\n- title: b\n") == ["a", "b"]


def test_several_yaml_documents_are_several_lists() -> None:
    assert titles("---\n- title: a\n---\n- title: b\n---\n") == ["a", "b"]


def test_a_mapping_of_mappings_holds_an_event_under_each_of_its_keys() -> None:
    pages, _ = read("fair: {title: a}\nOpen Day: {title: b}\n")

    assert pages is not None
    assert [page.key for page in pages] == ["fair", "Open Day"]


def test_every_list_of_mappings_in_the_top_mapping_counts() -> None:
    assert titles("heading: Events\nupcoming:\n- title: a\npast:\n- title: b\ntags: [c]\n") == ["a", "b"]


@pytest.mark.parametrize(
    "date", ["2026-05-05", "5 May 2026", "5. Mai 2026", "5 de mayo de 2026", "05.05.2026", "May 5, 2026"]
)
def test_what_has_a_date_is_one_event_even_if_it_lists_its_speakers(date: str) -> None:
    assert titles(json.dumps({"title": "a", "tag": date, "speakers": [{"title": "Dr"}]}), path="a.json") == ["a"]


def test_a_dated_file_of_dated_events_is_a_file_of_events() -> None:
    assert titles("updated: 2026-01-01\nevents:\n- title: a\n  date: 2026-05-05\n") == ["a"]


def test_a_file_of_plain_keys_is_one_event() -> None:
    assert titles('title = "a"\nwhen = 2026-05-05\n', path="a.toml") == ["a"]


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing yet\n", "[]", "{}", "---\n---\n"])
def test_an_empty_file_has_no_events_and_nothing_is_wrong(text: str) -> None:
    assert read(text) == ((), [])


def test_entries_are_evidence_from_data() -> None:
    pages, _ = read("- title: a\n  place: {city: b}\n")

    assert pages is not None
    place = pages[0].entries["place"].value
    assert isinstance(place, dict)
    assert (pages[0].entries["title"].basis, place["city"].basis, pages[0].body) == ("data", "data", "")


@pytest.mark.parametrize(
    ("lists", "expected"),
    [
        (["upcoming"], ["a", "b"]), (["archive.past"], ["c"]), (["archive.past", "upcoming"], ["c", "a", "b"]),
        (["by_key"], ["d", "e"]), (["years[].events"], ["f", "g"]), (["years[1].events"], ["g"]), (["upcoming[]"], ["a", "b"]),
        (["next"], ["h"]), (["none"], []),
    ],
)  # fmt: skip
def test_lists_are_key_paths_of_lists_or_mappings_of_events(lists: Sequence[str], expected: list[str]) -> None:
    text = (
        "upcoming:\n- title: a\n- title: b\narchive:\n  past:\n  - title: c\nby_key:\n  x: {title: d}\n  y: {title: e}\n"
        "years:\n- events: [{title: f}]\n- events: [{title: g}]\nnext: {title: h, date: 2026-05-05}\nnone:\n"
    )
    assert titles(text, *lists) == expected


def test_a_path_may_begin_with_the_items_of_a_list() -> None:
    assert titles("- events: [{title: a}]\n- events: [{title: b}]\n", "[].events") == ["a", "b"]


def test_a_list_that_is_not_there_is_told_with_the_keys_that_are_and_the_others_are_read() -> None:
    pages, problems = read("upcoming:\n- title: a\npast: []\n", "upcoming", "archive.past")

    assert pages is not None
    assert len(pages) == 1
    assert problems == [
        (
            "events.yml: archive.past: There is no list archive.past in this file; it has the keys upcoming, past. "
            "Write the list, or correct `lists` of this group in config.yaml."
        )
    ]


def test_a_file_with_none_of_its_lists_is_not_understood() -> None:
    pages, problems = read("- title: a\n", "upcoming")

    assert pages is None
    assert problems == [
        (
            "events.yml: upcoming: There is no list upcoming in this file; it is a list itself. "
            "Write the list, or correct `lists` of this group in config.yaml."
        )
    ]


def test_what_is_no_event_is_told_by_its_line_and_does_not_lose_the_others() -> None:
    pages, problems = read("- title: a\n- Summer fair\n-\n- [x]\n- title: b\n")

    assert pages is not None
    assert [page.entries["title"].line for page in pages] == [1, 5]
    remedy = "Write its keys below one another, as in title: … and date: …."
    assert problems == [
        f"events.yml:2: An entry of the list is not an event with keys and values (it is “Summer fair”). {remedy}",
        f"events.yml:3: An entry of the list is not an event with keys and values (it is empty). {remedy}",
        f"events.yml:4: An entry of the list is not an event with keys and values (it is a list). {remedy}",
    ]


def test_an_entry_that_is_still_empty_is_told_by_its_key() -> None:
    pages, (problem,) = read("fair: {title: a}\npicnic:\n")

    assert pages is not None
    assert [page.key for page in pages] == ["fair"]
    assert problem.startswith("events.yml:2: The entry picnic is not an event with keys and values (it is empty).")


def test_no_more_than_twenty_wrong_entries_of_a_file_are_told() -> None:
    _, problems = read("- a\n" * 100)

    assert len(problems) == 20


def test_a_key_that_stands_twice_in_an_entry_is_told_with_both_lines() -> None:
    _, problems = read("- title: a\n  title: b\n")

    assert problems == [
        "events.yml:2: title: The key title stands twice, in lines 1 and 2; the last one counts. Join the two into one title."
    ]


@pytest.mark.parametrize(
    "text",
    [
        "- title: a\n",
        '[{"title": "a"}]',
        '{"title": "a"}',
        '# TOML\n[[events]]\ntitle = "a"\n',
        'title = "a"\n',
        "title: a",
    ],
)
def test_the_syntax_of_a_file_without_a_telling_name_is_seen(text: str) -> None:
    assert titles(text, path="events") == ["a"]


def test_a_file_that_cannot_be_parsed_is_one_problem() -> None:
    pages, problems = read("- title: a: b\n")

    assert pages is None
    assert problems == [
        (
            "events.yml:1: The file is not valid YAML: mapping values are not allowed in this context (column 11). "
            'Put a value that holds a colon in quotes: title: "First: second".'
        )
    ]


def test_a_stray_carriage_return_in_a_data_file_is_told() -> None:
    _, problems = read("- title: a\r\r\n  date: b\r\r\n")

    assert problems == [
        (
            "events.yml:1: Line 1 has a stray carriage return, which was read as part of a line end. "
            "Save the file with one kind of line ends (LF, or CRLF throughout)."
        )
    ]


def test_a_long_text_that_is_repeated_without_end_is_too_much() -> None:
    repeated = "- *event\n" * 50
    text = f"- &event {{title: Fair, body: {'a' * 100_000}}}\n{repeated}"

    found, problems = read(text)

    assert found is None
    assert problems == ["events.yml:41: The file is nested too deeply or is too long. Write it in several files."]
