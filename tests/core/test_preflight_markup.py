"""The HTML of a mail as it is read: whatever it is, in time, and without raising."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.preflight.markup import page_of
from tests.core.mails import a_mail, a_page, found
from tests.strategies import any_text

#: Of these html.parser makes work that grows with the square of their length, or raises.
_BEGINNINGS = (
    "<!--", "<a ", '<a "', '<a x="', "<a x='", "<![", "<?", "<!", "</", "</a", "<", "<!-- ->", "&", "&#", "<script>", "<style>", "<a/",
    "<![CDATA[", "<a '\"", "<a \"'", "<a '<a \"", "<div>", "</div>", "<b><i>", "*|", "{{", "{%", "<%", "%recipient", "%%a", "&lt;%", "!", "A ",
    "http:/", "a.", "a@", "Re:", '<a href="a.a.a.', '<p style="', "<p style='color:", "<img>", '<a href="https://x.example.org">',
    "<style>@media(prefers-color-scheme:dark){", "/*", "<style>/*", "<p class=a>x", "in 2 ", "\n",
)  # fmt: skip


def test_elements_know_what_they_stand_in() -> None:
    page = page_of('<div>a<A HREF=x>b<br><b hidden>c</b></a></div>\n<p Class="x y" class="z">d &amp; e')

    assert [one.name for one in page.elements] == ["div", "a", "br", "b", "p"]
    assert [one.link for one in page.elements] == [None, 1, 1, 1, None]
    assert [(run.text, run.element, run.line) for run in page.seen()] == [("a", 0, 1), ("b", 1, 1), ("d & e", 4, 2)]
    assert page.elements[4].classes == {"x", "y"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1 < 2", "1 < 2"),
        ("<!-- a --><p>b", "b"),
        ("<!-- never ends", "<!-- never ends"),
        ("<?php a ?>b", "b"),
        ("<script>a < b</script>c", "c"),
        ("<style>p{}</style>c", "c"),
        ("<style>never ends", ""),
        ("a<b title='>'>c</b>", "ac"),
        ("<a <b>c", "<a c"),
        ("</p>a<p/>b", "ab"),
        ("<title>a</title>b", "b"),
    ],
)
def test_readers_see_texts_and_no_markup(text: str, shown: str) -> None:
    assert "".join(run.text for run in page_of(text).seen()) == shown


def test_what_is_not_closed_is_told_with_its_line_where_that_matters() -> None:
    page = page_of("<table>\n<tr><td><h1>a<p>b\n</table><ul>")

    assert page.unclosed == (("h1", 2), ("ul", 3))


@pytest.mark.parametrize("beginning", _BEGINNINGS)
def test_hostile_text_takes_time_in_proportion_to_its_length(beginning: str) -> None:
    message = a_mail(html=a_page() + beginning * (100_000 // len(beginning)))
    hostile = a_mail(
        subject=(beginning * 50_000)[:50_000], preheader=beginning * 1000, text=(beginning * 50_000)[:50_000]
    )

    started = time.process_time()
    found(message)
    found(hostile)

    assert time.process_time() - started < 5  # a hundredth of what the square would take


@given(
    st.lists(
        st.one_of(st.sampled_from(_BEGINNINGS), any_text, st.sampled_from([">", '"', "'", "-->", "</a>"])), max_size=12
    )
)
def test_nothing_makes_it_raise(parts: list[str]) -> None:
    text = "".join(parts)

    problems = found(a_mail(text, subject=text, preheader=text, text=text, calendar=text.encode(errors="replace")))

    assert all(one.what and one.hint for one in problems)
