"""Faults of what is looked at in a finished mail: each would let something wrong out to people, or hold what is well."""

from __future__ import annotations

from tests.planted.plant import Fault

_LINKS, _ADDRESSES, _WORDS = (f"notifier/core/preflight/{name}.py" for name in ("links", "addresses", "words"))
_CONTRAST, _PREFLIGHT = "notifier/core/preflight/contrast.py", "notifier/core/preflight/__init__.py"
_HAND_OVER, _APPROVAL = "notifier/tick/hand_over.py", "notifier/core/approval.py"
_LOOKED_AT, _LINKED = ("tests/core/test_preflight.py",), ("tests/core/test_preflight_links.py",)
_HELD = ("tests/tick/test_preflight.py",)


def _fault(name: str, file: str, old: str, new: str, tests: tuple[str, ...]) -> Fault:
    return Fault(name=f"mail: {name}", file=file, old=old, new=new, tests=tests)


MAIL = (
    _fault("an error holds nothing", _HAND_OVER, 'if one.severity == "error"]', 'if one.severity == "fatal"]', _HELD),
    _fault(
        "an old draft is sent though its message is wrong by now", _HAND_OVER,
        "            message, faults = self._written(row)\n            if faults:\n                return", "            message, faults = self._written(row)\n            if not message:\n                return", _HELD,
    ),
    _fault("what is held for its message is planned at once", _APPROVAL, "    if not found or any(", "    if found or any(", _HELD),
    _fault("what was mended waits for its time", _APPROVAL, "memory.seen[event.uid].changed_at > looked_at for", "event.uid == '' for", _HELD),
    _fault("a person who lets it go has to wait", _APPROVAL, "one.at > looked_at for one", "one.at > row.retry_at for one", _HELD),
    _fault(
        "a plan wakes for what is held for its message at some other time", "notifier/core/turning.py",
        '            if row is not None and row.status == "held" and row.retry_at is not None:', '            if row is not None and row.status == "none" and row.retry_at is not None:', _HELD,
    ),
    _fault("a link to a private host is a warning to people", _LINKS, "is_error = mail.reaches_people if fault.private else", "is_error = False if fault.private else", _LINKED),
    _fault("a number in one piece is a name", _ADDRESSES, "    number = _number(host)\n    if number", "    number = None if host.count('.') < 3 else _number(host)\n    if number", _LINKED),
    _fault("a link may show another address than its own", _LINKS, "    if not shown or shown == target:\n", "    if shown or not shown:\n", _LINKED),
    _fault("a relative link is let be", _ADDRESSES, "    if scheme is None:\n        return Fault(", "    if scheme is None:\n        return None and Fault(", _LINKED),
    _fault("a link to a script is let be", _ADDRESSES, '"http", "https", "mailto", "tel", "webcal", "webcals"})\n_WEB', '"http", "https", "mailto", "tel", "webcal", "webcals", "javascript"})\n_WEB', _LINKED),
    _fault("a mark that nobody fills in is let be", _WORDS, "for found in _MARK.finditer(text):", "for found in _MARK.finditer(''):", _LOOKED_AT),
    _fault("a secret is let out", _WORDS, "    if not hidden.rows:\n", "    if hidden.rows:\n", _LOOKED_AT),
    _fault("a secret in the calendar file is let out", _WORDS, "    if mail.message.calendar is not None:\n", "    if mail.message.calendar is None and mail.events == ():\n", _LOOKED_AT),
    _fault("a secret is repeated where it is told of", _WORDS, "is not public, and stands in this mail", "({' '.join(needle.words)}) is not public, and stands in this mail", _LOOKED_AT),
    _fault("a page that Gmail clips goes out", _PREFLIGHT, "    if size >= MOST_BYTES:\n", "    if size > MOST_BYTES:\n", _LOOKED_AT),
    _fault("nobody can leave", _PREFLIGHT, "needs_unsubscribe and not can_leave(mail)", "needs_unsubscribe and not mail", _LOOKED_AT),
    _fault("the postal address may be missing", _PREFLIGHT, "    if wanted not in _squeezed(page):\n", "    if wanted in page:\n", _LOOKED_AT),
    _fault("an important rule of the dark scheme is not followed", _CONTRAST, "    if important:\n", "    if not important and fitting:\n", ("tests/core/test_preflight_contrast.py",)),
    _fault("a picture behind a text is taken for nothing", _CONTRAST, "ground = _UNKNOWN, True", "ground = ground", ("tests/core/test_preflight_contrast.py",)),
    _fault("an author's marks stand in the mail", "notifier/core/render.py", "        return without_marks(card)\n", "        return card\n", ("tests/core/test_preflight_authors.py",)),
    _fault("a long title pushes the time out of the subject", "notifier/core/render.py", "(surplus := len(subject) - _SUBJECT_UNITS) > 0 and", "(surplus := len(subject) - _SUBJECT_UNITS) > 99 and", ("tests/core/test_render.py",)),
)  # fmt: skip
