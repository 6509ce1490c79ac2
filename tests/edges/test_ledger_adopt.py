"""Revisions that a folder of calendars knows and the ledger doesn't: they are recorded like any other look, or not at all."""

from __future__ import annotations

from datetime import timedelta

from notifier.core.manifest import adopted
from tests.builders import UID, a_seen_event
from tests.edges.ledgers import LATER, NOW, Ledger, a_plan

GIVEN = (7, LATER + timedelta(days=1))
OLD = a_seen_event(sequence=1, changed_at=NOW)


def test_what_was_adopted_comes_back_exactly(ledger: Ledger) -> None:
    ledger.record(a_plan(seen=(OLD,)))
    new = adopted(OLD, GIVEN)
    assert ledger.record(a_plan(after=NOW, until=LATER, seen=(new,)))
    assert ledger.snapshot().seen == {UID: new}
    assert (new.sequence, new.changed_at) == (7, GIVEN[1] + timedelta(seconds=1))


def test_an_empty_ledger_takes_it_with_its_first_look(ledger: Ledger) -> None:
    new = adopted(OLD, GIVEN)
    assert ledger.record(a_plan(seen=(new,)))
    assert ledger.snapshot().seen == {UID: new}


def test_a_look_from_before_cannot_take_it_back(ledger: Ledger) -> None:
    ledger.record(a_plan(seen=(OLD,)))
    new = adopted(OLD, GIVEN)
    ledger.record(a_plan(after=NOW, until=LATER, seen=(new,)))
    assert not ledger.record(a_plan(after=NOW, until=LATER + timedelta(hours=1), seen=(OLD,)))
    assert ledger.snapshot().seen == {UID: new}


def test_whoever_rests_on_an_older_look_is_told_to_look_again(ledger: Ledger) -> None:
    ledger.record(a_plan(seen=(OLD,)))
    before = ledger.version()
    ledger.record(a_plan(after=NOW, until=LATER, seen=(adopted(OLD, GIVEN),)))
    assert ledger.version() != before
