"""Authors' words that a mail program would take for marks to fill in."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from hypothesis import given
from markupsafe import Markup

from notifier.core.marks import unmarked, without_marks
from notifier.core.note import note_of
from notifier.core.plain import http_url
from notifier.core.preflight.words import _MARK
from tests.strategies import any_text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("*|FNAME|*", "* |FNAME| *"),
        ("{{{ x }}}", "{ { { x } } }"),
        ("{% x %} {# y #}", "{ % x % } { # y # }"),
        ("<%= x %>", "< %= x % >"),
        ("%recipient.name% %%x%%", "% recipient.name% % %x% %"),
        ("100 % of {a} | b * c", "100 % of {a} | b * c"),
    ],
)
def test_the_brackets_of_a_mark_are_kept_apart(text: str, shown: str) -> None:
    assert unmarked(text) == shown


@given(any_text)
def test_no_mark_is_left_and_nothing_else_is_changed(text: str) -> None:
    plain = unmarked(text)

    assert _MARK.search(plain) is None
    assert re.sub(r"\s", "", plain) == re.sub(r"\s", "", text) or plain.startswith(("http", "webcal", "mailto"))


def test_an_address_stays_one() -> None:
    address = unmarked("https://www.example.org/%recipient%?a=%20b{{c}}|")

    assert address == "https://www.example.org/%25recipient%25?a=%20b%7B%7Bc%7D%7D%7C"
    assert http_url(address) == address


def test_what_has_no_marks_is_given_back_as_it_is() -> None:
    note = note_of("One line.\n\nAnother.")

    assert without_marks(note) is note
    assert without_marks(("a", 1, None, "{{b}}")) == ("a", 1, None, "{ {b} }")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    text: str = ""
    maybe: str | None = None
    several: tuple[str, ...] = ()
    number: int = 0
    inner: _Held | None = None


@pytest.mark.parametrize("mark", ["{{b}}", "*|B|*", "<%b%>", "%%b%%", Markup("{% b %}")])
def test_no_mark_is_left_wherever_it_is_held(mark: str) -> None:
    for held in (
        _Held(text=mark),
        _Held(maybe=mark),
        _Held(several=("a", mark)),
        _Held(inner=_Held(text="a", maybe=mark)),
    ):
        assert mark not in repr(without_marks(held))
        assert mark not in repr(without_marks((1, (held,))))
