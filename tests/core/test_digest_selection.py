"""What stands in a digest: what is coming up, and what is new since the last one that went out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from notifier.core.delivery import Delivery, DeliveryStatus, Memory
from notifier.core.digest import digest_of
from notifier.core.event import Event, Evidence, Role, Timed
from notifier.core.rule import Only, Rule
from notifier.core.selecting import Selection
from tests.builders import LONDON, a_delivery, a_seen_event, all_day, an_audience, an_event, at
from tests.digests import a_digest_rule, an_event_at, digest_rules, known

MONDAY = at("2026-11-09 09:30")
#: The Monday before, when the last one went out.
LAST = at("2026-11-02 09:30")
SUNDAY = at("2026-11-08 12:00")
SOON = an_event_at("2026-11-11 14:00", "Soon")
FAR = an_event_at("2027-03-11 14:00", "Far")


def a_digest(due: datetime = LAST, status: DeliveryStatus = "sent", **changes: Any) -> Delivery:
    start = a_delivery(
        key=f"digest/weekly/{due.date()}/newsletter", kind="digest", rule="weekly", due_at=due,
        expires_at=due + timedelta(days=2), status=status, sent_at=due, event_uids=(),
    )  # fmt: skip
    return replace(start, **changes)


def having(memory: Memory, *rows: Delivery, **baselines: datetime) -> Memory:
    more = {name.replace("_", ":"): moment for name, moment in baselines.items()}
    return replace(
        memory, deliveries={row.key: row for row in rows}, baselines={**memory.baselines, **more}, window_end=SUNDAY
    )


def seen_at(first_seen: str, *events: Event) -> Memory:
    return known(*events, first_seen=at(first_seen))


def selected(
    events: Sequence[Event], memory: Memory | None = None, *, rule: Rule | None = None, now: datetime = SUNDAY,
    due: datetime = MONDAY, public: bool = True,
) -> Selection:  # fmt: skip
    rule = rule or a_digest_rule()
    return digest_of(
        rule, an_audience(public=public), due, events=events, memory=memory or known(*events),
        rules=digest_rules(rule), now=now, projects={"commons": "Commons"},
    )  # fmt: skip


def titles(selection: Selection) -> list[str]:
    return [event.title for event in selection.events]


def test_it_tells_of_all_that_starts_until_the_next_one_is_due_and_not_of_what_has_started() -> None:
    starts = {
        "Before": "2026-11-09 09:29", "At once": "2026-11-09 09:30", "First": "2026-11-09 09:31",
        "Last": "2026-11-16 09:30", "Next time": "2026-11-16 09:31",
    }  # fmt: skip
    events = [an_event_at(start, title) for title, start in starts.items()]
    found = selected(events)
    assert (titles(found), found.left_out) == (["First", "Last"], ())
    assert titles(selected(events, due=MONDAY + timedelta(days=7))) == ["Next time"]


def test_a_daily_one_looks_seven_days_ahead() -> None:
    events = [an_event_at("2026-11-16 09:30", "In a week"), an_event_at("2026-11-16 09:31", "Later")]
    assert titles(selected(events, rule=a_digest_rule(cron="30 9 * * *"))) == ["In a week"]


def test_a_whole_day_is_told_of_on_its_first_day() -> None:
    events = [
        an_event(when=all_day("2026-11-09", "2026-11-11"), title="From today", uid="1@example.org"),
        an_event(when=all_day("2026-11-08", "2026-11-11"), title="From yesterday", uid="2@example.org"),
    ]
    assert titles(selected(events)) == ["From today"]


def test_a_late_one_tells_only_of_what_is_still_to_come() -> None:
    events = [an_event_at("2026-11-09 11:00", "Over"), SOON]
    assert titles(selected(events, now=at("2026-11-09 11:00"))) == ["Soon"]


def test_events_stand_in_the_order_of_start_then_uid() -> None:
    same = Timed(starts_at=at("2026-11-11 14:00"))
    events = [SOON, an_event_at("2026-11-10 14:00", "Sooner"), replace(SOON, uid="A@example.org", title="A", when=same)]
    assert titles(selected(events)) == ["Sooner", "A", "Soon"]


def test_an_event_without_a_date_is_never_in_it() -> None:
    assert titles(selected([an_event(when=None)])) == []


@pytest.mark.parametrize(
    ("only", "title"),
    [
        (Only(series=("walks",)), "Walk"),
        (Only(project=("commons",)), "Meeting"),
        (Only(topic=("reading",), category=("organising",)), "Meeting"),
    ],
)
def test_it_is_about_what_its_rule_selects(only: Only, title: str) -> None:
    walk = an_event_at("2026-11-11 14:00", "Walk", series="Walks", projects=(), topics=())
    meeting = an_event_at("2026-11-12 14:00", "Meeting")
    assert titles(selected([walk, meeting], rule=a_digest_rule(only=only))) == [title]


@pytest.mark.parametrize("role", ["speaking", "attending", "other"])
def test_what_others_organise_belongs_in_it_without_a_question(role: Role) -> None:
    found = selected([replace(SOON, role=role)])
    assert (titles(found), found.questions) == (["Soon"], ())


def test_what_has_no_link_of_its_own_belongs_in_it_without_a_question() -> None:
    found = selected([replace(SOON, join_url=None)])
    assert (titles(found), found.questions) == (["Soon"], ())


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"published": False}, "unpublished"),
        ({"status": "cancelled"}, "cancelled"),
        ({"status": "postponed"}, "postponed"),
        ({"status": "past"}, "write-up"),
        ({"access": "members"}, "members-only"),
        ({"access": "invitation"}, "invitation-only"),
        ({"full": True}, "registration-closed"),
        ({"notify": False}, "switched-off"),
    ],
)
def test_what_must_not_be_mailed_is_left_out_and_the_reason_kept(changes: dict[str, Any], code: str) -> None:
    found = selected([replace(SOON, **changes)])
    assert (found.events, [reason.code for reason in found.left_out], found.questions) == ((), [code], ())
    assert found.left_out[0].text.startswith("Soon: ")


def test_what_is_for_members_belongs_in_the_digest_of_a_closed_audience() -> None:
    assert titles(selected([replace(SOON, access="members")], public=False)) == ["Soon"]


@pytest.mark.parametrize(
    ("changes", "code"), [({"status": "tentative"}, "tentative"), ({"access": "unknown"}, "access-unknown")]
)
def test_what_is_doubtful_is_in_it_with_a_question(changes: dict[str, Any], code: str) -> None:
    found = selected([replace(SOON, **changes)])
    assert (titles(found), [reason.code for reason in found.questions]) == (["Soon"], [code])


def test_a_reason_keeps_the_words_of_the_document_and_a_long_title_is_cut() -> None:
    words = Evidence(field="notify", text="notify: false", line=3, basis="front matter")
    quiet = replace(SOON, title="A\nlong " * 40, notify=False, evidence={"notify": words})
    (reason,) = selected([quiet]).left_out
    assert (reason.field, reason.evidence) == ("notify", words)
    assert reason.text.endswith("…: Its document says that nothing is mailed about it.")
    assert len(reason.text) < 140


def test_without_an_earlier_one_nothing_is_new() -> None:
    found = selected([SOON, FAR], seen_at("2026-11-05", SOON, FAR))
    assert (titles(found), found.new) == (["Soon"], frozenset())


def test_what_was_first_seen_since_the_last_one_is_new_and_in_it_however_far_ahead() -> None:
    found = selected([SOON, FAR], having(seen_at("2026-11-05", SOON, FAR), a_digest()))
    assert (titles(found), found.new) == (["Soon", "Far"], frozenset({SOON.uid, FAR.uid}))


def test_what_is_new_and_starts_just_when_the_next_one_is_due_stands_in_it_once() -> None:
    last = an_event_at("2026-11-16 09:30", "Last")
    assert titles(selected([last], having(seen_at("2026-11-05", last), a_digest()))) == ["Last"]


def test_what_was_there_when_the_last_one_went_out_is_not_new() -> None:
    found = selected([SOON, FAR], having(seen_at("2026-11-02 09:30", SOON, FAR), a_digest()))
    assert (titles(found), found.new) == (["Soon"], frozenset())


def test_what_a_late_one_told_already_is_not_new() -> None:
    late = a_digest(sent_at=at("2026-11-03 12:00"), event_uids=(FAR.uid,))
    assert selected([FAR], having(seen_at("2026-11-03 10:00", FAR), late)).events == ()


def test_what_came_after_one_that_was_sent_early_by_hand_is_new() -> None:
    early = a_digest(sent_at=at("2026-11-02 08:00"))
    assert titles(selected([FAR], having(seen_at("2026-11-02 09:00", FAR), early))) == ["Far"]


@pytest.mark.parametrize(
    ("status", "news"),
    [("sent", ["Far"]), ("sending", ["Far"]), ("unknown", ["Far"]), ("skipped", []), ("missed", []), ("drafted", [])],
)
def test_only_one_that_went_out_or_may_have_is_the_last_one(status: DeliveryStatus, news: list[str]) -> None:
    assert titles(selected([FAR], having(seen_at("2026-11-05", FAR), a_digest(status=status)))) == news


def test_one_of_before_the_first_look_at_a_provider_is_not_the_last_one() -> None:
    memory = having(seen_at("2026-11-05", FAR), a_digest(), live_outbox=at("2026-11-04"))
    assert selected([FAR], memory).events == ()


def test_what_was_there_at_the_first_look_at_its_source_is_not_new() -> None:
    memory = having(seen_at("2026-11-05", SOON, FAR), a_digest(), source_website=at("2026-11-05"))
    found = selected([SOON, FAR], memory)
    assert (titles(found), found.new) == (["Soon"], frozenset())


def test_of_what_comes_back_only_the_next_one_is_news() -> None:
    first = an_event_at("2027-03-11 14:00", "First", follows=Timed(starts_at=at("2026-10-11 14:00")))
    second = an_event_at("2027-04-11 14:00", "Second", follows=first.when)
    found = selected([first, second], having(seen_at("2026-11-05", first, second), a_digest()))
    assert titles(found) == ["First"]


def test_a_new_event_beyond_must_be_selected_and_cleared_too() -> None:
    events = [replace(FAR, series="Walks"), replace(FAR, uid="2@example.org", status="cancelled")]
    rule = a_digest_rule(only=Only(series=("Book club",)))
    found = selected(events, having(seen_at("2026-11-05", *events), a_digest()), rule=rule)
    assert (found.events, [reason.code for reason in found.left_out]) == ((), ["cancelled"])


def test_what_has_begun_is_no_news() -> None:
    begun = an_event(when=Timed(starts_at=at("2026-11-07 09:00", LONDON), ends_at=at("2026-12-07 09:00", LONDON)))
    memory = replace(having(known(), a_digest()), seen={begun.uid: a_seen_event(begun, first_seen_at=at("2026-11-06"))})
    assert selected([begun], memory).events == ()
