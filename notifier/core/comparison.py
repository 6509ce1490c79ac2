"""What a change of the content changes in the plan: what would be sent, moved, held, withdrawn or corrected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from notifier.core.delivery import Delivery
from notifier.core.event import Content, Event, Reason
from notifier.core.facts import visible_hash
from notifier.core.plan import Plan
from notifier.core.records import Record, delivery_record, event_stub, problem_record
from notifier.errors import Problem

#: Deliveries that tell readers of something that is another than they were told.
_CORRECTIONS = frozenset({"change", "cancellation"})
#: Fields by which a delivery is known again under another key: a reminder of an event that moved to another day.
_Place = tuple[str, str, tuple[str, ...], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """The content of before or of after, and the plan that follows from it. Both plans are of one instant and one memory."""

    content: Content
    plan: Plan
    events: Mapping[str, Event]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A delivery that goes out at another time, as it was and as it is."""

    before: Delivery
    after: Delivery


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedChange:
    """What changes in a feed, by the uids of its entries."""

    name: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What follows from a change. Each delivery stands in one place at most; what stays as it was stands nowhere.

    `send`: goes out, and would not have. `hold`: waits for a person, and would not have. `withdraw`: would have gone
    out, or waited, and does neither; as it is decided now, with the reason. `correct`: readers are told of a change or
    a cancellation. `problems` are those that were not there before. `events` are those that all of it is about.
    """

    at: datetime
    send: tuple[Delivery, ...] = ()
    move: tuple[Moved, ...] = ()
    hold: tuple[Delivery, ...] = ()
    withdraw: tuple[Delivery, ...] = ()
    correct: tuple[Delivery, ...] = ()
    feeds: tuple[FeedChange, ...] = ()
    problems: tuple[Problem, ...] = ()
    events: Mapping[str, Event] = field(default_factory=dict)

    @property
    def changes_nothing(self) -> bool:
        """Nothing would go out otherwise, and no feed would say anything else."""
        return not (self.send or self.move or self.hold or self.withdraw or self.correct or self.feeds)


@dataclass(slots=True)
class _Sorting:
    """Where each delivery goes, while they are looked at."""

    send: list[Delivery] = field(default_factory=list)
    move: list[Moved] = field(default_factory=list)
    hold: list[Delivery] = field(default_factory=list)
    withdraw: list[Delivery] = field(default_factory=list)
    correct: list[Delivery] = field(default_factory=list)


def compare(before: Side, after: Side) -> Comparison:
    """What changes from one side to the other."""
    found = _sorted(_decisions(before.plan), _decisions(after.plan), after.events)
    return Comparison(
        at=after.plan.at,
        send=_in_time(found.send),
        move=tuple(sorted(found.move, key=lambda one: (one.after.due_at, one.after.key))),
        hold=_in_time(found.hold),
        withdraw=_in_time(found.withdraw),
        correct=_in_time(found.correct),
        feeds=tuple(_feeds(before, after)),
        problems=tuple(_new(before.content.problems, after.content.problems)),
        events={**before.events, **after.events},
    )


def _decisions(plan: Plan) -> dict[str, Delivery]:
    return {one.key: one for one in (*plan.deliveries, *plan.withdrawals, *plan.skips)}


def _sorted(before: Mapping[str, Delivery], after: Mapping[str, Delivery], events: Mapping[str, Event]) -> _Sorting:
    found = _Sorting()
    waiting = {key: one for key, one in before.items() if _is_open(one)}
    # A reminder of an event that moves to another day has another key there.
    left = {_place(one): one for key, one in waiting.items() if not _is_open(after.get(key))}
    for key, now in after.items():
        if _is_open(now):
            was = waiting.get(key)
            _sort(found, left.pop(_place(now), None) if was is None else was, now)
    # Those that were paired with another key are moved; of the others, what is decided now says why.
    found.withdraw += [after[one.key] if one.key in after else _gone(one, events) for one in left.values()]
    return found


def _gone(one: Delivery, events: Mapping[str, Event]) -> Delivery:
    """What nothing asks for any more, with the reason."""
    is_there = any(uid in events for uid in one.event_uids)
    text = "The rules no longer ask for this." if is_there else "The event's file is gone."
    return replace(one, status="withdrawn", reasons=(Reason(code="rule-gone" if is_there else "vanished", text=text),))


def _sort(found: _Sorting, was: Delivery | None, now: Delivery) -> None:
    """Where a delivery goes that is planned or held now; `was` is how it was before, None where it was neither."""
    is_same = was is not None and (was.status, was.due_at, was.key) == (now.status, now.due_at, now.key)
    if is_same:
        return
    if now.kind in _CORRECTIONS:
        found.correct.append(now)
    elif now.status == "held" and (was is None or was.status != "held"):
        found.hold.append(now)
    elif was is None or (was.status == "held" and now.status == "planned"):
        found.send.append(now)
    else:
        found.move.append(Moved(before=was, after=now))


def _is_open(one: Delivery | None) -> bool:
    return one is not None and one.status in ("planned", "held")


def _place(one: Delivery) -> _Place:
    return one.kind, one.rule, one.event_uids, one.audience


def _in_time(found: Iterable[Delivery]) -> tuple[Delivery, ...]:
    return tuple(sorted(found, key=lambda one: (one.due_at, one.key)))


def _visible(event: Event | None) -> str:
    return "" if event is None else visible_hash(event)


def _feeds(before: Side, after: Side) -> Iterator[FeedChange]:
    uids = {feed.name: feed.uids for feed in before.plan.feeds}
    for feed in after.plan.feeds:
        was, now = frozenset(uids.get(feed.name, ())), frozenset(feed.uids)
        changed = [uid for uid in was & now if _visible(before.events.get(uid)) != _visible(after.events.get(uid))]
        if was != now or changed:
            yield FeedChange(
                name=feed.name,
                added=tuple(sorted(now - was)),
                removed=tuple(sorted(was - now)),
                changed=tuple(sorted(changed)),
            )


def _new(before: Iterable[Problem], after: Iterable[Problem]) -> Iterator[Problem]:
    """The problems that were not there before; one that only moved to another line was."""
    known = Counter(_said(problem) for problem in before)
    for problem in after:
        said = _said(problem)
        if known[said]:
            known[said] -= 1
        else:
            yield problem


def _said(problem: Problem) -> tuple[str, str | None, str]:
    return problem.path, problem.field, problem.what


def comparison_record(found: Comparison) -> Record:
    """What `plan --compare` prints."""
    deliveries = {name: getattr(found, name) for name in ("send", "hold", "withdraw", "correct")}
    rows = {name: [delivery_record(one, found.events) for one in listed] for name, listed in deliveries.items()}
    moved = [
        delivery_record(one.after, found.events) | {"before": delivery_record(one.before, found.events)}
        for one in found.move
    ]
    return {
        "at": found.at.isoformat(),
        "send": rows["send"],
        "move": moved,
        "hold": rows["hold"],
        "withdraw": rows["withdraw"],
        "correct": rows["correct"],
        "feeds": [_feed_record(feed, found.events) for feed in found.feeds],
        "problems": [problem_record(problem) for problem in found.problems],
    }


def _feed_record(feed: FeedChange, events: Mapping[str, Event]) -> Record:
    entries = {name: getattr(feed, name) for name in ("added", "removed", "changed")}
    return {"name": feed.name} | {
        name: [event_stub(uid, events.get(uid)) for uid in uids] for name, uids in entries.items()
    }
