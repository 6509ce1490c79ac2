"""Faults of sharing a delivery out: each would mail people twice, forget them, or go on where nobody wants that."""

from __future__ import annotations

from tests.planted.plant import Fault

_GIVING, _MEMBERS = "notifier/edges/smtp/giving.py", "notifier/edges/smtp/members.py"
_SHELVES, _TASKS, _WORKING = (
    "notifier/edges/ledger/shelves.py", "notifier/edges/shared_tasks.py", "notifier/tick/working.py",
)  # fmt: skip
_EMBEDDED, _SHARED, _WORKERS, _BATCHES = (
    f"tests/workers/test_{name}.py" for name in ("embedded", "shared_tasks", "workers", "giving")
)


def _fault(name: str, file: str, old: str, new: str, tests: str) -> Fault:
    return Fault(name=f"workers: {name}", file=file, old=old, new=new, tests=(tests,))


WORKERS = (
    _fault(
        "people are claimed only once they were given it", _GIVING,
        "self.ledger.claim(self.key, number, claim=self.claim, at=self.at) if number else ()",
        'self.ledger.recipients(self.key, "waiting")[:number]', f"{_EMBEDDED}::test_two_threads_give_it_to_everybody_once",
    ),
    _fault(
        "a batch takes as many as there are", _GIVING,
        "wanted = most if self.most is None else min(most, self.most - self.claimed)", "wanted = most", _BATCHES,
    ),
    _fault(
        "all rescue at once", _SHELVES,
        "yield _driver(connection) if connection.execute(select(lock)).scalar_one() else None", "yield _driver(connection)", _SHARED,
    ),
    _fault(
        "a batch is trusted over the rows", _WORKING, 'wiring.ledger.rows("sending") if', "wiring.ledger.rows() if",
        f"{_WORKERS}::test_a_batch_of_what_is_no_longer_being_sent_gives_nothing_away",
    ),
    _fault(
        "a batch of another letter is done", _MEMBERS, "or entry.digest != digest)", "or entry.digest == '')", _BATCHES,
    ),
    _fault(
        "a draft is given away", _MEMBERS, 'digest is not None and (entry.state == "drafted" or', "digest is not None and (", _BATCHES,
    ),
    _fault(
        "batches are there though the transaction was rolled back", _TASKS,
        "task.batch_defer(*[asdict(batch)] * number)", "task.batch_defer(*[asdict(batch)] * number)\n            connection.commit()", _SHARED,
    ),
    _fault(
        "the note that sending began is without batches", _SHELVES, "            if also is not None:\n", "            if also is not None and not also:\n", _SHARED,
    ),
    _fault(
        "a worker goes on while everything is paused", _WORKING, "memory.paused is not None or provider is None", "provider is None",
        f"{_WORKERS}::test_while_everything_is_paused_workers_give_nothing_away",
    ),
    _fault(
        "a rate is counted by each worker alone", _SHELVES, "rate - int(spent)", "rate", _SHARED,
    ),
    _fault(
        "lost batches stay lost", _MEMBERS, "if missing > 0:", "if missing > 1_000:", _BATCHES,
    ),
    _fault(
        "a ledger from before begins again", _MEMBERS, "if hashed not in self._going_out and self._is_older(", "if hashed in self._going_out and self._is_older(", _BATCHES,
    ),
)  # fmt: skip
