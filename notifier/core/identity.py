"""Which event of today is which of yesterday.

A uid is minted once, from where the event was first seen, and kept for ever in the ledger. What can't be told is asked:
the event carries a doubt, and a problem says what to write.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from operator import attrgetter

from notifier.core.delivery import Memory, SeenEvent
from notifier.core.event import Content, Event, Reason
from notifier.core.facts import Facts, facts_of
from notifier.core.finding import may_be
from notifier.core.likeness import day_of, is_session
from notifier.core.rule import Rules
from notifier.core.schedule import ends_at
from notifier.core.settling import Settled, Settling, uid_for
from notifier.errors import Problem, SourceShrank

__all__ = ["Settling", "guard_against_shrinking", "settle", "uid_for"]

#: A postponed event's new file came up to four days after the old one had gone, and staff make the new one first.
_CAME_BEFORE, _CAME_AFTER = timedelta(days=1), timedelta(days=30)


def settle(content: Content, memory: Memory, rules: Rules, now: datetime, kept: Settling | None = None) -> Content:
    """Give every event its uid, and bring back from memory those whose documents are broken or gone.

    An event brought back carries a doubt, so that nothing is mailed about it unaided; so does one that says the
    same as another, and a new one that may be one that went. Of two events that claim one uid the second is left out,
    with a problem.
    """
    kept = Settling() if kept is None else kept
    kept.take(content, memory, rules.site)
    found, problems, left = kept.in_order.all(), list(content.problems), kept.left
    if len(kept.having) == len(kept.titles) == len(found) and not kept.missing:
        # As most of the time: each has a uid and a title of its own, and none is gone.
        return kept.plain(content, found)
    if len(kept.having) < len(found):
        found = _first_to_claim(found, content, memory, problems)
        left = Counter(uid for one in found for uid in one.event.formerly)
    events = [one.event for one in found]
    for event, first in _twins(events, kept.titles, memory, rules, now):
        _put(events, kept.doubt(event, _twin(first)))
        problems.append(Problem(path=event.path, what=_says_the_same(first), hint=_DIFFER, severity="warning"))
    # A document that has taken a uid of its own leaves its old one; nothing has vanished.
    missing = [memory.seen[uid] for uid in sorted(kept.missing) if uid not in left]
    lost = [seen for seen in missing if not content.has_lost(seen.event)]
    for event, reason, problem in list(_maybe_moved(events, lost, memory, rules, now)):
        _put(events, kept.doubt(event, reason))
        problems.append(problem)
    gone: set[str] = set()
    for seen in missing:
        is_broken = content.has_lost(seen.event)
        if not is_broken and (_is_over(seen, rules, now) or rules.vanished.get(seen.event.source, "hold") != "hold"):
            continue
        insort(events, kept.doubt(seen.event, _UNREADABLE if is_broken else _vanished(seen)), key=_order)
        gone |= set() if is_broken else {seen.uid}
    if not kept.doubted and len(problems) == len(content.problems):
        return kept.plain(content, found)
    return replace(content, events=tuple(events), problems=tuple(problems), vanished=frozenset(gone))


def _put(events: list[Event], event: Event) -> None:
    """Put an event in the place of the one with its uid."""
    events[bisect_left(events, _order(event), key=_order)] = event


def _first_to_claim(
    found: Iterable[Settled], content: Content, memory: Memory, problems: list[Problem]
) -> tuple[Settled, ...]:
    order = {id(event): number for number, event in enumerate(content.events)}
    chosen: dict[str, Settled] = {}
    for one in sorted(found, key=lambda one: (_claim(one.event, memory), order[id(one.read)])):
        first = chosen.setdefault(one.uid, one)
        if first is not one:
            problems.append(_claimed_twice(one.read, first.event, one.uid))
    return tuple(sorted(chosen.values(), key=attrgetter("order")))


def _order(event: Event) -> tuple[str, str, str]:
    return event.source, event.path, event.uid


def guard_against_shrinking(
    content: Content, memory: Memory, rules: Rules, now: datetime, kept: Settling | None = None
) -> None:
    """Raise SourceShrank when more upcoming events vanished at once than the configured share.

    `kept` is what settling this content with this memory has kept.
    """
    missing = memory.seen.keys() if kept is None else kept.missing
    there = [seen for uid in missing if (seen := memory.seen[uid]).present and not _is_over(seen, rules, now)]
    # Most of what is missing went long ago, and then nothing need be gathered.
    living = {uid for event in content.events for uid in (event.uid, *event.formerly)} if there else set()
    living -= content.vanished
    lost = [seen for seen in there if seen.uid not in living]
    if not lost or len(lost) < rules.shrink_at_least:
        return
    upcoming = [seen for seen in memory.seen.values() if seen.present and not _is_over(seen, rules, now)]
    if len(lost) <= rules.shrink_share * len(upcoming):
        return
    names = ", ".join(sorted(seen.event.path for seen in lost)[:3])
    raise SourceShrank(
        f"The sources have {len(upcoming) - len(lost)} of the {len(upcoming)} upcoming events they had "
        f"(gone: {names}{', …' if len(lost) > 3 else ''}). Nothing was planned or sent.",
        "Bring the files back, or, if that is right, run: notifier tick --accept-shrink",
    )


_DIFFER = "Remove one of the two files, or write what is different about this event."
_UNREADABLE = Reason(
    code="unreadable",
    text="Its file can't be understood now, so this is how it was last read. Mend the file: `notifier check` says where.",
)


def _vanished(seen: SeenEvent) -> Reason:
    return Reason(
        code="vanished",
        text=(
            "Its file is gone. Bring it back (with status: cancelled if the event is off), or set `vanished: withdraw` "
            f"for the source. If another file tells of it now, write uid: {seen.uid} into that one."
        ),
    )


def _maybe_moved(
    events: Sequence[Event], lost: Sequence[SeenEvent], memory: Memory, rules: Rules, now: datetime
) -> Iterator[tuple[Event, Reason, Problem]]:
    """New events that may be one that went while it was still to come: a person has to say, by a `uid:` line.

    They are asked about by title, by name, or by text (`finding.may_be`). Not asked: one with a uid or key of its own.
    """
    left_at = {seen.uid: at for seen in lost if (at := _went_before_its_time(seen, rules, now)) is not None}
    if not left_at:
        return
    times, zone = sorted(left_at.values()), rules.site.timezone
    young = [
        event
        for event in events
        if not (event.explicit_uid or event.key) and event.published and event.when is not None
        and _came_about(_first_seen(event, memory, now), times)
        and not _was_there_before(event, memory) and ends_at(event, zone) > now
    ]  # fmt: skip
    found = may_be([seen for seen in lost if seen.uid in left_at], young, events)
    asked = {
        event.uid: [seen for seen in found[event.uid] if _fits(event, seen, left_at[seen.uid], memory, now)]
        for event in young if event.uid in found
    }  # fmt: skip
    counts = Counter(seen.uid for group in asked.values() for seen in group)
    for event in young:
        if gone := asked.get(event.uid):
            yield event, *_ask(event, gone, is_sure=len(gone) == counts[gone[0].uid] == 1)


def _went_before_its_time(seen: SeenEvent, rules: Rules, now: datetime) -> datetime | None:
    """When an event went that was still to come, and not called off."""
    at = now if seen.gone_at is None else seen.gone_at
    is_on = seen.event.published and seen.event.status not in ("cancelled", "past")
    return at if is_on and seen.event.when is not None and ends_at(seen.event, rules.site.timezone) > at else None


def _came_about(first: datetime, times: Sequence[datetime]) -> bool:
    """Whether one of the sorted times is such that an event first seen at `first` came about then."""
    return bisect_left(times, first - _CAME_AFTER) < bisect_right(times, first + _CAME_BEFORE)


def _was_there_before(event: Event, memory: Memory) -> bool:
    """Whether the first look at the site, or at the source, already saw it."""
    seen = memory.seen.get(event.uid)
    looks = [at for name in ("site", f"source:{event.source}") if (at := memory.baselines.get(name)) is not None]
    return seen is not None and any(seen.first_seen_at <= at for at in looks)


def _fits(event: Event, seen: SeenEvent, left_at: datetime, memory: Memory, now: datetime) -> bool:
    # Where a path was taken for another event, its name says nothing; nor is one session of a file another.
    is_apart = not is_session(event.path) or _file(event) != _file(seen.event)
    is_elsewhere = event.place != seen.event.place and is_apart
    return is_elsewhere and _came_about(_first_seen(event, memory, now), (left_at,))


def _file(event: Event) -> tuple[str, str]:
    return event.source, event.path.partition("#")[0]


def _ask(event: Event, gone: Sequence[SeenEvent], *, is_sure: bool) -> tuple[Reason, Problem]:
    names = " or ".join(f"“{one.event.title}” of {day_of(one.event.when)} ({one.event.path})" for one in gone[:3])
    lines = " or ".join(f"uid: {one.uid}" for one in gone[:3])
    what = f"It may be {names}, of which the file is gone."
    hint = f"If it is, write {lines} into it; if it is another event, write uid: {event.uid}."
    reason = Reason(code="maybe-moved", field="uid", text=f"{what} {hint} Or release what is held.")
    write = f"uid: {gone[0].uid}" if is_sure and "#" not in event.path else None
    return reason, Problem(path=event.path, field="uid", what=what, hint=hint, severity="warning", write=write)


def _claim(event: Event, memory: Memory) -> tuple[bool, str, str]:
    """Who comes first where two claim one uid: the place that had it, else the first by name."""
    seen = memory.seen.get(event.uid)
    had_it = seen is not None and seen.event.place == event.place
    return not had_it, event.source, event.path


def _twins(
    events: Iterable[Event], titles: Counter[str], memory: Memory, rules: Rules, now: datetime
) -> Iterator[tuple[Event, Event]]:
    """Upcoming events that say exactly what another one says (a copy, a sync's conflict), each with the one known longest."""
    groups: dict[Facts, list[Event]] = {}
    if len(titles) == titles.total():
        return
    shared = [event for event in events if titles[event.title] > 1]
    for event in sorted(shared, key=lambda event: _claim(event, memory)):
        if event.when is not None and event.published and ends_at(event, rules.site.timezone) > now:
            groups.setdefault(facts_of(event), []).append(event)
    for group in groups.values():
        first = min(group, key=lambda event: (_first_seen(event, memory, now), event.source, event.path))
        yield from ((event, first) for event in group if event is not first)


def _first_seen(event: Event, memory: Memory, now: datetime) -> datetime:
    seen = memory.seen.get(event.uid)
    return seen.first_seen_at if seen else now


def _twin(first: Event) -> Reason:
    return Reason(code="twin", text=f"{_says_the_same(first)} {_DIFFER}")


def _says_the_same(first: Event) -> str:
    return f"It says exactly the same as {first.path}, so the same would be mailed twice."


def _is_over(seen: SeenEvent, rules: Rules, now: datetime) -> bool:
    return seen.event.when is None or ends_at(seen.event, rules.site.timezone) <= now


def _claimed_twice(event: Event, first: Event, uid: str) -> Problem:
    if event.key and not event.explicit_uid:
        return Problem(
            path=event.path,
            field="key",
            what=f"Its key {event.key} is also that of {first.path}, so this event is left out.",
            hint="Give each event a key of its own.",
        )
    return Problem(
        path=event.path,
        field="uid",
        what=f"{uid} is already the uid of {first.path}, so this event is left out.",
        hint="Give each event a uid of its own, or remove the line.",
    )
