"""All cases on some workers, each with a site and an emulated account of its own."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.mailchimp.control import Emulator, emulator
from tests.mailchimp.matrix.case import Case, Found
from tests.mailchimp.matrix.cases import all_cases
from tests.mailchimp.matrix.place import MOMENTS, copied, make_site, warm_up
from tests.mailchimp.matrix.playing import play
from tests.mailchimp.matrix.process import Process


@dataclass(frozen=True, slots=True)
class Workplace:
    """Where one worker plays: everything that a process needs has been imported, compiled and made."""

    folder: Path
    mailchimp: Emulator
    cases: Sequence[Case]

    def play(self, number: int) -> Found:
        return play(self.cases[number], self.folder / "site", self.folder / "copy", self.mailchimp)


@contextmanager
def workplace(folder: Path) -> Iterator[Workplace]:
    with emulator() as mailchimp:
        make_site(folder / "site", mailchimp)
        requests = warm_up(folder / "site", folder / "copy", mailchimp)
        cases = all_cases(requests, mailchimp.lists, _instants(folder, mailchimp))
        yield Workplace(folder, mailchimp, cases)


def _instants(folder: Path, mailchimp: Emulator) -> int:
    """At how many points a process of a calm run can be killed."""
    copied(folder / "site", folder / "copy")
    mailchimp.reset()
    process, seen = Process(folder / "copy"), 0
    for at in MOMENTS[:3]:
        mailchimp.set_clock(at)
        seen = int(process.tick(at)["instants"])
    process.end()
    return seen


#: Of a worker: its workplace, once it has one. Its emulator ends with it.
_HERE: list[Workplace] = []
_STACK = ExitStack()


def _settle_in(folder: Path) -> None:
    _HERE.append(_STACK.enter_context(workplace(folder / str(os.getpid()))))


def _play(number: int) -> tuple[int, Found]:
    return number, _HERE[0].play(number)


def run(numbers: Sequence[int], workers: int, folder: Path, seen: Callable[[Found], Found]) -> list[Found]:
    """Play these cases; `seen` is called with each as it comes. In the order of the numbers."""
    found: dict[int, Found] = {}
    with multiprocessing.get_context("fork").Pool(workers, _settle_in, (folder,)) as pool:
        for number, one in pool.imap_unordered(_play, numbers):
            found[number] = one
            seen(one)
        pool.close()
        pool.join()
    return [found[number] for number in numbers]
