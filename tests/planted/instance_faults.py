"""Faults of several instances on one ledger at a server."""

from __future__ import annotations

from tests.planted.plant import Fault

_POSTGRES, _CLAIMS, _RECIPIENTS = (
    "notifier/edges/ledger/postgres.py", "notifier/edges/ledger/claims.py", "notifier/edges/ledger/recipients.py",
)  # fmt: skip
_TICK, _HAND_OVER, _COPYING = (
    "notifier/tick/__init__.py",
    "notifier/tick/hand_over.py",
    "notifier/edges/ledger/copying.py",
)
_TESTS = ("tests/edges/test_ledger_instances.py",)
_PLAYED = (
    "tests/mailchimp/test_matrix.py::test_what_stood_still_right_before_it_sent_does_not_send_what_another_has_sent",
)
_TICKS = ("tests/tick/test_claims.py",)


def _fault(name: str, file: str, old: str, new: str, tests: tuple[str, ...] = _TESTS) -> Fault:
    return Fault(name=f"instances: {name}", file=file, old=old, new=new, tests=tests)


INSTANCES = (
    _fault("two hold one delivery", _CLAIMS, "            if row is None or not row[0]:\n                return None\n", ""),
    _fault("two threads of one instance hold one delivery", _CLAIMS, "            if number in self._held:\n                return None\n", ""),
    _fault("a claim outlives its session", _CLAIMS, "            if session is not self._session:\n                return False\n", ""),
    _fault("a claim is never let go", _CLAIMS, '                session.execute("SELECT pg_advisory_unlock(%s)", [number])\n', "                pass\n"),
    _fault("who stands still keeps what it claimed", _CLAIMS, 'f"{round(self.life * 1000)}ms"', '"0"'),
    _fault("writers do not wait for one another", _POSTGRES, "            connection.execute(select(func.pg_advisory_xact_lock(_WRITERS, 0)))\n", ""),
    _fault("what another instance wrote goes unnoticed", _POSTGRES,
        "        connection.execute(update(changes).values(number=changes.c.number + 1))\n", "", ("tests/edges/test_ledger_recall.py",),
    ),
    _fault("a commit may be lost in a power cut", _POSTGRES, "WHERE current_setting('synchronous_commit') = 'off'", "WHERE false"),
    _fault("who stops in the middle of writing stops all", _POSTGRES, '"idle_in_transaction_session_timeout": round(standstill * _SECOND)', '"idle_in_transaction_session_timeout": 0'),
    _fault("claims of recipients wait for one another", _RECIPIENTS, "return query.with_for_update(skip_locked=True)", "return query.with_for_update()"),
    _fault("claims of recipients do not see one another", _RECIPIENTS, "return query.with_for_update(skip_locked=True)", "return query"),
    _fault("a list is replaced while somebody of it is being claimed", _RECIPIENTS,
        "connection.execute(_enrolment_of(key).with_for_update(read=True)).scalar(), in_utc(at)", "_enrolment(connection, key), in_utc(at)",
    ),
    _fault("a row that another instance holds is acted on", _TICK,
        "                if claim is None:\n                    # Another instance is at it.\n                    continue\n",
        "                claim = claim or self.wiring.ledger  # type: ignore[assignment]\n", _TICKS,
    ),
    _fault("a row that moved before it was claimed is acted on", _TICK, "if look.memory.deliveries.get(row.key) != row:", "if row is None:", _TICKS),
    _fault("who lost its claim hands over all the same", _HAND_OVER, "why = self.keeps() if self.claim.holds() else _STOOD_STILL", "why = self.keeps()", _TICKS),
    _fault("who lost its claim drafts all the same", _HAND_OVER, " or not self.claim.holds() or self.keeps():", " or self.keeps():", _TICKS),
    _fault("a copy goes over another ledger", _COPYING, "        if stored_revision(new, there) is not None:\n", "        if not there:\n", ("tests/edges/test_ledger_copying.py",)),
    _fault("a copy that differs is kept", _COPYING, "if _digest(table, old) != _digest(table, new):", "if not there:", ("tests/edges/test_ledger_copying.py",)),
    _fault("whose clock is wrong acts all the same", "notifier/tick/timekeeping.py", "abs(now - there) <= TOLERANCE:", "there != now:", ("tests/test_instances.py",)),
)  # fmt: skip
