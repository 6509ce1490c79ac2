"""All cases on some workers, each with a site and an emulated account of its own."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from tests.mailchimp.control import Emulator, emulator
from tests.mailchimp.matrix.case import Blow, Case, Found
from tests.mailchimp.matrix.cases import all_cases, server_cases
from tests.mailchimp.matrix.place import MOMENTS, Ledgers, configure, copied, make_site, warm_up
from tests.mailchimp.matrix.playing import play
from tests.mailchimp.matrix.process import Process
from tests.postgres import server


@dataclass(frozen=True, slots=True)
class Workplace:
    """Where one worker plays: everything that a process needs has been imported, compiled and made."""

    folder: Path
    mailchimp: Emulator
    cases: Sequence[Case]
    ledgers: Ledgers

    def play(self, number: int) -> Found:
        return play(self.cases[number], self.folder / "site", self.folder / "copy", self.mailchimp, self.ledgers)


@contextmanager
def workplace(folder: Path, *, others: int = 1, at_server: bool = False) -> Iterator[Workplace]:
    """With all cases; of those with another process, with so many `others`. `at_server`: with those of a PostgreSQL too."""
    with ExitStack() as stack:
        mailchimp = stack.enter_context(emulator())
        ledgers = Ledgers(stack.enter_context(server()) if at_server else None)
        make_site(folder / "site", mailchimp, ledgers)
        requests = warm_up(folder / "site", folder / "copy", mailchimp, ledgers)
        here = Workplace(folder, mailchimp, (), ledgers)
        cases = all_cases(requests, mailchimp.lists, _instants(here, "kill"))
        if at_server:
            cases += server_cases(requests, _instants(here, "stand"), _instants(here, "cut"))
        yield replace(here, cases=[replace(one, others=others) for one in cases])


def _instants(here: Workplace, blow: Blow) -> int:
    """At how many points a process of a calm run can be struck."""
    folder, mailchimp = here.folder, here.mailchimp
    copied(folder / "site", folder / "copy")
    configure(folder / "copy", mailchimp, here.ledgers.copy())
    mailchimp.reset()
    process, seen = Process(folder / "copy", blow=blow, server=here.ledgers.server), 0
    for at in MOMENTS[:3]:
        mailchimp.set_clock(at)
        seen = int(process.tick(at)["instants"])
    process.end()
    return seen


#: Of a worker: its workplace, once it has one. Its emulator ends with it.
_HERE: list[Workplace] = []
_STACK = ExitStack()


def _settle_in(folder: Path, others: int, at_server: bool) -> None:
    _HERE.append(_STACK.enter_context(workplace(folder / str(os.getpid()), others=others, at_server=at_server)))


def _play(number: int) -> tuple[int, Found]:
    return number, _HERE[0].play(number)


def run(
    numbers: Sequence[int], workers: int, folder: Path, seen: Callable[[Found], Found], *, others: int, at_server: bool
) -> list[Found]:
    """Play these cases; `seen` is called with each as it comes. In the order of the numbers."""
    found: dict[int, Found] = {}
    with multiprocessing.get_context("fork").Pool(workers, _settle_in, (folder, others, at_server)) as pool:
        for number, one in pool.imap_unordered(_play, numbers):
            found[number] = one
            seen(one)
        pool.close()
        pool.join()
    return [found[number] for number in numbers]
