"""What the ledger remembers of events: when each was first seen, when it last changed, and how often."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from notifier.core.changes import replaced, touched
from notifier.core.delivery import Listed, Memory, SeenEvent
from notifier.core.event import AllDay, Content, Event, Timed
from notifier.core.facts import facts_of, visible_hash
from notifier.core.public import public_view
from notifier.core.span import is_public_with_date

#: In the place of a hash of what is visible, once nothing is.
_GONE = ""


@dataclass(slots=True)
class Remembered:
    """What there was the last time, and of which events the memory did not say everything then.

    `gone` are the events that there are no more, not even remembered for a person to decide about.
    """

    content: Content = field(default_factory=Content)
    seen: Mapping[str, SeenEvent] = field(default_factory=dict)
    living: dict[str, Event] = field(default_factory=dict)
    stale: set[str] = field(default_factory=set)
    gone: dict[str, SeenEvent] = field(default_factory=dict)

    def take(self, content: Content, seen: Mapping[str, SeenEvent]) -> set[str]:
        """Take over what there is now; returns the uids of which something is another than before, or was written."""
        went, came = replaced(self.content.events, content.events)
        stale = {*self.stale, *touched(self.seen, seen), *self.content.vanished, *content.vanished}
        stale.update(event.uid for event in (*went, *came))
        if (content.broken, content.unread) != (self.content.broken, self.content.unread):
            both = (self.content, content)
            stale.update(event.uid for one in both for event in one.events if one.has_lost(event))
        for event in went:
            del self.living[event.uid]
        self.living |= {event.uid: event for event in came}
        self.content, self.seen, self.stale = content, seen, stale
        return stale

    def place(self, uid: str, row: SeenEvent | None) -> None:
        """Note whether an event is gone, by its memory as it is now."""
        if row is None or uid in self.living:
            self.gone.pop(uid, None)
        else:
            self.gone[uid] = row


def remember(
    content: Content, memory: Memory, now: datetime, kept: Remembered | None = None
) -> tuple[Mapping[str, SeenEvent], list[SeenEvent]]:
    """The memory of everything once this content is remembered, and of those events only that must be written.

    `kept` from the last time saves the work for all that did not change.
    """
    kept = Remembered() if kept is None else kept
    at = now.replace(microsecond=0)
    written: dict[str, SeenEvent] = {}
    for uid in kept.take(content, memory.seen):
        event, old = kept.living.get(uid), memory.seen.get(uid)
        if event is not None:
            new = _remembered(event, old, content, memory, at)
            if old is None or new != old:
                written[uid] = new
        elif old is not None and (old.present or old.visible != _GONE):
            written[uid] = _gone(old, at)
        kept.place(uid, written.get(uid, old))
    # What is written now is looked at again: only the ledger's word is the memory.
    kept.stale = set(written)
    return ({**memory.seen, **written} if written else memory.seen), [row for _, row in sorted(written.items())]


def _gone(old: SeenEvent, at: datetime) -> SeenEvent:
    """Calendars are told once that it is gone, and once more should it come back: nothing that is visible equals this."""
    gone_at = at if old.present or old.gone_at is None else old.gone_at
    return replace(
        old, present=False, gone_at=gone_at, visible=_GONE, sequence=old.sequence + 1, changed_at=_later(old, at)
    )


def _later(old: SeenEvent, at: datetime) -> datetime:
    """Readers' calendars order revisions by sequence and by this; neither may ever stand still or fall."""
    return max(at, old.changed_at + timedelta(seconds=1))


def _listed(event: Event, old: Listed | None, at: datetime) -> Listed | None:
    """How it stands in public calendars now; as it last stood there, where it does no longer."""
    if not is_public_with_date(event):
        return old
    facts = facts_of(public_view(event))
    if old is None:
        return Listed(facts=facts)
    return old if facts == old.facts else Listed(facts=facts, before=old.facts, changed_at=at)


def _remembered(event: Event, old: SeenEvent | None, content: Content, memory: Memory, at: datetime) -> SeenEvent:
    if old is not None and content.has_lost(event):
        return old
    if old is not None and event.uid in content.vanished:
        return replace(old, present=False, gone_at=old.gone_at or at)
    # An event that is given a uid of its own is no younger for that: it isn't announced again.
    first = min([at, *(memory.seen[uid].first_seen_at for uid in event.formerly if uid in memory.seen)])
    return _seen(event, old, at, first_seen_at=first)


def _is_recorded(event: Event, old: SeenEvent | None, at: datetime) -> bool:
    """Whether a recording has appeared. One that was there before the event began is another's: a trailer, the last meeting's."""
    before = old.event.recording_url if old is not None else None
    if event.recording_url is None or event.recording_url == before:
        return False
    match event.when:
        case Timed(starts_at=start):
            return start <= at
        case AllDay(first=first):
            return first <= at.date()
        case None:
            return False


def _seen(event: Event, old: SeenEvent | None, at: datetime, *, first_seen_at: datetime) -> SeenEvent:
    visible = visible_hash(event)
    written_up_at = at if event.status == "past" else None
    recorded_at = at if _is_recorded(event, old, at) else None
    if old is None:
        return SeenEvent(
            uid=event.uid, event=event, facts=facts_of(event), visible=visible, sequence=0,
            first_seen_at=first_seen_at, changed_at=at, written_up_at=written_up_at, recorded_at=recorded_at,
            listed=_listed(event, None, at),
        )  # fmt: skip
    kept = replace(
        old, event=event, facts=facts_of(event), present=True, gone_at=None,
        written_up_at=old.written_up_at or written_up_at, recorded_at=old.recorded_at or recorded_at,
        listed=_listed(event, old.listed, at),
    )  # fmt: skip
    if visible == old.visible:
        return kept
    return replace(kept, visible=visible, sequence=old.sequence + 1, changed_at=_later(old, at))
