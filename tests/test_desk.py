"""What staff may ask: which event is meant, why something is or isn't sent, how it would look."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from notifier import desk
from notifier.core.event import Content, Event
from notifier.edges.clock import FixedClock
from notifier.errors import UserError
from notifier.tick import Look
from tests.builders import UID, a_minimal_event, a_time, all_day, an_event, at, some_rules
from tests.faulty_provider import FaultyProvider
from tests.ticking import DUE, FIRST_LOOK, Site

CHOIR = an_event(uid="choir@example.org", path="_events/2026-12-09-Choir-evening.md")
WALK = an_event(uid="walk@example.org", path="_events/2026-12-10-evening-walk.md")
CONTENT = Content(events=(CHOIR, WALK))


@pytest.mark.parametrize(
    "name",
    [
        "choir@example.org", "_events/2026-12-09-Choir-evening.md", "2026-12-09-Choir-evening.md", "choir", "12-09",
        "my/site/_events/2026-12-09-Choir-evening.md", "/srv/site/_events/2026-12-09-Choir-evening.md",
    ],
)  # fmt: skip
def test_an_event_is_called_by_its_uid_its_path_or_a_part_of_its_file_name(name: str) -> None:
    assert desk.find_event(CONTENT, name) == CHOIR


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("evening", "could be 2 events (_events/2026-12-09-Choir-evening.md, _events/2026-12-10-evening-walk.md)."),
        ("choir-evning", "Did you mean _events/2026-12-09-Choir-evening.md?"),
        ("zebra", "No event is called 'zebra'. `notifier events` lists them all."),
        ("_events", "No event is called '_events'."),
    ],
)
def test_none_or_several_are_refused_naming_what_comes_near(name: str, said: str) -> None:
    with pytest.raises(UserError) as refusal:
        desk.find_event(CONTENT, name)

    assert said in str(refusal.value)


def test_one_path_in_two_sources_is_told_apart_by_uid() -> None:
    twin = replace(CHOIR, uid="twin@example.org", source="archive")

    with pytest.raises(UserError, match=r"choir@example\.org in website, twin@example\.org in archive"):
        desk.find_event(Content(events=(CHOIR, twin)), CHOIR.path)

    assert desk.find_event(Content(events=(CHOIR, twin)), twin.uid) == twin


def test_many_that_could_be_meant_are_not_all_listed() -> None:
    many = tuple(replace(WALK, uid=f"{n}@example.org", path=f"_events/walk-{n}.md") for n in range(9))

    with pytest.raises(UserError) as refusal:
        desk.find_event(Content(events=many), "walk")

    assert "could be 9 events" in str(refusal.value)
    assert str(refusal.value).endswith("walk-4.md, …). Give more of the name, or the path.")


def test_events_stand_in_the_order_of_their_starts_and_those_without_a_date_last() -> None:
    def named(path: str, **changes: object) -> Event:
        return an_event(uid=path, path=path, **changes)

    events = (
        a_minimal_event(uid="z", path="z", when=None),
        named("late", when=a_time("2026-12-09 18:00")),
        named("early", when=a_time("2026-12-09 09:00")),
        named("day", when=all_day("2026-12-09")),
    )

    assert [event.path for event in desk.in_time(Content(events=events), some_rules())] == ["day", "early", "late", "z"]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with Site(tmp_path) as made:
        made.tick(FIRST_LOOK)
        yield made


def look(site: Site, time: str = DUE) -> Look:
    return site.app.ticker.look(at(time))


def why(site: Site, subject: str, time: str = DUE) -> desk.Explanation:
    return desk.why(look(site, time), site.app.ticker.wiring.rules, subject)


def test_why_of_an_event_has_every_rule_and_the_clearance(site: Site) -> None:
    found = why(site, "choir")

    assert found.clearance is not None
    assert (found.subject, found.clearance.verdict) == ("_events/2026-12-09-choir.md", "auto")
    assert [(row.rule, row.status) for row in found.decisions] == [("day", "planned")]


def test_why_of_what_was_sent_is_what_the_ledger_says(site: Site) -> None:
    site.tick(DUE)

    assert [(row.status, row.sent_at) for row in why(site, "choir", "2026-12-08 12:00").decisions] == [
        ("sent", at(DUE))
    ]


def test_why_of_a_key_is_about_that_delivery_alone(site: Site) -> None:
    key = site.row().key

    found = why(site, key)

    assert (found.subject, found.clearance, [row.key for row in found.decisions]) == (key, None, [key])


def test_why_says_what_each_audience_was_last_told_and_by_which_rule(site: Site) -> None:
    assert why(site, "choir").told == ()
    site.tick(DUE)

    (known,) = why(site, "choir", "2026-12-08 12:00").told

    assert (known.told.audience, known.rule, known.told.at, known.otherwise) == ("newsletter", "day", at(DUE), ())
    assert (known.told.delivery_key, known.told.facts.title) == (site.row().key, "choir evening")


def test_why_says_what_of_it_is_otherwise_now(site: Site) -> None:
    site.tick(DUE)
    file = site.path("choir")
    file.write_text(file.read_text().replace("18:00", "18:15").replace("choir evening", "Singing together"))

    assert [known.otherwise for known in why(site, "choir", "2026-12-08 12:00").told] == [("when", "title")]
    assert [known.otherwise for known in why(site, site.row().key, "2026-12-08 12:00").told] == [("when", "title")]


def test_an_audience_that_was_renamed_is_told_under_its_name_of_today(site: Site) -> None:
    site.tick(DUE)
    rules, now = site.app.settings.rules, look(site, "2026-12-08 12:00")
    renamed = replace(rules.audiences["newsletter"], name="readers", formerly=("newsletter",))

    found = desk.known(now.memory, replace(rules, audiences={"readers": renamed}), now.content.events[0])

    assert [known.told.audience for known in found] == ["readers"]
    assert [
        known.told.audience for known in desk.known(now.memory, replace(rules, audiences={}), now.content.events[0])
    ] == ["newsletter"]


def test_why_of_a_moved_event_still_has_what_was_asked_for_before(site: Site) -> None:
    before = site.row().key
    file = site.path("choir")
    file.write_text(file.read_text().replace("date: 2026-12-09", "date: 2026-12-16"))
    site.tick("2026-11-21 09:00")

    found = why(site, "choir", "2026-11-21 10:00")

    assert [(row.key == before, row.status) for row in found.decisions] == [(False, "held"), (True, "withdrawn")]
    assert [row.status for row in why(site, before, "2026-11-21 10:00").decisions] == ["withdrawn"]


def test_why_shows_what_the_next_tick_withdraws_as_withdrawn(site: Site) -> None:
    before = site.row().key
    file = site.path("choir")
    file.write_text(file.read_text().replace("date: 2026-12-09", "date: 2026-12-16"))

    found = why(site, "choir", "2026-11-21 10:00")

    assert [(row.key == before, row.status) for row in found.decisions] == [(False, "held"), (True, "withdrawn")]
    assert [row.status for row in why(site, before, "2026-11-21 10:00").decisions] == ["withdrawn"]


def test_a_key_that_nobody_knows_is_refused(site: Site) -> None:
    with pytest.raises(UserError, match="No delivery has the key"):
        why(site, f"reminder/day/{UID}/2026-12-09/newsletter")


def test_a_preview_is_the_next_message_and_records_nothing(site: Site) -> None:
    before = site.rows()

    shown = desk.preview(look(site, FIRST_LOOK), site.app.ticker, "choir")

    assert (shown.delivery.status, shown.sample) == ("planned", False)
    assert "choir evening" in shown.message.text
    assert (site.rows(), (site.folder / "outbox").exists()) == (before, False)


def test_a_preview_is_the_message_that_is_sent(site: Site) -> None:
    shown = desk.preview(look(site), site.app.ticker, "choir")

    site.tick(DUE)

    (sent,) = (site.folder / "outbox").glob("*/message.txt")
    assert sent.read_text() == shown.message.text


def test_a_preview_of_what_is_not_sent_is_called_a_sample(site: Site) -> None:
    site.write("choir", more="status: cancelled")

    shown = desk.preview(look(site), site.app.ticker, "choir")

    assert (shown.delivery.status, shown.sample) == ("skipped", True)


def test_a_preview_of_a_kind_that_no_rule_makes_is_refused(site: Site) -> None:
    with pytest.raises(
        UserError, match=r"No rule asks for a mail of the kind announcement about _events/2026-12-09-choir\.md"
    ):
        desk.preview(look(site), site.app.ticker, "choir", "announcement")


def test_feeds_say_whether_publishing_would_change_them(site: Site) -> None:
    before = {feed["name"]: feed["changed"] for feed in desk.feeds(look(site, FIRST_LOOK), site.app.ticker)}
    site.write("garden", topic="Soil")

    after = {feed["name"]: feed["changed"] for feed in desk.feeds(look(site, FIRST_LOOK), site.app.ticker)}

    assert (before, after) == ({"all": False, "music": False}, {"all": True, "music": False})


def test_upcoming_has_held_things_first_and_then_those_next_in_time(site: Site) -> None:
    site.write("garden", more="status: tentative")
    site.write("alto")

    rows = desk.upcoming(look(site, "2026-11-21 09:00"))

    assert [row.status for row in rows] == ["held", "planned", "planned"]
    assert desk.upcoming(look(site, "2026-11-21 09:00"), days=3) == ()


def test_what_needs_a_person_is_listed_once_an_event_with_each_reason_once(tmp_path: Path) -> None:
    with Site(tmp_path, FaultyProvider()) as site:
        site.write("choir", more="status: tentative")
        site.tick(FIRST_LOOK)
        seen = look(site, FIRST_LOOK)
        held = [row for row in seen.plan.deliveries if row.status == "held"]

        found = desk.attention([*held, *held], seen.events())

        assert [(event.title, [reason.code for reason in reasons]) for event, reasons in found if event] == [
            ("choir evening", ["tentative"])
        ]


def test_a_look_for_publishing_is_recorded(site: Site) -> None:
    site.write("garden")

    seen = desk.recorded_look(site.app.ticker, FixedClock(at("2026-11-21 09:00")))

    memory = site.app.ticker.wiring.ledger.snapshot()
    assert memory.window_end == seen.at == at("2026-11-21 09:00")
    assert {one.event.path for one in memory.seen.values()} == {event.path for event in seen.content.events}
