"""What is proposed for sites of many kinds, and how certain things are told apart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time

import pytest

from notifier.core.event import Document, Event, Timed
from notifier.core.proposal import propose, written
from notifier.core.proposal.proposed import Group, Proposal
from notifier.core.reading import read_document
from tests import sites

Site = Callable[[], dict[str, str]]


def documents(files: dict[str, str]) -> list[Document]:
    return [Document(source="site", path=path, data=text.encode(), revision="1") for path, text in files.items()]


def proposed(files: dict[str, str], *, timezone: str | None = None) -> Proposal:
    return propose(documents(files), timezone=timezone)


def only_group(files: dict[str, str]) -> Group:
    (group,) = proposed(files).groups
    return group


def events_of(files: dict[str, str]) -> list[Event]:
    """The events that the proposal, unedited, reads from the files that hold them."""
    group = only_group(files)
    held = [one for one in documents(files) if one.path.startswith(group.files[0].partition("*")[0])]
    held = [one for one in held if one.path not in group.exclude]
    return [event for one in held for event in read_document(one, group.shape).events]


def starts(files: dict[str, str]) -> set[time]:
    return {event.when.starts_at.time() for event in events_of(files) if isinstance(event.when, Timed)}


@pytest.mark.parametrize(
    ("site", "files", "events", "clock"),
    [
        (sites.hugo_german, ("content/termine/*.md",), 8, time(19)),
        (sites.eleventy_json, ("src/_data/events.json",), 16, time(18, 30)),
        (sites.jekyll_lists, ("_data/events.yml",), 8, time(19, 30)),
        (sites.labelled, ("events/*.md",), 8, time(14)),
        (sites.mixed, ("content/pages/*.md",), 8, time(20)),
        (sites.wall_offsets, ("src/events/**/index.md",), 16, time(18, 30)),
        (sites.courses, ("courses/*.md",), 8, time(18)),
        (sites.spanish, ("eventos/*.md",), 8, time(19)),
    ],
)
def test_a_proposal_unedited_reads_every_start(site: Site, files: tuple[str, ...], events: int, clock: time) -> None:
    group = only_group(site())

    assert (group.files, group.trial.events, group.trial.timed) == (files, events, events)
    assert starts(site()) == {clock}


def test_a_blog_holds_no_events_and_the_reason_is_said() -> None:
    proposal = proposed(sites.blog())

    assert proposal.groups == ()
    assert proposal.rejected == (
        "_posts/*.md: 8 pages look like articles, but no key says where, at what time or how to come.",
    )


def test_the_day_of_publication_is_not_the_day_of_the_event() -> None:
    group = only_group(sites.hugo_german())

    assert group.choices["date"].ways[0].keys == ("beginn",)
    assert group.choices["date"].why == "not `date`: in 8 of 8 that is another day, when it was published"


def test_keys_in_another_language_are_found_by_name_and_value() -> None:
    group = only_group(sites.hugo_german())

    found = {name: group.choices[name].ways[0].keys for name in ("start", "end", "place", "register", "cancelled")}
    assert found == {
        "start": ("beginn",),
        "end": ("ende",),
        "place": ("veranstaltungsort",),
        "register": ("anmeldung",),
        "cancelled": ("abgesagt",),
    }


def test_an_address_in_parts_is_joined_without_its_numbers() -> None:
    group = only_group(sites.wall_offsets())

    assert group.choices["place"].ways[0].keys == ("location.venue", "location.city", "location.country")


def test_offsets_that_are_the_same_in_summer_and_winter_mean_the_clock_on_the_wall() -> None:
    assert only_group(sites.wall_offsets()).shape.times.offsets == "wall"


def test_offsets_with_which_people_meet_at_the_same_hour_all_year_are_meant() -> None:
    assert only_group(sites.eleventy_json()).shape.times.offsets == "trusted"


def test_times_in_the_texts_settle_what_offsets_mean() -> None:
    files = {
        path: text.replace("Come along.", "Time: 6:30pm\n\nCome along.")
        for path, text in sites.wall_offsets().items()
        if any(f"evening-{number}/" in path for number in (3, 4, 5))
    }

    group = only_group(files)

    assert group.shape.times.offsets == "wall"
    assert "where texts tell the time it is the written one (3 of 3)" in group.why["times.offsets"]


def test_a_key_that_tells_events_from_pages_is_kept_to() -> None:
    group = only_group(sites.mixed())

    assert group.shape.only == {"type": frozenset({"concert"})}


def test_dates_that_can_be_read_one_way_only_say_which_way_all_are_meant() -> None:
    group = only_group(sites.mixed())

    assert group.shape.times.order == "day-first"


def test_lists_that_hold_no_dates_are_left_out() -> None:
    assert only_group(sites.jekyll_lists()).shape.lists == ("past", "upcoming")


def test_evenings_in_a_list_are_events_of_their_own() -> None:
    assert only_group(sites.courses()).shape.sessions == "dates"


def test_files_of_one_name_in_folders_of_languages_are_one_event() -> None:
    groups = proposed(sites.translations()).groups

    assert {group.choices["language"].ways[0].value for group in groups} == {"de", "en"}
    assert {group.choices["same"].ways[0].path for group in groups} == {r"^content/\w\w/(.+)$"}


def test_list_pages_are_excluded() -> None:
    assert only_group(sites.hugo_german()).exclude == ("content/termine/_index.md",)


@pytest.mark.parametrize(
    ("site", "zone", "why"),
    [
        (sites.jekyll_lists, "Europe/Berlin", "as in _config.yml"),
        (sites.wall_offsets, "Europe/Dublin", "16 places are there"),
        (sites.labelled, "Europe/London", "nothing says which; look whether it is right"),
    ],
)
def test_the_zone_is_the_configured_one_else_that_of_the_places(site: Site, zone: str, why: str) -> None:
    proposal = proposed(site())

    assert (proposal.timezone, proposal.timezone_why) == (zone, why)


def test_a_zone_that_is_given_goes_before_all_others() -> None:
    assert proposed(sites.jekyll_lists(), timezone="Europe/Lisbon").timezone == "Europe/Lisbon"


def test_what_nothing_settles_is_left_to_a_person() -> None:
    proposal = proposed(sites.labelled())

    assert "site.timezone: nothing in the files settles it." in proposal.checks
    assert "site.url and site.domain: the site's files don't say its address." in proposal.checks


def test_a_status_of_publication_is_no_status_of_the_event() -> None:
    files = {
        f"_events/talk-{n}.md": f"---\ntitle: Talk {n}\ndate: 2026-0{n}-09\nstatus: {'Draft' if n == 3 else 'Published'}\n---\nA talk at 6pm.\n"
        for n in range(1, 9)
    }

    group = only_group(files)

    assert group.choices["published"].ways[0].table == {"Draft": False, "Published": True}
    assert group.choices["status"].ways[0].table == {"Draft": "scheduled", "Published": "scheduled"}


def test_a_layout_that_a_preset_knows_takes_few_lines() -> None:
    files = {
        f"_events/2026-0{n}-09-talk.md": f"---\ntitle: Talk {n}\ndate: 2026-0{n}-09\n---\nA talk at 6pm.\n"
        for n in range(1, 9)
    }

    group = only_group(files)

    assert (group.preset, dict(group.choices)) == ("jekyll-events", {})


def test_the_same_events_are_proposed_once() -> None:
    files = sites.jekyll_lists()
    files["_data/calendar.yml"] = files["_data/events.yml"].partition("past:")[0].replace("    venue: Old School\n", "")

    proposal = proposed(files)

    assert [group.files for group in proposal.groups] == [("_data/events.yml",)]
    assert any("tells the same events as _data/events.yml" in line for line in proposal.rejected)


@pytest.mark.parametrize(
    "text", ["", "---\n", "---\n[]\n---\n", "\x00", "---\ndate: [\n---\n", "{", "a: " + "[" * 5000]
)
@pytest.mark.parametrize("path", ["events/a.md", "_data/events.yml", "_data/events.json", "_config.yml", "hugo.toml"])
def test_files_that_make_no_sense_are_no_events(path: str, text: str) -> None:
    assert proposed({path: text}).groups == ()


def test_the_reason_of_every_choice_stands_beside_it() -> None:
    text = written(proposed(sites.wall_offsets()), folder="site", fallback_name="Example")

    fields = text.partition("        fields:\n")[2].partition("\n\n")[0].splitlines()
    assert fields
    assert all("  # " in line for line in fields)
