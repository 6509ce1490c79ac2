"""What follows from each event, kept for as long as it holds: a plan is work only for what changed, or whose time came."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from typing import TypeVar

from notifier.core.agenda import Agenda
from notifier.core.changes import Ordered, replaced, touched
from notifier.core.collisions import Calendar, Parted
from notifier.core.decision import asked_keys, asks_of, decide, is_moot, is_silent, told_keys
from notifier.core.delivery import PLANNABLE, Delivery, DeliveryStatus, Memory
from notifier.core.event import Event
from notifier.core.revision import Remembered
from notifier.core.rule import Rules
from notifier.core.schedule import ends_at, local_start_date, next_closing
from notifier.core.span import FeedPlan, goes_to_archive, in_calendars, leaves_feed
from notifier.core.timing import own_time_of_moved
from notifier.core.turning import NEVER, Turning

K = TypeVar("K")
#: What a plan decides again, as long as it holds, of a row that says it already.
_AS_DECIDED: frozenset[DeliveryStatus] = frozenset({"planned", "held", "skipped"})
_next_number = count().__next__


def _in_time(row: Delivery) -> tuple[datetime, str]:
    return row.due_at, row.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What follows from one event, of its memory and of the rows that it asks about; as long as `until` lies ahead.

    `wanted` is what every rule decides, `live` and `skips` what of that is worth a row. `feeds` are the numbers of the
    feeds and archives that it stands in (`Asking._feeds`). `turns` are the instants, ascending, at which a plan is
    wanted: its event's own, when something is due, and last the one at which it would plan otherwise. `is_due`: something could
    go out now, and can't once the hours close. `is_history`: it is over, and nothing is left to decide about it while its
    times and its memory stay.
    """

    event: Event
    keys: tuple[str, ...]
    told: tuple[tuple[str, str], ...]
    wanted: tuple[Delivery, ...]
    live: tuple[Delivery, ...]
    skips: tuple[Delivery, ...]
    feeds: tuple[int, ...]
    turns: tuple[datetime, ...]
    until: datetime
    is_due: bool
    is_history: bool
    number: int = field(default_factory=_next_number)

    def foresaw(self, row: Delivery | None) -> bool:
        """Whether a row that is new says what was decided here and nothing else: then all of this holds as it did."""
        return row is not None and row.status in _AS_DECIDED and any(row is one for one in self.wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What an answer depends on beside its event. `memory` already holds the events and all baselines."""

    memory: Memory
    rules: Rules
    projects: Mapping[str, str]
    now: datetime
    horizon: timedelta

    def answer(self, event: Event, before: Answer | None = None) -> Answer:
        """What follows from the event. `before` is what followed while it was another, where nothing else has changed since."""
        memory, rules, now = self.memory, self.rules, self.now
        times = Turning(event=event, memory=memory, rules=rules, now=now, horizon=self.horizon)
        feeds = tuple(self._feeds(event))
        if before is not None and before.is_history and times.was_over and _is_same_time(before.event, event):
            left = min((at for at in self._feed_turns(event) if at > now), default=NEVER)
            return replace(before, event=event, feeds=feeds, turns=(left,), until=left, number=_next_number())
        rows, asks = memory.deliveries, asks_of(event, memory, rules, now)
        weighed = [ask for ask in asks if not is_moot(ask, self.projects, was_over=times.was_over)]
        # A decision that says what its row says is that row: whoever compares the two need look no further.
        wanted = tuple(rows[one.key] if rows.get(one.key) == one else one for one in decide(weighed, self.projects))
        worth = [one for one in wanted if self._is_worth_a_row(one, event)]
        open_yet = [one for one in wanted if times.may_change(one)]
        points = (*times.points(open_yet), *self._feed_turns(event), *filter(None, map(own_time_of_moved, weighed)))
        first = min((at for at in points if at > now), default=NEVER)
        own = (*times.own(), *(one.due_at for one in open_yet))
        return Answer(
            event=event,
            keys=asked_keys(asks),
            told=tuple(told_keys(event, rules)),
            wanted=wanted,
            live=tuple(one for one in worth if one.status != "skipped"),
            skips=tuple(one for one in worth if one.status == "skipped"),
            feeds=feeds,
            turns=(*sorted(at for at in own if now < at < first), first),
            until=min([first, *times.other_points(open_yet)]),
            is_due=any(one.due_at <= now < one.expires_at for one in open_yet),
            # How often calendars ask may make something of a change that nobody was told of.
            is_history=times.was_over and not weighed and not memory.polls,
        )

    def _is_worth_a_row(self, delivery: Delivery, event: Event) -> bool:
        """Near enough, about something not over, and still open to change."""
        row = self.memory.deliveries.get(delivery.key)
        if row is not None:
            return row.status in PLANNABLE
        if delivery.due_at > self.now + self.horizon or is_silent(delivery):
            return False
        if delivery.status == "skipped":
            return event.when is not None and ends_at(event, self.rules.site.timezone) > self.now
        if delivery.expires_at > self.now:
            return True
        # It expired without ever having a row: worth telling only where it fell into the time since the last look.
        return self.memory.window_end is not None and delivery.due_at > self.memory.window_end

    def _feeds(self, event: Event) -> Iterator[int]:
        """Twice the number of each feed that it stands in, and one more where it stands in the archive of the feed."""
        zone, seen = self.rules.site.timezone, self.memory.seen[event.uid]
        forms = {
            secret: in_calendars(event, seen, secret=secret) for secret in {feed.secret for feed in self.rules.feeds}
        }
        for number, feed in enumerate(self.rules.feeds):
            shown = forms[feed.secret]
            if shown is None or not self.rules.feed_holds(feed, shown, self.projects):
                continue
            if self.now < leaves_feed(shown, seen, zone):
                yield 2 * number
            elif goes_to_archive(shown):
                yield 2 * number + 1

    def _feed_turns(self, event: Event) -> Iterator[datetime]:
        zone, seen = self.rules.site.timezone, self.memory.seen[event.uid]
        for secret in {feed.secret for feed in self.rules.feeds}:
            if (shown := in_calendars(event, seen, secret=secret)) is not None:
                yield leaves_feed(shown, seen, zone)


@dataclass(slots=True)
class Answers:
    """The answers about all events, and what is worth a row in the order of a plan.

    Kept from one plan to the next it saves time, and changes no plan.
    """

    remembered: Remembered = field(default_factory=Remembered)
    agenda: Agenda = field(default_factory=Agenda)
    parted: Parted = field(default_factory=Parted)
    _asking: Asking | None = None
    _events: Sequence[Event] = ()
    _by_uid: dict[str, Answer] = field(default_factory=dict)
    # By time, the uids and numbers of answers, those too that were replaced; and the uids of those that are due.
    _ends: list[tuple[datetime, str, int]] = field(default_factory=list)
    _turns: list[tuple[datetime, str, int]] = field(default_factory=list)
    _due: set[str] = field(default_factory=set)
    _asked: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _told: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    _open: dict[str, Delivery] = field(default_factory=dict)
    #: Those of the open rows that no answer asked for, and the keys of which that is to be looked at anew.
    _unasked: dict[str, Delivery] = field(default_factory=dict)
    _unsure: set[str] = field(default_factory=set)
    _gone_out: Calendar = field(default_factory=lambda: Calendar(zone="UTC"))
    _live: Ordered[Delivery] = field(default_factory=lambda: Ordered(_in_time, id))
    _skips: Ordered[Delivery] = field(default_factory=lambda: Ordered(_in_time, id))
    _feeds: list[Ordered[str]] = field(default_factory=list)

    def update(self, events: Sequence[Event], asking: Asking) -> None:
        """Ask again about every event that changed, and about those of which the answer no longer holds."""
        before, self._asking = self._asking, None
        if before is None or not _goes_on(before, asking):
            before = None
            self._begin(asking.rules)
        went, came = replaced(self._events, events)
        past = before.memory if before else Memory()
        moved = self._touched(past.deliveries, asking.memory.deliveries) | self._spoken_of(past, asking.memory)
        stale = {*moved, *touched(past.seen, asking.memory.seen), *self._over(asking.now)}
        # Of what is stale, all that is still there; what came may have been there as another.
        present = {uid: self._by_uid[uid].event for uid in stale if uid in self._by_uid}
        for event in went:
            present.pop(event.uid, None)
        present |= {event.uid: event for event in came}
        stale.update(event.uid for event in (*went, *came))
        known = {uid: answer for uid in present if (answer := self._by_uid.get(uid)) is not None and uid not in moved}
        self._replace(stale, [asking.answer(event, known.get(uid)) for uid, event in present.items()])
        # Only now: after an error everything is asked anew.
        self._asking, self._events = asking, events

    def live(self) -> tuple[Delivery, ...]:
        """What is planned, held or missed and worth a row, in the order of time."""
        return self._live.all()

    def skips(self) -> tuple[Delivery, ...]:
        """What is skipped and worth a row, in the order of time."""
        return self._skips.all()

    def feeds(self, rules: Rules) -> tuple[FeedPlan, ...]:
        """The feeds, with the events that there are."""
        current, past = self._feeds[::2], self._feeds[1::2]
        return tuple(
            FeedPlan(name=feed.name, uids=now.all(), past=before.all())
            for feed, now, before in zip(rules.feeds, current, past, strict=True)
        )

    def event(self, uid: str) -> Event | None:
        """The event of this uid, where there is one."""
        return self._by_uid[uid].event if uid in self._by_uid else None

    def gone_out(self) -> Calendar:
        """What has gone out, by audience and day."""
        return self._gone_out

    def unasked(self, others: Container[str] = ()) -> list[Delivery]:
        """The rows that still wait and that nothing asks for any more, in the order of their keys.

        `others` are the keys of what is asked for beside the events, such as digests.
        """
        for key in self._unsure:
            row = self._open.get(key)
            if row is None or self._is_wanted(key):
                self._unasked.pop(key, None)
            else:
                self._unasked[key] = row
        self._unsure = set()
        return [row for key, row in sorted(self._unasked.items()) if key not in others]

    def next_at(self, rules: Rules, now: datetime) -> datetime | None:
        """The first instant at which unchanged content would plan otherwise."""
        while self._turns and (self._turns[0][0] <= now or not self._holds(*self._turns[0])):
            _, uid, number = heappop(self._turns)
            self._await_turn(uid, number, now)
        turns = [self._turns[0][0]] if self._turns else []
        # What is late and could go out now can't once the hours close.
        closing = next_closing(now, rules.hours, rules.site.timezone) if self._due else None
        if closing is not None:
            turns.append(closing)
        first = min(turns, default=NEVER)
        return None if first == NEVER else first

    def _await_turn(self, uid: str, number: int, now: datetime) -> None:
        """Look out for the next turn of an answer, if it still holds."""
        answer = self._by_uid.get(uid)
        if answer is not None and answer.number == number:
            _await(self._turns, next((at for at in answer.turns if at > now), NEVER), answer)

    def _holds(self, at: datetime, uid: str, number: int) -> bool:
        answer = self._by_uid.get(uid)
        return answer is not None and number == answer.number

    def _over(self, now: datetime) -> list[str]:
        """The events of which the answer holds no longer."""
        over: list[str] = []
        while self._ends and self._ends[0][0] <= now:
            end = heappop(self._ends)
            if self._holds(*end):
                over.append(end[1])
        return over

    def _begin(self, rules: Rules) -> None:
        self._by_uid, self._asked, self._told, self._open, self._events = {}, {}, {}, {}, ()
        self._unasked, self._unsure = {}, set()
        self._gone_out = Calendar(zone=rules.site.timezone, is_live=bool(rules.live))
        self._ends, self._turns, self._due = [], [], set()
        self._live, self._skips = Ordered(_in_time, id), Ordered(_in_time, id)
        self._feeds = [Ordered(str, str) for _ in range(2 * len(rules.feeds))]

    def _touched(self, before: Mapping[str, Delivery], rows: Mapping[str, Delivery]) -> set[str]:
        """Take over the rows as they are now; returns the uids of the events that a changed one is about."""
        if rows is before:
            return set()
        changed = touched(before, rows)
        self._unsure.update(changed)
        for key in changed:
            row = rows.get(key)
            self._gone_out.replace(before.get(key), row)
            if row is not None and row.status in ("planned", "held"):
                self._open[key] = row
            else:
                self._open.pop(key, None)
        # What a digest tells of, a reminder may be left to.
        digests = (row for key in changed if (row := rows.get(key)) is not None and row.kind == "digest")
        told = {uid for row in digests for uid in row.event_uids}
        return told | {
            uid
            for key in changed
            for uid in self._asked.get(key, ())
            if key in before or not self._by_uid[uid].foresaw(rows.get(key))
        }

    def _spoken_of(self, before: Memory, now: Memory) -> set[str]:
        """The events of which an audience was told something else, or about which a person decided, or wrote a note."""
        told = {uid for key in touched(before.told, now.told) for uid in self._told.get(key, ())}
        decided = {uid for key in touched(before.decisions, now.decisions) for uid in self._asked.get(key, ())}
        noted = {uid for key in touched(before.notes, now.notes) for uid in self._asked.get(key, ())}
        return told | decided | noted

    def _is_wanted(self, key: str) -> bool:
        return any(one.key == key for uid in self._asked.get(key, ()) for one in self._by_uid[uid].wanted)

    def _replace(self, stale: Iterable[str], fresh: Sequence[Answer]) -> None:
        gone = [self._by_uid.pop(uid) for uid in stale if uid in self._by_uid]
        for answer in (*gone, *fresh):
            self._unsure.update(answer.keys)
        for answer in gone:
            _take_out(self._asked, answer.keys, answer.event.uid)
            _take_out(self._told, answer.told, answer.event.uid)
        self._due.difference_update(answer.event.uid for answer in gone)
        self._due.update(answer.event.uid for answer in fresh if answer.is_due)
        for answer in fresh:
            self._by_uid[answer.event.uid] = answer
            _await(self._ends, answer.until, answer)
            _await(self._turns, answer.turns[0], answer)
            for key in answer.keys:
                self._asked[key] = (*self._asked.get(key, ()), answer.event.uid)
            for pair in answer.told:
                self._told[pair] = (*self._told.get(pair, ()), answer.event.uid)
        self._live.replace([row for one in gone for row in one.live], [row for one in fresh for row in one.live])
        self._skips.replace([row for one in gone for row in one.skips], [row for one in fresh for row in one.skips])
        for number, uids in enumerate(self._feeds):
            left = {one.event.uid for one in gone if number in one.feeds}
            come = {one.event.uid for one in fresh if number in one.feeds}
            uids.replace([*(left - come)], [*(come - left)])


def _await(times: list[tuple[datetime, str, int]], at: datetime, answer: Answer) -> None:
    if at != NEVER:
        heappush(times, (at, answer.event.uid, answer.number))


def _take_out(groups: dict[K, tuple[str, ...]], keys: Iterable[K], uid: str) -> None:
    for key in keys:
        groups[key] = tuple(one for one in groups[key] if one != uid)
        if not groups[key]:
            del groups[key]


def _is_same_time(one: Event, other: Event) -> bool:
    """Whether they have the same instants on the same days, and the same uids: then all keys are the same."""
    if one.when is None or other.when is None or one.when != other.when:
        return False
    return local_start_date(one) == local_start_date(other) and one.formerly == other.formerly


def _goes_on(before: Asking, now: Asking) -> bool:
    """Whether what was answered then may still hold: the same rules, and a time that went on."""
    old, new = before.memory, now.memory
    is_later = old.window_end is None or (new.window_end is not None and old.window_end <= new.window_end)
    return (
        now.rules is before.rules and now.horizon == before.horizon and before.now <= now.now and is_later
        and old.baselines == new.baselines and old.polls == new.polls and old.by_hand == new.by_hand
        and now.projects == before.projects
    )  # fmt: skip
