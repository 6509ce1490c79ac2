"""A page that is filled in by its shape is the page that css-inline makes of it, to the last sign."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from css_inline import CSSInliner
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from notifier.core.inlining import inlined
from notifier.core.plain import clean_text
from tests.strategies import any_text

_INLINER = CSSInliner(
    keep_style_tags=True, remove_inlined_selectors=True, keep_at_rules=True, load_remote_stylesheets=False
)
_STYLE = """
p { margin: 0; }
h2, h4 { font-size: 20px; }
.block { margin-top: 20px; }
.line, .unseen { color: #59635c; }
.block .brief { color: #2b342e; font-family: "Segoe UI", serif; }
.badge { border-radius: 8px; }
.links a, div .badge em { color: #1d6148 !important; }
a:hover { color: red; }
@media (max-width: 480px) { .line > a { color: blue !important; } }
"""
#: Blocks of several shapes, and what only looks like a block.
_BLOCKS = (
    '<div class="block">\n<h3>{0}</h3>\n<p class="line">{1} 100%</p>\n</div>\n\n',
    '<div class="block">\n<h3><a href="{2}">{0}</a> <span class="badge"><em>{1}</em></span></h3>\n</div>\n',
    '<div class="block"><p class="brief">{0}<br>{1}</p></div>\n<h2>{1}</h2>\n',
    '<div class="links"><p>{0} <a title="x" href="{2}">{1}</a></p></div>',
    '<div class="block"><div><p>{0}</p></div><p>{1}</p></div>\n',
    '<div class="block"><p>{0}<p>{1}</div>\n',
    '<div class="block"><b>{0}</div><p>{1}\n',
    '<div class="block"><p><b>{0}</p></b><i>{1}</i></div>\n',
    '<div class="block"><a href="{2}">{0}<a href="{2}">{1}</a></a></div>\n',
    '<div class="block"><h2>{0}<h3>{1}</h3></h2></div>\n',
    '<div class="block"><h2>{0}<p>{1}</p></h2></div>\n',
    '<DIV class="block"><p>{0}</p></DIV>\n{1}\n',
    '<div class="block"><!-- {0} --><p>{1}</p></div>',
    '<div class="block"><!--[if mso]><p>{0}</p><![endif]--><p>{1}</p></div>',
    '<!--[if mso]><div class="block"><![endif]--><p>{0}</p><p>{1}</p></div>\n',
    '<div class="block"><pre>\n{0}</pre><img src="x" alt="{1}"></div>',
    '<div class="block"><table><div>{0}</div>\n<div>{1}</div>\n<tr><td>{1}</td></tr></table></div>\n',
    '<div class="block"><textarea>{0}</textarea><svg><title>{1}</title></svg></div>',
    '<div class="block"><p title="a > b{0}< c">{1}</p></div>',
    '<div class="block"><style>.line {{ margin: 1px; }}</style><p class="line">{0}</p>{1}</div>',
)  # fmt: skip
#: Texts in turn: what is written back as it is, and what is not.
_TURNS = (
    ("One", "Other"), ("a\u00a0b", "it's"), ("R&D <x>", 'the "x"'), ("100% %s zq0x", "e\u0301"), ("\n\nx\n", "\u2060–"),
    ("Two", "\ufeffx"), ("\x01", "a\x00b\rc"), ("One", "Other"),
)  # fmt: skip
_words = st.one_of(
    st.sampled_from(("&", "“\u00a0”", "%s", "100%", "zq0x", "'\"", "été \u2060", "Привет", "🎉")), any_text
)


def _page(blocks: Sequence[tuple[int, str, str]], style: str = _STYLE, title: str = "Page") -> str:
    """A page of these blocks, each with two texts of an author."""
    made = [
        _BLOCKS[number].format(escape(one), escape(other), f"https://example.org/?a={len(other)}&amp;b")
        for number, one, other in blocks
    ]
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><title>{escape(title)}</title>\n<style>{style}</style></head>\n<body class="page">\n'
        f'<div class="preheader">{escape(title)}</div>\n<table role="presentation" width="100%"><tr><td class="card">\n<h1>{escape(title)}</h1>\n'
        f"{''.join(made)}</td></tr>\n</table>\n</body>\n</html>\n"
    )


def _by_itself(page: str) -> str:
    return clean_text(_INLINER.inline(page)).strip() + "\n"


@given(
    st.lists(
        st.tuples(st.integers(0, len(_BLOCKS) - 1), st.lists(st.tuples(_words, _words), min_size=4, max_size=4)),
        max_size=5,
    )
)
def test_each_page_of_a_shape_is_as_it_would_be_by_itself(shape: list[tuple[int, list[tuple[str, str]]]]) -> None:
    for turn in range(4):
        texts = [(number, *words[turn]) for number, words in shape]
        page = _page(texts, title=texts[0][1] if texts else "").replace("\u0338", "").encode(errors="replace").decode()

        assert inlined(page) == _by_itself(page)


@pytest.mark.parametrize("first", range(len(_BLOCKS)))
@pytest.mark.parametrize("second", range(4))
def test_what_looks_like_a_block_is_as_it_would_be_by_itself(first: int, second: int) -> None:
    for one, other in _TURNS:
        page = _page([(first, one, other), (second, other, one), (second, one, one)])

        assert inlined(page) == _by_itself(page)


@pytest.mark.parametrize("text", ["&eacute;", "a & b", "&#x27;", "&nbsp;", "&quot;", "&lt", "&copy", "a > b"])
def test_what_a_template_writes_in_its_own_way_is_read_as_it_is(text: str) -> None:
    for said in ("One", "Two", "Three", text):
        for place in ("<h3>{}</h3>", '<p><a href="https://example.org/{}">x</a></p>'):
            page = _page([]).replace("</h1>", f"</h1><div>{place.format(said)}</div>")

            assert inlined(page) == _by_itself(page)


@pytest.mark.parametrize("title", ["a<b", "a>b", "", " ", "&#34;x&#34;", "&eacute;"])
def test_a_title_is_no_tag(title: str) -> None:
    for said in ("One", "Two", "Three", title):
        page = _page([]).replace("<title>Page<", f"<title>{said}<")

        assert inlined(page) == _by_itself(page)


def test_a_block_within_a_table_by_hand_is_no_block() -> None:
    for number in range(4):
        page = _page([(0, f"One {number}", "x"), (1, "Other", "x")]).replace(
            '<td class="card">', '<td class="card"><table>'
        )

        assert inlined(page) == _by_itself(page)


@given(st.lists(st.integers(0, 3), max_size=6))
def test_blocks_come_in_any_number_and_order(numbers: list[int]) -> None:
    page = _page([(number, f"One {place}", "Other") for place, number in enumerate(numbers)])

    assert inlined(page) == _by_itself(page)


@pytest.mark.parametrize("selector", [
    ".block + .block", ".block ~ h2", "div:first-child", "div:nth-of-type(2n)", "p:last-child", "h1:not(.x)", "a[href]", "p:empty",
    ".card > .block", "div div p", "td > div > p", "*", "a:link", "[class]", "a[href^=https]",
])  # fmt: skip
@pytest.mark.parametrize("turn", range(3))
def test_styles_may_ask_for_anything(selector: str, turn: int) -> None:
    style = f"{_STYLE}\n{selector} {{ padding: 1px; }}"
    for numbers in ((0, 1), (1, 1, 0), (0,), (2, 3, 0, 0), (0, 1)):
        page = _page([(number, f"One {turn}", "Other") for number in numbers], style)

        assert inlined(page) == _by_itself(page)


@pytest.mark.parametrize("text", ["\u0338 onmouseover=x", "\u0301\u0338"])
def test_no_sign_of_an_author_joins_the_end_of_a_tag(text: str) -> None:
    pages = [inlined(_page([(0, text, "Other")])) for _ in range(3)]

    assert all(re.search(r"<h3[^<>]*>[\u0338\u0301]", page) and "\u226f" not in page for page in pages)


@pytest.mark.parametrize(
    "page", ["", "<p>No head</p>", "<title>x</title><body>y", "<head><title>a<b</title></head><body><p>x</p>"]
)
def test_what_is_hardly_a_page_is_read_as_it_is(page: str) -> None:
    assert inlined(page) == _by_itself(page)
