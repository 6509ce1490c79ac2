"""Plain words: nothing that a site generator would replace, and nothing invisible, is ever shown."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from notifier.core.reading.candidates import Notes
from notifier.core.reading.links import linked, prepared, report_malformed, report_wrapped, web_address
from notifier.core.reading.plain import visible, without_markup, words
from notifier.core.reading.remnants import without_tags, without_templates

#: Far above what these take, far below what a quadratic pattern would take.
SECONDS = 10.0


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("a {{ page.title }} b", "a b"),
        ("{% raw %}a{% endraw %} {%- if x -%}b{%- else -%}c{%- endif -%}", "a bc"),
        ("a {% comment %}hidden {{ x }} {% endcomment %}b", "a b"),
        ("a {%- comment -%}hidden{%- endcomment -%} b", "a b"),
        ("a {% highlight ruby %}x = 1{% endhighlight %}b", "a b"),
        ("a {{{ raw }}} b {{> partial }} {{#if x}}c{{/if}}", "a b c"),
        ("a <% if x do |y| %>b<% end %> <%= link_to 'x' %><%# hidden %> c", "a b c"),
        ('a {{< figure src="x.png" title="T > U" >}}b {{% note %}}c{{% /note %}}', "a b c"),
        ("a {{< highlight go >}}x{{< /highlight >}}b", "a b"),
        ('a{: .lead} b {::nomarkdown}c{:/} {::coverage x /}{:toc} d{:target="_blank"}', "a b c d"),
        ("a {::comment}hidden{:/comment} b", "a b"),
        ('Title {#title} and {#a .b c="d"} {.wide} {target="_blank"} end', "Title and end"),
        ("a {# hidden {{ x }} #} b", "a b"),
        ('a {/* hidden */} b {props.name} {fn(x)} {" "}c', "a b c"),
        ('a <Tabs items={["x", "y"]}>b</Tabs> <Map at={{x: 1}} /> <Tabs.Item label="z">c</Tabs.Item> <>d</>', "a b c d"),
        ("a <!--more--> b <!-- hidden -- > x --> c <!DOCTYPE html> <?php x ?> d", "a b c d"),
        ('a <script type="x">if (a < b) {}</script> b <style>p { x: y }</style><svg><path d="M"/></svg> c', "a b c"),
        ("<p class='x > y'>a</p><p>b<br>c<td>d</td><td>e</td> f<b>g</b>", "a b c d e fg"),
        ("R&amp;D &ndash; caf&eacute; &#39;x&#x27; &nbsp;y &lt;z&gt; AT&T ?a=1&copy=2", "R&D – café 'x' y <z> AT&T ?a=1&copy=2"),
        ("a &hellip; &notaname; b", "a … &notaname; b"),
        ('<my-widget a="b">a</my-widget> <fb:like></fb:like>', "a"),
    ],
)  # fmt: skip
def test_what_a_generator_would_replace_is_not_seen(written: str, seen: str) -> None:
    assert visible(written) == seen
    assert " ".join(without_markup(written).split()) == seen


@pytest.mark.parametrize(
    "text",
    [
        "a < b > c", "List<String> and Vec<T>", "sets {1, 2} and {a}", "we <3 you", "2 > 1", "10% off", "f(x) = {x}", "a {b} {c, d}",
        "AT&T; R&D", "PDF::Writer at 10:30:45", "x <y@example.org>", "A --> B", "<= 5 people", "100% free & easy", "#tag",
    ],
)  # fmt: skip
def test_what_an_author_means_by_brackets_and_braces_stays(text: str) -> None:
    assert visible(text) == text


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("Talk[^1] and [^note]: more", "Talk and  more"),
        ("[[Page]] [[Page|the words]] ![[image.png]]x", "Page the words x"),
        (":tada: Party :+1: at 10:30:45 :: x", " Party  at 10:30:45 :: x"),
        ("[!NOTE] Bring a laptop", " Bring a laptop"),
        (":::tip\nBring a laptop\n:::", "\nBring a laptop\n"),
        ("\\*not\\* \\{x\\} \\<b\\> a\\_b", "*not* {x} <b> a_b"),
        ("a **b** _c_ `d` ~~e~~ f_g", "a b c d e f_g"),
        ("---\nText\n* * *\n| --- | :-: |", "\nText\n\n"),
        ("one\\\ntwo", "one\ntwo"),
        ("import X from '../x.js'\nexport const meta = {\n  title: 'T',\n}\n\nText", "\n\n\n\n\nText"),
        ("import taxes rise, export falls", "import taxes rise, export falls"),
    ],
)
def test_marks_of_markup_are_not_seen(written: str, seen: str) -> None:
    assert without_markup(written) == seen


def test_an_address_with_a_hole_is_left_for_its_reader_to_refuse() -> None:
    for written in ("https://example.org/{{ page.id }}", "/events/{id}", "{{ page.url }}/book", "<%= base %>/book"):
        assert visible(written) == written
        assert web_address(visible(written), "https://example.org") is None


def test_words_keep_line_breaks_and_straighten_apostrophes() -> None:
    assert words("it\u2019s\u00a0on\tat\n2\u200bpm\u202e") == "it's on at\n2pm"


# What may stand between remnants: no braces, angle brackets or letters that could complete one.
PLAIN = st.text("abc XYZ,.:;!?-–é%&#/'\n", max_size=12).filter(
    lambda text: "://" not in text and not text.startswith("/")
)
REMNANTS = st.sampled_from(
    ["{{ page.title }}", "{{{ x }}}", "{{< fig >}}", "{{% note %}}", "{{< /note >}}", "{% if x %}", "{%- endif -%}",
     "{% comment %}secret{% endcomment %}", "<% x %>", "<%= x %>", "<%# secret %>", "{: .lead}", "{::options x /}", "{:/}", "{#id}",
     "{# secret #}", "{/* secret */}", "{props.name}", "<!-- secret -->", "<!--more-->", "<script>secret</script>",
     "<style>secret</style>", "<p>", "</p>", "<br/>", "<a href='x'>", "</a>", "<Map zoom={3} />", '<Card a="b">', "</Card>"]
)  # fmt: skip
OPENINGS = re.compile(r"\{\{|\{%|\{#|\{:|\{/\*|<%|<!--|</?(?:script|style|p|br|a|Map|Card)\b|\{props")


@given(st.lists(st.tuples(PLAIN, REMNANTS), min_size=1, max_size=8), PLAIN)
@example([("{", "<!-- secret -->")], "{ x")
@example([("", "{{{ x }}}")], "")
def test_no_opening_mark_of_a_generator_is_left_wherever_it_stood(pieces: list[tuple[str, str]], rest: str) -> None:
    text = "".join(plain + remnant for plain, remnant in pieces) + rest

    for seen in (visible(text), without_markup(text), linked(prepared(text), 1, "https://example.org")[0]):
        assert not OPENINGS.search(seen)
        assert "secret" not in seen


MARKS = ["{{", "}}", "{%", "%}", "<%", "%>", "{#", "#}", "{:", "}", "{", "<!--", "-->", "{/*", "*/}", "<", ">", "</", "/>", "script",
         "a ", "x", "=", '"', "'", "\n", "&", ";", "[", "]", "(", ")", ":", "\\", "https://", "\u200b", "\x00", "comment", "end"]  # fmt: skip


@given(st.lists(st.sampled_from(MARKS), max_size=40).map("".join))
def test_no_text_of_marks_raises_and_lines_stay_lines(text: str) -> None:
    assert without_templates(text).count("\n") == text.count("\n")
    assert without_tags(text).count("\n") == text.count("\n")
    assert "\n" not in visible(text)
    assert "\x00" not in without_markup(text)
    assert linked(prepared(text), 1, "https://example.org")[0].count("\n") == text.count("\n")


@given(st.lists(st.sampled_from(MARKS), max_size=40).map("".join))
def test_unclosed_marks_of_templates_are_not_left_either(text: str) -> None:
    assert not re.search(r"\{\{|\{%|<%|<!--", without_templates(text))


@pytest.mark.parametrize(
    "unit",
    ["{{", "{{{", "{%", "{#", "{:", "{/*", "{a", "<%", "<!--", "<!", "<?", "<script>", "<script ", "</style", "<svg>", "{::comment}",
     "{% comment %}", "{% highlight %}", "{{< highlight >}}", "{% comment %} {% endcomment", "import x ", "export const a\n", "<a href=x>y",
     '<a href="', "<Foo a={", "<Foo>", "</Foo>", "[", "[a](", "[a](<", "[a](((", "[a]: b\n", "[a]\n[b]\n", "![a](", "[[", ":a", "&a", "\\",
     "---\n", "https://", "www.a.", "a@b.", "{{ '/x' | url }}", "{{ a }} ", "\u200b", "<p>", "[a](/b c "]
)  # fmt: skip
def test_two_hundred_kilobytes_of_one_mark_take_linear_time(unit: str) -> None:
    text = unit * (200_000 // len(unit)) + "}}%}#}-->*/}>)]</a></script>{% endcomment %}\n[a]: x"
    started = time.perf_counter()

    visible(text)
    linked(prepared(text), 1, "https://example.org")
    report_malformed(text, first_line=1, notes=Notes(path="a.md"))
    report_wrapped(text, first_line=1, notes=Notes(path="a.md"))

    assert time.perf_counter() - started < SECONDS


@pytest.mark.parametrize(
    "seen",
    [
        "👩\u200d💻 at work",
        "میخ\u200cواهم",
        "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
        "👩\u200d❤️\u200d👩",
    ],
    ids=["a family of signs", "a word that needs it", "the flag of Scotland", "twice in one sign"],
)
def test_what_belongs_to_a_sign_stays_though_it_is_invisible(seen: str) -> None:
    assert visible(seen) == seen


@pytest.mark.parametrize(
    ("hiding", "left"),
    [
        ("invita\u200dtion only", "invitation only"),
        ("\u200dé\u200d\u200dé\u200d", "éé"),
        ("🏴\U000e0068\U000e0069\U000e007f", "🏴"),
        ("a\u202eb\u2066c\ufeff", "abc"),
    ],
)
def test_what_only_hides_is_taken_out(hiding: str, left: str) -> None:
    assert visible(hiding) == left
