"""The samples that templates are tried with: nothing in a template of ours is left untried."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest

from notifier.core.cards import Card, Group, Organisation, Subscription
from notifier.core.links import Link
from notifier.core.note import Note
from notifier.core.render import KINDS, PARTS, Letter, Templates, check_templates, render_sample
from notifier.core.retold import Change
from notifier.core.samples import samples
from notifier.core.staff_letter import check_staff_templates, staff_samples
from notifier.core.stalled import stall_message
from tests.templates_on_disk import ROOT, the_templates

SHIPPED = the_templates()
_TAG = re.compile(r"\{% (if|elif|else|endif|for|endfor)\b.*?%\}")


def marked(name: str, text: str) -> tuple[str, list[str]]:
    """The text with a mark in each branch and loop, also in the branch that an `if` without `else` has not; the marks."""
    marks: list[str] = []
    opened: list[str] = []

    def marked_tag(tag: re.Match[str]) -> str:
        mark = f"zq{re.sub('[^a-z]', '', name)}x{text[: tag.start()].count(chr(10)) + 1}x{len(marks)}zq"
        if tag[1] in ("if", "for"):
            opened.append(tag[1])
        if tag[1] in ("endif", "endfor") and opened.pop() != "if":
            return tag[0]
        if tag[1] == "else":
            opened[-1] = "else"
        marks.append(mark)
        return "{% else %}" + mark + tag[0] if tag[1] == "endif" else tag[0] + mark

    return _TAG.sub(marked_tag, text), marks


def test_the_samples_take_every_branch_of_the_shipped_templates() -> None:
    found = {name: marked(name, text) for name, text in SHIPPED.texts.items()}
    templates = Templates(texts={name: text for name, (text, _) in found.items()})

    messages = [render_sample(templates, sample) for kind in KINDS for sample in samples(kind)]
    messages += [sample.message(templates) for sample in staff_samples()]
    notice = samples("reminder")[0]
    messages.append(stall_message(notice.delivery.due_at, "It failed.", site=notice.site, templates=templates))

    shown = "\n".join(message.subject + message.html + message.text for message in messages)
    assert [mark for _, marks in found.values() for mark in marks if mark not in shown] == []


def test_every_kind_has_its_three_templates_and_they_are_right() -> None:
    assert {f"{kind}/{part}.j2" for kind in KINDS for part in PARTS} <= SHIPPED.texts.keys()
    assert check_templates(SHIPPED) == ()
    assert check_staff_templates(SHIPPED) == ()


def test_a_fault_in_a_notice_to_staff_is_found_once_with_its_line() -> None:
    [found] = check_staff_templates(the_templates(staff__html="\n{{ group }}"))

    assert str(found).startswith("templates/staff/html.j2:2: Nothing here is called 'group'.")


@pytest.mark.parametrize(
    ("name", "text", "names"),
    [
        ("change/txt.j2", "{% for one in event.changes %}{{ one.odl }}{% endfor %}", "old"),
        ("digest/txt.j2", "{% for one in groups %}{{ one.titel }}{% endfor %}", "title"),
        ("digest/html.j2", "{% for one in later %}{{ one.is_nwe }}{% endfor %}", "is_new"),
        ("one_off/txt.j2", "{% if note %}{{ note.txet }}{% endif %}", "text"),
        ("cancellation/txt.j2", "{% if event.status == 'postponed' %}{{ startin }}{% endif %}", "starting"),
        ("follow_up/txt.j2", "{% if event.recording_url %}{{ event.recordin_url }}{% endif %}", "recording_url"),
        ("reminder/txt.j2", "{% if event.after_all %}{{ event.afterall }}{% endif %}", "after_all"),
    ],
)
def test_a_wrong_name_in_what_only_some_mails_say_is_found(name: str, text: str, names: str) -> None:
    found = check_templates(Templates(texts={**SHIPPED.texts, name: text}))

    assert [problem.path for problem in found] == [f"templates/{name}"]
    assert f"Did you mean {names!r}?" in found[0].hint


def test_the_manual_names_everything_that_a_template_may_name() -> None:
    manual = set(re.findall(r"`(?:site\.|feed\.)?(\w+)`", (ROOT.parent / "docs" / "templates.md").read_text()))
    shown = (Letter, Card, Group, Organisation, Subscription, Change, Note, Link)

    assert {field.name for one in shown for field in fields(one)} - manual == set()
