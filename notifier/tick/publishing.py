"""What of a plan becomes calendars: which entries, in which file, and whether it may be published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from operator import is_, itemgetter
from typing import TYPE_CHECKING

from notifier.core.changes import Ordered, replaced, touched
from notifier.core.delivery import SeenEvent
from notifier.core.disclosure import disclosure
from notifier.core.entry import Entry, Written
from notifier.core.event import Event
from notifier.core.hidden import Hidden, Needle, hidden_values
from notifier.core.published import upcoming_uids
from notifier.core.rule import Feed
from notifier.core.schedule import ends_at
from notifier.core.span import ARCHIVE, FeedPlan, archive_of
from notifier.errors import Problem, UserError
from notifier.ports import Publisher
from notifier.tick.wiring import Look, Wiring, entry_of, feed_address

if TYPE_CHECKING:
    from notifier.core.ics import Proved

#: Google reads no more than a megabyte of a feed, so the past gives way before that.
MOST_BYTES = 900_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """A feed or its archive, made. `name` is that of its file, without `.ics`. Those of secret ones are no public files."""

    name: str
    feed: Feed
    entries: Sequence[Entry]
    data: bytes
    is_archive: bool = False

    @property
    def is_idle(self) -> bool:
        """Whether it need not be there: an archive is made once there is something for it."""
        return self.is_archive and not self.entries

    @property
    def path(self) -> str:
        """Where it is published, seen from config.yaml."""
        return f"{'secret-feeds' if self.feed.secret else 'feeds'}/{self.name}.ics"


@dataclass(slots=True)
class Calendars:
    """Makes and publishes the calendars of a site, remembering what they were last made of.

    In a feed of more than `most_bytes` the past gives way, into its archive.
    """

    wiring: Wiring
    most_bytes: int = MOST_BYTES
    _shown: tuple[Sequence[Event], Mapping[str, SeenEvent]] = ((), {})
    # Those for everybody, and those for holders of a secret.
    _known: tuple[dict[str, Entry], dict[str, Entry]] = field(default_factory=lambda: ({}, {}))
    _written: Written = field(default_factory=Written)
    _proved: Proved | None = None
    # Of feeds that are too large, by name.
    _weighed: dict[str, _Weighed] = field(default_factory=dict)
    # What no public feed may tell, by the uid of the event that hides it; and in their order.
    _hides: dict[str, tuple[Needle, ...]] = field(default_factory=dict)
    _rows: tuple[tuple[Needle, ...], ...] = ()
    _hidden: Hidden = field(default_factory=Hidden)
    _published: dict[str, Sequence[Entry]] = field(default_factory=dict)

    def publish(
        self, look: Look, publisher: Publisher | None = None, *, accept_shrink: bool = False
    ) -> tuple[tuple[str, ...], tuple[Problem, ...]]:
        """Publish what changed; returns the names of that, and what kept others from it, which keep their last good state.

        `publisher` takes the public ones instead of the site's own; nothing secret is published then. Of a feed that
        was public before it became secret, or the other way round, nothing stays in its old place.
        """
        published: list[str] = []
        problems: list[Problem] = []
        for plan in look.plan.feeds:
            feed = self._feed(plan)
            if publisher is not None and feed.secret:
                continue
            entries = self._entries(plan.uids, look, feed), self._entries(plan.past, look, feed)
            if publisher is None and self._are_published(plan, entries):
                continue
            public, secret = self.wiring.publisher, self.wiring.secrets
            own, other = (secret, public) if feed.secret else (public, secret)
            try:
                if publisher is None:
                    _withdraw(feed, other)
                published.extend(
                    made.name
                    for made in self._made(feed, *entries, look)
                    if self._publish(made, publisher or own, look, accept_shrink=accept_shrink)
                )
            except (UserError, ValueError) as error:
                said = error.problems if isinstance(error, UserError) else ()
                problems += said or [Problem(path=f"{plan.name}.ics", what=str(error))]
                continue
            if publisher is None:
                self._published[plan.name], self._published[archive_of(feed).name] = entries
        return tuple(published), tuple(problems)

    def of(self, look: Look) -> Iterator[Calendar]:
        """Every calendar as it should be now. Raises ValueError rather than make a wrong one."""
        for plan in look.plan.feeds:
            feed = self._feed(plan)
            current, past = self._entries(plan.uids, look, feed), self._entries(plan.past, look, feed)
            yield from (made for made in self._made(feed, current, past, look) if not made.is_idle)

    def event_file(self, uid: str, look: Look) -> bytes | None:
        """One event as a file to download; None where no public feed holds it.

        Raises UserError for one that would tell what is not public, of whichever event.
        """
        from notifier.core.ics import render_event_file  # noqa: PLC0415 - slow to import, and most looks make no file

        for plan in look.plan.feeds:
            feed = self._feed(plan)
            if not feed.secret and uid in plan.uids:
                [entry] = self._entries([uid], look, feed)
                data = render_event_file(self.wiring.rules.site, entry)
                self._hidden = self._hidden.of(self._rows)
                if told := disclosure(data, [entry.event], self._hidden):
                    what = f"{told} It was not published; the last good one stays."
                    raise UserError(Problem(path=f"the file of {entry.event.path}", what=what))
                return data
        return None

    def _made(self, feed: Feed, current: Sequence[Entry], past: Sequence[Entry], look: Look) -> Iterator[Calendar]:
        main = self._render(feed, current)
        if len(main.data) > self.most_bytes:
            left = self._given_way(feed, current, len(main.data) - self.most_bytes, look)
            if left:
                main = self._render(feed, [entry for entry in current if entry.event.uid not in left])
                past = sorted((*past, *left.values()), key=lambda entry: entry.event.uid)
        yield main
        yield replace(self._render(archive_of(feed), past), is_archive=True)

    def _render(self, feed: Feed, entries: Sequence[Entry]) -> Calendar:
        from notifier.core.ics import render_feed  # noqa: PLC0415 - as above

        rules = self.wiring.rules
        # The address of a secret feed is another one, and a secret, for each of its holders.
        address = "" if feed.secret else feed_address(rules, feed.name)
        data = render_feed(feed, rules.site, entries, address, self._written)
        return Calendar(name=feed.name, feed=feed, entries=entries, data=data)

    def _given_way(self, feed: Feed, entries: Sequence[Entry], surplus: int, look: Look) -> dict[str, Entry]:
        """What is over, the oldest first, until so many bytes are saved; what is to come never gives way."""
        left = dict[str, Entry]()
        # All of them have just been written.
        written = self._written.secrets if feed.secret else self._written.entries
        weighed = self._weighed.setdefault(feed.name, _Weighed(zone=self.wiring.rules.site.timezone, written=written))
        for ends, uid, size, entry in weighed.of(entries):
            if surplus <= 0 or ends >= look.at:
                break
            left[uid] = entry
            surplus -= size
        return left

    def _publish(self, made: Calendar, target: Publisher, look: Look, *, accept_shrink: bool) -> bool:
        """Whether it is another than before. Raises UserError for what must not take the place of the last good state."""
        from notifier.core.ics import Proved, refusal  # noqa: PLC0415 - as above

        name = f"{made.name}.ics"
        if made.is_idle and target.read(name) is None:
            return False
        self._proved = self._proved or Proved()
        site = self.wiring.rules.site
        if why := refusal(made.feed, site, made.entries, made.data, self._proved, hides=self._rows):
            raise UserError(Problem(path=name, what=f"{why} It was not published; the last good one stays."))
        if not accept_shrink:
            self._guard_against_shrinking(made, target, look)
        return target.publish(name, made.data)

    def _guard_against_shrinking(self, made: Calendar, target: Publisher, look: Look) -> None:
        """Calendars drop at their next refresh what is in a feed no longer, so a sudden loss is a person's to confirm."""
        rules, name = self.wiring.rules, f"{made.name}.ics"
        known = self._published.get(made.name)
        if known is not None:
            went, came = replaced(known, made.entries)
            if len(went) - len(came) < rules.shrink_at_least:
                return
        before = upcoming_uids(target.read(name) or b"", look.at)
        lost = len(before - {entry.event.uid for entry in made.entries})
        if lost >= rules.shrink_at_least and lost > rules.shrink_share * len(before):
            what = f"would lose {lost} of its {len(before)} coming events, so it was not published."
            raise UserError(Problem(path=name, what=what, hint="If that is meant: notifier tick --accept-shrink"))

    def _hide(self, went: Sequence[Event], came: Sequence[Event]) -> None:
        """Note what events hide now. What is hidden only now must not stand in what was published before either."""
        for event in went:
            self._hides.pop(event.uid, None)
        for event in came:
            if needles := hidden_values(event, self.wiring.rules.site):
                self._hides[event.uid] = needles
        rows = tuple(needles for _, needles in sorted(self._hides.items()))
        if rows != self._rows:
            self._rows = rows
            self._published.clear()

    def _feed(self, plan: FeedPlan) -> Feed:
        return next(feed for feed in self.wiring.rules.feeds if feed.name == plan.name)

    def _are_published(self, plan: FeedPlan, entries: tuple[Sequence[Entry], Sequence[Entry]]) -> bool:
        before = self._published.get(plan.name), self._published.get(f"{plan.name}{ARCHIVE}")
        return all(map(_are_same, before, entries))

    def _entries(self, uids: Sequence[str], look: Look, feed: Feed) -> list[Entry]:
        """The entries of a feed: the same objects as before, of events that did not change."""
        events, seen = look.content.events, look.settled_memory().seen
        went, came = replaced(self._shown[0], events)
        for uid in (*(event.uid for event in (*went, *came)), *touched(self._shown[1], seen)):
            for known in self._known:
                known.pop(uid, None)
            self._written.forget(uid)
        self._hide(went, came)
        self._shown = events, seen
        known = self._known[feed.secret]
        try:
            return list(map(known.__getitem__, uids))
        except KeyError:
            known.update((uid, entry_of(uid, look, secret=feed.secret)) for uid in uids if uid not in known)
            return list(map(known.__getitem__, uids))


def _withdraw(feed: Feed, publisher: Publisher) -> None:
    """Let nothing of a feed stand where it doesn't belong, under the names that it had before neither."""
    for name in (feed.name, *feed.formerly):
        publisher.withdraw(f"{name}.ics")
        publisher.withdraw(f"{name}{ARCHIVE}.ics")


#: When an entry ends, its uid, how many bytes it takes, and the entry.
_Weight = tuple[datetime, str, int, Entry]


@dataclass(slots=True, kw_only=True)
class _Weighed:
    """The entries of one feed by when they end, each weighed once: there are thousands, of which few change."""

    zone: str
    written: Mapping[str, tuple[Entry, bytes | None]]
    _entries: Sequence[Entry] = ()
    _weights: dict[str, _Weight] = field(default_factory=dict)
    _in_order: Ordered[_Weight] = field(default_factory=lambda: Ordered(itemgetter(0, 1), id))

    def of(self, entries: Sequence[Entry]) -> tuple[_Weight, ...]:
        went, came = replaced(self._entries, entries)
        old = [self._weights.pop(entry.event.uid) for entry in went]
        new = list(map(self._weight, came))
        self._weights.update((one[1], one) for one in new)
        self._in_order.replace(old, new)
        self._entries = entries
        return self._in_order.all()

    def _weight(self, entry: Entry) -> _Weight:
        uid = entry.event.uid
        _, data = self.written[uid]
        # Whatever is in a calendar has a day.
        return ends_at(entry.event, self.zone), uid, len(data or b""), entry


def _are_same(before: Sequence[Entry] | None, now: Sequence[Entry]) -> bool:
    return before is not None and len(before) == len(now) and all(map(is_, before, now))
