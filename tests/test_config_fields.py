"""How config.yaml says where a site keeps what we need: each form, and what it comes to."""

from __future__ import annotations

import re
import textwrap
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from notifier.config import Group, load
from notifier.config.field_models import EventField, Times, Way
from notifier.config.meanings import meaning_problem
from notifier.core.reading.shape import Pick, Reference
from notifier.core.reading.shape import Times as Meant
from notifier.errors import UserError
from tests.strategies import any_text

SITE = "site: {id: example, name: Example, domain: example.org, url: https://www.example.org, language: %s}\n"


def group(folder: Path, events: str, *, language: str = "en") -> Group:
    """The one group of a file whose events are these, in YAML's brackets."""
    text = SITE % language + f"sources: [{{name: site, folder: ., events: [{events}]}}]\n"
    (folder / "config.yaml").write_text(text, encoding="utf-8")
    return load(folder / "config.yaml", {}).sources[0].groups[0]


def picks(folder: Path, name: str, value: str) -> tuple[Pick, ...]:
    return group(folder, f"{{files: e/*.md, fields: {{{name}: {value}}}}}").shape.fields[name]


@pytest.mark.parametrize(
    ("name", "written", "expected"),
    [
        pytest.param("title", "name", [Pick(keys=("name",))], id="a key"),
        pytest.param("title", "'talks[0].title'", [Pick(keys=("talks[0].title",))], id="a path"),
        pytest.param("title", "'speakers[].name'", [Pick(keys=("speakers[].name",))], id="all items"),
        pytest.param("title", "':name'", [Pick(keys=(":name",))], id="a key with a colon"),
        pytest.param("start", "'Beginn [Uhr]'", [Pick(keys=("Beginn [Uhr]",))], id="a key with brackets in it"),
        pytest.param("title", "{from: name}", [Pick(keys=("name",))], id="a key in a section"),
        pytest.param("title", "{from: [a, b.c]}", [Pick(keys=("a", "b.c"))], id="several keys in a section"),
        pytest.param("title", "[a, b]", [Pick(keys=("a", "b"))], id="several keys"),
        pytest.param(
            "start",
            "[a, b, {body: 'at (\\d\\d:\\d\\d)'}, c]",
            [Pick(keys=("a", "b")), Pick(body=r"at (\d\d:\d\d)"), Pick(keys=("c",))],
            id="a mixed list, in its order",
        ),
        pytest.param("place", "{join: [a.b, c]}", [Pick(keys=("a.b", "c"), joined=", ")], id="joined by a comma"),
        pytest.param("place", "{join: [a, b], with: ' / '}", [Pick(keys=("a", "b"), joined=" / ")], id="joined with"),
        pytest.param("place", "{join: [a, b], with: ''}", [Pick(keys=("a", "b"), joined="")], id="joined with nothing"),
        pytest.param("date", "{from: a, match: '^(\\d+)'}", [Pick(keys=("a",), match=r"^(\d+)")], id="a pattern"),
        pytest.param(
            "date",
            "{path: '(?P<y>\\d{4})/(\\d\\d)', to: '{y}-{2}-01'}",
            [Pick(path=r"(?P<y>\d{4})/(\d\d)", to="{y}-{2}-01")],
            id="the path, and a text of its groups",
        ),
        pytest.param(
            "status",
            "{from: off, table: {true: cancelled, '*': scheduled}}".replace("off", "is_off"),
            [Pick(keys=("is_off",), table={"true": "cancelled", "*": "scheduled"})],
            id="a table whose keys YAML would take for something else",
        ),
        pytest.param(
            "category",
            "{from: kind, table: {1: a, 2026-01-01: b, yes: 3, 'n/a': , x: false}}",
            [Pick(keys=("kind",), table={"1": "a", "2026-01-01": "b", "yes": 3, "n/a": None, "x": False})],
            id="a table of every kind of value",
        ),
        pytest.param(
            "status",
            "{from: title, match: '(?i)off', value: cancelled}",
            [Pick(keys=("title",), match="(?i)off", value="cancelled")],
            id="a value that stands for what was found",
        ),
        pytest.param("category", "{value: organising}", [Pick(value="organising")], id="a fixed value"),
        pytest.param("all_day", "{value: false}", [Pick(value=False)], id="a fixed no"),
        pytest.param(
            "timezone",
            "{from: city, table: {Dublin: Europe/Dublin}, default: Europe/London}",
            [Pick(keys=("city",), table={"Dublin": "Europe/Dublin"}), Pick(value="Europe/London")],
            id="a default is the last way",
        ),
        pytest.param("date", "{from: a, format: '%d/%m/%Y'}", [Pick(keys=("a",), layout="%d/%m/%Y")], id="a layout"),
        pytest.param("start", "{from: a, format: unix}", [Pick(keys=("a",), layout="unix")], id="seconds"),
        pytest.param(
            "place",
            "{from: hall, file: '{value}.md', read: [title, address], with: '; '}",
            [Pick(keys=("hall",), reference=Reference(file="{value}.md", read=("title", "address"), joined="; "))],
            id="another file",
        ),
        pytest.param(
            "place",
            "{from: hall, file: _data/halls.yml, entry: id, read: name}",
            [Pick(keys=("hall",), reference=Reference(file="_data/halls.yml", entry="id", read=("name",)))],
            id="an entry of another file",
        ),
    ],
)
def test_a_way_to_a_value_is_taken_as_it_is_written(
    tmp_path: Path, name: str, written: str, expected: list[Pick]
) -> None:
    assert picks(tmp_path, name, written) == tuple(expected)


def test_the_address_of_the_pages_may_be_the_last_way_to_the_url(tmp_path: Path) -> None:
    found = group(tmp_path, "{files: e/*.md, fields: {url: [permalink, '/events/{event.year}/{stem}/']}}").shape
    assert (found.page, found.fields["url"]) == ("/events/{event.year}/{stem}/", (Pick(keys=("permalink",)),))


def test_what_is_not_written_says_nothing(tmp_path: Path) -> None:
    shape = group(tmp_path, "{files: e/*.md}").shape
    assert (shape.format, shape.lists, shape.only, shape.sessions, shape.fields) == ("front-matter", (), {}, None, {})
    assert (shape.times, shape.page, shape.own) == (Meant(), None, frozenset())


def test_a_group_says_how_its_files_are_read(tmp_path: Path) -> None:
    data = "format: data, lists: [upcoming, archive.past], sessions: programme, language: [de, en]"
    shape = group(tmp_path, f"{{files: e.yml, {data}}}").shape
    assert (shape.format, shape.lists, shape.sessions) == ("data", ("upcoming", "archive.past"), "programme")
    assert shape.languages == ("de", "en")


def test_only_has_values_whose_case_does_not_matter(tmp_path: Path) -> None:
    only = "{type: [Event, TALK], meta.tags: Events, public: true, year: 2026}"
    assert group(tmp_path, f"{{files: e.md, only: {only}}}").shape.only == {
        "type": {"event", "talk"},
        "meta.tags": {"events"},
        "public": {"true", "yes", "on"},
        "year": {"2026"},
    }


def test_times_have_the_meaning_that_is_written(tmp_path: Path) -> None:
    times = "{offsets: wall, without: UTC, ends: exclusive, length: 90m, dates: day-first, midnight: true}"
    assert group(tmp_path, f"{{files: e.md, times: {times}}}").shape.times == Meant(
        offsets="wall",
        without="UTC",
        ends="exclusive",
        length=timedelta(minutes=90),
        order="day-first",
        midnight=True,
    )


@pytest.mark.parametrize(
    ("site", "languages"),
    [
        ("en", ("en", "de", "fr", "es", "it")),
        ("de-AT", ("de", "en", "fr", "es", "it")),
        ("it", ("it", "en", "de", "fr", "es")),
        ("nl", ("en", "de", "fr", "es", "it")),
    ],
)
def test_texts_are_first_in_the_language_of_the_site(tmp_path: Path, site: str, languages: tuple[str, ...]) -> None:
    assert group(tmp_path, "{files: e.md}", language=site).shape.languages == languages


@pytest.mark.parametrize(
    ("file", "pattern"),
    [
        ("{value}.md", "**/*.md"),
        ("_venues/{value}.md", "_venues/**/*.md"),
        ("_data/{value}/hall.yml", "_data/**/hall.yml"),
        ("_data/hall-{value}.yml", "_data/hall-*.yml"),
        ("{value}/{value}.yml", "**/**/*.yml"),
        ("_data/venues.yml", "_data/venues.yml"),
    ],
)
def test_a_group_names_the_other_files_that_it_needs(tmp_path: Path, file: str, pattern: str) -> None:
    fields = f"{{place: [name, {{from: hall, file: '{file}'}}]}}"
    assert group(tmp_path, f"{{files: e.md, fields: {fields}}}").references == (pattern,)


def test_every_field_may_be_there_and_every_key_of_a_way_has_its_example() -> None:
    assert [name for name, field in Way.model_fields.items() if not field.examples] == []
    assert [name for name, field in Times.model_fields.items() if not field.examples] == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("status", "Cancelled"),
        ("access", "members"),
        ("mode", "in-person"),
        ("precision", "tbc"),
        ("draft", True),
        ("draft", "false"),
        ("timezone", "Europe/Berlin"),
        ("category", "anything"),
    ],
)
def test_a_value_that_a_field_can_have_is_taken(field: EventField, value: str) -> None:
    assert meaning_problem(value, field) is None


MANUAL = (Path(__file__).parents[1] / "docs" / "configuration.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n((?!sources).*?)```", MANUAL, re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_of_the_manual_can_be_written(tmp_path: Path, example: str) -> None:
    keys = example if "files:" in example else f"files: e/*.md\n{example}"
    events = SITE % "en" + "sources:\n  - name: site\n    folder: .\n    events:\n      -\n"
    (tmp_path / "config.yaml").write_text(events + textwrap.indent(keys, "        "), encoding="utf-8")
    assert load(tmp_path / "config.yaml", {}).sources[0].groups[0].files


def test_the_manual_has_an_example_of_every_situation() -> None:
    assert len(EXAMPLES) == 11


names = st.sampled_from(EventField.__args__)  # type: ignore[attr-defined]  # what a Literal is made of
words = st.sampled_from(
    [field.alias or name for model in (Way, Times) for name, field in model.model_fields.items()]
    + [
        "{value}.md",
        "{1}",
        "(a)(?P<b>c)",
        "(?=a)",
        "%d/%m/%Y",
        "%Q%",
        "unix",
        "/events/{stem}",
        "UTC",
        "wall",
        "a[0].b",
    ]
)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.dates() | any_text | words
values: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words | any_text, inner, max_size=5),
    max_leaves=20,
)
keys = ["only", "lists", "sessions", "language", "format", "times", "preset", "files"]


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fields")


def answer(folder: Path, events: dict[str, Any]) -> str:
    text = yaml.safe_dump([{"files": "e.md", **events}], allow_unicode=True, default_flow_style=True, width=1 << 20)
    (folder / "config.yaml").write_bytes(
        (SITE % "en" + f"sources: [{{name: site, folder: ., events: {text}}}]\n").encode("utf-8", "surrogatepass")
    )
    try:
        return repr(load(folder / "config.yaml", {}))
    except UserError as error:
        return str(error)


@given(fields=st.dictionaries(names, values, max_size=4))
def test_anything_under_fields_is_taken_or_answered(scratch: Path, fields: dict[str, Any]) -> None:
    assert "not what belongs" not in answer(scratch, {"fields": fields})


@given(times=values, others=st.dictionaries(st.sampled_from(keys), values, max_size=3))
def test_anything_under_the_other_keys_of_a_group_is_taken_or_answered(
    scratch: Path, times: Any, others: dict[str, Any]
) -> None:
    assert "not what belongs" not in answer(scratch, {"times": times, **others})
