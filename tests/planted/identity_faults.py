"""Faults of telling which event of today is which of yesterday."""

from __future__ import annotations

from tests.planted.plant import Fault

_IDENTITY, _SETTLING, _FINDING = (f"notifier/core/{name}.py" for name in ("identity", "settling", "finding"))
_CASES = ("tests/core/test_identity_renamed.py", "tests/core/test_identity_kept.py")


def _fault(name: str, file: str, old: str, new: str, tests: tuple[str, ...] = _CASES) -> Fault:
    return Fault(name=f"identity: {name}", file=file, old=old, new=new, tests=tests)


IDENTITY = (
    _fault(
        "an event keeps the identity it had though the ledger knows another",
        _SETTLING, "        again, certain = self._look_at(memory.seen)\n",
        "        again, certain = {}, self._look_at(memory.seen)[1]\n",
    ),
    _fault(
        "what was uncertain at the last look is certain at this one",
        _SETTLING, "        again |= {id(event): event for event in self.passing if id(event) not in certain}\n", "",
    ),
    _fault(
        "of two files that swap their names each takes the identity of the other",
        _SETTLING,
        "        is_same = (event.title, event.when) == (seen.event.title, seen.event.when) or _is_same(seen, event)\n",
        "        is_same = True\n",
    ),
    _fault(
        "a copy takes the identity of an original that was reworded",
        _FINDING, "        self._leave_originals(found)\n", "",
    ),
    _fault(
        "of two that a file may be the first is taken",
        _FINDING, "        if key is not None and len(group) == len(others) == 1:\n", "        if key is not None and others:\n",
    ),
    _fault(
        "the repository's word on a rename is not heard",
        _FINDING, "            self._take(self._said_by_the_repository())\n", "",
    ),
    _fault(
        "the repository's word on a rename is taken though nothing bears it out",
        _FINDING, "if seen is not None and (has_returned(seen, event) or _same_slug(seen.event, event)):", "if seen is not None:",
    ),
    _fault(
        "an evening of a series is taken for another that is gone",
        _FINDING, "len(others) <= _MANY and not any(_is_near(day, ends) for day in others)", "True",
    ),
    _fault(
        "a file made anew after it was removed is a new event, and nobody is asked",
        _IDENTITY, "        _put(events, kept.doubt(event, reason))\n", "        continue\n",
    ),
    _fault(
        "a file that is written over for the next evening is the evening before, moved",
        _FINDING, "    return ends_at(seen.event, zone) <= looked_at < ends_at(event, zone)\n", "    return False\n",
    ),
    _fault(
        "an event whose path was taken by another is forgotten",
        _IDENTITY, "for uid in sorted(kept.missing) if uid not in left]", "for uid in () if uid not in left]",
    ),
)  # fmt: skip
