"""What a document says about its own mails, and reminders that would say the same at once."""

from __future__ import annotations

from datetime import time, timedelta

from notifier.core.rule import Offset, Rule
from tests.builders import a_rule, a_time, an_event, at, some_rules
from tests.core.test_correcting import MOVED, TOLD_AT, corrections, follow, some, told
from tests.core.test_plan import HOURS_BEFORE, WEEK_BEFORE, codes, looked_at


def test_a_document_that_wants_no_mails_gets_none() -> None:
    event = an_event(notify=False)
    simulation = looked_at(some_rules(a_rule(), HOURS_BEFORE), event)
    plan = simulation.tick([event], at("2026-11-20 09:00"))
    assert {code for row in plan.skips for code in codes(row)} == {"switched-off"}
    assert plan.deliveries == ()


def test_a_document_names_the_only_reminders_that_it_wants() -> None:
    event = an_event(reminders=("day-before",))
    simulation = looked_at(some_rules(a_rule(), WEEK_BEFORE, HOURS_BEFORE), event)
    plan = simulation.tick([event], at("2026-11-20 09:00"))
    assert [row.rule for row in plan.deliveries] == ["day-before"]
    assert plan.skips[0].reasons[0].text == "Its document wants only these reminders: day-before."


def test_a_document_that_wants_no_reminders_is_still_corrected() -> None:
    simulation = told(some())
    follow(simulation, an_event(when=MOVED, reminders=()), TOLD_AT + timedelta(hours=1))
    simulation.tick([an_event(when=MOVED, reminders=())], at("2026-12-14 10:00"))
    assert [kind for kind, _ in corrections(simulation)] == ["change"]
    assert len(simulation.keys("reminder")) == 1


def test_of_two_reminders_that_would_come_at_once_only_the_last_is_sent() -> None:
    # Outside the sending hours both move to the same last open minute before them.
    event = an_event(when=a_time("2026-12-14 07:00"))
    evening = Rule(
        name="evening", kind="reminder", audiences=("newsletter",),
        when=Offset(side="before", length=timedelta(days=1), at=time(20)),
    )  # fmt: skip
    simulation = looked_at(some_rules(a_rule(), evening), event)
    plan = simulation.tick([event], at("2026-12-01 09:00"))
    assert [(row.rule, row.status) for row in plan.deliveries] == [("evening", "planned")]
    assert [(row.rule, codes(row)) for row in plan.skips] == [("day-before", ["collapsed"])]
