"""Lines that settle a problem: which ones are proposed, and how they are written without touching anything else."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from notifier.core.event import Document
from notifier.core.reading import Library, read_document
from notifier.core.reading.amending import UnwritableError, amended, settled, with_line
from notifier.core.reading.proposing import overtaken, proposals
from notifier.core.reading.shape import Pick, Shape
from notifier.core.reading.stating import quoted
from notifier.errors import Problem
from tests.builders import a_document, at

SHAPE = Shape(source="website", site_url="https://example.org", timezone="Europe/London")
NOTHING = Library()
BEFORE, AFTER = at("2026-12-01"), at("2026-12-10")
BODY = "\nOn Wednesday 9 December 2026 at 2pm we will hold an online talk. All welcome.\n"
OFF = "\nThis meeting has been cancelled.\n"


def document(front: str, body: str = BODY, name: str = "2026-12-09-talk") -> Document:
    return a_document(f"---\ntitle: Talk\n{front}---\n{body}", path=f"_events/{name}.md")


def lines(found: Document, shape: Shape = SHAPE) -> list[str | None]:
    return [problem.write for problem in read_document(found, shape).problems]


def written(data: bytes, line: str, *, old: Shape = SHAPE) -> bytes | str:
    """The bytes with the line in them, or why it isn't."""
    done = amended(a_document(data=data), [Problem(path="x", what="It is so.", write=line)], old, NOTHING)
    return done.data if done.written else done.refused[0][1]


@pytest.mark.parametrize(
    ("front", "body", "line"),
    [
        ("", BODY, "date: 2026-12-09"),
        ("date: 2026-12-09\n", OFF, "status: cancelled"),
        (
            "date: 2026-12-09\n",
            BODY.replace("an online talk", "a talk at the Town Hall, Paris"),
            "timezone: Europe/Paris",
        ),
        ("date: 2026-12-09\n", BODY.replace("2pm", "2pm EDT"), "timezone: America/New_York"),
        ("date: 2026-12-09\nupcoming: true\n", "\nOn 9 December 2026 we held a talk.\n", "upcoming: false"),
        (
            "date: 2026-12-09\n",
            BODY.replace("All welcome.", "[Register your interest](https://tickets.example.org/a)."),
            "access: open",
        ),
    ],
)
def test_where_one_line_is_certain_it_is_proposed_and_settles_the_problem(front: str, body: str, line: str) -> None:
    found = document(front, body)
    problems = read_document(found, SHAPE).problems

    done = settled(found, problems, SHAPE, NOTHING)

    assert line in [problem.write for problem in problems]
    assert line in done.data.decode().splitlines()
    assert line not in lines(replace(found, data=done.data, revision="2"))


@pytest.mark.parametrize(
    "front",
    [
        'date: 2026-12-09\nstart: "15:00"\n', "date: 2026-12-10\n", "date: 2026-12-09\nstart: 2pm-ish\n",
        "date: 2026-12-09\ntimezone: CST\n", "date: 2026-12-09\naccess: friends\n", "date: 2026-12-09\nstatus: maybe\n",
    ],
)  # fmt: skip
def test_where_a_person_has_to_choose_no_line_is_proposed(front: str) -> None:
    found = lines(document(front))

    assert found != []
    assert set(found) == {None}


def test_a_line_has_the_sites_own_key_and_there_is_none_where_the_key_is_not_simply_read() -> None:
    def proposed(pick: Pick) -> str | None:
        found = lines(document("date: 2026-12-09\n", OFF), replace(SHAPE, fields={"status": (pick,)}))
        return next(filter(None, found), None)

    assert proposed(Pick(keys=("state",))) == "state: cancelled"
    assert proposed(Pick(keys=("is_off",), table={"true": "cancelled"})) is None
    assert proposed(Pick(keys=("event.state",))) is None
    assert proposed(Pick(body="nothing like it")) is None


def test_an_entry_among_others_gets_no_line_that_would_speak_for_all() -> None:
    sessions = "parts:\n  - {title: One}\n  - {title: Two}\n"
    found = document(f"date: 2026-12-09\n{sessions}", OFF)

    assert "status: cancelled" in lines(found)
    assert set(lines(found, replace(SHAPE, sessions="parts"))) == {None}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"---\ntitle: T\n---\nText", b"---\ntitle: T\nupcoming: false\n---\nText"),
        (b"---\ntitle: T\n---", b"---\ntitle: T\nupcoming: false\n---"),
        (b"\xef\xbb\xbf---\r\ntitle: T\r\n---\r\n", b"\xef\xbb\xbf---\r\ntitle: T\r\nupcoming: false\r\n---\r\n"),
        (b"---\rtitle: T\r---\r", b"---\rtitle: T\rupcoming: false\r---\r"),
        (b"---\n  title: T\n...\n", b"---\n  title: T\n  upcoming: false\n...\n"),
        (b"---\ntitle: T\nupcoming:   'yes' # shown\nx: 1\n---\n", b"---\ntitle: T\nupcoming:   false # shown\nx: 1\n---\n"),
        (b"---\ntitle: T\nupcoming: # soon\n---\n", b"---\ntitle: T\nupcoming: false # soon\n---\n"),
        (b"---\ntitle: T\nnote: |\n  upcoming: true\n---\n", b"---\ntitle: T\nnote: |\n  upcoming: true\nupcoming: false\n---\n"),
    ],
    ids=["added", "at the end", "bom and crlf", "cr", "indented", "replaced", "empty", "in a block"],
)  # fmt: skip
def test_every_other_byte_stays_and_a_second_time_changes_nothing(before: bytes, after: bytes) -> None:
    assert written(before, "upcoming: false") == after
    assert written(after, "upcoming: false") == after


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"---\ntitle: T\nupcoming: true\nupcoming: true\n---\n", "The key upcoming stands 2 times"),
        (b"---\ntitle: T\nupcoming: >\n  true\n---\n", "not written on one line"),
        (b"---\ntitle: T\nupcoming:\n  - true\n---\n", "not written on one line"),
        (b"---\n{title: T, upcoming: true}\n---\n", "not written as one key a line"),
        (b"---\ntitle: T\nupcoming: &a true\nother: *a\n---\n", "another problem"),
        (b"---\ntitle: [\n---\n", "can't be read as it is"),
        (b"+++\ntitle = 'T'\n+++\n", "only written into YAML front matter"),
        (b"Text without any", "only written into YAML front matter"),
    ],
)
def test_what_cannot_be_written_for_certain_is_refused_with_the_reason(data: bytes, reason: str) -> None:
    said = written(data, "upcoming: false")

    assert isinstance(said, str)
    assert reason in said


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"---\ntitle: \xff\n---\n", "not UTF-8"),
        (b"---\ntitle: a: b\n---\n", "not valid YAML"),
        (b"---\n- a\n---\n", "not a list of keys and values"),
        (b"---\n{}\n---\n", "not a list of keys and values"),
        (b"---\ntitle: T\n", "No line with --- ends"),
        (b"", "No line with --- ends"),
    ],
)
def test_a_line_is_only_put_into_front_matter_as_it_should_be(data: bytes, reason: str) -> None:
    with pytest.raises(UnwritableError, match=reason):
        with_line(data, "upcoming: false")


def test_a_line_goes_into_empty_front_matter() -> None:
    assert with_line(b"---\r\n---\r\n", "upcoming: false") == b"---\r\nupcoming: false\r\n---\r\n"


def test_a_line_that_would_not_settle_its_problem_is_refused() -> None:
    found = document("date: 2026-12-09\n", OFF)
    problems = [replace(p, write="note: off") for p in read_document(found, SHAPE).problems if p.write]

    done = amended(found, problems, SHAPE, NOTHING)

    assert (done.data, [reason[:38] for _, reason in done.refused]) == (
        found.data,
        ["This line alone would not settle it; w"],
    )


def test_a_line_that_would_bring_another_mistake_is_refused_with_what_it_is() -> None:
    found = document("date: 2026-12-09\n", "Text.")
    missing = next(p for p in read_document(found, SHAPE).problems if p.what == "No start time is given.")

    done = amended(found, [replace(missing, write="start: 25 o'clock")], SHAPE, NOTHING)

    assert done.data == found.data
    assert [reason.partition(";")[0] for _, reason in done.refused] == [
        "With this line the file would have another problem (“25 o'clock” is not a time that can be read without a doubt)"
    ]


def test_every_round_of_lines_is_written_and_each_key_once() -> None:
    found = document("", BODY.replace("2pm", "2pm EDT"))

    done = settled(found, read_document(found, SHAPE).problems, SHAPE, NOTHING)

    assert [problem.write for problem in done.written] == ["date: 2026-12-09", "timezone: America/New_York"]


def test_two_lines_for_one_key_are_both_refused() -> None:
    both = [Problem(path="x", what=f"{zone}.", write=f"timezone: {zone}") for zone in ("Europe/Paris", "Europe/Rome")]

    done = amended(document("date: 2026-12-09\n"), both, SHAPE, NOTHING)

    assert (done.written, len(done.refused)) == ((), 2)
    assert done.data == document("date: 2026-12-09\n").data


def proposed(found: Document, now: datetime = BEFORE) -> list[tuple[int | None, str | None]]:
    return [(problem.line, problem.write) for problem in proposals(found, SHAPE, NOTHING, now)]


def test_what_the_text_states_is_proposed_with_the_line_it_was_read_from() -> None:
    found = document("date: 2026-12-09\n", BODY.replace("2pm", "2pm to 3.15pm"))

    assert proposed(found) == [(6, 'start: "14:00"'), (6, 'end: "15:15"'), (6, "place: online"), (6, "access: open")]


def test_a_time_in_another_zone_is_proposed_with_its_zone() -> None:
    found = document("date: 2026-12-09\n", BODY.replace("2pm", "2pm ET"))

    assert proposed(found)[:2] == [(6, "timezone: America/New_York"), (6, 'start: "14:00"')]


def test_with_the_proposed_lines_the_event_is_what_it_was_and_nothing_more_is_proposed() -> None:
    found = document("date: 2026-12-09\n")
    after = replace(found, data=amended(found, proposals(found, SHAPE, NOTHING, BEFORE), SHAPE, NOTHING).data)

    (one,), (other,) = read_document(found, SHAPE).events, read_document(after, SHAPE).events

    assert (one.when, one.mode, one.access) == (other.when, other.mode, other.access)
    assert proposed(after) == []


@pytest.mark.parametrize(
    ("front", "body", "now"),
    [
        ("date: 2026-12-09\n", BODY, AFTER),
        ("date: 2026-12-09\nstatus: cancelled\n", BODY, BEFORE),
        ("date: 2026-12-09\nacess: open\n", BODY, BEFORE),
        ("date: 2026-12-09\n", "\nMore soon.\n", BEFORE),
    ],
    ids=["over", "off", "with a problem", "nothing stated"],
)
def test_nothing_is_proposed_where_nothing_would_come_of_it(front: str, body: str, now: datetime) -> None:
    assert proposed(document(front, body), now) == []


def test_an_event_that_is_over_and_still_called_upcoming_is_reported() -> None:
    found = document("date: 2026-12-09\nupcoming: true\n")
    (event,) = read_document(found, SHAPE).events

    problem = overtaken(event, found, SHAPE, NOTHING, AFTER)

    assert problem is not None
    assert str(problem) == (
        "_events/2026-12-09-talk.md:4: upcoming: The event is over, but the front matter says upcoming: true. "
        "Write upcoming: false."
    )
    assert (problem.severity, problem.write) == ("warning", "upcoming: false")
    assert overtaken(event, found, SHAPE, NOTHING, BEFORE) is None


@pytest.mark.parametrize("front", ["upcoming: false\n", "", "note: upcoming\n"])
def test_an_event_that_is_over_and_not_called_upcoming_is_not(front: str) -> None:
    found = document(f"date: 2026-12-09\n{front}")
    (event,) = read_document(found, SHAPE).events

    assert overtaken(event, found, SHAPE, NOTHING, AFTER) is None


def test_a_file_that_can_no_longer_be_read_is_not_called_upcoming() -> None:
    (event,) = read_document(document("date: 2026-12-09\n"), SHAPE).events

    assert overtaken(event, document("date: [\nupcoming: true\n"), SHAPE, NOTHING, AFTER) is None


def test_a_place_and_an_answer_that_the_text_states_are_proposed_for_whole_days_too() -> None:
    found = document("date: 2026-12-09\nall_day: true\n", "\nAll welcome.\n\nWhere: Town Hall, Room 2: upstairs\n")

    assert [line for _, line in proposed(found)] == ['place: "Town Hall, Room 2: upstairs"', "access: open"]


def test_nothing_is_proposed_under_a_key_that_is_not_simply_read() -> None:
    shape = replace(SHAPE, fields={"access": (Pick(keys=("who",), table={"all": "open"}),)})
    found = proposals(document("date: 2026-12-09\n"), shape, NOTHING, BEFORE)

    assert [problem.write for problem in found] == ['start: "14:00"', "place: online"]


@pytest.mark.parametrize(
    "text", ["Town Hall", "yes", "14:00", "a: b", "a #b", "- x", 'said "so"', "Café", "12", "x\\y"]
)
def test_a_quoted_text_is_read_as_it_was(text: str) -> None:
    found = document(f"date: 2026-12-09\nplace: {quoted(text)}\n")

    (event,) = read_document(found, SHAPE).events

    assert event.evidence["location"].text == f"place: {text}"
