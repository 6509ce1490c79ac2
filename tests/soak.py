"""Long matrices: a fixed tenth in `make test`, the whole in `make soak`."""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from typing import TypeVar

#: Set by `make soak`.
SOAK = os.environ.get("NOTIFIER_SOAK") == "1"
#: Whether this is a run that may take its time for what matters most: CI, or the soak.
THOROUGH = SOAK or bool(os.environ.get("CI"))

Case = TypeVar("Case")


def tenth(cases: Sequence[Case]) -> list[Case]:
    """A tenth of the cases, the same on every run and at least one; all of them in the soak."""
    return list(cases) if SOAK else fixed_tenth(cases)


def fixed_tenth(cases: Sequence[Case]) -> list[Case]:
    chosen = random.Random(20_261_120).sample(range(len(cases)), -(-len(cases) // 10))  # noqa: S311 - no secret
    return [cases[place] for place in sorted(chosen)]
