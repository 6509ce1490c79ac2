"""A ledger against the simplest thing that could be one: four dictionaries."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from notifier.core.delivery import FINAL, PLANNABLE, Delivery, Memory, SeenEvent, Told
from notifier.core.event import AllDay, Event, Timed
from notifier.core.facts import facts_of
from notifier.core.plan import Plan, Window
from notifier.core.zones import instant
from notifier.edges.ledger import open_ledger
from tests.builders import UID, a_delivery, a_seen_event, an_event, at
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


@given(seen=seen_events)
def test_whatever_an_author_writes_comes_back_exactly(seen: SeenEvent) -> None:
    ledger = open_ledger("sqlite://")
    ledger.record(Plan(at=START, window=Window(after=None, until=START), seen=(seen,)))
    back = ledger.snapshot().seen[UID]
    ledger.close()
    assert back == seen
    assert wall_clocks(back.event) == wall_clocks(seen.event)


def wall_clocks(event: Event) -> str:
    return f"{event.when}" if isinstance(event.when, Timed) else ""


class LedgerMachine(RuleBasedStateMachine):
    """Plans and moves in any order, some of them made from a memory that is out of date."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.url = f"sqlite:///{Path(self.folder.name) / 'ledger.db'}"
        self.ledger = open_ledger(self.url)
        self.model = Memory()
        self.older = Memory()

    def teardown(self) -> None:
        self.ledger.close()
        self.folder.cleanup()

    @rule()
    def look(self) -> None:
        self.older = self.model

    @rule()
    def start_again(self) -> None:
        self.ledger.close()
        self.ledger = open_ledger(self.url)

    @rule(rows=st.lists(planned | dropped, max_size=3, unique_by=lambda row: row.key), late=st.booleans())
    def record(self, rows: list[Delivery], late: bool) -> None:
        after = self.older.window_end if late else self.model.window_end
        until = (self.model.window_end or START) + timedelta(minutes=1)
        plan = Plan(
            at=until, window=Window(after=after, until=until), deliveries=tuple(rows), baselines={"site": until}
        )
        expected = after == self.model.window_end
        assert self.ledger.record(plan) is expected
        if expected:
            kept = dict(self.model.deliveries) | {row.key: merged(self.model.deliveries, row) for row in rows}
            baselines = self.model.baselines or {"site": until}
            self.model = replace(self.model, window_end=until, deliveries=kept, baselines=baselines)

    @rule(
        key=st.sampled_from(KEYS),
        to=statuses,
        late=st.booleans(),
        attempt=st.booleans(),
        draft=st.none() | st.just("d"),
    )
    def move(self, key: str, to: Any, late: bool, attempt: bool, draft: str | None) -> None:
        row = (self.older if late else self.model).deliveries.get(key)
        if row is None or (row.status in FINAL and to != row.status):
            return
        telling = Told(audience="x", uid=key, facts=facts_of(an_event()), delivery_key=key, at=START)
        current = self.model.deliveries[key]
        result = self.ledger.move(row, to, at=START, draft_id=draft, attempt=attempt, told=(telling,))
        if (row.status, row.attempts) != (current.status, current.attempts):
            assert result is None
            return
        expected = replace(current, status=to, draft_id=draft, retry_at=None, attempts=row.attempts + attempt)
        assert result == expected
        rows = {**self.model.deliveries, key: expected}
        self.model = replace(self.model, deliveries=rows, told={**self.model.told, ("x", key): telling})

    @invariant()
    def the_ledger_holds_what_the_model_holds(self) -> None:
        assert self.ledger.snapshot() == self.model

    @invariant()
    def the_history_ends_where_the_row_is(self) -> None:
        for key, row in self.model.deliveries.items():
            steps = self.ledger.transitions(key)
            assert steps[0].from_status is None
            assert steps[-1].to_status == row.status
            assert all(one.to_status == two.from_status for one, two in pairwise(steps))


def merged(stored: Mapping[str, Delivery], row: Delivery) -> Delivery:
    old = stored.get(row.key)
    if old is None:
        return row
    if old.status not in PLANNABLE:
        return old
    return replace(row, draft_id=old.draft_id, attempts=old.attempts, retry_at=old.retry_at, sent_at=old.sent_at)


TestLedger = LedgerMachine.TestCase
if not SOAK:
    TestLedger.settings = settings(max_examples=20, stateful_step_count=25)
