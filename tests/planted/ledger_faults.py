"""Faults of keeping what people decided, what drafts state, and what is remembered between ticks."""

from __future__ import annotations

from tests.planted.plant import Fault

_SQL, _KEEPING, _MEMORY = "notifier/edges/ledger/sql.py", "notifier/core/keeping.py", "notifier/edges/memory_ledger.py"
_TESTS = ("tests/edges/test_ledger.py", "tests/edges/test_ledger_decisions.py")


def _fault(name: str, file: str, old: str, new: str, tests: tuple[str, ...] = _TESTS) -> Fault:
    return Fault(name=f"ledger: {name}", file=file, old=old, new=new, tests=tests)


LEDGER = (
    _fault(
        "a decision is recorded though its row has moved",
        _SQL, "kept = None if refused else record_decision(connection, decision)", "kept = record_decision(connection, decision)",
    ),
    _fault(
        "a decision moves its row and is itself not there",
        _SQL, "kept = None if refused else record_decision(connection, decision)", "kept = None",
        ("tests/edges/test_ledger_decisions_faults.py",),
    ),
    _fault(
        "what a person settles is not told",
        _SQL, "                    heard = record_told(connection, told) if moved is not None else {}\n", "",
    ),
    _fault("a decision of another program goes unnoticed by a tick that rests", _SQL, " + count_decisions(connection)", ""),
    _fault("a row that was sent is decided about again", _KEEPING, "        check_move(row, to)\n", "        pass\n"),
    _fault("a pause is not taken back", _KEEPING, 'paused = one if one.act == "pause" else None', "paused = one"),
    _fault("a row that is planned again keeps what an old draft stated", _KEEPING, "    return to in PLANNABLE\n", "    return False\n"),
    _fault("an old telling confirmed late counts as the newest", _KEEPING,
        'says nothing new."""\n    return new if old is None or old.at <= new.at else old', 'says nothing new."""\n    return new',
    ),
    _fault("a first look moves", _KEEPING, "plan.baselines.items() if name not in kept}", "plan.baselines.items()}"),
    _fault("a first look that ended is still there", _KEEPING, "if name not in ended} if ended else old", "} if ended else old"),
    _fault(
        "the memory is not told of a decision of its own",
        _SQL, "                self._recall.decided(kept, version)\n", "", ("tests/edges/test_ledger_recall.py",),
    ),
    _fault(
        "a replay moves a row that has moved",
        _MEMORY, "if stored is None or (stored.status, stored.attempts) != (row.status, row.attempts):", "if stored is None:",
    ),
    _fault("a replay does not see that a plan wants back what was moved", _MEMORY, "        self._moved.add(moved.key)\n", ""),
)  # fmt: skip
