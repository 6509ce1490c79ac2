"""A person's own text in Markdown: what its writer may use, as HTML and as plain text."""

from __future__ import annotations

import pytest

from notifier.core.markdown import MOST_DEEP
from notifier.core.note import MOST_SIGNS, note_of
from notifier.errors import UserError

BASE = "https://www.example.org/site/"
_REL = ' rel="noopener noreferrer"'


def html_of(text: str, base: str = "") -> str:
    return note_of(text, base=base).html.replace(_REL, "")


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("One *two* **three** `four`", "<p>One <em>two</em> <strong>three</strong> <code>four</code></p>"),
        ("One\r\n two  \n \n\n\tthree\n\n\n", "<p>One<br>\ntwo</p>\n<p>three</p>"),
        ("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>"),
        ("2. one\n3. two", '<ol start="2">\n<li>one</li>\n<li>two</li>\n</ol>'),
        ("> said", "<blockquote>\n<p>said</p>\n</blockquote>"),
        ("a\n---\nb", "<p>a</p>\n<hr>\n<p>b</p>"),
        ("```python\nx < y\n```", "<pre><code>x &lt; y\n</code></pre>"),
        ("x\n```\n", "<p>x</p>\n<pre><code></code></pre>"),
        ("```one two\nx\n```\n```three", "<pre><code>one two\nx\n</code></pre>\n<pre><code>three\n</code></pre>"),
        ("# One\n#### Two\n# Three\n### Four", "<h2>One</h2>\n<h3>Two</h3>\n<h2>Three</h2>\n<h3>Four</h3>"),
        ("a | b\n--|--\n1 | 2", "<p>a | b<br>\n--|--<br>\n1 | 2</p>"),
        ("<b>loud</b> &copy;", "<p>&lt;b&gt;loud&lt;/b&gt; ©</p>"),
        ("*one *two* three*", "<p><em>one two three</em></p>"),
    ],
)
def test_what_is_written_is_marked_up(text: str, html: str) -> None:
    assert html_of(text) == html


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("See https://www.example.org/", ["https://www.example.org/"]),
        ("See https://www.example.org/a.", ["https://www.example.org/a"]),
        ("(https://www.example.org/a) and <http://example.org>", ["https://www.example.org/a", "http://example.org"]),
        ("https://www.example.org/a_(b), then", ["https://www.example.org/a_(b)"]),
        ("https://www.example.org/_a_/*b*/__c__/", ["https://www.example.org/_a_/*b*/__c__/"]),
        ("**https://www.example.org/a**", ["https://www.example.org/a"]),
        ("“https://www.example.org/ä?x=1&y=[2]”", ["https://www.example.org/%C3%A4?x=1&amp;y=[2]"]),
        ("HTTPS://EXAMPLE.ORG!", ["https://example.org"]),
        ("[us](mailto:events@example.org?bcc=a@example.org) <a@example.org>",
         ["mailto:events@example.org", "mailto:a@example.org"]),
        ('[one](https://a.example.org "title") [two](<https://b.example.org>)',
         ["https://a.example.org", "https://b.example.org"]),
    ],
)  # fmt: skip
def test_addresses_become_links(text: str, links: list[str]) -> None:
    assert [part.split('"')[1] for part in html_of(text).split("<a ")[1:]] == links


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1) data:text/html,x mailto:a@example.org ftp://example.org xhttps://example.org",
        "https://bank.example.com@evil.example.org https:// https://.",
        "[click](javascript:alert(1))",
        "[click](JaVaScRiPt&#58;alert(1))",
        "[click](data:text/html;base64,PHNjcmlwdD4=)",
        "![shown](data:image/png;base64,AAAA)",
        "[click](ftp://example.org/)",
        "[relative](/programme)",
        "[which one][a]\n[a]: /programme",
    ],
)
def test_nothing_else_becomes_a_link_and_its_words_stay(text: str) -> None:
    note = note_of(text)

    assert "<a" not in note.html
    assert note.text.split() == text.replace("&#58;", ":").split()


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("/programme", "https://www.example.org/programme"),
        ("./slides.pdf", "https://www.example.org/site/slides.pdf"),
        ("../a", "https://www.example.org/a"),
        ("news/2026/a.html", "https://www.example.org/site/news/2026/a.html"),
        ("?page=2", "https://www.example.org/site/?page=2"),
        ("//www.example.com/a", "https://www.example.com/a"),
    ],
)
def test_a_relative_link_leads_to_the_sites_own_pages(written: str, address: str) -> None:
    assert html_of(f"[there]({written})", BASE) == f'<p><a href="{address}">there</a></p>'


@pytest.mark.parametrize("written", ["www.example.org", "slides.pdf", "events@example.org", "#part", "a:b", ""])
def test_what_could_be_meant_in_two_ways_is_no_link(written: str) -> None:
    assert "<a" not in html_of(f"[there]({written})", BASE)


@pytest.mark.parametrize(
    ("text", "html", "plain"),
    [
        ("![The *hall*](/hall.png)", '<a href="https://www.example.org/hall.png">The hall</a>',
         "The hall (https://www.example.org/hall.png)"),
        ("![](/hall.png)", '<a href="https://www.example.org/hall.png">https://www.example.org/hall.png</a>',
         "https://www.example.org/hall.png"),
        ("[![The hall](/hall.png)](/hall)", '<a href="https://www.example.org/hall">The hall</a>',
         "The hall (https://www.example.org/hall)"),
        ("[ ](/hall)", '<a href="https://www.example.org/hall"> https://www.example.org/hall</a>',
         "https://www.example.org/hall"),
    ],
)  # fmt: skip
def test_a_picture_is_a_link_and_a_link_without_words_says_where_it_leads(text: str, html: str, plain: str) -> None:
    note = note_of(text, base=BASE)

    assert note.html.replace(_REL, "") == f"<p>{html}</p>"
    assert note.text == plain


def test_the_plain_text_reads_like_a_letter() -> None:
    note = note_of(
        "# Plan\n\nDear all,\nsee [the page](/plan) or write to [us](mailto:events@example.org).\n\n- first\n"
        "- second, " + "which is long, " * 6 + "and ends\n  1. inner\n\n> They said\n> so\n\n***\n```\nx  = 1\n```",
        base="https://www.example.org/",
    )

    assert note.text.split("\n") == [
        "Plan", "====", "", "Dear all,", "see the page (https://www.example.org/plan) or write to us", "(events@example.org).",
        "", "- first", "- second, which is long, which is long, which is long, which is long, which",
        "  is long, which is long, and ends", "  1. inner", "", "> They said", "> so", "", "---", "", "    x  = 1",
    ]  # fmt: skip


def test_items_that_stand_apart_stand_apart_in_plain_text() -> None:
    assert note_of("- one\n\n  more\n\n- two").text == "- one\n\n  more\n\n- two"
    assert note_of("9. one\n10. two\n-").text == "9. one\n10. two\n\n-"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("*|FNAME|*, hello", "* |FNAME| *, hello"),
        ("*\\|FNAME|\\*", "* |FNAME| *"),
        ("&#42;&#124;FNAME&vert;&ast;", "* |FNAME| *"),
        ("{{ name }} {**{** name }*}*", "{ { name } } { { name } }"),
        ("`{{ name }}` <% x %>", "{ { name } } < % x % >"),
        ("&#8238;evil&#8297; a&#10;b", "evil a b"),
        ("s\u200bec\u2060re\u00adt s&#8203;e&shy;cret 👩‍💻", "secret secret 👩‍💻"),
    ],
)
def test_marks_and_tricks_are_dead_however_they_are_written(written: str, shown: str) -> None:
    note = note_of(written)

    assert (note.text, note.brief) == (shown, shown)
    assert "*|" not in note.html
    assert "{{" not in note.html


@pytest.mark.parametrize("written", ["", " \n\n ", "\u200b\u202e\u2060", "---", ">", "-", "&nbsp;&zwnj;", "![]()"])
def test_a_text_without_anything_to_read_is_none(written: str) -> None:
    assert not note_of(written)


def test_its_words_are_on_one_line_without_marks() -> None:
    assert note_of("# A\n- b **c** [d](https://e.example.org)\n\n```\nf\n```").brief == "A b c d f"


def test_a_text_that_is_too_long_is_refused_with_its_length() -> None:
    with pytest.raises(UserError) as refused:
        note_of("x" * (MOST_SIGNS + 1))

    assert str(refused.value) == (
        "This text has 20,001 characters, and a mail's text may have 20,000. "
        "Shorten it, or put it on a page and link to it."
    )


@pytest.mark.parametrize("mark", ["> ", "- ", "1. ", "> - ", ">"])
def test_a_text_that_is_nested_too_deep_is_refused_and_loses_nothing(mark: str) -> None:
    deepest = note_of(mark * (MOST_DEEP // len(mark.split())) + "word")
    with pytest.raises(UserError, match=r"more than 6 deep in one another\. Begin fewer marks"):
        note_of(mark * 4_000 + "word")

    assert deepest.brief == "word"
