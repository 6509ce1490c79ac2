"""Words that are true on one day only are no fixed text of a template."""

from __future__ import annotations

import pytest

from notifier.core.fixed_words import passing_words
from notifier.core.render import check_templates
from tests.templates_on_disk import the_templates


def found(name: str, text: str) -> list[tuple[str, int | None, str]]:
    """Where such words stand in a template of that text: the file, the line, the beginning of the sentence about it."""
    problems = passing_words(the_templates(**{name: text}))
    return [(one.path, one.line, one.what.split("”")[0].removeprefix("“")) for one in problems]


def test_none_of_the_shipped_templates_has_any() -> None:
    assert list(passing_words(the_templates())) == []


@pytest.mark.parametrize("word", ["today", "Tomorrow", "TODAY", "heute", "Heute", "morgen", "Morgen", "übermorgen"])
def test_such_a_word_is_found_with_its_file_and_line(word: str) -> None:
    assert found("reminder__subject", f"{{# what it says #}}\n{word}: {{{{ event.title }}}}") == [
        ("templates/reminder/subject.j2", 2, word)
    ]


def test_each_of_several_is_found_in_its_line() -> None:
    text = (
        '{% extends "layout.html.j2" %}\n{% block content %}\n<p>See you <b>today</b>,\nor tomorrow</p>\n'
        "{% if event.url %}Morgen{% endif %}\n{% raw %}heute{% endraw %}{% endblock %}"
    )

    assert [line_and_word[1:] for line_and_word in found("reminder__html", text)] == [
        (3, "today"), (4, "tomorrow"), (5, "Morgen"), (6, "heute"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "{# today #}{% if kind == 'today' %}{% endif %}{{ 'tomorrow' if event.url else '' }}",
        "<style>\n.today { color: red }\n</style><!-- tomorrow --><p class='today'>It takes place</p>",
        "<p>Guten Morgen! Am Morgen, am <b>frühen Morgen</b>, sagen wir guten morgen.</p>",
        "<p>Todays, holiday, Morgenstern</p>",
        "{% if today",
    ],
)
def test_what_is_no_such_text_is_left_alone(text: str) -> None:
    assert found("reminder__html", text) == []


def test_check_names_it_as_an_error_with_what_to_write_instead() -> None:
    [problem] = check_templates(the_templates(reminder__subject="Tomorrow: {{ event.title }}"))

    assert problem.severity == "error"
    assert str(problem) == (
        "templates/reminder/subject.j2:1: “Tomorrow” stands here on every day, whenever the mail goes out. "
        "Write {{ when(event) }}, which says it while it is true, or name the day."
    )
