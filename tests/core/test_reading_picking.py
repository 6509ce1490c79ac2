"""How a field's value is found by configuration: each form of a pick, and what it says about where it looked."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.reading.entries import Entry, Page
from notifier.core.reading.library import Library
from notifier.core.reading.picking import at_path, pick
from notifier.core.reading.shape import Pick, Reference


def entry(value: Any, line: int = 3) -> Entry:
    match value:
        case dict():
            return Entry(value={key: entry(item, line) for key, item in value.items()}, line=line)
        case list():
            return Entry(value=tuple(entry(item, line) for item in value), line=line)
        case None:
            return Entry(value=None, line=line)
        case _:
            return Entry(value=value, line=line, raw=str(value).lower() if isinstance(value, bool) else str(value))


def page(entries: dict[str, Any], body: str = "") -> Page:
    return Page(entries={key: entry(value) for key, value in entries.items()}, body=body, body_line=10)


def found(entries: dict[str, Any], *ways: Pick, body: str = "", path: str = "events/a.md", files: Any = None) -> Any:
    library = Library(files={name: entry(value) for name, value in (files or {}).items()})
    one = pick(ways, page(entries, body), path=path, library=library)
    return None if one is None else one.plain()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("title", "Fair"),
        ("place.city", "Linz"),
        ("talks[0].by", "Ann"),
        ("talks[-1].by", "Ben"),
        ("a.b", "dotted"),
        (":host[].:name", ["Hall"]),
        ("talks[].by", ["Ann", "Ben"]),
        ("talks[7].by", None),
        ("title.city", None),
        ("", None),
    ],
)
def test_a_key_path_reaches_into_mappings_and_lists(path: str, value: object) -> None:
    entries = {
        "title": "Fair", "place": {"city": "Linz"}, "talks": [{"by": "Ann"}, {"by": "Ben"}], "a.b": "dotted",
        ":host": [{":name": "Hall"}],
    }  # fmt: skip

    assert found(entries, Pick(keys=(path,))) == value


def test_the_first_that_is_not_empty_counts() -> None:
    assert found({"a": "", "b": None, "c": [], "d": "here"}, Pick(keys=("a", "b", "c", "d"))) == "here"
    assert found({"b": 2}, Pick(keys=("a",)), Pick(keys=("b",))) == 2
    assert found({}, Pick(keys=("a",)), Pick(value="else")) == "else"


def test_values_are_joined_without_the_empty_ones_and_each_once() -> None:
    entries = {"venue": "Gordon House, ", "street": " Barrow St", "city": "Dublin", "county": "Dublin", "zip": None}
    way = Pick(keys=("venue", "street", "zip", "city", "county", "none"), joined=", ")

    assert found(entries, way) == "Gordon House, Barrow St, Dublin"
    assert found({"zip": None}, way) is None


@pytest.mark.parametrize(
    ("pattern", "to", "value"),
    [
        (r"^\d{4}-\d\d-\d\d", None, "2026-05-04"),
        (r"T(\d\d:\d\d)", None, "18:30"),
        (r"(?P<day>\d{4}-\d\d)-(?P<value>\d\d)", None, "04"),
        (r"(\d{4})-(\d\d)", "{2}/{1}{9}", "05/2026"),
        (r"(?P<y>\d{4})-(?P<m>\d\d)", "{m}.{y}{other}", "05.2026"),
        (r"nothing", None, None),
    ],
)
def test_a_pattern_takes_a_part_of_the_value(pattern: str, to: str | None, value: str | None) -> None:
    assert found({"when": "2026-05-04T18:30"}, Pick(keys=("when",), match=pattern, to=to)) == value


def test_a_pattern_on_the_body_says_its_line_and_its_words() -> None:
    way = Pick(body=r"Doors: (\d\d:\d\d)")

    one = pick((way,), page({}, body="Hello\n\nDoors: 18:30"), path="a.md", library=Library())

    assert one is not None
    assert (one.raw, one.line, one.basis) == ("18:30", 12, "prose")


def test_a_pattern_on_the_path_says_that_it_was_the_path() -> None:
    way = Pick(path=r"(?P<y>\d{4})/(?P<m>[a-z]+)", to="1 {m} {y}")

    one = pick((way,), page({}), path="meetings/2026/may/index.md", library=Library())

    assert one is not None
    assert (one.raw, one.line, one.basis) == ("1 may 2026", None, "path")


@pytest.mark.parametrize(
    ("said", "value"), [(True, "cancelled"), ("TRUE ", "cancelled"), (False, "scheduled"), (None, None)]
)
def test_a_table_gives_values_for_values(said: object, value: object) -> None:
    table = {"true": "cancelled", "*": "scheduled"}

    assert found({"off": said}, Pick(keys=("off",), table=table)) == value


def test_a_value_that_is_not_in_the_table_is_absent() -> None:
    assert found({"off": "perhaps"}, Pick(keys=("off",), table={"true": "cancelled"})) is None


def test_a_table_works_on_each_item_of_a_list() -> None:
    assert found({"tags": ["Rust", "called-off", "x"]}, Pick(keys=("tags",), table={"called-off": "cancelled"})) == [
        "cancelled"
    ]


def test_a_constant_stands_for_whatever_was_found() -> None:
    way = Pick(keys=("title",), match="(?i)cancelled", value="cancelled")

    assert found({"title": "CANCELLED: Fair"}, way) == "cancelled"
    assert found({"title": "Fair"}, way) is None


@pytest.mark.parametrize("value", ["/places/hall", "places/hall", "/places/hall/"])
def test_a_reference_is_looked_up_in_the_file_that_it_names(value: str) -> None:
    files = {"places/hall.md": {"title": "Town hall", "address": {"street": "1 High Street"}, "body": "x"}}
    way = Pick(keys=("at",), reference=Reference(file="{value}.md", read=("title", "address.street")))

    assert found({"at": value}, way, files=files) == "Town hall, 1 High Street"


def test_a_reference_without_keys_takes_the_title_or_name() -> None:
    way = Pick(keys=("at",), reference=Reference(file="{value}.md"))

    assert found({"at": "hall"}, way, files={"hall.md": {"name": "Hall", "address": "x"}}) == "Hall"


@pytest.mark.parametrize(
    "venues", [[{"id": 7, "name": "Hall"}, {"id": 8, "name": "Barn"}], {"8": {"name": "Barn"}, "7": {"name": "Hall"}}]
)
def test_a_reference_finds_its_item_in_a_list_or_a_mapping(venues: object) -> None:
    way = Pick(keys=("at",), reference=Reference(file="_data/venues.yml", entry="id", read=("name",)))

    assert found({"at": 8}, way, files={"_data/venues.yml": venues}) == "Barn"
    assert found({"at": 9}, way, files={"_data/venues.yml": venues}) is None


def test_a_mapping_of_plain_texts_is_a_table_in_another_file() -> None:
    way = Pick(keys=("at",), reference=Reference(file="rooms.yml"))

    assert found({"at": "a"}, way, files={"rooms.yml": {"a": "Room A", "b": ""}}) == "Room A"


_SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
_TREES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
)
_WAYS = st.builds(
    Pick,
    keys=st.lists(st.text(max_size=12), max_size=3).map(tuple),
    joined=st.none() | st.just(" "),
    body=st.none() | st.just("(x)(y)?"),
    path=st.none() | st.just("(a)"),
    match=st.none() | st.sampled_from(["(.)", "(?P<value>x)?", ".*"]),
    to=st.none() | st.sampled_from(["{1}", "{value}{7}", "{}"]),
    table=st.none() | st.dictionaries(st.text(max_size=3), _SCALARS, max_size=2),
    reference=st.none() | st.builds(Reference, file=st.sampled_from(["x.yml", "{value}.yml"]), entry=st.none()),
    value=_SCALARS,
)


@given(st.dictionaries(st.text(max_size=4), _TREES, max_size=4), st.lists(_WAYS, max_size=3), st.text(), _TREES)
def test_picking_never_raises_and_never_gives_nothing_as_something(
    entries: dict[str, Any], ways: list[Pick], body: str, other: object
) -> None:
    library = Library(files={"x.yml": entry(other)})

    one = pick(tuple(ways), page(entries, body), path="a/x.md", library=library)

    assert one is None or not one.is_empty


@given(st.dictionaries(st.text(max_size=4), _TREES, max_size=3), st.text(max_size=30))
def test_any_text_may_stand_as_a_key_path(entries: dict[str, Any], path: str) -> None:
    for one in at_path({key: entry(value) for key, value in entries.items()}, path):
        assert isinstance(one, Entry)
