"""Which event of today is which of yesterday.

A uid is minted once, from where the event was first seen, and kept for ever in the ledger.
"""

from __future__ import annotations

import base64
import hashlib
from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from operator import attrgetter
from typing import Any

from notifier.core.changes import Ordered, replaced, touched
from notifier.core.delivery import Memory, SeenEvent
from notifier.core.event import Content, Event, Reason
from notifier.core.facts import Facts, facts_of
from notifier.core.rule import Rules, Site
from notifier.core.schedule import ends_at
from notifier.errors import Problem, SourceShrank

#: Where an event is: its source, and its own key or its path.
_Place = tuple[str, str]


def uid_for(site: Site, source: str, path: str, *, session: str = "", generation: int = 0) -> str:
    """The uid of an event first seen at `path`: 26 lower-case base32 characters of SHA-256, `@`, the site's domain.

    Two programs that look at the same file agree on it without asking each other.
    """
    seed = "\0".join((site.id, source, path, session, str(generation)))
    digest = hashlib.sha256(seed.encode(errors="surrogatepass")).digest()
    return base64.b32encode(digest).decode().lower()[:26] + "@" + site.domain


@dataclass(frozen=True, slots=True, kw_only=True)
class _Settled:
    """An event as it was read, where that is, and with its uid."""

    read: Event
    place: _Place
    event: Event
    order: tuple[str, str, str]


@dataclass(slots=True)
class Settling:
    """What settling keeps from one time to the next, so that an event that did not change stays the very same object.

    All of it could be had again from the arguments of `settle`, and none of it changes what comes out. `known` are the
    uids that the ledger has for a place, in the order of their names. `settled` is by the `id` of the event as it was
    read, which is held as well, so that no other can get that `id`; `passing` are those of which the uid may be another
    the next time. `missing` are the remembered uids that no event has.
    """

    seen: Mapping[str, SeenEvent] = field(default_factory=dict)
    known: dict[_Place, tuple[str, ...]] = field(default_factory=dict)
    read: Sequence[Event] = ()
    settled: dict[int, _Settled] = field(default_factory=dict)
    passing: list[Event] = field(default_factory=list)
    in_order: Ordered[_Settled] = field(default_factory=lambda: Ordered(attrgetter("order"), id))
    uids: Counter[str] = field(default_factory=Counter)
    titles: Counter[str] = field(default_factory=Counter)
    places: Counter[_Place] = field(default_factory=Counter)
    missing: set[str] = field(default_factory=set)
    doubted: dict[str, tuple[Event, Reason, Event]] = field(default_factory=dict)

    def take(self, content: Content, memory: Memory, site: Site) -> None:
        """Take over what is there and what is remembered now."""
        moved = self._look_at(memory.seen)
        went, came = replaced(self.read, content.events)
        again = {id(event): event for event in self.passing}
        if moved:
            again |= {key: one.read for key, one in self.settled.items() if one.place in moved}
        for event in went:
            again.pop(id(event), None)
        gone = [self.settled.pop(id(event)) for event in (*went, *again.values())]
        self.read, self.passing = content.events, []
        new = self._settle([*came, *again.values()], content, memory, site)
        self._count(gone, new)
        self.in_order.replace(gone, new)

    def _look_at(self, seen: Mapping[str, SeenEvent]) -> set[_Place]:
        """Take over what is remembered now; returns the places that the ledger knows by other uids than before."""
        moved: set[_Place] = set()
        for uid in touched(self.seen, seen):
            before, now = _place_of(self.seen.get(uid)), _place_of(seen.get(uid))
            if before is not None and before != now:
                self.known[before] = tuple(one for one in self.known[before] if one != uid)
                moved.add(before)
            if now is not None and before != now:
                self.known[now] = tuple(sorted((*self.known.get(now, ()), uid)))
                moved.add(now)
            if now is not None and uid not in self.uids:
                self.missing.add(uid)
            elif now is None:
                self.missing.discard(uid)
        self.seen = seen
        return moved

    def _count(self, gone: Iterable[_Settled], new: Iterable[_Settled]) -> None:
        self.uids.update(one.order[2] for one in new)
        self.titles.update(one.event.title for one in new)
        self.places.update(one.place for one in new)
        self.missing.difference_update(one.order[2] for one in new)
        for one in gone:
            _take_one(self.uids, one.order[2])
            _take_one(self.titles, one.event.title)
            _take_one(self.places, one.place)
            if one.order[2] not in self.uids and one.order[2] in self.seen:
                self.missing.add(one.order[2])

    def doubt(self, event: Event, reason: Reason) -> Event:
        """The event with one more doubt; the same object for the same two."""
        known = self.doubted.get(event.uid)
        if known is None or known[0] is not event or known[1] != reason:
            known = self.doubted[event.uid] = event, reason, replace(event, doubts=(*event.doubts, reason))
        return known[2]

    def _settle(self, fresh: Sequence[Event], content: Content, memory: Memory, site: Site) -> list[_Settled]:
        own = {event.place: uids[-1] for event in fresh if (uids := self.known.get(event.place))}
        known = self._moved_to_keys(fresh) | own
        if lost := [event for event in fresh if not event.explicit_uid and event.place not in known]:
            claimed = {
                one.order[2] if (one := self.settled.get(id(event))) else event.explicit_uid or known.get(event.place)
                for event in content.events
            }
            known |= _found_again(lost, claimed, content, memory)
        new: list[_Settled] = []
        for event in fresh:
            uid = event.explicit_uid or known.get(event.place) or _mint(event, memory, site)
            if not event.explicit_uid and event.place not in own:
                # A uid that was found elsewhere, or minted, is the place's own once it has been recorded.
                self.passing.append(event)
            one = self.settled[id(event)] = self._settled(event, uid, memory)
            new.append(one)
        return new

    def _settled(self, read: Event, uid: str, memory: Memory) -> _Settled:
        formerly = tuple(one for one in self.known.get(read.place, ()) if one != uid) if read.explicit_uid else ()
        event, seen = replace(read, uid=uid, formerly=formerly), memory.seen.get(uid)
        # Equal to what is remembered: then it is the same object, and nothing that follows from it need be found anew.
        if seen is not None and seen.event == event and repr(seen.event.when) == repr(event.when):
            event = seen.event
        return _Settled(read=read, place=read.place, event=event, order=(event.source, event.path, uid))

    def _moved_to_keys(self, fresh: Iterable[Event]) -> dict[_Place, str]:
        """Where the site has begun to choose keys, an event seen without one is still the one at its path."""
        return {e.place: uids[-1] for e in fresh if e.key and (uids := self.known.get((e.source, e.path)))}


def settle(content: Content, memory: Memory, rules: Rules, now: datetime, kept: Settling | None = None) -> Content:
    """Give every event its uid, and bring back from memory those whose documents are broken or gone.

    An event brought back carries a doubt, so that nothing is mailed about it unaided; so does one that says the
    same as another. Of two events that claim one uid the second is left out, with a problem.
    """
    kept = Settling() if kept is None else kept
    kept.take(content, memory, rules.site)
    found, problems = kept.in_order.all(), list(content.problems)
    places: Container[_Place] = kept.places
    if len(kept.uids) < len(found):
        found = _first_to_claim(found, content, memory, problems)
        places = frozenset(one.place for one in found)
    events = [one.event for one in found]
    for event, first in _twins(events, kept.titles, memory, rules, now):
        events[bisect_left(events, _order(event), key=_order)] = kept.doubt(event, _twin(first))
        problems.append(Problem(path=event.path, what=_says_the_same(first), hint=_DIFFER, severity="warning"))
    gone: set[str] = set()
    for seen in (memory.seen[uid] for uid in kept.missing):
        # A document that has taken a uid of its own leaves its old one; nothing has vanished.
        if seen.event.place in places:
            continue
        is_broken = content.has_lost(seen.event)
        if not is_broken and (_is_over(seen, rules, now) or rules.vanished.get(seen.event.source, "hold") != "hold"):
            continue
        insort(events, kept.doubt(seen.event, _UNREADABLE if is_broken else _VANISHED), key=_order)
        gone |= set() if is_broken else {seen.uid}
    return replace(content, events=tuple(events), problems=tuple(problems), vanished=frozenset(gone))


def _first_to_claim(
    found: Iterable[_Settled], content: Content, memory: Memory, problems: list[Problem]
) -> tuple[_Settled, ...]:
    order = {id(event): number for number, event in enumerate(content.events)}
    chosen: dict[str, _Settled] = {}
    for one in sorted(found, key=lambda one: (_claim(one.read, memory), order[id(one.read)])):
        first = chosen.setdefault(one.order[2], one)
        if first is not one:
            problems.append(_claimed_twice(one.read, first.event, one.order[2]))
    return tuple(sorted(chosen.values(), key=attrgetter("order")))


def _order(event: Event) -> tuple[str, str, str]:
    return event.source, event.path, event.uid


def _place_of(seen: SeenEvent | None) -> _Place | None:
    return None if seen is None else seen.event.place


def _take_one(tally: Counter[Any], key: object) -> None:
    tally[key] -= 1
    if not tally[key]:
        del tally[key]


def guard_against_shrinking(
    content: Content, memory: Memory, rules: Rules, now: datetime, kept: Settling | None = None
) -> None:
    """Raise SourceShrank when more upcoming events vanished at once than the configured share.

    `kept` is what settling this content with this memory has kept.
    """
    missing = memory.seen.keys() if kept is None else kept.missing
    living = {event.uid for event in content.events} - content.vanished if missing else set()
    gone = [seen for uid in missing if (seen := memory.seen[uid]).present and uid not in living]
    lost = [seen for seen in gone if not _is_over(seen, rules, now)]
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
_VANISHED = Reason(
    code="vanished",
    text=(
        "Its file is gone. Bring it back (with status: cancelled if the event is off), "
        "or set `vanished: withdraw` for the source."
    ),
)


def _found_again(
    lost: Iterable[Event], claimed: set[str | None], content: Content, memory: Memory
) -> dict[_Place, str]:
    """The uids of renamed files: a new place with exactly the facts of an event that is nowhere any more.

    So is the part of a file at the same time as one that it told of, when it begins to come back or gets sessions, or
    ceases to.
    """
    nowhere: dict[Facts, list[SeenEvent]] = {}
    same_file: dict[tuple[str, str, str], SeenEvent] = {}
    unclaimed = [seen for uid, seen in memory.seen.items() if uid not in claimed and seen.facts.when]
    for seen in sorted(unclaimed, key=lambda seen: (seen.event.path, seen.uid), reverse=True):
        if not content.has_lost(seen.event):
            nowhere.setdefault(seen.facts, []).append(seen)
            same_file[seen.event.source, _file(seen.event), seen.facts.when] = seen
    known: dict[_Place, str] = {}
    taken: set[str] = set()
    for event in sorted(lost, key=lambda event: (event.path, event.source)):
        facts = facts_of(event)
        gone = [seen for seen in nowhere.get(facts, []) if seen.uid not in taken]
        # A file that now tells of several events, or of one again, still tells of the one at that time.
        there = same_file.get((event.source, _file(event), facts.when)) if facts.when else None
        found = gone[-1] if gone else there
        if found is not None and found.uid not in taken:
            known[event.place] = found.uid
            taken.add(found.uid)
    return known


def _file(event: Event) -> str:
    return event.path.partition("#")[0]


def _claim(event: Event, memory: Memory) -> tuple[bool, str, str]:
    """Who comes first where two claim one uid: the place that had it, else the first by name."""
    seen = memory.seen.get(event.explicit_uid or "")
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


def _mint(event: Event, memory: Memory, site: Site) -> str:
    generation = 0
    while (uid := uid_for(site, *event.place, generation=generation)) in memory.seen:
        generation += 1
    return uid


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
