"""What is decided about one-offs: nothing without a yes, nothing about the past, and the same however often it is asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.approval import fingerprint
from notifier.core.delivery import Decision, Delivery, DeliveryStatus, Memory
from notifier.core.event import Content, Event, Reason
from notifier.core.one_off import OneOff, is_once, one_off_key
from notifier.core.plan import Plan, decision_of, plan
from notifier.core.sends import BY_PERSON, plan_sends
from tests.builders import UID, a_memory, a_rule, a_seen_event, an_event, at, some_rules

NOW, DUE = at("2026-11-27 10:00"), at("2026-11-27 10:05")
KEY = "one_off/w-1/newsletter"
RULES = some_rules(a_rule(), per_day=9)
STATUSES = st.sampled_from(get_args(DeliveryStatus))


def a_one_off(**changes: Any) -> OneOff:
    start = OneOff(
        key=KEY, audience="newsletter", event_uids=(UID,), subject="", note="", due_at=DUE,
        expires_at=DUE + timedelta(days=1), people=None, by="Anna", asked_at=NOW,
    )  # fmt: skip
    return replace(start, **changes)


def remembering(*asked: OneOff, said: Decision | None = None, **more: Any) -> Memory:
    names = ("site", "rule:day-before", "audience:newsletter", "provider:newsletter:outbox", "feed:all")
    return a_memory(
        a_seen_event(), baselines=dict.fromkeys(names, at("2026-10-01 09:00")), one_offs={one.key: one for one in asked},
        decisions={said.key: said} if said else {}, **more,
    )  # fmt: skip


def decided(memory: Memory, now: Any = NOW, *events: Event) -> Delivery:
    [found] = plan_sends({one.uid: one for one in events or (an_event(),)}, memory, RULES, now)
    return found


def a_yes(one: OneOff | None = None, event: Event | None = None) -> Decision:
    about = event or an_event()
    unsaid = decided(remembering(one or a_one_off()), NOW, about)
    return Decision(key=KEY, act="approve", by="Anna", at=NOW, fingerprint=fingerprint(unsaid, [about], RULES))


def planned(memory: Memory, now: Any = NOW) -> Plan:
    return plan(Content(events=(an_event(),)), memory, RULES, now, timedelta(days=30))


def test_without_a_yes_it_is_held() -> None:
    found = decided(remembering(a_one_off()))
    assert (found.status, found.rule, [one.code for one in found.reasons]) == ("held", BY_PERSON, ["unconfirmed"])


def test_with_a_yes_to_exactly_this_it_is_planned() -> None:
    found = decided(remembering(a_one_off(), said=a_yes()))
    assert (found.status, found.due_at, [one.code for one in found.reasons]) == ("planned", DUE, ["approved"])


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Another"}, {"status": "cancelled"}, {"published": False}, {"access": "invitation"}, {"full": True},
        {"doubts": (Reason(code="vanished", text="Its file is gone."),)}, {"location": "Elsewhere"},
    ],
)  # fmt: skip
def test_whatever_anybody_would_ask_about_makes_the_yes_void(change: dict[str, Any]) -> None:
    found = decided(remembering(a_one_off(), said=a_yes()), NOW, an_event(**change))
    assert (found.status, found.reasons[0].code) == ("held", "approval-void")


def test_what_changes_in_the_text_alone_leaves_the_yes_as_it_is() -> None:
    found = decided(remembering(a_one_off(), said=a_yes()), NOW, an_event(body="Other words."))
    assert found.status == "planned"


def test_once_its_time_is_over_it_is_missed_and_says_so() -> None:
    late = DUE + timedelta(days=1)
    assert [decided(remembering(a_one_off(), said=said), late).status for said in (None, a_yes())] == ["missed"] * 2
    assert decided(remembering(a_one_off(), said=a_yes()), late - timedelta(seconds=1)).status == "planned"


def test_an_event_that_is_nowhere_holds_it_until_its_time_is_over() -> None:
    memory = remembering(a_one_off(), said=a_yes())
    found = [plan_sends({}, memory, RULES, now)[0] for now in (NOW, DUE + timedelta(days=1))]
    assert [(one.status, one.reasons[0].code) for one in found] == [("held", "vanished"), ("missed", "missed")]
    assert found[0].event_uids == (UID,)


def test_what_a_person_took_back_stays_skipped() -> None:
    said = replace(a_yes(), act="skip")
    for now in (NOW, DUE + timedelta(days=9)):
        assert decided(remembering(a_one_off(), said=said), now).status == "skipped"


def test_an_event_under_another_uid_is_the_same_event() -> None:
    renamed = an_event(uid="new@example.org", formerly=(UID,))
    memory = remembering(a_one_off())
    found = plan_sends({UID: renamed, renamed.uid: renamed}, memory, RULES, NOW)
    assert [one.event_uids for one in found] == [("new@example.org",)]


def test_the_plan_holds_it_among_the_others_and_asks_again_when_it_is_due() -> None:
    memory = remembering(a_one_off(), said=a_yes())
    made = planned(memory)
    assert [one.status for one in made.deliveries if one.key == KEY] == ["planned"]
    assert made.next_at == DUE
    [row] = [one for one in made.deliveries if one.key == KEY]
    assert decision_of(
        row, content=Content(events=(an_event(),)), events={UID: an_event()}, memory=memory, rules=RULES, now=NOW
    ) == row  # fmt: skip


def test_planned_again_it_plans_nothing_new() -> None:
    memory = remembering(a_one_off(), said=a_yes())
    made = planned(memory)
    rows = {one.key: one for one in (*made.deliveries, *made.skips, *made.withdrawals)}
    again = planned(replace(memory, window_end=NOW, deliveries=rows, baselines={**memory.baselines, **made.baselines}))
    assert {one.key: one for one in (*again.deliveries, *again.skips, *again.withdrawals)} == rows


@given(STATUSES)
def test_what_is_on_its_way_or_over_is_left_alone(status: DeliveryStatus) -> None:
    row = replace(decided(remembering(a_one_off())), status=status)
    found = plan_sends({UID: an_event()}, remembering(a_one_off(), deliveries={KEY: row}), RULES, NOW)
    assert (len(found) == 1) == row.is_plannable


def test_an_audience_that_is_gone_withdraws_it() -> None:
    memory = remembering(a_one_off(), deliveries={KEY: decided(remembering(a_one_off()))})
    without = replace(RULES, audiences={}, rules=())
    made = plan(Content(events=(an_event(),)), memory, without, NOW, timedelta(days=30))
    assert [(one.key, one.status) for one in made.withdrawals] == [(KEY, "withdrawn")]


@pytest.mark.parametrize("once", ["a", "2026-11-27-4f1c2a9b", "w" * 64])
def test_a_name_of_small_letters_digits_and_hyphens_is_one(once: str) -> None:
    assert is_once(once)
    assert one_off_key(once, "newsletter") == f"one_off/{once}/newsletter"


@pytest.mark.parametrize("once", ["", "-a", "a-", "A", "a b", "a/b", "ä", "w" * 65, "a\n", "٣"])
def test_any_other_name_is_refused(once: str) -> None:
    assert not is_once(once)
    with pytest.raises(ValueError, match="can't be part of a key"):
        one_off_key(once, "newsletter")
