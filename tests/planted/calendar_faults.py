"""Faults of calendars: what stays in them, under which revision, and what is proposed when they are too slow."""

from __future__ import annotations

from tests.planted.plant import Fault

_SPAN, _REVISION, _LAG = "notifier/core/span.py", "notifier/core/revision.py", "notifier/core/lag.py"
_PUBLISHING = "notifier/tick/publishing.py"
_IN_FEEDS = ("tests/core/test_span.py",)
_PUBLISHED = ("tests/tick/test_publishing.py",)
_LATE = ("tests/core/test_lag.py",)


def _fault(name: str, file: str, old: str, new: str, tests: tuple[str, ...]) -> Fault:
    return Fault(name=f"calendars: {name}", file=file, old=old, new=new, tests=tests)


CALENDARS = (
    _fault(
        "a feed may tell what an event of another one hides", _PUBLISHING,
        "self._proved, hides=self._rows)", "self._proved)", ("tests/test_secret_feeds.py",),
    ),
    _fault(
        "what is hidden only now is not looked for in what did not change", _PUBLISHING,
        "            self._rows = rows\n            self._published.clear()\n", "            self._rows = rows\n", ("tests/test_secret_feeds.py",),
    ),
    _fault(
        "an entry that is there twice is proved once", "notifier/core/ics/proof.py",
        "if len(here) == len(parts) else parts", "", ("tests/core/test_ics_proof.py",),
    ),
    _fault(
        "what has become secret is not looked for in what was proved", "notifier/core/ics/proof.py",
        "if hidden is not last.hidden and hidden.new:", "if not hidden:", ("tests/core/test_ics_proof.py",),
    ),
    _fault("a draft that nobody knew of is told of when it goes", _SPAN, "    if seen.listed is None:\n        return None\n", "", _IN_FEEDS),
    _fault(
        "what was taken back keeps its text", _SPAN,
        "if event is not None and event.published and event.when is not None and (secret", "if event is not None and event.when is not None and (secret", _IN_FEEDS,
    ),
    _fault(
        "a private day stands in public calendars", _SPAN,
        "and (secret or is_public_with_date(event)):", ":", _IN_FEEDS,
    ),
    _fault(
        "what is gone stands in every feed", _SPAN,
        "[uid for uid, event in left if rules.feed_holds(by_name[plan.name], event, projects)]", "[uid for uid, event in left]", _IN_FEEDS,
    ),
    _fault("a cancelled event is history", _SPAN, "return event.published and event.status not in _OFF", "return True", _IN_FEEDS),
    _fault("what is gone has the revision that it had", _REVISION, "visible=_GONE, sequence=old.sequence + 1,", "visible=_GONE, sequence=old.sequence,", _IN_FEEDS),
    _fault(
        "what comes back is no news", _REVISION,
        "present=False, gone_at=gone_at, visible=_GONE,", "present=False, gone_at=gone_at, visible=old.visible,", _IN_FEEDS,
    ),
    _fault("what is left of the gone stays for ever", _SPAN, "if now < seen.changed_at + CANCELLED_SPAN and (shown", "if (shown", _IN_FEEDS),
    _fault(
        "a feed that loses its events is published", _PUBLISHING,
        "        if lost >= rules.shrink_at_least and lost > rules.shrink_share * len(before):\n", "        if not rules:\n", _PUBLISHED,
    ),
    _fault("a feed that tells a secret is published", _PUBLISHING, '            raise UserError(Problem(path=name, what=f"{why}', '            str(Problem(path=name, what=f"{why}', _PUBLISHED),
    _fault("what is to come gives way", _PUBLISHING, "if surplus <= 0 or ends >= look.at:", "if surplus <= 0:", _PUBLISHED),
    _fault("whoever was told nothing hears of every late change", _LAG, "if feed is None or share < _MANY:", "if feed is None:", _LATE),
    _fault("members hear what only feeds said", _LAG, "if not ask.audience.public or not ask.memory.polls", "if not ask.memory.polls", _LATE),
    _fault("a late change is told without asking", "notifier/core/correcting.py", "questions=(question, *found.questions)", "questions=found.questions", _LATE),
)  # fmt: skip
