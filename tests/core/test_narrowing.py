"""A language narrowed to a text finds in it what the whole language finds."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from notifier.core.reading.languages import CODES, ENGLISH, Language, language_named
from notifier.core.reading.languages.narrowing import NEVER, Need, Needs, narrowed, needs
from notifier.core.reading.prose import read_prose

CONTENT = Path(__file__).resolve().parents[1] / "content"


def one(*literals: str) -> Needs:
    """A way that needs each of these literals."""
    return frozenset(frozenset({literal}) for literal in literals)


def language(code: str) -> Language:
    found = language_named(code)
    assert found is not None
    return found


def patterns(bundle: Any, name: str = "") -> Iterator[tuple[str, re.Pattern[str]]]:
    """Every pattern of a bundle, by the names that lead to it."""
    for field in fields(bundle):
        value = getattr(bundle, field.name)
        if isinstance(value, re.Pattern):
            yield f"{name}{field.name}", value
        elif is_dataclass(value):
            yield from patterns(value, f"{name}{field.name}.")


def spans(pattern: re.Pattern[str], text: str) -> list[tuple[int, int]]:
    return [match.span() for match in pattern.finditer(text)]


def differing(code: str, text: str) -> list[str]:
    """The patterns that find something else in a text once the language is narrowed to it."""
    whole, left = dict(patterns(language(code))), dict(patterns(narrowed(language(code), text)))
    return [name for name in whole if spans(whole[name], text) != spans(left[name], text)]


@cache
def sentences() -> tuple[str, ...]:
    texts = [path.read_text(encoding="utf-8").split("---\n", 2)[-1] for path in sorted(CONTENT.glob("*.md"))]
    return tuple(s.text for text in texts for s in read_prose(text, first_line=1, site_url="").sentences)


@st.composite
def matches(draw: st.DrawFn) -> tuple[str, str]:
    """A language, and a text that one of its patterns was made to match, as far as that can be."""
    code = draw(st.sampled_from(CODES))
    _, pattern = draw(st.sampled_from(sorted(patterns(language(code)), key=lambda pair: pair[0])))
    try:
        text = draw(st.from_regex(pattern))
    except InvalidArgument:  # a pattern that can't match, or a look-around that Hypothesis doesn't make up for
        text = ""
    assume(text)
    return code, text


@given(matches())
@settings(max_examples=400)
def test_what_a_pattern_matches_it_matches_once_narrowed(found: tuple[str, str]) -> None:
    code, text = found

    assert differing(code, text) == []


@pytest.mark.parametrize("code", CODES)
def test_sentences_read_the_same_once_narrowed(code: str) -> None:
    assert [(text, names) for text in sentences() if (names := differing(code, text))] == []


@pytest.mark.parametrize("code", CODES)
def test_capitals_read_the_same_once_narrowed(code: str) -> None:
    loud = [text.upper() for text in sentences()]

    assert [(text, names) for text in loud if (names := differing(code, text))] == []


def test_a_sentence_leaves_few_patterns_to_try() -> None:
    left = [pattern for _, pattern in patterns(narrowed(ENGLISH, "Tea is served.")) if pattern is not NEVER]

    assert len(left) < len(list(patterns(ENGLISH))) / 2


@pytest.mark.parametrize("letter", "abcdefghijklmnopqrstuvwxyzäöüßàâçéèêëîïôûùœñáíóúìò")
def test_letters_that_patterns_take_for_one_are_folded_to_one(letter: str) -> None:
    characters = "".join(map(chr, range(sys.maxunicode + 1)))
    alike = re.findall(re.escape(letter), characters, re.IGNORECASE)

    assert {other.casefold() for other in alike} - {"ı", "i̇"} == {letter.casefold()}


@pytest.mark.parametrize("text", ["WİLL YOU JOİN US", "joın us", "Join us \ud800 at 5", "", "\x00", "\n\n"])
def test_odd_texts_are_read_all_the_same(text: str) -> None:
    assert [code for code in CODES if differing(code, text)] == []


@pytest.mark.parametrize(
    ("pattern", "needed"),
    [
        (r"\bjoin our newsletter\b", {frozenset({"join"}), frozenset({"our"}), frozenset({"newsletter"})}),
        (r"register|sign in", {(one("sign", "in"), one("register"))}),
        (r"register|book", {frozenset({"register", "book"})}),
        (r"(?:the )?workshop", {frozenset({"workshop"})}),
        (r"(?<!never )free(?! beer)", {frozenset({"free"})}),
        (r"\d{1,2}(?::\d{2})?", {frozenset({" "})}),
        (r"\d{1,2}[/.]\d", {frozenset({" "}), frozenset({"  "})}),
        (r"open|(?!)", {frozenset({"open"})}),
        (r"open|\w+", set()),
        (r"a?b?", set()),
    ],
)
def test_what_a_pattern_needs(pattern: str, needed: set[Need]) -> None:
    assert needs(re.compile(pattern, re.IGNORECASE)) == needed


@pytest.mark.parametrize("code", CODES)
def test_two_sentences_that_hold_the_same_words_leave_the_same_language(code: str) -> None:
    known = language(code)

    assert narrowed(known, "Tea is served.") is narrowed(known, "Is tea served?")
