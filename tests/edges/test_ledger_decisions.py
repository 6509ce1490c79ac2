"""What people decide is kept for ever, and moves a delivery or doesn't, in one step with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from notifier.core.delivery import EVERYTHING, Act, Decision, DeliveryStatus, trial_key
from notifier.core.keeping import Transition
from tests.builders import UID, a_delivery
from tests.edges.ledgers import HELD, LATER, NOW, Ledger, a_decision, a_plan, held, moved, told

PAUSE = Decision(key=EVERYTHING, act="pause", by="anna", at=NOW, note="Wait for the vote.")
RESUME = replace(PAUSE, act="resume", by="ben", at=LATER, note="")


@pytest.fixture
def planned(ledger: Ledger) -> Ledger:
    ledger.record(a_plan(a_delivery()))
    return ledger


def test_a_decision_comes_back_whole(ledger: Ledger) -> None:
    decision = a_decision(act="approve", fingerprint="f00d")
    assert ledger.decide(decision)
    assert ledger.decided() == (decision,)
    assert ledger.snapshot().decisions == {decision.key: decision}


def test_decisions_come_oldest_first_and_by_key(ledger: Ledger) -> None:
    some = [a_decision(key=key, at=at) for key, at in (("a", LATER), ("b", NOW), ("a", NOW))]
    assert all(ledger.decide(one) for one in some)
    assert ledger.decided() == tuple(some)
    assert ledger.decided("a") == (some[0], some[2])
    assert ledger.decided("c") == ()


def test_the_last_decision_about_a_key_counts_whatever_the_clock_said(ledger: Ledger) -> None:
    first, last = a_decision(act="hold", at=LATER), a_decision(act="release", at=NOW, fingerprint="f")
    ledger.decide(first)
    ledger.decide(last)
    assert ledger.snapshot().decisions == {last.key: last}


@pytest.mark.parametrize("act", ["retry", "settle"])
def test_another_attempt_leaves_an_approval_as_it_is(ledger: Ledger, act: Act) -> None:
    approval = a_decision(act="approve", fingerprint="f")
    ledger.decide(approval)
    ledger.decide(a_decision(act=act, at=LATER))
    assert ledger.snapshot().decisions == {approval.key: approval}


def test_the_same_decision_twice_is_kept_twice(ledger: Ledger) -> None:
    ledger.decide(a_decision())
    ledger.decide(a_decision())
    assert ledger.decided() == (a_decision(), a_decision())


def test_of_a_test_only_the_first_word_is_taken_as_the_first(ledger: Ledger) -> None:
    begun = Decision(key=trial_key("a"), act="try", by="anna", at=NOW, fingerprint="f")
    assert ledger.decide(begun, after=None)
    assert not ledger.decide(begun, after=None)
    assert ledger.decide(replace(begun, fingerprint="accepted"))
    assert not ledger.decide(begun, after=None)
    assert [one.fingerprint for one in ledger.decided()] == ["f", "accepted"]
    assert ledger.snapshot().decisions == {}


def test_where_it_came_from_is_kept_without_what_no_database_takes(ledger: Ledger) -> None:
    ledger.decide(a_decision(via="console: A\0 browser\ud800"))
    assert [one.via for one in ledger.decided()] == ["console: A\\x00 browser\\ud800"]


def test_a_decision_moves_its_row_and_says_why(planned: Ledger) -> None:
    assert planned.decide(a_decision(), a_delivery(), "skipped", reasons=[HELD])
    assert planned.rows() == (a_delivery(status="skipped", reasons=(HELD,)),)
    assert planned.transitions(a_delivery().key)[1:] == (
        Transition(key=a_delivery().key, from_status="planned", to_status="skipped", at=LATER, reasons=(HELD,)),
    )
    assert planned.decided() == (a_decision(),)


def test_a_decision_about_what_has_moved_meanwhile_is_not_recorded(planned: Ledger) -> None:
    row = moved(planned, a_delivery(), "drafted")
    before = planned.snapshot(), planned.version()
    assert not planned.decide(a_decision(), a_delivery(), "skipped", reasons=[HELD], told=[told()])
    assert (planned.snapshot(), planned.version()) == before
    assert (planned.rows(), planned.decided()) == ((row,), ())


def test_a_decision_about_another_attempt_is_not_recorded(planned: Ledger) -> None:
    moved(planned, a_delivery(), "drafted", "planned", attempt=True)
    assert not planned.decide(a_decision(), a_delivery(), "skipped")
    assert planned.decided() == ()


def test_a_decision_about_a_row_that_is_not_there_is_not_recorded(ledger: Ledger) -> None:
    assert not ledger.decide(a_decision(), a_delivery(), "skipped")
    assert ledger.decided() == ()


def test_a_decision_is_not_recorded_when_another_said_something_since_the_look(planned: Ledger) -> None:
    other = a_decision(act="hold", by="ben")
    assert planned.decide(other, a_delivery(), "held", reasons=[HELD])
    before = planned.snapshot(), planned.version()
    mine, row = a_decision(act="release", fingerprint="f"), a_delivery(status="held", reasons=(HELD,))
    assert not planned.decide(mine, row, "planned", after=None)
    assert not planned.decide(mine, after=replace(other, by="cleo"))
    assert (planned.snapshot(), planned.version(), planned.decided()) == (*before, (other,))

    assert planned.decide(mine, row, "planned", after=other)
    assert planned.decided() == (other, mine)


def test_what_says_nothing_of_going_out_is_nobody_elses_word(planned: Ledger) -> None:
    assert planned.decide(a_decision(act="retry"))
    assert planned.decide(a_decision(act="hold"), a_delivery(), "held", after=None)


def test_a_person_settles_what_nobody_knows_and_what_was_told_is_written_with_it(planned: Ledger) -> None:
    facts = (told().facts,)
    row = moved(planned, moved(planned, a_delivery(), "drafted", draft_id="d1", facts=facts), "unknown", draft_id="d1")
    settled = a_decision(act="settle")
    assert planned.decide(settled, row, "sent", sent_at=NOW, told=[told(corrections=2)])
    assert planned.rows() == (replace(row, status="sent", sent_at=NOW),)
    assert planned.snapshot().told == {("newsletter", UID): told(corrections=2)}


def test_a_decision_ends_the_waiting_and_leaves_what_the_provider_holds(planned: Ledger) -> None:
    row = moved(planned, a_delivery(), "failed", draft_id="d1", retry_at=LATER, attempt=True, reasons=[HELD])
    assert planned.decide(a_decision(act="retry"), row, "planned")
    assert planned.rows() == (a_delivery(draft_id="d1", attempts=1),)


def test_a_decision_takes_back_what_a_draft_stated_when_it_is_planned_again(planned: Ledger) -> None:
    row = moved(planned, a_delivery(), "drafted", draft_id="d1", facts=[told().facts])
    assert planned.decide(a_decision(act="hold"), row, "held", reasons=[HELD])
    assert planned.rows() == (held(a_delivery(draft_id="d1")),)


@pytest.mark.parametrize("final", ["sent", "missed"])
def test_nobody_decides_otherwise_about_what_is_final(planned: Ledger, final: DeliveryStatus) -> None:
    row = moved(planned, a_delivery(), "drafted", final)
    with pytest.raises(ValueError, match="final"):
        planned.decide(a_decision(act="retry"), row, "planned")
    assert (planned.rows(), planned.decided()) == ((row,), ())


def test_a_plan_rewrites_what_a_decision_moved_as_long_as_it_may(planned: Ledger) -> None:
    planned.decide(a_decision(), a_delivery(), "skipped", reasons=[HELD])
    planned.record(a_plan(a_delivery(), after=NOW, until=LATER))
    assert planned.rows() == (a_delivery(),)
    assert [step.to_status for step in planned.transitions(a_delivery().key)] == ["planned", "skipped", "planned"]


def test_nothing_is_paused_at_first(ledger: Ledger) -> None:
    assert ledger.snapshot().paused is None


def test_a_pause_stops_everything_until_it_is_taken_back(ledger: Ledger) -> None:
    ledger.decide(PAUSE)
    assert (ledger.snapshot().paused, ledger.snapshot().decisions) == (PAUSE, {})
    ledger.decide(RESUME)
    assert (ledger.snapshot().paused, ledger.snapshot().decisions) == (None, {})
    assert ledger.decided(EVERYTHING) == (PAUSE, RESUME)


def test_the_last_of_two_pauses_counts(ledger: Ledger) -> None:
    ledger.decide(PAUSE)
    ledger.decide(replace(PAUSE, by="ben"))
    assert ledger.snapshot().paused == replace(PAUSE, by="ben")


def test_the_version_rises_with_every_decision_and_with_every_move(planned: Ledger) -> None:
    numbers = [planned.version()[1]]
    acts = (
        lambda: planned.decide(a_decision(act="hold"), a_delivery(), "held"),
        lambda: planned.decide(a_decision()),
        lambda: planned.decide(PAUSE),
        lambda: planned.move(a_delivery(status="held"), "planned", at=LATER),
        lambda: planned.decide(RESUME),
    )
    for act in acts:
        assert act()
        numbers.append(planned.version()[1])
    assert sorted(set(numbers)) == numbers


@pytest.mark.parametrize("note", ["", "half a character \ud83d", "a nought \x00", "Zoë’s 👩‍💻\n\u202eline"])
def test_what_a_person_writes_stays_readable(ledger: Ledger, note: str) -> None:
    ledger.decide(a_decision(note=note, by=note))
    (back,) = ledger.decided()
    assert back.note == back.by == note.replace("\ud83d", "\\ud83d").replace("\x00", "\\x00")
    assert ledger.snapshot().decisions == {back.key: back}


def test_the_time_of_a_decision_comes_back_in_utc(ledger: Ledger) -> None:
    ledger.decide(a_decision(at=NOW.astimezone(ZoneInfo("Asia/Taipei"))))
    (back,) = ledger.decided()
    assert (back.at, back.at.tzinfo) == (NOW, UTC)


def test_a_decision_at_a_time_without_a_zone_is_refused(planned: Ledger) -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        planned.decide(a_decision(at=datetime(2026, 12, 1, 10)), a_delivery(), "skipped")
    assert (planned.rows(), planned.decided()) == ((a_delivery(),), ())


@pytest.mark.parametrize(
    ("act", "key", "more"),
    [
        ("pause", a_delivery().key, {}),
        ("skip", EVERYTHING, {}),
        ("skip", "another", {"row": a_delivery(), "to": "skipped"}),
        ("skip", a_delivery().key, {"row": a_delivery()}),
        ("skip", a_delivery().key, {"to": "skipped"}),
    ],
)
def test_a_decision_that_makes_no_sense_is_a_mistake(ledger: Ledger, act: Act, key: str, more: Any) -> None:
    with pytest.raises(ValueError, match=act):
        ledger.decide(a_decision(act=act, key=key), **more)
    assert ledger.decided() == ()


def test_what_nobody_wrote_to_stays_the_very_same_mapping(planned: Ledger) -> None:
    planned.decide(a_decision(act="hold"), a_delivery(), "held", told=[told()])
    before = planned.snapshot()
    planned.record(a_plan(a_delivery(), after=NOW, until=LATER))
    after = planned.snapshot()
    assert after.decisions is before.decisions
    assert after.told is before.told
    assert (after.seen, after.baselines, after.revisions) == (before.seen, before.baselines, before.revisions)
    assert planned.snapshot() is after


def test_a_memory_that_was_taken_never_changes(planned: Ledger) -> None:
    before = planned.snapshot()
    planned.decide(a_decision(), a_delivery(), "skipped", told=[told()])
    planned.record(a_plan(a_delivery(key="b"), after=NOW, until=LATER, baselines={"site": NOW}, revisions={"x": "1"}))
    planned.snapshot()
    assert before == replace(before, deliveries={a_delivery().key: a_delivery()}, told={}, decisions={}, baselines={})
