"""Planning alone, in memory: every event for the first time, then while nothing changes, and when one event does."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from operator import is_

import pytest

from notifier.core.answers import Answers
from notifier.core.event import Content, Event, Timed
from notifier.core.identity import Settling, guard_against_shrinking, settle
from notifier.core.plan import plan
from notifier.core.rule import Hours, Offset, Rule, Rules
from notifier.edges.memory_ledger import MemoryLedger
from notifier.tick import HORIZON
from tests.bench.measures import processor_seconds, say, seconds, tell
from tests.bench.scan import NOW
from tests.builders import an_announcement_rule, an_event, some_rules

pytestmark = pytest.mark.bench

SIZES = (200, 2_000, 20_000)
_ROUNDS = 9
#: By size: what a plan took after one event had changed, for the line about growth.
_one_changed: dict[int, float] = {}


@dataclass(slots=True)
class Site:
    """A site whose events lie within ten years of now, half of them over, planned and recorded time and again."""

    events: list[Event]
    rules: Rules
    now: datetime = NOW
    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    settling: Settling = field(default_factory=Settling)
    answers: Answers = field(default_factory=Answers)

    def look(self) -> None:
        """A look as a tick takes it, without files, providers and feeds."""
        memory = self.ledger.snapshot()
        content = settle(Content(events=tuple(self.events)), memory, self.rules, self.now, self.settling)
        guard_against_shrinking(content, memory, self.rules, self.now, self.settling)
        assert self.ledger.record(plan(content, memory, self.rules, self.now, HORIZON, kept=self.answers))

    def pass_a_minute(self) -> None:
        self.now += timedelta(minutes=1)
        self.look()

    def change(self, number: int) -> None:
        self.events[number] = replace(self.events[number], title=f"{self.events[number].title}, changed")
        self.pass_a_minute()


def a_site(size: int) -> Site:
    week = Rule(
        name="week", kind="reminder", audiences=("newsletter",), when=Offset(side="before", length=timedelta(days=7))
    )
    hours = replace(week, name="hours", when=Offset(side="before", length=timedelta(hours=2)))
    change, cancel = (Rule(name=kind, kind=kind, audiences=("newsletter",)) for kind in ("change", "cancellation"))
    rules = some_rules(an_announcement_rule(), week, hours, change, cancel, hours=Hours())
    first = NOW - timedelta(days=1_825)
    events = [
        an_event(
            uid="", path=f"_events/{number:05}.md", title=f"Evening {number}",
            when=Timed(starts_at=first + timedelta(days=3_650) * number / size),
        )
        for number in range(size)
    ]  # fmt: skip
    return Site(events=events, rules=rules)


@pytest.mark.parametrize("size", SIZES)
def test_planning(size: int) -> None:
    site = a_site(size)
    other = [*site.events]

    cold = processor_seconds(site.look)
    site.pass_a_minute()
    once = seconds(lambda: all(map(is_, site.events, other)), rounds=_ROUNDS)
    unchanged = seconds(site.pass_a_minute, rounds=_ROUNDS)
    numbers = iter(range(size // 2, size))
    changed = _one_changed[size] = seconds(lambda: site.change(next(numbers)), rounds=_ROUNDS)

    say(f"\nfirst plan of {size} events: {cold / size * 1_000_000:.0f} µs of processor time for each   aim <= 500")
    tell(f"plan of {size} events, none changed / looking at each once", unchanged, once, "none")
    tell(f"plan of {size} events, one changed / looking at each once", changed, once, "none")
    tell(f"plan of {size} events, one changed / the first plan", changed, cold, "<= 0.01 x at 20,000")


def test_growth_of_planning() -> None:
    for small, large in ((200, 2_000), (2_000, 20_000)):
        if {small, large} <= _one_changed.keys():
            what = f"plan after one change in {large} events / in {small}"
            tell(what, _one_changed[large], _one_changed[small], "<= 11 x")
