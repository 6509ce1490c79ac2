"""What must hold of digests whatever the events, cron lines, hours and times."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from random import Random

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from notifier.core.agenda import Agenda
from notifier.core.delivery import Decision, Delivery, Memory
from notifier.core.digest import digest_of, digest_turns, plan_digests
from notifier.core.event import AllDay, Event, Timed
from notifier.core.rule import Hours, Rules
from tests.builders import a_seen_event, an_event
from tests.digests import FIRST_LOOK, HORIZON, Ticks, a_digest_rule, digest_rules, digests, known, recorded

#: Spring's clock change lies within them; mostly things happen close together.
MINUTES = 60 * 24 * 200
moments = st.one_of(st.integers(0, MINUTES // 8), st.integers(0, MINUTES // 8), st.integers(0, MINUTES)).map(
    lambda minutes: FIRST_LOOK + timedelta(minutes=minutes)
)
crons = st.sampled_from(["30 9 * * mon", "30 1 * * *", "0 20 * * sun", "30 9 1-7 * mon", "15 0,12 * * *", "0 9 29 2 *"])
hours = st.sampled_from([None, Hours(), Hours(days=frozenset({2}), start=time(9), end=time(9, 30))])
graces = st.sampled_from([None, timedelta(minutes=20), timedelta(days=9)])
rule_sets = st.builds(
    lambda cron, grace, ask, hours: digest_rules(a_digest_rule(cron=cron, grace=grace, ask=ask), hours=hours),
    crons, graces, st.integers(0, 4).map(lambda n: n == 4), hours,
)  # fmt: skip


@st.composite
def contents(draw: st.DrawFn) -> tuple[Event, ...]:
    def one(number: int) -> Event:
        start = draw(moments)
        whole = AllDay(first=start.date(), last=start.date() + timedelta(days=draw(st.integers(0, 3))))
        when = whole if draw(st.booleans()) else Timed(starts_at=start)
        status = draw(st.sampled_from(["scheduled"] * 4 + ["cancelled", "tentative"]))
        return an_event(uid=f"{number}@example.org", path=f"{number}.md", when=when, status=status)

    return tuple(one(number) for number in range(draw(st.integers(1, 6))))


@st.composite
def histories(draw: st.DrawFn) -> tuple[tuple[Event, ...], Memory, Rules, datetime]:
    """Events, what the ledger holds after a few ticks, and a now that is mostly near something that happens."""
    events, rules = draw(contents()), draw(rule_sets)
    ticks = Ticks(
        replace(known(*events), seen={e.uid: a_seen_event(e, first_seen_at=draw(moments)) for e in events}), rules
    )
    for now in sorted(draw(st.lists(moments, max_size=3))):
        ticks.tick(events, now)
    memory = ticks.memory
    last = memory.window_end or FIRST_LOOK
    turns = sorted({at for row in memory.deliveries.values() for at in (row.due_at, row.expires_at) if at >= last})
    near = draw(st.sampled_from(turns or [last])) + timedelta(seconds=draw(st.sampled_from([0, 1, 600, 9000, 400000])))
    return events, memory, rules, max(last, near)


Case = tuple[tuple[Event, ...], Memory, Rules, datetime]
common = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@common
@given(histories(), st.randoms(use_true_random=False))
def test_the_order_of_events_does_not_matter(case: Case, chance: Random) -> None:
    events, memory, rules, now = case
    shuffled = list(events)
    chance.shuffle(shuffled)
    assert digests(memory, shuffled, now, rules) == digests(memory, events, now, rules)


@common
@given(histories())
def test_planning_twice_plans_nothing_new(case: Case) -> None:
    events, memory, rules, now = case
    once = recorded(memory, digests(memory, events, now, rules), now)
    assert recorded(once, digests(once, events, now, rules), now) == once


@common
@given(histories())
def test_every_key_is_decided_once_and_every_row_that_waits_is_among_them(case: Case) -> None:
    events, memory, rules, now = case
    decided = Counter(row.key for row in digests(memory, events, now, rules))
    assert set(decided.values()) <= {1}
    assert {key for key, row in memory.deliveries.items() if row.status in ("planned", "held")} <= set(decided)


@common
@given(histories())
def test_what_is_planned_or_held_is_of_use_and_tells_of_something_to_come(case: Case) -> None:
    events, memory, rules, now = case
    for row in digests(memory, events, now, rules):
        assert row.due_at.utcoffset() == row.expires_at.utcoffset() == timedelta(0)
        assert row.reasons
        if row.status in ("planned", "held"):
            assert now < row.expires_at
            assert row.event_uids


@common
@given(histories())
def test_the_plan_and_the_handing_over_choose_alike(case: Case) -> None:
    events, memory, rules, now = case
    for row in digests(memory, events, now, rules):
        if row.status in ("planned", "held"):
            found = digest_of(
                rules.rules[0], rules.audiences["newsletter"], row.due_at, events=events, memory=memory, rules=rules,
                now=now, projects={},
            )  # fmt: skip
            assert found.uids == row.event_uids


@common
@given(histories(), st.floats(0, 1))
def test_between_two_turns_nothing_is_planned_otherwise(case: Case, share: float) -> None:
    events, memory, rules, now = case
    planned = digests(memory, events, now, rules)
    memory = recorded(memory, planned, now)
    turn = min(digest_turns(planned, memory, rules, now, HORIZON), default=now + timedelta(days=400))
    later = now + share * (turn - now)
    assume(later < turn)
    assert recorded(memory, digests(memory, events, later, rules), now) == memory


@common
@given(histories(), st.integers(0, 5))
def test_what_is_kept_changes_no_plan(case: Case, gone: int) -> None:
    events, memory, rules, now = case
    kept = Agenda()
    for some in (events, events[gone:], events):
        planned = plan_digests(some, memory, rules, now, HORIZON, projects={}, kept=kept)
        assert planned == digests(memory, some, now, rules)
        memory = recorded(memory, planned, now)


happenings = st.tuples(
    st.sampled_from(["pass", "turn", "turn", "back", "sent", "retry", "skip", "seen", "gone", "baseline", "forget"]),
    st.integers(0, 5),
    st.sampled_from([0, 1, 600, 9_000, 400_000]),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(histories(), st.lists(happenings, min_size=2, max_size=10))
def test_what_was_decided_stands_only_as_long_as_it_would_be_decided_again(
    case: Case, happened: list[tuple[str, int, int]]
) -> None:
    events, memory, rules, now = case
    kept = Agenda()
    for what, which, seconds in happened:
        # Twice: the second time rows say what was decided, and nothing is another than before.
        for _ in range(2):
            planned = plan_digests(events, memory, rules, now, HORIZON, projects={}, kept=kept)
            assert planned == digests(memory, events, now, rules)
            memory = recorded_as_planned(memory, planned, now)
        turn = min(digest_turns(digests(memory, events, now, rules), memory, rules, now, HORIZON), default=now)
        now = max(now, turn) if what == "turn" else now + timedelta(seconds=seconds)
        events, memory, now = changed(what, which, events, memory, now)
    planned = plan_digests(events, memory, rules, now, HORIZON, projects={}, kept=kept)
    assert planned == digests(memory, events, now, rules)


def recorded_as_planned(memory: Memory, planned: Sequence[Delivery], now: datetime) -> Memory:
    """The ledger after a plan, in which what says what its row says is that row."""
    rows = memory.deliveries
    return recorded(memory, [rows[one.key] if rows.get(one.key) == one else one for one in planned], now)


def changed(
    what: str, which: int, events: tuple[Event, ...], memory: Memory, now: datetime
) -> tuple[tuple[Event, ...], Memory, datetime]:
    """What comes of one thing that happens between two plans."""
    rows, seen = [*memory.deliveries.values()], [*memory.seen.values()]
    if what in ("sent", "retry", "skip") and rows:
        row = rows[-1 - which % len(rows)]
        if what == "skip":
            said = Decision(key=row.key, act="skip", by="ann", at=now)
            return events, replace(memory, decisions={**memory.decisions, row.key: said}), now
        retried = replace(row, status="planned", retry_at=now + timedelta(minutes=5), attempts=1)
        row = replace(row, status="sent", sent_at=now) if what == "sent" else retried
        return events, replace(memory, deliveries={**memory.deliveries, row.key: row}), now
    match what:
        case "back":
            return events, memory, now - timedelta(hours=which)
        case "seen":
            one = replace(seen[which % len(seen)], first_seen_at=now)
            return events, replace(memory, seen={**memory.seen, one.uid: one}), now
        case "gone":
            return events[which % len(events) :], memory, now
        case "baseline":
            return events, replace(memory, baselines={**memory.baselines, "rule:weekly": now}), now
        case "forget":
            return events, replace(memory, deliveries={}, window_end=None), now
        case _:
            return events, memory, now


@settings(max_examples=20, deadline=None)
@given(st.lists(moments, min_size=1, max_size=8, unique=True))
def test_ticking_only_when_told_to_tells_of_every_event_in_exactly_one_weekly_digest(starts: list[datetime]) -> None:
    events = tuple(
        an_event(uid=f"{number}@example.org", when=Timed(starts_at=start)) for number, start in enumerate(starts)
    )
    ticks, now = Ticks(known(*events)), FIRST_LOOK
    while now < FIRST_LOOK + timedelta(minutes=MINUTES):
        ticks.tick(events, now)
        planned = digests(ticks.memory, events, now)
        now = min(digest_turns(planned, ticks.memory, ticks.rules, now, HORIZON))
    told = Counter(uid for key, _ in ticks.sent for uid in ticks.memory.deliveries[key].event_uids)
    first_due = min(row.due_at for row in ticks.memory.deliveries.values())
    assert told == {event.uid: 1 for event, start in zip(events, starts, strict=True) if start > first_due}
