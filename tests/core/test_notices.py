"""What staff are told, whatever is held, failed, unknown or missed: nothing twice, nothing lost, nothing new without a turn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from notifier.core.aside import Aside
from notifier.core.delivery import Delivery, DeliveryStatus, Memory
from notifier.core.event import Reason
from notifier.core.notices import BY_HAND, DAILY, URGENT, asides_in, is_notice, told_of, with_notices
from notifier.core.plan import Plan, Window
from notifier.core.rule import STAFF, Rules, Staff
from tests.builders import a_delivery, a_memory, at, some_rules

#: Two days before the clocks change in London, so that one of the days here has 25 hours.
START = at("2026-10-23 06:00")
RULES = some_rules(staff=Staff(provider="letters"))
HOURS = st.integers(0, 6 * 24)
STATUSES: tuple[DeliveryStatus, ...] = ("held", "failed", "unknown", "missed", "planned", "sent")


@st.composite
def rows(draw: st.DrawFn) -> dict[str, Delivery]:
    found = {}
    for number in range(draw(st.integers(0, 5))):
        due = START + timedelta(hours=draw(HOURS))
        row = a_delivery(
            key=f"reminder/day/{number}@example.org/2026-10-26/newsletter", event_uids=(f"{number % 3}@example.org",),
            status=draw(st.sampled_from(STATUSES)), due_at=due, expires_at=due + timedelta(hours=draw(HOURS)),
        )  # fmt: skip
        found[row.key] = row
    return found


def planned(memory: Memory, now: datetime, rules: Rules = RULES) -> Plan:
    """The plan as `plan` makes it: what waits is asked for, and of it that of notices isn't."""
    mine = [row for row in memory.deliveries.values() if row.is_plannable]
    wanted, unasked = [one for one in mine if not is_notice(one)], [one for one in mine if is_notice(one)]
    over = tuple(replace(one, status="withdrawn") for one in unasked if one.status in ("planned", "held"))
    bare = Plan(at=now, window=Window(after=memory.window_end, until=now), deliveries=tuple(wanted), withdrawals=over)
    return with_notices(bare, memory, rules, now)


def remembered(memory: Memory, *more: Iterable[Delivery]) -> Memory:
    return replace(memory, deliveries={**memory.deliveries, **{row.key: row for some in more for row in some}})


def after(memory: Memory, made: Plan) -> Memory:
    return remembered(memory, made.deliveries, made.withdrawals, made.skips)


def notices(made: Plan) -> set[Delivery]:
    return {one for one in (*made.deliveries, *made.skips) if is_notice(one)}


@given(rows(), HOURS)
def test_planned_again_nothing_is_new(known: dict[str, Delivery], hours: int) -> None:
    now = START + timedelta(hours=hours)
    memory = after(a_memory(deliveries=known), planned(a_memory(deliveries=known), now))

    again = planned(memory, now)
    assert after(memory, again).deliveries == memory.deliveries


@given(rows(), HOURS, st.floats(0.001, 0.999))
def test_until_the_next_turn_nothing_else_is_to_be_told(known: dict[str, Delivery], hours: int, share: float) -> None:
    memory, now = a_memory(deliveries=known), START + timedelta(hours=hours)
    made = planned(memory, now)
    assert made.next_at is not None
    memory, waiting = after(memory, made), {one.key for one in known.values() if one.expires_at > made.next_at}

    later = planned(memory, now + (made.next_at - now) * share)

    # What is held stops being so at its own turn, which is the plan's.
    if waiting == known.keys():
        assert after(memory, later).deliveries == memory.deliveries


@given(rows())
def test_each_miss_is_told_in_one_mail_of_a_day_and_each_event_at_once_but_once(known: dict[str, Delivery]) -> None:
    memory, told, urgent = a_memory(deliveries=known), list[str](), list[str]()
    for hour in range(24 * 16):
        now = START + timedelta(hours=hour)
        made = planned(memory, now)
        due = [one for one in made.deliveries if is_notice(one) and one.status == "planned" and one.due_at <= now]
        memory = after(memory, made)
        for one in due:
            about = told_of(one, made, memory, RULES, now)
            assert about
            told += [row.key for row in about if one.rule == DAILY and row.status == "missed"]
            urgent += [row.key for row in about if one.rule == URGENT]
        memory = remembered(memory, [replace(one, status="sent", sent_at=now) for one in due])

    since = at("2026-10-22 08:00")  # 09:00 in London, a day before the first mail
    missed = [row.key for row in known.values() if row.status == "missed" and row.expires_at > since]
    assert sorted(told) == sorted(missed)
    assert len(urgent) == len(set(urgent))
    assert set(urgent) <= {row.key for row in known.values() if row.status == "held"}


def test_a_draft_that_waits_for_a_person_is_told_of_daily() -> None:
    waiting = a_delivery(status="drafted", reasons=(Reason(code=BY_HAND, text="A person sends it."),))
    under_way = a_delivery(key="announcement/new/other@example.org/newsletter", status="drafted")
    known = a_memory(deliveries={row.key: row for row in (waiting, under_way)})

    morning = START + timedelta(hours=4)
    [daily] = notices(planned(known, morning))

    about = told_of(daily, planned(known, morning), known, RULES, morning)
    assert (daily.rule, [one.key for one in about]) == (DAILY, [waiting.key])
    assert [reason.text for reason in daily.reasons] == ["To be told: 1 waiting to be sent."]


MORNING = START + timedelta(hours=4)
WEBHOOK = Aside(title="The webhook chat", why="It fails.", command="type this", since=START, lasts=True)


def with_asides(memory: Memory, now: datetime, *asides: Aside) -> Plan:
    return with_notices(
        Plan(at=now, window=Window(after=memory.window_end, until=now)), memory, RULES, now, asides=asides
    )


def test_what_needs_staff_beside_mails_is_told_daily_while_it_lasts() -> None:
    memory = a_memory()
    for days in range(3):
        now = MORNING + timedelta(days=days)
        made = with_asides(memory, now, WEBHOOK)
        [daily] = [one for one in made.deliveries if one.due_at.date() == now.date()]
        assert [reason.text for reason in daily.reasons] == ["To be told: The webhook chat."]
        assert asides_in(daily, made, memory, RULES, now) == (WEBHOOK,)
        memory = remembered(memory, [replace(daily, status="sent", sent_at=now)])


def test_what_is_over_is_told_once_and_what_began_just_now_waits() -> None:
    over = replace(WEBHOOK, lasts=False, since=MORNING - timedelta(days=1))
    just_now = replace(WEBHOOK, since=MORNING - timedelta(minutes=30))
    memory = a_memory()
    first = with_asides(memory, MORNING, over, just_now)
    [daily] = first.deliveries
    assert asides_in(daily, first, memory, RULES, MORNING) == (over,)
    memory = remembered(memory, [replace(daily, status="sent", sent_at=MORNING)])
    later = with_asides(memory, MORNING + timedelta(days=1), over)
    assert [one.status for one in notices(later)] == ["skipped"]


def test_an_urgent_mail_tells_of_its_mails_alone() -> None:
    soon = START + timedelta(hours=20)
    waiting = a_delivery(status="held", due_at=soon, expires_at=soon)
    known = a_memory(deliveries={waiting.key: waiting})
    made = with_notices(planned(known, MORNING), known, RULES, MORNING, asides=(WEBHOOK,))
    [urgent] = [one for one in notices(made) if one.rule == URGENT]
    assert asides_in(urgent, made, known, RULES, MORNING) == ()


def test_of_a_first_look_nobody_is_told() -> None:
    held = a_delivery(status="held")
    made = planned(a_memory(deliveries={held.key: held}, window_end=None), START + timedelta(days=1))

    assert notices(made) == set()


def test_a_notice_has_the_site_as_its_audience_and_no_event_of_its_own() -> None:
    failed = a_delivery(status="failed")
    [made] = notices(planned(a_memory(deliveries={failed.key: failed}), at("2026-12-01 10:00")))

    assert (made.key, made.audience, made.event_uids, made.due_at) == (
        f"one_off/staff-daily-2026-12-01/{STAFF}", STAFF, (), at("2026-12-01 09:00"),
    )  # fmt: skip
    assert [reason.text for reason in made.reasons] == ["To be told: 1 failed."]
