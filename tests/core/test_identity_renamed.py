"""What makes a file the same event when its name, and what it says, are another than before; and what is asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from notifier.core.delivery import Memory, SeenEvent
from notifier.core.event import Content, Event, Timed, When
from notifier.core.identity import guard_against_shrinking, settle
from notifier.core.likeness import MOSTLY, name_of, overlap, slug_of
from notifier.core.revision import remember
from notifier.errors import SourceShrank
from tests.builders import a_memory, a_seen_event, a_time, all_day, an_event, at, some_rules
from tests.fuzz.steps import count_steps

NOW = at("2026-11-26 09:00")
RULES = some_rules()
TEXT = " ".join(f"{('read', 'talk', 'sing', 'walk')[n % 4]}{n}" for n in range(60))
OLD, NEW = "_events/2026-12-09-choir.md", "_events/2026-12-16-choir.md"
CHOIR = an_event(uid="choir@example.org", path=OLD, title="Choir evening", body=TEXT)
LATER = a_time("2026-12-16 14:00", ends="15:15")
RENAMED = {"website": {NEW: OLD}}


def settled(*events: Event, memory: Memory, now: datetime = NOW, **content: Any) -> Content:
    return settle(Content(events=events, **content), memory, RULES, now)


def known(*events: Event, **changes: Any) -> Memory:
    return a_memory(*(a_seen_event(event, **changes) for event in events))


def new(event: Event = CHOIR, **changes: Any) -> Event:
    return replace(event, **{"uid": "", "path": NEW} | changes)


def uids(content: Content) -> dict[str, str]:
    return {event.path: event.uid for event in content.events if event.uid not in content.vanished}


def doubts(content: Content) -> dict[str, list[str]]:
    return {event.path: [doubt.code for doubt in event.doubts] for event in content.events if event.doubts}


@pytest.mark.parametrize(
    "change",
    [
        {"location": "Town hall", "path": "new.md"},
        {"when": LATER, "path": "archive/2026-12-09-choir.md.erb"},
        {"title": "CANCELLED: Choir", "path": "archive/2026-12-09-choir.md"},
        {"title": "Songs", "path": "songs.md"},
        {"title": "Songs", "body": "", "path": "songs.md", "when": a_time("2026-12-09 18:00")},
        {"when": LATER},
        {"when": LATER, "body": f"{TEXT} Mind the new date.", "location": "Town hall"},
    ],
    ids=[
        "title, start",
        "title, name",
        "start, name",
        "start, text",
        "day, own link",
        "title, slug, text",
        "and edited",
    ],
)
def test_a_renamed_file_with_other_facts_is_the_same_event_by_what_it_has_in_common(change: dict[str, Any]) -> None:
    content = settled(new(**change), memory=known(CHOIR))
    assert list(uids(content).values()) == [CHOIR.uid]
    assert (content.vanished, doubts(content), content.problems) == (frozenset(), {}, ())


def test_a_new_date_alone_does_not_tell_a_series_of_one_title_apart_so_it_is_asked() -> None:
    other = replace(CHOIR, uid="other@example.org", path="_events/2026-12-02-choir.md", when=a_time("2026-12-02 14:00"))
    content = settled(new(when=LATER), replace(other, uid=""), memory=known(CHOIR, other))
    assert uids(content)[NEW] != CHOIR.uid
    assert doubts(content) == {OLD: ["vanished"], NEW: ["maybe-moved"]}


def test_the_same_title_in_another_year_is_no_series() -> None:
    last = replace(CHOIR, uid="last@example.org", path="_events/2025-12-10-choir.md", when=a_time("2025-12-10 14:00"))
    content = settled(new(when=LATER), replace(last, uid=""), two()[1], memory=known(CHOIR, last))
    assert uids(content)[NEW] == CHOIR.uid


@pytest.mark.parametrize("change", [{}, {"title": "Songs"}, {"body": "Other words."}, {"path": "songs.md"}])
def test_the_repositorys_word_on_a_rename_counts_for_a_moved_event(change: dict[str, Any]) -> None:
    moved = new(when=LATER, join_url=None, **change)
    content = settled(moved, memory=known(CHOIR), renames={"website": {moved.path: OLD}})
    assert uids(content) == {moved.path: CHOIR.uid}


def test_two_files_from_one_template_are_no_rename_whatever_the_repository_says() -> None:
    knitting = new(title="Knitting", path="_events/2027-01-20-knitting.md", when=a_time("2027-01-20 18:00"), body="")
    content = settled(knitting, memory=known(CHOIR), renames={"website": {knitting.path: OLD}})
    assert uids(content)[knitting.path] != CHOIR.uid
    assert doubts(content) == {OLD: ["vanished"]}


def test_a_copy_that_the_repository_calls_a_rename_is_another_event() -> None:
    content = settled(replace(CHOIR, uid=""), new(when=LATER), memory=known(CHOIR), renames=RENAMED)
    assert uids(content)[OLD] == CHOIR.uid != uids(content)[NEW]


def test_the_original_that_is_reworded_keeps_its_uid_and_its_copy_does_not_get_it() -> None:
    content = settled(replace(CHOIR, uid="", title="Songs"), new(path="copy.md"), memory=known(CHOIR))
    assert uids(content)[OLD] == CHOIR.uid != uids(content)["copy.md"]


def test_an_entry_of_a_data_file_follows_its_file() -> None:
    entry = replace(CHOIR, path="_data/events.yml#choir")
    moved = new(entry, path="_data/2026.yml#choir", title="Songs", when=LATER, body="", join_url=None)
    content = settled(moved, memory=known(entry), renames={"website": {"_data/2026.yml": "_data/events.yml"}})
    assert uids(content) == {moved.path: CHOIR.uid}


@pytest.mark.parametrize("change", [{}, {"when": LATER}, {"title": "Songs"}])
def test_an_entry_that_moves_to_another_list_keeps_its_uid_by_facts_or_by_key(change: dict[str, Any]) -> None:
    entry = replace(CHOIR, path="_data/events.yml#choir")
    content = settled(new(entry, path="_data/past.yml#choir", **change), memory=known(entry))
    assert list(uids(content).values()) == [CHOIR.uid]


@pytest.mark.parametrize("when", [None, all_day("2026-12-09")], ids=["no date", "whole day"])
@pytest.mark.parametrize("change", [{}, {"title": "Songs"}, {"when": LATER}, {"title": "Songs", "when": LATER}])
def test_a_file_keeps_its_uid_whatever_is_written_into_it_before_it_is_over(
    when: When | None, change: dict[str, Any]
) -> None:
    event = replace(CHOIR, when=when, zone=None)
    assert uids(settled(new(event, path=OLD, **change), memory=known(event))) == {OLD: CHOIR.uid}


def test_titles_passed_on_from_one_session_to_the_next_move_nothing() -> None:
    """Of several at one time the first now has the title of the second, which has a new one: words, no other places."""
    one, other = replace(CHOIR, path="a.md"), replace(CHOIR, uid="other@example.org", path="b.md", title="Songs")
    content = settled(
        new(one, path="a.md", title="Songs"), new(other, path="b.md", title="Tales"), memory=known(one, other)
    )
    assert uids(content) == {"a.md": one.uid, "b.md": other.uid}


def two() -> tuple[Event, Event]:
    one = replace(CHOIR, path="a.md")
    return one, replace(CHOIR, uid="other@example.org", path="b.md", title="Songs", when=LATER, body="")


@pytest.mark.parametrize("same", [{}, {"title": "Choir evening"}, {"when": CHOIR.when}], ids=["", "title", "start"])
def test_two_files_that_swap_their_names_keep_their_uids(same: dict[str, Any]) -> None:
    one, other = two()[0], replace(two()[1], **same)
    content = settled(replace(one, uid="", path="b.md"), replace(other, uid="", path="a.md"), memory=known(one, other))
    assert uids(content) == {"b.md": one.uid, "a.md": other.uid}


@pytest.mark.parametrize("last", [{}, {"location": "Town hall"}, {"when": a_time("2026-12-17 10:00")}])
def test_names_that_are_passed_on_take_the_uids_along(last: dict[str, Any]) -> None:
    one, other = two()
    content = settled(
        replace(one, uid="", path="b.md"), replace(other, uid="", path="c.md", **last), memory=known(one, other),
        renames={"website": {"c.md": "a.md"}},
    )  # fmt: skip
    assert uids(content)["b.md"] == one.uid != uids(content)["c.md"]
    assert (uids(content)["c.md"] == other.uid) is ("when" not in last)


def test_one_that_may_be_either_of_two_is_asked_and_no_line_is_chosen() -> None:
    twin = replace(CHOIR, uid="twin@example.org", path="_events/2026-12-10-choir.md", when=a_time("2026-12-10 14:00"))
    content = settled(new(when=LATER), memory=known(CHOIR, twin))
    [problem] = [problem for problem in content.problems if problem.path == NEW]
    assert problem.write is None
    assert f"uid: {CHOIR.uid} or uid: {twin.uid}" in problem.hint


def recreated(title: str = "Choir evening", **changes: Any) -> Event:
    return new(title=title, path="_events/2026-12-20-songs.md", when=a_time("2026-12-20 14:00"), **changes)


FOUR_DAYS_AGO = {"present": False, "gone_at": NOW - timedelta(days=4)}


def test_a_file_that_is_made_anew_days_later_under_another_name_and_date_is_asked_not_assumed() -> None:
    content = settled(recreated(), memory=known(CHOIR, **FOUR_DAYS_AGO))
    event = next(event for event in content.events if event.path == recreated().path)
    assert event.uid != CHOIR.uid
    assert doubts(content)[event.path] == ["maybe-moved"]
    assert [(p.path, p.field, p.severity, p.write) for p in content.problems] == [
        (event.path, "uid", "warning", f"uid: {CHOIR.uid}")
    ]
    assert event.doubts[0].text == (
        f"It may be “Choir evening” of 2026-12-09 ({OLD}), of which the file is gone. If it is, write uid: {CHOIR.uid} "
        f"into it; if it is another event, write uid: {event.uid}. Or release what is held."
    )


def test_the_question_stays_after_it_was_recorded_and_goes_with_either_answer() -> None:
    memory = known(CHOIR, **FOUR_DAYS_AGO)
    content = settled(recreated(), memory=memory)
    recorded = replace(memory, seen=remember(content, memory, NOW)[0])
    later = NOW + timedelta(days=16)
    [own] = [event.uid for event in content.events if event.path == recreated().path]
    assert "maybe-moved" in doubts(settled(recreated(), memory=recorded, now=later))[recreated().path]
    for answer in (own, CHOIR.uid):
        answered = settled(recreated(explicit_uid=answer), memory=recorded, now=later)
        assert (uids(answered)[recreated().path], doubts(answered).get(recreated().path)) == (answer, None)


@pytest.mark.parametrize(
    ("memory", "event"),
    [
        (known(CHOIR, present=False, gone_at=NOW - timedelta(days=40)), recreated()),
        (known(replace(CHOIR, status="cancelled"), **FOUR_DAYS_AGO), recreated()),
        (known(replace(CHOIR, when=a_time("2026-11-20 14:00")), **FOUR_DAYS_AGO), recreated()),
        (known(CHOIR, **FOUR_DAYS_AGO), recreated("Knitting", body="")),
        (known(CHOIR, **FOUR_DAYS_AGO), recreated(key="its-own")),
        (known(replace(CHOIR, path="c.md#1"), **FOUR_DAYS_AGO), new(path="c.md#2", when=LATER)),
        (known(CHOIR, **FOUR_DAYS_AGO), replace(recreated(), when=a_time("2026-11-25 14:00"))),
    ],
    ids=["long ago", "called off", "over when it went", "not alike", "with a key", "a session", "about the past"],
)
def test_what_is_certainly_another_event_is_not_asked_about(memory: Memory, event: Event) -> None:
    assert event.path not in doubts(settled(event, memory=memory))


def test_a_postponed_event_is_recognised_by_its_text_when_all_else_is_another() -> None:
    event = recreated("New date for our songs", body=f"We moved it. {TEXT}")
    assert doubts(settled(event, memory=known(CHOIR, **FOUR_DAYS_AGO)))[event.path] == ["maybe-moved"]


def test_of_very_many_new_ones_no_text_is_compared() -> None:
    others = [new(event, path=f"{event.uid}.md", title=f"{n}") for n, event in enumerate(many(501))]
    event = recreated("New date for our songs", body=TEXT)
    assert event.path not in doubts(settled(event, *others, memory=known(CHOIR, **FOUR_DAYS_AGO)))


@pytest.mark.parametrize("change", [{}, {"title": "Songs"}, {"when": LATER}, {"title": "Songs", "when": LATER}])
def test_a_file_that_comes_back_at_its_place_much_as_it_was_is_the_same_event(change: dict[str, Any]) -> None:
    back = new(path=OLD, **change)
    assert uids(settled(back, memory=known(CHOIR, **FOUR_DAYS_AGO))) == {OLD: CHOIR.uid}


def test_another_event_at_the_path_of_one_that_is_gone_is_another_event() -> None:
    other = new(path=OLD, title="Knitting", when=LATER, body="Bring wool.")
    content = settled(other, memory=known(CHOIR, **FOUR_DAYS_AGO))
    assert content.vanished == {CHOIR.uid}
    assert [event.uid != CHOIR.uid for event in content.events if not event.doubts] == [True]


@pytest.mark.parametrize("title", ["Choir evening", "Knitting"])
def test_a_file_that_is_written_over_for_the_next_evening_is_another_event(title: str) -> None:
    over = replace(CHOIR, path="next.md", when=a_time("2026-11-20 14:00"))
    content = settled(new(path="next.md", title=title, when=LATER), memory=known(over))
    assert uids(content)["next.md"] != over.uid
    assert (doubts(content), content.vanished) == ({}, frozenset())


@pytest.mark.parametrize("before", ["2026-11-26 14:00", "2026-12-09 14:00"])
def test_an_event_that_was_not_over_when_it_was_last_seen_was_moved(before: str) -> None:
    """A service that stood still for days can't say that what it sees only now was done too late."""
    event = replace(CHOIR, path="next.md", when=a_time(before))
    content = settled(
        new(path="next.md", title="Knitting", when=LATER), memory=known(event), now=NOW + timedelta(days=1)
    )
    assert uids(content) == {"next.md": CHOIR.uid}


def test_two_events_in_turn_at_one_path_stay_apart_when_the_first_is_brought_back() -> None:
    over = replace(CHOIR, path="next.md", when=a_time("2026-11-20 14:00"))
    other = new(path="next.md", title="Knitting", when=LATER, body="")
    memory = known(over)
    memory = replace(memory, seen=remember(settled(other, memory=memory), memory, NOW)[0])
    assert uids(settled(new(over, path="next.md"), memory=memory)) == {"next.md": CHOIR.uid}
    assert uids(settled(other, memory=memory))["next.md"] != CHOIR.uid


def many(count: int) -> list[Event]:
    return [
        replace(
            CHOIR, uid=f"{n}@example.org", path=f"meetings/{n:x}/index.html.md", title=f"Meeting {n:x}",
            when=Timed(starts_at=at("2027-01-04 18:00") + timedelta(days=n)), join_url=None, body=f"{n} " * 30,
        )
        for n in range(count)
    ]  # fmt: skip


def all_renamed(events: Iterable[Event], *, moved: bool) -> list[Event]:
    by = timedelta(hours=1) if moved else timedelta(0)
    return [
        replace(
            event, uid="", path=f"{event.path}.erb",
            when=Timed(starts_at=event.when.starts_at + by) if isinstance(event.when, Timed) else None,
        )
        for event in events
    ]  # fmt: skip


@pytest.mark.parametrize("moved", [False, True])
@pytest.mark.parametrize("has_repository", [False, True])
def test_renaming_220_files_at_once_changes_nothing(moved: bool, has_repository: bool) -> None:
    events, memory = many(220), known(*many(220))
    renames = {"website": {f"{event.path}.erb": event.path for event in events}} if has_repository else {}
    content = settled(*all_renamed(events, moved=moved), memory=memory, renames=renames)
    guard_against_shrinking(content, memory, RULES, NOW)
    assert uids(content) == {f"{event.path}.erb": event.uid for event in events}
    assert (content.vanished, doubts(content), content.problems) == (frozenset(), {}, ())


@pytest.mark.parametrize("moved", [False, True])
def test_renaming_ten_times_as_many_takes_ten_times_the_steps(moved: bool) -> None:
    def steps(count: int) -> int:
        memory, found = known(*many(count)), tuple(all_renamed(many(count), moved=moved))
        return count_steps(lambda: settle(Content(events=found), memory, RULES, NOW))

    assert steps(400) <= 11 * steps(40)


def test_what_fits_many_takes_no_more_steps_for_each_than_what_fits_one() -> None:
    def steps(count: int) -> int:
        before = [replace(event, title="Meeting", body=TEXT) for event in many(count)]
        after = [replace(event, path=f"x/{n}.md") for n, event in enumerate(all_renamed(before, moved=True))]
        memory = known(*before)
        return count_steps(lambda: settle(Content(events=tuple(after)), memory, RULES, NOW))

    assert steps(400) <= 15 * steps(40)


def test_giving_every_file_a_uid_line_is_no_vanishing() -> None:
    events = many(9)
    memory = known(*events)
    content = settled(*(replace(e, uid="", explicit_uid=f"own-{e.uid}") for e in events), memory=memory)
    guard_against_shrinking(content, memory, RULES, NOW)
    assert {event.formerly for event in content.events} == {(event.uid,) for event in events}


def test_files_that_are_replaced_by_others_are_a_vanishing() -> None:
    events = many(9)
    others = [new(path=f"{n}.md", title=f"Knitting {n:x}", body="", join_url=None) for n in range(9)]
    memory = known(*events)
    with pytest.raises(SourceShrank):
        guard_against_shrinking(settled(*others, memory=memory), memory, RULES, NOW)


def test_a_uid_line_in_a_copy_does_not_take_the_identity_of_the_original() -> None:
    copy = new(path="a-copy.md", explicit_uid=CHOIR.uid, title="Songs")
    content = settled(copy, replace(CHOIR, uid=""), memory=known(CHOIR))
    assert (uids(content), [problem.path for problem in content.problems]) == ({OLD: CHOIR.uid}, ["a-copy.md"])


def test_a_uid_line_that_is_moved_to_another_file_moves_the_event() -> None:
    lined = replace(CHOIR, explicit_uid=CHOIR.uid)
    content = settled(
        new(lined, when=LATER), new(CHOIR, path=OLD, title="Knitting", body="", when=LATER), memory=known(lined)
    )
    assert uids(content)[NEW] == CHOIR.uid != uids(content)[OLD]


def test_a_uid_line_that_is_taken_away_again_changes_nothing() -> None:
    first, second = a_seen_event(CHOIR, present=False, gone_at=NOW), replace(CHOIR, uid="a@example.org")
    lined = replace(second, explicit_uid=second.uid, formerly=(CHOIR.uid,))
    content = settled(replace(CHOIR, uid=""), memory=a_memory(first, a_seen_event(lined)))
    assert [(event.uid, event.formerly) for event in content.events] == [(second.uid, (CHOIR.uid,))]


def remembered_as(seen: SeenEvent) -> tuple[str, bool]:
    return seen.event.path, seen.present


def test_a_renamed_event_is_remembered_at_its_new_place_and_was_never_gone() -> None:
    memory = known(CHOIR)
    seen, _ = remember(settled(new(when=LATER), memory=memory), memory, NOW)
    assert {uid: remembered_as(one) for uid, one in seen.items()} == {CHOIR.uid: (NEW, True)}


@pytest.mark.parametrize(
    ("path", "name", "slug"),
    [
        ("_events/2026-12-09-choir.md", "2026-12-09-choir", "choir"),
        ("choir/2026/index.html.md.erb", "choir/2026", "choir"),
        ("_data/events.yml#spring-fair", "spring-fair", "spring-fair"),
        ("choir.md#2", "choir#2", "choir"),
        ("choir.md#2026-12-09", "choir#2026-12-09", "choir"),
        ("2026-12-09.md", "2026-12-09", ""),
        ("index.md", "index", "index"),
    ],
)
def test_a_path_has_a_name_and_that_without_its_date(path: str, name: str, slug: str) -> None:
    assert (name_of(path), slug_of(path)) == (name, slug)


def test_texts_are_compared_by_their_pairs_of_words_and_short_ones_not_at_all() -> None:
    edited = overlap(TEXT, f"{TEXT} And a word more.")
    assert edited is not None
    assert edited > MOSTLY
    assert overlap(TEXT, " ".join(sorted(TEXT.split(), reverse=True))) == 0
    assert overlap("Details follow.", "Details follow.") is None
