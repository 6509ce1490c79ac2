"""Lines of plain text are broken as the standard library breaks them."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.templates import wrapped
from tests.strategies import any_text

_words = st.lists(st.text("ab-–é", min_size=1, max_size=90), max_size=30).map(" ".join)


def _by_textwrap(text: str, indent: str) -> str:
    lines = textwrap.wrap(
        text, 76, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
    return "\n".join(lines)


@given(st.one_of(_words, any_text, st.text(" a\t\n\u00a0", max_size=200)), st.sampled_from(("", "  ", "- ")))
def test_a_text_is_broken_as_textwrap_breaks_it(text: str, indent: str) -> None:
    assert wrapped(text, indent) == _by_textwrap(text, indent)


@pytest.mark.parametrize("length", range(70, 80))
def test_a_line_has_76_characters_at_most(length: int) -> None:
    for text in ("a" * length, f"{'a' * (length - 2)} b", f"{'a' * length} b", f"b {'a' * length} b"):
        assert wrapped(text, "  ") == _by_textwrap(text, "  ")
