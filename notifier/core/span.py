"""Which events stand in a feed, as what, and until when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from notifier.core.delivery import SeenEvent
from notifier.core.entry import span_of
from notifier.core.event import Event
from notifier.core.facts import when_of
from notifier.core.public import public_view
from notifier.core.rule import Feed, Rules
from notifier.core.schedule import ends_at

#: A feed holds what ended this long ago and all that is to come.
FEED_SPAN = timedelta(days=90)
#: A cancelled event stays in feeds, as cancelled, this long after the later of its end and its cancellation; what is
#: left of one that is gone stays this long after it went.
CANCELLED_SPAN = timedelta(days=30)
#: What ends the name of a feed's archive.
ARCHIVE = "-archive"
_OFF = ("cancelled", "postponed")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPlan:
    """A feed as it should be published: its events in the order of their uids. `past` are those of its archive."""

    name: str
    uids: tuple[str, ...]
    past: tuple[str, ...] = ()


def is_public_with_date(event: Event) -> bool:
    """Whether everybody's calendars may show it as it is."""
    return event.published and span_of(public_view(event).when) is not None


def in_calendars(event: Event | None, seen: SeenEvent, *, secret: bool = False) -> Event | None:
    """What calendars show of an event: itself, or what is left of it; None where it was never in any.

    `event` is None once its document is gone. One that lost its date is postponed on the day that calendars know.
    One that is gone, or was taken back, keeps nothing but its title and its day as they last were public: the rest may
    be why it was taken back (icalendar's entry for it says that it is cancelled). A title that is private by now isn't told.
    """
    if event is not None and event.published and event.when is not None and (secret or is_public_with_date(event)):
        return event
    if seen.listed is None:
        return None
    when = when_of(seen.listed.facts)
    if event is not None and event.published and event.when is None and "when" not in event.private:
        return replace(event, when=when, status=event.status if event.status in _OFF else "postponed")
    old = seen.event if event is None else event
    title = public_view(old).title if "title" in old.private else seen.listed.facts.title
    return Event(
        uid=old.uid, source=old.source, path=old.path, title=title, when=when,
        zone=seen.listed.facts.zone, published=False, category=old.category, series=old.series, topics=old.topics,
        projects=old.projects, access=old.access,
    )  # fmt: skip


def leaves_feed(event: Event, seen: SeenEvent, zone: str) -> datetime:
    """The instant at which an event of `in_calendars` leaves feeds, and may go to their archives."""
    if not event.published:
        return seen.changed_at + CANCELLED_SPAN
    end = ends_at(event, zone)
    if event.status in _OFF:
        return max(end, seen.changed_at) + CANCELLED_SPAN
    return end + FEED_SPAN


def goes_to_archive(event: Event) -> bool:
    """Whether an event that left a feed is history: it took place."""
    return event.published and event.status not in _OFF


def archive_of(feed: Feed) -> Feed:
    """The feed of everything that left a feed because it was over."""
    return replace(feed, name=f"{feed.name}{ARCHIVE}", title=f"{feed.title}: past events")


def with_gone(
    plans: Sequence[FeedPlan], gone: Iterable[SeenEvent], rules: Rules, projects: Mapping[str, str], now: datetime
) -> tuple[FeedPlan, ...]:
    """The feeds with what is left of events whose documents are gone."""
    left = [
        (seen.uid, shown)
        for seen in gone
        if now < seen.changed_at + CANCELLED_SPAN and (shown := in_calendars(None, seen)) is not None
    ]
    if not left:
        return tuple(plans)
    by_name = {feed.name: feed for feed in rules.feeds}
    return tuple(
        _with(plan, [uid for uid, event in left if rules.feed_holds(by_name[plan.name], event, projects)])
        for plan in plans
    )


def gone_turns(gone: Iterable[SeenEvent], now: datetime) -> Iterator[datetime]:
    """When what is left of events that are gone leaves feeds."""
    return (at for seen in gone if seen.listed is not None and (at := seen.changed_at + CANCELLED_SPAN) > now)


def _with(plan: FeedPlan, uids: Iterable[str]) -> FeedPlan:
    more = {*uids} - {*plan.uids}
    return replace(plan, uids=tuple(sorted((*plan.uids, *more)))) if more else plan
