"""What the ledger remembers of events: when each was first seen, when it last changed, and how often."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from notifier.core.delivery import Memory, SeenEvent
from notifier.core.event import Content, Event
from notifier.core.facts import facts_of, visible_hash


def remember(content: Content, memory: Memory, now: datetime) -> tuple[dict[str, SeenEvent], list[SeenEvent]]:
    """The memory of every event of the content, and of those only that must be written."""
    at = now.replace(microsecond=0)
    seen: dict[str, SeenEvent] = {}
    for event in content.events:
        old = memory.seen.get(event.uid)
        if old is not None and content.has_lost(event):
            seen[event.uid] = old
        elif old is not None and event.uid in content.vanished:
            seen[event.uid] = replace(old, present=False, gone_at=old.gone_at or at)
        else:
            # An event that is given a uid of its own is no younger for that: it isn't announced again.
            first = min([at, *(memory.seen[uid].first_seen_at for uid in event.formerly if uid in memory.seen)])
            seen[event.uid] = _seen(event, old, at, first_seen_at=first)
    for uid, old in memory.seen.items():
        if uid not in seen and old.present:
            seen[uid] = replace(old, present=False, gone_at=at)
    return seen, [row for uid, row in sorted(seen.items()) if memory.seen.get(uid) != row]


def _seen(event: Event, old: SeenEvent | None, at: datetime, *, first_seen_at: datetime) -> SeenEvent:
    visible = visible_hash(event)
    if old is None:
        return SeenEvent(
            uid=event.uid, event=event, facts=facts_of(event), visible=visible,
            sequence=0, first_seen_at=first_seen_at, changed_at=at,
        )  # fmt: skip
    kept = replace(old, event=event, facts=facts_of(event), present=True, gone_at=None)
    if visible == old.visible:
        return kept
    # Readers' calendars order revisions by these two; neither may ever stand still or fall.
    return replace(
        kept, visible=visible, sequence=old.sequence + 1, changed_at=max(at, old.changed_at + timedelta(seconds=1))
    )
