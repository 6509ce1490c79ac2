"""What people asked to be sent once is kept for ever, as it was asked for, and told twice it is kept once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.keeping import one_off_kept
from notifier.core.one_off import OneOff
from notifier.edges.ledger import open_ledger
from notifier.edges.memory_ledger import MemoryLedger
from tests.edges.ledgers import LATER, NOW, Ledger, a_decision, a_plan

KEY = "one_off/w-1/newsletter"
YES = a_decision(key=KEY, act="approve", fingerprint="f00d")


def a_one_off(**changes: Any) -> OneOff:
    start = OneOff(
        key=KEY, audience="newsletter", event_uids=("a@example.org", "b@example.org"), subject="We moved",
        note="To number *four*.\n\n- and on", due_at=LATER, expires_at=LATER + timedelta(days=1), people=120,
        by="Anna", asked_at=NOW,
    )  # fmt: skip
    return replace(start, **changes)


@pytest.mark.parametrize("one", [a_one_off(), a_one_off(event_uids=(), people=None)])
def test_what_was_asked_for_comes_back_whole(ledger: Ledger, one: OneOff) -> None:
    assert ledger.ask(one, YES)
    assert ledger.snapshot().one_offs == {KEY: one}
    assert ledger.snapshot().decisions == {KEY: YES}


def test_asked_twice_the_first_stays_and_no_second_yes_is_kept(ledger: Ledger) -> None:
    ledger.ask(a_one_off(), YES)
    assert not ledger.ask(a_one_off(note="Another text."), replace(YES, by="Ben"))
    assert ledger.snapshot().one_offs == {KEY: a_one_off()}
    assert ledger.decided() == (YES,)


def test_without_a_yes_none_is_kept(ledger: Ledger) -> None:
    assert ledger.ask(a_one_off())
    assert ledger.decided() == ()


def test_a_yes_to_something_else_is_refused(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="is no yes to"):
        ledger.ask(a_one_off(), a_decision(key="reminder/day/x/2026-12-09/newsletter"))
    with pytest.raises(ValueError, match="is no yes to"):
        ledger.ask(a_one_off(), replace(YES, act="hold"))
    assert ledger.snapshot().one_offs == {}


def test_it_is_news_to_a_tick(ledger: Ledger) -> None:
    ledger.record(a_plan())
    before = ledger.version()
    ledger.ask(a_one_off())
    between = ledger.version()
    ledger.ask(a_one_off(key="one_off/w-2/newsletter"), replace(YES, key="one_off/w-2/newsletter"))
    assert len({before, between, ledger.version()}) == 3


def test_times_come_back_in_utc(ledger: Ledger) -> None:
    zone = ZoneInfo("Australia/Lord_Howe")
    local = {name: getattr(a_one_off(), name).astimezone(zone) for name in ("due_at", "expires_at", "asked_at")}
    ledger.ask(a_one_off(**local))
    kept = ledger.snapshot().one_offs[KEY]
    assert kept == a_one_off()
    assert kept.due_at.tzinfo is not zone


@given(st.text(max_size=200), st.text(max_size=200), st.text(max_size=40))
def test_every_ledger_keeps_the_same_words(subject: str, note: str, by: str) -> None:
    one = a_one_off(subject=subject, note=note, by=by)
    ledgers: list[Ledger] = [open_ledger("sqlite://"), MemoryLedger()]
    for ledger in ledgers:
        ledger.ask(one)
    assert [ledger.snapshot().one_offs[KEY] for ledger in ledgers] == [one_off_kept(one)] * 2
    ledgers[0].close()


def test_another_process_knows_of_it_at_once(url: Any) -> None:
    ours, theirs = open_ledger(url), open_ledger(url)
    ours.snapshot()
    theirs.ask(a_one_off(), YES)
    assert ours.snapshot().one_offs == {KEY: a_one_off()}
    assert not ours.ask(a_one_off(), replace(YES, by="Ben"))
    ours.close()
    theirs.close()
