"""Faults of sends by hand: without a yes, twice, other than was confirmed, too early, too late."""

from __future__ import annotations

from tests.planted.plant import Fault

_PLAN, _SENDS, _DESK = "notifier/core/plan.py", "notifier/core/sends.py", "notifier/desk/sending.py"
_TESTS = ("tests/core/test_sends.py", "tests/test_desk_sending.py")
_TRYING, _VIA = "notifier/desk/trying.py", ("tests/web/test_via.py",)
_WEB, _LEDGER = ("tests/web/test_sending.py",), ("tests/edges/test_ledger_one_offs.py",)


def _fault(name: str, file: str, old: str, new: str, tests: tuple[str, ...] = _TESTS) -> Fault:
    return Fault(name=f"send: {name}", file=file, old=old, new=new, tests=tests)


SENDING = (
    _fault("it goes out without a yes", _SENDS, 'status="held", reasons=(Reason(code=UNCONFIRMED', 'status="planned", reasons=(Reason(code=UNCONFIRMED'),
    _fault("it goes out a day late", _SENDS, "    if found.expires_at > now:\n        return found\n    due,", "    if found.key:\n        return found\n    due,"),
    _fault("a backlog goes out", _SENDS, "<= one.asked_at for name in names", "<= one.expires_at for name in names"),
    _fault("what was taken back is missed", _SENDS, 'if said.status != "skipped" else said', "if said.status else said"),
    _fault("an event that is gone is left out", _SENDS, "if len(about) < len(one.event_uids):", "if not one.event_uids and about:"),
    _fault("nobody looks again when it is due", _PLAN, "    turns += send_turns(sends, now)\n", ""),
    _fault("nothing decides about it at the last moment", _PLAN, "if row.key in memory.one_offs:", "if row.key in memory.told:"),
    _fault("a doubt since leaves the yes as it is", "notifier/core/approval.py", 'if delivery.kind == "one_off":', 'if delivery.kind == "digest":'),
    _fault("it goes out at once", _DESK, "first = look.at + wiring.settings.undo", "first = look.at"),
    _fault("what moved since it was looked at is sent", _DESK, "if found.mark != seen:", "if not seen:"),
    _fault("the same name sends something else", _DESK, "if not before.says_as(asked):", "if not before.key:"),
    _fault("whoever asked approves it themselves", "notifier/desk/acts.py", "        _refuse_own(case, said.by)\n", ""),
    _fault("it needs nobody else's yes", _DESK, "    if found.needs_another:\n        return Decision", "    if found.is_paused:\n        return Decision"),
    _fault("many more get it than was confirmed", "notifier/core/one_off.py", "<= max(5, self.people // 10)", "<= max(5, self.people)"),
    _fault("sizes are not compared", "notifier/tick/hand_over.py", "if (crowd := self._other_crowd(row)) is not None:", "if (crowd := self._other_crowd(row)) is not None and not row.rule:"),
    _fault("a second wish replaces the first", "notifier/edges/ledger/one_offs.py", ".first() is not None:\n        return None", ".first() is not None and not kept.key:\n        return None", _LEDGER),
    _fault("a second yes is kept", "notifier/edges/ledger/sql.py", "if said is not None and kept is not None else None", "if said is not None else None", _LEDGER),
    _fault("a tick rests though something was asked for", "notifier/edges/ledger/sql.py", " + count_one_offs(connection)", "", _LEDGER),
    _fault("the name of the audience is not asked for", "notifier/web/sending.py", 'if form.get("confirm", "").strip() != wish.audience:', 'if not form.get("do"):', _WEB),
    _fault("anybody may send", "notifier/web/sending.py", '        person = demand(request, "send")\n        form = await', '        person = demand(request, "read")\n        form = await', _WEB),
    _fault("a message is shown to others", "notifier/web/sending.py", "if whose == by and html else None", "if html else None", _WEB),
    _fault("a test asked for again goes out again", _TRYING, "if not ledger.decide(said, after=None):", "if not ledger.decide(said):"),
    _fault("a test is kept only once it is sent", "notifier/core/keeping.py", 'in ("annotate", "try")', 'in ("annotate",)'),
    _fault("another test goes by the name of the first", _TRYING, "if said[0].fingerprint != content:", "if not said[0].fingerprint:"),
    _fault("a test that was broken off counts as sent", _TRYING, 'Outcome(result="ambiguous", detail=_BROKEN_OFF)', 'Outcome(result="accepted", detail=_BROKEN_OFF)'),
    _fault("what is kept of a test names its address", _TRYING, '.replace(address, "that address")', "", ("tests/web/test_api_acts.py",)),
    _fault("a page loaded again sends its test again", "notifier/web/sending.py", 'once, by = form.get("trial", "") or secrets.token_hex(8)', "once, by = secrets.token_hex(8)", _WEB),
    _fault("a decision says not from where it came", "notifier/desk/acts.py", 'act="pause", by=by, at=site.clock.now(), note=note, via=site.via', 'act="pause", by=by, at=site.clock.now(), note=note', _VIA),
    _fault("one request is taken for another", "notifier/web/via.py", "        _via.reset(kept)", "        pass", _VIA),
    _fault("a program is taken for a browser", "notifier/web/api/__init__.py", "with came_by(scope, caller.token.name):", "with came_by(scope):", _VIA),
)  # fmt: skip
