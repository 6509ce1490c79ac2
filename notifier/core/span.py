"""Which events stand in a feed, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from notifier.core.delivery import Memory
from notifier.core.event import Event
from notifier.core.schedule import ends_at

#: A feed holds what ended this long ago and all that is to come.
FEED_SPAN = timedelta(days=90)
#: A cancelled event stays in feeds, as cancelled, this long after the later of its end and its cancellation.
CANCELLED_SPAN = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPlan:
    """A feed as it should be published: its events in the order of their uids."""

    name: str
    uids: tuple[str, ...]


def leaves_feed(event: Event, memory: Memory, zone: str) -> datetime:
    end = ends_at(event, zone)
    if event.status in ("cancelled", "postponed"):
        return max(end, memory.seen[event.uid].changed_at) + CANCELLED_SPAN
    return end + FEED_SPAN
