"""The plan, example by example: each test is one rule of the house."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from notifier.core.delivery import Delivery
from notifier.core.event import Content, Event, Reason
from notifier.core.identity import settle, uid_for
from notifier.core.plan import Plan
from notifier.core.plan import plan as make_plan
from notifier.core.rule import Hours, Offset, Only, Rule, Rules
from tests.builders import a_rule, a_time, all_day, an_announcement_rule, an_event, at, some_rules
from tests.simulate import Simulation

HOURS_BEFORE = Rule(
    name="hours", kind="reminder", audiences=("newsletter",), when=Offset(side="before", length=timedelta(hours=2))
)
WEEK_BEFORE = a_rule(name="week", when=Offset(side="before", length=timedelta(days=7), at=time(10)))


def looked_at(rules: Rules, *events: Event, first: str = "2026-11-01 09:00") -> Simulation:
    """A site whose first look was long before the event of `an_event()`."""
    simulation = Simulation(rules=rules)
    simulation.tick(events, at(first))
    return simulation


def only_row(plan: Plan, rule: str = "day-before") -> Delivery:
    rows = [row for row in (*plan.deliveries, *plan.withdrawals, *plan.skips) if row.rule == rule]
    assert len(rows) == 1, rows
    return rows[0]


def codes(row: Delivery) -> list[str]:
    return [reason.code for reason in row.reasons]


def test_a_reminder_is_due_at_its_clock_time_on_the_day_before() -> None:
    simulation = looked_at(some_rules(), an_event())
    row = only_row(simulation.tick([an_event()], at("2026-11-20 09:00")))
    assert (row.status, row.due_at) == ("planned", at("2026-12-08 10:00", "Europe/London"))


def test_a_due_reminder_is_handed_over_once() -> None:
    simulation = looked_at(some_rules(), an_event())
    for minute in range(0, 40, 10):
        simulation.tick([an_event()], at("2026-12-08 10:00") + timedelta(minutes=minute))
    assert len(simulation.sent) == 1


def test_nothing_that_was_there_at_the_first_look_is_announced() -> None:
    simulation = looked_at(some_rules(an_announcement_rule()), an_event())
    plan = simulation.tick([an_event()], at("2026-11-02 12:00"))
    assert codes(only_row(plan, "announce")) == ["baseline"]
    assert simulation.sent == []


def test_a_reminder_due_before_the_first_look_is_suppressed() -> None:
    simulation = looked_at(some_rules(), an_event(), first="2026-12-08 10:00")
    row = only_row(simulation.tick([an_event()], at("2026-12-08 10:01")))
    assert (row.status, codes(row)) == ("skipped", ["baseline"])


def test_a_reminder_that_fell_due_after_the_first_look_is_sent_late_within_its_grace() -> None:
    simulation = looked_at(some_rules(HOURS_BEFORE), an_event(), first="2026-12-09 11:59")
    simulation.tick([an_event()], at("2026-12-09 12:10"))
    assert [key.split("/")[1] for key, _ in simulation.sent] == ["hours"]


def test_an_event_first_seen_after_its_reminder_time_gets_no_reminder() -> None:
    simulation = looked_at(some_rules(WEEK_BEFORE, a_rule()))
    plan = simulation.tick([an_event()], at("2026-12-04 09:00"))
    assert codes(only_row(plan, "week")) == ["announced-late"]
    assert only_row(plan).status == "planned"


def test_a_new_event_is_announced_after_it_has_been_stable_and_only_in_sending_hours() -> None:
    simulation = looked_at(some_rules(an_announcement_rule()))
    row = only_row(simulation.tick([an_event()], at("2026-11-20 17:00")), "announce")
    assert row.due_at == at("2026-11-23 08:30"), "two hours later is Friday 19:00; the next opening is Monday"


def test_an_edit_starts_the_wait_for_the_announcement_again() -> None:
    simulation = looked_at(some_rules(an_announcement_rule()))
    simulation.tick([an_event()], at("2026-11-19 09:00"))
    row = only_row(simulation.tick([an_event(title="Better title")], at("2026-11-19 10:30")), "announce")
    assert row.due_at == at("2026-11-19 12:30")


def test_of_what_comes_back_only_the_next_one_is_announced_when_it_is_first_seen() -> None:
    days = ["2026-11-11 14:00", "2026-11-25 14:00", "2026-12-09 14:00"]
    events = [
        an_event(uid=f"{number}@example.org", path=f"a.md#{number}", when=a_time(day),
                 follows=a_time(days[number - 1]) if number else None)
        for number, day in enumerate(days)
    ]  # fmt: skip
    simulation = looked_at(some_rules(an_announcement_rule()))
    plan = simulation.tick(events, at("2026-11-19 09:00"))
    assert [row.status for row in plan.deliveries if row.kind == "announcement"] == ["planned"]
    assert [codes(row) for row in plan.skips if row.event_uids != plan.deliveries[0].event_uids] == [["recurs"]]


def test_a_rule_that_asks_holds_its_deliveries() -> None:
    simulation = looked_at(some_rules(a_rule(ask=True)), an_event())
    row = only_row(simulation.tick([an_event()], at("2026-11-20 09:00")))
    assert (row.status, codes(row)) == ("held", ["rule-asks"])


def test_a_doubtful_event_is_held_with_its_doubts() -> None:
    doubt = Reason(code="no-time", text="No start time is given.", field="when")
    event = an_event(when=all_day(), doubts=(doubt,))
    simulation = looked_at(some_rules(a_rule(), HOURS_BEFORE), event)
    plan = simulation.tick([event], at("2026-11-20 09:00"))
    assert {row.rule: (row.status, codes(row)) for row in (*plan.deliveries, *plan.skips)} == {
        "day-before": ("held", ["no-time"]),
        "hours": ("skipped", ["whole-day"]),
    }


def test_hours_before_a_whole_day_event_mean_nothing() -> None:
    simulation = looked_at(some_rules(HOURS_BEFORE), an_event(when=all_day()))
    row = only_row(simulation.tick([an_event(when=all_day())], at("2026-11-20 09:00")), "hours")
    assert (row.status, codes(row)) == ("skipped", ["whole-day"])


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"access": "invitation"}, "invitation-only"),
        ({"access": "members"}, "members-only"),
        ({"status": "cancelled"}, "cancelled"),
        ({"status": "postponed"}, "postponed"),
        ({"status": "past"}, "write-up"),
        ({"published": False}, "unpublished"),
    ],
)
def test_what_must_never_be_mailed_is_skipped_with_the_reason(changes: dict[str, object], code: str) -> None:
    simulation = looked_at(some_rules(), an_event(**changes))
    row = only_row(simulation.tick([an_event(**changes)], at("2026-11-20 09:00")))
    assert (row.status, codes(row)) == ("skipped", [code])


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"access": "unknown"}, "access-unknown"),
        ({"join_url": None}, "no-join-link"),
        ({"role": "other"}, "not-ours"),
        ({"status": "tentative"}, "tentative"),
    ],
)
def test_what_is_unclear_is_held_with_the_reason(changes: dict[str, object], code: str) -> None:
    simulation = looked_at(some_rules(), an_event(**changes))
    row = only_row(simulation.tick([an_event(**changes)], at("2026-11-20 09:00")))
    assert (row.status, codes(row)) == ("held", [code])


def test_an_event_cancelled_after_planning_is_not_reminded_of() -> None:
    simulation = looked_at(some_rules(), an_event())
    simulation.tick([an_event()], at("2026-12-07 09:00"))
    simulation.tick([an_event(status="cancelled")], at("2026-12-08 10:00"))
    assert simulation.sent == []


def test_moving_to_another_day_withdraws_the_old_reminder_and_plans_a_new_one() -> None:
    simulation = looked_at(some_rules(), an_event())
    simulation.tick([an_event()], at("2026-11-20 09:00"))
    plan = simulation.tick([an_event(when=a_time("2026-12-16 14:00"))], at("2026-11-21 09:00"))
    assert [codes(row) for row in plan.withdrawals] == [["moved"]]
    assert [row.due_at for row in plan.deliveries] == [at("2026-12-15 10:00")]


def test_moving_within_the_day_keeps_the_key() -> None:
    simulation = looked_at(some_rules(HOURS_BEFORE), an_event())
    before = only_row(simulation.tick([an_event()], at("2026-11-20 09:00")), "hours")
    after = only_row(simulation.tick([an_event(when=a_time("2026-12-09 16:00"))], at("2026-11-21 09:00")), "hours")
    assert (before.key, after.due_at - before.due_at) == (after.key, timedelta(hours=2))


def test_an_event_moved_close_gets_no_reminder_of_a_time_long_gone() -> None:
    simulation = looked_at(some_rules(WEEK_BEFORE), an_event(when=a_time("2027-03-10 14:00")))
    simulation.tick([an_event(when=a_time("2027-03-10 14:00"))], at("2026-12-03 10:00"))
    simulation.tick([an_event(when=a_time("2026-12-09 14:00"))], at("2026-12-08 11:00"))
    simulation.tick([an_event(when=a_time("2026-12-09 14:00"))], at("2026-12-08 15:00"))
    assert simulation.sent == []


def test_a_reminder_beyond_its_grace_is_missed_and_stays_so() -> None:
    simulation = looked_at(some_rules(a_rule(grace=timedelta(hours=1))), an_event())
    simulation.tick([an_event()], at("2026-12-07 09:00"))
    row = only_row(simulation.tick([an_event()], at("2026-12-08 12:00")))
    assert (row.status, codes(row), simulation.sent) == ("missed", ["missed"], [])
    assert simulation.tick([an_event()], at("2026-12-08 12:01")).deliveries == ()


def test_a_reminder_is_of_no_use_at_the_very_end_of_its_grace() -> None:
    simulation = looked_at(some_rules(a_rule(grace=timedelta(hours=1))), an_event())
    row = only_row(simulation.tick([an_event()], at("2026-12-08 11:00")))
    assert (row.status, row.expires_at, simulation.sent) == ("missed", at("2026-12-08 11:00"), [])


def test_a_reminder_that_came_and_went_during_a_long_pause_is_missed_though_its_event_is_over() -> None:
    far = an_event(when=a_time("2027-02-09 14:00"))
    simulation = looked_at(some_rules(a_rule()), far)
    assert only_row(simulation.tick([far], at("2027-02-10 12:00"))).status == "missed"


def test_the_plan_turns_when_what_was_planned_is_due() -> None:
    simulation = looked_at(some_rules(a_rule()), an_event())
    assert simulation.tick([an_event()], at("2026-12-07 12:00")).next_at == at("2026-12-08 10:00")


def test_the_plan_turns_where_a_late_reminder_ceases_to_be_of_use() -> None:
    simulation = looked_at(some_rules(a_rule(grace=timedelta(hours=1), ask=True)), an_event())
    assert simulation.tick([an_event()], at("2026-12-08 10:30")).next_at == at("2026-12-08 11:00")


def test_the_plan_turns_where_the_hours_close_on_what_is_late() -> None:
    simulation = looked_at(some_rules(a_rule(ask=True), hours=Hours()), an_event())
    assert simulation.tick([an_event()], at("2026-12-08 17:30")).next_at == at("2026-12-08 18:01")


@pytest.mark.parametrize(("window_end", "told"), [("2026-12-08 09:59", ["missed"]), ("2026-12-08 10:00", [])])
def test_a_window_begins_after_the_end_of_the_one_before(window_end: str, told: list[str]) -> None:
    simulation = looked_at(some_rules(a_rule(grace=timedelta(hours=1))), an_event())
    simulation.memory = replace(simulation.memory, deliveries={}, window_end=at(window_end))
    plan = simulation.tick([an_event()], at("2026-12-08 12:00"))
    assert [row.status for row in plan.deliveries] == told


def test_a_held_reminder_that_nobody_released_is_missed_with_what_held_it() -> None:
    simulation = looked_at(some_rules(a_rule(ask=True)), an_event())
    simulation.tick([an_event()], at("2026-12-07 09:00"))
    row = only_row(simulation.tick([an_event()], at("2026-12-09 15:00")))
    assert row.status == "missed"


def test_downtime_over_the_whole_life_of_a_reminder_is_told_as_missed() -> None:
    event = an_event(when=a_time("2027-02-10 14:00"))
    simulation = looked_at(some_rules(), event)
    row = only_row(simulation.tick([event], at("2027-02-10 13:00")))
    assert row.status == "missed", "it had no row yet when the program stopped, and must not go without a word"


def test_a_reminder_on_a_closed_day_moves_back_to_the_last_open_moment() -> None:
    monday = an_event(when=a_time("2026-12-14 14:00"))
    simulation = looked_at(some_rules(), monday)
    row = only_row(simulation.tick([monday], at("2026-12-01 09:00")))
    assert row.due_at == at("2026-12-11 18:00"), "Sunday 10:00 is closed; Friday 18:00 is the last open moment"


def test_a_late_reminder_waits_for_the_next_opening_while_it_is_of_use() -> None:
    simulation = looked_at(some_rules(a_rule(grace=timedelta(hours=24))), an_event())
    row = only_row(simulation.tick([an_event()], at("2026-12-08 20:00")))
    assert (row.status, row.due_at) == ("planned", at("2026-12-09 08:30"))
    assert simulation.sent == []


def test_a_reminder_within_two_hours_of_the_start_goes_out_at_any_hour() -> None:
    night = an_event(when=a_time("2026-12-13 04:00", ends="05:00"))
    simulation = looked_at(some_rules(HOURS_BEFORE), night)
    simulation.tick([night], at("2026-12-13 02:00"))
    assert [when for _, when in simulation.sent] == [at("2026-12-13 02:00")]


def test_a_vanished_file_holds_what_was_planned() -> None:
    simulation = looked_at(some_rules(), an_event())
    simulation.tick([an_event()], at("2026-11-20 09:00"))
    row = only_row(simulation.tick([], at("2026-11-21 09:00")))
    assert (row.status, codes(row)) == ("held", ["vanished"])


def test_a_vanished_file_withdraws_where_the_source_says_so() -> None:
    simulation = looked_at(some_rules(vanished={"website": "withdraw"}), an_event())
    simulation.tick([an_event()], at("2026-11-20 09:00"))
    row = only_row(simulation.tick([], at("2026-11-21 09:00")))
    assert (row.status, codes(row)) == ("withdrawn", ["vanished"])


def test_a_file_that_comes_back_is_planned_again() -> None:
    simulation = looked_at(some_rules(vanished={"website": "withdraw"}), an_event())
    simulation.tick([an_event()], at("2026-11-20 09:00"))
    simulation.tick([], at("2026-11-21 09:00"))
    assert only_row(simulation.tick([an_event()], at("2026-11-22 09:00"))).status == "planned"


def test_a_rule_about_one_project_leaves_other_events_alone() -> None:
    simulation = looked_at(some_rules(a_rule(only=Only(project=("Elsewhere",)))), an_event())
    row = only_row(simulation.tick([an_event()], at("2026-11-20 09:00")))
    assert codes(row) == ["not-selected"]


@pytest.mark.parametrize("role", ["speaking", "attending"])
def test_someone_elses_event_gets_no_reminders(role: str) -> None:
    simulation = looked_at(some_rules(), an_event(role=role, category=role))
    row = only_row(simulation.tick([an_event(role=role, category=role)], at("2026-11-20 09:00")))
    assert codes(row) == ["role"]


def test_a_gate_of_the_provider_holds_everything_through_it() -> None:
    gate = Reason(code="not-live", text="Sending isn't live.")
    simulation = looked_at(some_rules(gates={"outbox": (gate,)}), an_event())
    row = only_row(simulation.tick([an_event()], at("2026-11-20 09:00")))
    assert (row.status, codes(row)) == ("held", ["not-live"])


def test_a_new_rule_begins_with_a_baseline_of_its_own() -> None:
    simulation = looked_at(some_rules(), an_event())
    simulation.rules = some_rules(a_rule(), WEEK_BEFORE)
    plan = simulation.tick([an_event()], at("2026-12-02 10:00"))
    assert codes(only_row(plan, "week")) == ["baseline"]


def test_a_visible_change_raises_the_sequence_and_a_new_body_does_not() -> None:
    simulation = looked_at(some_rules(), an_event())
    simulation.tick([an_event(body="Another body.")], at("2026-11-02 09:00"))
    [unchanged] = simulation.memory.seen.values()
    simulation.tick([an_event(title="Another title")], at("2026-11-02 09:00"))
    [changed] = simulation.memory.seen.values()
    assert (unchanged.sequence, changed.sequence) == (0, 1)
    assert changed.changed_at > unchanged.changed_at


def test_feeds_hold_ninety_days_back_and_everything_ahead() -> None:
    old = an_event(uid="old@example.org", path="old.md", when=a_time("2026-06-01 14:00"))
    recent = an_event(uid="recent@example.org", path="recent.md", when=a_time("2026-09-15 14:00"))
    plan = Simulation(rules=some_rules()).tick([old, recent, an_event()], at("2026-11-01 09:00"))
    titles = {seen.uid: seen.event.path for seen in plan.seen}
    assert sorted(titles[uid] for uid in plan.feeds[0].uids) == ["_events/2026-12-09-book-club.md", "recent.md"]
    assert list(plan.feeds[0].uids) == sorted(plan.feeds[0].uids)


def test_feeds_leave_out_the_unpublished() -> None:
    plan = Simulation(rules=some_rules()).tick([an_event(published=False)], at("2026-11-01 09:00"))
    assert plan.feeds[0].uids == ()


def test_uids_are_twenty_six_characters_of_base32_and_the_domain() -> None:
    uid = uid_for(some_rules().site, "website", "_events/2026-12-09-book-club.md")
    # printf 'example\\0website\\0PATH\\0\\0' and then 0 | openssl dgst -sha256 -binary | base32 | tr A-Z a-z | cut -c1-26
    assert uid == "hffa2a5olahsvburcvls3rj3s3@example.org"


def test_the_clock_going_back_gives_one_reminder() -> None:
    event = an_event(when=a_time("2026-10-26 09:00"))
    rule = a_rule(when=Offset(side="before", length=timedelta(days=1), at=time(1, 30)))
    simulation = looked_at(some_rules(rule, hours=None), event, first="2026-10-01 09:00")
    for minutes in range(0, 180, 10):
        simulation.tick([event], at("2026-10-25 00:00") + timedelta(minutes=minutes))
    assert [when for _, when in simulation.sent] == [at("2026-10-25 00:30")]


def test_a_clock_time_in_the_spring_gap_moves_forward() -> None:
    event = an_event(when=a_time("2026-03-30 09:00"))
    rule = a_rule(when=Offset(side="before", length=timedelta(days=1), at=time(1, 30)))
    simulation = looked_at(some_rules(rule, hours=None), event, first="2026-03-01 09:00")
    row = only_row(simulation.tick([event], at("2026-03-20 09:00")))
    assert row.due_at == at("2026-03-29 01:30")


def hours_all_week() -> Hours:
    return replace(Hours(), days=frozenset(range(7)))


def test_sending_hours_open_on_their_first_and_last_minute() -> None:
    event = an_event(when=a_time("2026-12-10 20:00"))
    rule = a_rule(when=Offset(side="before", length=timedelta(days=1), at=time(18)))
    simulation = looked_at(some_rules(rule, hours=hours_all_week()), event)
    row: Delivery = only_row(simulation.tick([event], at("2026-12-01 09:00")))
    moment: datetime = row.due_at
    assert moment == at("2026-12-09 18:00")


def test_an_event_without_a_date_asks_for_nothing() -> None:
    simulation = looked_at(some_rules(), an_event(when=None))
    plan = simulation.tick([an_event(when=None)], at("2026-11-20 09:00"))
    assert (plan.deliveries, plan.skips, plan.feeds[0].uids) == ((), (), ())


def test_a_reminder_rule_without_a_time_is_a_bug_and_says_so() -> None:
    with pytest.raises(ValueError, match="has no `when`"):
        looked_at(some_rules(a_rule(when=None)), an_event())


def test_an_announcement_outside_the_hours_waits_for_the_next_opening() -> None:
    simulation = looked_at(some_rules(an_announcement_rule()))
    simulation.tick([an_event()], at("2026-11-20 15:00"))
    row = only_row(simulation.tick([an_event()], at("2026-11-20 22:00")), "announce")
    assert (row.status, row.due_at) == ("planned", at("2026-11-23 08:30"))


def test_an_event_that_starts_before_it_could_be_announced_is_not() -> None:
    soon = an_event(when=a_time("2026-11-20 10:00"))
    simulation = looked_at(some_rules(an_announcement_rule()))
    assert codes(only_row(simulation.tick([soon], at("2026-11-20 09:00")), "announce")) == ["too-late"]


def test_a_reminder_at_a_clock_time_after_the_start_is_of_no_use() -> None:
    rule = a_rule(when=Offset(side="before", length=timedelta(0), at=time(16)))
    simulation = looked_at(some_rules(rule), an_event())
    assert codes(only_row(simulation.tick([an_event()], at("2026-11-20 09:00")))) == ["too-late"]


def test_content_that_is_still_changing_lets_its_reminder_wait() -> None:
    simulation = looked_at(some_rules(HOURS_BEFORE), an_event())
    simulation.tick([an_event(title="Another title")], at("2026-12-09 11:50"))
    row = only_row(simulation.tick([an_event(title="Another title")], at("2026-12-09 12:00")), "hours")
    assert (row.status, row.due_at) == ("planned", at("2026-12-09 12:20"))


def test_content_that_changes_until_a_reminder_is_of_no_use_gets_none() -> None:
    rules = some_rules(replace(HOURS_BEFORE, grace=timedelta(minutes=15)))
    simulation = looked_at(rules, an_event())
    row = only_row(simulation.tick([an_event(title="Another title")], at("2026-12-09 11:59")), "hours")
    assert codes(row) == ["changed-late"]


def test_a_retry_that_is_awaited_says_what_went_wrong() -> None:
    simulation = looked_at(some_rules(), an_event())
    row = only_row(simulation.tick([an_event()], at("2026-12-07 10:00")))
    wrong = Reason(code="retry", text="The outbox can't be written to.")
    waiting = replace(row, retry_at=at("2026-12-08 10:05"), reasons=(wrong,))
    simulation.memory = replace(simulation.memory, deliveries={row.key: waiting})
    before, after = (simulation.tick([an_event()], at(f"2026-12-08 {clock}")) for clock in ("09:59", "10:06"))
    assert codes(only_row(before)) == ["retry", "clear"]
    assert codes(only_row(after)) == ["clear"]


def test_a_row_that_nothing_asks_for_any_more_ends_with_a_reason() -> None:
    simulation = looked_at(some_rules(a_rule(), an_announcement_rule()))
    simulation.tick([an_event()], at("2026-11-20 09:00"))
    simulation.rules = some_rules(replace(HOURS_BEFORE, name="other"))
    plan = simulation.tick([an_event()], at("2026-11-20 10:00"))
    assert sorted(code for row in plan.withdrawals for code in codes(row)) == ["rule-gone", "rule-gone"]


def test_a_row_that_nothing_asks_for_any_more_and_is_over_was_missed() -> None:
    simulation = looked_at(some_rules(a_rule(ask=True)), an_event())
    simulation.tick([an_event()], at("2026-11-20 09:00"))
    simulation.rules = some_rules(HOURS_BEFORE)
    assert [row.status for row in simulation.tick([an_event()], at("2026-12-10 09:00")).withdrawals] == ["missed"]


def test_a_broken_document_leaves_the_memory_of_its_event_as_it_was() -> None:
    simulation = looked_at(some_rules(), an_event())
    seen = dict(simulation.memory.seen)
    content = Content(broken=frozenset({("website", an_event().path)}))
    memory, now = simulation.memory, at("2026-11-20 09:00")
    made = make_plan(settle(content, memory, simulation.rules, now), memory, simulation.rules, now, timedelta(days=30))
    assert made.seen == ()
    assert [codes(row) for row in made.deliveries] == [["unreadable"]]
    assert simulation.memory.seen == seen


def test_a_cancelled_event_stays_in_feeds_for_thirty_days() -> None:
    simulation = looked_at(some_rules(), an_event())
    off = an_event(status="cancelled")
    in_feed = [
        bool(simulation.tick([off], at(day)).feeds[0].uids)
        for day in ("2026-12-01 09:00", "2027-01-08 14:00", "2027-01-08 16:00")
    ]
    assert in_feed == [True, True, False]


def test_an_event_that_is_given_a_uid_of_its_own_is_not_mailed_about_again() -> None:
    simulation = looked_at(some_rules(a_rule(), an_announcement_rule()))
    simulation.tick([an_event()], at("2026-11-19 09:00"))
    simulation.tick([an_event()], at("2026-11-19 12:00"))
    chosen = an_event(explicit_uid="chosen@example.org")
    plan = simulation.tick([chosen], at("2026-11-20 09:00"))
    assert codes(only_row(replace(plan, withdrawals=()), "announce")) == ["gone-out"]
    assert [row.rule for row in plan.deliveries] == ["day-before"]
    simulation.tick([chosen], at("2026-12-08 10:00"))
    assert [key.split("/")[:3] for key, _ in simulation.sent] == [
        ["announcement", "announce", simulation.sent[0][0].split("/")[2]],
        ["reminder", "day-before", "chosen@example.org"],
    ]


def test_what_a_baseline_saw_stays_unannounced_under_a_uid_of_its_own() -> None:
    simulation = looked_at(some_rules(an_announcement_rule()), an_event())
    plan = simulation.tick([an_event(explicit_uid="chosen@example.org")], at("2026-11-20 09:00"))
    assert codes(only_row(plan, "announce")) == ["baseline"]


def test_an_audience_that_changes_its_provider_gets_no_backlog() -> None:
    simulation = looked_at(some_rules(HOURS_BEFORE), an_event())
    moved = replace(simulation.rules.audiences["newsletter"], provider="another")
    simulation.rules = replace(simulation.rules, audiences={"newsletter": moved})
    row = only_row(simulation.tick([an_event()], at("2026-12-09 12:10")), "hours")
    assert (codes(row), simulation.sent) == (["baseline"], [])
