"""What a call costs, counted and not timed: the same on every machine, however busy."""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Callable
from types import FrameType
from typing import Any


def count_steps(call: Callable[[], object]) -> int:
    """The lines of Python that ran, ours and the libraries'.

    A line that is one long C call (a search by a pattern, a parser in C) counts once: patterns are counted by
    `matching`, and what else C does is measured in `make bench`.
    """
    steps = 0

    def step(_frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal steps
        steps += event == "line"
        return step

    before = sys.gettrace()
    sys.settrace(step)
    try:
        call()
    finally:
        sys.settrace(before)
    return steps


def peak_memory(call: Callable[[], object]) -> int:
    """The most bytes that Python held for a call at one time, beyond what it held before."""
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        call()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return peak - before
