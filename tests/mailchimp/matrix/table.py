"""The table: a row for each step × fault, how its cases ended, totals, and every violation in words."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from time import monotonic

from tests.mailchimp.matrix.case import Found

_WIDTH = 30


def table(found: Sequence[Found], *, short: bool) -> str:
    """`sent/1` is: the row says sent, and one mail went out. The last column counts violations."""
    outcomes = [name for name, _ in Counter(one.outcome for one in found).most_common()]
    rows: dict[tuple[str, ...], list[Found]] = {}
    for one in found:
        rows.setdefault((one.case.part,) if short else (one.case.part, one.case.step, one.case.what), []).append(one)
    width = max((len(_label(row)) for row in rows), default=0)
    lines = ["".join([" " * width, *(f" {name:>10}" for name in [*outcomes, "violations"])])]
    lines += [_line(_label(row), some, outcomes, width) for row, some in rows.items()]
    lines.append(_line("all", found, outcomes, width))
    kills = sum(one.kills for one in found)
    wrong = sum(bool(one.wrong) for one in found)
    return "\n".join([*lines, f"{len(found)} cases, {kills} kills, {wrong} violations", ""])


def _label(row: tuple[str, ...]) -> str:
    return ": ".join(row)


def _line(label: str, some: Sequence[Found], outcomes: Sequence[str], width: int) -> str:
    counted = Counter(one.outcome for one in some)
    numbers = [counted[name] for name in outcomes] + [sum(bool(one.wrong) for one in some)]
    return f"{label:<{width}}" + "".join(f" {number or '·':>10}" for number in numbers)


def violations(found: Sequence[Found]) -> str:
    lines = [f"WRONG {one.case.name} ({one.outcome}): {' '.join(one.wrong)}\n      {one.said}" for one in found if one.wrong]  # fmt: skip
    return "\n".join([*lines, ""]) if lines else ""


def said(found: Sequence[Found]) -> str:
    return "".join(f"{one.outcome} {one.case.name}\n      {one.said}\n" for one in found)


class Progress:
    """A bar on the terminal; where there is none, a line now and then."""

    def __init__(self, total: int) -> None:
        self._total, self._done, self._wrong, self._since = total, 0, 0, monotonic()

    def step(self, found: Found) -> Found:
        self._done += 1
        self._wrong += bool(found.wrong)
        if found.wrong:
            sys.stderr.write("\n" + violations([found]))
        if sys.stderr.isatty():
            sys.stderr.write(self._bar() + ("\n" if self._done == self._total else ""))
            sys.stderr.flush()
        elif self._done % 100 == 0:
            sys.stderr.write(f"{self._done} of {self._total} cases, {self._wrong} violations\n")
        return found

    def _bar(self) -> str:
        filled = _WIDTH * self._done // max(1, self._total)
        left = (monotonic() - self._since) / self._done * (self._total - self._done)
        bar = "█" * filled + "░" * (_WIDTH - filled)
        return f"\r{bar} {self._done}/{self._total}, {self._wrong} violations, {left:.0f} s left "
