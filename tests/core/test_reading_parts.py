"""The events of one document: entries, sessions, their paths and names, and those that are none of ours."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from notifier.core.event import Document
from notifier.core.reading import Library, read_document
from notifier.core.reading.candidates import Notes
from notifier.core.reading.entries import Page
from notifier.core.reading.parts import Part, parts_of
from notifier.core.reading.shape import Pick, Shape
from tests.core.test_reading_picking import entry
from tests.fuzz.steps import count_steps

SHAPE = Shape(source="site", site_url="https://example.org", timezone="Europe/London")
LIST = replace(SHAPE, format="data")


def parts(*items: dict[str, Any], shape: Shape = LIST, keys: tuple[str, ...] = ()) -> tuple[list[Part], list[str]]:
    notes = Notes(path="events.yml")
    names = keys or (None,) * len(items)
    pages = [
        Page(entries={name: entry(value) for name, value in item.items()}, key=key)
        for item, key in zip(items, names, strict=True)
    ]
    found = list(parts_of(pages, shape, "events.yml", library=Library(), notes=notes))
    return found, [str(problem) for problem in notes.problems]


def paths(*items: dict[str, Any], shape: Shape = LIST, keys: tuple[str, ...] = ()) -> list[str]:
    return [part.path for part in parts(*items, shape=shape, keys=keys)[0]]


def test_entries_are_named_by_the_key_that_all_have_and_no_two_share() -> None:
    assert paths({"id": 7, "slug": "same"}, {"id": 8, "slug": "same"}) == ["events.yml#7", "events.yml#8"]


def test_a_key_that_two_entries_share_names_neither() -> None:
    assert paths({"id": 7, "slug": "choir"}, {"id": 7, "slug": "fair"}) == ["events.yml#choir", "events.yml#fair"]


def test_entries_without_such_a_key_are_named_by_their_titles() -> None:
    assert paths({"title": "Crème & Tea"}, {"title": "Große Probe"}) == [
        "events.yml#creme-tea",
        "events.yml#grosse-probe",
    ]


def test_entries_of_one_title_are_told_apart_by_their_dates() -> None:
    found = paths({"title": "Choir", "date": "2026-05-04"}, {"title": "Choir", "date": "2026-06-01"}, {"title": "Fair"})

    assert found == ["events.yml#choir-2026-05-04", "events.yml#choir-2026-06-01", "events.yml#fair"]


def test_entries_that_nothing_tells_apart_are_numbered_and_reported_once() -> None:
    found, problems = parts(*[{"title": "Choir"}] * 3)

    assert [part.path for part in found] == [
        "events.yml#choir-undated", "events.yml#choir-undated-2", "events.yml#choir-undated-3",
    ]  # fmt: skip
    assert problems == [
        "events.yml:3: Several entries are named choir-undated, so they are told apart by their order only. Give each an id: of its own, or name the key that tells them apart (fields: key:) in config.yaml."
    ]


def test_the_configured_key_names_entries() -> None:
    shape = replace(LIST, fields={"key": (Pick(keys=("code",)),)})

    assert paths({"id": 1, "code": "A 1"}, {"id": 2, "code": "B/2"}, shape=shape) == [
        "events.yml#a-1",
        "events.yml#b-2",
    ]


def test_the_keys_of_a_mapping_name_its_entries() -> None:
    assert paths({"id": 1}, {"id": 2}, keys=("spring", "autumn")) == ["events.yml#spring", "events.yml#autumn"]


def test_a_document_keeps_its_path_and_gets_the_key_of_its_own() -> None:
    shape = replace(SHAPE, fields={"key": (Pick(keys=("code",)),)})
    [part], _ = parts({"code": "Fair 26"}, shape=shape)

    assert (part.path, part.key) == ("events.yml", "fair-26")


@pytest.mark.parametrize(
    ("value", "wanted"), [("Event", True), ([["x"], "event"], True), ("post", False), (None, False), ({}, False)]
)
def test_only_what_is_wanted_is_an_event(value: object, wanted: bool) -> None:
    shape = replace(SHAPE, only={"kind": frozenset({"event"})})

    assert bool(paths({"title": "Fair", "kind": value}, shape=shape)) is wanted


def test_sessions_are_events_that_inherit_what_they_do_not_say() -> None:
    shape = replace(SHAPE, sessions="programme", fields={"key": (Pick(keys=("code",)),)})
    front = {"title": "Fair", "date": "2026-05-04", "code": "f", "programme": [{"title": "Talk"}, {"start": "14:00"}]}
    found, _ = parts(front, shape=shape)

    assert [(part.path, part.key) for part in found] == [("events.yml#1", "f#1"), ("events.yml#2", "f#2")]
    assert [part.page.entries["title"].raw for part in found] == ["Talk", "Fair"]
    assert "programme" not in found[0].page.entries


@pytest.mark.parametrize("programme", [[], "none", ["Talk", 7]])
def test_an_event_without_sessions_is_one_event(programme: object) -> None:
    assert paths({"title": "Fair", "programme": programme}, shape=replace(SHAPE, sessions="programme")) == [
        "events.yml"
    ]


def test_too_many_sessions_are_cut_and_reported() -> None:
    found, problems = parts(
        {"title": "Fair", "programme": [{"start": "14:00"}] * 201}, shape=replace(SHAPE, sessions="programme")
    )

    assert len(found) == 200
    assert problems == [
        "events.yml:3: programme: The list has 201 sessions; only the first 200 are read. Write them in several files."
    ]


def test_sessions_beside_a_long_text_are_cut_sooner_for_each_is_read_with_it() -> None:
    listed = "".join(f"- {{title: T{number}}}\n" for number in range(20))
    text = f"---\ntitle: Day\ndate: 2026-12-09\nprogramme:\n{listed}---\n{'word ' * 16_000}"
    document = Document(source="site", path="day.md", data=text.encode(), revision="1")

    reading = read_document(document, replace(SHAPE, sessions="programme"))

    assert len(reading.events) == 12
    assert str(reading.problems[0]) == (
        "day.md:4: programme: The list has 20 sessions; only the first 12 are read beside this long text. "
        "Write them in several files."
    )


def test_the_sessions_of_a_list_share_the_reading_of_their_text() -> None:
    def steps(sessions: int) -> int:
        listed = "- {title: T}\n" * sessions
        text = f"---\ntitle: Day\nprogramme:\n{listed}---\n{'We meet in Leeds, and members are welcome. ' * 300}"
        document = Document(source="site", path="day.md", data=text.encode(), revision="1")
        return count_steps(lambda: read_document(document, replace(SHAPE, sessions="programme")))

    assert steps(21) < 3 * steps(1)


def test_the_prose_of_an_entry_is_the_text_under_its_key() -> None:
    [usual, other], _ = parts({"id": 1, "description": "At 2pm."}, {"id": 2, "blurb": "At 3pm."})
    [chosen], _ = parts({"id": 2, "blurb": "At 3pm."}, shape=replace(LIST, fields={"body": (Pick(keys=("blurb",)),)}))

    assert [usual.page.body, other.page.body, chosen.page.body] == ["At 2pm.", "", "At 3pm."]


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("events.yml", "- title: Talk\n  date: 2026-12-09\n  body: |\n    We meet.\n\n    On 9 December at 2pm.\n", 6),
        ("events.yml", "- title: Talk\n  date: 2026-12-09\n  body: >-\n    We meet.\n\n    On 9 December at 2pm.\n", 3),
        ("events.yml", '- title: Talk\n  date: 2026-12-09\n  body: "We meet.\\n\\nOn 9 December at 2pm."\n', 3),
        ("events.yml", "- title: Talk\n  date: 2026-12-09\n  body: 'We meet.\n\n\n    On 9 December at 2pm.'\n", 3),
        ("events.json", '[{"title": "Talk",\n"date": "2026-12-09",\n"body": "We meet.\\n\\nOn 9 December at 2pm."}]', 3),
        ("events.toml", '[[e]]\ntitle = "Talk"\ndate = 2026-12-09\nbody = "We meet.\\n\\nOn 9 December at 2pm."\n', 4),
        ("events.toml", '[[e]]\ntitle = "Talk"\ndate = 2026-12-09\nbody = """\nWe meet.\n\nOn 9 December at 2pm."""\n', 7),
        ("events.toml", "[[e]]\ntitle = 'Talk'\ndate = 2026-12-09\nbody = '''We meet.\n\nOn 9 December at 2pm.'''\n", 6),
        ("events.toml", '[[e]]\ntitle = "Talk"\ndate = 2026-12-09\nbody = """We meet.\\n\nOn 9 December at 2pm."""\n', 4),
    ],
)  # fmt: skip
def test_only_a_text_that_is_written_line_by_line_has_lines_of_its_own(path: str, text: str, line: int) -> None:
    document = Document(source="site", path=path, data=text.encode(), revision="1")

    (event,) = read_document(document, LIST).events

    assert (event.evidence["when"].text, event.evidence["when"].line) == ("On 9 December at 2pm.", line)


def test_a_text_that_a_pattern_cut_out_of_another_has_the_line_of_its_key() -> None:
    text = "- title: Talk\n  date: 2026-12-09\n  notes: |\n    Draft.\n    Text: we meet\n    on 9 December at 2pm.\n"
    shape = replace(LIST, fields={"body": (Pick(keys=("notes",), match=r"(?s)Text: (.*)"),)})

    (event,) = read_document(Document(source="site", path="events.yml", data=text.encode(), revision="1"), shape).events

    assert event.evidence["when"].line == 3


def test_a_mistake_in_a_quoted_text_is_told_by_the_line_of_its_key() -> None:
    said = r"Once.\n\n[Book] (https://example.org/a)\n\n[Book]((https://example.org/b)\n\n[Book]()\n\nhttps://example.org/?zak=1 2pm\n\n3pm"
    text = f'[{{"title": "Talk", "date": "2026-12-09",\n"body": "{said}"}}]'

    reading = read_document(Document(source="site", path="events.json", data=text.encode(), revision="1"), LIST)

    assert {problem.line for problem in reading.problems if problem.field is None} == {2}


def test_what_a_pattern_finds_in_a_quoted_text_is_on_the_line_of_its_key() -> None:
    text = '[{"title": "Talk",\n"date": "2026-12-09",\n"body": "A.\\n\\n\\nPlace: Hall"}]'
    shape = replace(LIST, fields={"place": (Pick(body=r"Place: (\w+)"),)})

    (event,) = read_document(
        Document(source="site", path="events.json", data=text.encode(), revision="1"), shape
    ).events

    assert (event.location, event.evidence["location"].line) == ("Hall", 3)


@pytest.mark.parametrize(
    ("path", "pattern", "url"),
    [
        ("events/fair.md", "/events/{stem}/", "https://example.org/events/fair/"),
        ("events/fair/index.md", "/events/{stem}", "https://example.org/events/fair"),
        ("events/fair/index.html.md.erb", "/{path}/", "https://example.org/events/fair/"),
        ("events/fair.md", "https://x.example/{path}", "https://x.example/events/fair"),
        ("events/fair.md", "/{slug}/{meta.id}", "https://example.org/b%20c/7"),
        ("events/fair.md", "/{missing}", None),
    ],
)
def test_a_page_pattern_is_filled_in(path: str, pattern: str, url: str | None) -> None:
    data = b"---\ntitle: Fair\ndate: 2026-05-04\nslug: b c\nmeta: {id: 7}\n---\nText\n"
    [event] = read_document(
        Document(source="site", path=path, data=data, revision="1"), replace(SHAPE, page=pattern)
    ).events

    assert event.url == url
