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
            "---\na:\n  b: 1\n  c:\n\td: 2\n---\n",
            ("a.md:5: The front matter is not valid YAML: found character that cannot start any token (column 1). "
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
            '+++\ntitle = "x"\n---\n',
            ("a.md:1: This looks like front matter but was not read: no line +++ ends it. "
            "Add a line with +++ after the last key."),
        ),
        (
            '{\n"title": "x"\n\nBody',
            ("a.md:1: This looks like front matter but was not read: no } ends it. "
            "Add a line with } after the last key."),
        ),
        (
            '+++\ntitle = "x"\ndate = 2026-02-30\n+++\n',
            ("a.md:3: The front matter is not valid TOML: Invalid date or datetime (column 8). "
            "Mend that line; a text stands in double quotes, a date as 2026-05-05."),
        ),
        (
            '{\n  "title": "x",\n}\n',
            "a.md:3: The front matter is not valid JSON: a comma stands before } (column 1). Remove that comma.",
        ),
        (
            "---\ntitle: a\x08b\n---\n",
            "a.md:2: Line 2 holds a control character (U+0008). Delete that character.",
        ),
        (
            "---\ntitle: *Free* entry\n---\n",
            ("a.md:2: The front matter is not valid YAML: did not find expected alphabetic or numeric character (column 13). "
            "Mend that line; a value with special characters is safest in double quotes."),
        ),
        (
            "---\ntitle: *Free\n---\n",
            ("a.md:2: The front matter is not valid YAML: *Free stands for nothing before it. "
            "Put a text that begins with * in quotes."),
        ),
        (
            "---\na: b\n--- c\n---\n",
            ("a.md:3: The front matter is not valid YAML: it holds several documents. "
            "Write all keys between two lines with ---."),
        ),
        (
            "---\na:\n\t- b\nc: d: e\n---\n",
            ("a.md:3: The front matter is not valid YAML: found character that cannot start any token (column 1). "
            "Indent with spaces, not with tabs."),
        ),
        (
            "Just text.",
            "a.md:1: The file has no front matter. Begin it with ---, title: and date: lines, and ---.",
        ),
    ],
    ids=[
        "a bare colon", "tabs of any width", "a list", "no end", "not the first line", "TOML without an end",
        "JSON without an end", "a wrong date in TOML", "a comma too many in JSON", "a control character", "an asterisk",
        "an alias", "several documents", "a tab and more", "none at all",
    ],
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


@pytest.mark.parametrize(
    "text",
    [
        '+++\ntitle = "x"\nplace.city = "y"\n+++\n\nBody',
        '---toml\ntitle = "x"\n[place]\ncity = "y"\n---\nBody',
        '{\n  "title": "x", "place": {"city": "y"}\n}\n\nBody',
        '---json\n{"title": "x",\n"place": {"city": "y"}}\n---\nBody',
        ';;;\n"title": "x",\n"place": {"city": "y"}\n;;;\nBody',
        "---yaml\ntitle: x\nplace: {city: y}\n---\nBody",
    ],
    ids=["TOML", "TOML by its name", "a JSON object", "JSON by its name", "JSON without brackets", "YAML by its name"],
)
def test_front_matter_may_be_yaml_toml_or_json_as_its_first_line_says(text: str) -> None:
    found, problems = page(text.encode())

    assert found is not None
    assert {key: entry.plain() for key, entry in found.entries.items()} == {"title": "x", "place": {"city": "y"}}
    assert (found.entries["title"].line, found.body, problems) == (2, "Body", [])
    assert text.split("\n")[found.body_line - 1] == "Body"


@pytest.mark.parametrize("text", ["{% include head.html %}\nText", "{{ page.title }}\nText"])
def test_the_tag_of_a_template_is_no_front_matter(text: str) -> None:
    found, problems = page(text.encode())

    assert found is None
    assert [problem.what for problem in problems] == ["The file has no front matter."]


def test_a_tab_is_read_as_spaces_where_its_width_makes_no_difference() -> None:
    found, problems = page(b"---\ntitle: x\nplaces:\n\t- a\n\t- b\n---\n")

    assert found is not None
    assert found.entries["places"].plain() == ["a", "b"]
    assert [(str(problem), problem.severity) for problem in problems] == [
        (
            "a.md:4: Line 4 is indented with a tab, which YAML doesn't allow; it was read as spaces. Indent with spaces.",
            "warning",
        )
    ]


def test_a_tab_that_fits_with_one_width_only_has_that_width() -> None:
    found, _ = page(b"---\nplace:\n    city: x\n\tstreet: y\n---\n")

    assert found is not None
    assert found.entries["place"].plain() == {"city": "x", "street": "y"}


def test_an_invisible_line_separator_is_a_space_and_a_warning() -> None:
    found, problems = page("---\ntitle: Open\u2028day\ndate: x\n---\n".encode())

    assert found is not None
    assert (found.entries["title"].raw, found.entries["date"].line) == ("Open day", 3)
    assert [str(problem) for problem in problems] == [
        "a.md:2: Line 2 holds an invisible line separator, which was read as a space. Put a plain space in its place."
    ]


def test_no_break_spaces_that_indent_are_spaces_and_a_warning() -> None:
    found, problems = page("---\nplace:\n\u00a0\u00a0city: x\n---\n".encode())

    assert found is not None
    assert found.entries["place"].plain() == {"city": "x"}
    assert [problem.line for problem in problems] == [3]


@pytest.mark.parametrize(
    ("data", "line"),
    [(b"---\r\r\ntitle: x\r\r\ndate: y\r\r\n---\r\r\n", 1), (b"---\ntitle: x\rdate: y\n---\n", 2)],
    ids=["a line end translated twice", "one that is alone"],
)
def test_a_stray_carriage_return_is_part_of_a_line_end_and_a_warning(data: bytes, line: int) -> None:
    found, problems = page(data)

    assert found is not None
    assert {key: entry.raw for key, entry in found.entries.items()} == {"title": "x", "date": "y"}
    assert [(problem.line, problem.severity) for problem in problems] == [(line, "warning")]


def test_a_stray_carriage_return_in_the_text_below_is_nothing_to_tell() -> None:
    _, problems = page(b"---\ntitle: x\n---\nText\rmore\n")

    assert problems == []


def test_a_file_of_an_old_mac_has_carriage_returns_for_line_ends() -> None:
    found, problems = page(b"---\rtitle: x\r---\rBody\r")

    assert found is not None
    assert (found.entries["title"].raw, found.body, problems) == ("x", "Body", [])


def test_a_key_that_stands_twice_below_another_is_told_too() -> None:
    found, (problem,) = page(b"---\nplace:\n  city: a\n  city: b\n---\n")

    assert found is not None
    assert found.entries["place"].plain() == {"city": "b"}
    assert (problem.what, problem.line) == ("The key city stands twice, in lines 3 and 4; the last one counts.", 4)


def test_a_key_that_is_no_text_is_told_and_does_not_lose_the_others() -> None:
    found, problems = page(b"---\n? [a, b]\n: c\ntitle: x\n---\n")

    assert found is not None
    assert list(found.entries) == ["title"]
    assert [str(problem) for problem in problems] == [
        "a.md:2: A key of the front matter is not plain text. Write `key: value`."
    ]


@pytest.mark.parametrize(
    "front",
    ["a: " + "[" * 30 + "]" * 30, "a: &a [x]\nb: [" + "*a, " * 30 + "]", "a: [" + "x, " * 20_000 + "]"],
    ids=["nesting", "aliases", "length"],
)
def test_front_matter_has_its_limits(front: str) -> None:
    found, problems = page(f"---\n{front}\n---\n".encode())

    assert found is None
    assert len(problems) == 1


def test_an_alias_counts_as_often_as_it_repeats() -> None:
    levels = "\n".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 3)}]" for n in range(1, 7))

    found, problems = page(f"---\nl0: &l0 [{'x, ' * 50}]\n{levels}\n---\n".encode())

    assert found is None
    assert [problem.what for problem in problems] == ["The front matter is nested too deeply or is too long."]


@pytest.mark.parametrize("line", [b"a: b\n", b"? [a]\n: b\n"])
def test_no_more_than_twenty_wrong_keys_are_told(line: bytes) -> None:
    assert len(page(b"---\n" + line * 50 + b"---\n")[1]) == 20


def test_a_backslash_that_escapes_nothing_is_read_as_one_and_reported() -> None:
    found, problems = page(b'---\ntitle: x\nfaq: "Ask \\someone\n\n  or \\_nobody"\n---\n')

    assert found is not None
    assert found.entries["faq"].plain() == "Ask \\someone\nor \u00a0nobody"
    assert [str(problem) for problem in problems] == [
        "a.md:3: Line 3 has a backslash that YAML doesn't know (“\\s”); it was read as an ordinary one. Write it twice, or put the text in single quotes."
    ]


def test_more_odd_backslashes_than_anybody_writes_by_mistake_are_an_error() -> None:
    found, problems = page(b'---\nfaq: "' + b"\\z" * 30 + b'"\n---\n')

    assert found is None
    assert problems[-1].severity == "error"
