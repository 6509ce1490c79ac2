"""What settling identities keeps from one look to the next."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from operator import attrgetter
from typing import TypeVar

from notifier.core.changes import Ordered, replaced, touched
from notifier.core.delivery import Memory, SeenEvent
from notifier.core.event import Content, Event, Reason
from notifier.core.facts import facts_of
from notifier.core.finding import Loose, Search, has_returned, is_next_edition, last_there
from notifier.core.likeness import words_of
from notifier.core.rule import Site

K = TypeVar("K")

#: Where an event is: its source, and its own key or its path.
Place = tuple[str, str]


def uid_for(site: Site, source: str, path: str, *, session: str = "", generation: int = 0) -> str:
    """The uid of an event first seen at `path`: 26 lower-case base32 characters of SHA-256, `@`, the site's domain.

    Two programs that look at the same file agree on it without asking each other.
    """
    seed = "\0".join((site.id, source, path, session, str(generation)))
    digest = hashlib.sha256(seed.encode(errors="surrogatepass")).digest()
    return base64.b32encode(digest).decode().lower()[:26] + "@" + site.domain


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """An event as it was read, where that is, and with its uid."""

    read: Event
    place: Place
    event: Event
    order: tuple[str, str, str]

    @property
    def uid(self) -> str:
        return self.event.uid


@dataclass(slots=True)
class Settling:
    """What settling keeps from one time to the next, so that an event that did not change stays the very same object.

    All of it could be had again from the arguments of `settle`, and none of it changes what comes out. `known` are the
    uids that the ledger has for a place. `settled` is by the `id` of the event as it was read, which is held as well, so
    that no other can get that `id`; so are `at` and `having`, by place and by uid. An event is certain by its own `uid:`, or
    by the ledger's word on its place while title and time are as remembered; all others are `passing`: they are settled
    again every time, together, for which one each is hangs on the others. `missing` are the remembered uids that no
    event has, `claimed` those that documents claim themselves, `left` those that events had before they claimed one.
    """

    seen: Mapping[str, SeenEvent] = field(default_factory=dict)
    known: dict[Place, tuple[str, ...]] = field(default_factory=dict)
    read: Sequence[Event] = ()
    settled: dict[int, Settled] = field(default_factory=dict)
    at: dict[Place, tuple[Settled, ...]] = field(default_factory=dict)
    having: dict[str, tuple[Settled, ...]] = field(default_factory=dict)
    passing: list[Event] = field(default_factory=list)
    in_order: Ordered[Settled] = field(default_factory=lambda: Ordered(attrgetter("order"), id))
    titles: Counter[str] = field(default_factory=Counter)
    claimed: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    missing: set[str] = field(default_factory=set)
    doubted: dict[tuple[str, str], tuple[Event, Reason, Event]] = field(default_factory=dict)
    _doubted_before: dict[tuple[str, str], tuple[Event, Reason, Event]] = field(default_factory=dict)
    _plain: tuple[Content, Sequence[Settled], Content] | None = None

    def plain(self, content: Content, found: Sequence[Settled]) -> Content:
        """The content with the events just as they were settled; the same object for the same two."""
        if self._plain is None or self._plain[0] is not content or self._plain[1] is not found:
            settled = replace(content, events=tuple(one.event for one in found))
            self._plain = content, found, settled
        return self._plain[2]

    def take(self, content: Content, memory: Memory, site: Site) -> None:
        """Take over what is there and what is remembered now."""
        self._doubted_before, self.doubted = self.doubted, {}
        again, certain = self._look_at(memory.seen)
        again |= {id(event): event for event in self.passing if id(event) not in certain}
        went, came = replaced(self.read, content.events)
        for event in went:
            again.pop(id(event), None)
        gone = [self.settled.pop(id(event)) for event in (*went, *again.values())]
        for one in gone:
            self._take_out(one)
        self.read = content.events
        new = self._settle([*came, *again.values()], content, memory, site)
        self.in_order.replace(gone, new)

    def doubt(self, event: Event, reason: Reason) -> Event:
        """The event with one more doubt; the same object for the same two."""
        key = event.uid, reason.code
        known = self._doubted_before.get(key)
        if known is None or known[0] is not event or known[1] != reason:
            known = event, reason, replace(event, doubts=(*event.doubts, reason))
        self.doubted[key] = known
        return known[2]

    def _look_at(self, seen: Mapping[str, SeenEvent]) -> tuple[dict[int, Event], set[int]]:
        """Take over what is remembered now; returns the events about which the ledger says something else than was settled,
        and the `id`s of those of which it now says just that.
        """
        again: dict[int, Event] = {}
        certain: set[int] = set()
        for uid in touched(self.seen, seen):
            before, now = self.seen.get(uid), seen.get(uid)
            if before is not None and (now is None or now.event.place != before.event.place):
                self.known[before.event.place] = tuple(one for one in self.known[before.event.place] if one != uid)
            if now is not None and (before is None or now.event.place != before.event.place):
                self.known[now.event.place] = (*self.known.get(now.event.place, ()), uid)
            about = [self.at.get(one.event.place) for one in (before, now) if one is not None]
            kept = self._as_settled(now) if now is not None else None
            if kept is not None:
                certain.add(id(kept.read))
            for group in filter(None, (*about, self.having.get(uid))):
                again.update((id(one.read), one.read) for one in group if one is not kept)
            if now is None:
                self.missing.discard(uid)
            elif uid not in self.having:
                self.missing.add(uid)
        self.seen = seen
        return again, certain

    def _as_settled(self, seen: SeenEvent) -> Settled | None:
        """The one that the ledger has just taken over as it was settled, alone at its place: it would be settled so again."""
        having = self.having.get(seen.uid, ())
        if len(having) != 1 or having[0].event is not seen.event or having[0].read.key:
            return None
        one = having[0]
        is_alone = len(self.at[one.place]) == 1 and self.known.get(one.place) == (seen.uid,)
        return one if is_alone else None

    def _settle(self, fresh: Iterable[Event], content: Content, memory: Memory, site: Site) -> list[Settled]:
        new: list[Settled] = []
        unclaimed: list[Event] = []
        for event in fresh:
            if event.explicit_uid:
                self.claimed[event.explicit_uid] += 1
                new.append(self._put_in(event, event.explicit_uid))
            else:
                unclaimed.append(event)
        self.passing = []
        for event in unclaimed:
            uid = self._certain(event)
            if uid is None:
                self.passing.append(event)
            else:
                new.append(self._put_in(event, uid))
        if self.passing:
            found = self._search(content, memory.window_end, site.timezone)
            new += [self._put_in(event, found(event) or _mint(event, memory, site)) for event in self.passing]
        return new

    def _certain(self, event: Event) -> str | None:
        """The uid that the ledger has for the event's own place, where it tells of the same as it did."""
        uids = self.known.get(event.place)
        if not uids:
            return None
        seen = self.seen[uids[0]] if len(uids) == 1 else self._holders(event)[0]
        is_same = (event.title, event.when) == (seen.event.title, seen.event.when) or _is_same(seen, event)
        return seen.uid if is_same and seen.event.explicit_uid is None else None

    def _holders(self, event: Event) -> tuple[SeenEvent, ...]:
        """Those that the ledger knows at the event's place: the one that was there last, then the others.

        Where the site has begun to choose keys, an event seen without one is still the one at its path.
        """
        uids = self.known.get(event.place) or (self.known.get((event.source, event.path), ()) if event.key else ())
        return tuple(
            sorted((self.seen[uid] for uid in uids if uid != event.explicit_uid), key=last_there, reverse=True)
        )

    def _search(self, content: Content, looked_at: datetime | None, zone: str) -> Callable[[Event], str | None]:
        loose: dict[int, Loose] = {}
        for event in self.passing:
            holders = tuple(seen for seen in self._holders(event) if not self._is_taken_away(seen))
            is_there = bool(holders) and holders[0].present
            stays = is_there and not is_next_edition(holders[0], event, looked_at=looked_at, zone=zone)
            loose[id(event)] = Loose(
                event=event, facts=facts_of(event), holders=holders, stays=stays and not _is_other(holders[0], event)
            )
        nowhere = {uid: seen for uid in self.missing if not content.has_lost((seen := self.seen[uid]).event)}
        search = Search(content=content, looked_at=looked_at, zone=zone, loose=dict(loose), nowhere=nowhere)
        uids = search.run()
        taken = frozenset(uids.values())

        def found(event: Event) -> str | None:
            if (uid := uids.get(id(event))) is not None:
                return uid
            free = (seen for seen in loose[id(event)].holders if seen.uid not in taken)
            for seen in free:
                is_next = is_next_edition(seen, event, looked_at=looked_at, zone=zone)
                if not is_next and (seen.present or has_returned(seen, event)):
                    return seen.uid
            return None

        return found

    def _is_taken_away(self, seen: SeenEvent) -> bool:
        """Whether the `uid:` line that made it is gone from here, and stands in another document now."""
        return seen.event.explicit_uid == seen.uid and seen.uid in self.claimed

    def _put_in(self, read: Event, uid: str) -> Settled:
        event, seen = replace(read, uid=uid, formerly=tuple(self._former(read, uid))), self.seen.get(uid)
        # Equal to what is remembered: then it is the same object, and nothing that follows from it need be found anew.
        if seen is not None and seen.event == event and repr(seen.event.when) == repr(event.when):
            event = seen.event
        one = Settled(read=read, place=read.place, event=event, order=(event.source, event.path, uid))
        self.settled[id(read)] = one
        for place in _places(one):
            self.at[place] = (*self.at.get(place, ()), one)
        self.having[uid] = (*self.having.get(uid, ()), one)
        self.titles[event.title] += 1
        self.left.update(event.formerly)
        self.missing.discard(uid)
        return one

    def _former(self, event: Event, uid: str) -> Iterator[str]:
        """The uids that an event had before it was given one of its own."""
        seen = self.seen.get(uid)
        if not event.explicit_uid and (seen is None or not seen.event.formerly):
            return
        uids = [] if seen is None else list(seen.event.formerly)
        if event.explicit_uid and (seen is None or seen.event.place != event.place):
            uids += [one for holder in self._holders(event)[:1] for one in (holder.uid, *holder.event.formerly)]
        yield from dict.fromkeys(one for one in uids if one != uid)

    def _take_out(self, one: Settled) -> None:
        for place in _places(one):
            _take_from(self.at, place, one)
        _take_from(self.having, one.uid, one)
        _take_one(self.titles, one.event.title)
        for uid in one.event.formerly:
            _take_one(self.left, uid)
        if one.read.explicit_uid:
            _take_one(self.claimed, one.read.explicit_uid)
        if one.uid not in self.having and one.uid in self.seen:
            self.missing.add(one.uid)


def _places(one: Settled) -> tuple[Place, ...]:
    """Its own, and with a key the path as well: it also hangs on what the ledger knows there."""
    return (one.place, (one.read.source, one.read.path)) if one.read.key else (one.place,)


def _is_same(seen: SeenEvent, event: Event) -> bool:
    facts = facts_of(event)
    return (facts.title, facts.when) == (seen.facts.title, seen.facts.when)


def _is_other(seen: SeenEvent, event: Event) -> bool:
    """Whether neither title nor day are those that were remembered here."""
    return words_of(seen.event.title) != words_of(event.title) and not has_returned(seen, event)


def _mint(event: Event, memory: Memory, site: Site) -> str:
    generation = 0
    while (uid := uid_for(site, *event.place, generation=generation)) in memory.seen:
        generation += 1
    return uid


def _take_from(groups: dict[K, tuple[Settled, ...]], key: K, one: Settled) -> None:
    groups[key] = tuple(other for other in groups[key] if other is not one)
    if not groups[key]:
        del groups[key]


def _take_one(tally: Counter[str], key: str) -> None:
    tally[key] -= 1
    if not tally[key]:
        del tally[key]
