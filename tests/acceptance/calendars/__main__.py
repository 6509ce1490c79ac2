"""`run`, once everything is installed: every judge over every case, and a table of what each saw."""

from __future__ import annotations

import argparse
import os
import sys
import time
import zoneinfo
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from tests.acceptance.calendars.agree import Exhibit, Table
from tests.acceptance.calendars.cases import SMALL, Case, many
from tests.acceptance.calendars.follow import follow
from tests.acceptance.calendars.judges import (
    Bench,
    Judge,
    by_evolution,
    by_khal,
    by_libical,
    by_lint,
    by_thunderbird,
    by_tzcheck,
)
from tests.acceptance.calendars.planted import BAD, GOOD, MEANT
from tests.acceptance.calendars.radicale import by_radicale
from tests.acceptance.calendars.seen import Seen

TOOLS = Path(__file__).resolve().parents[3] / ".judges"
QUICK: Mapping[str, Judge] = {"lint": by_lint, "tzcheck": by_tzcheck, "libical": by_libical, "khal": by_khal}
ALL: Mapping[str, Judge] = {
    **QUICK, "radicale": by_radicale, "evolution": by_evolution, "thunderbird": by_thunderbird,
}  # fmt: skip


def exhibits(names: list[str]) -> list[Exhibit]:
    """Each case as a feed, its events as files, and as invitations and cancellations."""
    makers = {**SMALL, "many": many}
    return [exhibit for name in names or makers for exhibit in _all_of(makers[name]())]


def _all_of(case: Case) -> list[Exhibit]:
    feed = Exhibit(name=case.name, parts=(case.written(),), expected=tuple(case.expected), big=case.big)
    if case.big or not case.expected:
        return [feed]
    apart = {"files": case.files(), "requests": case.invitations("REQUEST"), "cancels": case.invitations("CANCEL")}
    return [feed, *(_apart(f"{case.name}-{kind}", kind, parts) for kind, parts in apart.items())]


def _apart(name: str, kind: str, parts: list[tuple[bytes, Seen]]) -> Exhibit:
    return Exhibit(
        name=name, parts=tuple(part for part, _ in parts), expected=tuple(seen for _, seen in parts),
        apart=True, mailed=kind != "files",
    )  # fmt: skip


def faulty() -> list[Exhibit]:
    """The good calendar, and each of those with one fault; what is to be seen in each is what is in the good one."""
    return [Exhibit(name=name, parts=(data,), expected=MEANT) for name, data in {"good": GOOD, **BAD}.items()]


def main() -> int:
    words = argparse.ArgumentParser(prog="tests/acceptance/calendars/run", description=__doc__)
    words.add_argument("--quick", action="store_true", help="the judges that take less than five minutes together")
    words.add_argument("--judge", action="append", choices=sorted(ALL), help="only this one; may be given again")
    words.add_argument("--case", action="append", default=[], choices=sorted([*SMALL, "many"]), help="only this one")
    words.add_argument("--follow", action="store_true", help="Thunderbird and Evolution follow a site that changes")
    words.add_argument("--planted", action="store_true", help="calendars with one fault each: which judge sees which")
    words.add_argument("--patient", action="store_true", help="ten thousand events before khal and vdirsyncer, too")
    chosen = words.parse_args()
    # As the program does at its start: no instant may depend on the zones of the machine.
    zoneinfo.reset_tzpath(())
    bench = Bench(tools=TOOLS, folder=TOOLS / "work", environment=os.environ)
    if chosen.follow:
        followed = follow(bench)
        print("\n".join([*followed.told, *followed.faults]))
        return 1 if followed.faults else 0
    names = chosen.judge or [*(QUICK if chosen.quick else ALL)]
    if chosen.planted:
        missed = _judged(names, faulty(), bench).unseen()
        print(f"Seen by nobody: {', '.join(missed)}")
        return 0 if missed == ["good"] else 1
    shown = exhibits(chosen.case)
    table = _judged(names, [replace(one, big=False) for one in shown] if chosen.patient else shown, bench)
    print("\n".join(table.faults), end="\n" if table.faults else "")
    return 1 if table.faults else 0


def _judged(names: Sequence[str], shown: Sequence[Exhibit], bench: Bench) -> Table:
    """The table, printed, and how long each judge took."""
    table = Table()
    for name in names:
        began = time.monotonic()
        table.add(name, shown, ALL[name](shown, bench))
        print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    print(table.written())
    return table


if __name__ == "__main__":
    sys.exit(main())
