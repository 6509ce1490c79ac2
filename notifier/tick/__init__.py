"""One tick: read → plan → record → apply → report.

A tick may be late, early, doubled or killed at any instruction: what it decided is recorded before it acts, and the
provider is asked before every act, so nothing is lost and nothing is sent twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from notifier.core.delivery import OPEN, Delivery, DeliveryStatus, Memory
from notifier.core.event import Content, Reason
from notifier.core.identity import guard_against_shrinking, settle
from notifier.core.plan import plan
from notifier.core.span import FeedPlan
from notifier.errors import Problem, UserError
from notifier.ports import Publisher
from notifier.tick.hand_over import HandOver
from notifier.tick.reader import Reader
from notifier.tick.wiring import Look, Report, Wiring, entry_of, feed_address

__all__ = ["HORIZON", "Look", "Reader", "Report", "Ticker", "Wiring"]

#: How far ahead deliveries get a row, so that staff see them and can stop them.
HORIZON = timedelta(days=30)
#: A draft that nobody sends is withdrawn, and planned again while it is of use; what was handed over may have gone out.
_AFTER_ITS_PROVIDER: Mapping[DeliveryStatus, DeliveryStatus] = {"drafted": "withdrawn", "sending": "unknown"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rest:
    """A tick that changed nothing: while nothing else changes either, and before `until`, the next would do the same."""

    content: Content
    version: tuple[datetime | None, int]
    until: datetime | None
    look: Look

    def covers(self, content: Content, version: tuple[datetime | None, int], now: datetime) -> bool:
        reached = self.until is not None and now >= self.until
        return content is self.content and version == self.version and self.look.at <= now and not reached


@dataclass(slots=True)
class Ticker:
    """Ticks with one wiring, remembering between ticks only what can be had again by reading."""

    wiring: Wiring
    reader: Reader = field(init=False)
    _feeds: dict[str, tuple[object, ...]] = field(default_factory=dict)
    _rest: _Rest | None = None

    def __post_init__(self) -> None:
        self.reader = Reader(self.wiring.sources, languages=(self.wiring.rules.site.language.partition("-")[0],))

    def look(self, now: datetime, memory: Memory | None = None, *, accept_shrink: bool = False) -> Look:
        """Read and plan without writing anything. Raises SourceShrank unless that was accepted."""
        memory = self.wiring.ledger.snapshot() if memory is None else memory
        return self._look(self.reader.read(now), memory, now, accept_shrink=accept_shrink)

    def _look(self, read: Content, memory: Memory, now: datetime, *, accept_shrink: bool) -> Look:
        rules = self.wiring.rules
        content = settle(read, memory, rules, now)
        if not accept_shrink:
            guard_against_shrinking(content, memory, rules, now)
        return Look(at=now, content=content, memory=memory, plan=plan(content, memory, rules, now, HORIZON))

    def tick(self, now: datetime, *, accept_shrink: bool = False) -> Report:
        """Do what is due by `now`. Doubled, late or after a crash: the same deliveries, each handed over once."""
        read, version = self.reader.read(now), self.wiring.ledger.version()
        if self._rest is not None and self._rest.covers(read, version, now):
            return Report(look=replace(self._rest.look, at=now), recorded=True)
        self._rest = None
        look = self._look(read, self.wiring.ledger.snapshot(), now, accept_shrink=accept_shrink)
        if not self.record(look):
            return Report(look=look, recorded=False)
        published, problems = self.publish(look)
        moved = self._apply(look)
        if not (problems or look.content.unread):
            self._rest = self._resting(read, look, moves=version[1])
        return Report(look=look, recorded=True, moved=moved, published=published, problems=problems)

    def _resting(self, read: Content, look: Look, *, moves: int) -> _Rest | None:
        """How long the next ticks may do nothing; None where a row moved since the look, or its provider must be asked."""
        version = self.wiring.ledger.version()
        if version != (look.at, moves):
            return None
        retries: list[datetime] = []
        for row in self.wiring.ledger.rows(*OPEN, "unknown"):
            waits = row.retry_at is not None and row.retry_at > look.at
            if row.status != "planned" or (row.due_at <= look.at and not waits):
                return None
            retries += [row.retry_at] if waits and row.retry_at else []
        turns = [*retries, *([look.plan.next_at] if look.plan.next_at else [])]
        return _Rest(content=read, version=version, until=min(turns, default=None), look=look)

    def record(self, look: Look) -> bool:
        """Record what a look decided; False when another tick was first. Raises UserError for a first look at a part."""
        if look.memory.window_end is None and look.content.unread:
            # Afterwards the rest would be taken for new.
            raise UserError([p for p in look.content.problems if p.path in look.content.unread])
        return self.wiring.ledger.record(look.plan)

    def publish(self, look: Look, publisher: Publisher | None = None) -> tuple[tuple[str, ...], tuple[Problem, ...]]:
        """Publish the feeds that changed; a feed that can't be published keeps its last good state."""
        target = publisher or self.wiring.publisher
        published: list[str] = []
        problems: list[Problem] = []
        for feed in look.plan.feeds:
            version = _version(feed, look)
            if publisher is None and self._feeds.get(feed.name) == version:
                continue
            try:
                if target.publish(f"{feed.name}.ics", self.feed_bytes(feed, look)):
                    published.append(feed.name)
            except (UserError, ValueError) as error:
                said = error.problems if isinstance(error, UserError) else ()
                problems += said or [Problem(path=f"{feed.name}.ics", what=str(error))]
                continue
            if publisher is None:
                self._feeds[feed.name] = version
        return tuple(published), tuple(problems)

    def feed_bytes(self, feed: FeedPlan, look: Look) -> bytes:
        """The calendar of a feed. Raises ValueError rather than render a wrong one."""
        from notifier.core.ics import render_feed  # noqa: PLC0415 - slow to import, and most looks make no feed

        settings = next(f for f in self.wiring.rules.feeds if f.name == feed.name)
        events = look.events()
        entries = [entry_of(events[uid], look) for uid in feed.uids]
        site = self.wiring.rules.site
        return render_feed(settings, site, entries, feed_address(self.wiring.rules, feed.name))

    def _apply(self, look: Look) -> tuple[Delivery, ...]:
        moved: list[Delivery] = []
        for row in self.wiring.ledger.rows("planned", "drafted", "sending", "unknown"):
            if row.due_at > look.at or (row.retry_at is not None and row.retry_at > look.at):
                continue
            provider = self.wiring.providers.get(row.provider)
            if provider is None:
                last = self._without_provider(row, look.at)
            else:
                last = HandOver(wiring=self.wiring, look=look, provider=provider).run(row)
            if last is not row:
                moved.append(last)
        return tuple(moved)

    def _without_provider(self, row: Delivery, at: datetime) -> Delivery:
        """What becomes of a row whose provider config.yaml no longer names: nobody is left to ask about it."""
        to = _AFTER_ITS_PROVIDER.get(row.status)
        if to is None:
            return row
        text = f"config.yaml no longer names a usable provider {row.provider}, so nobody can be asked about this."
        reasons = [Reason(code="provider-gone", text=text)]
        return self.wiring.ledger.move(row, to, at=at, reasons=reasons, draft_id=row.draft_id) or row


def _version(feed: FeedPlan, look: Look) -> tuple[object, ...]:
    changed = {seen.uid: seen.sequence for seen in look.plan.seen}
    return tuple(
        (uid, changed.get(uid, look.memory.seen[uid].sequence if uid in look.memory.seen else 0)) for uid in feed.uids
    )
