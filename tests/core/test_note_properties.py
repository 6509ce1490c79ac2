"""Whatever a person writes: no tag, attribute or address that we don't know, no word lost, and a cost in proportion."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.note import ATTRIBUTES, MOST_SIGNS, SCHEMES, TAGS, note_of
from notifier.core.plain import http_url
from notifier.core.preflight.words import _MARK
from notifier.errors import UserError
from tests.fuzz.steps import count_steps
from tests.soak import tenth
from tests.strategies import any_text

BASE = "https://www.example.org/"
#: Lines of Python for one character more, at most: brackets that open and never close take about two thirds of it.
STEPS_A_SIGN = 1_600
_HOSTILE = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[a](javascript:alert(1))", "[a](JAVASCRIPT&colon;alert(1))",
    "[a](\u0001javascript:alert(1))", "![a](data:text/html,x)", "<style>*{color:red}</style>", "<javascript:alert(1)>", '[a](https://b.example.org/"onclick=alert(1))',
    '[a](<https://b.example.org/"><script>>)', "[a](https://b.example.org 'x\" onclick=\"y')", "<a href='//x' target=_blank>", "<!--[if mso]><![endif]-->", "]]>", "</div></td></table>",
    '```" onclick="x\n', "*|FNAME|*", "\\*|A|\\*", "{{ 7 * 7 }}", "{% x %}", "&#42;|A|&#42;", "&#x202e;", "&zwnj;", "\u200b", "&lt;b&gt;", "<svg/onload=x>", "[a](vbscript:x)",
    "https://user@evil.example.org", "[a](//evil.example.org\\@b)", "<mailto:a@example.org?bcc=b@example.org>", "[a](mailto:a@example.org%0d%0aBcc:b@example.org)",
)  # fmt: skip
_SYNTAX = (
    "*", "**", "_", "`", "```\n", "~~~\n", "> ", "- ", "1. ", "7) ", "# ", "### ", "[", "](", ")", "![", "<", ">", "---\n", "\n", "\n\n", "  ", "  \n", "\\", "\\\n", "&",
    "https://www.example.org/a", "<https://www.example.org/b>", "[c](/d)", "![e](/f)", "<g@example.org>", "    ", "\t", "|",
)  # fmt: skip
_WORDS = ("alpha", "beta", "gamma", "delta", "ein Wort", "é")
hostile_note = st.lists(st.one_of(st.sampled_from((*_HOSTILE, *_SYNTAX, *_WORDS)), any_text), max_size=14).map("".join)
plain_note = st.lists(st.sampled_from((*_SYNTAX, *_WORDS)), max_size=25).map("".join)
_BLOCKS = frozenset({"p", "li", "h2", "h3", "h4", "hr", "br", "pre", "ul", "ol", "blockquote"})


class Seen(HTMLParser):
    """The tags of a fragment, and what somebody reads in it: words, the numbers of lists, addresses behind links."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words = ""
        self.numbers: list[int] = []
        self.link = ("", 0)
        self.feed(str(html))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.words += " " if tag in _BLOCKS else ""
        if tag not in ("br", "hr"):
            self.open.append(tag)
        if tag in ("ol", "ul"):
            self.numbers.append(int(dict(attrs).get("start") or 1) if tag == "ol" else -1)
        elif tag == "li" and self.numbers[-1] >= 0:
            self.words += f"{self.numbers[-1]} "
            self.numbers[-1] += 1
        elif tag == "a":
            self.link = (dict(attrs)["href"] or "", len(self.words))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        self.words += " " if tag in _BLOCKS else ""
        if tag in ("ol", "ul"):
            self.numbers.pop()
        elif tag == "a":
            address, start = self.link[0].removeprefix("mailto:"), self.link[1]
            shown = " ".join(self.words[start:].split())
            if shown not in (self.link[0], address) and http_url(shown) != self.link[0]:
                self.words += f" ({address})"

    def handle_data(self, data: str) -> None:
        self.words += data


def _is_refused(note: str) -> bool:
    try:
        note_of(note, base=BASE)
    except UserError:
        return True
    return False


@given(hostile_note)
def test_no_note_makes_a_tag_an_attribute_or_an_address_that_is_not_allowed(note: str) -> None:
    if _is_refused(note):
        return
    seen = Seen(note_of(note, base=BASE).html)

    assert {tag for tag, _ in seen.tags} <= TAGS
    for tag, attributes in seen.tags:
        assert set(attributes) <= ATTRIBUTES.get(tag, set()) | ({"rel"} if tag == "a" else set())
        address = urlsplit(attributes.get("href") or BASE)
        assert address.scheme in SCHEMES
        assert address.username is None
        assert (attributes.get("start") or "1").isdecimal()
    assert seen.open == []


@given(hostile_note)
def test_both_parts_of_a_note_have_the_same_words_and_no_mark_or_trick(note: str) -> None:
    if _is_refused(note):
        return
    found = note_of(note, base=BASE)

    assert re.findall(r"\w+", Seen(found.html).words) == re.findall(r"\w+", found.text)
    for text in (found.html, found.text, found.brief):
        assert _MARK.search(text) is None
        assert re.search("[\u202a-\u202e\u2066-\u2069\ud800-\udfff\x00-\x08\r]", text) is None
    assert "\n" not in found.brief
    assert all(
        len(line) <= 76 or not line[4:76].strip().count(" ") or line.startswith(("    ", ">"))
        for line in found.text.split("\n")
    )


@given(plain_note)
def test_no_word_of_a_note_is_lost(note: str) -> None:
    if _is_refused(note):
        return
    found = note_of(note, base=BASE)

    assert [word for word in re.findall("[a-z]{4,}", note) if word not in found.text] == []


@pytest.mark.parametrize(
    "unit",
    tenth((
        "[", "![", "[![", "](", "[a](", "[a](/b)", "`", "`` ` ", "<", "<a@", "*a_ ", "**", "_", "*a **b ", "> ", "- ", "1. ", "- a\n\n",
        "- a\n  - b\n", "\\", "&#", "&amp;", "http://@", "https://a.example.org ", "https://", "a\n", "\n", "# ", "```\n", "*|", "{{", "%", "w" * 99,
    )),
)  # fmt: skip
def test_a_note_costs_steps_in_proportion_to_its_length(unit: str) -> None:
    def read(length: int) -> None:
        _is_refused(f"a {unit * (length // len(unit))}")

    read(500)
    small, large = count_steps(lambda: read(2_000)), count_steps(lambda: read(8_000))

    assert large <= max(small * 5, 20_000)
    assert large <= STEPS_A_SIGN * 8_000


@pytest.mark.parametrize("unit", ["> ", "*", "[", "<b>", "w", "- ", "https://example.org/", "`"])
def test_a_megabyte_on_one_line_is_refused_at_once(unit: str) -> None:
    line = unit * (1_000_000 // len(unit))

    assert _is_refused(line)
    assert count_steps(lambda: _is_refused(line)) < 100


@pytest.mark.parametrize("unit", ["*", "_", "**a ", "*a ", "[", "![", "<b>", "(", "***a** b* ", "`"])
def test_what_is_nested_as_deep_as_can_be_in_one_line_is_read(unit: str) -> None:
    note = note_of((unit * MOST_SIGNS)[: MOST_SIGNS - 3] + "end")

    assert note.brief.endswith("end")
    assert max(note.html.count("<em>"), note.html.count("<strong>")) < MOST_SIGNS
