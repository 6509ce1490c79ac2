"""What a proposal makes of names and values as sites have them that nobody here had seen."""

from __future__ import annotations

import json
from datetime import date

import pytest

from notifier.core.event import Document
from notifier.core.proposal import propose
from notifier.core.proposal.columns import stamp_of
from notifier.core.proposal.proposed import Group, Proposal

DAYS = ("2026-01-14", "2026-02-11", "2026-03-11", "2026-06-10", "2026-07-08", "2026-09-09")


def proposed(files: dict[str, str]) -> Proposal:
    return propose(
        [Document(source="site", path=path, data=text.encode(), revision="1") for path, text in files.items()]
    )


def events(keys: str, *, folder: str = "_events", text: str = "Come.") -> dict[str, str]:
    """Event files with these keys; DAY in them stands for each one's day."""
    return {
        f"{folder}/event-{number}.md": f"---\ntitle: Event {number}\n{keys}\n---\n{text}\n".replace("DAY", day)
        for number, day in enumerate(DAYS)
    }


def group(files: dict[str, str]) -> Group:
    (found,) = proposed(files).groups
    return found


def keys_of(files: dict[str, str], field: str) -> tuple[str, ...]:
    """The site's keys that the proposal takes a field from."""
    (way,) = group(files).choices[field].ways
    return way.keys


@pytest.mark.parametrize("clock", ['"3:00pm - 4:30pm EST"', "6:30 PM CET", "18:30 Uhr", "18.30 - 20 Uhr MEZ"])
def test_a_time_with_its_zone_behind_it_is_a_time(clock: str) -> None:
    assert keys_of(events(f"startdate: DAY\ntime: {clock}"), "start") == ("time",)


def test_a_button_s_address_is_the_registration() -> None:
    files = events(
        "startDate: DAY\nrsvpButtonUrl: https://example.com/DAY\nrsvpButtonText: Come", folder="src/content/events"
    )

    assert keys_of(files, "register") == ("rsvpButtonUrl",)


@pytest.mark.parametrize(
    ("keys", "parts"),
    [
        ("venue: Hall\nvenueAddress: 3 Mill Lane", ("venue", "venueAddress")),
        ("venue_city: Leeds\nvenue_name: Hall", ("venue_name", "venue_city")),
        ("event:\n  location: Hall\n  kind: open", ("event.location",)),
    ],
)
def test_an_address_beside_its_house_is_part_of_the_place(keys: str, parts: tuple[str, ...]) -> None:
    assert keys_of(events(f"date: DAY\nstart: '19:00'\n{keys}"), "place") == parts


def test_the_parts_of_an_address_stand_in_the_order_of_an_address() -> None:
    place = "location:\n  addressCountry: UK\n  addressLocality: Leeds\n  name: Hall\n  postalCode: LS1\n  streetAddress: 3 Mill Lane"

    (way,) = group(events(f"date: DAY\nstart: '19:00'\n{place}")).choices["place"].ways

    assert [key.partition(".")[2] for key in way.keys] == [
        "name",
        "streetAddress",
        "postalCode",
        "addressLocality",
        "addressCountry",
    ]


def test_a_place_that_is_sometimes_an_address_of_the_web_is_the_place() -> None:
    files = events("date: DAY\nlocation: Hall, 3 Mill Lane")
    files |= {
        path: text.replace("Hall, 3 Mill Lane", "https://example.com/call") for path, text in list(files.items())[:4]
    }

    assert keys_of(files, "place") == ("location",)


@pytest.mark.parametrize(
    ("language", "zone"),
    [("de", "Europe/Berlin"), ("de-AT", "Europe/Vienna"), ("fr", "Europe/Paris"), ("it", "Europe/Rome")],
)
def test_a_language_without_a_country_has_its_largest_country_s_zone(language: str, zone: str) -> None:
    files = {
        "hugo.toml": f'baseURL = "https://www.example.org"\nlanguageCode = "{language}"\n',
        **events("date: DAY", folder="content/events"),
    }

    proposal = proposed(files)

    assert proposal.timezone == zone
    assert "look whether it is right" in proposal.timezone_why


@pytest.mark.parametrize("name", ["vorlage", "2026-01-01_Vorlage", "modele", "plantilla", "muster", "TEMPLATE"])
def test_a_template_among_the_events_is_left_out(name: str) -> None:
    files = events("date: DAY") | {f"_events/{name}.md": "---\ntitle: Title\ndate: 2026-01-01\n---\nText\n"}

    assert group(files).exclude == (f"_events/{name}.md",)


def test_an_event_about_templates_is_not_left_out() -> None:
    files = events("date: DAY") | {
        "_events/template-workshop.md": "---\ntitle: Templates\ndate: 2026-01-01\n---\nCome.\n"
    }

    assert group(files).exclude == ()


def test_what_came_near_is_told_with_what_was_wrong() -> None:
    untitled = json.dumps([{"date": day, "time": "19:30", "weekday": "Mittwoch"} for day in DAYS])
    undated = json.dumps([{"title": f"Tea {n}", "date": f"Saturday {n + 2} March", "venue": "Hall"} for n in range(6)])

    rejected = proposed({"_data/termine.json": untitled, "_data/events.json": undated}).rejected

    assert "_data/termine.json: none of its 6 entries can be read as an event: No title is given." in rejected
    assert "_data/events.json: of 6 entries none has a date that can be read: “…” has no year." in rejected


def test_one_is_not_many() -> None:
    files = dict(list(events("date: DAY\nvenue: Old Hall, Dublin").items())[:1])

    proposal = proposed(files)

    assert proposal.groups[0].why["files"] == "1 file"
    assert proposal.groups[0].choices["place"].why == "the only one has it"
    assert proposal.timezone_why == "1 place is there"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Saturday 14 March 2026", date(2026, 3, 14)),
        ("Samstag, 2. Mai 2026", date(2026, 5, 2)),
        ("Saturday 28 February 2026, 2pm", date(2026, 2, 28)),
        ("samedi 2 mai 2026", date(2026, 5, 2)),
        ("Room 3", None),
    ],
)
def test_a_weekday_before_a_date_hides_nothing(text: str, day: date | None) -> None:
    stamp = stamp_of(text)

    assert (stamp.day if stamp else None) == day


def test_a_date_in_german_figures_is_no_time() -> None:
    keys = "datum: NN.10.2026\nuhrzeit: 19:30 Uhr\nort: Haus"
    files = {
        f"content/termine/{n}.md": f"---\ntitle: Treff {n}\n{keys}\n---\nText.\n".replace("NN", f"1{n}")
        for n in range(4)
    }

    found = group(files)

    assert (found.choices["start"].ways[0].keys, found.trial.timed) == (("uhrzeit",), 4)


@pytest.mark.parametrize(("first", "second"), [("", ".en"), (".de", ".en")])
def test_files_beside_each_other_in_two_languages_are_one_event(first: str, second: str) -> None:
    files = {
        f"content/termine/{day}{code}.md": f"---\ntitle: Treff{code}\nstart: {day}T19:30:00\n---\nText.\n"
        for day in DAYS
        for code in (first, second)
    }

    choices = group(files).choices

    assert choices["same"].ways[0].path == (
        "^(.+?)(?:\\.(?:en))?\\.\\w+$" if not first else "^(.+?)(?:\\.(?:de|en))?\\.\\w+$"
    )
    assert choices["language"].ways[0].path is not None


def test_a_name_with_a_dot_and_two_letters_alone_is_no_translation() -> None:
    files = {f"content/termine/{day}.it.md": f"---\ntitle: Treff\nstart: {day}T19:30:00\n---\nText.\n" for day in DAYS}

    assert "same" not in group(files).choices


def test_where_few_have_a_title_their_name_is_one_too() -> None:
    files = {
        f"content/events/{day}.md": f"---\n{key}: Meeting {day}, February 20th 2026\ndate: {day}\nlocation: Hall\n---\nCome.\n"
        for key, day in zip(("title", "name", "name", "name", "name", "name"), DAYS, strict=True)
    }

    assert keys_of(files, "title") == ("title", "name")


def test_a_place_that_some_write_as_a_section_and_some_as_a_text_is_taken_both_ways() -> None:
    files = {
        f"_events/{day}.md": f"---\ntitle: Meeting {day}\ndate: {day}\nlocation:{place}\n---\nCome.\n"
        for place, day in zip([" Online", *["\n  name: Old Hall, Leeds"] * 5], DAYS, strict=True)
    }

    assert [way.keys for way in group(files).choices["place"].ways] == [("location.name",), ("location",)]


def test_a_flag_of_the_world_is_no_part_of_an_address() -> None:
    assert "place" not in group(events('date: DAY\nplace: Old Hall\ncountry: "\\U0001F310"')).choices


def test_a_room_alone_is_the_place() -> None:
    assert keys_of(events("date: DAY\nroom: K5.10"), "place") == ("room",)


def test_a_date_later_than_the_day_beside_the_time_is_no_day_of_publication() -> None:
    files = {
        f"content/events/meeting-{number}.md": f"---\ntitle: Meeting {number}\ndate: {day}T05:00:00Z\nstartTime: {day[:8]}01T18:00:00Z\n---\nCome.\n"
        for number, day in enumerate(DAYS)
    }

    assert "date" not in group(files).choices
