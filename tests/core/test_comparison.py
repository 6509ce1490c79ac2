"""What a change of the content changes in the plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from notifier.core.comparison import Comparison, Side, compare, comparison_record
from notifier.core.delivery import Delivery
from notifier.core.event import Content, Event, Reason
from notifier.core.plan import Plan, Window
from notifier.core.span import FeedPlan
from notifier.errors import Problem
from tests.builders import UID, a_delivery, an_event, at

NOW = at("2026-11-26 09:00")
GONE = Reason(code="cancelled", text="It is cancelled.")
PLANNED = a_delivery()
OTHER_DAY = a_delivery(key=PLANNED.key.replace("2026-12-09", "2026-12-10"), due_at=PLANNED.due_at + timedelta(days=1))


def side(*deliveries: Delivery, events: Sequence[Event] = (an_event(),), problems: Sequence[Problem] = ()) -> Side:
    plan = Plan(
        at=NOW,
        window=Window(after=NOW, until=NOW),
        deliveries=tuple(one for one in deliveries if one.status != "skipped"),
        skips=tuple(one for one in deliveries if one.status == "skipped"),
        feeds=(FeedPlan(name="all", uids=tuple(event.uid for event in events)),),
    )
    content = Content(events=tuple(events), problems=tuple(problems))
    return Side(content=content, plan=plan, events={event.uid: event for event in events})


def sections(found: Comparison) -> dict[str, list[str]]:
    """The keys in each section that has any."""
    listed = {name: [one.key for one in getattr(found, name)] for name in ("send", "hold", "withdraw", "correct")}
    listed["move"] = [one.after.key for one in found.move]
    return {name: keys for name, keys in listed.items() if keys}


def test_what_stays_as_it_was_stands_nowhere() -> None:
    found = compare(side(PLANNED), side(PLANNED))

    assert (sections(found), found.feeds, found.problems, found.changes_nothing) == ({}, (), (), True)


def test_what_is_newly_planned_is_sent() -> None:
    assert sections(compare(side(), side(PLANNED))) == {"send": [PLANNED.key]}


def test_what_was_held_or_skipped_and_is_planned_now_is_sent() -> None:
    for status in ("held", "skipped"):
        assert sections(compare(side(replace(PLANNED, status=status)), side(PLANNED))) == {"send": [PLANNED.key]}


def test_another_due_time_is_a_move_with_both() -> None:
    later = replace(PLANNED, due_at=PLANNED.due_at + timedelta(hours=2))

    found = compare(side(PLANNED), side(later))

    assert sections(found) == {"move": [PLANNED.key]}
    assert (found.move[0].before, found.move[0].after) == (PLANNED, later)


def test_a_reminder_of_an_event_that_moves_to_another_day_moves_with_it() -> None:
    found = compare(side(PLANNED), side(OTHER_DAY))

    assert sections(found) == {"move": [OTHER_DAY.key]}
    assert found.move[0].before.key == PLANNED.key


def test_what_was_planned_and_is_held_now_is_held_and_not_moved() -> None:
    held = replace(OTHER_DAY, status="held")

    assert sections(compare(side(PLANNED), side(held))) == {"hold": [held.key]}


def test_what_stays_held_stands_nowhere_unless_it_moves() -> None:
    held = replace(PLANNED, status="held")
    later = replace(held, due_at=held.due_at + timedelta(hours=2))

    assert sections(compare(side(held), side(held))) == {}
    assert sections(compare(side(held), side(later))) == {"move": [held.key]}


def test_what_is_skipped_now_is_withdrawn_with_the_reason() -> None:
    found = compare(side(PLANNED), side(replace(PLANNED, status="skipped", reasons=(GONE,))))

    assert sections(found) == {"withdraw": [PLANNED.key]}
    assert found.withdraw[0].reasons == (GONE,)


def test_what_nothing_asks_for_any_more_says_whether_its_file_is_there() -> None:
    [gone] = compare(side(PLANNED), side(events=())).withdraw
    [left] = compare(side(PLANNED), side()).withdraw

    assert [(one.status, one.reasons[0].code) for one in (gone, left)] == [
        ("withdrawn", "vanished"),
        ("withdrawn", "rule-gone"),
    ]


def test_what_is_skipped_on_both_sides_stands_nowhere() -> None:
    skipped = replace(PLANNED, status="skipped")

    assert sections(compare(side(skipped), side(skipped))) == {}


def test_a_change_or_a_cancellation_is_a_correction_even_when_it_is_held() -> None:
    for kind in ("change", "cancellation"):
        correction = a_delivery(kind=kind, key=f"{kind}/{kind}/{UID}/1/newsletter", status="held")
        assert sections(compare(side(), side(correction))) == {"correct": [correction.key]}


def test_feeds_tell_entries_that_came_went_and_changed_by_uid() -> None:
    stays, goes, comes = (an_event(uid=f"{name}@example.org") for name in ("stays", "goes", "comes"))
    changed = replace(stays, title="Another title")

    [feed] = compare(side(events=(stays, goes)), side(events=(changed, comes))).feeds

    assert (feed.added, feed.removed, feed.changed) == ((comes.uid,), (goes.uid,), (stays.uid,))


def test_wording_that_calendar_readers_do_not_see_changes_no_feed() -> None:
    assert compare(side(), side(events=(an_event(body="Other words."),))).feeds == ()


def test_only_problems_that_were_not_there_are_new_whatever_their_line() -> None:
    old = Problem(path="a.md", what="It is empty.", line=3)
    new = Problem(path="b.md", what="It is empty.")

    assert compare(side(problems=[old]), side(problems=[replace(old, line=9), new])).problems == (new,)


def test_the_same_problem_once_more_is_new() -> None:
    problem = Problem(path="a.md", what="It is empty.")

    assert compare(side(problems=[problem]), side(problems=[problem, problem])).problems == (problem,)


def test_the_record_gives_a_move_its_delivery_as_it_was() -> None:
    record = comparison_record(compare(side(PLANNED), side(OTHER_DAY)))

    assert (record["move"][0]["key"], record["move"][0]["before"]["key"]) == (OTHER_DAY.key, PLANNED.key)
    assert record["send"] == record["hold"] == record["withdraw"] == record["correct"] == []
