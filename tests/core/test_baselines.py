"""First looks: what begins anew mails nobody about what was already there, and what only has another name does not begin."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from notifier.core.rule import Rules
from tests.builders import a_rule, an_announcement_rule, an_audience, an_event, at, some_rules
from tests.core.test_plan import WEEK_BEFORE, codes, looked_at
from tests.simulate import Simulation

START = at("2026-11-20 09:00")
NEW = an_event(path="_events/2026-12-09-new.md", title="New")


def fresh(rules: Rules) -> Simulation:
    """A site that was looked at, and an event that appeared afterwards and waits for its announcement."""
    simulation = looked_at(rules, an_event())
    simulation.tick([an_event(), NEW], START)
    return simulation


def announced(simulation: Simulation, rules: Rules, *, hours: int = 4) -> list[str]:
    """What goes out once the rules are these."""
    simulation.rules = rules
    for hour in range(1, hours):
        simulation.tick([an_event(), NEW], START + timedelta(hours=hour))
    return simulation.keys("announcement")


def test_what_appeared_is_announced() -> None:
    rules = some_rules(an_announcement_rule())
    assert len(announced(fresh(rules), rules)) == 1


def test_when_sending_becomes_live_nothing_of_before_goes_out() -> None:
    rules = some_rules(an_announcement_rule())
    simulation = fresh(rules)
    assert announced(simulation, replace(rules, live=frozenset({"outbox"}))) == []
    skips = simulation.tick([an_event(), NEW], START + timedelta(hours=5)).skips
    assert {code for row in skips for code in codes(row)} == {"baseline"}


def test_sending_that_was_off_and_is_live_again_has_no_backlog() -> None:
    rules = some_rules(an_announcement_rule(), live=frozenset({"outbox"}))
    simulation = looked_at(rules, an_event())
    simulation.rules = replace(rules, live=frozenset())
    simulation.tick([an_event(), NEW], START)
    assert announced(simulation, rules) == []


def test_a_rule_that_comes_back_is_new() -> None:
    rules = some_rules(an_announcement_rule(), WEEK_BEFORE)
    simulation = fresh(rules)
    simulation.rules = some_rules(WEEK_BEFORE)
    simulation.tick([an_event(), NEW], START + timedelta(minutes=10))
    assert "rule:announce" not in simulation.memory.baselines
    assert announced(simulation, rules) == []


def test_an_audience_that_goes_back_to_a_former_provider_gets_no_backlog() -> None:
    rules = some_rules(an_announcement_rule())
    simulation = fresh(rules)
    other = some_rules(an_announcement_rule(), audiences={"newsletter": an_audience(provider="mailchimp")})
    simulation.rules = other
    simulation.tick([an_event(), NEW], START + timedelta(minutes=10))
    assert announced(simulation, rules) == []


def test_an_audience_that_was_only_renamed_is_told_what_it_would_have_been() -> None:
    simulation = fresh(some_rules(an_announcement_rule()))
    renamed = some_rules(
        an_announcement_rule(audiences=("readers",)),
        audiences={"readers": an_audience(name="readers", formerly=("newsletter",))},
    )
    assert [key.split("/")[-1] for key in announced(simulation, renamed)] == ["readers"]


def test_an_audience_with_a_new_name_and_no_former_one_begins_anew() -> None:
    simulation = fresh(some_rules(an_announcement_rule()))
    another = some_rules(
        an_announcement_rule(audiences=("readers",)), audiences={"readers": an_audience(name="readers")}
    )
    assert announced(simulation, another) == []


def test_later_reminders_are_sent_after_any_first_look() -> None:
    simulation = fresh(some_rules(a_rule()))
    simulation.rules = some_rules(a_rule(), live=frozenset({"outbox"}))
    simulation.tick([an_event(), NEW], START + timedelta(hours=1))
    simulation.tick([an_event(), NEW], at("2026-12-08 10:00"))
    assert len(simulation.keys("reminder")) == 2
