"""The documents that the program was asked for with, each read as their owners expect."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from notifier.core.event import AllDay, Document, Event, Timed
from notifier.core.reading import Reading, read_document, read_project
from notifier.core.reading.shape import Shape

SEEDS = Path(__file__).resolve().parents[2] / ".." / "shared" / "corpus" / "seeds"
LONDON = ZoneInfo("Europe/London")
SHAPE = Shape(
    source="site",
    site_url="https://example.org",
    timezone="Europe/London",
    own=frozenset({"organising"}),
    page="/events/{stem}",
)

pytestmark = pytest.mark.skipif(not SEEDS.is_dir(), reason="shared corpus is absent")


def reading(stem: str) -> Reading:
    path = f"_events/{stem}.md"
    document = Document(source="site", path=path, data=(SEEDS / path).read_bytes(), revision="1")
    return read_document(document, SHAPE)


def source_line(stem: str, number: int) -> str:
    """The line as its author wrote it: what is expected is looked up there, never copied here."""
    return (SEEDS / f"_events/{stem}.md").read_text(encoding="utf-8").split("\n")[number - 1]


def only(stem: str) -> Event:
    (event,) = reading(stem).events
    return event


def codes(event: Event) -> list[str]:
    return [doubt.code for doubt in event.doubts]


def problems(stem: str) -> list[tuple[int | None, str | None, str]]:
    return [(problem.line, problem.field, problem.severity) for problem in reading(stem).problems]


def test_the_november_meeting_is_at_two_in_london_online_and_open() -> None:
    event = only("2025-11-19-community-of-practice")

    assert event.when == Timed(starts_at=datetime(2025, 11, 19, 14, 0, tzinfo=LONDON), ends_at=None)
    assert (event.zone, event.zone_basis) == ("Europe/London", "default")
    assert (event.mode, event.location) == ("online", None)
    assert event.access == "open"
    assert event.status == "scheduled"
    assert event.role == "organising"


def test_the_november_meeting_is_joined_by_the_registration_and_not_by_the_newsletter_beside_it() -> None:
    event = only("2025-11-19-community-of-practice")

    assert "zoom.us/meeting/register/" in str(event.join_url)
    assert f"({event.join_url})" in source_line("2025-11-19-community-of-practice", 35)
    assert event.evidence["join_url"].line == 35


def test_the_november_meeting_has_no_doubts_and_so_may_be_mailed_unaided() -> None:
    assert codes(only("2025-11-19-community-of-practice")) == []


def test_the_november_meeting_warns_of_its_duplicate_key_of_which_the_last_wins_and_of_its_malformed_link() -> None:
    event = only("2025-11-19-community-of-practice")

    assert event.topics == (source_line("2025-11-19-community-of-practice", 18).strip(" -"),)
    assert problems("2025-11-19-community-of-practice") == [(17, "topics", "warning"), (21, None, "warning")]


def test_the_december_meeting_takes_its_own_time_and_not_that_of_the_later_meetings() -> None:
    event = only("2024-12-11-community-of-practice")

    assert event.when == Timed(starts_at=datetime(2024, 12, 11, 14, 0, tzinfo=LONDON), ends_at=None)
    assert event.evidence["when"].line == 21
    assert event.mode == "online"


def test_the_december_meetings_link_is_the_one_in_the_second_quotation() -> None:
    event = only("2024-12-11-community-of-practice")

    assert f"[register here]({event.join_url})" in source_line("2024-12-11-community-of-practice", 44)
    assert event.evidence["join_url"].line == 44
    assert event.access == "open"


def test_the_december_meeting_announces_against_upcoming_false() -> None:
    event = only("2024-12-11-community-of-practice")

    assert codes(event) == ["upcoming-false"]
    assert (5, "upcoming", "warning") in problems("2024-12-11-community-of-practice")


def test_the_july_write_up_is_past_and_has_a_date_only() -> None:
    event = only("2024-07-18-community-of-practice")

    assert event.status == "past"
    assert event.when == AllDay(first=date(2024, 7, 18), last=date(2024, 7, 18))
    assert (event.zone, event.join_url, event.contact) == (None, None, None)
    assert problems("2024-07-18-community-of-practice") == []


def test_the_engagement_lab_is_by_invitation_in_spite_of_the_misspelling() -> None:
    event = only("2025-06-24-engagement-lab")

    assert event.access == "invitation"
    assert "invitation-ony" in event.evidence["access"].text
    assert event.evidence["access"].line == 38


def test_the_engagement_lab_has_no_time_and_is_contacted_by_mail() -> None:
    event = only("2025-06-24-engagement-lab")

    assert event.when == AllDay(first=date(2025, 6, 24), last=date(2025, 6, 24))
    assert codes(event) == ["no-time"]
    assert str(event.contact).startswith("mailto:")
    assert f"({event.contact})" in source_line("2025-06-24-engagement-lab", 38)


def test_the_engagement_labs_bullets_are_neither_places_nor_links() -> None:
    event = only("2025-06-24-engagement-lab")

    assert (event.location, event.join_url, event.info_url) == (None, None, None)


def test_the_project_page_gives_the_title_that_ties_events_to_it() -> None:
    path = "_projects/2024-mohn-westlake.md"
    document = Document(source="site", path=path, data=(SEEDS / path).read_bytes(), revision="1")

    title, found = read_project(document)

    assert found == ()
    assert title in only("2025-11-19-community-of-practice").projects
