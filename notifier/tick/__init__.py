"""One tick: read → plan → record → apply → report.

A tick may be late, early, doubled or killed at any instruction: what it decided is recorded before it acts, and the
provider is asked before every act, so nothing is lost and nothing is sent twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from notifier.beside import Seeing, Unseen
from notifier.core.answers import Answers
from notifier.core.delivery import OPEN, Delivery, DeliveryStatus, Memory
from notifier.core.enrolling import erases_before
from notifier.core.event import Content, Event, Reason
from notifier.core.facts import facts_of
from notifier.core.identity import Settling, guard_against_shrinking, settle
from notifier.core.notices import with_notices
from notifier.core.plan import plan
from notifier.errors import Problem, UserError
from notifier.ports import Claim, Publisher
from notifier.tick.between import provider_for
from notifier.tick.fencing import Fence
from notifier.tick.hand_over import HandOver
from notifier.tick.lookout import Lookout
from notifier.tick.posting import asides
from notifier.tick.publishing import Calendar, Calendars
from notifier.tick.reader import Reader
from notifier.tick.wiring import Look, Report, Wiring

__all__ = ["HORIZON", "Calendar", "Look", "Reader", "Report", "Ticker", "Wiring"]

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

    def covers(self, content: Content, version: tuple[datetime | None, int], now: datetime, memory: Memory) -> bool:
        reached = self.until is not None and now >= self.until
        same = content is self.content and version == self.version and memory.by_hand == self.look.memory.by_hand
        return same and self.look.at <= now and not reached


@dataclass(slots=True)
class Ticker:
    """Ticks with one wiring, remembering between ticks only what can be had again by reading.

    `publishes` False: feeds are planned, and not made, where nobody would keep them. `seeing` looks on.
    """

    wiring: Wiring
    publishes: bool = True
    seeing: Seeing = field(default_factory=Unseen)
    reader: Reader = field(init=False)
    calendars: Calendars = field(init=False)
    lookout: Lookout = field(init=False)
    fence: Fence = field(init=False)
    _rest: _Rest | None = None
    _forgot_at: datetime | None = None
    _read: Content | None = None
    _settling: Settling = field(default_factory=Settling)
    _answers: Answers = field(default_factory=Answers)

    def __post_init__(self) -> None:
        self.calendars = Calendars(self.wiring)
        self.lookout = Lookout(wiring=self.wiring)
        wiring, zone = self.wiring, self.wiring.rules.site.timezone
        self.fence = Fence(ledger=wiring.ledger, providers=wiring.providers, zone=zone)
        language = self.wiring.rules.site.language.partition("-")[0]
        self.reader = Reader(wiring.sources, languages=(language,), readers=wiring.readers)

    def look(self, now: datetime, memory: Memory | None = None, *, accept_shrink: bool = False) -> Look:
        """Read and plan without writing anything. Raises SourceShrank unless that was accepted."""
        memory = self.wiring.ledger.snapshot() if memory is None else memory
        return self._look(self.reader.read(now, memory.revisions), memory, now, accept_shrink=accept_shrink)

    def _look(self, read: Content, memory: Memory, now: datetime, *, accept_shrink: bool) -> Look:
        self.wiring = self.wiring.in_mode(memory.mode)
        rules = self.wiring.rules
        try:
            content = settle(read, memory, rules, now, self._settling)
            if not accept_shrink:
                guard_against_shrinking(content, memory, rules, now, self._settling)
            made = plan(content, memory, rules, now, HORIZON, kept=self._answers)
            made = with_notices(made, memory, rules, now, asides=asides(self.wiring))
        except UserError:
            raise
        except BaseException:
            # Broken off half-way: nothing that was kept is sure.
            self._settling, self._answers = Settling(), Answers()
            raise
        return Look(at=now, content=content, memory=memory, plan=made)

    def tick(self, now: datetime, *, accept_shrink: bool = False) -> Report:
        """Do what is due by `now`. Doubled, late or after a crash: the same deliveries, each handed over once."""
        if stopped := self.fence.stand(now):
            return Report(look=self.look(now, accept_shrink=True), recorded=False, stopped=stopped)
        self.lookout.seeing = self.seeing
        with self.seeing.part("tick"):
            self._forget(now)
            self.lookout.notice(now)
            before = self.wiring.ledger.snapshot().window_end
            report = self._tick(now, accept_shrink=accept_shrink)
            self.fence.renew(now)
            return replace(report, noticed=self.lookout.after(now, before), stopped=self.fence.stopped)

    def _tick(self, now: datetime, *, accept_shrink: bool) -> Report:
        # In this order: what moves meanwhile is seen at the next tick at the latest.
        version, memory = self.wiring.ledger.version(), self.wiring.ledger.snapshot()
        part = self.seeing.part
        with part("read"):
            read = self._read = self.reader.read(now, memory.revisions)
        documents, changed = self.reader.documents, self.reader.changed
        if self._rest is not None and self._rest.covers(read, version, now, memory):
            look = replace(self._rest.look, at=now)
            return Report(look=look, recorded=True, rested=True, documents=documents, changed=changed)
        self._rest = None
        with part("plan"):
            look = self._look(read, memory, now, accept_shrink=accept_shrink)
        with part("record"):
            recorded = self.record(look)
        report = Report(look=look, recorded=recorded, documents=documents, changed=changed)
        if not recorded:
            return report
        with part("publish"):
            published, problems = self.publish(look, accept_shrink=accept_shrink)
        # Once more: what has just been planned may be due at once.
        self.lookout.notice(now)
        with part("apply"):
            moved = self._apply(look)
        if not (problems or look.content.unread):
            self._rest = self._resting(read, look, moves=version[1])
        return replace(report, moved=moved, published=published, problems=problems)

    def _forget(self, now: datetime) -> None:
        """Once a day, let the ledger forget to which addresses mails went long ago."""
        before = erases_before(now, self.wiring.settings.forget, self._forgot_at)
        if before is not None:
            self.wiring.ledger.erase_recipients(before)
            self._forgot_at = now

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

    def publish(
        self, look: Look, publisher: Publisher | None = None, *, accept_shrink: bool = False
    ) -> tuple[tuple[str, ...], tuple[Problem, ...]]:
        """Publish the feeds that changed; a feed that can't be published keeps its last good state."""
        if publisher is None and not self.publishes:
            return (), ()
        return self.calendars.publish(look, publisher, accept_shrink=accept_shrink)

    def _apply(self, look: Look) -> tuple[Delivery, ...]:
        moved: list[Delivery] = []
        said = look.memory.mode
        for row in self.wiring.ledger.rows("planned", "drafted", "sending", "unknown"):
            if row.due_at > look.at or (row.retry_at is not None and row.retry_at > look.at):
                continue
            with self.wiring.ledger.claimed(row.key) as claim:
                if claim is None:
                    # Another instance is at it.
                    continue
                # What the one before told, and what people decided meanwhile, counts for this one.
                look = look.remembered(self.wiring.ledger.snapshot())
                if look.memory.deliveries.get(row.key) != row:
                    # It was moved before it was claimed.
                    continue
                # What was planned in one mode is planned again before anything becomes of it in another.
                stopped = look.memory.paused is not None or look.memory.mode != said
                if self.fence.stopped or (stopped and row.status in ("planned", "drafted")):
                    continue
                last = self._taken_on(row, look, claim)
            if last is not row:
                moved.append(last)
        return tuple(moved)

    def _taken_on(self, row: Delivery, look: Look, claim: Claim) -> Delivery:
        """The row as far as it goes now."""
        provider = provider_for(row, self.wiring)
        if provider is None:
            return self._without_provider(row, look.at)
        changed = partial(self._changed, look)
        hand_over = HandOver(
            wiring=self.wiring, look=look, provider=provider, changed=changed, agenda=self._answers.agenda, claim=claim,
            seeing=self.seeing, keeps=partial(self.fence.keeps, provider, look.at),
        )  # fmt: skip
        return hand_over.run(row)

    def _changed(self, look: Look, row: Delivery) -> Reason | None:
        """What is different about a row's note or events since this tick's look, when everything is read once more."""
        # Also of another process, which may have written it since this one drafted.
        if self.wiring.ledger.snapshot().note(row.key) != look.memory.note(row.key):
            text = "Its note was changed at the very moment of sending, so it is planned again first."
            return Reason(code="changed-since-planned", text=text)
        read = self.reader.read(look.at, look.memory.revisions)
        if read is self._read:
            return None
        known = look.settled_memory()
        now = {event.uid: event for event in settle(read, known, self.wiring.rules, look.at).events}
        for uid in row.event_uids:
            before, after = look.events().get(uid), now.get(uid)
            if before is None or after is None or _essence(before) != _essence(after):
                text = "Its event was edited at the very moment of sending, so it is planned again first."
                return Reason(code="changed-since-planned", text=text)
        return None

    def _without_provider(self, row: Delivery, at: datetime) -> Delivery:
        """What becomes of a row whose provider config.yaml no longer names: nobody is left to ask about it."""
        to = _AFTER_ITS_PROVIDER.get(row.status)
        if to is None:
            return row
        text = f"config.yaml no longer names a usable provider {row.provider}, so nobody can be asked about this."
        reasons = [Reason(code="provider-gone", text=text)]
        return self.wiring.ledger.move(row, to, at=at, reasons=reasons, draft_id=row.draft_id) or row


def _essence(event: Event) -> tuple[object, ...]:
    """What a delivery must not be wrong about."""
    return (
        facts_of(event), event.access, event.published, event.full, event.doubts, event.notify, event.reminders,
        event.private, event.role, event.contact, event.recording_url,
    )  # fmt: skip
