"""YAML, JSON and TOML: what their values are, on which lines, and that no bytes are too much."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from notifier.core.event import Document
from notifier.core.reading.candidates import Notes
from notifier.core.reading.entries import Entry
from notifier.core.reading.formats import read_entries, read_pages
from notifier.core.reading.shape import Format
from notifier.errors import Problem

ENDINGS = ("yml", "json", "toml")


def read(text: str | bytes, path: str) -> tuple[Entry | None, list[Problem]]:
    notes = Notes(path=path)
    content = text if isinstance(text, bytes) else text.encode()
    return read_entries(Document(source="site", path=path, data=content, revision="1"), notes), notes.problems


def entry(text: str, path: str = "a.yml") -> Entry:
    found, _ = read(text, path)
    assert found is not None
    return found


def inner(text: str, path: str = "a.yml") -> dict[str, Entry]:
    value = entry(text, path).value
    assert isinstance(value, dict)
    return value


def items(found: Entry) -> tuple[Entry, ...]:
    assert isinstance(found.value, tuple)
    return found.value


@pytest.mark.parametrize("word", ["yes", "No", "ON", "off", "true", "False"])
def test_words_for_true_and_false_are_so_by_value_and_keep_their_text(word: str) -> None:
    found = inner(f"a: {word}")["a"]

    assert (found.value, found.raw) == (word.lower() in ("yes", "on", "true"), word)


def test_a_country_is_not_lost_to_a_word_for_false() -> None:
    assert list(inner("countries: [de, no, se]")["countries"].texts()) == ["de", "no", "se"]


@pytest.mark.parametrize(
    "text", ["20:00", "1:30:15", "2026-05-05", "2026-05-05 18:30", "0x1F", "1_000", "1e3", ".5", "0o17", ".inf", "y"]
)
def test_what_yaml_1_1_and_1_2_read_differently_stays_text(text: str) -> None:
    assert inner(f"a: {text}")["a"].value == text


def test_zeros_in_front_are_no_octal_and_stay_in_the_text() -> None:
    found = inner("a: 010")["a"]

    assert (found.value, found.raw) == (10, "010")


def test_a_quoted_word_is_a_text() -> None:
    assert entry("[\"yes\", '12', !!str 12, !!int \"12\", !!bool yes, !!null x, !!int x]").plain() == [
        "yes", "12", "12", 12, True, None, "x",
    ]  # fmt: skip


def test_a_merge_gives_what_the_mapping_does_not_say_itself() -> None:
    found = inner("base: &b {place: Hall, fee: 5}\nother: &o {fee: 6, host: A}\na:\n  <<: [*b, *o]\n  place: Barn\n")[
        "a"
    ]

    assert found.plain() == {"place": "Barn", "fee": 5, "host": "A"}


def test_a_merge_of_what_is_no_mapping_is_a_key_like_any_other() -> None:
    assert entry('<<: x\n"<<": y').plain() == {"<<": "y"}


def test_the_value_of_a_key_is_on_the_line_of_the_key_and_an_item_on_its_own() -> None:
    found = inner("title: >\n  Open\n  day\ntalks:\n  - a\n  - title: b\n    by: c\n")

    assert (found["title"].line, found["talks"].line) == (1, 4)
    assert [item.line for item in items(found["talks"])] == [5, 6]


def test_several_yaml_documents_are_one_list_where_each_is_one() -> None:
    assert entry("---\n- a\n---\n- b\n").plain() == ["a", "b"]
    assert entry("a: 1\n---\nb: 2\n").plain() == [{"a": 1}, {"b": 2}]


JSON = '{\n "title": "Open \\u00e9 \\ud83d\\ude00",\n "fee": 1.50,\n "talks": [\n  {"by": null},\n  true\n ]\n}'


def test_json_has_lines_and_exact_numbers() -> None:
    found = inner(JSON, "a.json")

    assert (found["title"].raw, found["fee"].raw, found["fee"].value) == ("Open é 😀", "1.50", 1.5)
    assert [found["talks"].line, *(item.line for item in items(found["talks"]))] == [4, 5, 6]


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "9" * 5000, "1e999", "12345678901234567890"])
def test_a_number_that_is_none_or_is_too_long_is_text(number: str) -> None:
    assert entry(f"[{number}]", "a.json").plain() == [number]


def test_half_a_character_is_replaced() -> None:
    assert entry('["a\\ud83d"]', "a.json").plain() == ["a\ufffd"]


def test_a_key_that_stands_twice_in_json_is_told_with_both_lines() -> None:
    _, (problem,) = read('{"a": 1,\n"a": 2}', "a.json")

    assert str(problem) == (
        "a.json:2: a: The key a stands twice, in lines 1 and 2; the last one counts. Join the two into one a."
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{title: 1}", "1: The file is not valid JSON: a key is missing, or not in double quotes (column 2)."),
        ('{"a" 1}', "1: The file is not valid JSON: the colon behind a key is missing (column 6)."),
        ('{"a": 1\n"b": 2}', "2: The file is not valid JSON: a comma or } is missing (column 1)."),
        ("[1, 2,]", "1: The file is not valid JSON: a comma stands before ] (column 7)."),
        ("[,1]", "1: The file is not valid JSON: a value is missing, or a text not in double quotes (column 2)."),
        ("['a']", "1: The file is not valid JSON: a value is missing, or a text not in double quotes (column 2)."),
        ('["a\n"]', "1: The file is not valid JSON: a text has no end on its line (column 2)."),
        (r'["\x"]', "1: The file is not valid JSON: a text has an escape that JSON doesn't know (column 2)."),
        ("[1] 2", "1: The file is not valid JSON: something stands behind its end (column 5)."),
        ("[", "1: The file is not valid JSON: a value is missing, or a text not in double quotes (column 2)."),
    ],
)
def test_what_is_wrong_in_json_is_said_where_it_is(text: str, said: str) -> None:
    found, (problem,) = read(text, "a.json")

    assert found is None
    assert f"{problem.line}: {problem.what}" == said
    assert problem.hint


TOML = """\
title = "Open day" # [not, this]
doors = 18:30:00
when = 2026-05-05T18:30:00
days = [
  2026-05-05,
  2026-05-06,
]
fee = 1.50
place.city = "x"

[[talks]]
title = '''
a
b'''
[[talks]]
title = "c"
tags = ["d", { e = 1 }]
[[talks.slides]]
n = 1
"""


def test_toml_has_lines_and_dates_as_text() -> None:
    found = inner(TOML, "a.toml")

    assert (found["when"].raw, found["doors"].raw, found["fee"].raw) == ("2026-05-05T18:30:00", "18:30:00", "1.50")
    assert found["days"].plain() == ["2026-05-05", "2026-05-06"]


def test_what_stands_in_toml_is_on_its_line() -> None:
    found = inner(TOML, "a.toml")
    first, second = items(found["talks"])

    assert [item.line for item in items(found["days"])] == [5, 6]
    assert [found[key].line for key in ("title", "when", "days", "fee", "place", "talks")] == [1, 3, 4, 8, 9, 11]
    assert (first.line, second.line) == (11, 15)
    assert isinstance(second.value, dict)
    assert [second.value[key].line for key in ("title", "tags", "slides")] == [16, 17, 18]


def test_a_key_that_stands_twice_in_toml_is_refused_as_by_the_site() -> None:
    found, (problem,) = read("a = 1\na = 2\n", "a.toml")

    assert found is None
    assert str(problem) == (
        "a.toml:2: The file is not valid TOML: Cannot overwrite a value (column 6). "
        "Write each key and each [table] once; join the two."
    )


@pytest.mark.parametrize("number", ["nan", "inf", "0x" + "F" * 9000, "9" * 20])
def test_numbers_of_toml_that_are_none_or_too_long_are_text(number: str) -> None:
    found, _ = read(f"a = {number}", "a.toml")

    assert found is not None
    assert isinstance(found.value, dict)
    assert isinstance(found.value["a"].value, str)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("[" * 100_000, "a.json"), ('{"a":' * 100_000, "a.json"), ("a = " + "[" * 100_000, "a.toml"),
        ("a = " + "{b=" * 100_000, "a.toml"), ("a." * 100_000 + "b = 1", "a.toml"),
        ("[" + "a." * 100_000 + "b]", "a.toml"), ("a = {" + "b." * 100_000 + "c = 1}", "a.toml"),
        ("[" * 100_000, "a.yml"), ("- " * 100_000, "a.yml"), ("{a: " * 100_000, "a.yml"), ("[1," * 100_000, "a.yml"),
    ],
)  # fmt: skip
def test_what_is_nested_too_deeply_or_too_long_is_refused_in_one_sentence(text: str, path: str) -> None:
    found, (problem,) = read(text, path)

    assert found is None
    assert problem.what == "The file is nested too deeply or is too long."


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("[a, b" * 10_000, "a.yml"), ("\t- a\n" * 3_000, "a.yml"), ("\u00a0" * 500_000, "a.yml"),
        ("\r" * 500_000, "a.yml"), ("a" + "\r" * 500_000 + "\n", "a.yml"), ('"\\' * 500_000, "a.json"),
        ('a="""\n' + '\\"""\n' * 30_000 + "\\", "a.toml"), ("'''\n" * 30_000, "a.toml"), ('"' * 100_000, "a.toml"),
    ],
)  # fmt: skip
def test_hostile_text_takes_linear_time(text: str, path: str) -> None:
    found, problems = read(text, path)

    assert found is not None or len(problems) >= 1


@pytest.mark.parametrize(
    "text",
    [
        '{"a": [' + "1," * 20_000 + "1]}",
        "+++\na = [" + "1," * 50_000 + "1]\n+++\n",
        "---\na: [" + "x," * 20_000 + "]\n---\n",
    ],
)
def test_front_matter_of_too_many_values_is_refused_in_each_syntax(text: str) -> None:
    found, (problem,) = read(text, "a.md")

    assert found is None
    assert problem.what == "The front matter is nested too deeply or is too long."


def test_a_key_may_be_repeated_by_an_alias_too() -> None:
    assert entry("&k place: &v Hall\nwhere: *k\nthere: *v\n").plain() == {
        "place": "Hall",
        "where": "place",
        "there": "Hall",
    }


def test_an_alias_of_what_holds_itself_is_refused() -> None:
    found, (problem,) = read("a: &a\n  b: *a\n", "a.yml")

    assert found is None
    assert problem.what == "The file is nested too deeply: *a stands inside what it repeats."


def test_a_data_file_may_have_five_megabytes() -> None:
    found, (problem,) = read(b"x" * 5_000_001, "a.yml")

    assert found is None
    assert problem.what == "The file has 5.0 MB; a file of events may have 5 MB at most."


def test_the_wrong_byte_of_a_data_file_is_named_by_its_line() -> None:
    assert [str(problem) for problem in read(b"a: b\nc: \xe9\n", "a.yml")[1]] == [
        "a.yml:2: Line 2 is not UTF-8 text. Save the file with the encoding UTF-8."
    ]


def test_the_text_below_front_matter_is_a_key_for_others_unless_it_is_taken() -> None:
    assert entry("---\ntitle: Hall\n---\n\nCome in.", "a.md").plain() == {"title": "Hall", "body": "Come in."}
    assert inner("---\ntitle: Hall\n---\n\nCome in.", "a.md")["body"].line == 5
    assert entry("---\nbody: Mine\n---\nCome in.", "a.md").plain() == {"body": "Mine"}


_NASTY = st.sampled_from(
    ["---\n", "+++\n", "{", "}", "[", "]", '"', "'", '"""', "'''", "\\", ":", "=", ",", "- ", "\n", "\r", "\r\n", "\t", " ",
     "#", "&a ", "*a", "<<: ", "? ", "|", ">", "!!int ", "a", "1", "true", "2026-05-05", "a.b", "\u2028", "\u00a0", "\ud83d"]
)  # fmt: skip
_PIECES = st.lists(st.one_of(_NASTY, st.text(max_size=6)), max_size=40).map("".join)
_FORMATS: Sequence[Format] = ("front-matter", "data", "labelled")


@given(
    st.one_of(st.binary(max_size=300), _PIECES.map(lambda text: text.encode(errors="replace"))),
    st.sampled_from(_FORMATS),
    st.sampled_from(["a.md", "a.yml", "a.json", "a.toml", "a"]),
    st.lists(st.sampled_from(["a", "a.b", "[]", "a[].b", "[0]"]), max_size=2),
)
@example(b"a: &a\n  b: *a\n", "data", "a.yml", [])
@example(b"+++\na = 0x" + b"F" * 9000 + b"\n+++\n", "front-matter", "a.md", [])
def test_no_bytes_ever_raise_in_any_format(content: bytes, written: Format, path: str, lists: list[str]) -> None:
    notes = Notes(path=path)

    pages = read_pages(Document(source="s", path=path, data=content, revision="1"), written, lists, notes)

    assert pages is not None or notes.problems


@given(_PIECES, st.sampled_from(["---\n{}\n---\n", "+++\n{}\n+++\n", "{{{}}}", ";;;\n{}\n;;;\n"]))
def test_no_text_between_fences_ever_raises(text: str, fence: str) -> None:
    content = fence.format(text).encode(errors="replace")
    notes = Notes(path="a.md")

    pages = read_pages(Document(source="s", path="a.md", data=content, revision="1"), "front-matter", (), notes)

    assert pages is not None or len(notes.problems) >= 1


_KEYS = st.text(st.characters(categories=["L", "Nd", "Zs", "Po"], exclude_characters="\u00a0"), min_size=1, max_size=8)
_TEXTS = st.text(st.characters(categories=["L", "N", "P", "S"], include_characters=" \n"), max_size=12)
_SCALARS = st.one_of(
    st.booleans(), st.integers(-(10**14), 10**14), st.integers(-999, 999).map(lambda number: number / 8), _TEXTS
)
_TREES = st.dictionaries(
    _KEYS,
    st.recursive(
        _SCALARS, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_KEYS, inner, max_size=3))
    ),
    max_size=4,
)


def as_toml(value: object) -> str:
    match value:
        case dict():
            return "{" + ", ".join(f"{as_toml(key)} = {as_toml(item)}" for key, item in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(as_toml, value)) + "]"
        case _:
            return json.dumps(value, ensure_ascii=False)


@given(_TREES, st.booleans())
def test_yaml_gives_back_what_was_written(tree: dict[str, object], flow: bool) -> None:
    text = yaml.safe_dump(tree, allow_unicode=True, default_flow_style=flow, sort_keys=False)

    assert entry(text).plain() == tree or not tree


@given(_TREES, st.sampled_from([None, 2]))
def test_json_gives_back_what_was_written(tree: dict[str, object], indent: int | None) -> None:
    assert entry(json.dumps(tree, indent=indent), "a.json").plain() == tree or not tree


@given(_TREES)
def test_toml_gives_back_what_was_written(tree: dict[str, object]) -> None:
    text = "".join(f"{as_toml(key)} = {as_toml(value)}\n" for key, value in tree.items())

    assert entry(text, "a.toml").plain() == tree or not tree


@given(st.text(st.sampled_from('{}[]",:0123456789.eE+-truefalsn \n\\'), max_size=30))
def test_what_python_reads_as_json_is_read_alike_and_nothing_else(text: str) -> None:
    try:
        expected = json.loads(text, parse_constant=str)
    except (ValueError, RecursionError):
        expected = None
    found, _ = read(text, "a.json")
    if found is None:
        assert expected is None
    elif not text.strip():
        assert found.plain() == []
    else:
        assert same(found.plain(), expected)


def same(ours: object, theirs: object) -> bool:
    """Equal, but that long numbers are text here; of a repeated key both take the last."""
    match theirs:
        case dict():
            return (
                isinstance(ours, dict)
                and ours.keys() == theirs.keys()
                and all(same(ours[k], theirs[k]) for k in theirs)
            )
        case list():
            return isinstance(ours, list) and len(ours) == len(theirs) and all(map(same, ours, theirs))
        case int() | float() if isinstance(ours, str):
            return math.isinf(float(ours)) or float(ours) == float(theirs)
        case _:
            return ours == theirs
