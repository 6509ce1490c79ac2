"""Faults of telling a ledger from its copies, of backups, and of putting them back."""

from __future__ import annotations

from tests.planted.plant import Fault

_LEASE, _LEASING = "notifier/core/lease.py", "notifier/edges/ledger/leasing.py"
_BACKUP, _RESTORING = "notifier/edges/ledger/backup.py", "notifier/edges/ledger/restoring.py"
_FENCING, _RECONCILING = "notifier/tick/fencing.py", "notifier/tick/reconciling.py"
_SERVERS, _MOVING = "notifier/edges/ledger/servers.py", "notifier/edges/ledger/moving.py"


def _fault(name: str, file: str, old: str, new: str, *tests: str) -> Fault:
    return Fault(name=f"copies: {name}", file=file, old=old, new=new, tests=tests)


def _moved(test: str) -> str:
    return f"tests/edges/test_ledger_moving.py::{test}"


def _at_server(test: str) -> str:
    return f"tests/test_fencing_servers.py::{test}"


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
        "        if not self._leasing.stop(lease, why, now):\n", "        if False:\n", "tests/test_fencing.py",
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
    _fault(
        "a database that the server made from another is taken for it", _SERVERS,
        '    return "another" if differ else "same"\n', '    return "same"\n', "tests/edges/test_ledger_homes.py",
    ),
    _fault(
        "a dump that was put back is taken for the database", _SERVERS,
        "    differ = {name for name in _ASKED if ", '    differ = {name for name in _ASKED if name != "row" and ', "tests/edges/test_ledger_homes.py",
    ),
    _fault(
        "a standby that was promoted goes on", _SERVERS, '        return "switched"\n', '        return "same"\n', "tests/edges/test_ledger_homes.py",
    ),
    _fault(
        "one of several instances that ends lets their ledger go", _FENCING,
        "        if lease is not None and not lease.shared:\n", "        if lease is not None:\n", _at_server("test_instances_come_and_go_and_nobody_is_asked"),
    ),
    _fault(
        "what another machine may have sent goes out after a take-over", _RECONCILING,
        "    unseen = lease.shared and not only_here\n", "    unseen = False\n", _at_server("test_what_another_machine_may_have_sent_is_not_sent_after_a_take_over"),
    ),
    _fault(
        "a ledger that was copied goes on", _MOVING,
        "by=_by(there), stopped=why)", 'by=_by(there), stopped="")', _moved("test_the_copy_sends_and_its_source_says_why_it_does_not"),
    ),
    _fault(
        "what happened while a ledger was copied is lost", _MOVING,
        "        if contents_of(old) != contents_of(new):\n", "        if False:\n", _moved("test_where_the_ledger_went_on_meanwhile_nothing_is_taken_up"),
    ),
    _fault(
        "a second copy of a ledger that was copied is taken up", _MOVING,
        "            return _nonces(before) != _nonces(after)\n", "            return True\n", _moved("test_a_copy_that_was_thrown_away_after_use_is_not_made_anew_from_its_source"),
    ),
    _fault(
        "a copy that was in use is overlooked", _MOVING,
        "        if not is_copy or _nonces(before) != _nonces(after) or contents_of(old) != contents_of(new):\n",
        "        if not is_copy:\n", _moved("test_a_copy_that_was_in_use_since_is_never_taken_for_one_that_was_broken_off"),
    ),
    _fault(
        "a folder in which a backup is being made is cleared away", "notifier/edges/ledger/rooms.py",
        "        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)\n", "", "tests/edges/test_ledger_rooms.py",
    ),
    _fault(
        "a ledger that may not send lets its dead man's switch sleep", "notifier/web/lines.py",
        "        return self.report is not None and not self.report.stopped\n", "        return self.report is not None\n",
        "tests/test_pinging.py",
    ),
)  # fmt: skip
