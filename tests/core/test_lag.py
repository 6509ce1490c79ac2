"""A change so late that most readers of a feed won't see it in time: a person is asked to tell the audience."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from notifier.core.decision import plan_event
from notifier.core.delivery import Delivery, Listed, Memory, Told
from notifier.core.event import Event
from notifier.core.facts import facts_of
from notifier.core.public import public_view
from notifier.core.readership import Poll
from notifier.core.rule import Only, Rule
from tests.builders import UID, a_feed, a_memory, a_seen_event, a_time, an_audience, an_event, at, some_rules

NOW = at("2026-12-09 09:40")
CHANGED = at("2026-12-09 09:00")
MOVED = an_event(when=a_time("2026-12-09 15:00", ends="16:15"))
CHANGE = Rule(name="correction", kind="change", audiences=("newsletter",))
OFF = Rule(name="called-off", kind="cancellation", audiences=("newsletter",))


def polled(every: int, readers: int, feed: str = "all") -> Poll:
    return Poll(day=date(2026, 12, 8), feed=feed, family="google", every=every, readers=readers)


SLOW = (polled(1440, 6), polled(60, 4))


def remembering(event: Event = MOVED, polls: tuple[Poll, ...] = SLOW, **changes: Any) -> Memory:
    """The event stood in feeds as `an_event()`, and became this at nine on its own day."""
    listed = Listed(facts=facts_of(public_view(event)), before=facts_of(an_event()), changed_at=CHANGED)
    seen = a_seen_event(event, changed_at=CHANGED, sequence=1, listed=listed)
    return a_memory(seen, polls=polls, **changes)


def decided(event: Event = MOVED, memory: Memory | None = None, **rules: Any) -> Delivery:
    [one] = plan_event(event, memory or remembering(event), replace(some_rules(CHANGE), **rules), NOW, projects={})
    return one


def test_a_person_is_asked_to_tell_an_audience_what_most_readers_will_not_see_in_time() -> None:
    one = decided()

    assert (one.kind, one.status, one.due_at) == ("change", "held", CHANGED + timedelta(minutes=30))
    [asked] = [reason.text for reason in one.reasons if reason.code == "feed-lag"]
    assert asked.startswith("About 60 % of the readers of the feed “All events” may not see this before it begins")


@pytest.mark.parametrize(
    "polls",
    [(), (polled(60, 9), polled(1440, 1)), (polled(1440, 9, "another"),)],
    ids=["nobody is counted", "nearly all ask often", "only another feed's readers ask seldom"],
)
def test_nothing_is_proposed_where_readers_see_it_in_time(polls: tuple[Poll, ...]) -> None:
    one = decided(memory=remembering(polls=polls))
    assert (one.status, [reason.code for reason in one.reasons]) == ("skipped", ["told-nothing"])


def test_nothing_is_proposed_where_there_is_time_enough() -> None:
    early = a_seen_event(
        MOVED, changed_at=at("2026-12-01 09:00"),
        listed=Listed(facts=facts_of(MOVED), before=facts_of(an_event()), changed_at=at("2026-12-01 09:00")),
    )  # fmt: skip
    assert decided(memory=a_memory(early, polls=SLOW)).status == "skipped"


def test_nothing_is_proposed_for_a_feed_that_does_not_hold_the_event() -> None:
    assert decided(feeds=(a_feed(only=Only(topic=("Music",))),)).status == "skipped"


def test_nothing_is_proposed_about_what_was_so_at_the_first_look() -> None:
    memory = replace(remembering(), baselines=dict.fromkeys(("site", "rule:correction"), CHANGED))
    assert decided(memory=memory).status == "skipped"


def test_nothing_is_proposed_to_an_audience_that_not_everybody_may_be_in() -> None:
    members = {"newsletter": an_audience(public=False)}
    assert decided(audiences=members).status == "skipped"


def test_those_who_were_told_are_told_anyway() -> None:
    told = Told(audience="newsletter", uid=UID, facts=facts_of(an_event()), delivery_key="k", at=at("2026-12-02 10:00"))
    one = decided(memory=remembering(told={("newsletter", UID): told}))
    assert (one.status, [reason.code for reason in one.reasons]) == ("planned", ["told-otherwise"])


def test_another_wording_is_nothing_to_mail_about() -> None:
    reworded = an_event(summary="Other words.")
    seen = a_seen_event(reworded, changed_at=CHANGED, listed=Listed(facts=facts_of(reworded)))
    assert decided(reworded, a_memory(seen, polls=SLOW)).status == "skipped"


@pytest.mark.parametrize("changes", [{"status": "cancelled"}, {"published": False}])
def test_a_late_cancellation_is_proposed_too(changes: dict[str, Any]) -> None:
    event = an_event(**changes)
    listed = Listed(
        facts=facts_of(event if event.published else an_event()),
        before=facts_of(an_event()) if event.published else None,
        changed_at=CHANGED if event.published else None,
    )
    memory = a_memory(a_seen_event(event, changed_at=CHANGED, listed=listed), polls=SLOW)

    [one] = plan_event(event, memory, some_rules(OFF), NOW, projects={})

    assert (one.kind, one.status) == ("cancellation", "held")
    assert "feed-lag" in [reason.code for reason in one.reasons]


def test_a_link_that_only_members_may_know_is_no_news_for_everybody() -> None:
    members = an_event(access="members")
    listed = Listed(facts=facts_of(public_view(members)), before=facts_of(public_view(members)), changed_at=CHANGED)
    seen = a_seen_event(members, changed_at=CHANGED, listed=listed)
    assert decided(members, a_memory(seen, polls=SLOW)).status == "skipped"
