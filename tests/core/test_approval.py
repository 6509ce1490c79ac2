"""What people decide about deliveries, and for how long it holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

from notifier.core.approval import fingerprint
from notifier.core.delivery import Delivery
from notifier.core.event import Event, Reason
from notifier.core.rule import Offset, Rules
from tests.builders import a_delivery, a_rule, a_site, a_time, an_event, at, some_rules
from tests.core.test_plan import codes, looked_at
from tests.simulate import Simulation

DUE = at("2026-12-08 10:00")
BEFORE = at("2026-12-07 12:00")
ASKING = some_rules(a_rule(ask=True))


def waiting(rules: Rules = ASKING, event: Event | None = None) -> tuple[Simulation, str]:
    """A site with one delivery that has a row, and its key."""
    event = event or an_event()
    simulation = looked_at(rules, event)
    simulation.tick([event], BEFORE)
    return simulation, only(simulation).key


def only(simulation: Simulation) -> Delivery:
    rows = list(simulation.memory.deliveries.values())
    assert len(rows) == 1, rows
    return rows[0]


def test_what_asks_a_person_stays_held_until_it_is_missed() -> None:
    simulation, _ = waiting()
    simulation.tick([an_event()], DUE)
    assert (only(simulation).status, simulation.sent) == ("held", [])
    simulation.tick([an_event()], DUE + timedelta(days=2))
    assert only(simulation).status in ("missed", "skipped")


def test_a_release_lets_exactly_that_go_at_its_time() -> None:
    simulation, key = waiting()
    simulation.decide(key, "release", BEFORE, [an_event()])
    simulation.tick([an_event()], BEFORE + timedelta(hours=1))
    assert (only(simulation).status, codes(only(simulation))) == ("planned", ["released"])
    simulation.tick([an_event()], DUE)
    assert simulation.sent == [(key, DUE)]


def test_a_release_after_its_time_still_holds_while_it_is_of_use() -> None:
    simulation, key = waiting()
    simulation.tick([an_event()], DUE)
    simulation.decide(key, "release", DUE + timedelta(hours=1), [an_event()])
    simulation.tick([an_event()], DUE + timedelta(hours=2))
    assert simulation.sent == [(key, DUE + timedelta(hours=2))]


def test_an_edit_after_the_release_voids_it() -> None:
    simulation, key = waiting()
    simulation.decide(key, "release", BEFORE, [an_event()])
    simulation.tick([an_event(summary="Something else.")], DUE)
    assert (only(simulation).status, codes(only(simulation))[0]) == ("held", "approval-void")
    assert simulation.sent == []


def test_the_way_back_to_what_was_released_makes_it_hold_again() -> None:
    simulation, key = waiting()
    simulation.decide(key, "release", BEFORE, [an_event()])
    simulation.tick([an_event(summary="Something else.")], BEFORE + timedelta(hours=1))
    simulation.tick([an_event()], BEFORE + timedelta(hours=2))
    simulation.tick([an_event()], DUE)
    assert simulation.sent == [(key, DUE)]


def test_another_hour_of_the_rule_voids_a_release() -> None:
    simulation, key = waiting()
    simulation.decide(key, "release", BEFORE, [an_event()])
    an_hour_later = Offset(side="before", length=timedelta(days=1), at=time(11))
    simulation.rules = some_rules(a_rule(ask=True, when=an_hour_later))
    simulation.tick([an_event()], BEFORE + timedelta(hours=1))
    assert codes(only(simulation))[0] == "approval-void"


def test_other_templates_void_a_release() -> None:
    simulation, key = waiting()
    simulation.decide(key, "release", BEFORE, [an_event()])
    simulation.rules = replace(ASKING, wording="another")
    simulation.tick([an_event()], BEFORE + timedelta(hours=1))
    assert codes(only(simulation))[0] == "approval-void"


def test_what_never_may_go_out_is_not_let_go_by_a_release() -> None:
    simulation, key = waiting()
    simulation.decide(key, "release", BEFORE, [an_event()])
    simulation.tick([an_event(access="invitation")], DUE)
    assert (only(simulation).status, simulation.sent) == ("skipped", [])


def test_a_hold_stops_what_would_go_out_by_itself() -> None:
    simulation, key = waiting(some_rules())
    simulation.decide(key, "hold", BEFORE)
    simulation.tick([an_event()], DUE)
    assert (only(simulation).status, codes(only(simulation)), simulation.sent) == ("held", ["held"], [])
    assert only(simulation).reasons[0].text == "Robin held it on Mon 7 Dec 2026 12:00 GMT."


def test_a_release_takes_a_hold_back() -> None:
    simulation, key = waiting(some_rules())
    simulation.decide(key, "hold", BEFORE)
    simulation.tick([an_event()], BEFORE + timedelta(hours=1))
    simulation.decide(key, "release", BEFORE + timedelta(hours=2), [an_event()])
    simulation.tick([an_event()], DUE)
    assert simulation.sent == [(key, DUE)]


def test_what_was_skipped_by_a_person_stays_so() -> None:
    simulation, key = waiting(some_rules())
    simulation.decide(key, "skip", BEFORE)
    simulation.tick([an_event(summary="Something else.")], DUE)
    assert (only(simulation).status, codes(only(simulation)), simulation.sent) == ("skipped", ["skipped"], [])


def test_a_void_release_of_what_may_go_out_by_itself_stops_nothing() -> None:
    simulation, key = waiting(some_rules())
    simulation.decide(key, "release", BEFORE, [an_event()])
    simulation.tick([an_event(topics=("walking",))], BEFORE + timedelta(hours=1))
    simulation.tick([an_event(topics=("walking",))], DUE)
    assert simulation.sent == [(key, DUE)]


def test_an_approval_is_void_even_where_nobody_had_to_be_asked() -> None:
    simulation, key = waiting(some_rules())
    simulation.decide(key, "approve", BEFORE, [an_event()])
    simulation.tick([an_event(topics=("walking",))], DUE)
    assert (only(simulation).status, simulation.sent) == ("held", [])


def test_what_cannot_be_handed_over_stays_held_when_it_is_released() -> None:
    shut = Reason(code="not-live", text="Sending isn't live.")
    simulation, key = waiting(replace(ASKING, gates={"outbox": (shut,)}))
    simulation.decide(key, "release", BEFORE, [an_event()])
    simulation.tick([an_event()], DUE)
    assert (only(simulation).status, codes(only(simulation))) == ("held", ["released", "not-live"])


def test_a_fingerprint_stands_for_content_audience_and_time() -> None:
    rules, row, event = some_rules(), a_delivery(), an_event()
    base = fingerprint(row, [event], rules)
    others = [
        fingerprint(replace(row, due_at=row.due_at + timedelta(minutes=1)), [event], rules),
        fingerprint(replace(row, provider="another"), [event], rules),
        fingerprint(row, [replace(event, when=a_time("2026-12-09 15:00"))], rules),
        fingerprint(row, [replace(event, contact="mailto:a@example.org")], rules),
        fingerprint(row, [event], replace(rules, wording="x")),
        fingerprint(row, [event], replace(rules, site=a_site(language="de"))),
        fingerprint(row, [event], replace(rules, site=a_site(timezone="Europe/Berlin"))),
        fingerprint(
            row, [event], replace(rules, audiences={"newsletter": replace(rules.audiences["newsletter"], public=False)})
        ),
    ]
    assert len({base, *others}) == len(others) + 1
    assert base == fingerprint(row, [replace(event, body="Other words that no mail shows.")], rules)
