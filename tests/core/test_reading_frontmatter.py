"""Front matter: what is found, what is refused, and the sentence for its author."""

from __future__ import annotations

import pytest

from notifier.core.event import Document
from notifier.core.reading.candidates import Notes
from notifier.core.reading.entries import Page
from notifier.core.reading.frontmatter import read_page
from notifier.errors import Problem


def page(data: bytes) -> tuple[Page | None, list[Problem]]:
    notes = Notes(path="a.md")
    found = read_page(Document(source="site", path="a.md", data=data, revision="1"), notes)
    return found, notes.problems


def values(text: str) -> dict[str, object]:
    found, _ = page(text.encode())
    assert found is not None
    return {key: entry.plain() for key, entry in found.entries.items()}


def test_a_time_with_a_colon_stays_text_and_is_no_base_60_number() -> None:
    assert values("---\ntime: 20:00\nlong: 20:00:00\n---\n") == {"time": "20:00", "long": "20:00:00"}


def test_dates_stay_text_so_that_a_wrong_one_can_be_quoted() -> None:
    assert values("---\ndate: 2026-02-30\n---\n") == {"date": "2026-02-30"}


def test_true_words_numbers_and_nothing_are_what_yaml_says() -> None:
    assert values("---\na: yes\nb: 12\nc: 1.5\nd:\ne: [x, 1]\n---\n") == {
        "a": True, "b": 12, "c": 1.5, "d": None, "e": ["x", 1],
    }  # fmt: skip


def test_keys_that_yaml_takes_for_booleans_and_python_for_arguments_are_just_keys() -> None:
    assert values("---\non: 1\nno: 2\ncontent: 3\nhandler: 4\n---\n") == {"on": 1, "no": 2, "content": 3, "handler": 4}


@pytest.mark.parametrize("data", [b"\xef\xbb\xbf---\ntitle: x\n---\nBody", b"---\r\ntitle: x\r\n---\r\nBody\r\n"])
def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(data: bytes) -> None:
    found, problems = page(data)

    assert found is not None
    assert (found.entries["title"].value, found.body, problems) == ("x", "Body", [])


def test_three_dots_end_front_matter_as_in_jekyll() -> None:
    assert values("---\ntitle: x\n...\nBody") == {"title": "x"}


def test_lines_count_from_the_top_of_the_file() -> None:
    found, _ = page(b"---\ntitle: x\n\ndate: y\n---\n\n\nBody\n")

    assert found is not None
    assert (found.entries["date"].line, found.body_line, found.body) == (4, 8, "Body")


def test_a_key_that_stands_twice_is_a_warning_with_both_lines_and_the_last_wins() -> None:
    found, (problem,) = page(b"---\ntopics: a\ntitle: x\ntopics: b\n---\n")

    assert found is not None
    assert found.entries["topics"].value == "b"
    assert str(problem) == (
        "a.md:4: topics: The key topics stands twice, in lines 2 and 4; the last one counts. Join the two into one topics."
    )
    assert problem.severity == "warning"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "---\ntitle: First: second\n---\n",
            ("a.md:2: The front matter is not valid YAML: mapping values are not allowed in this context (column 13). "
            'Put a value that holds a colon in quotes: title: "First: second".'),
        ),
        (
            "---\na:\n\t- b\n---\n",
            ("a.md:3: The front matter is not valid YAML: found character that cannot start any token (column 1). "
            "Indent with spaces, not with tabs."),
        ),
        (
            "---\n- a\n- b\n---\n",
            "a.md:2: The front matter is not a list of keys and values. Write one `key: value` a line, as in title: …",
        ),
        (
            "---\ntitle: x\n\nBody",
            ("a.md:1: This looks like front matter but was not read: no line --- ends it. "
            "Add a line with --- after the last key."),
        ),
        (
            "\n---\ntitle: x\n---\n",
            ("a.md:1: This looks like front matter but was not read: the first line of the file is not exactly ---. "
            "Let the file begin with a line that is --- and nothing else."),
        ),
        (
            '+++\ntitle = "x"\n+++\n',
            "a.md:1: This looks like TOML front matter but was not read. Write it as YAML between two lines with ---.",
        ),
        (
            "Just text.",
            "a.md:1: The file has no front matter. Begin it with ---, title: and date: lines, and ---.",
        ),
    ],
    ids=["a bare colon", "a tab", "a list", "no end", "not the first line", "TOML", "none at all"],
)  # fmt: skip
def test_what_is_not_front_matter_is_refused_in_one_sentence_with_the_remedy(text: str, said: str) -> None:
    found, problems = page(text.encode())

    assert found is None
    assert [str(problem) for problem in problems] == [said]


def test_the_wrong_byte_is_named_by_its_line() -> None:
    found, problems = page(b"---\ntitle: x\n---\nCaf\xe9\n")

    assert found is None
    assert [str(problem) for problem in problems] == [
        "a.md:4: Line 4 is not UTF-8 text. Save the file with the encoding UTF-8."
    ]
