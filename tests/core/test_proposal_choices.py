"""Each thing that a proposal chooses, on files that differ in that one thing only."""

from __future__ import annotations

import pytest

from notifier.core.event import Document
from notifier.core.proposal import propose, written
from notifier.core.proposal.columns import stamp_of
from notifier.core.proposal.proposed import Group, Proposal
from notifier.core.proposal.vocabulary import field_rank, role_of
from notifier.core.reading.shape import Pick

DAYS = ("2026-01-14", "2026-02-11", "2026-03-11", "2026-06-10", "2026-07-08", "2026-09-09", "2026-10-14", "2026-11-11")


def proposed(files: dict[str, str]) -> Proposal:
    return propose(
        [Document(source="site", path=path, data=text.encode(), revision="1") for path, text in files.items()]
    )


def events(keys: str, *, folder: str = "_events", suffix: str = ".md", text: str = "Come.") -> dict[str, str]:
    """Event files with these keys; in them DAY and N stand for each one's day and number."""
    return {
        f"{folder}/event-{number}{suffix}": f"---\ntitle: Event {number}\n{keys}\n---\n{text}\n".replace("DAY", day).replace("N", str(number))
        for number, day in enumerate(DAYS)
    }  # fmt: skip


def group(files: dict[str, str]) -> Group:
    (found,) = proposed(files).groups
    return found


@pytest.mark.parametrize(
    ("config", "page"),
    [
        ("collections:\n  events:\n    output: true\n    permalink: /whats-on/:name/\n", "/whats-on/{stem}/"),
        ("collections:\n  events:\n    output: true\n", "/events/{stem}"),
        ("collections:\n  events:\n    output: true\n    permalink: /:year/:name\n", "/events/{stem}"),
        ("title: Example\n", "/events/{stem}"),
    ],
)
def test_jekyll_s_collections_say_where_their_pages_are(config: str, page: str) -> None:
    assert group({"_config.yml": config, **events("date: DAY")}).shape.page == page


@pytest.mark.parametrize(
    ("config", "page"),
    [("", "/termine/{stem}/"), ('[permalinks]\ntermine = "/kalender/:slug/"\n', "/kalender/{stem}/")],
)
def test_hugo_s_permalinks_say_where_its_pages_are(config: str, page: str) -> None:
    files = {
        "hugo.toml": f'baseURL = "https://www.example.org"\n{config}',
        **events("date: DAY", folder="content/termine"),
    }

    assert group(files).shape.page == page


def test_the_folder_below_the_sources_is_the_address_of_an_index_page() -> None:
    files = {
        path.replace(".md", "/index.html.md.erb"): text
        for path, text in events("date: DAY", folder="source/meetups").items()
    }

    (way,) = group(files).choices["url"].ways
    assert (way.path, way.to) == (r"^source/(.+)/index\.", "/{1}/")


@pytest.mark.parametrize(
    ("path", "text", "url"),
    [
        (
            "astro.config.mjs",
            "export default defineConfig({ site: 'https://club.example.org/' })",
            "https://club.example.org",
        ),
        ("CNAME", "www.example.org\n", "https://www.example.org"),
        ("CNAME", "not a host\n", None),
        ("package.json", '{"homepage": "https://example.org/club#readme"}', None),
        ("hugo.yaml", "baseURL: /\n", None),
        ("_config.yml", "url: http://localhost:4000\n", None),
        ("_config.yml", "url: 'https://[broken'\n", None),
        ("mkdocs.yml", "site_url: https://docs.example.org/\n", "https://docs.example.org"),
    ],
)
def test_the_site_s_address_is_the_one_that_its_files_say(path: str, text: str, url: str | None) -> None:
    assert proposed({path: text, **events("date: DAY")}).facts.url == url


def test_of_two_keys_that_look_alike_the_one_that_the_texts_confirm_is_the_start() -> None:
    found = group(events("starts: DAYT10:00\nmeeting: DAYT18:30", text="When: DAY, 6:30pm"))

    assert found.shape.fields["start"] == (Pick(keys=("meeting",)),)
    assert (found.trial.timed, found.trial.doubted) == (len(DAYS), 0)


@pytest.mark.parametrize(
    ("keys", "zone", "why"),
    [
        ("date: DAY\ntimezone: Europe/Rome", "Europe/Rome", "8 events say so"),
        ("date: DAY\nplace: Town hall, Österreich", "Europe/Vienna", "8 places are there"),
        ("date: DAY\nplace: 12 Street", "Europe/Paris", "by the country of the domain; look whether it is right"),
    ],
)
def test_the_zone_is_told_by_keys_then_places_then_the_domain(keys: str, zone: str, why: str) -> None:
    proposal = proposed({"CNAME": "www.example.fr", **events(keys)})

    assert (proposal.timezone, proposal.timezone_why) == (zone, why)


def test_offsets_that_follow_the_zone_s_summer_need_no_line() -> None:
    files = events("start: DAYT19:00:00+01:00") | {
        path: text.replace("+01:00", "+02:00")
        for path, text in events("start: DAYT19:00:00+01:00").items()
        if any(f"2026-{month}" in text for month in ("06", "07", "09", "10"))
    }

    assert "times.offsets" not in group({"_config.yml": "timezone: Europe/Berlin\n", **files}).why


def test_offsets_that_would_have_people_meet_at_night_are_not_meant() -> None:
    found = group({"_config.yml": "timezone: Asia/Tokyo\n", **events("start: DAYT18:30:00Z")})

    assert (found.shape.times.offsets, "would be at night" in found.why["times.offsets"]) == ("wall", True)


def test_offsets_of_which_nothing_is_known_are_left_to_a_person() -> None:
    files = {"_config.yml": "timezone: Europe/Berlin\n", **dict(list(events("start: DAYT18:30:00Z").items())[3:6])}

    proposal = proposed(files)

    assert proposal.groups[0].shape.times.offsets == "trusted"
    assert any(check.startswith("times.offsets of _events/*.md") for check in proposal.checks)


@pytest.mark.parametrize(
    ("keys", "field", "way"),
    [
        ("day: DAY\nfrom: '18:00'\nend_date: DAY\nend_time: '21:00'", "end", '{join: [end_date, end_time], with: " "}'),
        ("start: DAY 18:00\nlength: 2", "duration", "{from: length, match: '^(\\d+)', to: \"{1}h\"}"),
        ("start: DAY 18:00\ndauer: 90 min", "duration", "dauer"),
        ("date: DAY\nstate: abgesagt", "status", "{from: state, table: {abgesagt: cancelled}}"),
        ("date: DAY\naudience: Everyone", "access", "{from: audience, table: {Everyone: open}}"),
        ("date: DAY\nstreet: High Street\ncity: Leeds", "place", "{join: [street, city]}"),
        ("date: DAY\nrsvp_url: https://example.com/N", "register", "rsvp_url"),
        ("date: DAY\nkategorie: Art N", "category", "kategorie"),
        ("date: DAY\nevent:\n  name: Fair N\n  ganztägig: true", "all_day", "event.ganztägig"),
    ],
)  # fmt: skip
def test_a_field_is_found_by_the_name_and_the_values_of_its_key(keys: str, field: str, way: str) -> None:
    text = written(proposed(events(keys)), folder=".", fallback_name="Example")

    (line,) = [line for line in text.splitlines() if line.startswith(f"          {field}: ")]
    assert line.partition(": ")[2].partition("  # ")[0] == way


def test_a_number_of_registrations_is_no_way_in() -> None:
    assert "register" not in group(events("date: DAY\nregistrations: 5N")).choices


def test_a_day_of_publication_alone_makes_no_event() -> None:
    files = events("date: DAY 09:13:27\nauthor: Somebody", folder="notes")

    assert proposed(files).groups == ()


def test_events_among_posts_are_told_by_their_category() -> None:
    posts = {
        path: text.replace("Event", "News")
        for path, text in events("categories: [news]", folder="_posts", suffix="-news.md").items()
    }
    files = posts | events("categories: [events]\nevent_date: DAY 18:00\nvenue: Town hall", folder="_posts")

    assert group(files).shape.only == {"categories": frozenset({"events"})}


def test_many_entries_in_files_of_their_own_are_one_group() -> None:
    files = {f"data/gigs/{n}.yaml": f"title: Gig {n}\nstart: {day} 20:00\n" for n, day in enumerate(DAYS)}

    assert group(files).files == ("data/gigs/*.yaml",)


def test_signs_of_patterns_in_a_folder_s_name_mean_themselves() -> None:
    assert group(events("date: DAY", folder="events [2026]")).files == ("events [[]2026]/*.md",)


def test_projects_that_events_name_are_read_too() -> None:
    proposal = proposed({"_projects/garden.md": "---\ntitle: Garden\n---\n", **events("date: DAY\nproject: Garden")})

    assert proposal.projects == "_projects/*.md"


def test_a_large_group_is_judged_by_a_sample_and_read_whole() -> None:
    files = {
        f"events/e{n}.md": f"---\ntitle: Event {n}\nevent_date: {DAYS[n % 8]}\ncreated: 2025-01-01\nplace: Leeds\n---\nCome.\n"
        for n in range(150)
    }

    assert group(files).trial.days == 150


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("startDatum", "start"), ("fecha_fin", "end"), ("dateDebut", "start"), ("meeting_date", "date"), ("uhrzeit", "time"),
        ("publishDate", "publication"), ("lastmod", "publication"), ("pub_datetime", "publication"), ("updated_at", "publication"),
        ("registration_deadline", "deadline"), ("durée", "duration"), ("title", None), ("description", None),
    ],
)  # fmt: skip
def test_a_key_s_name_tells_what_its_date_means(name: str, role: str | None) -> None:
    assert role_of(name) == role


def test_a_key_s_name_may_have_more_words_than_ours() -> None:
    assert [field_rank("link", name) is not None for name in ("event_url", "eventLink", "description")] == [
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("text", "day", "clock"),
    [
        ("2026-12-09T18:30:00Z", "2026-12-09", "18:30:00"), ("9.12.2026, 18.30 Uhr", "2026-12-09", "18:30:00"),
        ("12/31/2026", "2026-12-31", "None"), ("20261209T183000Z", "2026-12-09", "18:30:00"),
        ("9 décembre 2026", "2026-12-09", "None"), ("December 9, 2026 at 6:30pm", "2026-12-09", "18:30:00"),
        ("19h30", "None", "19:30:00"), ("7pm", "None", "19:00:00"),
    ],
)  # fmt: skip
def test_dates_and_times_are_known_by_their_look(text: str, day: str, clock: str) -> None:
    stamp = stamp_of(text)

    assert stamp is not None
    assert (str(stamp.day), str(stamp.clock)) == (day, clock)


@pytest.mark.parametrize(
    "text",
    ["", "Room 12", "August 2006", "2026-13-40", "31.2.2026", "32 May 2026", "1.2.3.4", "x" * 100 + "2026-01-01"],
)
def test_what_only_resembles_a_date_is_none(text: str) -> None:
    assert stamp_of(text) is None
