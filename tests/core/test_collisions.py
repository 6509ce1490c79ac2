"""Mails to one audience that would meet on one day: which move, which are merged, which never do."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from notifier.core.collisions import NEVER_MOVED_BEFORE_START, Calendar, Parted, parted
from notifier.core.delivery import Delivery
from notifier.core.event import Event
from notifier.core.mode import rehearsed_id
from notifier.core.rule import Offset, Only, Rule, Rules
from notifier.core.schedule import starts_at
from tests.builders import LONDON, a_delivery, a_rule, a_time, an_announcement_rule, an_event, at, some_rules
from tests.core.test_plan import HOURS_BEFORE, WEEK_BEFORE, codes, looked_at
from tests.simulate import Simulation

DIGEST = Rule(name="monthly", kind="digest", audiences=("newsletter",), cron="30 9 7 * *")


def another(name: str, day: str = "2026-12-09", **changes: Any) -> Event:
    """An event at 14:00 of a day, in a file of its own."""
    path = f"_events/{day}-{name}.md"
    return an_event(path=path, title=name, when=a_time(f"{day} 14:00", ends="15:15"), uid="", **changes)


def rules_of(*rules: Rule, **changes: Any) -> Rules:
    return some_rules(*rules, **{"per_day": 1} | changes)


def run(rules: Rules, events: list[Event], start: str, end: str, first: str = "2026-11-01 09:00") -> Simulation:
    """Every half hour from start to end, as a service does."""
    simulation = looked_at(rules, *events, first=first)
    moment = at(start)
    while moment <= at(end):
        simulation.tick(events, moment)
        moment += timedelta(minutes=30)
    return simulation


def days(simulation: Simulation) -> list[str]:
    return [f"{when.astimezone(ZoneInfo(LONDON)):%d %H:%M}" for _, when in simulation.sent]


def test_two_reminders_of_one_day_go_out_on_two_days() -> None:
    events = [another("choir"), another("drama")]
    simulation = run(rules_of(a_rule()), events, "2026-12-07 09:00", "2026-12-09 20:00")
    assert days(simulation) == ["08 10:00", "09 08:30"]


def test_what_was_moved_says_from_when_and_stays_moved() -> None:
    events = [another("choir"), another("drama")]
    simulation = run(rules_of(a_rule()), events, "2026-12-07 09:00", "2026-12-09 00:30")
    waiting = [row for row in simulation.memory.deliveries.values() if row.status == "planned"]
    assert [(row.due_at, codes(row)[0]) for row in waiting] == [(at("2026-12-09 08:30"), "moved-day")]


def test_what_was_released_and_then_moved_goes_out_on_the_other_day() -> None:
    events = [another("choir"), another("drama", access="unknown")]
    simulation = run(rules_of(a_rule()), events, "2026-12-07 09:00", "2026-12-08 10:00")
    held = next(row for row in simulation.memory.deliveries.values() if row.status == "held")
    simulation.decide(held.key, "release", at("2026-12-08 10:10"), events)
    for hours in range(30):
        simulation.tick(events, at("2026-12-08 10:30") + timedelta(hours=hours))
    assert days(simulation) == ["08 10:00", "09 08:30"]


def test_where_no_day_is_left_it_goes_out_all_the_same() -> None:
    events = [another("choir"), another("drama"), another("zither")]
    simulation = run(rules_of(a_rule()), events, "2026-12-07 09:00", "2026-12-09 20:00")
    assert sorted(days(simulation)) == ["08 10:00", "08 10:00", "09 08:30"]


def test_reminders_shortly_before_the_start_count_and_never_move() -> None:
    events = [another("choir"), another("drama")]
    simulation = run(rules_of(HOURS_BEFORE), events, "2026-12-08 09:00", "2026-12-09 20:00")
    assert days(simulation) == ["09 12:00", "09 12:00"]


def test_a_rule_may_allow_more_for_its_own_mails() -> None:
    events = [another("choir"), another("drama")]
    simulation = run(rules_of(a_rule(per_day=2)), events, "2026-12-07 09:00", "2026-12-09 20:00")
    assert days(simulation) == ["08 10:00", "08 10:00"]


def test_nothing_is_moved_to_a_day_without_sending_hours() -> None:
    # 18 December 2026 is a Friday; both meetings are a week later.
    events = [another("choir", "2026-12-25"), another("drama", "2026-12-25")]
    simulation = run(rules_of(WEEK_BEFORE), events, "2026-12-17 09:00", "2026-12-22 20:00")
    assert days(simulation) == ["18 10:00", "21 08:30"]


def test_an_announcement_makes_room_for_what_went_out_already() -> None:
    old, new = another("choir"), another("drama", "2026-12-20")
    simulation = looked_at(rules_of(a_rule(), an_announcement_rule()), old)
    for hours in range(60):
        simulation.tick([old] if hours < 2 else [old, new], at("2026-12-08 09:00") + timedelta(hours=hours))
    assert [key.partition("/")[0] for key, _ in simulation.sent] == ["reminder", "announcement"]
    assert days(simulation) == ["08 10:00", "09 09:00"]


def test_two_audiences_do_not_meet() -> None:
    events = [another("choir"), another("drama")]
    two = Counter(one.audience for one in (a_delivery(), a_delivery(audience="volunteers")))
    assert two == {"newsletter": 1, "volunteers": 1}
    rules = rules_of(a_rule(only=replace(a_rule().only, topic=("reading",))))
    planned = [a_delivery(key="a", audience="newsletter"), a_delivery(key="b", audience="volunteers")]
    assert parted(planned, Calendar(zone=LONDON), {e.uid: e for e in events}, rules, at("2026-12-01")) == {}


def test_a_reminder_that_meets_a_digest_about_its_event_is_left_to_the_digest() -> None:
    event = another("choir", "2026-12-14")
    simulation = run(rules_of(WEEK_BEFORE, DIGEST), [event], "2026-12-06 09:00", "2026-12-08 20:00")
    assert [key.partition("/")[0] for key, _ in simulation.sent] == ["digest"]
    row = next(row for row in simulation.memory.deliveries.values() if row.rule == "week")
    assert (row.status, codes(row)) == ("skipped", ["merged"])


def test_a_digest_is_a_mail_of_its_day() -> None:
    # The reminder of the second event, which is too far away for the digest, makes room for it.
    near, far = another("choir", "2026-12-10"), another("drama", "2027-01-14", topics=("walking",))
    month = a_rule(
        name="month", when=Offset(side="before", length=timedelta(days=38), at=time(10)), grace=timedelta(days=2)
    )
    weekly = replace(DIGEST, cron="30 9 * * mon", only=Only(topic=("reading",)))
    simulation = run(rules_of(month, weekly), [near, far], "2026-12-06 09:00", "2026-12-08 20:00")
    assert [(key.partition("/")[0], day) for (key, _), day in zip(simulation.sent, days(simulation), strict=True)] == [
        ("digest", "07 09:30"), ("reminder", "08 08:30"),
    ]  # fmt: skip


def test_a_change_goes_out_on_the_day_of_another_mail() -> None:
    choir, drama = another("choir"), another("drama", "2026-12-20")
    rules = rules_of(a_rule(), WEEK_BEFORE, Rule(name="correction", kind="change", audiences=("newsletter",)))
    simulation = run(rules, [choir, drama], "2026-12-02 09:00", "2026-12-08 10:00")
    moved = replace(choir, when=a_time("2026-12-09 16:00", ends="17:15"))
    for minutes in range(0, 120, 10):
        simulation.tick([moved, drama], at("2026-12-08 11:00") + timedelta(minutes=minutes))
    assert days(simulation)[-2:] == ["08 10:00", "08 11:30"]


instants = st.integers(0, 12 * 24).map(lambda hours: datetime(2026, 12, 1, tzinfo=UTC) + timedelta(hours=hours))


@st.composite
def meetings(draw: st.DrawFn) -> tuple[list[Delivery], dict[str, Event], datetime]:
    planned, events = [], {}
    for number in range(draw(st.integers(0, 8))):
        event = an_event(uid=f"{number}@example.org", when=a_time(f"2026-12-{draw(st.integers(3, 20)):02} 14:00"))
        start = starts_at(event, LONDON)
        due = min(draw(instants), start - timedelta(hours=1))
        events[event.uid] = event
        planned.append(
            a_delivery(key=f"k{number}", event_uids=(event.uid,), due_at=due, expires_at=start, rule="day-before")
        )
    return planned, events, draw(instants)


@given(meetings(), st.randoms(use_true_random=False), st.integers(1, 2))
def test_no_day_has_more_than_it_may_but_for_what_cannot_move(
    case: tuple[list[Delivery], dict[str, Event], datetime], chance: Any, per_day: int
) -> None:
    planned, events, now = case
    planned = [one for one in planned if one.expires_at > now]
    rules = rules_of(a_rule(), per_day=per_day)
    given_way = parted(planned, Calendar(zone=LONDON), events, rules, now)
    shuffled = [*planned]
    chance.shuffle(shuffled)
    assert parted(shuffled, Calendar(zone=LONDON), events, rules, now) == given_way
    days_of: Counter[Any] = Counter()
    for one in (given_way.get(one.key, one) for one in planned):
        assert one.due_at < starts_at(events[one.event_uids[0]], LONDON)
        close = starts_at(events[one.event_uids[0]], LONDON) - NEVER_MOVED_BEFORE_START < one.due_at
        if not close and "crowded" not in codes(one):
            days_of[max(one.due_at, now).astimezone(ZoneInfo(LONDON)).date()] += 1
    assert all(count <= per_day for count in days_of.values())


def test_what_went_to_the_list_of_test_mode_takes_no_room_once_live_mode_is_on() -> None:
    sent = replace(a_delivery(), status="sent", draft_id=rehearsed_id("x"), sent_at=at("2026-12-08 10:00"))
    for is_live in (True, False):
        calendar = Calendar(zone=LONDON, is_live=is_live)
        calendar.replace(None, sent)
        assert calendar.count((sent.audience, date(2026, 12, 8))) == (0 if is_live else 1)


_MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("pass"), st.integers(0, 60)),
        st.tuples(st.sampled_from(["went", "came back", "edit", "drop", "put off"]), st.integers(0, 7)),
    ),
    max_size=6,
)


@given(meetings(), _MOVES)
def test_what_is_remembered_of_the_last_parting_never_shows(
    case: tuple[list[Delivery], dict[str, Event], datetime], moves: list[tuple[str, int]]
) -> None:
    planned, events, now = case
    rules, gone_out, remembered = rules_of(a_rule()), Calendar(zone=LONDON), Parted()
    for act, number in [("pass", 0), *moves]:
        key = f"k{number}"
        one = next((row for row in planned if row.key == key), None)
        match act:
            case "pass":
                now += timedelta(hours=number)
            case "edit" if one is not None:
                event = events[one.event_uids[0]]
                events = {**events, event.uid: replace(event, when=a_time(f"2026-12-{number + 10} 15:00"))}
            case "drop" if one is not None:
                planned = [row for row in planned if row is not one]
            case "put off" if one is not None:
                planned = [
                    replace(row, due_at=row.due_at + timedelta(days=1)) if row is one else row for row in planned
                ]
            case "went" if one is not None:
                gone_out.replace(None, replace(one, status="sent", sent_at=now))
            case "came back" if one is not None and gone_out.count((one.audience, gone_out.day(now))):
                gone_out.replace(replace(one, status="sent", sent_at=now), one)
            case _:
                pass
        assert remembered.part(planned, gone_out, events, rules, now) == parted(planned, gone_out, events, rules, now)


def test_while_nothing_changes_nothing_is_parted_anew() -> None:
    planned = [a_delivery(key=key, due_at=at("2026-12-08 10:00"), rule="day-before") for key in ("a", "b")]
    rules, gone_out, remembered = rules_of(a_rule()), Calendar(zone=LONDON), Parted()
    first = remembered.part(planned, gone_out, {}, rules, at("2026-12-01"))
    assert remembered.part([*planned], gone_out, {}, rules, at("2026-12-08 12:00")) is first


def test_what_was_parted_is_parted_anew_once_an_event_is_edited() -> None:
    def events(day: str) -> dict[str, Event]:
        return {uid: an_event(uid=uid, when=a_time(f"{day} 14:00")) for uid in ("a@example.org", "b@example.org")}

    planned = [
        a_delivery(key=uid, event_uids=(uid,), due_at=at("2026-12-08 10:00"), expires_at=at("2026-12-20"), rule="day-before")
        for uid in events("2026-12-15")
    ]  # fmt: skip
    rules, gone_out, remembered, now = rules_of(a_rule()), Calendar(zone=LONDON), Parted(), at("2026-12-01")
    assert remembered.part(planned, gone_out, events("2026-12-15"), rules, now) != {}
    # Less than a day before its start no reminder moves.
    assert remembered.part(planned, gone_out, events("2026-12-08"), rules, now) == {}
