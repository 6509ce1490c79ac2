"""Which event of today is which of yesterday, and what happens when its file is gone or broken."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from notifier.core.delivery import Memory
from notifier.core.event import Content, Event
from notifier.core.identity import guard_against_shrinking, settle, uid_for
from notifier.errors import SourceShrank
from tests.builders import a_memory, a_seen_event, a_time, an_event, at, some_rules

NOW = at("2026-11-26 09:00")
RULES = some_rules()


def settled(*events: Event, memory: Memory | None = None, **content: Any) -> Content:
    return settle(Content(events=events, **content), memory or Memory(), RULES, NOW)


def test_an_explicit_uid_wins() -> None:
    [event] = settled(an_event(explicit_uid="chosen@example.org"), memory=a_memory(a_seen_event())).events
    assert event.uid == "chosen@example.org"


def test_a_remembered_path_keeps_its_uid() -> None:
    seen = a_seen_event(an_event(uid="first@example.org"))
    [event] = settled(an_event(uid="", title="Another title"), memory=a_memory(seen)).events
    assert event.uid == "first@example.org"


def test_a_new_path_gets_the_uid_that_anybody_would_give_it() -> None:
    [event] = settled(an_event(uid="")).events
    assert event.uid == uid_for(RULES.site, event.source, event.path)


def test_a_uid_that_is_taken_by_another_place_is_not_given_again() -> None:
    taken = uid_for(RULES.site, "website", "new.md")
    memory = a_memory(a_seen_event(an_event(uid=taken, path="old.md")))
    fresh = an_event(uid="", path="new.md", title="Choir", when=a_time("2026-12-16 18:00"), body="", join_url=None)
    found = {event.path: event.uid for event in settled(fresh, an_event(uid="", path="old.md"), memory=memory).events}
    assert found == {"new.md": uid_for(RULES.site, "website", "new.md", generation=1), "old.md": taken}


def test_two_events_with_one_uid_are_one_event_and_a_problem() -> None:
    content = settled(
        an_event(explicit_uid="one@example.org"), an_event(path="other.md", explicit_uid="one@example.org")
    )
    assert [event.path for event in content.events] == ["_events/2026-12-09-book-club.md"]
    assert [(problem.path, problem.field) for problem in content.problems] == [("other.md", "uid")]


def test_a_vanished_upcoming_event_is_brought_back_with_a_doubt() -> None:
    content = settled(memory=a_memory(a_seen_event()))
    assert [[doubt.code for doubt in event.doubts] for event in content.events] == [["vanished"]]
    assert content.vanished == {an_event().uid}


def test_a_vanished_event_that_is_over_stays_away() -> None:
    over = an_event(when=a_time("2026-11-02 14:00"))
    assert settled(memory=a_memory(a_seen_event(over))).events == ()


def test_a_vanished_event_stays_away_where_the_source_says_withdraw() -> None:
    rules = some_rules(vanished={"website": "withdraw"})
    assert settle(Content(), a_memory(a_seen_event()), rules, NOW).events == ()


@pytest.mark.parametrize(
    "content",
    [{"broken": frozenset({("website", an_event().path)})}, {"unread": frozenset({"website"})}],
    ids=["its file is broken", "its source is unread"],
)
def test_an_event_that_cannot_be_read_keeps_its_last_good_state_with_a_doubt(content: dict[str, object]) -> None:
    found = settled(memory=a_memory(a_seen_event()), **content)
    assert [(event.title, [d.code for d in event.doubts]) for event in found.events] == [
        (an_event().title, ["unreadable"])
    ]
    assert found.vanished == frozenset()


def many(count: int) -> list[Event]:
    return [an_event(uid=f"{number}@example.org", path=f"{number}.md") for number in range(count)]


def guarded(kept: int, of: int) -> Content:
    memory = a_memory(*(a_seen_event(event) for event in many(of)))
    content = settle(Content(events=tuple(replace(e, uid="") for e in many(kept))), memory, RULES, NOW)
    guard_against_shrinking(content, memory, RULES, NOW)
    return content


@pytest.mark.parametrize(("kept", "of"), [(10, 10), (7, 10), (0, 2), (8, 10)])
def test_a_few_vanished_events_are_held_one_by_one(kept: int, of: int) -> None:
    assert len(guarded(kept, of).vanished) == of - kept


@pytest.mark.parametrize(("kept", "of"), [(6, 10), (0, 10), (0, 3)])
def test_many_vanished_events_stop_everything(kept: int, of: int) -> None:
    with pytest.raises(SourceShrank, match=r"Nothing was planned or sent.*--accept-shrink"):
        guarded(kept, of)


def test_events_that_are_over_do_not_count_as_vanished() -> None:
    memory = a_memory(*(a_seen_event(replace(event, when=a_time("2026-11-02 14:00"))) for event in many(10)))
    guard_against_shrinking(settle(Content(), memory, RULES, NOW), memory, RULES, NOW)
    assert settle(Content(), memory, RULES, NOW).events == ()


def test_an_event_with_a_key_of_its_own_keeps_its_uid_wherever_its_file_goes() -> None:
    first = settled(an_event(uid="", path="2026/fair.md", key="fair-26")).events[0]
    assert first.uid == uid_for(RULES.site, first.source, "#fair-26")
    moved = an_event(
        uid="", path="archive/fair.md", key="fair-26", title="Another title", when=a_time("2026-12-11 10:00")
    )
    [event] = settled(moved, memory=a_memory(a_seen_event(first))).events
    assert event.uid == first.uid


def test_a_site_that_begins_to_choose_keys_keeps_the_identities_it_has() -> None:
    seen = a_seen_event(an_event(uid="first@example.org"))
    moved = an_event(uid="", key="fair-26", title="Another title", when=a_time("2026-12-11 10:00"))
    content = settled(moved, memory=a_memory(seen))
    assert ([event.uid for event in content.events], content.vanished) == (["first@example.org"], frozenset())


def test_a_path_that_another_key_takes_is_another_event() -> None:
    seen = a_seen_event(an_event(uid="first@example.org", key="fair-26"))
    content = settled(an_event(uid="", key="fair-27", when=a_time("2026-12-16 14:00")), memory=a_memory(seen))
    assert content.vanished == {"first@example.org"}
    assert len(content.events) == 2


def test_two_events_with_one_key_are_one_event_and_a_problem() -> None:
    content = settled(an_event(uid="", key="fair", path="a.md"), an_event(uid="", key="fair", path="b.md"))
    assert [event.path for event in content.events] == ["a.md"]
    assert [str(problem) for problem in content.problems] == [
        "b.md: key: Its key fair is also that of a.md, so this event is left out. Give each event a key of its own."
    ]


@pytest.mark.parametrize(("before", "after"), [("fair.md", "fair.md#2026-12-09"), ("fair.md#2026-12-09", "fair.md")])
def test_an_event_that_begins_or_ceases_to_come_back_is_still_the_one_on_its_day(before: str, after: str) -> None:
    seen = a_seen_event(an_event(uid="first@example.org", path=before))
    later = an_event(uid="", path="fair.md#2026-12-16", title="Better title", when=a_time("2026-12-16 14:00"))
    content = settled(later, an_event(uid="", path=after, title="Better title"), memory=a_memory(seen))
    assert {event.path: event.uid == "first@example.org" for event in content.events} == {
        after: True,
        later.path: False,
    }
