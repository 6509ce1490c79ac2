"""Every ledger against the simplest thing that could be one: a memory, made anew at each step."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from notifier.core.delivery import EVERYTHING, FINAL, PLANNABLE, Decision, Delivery, Memory, SeenEvent, Told
from notifier.core.event import AllDay, Event, Timed
from notifier.core.facts import facts_of
from notifier.core.plan import Plan, Window
from notifier.core.zones import instant
from notifier.edges.ledger import SqlLedger, open_ledger
from notifier.edges.memory_ledger import MemoryLedger
from tests.builders import UID, a_delivery, a_seen_event, an_event, at
from tests.edges.ledgers import Ledger
from tests.postgres import shared
from tests.soak import SOAK
from tests.strategies import any_text

START = at("2026-12-01 09:00")
KEYS = ("a", "b", "c")
ZONES = st.sampled_from(["Europe/London", "America/New_York", "Asia/Taipei", "Australia/Lord_Howe", "UTC"])

minutes = st.integers(0, 120).map(lambda number: START + timedelta(minutes=number))
planned = st.builds(
    a_delivery, key=st.sampled_from(KEYS), due_at=minutes, status=st.sampled_from(["planned", "held", "missed"])
)
dropped = st.builds(a_delivery, key=st.sampled_from(KEYS), status=st.sampled_from(["skipped", "withdrawn"]))
statuses = st.sampled_from(
    ["planned", "held", "drafted", "sending", "sent", "missed", "failed", "withdrawn", "unknown"]
)
times = st.builds(
    lambda wall, zone: instant(wall.date(), wall.time(), zone),
    st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)),
    ZONES,
)
whens = st.one_of(
    st.none(),
    st.builds(AllDay, first=st.dates(), last=st.dates()),
    st.builds(Timed, starts_at=times, ends_at=st.none() | times),
)
events = st.builds(
    an_event, when=whens, title=any_text, body=any_text, location=st.none() | any_text, topics=st.tuples(any_text)
)
seen_events = st.builds(a_seen_event, events)


@pytest.fixture(scope="module", params=["memory", "postgres"])
def one(request: pytest.FixtureRequest) -> Iterator[SqlLedger]:
    """One ledger for all that is written here, since each only adds to it."""
    with closing(open_ledger("sqlite://" if request.param == "memory" else shared().database())) as opened:
        yield opened


@given(seen=seen_events)
def test_whatever_an_author_writes_comes_back_exactly(one: SqlLedger, seen: SeenEvent) -> None:
    ledger, after = one, one.snapshot().window_end
    ledger.record(Plan(at=START, window=Window(after=after, until=START), seen=(seen,)))
    back = ledger.snapshot().seen[UID]
    assert back == seen
    assert wall_clocks(back.event) == wall_clocks(seen.event)


def wall_clocks(event: Event) -> str:
    return f"{event.when}" if isinstance(event.when, Timed) else ""


names = st.sampled_from(["site", "source:a", "source:b"])
some_facts = st.none() | st.just(()) | st.just((facts_of(an_event()),))


class LedgerMachine(RuleBasedStateMachine):
    """Plans, moves and decisions in any order, some of them made from a memory that is out of date."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.ledger = self.opened()
        self.model = Memory()
        self.older = Memory()
        self.decided: list[Decision] = []
        self.made: list[Delivery] = []

    def opened(self) -> Ledger:
        return open_ledger(f"sqlite:///{Path(self.folder.name) / 'ledger.db'}")

    def teardown(self) -> None:
        self.ledger.close()
        self.folder.cleanup()

    @rule()
    def look(self) -> None:
        self.older = self.model

    @rule()
    def start_again(self) -> None:
        self.ledger.close()
        self.ledger = self.opened()

    @rule(
        rows=st.lists(planned | dropped, max_size=3, unique_by=lambda row: row.key),
        late=st.booleans(),
        ended=st.lists(names, max_size=2),
        begun=st.sets(names),
        revisions=st.dictionaries(st.sampled_from("ab"), st.sampled_from("12")),
    )
    def record(
        self, rows: list[Delivery], late: bool, ended: list[str], begun: set[str], revisions: dict[str, str]
    ) -> None:
        after = self.older.window_end if late else self.model.window_end
        until = (self.model.window_end or START) + timedelta(minutes=1)
        plan = Plan(
            at=until, window=Window(after=after, until=until),
            deliveries=tuple(self.known(row) for row in rows if row.status in ("planned", "held", "missed")),
            skips=tuple(self.known(row) for row in rows if row.status == "skipped"),
            withdrawals=tuple(self.known(row) for row in rows if row.status == "withdrawn"),
            baselines=dict.fromkeys(begun, until), ended=tuple(ended), revisions=revisions,
        )  # fmt: skip
        expected = after == self.model.window_end
        assert self.ledger.record(plan) is expected
        if expected:
            kept = dict(self.model.deliveries) | {row.key: merged(self.model.deliveries, row) for row in rows}
            looks = {name: first for name, first in self.model.baselines.items() if name not in ended}
            self.model = replace(
                self.model,
                window_end=until,
                deliveries=kept,
                baselines={**dict.fromkeys(begun, until), **looks},
                revisions={**self.model.revisions, **revisions},
            )

    def known(self, row: Delivery) -> Delivery:
        """As the plan does: the very same object again, where it changes nothing about it."""
        if row in self.made:
            return self.made[self.made.index(row)]
        self.made.append(row)
        stored = self.ledger.snapshot().deliveries.get(row.key)
        return stored if stored == row else row

    @rule(
        key=st.sampled_from(KEYS),
        to=statuses,
        late=st.booleans(),
        attempt=st.booleans(),
        draft=st.none() | st.just("d"),
        facts=some_facts,
    )
    def move(self, key: str, to: Any, *, late: bool, attempt: bool, draft: str | None, facts: Any) -> None:
        row = (self.older if late else self.model).deliveries.get(key)
        if row is None or (row.status in FINAL and to != row.status):
            return
        telling = Told(audience="x", uid=key, facts=facts_of(an_event()), delivery_key=key, at=START)
        current = self.model.deliveries[key]
        result = self.ledger.move(row, to, at=START, draft_id=draft, attempt=attempt, told=(telling,), facts=facts)
        if (row.status, row.attempts) != (current.status, current.attempts):
            assert result is None
            return
        stated = () if to in PLANNABLE else current.facts if facts is None else facts
        expected = replace(
            current, status=to, draft_id=draft, retry_at=None, attempts=row.attempts + attempt, facts=stated
        )
        assert result == expected
        rows = {**self.model.deliveries, key: expected}
        self.model = replace(self.model, deliveries=rows, told={**self.model.told, ("x", key): telling})

    @rule(key=st.sampled_from(KEYS))
    def decide(self, key: str) -> None:
        decision = self.a_decision(key, "approve")
        assert self.ledger.decide(decision)
        self.remember(decision)

    @rule(key=st.sampled_from(KEYS), to=statuses, late=st.booleans(), corrections=st.integers(0, 3))
    def settle(self, key: str, to: Any, late: bool, corrections: int) -> None:
        row = (self.older if late else self.model).deliveries.get(key)
        if row is None or (row.status in FINAL and to != row.status):
            return
        facts, current = facts_of(an_event()), self.model.deliveries[key]
        telling = Told(audience="x", uid=key, facts=facts, delivery_key=key, at=START, corrections=corrections)
        decision = self.a_decision(key, "settle")
        done = self.ledger.decide(decision, row, to, sent_at=START, told=[telling])
        assert done == ((row.status, row.attempts) == (current.status, current.attempts))
        if done:
            stated = () if to in PLANNABLE else current.facts
            new = replace(current, status=to, reasons=(), retry_at=None, sent_at=START, facts=stated)
            rows, heard = {**self.model.deliveries, key: new}, {**self.model.told, ("x", key): telling}
            self.model = replace(self.model, deliveries=rows, told=heard)
            # It says what became of a row, and leaves what was decided about sending it.
            self.decided.append(decision)

    def remember(self, decision: Decision) -> None:
        self.decided.append(decision)
        self.model = replace(self.model, decisions={**self.model.decisions, decision.key: decision})

    @rule(act=st.sampled_from(["pause", "resume"]))
    def pause(self, act: Any) -> None:
        decision = self.a_decision(EVERYTHING, act)
        assert self.ledger.decide(decision)
        self.decided.append(decision)
        self.model = replace(self.model, paused=decision if act == "pause" else None)

    def a_decision(self, key: str, act: Any) -> Decision:
        return Decision(key=key, act=act, by="anna", at=START, note=f"{len(self.decided)}", via=f"console {act}")

    @invariant()
    def the_ledger_holds_what_the_model_holds(self) -> None:
        assert self.ledger.snapshot() == self.model
        assert self.ledger.decided() == tuple(self.decided)

    @invariant()
    def rows_of_a_state_are_those_that_have_it(self) -> None:
        wanted = [row for row in self.model.deliveries.values() if row.status in ("planned", "sent")]
        assert self.ledger.rows("planned", "sent") == tuple(sorted(wanted, key=lambda row: (row.due_at, row.key)))

    @invariant()
    def the_history_ends_where_the_row_is(self) -> None:
        for key, row in self.model.deliveries.items():
            steps = self.ledger.transitions(key)
            assert steps[0].from_status is None
            assert steps[-1].to_status == row.status
            assert all(one.to_status == two.from_status for one, two in pairwise(steps))

    @invariant()
    def the_version_counts_every_act(self) -> None:
        moves = sum(len(self.ledger.transitions(key)) for key in self.model.deliveries)
        assert self.ledger.version() == (self.model.window_end, moves + len(self.decided))


class AtAServer(LedgerMachine):
    """The same in a PostgreSQL."""

    def opened(self) -> Ledger:
        self.url = getattr(self, "url", None) or shared().database()
        return open_ledger(self.url)

    def teardown(self) -> None:
        super().teardown()
        shared().drop(self.url)


class InDictionaries(LedgerMachine):
    """The same without a file: what it is closed with is what it goes on with."""

    def opened(self) -> Ledger:
        self.only = getattr(self, "only", None) or MemoryLedger()
        return self.only


def merged(stored: Mapping[str, Delivery], row: Delivery) -> Delivery:
    old = stored.get(row.key)
    if old is None:
        return row
    if old.status not in PLANNABLE:
        return old
    return replace(row, draft_id=old.draft_id, attempts=old.attempts, retry_at=old.retry_at, sent_at=old.sent_at)


TestLedger = LedgerMachine.TestCase
TestAtAServer = AtAServer.TestCase
TestInDictionaries = InDictionaries.TestCase
if not SOAK:
    TestLedger.settings = settings(max_examples=20, stateful_step_count=25)
    TestAtAServer.settings = settings(max_examples=20, stateful_step_count=25)
    TestInDictionaries.settings = settings(max_examples=100, stateful_step_count=40)
