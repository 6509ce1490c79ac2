"""What is looked for first, so that most texts need no closer look, never leaves out what the closer look would find."""

from __future__ import annotations

import re
from functools import cache
from operator import attrgetter
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from notifier.core.reading.blocks import Block, blocks_of, pieces
from notifier.core.reading.languages import CODES, ENGLISH, Language, language_named
from notifier.core.reading.languages.guests import LONG_SLIP, guest, is_near, names_guests
from notifier.core.reading.languages.language import Slips
from notifier.core.reading.languages.narrowing import narrowed
from notifier.core.reading.languages.signs import SLOTS, may_close, signs_in
from notifier.core.reading.plain import words
from notifier.core.reading.prose import read_prose

CONTENT = Path(__file__).resolve().parents[1] / "content"
WORDS = [word for code in CODES for slips in [language_named(code)] if slips for word in slips.admission.slips.members]
WORDS += ["invitation", "invite", "Einladung", "invito", "invitación", "moment", "summer", "community", "einmal"]
AROUND = st.sampled_from(["", " ", "-", "'", "non-", "l'", "s", "(", "1", "x" * 24, "y" * 48, "é", "\n"])


def language(code: str) -> Language:
    found = language_named(code)
    assert found is not None
    return found


@cache
def sentences() -> tuple[str, ...]:
    texts = [path.read_text(encoding="utf-8").split("---\n", 2)[-1] for path in sorted(CONTENT.glob("*.md"))]
    return tuple(s.text for text in texts for s in read_prose(text, first_line=1, site_url="").sentences)


@st.composite
def slips_of_the_pen(draw: st.DrawFn) -> str:
    """A word that may be one for guests, or nearly one, with something beside it."""
    letters = list(draw(st.sampled_from(WORDS)))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(letters)))
        letters[at : at + draw(st.integers(0, 1))] = draw(st.sampled_from(["", *"abeimnrst'ß"]))
    word = "".join(letters)
    return draw(AROUND) + draw(st.sampled_from([word, word.upper(), word.capitalize()])) + draw(AROUND)


def names_one(text: str, slips: Slips) -> bool:
    """Every word of a text looked at, one by one."""
    said = [token.casefold() for part in text.split() for token in slips.token.findall(part)]
    return any(guest(word, slips) is not None or is_near(word, slips.invitation, LONG_SLIP) for word in said)


@pytest.mark.parametrize("code", CODES)
@given(text=st.lists(slips_of_the_pen(), max_size=3).map(" ".join))
@example(text="x" * 24 + "members")
@example(text="MEMBERS' evening")
@example(text="mbers")
def test_a_text_that_is_passed_over_names_no_guests(code: str, text: str) -> None:
    slips = language(code).admission.slips

    assert names_guests(text, slips) == names_one(text, slips)


@pytest.mark.parametrize("code", CODES)
def test_the_signs_of_a_sentence_are_the_slots_that_its_whole_language_finds(code: str) -> None:
    whole = language(code)

    for text in sentences():
        found = {slot for slot in SLOTS if attrgetter(slot)(whole).search(text)}
        assert signs_in(text, narrowed(whole, text), narrowed(ENGLISH, text)) - {"closing"} == found, text


@pytest.mark.parametrize("code", CODES)
def test_a_sentence_without_the_sign_of_it_holds_nothing_that_may_close(code: str) -> None:
    whole = language(code)

    for text in sentences():
        closes = may_close(text, whole.admission) or may_close(text, ENGLISH.admission)
        assert ("closing" in signs_in(text, narrowed(whole, text), narrowed(ENGLISH, text))) == closes, text


LINES = st.sampled_from(
    ["", " ", "> ", "When: 3 May", "### When", "# Talk", "Come along.", "- one", "> said", "**Where:** Hall", "| a | b |",
     "two  ", "end\\", "> ### Where", "1. first", "```", "~~~ js", "*Wann*: heute"]
)  # fmt: skip


@given(lines=st.lists(LINES, max_size=14))
def test_a_body_has_the_same_blocks_in_pieces_as_in_one(lines: list[str]) -> None:
    body, layout = "\n".join(lines), ENGLISH.layout
    whole, _ = blocks_of(body, None, layout)

    parted: list[Block] = []
    line, label = 0, None
    for piece in pieces(body):
        blocks, label = blocks_of(piece, label, layout)
        parted += [Block(lines=b.lines, first=b.first + line, label=b.label, heading=b.heading) for b in blocks]
        line += piece.count("\n") + 2

    assert parted == whole


def test_a_text_that_is_read_again_elsewhere_has_the_lines_of_there() -> None:
    text = "See [one](https://one.example.org).\n\nWhen:\nsee [two](https://two.example.org). On\n3 May."

    first, again = (read_prose(text, first_line=line, site_url="").sentences for line in (1, 11))

    assert [(s.line + 10, [link.line + 10 for link in s.links]) for s in first] == [
        (s.line, [link.line for link in s.links]) for s in again
    ]
    assert re.search(r"3 May", first[-1].text)
    assert all(words(s.text) == s.text for s in first)
