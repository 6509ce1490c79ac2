"""The known layouts: what a site of each kind needs no fields for."""

from __future__ import annotations

from pathlib import Path

import pytest

from notifier.config import Group, load
from notifier.core.event import Document
from notifier.core.patterns import matches
from notifier.core.reading import read_document
from notifier.core.reading.candidates import Notes
from notifier.core.reading.frontmatter import read_page
from notifier.core.reading.library import NOTHING
from notifier.core.reading.picking import compiled, pick
from notifier.core.reading.presets import PRESETS

SITE = "site: {id: example, name: Example, domain: example.org, url: https://www.example.org}\n"
HUGO, ELEVENTY, ASTRO = "hugo-events", "eleventy-events", "astro-events"
FAIR = "content/events/fair.md"


def group(folder: Path, events: str) -> Group:
    (folder / "config.yaml").write_text(f"{SITE}sources: [{{name: site, folder: ., events: [{events}]}}]\n")
    return load(folder / "config.yaml", {}).sources[0].groups[0]


def document(path: str, keys: str) -> Document:
    return Document(source="site", path=path, data=f"---\n{keys}\n---\n".encode(), revision="1")


def found(preset: str, path: str, keys: str, *names: str) -> list[str | None]:
    """What the preset finds for these fields, as it was written."""
    page = read_page(document(path, keys), Notes(path=path))
    assert page is not None
    entries = [pick(PRESETS[preset].fields[name], page, path=path, library=NOTHING) for name in names]
    return [entry.raw or " ".join(entry.texts()) if entry else None for entry in entries]


@pytest.mark.parametrize(
    ("keys", "day", "start", "end"),
    [
        pytest.param("date: 2026-05-03", "2026-05-03", None, None, id="only a date"),
        pytest.param(
            "date: 2026-05-03T18:00:00+02:00\ndate_end: 2026-05-03T20:00:00+02:00\npublishDate: 2026-01-01",
            "2026-05-03T18:00:00+02:00",
            None,
            "2026-05-03T20:00:00+02:00",
            id="a research group's theme",
        ),
        pytest.param(
            "date: 2026-01-01\nevent_start: 2026-05-03T09:30:00+02:00\nevent_end: 2026-05-03T11:00:00+02:00",
            "2026-05-03T09:30:00+02:00",
            "2026-05-03T09:30:00+02:00",
            "2026-05-03T11:00:00+02:00",
            id="a date of publication beside the event's",
        ),
        pytest.param(
            "date: 2026-01-01\nstartDate: 2026-05-03\nendDate: 2026-05-05",
            "2026-05-03",
            "2026-05-03",
            "2026-05-05",
            id="first and last day",
        ),
        pytest.param(
            "start_date: 2026-05-03\nstart_time: 18:30\nend_date: 2026-05-04\nend_time: 2am",
            "2026-05-03",
            "18:30",
            "2026-05-04 2am",
            id="days and times apart",
        ),
        pytest.param(
            'endDate: "2026-05-04T00:00:00Z"\nendTime: "17:00"\nstartDate: "2026-05-03T00:00:00Z"\nstartTime: "9:00"',
            "2026-05-03T00:00:00Z",
            "9:00",
            "2026-05-04 17:00",
            id="a generator's midnight behind the days",
        ),
        pytest.param(
            "event_date: 2026-05-03\ntime: 18:00 - 20:00", "2026-05-03", "18:00", "20:00", id="from and to in one key"
        ),
        pytest.param("date: 2026-05-03\ntime: 6pm – 8.30pm", "2026-05-03", "6pm – 8.30pm", None, id="an odd time"),
        pytest.param("eventDate: 2026-05-03\ntime: 6 pm to 8 pm", "2026-05-03", "6 pm", "8 pm", id="twelve hours"),
        pytest.param(
            "date: 2026-05-03\ntime: 6:00 - 8:00 PM", "2026-05-03", "6:00 - 8:00 PM", None, id="whose PM is it"
        ),
        pytest.param("datetime: 2026-05-03 18:00", "2026-05-03 18:00", "2026-05-03 18:00", None, id="one moment"),
        pytest.param('date: 2026-05-03\nstart: "18:30"\nend: "20:00"', "2026-05-03", "18:30", "20:00", id="our own"),
    ],
)
@pytest.mark.parametrize("preset", [HUGO, ELEVENTY, ASTRO, "jekyll-data"])
def test_the_usual_names_of_days_and_times_are_known(
    preset: str, keys: str, day: str, start: str | None, end: str | None
) -> None:
    assert found(preset, "e/fair.md", keys, "date", "start", "end") == [day, start, end]


@pytest.mark.parametrize(
    ("keys", "place"),
    [
        ("location: Old Hall", "Old Hall"),
        ("place: Old Hall", "Old Hall"),
        ("location: Old Hall\naddress: {street: 1 High Street, city: Exampleton, country: X}",
         "Old Hall, 1 High Street, Exampleton"),
        ("location: {name: Old Hall, city: Exampleton}", "Old Hall, Exampleton"),
        ("venue: {name: Old Hall, address: 1 High Street}", "Old Hall, 1 High Street"),
        ("venue: Old Hall\nlocation: Exampleton", "Old Hall, Exampleton"),
        ("address: 1 High Street", "1 High Street"),
        ("location: {lat: 1, lon: 2}", None),
    ],
)  # fmt: skip
def test_a_place_is_a_text_or_made_of_its_parts(keys: str, place: str | None) -> None:
    assert found(HUGO, FAIR, keys, "place") == [place]


@pytest.mark.parametrize(
    ("keys", "register", "link"),
    [
        ("registration_url: https://tickets.example.org/a", "https://tickets.example.org/a", None),
        ("rsvp: /rsvp/\nevent_url: https://example.com/e", "/rsvp/", "https://example.com/e"),
        ("registration: Free of charge\ntickets: https://tickets.example.org/b", "https://tickets.example.org/b", None),
        ("registration: {open: true}\nwebsite: see below", None, None),
    ],
)
def test_only_an_address_is_a_registration_or_a_link(keys: str, register: str | None, link: str | None) -> None:
    assert found(HUGO, FAIR, keys, "register", "link") == [register, link]


@pytest.mark.parametrize(
    ("preset", "path", "keys", "address"),
    [
        (HUGO, FAIR, "a: 1", "/events/fair/"),
        (HUGO, "content/events/fair/index.md", "a: 1", "/events/fair/"),
        (HUGO, "content/event/2026/fair.md", "a: 1", "/event/2026/fair/"),
        (HUGO, FAIR, "slug: spring-fair", "/events/spring-fair/"),
        (HUGO, FAIR, "url: /fair/\nslug: x", "/fair/"),
        (ELEVENTY, "src/events/2026-05-03-fair.md", "a: 1", "/events/fair/"),
        (ELEVENTY, "events/2026/fair/index.md", "a: 1", "/events/2026/fair/"),
        (ELEVENTY, "src/events/fair.md", "permalink: /fair.html", "/fair.html"),
        (ELEVENTY, "src/events/fair.md", 'permalink: "/{{ title | slug }}/"', "/events/fair/"),
        (ASTRO, "src/content/events/fair.md", "slug: spring-fair", "/events/spring-fair/"),
        (ASTRO, "src/content/events/fair.md", "a: 1", None),
    ],
)
def test_a_page_is_where_the_generator_puts_it(preset: str, path: str, keys: str, address: str | None) -> None:
    assert found(preset, path, keys, "url") == [address]


@pytest.mark.parametrize(
    ("path", "same", "language"),
    [
        (FAIR, "content/events/fair", None),
        ("content/events/fair.de.md", "content/events/fair", "de"),
        ("content/events/fair/index.pt-br.md", "content/events/fair/index", "pt-br"),
        ("content/events/node.js.md", "content/events/node.js", None),
    ],
)
def test_translations_of_hugo_are_one_event(path: str, same: str, language: str | None) -> None:
    assert found(HUGO, path, "a: 1", "same", "language") == [same, language]


@pytest.mark.parametrize(
    ("preset", "path", "taken"),
    [
        ("jekyll-events", "_events/fair.md", True),
        ("jekyll-data", "_data/events.yml", True),
        (HUGO, "content/events/2026/fair.md", True),
        (HUGO, "content/de/events/fair.md", True),
        (HUGO, "content/events/_index.md", False),
        (HUGO, "content/events/2026/_index.de.md", False),
        (HUGO, "content/posts/fair.md", False),
        (ELEVENTY, "src/events/fair.md", True),
        (ELEVENTY, "src/events/index.md", False),
        (ELEVENTY, "src/events/fair/index.md", True),
        (ASTRO, "src/content/events/fair.mdx", True),
        (ASTRO, "src/content/events/_fair.md", False),
    ],
)
def test_a_preset_takes_the_files_of_its_generator(preset: str, path: str, taken: bool) -> None:
    files = PRESETS[preset]
    assert (matches(path, files.files) and not matches(path, files.exclude)) == taken


def test_each_field_of_a_preset_gives_way_by_itself(tmp_path: Path) -> None:
    shape = group(tmp_path, f"{{preset: {HUGO}, exclude: a.md, fields: {{start: begins}}}}").shape
    assert [way.keys for way in shape.fields["start"]] == [("begins",)]
    assert shape.fields["end"] == PRESETS[HUGO].fields["end"]
    assert shape.page == "/events/{stem}/"


def test_what_is_written_beside_a_preset_goes_before_it(tmp_path: Path) -> None:
    written = group(tmp_path, "{preset: jekyll-data, files: a.json, format: front-matter, exclude: b.md}")
    assert (written.files, written.exclude, written.shape.format) == (("a.json",), ("b.md",), "front-matter")
    assert group(tmp_path, "{preset: jekyll-data, lists: [upcoming]}").shape.format == "data"


def test_every_preset_is_in_the_manual_and_can_be_written(tmp_path: Path) -> None:
    manual = (Path(__file__).parents[1] / "docs" / "configuration.md").read_text()
    assert [name for name in PRESETS if f"| `{name}` |" not in manual] == []
    assert all(group(tmp_path, f"{{preset: {name}}}").files == PRESETS[name].files for name in PRESETS)


def test_every_pattern_of_a_preset_is_one() -> None:
    ways = [way for preset in PRESETS.values() for picks in preset.fields.values() for way in picks]
    patterns = {pattern for way in ways for pattern in (way.match, way.body, way.path) if pattern}
    assert [pattern for pattern in patterns if compiled(pattern) is None] == []


def test_an_event_of_a_widespread_theme_is_read_without_a_field(tmp_path: Path) -> None:
    shape = group(tmp_path, f"{{preset: {HUGO}}}").shape
    keys = (
        "title: Spring fair\ndate: 2026-05-03T18:00:00+01:00\ndate_end: 2026-05-03T20:00:00+01:00\nlocation: Old Hall"
    )
    [event] = read_document(document(FAIR, keys), shape, NOTHING).events
    assert event.when is not None
    assert (str(event.when.starts_at), str(event.when.ends_at)) == (  # type: ignore[union-attr]  # it has a time
        "2026-05-03 18:00:00+01:00",
        "2026-05-03 20:00:00+01:00",
    )
    assert (event.location, event.url) == ("Old Hall", "https://www.example.org/events/fair/")
