"""Faults of what is told, corrected, moved, released, and of the very act of sending."""

from __future__ import annotations

from tests.planted.plant import Fault

_DECISION, _CORRECTING = "notifier/core/decision.py", "notifier/core/correcting.py"
_COLLISIONS, _APPROVAL = "notifier/core/collisions.py", "notifier/core/approval.py"
_FACTS, _FOLLOWING, _PLAN = "notifier/core/facts.py", "notifier/core/following.py", "notifier/core/plan.py"
_ASKING, _TICK, _HAND_OVER = "notifier/core/asking.py", "notifier/tick/__init__.py", "notifier/tick/hand_over.py"
_TELLING, _TIMING = "notifier/tick/telling.py", "notifier/core/timing.py"
_DIGESTS = ("tests/core/test_digest_properties.py",)
_CHANGES = ("tests/core/test_correcting.py",)
_MOVES = ("tests/core/test_collisions.py",)
_CORNERS = ("tests/core/test_plan_corners.py",)
_PEOPLE = ("tests/core/test_approval.py",)
_AFTER = ("tests/core/test_following.py",)
_SENDING = ("tests/tick/test_telling.py",)


def _fault(name: str, file: str, old: str, new: str, tests: tuple[str, ...]) -> Fault:
    return Fault(name=f"plan: {name}", file=file, old=old, new=new, tests=tests)


PLAN = (
    _fault(
        "what was decided about digests stands beyond its turn", "notifier/core/agenda.py",
        "(self.until is None or now < self.until)", "True", _DIGESTS,
    ),
    _fault(
        "what was decided about digests stands though an event is another", "notifier/core/agenda.py",
        "is_later and self.changes == before.changes and ", "is_later and ", _DIGESTS,
    ),
    _fault(
        "another title alone is a change", _FACTS,
        'return any(one.field != "title" for one in found)', "return bool(found)", _CHANGES,
    ),
    _fault(
        "a write-up is a change of facts", _FACTS, 'new.status == "past" or old == new', "old == new", ("tests/core/test_facts.py",),
    ),
    _fault("an end that was left out is another time", _FACTS, " and (not old_end or not new_end)", "", ("tests/core/test_facts.py",)),
    _fault("other commas are another place", _FACTS, 'return " ".join(re.findall(r"\\w+", (text or "").casefold()))', 'return text or ""', _CHANGES),
    _fault(
        "a correction has the same key as the one before", _ASKING,
        "number = (told.corrections if told else 0) + 1", "number = 1", _CHANGES,
    ),
    _fault(
        "a correction does not wait for more edits", _CORRECTING,
        "return min(ask.rules.settle_change, left / 2)", "return timedelta(0)", _CHANGES,
    ),
    _fault(
        "a cancellation waits however little time is left", _CORRECTING,
        "return min(ask.rules.settle_change, left / 2)", "return ask.rules.settle_change", _CHANGES,
    ),
    _fault(
        "a correction waits for the sending hours though it would come too late", _CORRECTING,
        "return due if opening > first - EXEMPT_BEFORE_START else opening", "return opening", _CHANGES,
    ),
    _fault(
        "a correction goes out at any hour", _CORRECTING,
        "return due if opening > first - EXEMPT_BEFORE_START else opening", "return due", _CHANGES,
    ),
    _fault(
        "what was only added is told at once", _CORRECTING, "if coming is not None and all(", "if False and all(", _CHANGES,
    ),
    _fault(
        "a new rule corrects what was different before it was there", _CORRECTING,
        "    if ask.seen.changed_at <= ask.baseline:\n", "    if False:\n", _CHANGES,
    ),
    _fault(
        "what was taken back is called off without asking", _CORRECTING, "    if not ask.event.published:\n", "    if False:\n", _CHANGES,
    ),
    _fault(
        "two rules tell one audience of one change", _DECISION,
        "            corrected.add((one.kind, one.audience))\n", "            pass\n", _CHANGES,
    ),
    _fault(
        "a renamed audience was told nothing", _ASKING,
        "names, uids = (audience.name, *audience.formerly), (event.uid, *event.formerly)",
        "names, uids = (audience.name,), (event.uid, *event.formerly)", _CHANGES,
    ),
    _fault(
        "what went out under an audience's former name goes out again", _ASKING,
        "uids, names = (self.event.uid, *self.event.formerly), (self.audience.name, *self.audience.formerly)",
        "uids, names = (self.event.uid, *self.event.formerly), (self.audience.name,)", _CHANGES,
    ),
    _fault("a follow-up comes before the event is over", _FOLLOWING, "> ask.now:", "> ask.now.replace(year=9000):", _AFTER),
    _fault("a write-up is news for ever", _FOLLOWING, "FOLLOW_UP_SPAN = timedelta(days=14)", "FOLLOW_UP_SPAN = timedelta(days=1400)", _AFTER),
    _fault("those who heard that it is off get its write-up", _FOLLOWING, "    if is_off(told.facts):\n", "    if False:\n", _AFTER),
    _fault(
        "a release is for whatever the delivery will say", _APPROVAL,
        "if content != content_now or not content or not known_now <= known:", "if not known_now <= known:", _PEOPLE,
    ),
    _fault("a release is for any time", _APPROVAL, "return due == due_now or datetime.fromisoformat(due) <= now", "return True", _PEOPLE),
    _fault(
        "a release that is late is void", _APPROVAL,
        "return due == due_now or datetime.fromisoformat(due) <= now", "return due == due_now and due_now > now.isoformat()", _PEOPLE,
    ),
    _fault("a release opens what can't be handed over", _APPROVAL, "    if gates:\n", "    if False:\n", _PEOPLE),
    _fault("other templates leave a release in force", _APPROVAL, "delivery.provider, rules.wording,", "delivery.provider,", _PEOPLE),
    _fault(
        "a digest does not count on its day", _COLLISIONS,
        "        self.mails[slot] += 1\n        if one.kind", '        self.mails[slot] += one.kind != "digest"\n        if one.kind', _MOVES,
    ),
    _fault("what went out does not count on its day", _COLLISIONS, "        if new is not None and has_gone_out(new, is_live=self.is_live):\n", "        if False:\n", _MOVES),
    _fault("a reminder shortly before the start is moved", _COLLISIONS, "start - NEVER_MOVED_BEFORE_START < one.due_at <= start", "False", _MOVES),
    _fault("a reminder is moved past its event", _COLLISIONS, "            if at >= until:\n                return\n", "", _MOVES),
    _fault("what was moved is missed once its own time has passed", _DECISION, "    return moved_time(ask, timing)\n", "    return timing\n", _MOVES),
    _fault("an edit brings its own day back to what was moved", _TIMING, "    own = min(timing.due, own_time_of_moved(ask) or timing.due)\n", "    own = timing.due\n", _CORNERS),
    _fault("what was moved goes out though its event has begun", _TIMING, "    until = min(row.expires_at, useful)\n", "    until = row.expires_at\n", _CORNERS),
    _fault(
        "a reminder is left to a digest of another day", _DECISION,
        " and (row.sent_at or row.due_at).astimezone(zone).date() >= day", "", _CORNERS,
    ),
    _fault("a reminder after the event is asked whether it is over", _DECISION, 'ask.rule.when.side == "after"\n', "False\n", _CORNERS),
    _fault("an announcement comes after a reminder", _DECISION, 'startswith(("reminder/", "change/", "cancellation/"))', 'startswith("no")', _CORNERS),
    _fault(
        "a correction that was skipped silences all later ones", _DECISION,
        " or ask.seen.changed_at <= said.at", " or said.act", _CHANGES,
    ),
    _fault(
        "another day is forgotten when a provider is busy", _HAND_OVER, "        if reasons is not None:\n", "        if False:\n", ("tests/tick/test_interrupted.py",),
    ),
    _fault(
        "what was interrupted goes out while everything is paused", _HAND_OVER,
        '        if row.status in ("planned", "drafted") and self._is_stopped(row):\n            return None\n', "",
        ("tests/tick/test_interrupted.py",),
    ),
    _fault("what is left to a digest goes out as well", _COLLISIONS, '        if one.kind != "reminder":\n            return None\n        return next(', "        if True:\n            return None\n        return next(", _MOVES),
    _fault(
        "a rule that comes back is no new rule", _PLAN, 'may_end = ("rule:", "live:", "audience:", "provider:")', 'may_end = ("live:",)',
        ("tests/core/test_baselines.py",),
    ),
    _fault(
        "when sending becomes live the backlog goes out", _ASKING, ', f"live:{provider}")', ")",
        ("tests/core/test_baselines.py",),
    ),
    _fault(
        "what was edited at the moment of sending goes out unseen", _HAND_OVER,
        '        if (changed := self.changed(row)) is not None:\n            return self._move(row, "held", reasons=[changed])\n', "", _SENDING,
    ),
    _fault("what is told is what the file says by then", _TELLING, "stated.get(uid) or facts_of(events[uid])", "facts_of(events[uid])", _SENDING),
    _fault(
        "a tick does not see what its own mails told", _TICK,
        "            look = look.remembered(self.wiring.ledger.snapshot())\n", "", _SENDING,
    ),
    _fault("a pause stops nothing", _TICK, "stopped = look.memory.paused is not None or look.memory.mode != said", "stopped = False", _SENDING),
    _fault(
        "a draft is made without looking for one", "notifier/core/delivery.py",
        '            if seen == "sent":\n                return _sent("The provider already holds it as sent.", observation)\n',
        "", ("tests/test_years.py",),
    ),
)  # fmt: skip
