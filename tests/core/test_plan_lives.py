"""What must hold of every plan through a life of edits, mails, corrections, digests and people's decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from random import Random
from typing import Any

import pytest

from notifier.core.answers import Answers
from notifier.core.delivery import Act, Delivery
from notifier.core.event import Content, Event, Reason
from notifier.core.identity import settle
from notifier.core.plan import Plan, plan
from notifier.core.rule import Hours, Offset, Rule, Rules
from tests.builders import a_rule, a_time, all_day, an_announcement_rule, an_event, at, some_rules
from tests.simulate import HORIZON, Simulation, recorded

START = at("2026-10-19 07:30")

CORRECTIONS = (
    Rule(name="correction", kind="change", audiences=("newsletter",)),
    Rule(name="called-off", kind="cancellation", audiences=("newsletter",)),
    Rule(name="write-up", kind="follow_up", audiences=("newsletter",)),
)
DIGEST = Rule(name="weekly", kind="digest", audiences=("newsletter",), cron="0 9 * * wed")
REMINDERS = (
    a_rule(name="week", when=Offset(side="before", length=timedelta(days=7), at=time(10))),
    a_rule(name="day", when=Offset(side="before", length=timedelta(days=1), at=time(10))),
    a_rule(name="hours", when=Offset(side="before", length=timedelta(hours=3))),
    a_rule(name="thanks", when=Offset(side="after", length=timedelta(days=1), of="end", at=time(11))),
)
EDITS: Sequence[Mapping[str, Any]] = (
    {"status": "cancelled"}, {"status": "scheduled"}, {"status": "postponed"}, {"status": "past"},
    {"published": False}, {"published": True}, {"summary": "Other words."}, {"join_url": "https://meet.example.com/new"},
    {"location": "Old School"}, {"full": True}, {"full": False}, {"notify": False}, {"access": "invitation"},
    {"access": "open"}, {"recording_url": "https://video.example.org/1"}, {"reminders": ("day",)},
    {"doubts": (Reason(code="two-dates", text="It gives two dates."),)}, {"doubts": ()},
)  # fmt: skip
ACTS: Sequence[Act] = ("hold", "release", "approve", "skip")

WAITS = [timedelta(minutes=minutes) for minutes in (1, 20, 31, 125, 400, 1000, 1440, 2880)]
HOURS = (None, Hours(), Hours(), Hours(start=time(9), end=time(9, 30)))


def some_site(chance: Random) -> Rules:
    reminders = chance.sample(REMINDERS, chance.randint(1, 4))
    return some_rules(
        an_announcement_rule(), *reminders, *CORRECTIONS, *chance.choice([(), (DIGEST,)]),
        per_day=chance.choice([1, 1, 2, 99]), hours=chance.choice(HOURS),
    )  # fmt: skip


@dataclass(slots=True)
class Life:
    """A small site: what its files say now, and what became of it. Each plan is made by a service that goes on, and anew."""

    rules: Rules
    now: datetime = START
    events: dict[str, Event] = field(default_factory=dict)
    simulation: Simulation = field(init=False)
    kept: Answers = field(default_factory=Answers)

    def __post_init__(self) -> None:
        self.simulation = Simulation(rules=self.rules)

    def create(self, number: int, days: int, hour: int, *, whole: bool) -> None:
        day = (self.now + timedelta(days=days)).date()
        when = all_day(str(day)) if whole else a_time(f"{day} {hour:02}:00", ends=f"{hour + 1:02}:00")
        name = f"{number}.md"
        known = self.events.get(name)
        fresh = an_event(uid="", path=name, title=f"Event {number}", when=when)
        self.events[name] = replace(known, when=when, zone=fresh.zone, zone_basis=fresh.zone_basis) if known else fresh

    def edit(self, number: int, changes: Mapping[str, Any]) -> None:
        if (name := f"{number}.md") in self.events:
            self.events[name] = replace(self.events[name], **changes)

    def decide(self, number: int, act: Act) -> None:
        self.rest()
        rows = [row for row in self.simulation.memory.deliveries.values() if row.status in ("planned", "held")]
        if rows:
            row = sorted(rows, key=lambda row: row.key)[number % len(rows)]
            try:
                self.simulation.decide(row.key, act, self.now, self.events.values())
            except AssertionError:
                return  # nothing asks for it any more

    def content(self) -> Content:
        return settle(Content(events=tuple(self.events.values())), self.simulation.memory, self.rules, self.now)

    def plan(self) -> Plan:
        memory, content = self.simulation.memory, self.content()
        made = plan(content, memory, self.rules, self.now, HORIZON, kept=self.kept)
        assert made == plan(content, memory, self.rules, self.now, HORIZON), "what was kept shows"
        return made

    def rest(self) -> Plan:
        """Tick until nothing goes out any more; the last plan, recorded."""
        for _ in range(6):
            before = len(self.simulation.sent)
            self.simulation.tick(self.events.values(), self.now)
            if len(self.simulation.sent) == before:
                break
        made = self.plan()
        self.simulation.memory = recorded(self.simulation.memory, made)
        return made

    def step(self, chance: Random) -> None:
        match chance.randrange(10):
            case 0 | 1:
                days, hour = chance.randint(-1, 10), chance.randint(6, 21)
                self.create(chance.randrange(4), days, hour, whole=chance.randrange(5) == 0)
            case 2 | 3:
                self.edit(chance.randrange(4), chance.choice(EDITS))
            case 4:
                self.decide(chance.randrange(20), chance.choice(ACTS))
            case _:
                self.now += chance.choice(WAITS)
                self.check_next(self.rest(), chance.random())

    def check_next(self, made: Plan, share: float) -> None:
        """Somewhere before `next_at` the same files would be planned as they are."""
        now, rows = self.now, self.simulation.memory.deliveries
        assert made.next_at is None or made.next_at > now
        self.now += timedelta(days=100) if made.next_at is None else (made.next_at - now) * share
        again = plan(self.content(), self.simulation.memory, self.rules, self.now, HORIZON)
        after = recorded(self.simulation.memory, again).deliveries
        others = [f"{short(rows.get(key))}\n  {short(row)}" for key, row in after.items() if row != rows.get(key)]
        assert not others, "\n".join([f"{now} to {self.now}, next {made.next_at}", *others])
        assert (again.feeds, again.seen, again.withdrawals) == (made.feeds, (), ())
        self.now = now


def short(row: Delivery | None) -> str:
    """What tells two rows apart, as a failing test shows it."""
    if row is None:
        return "none"
    said = ", ".join(f"{reason.code} ({reason.text})" for reason in row.reasons)
    return f"{row.status} {row.key} {row.due_at} to {row.expires_at}: {said}"


@pytest.mark.parametrize("seed", range(30))
def test_nothing_goes_out_twice_or_unexplained_and_the_next_turn_is_known(seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - chance that can be repeated
    life = Life(rules=some_site(chance))
    life.rest()
    for _ in range(60):
        life.step(chance)
    life.rest()
    keys = [key for key, _ in life.simulation.sent]
    assert len(keys) == len(set(keys))
    for row in life.simulation.memory.deliveries.values():
        assert row.status != "planned" or row.due_at > life.now, f"due and not sent: {short(row)}"
        assert row.reasons
        assert all(reason.text.endswith((".", "?", "!")) for reason in row.reasons), short(row)
