"""Three real sites read where they lie, by configuration alone: their starts are those of a careful reading."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from notifier.config import load
from notifier.core.event import Content, Event, Timed
from notifier.edges.folder import FolderSource
from notifier.tick.reader import Reader
from tests.builders import at

CORPUS = (Path(__file__).resolve().parents[1] / ".." / "shared" / "corpus").resolve()
pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="shared corpus is absent")

#: Before the first event of all three, so that no verdict is about the time.
NOW = at("2006-01-01 09:00")
SITE = """\
site: {id: corpus, name: Example Commons, domain: example.org, url: "https://www.example.org", timezone: %s}
sources:
  - name: website
    folder: %s
    events:
"""
CONFIGURED = {
    # An Eleventy site whose `Z` is no offset: 18:30Z is half past six on the wall in Dublin, summer and winter.
    "coding-grace": (
        "Europe/Dublin",
        """\
      - files: src/events/**/*.md
        times: {offsets: wall}
        fields:
          start: start_datetime
          end: end_datetime
          date: start_datetime
          place: {join: [location.venue, location.address1, location.address2, location.city, location.country]}
          register: event_url
          published: is_published
          cancelled: is_cancelled
          url: /events/{slug}/{id}/
""",
    ),
    # One data file. It says when doors open, or nothing: then the meetings begin at six. They last three hours.
    "cloudnative-linz": (
        "Europe/Vienna",
        """\
      - files: _data/events.yml
        format: data
        times: {length: 3h}
        fields:
          key: slug
          start: [doors_open, {value: "18:00"}]
          place: host
          register: event_link
          url: /events/{key}/
""",
    ),
    # Middleman, with the times in prose; where a text has none, a meeting begins at half past six, says the site.
    "lrug": (
        "Europe/London",
        """\
      - files: source/meetings/**/index.html.md.erb
        times: {length: 90m}
        fields:
          date: meeting_date
          start: {value: "18:30"}
          place: "hosted_by[0].:name"
          published: {from: status, table: {Published: true, "*": false}}
          status: {from: title, match: "(?i)cancelled", value: cancelled}
          url: /{path}/
""",
    ),
}


@cache
def expected(site: str) -> dict[str, Any]:
    entries = json.loads((CORPUS / site / "expected.json").read_text(encoding="utf-8"))
    if site == "cloudnative-linz":
        return {f"_data/events.yml#{entry['key']}": entry for entry in entries}
    return {entry["source"]: entry for entry in entries}


@pytest.fixture(scope="module")
def contents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Content]:
    return {site: _read(site, tmp_path_factory.mktemp(site)) for site in CONFIGURED}


def _read(site: str, folder: Path) -> Content:
    zone, group = CONFIGURED[site]
    config = folder / "config.yaml"
    config.write_text(SITE % (zone, CORPUS / site / "content") + group, encoding="utf-8")
    [source] = load(config, {}).sources
    assert source.folder is not None
    [shaped] = source.groups
    files = FolderSource(name=source.name, folder=source.folder, files=shaped.files, exclude=shaped.exclude)
    return Reader(((source, files),)).read(NOW)


def _start(event: Event | None) -> str | None:
    match event:
        case Event(when=Timed(starts_at=start)):
            return f"{start.astimezone(UTC):%Y-%m-%dT%H:%MZ}"
        case _:
            return None


@pytest.mark.parametrize(("site", "events"), [("coding-grace", 120), ("cloudnative-linz", 49), ("lrug", 240)])
def test_every_event_of_the_site_is_found_and_no_other(site: str, events: int, contents: dict[str, Content]) -> None:
    found = {event.path for event in contents[site].events}

    assert found == set(expected(site))
    assert len(found) == events


@pytest.mark.parametrize("site", CONFIGURED)
def test_at_least_99_of_100_starts_are_right_and_each_other_is_a_problem_shown(
    site: str, contents: dict[str, Content]
) -> None:
    events = {event.path: event for event in contents[site].events}
    differing = {path for path, entry in expected(site).items() if _start(events.get(path)) != entry["start_utc"]}

    assert len(differing) <= len(expected(site)) / 100
    assert differing <= {problem.path for problem in contents[site].problems if problem.severity == "error"}


@pytest.mark.parametrize("site", CONFIGURED)
def test_no_start_is_invented_where_the_reading_has_another(site: str, contents: dict[str, Content]) -> None:
    events = {event.path: event for event in contents[site].events}

    for path, entry in expected(site).items():
        assert _start(events[path]) in (entry["start_utc"], None), path


@pytest.mark.parametrize("site", CONFIGURED)
def test_ends_zones_and_publication_are_those_of_the_reading(site: str, contents: dict[str, Content]) -> None:
    events = {event.path: event for event in contents[site].events}
    wrong: list[tuple[str, str, object]] = []
    for path, entry in expected(site).items():
        event = events[path]
        if isinstance(event.when, Timed) and event.when.ends_at is not None:
            ends = datetime.fromisoformat(entry["end"])
            wrong += [(path, "end", event.when.ends_at)] if event.when.ends_at != ends else []
        wrong += [(path, "published", event.published)] if event.published is not entry["published"] else []
        wrong += [(path, "zone", event.zone)] if event.zone not in (entry["timezone"], None) else []

    assert wrong == []


@pytest.mark.parametrize("site", CONFIGURED)
def test_what_is_called_off_is_read_so(site: str, contents: dict[str, Content]) -> None:
    events = {event.path: event for event in contents[site].events}
    off = {path for path, entry in expected(site).items() if entry["status"] == "cancelled"}

    for path in off:
        assert events[path].status == "cancelled" or "called-off-in-text" in {d.code for d in events[path].doubts}, path
    assert {path for path, event in events.items() if event.status == "cancelled"} <= off


#: What is said of these sites' files and is so: a backslash that YAML refuses, a text copied word for word, an address
#: without its beginning, a meeting called off in words, two ends, a time before noon or after.
RIGHT = (
    "a backslash that YAML", "word for word", "lacks its beginning", "is cancelled”", "different ends", "different dates",
    "in the morning or in the afternoon",
)  # fmt: skip


@pytest.mark.parametrize("site", CONFIGURED)
def test_no_more_than_one_clean_file_in_twenty_gets_an_alarm(site: str, contents: dict[str, Content]) -> None:
    problems = [problem for problem in contents[site].problems if problem.severity != "info"]
    false = {problem.path for problem in problems if not any(words in problem.what for words in RIGHT)}

    assert len(false) <= len(expected(site)) / 20
