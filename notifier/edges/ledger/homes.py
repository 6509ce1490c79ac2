"""Where a ledger lies, as far as that tells it from a copy."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path
from typing import Literal

from notifier.edges.ledger.servers import which_server

#: What tells machines apart where they say so (https://man7.org/linux/man-pages/man5/machine-id.5.html).
_MACHINE = Path("/etc/machine-id")


def home_of(file: Path) -> str:
    """Where a file lies: on which machine, under which number, on which disk, under which name.

    A copy has another number, but the number may be used again; a disk may get another number when the machine starts.
    """
    machine = ""
    with suppress(OSError):
        machine = _MACHINE.read_text(encoding="ascii", errors="replace").strip()
    path = os.path.realpath(file)
    told = hashlib.sha256(machine.encode()).hexdigest()[:12], hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
    return f"file {told[0]} {os.stat(path).st_ino} {os.statvfs(path).f_fsid} {told[1]}"  # noqa: PTH116 - as realpath says it


def which_home(one: str, other: str) -> Literal["same", "switched", "another"]:
    """Whether two words on where a ledger lies speak of one place."""
    if (at_server := which_server(one, other)) is not None:
        return at_server
    first, second = one.split(), other.split()
    if len(first) != 5 or len(second) != 5:
        return "same" if one == other else "another"
    is_same = first[:3] == second[:3] and (first[3] == second[3] or first[4] == second[4])
    return "same" if is_same else "another"
