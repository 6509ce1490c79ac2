"""Faults of telling a ledger from its copies, of backups, and of putting them back."""

from __future__ import annotations

from tests.planted.plant import Fault

_LEASE, _LEASING = "notifier/core/lease.py", "notifier/edges/ledger/leasing.py"
_BACKUP, _RESTORING = "notifier/edges/ledger/backup.py", "notifier/edges/ledger/restoring.py"
_FENCING, _RECONCILING = "notifier/tick/fencing.py", "notifier/tick/reconciling.py"


def _fault(name: str, file: str, old: str, new: str, *tests: str) -> Fault:
    return Fault(name=f"copies: {name}", file=file, old=old, new=new, tests=tests)


FENCING = (
    _fault(
        "a mark of another ledger stands against nothing", _LEASE,
        "        if not lease.descends_from(mark):\n", "        if False:\n", "tests/core/test_lease.py",
    ),
    _fault(
        "an older state is taken for the present one", _LEASE,
        "mark.nonce == lease.nonce and mark.moves > lease.moves", "False", "tests/test_fencing.py",
    ),
    _fault(
        "a ledger that lies elsewhere goes on", _LEASE, "    if lease.at_home:\n", "    if True:\n", "tests/test_fencing.py",
    ),
    _fault(
        "a folder that was copied proves that its ledger was let go", _LEASE,
        "mark.moves == lease.moves and not mark.is_copied", "mark.moves == lease.moves", "tests/core/test_lease.py",
    ),
    _fault(
        "why nothing is sent is forgotten by the next process", _FENCING,
        "        if not self.ledger.stop(lease, why, now):\n", "        if False:\n", "tests/test_fencing.py",
    ),
    _fault(
        "what a lost provider can't tell goes out after a take-over", _RECONCILING,
        "    if mark is None or mark.is_copied:\n        return True\n", "    if mark is None:\n        return True\n",
        "tests/test_fencing.py",
    ),
    _fault(
        "a backup doesn't know that it is a copy", _BACKUP,
        "                    mark_as_copy(connection, at)\n", "                    pass\n", "tests/edges/test_ledger_backup.py",
    ),
    _fault(
        "a ledger is put back while notifier has it open", _RESTORING,
        "    with alone_with(file), room(", "    with room(", "tests/edges/test_ledger_backup.py",
    ),
    _fault(
        "bytes that are others than were backed up are put back", _RESTORING,
        "digest_of(fresh) != manifest.digest", "False", "tests/edges/test_ledger_backup.py",
    ),
)  # fmt: skip
