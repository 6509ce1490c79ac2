"""Sites that keep things as few others do: what is proposed for them, and what is left to a person."""

from __future__ import annotations

from dataclasses import replace

import pytest

from notifier.core.proposal import written
from notifier.core.proposal.proposed import Choice
from notifier.core.reading.shape import Pick
from tests.core.test_proposal_choices import events, group, proposed

JEKYLL = "collections:\n  events:\n    output: {}\n"


def nested(files: dict[str, str]) -> dict[str, str]:
    """The same files, half of them one folder further down."""
    return {
        path if number % 2 else path.replace("event-", "2026/event-"): text
        for number, (path, text) in enumerate(files.items())
    }


@pytest.mark.parametrize(
    ("output", "page"),
    [
        ("true\n    permalink: /:collection/:name/", "/events/{stem}/"),
        ("true\n    permalink: /all/", "/events/{stem}"),
    ],
)
def test_a_collection_says_whether_it_has_pages(output: str, page: str | None) -> None:
    assert group({"_config.yml": JEKYLL.format(output), **events("date: DAY")}).shape.page == page


def test_pages_of_folders_in_folders_are_not_proposed() -> None:
    hugo = {
        "hugo.toml": 'baseURL = "https://www.example.org"\n',
        **nested(events("date: DAY", folder="content/termine")),
    }
    eleventy = {"src/meetups/meetups.11tydata.json": "{}", **nested(events("date: DAY", folder="src/meetups"))}
    assert [found.shape.page for files in (hugo, eleventy) for found in proposed(files).groups] == [None, None]


@pytest.mark.parametrize(("folder", "page"), [("src/meetups", "/meetups/{stem}/"), ("meetups", "/meetups/{stem}/")])
def test_the_folder_below_the_sources_is_the_address_of_a_page(folder: str, page: str) -> None:
    assert group({f"{folder}/meetups.11tydata.json": "{}", **events("date: DAY", folder=folder)}).shape.page == page


@pytest.mark.parametrize(
    "config",
    [
        "timezone: Nowhere/Land\n",
        "lang: '?'\n",
        "url: [1]\ntimezone: {a: b}\n",
        "collections:\n  events: yes\n",
        "collections: [events]\n",
    ],
)
def test_settings_of_a_site_that_say_nothing_are_passed_over(config: str) -> None:
    found = proposed({"_config.yml": config, **events("date: DAY")})
    assert len(found.groups) == 1
    assert "Nowhere" not in written(found, folder=".", fallback_name="a site")


def test_permalinks_that_are_no_table_are_passed_over() -> None:
    files = {
        "hugo.toml": 'baseURL = "https://www.example.org"\npermalinks = "/x/"\n',
        **events("date: DAY", folder="content/termine"),
    }
    assert group(files).shape.page == "/termine/{stem}/"


@pytest.mark.parametrize(
    ("keys", "field", "first"),
    [
        ('date: DAY\ntime: "18:3N"\nganztagig: "no"', "start", Pick(keys=("time",))),
        ("date: DAY\nlasts: x\nduration: N", "date", None),
        ("date: DAY\nrrule: FREQ=WEEKLY;COUNT=N", "recurrence", Pick(keys=("rrule",))),
        ("date: DAY\nlocation: {code: N}", "place", None),
    ],
)
def test_a_choice_is_made_where_the_values_say_so(keys: str, field: str, first: Pick | None) -> None:
    choice = group(events(keys)).choices.get(field)
    assert (choice.ways[0] if choice else None) == first


def test_dates_that_can_be_read_both_ways_follow_the_language() -> None:
    files = {
        f"_events/e{n}.md": f"---\ntitle: Treffen {n}\ndate: 0{n}.0{n + 1}.2026\nort: Rathaus\n---\nWir treffen uns im Rathaus und reden.\n"
        for n in range(1, 8)
    }
    assert proposed({"_config.yml": "lang: de\n", **files}).groups[0].shape.times.order in (None, "day-first")


def test_whatever_a_proposal_holds_is_written_as_config_yaml_has_it() -> None:
    found = proposed(events("date: DAY"))
    (one,) = found.groups
    ways = {"stem": Pick(path=r"(\d+)", to="{1}"), "told": Pick(body=r"at (\w+)"), "fixed": Pick(value=True)}
    choices = {name: Choice(ways=(way,), why="as it is") for name, way in ways.items()}
    shape = replace(one.shape, own=frozenset({"ours"}), sessions="talks")
    text = written(replace(found, groups=(replace(one, shape=shape, choices=choices),)), folder=".", fallback_name="A")
    lines = [line.partition("#")[0].strip() for line in text.splitlines()]
    for line in ("category: [ours]", "sessions: talks", "fixed: {value: true}", "told: {body: 'at (\\w+)'}"):
        assert line in lines
    assert any(line.startswith("stem: {path: ") for line in lines)
