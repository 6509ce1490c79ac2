"""Pages as readers see them, whatever Mailchimp makes of their markup, and marks wherever they hide."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.edges.mailchimp.audiences import same_segment
from notifier.edges.mailchimp.finding import marker_in, marker_of, title_of
from notifier.edges.mailchimp.reading import block_in, holds, is_bare, live_marks, readable

PAGE = '<p>Come <b>and</b> sing &amp; dance: <a href="https://example.org/a?b=1&amp;c=2">here</a></p>'
MARKER = marker_of("example", "reminder/day/x@example.org/2026-12-09/newsletter")


@pytest.mark.parametrize(
    "other",
    [
        "<P>Come <B>and</B>\n  sing &#38; dance: <A HREF='https://example.org/a?b=1&amp;c=2'>here</A></P>",
        f"<html><head><title>Other</title><style>p {{ color: red }}</style></head><body>{PAGE}</body></html>",
        PAGE.replace("<p>", '<p style="margin: 0"><!-- a comment -->'),
    ],
    ids=["written anew", "in a whole page", "with styles and comments"],
)
def test_another_markup_says_the_same(other: str) -> None:
    assert readable(other) == readable(PAGE)


@pytest.mark.parametrize(
    "other",
    [PAGE.replace("sing", "sign"), PAGE.replace("c=2", "c=3"), PAGE + "<p>More</p>", PAGE.replace("<b>and</b>", "")],
)
def test_other_words_or_links_say_something_else(other: str) -> None:
    assert readable(other) != readable(PAGE)


def test_a_page_holds_what_stands_in_the_middle_of_it() -> None:
    assert holds(readable(f'<p>Before</p>{PAGE}<p>After <a href="https://example.org">x</a></p>'), readable(PAGE))
    assert not holds(readable("<p>Come and sing</p>"), readable(PAGE))


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    assert isinstance(readable(text), str)
    assert block_in(text, MARKER) is None


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("Dear *|FNAME|*", ["*|FNAME|*"]),
        ("*&#124;FNAME&#124;*", ["*|FNAME|*"]),
        ("*|IF:A=b|*x*|END:IF|*", ["*|IF:A=b|*", "*|END:IF|*"]),
        ("*|UNSUB|* *|LIST:ADDRESS|*", []),
        ("* |FNAME| *", []),
    ],
)
def test_a_live_mark_is_one_that_no_footer_has(text: str, marks: list[str]) -> None:
    assert live_marks(text) == marks


@pytest.mark.parametrize(
    ("outside", "bare"),
    [
        ("<html><head><title>x</title></head><body></body></html>", True),
        ('<body><p>Sent by <a href="*|UNSUB|*">leave</a></p></body>', True),
        ("<body><p>EDITED</p></body>", False),
    ],
)
def test_only_a_footer_may_stand_beside_our_part(outside: str, bare: bool) -> None:
    assert is_bare(outside) is bare


def test_the_mark_survives_a_long_subject_and_what_people_write_behind_it() -> None:
    title = title_of("A very long subject " * 20, MARKER)
    assert len(title) <= 100
    assert marker_in(f"{title} (copy 01)") == MARKER
    assert marker_in("svc:0123456789abcdef0123 without brackets") is None


CONDITION = {"condition_type": "Interests", "field": "interests-a", "op": "interestcontains", "value": ["x", "y"]}


@pytest.mark.parametrize(
    ("wanted", "found", "same"),
    [
        ({}, {}, True),
        ({}, {"match": "any", "conditions": []}, True),
        ({}, {"saved_segment_id": 7}, False),
        ({"saved_segment_id": 7}, {"saved_segment_id": 7, "match": "all", "conditions": [CONDITION]}, True),
        ({"saved_segment_id": 7}, {}, False),
        (
            {"match": "all", "conditions": [CONDITION]},
            {"match": "all", "conditions": [CONDITION | {"value": ["y", "x"]}]},
            True,
        ),
        ({"match": "all", "conditions": [CONDITION]}, {"match": "any", "conditions": [CONDITION]}, False),
        ({"match": "all", "conditions": [CONDITION]}, {"match": "all", "conditions": []}, False),
        ({"match": "all", "conditions": [CONDITION]}, {"match": "all", "conditions": "all of them"}, False),
        ({"match": "all", "conditions": [CONDITION]}, {}, False),
    ],
)
def test_a_segment_is_the_same_or_it_is_not(wanted: dict[str, object], found: dict[str, object], same: bool) -> None:
    assert same_segment(wanted, found) is same
