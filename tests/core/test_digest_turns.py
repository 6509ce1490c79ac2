"""When digests must be planned anew although nothing changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from notifier.core.delivery import Memory
from notifier.core.digest import digest_turns
from notifier.core.event import Event
from notifier.core.rule import Hours, Rules
from tests.builders import a_rule, at, some_rules
from tests.digests import a_digest_rule, an_event_at, digest_rules, digests, known, recorded

FRIDAY = an_event_at("2026-11-06 14:00", "Friday")
DAY = timedelta(days=1)


def next_turn(
    now: str, events: Sequence[Event] = (FRIDAY,), rules: Rules | None = None, memory: Memory | None = None
) -> datetime:
    """The first turn after a plan that looks a day ahead."""
    rules, memory = rules or digest_rules(), memory or known(*events)
    planned = digests(memory, events, at(now), rules, DAY)
    return min(digest_turns(planned, recorded(memory, planned, at(now)), rules, at(now), DAY))


def test_the_next_one_comes_within_the_horizon() -> None:
    assert next_turn("2026-10-31 12:00", memory=known(FRIDAY, baselines={"site": at("2026-10-31 12:00")})) == at(
        "2026-11-01 09:30"
    )


def test_one_that_is_planned_is_due() -> None:
    assert next_turn("2026-11-01 12:00") == at("2026-11-02 09:30")


def test_one_that_is_late_is_no_longer_of_use() -> None:
    assert next_turn("2026-11-02 12:00") == at("2026-11-04 03:30")


def test_an_event_of_one_that_is_late_begins() -> None:
    soon = an_event_at("2026-11-02 14:00", "Soon")
    assert next_turn("2026-11-02 12:00", (soon, FRIDAY)) == at("2026-11-02 14:00")


def test_the_hours_close_on_one_that_is_late() -> None:
    assert next_turn("2026-11-02 12:00", rules=digest_rules(hours=Hours())) == at("2026-11-02 18:01")


def test_the_hours_open_for_one_that_is_late() -> None:
    assert next_turn("2026-11-02 20:00", rules=digest_rules(hours=Hours())) == at("2026-11-03 08:30")


def test_the_next_attempt_may_be_made() -> None:
    planned = digests(known(FRIDAY), (FRIDAY,), at("2026-11-02 12:00"), horizon=DAY)
    rows = {row.key: replace(row, retry_at=at("2026-11-02 12:05")) for row in planned}
    memory = replace(known(FRIDAY), deliveries=rows, window_end=at("2026-11-02 12:00"))
    turns = digest_turns(planned, memory, digest_rules(), at("2026-11-02 12:01"), DAY)
    assert min(turns) == at("2026-11-02 12:05")


def test_a_line_that_never_comes_has_no_turns() -> None:
    rules = digest_rules(a_digest_rule(cron="0 0 31 2 *"))
    assert list(digest_turns((), known(), rules, at("2026-11-01 12:00"), DAY)) == []


def test_other_rules_have_no_turns_here() -> None:
    assert list(digest_turns((), known(), some_rules(a_rule()), at("2026-11-01 12:00"), DAY)) == []
