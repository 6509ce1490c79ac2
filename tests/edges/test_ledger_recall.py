"""The ledger remembers what it read last, and never longer than it is true."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notifier.core.delivery import EVERYTHING, Act, Decision, Delivery, DeliveryStatus, Memory, Told
from notifier.core.facts import facts_of
from notifier.core.plan import Plan, Window
from notifier.edges.ledger import SqlLedger, open_ledger
from notifier.errors import UserError
from tests.builders import a_delivery, a_seen_event, an_event, at
from tests.postgres import shared

NOW = at("2026-12-08 09:00").astimezone(UTC)
#: The same instant elsewhere: what is written so is read back in UTC.
ELSEWHERE = NOW.astimezone(timezone(timedelta(hours=5, minutes=45)))


@pytest.fixture
def ledgers(url: str) -> Iterator[tuple[SqlLedger, SqlLedger]]:
    """Two that are open on one file, as two programs would be."""
    one, other = open_ledger(url), open_ledger(url)
    yield one, other
    one.close()
    other.close()


def a_plan(memory: Memory, *rows: Delivery, minutes: int = 0, **changes: object) -> Plan:
    until = NOW + timedelta(minutes=minutes)
    made = Plan(at=until, window=Window(after=memory.window_end, until=until), deliveries=rows)
    return replace(made, **changes)  # type: ignore[arg-type]  # each test gives its own


def read_anew(url: str) -> Memory:
    fresh = open_ledger(url)
    memory = fresh.snapshot()
    fresh.close()
    return memory


def test_while_nobody_writes_the_memory_is_the_very_same(ledgers: tuple[SqlLedger, SqlLedger]) -> None:
    one, _ = ledgers
    one.record(a_plan(Memory(), a_delivery()))
    assert one.snapshot() is one.snapshot()


def test_what_was_not_rewritten_stays_the_very_same_row(ledgers: tuple[SqlLedger, SqlLedger]) -> None:
    one, _ = ledgers
    one.record(a_plan(Memory(), a_delivery(key="a"), a_delivery(key="b")))
    before = one.snapshot()
    one.move(before.deliveries["a"], "drafted", at=NOW)
    after = one.snapshot()
    assert after.deliveries["b"] is before.deliveries["b"]
    assert (before.deliveries["a"].status, after.deliveries["a"].status) == ("planned", "drafted")


def test_a_move_that_came_too_late_changes_nothing_that_is_remembered(ledgers: tuple[SqlLedger, SqlLedger]) -> None:
    one, _ = ledgers
    one.record(a_plan(Memory(), a_delivery()))
    one.snapshot()
    one.move(a_delivery(), "drafted", at=NOW)
    memory = one.snapshot()
    assert one.move(a_delivery(), "held", at=NOW) is None
    assert one.snapshot() is memory


def test_what_another_wrote_is_seen_at_once(ledgers: tuple[SqlLedger, SqlLedger]) -> None:
    one, other = ledgers
    one.record(a_plan(Memory(), a_delivery()))
    before = one.snapshot()
    other.move(a_delivery(), "held", at=NOW)
    assert one.snapshot() != before
    assert [row.status for row in one.rows("planned", "held")] == ["held"]


def test_a_plan_of_the_very_same_instant_by_another_is_seen(ledgers: tuple[SqlLedger, SqlLedger]) -> None:
    one, other = ledgers
    one.record(a_plan(Memory(), a_delivery()))
    one.snapshot()
    other.record(a_plan(Memory(window_end=NOW), a_delivery(due_at=NOW)))
    assert one.snapshot().deliveries[a_delivery().key].due_at == NOW


def test_what_stays_equal_when_another_wrote_stays_the_very_same(ledgers: tuple[SqlLedger, SqlLedger]) -> None:
    one, other = ledgers
    one.record(a_plan(Memory(), a_delivery(key="a"), a_delivery(key="b"), seen=(a_seen_event(),)))
    before = one.snapshot()
    other.move(before.deliveries["a"], "held", at=NOW)
    after = one.snapshot()
    assert after.deliveries["b"] is before.deliveries["b"]
    assert after.seen[an_event().uid] is before.seen[an_event().uid]


def test_what_nobody_wrote_to_stays_the_very_same_mapping(ledgers: tuple[SqlLedger, SqlLedger]) -> None:
    one, other = ledgers
    first = a_plan(Memory(), a_delivery(), seen=(a_seen_event(),), baselines={"site": NOW}, revisions={"website": "1"})
    one.record(first)
    one.decide(a_decision(a_delivery().key, 1), a_delivery(), "held", told=[a_telling()])
    one.decide(Decision(key=EVERYTHING, act="pause", by="anna", at=NOW))
    before = one.snapshot()
    other.record(a_plan(before, minutes=1))
    after = one.snapshot()
    assert after.window_end != before.window_end
    for part in ("baselines", "seen", "deliveries", "told", "decisions", "paused", "revisions"):
        assert getattr(after, part) is getattr(before, part), part


def test_what_was_only_decided_leaves_every_other_mapping_as_it_is(ledgers: tuple[SqlLedger, SqlLedger]) -> None:
    one, _ = ledgers
    one.record(a_plan(Memory(), a_delivery(), seen=(a_seen_event(),)))
    before = one.snapshot()
    one.decide(a_decision("another", 1))
    after = one.snapshot()
    assert after == replace(before, decisions={"another": one.decided()[0]})
    assert (after.seen is before.seen, after.deliveries is before.deliveries, after.told is before.told) == (True,) * 3


def a_telling() -> Told:
    return Told(
        audience="newsletter", uid=an_event().uid, facts=facts_of(an_event()), delivery_key=a_delivery().key, at=NOW
    )


def test_a_plan_rewrites_a_row_that_another_has_held(ledgers: tuple[SqlLedger, SqlLedger], url: str) -> None:
    """As it would without remembering: the row differs from what is planned, whoever made it so."""
    one, other = ledgers
    one.record(a_plan(Memory(), a_delivery()))
    row = one.snapshot().deliveries[a_delivery().key]
    other.move(row, "held", at=NOW)
    assert one.record(a_plan(Memory(window_end=NOW), row, minutes=1))
    assert read_anew(url).deliveries[row.key].status == "planned"


def test_what_failed_to_be_written_is_not_remembered(ledgers: tuple[SqlLedger, SqlLedger], url: str) -> None:
    one, _ = ledgers
    one.record(a_plan(Memory(), a_delivery()))
    before = one.snapshot()
    one.move(a_delivery(), "drafted", at=NOW)
    with pytest.raises(ValueError, match="time zone"):
        one.record(a_plan(before, a_delivery(key="b", due_at=NOW.replace(tzinfo=None)), minutes=1))
    assert one.snapshot() == read_anew(url) != before


def test_a_ledger_that_is_gone_is_said_though_all_is_remembered(ledgers: tuple[SqlLedger, SqlLedger], url: str) -> None:
    one, _ = ledgers
    one.snapshot()
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).unlink()
    else:
        shared().drop(url)
    with pytest.raises(UserError, match=r"moved or deleted|is being stopped or started"):
        one.snapshot()


acts = st.tuples(
    st.booleans(),
    st.sampled_from(["plan", "plan again", "move", "move", "tell", "decide", "settle", "pause", "look"]),
    st.integers(0, 3),
    st.sampled_from(["planned", "held", "drafted", "sending", "skipped", "unknown"]),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(acts, min_size=3, max_size=14))
@pytest.mark.parametrize("kind", ["file", "postgres"])
def test_two_that_write_by_turns_remember_what_is_there(
    tmp_path_factory: pytest.TempPathFactory, kind: str, steps: list[tuple[bool, str, int, DeliveryStatus]]
) -> None:
    folder = tmp_path_factory.mktemp("turns")
    url = f"sqlite:///{folder / 'ledger.db'}" if kind == "file" else shared().database()
    pair = [open_ledger(url) for _ in range(2)]
    memories = [ledger.snapshot() for ledger in pair]
    for minute, (which, act, number, status) in enumerate(steps, start=1):
        do(pair[which], act, memories[which], a_delivery(key=f"row {number}", status=status), minute)
        if act == "look":
            memories[which] = pair[which].snapshot()
    memories = [ledger.snapshot() for ledger in pair]
    rows = [ledger.rows("planned", "held", "drafted") for ledger in pair]
    decisions = [ledger.decided() for ledger in pair]
    for ledger in pair:
        ledger.close()
    assert memories == [read_anew(url)] * 2
    assert decisions == [decisions_anew(url)] * 2
    assert rows == [fresh_rows(url)] * 2
    assert {row.due_at.tzinfo for row in memories[0].deliveries.values()} <= {UTC}


def fresh_rows(url: str) -> tuple[Delivery, ...]:
    fresh = open_ledger(url)
    rows = fresh.rows("planned", "held", "drafted")
    fresh.close()
    return rows


def do(ledger: SqlLedger, act: str, memory: Memory, row: Delivery, minute: int) -> None:
    """One act of one of them, mostly with a memory that is no longer true."""
    match act:
        case "plan" | "plan again":
            known = ledger.snapshot() if act == "plan again" else memory
            seen = a_seen_event(replace(an_event(), title=f"Evening {minute}"), first_seen_at=ELSEWHERE)
            elsewhere = replace(row, due_at=ELSEWHERE, expires_at=ELSEWHERE + timedelta(days=1))
            ledger.record(
                a_plan(
                    known,
                    *known.deliveries.values(),
                    elsewhere,
                    minutes=minute,
                    seen=(seen,),
                    baselines={"site": ELSEWHERE, f"source:{minute % 3}": NOW},
                    ended=(f"source:{minute % 2}",),
                    revisions={"website": f"{minute % 2}"},
                )
            )
        case "decide" | "pause":
            made = a_decision(row.key, minute)
            ledger.decide(made if act == "decide" else replace(made, key=EVERYTHING, act=on_or_off(minute)))
        case _ if act != "look":
            stored = ledger.snapshot().deliveries.get(row.key)
            if stored is not None and stored.status != "sent":
                facts = facts_of(an_event(title=f"Evening {minute}"))
                told = Told(
                    audience="newsletter", uid=an_event().uid, facts=facts, delivery_key=row.key, at=ELSEWHERE,
                    corrections=minute,
                )  # fmt: skip
                if act == "settle":
                    ledger.decide(a_decision(row.key, minute), stored, row.status, sent_at=ELSEWHERE, told=[told])
                    return
                heard = [told] if act == "tell" else []
                ledger.move(stored, row.status, at=NOW, told=heard, attempt=True, facts=[facts])


def a_decision(key: str, minute: int) -> Decision:
    return Decision(key=key, act="hold", by="anna", at=ELSEWHERE, note=f"in minute {minute}")


def on_or_off(minute: int) -> Act:
    return "pause" if minute % 2 else "resume"


def decisions_anew(url: str) -> tuple[Decision, ...]:
    fresh = open_ledger(url)
    decisions = fresh.decided()
    fresh.close()
    return decisions
