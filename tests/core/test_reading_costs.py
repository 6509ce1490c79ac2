"""Hostile input costs steps that grow with the input and no faster, and memory in proportion to it: counted, never timed."""

from __future__ import annotations

import re

import pytest

from tests.fuzz.hostile import CASES, UNITS, Hostile
from tests.fuzz.matching import Counter, TooMany, pumped
from tests.fuzz.patterns import Found, patterns
from tests.fuzz.steps import count_steps, peak_memory
from tests.fuzz.subjects import BY_NAME, SUBJECTS
from tests.soak import tenth

#: Bytes of the documents that are compared; each is four times the one before.
SMALL, LARGE = 4_000, 16_000
#: Lines of Python for one byte more, at most: a text that is nothing but times takes about half of it.
STEPS_A_BYTE = 400
#: How much dearer a byte may be in the larger document: what grows with the square is four times as dear.
DEARER = 1.25
#: Bytes that Python holds for one byte of the document, and for a document however small.
MEMORY_A_BYTE, MEMORY = 400, 3_000_000
#: Steps of the matcher from one place of a text. The dearest pattern, that of links, takes about half of it.
STEPS_FROM_ONE_PLACE = 40_000
#: Longer than any bounded repetition in our patterns.
PUMPED = 2_500


@pytest.mark.parametrize("case", tenth(CASES), ids=lambda case: case.id)
def test_hostile_documents_cost_steps_in_proportion_to_their_size(case: Hostile) -> None:
    subject, small, large = BY_NAME[case.subject], case.make(SMALL), case.make(LARGE)
    subject.read(case.make(500))  # what is imported or compiled only once is no cost of a document

    first, second = count_steps(lambda: subject.read(small)), count_steps(lambda: subject.read(large))

    a_byte = (second - first) / (len(large) - len(small))
    assert a_byte <= max(first / len(small) * DEARER, 5), (first, second)
    assert a_byte <= STEPS_A_BYTE, (first, second)


@pytest.mark.parametrize("case", tenth(CASES), ids=lambda case: case.id)
def test_hostile_documents_take_memory_in_proportion_to_their_size(case: Hostile) -> None:
    document, subject = case.make(LARGE), BY_NAME[case.subject]
    subject.read(case.make(500))

    assert peak_memory(lambda: subject.read(document)) <= MEMORY + MEMORY_A_BYTE * len(document)


@pytest.mark.parametrize("found", patterns(), ids=lambda found: found.name)
def test_no_pattern_tries_for_longer_the_longer_a_text_is(found: Found) -> None:
    counter = Counter(found.pattern, limit=STEPS_FROM_ONE_PLACE)

    for short, long in zip(pumped(found.pattern, PUMPED), pumped(found.pattern, 2 * PUMPED), strict=True):
        # Where it is tried at one place only, the whole text may be looked at once.
        grown = counter.steps_from(short, 0) * (1.1 if found.searched else 2.2) + 50
        assert counter.steps_from(long, 0) <= grown or _is_linear(found.pattern, short), (found, short[:60])


def _is_linear(pattern: re.Pattern[str], text: str) -> bool:
    """Whether a search through the whole text takes twice as long where the text is twice as long."""
    once, twice = (_searched(Counter(pattern), text[:size]) for size in (200, 400))
    return twice <= 2.2 * once + 100


def _searched(counter: Counter, text: str) -> int:
    """The steps of finding every match in a text: behind each one the search goes on."""
    steps = place = 0
    while place <= len(text):
        span = counter.span_from(text, place)
        steps += counter.steps
        place = max(place + 1, span[1] if span else 0)
    return steps


@pytest.mark.parametrize("pattern", [r"(a+)+$", r"(?:a|a)*b", r"(\w+\s?)*;"])
def test_the_count_sees_what_backtracks_without_end(pattern: str) -> None:
    with pytest.raises(TooMany):
        Counter(re.compile(pattern), limit=100_000).steps_from("a" * 30 + "!", 0)


def test_the_count_sees_what_grows_with_the_square() -> None:
    assert _is_linear(re.compile(r"x{0,20}y"), "x" * 400)
    assert not _is_linear(re.compile(r"x+y"), "x" * 400)


@pytest.mark.parametrize("found", patterns(), ids=lambda found: found.name)
def test_the_count_is_of_what_the_pattern_really_does(found: Found) -> None:
    text = " ".join(unit[:12] for unit in UNITS.values()) + "".join(list(pumped(found.pattern, 30))[:6])
    counter = Counter(found.pattern)

    spans = {place: counter.span_from(text, place) for place in range(0, len(text), 3)}

    real = {place: found.pattern.match(text, place) for place in spans}
    assert spans == {place: match and match.span() for place, match in real.items()}


def test_every_subject_has_hostile_documents_of_its_own() -> None:
    assert {case.subject for case in CASES} == {subject.name for subject in SUBJECTS}
