"""What a plan keeps of the one before saves work and nothing else: it never shows in what comes out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notifier.core.answers import Answers
from notifier.core.approval import LOOK_AGAIN, PREFLIGHT
from notifier.core.delivery import Delivery, Memory
from notifier.core.event import Content, Event, Reason, Timed
from notifier.core.identity import Settling, settle
from notifier.core.plan import Plan, plan
from notifier.core.rule import Feed, Hours, Offset, Only, Rule, Rules
from tests.builders import an_announcement_rule, an_event, at, some_rules
from tests.core.test_plan_properties import contents, rule_sets
from tests.simulate import HORIZON, recorded

START = at("2026-10-20 00:00")
FEEDS = (Feed(name="all", title="All"), Feed(name="talks", title="Talks", only=Only(series=("talks",))))

Change = Callable[[Event], Event]
CHANGES: Sequence[Change] = (
    lambda event: replace(event, title=f"{event.title}!"),
    lambda event: replace(event, title="One title"),
    lambda event: replace(event, status="cancelled"),
    lambda event: replace(event, published=not event.published),
    lambda event: replace(event, access="unknown"),
    lambda event: replace(event, series="talks"),
    lambda event: replace(event, path=f"moved/{event.path}"),
    lambda event: replace(event, explicit_uid=f"{event.path}@example.org"),
    lambda event: replace(event, explicit_uid="one@example.org"),
    lambda event: replace(event, key=event.path),
    lambda event: replace(event, when=None, zone=None),
    lambda event: replace(event, body="Other words."),
    lambda event: (
        replace(event, when=Timed(starts_at=event.when.starts_at + timedelta(hours=30)))
        if isinstance(event.when, Timed)
        else event
    ),
)

changes = st.one_of(
    st.tuples(st.just("change"), st.integers(0, 3), st.integers(0, len(CHANGES) - 1)),
    st.tuples(st.sampled_from(["remove", "break", "copy"]), st.integers(0, 3), st.just(0)),
    st.tuples(st.just("row"), st.integers(0, 9), st.integers(0, 7)),
    st.tuples(st.sampled_from(["turn", "pass", "back", "forget", "unsee", "mend"]), st.integers(0, 9000), st.just(0)),
)
ROWS: Sequence[Callable[[Delivery, datetime], Delivery]] = (
    lambda row, now: replace(row, status="sent", sent_at=now),
    lambda row, now: replace(row, status="drafted", draft_id="one", attempts=1),
    lambda row, now: replace(row, status="unknown"),
    lambda row, now: replace(row, status="planned", attempts=row.attempts + 1, retry_at=now + timedelta(minutes=15)),
    lambda row, now: replace(row, status="held"),
    lambda row, now: replace(row, status="withdrawn"),
    lambda row, now: replace(row, retry_at=None),
    lambda row, now: replace(
        row, status="held", reasons=(Reason(code=PREFLIGHT, text="It is wrong."),), retry_at=now + LOOK_AGAIN
    ),
)


@dataclass(slots=True)
class Twice:
    """A site that is planned twice at every step: by one who remembers the plan before, and by one who doesn't."""

    rules: Rules
    events: dict[str, Event]
    memory: Memory = field(default_factory=Memory)
    now: datetime = START
    broken: frozenset[tuple[str, str]] = frozenset()
    settling: Settling = field(default_factory=Settling)
    answers: Answers = field(default_factory=Answers)
    last: Plan | None = None

    def look(self) -> bool:
        """Look both ways; whether both saw the same."""
        events = tuple(sorted(self.events.values(), key=lambda event: (event.source, event.path)))
        read = Content(events=events, broken=self.broken)
        content = settle(read, self.memory, self.rules, self.now, self.settling)
        anew = settle(read, self.memory, self.rules, self.now)
        made = plan(content, self.memory, self.rules, self.now, HORIZON, kept=self.answers)
        self.last = made
        return content == anew and made == plan(anew, self.memory, self.rules, self.now, HORIZON)

    def record(self) -> None:
        if self.last is not None:
            self.memory = recorded(self.memory, self.last)

    def act(self, what: str, number: int, which: int) -> None:
        name = sorted(self.events)[number % len(self.events)] if self.events else ""
        event, keys = self.events.get(name), sorted(self.memory.deliveries)
        if what == "row" and keys:
            row = self.memory.deliveries[keys[number % len(keys)]]
            rows = {**self.memory.deliveries, row.key: ROWS[which](row, self.now)}
            self.memory = replace(self.memory, deliveries=rows)
        elif what in ("pass", "back"):
            self.now += timedelta(minutes=number) * (1 if what == "pass" else -0.01)
        elif what == "turn" and self.last is not None and self.last.next_at is not None:
            self.now = self.last.next_at + timedelta(minutes=number % 3 - 1)
        elif what == "forget":
            self.memory = replace(self.memory, deliveries=dict(list(self.memory.deliveries.items())[1:]))
        elif what == "unsee":
            self.memory = replace(self.memory, seen=dict(list(self.memory.seen.items())[1:]))
        elif what == "mend":
            self.broken = frozenset()
        elif event is not None:
            self._change(event, name, what, which)

    def _change(self, event: Event, name: str, what: str, which: int) -> None:
        if what == "change":
            self.events[name] = CHANGES[which](event)
            return
        if what == "copy":
            self.events[f"{name}+"] = replace(event, path=f"copy-of-{event.path}")
            return
        del self.events[name]
        if what == "break":
            self.broken |= {(event.source, event.path)}


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(contents, rule_sets, st.lists(st.tuples(changes, st.booleans()), min_size=3, max_size=25))
def test_what_was_kept_never_shows_in_a_plan(
    found: tuple[Event, ...], rules: Rules, steps: list[tuple[tuple[str, int, int], bool]]
) -> None:
    site = Twice(rules=replace(rules, feeds=FEEDS), events={event.path: event for event in found})
    assert site.look()
    site.record()
    for (what, number, which), records in steps:
        site.act(what, number, which)
        assert site.look()
        if records:
            site.record()
            assert site.look()


def test_many_changes_at_once_are_put_in_the_same_order() -> None:
    days = [at("2026-11-20 18:00") + timedelta(hours=7 * number) for number in range(300)]
    events = {
        f"{number}.md": an_event(uid="", path=f"{number}.md", title=f"Evening {number}", when=Timed(starts_at=day))
        for number, day in enumerate(days)
    }
    site = Twice(rules=replace(some_rules(an_announcement_rule()), feeds=FEEDS), events=events)
    site.look()
    site.record()
    site.events = {name: replace(event, series="talks") for name, event in events.items()}
    assert site.look()
    assert site.last is not None
    assert [len(feed.uids) for feed in site.last.feeds] == [300, 300]


def test_an_error_leaves_nothing_behind_that_is_kept() -> None:
    wrong = Rule(name="remind", kind="reminder", audiences=("newsletter",))
    event = an_event()
    content, rules, kept = Content(events=(event,)), some_rules(an_announcement_rule()), Answers()
    made = plan(content, Memory(), rules, START, HORIZON, kept=kept)
    with pytest.raises(ValueError, match="has no `when`"):
        plan(content, Memory(), some_rules(wrong), START, HORIZON, kept=kept)
    assert plan(content, Memory(), rules, START, HORIZON, kept=kept) == made


def test_an_unchanged_event_stays_the_very_same() -> None:
    kept, rules = Settling(), some_rules()
    one, other = an_event(uid="", path="one.md"), an_event(uid="", path="other.md", title="Another")
    content = settle(Content(events=(one, other)), Memory(), rules, START, kept)
    memory = recorded(Memory(), plan(content, Memory(), rules, START, HORIZON))
    again = settle(Content(events=(one, other)), memory, rules, START, kept)
    changed = settle(Content(events=(one, replace(other, title="A third"))), memory, rules, START, kept)
    assert again.events[0] is changed.events[0] is memory.seen[again.events[0].uid].event


def test_a_reminder_that_may_go_out_at_any_hour_shortly_before_the_start_is_a_turning_point() -> None:
    """Two hours before the start the sending hours no longer hold it back, so the plan changes then."""
    reminder = Rule(
        name="remind", kind="reminder", audiences=("newsletter",), grace=timedelta(hours=5),
        when=Offset(side="before", length=timedelta(hours=4)),
    )  # fmt: skip
    rules = some_rules(reminder, hours=Hours())
    event = an_event(when=Timed(starts_at=at("2026-11-26 09:30")))
    now = at("2026-11-26 05:00")
    first = recorded(Memory(), plan(Content(events=(event,)), Memory(), rules, now, HORIZON))
    late = at("2026-11-26 05:45")
    assert plan(Content(events=(event,)), first, rules, late, HORIZON).next_at == at("2026-11-26 07:30")


def test_what_waits_for_a_person_moves_to_the_next_opening_once_the_hours_close() -> None:
    reminder = Rule(
        name="remind", kind="reminder", audiences=("newsletter",), ask=True, grace=timedelta(hours=24),
        when=Offset(side="before", length=timedelta(hours=48)),
    )  # fmt: skip
    event = an_event(uid="", path="one.md", when=Timed(starts_at=at("2026-11-26 17:30")))
    site = Twice(rules=some_rules(reminder, hours=Hours()), events={"one.md": event}, now=at("2026-11-20 09:00"))
    found: list[datetime] = []
    for text in ("2026-11-20 09:00", "2026-11-24 17:40", "2026-11-24 18:02"):
        site.now = at(text)
        assert site.look()
        site.record()
        found += [row.due_at for row in site.memory.deliveries.values()]
    assert found == [at("2026-11-24 17:30"), at("2026-11-24 17:30"), at("2026-11-25 08:30")]
