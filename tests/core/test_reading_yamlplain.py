"""Plain front matter is read by itself as the parser of all of YAML reads it, or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.reading.candidates import Notes
from notifier.core.reading.entries import Entry
from notifier.core.reading.limits import FRONT_MATTER, Refused
from notifier.core.reading.yamlplain import read_plainly
from notifier.core.reading.yamltree import read_yaml
from notifier.errors import Problem

_VALUES = (
    "", "a", "a b", "2026-01-01", "14:00", "x #y", "x#y", "[a, b]", "[a,b,]", "[]", "[1, yes]", "[a: b]", "'q'", '"q"', "'it''s'",
    '"a\\n"', "-", "- x", "| ", "> x", "~", "null", "yes", "No", "1_000", "0x1F", "1.5", "a: b", "a:", "é", "“x”", "*a",
    "&a b", "!!int 5", "{a: b}", "...", "http://example.org/x#y", "-5", "a ]", "a|b", "x'y", "😀", "'a' b", '"a" # c',
)  # fmt: skip
_KEYS = ("title", "date", "topics", "a-b_c", "yes", "<<", "é", "two words", "1")
values = st.sampled_from(_VALUES)
lines = st.one_of(
    st.builds("{}:{}{}".format, st.sampled_from(_KEYS), st.sampled_from((" ", "  ", "")), values),
    st.builds("{}- {}".format, st.sampled_from(("", "  ", "    ")), values),
    st.sampled_from(("", "  ", "# c", "  # c", "  goes on", "---")),
)


def wholly(text: str) -> tuple[dict[str, Entry], list[Problem]]:
    """What the parser of all of YAML reads: the lines that are added are for it alone."""
    notes = Notes(path="x")
    [root] = read_yaml(f"{text}\nadded: |-\n  x", first_line=2, limits=FRONT_MATTER, basis="front matter", notes=notes)
    assert isinstance(root.value, dict)
    return {key: entry for key, entry in root.value.items() if key != "added"}, notes.problems


def plainly(text: str) -> Entry | None:
    return read_plainly(text, first_line=2, basis="front matter")


@given(st.lists(lines, max_size=7).map("\n".join))
def test_what_is_read_plainly_the_parser_reads_too(text: str) -> None:
    found = plainly(text)

    assert found is None or (found.value, []) == wholly(text)


@pytest.mark.parametrize(
    "text",
    [
        'title: A fair\ndate: 2026-05-01\nstart: "14:00"\ntopics: [water, air]\nfull: no',
        "# ours\ntitle: A fair\n\ntopics:\n  - water\n  - the air",
        "title:\nlink: https://example.org/a#b\nexcerpt: 'Tea, and more'",
    ],
)
def test_ordinary_front_matter_is_read_plainly(text: str) -> None:
    found = plainly(text)

    assert found is not None
    assert (found.value, []) == wholly(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "- a", "title: A: b", "title: |\n  a", "title: a\n  b", "title: a # b", "title: a\ntitle: b", "title: &x a",
        "title: {a: b}", "title: a\n- b", "topics:\n  - a\n - b", "topics:\n  a: b", "title: a\tb", "title: a\x07",
    ],
)  # fmt: skip
def test_what_may_be_read_in_another_way_is_left_to_the_parser(text: str) -> None:
    assert plainly(text) is None


def test_what_is_no_yaml_is_refused_all_the_same() -> None:
    with pytest.raises(Refused):
        read_yaml("title: A: b", first_line=2, limits=FRONT_MATTER, basis="front matter", notes=Notes(path="x"))
