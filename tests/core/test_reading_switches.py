"""What a document says about its mails: that none go out, or which reminders do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from notifier.core.event import Document, Event
from notifier.core.misnaming import misnamed
from notifier.core.reading import Reading, merge, read_document
from notifier.core.reading.shape import Pick, Shape
from notifier.core.rule import Kind, Rule
from tests.builders import an_event

SHAPE = Shape(source="site", site_url="https://example.org", timezone="Europe/London")


def read(front: str, shape: Shape = SHAPE, *, path: str = "fair.md") -> Reading:
    data = f"---\ntitle: Fair\ndate: 2026-12-09\n{front}\n---\nA fair.\n".encode()
    return read_document(Document(source="site", path=path, data=data, revision="1"), shape)


def event_of(front: str, shape: Shape = SHAPE) -> Event:
    (event,) = read(front, shape).events
    return event


def complaints(reading: Reading, field: str) -> list[tuple[str, str]]:
    return [(problem.what, problem.hint) for problem in reading.problems if problem.field == field]


def a_rule(name: str, kind: Kind = "reminder") -> Rule:
    return Rule(name=name, kind=kind, audiences=("members",))


@pytest.mark.parametrize("said", ["false", "no", "off", '"False"'])
def test_a_document_can_keep_everything_about_it_from_being_mailed(said: str) -> None:
    event = event_of(f"notify: {said}")
    assert event.notify is False
    assert event.evidence["notify"].line == 4


@pytest.mark.parametrize("front", ["", "notify:", "notify: true", "notify: yes"])
def test_what_says_nothing_or_yes_is_mailed_about(front: str) -> None:
    assert event_of(front).notify is True


@pytest.mark.parametrize("said", ["maybe", "1", "[no]", "{mail: no}"])
def test_a_notify_that_is_neither_holds_the_mails_and_says_what_to_write(said: str) -> None:
    reading = read(f"notify: {said}")
    ((what, hint),) = complaints(reading, "notify")
    assert what.endswith("is neither true nor false.")
    assert hint == "Write notify: false, so that nothing is mailed about it, or leave it out."
    assert "unreadable-notify" in [doubt.code for doubt in reading.events[0].doubts]


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("false", ()),
        ("no", ()),
        ("none", ()),
        ("[]", ()),
        ("day-before", ("day-before",)),
        ("day-before, hour-before", ("day-before", "hour-before")),
        ("[day-before, hour-before, day-before]", ("day-before", "hour-before")),
        ("\n  - week-before", ("week-before",)),
    ],
)
def test_a_document_chooses_its_reminders(said: str, names: tuple[str, ...]) -> None:
    event = event_of(f"reminders: {said}")
    assert event.reminders == names
    assert event.evidence["reminders"].text.startswith("reminders: ")
    assert event.evidence["reminders"].line is not None


@pytest.mark.parametrize("front", ["", "reminders:", "reminders: true", "reminders: yes"])
def test_all_reminders_go_out_where_none_are_chosen(front: str) -> None:
    assert event_of(front).reminders is None


@pytest.mark.parametrize("said", ["2 days before", "2", "[day-before, 2]", "[[day-before]]", "{a: b}", '"Day Before"'])
def test_reminders_that_can_be_no_rules_hold_the_mails_and_say_what_to_write(said: str) -> None:
    reading = read(f"reminders: {said}")
    ((what, hint),) = complaints(reading, "reminders")
    assert what.endswith("is not the name of a rule.")
    assert hint == "Write false, or the names of rules in config.yaml, as in reminders: [day-before]."
    assert reading.events[0].reminders is None
    assert "unreadable-reminders" in [doubt.code for doubt in reading.events[0].doubts]


def test_a_site_may_have_other_names_and_values_for_both() -> None:
    fields = {
        "notify": (Pick(keys=("mailing",), table={"silent": False}),),
        "reminders": (Pick(keys=("extra.remind", "remind")),),
    }
    event = event_of("mailing: silent\nextra: {remind: []}", replace(SHAPE, fields=fields))
    assert (event.notify, event.reminders) == (False, ())
    assert event.evidence["reminders"].text == "extra.remind: []"
    assert event.evidence["notify"].text == "mailing: false"


def test_a_line_for_readers_in_a_labelled_text_is_no_switch() -> None:
    text = "# Fair\n\nDate: 9 December 2026\nReminders: bring a cup\nNotify: the office, please\n\nA fair.\n"
    document = Document(source="site", path="fair.md", data=text.encode(), revision="1")
    (event,) = read_document(document, replace(SHAPE, format="labelled")).events
    assert (event.notify, event.reminders) == (True, None)
    assert not {"unreadable-notify", "unreadable-reminders"} & {doubt.code for doubt in event.doubts}


@pytest.mark.parametrize(("slip", "meant"), [("reminder: false", "reminders"), ("notifiy: false", "notify")])
def test_a_slip_in_either_key_is_told(slip: str, meant: str) -> None:
    assert f"Did you mean {meant}?" in [problem.hint for problem in read(slip).problems]


def test_a_translation_may_say_it_for_both() -> None:
    shape = replace(SHAPE, fields={"same": (Pick(keys=("id",)),)})
    one, other = read("id: a", shape, path="a.md"), read("id: a\nnotify: false\nreminders: false", shape, path="b.md")
    copies = {("site", path): copy for reading in (one, other) for path, copy in reading.copies.items()}
    (merged,), problems = merge([*one.events, *other.events], copies, ["en"])
    assert (merged.notify, merged.reminders, problems) == (False, (), [])
    assert merged.evidence["notify"].line is None


def test_a_document_that_wants_mails_is_not_silenced_by_its_translation() -> None:
    shape = replace(SHAPE, fields={"same": (Pick(keys=("id",)),)})
    one, other = read("id: a\nnotify: true", shape, path="a.md"), read("id: a\nnotify: false", shape, path="b.md")
    copies = {("site", path): copy for reading in (one, other) for path, copy in reading.copies.items()}
    (merged,), _ = merge([*one.events, *other.events], copies, ["en"])
    assert merged.notify


@pytest.mark.parametrize(
    ("name", "rules", "what", "hint"),
    [
        ("dya-before", [a_rule("day-before")], "is not in config.yaml", "Did you mean day-before?"),
        ("x", [a_rule("b"), a_rule("a")], "is not in config.yaml", "Write false, or the names of these: a, b."),
        ("new", [a_rule("new", "announcement"), a_rule("day")], "is no reminder", "Write false, or the names of these: day."),
        ("day", [a_rule("new", "announcement")], "is not in config.yaml", "Leave the key out: config.yaml has no reminders."),
    ],
)  # fmt: skip
def test_a_rule_that_reminds_nobody_is_told_with_its_line(name: str, rules: list[Rule], what: str, hint: str) -> None:
    (problem,) = misnamed([event_of(f"reminders: {name}")], rules)
    assert (problem.path, problem.line, problem.field, problem.severity) == ("fair.md", 4, "reminders", "warning")
    assert problem.what == f"The rule {name} {what}, so it reminds nobody of this."
    assert problem.hint == hint


def test_known_rules_and_documents_that_name_none_are_fine() -> None:
    events = [event_of(f"reminders: {said}") for said in ("day-before", "false", "")]
    assert list(misnamed(events, [a_rule("day-before")])) == []


def test_a_wrong_name_is_told_once_for_all_dates_of_a_document() -> None:
    events = read("recurrence: FREQ=WEEKLY;COUNT=3\nreminders: [a, b]").events
    assert [problem.what for problem in misnamed(events, [a_rule("b")])] == [
        "The rule a is not in config.yaml, so it reminds nobody of this."
    ]


def test_an_event_without_evidence_is_told_by_its_file() -> None:
    (problem,) = misnamed([an_event(reminders=("a",))], [])
    assert (problem.line, problem.field) == (None, "reminders")
