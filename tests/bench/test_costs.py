"""What hostile documents cost: steps, processor time and memory, at sizes each twice the one before.

What grows with the input has the same steps and the same time for a byte at every size; the tests hold the first
(`tests/core/test_reading_costs.py`), and only here the second is looked at, for a busy machine proves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.bench.measures import FULL, processor_seconds, say
from tests.fuzz.hostile import CASES, Hostile
from tests.fuzz.steps import count_steps, peak_memory
from tests.fuzz.subjects import BY_NAME

pytestmark = pytest.mark.bench

SIZES = (16_000, 32_000, 64_000, 128_000)
COUNTED = 16_000
#: One of so many cases is measured, and those that are dear for each byte; NOTIFIER_BENCH=full measures all.
SHARE = 1 if FULL else 6
SHOWN = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """One hostile document at several sizes."""

    case: Hostile
    steps_a_byte: float
    growth: float
    seconds: tuple[float, ...]
    memory_a_byte: float


def test_hostile_documents() -> None:
    costs = [_cost(case) for case in CASES[::SHARE]]
    say(f"\n{len(costs)} hostile documents of {len(CASES)}; those that take longest, at {SIZES[-1]} bytes")
    say("growth: processor time for a byte at the largest size over that at the smallest; 1 is linear")
    say(f"{'document':<52}{'steps a byte':>13}{'again, twice':>13}{'ms':>30}{'growth':>8}{'memory a byte':>15}")
    for cost in sorted(costs, key=lambda cost: -cost.seconds[-1])[:SHOWN]:
        _tell(cost)
    say("those of at least 50 ms that grow most")
    for cost in sorted((cost for cost in costs if cost.seconds[-1] > 0.05), key=lambda cost: -_growth(cost))[:10]:
        _tell(cost)


def _cost(case: Hostile) -> Cost:
    subject, documents = BY_NAME[case.subject], [case.make(size) for size in SIZES]
    subject.read(case.make(500))
    first, second = case.make(COUNTED), case.make(2 * COUNTED)
    once, twice = count_steps(lambda: subject.read(first)), count_steps(lambda: subject.read(second))
    return Cost(
        case=case,
        steps_a_byte=once / len(first),
        growth=(twice / len(second)) / (once / len(first)),
        seconds=tuple(_quickest(case, document) for document in documents),
        memory_a_byte=peak_memory(lambda: subject.read(second)) / len(second),
    )


def _quickest(case: Hostile, document: bytes) -> float:
    """The better of two: what else runs on the machine only adds."""
    return min(processor_seconds(lambda: BY_NAME[case.subject].read(document)) for _ in range(2))


def _growth(cost: Cost) -> float:
    return (cost.seconds[-1] / SIZES[-1]) / (cost.seconds[0] / SIZES[0])


def _tell(cost: Cost) -> None:
    times = " ".join(f"{took * 1000:.0f}" for took in cost.seconds)
    say(
        f"{cost.case.id[:50]:<52}{cost.steps_a_byte:>13.1f}{cost.growth:>12.2f}x{times:>30}{_growth(cost):>7.2f}x"
        f"{cost.memory_a_byte:>14.0f}x"
    )
