"""Which events that are nowhere any more stand at new places now, and which of the new ones may be one that is gone.

Every step compares by equal marks, never each with each, so that thousands of files that are renamed at once cost what
thousands of files cost. A step takes a pair only where the mark is that of one event on either side: what fits two is
asked, not chosen.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from heapq import nsmallest

from notifier.core.delivery import SeenEvent
from notifier.core.event import Content, Event
from notifier.core.facts import Facts
from notifier.core.likeness import day_of, is_mostly, name_of, sketch, slug_of, undated, words_of
from notifier.core.schedule import ends_at

#: Another event of the same title as near as this makes a series of them, in which title, name and text are those of all.
_SERIES = timedelta(days=60)
#: Nearer than so many times as far as one moved, another of its title may be the one that it became.
_SHIFTS = 3
#: With more of one title it is a series, however far apart.
_MANY = 50
#: Where more events than these begin at one time, their texts aren't compared each with each.
_AT_ONCE = 4
#: With more new ones than these their texts aren't looked at; of more with one mark only these are looked at.
_YOUNG, _FEW = 500, 20
#: So many events around one are looked at for a text that all of them have.
_NEAR = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Loose:
    """An event as it was read, while nobody knows for certain which it is.

    `holders` are those that the ledger knows at its place, the likeliest first. `stays`: its first holder's file was
    there at the last look, and nothing says that it is another event now, unless that one is found elsewhere.
    """

    event: Event
    facts: Facts
    holders: tuple[SeenEvent, ...] = ()
    stays: bool = False

    @property
    def moved(self) -> bool:
        """Whether it begins at another time than the one that was here."""
        return bool(self.holders) and _start(self.facts) != _start(self.holders[0].facts)


def is_next_edition(seen: SeenEvent, event: Event, *, looked_at: datetime | None, zone: str) -> bool:
    """Whether the remembered one was over when its file was last looked at, and this begins on a later day, not over then.

    A file that is written over for the next evening tells of another event, whatever its name and title: what has taken
    place can't be moved. `looked_at` None: nothing has been looked at.
    """
    before, now = day_of(seen.event.when), day_of(event.when)
    if looked_at is None or before is None or now is None or now <= before:
        return False
    return ends_at(seen.event, zone) <= looked_at < ends_at(event, zone)


def has_returned(seen: SeenEvent, event: Event) -> bool:
    """Whether a file that came back where one had gone tells of the same event: the same title, day or text."""
    return (
        words_of(seen.event.title) == words_of(event.title)
        or (event.when is not None and day_of(seen.event.when) == day_of(event.when))
        or is_mostly(seen.event.body, event.body)
    )


def last_there(seen: SeenEvent) -> tuple[bool, float, str]:
    """For sorting: what is there comes after all that went, and what went last after what went before."""
    return seen.present, seen.gone_at.timestamp() if seen.gone_at else 0.0, seen.uid


@dataclass(slots=True, kw_only=True)
class Search:
    """Looks for events that are nowhere among loose ones. `uids` is what it found, by the `id` of the event as it was read.

    The rule, step by step. A step leaves what was found before it, and what fits more than one.

    1. **Exactly the facts** (title, time, zone, place, link, status) of one that is nowhere, or that was here and went:
       nobody who was told could see a difference. Of several with the same facts the one at the same place goes first,
       then the one with the same name.
    2. **The same file and the same time**: a file that begins to come back or gets sessions, or ceases to.
    3. **The repository's word** that the file was renamed, when title, day, name but for the date, or text bear it out.
       Without any of these git only saw two files from one template.
    4. **Likeness**, where the old file was there at the last look and the new place was never seen. One of:
       the same title and start · the same title and file name, date included · the same start and file name ·
       the same start and mostly the same text · the same day and a link to join or register that no other event has ·
       the same title, the same file name but for its date, and mostly the same text, while no other event of that title
       is near either day: within sixty days and nearer than three times as far as it moved.

    Nothing is found for an event with an identity key of its own in 3 and 4: the site's own word is that it is another.
    Nor is what was over and begins anew on a later day (`is_next_edition`) the same event in 3 and 4.
    """

    content: Content
    looked_at: datetime | None
    zone: str
    loose: dict[int, Loose]
    nowhere: dict[str, SeenEvent]
    uids: dict[int, str] = field(default_factory=dict)

    def run(self) -> dict[int, str]:
        """Find all that can be found, without a doubt."""
        if self.loose and self.nowhere:
            self._exactly()
            for loose in self.loose.values():
                if loose.stays:
                    self.nowhere.pop(loose.holders[0].uid, None)
            self.loose = {key: loose for key, loose in self.loose.items() if not loose.stays}
            self._take(_unique(self._by(self._same_file), self._of(_file_and_time)))
            self._take(self._said_by_the_repository())
            self.loose = {key: loose for key, loose in self.loose.items() if not loose.event.key}
            self.nowhere = {uid: seen for uid, seen in self.nowhere.items() if seen.present}
            for rule in (_title_and_start, _title_and_name, _start_and_name):
                self._take(_unique(self._by(rule), self._of(rule)))
            self._take(self._by_text_and_time())
            self._take(self._by_own_link())
            self._take(self._moved())
        return self.uids

    def _take(self, pairs: Iterable[tuple[Loose, SeenEvent]]) -> None:
        for loose, seen in list(pairs):
            if not is_next_edition(seen, loose.event, looked_at=self.looked_at, zone=self.zone):
                self._settle(loose, seen)

    def _settle(self, loose: Loose, seen: SeenEvent) -> None:
        self.uids[id(loose.event)] = seen.uid
        del self.loose[id(loose.event)], self.nowhere[seen.uid]

    def _by(self, mark: _Mark) -> Iterator[tuple[Hashable, Loose]]:
        return ((mark(loose.event, loose.facts), loose) for loose in self.loose.values())

    def _of(self, mark: _Mark) -> Iterator[tuple[Hashable, SeenEvent]]:
        return ((mark(seen.event, seen.facts), seen) for seen in self.nowhere.values())

    def _exactly(self) -> None:
        found: dict[int, tuple[Loose, SeenEvent]] = {}
        taken: set[str] = set()
        for mark in _SAME_FACTS:
            groups: defaultdict[Hashable, tuple[list[Loose], list[SeenEvent]]] = defaultdict(lambda: ([], []))
            for key, loose in self._by(mark):
                if loose.facts.when and id(loose.event) not in found:
                    groups[key][0].append(loose)
            for key, seen in self._of(mark):
                if seen.uid not in taken and key in groups:
                    groups[key][1].append(seen)
            for new, old in groups.values():
                pairs = list(zip(sorted(new, key=_new_order), sorted(old, key=_old_order), strict=False))
                found |= {id(loose.event): (loose, seen) for loose, seen in pairs}
                taken.update(seen.uid for _, seen in pairs)
        self._leave_originals(found)
        for loose, seen in found.values():
            self._settle(loose, seen)

    def _leave_originals(self, found: dict[int, tuple[Loose, SeenEvent]]) -> None:
        """A copy has the facts that the original had. One that was reworded, and found nowhere else, is still itself."""
        takers = {seen.uid: key for key, (_, seen) in found.items()}
        waiting = [key for key, loose in self.loose.items() if key not in found and loose.stays and not loose.moved]
        while waiting:
            original = self.loose[waiting.pop()]
            taker = takers.pop(original.holders[0].uid, None)
            if taker is not None and taker != id(original.event):
                del found[taker]
                if self.loose[taker].stays and not self.loose[taker].moved:
                    waiting.append(taker)

    def _same_file(self, event: Event, facts: Facts) -> Hashable:
        renamed = self.content.renames.get(event.source, {})
        file = event.path.partition("#")[0]
        return (event.source, renamed.get(file, file), facts.when) if facts.when else None

    def _said_by_the_repository(self) -> Iterator[tuple[Loose, SeenEvent]]:
        if not self.content.renames:
            return
        there = {seen.event.place: seen for seen in self.nowhere.values() if seen.present}
        for loose in self.loose.values():
            event = loose.event
            file, sign, part = event.path.partition("#")
            old = self.content.renames.get(event.source, {}).get(file)
            seen = there.get((event.source, f"{old}{sign}{part}")) if old is not None and not event.key else None
            if seen is not None and (has_returned(seen, event) or _same_slug(seen.event, event)):
                yield loose, seen

    def _by_text_and_time(self) -> Iterator[tuple[Loose, SeenEvent]]:
        groups: defaultdict[Hashable, tuple[list[Loose], list[SeenEvent]]] = defaultdict(lambda: ([], []))
        for key, loose in self._by(_source_and_start):
            groups[key][0].append(loose)
        for key, seen in self._of(_source_and_start):
            if key in groups:
                groups[key][1].append(seen)
        for key, (new, old) in groups.items():
            if key is not None and old and max(len(new), len(old)) <= _AT_ONCE:
                like = [(one, other) for one in new for other in old if is_mostly(one.event.body, other.event.body)]
                ours, theirs = Counter(id(one) for one, _ in like), Counter(other.uid for _, other in like)
                yield from ((one, other) for one, other in like if ours[id(one)] == theirs[other.uid] == 1)

    def _by_own_link(self) -> Iterator[tuple[Loose, SeenEvent]]:
        found = list(_unique(self._by(_day_and_link), self._of(_day_and_link)))
        links = {loose.event.join_url for loose, _ in found}
        counts = Counter(event.join_url for event in self.content.events if event.join_url in links) if found else {}
        return ((loose, seen) for loose, seen in found if counts[loose.event.join_url] == 1)

    def _moved(self) -> Iterator[tuple[Loose, SeenEvent]]:
        found = list(_unique(self._by(_title_and_slug), self._of(_title_and_slug)))
        found = [(loose, seen) for loose, seen in found if is_mostly(loose.event.body, seen.event.body)]
        if not found:
            return
        titles = {undated(loose.event.title) for loose, _ in found}
        days: defaultdict[str, list[tuple[int, date | None]]] = defaultdict(list)
        for event in self.content.events:
            if (title := undated(event.title)) in titles:
                days[title].append((id(event), day_of(event.when)))
        for loose, seen in found:
            others = [day for key, day in days[undated(loose.event.title)] if key != id(loose.event)]
            ends = (day_of(loose.event.when), day_of(seen.event.when))
            if len(others) <= _MANY and not any(_is_near(day, ends) for day in others):
                yield loose, seen


_Mark = Callable[[Event, Facts], Hashable]

_SAME_FACTS: Sequence[_Mark] = (
    lambda event, facts: (facts, event.place),
    lambda event, facts: (facts, event.source, name_of(event.path)),
    lambda event, facts: (facts, event.source),
    lambda _, facts: facts,
)


def _file_and_time(event: Event, facts: Facts) -> Hashable:
    return (event.source, event.path.partition("#")[0], facts.when) if facts.when else None


def _title_and_start(event: Event, facts: Facts) -> Hashable:
    title = words_of(event.title)
    return (title, _start(facts)) if title and facts.when else None


def _title_and_name(event: Event, _: Facts) -> Hashable:
    title = words_of(event.title)
    return (event.source, title, name_of(event.path)) if title else None


def _start_and_name(event: Event, facts: Facts) -> Hashable:
    return (event.source, _start(facts), name_of(event.path)) if facts.when else None


def _source_and_start(event: Event, facts: Facts) -> Hashable:
    return (event.source, _start(facts)) if facts.when else None


def _day_and_link(event: Event, _: Facts) -> Hashable:
    return (event.source, day_of(event.when), event.join_url) if event.when is not None and event.join_url else None


def _title_and_slug(event: Event, _: Facts) -> Hashable:
    title, slug = undated(event.title), slug_of(event.path)
    return (event.source, title, slug) if title and slug else None


def _start(facts: Facts) -> str:
    return facts.when.partition("/")[0]


def _same_slug(one: Event, other: Event) -> bool:
    return slug_of(one.path) == slug_of(other.path) != ""


def _is_near(other: date | None, ends: tuple[date | None, date | None]) -> bool:
    """Whether another event of a title is so near to one that moved that it may have been that one instead."""
    old, new = ends
    if other is None or (old is None and new is None):
        return False
    shift = max(abs(new - old), timedelta(days=1)) if old is not None and new is not None else _SERIES
    away = min(abs(other - end) for end in ends if end is not None)
    return away <= _SERIES and away < _SHIFTS * shift


def _new_order(loose: Loose) -> tuple[str, str]:
    return loose.event.path, loose.event.source


def _old_order(seen: SeenEvent) -> tuple[str, str]:
    return seen.event.path, seen.uid


def _unique(
    new: Iterable[tuple[Hashable, Loose]], old: Iterable[tuple[Hashable, SeenEvent]]
) -> Iterator[tuple[Loose, SeenEvent]]:
    """The pairs of which the mark is that of no other, on either side."""
    ours: defaultdict[Hashable, list[Loose]] = defaultdict(list)
    theirs: defaultdict[Hashable, list[SeenEvent]] = defaultdict(list)
    for key, loose in new:
        ours[key].append(loose)
    for key, seen in old:
        theirs[key].append(seen)
    for key, group in ours.items():
        others = theirs.get(key, ())
        if key is not None and len(group) == len(others) == 1:
            yield group[0], others[0]


def may_be(
    gone: Iterable[SeenEvent], young: Sequence[Event], among: Sequence[Event] = ()
) -> Mapping[str, tuple[SeenEvent, ...]]:
    """Of new events the gone ones that each may be, by the new one's uid: by title, name but for the date, or text.

    A text that events of other titles `among` all have is nobody's own, and says nothing.
    """
    with_text = len(young) <= _YOUNG
    by_mark: defaultdict[Hashable, list[SeenEvent]] = defaultdict(list)
    for seen in sorted(gone, key=last_there, reverse=True):
        for mark in _marks(seen.event, with_text=with_text):
            by_mark[mark].append(seen)
    found = {event.uid: _like(event, by_mark, among, with_text=with_text) for event in young}
    return {uid: tuple(sorted(seen, key=_old_order)) for uid, seen in found.items() if seen}


def _marks(event: Event, *, with_text: bool) -> Iterator[Hashable]:
    if title := undated(event.title):
        yield "title", title
    if slug := slug_of(event.path):
        yield "slug", event.source, slug
    if with_text:
        yield from (("text", number) for number in sketch(event.body))


def _like(
    event: Event, by_mark: Mapping[Hashable, list[SeenEvent]], among: Sequence[Event], *, with_text: bool
) -> Sequence[SeenEvent]:
    """Those with a mark of the event; of the many that a mark may have, the last that went."""
    compared: dict[str, tuple[bool, SeenEvent]] = {}
    for mark in _marks(event, with_text=with_text):
        is_text = isinstance(mark, tuple) and mark[0] == "text"
        for seen in by_mark.get(mark, ())[:_FEW]:
            if seen.uid not in compared:
                is_like = not is_text or (is_mostly(event.body, seen.event.body) and _has_own_text(seen, event, among))
                compared[seen.uid] = is_like, seen
    return [seen for is_like, seen in compared.values() if is_like]


def _has_own_text(seen: SeenEvent, event: Event, among: Sequence[Event]) -> bool:
    """Whether no event near it, of another title than either, has mostly the same text."""
    day, titles = day_of(seen.event.when), {undated(seen.event.title), undated(event.title)}
    others = [
        (abs(there - day), other.body)
        for other in among
        if day is not None
        and (there := day_of(other.when)) is not None
        and other.source == seen.event.source
        and undated(other.title) not in titles
    ]
    return not any(is_mostly(seen.event.body, body) for _, body in nsmallest(_NEAR, others))
