"""When digests are due, and what becomes of each: planned, held, skipped or missed, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest

from notifier.core.agenda import Agenda
from notifier.core.approval import fingerprint
from notifier.core.delivery import Decision, Delivery, DeliveryStatus
from notifier.core.digest import digest_key, plan_digests
from notifier.core.event import Reason
from notifier.core.rule import Hours
from tests.builders import a_rule, an_audience, at, some_rules
from tests.digests import HORIZON, Ticks, a_digest_rule, an_event_at, digest_rules, digests, known, recorded

#: Two events of the week of Monday 2 November 2026, and one of the week after that.
TUESDAY = an_event_at("2026-11-03 14:00", "Tuesday")
FRIDAY = an_event_at("2026-11-06 14:00", "Friday")
NEXT_WEEK = an_event_at("2026-11-11 14:00", "Next week")
EVENTS = (TUESDAY, FRIDAY, NEXT_WEEK)
MONDAY = "2026-11-02 09:30"
NOON = "2026-11-01 12:00"


def codes(row: Delivery) -> list[str]:
    return [reason.code for reason in row.reasons]


def the_first(rows: tuple[Delivery, ...]) -> Delivery:
    return rows[0]


def planned_at(now: str, **changes: Any) -> Delivery:
    return the_first(digests(known(*EVENTS), EVENTS, at(now), digest_rules(**changes)))


def test_a_key_names_the_rule_the_day_and_the_audience() -> None:
    assert digest_key("weekly", date(2026, 11, 2), "newsletter") == "digest/weekly/2026-11-02/newsletter"


def test_a_digest_is_planned_for_the_time_of_its_cron_line() -> None:
    row = planned_at(NOON)
    assert (row.key, row.status, row.due_at) == ("digest/weekly/2026-11-02/newsletter", "planned", at(MONDAY))
    assert row.event_uids == (TUESDAY.uid, FRIDAY.uid)
    assert row.reasons[0].text == "It tells of 2 events: what starts until Mon 9 Nov 2026 09:30 GMT."


def test_without_a_rule_for_digests_nothing_is_looked_at() -> None:
    agenda = Agenda()
    assert plan_digests(EVENTS, known(), some_rules(a_rule()), at(NOON), HORIZON, projects={}, kept=agenda) == ()
    assert agenda.zone == ""


def test_each_audience_has_its_own() -> None:
    both = {name: an_audience(name=name) for name in ("newsletter", "members")}
    rules = digest_rules(a_digest_rule(audiences=("newsletter", "members")), audiences=both)
    rows = digests(known(*EVENTS), EVENTS, at(NOON), rules)
    assert {(row.due_at, row.audience) for row in rows[:2]} == {(at(MONDAY), "newsletter"), (at(MONDAY), "members")}


def test_the_times_are_of_the_sites_zone_whatever_the_audiences() -> None:
    abroad = digest_rules(audiences={"newsletter": an_audience(timezone="Asia/Tokyo")})
    assert digests(known(*EVENTS), EVENTS, at(NOON), abroad) == digests(known(*EVENTS), EVENTS, at(NOON))


def test_only_what_is_due_within_the_horizon_is_worth_a_row() -> None:
    rows = digests(known(*EVENTS), EVENTS, at(NOON), horizon=timedelta(days=9))
    assert [row.due_at for row in rows] == [at(MONDAY), at("2026-11-09 09:30")]


def test_a_row_that_waits_is_decided_again_beyond_the_horizon_too() -> None:
    memory = recorded(known(*EVENTS), digests(known(*EVENTS), EVENTS, at(NOON)), at(NOON))
    later = digests(memory, EVENTS, at(NOON), horizon=timedelta(0))
    assert {row.key for row in later} == set(memory.deliveries)


def test_nothing_due_before_the_first_look_is_planned() -> None:
    first_look = replace(known(*EVENTS), window_end=None, baselines={"site": at("2026-11-02 10:00")})
    rows = digests(first_look, EVENTS, at("2026-11-02 10:00"))
    assert [row.due_at for row in rows] == [at("2026-11-09 09:30"), at("2026-11-16 09:30")]


def test_a_rule_that_is_new_after_a_pause_begins_then() -> None:
    memory = known(*EVENTS, baselines={"site": at(NOON), "rule:weekly": at("2026-11-02 10:00")})
    rows = digests(memory, EVENTS, at("2026-11-02 10:00"))
    assert [row.due_at for row in rows] == [at("2026-11-09 09:30"), at("2026-11-16 09:30")]


def test_what_waits_for_a_time_before_a_new_first_look_is_skipped() -> None:
    memory = recorded(known(*EVENTS), digests(known(*EVENTS), EVENTS, at(NOON)), at(NOON))
    live = replace(memory, baselines={**memory.baselines, "live:outbox": at("2026-11-02 10:00")})
    row = the_first(digests(live, EVENTS, at("2026-11-02 10:00")))
    assert (row.key, row.status, codes(row)) == ("digest/weekly/2026-11-02/newsletter", "skipped", ["baseline"])


@pytest.mark.parametrize(
    ("day", "due"), [("2027-10-31", "2027-10-31 00:30"), ("2027-03-28", "2027-03-28 01:30")], ids=["twice", "never"]
)
def test_a_time_that_clocks_show_twice_or_never_makes_one_digest(day: str, due: str) -> None:
    event, before = an_event_at(f"{day} 14:00"), at(f"{day} 12:00") - timedelta(days=1)
    rules = digest_rules(a_digest_rule(cron="30 1 * * sun"))
    rows = digests(known(event, window_end=before), (event,), before, rules, timedelta(days=2))
    assert [(row.key, row.due_at) for row in rows] == [(f"digest/weekly/{day}/newsletter", at(due))]


def test_of_several_times_on_one_day_the_first_counts() -> None:
    rules = digest_rules(a_digest_rule(cron="0 9-17 * * mon"))
    rows = digests(known(*EVENTS), EVENTS, at(NOON), rules, timedelta(days=2))
    assert [row.due_at for row in rows] == [at("2026-11-02 09:00")]


def test_a_rule_that_begins_in_the_middle_of_a_day_begins_with_the_next() -> None:
    rules = digest_rules(a_digest_rule(cron="0 9-17 * * *"))
    rows = digests(known(*EVENTS), EVENTS, at(NOON), rules, timedelta(hours=6))
    assert rows == ()


def test_when_nothing_is_coming_up_it_is_skipped() -> None:
    row = the_first(digests(known(NEXT_WEEK), (NEXT_WEEK,), at(NOON)))
    assert (row.status, row.event_uids) == ("skipped", ())
    assert [(reason.code, reason.text) for reason in row.reasons] == [
        ("empty", "Nothing is coming up until Mon 9 Nov 2026 09:30 GMT, and nothing is new.")
    ]


def test_an_empty_one_is_planned_after_all_when_something_comes_up_before_it_is_due() -> None:
    ticks = Ticks(known(TUESDAY))
    ticks.tick((), at(NOON))
    assert ticks.status("2026-11-02") == "skipped"
    ticks.tick((TUESDAY,), at("2026-11-01 13:00"))
    assert ticks.status("2026-11-02") == "planned"


def test_one_that_was_empty_when_it_was_due_stays_skipped() -> None:
    ticks = Ticks(known(TUESDAY))
    ticks.tick((), at(MONDAY))
    ticks.tick((TUESDAY,), at("2026-11-02 10:00"))
    assert ticks.status("2026-11-02") == "skipped"
    assert ticks.sent == []


def test_one_that_was_empty_can_go_out_after_all_once_a_person_has_spoken() -> None:
    ticks = Ticks(known(TUESDAY))
    ticks.tick((), at(MONDAY))
    key = "digest/weekly/2026-11-02/newsletter"
    again = Decision(key=key, act="retry", by="Robin", at=at("2026-11-02 09:45"))
    ticks.memory = replace(ticks.memory, decisions={key: again})
    ticks.tick((TUESDAY,), at("2026-11-02 10:00"))
    assert ticks.sent == [(key, at("2026-11-02 10:00"))]


def test_one_that_is_held_is_decided_again_on_the_days_after() -> None:
    ticks = Ticks(known(*EVENTS), digest_rules(a_digest_rule(ask=True)))
    ticks.tick(EVENTS, at(NOON))
    ticks.tick(EVENTS, at("2026-11-03 10:00"))
    ticks.tick(EVENTS, at("2026-11-03 15:00"))
    assert (ticks.status("2026-11-02"), ticks.row("2026-11-02").event_uids) == ("held", (FRIDAY.uid,))


def test_a_day_that_a_new_cron_line_names_after_the_fact_is_not_made_up_for() -> None:
    memory = known(*EVENTS, window_end=at("2026-11-03 12:00"))
    rules = digest_rules(a_digest_rule(cron="0 9 * * tue"))
    rows = digests(memory, EVENTS, at("2026-11-03 12:01"), rules)
    assert [row.due_at for row in rows] == [at("2026-11-10 09:00"), at("2026-11-17 09:00")]


def test_a_late_one_still_goes_out_for_a_quarter_of_the_time_to_the_next() -> None:
    ticks = Ticks(known(*EVENTS))
    ticks.tick(EVENTS, at("2026-11-04 03:29"))
    assert ticks.sent == [("digest/weekly/2026-11-02/newsletter", at("2026-11-04 03:29"))]
    assert ticks.row("2026-11-02").event_uids == (FRIDAY.uid,)


def test_after_that_it_is_missed_and_says_what_it_would_have_told() -> None:
    row = the_first(digests(known(*EVENTS), EVENTS, at("2026-11-04 03:30")))
    assert (row.status, row.expires_at) == ("missed", at("2026-11-04 03:30"))
    assert row.event_uids == (TUESDAY.uid, FRIDAY.uid)
    assert row.reasons[0].text == (
        "It was due Mon 2 Nov 2026 09:30 GMT and of use until Wed 4 Nov 2026 03:30 GMT; nothing is sent about the past."
    )


@pytest.mark.parametrize(
    ("cron", "grace", "until"),
    [
        ("30 9 * * *", None, "2026-11-02 15:30"),
        ("30 9 1-7 * mon", None, "2026-11-05 09:30"),
        ("30 9 * * mon", timedelta(hours=2), "2026-11-02 11:30"),
        ("30 9 * * *", timedelta(days=2), "2026-11-03 09:30"),
        ("30 9 2-3 11 *", None, "2026-11-02 15:30"),
    ],
)
def test_how_long_it_is_of_use(cron: str, grace: timedelta | None, until: str) -> None:
    rules = digest_rules(a_digest_rule(cron=cron, grace=grace))
    rows = {row.due_at: row for row in digests(known(*EVENTS), EVENTS, at("2026-11-01 12:00"), rules)}
    assert rows[at(MONDAY)].expires_at == at(until)


def test_after_a_month_without_a_tick_only_the_latest_goes_out() -> None:
    event = an_event_at("2026-12-03 14:00", "December")
    ticks = Ticks(known(*EVENTS, event))
    ticks.tick((*EVENTS, event), at(NOON))
    ticks.tick((*EVENTS, event), at("2026-11-30 12:00"))
    assert ticks.sent == [("digest/weekly/2026-11-30/newsletter", at("2026-11-30 12:00"))]
    for day in ("2026-11-02", "2026-11-09", "2026-11-16", "2026-11-23"):
        assert ticks.row(day).reasons[0].text == "The one of Mon 30 Nov 2026 09:30 GMT takes its place."


def test_after_a_month_without_a_tick_the_latest_is_missed_when_it_is_too_late_for_it_too() -> None:
    event = an_event_at("2026-12-03 14:00", "December")
    rows = digests(known(event), (event,), at("2026-12-02 12:00"), horizon=timedelta(0))
    assert [row.status for row in rows] == ["skipped"] * 4 + ["missed"]


def test_what_a_person_never_answered_gives_way_to_the_next_one() -> None:
    ticks = Ticks(known(*EVENTS), digest_rules(a_digest_rule(ask=True, grace=timedelta(days=9))))
    ticks.tick(EVENTS, at(NOON))
    ticks.tick(EVENTS, at("2026-11-09 09:30"))
    assert (ticks.status("2026-11-02"), codes(ticks.row("2026-11-02"))) == ("skipped", ["coalesced"])
    assert ticks.status("2026-11-09") == "held"


def test_a_rule_that_asks_holds_it() -> None:
    row = planned_at(NOON, rule=a_digest_rule(ask=True))
    assert (row.status, codes(row)) == ("held", ["rule-asks"])


def test_the_gates_of_the_provider_hold_it() -> None:
    gate = Reason(code="not-live", text="Sending is not live.")
    row = planned_at(NOON, gates={"outbox": (gate,)})
    assert (row.status, row.reasons) == ("held", (gate,))


def test_an_event_that_raises_a_question_holds_it_and_is_named() -> None:
    doubtful = replace(FRIDAY, access="unknown")
    row = the_first(digests(known(TUESDAY, doubtful), (TUESDAY, doubtful), at(NOON)))
    assert (row.status, row.event_uids) == ("held", (TUESDAY.uid, FRIDAY.uid))
    assert [reason.text for reason in row.reasons] == [
        "Friday: The text doesn't say who may come. Add access: open to the front matter if everybody may."
    ]


def test_of_many_questions_ten_are_told_and_how_many_more() -> None:
    many = tuple(an_event_at("2026-11-03 14:00", f"Event {n:02}", access="unknown") for n in range(13))
    row = the_first(digests(known(*many), many, at(NOON)))
    assert [reason.text.partition(":")[0] for reason in row.reasons[:10]] == [f"Event {n:02}" for n in range(10)]
    assert [reason.text for reason in row.reasons[10:]] == ["… and 3 more."]


def test_what_a_person_released_goes_out() -> None:
    rules = digest_rules(a_digest_rule(ask=True))
    held = the_first(digests(known(*EVENTS), EVENTS, at(NOON), rules))
    yes = Decision(
        key=held.key, act="release", by="Robin", at=at(NOON), fingerprint=fingerprint(held, (TUESDAY, FRIDAY), rules)
    )
    row = the_first(digests(known(*EVENTS, decisions={held.key: yes}), EVENTS, at(NOON), rules))
    assert (row.status, codes(row)[0]) == ("planned", "released")


def test_what_a_person_skipped_stays_skipped_long_afterwards() -> None:
    no = Decision(key="digest/weekly/2026-11-02/newsletter", act="skip", by="Robin", at=at(NOON))
    ticks = Ticks(known(*EVENTS, decisions={no.key: no}))
    ticks.tick(EVENTS, at(NOON))
    ticks.tick(EVENTS, at("2026-11-02 10:00"))
    skipped = ticks.row("2026-11-02")
    ticks.tick(EVENTS, at("2026-11-09 10:00"))
    assert ticks.row("2026-11-02") == skipped
    assert codes(skipped) == ["skipped"]


@pytest.mark.parametrize("status", ["drafted", "sending", "sent", "unknown", "failed", "missed"])
def test_there_is_no_second_one_for_a_day_that_has_one(status: DeliveryStatus) -> None:
    memory = recorded(known(*EVENTS), digests(known(*EVENTS), EVENTS, at(NOON)), at(NOON))
    key = "digest/weekly/2026-11-02/newsletter"
    memory = replace(memory, deliveries={key: replace(memory.deliveries[key], status=status)})
    moved = digest_rules(a_digest_rule(cron="30 11 * * mon"))
    assert [row.key for row in digests(memory, EVENTS, at(NOON), moved, timedelta(days=2))] == []


def test_what_went_wrong_is_said_until_the_next_attempt() -> None:
    memory = recorded(known(*EVENTS), digests(known(*EVENTS), EVENTS, at(NOON)), at(NOON))
    key, trouble = "digest/weekly/2026-11-02/newsletter", Reason(code="retry", text="It did not answer.")
    row = replace(memory.deliveries[key], reasons=(trouble,), retry_at=at("2026-11-02 09:40"))
    memory = replace(memory, deliveries={**memory.deliveries, key: row})
    assert the_first(digests(memory, EVENTS, at("2026-11-02 09:39"))).reasons[0] == trouble
    assert codes(the_first(digests(memory, EVENTS, at("2026-11-02 09:40")))) == ["contents"]


def test_a_time_outside_the_sending_hours_moves_to_the_next_opening_and_keeps_its_key() -> None:
    row = planned_at(NOON, rule=a_digest_rule(cron="0 9 * * sun"), hours=Hours())
    assert (row.key, row.due_at) == ("digest/weekly/2026-11-08/newsletter", at("2026-11-09 08:30"))
    assert row.expires_at == at("2026-11-11 02:30"), "it is of use from when it can go out"


def test_two_that_would_come_on_one_day_come_as_one() -> None:
    daily = digest_rules(a_digest_rule(cron="0 9 * * *"), hours=Hours())
    rows = {row.key[14:24]: row for row in digests(known(*EVENTS), EVENTS, at("2026-11-05 12:00"), daily)}
    assert [rows[f"2026-11-0{day}"].status for day in (6, 7, 8, 9)] == ["planned", "skipped", "skipped", "planned"]
    assert rows["2026-11-08"].reasons[0].text == "The one of Mon 9 Nov 2026 09:00 GMT takes its place."


def test_a_late_one_waits_for_the_opening() -> None:
    row = planned_at("2026-11-02 19:00", hours=Hours())
    assert (row.status, row.due_at) == ("planned", at("2026-11-03 08:30"))


def test_a_late_one_with_no_opening_left_is_skipped() -> None:
    row = planned_at("2026-11-02 19:00", hours=Hours(start=time(9, 30)), rule=a_digest_rule(grace=timedelta(hours=12)))
    assert (row.status, codes(row)) == ("skipped", ["no-open-hour"])


def test_one_that_waits_for_its_opening_is_decided_again_after_its_own_time() -> None:
    ticks = Ticks(known(), digest_rules(a_digest_rule(cron="0 9 * * sun"), hours=Hours()))
    ticks.tick((), at("2026-11-08 10:00"))
    late = an_event_at("2026-11-12 14:00", "Late")
    ticks.see(late, at("2026-11-08 11:00"))
    ticks.tick((late,), at("2026-11-08 11:00"))
    assert ticks.status("2026-11-08") == "planned"


def test_a_digest_rule_without_a_cron_line_is_the_programs_own_mistake() -> None:
    with pytest.raises(ValueError, match="has no `cron`"):
        digests(known(*EVENTS), EVENTS, at(NOON), digest_rules(a_digest_rule(cron=None)))


def test_a_line_that_never_comes_plans_nothing() -> None:
    never = digest_rules(a_digest_rule(cron="0 0 31 2 *"))
    assert digests(known(*EVENTS), EVENTS, at(NOON), never) == ()


def test_what_is_kept_from_one_plan_to_the_next_changes_no_plan() -> None:
    kept, rules, memory = Agenda(), digest_rules(), known(*EVENTS)
    for events, now in ((EVENTS, NOON), (EVENTS[1:], "2026-11-01 13:00"), (EVENTS, "2026-11-02 09:30")):
        planned = plan_digests(events, memory, rules, at(now), HORIZON, projects={}, kept=kept)
        assert planned == digests(memory, events, at(now), rules)
        memory = recorded(memory, planned, at(now))
    assert memory.deliveries


def test_what_is_kept_forgets_rows_that_an_older_ledger_does_not_have() -> None:
    kept, rules, older = Agenda(), digest_rules(), known(*EVENTS)
    newer = recorded(older, digests(older, EVENTS, at(NOON)), at(NOON))
    sent = {key: replace(row, status="sent") for key, row in newer.deliveries.items()}
    assert plan_digests(EVENTS, replace(newer, deliveries=sent), rules, at(NOON), HORIZON, projects={}, kept=kept) == ()
    planned = plan_digests(EVENTS, older, rules, at(NOON), HORIZON, projects={}, kept=kept)
    assert planned == digests(older, EVENTS, at(NOON))
