"""What is rarely written, and must be read, or asked about, all the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
import yaml

from notifier.core.event import AllDay, Document, Event, Timed
from notifier.core.reading import Library, Reading, read_document, read_entries
from notifier.core.reading.candidates import Notes
from notifier.core.reading.clocks import read_clocks
from notifier.core.reading.entries import Entry, Page
from notifier.core.reading.languages import ENGLISH, language_named
from notifier.core.reading.layouts import read_layout
from notifier.core.reading.lengths import Length, length_of
from notifier.core.reading.links import web_address
from notifier.core.reading.machine import read_machine
from notifier.core.reading.mapped import Keys
from notifier.core.reading.mending import without_odd_escapes
from notifier.core.reading.merging import Copy, merge
from notifier.core.reading.picking import pick
from notifier.core.reading.plain import visible
from notifier.core.reading.proposing import proposals
from notifier.core.reading.rules import rule_of as read_rule
from notifier.core.reading.rules import times_of
from notifier.core.reading.shape import Pick, Reference, Shape, Times
from notifier.core.reading.stamps import Unread
from notifier.core.reading.written import Reader, read_written
from tests.builders import an_event

SHAPE = Shape(source="site", site_url="https://example.org", timezone="Europe/London")
GERMAN = language_named("de") or ENGLISH


def reading_of(front: str, body: str = "A fair.", shape: Shape = SHAPE, *, path: str = "fair.md") -> Reading:
    data = f"---\ntitle: Fair\n{front}\n---\n{body}\n".encode()
    return read_document(Document(source="site", path=path, data=data, revision="1"), shape)


def read(front: str, body: str = "A fair.", shape: Shape = SHAPE, *, path: str = "fair.md") -> Event:
    (event,) = reading_of(front, body, shape, path=path).events
    return event


def codes(event: Event) -> set[str]:
    return {doubt.code for doubt in event.doubts}


def with_fields(**ways: Pick) -> Shape:
    return replace(SHAPE, fields={name: (way,) for name, way in ways.items()})


def test_closing_words_win_over_what_config_yaml_assumes() -> None:
    assert read("date: 2026-12-09", "Members only.", with_fields(access=Pick(value="open"))).access == "members"


@pytest.mark.parametrize(
    "words",
    [
        "Es gibt nur Kuchen.",
        "Kaffee nur, Mitglieder backen.",
        "Es gibt nur Kuchen für Mitglieder.",
        "Mitglieder, ja nur",
    ],
)
def test_a_word_for_only_that_is_about_something_else_closes_nothing(words: str) -> None:
    assert read("date: 2026-12-09", words, replace(SHAPE, languages=("de",))).access == "unknown"


@pytest.mark.parametrize(
    "piece", ["25:30-26:00", "18:30-17:75", "18:30-26:75", "6-8pm Elmland", "room 6-8pm", "half past 27"]
)
def test_times_that_no_clock_shows_are_not_read(piece: str) -> None:
    assert isinstance(read_clocks(piece, ENGLISH), Unread)


@pytest.mark.parametrize("piece", ["18:30 CET – 20:00", "18:30 – 20:00 CET", "18:30 CET – 20:00 CET"])
def test_a_zone_behind_one_of_two_times_is_that_of_both(piece: str) -> None:
    found = read_clocks(piece, ENGLISH)
    assert not isinstance(found, Unread)
    start, end = found
    assert start.zone == end.zone is not None
    assert (start.clock, end.clock) == (time(18, 30), time(20, 0))


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("28.12. – 3.1.2027", (date(2026, 12, 28), date(2027, 1, 3))),
        ("30. Dezember – 2. Januar 2027", (date(2026, 12, 30), date(2027, 1, 2))),
    ],
)
def test_a_range_over_new_year_begins_in_the_old_one(text: str, days: tuple[date, date]) -> None:
    found = read_written(text, Reader(language=GERMAN))
    assert not isinstance(found, Unread)
    assert (found.days[0], found.days[-1]) == days


@pytest.mark.parametrize(
    "text",
    [
        "31.2. – 3.3.2026",  # no such day: which one is meant isn't known
        "1. Januar – 30. Dezember 2026",  # no event lasts a year
        "28. – 3.1.2027",
        "3. bis 5. März 2026 um 14 Uhr",  # whose time it is isn't said
        "3. März 2026, 14 bis 15 Uhr, bis 5. März 2026",
    ],
)
def test_days_that_leave_a_doubt_are_not_read(text: str) -> None:
    assert isinstance(read_written(text, Reader(language=GERMAN)), Unread)


def test_a_range_whose_year_stands_first_ends_in_that_year_or_the_next() -> None:
    reader = Reader(near=date(2026, 12, 1))
    for text, last in (
        ("3 March 2026 – 5 March", date(2026, 3, 5)),
        ("30 December 2026 – 2 January", date(2027, 1, 2)),
    ):
        found = read_written(text, reader)
        assert not isinstance(found, Unread)
        assert found.days[-1] == last


@pytest.mark.parametrize("text", ["2026-12-09T25:61:00", "2026-12-09 07:00-08:00", "x" * 200])
def test_what_no_program_wrote_is_not_read_as_such(text: str) -> None:
    assert read_machine(text) is None


@pytest.mark.parametrize(("text", "layout"), [("01.01.1700", "%d.%m.%Y"), ("-9999999999", "unix"), ("9" * 16, "unix")])
def test_a_layout_gives_no_days_that_nobody_means(text: str, layout: str) -> None:
    assert read_layout(text, layout) is None


def test_a_layout_without_a_year_takes_the_one_of_the_date() -> None:
    event = read(
        "date: 2026-12-09\nbegins: 09/12 18:30", shape=with_fields(start=Pick(keys=("begins",), layout="%d/%m %H:%M"))
    )
    assert event.when == Timed(starts_at=datetime(2026, 12, 9, 18, 30, tzinfo=UTC))


def test_half_days_are_hours() -> None:
    assert length_of("1.5 days") == Length(days=1, time=timedelta(hours=12))


@pytest.mark.parametrize(("until", "first", "last"), [("2026-12-11", 9, 10), ("2026-12-12", 9, 10)])
def test_a_length_beside_an_end_that_is_the_day_after(until: str, first: int, last: int) -> None:
    shape = replace(SHAPE, times=Times(ends="exclusive"))
    event = read(f"date: 2026-12-09\nall_day: true\nduration: 2 days\nend: {until}", shape=shape)
    assert isinstance(event.when, AllDay)
    assert event.when.first.day == first
    assert event.when.last.day >= last


@pytest.mark.parametrize(
    "front", ["start: TBC", "start: May 2026", "start: 9 December", "start: 18:30", "start: 04/05/2026"]
)
def test_a_start_that_tells_no_day_is_no_date(front: str) -> None:
    event = read(front)
    assert event.when is None
    assert event.doubts


def test_an_open_start_beside_a_named_day_leaves_the_time_open() -> None:
    event = read("start: TBC", path="2026-12-09-fair.md")
    assert event.when == AllDay(first=date(2026, 12, 9), last=date(2026, 12, 9))


def test_a_section_without_a_start_is_told() -> None:
    problems = reading_of("date: 2026-12-09\nstart: {note: later}").problems
    assert "start must be one text." in [problem.what for problem in problems]


def test_a_start_that_may_be_two_days_is_asked_about() -> None:
    assert "ambiguous-date" in codes(read("date: 2026-05-04\nstart: 04/05/2026 18:30"))


def test_what_is_not_in_the_table_is_told_and_no_is_an_answer() -> None:
    shape = with_fields(status=Pick(keys=("state",), table={"off": "cancelled"}))
    (problem,) = reading_of("date: 2026-12-09\nall_day: true\nstate: dunno", shape=shape).problems
    assert problem.what == "“dunno” is not in the table of config.yaml that says what its values mean."
    assert not reading_of("date: 2026-12-09\nall_day: true\nstate: no", shape=shape).problems


def test_a_value_that_its_pattern_does_not_fit_is_not_told() -> None:
    way = Pick(keys=("state",), match=r"^x(\w+)", table={"off": "cancelled"})
    assert not reading_of("date: 2026-12-09\nall_day: true\nstate: yes", shape=with_fields(status=way)).problems


def test_half_a_character_is_searched_like_any_text() -> None:
    shape = replace(SHAPE, format="data", fields={"title": (Pick(keys=("name",), match=r"^(\w+)"),)})
    data = b'[{"name": "Fair \\ud83d", "date": "2026-12-09"}]'
    (event,) = read_document(Document(source="site", path="events.json", data=data, revision="1"), shape).events
    assert event.title == "Fair"


@pytest.mark.parametrize(("value", "place"), [("hall", "Town Hall"), ("barn", None)])
def test_a_file_that_is_a_single_value_names_nothing(value: str, place: str | None) -> None:
    files = {
        "places.yml": Entry(value={"hall": Entry(value="Town Hall", raw="Town Hall")}),
        "one.yml": Entry(value="x", raw="x"),
    }
    ways = tuple(
        Pick(keys=("venue",), reference=Reference(file=name, entry="id")) for name in ("one.yml", "places.yml")
    )
    data = f"---\ntitle: Fair\ndate: 2026-12-09\nvenue: {value}\n---\n".encode()
    document = Document(source="site", path="fair.md", data=data, revision="1")
    (event,) = read_document(document, replace(SHAPE, fields={"place": ways}), Library(files=files)).events
    assert event.location == place


@pytest.mark.parametrize(
    ("data", "names"),
    [(b"---\nname: Hall\n---\n", {"name"}), (b"---\nname: Hall\n---\nBy the pond.\n", {"name", "body"})],
)
def test_a_page_that_others_refer_to_is_its_keys_and_its_text(data: bytes, names: set[str]) -> None:
    entries, problems = read_entries(Document(source="site", path="hall.md", data=data, revision="1"))
    assert entries is not None
    assert isinstance(entries.value, dict)
    assert (set(entries.value), problems) == (names, ())


def test_a_key_for_translations_that_is_a_text_of_its_own_is_not_used() -> None:
    reading = reading_of(f"date: 2026-12-09\nid: {'x' * 600}", shape=with_fields(same=Pick(keys=("id",))))
    assert reading.copies == {}
    assert "It has more than 500 characters, so it was not used." in [problem.what for problem in reading.problems]


def test_a_translation_without_a_date_denies_nothing() -> None:
    kept, other = an_event(path="a.md"), an_event(path="b.md", when=None)
    copies = {("site", path): Copy(key="k") for path in ("a.md", "b.md")}
    kept, other = replace(kept, source="site"), replace(other, source="site")
    (merged,), problems = merge([kept, other], copies, ["en"])
    assert (merged.when, problems) == (kept.when, [])


def test_a_default_of_config_yaml_stands_where_the_text_tells_no_time() -> None:
    shape = with_fields(start=Pick(value="09:00"))
    told = read("date: 2026-12-09", "On Wednesday 9 December 2026 at 2pm we will meet.", shape)
    silent = read("date: 2026-12-09", shape=shape)
    assert told.when == Timed(starts_at=datetime(2026, 12, 9, 14, tzinfo=UTC))
    assert silent.when == Timed(starts_at=datetime(2026, 12, 9, 9, tzinfo=UTC))


def test_a_rule_of_a_megabyte_or_of_no_numbers_is_none() -> None:
    assert read_rule("FREQ=DAILY;" * 1000) is None
    assert read_rule("FREQ=MONTHLY;BYMONTHDAY=x") is None


def test_a_rule_gives_nothing_before_it_begins() -> None:
    rule = read_rule("FREQ=DAILY")
    assert rule is not None
    assert list(times_of(rule, datetime(2026, 12, 9), datetime(2026, 12, 8))) == []


def test_more_dates_than_anybody_follows_are_told() -> None:
    dates = ", ".join(f"{date(2020, 1, 1) + timedelta(days=n)}" for n in range(4000))
    assert "unreadable-recurrence" in codes(read(f"date: 2020-01-01\nrecurrence: FREQ=DAILY\nexdate: [{dates}]"))


@pytest.mark.parametrize(
    ("address", "meant"),
    [
        ("https://www.google.com/amp/shop.example.org/a", "http://shop.example.org/a"),
        ("https://www.google.com/amp/s/shop.example.org/a", "https://shop.example.org/a"),
    ],
)
def test_a_page_behind_a_faster_one_is_that_page(address: str, meant: str) -> None:
    assert web_address(address, "https://example.org") == meant


def test_a_scanner_with_text_that_is_none_is_left_as_it_is() -> None:
    address = "https://urldefense.com/v3/__https://example.org/*__;_w!!abc$"
    assert web_address(address, "https://example.org") in (address, None)


def test_a_section_of_character_data_is_no_text() -> None:
    assert visible("before <![CDATA[ x ]]> after").startswith("before ")


def test_a_language_says_which_it_is() -> None:
    assert repr(ENGLISH) == "Language(en)"


def test_evidence_is_only_of_what_is_there() -> None:
    keys = Keys(page=Page(entries={}), fields={}, notes=Notes(path="a.md"), site_url="")
    with pytest.raises(KeyError, match="status"):
        keys.evidence_of("status", "status")


def test_a_time_alone_is_no_date() -> None:
    assert read('date: "18:30"').when is None


def test_a_date_with_a_doubtful_time_counts_beside_a_clear_start() -> None:
    event = read('date: 2026-12-09 2:00\nstart: "14:00"')
    assert event.when == Timed(starts_at=datetime(2026, 12, 9, 14, tzinfo=UTC))
    assert "unreadable-start" not in codes(event)


def test_an_end_on_a_day_before_is_not_the_last_day() -> None:
    event = read('date: 2026-12-09\nstart: "14:00"\nend: 2026-12-08 15:00')
    assert event.when == Timed(starts_at=datetime(2026, 12, 9, 14, tzinfo=UTC))
    assert "end-before-start" in codes(event)


def test_a_heading_in_a_block_of_code_begins_no_event() -> None:
    text = "# Fairs\n\n## One\nDate: 9 December 2026\n\n```\n## Two\nDate: 10 December 2026\n```\n"
    document = Document(source="site", path="fairs.md", data=text.encode(), revision="1")
    events = read_document(document, replace(SHAPE, format="labelled", lists=("##",))).events
    assert [event.title for event in events] == ["One"]


def test_an_escape_that_stands_nowhere_is_not_mended() -> None:
    mark = yaml.Mark("a.md", 0, 0, 2, "abc", 0)
    error = yaml.MarkedYAMLError(problem="found unknown escape character", problem_mark=mark)
    assert without_odd_escapes("abc", error, first_line=1, notes=Notes(path="a.md")) is None


def test_half_a_character_is_searched_like_any_other() -> None:
    page = Page(entries={}, body="Fair \ud83d")
    found = pick((Pick(body=r"(\w+)"),), page, path="a.md", library=Library())
    assert found is not None
    assert found.raw == "Fair"


def test_a_time_without_a_place_is_proposed_alone() -> None:
    data = b"---\ntitle: Fair\ndate: 2026-12-09\n---\nOn Wednesday 9 December 2026 at 2pm we will meet.\n"
    document = Document(source="site", path="fair.md", data=data, revision="1")
    lines = [line.write for line in proposals(document, SHAPE, Library(), datetime(2026, 12, 1, tzinfo=UTC))]
    assert lines == ['start: "14:00"']


def test_an_empty_line_in_a_rule_is_none_of_it() -> None:
    events = reading_of('date: 2026-12-09\nrecurrence: "RRULE:FREQ=WEEKLY;COUNT=2\\n\\n"').events
    assert len(events) == 2


def test_an_address_of_other_than_letters_is_left_wrapped() -> None:
    address = "https://urldefense.proofpoint.com/v2/url?u=https-3A__example.org_-FF"
    assert web_address(address, "https://example.org") in (address, None)
