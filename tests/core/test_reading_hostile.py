"""Whatever the bytes: an answer that keeps its promises, and never an exception."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from notifier.core.event import AllDay, Document
from notifier.core.reading import Reading, read_document, read_project
from notifier.core.reading.shape import Shape
from tests.fuzz.hostile import CASES
from tests.fuzz.oracle import broken_promises
from tests.fuzz.subjects import BY_NAME, SUBJECTS, Subject
from tests.strategies import any_text

SHAPE = Shape(source="site", site_url="https://example.org", timezone="Europe/London", page="/events/{stem}")
HEAD = b"---\ntitle: Talk\ndate: 2026-12-09\n---\n"

KEYS = (
    "title", "date", "dates", "start", "end", "all_day", "timezone", "place", "access", "register", "status", "uid",
    "category", "series", "topics", "project", "image", "link", "url", "draft", "upcoming", "writeup", "private", "on",
)  # fmt: skip
WORDS = st.sampled_from(
    ["On", "Wednesday", "9", "December", "2026", "at", "2pm", "-", "3:15", "EST", "we", "will", "hold", "held", "When:",
     "invitation", "only", "[register", "here](https://example.org/a)", "by", "noon", "29", "February", ".", "\n", "> ",
     "members", "not", "online", "Paris", "in", "(UK", "time)", "to", "until", "30", "31.12.2026", "99:99", "]((https://"]
)  # fmt: skip

#: What keys of ours and of other sites may hold: right values, half-right ones, anything.
SAID = st.one_of(
    st.lists(WORDS, max_size=8).map(" ".join), any_text, st.dates().map(str), st.datetimes().map(str), st.none(), st.booleans(),
    st.integers(), st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["2026-12-09", "2026-12-09T18:30Z", "14:00", "2pm", "90m", "PT1H30M", "-1h", "Europe/Paris", "FREQ=DAILY", "../x", "mailto:a@b.c"]),
)  # fmt: skip
NAMES = st.sampled_from(
    [*KEYS, "name", "when", "location", "venue", "city", "links", "tags", "programme", "duration", "rrule", "recurrence", "lang",
     "translation", "id", "body", "description", "series", "length", "to", "talks", "speakers", "upcoming", "events", "access"]
)  # fmt: skip
ENTRIES = st.dictionaries(
    NAMES, st.recursive(SAID, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=6), max_size=8
)  # fmt: skip


def written(subject: Subject, entries: list[dict[str, object]], prose: str) -> bytes:
    """A document of the subject's format that says these things; JSON is YAML too, and its texts are TOML's."""
    first = entries[0] if entries else {}
    match subject.name:
        case "labelled":
            text = "\n".join(f"{key.capitalize()}: {said}" for key, said in first.items()) + f"\n\n{prose}"
        case "toml" | "toml-front":
            table = "".join(f"{key} = {json.dumps(said)}\n" for key, said in first.items() if said is not None)
            text = f"+++\n{table}+++\n{prose}" if subject.name == "toml-front" else f"[[events]]\n{table}"
        case "yaml":
            text = json.dumps(entries, ensure_ascii=False)
        case "json" | "json-any":
            text = json.dumps({"upcoming": entries})
        case _:
            text = f"---\n{json.dumps(first)}\n---\n{prose}"
    return text.encode(errors="surrogatepass")


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.name)
@given(entries=st.lists(ENTRIES, max_size=3), prose=st.lists(WORDS, max_size=20).map(" ".join) | any_text)
def test_whatever_a_document_says_its_reading_keeps_its_promises(
    subject: Subject, entries: list[dict[str, object]], prose: str
) -> None:
    data = written(subject, entries, prose)

    assert broken_promises(subject.document(data), subject.read(data)) == []


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.name)
@given(data=st.binary(max_size=300) | any_text.map(lambda text: text.encode(errors="surrogatepass")))
def test_whatever_the_bytes_their_reading_keeps_its_promises(subject: Subject, data: bytes) -> None:
    assert broken_promises(subject.document(data), subject.read(data)) == []


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.name)
def test_hostile_documents_are_read_or_refused_and_keep_the_promises(subject: Subject) -> None:
    documents = [case.make(1_500) for case in CASES if case.subject == subject.name]

    assert [said for data in documents for said in broken_promises(subject.document(data), subject.read(data))] == []


def test_a_broken_promise_is_seen() -> None:
    subject = BY_NAME["plain"]
    reading = subject.read(HEAD)
    (event,) = reading.events
    day = date(2026, 12, 9)
    wrong = replace(
        event, title="a\u202eb {{", when=AllDay(first=day, last=date(2026, 12, 8)), join_url="javascript:x", zone="UTC"
    )

    said = broken_promises(subject.document(HEAD), replace(reading, events=(wrong, wrong), broken=frozenset({"x.md"})))

    assert broken_promises(subject.document(HEAD), reading) == []
    for word in (
        "nobody sees",
        "template",
        "before the first",
        "join_url",
        "the zone is",
        "several events",
        "not in the document",
    ):
        assert any(word in line for line in said), word


def read(data: bytes, path: str = "2026-12-09-talk.md") -> Reading:
    return read_document(Document(source="site", path=path, data=data, revision="1"), SHAPE)


@given(st.binary(max_size=400))
def test_reading_never_raises_on_any_bytes(data: bytes) -> None:
    reading = read(data)

    assert bool(reading.broken) is not bool(reading.events)


@given(st.text(max_size=300), st.text(max_size=300))
def test_reading_never_raises_on_any_text_between_fences(front: str, body: str) -> None:
    reading = read(f"---\n{front}\n---\n{body}".encode(errors="surrogatepass"))

    assert bool(reading.broken) is not bool(reading.events)


@given(st.dictionaries(st.sampled_from(KEYS), st.text(st.characters(exclude_characters="\n\r"), max_size=40)))
@example({"title": "x", "date": "2200-12-31", "start": "23:59", "timezone": "America/New_York"})
@example({"title": "x", "start": "9999-12-31T23:59:59-14:00"})
@example({"title": "x", "date": "0001-01-01", "start": "00:00", "timezone": "Asia/Tokyo"})
def test_reading_never_raises_on_any_values_of_our_keys(values: dict[str, str]) -> None:
    front = "\n".join(f"{key}: {value}" for key, value in values.items())

    reading = read(f"---\n{front}\n---\nText.".encode(errors="surrogatepass"))

    assert bool(reading.broken) is not bool(reading.events)


@given(st.lists(WORDS, max_size=40))
def test_reading_never_raises_on_words_about_time(said: list[str]) -> None:
    (event,) = read(HEAD + " ".join(said).encode()).events

    assert event.title == "Talk"


@given(st.binary(max_size=200))
def test_reading_a_project_never_raises(data: bytes) -> None:
    title, problems = read_project(Document(source="site", path="p.md", data=data, revision="1"))

    assert (title is None) == bool([problem for problem in problems if problem.severity == "error"])


def test_of_a_megabyte_only_the_beginning_is_read_and_that_is_a_doubt() -> None:
    (event,) = read(HEAD + b"We talk about 9 things. " * 40_000).events

    assert [doubt.code for doubt in event.doubts][-1] == "too-long"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (HEAD + b"x" * 10_000_000, "1 MB at most"),
        (b"---\na: &a [1]\nb: [" + b"*a," * 30 + b"]\n---\n", "aliases"),
        (b"---\ntitle: x\na: &a [*a]\n---\n", "*a"),
        (b"---\na: " + b"[" * 200_000 + b"\n---\n", "nest"),
        (b"---\n" + b"".join(b" " * n + b"a:\n" for n in range(500)) + b"---\n", "nested too deeply"),
        (b"---\ntitle: \x00\n---\n", "not text"),
        (b"\x89PNG\r\n\x1a\n\xff\xfe", "UTF-8"),
        (b"---\ntitle: \xed\xa0\x80\n---\n", "UTF-8"),
        (b'---\ntitle: "\\ud800"\n---\n', "not valid YAML"),
        (b"---\n" + b"".join(b"k%d: 1\n" % n for n in range(20_000)) + b"---\n", "too long"),
        (b"---\ntitle: x\nprivate: [" + b"a," * 20_000 + b"]\n---\n", "too long"),
    ],
    ids=["10 MB", "aliases", "an alias to itself", "deep brackets", "deep keys", "zero bytes", "a picture",
         "a lone surrogate", "an escaped surrogate", "many keys", "a long list"],
)  # fmt: skip
def test_what_would_exhaust_a_parser_is_refused_with_one_problem(data: bytes, said: str) -> None:
    reading = read(data)

    assert reading.broken
    assert [said in problem.what for problem in reading.problems] == [True]


def test_no_message_carries_a_megabyte() -> None:
    reading = read(b"---\ntitle: x\ndate: 2026-12-09\ntimezone: " + b"Europe/" * 100_000 + b"\n---\n")

    assert max(len(str(problem)) for problem in reading.problems) < 1_000


def test_no_message_carries_what_moves_a_terminal() -> None:
    subject = BY_NAME["json-any"]
    data = b'[{"title": "x", "date": "2026-12-09", "\\u001b[31mk": 1, "\\u001b[31mk": 2}]'

    said = [str(problem) for problem in subject.read(data).problems]

    assert any("[31mk stands twice" in text for text in said)
    assert all(text.isprintable() for text in said)


def test_invisible_and_reversing_characters_reach_no_field_that_readers_see() -> None:
    text = "---\ntitle: a\u202eb\u200fc\u200bd\ndate: 2026-12-09\nplace: Ha\u202ell\n---\nSum\u2066mary"

    (event,) = read(text.encode()).events

    assert (event.title, event.location, event.summary) == ("abcd", "Hall", "Summary")
