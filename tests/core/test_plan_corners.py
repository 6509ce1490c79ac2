"""Where several rules, people and late edits meet: nothing twice, nothing lost, and a true reason for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import time, timedelta

from notifier.core.delivery import Delivery
from notifier.core.event import Event, Evidence
from notifier.core.facts import facts_of
from notifier.core.rule import Offset
from tests.builders import a_rule, a_time, an_announcement_rule, an_event, at, some_rules
from tests.core.test_collisions import DIGEST, another, days, rules_of, run
from tests.core.test_correcting import CANCELLATION, CHANGE, TOLD_AT, corrections, follow, told
from tests.core.test_plan import WEEK_BEFORE, codes, looked_at
from tests.simulate import Simulation

THANKS = a_rule(name="thanks", when=Offset(side="after", length=timedelta(days=1), of="end", at=time(10)))
EVENING = "2026-12-08 20:00"
MORNING = "2026-12-09 08:30"


def steps(simulation: Simulation, events: Sequence[Event], start: str, end: str) -> None:
    """Tick every ten minutes."""
    moment = at(start)
    while moment <= at(end):
        simulation.tick(events, moment)
        moment += timedelta(minutes=10)


def moved_one(**changes: object) -> tuple[Simulation, list[Event], Delivery]:
    """The evening on which one of two reminders waits for the other day; the events, that one's last, and its row."""
    events = [another("choir"), another("drama")]
    simulation = run(rules_of(a_rule(), **changes), events, "2026-12-07 09:00", EVENING)
    row = next(row for row in simulation.memory.deliveries.values() if row.status == "planned")
    about = simulation.memory.seen[row.event_uids[0]].event.path
    return simulation, sorted(events, key=lambda event: event.path == about), row


def rows(simulation: Simulation, rule: str) -> list[Delivery]:
    return [row for row in simulation.memory.deliveries.values() if row.rule == rule]


def test_what_was_moved_is_not_lost_to_an_edit_in_the_evening() -> None:
    simulation, (first, second), _ = moved_one()
    steps(simulation, [first, replace(second, summary="Other words.")], "2026-12-08 20:30", "2026-12-09 09:00")
    assert days(simulation) == ["08 10:00", "09 08:30"]


def test_what_was_moved_waits_until_an_edit_has_settled() -> None:
    simulation, (first, second), _ = moved_one()
    steps(simulation, [first, replace(second, summary="Other words.")], "2026-12-09 08:20", "2026-12-09 10:00")
    assert days(simulation) == ["08 10:00", "09 08:50"]


def test_what_was_moved_does_not_go_out_once_the_event_has_begun() -> None:
    simulation, (first, second), row = moved_one()
    earlier = replace(second, when=a_time("2026-12-09 08:00", ends="08:20"))
    steps(simulation, [first, earlier], "2026-12-08 20:30", "2026-12-09 12:00")
    left = simulation.memory.deliveries[row.key]
    assert (days(simulation), left.status, codes(left)) == (["08 10:00"], "skipped", ["moved-day", "too-late"])


def test_what_was_moved_and_then_held_can_still_be_released_on_its_other_day() -> None:
    simulation, events, row = moved_one()
    simulation.decide(row.key, "hold", at("2026-12-08 21:00"))
    steps(simulation, events, "2026-12-08 21:00", "2026-12-09 08:00")
    assert codes(simulation.memory.deliveries[row.key]) == ["moved-day", "held"]
    simulation.decide(row.key, "release", at("2026-12-09 08:10"), events)
    steps(simulation, events, "2026-12-09 08:20", "2026-12-09 09:00")
    assert days(simulation) == ["08 10:00", "09 08:30"]


def test_what_was_moved_and_called_off_for_a_while_goes_out_all_the_same() -> None:
    simulation, (first, second), _ = moved_one()
    simulation.tick([first, replace(second, status="cancelled")], at("2026-12-08 22:30"))
    steps(simulation, [first, second], "2026-12-08 23:30", "2026-12-09 09:00")
    assert days(simulation) == ["08 10:00", "09 08:30"]


def test_what_was_moved_keeps_to_the_sending_hours_when_it_is_late() -> None:
    events = [another("choir", "2026-12-25"), another("drama", "2026-12-25")]
    simulation = run(rules_of(WEEK_BEFORE), events, "2026-12-17 09:00", "2026-12-20 20:00")
    simulation.tick(events, at("2026-12-21 19:00"))
    assert days(simulation) == ["18 10:00"]
    assert {row.due_at for row in rows(simulation, "week") if row.status == "planned"} <= {at("2026-12-22 08:30")}


def test_a_reminder_is_not_left_to_a_digest_that_never_went_out() -> None:
    # One of days before told of the event too; the one of the reminder's own day is skipped by a person.
    early = replace(DIGEST, name="early", cron="0 17 3 12 *")
    evening = replace(DIGEST, name="weekly", cron="0 17 * * mon")
    two_days = a_rule(name="two", when=Offset(side="before", length=timedelta(days=2), at=time(10)))
    event = another("choir")
    simulation = run(rules_of(two_days, early, evening), [event], "2026-12-02 09:00", "2026-12-07 15:00")
    assert codes(rows(simulation, "two")[0]) == ["merged"]
    simulation.decide("digest/weekly/2026-12-07/newsletter", "skip", at("2026-12-07 16:00"))
    steps(simulation, [event], "2026-12-07 16:00", "2026-12-07 18:00")
    assert [key.split("/")[1] for key, _ in simulation.sent] == ["early", "two"]


def test_a_reminder_is_not_left_to_a_digest_that_told_something_else() -> None:
    event = another("choir", "2026-12-09")
    two_days = a_rule(name="two", when=Offset(side="before", length=timedelta(days=2), at=time(12)))
    simulation = run(rules_of(two_days, DIGEST), [event], "2026-12-06 09:00", "2026-12-07 09:30")
    key = simulation.keys("digest")[0]
    stated = replace(
        simulation.memory.deliveries[key], facts=(facts_of(replace(event, when=a_time("2026-12-10 14:00"))),)
    )
    simulation.memory = replace(simulation.memory, deliveries={**simulation.memory.deliveries, key: stated})
    steps(simulation, [event], "2026-12-07 10:00", "2026-12-08 10:00")
    assert [key.partition("/")[0] for key, _ in simulation.sent] == ["digest", "reminder"]


def test_a_reminder_after_the_event_goes_out_once_it_is_over() -> None:
    simulation = looked_at(some_rules(THANKS), an_event())
    steps(simulation, [an_event(full=True)], "2026-12-09 09:00", "2026-12-10 12:00")
    assert [when for _, when in simulation.sent] == [at("2026-12-10 10:00")]


def test_a_reminder_after_an_event_that_was_called_off_is_skipped() -> None:
    simulation = looked_at(some_rules(THANKS), an_event())
    steps(simulation, [an_event(status="cancelled")], "2026-12-09 09:00", "2026-12-10 12:00")
    assert (simulation.sent, codes(rows(simulation, "thanks")[0])) == ([], ["cancelled"])


def test_a_link_that_was_added_does_not_wait_for_a_reminder_after_the_event() -> None:
    rules = some_rules(a_rule(), CHANGE, CANCELLATION, THANKS)
    said = {"access": Evidence(field="access", text="open", line=4, basis="front matter")}
    linked = an_event(location="1 Example Street", mode="in-person", evidence=said)
    simulation = told(rules, replace(linked, join_url=None))
    follow(simulation, linked, TOLD_AT + timedelta(hours=1))
    assert [kind for kind, _ in corrections(simulation)] == ["change"]


def test_an_event_that_appears_while_it_runs_has_missed_nothing() -> None:
    simulation = looked_at(some_rules(an_announcement_rule()))
    steps(simulation, [an_event()], "2026-12-09 14:30", "2026-12-09 15:00")
    row = rows(simulation, "announce")[0]
    assert (row.status, codes(row)) == ("skipped", ["too-late"])


def test_an_announcement_does_not_come_together_with_a_reminder_or_after_one() -> None:
    for per_day in (1, 99):
        simulation = looked_at(some_rules(an_announcement_rule(), a_rule(), per_day=per_day))
        event = an_event(when=a_time("2026-12-09 10:00"))
        steps(simulation, [event], "2026-12-08 09:30", "2026-12-09 11:00")
        assert [key.partition("/")[0] for key, _ in simulation.sent] == ["reminder"]
        assert codes(rows(simulation, "announce")[0]) == ["told-already"]


def test_an_announcement_is_not_dropped_for_a_reminder_that_a_person_must_let_go() -> None:
    simulation = looked_at(some_rules(an_announcement_rule(), a_rule(ask=True)))
    steps(simulation, [an_event()], "2026-12-08 09:30", "2026-12-08 12:00")
    assert [key.partition("/")[0] for key, _ in simulation.sent] == ["announcement"]


def test_rows_that_nothing_asks_for_any_more_say_why() -> None:
    rules = some_rules(an_announcement_rule(), a_rule())
    for later, code in (
        (an_event(uid="", when=None, zone=None), "no-date"),
        (an_event(explicit_uid="a@example.org"), "other-uid"),
    ):
        simulation = looked_at(rules)
        simulation.tick([an_event(uid="")], at("2026-11-20 09:00"))
        simulation.tick([later], at("2026-11-20 10:00"))
        gone = [row for row in simulation.memory.deliveries.values() if row.status == "withdrawn"]
        assert [codes(row) for row in gone] == [[code], [code]]


def test_what_was_moved_keeps_its_other_day_through_an_edit_at_any_hour() -> None:
    simulation, (first, second), _ = moved_one(hours=None)
    steps(simulation, [first, replace(second, summary="Other words.")], "2026-12-08 20:10", "2026-12-09 11:00")
    assert days(simulation) == ["08 10:00", "09 10:00"]
