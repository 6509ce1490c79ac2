"""What must hold of every plan, whatever the events, rules and times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notifier.core.delivery import Memory
from notifier.core.event import AllDay, Content, Event, Reason, Timed
from notifier.core.identity import settle
from notifier.core.plan import Plan, plan
from notifier.core.rule import Hours, Offset, Rule, Rules
from notifier.core.schedule import starts_at
from notifier.core.zones import instant
from tests.builders import an_announcement_rule, an_event, at, some_rules
from tests.simulate import HORIZON, Simulation, recorded

START = at("2026-10-20 00:00")
#: Both clock changes of London, and of New York, fall between them.
SPAN_MINUTES = 60 * 24 * 200

instants = st.integers(0, SPAN_MINUTES).map(lambda minutes: START + timedelta(minutes=minutes))
zones = st.sampled_from(["Europe/London", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland"])


@st.composite
def whens(draw: st.DrawFn) -> tuple[Timed | AllDay, str | None]:
    moment, zone = draw(instants), draw(zones)
    if draw(st.booleans()):
        day = moment.date()
        return AllDay(first=day, last=day + timedelta(days=draw(st.integers(0, 2)))), None
    local = instant(moment.date(), moment.time(), zone)
    length = draw(st.sampled_from([None, timedelta(minutes=30), timedelta(hours=26)]))
    return Timed(starts_at=local, ends_at=local + length if length else None), zone


@st.composite
def events(draw: st.DrawFn, number: int) -> Event:
    when, zone = draw(whens())
    doubts = (Reason(code="no-time", text="No time."),) if draw(st.integers(0, 9)) == 9 else ()
    return an_event(
        path=f"{number}.md", title=f"Event {number}", when=when, zone=zone, doubts=doubts, uid="",
        access=draw(st.sampled_from(["open"] * 6 + ["invitation", "unknown"])),
        status=draw(st.sampled_from(["scheduled"] * 6 + ["cancelled", "past"])),
    )  # fmt: skip


contents = st.integers(1, 4).flatmap(lambda size: st.tuples(*(events(number) for number in range(size))))
offsets = st.builds(
    lambda days, hours, clock: Offset(
        side="before", length=timedelta(days=days) if clock else timedelta(hours=hours), at=clock
    ),
    st.integers(0, 8), st.integers(1, 60), st.sampled_from([None, time(1, 30), time(10), time(23, 59)]),
)  # fmt: skip
reminders = st.builds(
    lambda offset, ask, grace: Rule(
        name="remind", kind="reminder", audiences=("newsletter",), when=offset, ask=ask, grace=grace
    ),
    offsets, st.integers(0, 4).map(lambda n: n == 4), st.sampled_from([None, timedelta(minutes=20), timedelta(days=3)]),
)  # fmt: skip
rule_sets = st.builds(
    lambda reminder, hours: some_rules(reminder, an_announcement_rule(), hours=hours),
    reminders, st.sampled_from([None, Hours(), Hours(days=frozenset({2}), start=time(9), end=time(9, 30))]),
)  # fmt: skip


@st.composite
def cases(draw: st.DrawFn) -> tuple[tuple[Event, ...], Rules, datetime]:
    """Events, rules and a now that is, mostly, near something that happens."""
    found, rules = draw(contents), draw(rule_sets)
    memory = first_look(found, rules)
    wide = plan(settle(Content(events=found), memory, rules, START), memory, rules, START, timedelta(days=400))
    live = [moment for row in wide.deliveries for moment in (row.due_at, row.due_at, row.expires_at)]
    turns = live or [starts_at(event, rules.site.timezone) for event in found]
    near = draw(st.sampled_from(turns)) + timedelta(
        seconds=draw(st.sampled_from([-1, 0, 1, 60, 600, 3000, 9000, 40000]))
    )
    return found, rules, max(START, near) if draw(st.integers(0, 5)) else draw(instants)


Case = tuple[tuple[Event, ...], Rules, datetime]
common = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def planned(found: Sequence[Event], memory: Memory, rules: Rules, now: datetime) -> Plan:
    return plan(settle(Content(events=tuple(found)), memory, rules, now), memory, rules, now, HORIZON)


def first_look(found: Sequence[Event], rules: Rules) -> Memory:
    return recorded(Memory(), planned(found, Memory(), rules, START))


@common
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_documents_does_not_matter(case: Case, chance: Random) -> None:
    found, rules, now = case
    memory = first_look(found, rules)
    shuffled = list(found)
    chance.shuffle(shuffled)
    assert planned(shuffled, memory, rules, now) == planned(found, memory, rules, now)


@common
@given(cases())
def test_planning_twice_plans_nothing_new(case: Case) -> None:
    found, rules, now = case
    once = recorded(first_look(found, rules), planned(found, first_look(found, rules), rules, now))
    again = planned(found, once, rules, now)
    assert recorded(once, again).deliveries == once.deliveries
    assert (again.seen, dict(again.baselines), again.withdrawals) == ((), {}, ())


@common
@given(cases())
def test_nothing_is_planned_about_the_past(case: Case) -> None:
    found, rules, now = case
    made = planned(found, first_look(found, rules), rules, now)
    begins = {event.uid: starts_at(event, rules.site.timezone) for event in settled(found, rules)}
    for row in made.deliveries:
        if row.status == "planned":
            assert row.expires_at > now
            assert row.due_at < row.expires_at
            whole_day = timedelta(days=1)
            assert row.expires_at <= begins[row.event_uids[0]] + whole_day


def settled(found: Sequence[Event], rules: Rules) -> Sequence[Event]:
    return settle(Content(events=tuple(found)), Memory(), rules, START).events


@common
@given(cases(), st.integers(0, 999))
def test_until_next_at_the_plan_stays_the_same(case: Case, thousandths: int) -> None:
    found, rules, now = case
    made = planned(found, first_look(found, rules), rules, now)
    memory = recorded(first_look(found, rules), made)
    if made.next_at is None:
        return
    later = now + (made.next_at - now) * thousandths / 1000
    again = planned(found, memory, rules, later)
    assert recorded(memory, again).deliveries == memory.deliveries
    assert (again.feeds, again.seen, dict(again.baselines)) == (made.feeds, (), {})


@common
@given(contents, rule_sets)
def test_the_first_look_hands_nothing_over(found: tuple[Event, ...], rules: Rules) -> None:
    simulation = Simulation(rules=rules)
    simulation.tick(found, START)
    assert simulation.sent == []


@common
@given(contents, rule_sets, st.lists(instants, min_size=1, max_size=12))
def test_no_key_is_handed_over_twice_and_every_end_has_a_reason(
    found: tuple[Event, ...], rules: Rules, times: list[datetime]
) -> None:
    simulation = Simulation(rules=rules)
    for now in [START, *sorted(times), START + timedelta(days=260)]:
        simulation.tick(found, now)
    keys = [key for key, _ in simulation.sent]
    assert len(keys) == len(set(keys))
    for row in simulation.memory.deliveries.values():
        assert row.status in ("sent", "skipped", "missed", "withdrawn")
        assert row.reasons


@settings(common, max_examples=20)
@given(contents, rule_sets, st.lists(instants, min_size=1, max_size=6))
def test_more_ticks_send_no_less(found: tuple[Event, ...], rules: Rules, times: list[datetime]) -> None:
    sparse, dense = Simulation(rules=rules), Simulation(rules=rules)
    for now in [START, *sorted(times)]:
        sparse.tick(found, now)
    moment = START
    end = max(times)
    extra = sorted({START, *times, *(START + timedelta(hours=step * 7) for step in range(700))})
    for moment in [one for one in extra if one <= end]:
        dense.tick(found, moment)
    assert {key for key, _ in sparse.sent} <= {key for key, _ in dense.sent}


@common
@given(cases())
def test_equal_instants_written_differently_change_nothing(case: Case) -> None:
    found, rules, now = case
    memory = first_look(found, rules)
    rewritten = [
        replace(
            event,
            when=Timed(
                starts_at=event.when.starts_at.astimezone(UTC).astimezone(event.when.starts_at.tzinfo),
                ends_at=event.when.ends_at,
            ),
        )
        if isinstance(event.when, Timed)
        else event
        for event in found
    ]
    assert planned(rewritten, memory, rules, now).seen == planned(found, memory, rules, now).seen
