"""Faults of keeping people: who is claimed, what became of them, who has left, who is forgotten."""

from __future__ import annotations

from tests.planted.plant import Fault

_RECIPIENTS, _ROSTER = "notifier/edges/ledger/recipients.py", "notifier/edges/ledger/roster.py"
_RULES, _MEMORY, _MEMBERS = "notifier/core/enrolling.py", "notifier/edges/memory_people.py", "notifier/core/members.py"
_TESTS = ("tests/edges/test_ledger_recipients.py",)
_FILES = ("tests/core/test_members.py",)
_ENROLLING = ("tests/edges/test_ledger_enrolling.py",)


def _fault(name: str, file: str, old: str, new: str, tests: tuple[str, ...] = _TESTS) -> Fault:
    return Fault(name=f"people: {name}", file=file, old=old, new=new, tests=tests)


PEOPLE = (
    _fault("a claim is not counted", _RECIPIENTS, "attempts=recipients.c.attempts + 1", "attempts=recipients.c.attempts"),
    _fault("a claim takes more than those it gives back", _RECIPIENTS, ", recipients.c.number.in_(numbers))", ",)"),
    _fault("who is to be tried later is claimed at once", _RECIPIENTS, 'status == "waiting", come', 'status == "waiting"'),
    _fault(
        "a list that was claimed from is replaced",
        _RECIPIENTS, "if known is not None and _was_claimed(connection, known):", "if known is not None and not given:",
    ),
    _fault("all who are enrolled are held at once", _RECIPIENTS, "remaining = to_enrol(given)", "remaining = iter(list(to_enrol(given)))", _ENROLLING),
    _fault("all members are held at once", _ROSTER, "yield from map(_member, found.mappings())", "yield from list(map(_member, found.mappings()))", _ENROLLING),
    _fault(
        "what is read for a write is read beside it",
        "notifier/edges/ledger/sql.py", "if self._writer == threading.get_ident() and self._own is not None:", "if self._writer == 0:", _ENROLLING,
    ),
    _fault(
        "who may be tried later is not given up",
        "notifier/edges/smtp/giving.py", "if later is None or later <= at:", "if later is None or later > at:", _ENROLLING,
    ),
    _fault(
        "two who stand side by side hide a third",
        "notifier/core/recipient.py", "while place > 0 and place % len(rest):", "while place > 0 and place < 0:", ("tests/core/test_recipient.py",),
    ),
    _fault("whoever likes concludes a claim", _RULES, "(claim is None or one.claim == plain_text(claim))", "True"),
    _fault("who is done is done again", _RULES, 'one.status in ("claimed", "unknown") and', "one.attempts and"),
    _fault("an unknown one loses who held it", _RULES, 'one.claim if result.status == "unknown" else None', "None"),
    _fault("who was erased waits again", _RULES, 'if result.status == "waiting" and not one.address:', "if not one.number:"),
    _fault("who is erased while waiting is claimed without an address", _RECIPIENTS, '"status": case((waits, "refused"), else_=c.status),', '"status": c.status,'),
    _fault("an old delivery keeps its addresses", _RECIPIENTS, "enrolments.c.at < in_utc(before)", "enrolments.c.at > in_utc(before)"),
    _fault(
        "two of one address are both mailed",
        _RULES, "        found.pop(digest, None)\n", "        digest += str(len(found))\n", ("tests/edges/test_ledger_roster.py",),
    ),
    _fault(
        "who has left is still a member",
        _ROSTER, ", ~exists().where(left))", ")", ("tests/edges/test_ledger_roster.py",),
    ),
    _fault(
        "an address in another spelling is not erased",
        _ROSTER, "func.lower(func.trim(table.c.address))", "table.c.address", ("tests/edges/test_ledger_roster.py",),
    ),
    _fault(
        "a quotation mark too many leaves people out",
        _MEMBERS, 'if any("@" in cell and len(cell.splitlines()) > 1 for cell in cells):', "if False:", _FILES,
    ),
    _fault("a spreadsheet runs a name", "notifier/core/member_lines.py", "return f\"'{cell}\" if", "return cell if", _FILES),
)  # fmt: skip
