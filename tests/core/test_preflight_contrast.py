"""Whether text stands out, in both schemes, as far as it can be computed."""

from __future__ import annotations

import pytest

from notifier.core.preflight.contrast import contrast, faint_texts
from notifier.core.preflight.markup import page_of
from tests.core.mails import a_mail, a_page, found

GREY, WHITE, BLACK = "#999999", "#ffffff", "#000000"


def faint(body: str, css: str = "") -> list[tuple[str, str, str]]:
    page = page_of(a_page(body, head=f"<style>{css}</style>"))
    return [(one.scheme, one.colour, one.ground) for one in faint_texts(page)]


def dark(rules: str) -> str:
    return f"@media (prefers-color-scheme: dark) {{ {rules} }}"


def test_contrast_is_that_of_wcag() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((118, 118, 118), (255, 255, 255)) == pytest.approx(4.54, abs=0.01)


def test_faint_text_is_a_warning_with_its_colours() -> None:
    [problem] = found(a_mail(f'<p style="color: {GREY}; background-color: {WHITE}">Words</p>'))

    assert (problem.severity, problem.line) == ("warning", 5)
    assert "#999999 on #ffffff" in problem.what
    assert "2.8 to 1" in problem.what


@pytest.mark.parametrize(
    "body",
    [
        f'<div style="background:{WHITE}"><p><b style="color:{GREY}">Words</b></p></div>',
        f'<table bgcolor="white"><tr><td><font color="{GREY}">Words</font></table>',
        '<p style="COLOR : rgb(153, 153, 153) ; background-color: #FFF">Words</p>',
        f'<p style="color:{GREY} !important;color:{BLACK};background-color:{WHITE}">Words</p>',
    ],
)
def test_colours_are_taken_from_what_the_text_stands_in(body: str) -> None:
    assert faint(body) == [("light", "#999999", "#ffffff")]


@pytest.mark.parametrize(
    "body",
    [
        f'<p style="color:{GREY}">No ground is stated.</p>',
        f'<p style="background-color:{WHITE}">No colour is stated.</p>',
        f'<p style="color:{GREY};background-color:{WHITE};background-image:url(https://www.example.org/a.png)">A picture.</p>',
        f'<p style="color:{GREY};background:linear-gradient(red, blue)">A gradient.</p>',
        f'<p style="color:rgba(0,0,0,.4);background-color:{WHITE}">Half transparent.</p>',
        f'<p style="color:{GREY};background-color:{WHITE};opacity:.5">Half transparent.</p>',
        f'<p style="color:{GREY};background-color:{WHITE};display:none">Not seen.</p>',
        f'<p style="color:{GREY};background-color:{WHITE}"><b style="color:{BLACK}">Bold.</b></p>',
        f'<p style="color:{BLACK};background-color:transparent;opacity:1">Black.</p>',
    ],
)
def test_what_cannot_be_computed_is_not_guessed(body: str) -> None:
    assert faint(body) == []


def test_a_pair_of_colours_is_told_once() -> None:
    body = f'<p style="color:{GREY};background-color:{WHITE}">One</p>' * 3

    assert len(faint(body)) == 1


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ("p { color: #333 !important }", [("dark", "#333333", "#000000")]),
        (".x { color: #333 !important } p { color: #fff !important }", [("dark", "#333333", "#000000")]),
        ("p { color: #333 !important } p { color: #fff !important }", []),
        ("p.x, h1 { color: #333 !important }", [("dark", "#333333", "#000000")]),
        (".outer p { color: #333 !important }", [("dark", "#333333", "#000000")]),
        ("div .outer p { color: #333 !important }", []),
        (".other p { color: #333 !important }", []),
        ("p { color: #333 }", []),
        ("p:hover { color: #333 !important } b { color: #333 !important }", []),
        ("p { font-size: 12px } .outer > p { margin: 0 }", []),
    ],
)
def test_the_dark_scheme_is_followed_as_browsers_do(rules: str, expected: list[tuple[str, str, str]]) -> None:
    body = f'<div class="outer" style="background-color:{WHITE}"><p class="x" style="color:{BLACK}">Words</p></div>'

    assert (
        faint(body, dark(f".outer {{ background-color: {BLACK} !important }} p {{ color: #fff !important }} {rules}"))
        == expected
    )


@pytest.mark.parametrize(
    "rule",
    [".a > p { color: #111 }", "p[lang] { color: #111 }", "@media print { p { color: #111 } }", "* { color: #111 }"],
)
def test_where_a_selector_is_not_followed_nothing_is_said_of_the_dark_scheme(rule: str) -> None:
    body = f'<p style="color:{BLACK};background-color:{WHITE}">Words</p>'

    assert faint(body, dark(f"p {{ background-color: {BLACK} !important }} {rule}")) == []


def test_what_states_a_colour_only_in_the_dark_is_followed_too() -> None:
    css = "/* dark */" + dark("p { color: #333; background-color: #000 }")

    assert faint("<p>Words</p>", css) == [("dark", "#333333", "#000000")]


def test_too_many_rules_and_too_deep_a_page_are_not_followed() -> None:
    text = f'<p style="color:{GREY};background-color:{WHITE}">Words</p>'

    assert [one[0] for one in faint(text, dark("p { color: #333 !important } " * 400))] == ["light"]
    assert faint("<div>" * 200 + text + "</div>" * 200) == []
