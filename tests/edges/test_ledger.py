"""What every ledger does: the one on a file, the same in memory, and the one that is dictionaries."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from notifier.core.delivery import DeliveryStatus, Memory
from notifier.core.event import Event, Timed
from notifier.core.keeping import Transition
from tests.builders import UID, a_delivery, a_minimal_event, a_seen_event, an_event, at
from tests.edges.ledgers import HELD, LATER, NOW, Ledger, a_plan, held, moved, told


def test_a_new_ledger_remembers_nothing(ledger: Ledger) -> None:
    assert ledger.snapshot() == Memory()


def test_what_a_plan_says_is_remembered_whole(ledger: Ledger) -> None:
    seen, row = a_seen_event(), held(a_delivery())
    recorded = ledger.record(a_plan(row, seen=(seen,), baselines={"site": NOW, "rule:day-before": NOW}))
    assert recorded
    assert ledger.snapshot() == Memory(
        window_end=NOW,
        baselines={"site": NOW, "rule:day-before": NOW},
        seen={UID: seen},
        deliveries={row.key: row},
    )


def test_withdrawals_and_skips_become_rows_too(ledger: Ledger) -> None:
    withdrawn, skipped = a_delivery(key="a", status="withdrawn"), a_delivery(key="b", status="skipped")
    ledger.record(a_plan(withdrawals=(withdrawn,), skips=(skipped,)))
    assert ledger.snapshot().deliveries == {"a": withdrawn, "b": skipped}


def test_a_plan_made_before_another_tick_recorded_changes_nothing(ledger: Ledger) -> None:
    ledger.record(a_plan())
    late = a_plan(a_delivery(), until=LATER, seen=(a_seen_event(),), baselines={"site": LATER})
    assert not ledger.record(late)
    assert ledger.snapshot() == Memory(window_end=NOW)


def test_a_plan_follows_on_the_window_before_it(ledger: Ledger) -> None:
    ledger.record(a_plan())
    assert ledger.record(a_plan(after=NOW, until=LATER))
    assert ledger.snapshot().window_end == LATER


def test_a_window_is_the_same_in_any_zone(ledger: Ledger) -> None:
    ledger.record(a_plan())
    assert ledger.record(a_plan(after=NOW.astimezone(ZoneInfo("Asia/Taipei")), until=LATER))


@pytest.mark.parametrize("before", ["planned", "held", "skipped", "withdrawn"])
def test_a_row_that_nothing_was_done_with_follows_the_plan(ledger: Ledger, before: DeliveryStatus) -> None:
    ledger.record(a_plan(a_delivery(status=before, reasons=(HELD,))))
    again = a_delivery(due_at=at("2026-12-07 10:00"), expires_at=at("2026-12-08 14:00"))
    ledger.record(a_plan(again, after=NOW, until=LATER))
    assert ledger.rows() == (again,)


@pytest.mark.parametrize(
    "way",
    [
        ("drafted",),
        ("drafted", "sending"),
        ("drafted", "sending", "sent"),
        ("missed",),
        ("drafted", "failed"),
        ("drafted", "sending", "unknown"),
    ],
    ids=lambda way: way[-1],
)
def test_no_plan_touches_a_row_that_something_was_done_with(ledger: Ledger, way: tuple[DeliveryStatus, ...]) -> None:
    ledger.record(a_plan(a_delivery()))
    row = moved(ledger, a_delivery(), *way)
    ledger.record(a_plan(withdrawals=(a_delivery(status="withdrawn"),), after=NOW, until=LATER))
    assert ledger.rows() == (row,)


def test_a_plan_leaves_what_happened_at_the_provider(ledger: Ledger) -> None:
    ledger.record(a_plan(a_delivery()))
    row = moved(ledger, a_delivery(), "drafted", "sending", "planned", draft_id="d1", retry_at=LATER, attempt=True)
    again = a_delivery(due_at=at("2026-12-07 10:00"))
    ledger.record(a_plan(again, after=NOW, until=LATER))
    assert ledger.rows() == (replace(row, due_at=again.due_at),)
    assert (row.draft_id, row.retry_at, row.attempts) == ("d1", LATER, 1)


@pytest.mark.parametrize("part", ["deliveries", "skips"])
def test_a_plan_that_says_the_same_as_before_gets_back_what_was_moved_meanwhile(ledger: Ledger, part: str) -> None:
    row, other = a_delivery(), a_delivery(key="other")
    same: Any = {part: (row, other)}
    ledger.record(a_plan(**same))
    ledger.snapshot()
    moved(ledger, row, "drafted", "held", draft_id="d1")
    assert ledger.record(a_plan(after=NOW, until=LATER, **same))
    assert set(ledger.rows()) == {replace(row, draft_id="d1"), other}
    assert [step.to_status for step in ledger.transitions(row.key)] == ["planned", "drafted", "held", "planned"]


def test_the_first_look_is_never_moved(ledger: Ledger) -> None:
    ledger.record(a_plan(baselines={"site": NOW}))
    ledger.record(a_plan(after=NOW, until=LATER, baselines={"site": LATER, "feed:all": LATER}))
    assert ledger.snapshot().baselines == {"site": NOW, "feed:all": LATER}


def test_a_first_look_that_no_longer_holds_is_forgotten(ledger: Ledger) -> None:
    ledger.record(a_plan(baselines={"site": NOW, "source:old": NOW}))
    ledger.record(a_plan(after=NOW, until=LATER, ended=("source:old", "source:never")))
    assert ledger.snapshot().baselines == {"site": NOW}


def test_a_first_look_that_ends_and_begins_in_one_plan_begins_anew(ledger: Ledger) -> None:
    ledger.record(a_plan(baselines={"site": NOW, "live:mailchimp": NOW}))
    ledger.record(a_plan(after=NOW, until=LATER, ended=("live:mailchimp",), baselines={"live:mailchimp": LATER}))
    assert ledger.snapshot().baselines == {"site": NOW, "live:mailchimp": LATER}


def test_the_revision_of_each_source_is_that_of_its_last_plan(ledger: Ledger) -> None:
    ledger.record(a_plan(revisions={"website": "c0ffee", "wiki": "1"}))
    ledger.record(a_plan(after=NOW, until=LATER, revisions={"website": "decade"}))
    assert ledger.snapshot().revisions == {"website": "decade", "wiki": "1"}


def test_a_plan_that_comes_too_late_ends_nothing(ledger: Ledger) -> None:
    ledger.record(a_plan(baselines={"site": NOW}, revisions={"website": "c0ffee"}))
    assert not ledger.record(a_plan(until=LATER, ended=("site",), revisions={"website": "decade"}))
    assert ledger.snapshot() == Memory(window_end=NOW, baselines={"site": NOW}, revisions={"website": "c0ffee"})


def test_when_an_event_was_written_up_and_recorded_is_remembered(ledger: Ledger) -> None:
    seen = a_seen_event(written_up_at=NOW, recorded_at=LATER.astimezone(ZoneInfo("Asia/Taipei")))
    ledger.record(a_plan(seen=(seen,)))
    assert ledger.snapshot().seen == {UID: seen}


def test_an_event_seen_again_replaces_what_was_known_of_it(ledger: Ledger) -> None:
    ledger.record(a_plan(seen=(a_seen_event(),)))
    gone = a_seen_event(an_event(title="Moved"), sequence=1, changed_at=NOW, present=False, gone_at=NOW)
    ledger.record(a_plan(seen=(gone,), after=NOW, until=LATER))
    assert ledger.snapshot().seen == {UID: gone}


def test_rows_come_by_due_time_then_key(ledger: Ledger) -> None:
    soon = at("2026-12-02 09:00")
    ledger.record(a_plan(a_delivery(key="c"), a_delivery(key="b", due_at=soon), a_delivery(key="a", due_at=soon)))
    assert [row.key for row in ledger.rows()] == ["a", "b", "c"]


def test_rows_can_be_asked_for_by_status(ledger: Ledger) -> None:
    ledger.record(a_plan(a_delivery(key="a"), held(a_delivery(key="b")), a_delivery(key="c", status="missed")))
    assert [row.key for row in ledger.rows("held", "missed")] == ["b", "c"]
    assert ledger.rows("sent") == ()


def test_a_move_writes_what_it_is_told_and_keeps_the_rest(ledger: Ledger) -> None:
    ledger.record(a_plan(a_delivery(reasons=(HELD,))))
    row = ledger.move(a_delivery(), "drafted", at=NOW, draft_id="d1", retry_at=LATER, attempt=True)
    assert row == a_delivery(status="drafted", reasons=(HELD,), draft_id="d1", retry_at=LATER, attempts=1)
    assert ledger.rows() == (row,)


def test_a_move_clears_the_draft_and_the_retry_that_it_does_not_name(ledger: Ledger) -> None:
    ledger.record(a_plan(a_delivery()))
    row = moved(ledger, a_delivery(), "drafted", draft_id="d1", retry_at=LATER)
    again = moved(ledger, row, "planned", reasons=())
    assert again == a_delivery()


def test_the_time_of_sending_stays(ledger: Ledger) -> None:
    ledger.record(a_plan(a_delivery()))
    row = moved(ledger, a_delivery(), "drafted", "sending", "unknown", sent_at=NOW)
    assert moved(ledger, row, "sent").sent_at == NOW


FACTS = (told().facts, told("Another").facts)


def test_a_row_keeps_what_its_draft_states_until_it_is_sent(ledger: Ledger) -> None:
    ledger.record(a_plan(a_delivery()))
    row = moved(ledger, a_delivery(), "drafted", facts=FACTS)
    assert moved(ledger, row, "sending", "sent").facts == FACTS
    assert ledger.rows()[0].facts == FACTS


@pytest.mark.parametrize("to", ["planned", "held", "skipped", "withdrawn"])
def test_a_row_that_can_be_planned_again_forgets_what_its_draft_stated(ledger: Ledger, to: DeliveryStatus) -> None:
    ledger.record(a_plan(a_delivery()))
    row = moved(ledger, a_delivery(), "drafted", draft_id="d1", facts=FACTS)
    assert moved(ledger, row, to, draft_id="d1", facts=FACTS) == a_delivery(status=to, draft_id="d1")


def test_a_row_that_another_has_moved_is_not_moved_again(ledger: Ledger) -> None:
    ledger.record(a_plan(a_delivery()))
    moved(ledger, a_delivery(), "drafted")
    assert ledger.move(a_delivery(), "withdrawn", at=LATER, told=(told(),)) is None
    assert [row.status for row in ledger.rows()] == ["drafted"]
    assert ledger.snapshot().told == {}


def test_a_row_with_another_attempt_behind_it_is_not_moved(ledger: Ledger) -> None:
    ledger.record(a_plan(a_delivery()))
    moved(ledger, a_delivery(), "drafted", "planned", attempt=True)
    assert ledger.move(a_delivery(), "drafted", at=LATER) is None


def test_a_row_that_is_not_there_is_not_moved(ledger: Ledger) -> None:
    assert ledger.move(a_delivery(), "drafted", at=NOW) is None


@pytest.mark.parametrize("final", ["sent", "missed"])
def test_what_is_final_never_becomes_anything_else(ledger: Ledger, final: DeliveryStatus) -> None:
    with pytest.raises(ValueError, match="final"):
        ledger.move(a_delivery(status=final), "planned", at=NOW)


def test_what_was_told_is_written_with_the_move(ledger: Ledger) -> None:
    ledger.record(a_plan(a_delivery()))
    moved(ledger, a_delivery(), "drafted", "sending", "sent", told=(told(),))
    assert ledger.snapshot().told == {("newsletter", UID): told()}


def test_the_newest_telling_counts_even_when_an_older_one_is_confirmed_late(ledger: Ledger) -> None:
    ledger.record(a_plan(a_delivery(key="a"), a_delivery(key="b"), a_delivery(key="c")))
    for key, telling in (("a", told("First")), ("b", told("Second", LATER)), ("c", told("First", NOW))):
        moved(ledger, a_delivery(key=key), "drafted", told=(telling,))
    assert ledger.snapshot().told == {("newsletter", UID): told("Second", LATER)}


LONDON, TAIPEI = ZoneInfo("Europe/London"), ZoneInfo("Asia/Taipei")
TWICE = datetime(2026, 10, 25, 1, 30, tzinfo=LONDON)


@pytest.mark.parametrize(
    "event",
    [
        a_minimal_event(),
        a_minimal_event(when=None),
        an_event(),
        an_event(private=frozenset({"join_url", "location"}), doubts=(HELD,), published=False, explicit_uid="x"),
        an_event(title="half a character \ud83d, a nought \x00, \u202eright to left, 👩‍💻"),
        an_event(when=Timed(starts_at=TWICE, ends_at=TWICE.replace(fold=1))),
        an_event(when=Timed(starts_at=NOW.astimezone(LONDON), ends_at=LATER.astimezone(TAIPEI))),
        an_event(when=Timed(starts_at=datetime(1890, 5, 1, 12, 0, 1, 2, tzinfo=ZoneInfo("Europe/Amsterdam")))),
        an_event(when=Timed(starts_at=NOW.astimezone(timezone(timedelta(hours=5, minutes=30))))),
        an_event(when=Timed(starts_at=NOW)),
        an_event(when=Timed(starts_at=datetime(2026, 12, 9, 14, tzinfo=UTC))),
    ],
)
def test_an_event_comes_back_exactly(ledger: Ledger, event: Event) -> None:
    ledger.record(a_plan(seen=(a_seen_event(event),)))
    back = ledger.snapshot().seen[UID].event
    assert back == event
    assert times(back) == times(event)


def times(event: Event) -> list[tuple[str, object]]:
    """What `==` on datetimes does not tell apart: the offset of a time that happens twice, and the zone itself."""
    if not isinstance(event.when, Timed):
        return []
    instants = [one for one in (event.when.starts_at, event.when.ends_at) if one]
    return [(one.isoformat(), one.tzinfo) for one in instants]


def test_times_come_back_in_utc(ledger: Ledger) -> None:
    ledger.record(a_plan(a_delivery(due_at=TWICE.replace(fold=1))))
    (row,) = ledger.rows()
    assert row.due_at == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert row.due_at.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        ledger.record(a_plan(a_delivery(due_at=datetime(2026, 12, 8, 10))))
    assert ledger.snapshot() == Memory()


def test_every_status_a_delivery_had_is_kept_with_its_reason(ledger: Ledger) -> None:
    row = a_delivery()
    ledger.record(a_plan(held(row)))
    ledger.record(a_plan(row, after=NOW, until=LATER))
    ledger.move(row, "drafted", at=LATER)
    assert ledger.transitions(row.key) == (
        Transition(key=row.key, from_status=None, to_status="held", at=NOW, reasons=(HELD,)),
        Transition(key=row.key, from_status="held", to_status="planned", at=LATER),
        Transition(key=row.key, from_status="planned", to_status="drafted", at=LATER),
    )


def test_planning_the_same_again_adds_nothing_to_the_history(ledger: Ledger) -> None:
    twice = a_delivery(due_at=TWICE)
    ledger.record(a_plan(twice))
    ledger.record(a_plan(twice, after=NOW, until=LATER))
    ledger.record(a_plan(replace(twice, due_at=LATER), after=LATER, until=LATER + timedelta(hours=1)))
    assert [step.to_status for step in ledger.transitions(twice.key)] == ["planned"]


def test_twenty_thousand_events_and_their_deliveries_are_one_plan(ledger: Ledger) -> None:
    seen = tuple(a_seen_event(a_minimal_event(uid=f"{n}@example.org")) for n in range(20_000))
    rows = [a_delivery(key=f"reminder/day-before/{n}") for n in range(20_000)]
    assert ledger.record(a_plan(*rows, seen=seen))
    memory = ledger.snapshot()
    assert (len(memory.seen), len(memory.deliveries)) == (20_000, 20_000)
