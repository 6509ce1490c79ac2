"""Plant one fault at a time in a copy of the project, and see which tests it breaks. `scripts/planted_faults` runs it.

A fault that breaks nothing is a hole in the tests. A fault whose place is no longer in the code is an error: it would
prove nothing.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

#: What a copy can do without.
_LEFT_OUT = (".venv", ".git", ".*_cache", ".hypothesis", "__pycache__", "demo", "dist", "*.db*")
_PYTEST = ("-m", "pytest", "-q", "-p", "no:randomly", "-p", "no:cacheprovider", "--no-header", "--tb=no")
_FAILED = re.compile(r"^FAILED (.+?)(?: - .*)?$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """`old` stands once in `file`, and becomes `new`; `tests` are what pytest is given."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


class NotPlanted(Exception):
    """A fault can't be tried, so nothing is known about it."""


def plant(root: Path, fault: Fault) -> str:
    """Put the fault into the file; returns the whole text as it was. Raises NotPlanted unless its place stands once."""
    file = root / fault.file
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    if (found := text.count(fault.old)) != 1:
        raise NotPlanted(
            f"{fault.file}: «{fault.name}»: what it replaces stands there {found} times, not once. "
            "Look where the code went, and correct `old` in tests/planted/faults.py."
        )
    file.write_text(text.replace(fault.old, fault.new), encoding="utf-8")
    return text


def failures(root: Path, tests: Sequence[str]) -> list[str]:
    """Which of these tests fail. Raises NotPlanted when they could not be run."""
    command = [sys.executable, *_PYTEST, *tests]
    ran = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if ran.returncode == 0:
        return []
    found = _FAILED.findall(ran.stdout)
    if ran.returncode != 1 or not found:
        raise NotPlanted(f"pytest {' '.join(tests)} ended with {ran.returncode}:\n{ran.stdout}{ran.stderr}")
    return found


@contextmanager
def copied(root: Path) -> Iterator[Path]:
    """A copy of the project that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="planted-") as folder:
        copy = Path(folder) / "project"
        shutil.copytree(root, copy, ignore=shutil.ignore_patterns(*_LEFT_OUT), symlinks=True)
        yield copy


def refuse_failing(root: Path, faults: Iterable[Fault]) -> None:
    """Raise NotPlanted unless all these tests pass without any fault: what fails anyway proves nothing."""
    tests = sorted({test for fault in faults for test in fault.tests})
    if failing := failures(root, tests):
        raise NotPlanted("These tests fail without any fault; mend that first:\n" + "\n".join(failing))


def tried(root: Path, fault: Fault) -> int:
    """How many tests a fault breaks; the copy is afterwards as it was."""
    before = plant(root, fault)
    try:
        return len(failures(root, fault.tests))
    finally:
        (root / fault.file).write_text(before, encoding="utf-8")


def run(root: Path, faults: Sequence[Fault]) -> int:
    """Try each fault and print a line about it; returns the number of faults that no test has caught."""
    missed, width = 0, max((len(fault.name) for fault in faults), default=0)
    with copied(root) as copy:
        refuse_failing(copy, faults)
        for fault in faults:
            number = tried(copy, fault)
            missed += number == 0
            caught = f"caught by {number} {'test' if number == 1 else 'tests'}" if number else "NOT CAUGHT"
            print(f"{fault.name:<{width}}  {caught}", flush=True)  # noqa: T201 - the table is what it is for
    print(f"{len(faults)} faults, {missed} not caught")  # noqa: T201 - as above
    return missed
