"""`python -m tests.mailchimp.matrix [--tenth] [--part K/N] [--only WORDS] [--workers N] [--short] [--say]
[--postgres] [--processes N] [--naive]`.

Prints the table and every violation; the exit status is 1 when there was one.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.mailchimp.matrix.case import Case, Found
from tests.mailchimp.matrix.naive import naive_matrix
from tests.mailchimp.matrix.running import run, workplace
from tests.mailchimp.matrix.table import Progress, said, table, violations
from tests.soak import fixed_tenth


def arguments(words: Sequence[str]) -> argparse.Namespace:
    wanted = argparse.ArgumentParser(prog="python -m tests.mailchimp.matrix", description=__doc__)
    wanted.add_argument("--tenth", action="store_true", help="a fixed tenth of the cases")
    wanted.add_argument("--part", default="1/1", metavar="K/N", help="the K-th of N parts of equal size")
    wanted.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="WORDS",
        help="the cases whose name has these in it; may be repeated",
    )
    wanted.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    wanted.add_argument("--short", action="store_true", help="a line for each part of the table only")
    wanted.add_argument("--say", action="store_true", help="each case with its row's own words, after the table")
    wanted.add_argument(
        "--postgres", action="store_true", help="with the ledger at a PostgreSQL, and what can happen there"
    )
    wanted.add_argument("--processes", type=int, default=2, help="how many there are in the cases of several")
    wanted.add_argument("--naive", action="store_true", help="a sender as many are written, instead of the program")
    return wanted.parse_args(words)


def chosen(cases: Sequence[Case], wanted: argparse.Namespace) -> list[int]:
    """The numbers of the cases that are wanted. A part has some of everything: one in every so many might always be of one kind."""
    numbers = [number for number, case in enumerate(cases) if _is_wanted(case, wanted.only)]
    numbers = fixed_tenth(numbers) if wanted.tenth else numbers
    part, parts = (int(word) for word in wanted.part.split("/"))
    mixed = random.Random(20_261_127).sample(numbers, len(numbers))  # noqa: S311 - no secret
    return sorted(mixed[part - 1 :: parts])


def _is_wanted(case: Case, only: Sequence[str]) -> bool:
    return not only or any(words in case.name for words in only)


def main(words: Sequence[str]) -> int:
    wanted = arguments(words)
    found = naive_matrix(wanted.only) if wanted.naive else _program(wanted)
    sys.stdout.write(table(found, short=wanted.short))
    sys.stdout.write(said(found) if wanted.say else "")
    sys.stdout.write(violations(found))
    return 1 if any(one.wrong for one in found) else 0


def _program(wanted: argparse.Namespace) -> list[Found]:
    with tempfile.TemporaryDirectory(prefix="matrix-") as name:
        folder = Path(name)
        more = {"others": wanted.processes - 1, "at_server": wanted.postgres}
        with workplace(folder / "first", **more) as here:
            numbers = chosen(here.cases, wanted)
            progress = Progress(len(numbers))
            if wanted.workers == 1:
                return [progress.step(here.play(number)) for number in numbers]
        return run(numbers, wanted.workers, folder, progress.step, **more)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
