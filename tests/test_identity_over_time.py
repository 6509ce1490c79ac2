"""Whose event it is when files are copied, renamed and moved, and what a feed forgets when something becomes private."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from notifier.core.delivery import Memory
from notifier.core.event import Content, Event
from notifier.core.facts import visible_hash
from notifier.core.identity import guard_against_shrinking, settle
from notifier.core.plan import Plan, plan
from tests.builders import a_memory, a_seen_event, a_time, an_announcement_rule, an_event, at, some_rules
from tests.ticking import FIRST_LOOK, Site

NOW = at("2026-11-26 09:00")
RULES = some_rules()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with Site(tmp_path) as made:
        made.tick(FIRST_LOOK)
        yield made


def settled(*events: Event, memory: Memory, **content: Any) -> Content:
    return settle(Content(events=events, **content), memory, RULES, NOW)


def uids(content: Content) -> dict[str, str]:
    return {event.path: event.uid for event in content.events}


def test_a_copy_with_the_same_uid_line_does_not_take_the_identity_of_the_original() -> None:
    original = an_event(uid="", path="z-original.md", explicit_uid="one@example.org")
    copy = an_event(uid="", path="a-copy.md", explicit_uid="one@example.org", title="Another evening")
    content = settled(copy, original, memory=a_memory(a_seen_event(replace(original, uid="one@example.org"))))
    assert uids(content) == {"z-original.md": "one@example.org"}
    assert [(problem.path, problem.field) for problem in content.problems] == [("a-copy.md", "uid")]


def test_a_renamed_file_is_the_same_event() -> None:
    content = settled(an_event(uid="", path="2026/renamed.md"), memory=a_memory(a_seen_event()))
    assert uids(content) == {"2026/renamed.md": an_event().uid}
    assert content.vanished == frozenset()


def test_a_file_that_went_before_another_with_the_same_facts_came_is_the_same_event() -> None:
    gone = a_seen_event(present=False, gone_at=NOW)
    assert uids(settled(an_event(uid="", path="again.md"), memory=a_memory(gone))) == {"again.md": an_event().uid}


def test_a_file_moved_to_another_source_is_the_same_event() -> None:
    content = settled(an_event(uid="", source="archive"), memory=a_memory(a_seen_event()))
    assert [event.uid for event in content.events] == [an_event().uid]


@pytest.mark.parametrize("change", [{"title": "Another title", "join_url": None}, {"when": a_time("2026-12-10 14:00")}])
def test_a_new_file_that_says_something_else_is_another_event(change: dict[str, Any]) -> None:
    content = settled(an_event(uid="", path="new.md", **change), memory=a_memory(a_seen_event()))
    assert uids(content)["new.md"] != an_event().uid
    assert content.vanished == {an_event().uid}


def test_a_copy_beside_the_original_is_another_event() -> None:
    content = settled(an_event(uid=""), an_event(uid="", path="copy.md"), memory=a_memory(a_seen_event()))
    assert uids(content)[an_event().path] == an_event().uid != uids(content)["copy.md"]


def test_events_without_a_date_are_not_taken_for_renamed_ones() -> None:
    undated = an_event(when=None, zone=None)
    content = settled(replace(undated, uid="", path="new.md"), memory=a_memory(a_seen_event(undated)))
    assert uids(content)["new.md"] != undated.uid


def test_twins_that_are_renamed_together_keep_both_identities() -> None:
    twins = [an_event(uid=f"{name}@example.org", path=f"{name}.md") for name in ("one", "two")]
    renamed = [replace(event, uid="", path=f"2026/{event.path}") for event in twins]
    content = settled(*reversed(renamed), memory=a_memory(*(a_seen_event(event) for event in twins)))
    assert uids(content) == {"2026/one.md": "one@example.org", "2026/two.md": "two@example.org"}


def test_renaming_all_files_at_once_is_not_shrinking() -> None:
    events = [an_event(uid=f"{n}@example.org", path=f"{n}.md", title=f"Evening {n}") for n in range(9)]
    memory = a_memory(*(a_seen_event(event) for event in events))
    content = settled(*(replace(event, uid="", path=f"2026/{event.path}") for event in events), memory=memory)
    guard_against_shrinking(content, memory, RULES, NOW)
    assert {event.uid for event in content.events} == {event.uid for event in events}


def test_a_broken_file_with_a_number_sign_in_its_name_has_not_vanished() -> None:
    event = an_event(path="_events/C# evening.md")
    content = settled(memory=a_memory(a_seen_event(event)), broken=frozenset({("website", event.path)}))
    assert [[doubt.code for doubt in found.doubts] for found in content.events] == [["unreadable"]]


def test_a_renamed_file_gets_its_reminder_once(site: Site) -> None:
    assert [row.status for row in site.tick().moved] == ["sent"]
    site.path("choir").rename(site.path("concert"))
    assert [row.status for row in site.tick("2026-12-08 14:00").moved] == []
    assert [row.status for row in site.rows()] == ["sent"]


def test_a_place_that_becomes_private_leaves_the_published_feed(site: Site) -> None:
    site.write("choir", more="place: 7 Secret Lane")
    site.tick("2026-11-21 09:00")
    before = site.feed()
    site.write("choir", more="place: 7 Secret Lane\nprivate: [place]")
    site.tick("2026-11-21 10:00")
    assert ("Secret Lane" in before, "Secret Lane" in site.feed()) == (True, False)


def test_readers_see_how_an_event_takes_place() -> None:
    assert visible_hash(an_event(mode="unknown")) != visible_hash(an_event(mode="online"))


def planned_with_a_second_source(**content: Any) -> Plan:
    rules = some_rules(an_announcement_rule(), vanished={"website": "hold", "archive": "hold"})
    events = (an_event(), an_event(uid="new@example.org", source="archive"))
    return plan(Content(events=events, **content), a_memory(a_seen_event()), rules, NOW, timedelta(days=30))


def test_the_first_look_at_a_new_source_announces_nothing_that_is_there() -> None:
    first = planned_with_a_second_source()
    assert [name for name in first.baselines if name.startswith("source:")] == ["source:archive"]
    [row] = [row for row in first.skips if "new@" in row.key]
    assert [reason.code for reason in row.reasons] == ["baseline"]


def test_a_new_source_that_cannot_be_read_has_not_been_looked_at() -> None:
    assert "source:archive" not in planned_with_a_second_source(unread=frozenset({"archive"})).baselines


def test_a_copy_that_says_the_same_is_held_and_the_one_known_longer_is_not() -> None:
    copy = an_event(uid="", path="_events/2026-12-09-a-conflicted-copy.md")
    content = settled(copy, an_event(uid=""), memory=a_memory(a_seen_event()))
    doubts = {event.path: [doubt.code for doubt in event.doubts] for event in content.events}
    assert doubts == {copy.path: ["twin"], an_event().path: []}
    assert [(problem.path, problem.severity) for problem in content.problems] == [(copy.path, "warning")]


def test_copies_of_what_is_over_are_no_question() -> None:
    over = an_event(uid="", when=a_time("2026-11-02 14:00"))
    content = settled(over, replace(over, path="copy.md"), memory=Memory())
    assert ([event.doubts for event in content.events], content.problems) == ([(), ()], ())


def test_a_copied_file_is_reminded_of_once(site: Site) -> None:
    site.path("choir").with_name("2026-12-09-choir (copy).md").write_bytes(site.path("choir").read_bytes())
    site.tick("2026-11-22 09:00")
    assert [row.status for row in site.tick().moved] == ["sent"]
    assert sorted(row.status for row in site.rows()) == ["held", "sent"]
