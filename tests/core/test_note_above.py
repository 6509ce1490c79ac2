"""A note above a mail changes what that mail says, and nothing else: not what is planned, when, or for whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.core.answers import Answers
from notifier.core.delivery import Decision
from notifier.core.event import Content
from notifier.core.identity import settle
from notifier.core.keeping import after_decisions
from notifier.core.message import Message
from notifier.core.plan import plan
from notifier.core.render import render_sample
from notifier.core.rule import Kind
from notifier.core.samples import samples
from tests.builders import a_rule, an_announcement_rule, an_event, at, some_rules
from tests.core.test_plan import looked_at
from tests.simulate import HORIZON, Simulation
from tests.templates_on_disk import the_templates

ANNOTATED: tuple[Kind, ...] = ("announcement", "reminder", "change", "cancellation", "digest", "follow_up")
HOSTILE = "<script>alert(1)</script> [click](javascript:alert(1)) ![x](https://evil.example/x.png)\n\n{{ site }} [[ONE]] **Safe.**"
TEMPLATES = the_templates()
RULES = some_rules(a_rule(ask=True), an_announcement_rule())
EVENTS = [an_event(), an_event(uid="b@example.org", path="b.md", title="Another")]


def with_notes(written: Simulation, keys: list[str], now: str) -> None:
    for key in keys:
        said = Decision(key=key, act="annotate", by="Anna", at=at(now), note=f"About {key}.")
        written.memory = after_decisions(written.memory, [said])


@settings(max_examples=25)
@given(st.data())
def test_no_note_changes_what_is_planned_when_or_for_whom(draw: st.DataObject) -> None:
    plain, noted = looked_at(RULES, *EVENTS), looked_at(RULES, *EVENTS)
    for day in ("2026-12-01 09:00", "2026-12-07 12:00", "2026-12-08 10:00", "2026-12-09 18:00"):
        expected, found = plain.tick(EVENTS, at(day)), noted.tick(EVENTS, at(day))
        assert (found.deliveries, found.skips, found.withdrawals, found.next_at) == (
            expected.deliveries, expected.skips, expected.withdrawals, expected.next_at,
        )  # fmt: skip
        keys = sorted(noted.memory.deliveries)
        with_notes(noted, draw.draw(st.lists(st.sampled_from(keys), unique=True)) if keys else [], day)

    assert (noted.sent, noted.memory.deliveries) == (plain.sent, plain.memory.deliveries)
    assert noted.memory.decisions == {}


def with_note(kind: Kind, note: str) -> tuple[Message, Message]:
    sample = samples(kind)[0]
    return render_sample(TEMPLATES, sample), render_sample(TEMPLATES, replace(sample, note=note))


@pytest.mark.parametrize("kind", ANNOTATED)
def test_every_kind_shows_its_note_in_both_parts_and_is_otherwise_the_same(kind: Kind) -> None:
    plain, noted = with_note(kind, "Bring **boots**.")

    assert "Bring boots." in noted.text
    assert "<strong>boots</strong>" in noted.html
    assert (noted.subject, noted.preheader, noted.calendar) == (plain.subject, plain.preheader, plain.calendar)
    assert [line for line in plain.text.splitlines() if line not in noted.text.splitlines()] == []


@pytest.mark.parametrize("kind", ANNOTATED)
def test_hostile_markdown_is_as_harmless_as_in_a_mail_of_its_own(kind: Kind) -> None:
    plain, noted = with_note(kind, HOSTILE)

    assert "<script" not in noted.html
    assert "javascript:" not in noted.html.replace("javascript:alert(1))", "")
    assert noted.html.count("<img") == plain.html.count("<img")
    assert "Safe." in noted.text


def test_a_note_makes_a_yes_void_in_the_very_next_plan_and_is_named() -> None:
    simulation = looked_at(some_rules(a_rule(ask=True)), EVENTS[0])
    simulation.tick(EVENTS[:1], at("2026-12-07 12:00"))
    [key] = simulation.memory.deliveries
    simulation.decide(key, "release", at("2026-12-07 12:00"), EVENTS[:1])
    content = settle(Content(events=tuple(EVENTS[:1])), simulation.memory, simulation.rules, at("2026-12-07 12:00"))
    kept, asked = Answers(), (simulation.rules, at("2026-12-07 12:00"), HORIZON)
    plan(content, simulation.memory, *asked, kept=kept)
    with_notes(simulation, [key], "2026-12-07 12:00")

    assert plan(content, simulation.memory, *asked, kept=kept) == plan(content, simulation.memory, *asked)
    simulation.tick(EVENTS[:1], at("2026-12-07 12:00") + timedelta(hours=1))

    [row] = simulation.memory.deliveries.values()
    assert (row.status, row.reasons[0].code) == ("held", "approval-void")
    assert "its note was changed by Anna" in row.reasons[0].text
