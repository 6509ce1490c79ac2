"""What readers' calendars get when content changes, and what is never published."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ticking import FIRST_LOOK, Site

LATER = "2026-11-20 10:00"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with Site(tmp_path) as made:
        made.tick(FIRST_LOOK)
        yield made


def lines_of(calendar: str, title: str) -> list[str]:
    """The lines of the entry with this title."""
    entries = calendar.replace("\n ", "").split("BEGIN:VEVENT\n")[1:]
    return next(entry.split("\n") for entry in entries if f"SUMMARY:{title}" in entry)


def test_an_event_that_is_taken_back_stays_as_cancelled_without_its_text(site: Site) -> None:
    site.write("choir", more="published: false\nlocation: The secret cellar")
    site.tick(LATER)

    found = lines_of(site.feed(), "Cancelled: choir evening")
    assert "STATUS:CANCELLED" in found
    assert "SEQUENCE:1" in found
    assert not [line for line in found if line.startswith(("DESCRIPTION", "LOCATION", "URL"))]


def test_a_draft_is_in_no_feed_whatever_becomes_of_it(site: Site) -> None:
    site.write("draft", title="Not to be known", more="published: false")
    site.tick(LATER)
    site.path("draft").unlink()
    site.tick("2026-11-20 11:00")
    assert "Not to be known" not in site.feed()


def test_what_is_over_moves_to_the_archive_and_stays_one_entry(site: Site) -> None:
    assert not (site.folder / "feeds" / "all-archive.ics").exists()
    site.tick("2027-03-20 10:00")
    assert "choir evening" not in site.feed()
    assert "SUMMARY:choir evening" in site.feed("all-archive")
    assert "X-WR-CALNAME:Everything: past events" in site.feed("all-archive")


def test_a_feed_that_suddenly_loses_what_is_to_come_waits_for_a_person(site: Site) -> None:
    for name in ("harp", "lute", "viol"):
        site.write(name)
    site.tick(LATER)
    for name in ("choir", "harp", "lute"):
        site.write(name, topic="Tea")

    report = site.tick("2026-11-20 11:00")

    [problem] = report.problems
    assert str(problem).startswith("music.ics: would lose 3 of its 4 coming events, so it was not published.")
    assert "harp evening" in site.feed("music")
    assert site.tick("2026-11-20 11:01", accept_shrink=True).published == ("music",)
    assert "harp evening" not in site.feed("music")


def test_a_service_that_was_restarted_guards_against_shrinking_too(site: Site) -> None:
    for name in ("harp", "lute", "viol"):
        site.write(name)
    site.tick(LATER)
    for name in ("choir", "harp", "lute"):
        site.write(name, topic="Tea")
    site.app.close()
    site.open()

    assert len(site.tick("2026-11-20 11:00").problems) == 1
    assert "harp evening" in site.feed("music")


def test_the_past_gives_way_in_a_feed_that_is_too_large(site: Site) -> None:
    site.app.ticker.calendars.most_bytes = 1_600
    for name in ("harp", "lute"):
        site.write(name)
    site.path("choir").write_text(site.path("choir").read_text().replace("2026-12-09", "2026-11-01"))
    site.tick(LATER)

    assert "choir evening" not in site.feed()
    assert "choir evening" in site.feed("all-archive")
    assert len(site.feed()) < 1_600


def test_what_is_to_come_never_gives_way(site: Site) -> None:
    site.app.ticker.calendars.most_bytes = 100
    site.write("harp")
    site.tick(LATER)
    assert site.feed().count("BEGIN:VEVENT") == 2


def test_a_feed_that_would_tell_a_secret_is_refused_and_the_last_good_one_stays(site: Site) -> None:
    site.write("harp", more="access: members")
    config = site.folder / "config.yaml"
    config.write_text(
        config.read_text().replace("{title: Everything}", "{title: 'See https://tickets.example.com/harp'}")
    )
    before = site.feed()
    site.app.refresh()

    report = site.tick(LATER)

    [problem] = report.problems
    assert problem.path == "all.ics"
    assert "tickets.example.com/harp" not in str(problem)
    assert (site.feed(), report.published) == (before, ("music",))
