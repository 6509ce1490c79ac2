from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.plain import clean_text, contact_url, cut, http_url, one_line
from tests.strategies import any_text


@given(any_text)
def test_cleaned_text_can_be_written_and_has_no_control_characters(text: str) -> None:
    cleaned = clean_text(text)

    cleaned.encode()
    assert not {c for c in cleaned if c != "\n" and (ord(c) < 32 or 127 <= ord(c) < 160)}
    assert clean_text(cleaned) == cleaned


@given(any_text, st.integers(2, 40))
def test_one_line_is_one_line_and_a_cut_is_never_longer_than_asked(text: str, units: int) -> None:
    line = one_line(text)

    assert len(line.splitlines()) <= 1
    assert len(cut(line, units).encode("utf-16-le")) <= 2 * units


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a\r\nb\rc\x85d\u2028e\x0bf", "a\nb\nc\nd\ne\nf"),
        ("pay\u202egpj.exe", "paygpj.exe"),
        ("nul\x00bell\x07", "nulbell"),
        ("half \ud83d", "half \ufffd"),
        ("e\u0301", "é"),
        ("👩\u200d💻", "👩\u200d💻"),
    ],
)
def test_what_can_break_a_line_or_turn_the_text_round_is_taken_out(text: str, plain: str) -> None:
    assert clean_text(text) == plain


def test_each_sign_is_kept_or_changed_alike_in_a_long_text_and_alone() -> None:
    for sign in map(chr, range(0x3000)):
        lone, before = clean_text(sign), clean_text(f"a{sign}")

        assert before in (f"a{lone}", unicodedata.normalize("NFC", f"a{sign}"))
        assert unicodedata.is_normalized("NFC", before)


def test_a_cut_ends_at_a_word_and_says_so() -> None:
    assert cut("Community of practice in spring", 24) == "Community of practice…"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://example.org/a b", "https://example.org/a%20b"),
        ("https://example.org/a\tb", None),
        ("https://example.org/a%20b?q=ü,1;2", "https://example.org/a%20b?q=%C3%BC,1;2"),
        (" https://bücher.example/x ", "https://xn--bcher-kva.example/x"),
        ("http://127.0.0.1:8000/feeds/all.ics", "http://127.0.0.1:8000/feeds/all.ics"),
        ("https://[::1]:8000/", "https://[::1]:8000/"),
        ('https://example.org/"onmouseover=x', "https://example.org/%22onmouseover=x"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("//example.org/x", None),
        ("/events/x", None),
        ("https://bank.example@evil.example/", None),
        ("https://example.org\\@evil.example/", None),
        ("https://example.org/\nX-Header: 1", None),
        ("https://example.org:99999/", None),
        ("https://exa<mple.org/", None),
        ("https://", None),
        ("", None),
        (None, None),
    ],
)
def test_only_plain_web_addresses_become_links(text: str | None, address: str | None) -> None:
    assert http_url(text) == address


@given(st.from_regex(r"https?://[ab9.-]{1,5}a{0,70}(/[aZ0/_.%~?=&+-]{0,9})?", fullmatch=True))
def test_an_address_is_written_alike_with_a_fragment_and_without(text: str) -> None:
    address, longer = http_url(text), http_url(f"{text}#top")

    assert longer == (f"{address}#top" if address is not None else None) or text.endswith("?")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("mailto:events@example.org", "mailto:events@example.org"),
        ("MAILTO:events@example.org?bcc=x@evil.example", "mailto:events@example.org"),
        ("mailto:a@b,c@d", None),
        ("mailto:events", None),
        ("https://example.org/contact", "https://example.org/contact"),
        (None, None),
    ],
)
def test_a_contact_is_one_mailbox_or_a_web_address(text: str | None, address: str | None) -> None:
    assert contact_url(text) == address
