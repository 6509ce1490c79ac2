"""Whatever the bytes: an answer, soon, and never an exception."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from notifier.core.event import Document
from notifier.core.reading import Reading, read_document, read_project
from notifier.core.reading.shape import Shape

SHAPE = Shape(source="site", site_url="https://example.org", timezone="Europe/London", page="/events/{stem}")
HEAD = b"---\ntitle: Talk\ndate: 2026-12-09\n---\n"
#: Far above what these take, far below what a quadratic pattern would take.
SECONDS = 20.0

KEYS = (
    "title", "date", "dates", "start", "end", "all_day", "timezone", "place", "access", "register", "status", "uid",
    "category", "series", "topics", "project", "image", "link", "url", "draft", "upcoming", "writeup", "private", "on",
)  # fmt: skip
WORDS = st.sampled_from(
    ["On", "Wednesday", "9", "December", "2026", "at", "2pm", "-", "3:15", "EST", "we", "will", "hold", "held", "When:",
     "invitation", "only", "[register", "here](https://example.org/a)", "by", "noon", "29", "February", ".", "\n", "> ",
     "members", "not", "online", "Paris", "in", "(UK", "time)", "to", "until", "30", "31.12.2026", "99:99", "]((https://"]
)  # fmt: skip


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


@pytest.mark.parametrize(
    "unit",
    ["1 ", "[", "at 2pm ", "](", "[x](", "<!--", "<a ", "1, ", "2pm - ", "https://x ", "] (https://e", "9 December 2pm ",
     "9 December at 2pm ", "invitation ", "a@", "- a\n", "x. ", "# When\n", "{{", "]((https://", "register ", "we will hold ",
     "on 9 December in Leeds ", "we will be in Leeds. ", "at Aa Aa ", "at Hall, 1 a ", "this talk in ", "speaking at ", "To get the link [click here](https://x.org). ",
     "the talk will convene ", "if you would like to join ", "[the event page](https://x.org). ", "is free to attend "],
)  # fmt: skip
def test_a_megabyte_of_the_same_is_read_in_linear_time(unit: str) -> None:
    data = HEAD + (unit * (900_000 // len(unit))).encode()
    started = time.perf_counter()

    reading = read(data)

    assert time.perf_counter() - started < SECONDS
    assert [doubt.code for doubt in reading.events[0].doubts][-1] == "too-long"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (HEAD + b"x" * 10_000_000, "1 MB at most"),
        (b"---\na: &a [1]\nb: [" + b"*a," * 30 + b"]\n---\n", "aliases"),
        (b"---\ntitle: x\na: &a [*a]\n---\n", "nested too deeply"),
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
    started = time.perf_counter()

    reading = read(data)

    assert time.perf_counter() - started < SECONDS
    assert reading.broken
    assert [said in problem.what for problem in reading.problems] == [True]


def test_no_message_carries_a_megabyte() -> None:
    reading = read(b"---\ntitle: x\ndate: 2026-12-09\ntimezone: " + b"Europe/" * 100_000 + b"\n---\n")

    assert max(len(str(problem)) for problem in reading.problems) < 1_000


def test_invisible_and_reversing_characters_reach_no_field_that_readers_see() -> None:
    text = "---\ntitle: a\u202eb\u200fc\u200bd\ndate: 2026-12-09\nplace: Ha\u202ell\n---\nSum\u2066mary"

    (event,) = read(text.encode()).events

    assert (event.title, event.location, event.summary) == ("abcd", "Hall", "Summary")
