"""What stands in feeds: events as they are, and what is left of those that are gone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from notifier.core.delivery import Listed, Memory, SeenEvent
from notifier.core.event import Content, Event
from notifier.core.facts import facts_of
from notifier.core.keeping import after_plan
from notifier.core.plan import Plan, plan
from notifier.core.rule import Only, Rules
from notifier.core.span import goes_to_archive, in_calendars, leaves_feed
from tests.builders import (
    LONDON,
    UID,
    a_feed,
    a_rule,
    a_seen_event,
    a_time,
    an_announcement_rule,
    an_audience,
    an_event,
    at,
    some_rules,
)

NOW = at("2026-11-26 09:00")
SECRET_PLACE = "The back room, 12 Quiet Street"


def listed(event: Event | None = None, **changes: Any) -> SeenEvent:
    """The memory of an event that stood in public calendars as `an_event()`."""
    return a_seen_event(event, listed=Listed(facts=facts_of(an_event())), **changes)


def lived(
    *states: Event | None, rules: Rules | None = None, every: timedelta = timedelta(hours=1)
) -> tuple[Memory, Plan]:
    """The memory and the last plan after an event was in these states one after another; None: its document was gone."""
    rules, memory, now = rules or some_rules(), Memory(), NOW
    made = Plan(at=now, window=plan(Content(), memory, rules, now, timedelta(0)).window)
    for state in states:
        made = plan(Content(events=(state,) if state else ()), memory, rules, now, timedelta(days=30))
        memory, now = after_plan(memory, made), now + every
    return memory, made


def test_an_event_that_everybody_may_know_stands_in_calendars_as_it_is() -> None:
    assert in_calendars(an_event(), listed()) == an_event()


def test_a_draft_that_was_never_public_is_in_no_calendar_ever() -> None:
    draft = an_event(published=False, title="Not to be known")
    memory, made = lived(draft, draft, None)

    assert memory.seen[UID].listed is None
    assert [feed.uids for feed in made.feeds] == [()]


def test_of_an_event_that_was_taken_back_its_last_public_title_and_day_are_left() -> None:
    taken_back = an_event(published=False, title="Why we took it back", location=SECRET_PLACE, summary="Private words")

    shown = in_calendars(taken_back, listed())

    assert shown == in_calendars(taken_back, listed(), secret=True)
    assert shown is not None
    assert (shown.title, shown.when, shown.published) == ("Book club: The Commons", an_event().when, False)
    assert (shown.location, shown.summary, shown.url, shown.join_url) == (None, "", None, None)


def test_of_an_event_that_is_gone_its_last_public_title_and_day_are_left() -> None:
    memory, made = lived(an_event(), None)
    shown = in_calendars(None, memory.seen[UID])

    assert [feed.uids for feed in made.feeds] == [(UID,)]
    assert shown is not None
    assert (shown.title, shown.published, shown.body) == ("Book club: The Commons", False, "")


def test_an_event_that_lost_its_date_is_postponed_on_the_day_that_calendars_know() -> None:
    shown = in_calendars(an_event(when=None), listed())

    assert shown is not None
    assert (shown.when, shown.status, shown.location) == (an_event().when, "postponed", an_event().location)


def test_a_day_that_became_private_leaves_public_calendars_with_nothing_but_what_they_knew() -> None:
    private = an_event(private=frozenset({"when"}), when=a_time("2027-01-01 10:00"))

    assert in_calendars(private, listed()) == in_calendars(an_event(published=False), listed())
    assert in_calendars(private, listed(), secret=True) == private


def test_a_private_day_that_was_never_public_is_only_in_secret_calendars() -> None:
    private = an_event(private=frozenset({"when"}))
    rules = some_rules(feeds=(a_feed(), a_feed(name="team", secret=True)))
    _, made = lived(private, private, rules=rules)

    assert {feed.name: feed.uids for feed in made.feeds} == {"all": (), "team": (UID,)}


@pytest.mark.parametrize(
    ("state", "days_after"),
    [({}, 90), ({"status": "cancelled"}, 30), ({"status": "postponed"}, 30)],
)
def test_how_long_what_is_over_stays(state: dict[str, Any], days_after: int) -> None:
    event = an_event(**state)
    assert leaves_feed(event, listed(), LONDON) == at("2026-12-09 15:15") + timedelta(days=days_after)


def test_what_is_cancelled_late_stays_from_then_on() -> None:
    seen = listed(changed_at=at("2027-01-05 10:00"))
    assert leaves_feed(an_event(status="cancelled"), seen, LONDON) == at("2027-02-04 10:00")


def test_what_is_left_of_an_event_leaves_feeds_thirty_days_after_it_went() -> None:
    memory, made = lived(an_event(), None, every=timedelta(days=1))
    went = memory.seen[UID].changed_at
    assert made.next_at is not None

    rules, end = some_rules(), went + timedelta(days=30)
    just_before = plan(Content(), memory, rules, end - timedelta(seconds=1), timedelta(0))
    after = plan(Content(), memory, rules, end, timedelta(0))

    assert ([feed.uids for feed in just_before.feeds], [feed.uids for feed in after.feeds]) == ([(UID,)], [()])
    assert just_before.next_at == end


def test_what_is_left_of_an_event_stands_only_where_the_event_stood() -> None:
    music = a_feed(name="music", only=Only(topic=("Music",)))
    _, made = lived(
        an_event(), None, rules=some_rules(feeds=(music, a_feed(name="reading", only=Only(topic=("reading",)))))
    )
    assert {feed.name: feed.uids for feed in made.feeds} == {"music": (), "reading": (UID,)}


def test_every_end_and_return_of_an_event_is_a_revision_that_calendars_take() -> None:
    states = (an_event(), None, an_event(), an_event(published=False), an_event(), an_event(when=None), an_event())
    revisions = [lived(*states[:number])[0].seen[UID] for number in range(1, len(states) + 1)]

    assert [one.sequence for one in revisions] == list(range(len(states)))
    assert [one.changed_at for one in revisions] == sorted({one.changed_at for one in revisions})


def test_an_event_that_is_held_as_vanished_and_then_given_up_is_told_of_once() -> None:
    rules, event = some_rules(), an_event()
    memory, _ = lived(event)
    held = Content(events=(event,), vanished=frozenset({UID}))
    memory = after_plan(memory, plan(held, memory, rules, NOW + timedelta(hours=1), timedelta(0)))
    assert memory.seen[UID].sequence == 0

    for hours in (2, 3):
        memory = after_plan(memory, plan(Content(), memory, rules, NOW + timedelta(hours=hours), timedelta(0)))
    assert memory.seen[UID].sequence == 1


def test_edits_of_what_is_not_published_are_no_news_for_calendars() -> None:
    memory, _ = lived(an_event(), an_event(published=False), an_event(published=False, title="Another title"))
    assert memory.seen[UID].sequence == 1


def test_what_calendars_last_showed_is_remembered_with_what_they_showed_before() -> None:
    moved = an_event(when=a_time("2026-12-10 14:00", ends="15:15"))
    memory, _ = lived(an_event(), moved, an_event(published=False), None)

    kept = memory.seen[UID].listed
    assert kept is not None
    assert (kept.facts, kept.before, kept.changed_at) == (
        facts_of(moved),
        facts_of(an_event()),
        NOW + timedelta(hours=1),
    )


def test_only_the_public_part_of_an_event_is_remembered_as_shown() -> None:
    memory, _ = lived(an_event(access="members", location=SECRET_PLACE, private=frozenset({"location"})))

    kept = memory.seen[UID].listed
    assert kept is not None
    assert (kept.facts.join_url, kept.facts.location) == (None, None)


def test_what_took_place_goes_from_the_feed_to_its_archive() -> None:
    event = an_event()
    memory, _ = lived(event)
    over = plan(Content(events=(event,)), memory, some_rules(), at("2027-06-01 09:00"), timedelta(0))

    assert [(feed.uids, feed.past) for feed in over.feeds] == [((), (UID,))]
    assert not goes_to_archive(an_event(status="cancelled"))
    assert not goes_to_archive(an_event(published=False))


def test_a_feed_for_an_audience_holds_what_a_rule_writes_to_it_about() -> None:
    reading = a_rule(only=Only(topic=("reading",)), audiences=("newsletter",))
    rules = some_rules(
        reading,
        an_announcement_rule(audiences=("members",)),
        audiences={"newsletter": an_audience(), "members": an_audience(name="members")},
        feeds=(a_feed(audiences=("newsletter",)),),
    )
    tea = an_event(uid="tea@example.org", topics=("Tea",))

    assert rules.feed_holds(rules.feeds[0], an_event(), {})
    assert not rules.feed_holds(rules.feeds[0], tea, {})
    assert rules.feed_holds(a_feed(audiences=("members", "newsletter")), tea, {})
